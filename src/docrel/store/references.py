"""References: values that have to stand in another row, perhaps of another document, and those that do not.

In: a plan, a database. Out: `BrokenReference`s, and the values of a document that others may refer to. SQLite checks
references when a transaction ends and says only that one is broken; here it is found out which. Reads only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from docrel.backends import Backend
from docrel.layout import row_and_key
from docrel.plan import Plan
from docrel.sql import Dml
from docrel.store.continuation import Row

SHOWN = 20
"""How many broken references an error tells."""


@dataclass(frozen=True, slots=True)
class Target:
    """A column that others refer to, and a value that stands there or should."""

    table: str
    column: str
    value: Any


@dataclass(frozen=True, slots=True)
class BrokenReference:
    """A reference that leads nowhere: the document called `key`, by its root table and row, and what it refers to."""

    root: int
    row: Row
    key: Any
    table: str
    column: str
    target: Target

    def __str__(self) -> str:
        to = f"{self.target.table}.{self.target.column}"
        return f"{self.table}.{self.column} {self.target.value!r} refers to {to}, where no row has that value"


class References:
    """The references of one plan; false where it has none."""

    def __init__(self, plan: Plan, dml: Dml, backend: Backend) -> None:
        self._plan, self._dml, self._backend = plan, dml, backend
        self._columns = [(t, c, c.references) for t in plan.tables for c in t.columns if c.references is not None]

    def __bool__(self) -> bool:
        return bool(self._columns)

    def broken(self) -> Iterator[BrokenReference]:
        """Yield the references that lead nowhere, each with its document."""
        for table, column, (target, target_column) in self._columns:
            root = self._plan.root_of(table)
            sql = self._dml.select_broken(table, root, column.name, (target, target_column))
            number = self._plan.tables.index(root)
            for *keys, value in self._backend.execute(sql):
                to = Target(target, target_column, value)
                yield BrokenReference(number, *row_and_key(root, keys), table.name, column.name, to)

    def is_there(self, target: Target) -> bool:
        """Say whether a row has a value that others may refer to."""
        table, column = map(self._backend.dialect.quote_identifier, (target.table, target.column))
        return bool(self._backend.execute(f"SELECT 1 FROM {table} WHERE {column} = ? LIMIT 1", [target.value]))

    def referred(self, rows: Sequence[Sequence[Row]]) -> set[Target]:
        """Return what the rows, by table, refer to."""
        found = set()
        for table, column, (target, target_column) in self._columns:
            at = table.index_of(column.name)
            values = {row[at] for row in rows[self._plan.tables.index(table)]} - {None}
            found |= {Target(target, target_column, value) for value in values}
        return found

    def targets(self, rows: Sequence[Sequence[Row]]) -> set[Target]:
        """Return what others may refer to in the rows, by table."""
        found = set()
        for name, column in {target for _, _, target in self._columns}:
            table = self._plan.table(name)
            at = table.index_of(column)
            found |= {Target(name, column, row[at]) for row in rows[self._plan.tables.index(table)]}
        return found
