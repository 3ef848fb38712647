"""What lies around a stored row: where it came from, what is below it, what the rest holds of its node.

In: the rows and notes of one document. Out: facts that the edits of `docrel.testing.edits` look at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from docrel.layout import Claim, RowKey, SourceLayout, TableLayout, is_computed, layout_of
from docrel.plan import Column, Plan
from docrel.rows import Null, Rest, RowComplement, Strays
from docrel.values import NOTHING, jsontext

Row = tuple[Any, ...]
RowsByTable = list[list[Row]]
Notes = Mapping[tuple[int, RowKey], RowComplement]


class PlanFacts:
    """What is the same for all documents of a plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.layout = plan, layout_of(plan)
        self.alone = not plan.forget and not any(
            is_computed(c) or (c.default is not None and c.default.elapsed) for t in plan.tables for c in t.columns
        )


class StoredRows:
    """The rows of one document."""

    def __init__(self, facts: PlanFacts, rows: RowsByTable, notes: Notes) -> None:
        self.facts, self.layout = facts, facts.layout
        self.rows, self.notes = rows, notes
        self.sets_aside = any(isinstance(note, Strays | Rest) for found in notes.values() for note in found) or any(
            row[table.rest] is not None for table, row in self if table.rest is not None
        )

    def __iter__(self) -> Iterator[tuple[TableLayout, Row]]:
        for table, rows in zip(self.layout.tables, self.rows, strict=True):
            yield from ((table, row) for row in rows)

    def row_if(self, table: TableLayout, source: SourceLayout) -> tuple[str, ...]:
        """Return the members one of which makes a node of a tree a row."""
        return self.facts.plan.tables[table.number].sources[source.number].row_if

    def columns(self, table: TableLayout) -> tuple[Column, ...]:
        """Return the columns of a table."""
        return self.facts.plan.tables[table.number].columns

    def note(self, table: TableLayout, row: Row) -> RowComplement | None:
        """Return the notes on a row."""
        return self.notes.get((table.number, table.row_key(row)))

    def source(self, table: TableLayout, row: Row) -> SourceLayout:
        """Return the source that a row came by; a row of none counts for the last that is tried."""
        note = self.note(table, row)
        number = table.source_of(row, None if note is None else note.edge)
        return table.sources[table.precedence[-1] if number is None else number]

    def residue(self, table: TableLayout, row: Row) -> Any:
        """Return what neither columns nor nested rows hold of the row's node."""
        content = NOTHING if table.rest is None or row[table.rest] is None else jsontext.loads_text(row[table.rest])
        note = self.note(table, row)
        for rest in note.of(Rest) if note is not None else ():
            content = rest.put(content)
        return content

    def below(self, table: TableLayout, row: Row) -> Iterator[tuple[TableLayout, SourceLayout, Row]]:
        """Yield the rows directly below a row."""
        key = table.row_key(row)
        for child, rows in zip(self.layout.tables, self.rows, strict=True):
            for found in rows if child.parent is not None else ():
                link = (source := self.source(child, found)).link
                if link is not None and link.table == table.number and link.is_set(found) and link.key(found) == key:
                    yield child, source, found

    def replaced(self, number: int, rows: list[Row]) -> RowsByTable:
        """Return all rows, those of one table replaced."""
        return [rows if n == number else list(found) for n, found in enumerate(self.rows)]

    def is_unique(self, table: TableLayout, row: Row, at: int | None = None) -> bool:
        """Say whether the row breaks no UNIQUE."""
        for columns in (*table.unique, *table.apart):
            values = [row[n] for n in columns]
            if None in values:
                continue
            for n, other in enumerate(self.rows[table.number]):
                if n != at and [other[n] for n in columns] == values:
                    return False
        return True

    def has_object_above(
        self, table: TableLayout, source: SourceLayout, row: Row, claim: Claim, column: Claim | None = None
    ) -> bool:
        """Whether the objects on the way to a claim are there or may be made: no scalar or array is in their place."""
        around = [source.claim]
        for step in claim.pointer:
            around.append(next(inner for inner in around[-1].below if inner.pointer[-1] == step))
        note = self.note(table, row)
        for one in around:
            for leaf in (one.scalar, one.whole):
                if leaf is None:
                    continue
                taking = self.columns(table)[leaf.column]
                override = None if note is None else note.overriding(taking.name)
                said = override is not None and override.value is not NOTHING
                null = column is not None and note is not None and Null(taking.name) in note
                null = null or taking.default is not None
                if one is not column and (row[leaf.column] is not None or said or null):
                    return False
            if one is not claim and (one.is_array or one.singles):
                return False
        residue = self.residue(table, row)
        return residue is NOTHING or isinstance(residue, dict) or not claim.pointer


def is_occupied(residue: Any, pointer: Sequence[Any], empty: Any = None) -> bool:
    """Say whether the rest holds something at a place but `empty`, or no object on the way to it."""
    value = residue
    for step in pointer:
        if value is NOTHING:
            return False
        if not isinstance(value, dict):
            return True
        value = value.get(step, NOTHING)
    if not pointer and isinstance(empty, dict):
        return value is not NOTHING and not isinstance(value, dict)
    return value is not NOTHING and not (value == empty and type(value) is type(empty))
