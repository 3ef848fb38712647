"""The command that shows what has no column yet, and gives it one: promote."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from docrel.cli.options import db_argument, opened
from docrel.cli.root import Command
from docrel.cli.session import current_session, facts_of, table
from docrel.cli.telling import asides
from docrel.diagnostics import StoreError, counted

if TYPE_CHECKING:
    from docrel.authoring import RestPath
    from docrel.backends import Backend
    from docrel.plan import Plan

SHOWN = 40
_YAML = {".yaml", ".yml"}


@click.command("promote", cls=Command)
@db_argument
@click.argument("path", metavar="[PATH]", required=False)
@click.option("--table", "of", metavar="TABLE", help="The table whose rows' nodes PATH starts at; else a root table.")
@click.option(
    "--mapping",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The mapping file to edit: the edit is shown as a diff.",
)
@click.option(
    "-o", "--output",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the edited mapping here: a file of its own for the new version, or --mapping's again.",
)
def promote_command(db: Path, path: str | None, of: str | None, mapping: Path | None, output: Path | None) -> None:
    """List what lives in rest columns and the complement; with PATH, show the edit that gives it a column.

    With --mapping and no PATH, or with the mapping file in its place, show the edits that make room for values and
    rows that are set aside: a wider type, words that a `one_of` lacks, no `required` where it keeps rows out,
    `names[*]` for an array.

    The path, in how many documents it is, and the types seen; and the values that are in no column and no row as the
    mapping wants them, with what would make room for them. `docrel migrate apply` then moves the values.

    Examples:
      $ docrel promote orders.db
      $ docrel promote orders.db '$.customer.name'
      $ docrel promote orders.db '$.paidAt' '$.lines[*].colour' --mapping orders.yaml --output orders-3.yaml
    """
    from docrel.backends import refuse_same

    if path is not None and mapping is None and Path(path).suffix in _YAML and Path(path).is_file():
        mapping, path = Path(path), None
    for file in filter(None, (mapping, output)):
        refuse_same(file, db)
    with opened(db) as (backend, plan):
        if path is None and mapping is not None:
            _widen(backend, plan, mapping, output)
        elif path is None:
            _list(backend, plan)
        else:
            _promote(backend, plan, path, of=of, mapping=mapping, output=output)


def _list(backend: Backend, plan: Plan) -> None:
    from docrel.authoring import asides_of, survey

    session = current_session()
    paths, told = survey(backend, plan), asides_of(backend, plan)
    rows = [(_shown(p, plan), f"{p.documents:,}", _types(p), " and ".join(sorted(p.homes))) for p in paths]
    lines = [table(("path", "documents", "types", "where"), rows[:SHOWN])] if rows else []
    text = "\n".join([*lines, *asides(told)]) or "nothing: every value has a column"
    session.result(text, {"paths": paths, "set_aside": told})
    if told:
        shown = shlex.quote(str(backend.name))
        session.remark(f"`docrel promote {shown} --mapping FILE` shows the edits that make room")
    if len(rows) > SHOWN:
        session.remark(f"… and {counted(len(rows) - SHOWN, 'more path')}; `--format json` has them all")


def _widen(backend: Backend, plan: Plan, mapping: Path, output: Path | None) -> None:
    """Show the edits that make room for what is set aside."""
    from docrel.authoring import widened
    from docrel.documents import write_file

    before = mapping.read_text(encoding="utf-8")
    found = widened(backend, plan, before)
    lines = [one.text for one in found.edits] or ["nothing is set aside that an edit could be derived for"]
    left = [f"left: {text}" for text in asides(found.left)]
    if output is not None:
        write_file(output, [found.text.encode()])
    diff = [_diff(before, found.text, mapping, output)] if found.edits else []
    facts = {"edits": found.edits, "set_aside": found.left, "text": found.text}
    current_session().result("\n".join([*lines, *left, *diff]), facts)


def _promote(
    backend: Backend, plan: Plan, path: str, *, of: str | None, mapping: Path | None, output: Path | None
) -> None:
    from docrel import authoring
    from docrel.documents import write_file

    session = current_session()
    table_name = of or plan.roots[0].name
    if table_name not in {t.name for t in plan.tables}:
        raise click.UsageError(f"there is no table {table_name!r}; there are {', '.join(t.name for t in plan.tables)}")
    promotion = authoring.promotion(backend, plan, table_name, _pointer(path))
    if promotion is None:
        advice = "`docrel promote DB` lists every path that has something"
        message = f"no document has anything at {path} that has no column"
        raise StoreError.one("X511", message, subject=backend.name, help=advice)
    types = ", ".join(f"{kind} ({count:,})" for kind, count in promotion.types.items())
    head = f"{path} is in {counted(promotion.documents, 'document')}: {types}"
    if mapping is None:
        text = "\n".join(
            [head, f"add below `{promotion.below}` of {promotion.table}:", *(f"    {line}" for line in promotion.lines)]
        )
        session.result(text, promotion)
        return
    before = mapping.read_text(encoding="utf-8")
    after = authoring.edited(before, plan, promotion)
    if output is not None:
        write_file(output, [after.encode()])
    session.result(f"{head}\n{_diff(before, after, mapping, output)}", {**facts_of(promotion), "text": after})


def _diff(before: str, after: str, mapping: Path, output: Path | None) -> str:
    from difflib import unified_diff

    lines = unified_diff(before.splitlines(), after.splitlines(), str(mapping), str(output or mapping), "", "", 1, "")
    return "\n".join(lines)


def _pointer(path: str) -> tuple[str, ...]:
    from docrel.selectors import SelectorError, parse

    try:
        names = parse(path).names
    except SelectorError as error:
        raise click.UsageError(f"{path!r} is no path: {error}") from error
    if not names:
        raise click.UsageError(f"{path!r} is more than names, such as `$.manifest.roadmap`")
    return names


def _shown(path: RestPath, plan: Plan) -> str:
    from docrel.selectors import Name, path_text

    is_root = plan.table(path.table).parent is None
    text = path_text(tuple(map(Name, path.path)), "$" if is_root else "@")
    return text if is_root and len(plan.roots) == 1 else f"{text} of {path.table}"


def _types(path: RestPath) -> str:
    return ", ".join(kind for kind, _ in path.types.most_common(3)) + (" …" if len(path.types) > 3 else "")
