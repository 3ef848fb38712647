"""The command that shows what has no column yet, and gives it one: promote."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from docrel.cli.completing import tables
from docrel.cli.options import db_argument, opened
from docrel.cli.root import Command
from docrel.cli.session import current_session, facts_of, table
from docrel.cli.telling import asides
from docrel.diagnostics import StoreError, counted

if TYPE_CHECKING:
    from docrel.authoring import Promotion, RestPath
    from docrel.backends import Backend
    from docrel.plan import Plan

SHOWN = 40
_YAML = {".yaml", ".yml"}


@click.command("promote", cls=Command)
@db_argument
@click.argument("paths", nargs=-1, metavar="[PATH...]")
@click.option(
    "--table",
    "of",
    metavar="TABLE",
    shell_complete=tables,
    help="The table whose rows' nodes every PATH starts at: `@.name`. Else each tells its own: `$.lines[*].name`.",
)
@click.option(
    "--mapping",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The mapping file to edit: the edit is shown as a diff.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the edited mapping here: a file of its own for the new version, or --mapping's again.",
)
def promote_command(
    db: Path, paths: tuple[str, ...], of: str | None, mapping: Path | None, output: Path | None
) -> None:
    """List what lives in rest columns and the complement; with PATHs, show the edit that gives each a column.

    With --mapping and no PATH, or with the mapping file in its place, show the edits that make room for values and
    rows that are set aside: a wider type, words that a `one_of` lacks, no `required` where it keeps rows out,
    `names[*]` for an array.

    The path as it can be given back, in how many documents it is, and the types seen; and the values that are in no
    column and no row as the mapping wants them, with what would make room for them. `docrel migrate apply` then
    moves the values.

    Examples:
      $ docrel promote orders.db
      $ docrel promote orders.db '$.customer.name'
      $ docrel promote orders.db '$.paidAt' '$.lines[*].colour' --mapping orders.yaml --output orders-3.yaml
    """
    from docrel.backends import refuse_same

    if len(paths) == 1 and mapping is None and Path(paths[0]).suffix in _YAML and Path(paths[0]).is_file():
        mapping, paths = Path(paths[0]), ()
    for file in filter(None, (mapping, output)):
        refuse_same(file, db)
    with opened(db) as (backend, plan):
        if paths:
            _promote(backend, plan, paths, of=of, mapping=mapping, output=output)
        elif mapping is not None:
            _widen(backend, plan, mapping, output)
        else:
            _list(backend, plan)


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
    backend: Backend, plan: Plan, paths: Sequence[str], *, of: str | None, mapping: Path | None, output: Path | None
) -> None:
    from docrel import authoring
    from docrel.documents import write_file

    session = current_session()
    places = [_place(path, plan, of) for path in dict.fromkeys(paths)]
    _refuse_within(places)
    found = [
        _something(promoted, path, backend)
        for path, promoted in zip(dict.fromkeys(paths), authoring.promotions(backend, plan, places), strict=True)
    ]
    heads = [f"{path} is in {_seen(one)}" for path, one in zip(dict.fromkeys(paths), found, strict=True)]
    if mapping is None:
        text = "\n".join(line for head, one in zip(heads, found, strict=True) for line in (head, *_addition(one)))
        session.result(text, found[0] if len(found) == 1 else {"promotions": found})
        return
    before = after = mapping.read_text(encoding="utf-8")
    try:
        for one in found:
            after = authoring.edited(after, plan, one)
    except ValueError as error:
        raise click.ClickException(f"{mapping} cannot be edited: {error}") from error
    if output is not None:
        write_file(output, [after.encode()])
    facts = facts_of(found[0]) if len(found) == 1 else {"promotions": found}
    session.result("\n".join([*heads, _diff(before, after, mapping, output)]), {**facts, "text": after})


def _something(promoted: Promotion | None, path: str, backend: Backend) -> Promotion:
    """Return what there is to promote at a path.

    Raises:
        StoreError: X511, there is nothing.
    """
    if promoted is None:
        advice = "`docrel promote DB` lists every path that has something"
        message = f"no document has anything at {path} that has no column"
        raise StoreError.one("X511", message, subject=backend.name, help=advice)
    return promoted


def _seen(one: Promotion) -> str:
    types = ", ".join(f"{kind} ({count:,})" for kind, count in one.types.items())
    return f"{counted(one.documents, 'document')}: {types}"


def _addition(one: Promotion) -> Iterator[str]:
    yield f"add below `{one.below}` of {one.table}:"
    yield from (f"    {line}" for line in one.lines)


def _diff(before: str, after: str, mapping: Path, output: Path | None) -> str:
    from difflib import unified_diff

    lines = unified_diff(before.splitlines(), after.splitlines(), str(mapping), str(output or mapping), "", "", 1, "")
    return "\n".join(lines)


def _place(path: str, plan: Plan, of: str | None) -> tuple[str, tuple[str, ...]]:
    """Return the table that a path leads to, and the names below the nodes of its rows."""
    from docrel.authoring import place_of
    from docrel.selectors import SelectorError, parse

    if of is not None and of not in {t.name for t in plan.tables}:
        raise click.UsageError(f"there is no table {of!r}; there are {', '.join(t.name for t in plan.tables)}")
    try:
        if of is None:
            return place_of(plan, path)
        names = parse(path).names
    except SelectorError as error:
        raise click.UsageError(f"{path!r} is no path: {error}") from error
    except ValueError as error:
        raise click.UsageError(f"{path!r} has no place: {error}") from error
    if not names:
        raise click.UsageError(f"{path!r} is more than names, such as `@.manifest.roadmap`")
    return of, names


def _refuse_within(places: Sequence[tuple[str, tuple[str, ...]]]) -> None:
    """Refuse two paths one of which is within the other: both would have the same value."""
    for table_name, names in places:
        for other, below in places:
            if table_name == other and len(names) < len(below) and below[: len(names)] == names:
                inner, outer = ".".join(below), ".".join(names)
                raise click.UsageError(f"{inner} of {other} is within {outer}: promote one of the two")


def _shown(path: RestPath, plan: Plan) -> str:
    """Return the path as a shell takes it, with the table where the path does not tell it."""
    from docrel.authoring import path_of
    from docrel.selectors import Name, path_text

    text = path_of(plan, path.table, path.path)
    if text is not None:
        return shlex.quote(text)
    return f"{shlex.quote(path_text(tuple(map(Name, path.path)), '@'))} --table {shlex.quote(path.table)}"


def _types(path: RestPath) -> str:
    return ", ".join(kind for kind, _ in path.types.most_common(3)) + (" …" if len(path.types) > 3 else "")
