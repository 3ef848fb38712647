"""The command that compares two versions of a mapping: diff."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.exceptions import Exit

from docrel.cli.completing import mapping_names
from docrel.cli.options import opened
from docrel.cli.root import Command
from docrel.cli.session import DIFFERENT, Session, current_session
from docrel.diagnostics import counted

if TYPE_CHECKING:
    from docrel.diff import Diff
    from docrel.migrate import LintReport
    from docrel.plan import Plan


@click.command("diff", cls=Command)
@click.argument("old", metavar="OLD", shell_complete=mapping_names)
@click.argument("new", metavar="NEW", shell_complete=mapping_names)
@click.option(
    "--db",
    metavar="DB",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The database whose documents --check looks at; left out where OLD is one.",
)
@click.option(
    "--check", is_flag=True,
    help="Exit with 3 where stored documents would be refused; without a database, where a rule is narrower.",
)  # fmt: skip
def diff_command(old: str, new: str, db: Path | None, *, check: bool) -> None:
    """Say what changes from OLD to NEW, and what that does to stored documents.

    OLD and NEW are mappings, or databases: these stand for the mapping that they carry. With --check every
    stored document is held against NEW before anything runs: those that NEW would refuse are told, with what
    to do.

    Examples:
      $ docrel diff orders.yaml orders-2.yaml
      $ docrel diff orders.db orders-2.yaml --check
    """
    from docrel.diff import diff as diff_plans
    from docrel.diff import effect, question_diagnostic

    session = current_session()
    before, after = plan_of(old), plan_of(new)
    diff = diff_plans(before, after)
    report = None
    database = db or (Path(old) if _names_database(old) else None)
    if check and database is not None:
        report = _linted(database, after, session)
    facts = _facts(diff) | {"refused": None if report is None else report.refused}
    session.result("\n".join(_lines(diff)), facts)
    if session.format == "text":
        session.diagnose(question_diagnostic(asked, after) for asked in diff.questions)
    if report is not None:
        _tell(report, session, database)
    narrow = any(effect(change) == "narrowing" for change in diff.changes)
    if check and (report.refused if report is not None else narrow):
        raise Exit(DIFFERENT)


def plan_of(name: str) -> Plan:
    """Return the plan of a mapping, or the one that a database carries."""
    from docrel.mapping import load

    if not _names_database(name):
        return load(name).plan
    with opened(name) as (_, plan):
        return plan


def _names_database(name: str) -> bool:
    """Say whether a name is that of a database; of one that is gone or empty the backups tell."""
    from docrel.backends import is_database
    from docrel.store import backups

    path = Path(name)
    return is_database(path) or (path.suffix not in {"", ".yaml", ".yml"} and bool(backups(path)))


def _linted(db: Path, new: Plan, session: Session) -> LintReport:
    from docrel.migrate import lint

    with opened(db) as (backend, plan), session.watched("looked at") as watch:
        return lint(backend, plan, new, progress=watch)


def _tell(report: LintReport, session: Session, db: Path | None) -> None:
    session.diagnose(report.told)
    if report.refused > len(report.keys):
        session.remark(f"… and {counted(report.refused - len(report.keys), 'more document')}")
    looked = f"{db}: {counted(report.documents, 'document')} looked at"
    session.remark(f"{looked}, {report.refused or 'none'} would be refused")


def _lines(diff: Diff) -> list[str]:
    from docrel.diff import EFFECTS, effect, on_data, sentence

    old, new = told_versions(diff)
    title = f"{diff.old.name} {old} → {diff.new.name} {new}"
    if not diff.changes:
        return [f"{title}: no change"]
    lines = [f"{title}: {counted(len(diff.changes), 'change')}"]
    for wanted in EFFECTS:
        among = [change for change in diff.changes if effect(change) == wanted]
        if among:
            lines += ["", f"{wanted}:"]
            lines += [line for c in among for line in (f"  {sentence(c)}", f"      {on_data(c)}")]
    return lines


def told_versions(diff: Diff) -> list[str]:
    """Return both versions in words, with their checksums where the mapping has changed and its version has not."""
    told = [f"version {plan.version}" for plan in (diff.old, diff.new)]
    if not diff.changes or diff.old.version != diff.new.version:
        return told
    return [f"{words} ({checksum})" for words, checksum in zip(told, hashes(diff), strict=True)]


def hashes(diff: Diff) -> tuple[str, str]:
    """Return the beginnings of the checksums of both plans, as `docrel migrate history` shows them."""
    from docrel.plan import checksum

    return checksum(diff.old)[:8], checksum(diff.new)[:8]


def _facts(diff: Diff) -> dict[str, Any]:
    from docrel.diff import effect, on_data, question, sentence

    return {
        "from": diff.old.version,
        "to": diff.new.version,
        "checksums": hashes(diff),
        "changes": [
            {"change": type(c).__name__, "effect": effect(c), "words": sentence(c), "data": on_data(c)}
            for c in diff.changes
        ],
        "questions": [question(asked) for asked in diff.questions],
    }
