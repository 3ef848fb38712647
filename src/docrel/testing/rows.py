"""Stored rows and what lies around them: whose they are, what is below them, what the rest holds of their node.

In: the rows and notes of one document. Out: facts that the edits of `docrel.testing.edits` look at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from docrel.engine import merged, unique_sets
from docrel.layout import Claim, Recomputed, claims, is_computed, mapped_constant
from docrel.plan import EdgeName, ParentKey, Plan, Rest, Source, Table
from docrel.rows import RowComplement, RowKey, natural_key
from docrel.values import NOTHING, loads_text

Row = tuple[Any, ...]
RowsByTable = list[list[Row]]
Notes = Mapping[tuple[int, RowKey], RowComplement]


class PlanFacts:
    """What is the same for all documents of a plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.number = {table.name: n for n, table in enumerate(plan.tables)}
        self.claims = {(t.name, s.name): claims(plan, t, s) for t in plan.tables for s in t.sources}
        self.recomputed = {key: Recomputed(plan.table(key[0]), claim) for key, claim in self.claims.items()}
        self.alone = not plan.forget and not any(
            is_computed(c) or (c.default is not None and c.default.elapsed) for t in plan.tables for c in t.columns
        )


class StoredRows:
    """The rows of one document."""

    def __init__(self, facts: PlanFacts, random: Random, rows: RowsByTable, notes: Notes) -> None:
        self.facts, self.plan, self.random = facts, facts.plan, random
        self.rows, self.notes = rows, notes
        self.has_rest = any(
            row[n] is not None
            for table, found in zip(self.plan.tables, rows, strict=True)
            for n, column in enumerate(table.columns)
            if isinstance(column.role, Rest)
            for row in found
        )
        self.strays = any(note.strays or note.rest is not NOTHING for note in notes.values())

    def key(self, table: Table, row: Row) -> RowKey:
        """Return the key of a row as the complement spells it."""
        values = [row[table.index_of(name)] for name in table.primary_key]
        return values[0] if table.surrogate is not None else natural_key(values)

    def source(self, table: Table, row: Row) -> Source:
        """Return the source that a row came by, as `rebuild` tells it."""
        order = sorted(table.sources, key=lambda s: (not s.constants, s.parent == table.parent))
        for source in order:
            constants = all(row[table.index_of(n)] == mapped_constant(table.column(n), v) for n, v in source.constants)
            linked = source.parent == table.parent or all(row[n] is not None for n in links(table, source))
            if constants and linked and (source.constants or self.edge(table, source, row) == source.name):
                return source
        return order[-1]

    def edge(self, table: Table, source: Source, row: Row) -> str:
        """Return the name of the source among those of one parent."""
        names = [s.name for s in table.sources if s.parent == source.parent and not s.constants]
        column = next((n for n, c in enumerate(table.columns) if isinstance(c.role, EdgeName)), None)
        note = self.notes.get((self.facts.number[table.name], self.key(table, row)))
        edge = row[column] if column is not None else note.edge if note is not None else None
        return edge if edge in names else names[0]

    def parent_key(self, table: Table, source: Source, row: Row) -> RowKey | None:
        """Return the key of the row above by a source; None: it has none."""
        parent = self.plan.table(source.parent or "")
        values = [
            row[next(n for n, c in enumerate(table.columns) if c.role == ParentKey(parent.name, key))]
            for key in parent.primary_key
        ]
        if None in values:
            return None
        return values[0] if parent.surrogate is not None else natural_key(values)

    def residue(self, table: Table, row: Row) -> Any:
        """Return what neither columns nor nested rows hold of the row's node."""
        rest = next((n for n, c in enumerate(table.columns) if isinstance(c.role, Rest)), None)
        content = NOTHING if rest is None or row[rest] is None else loads_text(row[rest])
        note = self.notes.get((self.facts.number[table.name], self.key(table, row)))
        return content if note is None or note.rest is NOTHING else merged(content, note.rest)

    def below(self, table: Table, row: Row) -> Iterator[tuple[Table, Source, Row]]:
        """Yield the rows directly below a row."""
        key = self.key(table, row)
        for number, child in enumerate(self.plan.tables):
            for found in self.rows[number] if child.parent is not None else ():
                source = self.source(child, found)
                if source.parent == table.name and self.parent_key(child, source, found) == key:
                    yield child, source, found

    def replaced(self, number: int, rows: list[Row]) -> RowsByTable:
        """Return all rows, those of one table replaced."""
        return [rows if n == number else list(found) for n, found in enumerate(self.rows)]

    def is_unique(self, table: Table, row: Row, number: int, at: int | None = None) -> bool:
        """Say whether the row breaks no UNIQUE."""
        for names in unique_sets(table):
            places = [table.index_of(name) for name in names]
            values = [row[p] for p in places]
            if None in values:
                continue
            for n, other in enumerate(self.rows[number]):
                if n != at and [other[p] for p in places] == values:
                    return False
        return True

    def has_object_above(
        self, table: Table, source: Source, row: Row, claim: Claim, column: Claim | None = None
    ) -> bool:
        """Whether the objects on the way to a claim are there or may be made: no scalar or array is in their place."""
        root = self.facts.claims[table.name, source.name]
        at = root
        around = [root]
        for step in claim.pointer:
            at = at.members[step] if isinstance(step, str) else at.indexes[step]
            around.append(at)
        note = self.notes.get((self.facts.number[table.name], self.key(table, row)))
        for one in around:
            for leaf in (one.scalar, one.whole):
                if leaf is None:
                    continue
                name = table.columns[leaf.column].name
                override = () if note is None else note.overrides.get(name, ())
                default = table.columns[leaf.column].default is not None
                null = default or (column is not None and note is not None and name in note.nulls)
                if one is not column and (row[leaf.column] is not None or len(override) > 1 or null):
                    return False
            if one is not claim and (one.is_array or one.singles):
                return False
        residue = self.residue(table, row)
        return residue is NOTHING or isinstance(residue, dict) or not claim.pointer

    def inherits(self, child: Table, name: str) -> bool:
        """Say whether the table called `name` encloses the other."""
        enclosing = child.parent
        while enclosing is not None:
            if enclosing == name:
                return True
            enclosing = self.plan.table(enclosing).parent
        return False


def links(table: Table, source: Source) -> Sequence[int]:
    """Return the columns that hold the key of a row of the source's parent."""
    return [n for n, c in enumerate(table.columns) if isinstance(c.role, ParentKey) and c.role.table == source.parent]


def pointer_of(path: Any) -> tuple[str | int, ...]:
    """Return a path of names and indexes as a pointer."""
    return tuple(getattr(step, "name", getattr(step, "index", "")) for step in path)


def overlap(one: Sequence[Any], other: Sequence[Any]) -> bool:
    """Say whether one place lies within the other."""
    length = min(len(one), len(other))
    return tuple(one[:length]) == tuple(other[:length])


def found_at(value: Any, pointer: Sequence[Any]) -> Any:
    """Return the value at a place of names; NOTHING: there is none."""
    for step in pointer:
        value = value.get(step, NOTHING) if isinstance(value, dict) else NOTHING
    return value


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
