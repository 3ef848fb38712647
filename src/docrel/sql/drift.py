"""Drift: how a database differs from what its plan asks for.

In: two `Schema` values, the wanted and the found one. Out: differences in the user's words. What users added
beside the mapped tables is `extra`: it is told, but it is not drift. Never repairs anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from docrel.plan import is_own
from docrel.sql import schema

Kind = Literal[
    "table", "column", "unique constraint", "foreign key", "check", "index", "view", "trigger",
]  # fmt: skip
Property = Literal[
    "version", "definition", "type", "presence", "default", "primary key", "column order", "layout", "content",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Missing:
    """Wanted, but not there."""

    kind: Kind
    name: str
    table: str | None = None
    extra: bool = False

    def __str__(self) -> str:
        if self.table is None or self.kind in {"index", "trigger"}:
            return f"{self.kind} {self.name} is missing"
        return f"table {self.table} lacks the {self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Extra:
    """There, but not wanted; `extra` where it stands beside the mapped tables and touches nothing of them."""

    kind: Kind
    name: str
    table: str | None = None
    extra: bool = True

    def __str__(self) -> str:
        if self.table is None or self.kind in {"index", "trigger"}:
            return f"{self.kind} {self.name} is not part of the mapping"
        return f"table {self.table} has the {self.kind} {self.name}, which is not part of the mapping"


@dataclass(frozen=True, slots=True)
class Differs:
    """There, but other than wanted."""

    kind: Literal["database", "table", "column", "index", "view", "trigger"]
    name: str
    property: Property
    wanted: str
    found: str
    table: str | None = None
    extra: bool = False

    def __str__(self) -> str:
        of = f" of table {self.table}" if self.table is not None else ""
        named = f"{self.kind} {self.name}".rstrip() + of
        return f"{named}: the {self.property} is {self.found}, not {self.wanted}"


Difference = Missing | Extra | Differs


def difference(wanted: schema.Schema, found: schema.Schema) -> list[Difference]:
    """Return how `found` differs from `wanted`; empty exactly where they are equal.

    Order: the version, then tables, indexes, views, triggers by name. What is docrel's own by its name
    and not asked for is its own affair and left out, so they may differ from equality.
    """
    changes: list[Difference] = []
    if wanted.version != found.version:
        changes.append(Differs("database", "", "version", str(wanted.version), str(found.version)))
    tables = {table.name: table for table in found.tables}
    for table in wanted.tables:
        other = tables.pop(table.name, None)
        changes.extend([Missing("table", table.name)] if other is None else _in_table(table, other))
    changes.extend(Extra("table", name) for name in tables if not is_own(name))
    changes.extend(_objects("index", _by_name(wanted.indexes), _by_name(found.indexes)))
    changes.extend(_objects("view", _by_name(wanted.views), _by_name(found.views)))
    there = {table.name for table in found.tables}
    triggers = tuple(made for made in wanted.triggers if made.table in there or not is_own(made.name))
    changes.extend(_objects("trigger", _by_name(triggers), _by_name(found.triggers)))
    return changes


_Object = schema.Index | schema.View | schema.Trigger


def _by_name(objects: tuple[_Object, ...]) -> dict[str, _Object]:
    return {made.name: made for made in objects}


def _objects(
    kind: Literal["index", "view", "trigger"], wanted: Mapping[str, _Object], found: Mapping[str, _Object]
) -> Iterator[Difference]:
    for name, made in wanted.items():
        other = found.get(name)
        if other is None:
            yield Missing(kind, name, _table_of(made))
        elif other != made:
            yield Differs(kind, name, "definition", made.sql.normal, other.sql.normal)
    for name, made in found.items():
        if name not in wanted and not is_own(name):
            yield Extra(kind, name, _table_of(made))


def _table_of(made: _Object) -> str | None:
    return None if isinstance(made, schema.View) else made.table


def _in_table(wanted: schema.Table, found: schema.Table) -> Iterator[Difference]:
    columns = {column.name: column for column in found.columns}
    for column in wanted.columns:
        other = columns.pop(column.name, None)
        if other is None:
            yield Missing("column", column.name, wanted.name)
        else:
            yield from _in_column(column, other, wanted.name)
    yield from (Extra("column", name, wanted.name, extra=False) for name in columns)
    orders = [tuple(column.name for column in table.columns) for table in (wanted, found)]
    if orders[0] != orders[1] and set(orders[0]) == set(orders[1]):
        yield Differs("table", wanted.name, "column order", ", ".join(orders[0]), ", ".join(orders[1]))
    if wanted.small != found.small:
        kinds = {True: "by its key alone", False: "by a row id"}
        yield Differs("table", wanted.name, "layout", kinds[wanted.small], kinds[found.small])
    if wanted.typed != found.typed:
        kinds = {True: "only of their types", False: "of any type"}
        yield Differs("table", wanted.name, "content", kinds[wanted.typed], kinds[found.typed])
    yield from _constraints(wanted, found)


def _in_column(wanted: schema.Column, found: schema.Column, table: str) -> Iterator[Difference]:
    pairs: tuple[tuple[Property, str, str], ...] = (
        ("type", wanted.type, found.type),
        ("presence", _presence(wanted), _presence(found)),
        ("default", _default(wanted), _default(found)),
        ("primary key", _key(wanted), _key(found)),
    )
    for what, a, b in pairs:
        if a != b:
            yield Differs("column", wanted.name, what, a, b, table)


def _presence(column: schema.Column) -> str:
    return "required" if column.not_null else "optional"


def _default(column: schema.Column) -> str:
    return column.default.normal if column.default else "none"


def _key(column: schema.Column) -> str:
    place = f"place {column.key}" if column.key else "none"
    return f"{place}, numbers never reused" if column.generated else place


def _constraints(wanted: schema.Table, found: schema.Table) -> Iterator[Difference]:
    names = (_constraint_names(wanted), _constraint_names(found))
    for kind in names[0]:
        a, b = names[0][kind], names[1][kind]
        yield from (Missing(kind, name, wanted.name) for name in sorted(a - b))
        yield from (Extra(kind, name, wanted.name, extra=False) for name in sorted(b - a))


def _constraint_names(table: schema.Table) -> dict[Kind, set[str]]:
    return {
        "unique constraint": {_names(unique) for unique in table.uniques},
        "foreign key": {_foreign_key(key) for key in table.foreign_keys},
        "check": {_check(check) for check in table.checks},
    }


def _names(names: tuple[str, ...]) -> str:
    """Spell names so that two different lists never look the same."""
    return "(" + ", ".join(n if n.isidentifier() else '"' + n.replace('"', '""') + '"' for n in names) + ")"


def _foreign_key(key: schema.ForeignKey) -> str:
    action = "" if key.on_delete == "NO ACTION" else f" on delete {key.on_delete.lower()}"
    return f"{_names(key.columns)} to {_names((key.table,))} {_names(key.targets)}{action}"


def _check(check: schema.Check) -> str:
    return f"{_names((check.name,))} {check.sql.normal}" if check.name else check.sql.normal
