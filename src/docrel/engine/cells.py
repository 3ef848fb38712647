"""Cells: what the columns of stored rows hold and no row of a document would.

In: rows of a table. Out: a `MisfitError` for each such cell, all of them where `rebuild` stops at one. What takes
more than one cell to be seen is not looked for. Never mends anything itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from docrel.engine.misfits import ClashError, MisfitError, Row, checked, clash, decode_json, holding, no_position
from docrel.layout import TableLayout, exact_decoder, mapped_constant
from docrel.plan import Column, Derived, EdgeName, ParentKey, Plan, Position, Rest, Surrogate

Check = Callable[[Any], object]


def cell_faults(plan: Plan, table: TableLayout, rows: Sequence[Row]) -> Iterator[tuple[int, int, MisfitError]]:
    """Yield the place in `rows`, the column and what is wrong, of each cell that no row of a document has."""
    checks = [(n, check) for n, c in enumerate(plan.tables[table.number].columns) if (check := _check(c)) is not None]
    for at, row in enumerate(rows):
        for number, check in checks:
            try:
                check(row[number])
            except (ClashError, ValueError) as e:
                yield at, number, MisfitError(table.name, table.row_key(row), str(e))


def _check(column: Column) -> Check | None:
    """Return what raises where a column holds what it must not; None: that is told by more than the column."""
    match column.role:
        case Surrogate() | ParentKey() | EdgeName() | Derived():
            return None
        case Position():
            return lambda stored: type(stored) is int or clash(no_position(column.name, stored))
        case Rest():
            return lambda stored: stored is None or decode_json(column.name, stored)
    decode, rules = checked(column, exact_decoder(column)), _rules(column)

    def see(stored: Any) -> None:
        if stored is None:
            if column.required:
                _wrong(column, stored, "is nothing, and it is required")
            return
        decode(stored)
        for breaks, what in rules:
            if breaks(stored):
                _wrong(column, stored, what)

    return see


def _rules(column: Column) -> list[tuple[Callable[[Any], bool], str]]:
    """Return the rules of a column: whether something breaks it, and what is then said."""
    rules: list[tuple[Callable[[Any], bool], str]] = []
    low, high = column.minimum, column.maximum
    if column.one_of is not None:
        allowed = frozenset(mapped_constant(column, value) for value in column.one_of)
        listed = ", ".join(map(str, column.one_of))
        rules.append((lambda stored: stored not in allowed, f"is not one of {listed}"))
    if low is not None:
        rules.append((lambda stored: stored < low, f"is less than {low}, the least allowed"))
    if high is not None:
        rules.append((lambda stored: stored > high, f"is more than {high}, the most allowed"))
    return rules


def _wrong(column: Column, stored: Any, what: str) -> None:
    clash(f"{holding(column.name, stored)}, which {what}")
