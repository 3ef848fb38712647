"""The rows of a database as trees: what two databases with the same documents have in common.

In: a plan and a way to ask SQL. Out: by document key a tree of rows without surrogate ids and links; positions only
give the order; columns that have no place in a document are left out. It shares nothing with the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from row_model import Row, RowModel

from docrel.plan import Derived, JoinedKey, MemberKey, ParentKey, Plan, Position, Rest, Surrogate, Table, Unsourced
from docrel.values import jsontext


def rows_by_table(plan: Plan, query: Callable[[str], Sequence[tuple[Any, ...]]]) -> dict[str, list[Row]]:
    """Return what a client sees, in the order of rows: by their ids, or by their ranks where they have some."""
    found = {}
    for table in plan.tables:
        names = [column.name for column in table.columns]
        listed = ", ".join('"' + name.replace('"', '""') + '"' for name in names)
        quoted = '"' + table.name.replace('"', '""') + '"'
        rank = "NULL"
        if table.surrogate is not None:
            label, key = table.name.replace("'", "''"), '"' + table.surrogate.replace('"', '""') + '"'
            noted = f'"table" = \'{label}\' AND CAST("row" AS TEXT) = CAST({quoted}.{key} AS TEXT)'
            rank = f'(SELECT "rank" FROM "{plan.notes}" WHERE {noted})'
        rows = query(f"SELECT {listed} FROM {quoted} ORDER BY coalesce({rank}, rowid)")
        found[table.name] = [dict(zip(names, row, strict=True)) for row in rows]
    return found


def key_in(plan: Plan, root: Table, row: Row) -> Any:
    """Return the key of the document that a root row is of: of several columns a tuple."""
    values = tuple(row[name] for name in plan.key_of(root))
    return values if isinstance(plan.key, tuple) else values[0]


def trees_of(plan: Plan, rows: dict[str, list[Row]]) -> dict[Any, Any]:
    """Return the tree of each document; under None the rows that no document holds."""
    reader, below = RowModel(plan), {}  # type: ignore[var-annotated]
    left = {(table.name, reader.key(table, row)) for table in plan.tables for row in rows[table.name]}
    for table in plan.tables:
        for row in rows[table.name] if table.parent is not None else ():
            below.setdefault(reader.parent(table, row), {}).setdefault(table.name, []).append(row)

    def tree(table: Table, row: Row) -> Any:
        key = table.name, reader.key(table, row)
        left.discard(key)
        inner = below.get(key, {})
        return (
            table.name,
            _cells(table, row),
            [
                _ordered(other, [(one, tree(other, one)) for one in inner[other.name]])
                for other in plan.tables
                if other.name in inner
            ],
        )

    found = {key_in(plan, root, row): tree(root, row) for root in plan.roots for row in rows[root.name]}
    if left:
        found[None] = sorted(map(repr, left))
    return found


def first_difference(one: Any, other: Any, where: str = "") -> str | None:
    """Return the first place where two trees differ."""
    if one == other:
        return None
    if isinstance(one, dict) and isinstance(other, dict):
        keys = [*one, *(key for key in other if key not in one)]
        found = (first_difference(one.get(key), other.get(key), f"{where}/{key!r}") for key in keys)
        return next(difference for difference in found if difference is not None)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        found = (first_difference(a, b, f"{where}/{n}") for n, (a, b) in pairs)
        return next(difference for difference in found if difference is not None)
    return f"{where}: {one!r} in the rows, {other!r} afresh"


def _ordered(table: Table, rows: list[tuple[Row, Any]]) -> list[Any]:
    """Return trees in the order of their array; where the plan knows of none, in any that is always the same."""
    names = any(isinstance(column.role, MemberKey | JoinedKey) for column in table.columns)
    if (table.position or table.surrogate) is None or names or len(table.sources) > 1:
        return sorted((tree for _, tree in rows), key=repr)
    order = table.position
    if order is not None:
        rows = sorted(rows, key=lambda one: (one[0][order] is None, one[0][order]))
    return [tree for _, tree in rows]


def _cells(table: Table, row: Row) -> list[Any]:
    told = {name for source in table.sources for name, _ in source.constants}
    cells: list[Any] = []
    for column in table.columns:
        value = row[column.name]
        if isinstance(column.role, Surrogate | ParentKey | Position):
            continue
        if isinstance(column.role, Derived | Unsourced) and column.name not in told:
            continue
        if isinstance(column.role, Rest) and isinstance(value, str):
            value = _rest_shown(value)
        cells.append((column.name, type(value).__name__, repr(value)))
    return cells


def _rest_shown(text: str) -> Any:
    """Return the rest without empty arrays and objects, which say no more than that rows could be there."""
    found = _without_empty(jsontext.loads_text(text))
    return None if found in ({}, []) else jsontext.dumps(found)


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        inner = {name: _without_empty(v) for name, v in value.items()}
        return {name: v for name, v in inner.items() if v not in ({}, [])}
    return [_without_empty(v) for v in value] if isinstance(value, list) else value
