"""Values that a user may write into a column, within its constraints and within the law PutGet.

In: the rows and notes of one document. Out: a stored value, or that the law does not cover the column there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from docrel.layout import (
    Claim,
    SourceLayout,
    TableLayout,
    Uses,
    column_decoder,
    mapped,
    mapped_constant,
    overlap,
    pointer_of,
    reads_of,
    scalar_encoder,
)
from docrel.plan import Column, Value
from docrel.testing.documents import junk, scalar_for
from docrel.testing.rows import Row, StoredRows, is_occupied
from docrel.values import CODECS, NOTHING, jsontext


class NewValues(StoredRows):
    """The rows of one document, and what may be written into them."""

    def may_change(self, table: TableLayout, source: SourceLayout, row: Row, number: int) -> bool:
        """Say whether the law covers a change of the column in this row."""
        column, uses = self.columns(table)[number], source.uses[number]
        note = self.note(table, row)
        via = note.alternative(column.name) if note is not None else 0
        place = next(c for alternative, c in uses if alternative == via)
        if any(overlap(c.pointer, pointer) for _, c in uses for pointer, _ in source.when):
            return False  # what tells the row's table
        if place.is_mixed or any(isinstance(step, int) for step in place.pointer) or number in table.key:
            return False
        if not self.has_object_above(table, source, row, place, place):
            return False
        row_if = self.facts.plan.tables[table.number].sources[source.number].row_if
        if place.pointer and place.pointer[0] in row_if:
            return False
        if any(_is_needed(c, column.name) for c in self.columns(table)) or self.is_looked_at(table, source, uses):
            return False
        if (self.strays or self.has_rest) and any(number in columns for columns in table.unique):
            return False
        if any(number in dict(s.constants) for s in table.sources) or column.references is not None:
            return False
        return not is_occupied(self.residue(table, row), place.pointer)

    def is_looked_at(self, table: TableLayout, source: SourceLayout, uses: Uses) -> bool:
        """Whether a default that is not computed again looks at the column's place."""
        for other in self.layout.tables:
            for own in other.sources:
                for n, column in enumerate(self.columns(other)):
                    default = column.default
                    if default is None or not isinstance(column.role, Value):
                        continue
                    noted = not own.is_recomputed(n) or (n in own.after and (default.now or default.given))
                    noted = noted or self.strays or self.has_rest or any(unions(own))
                    for read in reads_of(column) if noted else ():
                        here = table.parent is None if read.root else (other.number, own) == (table.number, source)
                        if here and any(overlap(c.pointer, pointer_of(read.path)) for _, c in uses):
                            return True
        return False

    def new_value(self, table: TableLayout, source: SourceLayout, number: int) -> Any:
        """Return a stored value that the column may have; NOTHING: none was found."""
        column = self.columns(table)[number]
        if self.random.random() < 0.2 and self.may_be_null(table, source, number):
            return None
        for _ in range(5):
            value = junk(self.random, 2) if CODECS[column.type].container else scalar_for(self.random, column)
            if CODECS[column.type].container:
                return jsontext.dumps(value)
            stored = None if value is None else mapped(column)(value)
            if stored is not None and permits(column, stored) and _is_stable(column, stored):
                return stored
        return NOTHING

    def may_be_null(self, table: TableLayout, source: SourceLayout, number: int) -> bool:
        """Say whether the law covers a NULL there."""
        column, uses = self.columns(table)[number], source.uses[number]
        if column.required or len(uses) > 1 or (column.default is not None and column.default.elapsed is not None):
            return False
        if any(not c.pointer for _, c in uses) and CODECS[column.type].container:
            return False
        if column.default is not None and CODECS[column.type].container:
            return False
        return column.default is None or source.is_recomputed(number)

    def new_column_value(self, child: TableLayout, source: SourceLayout, n: int, column: Column) -> Any:
        """Return a value for a column of a new row; NOTHING: the law does not cover it."""
        uses = source.uses.get(n, ())
        wanted = next((v for pointer, v in source.when for _, c in uses if c.pointer == pointer), None)
        if wanted is not None:
            return mapped(column)(wanted[0])
        if not uses or any(c.is_mixed or any(isinstance(s, int) for s in c.pointer) for _, c in uses):
            if column.default is not None or column.required:
                return NOTHING
            return None
        if any(overlap(c.pointer, pointer) for _, c in uses for pointer, _ in source.when):
            return NOTHING
        if any(_is_needed(c, column.name) for c in self.columns(child)):
            return NOTHING
        return self.new_value(child, source, n)


def unions(source: SourceLayout) -> Iterator[Claim]:
    """Yield the places of a node that may hold one thing or another."""
    for claim in source.claim.walk():
        if claim.is_mixed or not claim.pointer and (claim.scalar or claim.whole):
            yield claim


def permits(column: Column, stored: Any) -> bool:
    """Say whether the column's constraints allow a stored value."""
    if column.one_of is not None and stored not in [mapped_constant(column, v) for v in column.one_of]:
        return False
    measured = float(stored) if isinstance(stored, str) and column.type == "decimal" else stored
    low, high = column.minimum, column.maximum
    return (low is None or measured >= low) and (high is None or measured <= high)


def _is_needed(column: Column, name: str) -> bool:
    elapsed = column.default.elapsed if column.default is not None else None
    return elapsed is not None and name in (elapsed.time, elapsed.seconds)


def _is_stable(column: Column, stored: Any) -> bool:
    """Say whether the document can say the value: a value map may turn it into another."""
    value = column_decoder(column)(stored)
    again = scalar_encoder(column)(value)[0]
    return bool(again == stored and type(again) is type(stored))
