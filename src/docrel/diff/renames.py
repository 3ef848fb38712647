"""Renames: tables and columns that go by another name in a later plan.

In: two plans. Out: `Renames`, taken from `renamed_from` and from nothing else; and a plan in other names. A
`renamed_from` that matches nothing is a problem, never ignored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from docrel.diagnostics import Diagnostic, suggestion
from docrel.plan import Column, Default, ParentKey, Plan, Role, Source, Table


@dataclass(frozen=True, slots=True)
class Renames:
    """Old name to new name: of tables, and of columns by the new name of their table."""

    tables: dict[str, str]
    columns: dict[str, dict[str, str]]

    def old_table(self, new: str) -> str:
        """Return the old name of the table that is now called `new`."""
        return next((a for a, b in self.tables.items() if b == new), new)

    def table(self, old: str) -> str:
        """Return the new name of the table that was called `old`."""
        return self.tables.get(old, old)

    def column(self, table: str, old: str) -> str:
        """Return the new name of a column; the table goes by its old name."""
        return self.columns.get(self.table(table), {}).get(old, old)

    def back(self) -> Renames:
        """Return the renames that undo these."""
        tables = {b: a for a, b in self.tables.items()}
        columns = {tables.get(t, t): {b: a for a, b in names.items()} for t, names in self.columns.items()}
        return Renames(tables, columns)


def renames_of(old: Plan, new: Plan) -> tuple[Renames, list[Diagnostic]]:
    """Return what `new` says it has renamed, and what of that does not fit `old`."""
    problems: list[Diagnostic] = []
    tables: dict[str, str] = {}
    columns: dict[str, dict[str, str]] = {}
    old_names = [t.name for t in old.tables]
    still = {t.name for t in new.tables}
    for table in new.tables:
        was = table.name
        if table.renamed_from is not None:
            reason = _unfit(table.renamed_from, table.name, old_names, still, tables)
            if reason:
                fault = _problem(
                    "table",
                    table.name,
                    table.renamed_from,
                    reason=reason,
                    origin=table.origin,
                    known=old_names,
                )
                problems.append(fault)
            else:
                was = table.renamed_from
                tables[was] = table.name
        found = next((t for t in old.tables if t.name == was), None)
        names, more = _columns(found, table)
        problems += more
        if names:
            columns[table.name] = names
    return Renames(tables, columns), problems


def _columns(old: Table | None, new: Table) -> tuple[dict[str, str], list[Diagnostic]]:
    names: dict[str, str] = {}
    problems = []
    known = [] if old is None else [c.name for c in old.columns]
    still = {c.name for c in new.columns}
    for column in new.columns:
        if column.renamed_from is None:
            continue
        reason = _unfit(column.renamed_from, column.name, known, still, names)
        if reason:
            named = f"{new.name}.{column.name}"
            fault = _problem("column", named, column.renamed_from, reason=reason, origin=column.origin, known=known)
            problems.append(fault)
        else:
            names[column.renamed_from] = column.name
    return names, problems


Reason = Literal["", "renamed before", "not there", "still there", "there beside", "taken"]


def _unfit(was: str, name: str, known: Sequence[str], still: set[str], taken: dict[str, str]) -> Reason:
    if was not in known:
        return "renamed before" if name in known else "not there"
    if was in still:
        return "still there"
    if name in known:
        return "there beside"
    return "taken" if was in taken else ""


def _problem(kind: str, name: str, was: str, *, reason: Reason, origin: str, known: Sequence[str]) -> Diagnostic:
    message = f"`renamed_from: {was}` of {kind} `{name}` matches nothing: "
    advice = "take the `renamed_from` out, or mend it"
    match reason:
        case "renamed before":
            message += f"the old version has `{name}` already"
            advice = "it was renamed before: take the `renamed_from` out"
        case "not there":
            message += f"before, `{was}` is not there"
            advice = suggestion(was, known, advice)
        case "still there":
            message = f"`renamed_from: {was}` of {kind} `{name}`: the new version still has `{was}` as well"
        case "there beside":
            message += f"before, `{was}` is there beside `{name}`: both exist"
        case "taken":
            message = f"`renamed_from: {was}` of {kind} `{name}`: another {kind} has the same"
    return Diagnostic("X501", message, subject=origin, help=advice)


def renamed(plan: Plan, renames: Renames) -> Plan:
    """Return `plan` with every table and column by its new name; SQL that its author wrote stays as it is."""
    return replace(plan, tables=tuple(_table(t, renames) for t in plan.tables), key=_key(plan, renames))


def _key(plan: Plan, renames: Renames) -> str | tuple[str, ...] | None:
    names = tuple(renames.column(plan.roots[0].name, name) for name in plan.key_names)
    return names if isinstance(plan.key, tuple) else names[0] if names else None


def _table(table: Table, renames: Renames) -> Table:
    def names(old: Sequence[str]) -> tuple[str, ...]:
        return tuple(renames.column(table.name, name) for name in old)

    return replace(
        table,
        name=renames.table(table.name),
        columns=tuple(_column(c, table, renames) for c in table.columns),
        primary_key=names(table.primary_key),
        sources=tuple(_source(s, table, renames) for s in table.sources),
        parent=None if table.parent is None else renames.table(table.parent),
        unique=tuple(names(u) for u in table.unique),
        indexes=tuple(replace(i, columns=names(i.columns)) for i in table.indexes),
    )


def _column(column: Column, table: Table, renames: Renames) -> Column:
    references = column.references
    return replace(
        column,
        name=renames.column(table.name, column.name),
        role=_role(column.role, renames),
        default=_default(column.default, table, renames),
        references=None
        if references is None
        else (renames.table(references[0]), renames.column(references[0], references[1])),
    )


def _role(role: Role, renames: Renames) -> Role:
    if isinstance(role, ParentKey):
        return ParentKey(renames.table(role.table), renames.column(role.table, role.column))
    return role


def _default(default: Default | None, table: Table, renames: Renames) -> Default | None:
    if default is None or default.elapsed is None:
        return default
    elapsed = default.elapsed
    time, seconds = renames.column(table.name, elapsed.time), renames.column(table.name, elapsed.seconds)
    return replace(default, elapsed=replace(elapsed, time=time, seconds=seconds))


def _source(source: Source, table: Table, renames: Renames) -> Source:
    return replace(
        source,
        parent=None if source.parent is None else renames.table(source.parent),
        constants=tuple((renames.column(table.name, n), v) for n, v in source.constants),
        values=tuple((renames.column(table.name, n), v) for n, v in source.values),
    )
