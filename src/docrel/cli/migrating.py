"""Commands that bring a database to another version of its mapping: migrate plan, apply, down, history."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.exceptions import Exit

from docrel.cli.completing import mapping_names
from docrel.cli.diffing import hashes, told_versions
from docrel.cli.options import db_option, opened
from docrel.cli.progress import Extent
from docrel.cli.root import Group
from docrel.cli.session import DIFFERENT, Session, current_session
from docrel.cli.telling import asides, below
from docrel.diagnostics import StoreError, counted

if TYPE_CHECKING:
    from docrel.backends import Backend
    from docrel.documents import SetAside
    from docrel.migrate import MigrationReport, Prepared
    from docrel.plan import Plan

to_option = click.option(
    "--to", "target", required=True, metavar="MAPPING", shell_complete=mapping_names, help="The mapping to go to."
)
rewrite_option = click.option(
    "--rewrite", is_flag=True, help="Rebuild and flatten every document, also where plain SQL would do."
)
drop_option = click.option(
    "--drop-extra", is_flag=True, help="Give up views, triggers and indexes of yours that would not work any more."
)
backup_option = click.option("--no-backup", is_flag=True, help="Do not copy the database first.")
quick_option = click.option("--quick", is_flag=True, help="In the end read back some documents rather than all.")


@click.group("migrate", cls=Group)
def migrate_command() -> None:
    """Bring a database to another version of its mapping, up or down; documents stay the same.

    Examples:
      $ docrel migrate plan --db orders.db --to orders-2.yaml
      $ docrel migrate apply --db orders.db --to orders-2.yaml
    """


@migrate_command.command("plan")
@db_option
@to_option
@rewrite_option
@click.option("--check", is_flag=True, help="Exit with 3 where the database differs from its plan, or steps are due.")
def plan_command(db: Path, target: str, *, rewrite: bool, check: bool) -> None:
    """Show the steps: their SQL, why, what undoes them, what they cost. Nothing is written.

    Examples:
      $ docrel migrate plan --db orders.db --to orders-2.yaml
    """
    from docrel.migrate import DriftedError, prepare

    session = current_session()
    with opened(db) as (backend, old):
        new = _target(backend, target, back=None)
        back = new.version < old.version
        new = _confirmed(old, new, back=back)
        try:
            prepared = prepare(backend, new, back=back, rewrite=rewrite)
            found = _foreseen(backend, old, prepared, session)
        except DriftedError as error:
            if not check:
                raise
            session.diagnose(error.diagnostics)
            raise Exit(DIFFERENT) from error
    diff = prepared.migration.diff
    _remark_version(old, new)
    text = below("\n".join(_lines(prepared)), asides(found))
    session.result(text, _facts(prepared) | {"set_aside": found})
    if check and diff.changes:
        raise Exit(DIFFERENT)


@migrate_command.command("apply")
@db_option
@to_option
@rewrite_option
@drop_option
@backup_option
@quick_option
def apply_command(db: Path, target: str, *, no_backup: bool, **options: bool) -> None:
    """Go to the same or a later version: a backup, then all steps and checks in one transaction.

    Examples:
      $ docrel migrate apply --db orders.db --to orders-2.yaml
    """
    _run(db, target, back=False, backup=not no_backup, **options)


@migrate_command.command("down")
@db_option
@click.option(
    "--to",
    "target",
    required=True,
    metavar="VERSION|MAPPING",
    shell_complete=mapping_names,
    help="A version that the database has been at, or a mapping.",
)
@rewrite_option
@drop_option
@backup_option
@quick_option
def down_command(db: Path, target: str, *, no_backup: bool, **options: bool) -> None:
    """Go back to an earlier version, whose plan the database has kept; no document changes.

    Examples:
      $ docrel migrate apply --db orders.db --to orders-2.yaml
      $ docrel migrate down --db orders.db --to 1
    """
    _run(db, target, back=True, backup=not no_backup, **options)


@migrate_command.command("history")
@db_option
def history_command(db: Path) -> None:
    """List the migrations that a database has been through, oldest first.

    Examples:
      $ docrel migrate history --db orders.db
    """
    from docrel.store import Book, carried_plan

    with opened(db) as (backend, _), backend.snapshot():
        now, migrations = carried_plan(backend), Book(backend).history()
    lines = [
        f"{e.at}  {e.direction:4}  {e.from_version} → {e.to_version}  {counted(e.documents, 'document')}"
        f"  {e.from_checksum[:8]} → {e.to_checksum[:8]}" + (f"  backup {e.backup}" if e.backup else "")
        for e in migrations
    ]
    lines.append(f"{db} is at {now.name} version {now.version}" + ("" if migrations else "; it was never migrated"))
    current_session().result("\n".join(lines), {"version": now.version, "migrations": migrations})


def _foreseen(backend: Backend, old: Plan, prepared: Prepared, session: Session) -> tuple[SetAside, ...]:
    """Return what the migration would set aside: where it rewrites, the documents tell."""
    from docrel.migrate import foreseen

    migration = prepared.migration
    if not migration.rewrites:
        return ()
    with session.leaving("nothing was written"), session.watched("looked at", _extent(backend, old)) as watch:
        return foreseen(backend, migration.diff, progress=watch)


def _extent(backend: Backend, plan: Plan) -> Extent:
    from docrel.store import Store

    return Extent(len(Store(backend, plan)))


def _run(db: Path, target: str, *, back: bool, **options: Any) -> None:
    from docrel.backends import as_file
    from docrel.migrate import apply
    from docrel.store import check_backup

    session = current_session()
    with opened(db) as (backend, old):
        new = _confirmed(old, _target(backend, target, back=back), back=back)
        _remark_version(old, new)
        with session.leaving(f"{db} is as it was"), session.watched("rewritten", _extent(backend, old)) as watch:
            report = apply(backend, new, back=back, progress=watch, **options)
    if report is None:
        session.report(f"{db} is at {new.name} version {new.version} already", {"migrated": False})
        return
    saved = report.backup
    report = replace(report, backup=None if saved is None else as_file(backend).as_written(saved))
    session.report(below("\n".join(_report(db, report)), asides(report.set_aside)), _report_facts(report))
    if saved is not None:
        check_backup(backend, saved)


def _confirmed(old: Plan, new: Plan, *, back: bool) -> Plan:
    """Return the plan to go to, and say where its key stays confirmed though its mapping calls it inferred."""
    from docrel.migrate import confirmed
    from docrel.plan import key_words

    aim = confirmed(old, new, back=back)
    if aim is not new:
        mend = "take `inferred: true` out of the mapping file"
        current_session().remark(f"the key {key_words(new)} stays confirmed, as in the database: {mend}")
    return aim


def _remark_version(old: Plan, new: Plan) -> None:
    """Say where a mapping has changed and its version has not, which then names two of them."""
    from docrel.diff import diff

    found = diff(old, new)
    if old.version == new.version and found.changes:
        current_session().remark(
            f"both mappings are version {new.version} ({' and '.join(hashes(found))}), so that "
            f"`docrel migrate down --to {new.version}` could not tell them apart: raise `version` in the mapping file"
        )


def _target(backend: Backend, target: str, *, back: bool | None) -> Plan:
    """Return the plan of a mapping; where one may go down, also that of a version that the database knows."""
    from docrel.mapping import load
    from docrel.plan import LIMIT_VERSION
    from docrel.store import Book

    if back is False or not target.isdecimal():
        return load(target).plan
    plan = Book(backend).earlier_plan(int(target)) if len(target) <= len(str(LIMIT_VERSION)) else None
    if plan is None:
        message = f"the database was never at version {target}"
        advice = "`docrel migrate history` lists those it knows; for any other, name the mapping itself"
        raise StoreError.one("X508", message, subject=backend.name, help=advice)
    return plan


def _lines(prepared: Prepared) -> list[str]:
    from docrel.diff import sentence
    from docrel.migrate import guard_words

    migration = prepared.migration
    diff = migration.diff
    old, new = told_versions(diff)
    lines = [f"{diff.old.name} {old} → {new}"]
    if not diff.changes:
        return [f"{lines[0]}: nothing to do"]
    if migration.rewrites:
        lines.append(
            "by documents: each is rebuilt by the old mapping and flattened by the new one;\n"
            f"  because: {migration.why}"
        )
    elif not migration.steps:
        lines.append("no table changes, and no document; in the plan that the database carries:")
        lines += [f"  {sentence(change)}" for change in diff.changes]
    else:
        lines.append("by plain SQL, which does here what rebuilding every document would:")
        lines += [f"  checked: not one case of “{guard_words(guard)}”" for guard in migration.guards]
    for number, step in enumerate(migration.steps, 1):
        lines += ["", f"{number}. {step.reason}"]
        lines += [f"     {line}" for sql in step.sql for line in f"{sql};".splitlines()]
        lines += [
            f"   cost: {step.cost}",
            f"   undone by: {step.reverse.splitlines()[0] if step.reverse else 'nothing'}",
            *([f"   loses: {step.loses}"] if step.loses else []),
        ]
    lines += [
        f"would not work any more: your {lost.extra.kind} {lost.extra.name} ({lost.why})" for lost in prepared.lost
    ]
    return lines


def _facts(prepared: Prepared) -> dict[str, Any]:
    migration = prepared.migration
    return {
        "from": migration.diff.old.version,
        "to": migration.diff.new.version,
        "direction": prepared.direction,
        "rewrites": migration.rewrites,
        "why": migration.why,
        "steps": migration.steps,
        "lost": [{"kind": x.extra.kind, "name": x.extra.name, "why": x.why} for x in prepared.lost],
    }


def _report(db: Path, report: MigrationReport) -> list[str]:
    entry = report.entry
    how = "rewritten one by one" if report.rewritten else "by plain SQL"
    spent = ", ".join(f"{what} {seconds:.2f} s" for what, seconds in report.seconds.items())
    documents = counted(report.documents, "document")
    lines = [f"{db}: version {entry.from_version} → {entry.to_version}, {documents} ({how})", f"  {spent}"]
    if report.backup is not None:
        lines.append(f"  as it was: {report.backup}")
    return lines


def _report_facts(report: MigrationReport) -> dict[str, Any]:
    return {
        "migrated": True,
        "from": report.entry.from_version,
        "to": report.entry.to_version,
        "documents": report.documents,
        "rewritten": report.rewritten,
        "backup": report.backup,
        "set_aside": report.set_aside,
        "seconds": report.seconds,
    }
