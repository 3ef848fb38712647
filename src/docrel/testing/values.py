"""Which column of a stored row a user may change, and to what, within its constraints and within the law PutGet.

In: the rows and notes of one document. Out: the reasons against a change; a stored value, or that there is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from docrel.layout import (
    Claim,
    SourceLayout,
    TableLayout,
    Uses,
    column_decoder,
    is_volatile,
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


def why_not_changed(
    stored: StoredRows, table: TableLayout, source: SourceLayout, row: Row, number: int
) -> Iterator[str]:
    """Yield each reason why the law does not cover a change of the column in this row."""
    column, uses, columns = stored.columns(table)[number], source.uses[number], stored.columns(table)
    note = stored.note(table, row)
    via = note.alternatives().get(column.name, 0) if note is not None else 0
    place = next(c for alternative, c in uses if alternative == via)
    if any(overlap(c.pointer, pointer) for _, c in uses for pointer, _ in source.when):
        yield "it tells the row's table"
    if place.is_mixed:
        yield "another kind of value may stand in its place"
    if any(isinstance(step, int) for step in place.pointer):
        yield "the elements before it would be there too"
    if number in table.key:
        yield "it names the row"
    if not stored.has_object_above(table, source, row, place, place):
        yield "a scalar or an array is in the way to its place"
    if place.pointer and place.pointer[0] in stored.row_if(table, source):
        yield "it makes the node a row"
    if any(_is_needed(c, column.name) for c in columns):
        yield "a time is computed from it"
    if is_looked_at(stored, table, source, uses):
        yield "a default that was noted looks at it"
    if stored.sets_aside and any(number in unique for unique in table.unique):
        yield "it leaves a UNIQUE free for an element that was set aside"
    if any(number in dict(s.constants) for s in table.sources):
        yield "the row might become another source's"
    if column.references is not None:
        yield "the document may not have the row that it would refer to"
    if is_occupied(stored.residue(table, row), place.pointer):
        yield "the rest holds something in its place"


def is_looked_at(stored: StoredRows, table: TableLayout, source: SourceLayout, uses: Uses) -> bool:
    """Whether a default that is not computed again looks at the column's place."""
    for other in stored.layout.tables:
        for own in other.sources:
            for n, column in enumerate(stored.columns(other)):
                if not isinstance(column.role, Value) or not _is_noted(stored, own, n, column):
                    continue
                for read in reads_of(column):
                    here = table.parent is None if read.root else (other.number, own) == (table.number, source)
                    if here and any(overlap(c.pointer, pointer_of(read.path)) for _, c in uses):
                        return True
    return False


def _is_noted(stored: StoredRows, source: SourceLayout, number: int, column: Column) -> bool:
    """Whether a note may say what the default was when the document was stored."""
    if not source.is_recomputed(number) or stored.sets_aside or any(unions(source)):
        return True
    return number in source.after and is_volatile(column)


def new_value(stored: StoredRows, random: Random, table: TableLayout, source: SourceLayout, number: int) -> Any:
    """Return a stored value that the column may have; NOTHING: none was found."""
    column = stored.columns(table)[number]
    if random.random() < 0.2 and may_be_null(column, source, number):
        return None
    if CODECS[column.type].container:
        return jsontext.dumps(junk(random, 2))
    for _ in range(5):
        value = scalar_for(random, column)
        content = None if value is None else mapped(column)(value)
        if content is not None and permits(column, content) and _is_stable(column, content):
            return content
    return NOTHING


def may_be_null(column: Column, source: SourceLayout, number: int) -> bool:
    """Say whether the law covers a NULL there: where silence and null differ, it does not."""
    uses, default = source.uses[number], column.default
    if column.required or len(uses) > 1 or (default is not None and default.elapsed is not None):
        return False
    if CODECS[column.type].container and (default is not None or any(not c.pointer for _, c in uses)):
        return False
    return default is None or source.is_recomputed(number)


def value_of_new_row(stored: StoredRows, random: Random, child: TableLayout, source: SourceLayout, n: int) -> Any:
    """Return a value for a column of a new row; NOTHING: the law does not cover it."""
    column, uses = stored.columns(child)[n], source.uses.get(n, ())
    wanted = next((v for pointer, v in source.when for _, c in uses if c.pointer == pointer), None)
    if wanted is not None:
        return mapped(column)(wanted[0])
    if not uses or any(c.is_mixed or any(isinstance(s, int) for s in c.pointer) for _, c in uses):
        return NOTHING if column.default is not None or column.required else None
    tells_table = any(overlap(c.pointer, pointer) for _, c in uses for pointer, _ in source.when)
    if tells_table or any(_is_needed(c, column.name) for c in stored.columns(child)):
        return NOTHING
    return new_value(stored, random, child, source, n)


def unions(source: SourceLayout) -> Iterator[Claim]:
    """Yield the places of a node that may hold one thing or another."""
    for claim in source.claim.walk():
        if claim.is_mixed or not claim.pointer and (claim.scalar or claim.whole):
            yield claim


def permits(column: Column, stored: Any) -> bool:
    """Say whether the column's constraints allow a stored value."""
    if column.one_of is not None and stored not in [mapped_constant(column, v) for v in column.one_of]:
        return False
    low, high = column.minimum, column.maximum
    return (low is None or stored >= low) and (high is None or stored <= high)


def _is_needed(column: Column, name: str) -> bool:
    elapsed = column.default.elapsed if column.default is not None else None
    return elapsed is not None and name in (elapsed.time, elapsed.seconds)


def _is_stable(column: Column, stored: Any) -> bool:
    """Say whether the document can say the value: a value map may turn it into another."""
    value = column_decoder(column)(stored)
    again = scalar_encoder(column)(value)[0]
    return bool(again == stored and type(again) is type(stored))
