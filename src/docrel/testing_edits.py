"""Random edits of rows, as a user makes them in SQL: within the constraints, and within the law PutGet.

In: the rows and notes of one document. Out: rows with one of them changed, added or deleted. What the law leaves out,
and why, stands in `tests/laws/test_putget.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from docrel.claimtree import Claim, Feed, claims, uses_of
from docrel.codecs import CODECS
from docrel.complement import NOTHING, RowComplement, RowKey, natural_key
from docrel.defaults import is_computed, mapped_constant, reads_of
from docrel.flatten_constraints import unique_sets
from docrel.joined_names import join_names, separator_of
from docrel.jsontext import dumps, loads_text
from docrel.plan import (
    Column,
    EdgeName,
    Elements,
    JoinedKey,
    MemberKey,
    ParentKey,
    Plan,
    Position,
    Rest,
    Source,
    Surrogate,
    Table,
    Value,
)  # fmt: skip
from docrel.rebuilding import merged
from docrel.recomputed import Recomputed
from docrel.scalars import column_decoder, mapped, scalar_encoder
from docrel.testing_documents import junk, scalar_for

Row = tuple[Any, ...]
RowsByTable = list[list[Row]]
Notes = Mapping[tuple[int, RowKey], RowComplement]


@dataclass(frozen=True, slots=True)
class Edit:
    """What was done, in words, and the rows afterwards. `local`: only one place of the document may differ."""

    words: str
    rows: RowsByTable
    local: bool


class Editor:
    """Makes edits of the rows of documents of one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.number = {table.name: n for n, table in enumerate(plan.tables)}
        self.claims = {(t.name, s.name): claims(plan, t, s) for t in plan.tables for s in t.sources}
        self.recomputed = {key: Recomputed(plan.table(key[0]), claim) for key, claim in self.claims.items()}
        self.alone = not plan.forget and not any(
            is_computed(c) or c.default is not None and c.default.elapsed for t in plan.tables for c in t.columns
        )

    def edit(self, random: Random, rows: RowsByTable, notes: Notes) -> Edit | None:
        """Return one random edit; None where the one that was drawn is not within the law."""
        made = _Making(self, random, rows, notes)
        kind = random.choice((made.change, made.change, made.add, made.delete))
        return kind()


