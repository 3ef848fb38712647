"""Random edits of rows, as a user makes them in SQL: within the constraints, and within the law PutGet.

In: the rows and notes of one document. Out: rows with one of them changed, added or deleted. What the law leaves out,
and why, stands in `tests/laws/test_putget.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from docrel.engine import unique_sets
from docrel.layout import Claim, Feed, join_names, mapped_constant, separator_of, uses_of
from docrel.plan import (
    Column,
    EdgeName,
    Elements,
    JoinedKey,
    MemberKey,
    ParentKey,
    Plan,
    Position,
    Surrogate,
    Table,
    Value,
)
from docrel.testing.rows import Notes, PlanFacts, Row, RowsByTable, found_at, is_occupied
from docrel.testing.values import NewValues, permits
from docrel.values import CODECS, NOTHING


@dataclass(frozen=True, slots=True)
class Edit:
    """What was done, in words, and the rows afterwards. `local`: only one place of the document may differ."""

    words: str
    rows: RowsByTable
    local: bool


class Editor:
    """Makes edits of the rows of documents of one plan."""

    def __init__(self, plan: Plan) -> None:
        self._facts = PlanFacts(plan)

    def edit(self, random: Random, rows: RowsByTable, notes: Notes) -> Edit | None:
        """Return one random edit; None where the one that was drawn is not within the law."""
        made = _Making(self._facts, random, rows, notes)
        kind = random.choice((made.change, made.change, made.add, made.delete))
        return kind()


class _Making(NewValues):
    """One edit under way."""

    def change(self) -> Edit | None:
        """Give a column another value."""
        number = self.random.choice([n for n, found in enumerate(self.rows) if found])
        table = self.plan.tables[number]
        at = self.random.randrange(len(self.rows[number]))
        row = self.rows[number][at]
        source = self.source(table, row)
        claim = self.facts.claims[table.name, source.name]
        columns = [n for n in uses_of(claim) if self.may_change(table, source, row, n)]
        if not columns:
            return None
        column = self.random.choice(columns)
        value = self.new_value(table, source, column)
        if value is NOTHING or value == row[column]:
            return None
        changed = (*row[:column], value, *row[column + 1 :])
        if not self.is_unique(table, changed, number, at):
            return None
        rows = list(self.rows[number])
        rows[at] = changed
        words = f"{table.name}.{table.columns[column].name} of row {self.key(table, row)}: {row[column]!r} → {value!r}"
        local = self.facts.alone and not CODECS[table.columns[column].type].container
        return Edit(words, self.replaced(number, rows), local)

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
                gone.add((self.facts.number[child.name], self.key(child, found)))
                pending.append((child, found))
        if (self.strays or self.has_rest) and any(unique_sets(self.plan.tables[n]) for n, _ in gone):
            return None  # what a UNIQUE kept out may now come in
        rows = [
            [r for r in found if (n, self.key(self.plan.tables[n], r)) not in gone] for n, found in enumerate(self.rows)
        ]
        return Edit(f"delete {table.name} row {self.key(table, row)}", rows, self.facts.alone)

    def add(self) -> Edit | None:
        """Add a row below some row."""
        feeds = [
            (table, source, claim, group, feed)
            for table in self.plan.tables
            for source in table.sources
            for claim in self.facts.claims[table.name, source.name].walk()
            for group in claim.groups
            for feed in group
        ]
        if not feeds:
            return None
        table, source, claim, group, feed = self.random.choice(feeds)
        parents = [r for r in self.rows[self.facts.number[table.name]] if self.source(table, r) == source]
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
        residue = found_at(self.residue(table, parent), claim.pointer)
        expected = list if group == claim.elements else dict
        if any(isinstance(step, int) for step in claim.pointer) and not siblings:
            return None
        if group != claim.singles and residue is not NOTHING and not siblings and type(residue) is not expected:
            return None
        if isinstance(residue, list) and residue:
            return None
        if is_occupied(self.residue(table, parent), claim.pointer[:-1], {}):
            return None
        if not self.has_object_above(table, source, parent, claim):
            return None
        if group == claim.singles and (siblings or found_at(self.residue(table, parent), claim.pointer) is not NOTHING):
            return None
        row = self.new_row(table, parent, claim, feed)
        number = self.facts.number[feed.table.name]
        if row is None or not self.is_unique(feed.table, row, number):
            return None
        if self.source(feed.table, row) != feed.source:
            return None
        rows = self.replaced(number, [*self.rows[number], row])
        return Edit(f"add to {feed.table.name}: {row!r}", rows, self.facts.alone)

    def may_add(self, feed: Feed) -> bool:
        table, source = feed.table, feed.source
        siblings = [s for s in table.sources if s.parent == source.parent and not s.constants]
        told = any(isinstance(c.role, EdgeName) for c in table.columns) or bool(source.constants)
        return told or siblings[0] == source

    def new_row(self, table: Table, parent: Row, claim: Claim, feed: Feed) -> Row | None:
        child, source = feed.table, feed.source
        number = self.facts.number[child.name]
        values: list[Any] = []
        for n, column in enumerate(child.columns):
            value = self.new_cell(table, parent, claim, feed, n, column)
            if value is NOTHING or (value is None and column.required):
                return None
            values.append(value)
        if source.tree:
            inner = self.facts.claims[child.name, source.name]
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

    def new_name(self, table: Table, parent: Row, claim: Claim, feed: Feed, column: Column) -> Any:
        if not isinstance(feed.source.each[-1:], tuple) or isinstance(
            (feed.source.each or (Elements(),))[-1], Elements
        ):
            return None
        name = self.random.choice(("new", "new one") if feed.source.tree else ("new", "it's", "", "a.b"))
        taken = {*claim.members, *claim.known}
        residue = found_at(self.residue(table, parent), claim.pointer)
        taken |= set(residue) if isinstance(residue, dict) else set()
        for child, _, row in self.below(table, parent):
            for n, c in enumerate(child.columns):
                if isinstance(c.role, MemberKey):
                    taken.add(row[n])
        while name in taken:
            name = f"new {self.random.randrange(1000)}"
        if isinstance(column.role, JoinedKey):
            return join_names((name,), separator_of(column)) if feed.source.tree else None
        return name if permits(column, name) else NOTHING
