"""What a row is called, what it hangs below and which source gave it: an own reading of the plan, simple and slow.

It shares nothing with `docrel.layout`, which it judges, and goes by the names in the plan alone.
"""

from __future__ import annotations

import json
from typing import Any

from docrel.layout import RowKey, mapped_constant
from docrel.plan import EdgeName, ParentKey, Plan, Source, Table

Row = dict[str, Any]


class RowModel:
    """Reads the rows of one plan, each given as a tuple in the order of columns."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def named(self, table: Table, row: Any) -> Row:
        """Return the row's values by the names of their columns."""
        return {column.name: value for column, value in zip(table.columns, row, strict=True)}

    def key(self, table: Table, row: Row) -> RowKey:
        """Return what the complement calls a row."""
        return _spelled(table, [row[name] for name in table.primary_key])

    def source(self, table: Table, row: Row, noted: str | None) -> Source | None:
        """Return the source of a row with the edge that is noted of it: constants first, the enclosing table last."""
        edges = [column.name for column in table.columns if isinstance(column.role, EdgeName)]
        edge = row[edges[0]] if edges else noted
        for source in table.sources:
            if source.constants and self._linked(table, row, source) and self._holds(table, row, source):
                return source
        for nearest in (True, False):
            for first in table.sources:
                siblings = [s for s in table.sources if s.parent == first.parent and not s.constants]
                if (
                    not first.constants
                    and (first.parent != table.parent) is nearest
                    and self._linked(table, row, first)
                ):
                    return next((s for s in siblings if s.name == edge), None if edges else siblings[0])
        return None

    def _holds(self, table: Table, row: Row, source: Source) -> bool:
        return all(row[name] == mapped_constant(table.column(name), value) for name, value in source.constants)

    def _linked(self, table: Table, row: Row, source: Source) -> bool:
        return source.parent == table.parent or None not in self.links(table, row, source.parent or "").values()

    def links(self, table: Table, row: Row, above: str) -> dict[str, Any]:
        """Return the values of the columns that name a row above, by the names of the columns there."""
        found: dict[str, Any] = {}
        for column in table.columns:
            if isinstance(column.role, ParentKey) and column.role.table == above:
                found.setdefault(column.role.column, row[column.name])
        return found

    def parent(self, table: Table, row: Row) -> tuple[str, RowKey] | None:
        """Return the table and the key of the row that a row hangs below."""
        feeding = [source.parent for source in table.sources if source.parent is not None]
        for name in sorted(feeding, key=lambda name: name == table.parent):
            above = self.plan.table(name)
            links = self.links(table, row, name)
            if None not in links.values():
                return name, _spelled(above, [links[key] for key in above.primary_key])
        return None


def _spelled(table: Table, values: list[Any]) -> RowKey:
    if table.surrogate is not None:
        return int(values[0])
    return json.dumps([value.hex() if isinstance(value, bytes) else value for value in values])