class _Making:
    """One edit under way."""

    def __init__(self, editor: Editor, random: Random, rows: RowsByTable, notes: Notes) -> None:
        self.editor, self.plan, self.random = editor, editor.plan, random
        self.rows, self.notes = rows, notes
        self.has_rest = any(
            row[n] is not None
            for table, found in zip(editor.plan.tables, rows, strict=True)
            for n, column in enumerate(table.columns)
            if isinstance(column.role, Rest)
            for row in found
        )
        self.strays = any(note.strays or note.rest is not NOTHING for note in notes.values())

    # -- rows and their surroundings --------------------------------------------------------------------

    def key(self, table: Table, row: Row) -> RowKey:
        values = [row[table.index_of(name)] for name in table.primary_key]
        return values[0] if table.surrogate is not None else natural_key(values)

    def source(self, table: Table, row: Row) -> Source:
        """Return the source that a row came by, as `rebuild` tells it."""
        order = sorted(table.sources, key=lambda s: (not s.constants, s.parent == table.parent))
        for source in order:
            constants = all(row[table.index_of(n)] == mapped_constant(table.column(n), v) for n, v in source.constants)
            linked = source.parent == table.parent or all(row[n] is not None for n in _links(table, source))
            if constants and linked and (source.constants or self.edge(table, source, row) == source.name):
                return source
        return order[-1]

    def edge(self, table: Table, source: Source, row: Row) -> str:
        names = [s.name for s in table.sources if s.parent == source.parent and not s.constants]
        column = next((n for n, c in enumerate(table.columns) if isinstance(c.role, EdgeName)), None)
        note = self.notes.get((self.editor.number[table.name], self.key(table, row)))
        edge = row[column] if column is not None else note.edge if note is not None else None
        return edge if edge in names else names[0]

    def parent_key(self, table: Table, source: Source, row: Row) -> RowKey | None:
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
        note = self.notes.get((self.editor.number[table.name], self.key(table, row)))
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
        return [rows if n == number else list(found) for n, found in enumerate(self.rows)]

    # -- change -----------------------------------------------------------------------------------------

    def change(self) -> Edit | None:
        """Give a column another value."""
        number = self.random.choice([n for n, found in enumerate(self.rows) if found])
        table = self.plan.tables[number]
        at = self.random.randrange(len(self.rows[number]))
        row = self.rows[number][at]
        source = self.source(table, row)
        claim = self.editor.claims[table.name, source.name]
        columns = [n for n in uses_of(claim) if self.may_change(table, source, row, n)]
        if not columns:
            return None
        column = self.random.choice(columns)
        value = self.new_value(table, source, row, column)
        if value is NOTHING or value == row[column]:
            return None
        changed = (*row[:column], value, *row[column + 1 :])
        if not self.is_unique(table, changed, number, at):
            return None
        rows = list(self.rows[number])
        rows[at] = changed
        words = f"{table.name}.{table.columns[column].name} of row {self.key(table, row)}: {row[column]!r} → {value!r}"
        local = self.editor.alone and not CODECS[table.columns[column].type].container
        return Edit(words, self.replaced(number, rows), local)

    def may_change(self, table: Table, source: Source, row: Row, number: int) -> bool:
        column = table.columns[number]
        claim = self.editor.claims[table.name, source.name]
        uses = uses_of(claim)[number]
        note = self.notes.get((self.editor.number[table.name], self.key(table, row)))
        via = note.via.get(column.name, 0) if note is not None else 0
        place = next(c for alternative, c in uses if alternative == via)
        if any(_overlap(c.pointer, _names(path)) for _, c in uses for path, _ in source.when):
            return False  # what tells the row's table
        if place.is_mixed or any(isinstance(step, int) for step in place.pointer) or column.name in table.primary_key:
            return False
        if not self.has_object_above(table, source, row, place, place):
            return False
        if source.tree and place.pointer and place.pointer[0] in source.row_if:
            return False
        if any(_is_needed(c, column.name) for c in table.columns) or self.is_looked_at(table, source, uses):
            return False
        if (self.strays or self.has_rest) and any(column.name in names for names in unique_sets(table)):
            return False
        if any(column.name in dict(s.constants) for s in table.sources) or column.references is not None:
            return False
        return not _is_occupied(self.residue(table, row), place.pointer)

    def is_looked_at(self, table: Table, source: Source, uses: Any) -> bool:
        """Whether a default that is not computed again looks at the column's place."""
        for (name, own), recomputed in self.editor.recomputed.items():
            for n, column in enumerate(self.plan.table(name).columns):
                default = column.default
                if default is None or not isinstance(column.role, Value):
                    continue
                noted = n not in recomputed or (n in recomputed.after and (default.now or default.given))
                noted = noted or self.strays or self.has_rest or any(self.unions(name, own))
                for read in reads_of(column) if noted else ():
                    here = table.parent is None if read.root else (name, own) == (table.name, source.name)
                    if here and any(_overlap(c.pointer, _names(read.path)) for _, c in uses):
                        return True
        return False

    def unions(self, table: str, source: str) -> Iterator[Claim]:
        for claim in self.editor.claims[table, source].walk():
            if claim.is_mixed or not claim.pointer and (claim.scalar or claim.whole):
                yield claim

    def new_value(self, table: Table, source: Source, row: Row | None, number: int) -> Any:
        """Return a stored value that the column may have; NOTHING: none was found."""
        column = table.columns[number]
        if self.random.random() < 0.2 and self.may_be_null(table, source, row, number):
            return None
        for _ in range(5):
            value = junk(self.random, 2) if CODECS[column.type].container else scalar_for(self.random, column)
            if CODECS[column.type].container:
                return dumps(value)
            stored = None if value is None else mapped(column)(value)
            if stored is not None and _permits(column, stored) and _is_stable(column, stored):
                return stored
        return NOTHING

    def may_be_null(self, table: Table, source: Source, row: Row | None, number: int) -> bool:
        column = table.columns[number]
        claim = self.editor.claims[table.name, source.name]
        uses = uses_of(claim)[number]
        if column.required or len(uses) > 1 or (column.default is not None and column.default.elapsed is not None):
            return False
        if any(not c.pointer for _, c in uses) and CODECS[column.type].container:
            return False
        if column.default is not None and CODECS[column.type].container:
            return False
        return column.default is None or number in self.editor.recomputed[table.name, source.name]

    def is_unique(self, table: Table, row: Row, number: int, at: int | None = None) -> bool:
        for names in unique_sets(table):
            places = [table.index_of(name) for name in names]
            values = [row[p] for p in places]
            if None in values:
                continue
            for n, other in enumerate(self.rows[number]):
                if n != at and [other[p] for p in places] == values:
                    return False
        return True

    # -- delete -----------------------------------------------------------------------------------------

    def delete(self) -> Edit | None:
        """Delete a row, and with it those below."""
        numbers = [n for n, found in enumerate(self.rows) if found and self.plan.tables[n].parent is not None]
        if not numbers:
            return None
        number = self.random.choice(numbers)
        table = self.plan.tables[number]
        row = self.random.choice(self.rows[number])
        gone = {(number, self.key(table, row))}
        pending = [(table, row)]
        while pending:
            for child, _, found in self.below(*pending.pop()):
                gone.add((self.editor.number[child.name], self.key(child, found)))
                pending.append((child, found))
        if (self.strays or self.has_rest) and any(unique_sets(self.plan.tables[n]) for n, _ in gone):
            return None  # what a UNIQUE kept out may now come in
        rows = [
            [r for r in found if (n, self.key(self.plan.tables[n], r)) not in gone] for n, found in enumerate(self.rows)
        ]
        return Edit(f"delete {table.name} row {self.key(table, row)}", rows, self.editor.alone)

    # -- add --------------------------------------------------------------------------------------------

    def add(self) -> Edit | None:
        """Add a row below some row."""
        feeds = [
            (table, source, claim, group, feed)
            for table in self.plan.tables
            for source in table.sources
            for claim in self.editor.claims[table.name, source.name].walk()
            for group in claim.groups
            for feed in group
        ]
        if not feeds:
            return None
        table, source, claim, group, feed = self.random.choice(feeds)
        parents = [r for r in self.rows[self.editor.number[table.name]] if self.source(table, r) == source]
        if not parents or not self.may_add(feed):
            return None
        parent = self.random.choice(parents)
        siblings = [
            r for child, s, r in self.below(table, parent) if any(child == f.table and s == f.source for f in group)
        ]
        if not siblings and (
            claim.is_mixed and len(claim.groups) > 1 or claim.scalar or claim.indexes or claim.members
        ):
            return None
        residue = _found(self.residue(table, parent), claim.pointer)
        expected = list if group == claim.elements else dict
        if any(isinstance(step, int) for step in claim.pointer) and not siblings:
            return None
        if group != claim.singles and residue is not NOTHING and not siblings and type(residue) is not expected:
            return None
        if isinstance(residue, list) and residue:
            return None
        if _is_occupied(self.residue(table, parent), claim.pointer[:-1], {}):
            return None
        if not self.has_object_above(table, source, parent, claim):
            return None
        if group == claim.singles and (siblings or _found(self.residue(table, parent), claim.pointer) is not NOTHING):
            return None
        row = self.new_row(table, parent, claim, feed)
        number = self.editor.number[feed.table.name]
        if row is None or not self.is_unique(feed.table, row, number):
            return None
        if self.source(feed.table, row) != feed.source:
            return None
        rows = self.replaced(number, [*self.rows[number], row])
        return Edit(f"add to {feed.table.name}: {row!r}", rows, self.editor.alone)

    def has_object_above(
        self, table: Table, source: Source, row: Row, claim: Claim, column: Claim | None = None
    ) -> bool:
        """Whether the objects on the way to a claim are there or may be made: no scalar or array is in their place."""
        root = self.editor.claims[table.name, source.name]
        at = root
        around = [root]
        for step in claim.pointer:
            at = at.members[step] if isinstance(step, str) else at.indexes[step]
            around.append(at)
        note = self.notes.get((self.editor.number[table.name], self.key(table, row)))
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

    def may_add(self, feed: Feed) -> bool:
        table, source = feed.table, feed.source
        siblings = [s for s in table.sources if s.parent == source.parent and not s.constants]
        told = any(isinstance(c.role, EdgeName) for c in table.columns) or bool(source.constants)
        return told or siblings[0] == source

    def new_row(self, table: Table, parent: Row, claim: Claim, feed: Feed) -> Row | None:
        child, source = feed.table, feed.source
        number = self.editor.number[child.name]
        values: list[Any] = []
        for n, column in enumerate(child.columns):
            value = self.new_cell(table, parent, claim, feed, n, column)
            if value is NOTHING or (value is None and column.required):
                return None
            values.append(value)
        if source.tree:
            inner = self.editor.claims[child.name, source.name]
            marks = [inner.members[m] for m in source.row_if if m in inner.members]
            marks = [m for m in marks if m.scalar and not m.is_mixed and child.columns[m.scalar.column].default is None]
            if not any(m.scalar and values[m.scalar.column] is not None for m in marks):
                return None
        row = tuple(values)
        return None if row in self.rows[number] else row

    def new_cell(self, table: Table, parent: Row, claim: Claim, feed: Feed, n: int, column: Column) -> Any:
        child, source = feed.table, feed.source
        constants = dict(source.constants)
        match column.role:
            case Surrogate():
                return 1 + max((r[0] for r in self._ids()), default=0)
            case ParentKey(name, key):
                if name == table.name:
                    return parent[table.index_of(key)]
                own = next((m for m, c in enumerate(table.columns) if c.role == column.role), None)
                return None if own is None or not self.inherits(child, name) else parent[own]
            case Position():
                return 1 + max((r[f.index_of(f.position)] for f, r in self._positioned()), default=0)
            case MemberKey() | JoinedKey():
                return self.new_name(table, parent, claim, feed, column)
            case EdgeName():
                return source.name
            case Value() if column.name not in constants:
                return self.new_column_value(child, source, n, column)
        return mapped_constant(column, constants[column.name]) if column.name in constants else None

    def _ids(self) -> Iterator[tuple[int]]:
        for table, found in zip(self.plan.tables, self.rows, strict=True):
            if table.surrogate is not None:
                yield from ((r[table.index_of(table.surrogate)],) for r in found)

    def _positioned(self) -> Iterator[tuple[Any, Row]]:
        for table, found in zip(self.plan.tables, self.rows, strict=True):
            if table.position is not None:
                yield from ((table, r) for r in found)

    def inherits(self, child: Table, name: str) -> bool:
        enclosing = child.parent
        while enclosing is not None:
            if enclosing == name:
                return True
            enclosing = self.plan.table(enclosing).parent
        return False

    def new_name(self, table: Table, parent: Row, claim: Claim, feed: Feed, column: Column) -> Any:
        if not isinstance(feed.source.each[-1:], tuple) or isinstance(
            (feed.source.each or (Elements(),))[-1], Elements
        ):
            return None
        name = self.random.choice(("new", "new one") if feed.source.tree else ("new", "it's", "", "a.b"))
        taken = {*claim.members, *claim.known}
        residue = _found(self.residue(table, parent), claim.pointer)
        taken |= set(residue) if isinstance(residue, dict) else set()
        for child, _, row in self.below(table, parent):
            for n, c in enumerate(child.columns):
                if isinstance(c.role, MemberKey):
                    taken.add(row[n])
        while name in taken:
            name = f"new {self.random.randrange(1000)}"
        if isinstance(column.role, JoinedKey):
            return join_names((name,), separator_of(column)) if feed.source.tree else None
        return name if _permits(column, name) else NOTHING

    def new_column_value(self, child: Table, source: Source, n: int, column: Column) -> Any:
        claim = self.editor.claims[child.name, source.name]
        uses = uses_of(claim).get(n, [])
        wanted = next((v for path, v in source.when for _, c in uses if c.pointer == _names(path)), None)
        if wanted is not None:
            return mapped(column)(wanted[0])
        if not uses or any(c.is_mixed or any(isinstance(s, int) for s in c.pointer) for _, c in uses):
            if column.default is not None or column.required:
                return NOTHING
            return None
        if any(_overlap(c.pointer, _names(path)) for _, c in uses for path, _ in source.when):
            return NOTHING
        if any(_is_needed(c, column.name) for c in child.columns):
            return NOTHING
        return self.new_value(child, source, None, n)


