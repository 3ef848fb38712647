"""Rows: one document as the rows that it becomes, outside of any database.

In: what `flatten` made. Out: a frozen value to look at, to compare and to rebuild from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from docrel.diagnostics import shortened, visible
from docrel.layout import RowKey

Row = tuple[Any, ...]
_WIDTH = 40


@dataclass(frozen=True, slots=True)
class Note:
    """What the columns of one row cannot say: `shape` its structure, `body` its values, both JSON text."""

    table: str
    row: RowKey
    shape: str | None
    body: str | None


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a document by table, in the mapping's order, and its complement; prints as tables.

    Shapes: each row is a tuple with one value a column, in the order of `columns`.
    """

    tables: Mapping[str, tuple[Row, ...]]
    columns: Mapping[str, tuple[str, ...]]
    complement: tuple[Note, ...]

    def records(self) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of each table as dicts by the names of their columns."""
        return {
            table: [dict(zip(self.columns[table], row, strict=True)) for row in rows]
            for table, rows in self.tables.items()
        }

    def __str__(self) -> str:
        parts = [_table(name, self.columns[name], rows) for name, rows in self.tables.items() if rows]
        if self.complement:
            notes = tuple((n.table, n.row, n.shape, n.body) for n in self.complement)
            parts.append(_table("complement", ("table", "row", "shape", "body"), notes))
        return "\n\n".join(parts)


def _table(name: str, columns: tuple[str, ...], rows: tuple[Row, ...]) -> str:
    lines = [tuple(map(visible, columns)), *(tuple(map(_cell, row)) for row in rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(columns))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([visible(name), *(f"  {line}" for line in text)])


def _cell(value: Any) -> str:
    text = "NULL" if value is None else f"x'{value.hex()}'" if isinstance(value, bytes) else visible(str(value))
    return shortened(text, _WIDTH)
