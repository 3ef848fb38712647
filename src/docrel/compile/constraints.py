"""Plan constraints: keys, indexes, checks and key orders of a table.

In: a table's entry and its columns. Out: the plan's constraints, and findings for columns that do not exist.
"""

from __future__ import annotations

from collections.abc import Sequence

from docrel.compile.outline import Entry
from docrel.compile.paths import names_path
from docrel.compile.sql import sql_of
from docrel.diagnostics import suggestion
from docrel.plan import (
    CheckConstraint,
    Column,
    Derived,
    EdgeName,
    Elements,
    IndexDefinition,
    Position,
    Rest,
    Source,
    Surrogate,
)
from docrel.spec import Findings
from docrel.spec import Path as Place
from docrel.sql import check_fault


def primary_key_of(
    entry: Entry,
    columns: tuple[Column, ...],
    sources: tuple[Source, ...],
    findings: Findings,
) -> tuple[str, ...]:
    """Return the columns of the table's primary key."""
    key, where = entry.key, (*entry.path, "primary_key")
    _one_of_a_kind(entry, columns, findings)
    surrogate = next((c.name for c in columns if isinstance(c.role, Surrogate)), None)
    written = entry.spec.primary_key
    if not written:
        return key
    if surrogate is not None and written != (surrogate,):
        findings.add(
            "M219", where, f"the surrogate `{surrogate}` is the primary key already",
            f"remove `primary_key`, and write `unique: [[{', '.join(written)}]]`",
        )  # fmt: skip
        return key
    _known(entry, written, columns, where, findings)
    for column in columns:
        if column.name in written:
            _odd_key(column, where, findings)
    ordered = any(source.each[-1:] == (Elements(),) for source in sources)
    if ordered and surrogate is None and not any(isinstance(c.role, Position) for c in columns):
        findings.add(
            "M219", where, f"the order of the rows of `{entry.name}` would be lost: nothing holds it",
            "add a column `position: {position: true}`, or remove `primary_key`",
        )  # fmt: skip
    if len(sources) > 1 and not _tells_sources_apart(written, columns, sources):
        findings.add(
            "M219", where, f"rows of `{entry.name}` that come from different places may have the same key",
            "remove `primary_key`, or add a column `source: {edge: true}` to it",
        )  # fmt: skip
    return written


def _tells_sources_apart(key: Sequence[str], columns: tuple[Column, ...], sources: tuple[Source, ...]) -> bool:
    """Say whether rows of different sources have different keys; one without a position is the document's own."""
    held = [column for column in columns if column.name in key]
    if not any(isinstance(column.role, Position) for column in held):
        return True
    told = all(any(name in key for name, _ in source.constants) for source in sources[:-1])
    told = told or any(isinstance(column.role, EdgeName) for column in held)
    return told and all(source.parent == sources[0].parent for source in sources)


def _odd_key(column: Column, where: Place, findings: Findings) -> None:
    if isinstance(column.role, Rest | Derived):
        kind = "rest" if isinstance(column.role, Rest) else "derived"
        findings.add("M219", where, f"`{column.name}` is a {kind} column and identifies nothing", "name other columns")
    elif column.soft:
        findings.add("M219", where, f"`{column.name}` may be left NULL (`otherwise: rest`)", "remove `otherwise` there")


def _one_of_a_kind(entry: Entry, columns: tuple[Column, ...], findings: Findings) -> None:
    for role, word in ((Surrogate, "surrogate"), (Position, "position"), (Rest, "rest")):
        same = [c.name for c in columns if isinstance(c.role, role)]
        for name in same[1:]:
            findings.add(
                "M207", (*entry.path, "columns", name),
                f"`{entry.name}` has two {word} columns, `{same[0]}` and `{name}`",
                "keep one of them", key=True,
            )  # fmt: skip


def unique_of(entry: Entry, columns: tuple[Column, ...], findings: Findings) -> tuple[tuple[str, ...], ...]:
    """Return the lists of columns that are unique together."""
    for number, names in enumerate(entry.spec.unique):
        _known(entry, names, columns, (*entry.path, "unique", number), findings)
        _not_the_rest(names, columns, (*entry.path, "unique", number), findings)
    return tuple(dict.fromkeys(entry.spec.unique))


def indexes_of(entry: Entry, columns: tuple[Column, ...], findings: Findings) -> tuple[IndexDefinition, ...]:
    """Return the secondary indexes."""
    found = []
    for name, index in entry.spec.indexes.items():
        _known(entry, index.columns, columns, (*entry.path, "indexes", name), findings)
        if index.unique:
            _not_the_rest(index.columns, columns, (*entry.path, "indexes", name), findings)
        found.append(IndexDefinition(name, index.columns, index.unique))
    return tuple(found)


def _not_the_rest(names: Sequence[str], columns: tuple[Column, ...], where: Place, findings: Findings) -> None:
    """What a rest column holds is known last, when the rows below its row are there already."""
    for column in columns:
        if column.name in names and isinstance(column.role, Rest):
            findings.add(
                "M219", where, f"`{column.name}` is a rest column and identifies nothing", "name other columns"
            )


def checks_of(entry: Entry, findings: Findings) -> tuple[CheckConstraint, ...]:
    """Return the row conditions that are written in SQL."""
    return tuple(
        CheckConstraint(name, sql_of(sql, (*entry.path, "checks", name), findings, check_fault))
        for name, sql in entry.spec.checks.items()
    )


def key_order_of(entry: Entry, findings: Findings) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Return the usual order of members, by the object's path from the row's node."""
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for text, names in entry.spec.key_order.items():
        where = (*entry.path, "key_order", text)
        path = names_path(text, where, findings, "M228", "`key_order`")
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            findings.add("M228", where, f"`{twice}` is listed twice", "remove one")
        if path in found:
            findings.add("M228", where, f"`{text}` is an object whose order is said already", "remove one", key=True)
        if path is not None:
            found[path] = names
    return tuple(found.items())


def _known(entry: Entry, names: Sequence[str], columns: tuple[Column, ...], where: Place, findings: Findings) -> None:
    known = [column.name for column in columns]
    if not names:
        findings.add("M217", where, "no column is named here", "name at least one column")
    for number, name in enumerate(names):
        place = next((p for p in ((*where, number), (*where, "columns", number)) if p in findings.text.values), where)
        if name not in known:
            message = f"the table `{entry.name}` has no column `{name}`"
            findings.add("M209", place, message, suggestion(name, known))
        elif name in names[:number]:
            findings.add("M210", place, f"`{name}` is named twice", "remove one")