def _links(table: Table, source: Source) -> Sequence[int]:
    return [n for n, c in enumerate(table.columns) if isinstance(c.role, ParentKey) and c.role.table == source.parent]


def _names(path: Any) -> tuple[str | int, ...]:
    return tuple(getattr(step, "name", getattr(step, "index", "")) for step in path)


def _overlap(one: Sequence[Any], other: Sequence[Any]) -> bool:
    length = min(len(one), len(other))
    return tuple(one[:length]) == tuple(other[:length])


def _found(value: Any, pointer: Sequence[Any]) -> Any:
    for step in pointer:
        value = value.get(step, NOTHING) if isinstance(value, dict) else NOTHING
    return value


def _is_occupied(residue: Any, pointer: Sequence[Any], empty: Any = None) -> bool:
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


def _is_needed(column: Column, name: str) -> bool:
    elapsed = column.default.elapsed if column.default is not None else None
    return elapsed is not None and name in (elapsed.time, elapsed.seconds)


def _permits(column: Column, stored: Any) -> bool:
    if column.one_of is not None and stored not in [mapped_constant(column, v) for v in column.one_of]:
        return False
    measured = float(stored) if isinstance(stored, str) and column.type == "decimal" else stored
    low, high = column.minimum, column.maximum
    return (low is None or measured >= low) and (high is None or measured <= high)


def _is_stable(column: Column, stored: Any) -> bool:
    """Say whether the document can say the value: a value map may turn it into another."""
    value = column_decoder(column)(stored)
    again = scalar_encoder(column)(value)[0]
    return bool(again == stored and type(again) is type(stored))
