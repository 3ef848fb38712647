"""Random edits of rows, as a user makes them in SQL: within the constraints, and within the law PutGet.

In: the rows and notes of one document. Out: rows with one of them changed, added or deleted. What the law leaves out,
and why, stands in `tests/laws/test_putget.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from docrel.layout import Claim, Feed, Feeds, SourceLayout, TableLayout, join_names, separator_of
from docrel.plan import Column, EdgeName, JoinedKey, MemberKey, ParentKey, Plan, Position, Surrogate, Value
from docrel.testing.rows import Notes, PlanFacts, Row, RowsByTable, is_occupied
from docrel.testing.values import NewValues, permits
from docrel.values import CODECS, NOTHING, value_at


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
        table = self.layout.tables[number]
        at = self.random.randrange(len(self.rows[number]))
        row = self.rows[number][at]
        source = self.source(table, row)
        columns = [n for n in source.uses if self.may_change(table, source, row, n)]
        if not columns:
            return None
        n = self.random.choice(columns)
        value = self.new_value(table, source, n)
        if value is NOTHING or value == row[n]:
            return None
        changed = (*row[:n], value, *row[n + 1 :])
        if not self.is_unique(table, changed, at):
            return None
        rows = list(self.rows[number])
        rows[at] = changed
        column = self.columns(table)[n]
        words = f"{table.name}.{column.name} of row {table.row_key(row)}: {row[n]!r} → {value!r}"
        return Edit(words, self.replaced(number, rows), self.facts.alone and not CODECS[column.type].container)

    def delete(self) -> Edit | None:
        """Delete a row, and with it those below."""
        tables = [table for table in self.layout.tables if self.rows[table.number] and table.parent is not None]
        if not tables:
            return None
        table = self.random.choice(tables)
        row = self.random.choice(self.rows[table.number])
        gone = {(table.number, table.row_key(row))}
        pending = [(table, row)]
        while pending:
            for child, _, found in self.below(*pending.pop()):
                gone.add((child.number, child.row_key(found)))
                pending.append((child, found))
        if (self.strays or self.has_rest) and any(self.layout.tables[number].unique for number, _ in gone):
            return None  # what a UNIQUE kept out may now come in
        rows = [
            [row for row in found if (table.number, table.row_key(row)) not in gone]
            for table, found in zip(self.layout.tables, self.rows, strict=True)
        ]
        return Edit(f"delete {table.name} row {table.row_key(row)}", rows, self.facts.alone)

    def add(self) -> Edit | None:
        """Add a row below some row."""
        feeds = list(self.feeds())
        if not feeds:
            return None
        table, source, claim, group, feed = self.random.choice(feeds)
        child, via = self.layout.fed(feed)
        parents = [r for r in self.rows[table.number] if self.source(table, r) == source]
        if not parents or via.told_by == "note":
            return None
        parent = self.random.choice(parents)
        siblings = [r for t, s, r in self.below(table, parent) if any((t, s) == self.layout.fed(f) for f in group)]
        if not siblings and (
            claim.is_mixed and len(claim.groups) > 1 or claim.scalar or claim.indexes or claim.members
        ):
            return None
        residue = value_at(self.residue(table, parent), claim.pointer)
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
        if group == claim.singles and (siblings or residue is not NOTHING):
            return None
        row = self.new_row(table, parent, claim, feed)
        if row is None or not self.is_unique(child, row) or self.source(child, row) != via:
            return None
        rows = self.replaced(child.number, [*self.rows[child.number], row])
        return Edit(f"add to {child.name}: {row!r}", rows, self.facts.alone)

    def feeds(self) -> Iterator[tuple[TableLayout, SourceLayout, Claim, Feeds, Feed]]:
        """Yield each feed with where it starts: a table, its source, the claim, and the feeds that share it."""
        for table in self.layout.tables:
            for source in table.sources:
                for claim in source.claim.walk():
                    yield from ((table, source, claim, group, feed) for group in claim.groups for feed in group)

    def new_row(self, table: TableLayout, parent: Row, claim: Claim, feed: Feed) -> Row | None:
        child, source = self.layout.fed(feed)
        values: list[Any] = []
        for n, column in enumerate(self.columns(child)):
            value = self.new_cell(table, parent, claim, feed, n, column)
            if value is NOTHING or (value is None and column.required):
                return None
            values.append(value)
        if source.kind == "tree" and not self.has_mark(feed, values):
            return None
        row = tuple(values)
        return None if row in self.rows[child.number] else row

    def has_mark(self, feed: Feed, values: list[Any]) -> bool:
        """Say whether a new row of a tree has a member that makes it one."""
        child, source = self.layout.fed(feed)
        row_if = self.facts.plan.tables[child.number].sources[source.number].row_if
        members = source.claim.members
        marks = [members[name] for name in row_if if name in members and not members[name].is_mixed]
        leaves = [mark.scalar.column for mark in marks if mark.scalar is not None]
        return any(self.columns(child)[n].default is None and values[n] is not None for n in leaves)

    def new_cell(self, table: TableLayout, parent: Row, claim: Claim, feed: Feed, n: int, column: Column) -> Any:
        child, source = self.layout.fed(feed)
        constants = dict(source.constants)
        match column.role:
            case Surrogate():
                return 1 + max((row[t.surrogate] for t, row in self._all_rows() if t.surrogate is not None), default=0)
            case ParentKey():
                held = next(held for held in child.keys_above if held.column == n)
                if held.of[0] == table.number:
                    return parent[held.of[1]]
                own = next((above.column for above in table.keys_above if above.of == held.of), None)
                return None if own is None or not held.inherited else parent[own]
            case Position():
                return 1 + max((row[t.position] for t, row in self._all_rows() if t.position is not None), default=0)
            case MemberKey() | JoinedKey():
                return self.new_name(table, parent, claim, feed, column)
            case EdgeName():
                return source.name
            case Value() if n not in constants:
                return self.new_column_value(child, source, n, column)
        return constants.get(n)

    def _all_rows(self) -> Iterator[tuple[TableLayout, Row]]:
        for table, found in zip(self.layout.tables, self.rows, strict=True):
            yield from ((table, row) for row in found)

    def new_name(self, table: TableLayout, parent: Row, claim: Claim, feed: Feed, column: Column) -> Any:
        if feed.kind in ("single", "elements"):
            return None
        name = self.random.choice(("new", "new one") if feed.kind == "tree" else ("new", "it's", "", "a.b"))
        taken = {*claim.members, *claim.known}
        residue = value_at(self.residue(table, parent), claim.pointer)
        taken |= set(residue) if isinstance(residue, dict) else set()
        for child, _, row in self.below(table, parent):
            for n, c in enumerate(self.columns(child)):
                if isinstance(c.role, MemberKey):
                    taken.add(row[n])
        while name in taken:
            name = f"new {self.random.randrange(1000)}"
        if isinstance(column.role, JoinedKey):
            return join_names((name,), separator_of(column)) if feed.kind == "tree" else None
        return name if permits(column, name) else NOTHING
