"""Random edits of rows, as a user makes them in SQL: within the constraints, and within the law PutGet.

In: the rows and notes of one document. Out: rows with one of them changed, added or deleted. What the law leaves out
stands in `tests/laws/test_putget.py`; a guard here yields its reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from docrel.layout import Claim, Feed, Feeds, KeyColumn, SourceLayout, TableLayout, join_names, separator_of
from docrel.plan import Column, EdgeName, JoinedKey, MemberKey, ParentKey, Plan, Position, Surrogate, Value
from docrel.testing.rows import Notes, PlanFacts, Row, RowsByTable, StoredRows, is_occupied
from docrel.testing.values import new_value, permits, value_of_new_row, why_not_changed
from docrel.values import CODECS, NOTHING, value_at


@dataclass(frozen=True, slots=True)
class Edit:
    """What was done, in words, and the rows afterwards. `local`: only one place of the document may differ."""

    words: str
    rows: RowsByTable
    local: bool


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a row may be added: below which row, by which feed; `group`: the feeds whose rows go there too."""

    table: TableLayout
    source: SourceLayout
    claim: Claim
    group: Feeds
    feed: Feed
    parent: Row


class Editor:
    """Makes edits of the rows of documents of one plan."""

    def __init__(self, plan: Plan) -> None:
        self._facts = PlanFacts(plan)

    def edit(self, random: Random, rows: RowsByTable, notes: Notes) -> Edit | None:
        """Return one random edit; None where the one that was drawn is not within the law."""
        make = random.choice((_change, _change, _add, _delete))
        return make(StoredRows(self._facts, rows, notes), random)


# -- change -----------------------------------------------------------------------------------------------------


def _change(stored: StoredRows, random: Random) -> Edit | None:
    """Give a column another value."""
    number = random.choice([n for n, found in enumerate(stored.rows) if found])
    table = stored.layout.tables[number]
    at = random.randrange(len(stored.rows[number]))
    row = stored.rows[number][at]
    source = stored.source(table, row)
    columns = [n for n in source.uses if not any(why_not_changed(stored, table, source, row, n))]
    if not columns:
        return None
    n = random.choice(columns)
    value = new_value(stored, random, table, source, n)
    changed = (*row[:n], value, *row[n + 1 :])
    if value is NOTHING or value == row[n] or not stored.is_unique(table, changed, at):
        return None
    rows = list(stored.rows[number])
    rows[at] = changed
    column = stored.columns(table)[n]
    words = f"{table.name}.{column.name} of row {table.row_key(row)}: {row[n]!r} → {value!r}"
    return Edit(words, stored.replaced(number, rows), stored.facts.alone and not CODECS[column.type].container)


# -- delete -----------------------------------------------------------------------------------------------------


def _delete(stored: StoredRows, random: Random) -> Edit | None:
    """Delete a row, and with it those below."""
    tables = [table for table in stored.layout.tables if stored.rows[table.number] and table.parent is not None]
    if not tables:
        return None
    table = random.choice(tables)
    row = random.choice(stored.rows[table.number])
    gone = {(table.number, table.row_key(row))}
    pending = [(table, row)]
    while pending:
        for child, _, found in stored.below(*pending.pop()):
            gone.add((child.number, child.row_key(found)))
            pending.append((child, found))
    if stored.sets_aside and any(stored.layout.tables[number].unique for number, _ in gone):
        return None  # what a UNIQUE kept out may now come in
    rows = [
        [row for row in found if (table.number, table.row_key(row)) not in gone]
        for table, found in zip(stored.layout.tables, stored.rows, strict=True)
    ]
    return Edit(f"delete {table.name} row {table.row_key(row)}", rows, stored.facts.alone)


# -- add --------------------------------------------------------------------------------------------------------


def _add(stored: StoredRows, random: Random) -> Edit | None:
    """Add a row below some row."""
    feeds = list(_feeds(stored))
    if not feeds:
        return None
    table, source, claim, group, feed = random.choice(feeds)
    child, via = stored.layout.fed(feed)
    parents = [r for r in stored.rows[table.number] if stored.source(table, r) == source]
    if not parents or via.told_by == "note":
        return None
    spot = _Spot(table, source, claim, group, feed, random.choice(parents))
    if any(_why_not_added(stored, spot)):
        return None
    row = _new_row(stored, random, spot)
    if row is None or not stored.is_unique(child, row) or stored.source(child, row) != via:
        return None
    rows = stored.replaced(child.number, [*stored.rows[child.number], row])
    return Edit(f"add to {child.name}: {row!r}", rows, stored.facts.alone)


def _feeds(stored: StoredRows) -> Iterator[tuple[TableLayout, SourceLayout, Claim, Feeds, Feed]]:
    """Yield each feed with where it starts: a table, its source, the claim, and the feeds that share it."""
    for table in stored.layout.tables:
        for source in table.sources:
            for claim in source.claim.walk():
                yield from ((table, source, claim, group, feed) for group in claim.groups for feed in group)


def _why_not_added(stored: StoredRows, spot: _Spot) -> Iterator[str]:
    """Yield each reason why the law does not cover a row more there."""
    claim, table, parent = spot.claim, spot.table, spot.parent
    feeding = [stored.layout.fed(feed) for feed in spot.group]
    has_rows = any((child, source) in feeding for child, source, _ in stored.below(table, parent))
    residue = stored.residue(table, parent)
    beside = value_at(residue, claim.pointer)
    is_single, container = spot.group == claim.singles, list if spot.group == claim.elements else dict
    if not has_rows:
        if (claim.is_mixed and len(claim.groups) > 1) or claim.scalar or claim.indexes or claim.members:
            yield "another kind of value may stand where the first row would go"
        if any(isinstance(step, int) for step in claim.pointer):
            yield "the elements before the first row's would be there too"
        if not is_single and beside is not NOTHING and type(beside) is not container:
            yield "the rest has something else where the first row would go"
    if isinstance(beside, list) and beside:
        yield "the rest has elements of the same array"
    if is_occupied(residue, claim.pointer[:-1], {}):
        yield "the rest has no object on the way there"
    if not stored.has_object_above(table, spot.source, parent, claim):
        yield "a scalar or an array is in the way"
    if is_single and (has_rows or beside is not NOTHING):
        yield "there is room for one only"


def _new_row(stored: StoredRows, random: Random, spot: _Spot) -> Row | None:
    child, source = stored.layout.fed(spot.feed)
    values: list[Any] = []
    for n, column in enumerate(stored.columns(child)):
        value = _new_cell(stored, random, spot, n)
        if value is NOTHING or (value is None and column.required):
            return None
        values.append(value)
    if source.kind == "tree" and not _has_mark(stored, spot.feed, values):
        return None
    row = tuple(values)
    return None if row in stored.rows[child.number] else row


def _has_mark(stored: StoredRows, feed: Feed, values: list[Any]) -> bool:
    """Say whether a new row of a tree has a member that makes it one."""
    child, source = stored.layout.fed(feed)
    members = source.claim.members
    marks = [members[name] for name in stored.row_if(child, source) if name in members and not members[name].is_mixed]
    leaves = [mark.scalar.column for mark in marks if mark.scalar is not None]
    return any(stored.columns(child)[n].default is None and values[n] is not None for n in leaves)


def _new_cell(stored: StoredRows, random: Random, spot: _Spot, n: int) -> Any:
    child, source = stored.layout.fed(spot.feed)
    column, constants = stored.columns(child)[n], dict(source.constants)
    match column.role:
        case Surrogate():
            return 1 + max((row[t.surrogate] for t, row in stored if t.surrogate is not None), default=0)
        case Position():
            return 1 + max((row[t.position] for t, row in stored if t.position is not None), default=0)
        case ParentKey():
            return _key_above(spot, next(held for held in child.keys_above if held.column == n))
        case MemberKey() | JoinedKey():
            return _new_name(stored, random, spot, column)
        case EdgeName():
            return source.name
        case Value() if n not in constants:
            return value_of_new_row(stored, random, child, source, n)
    return constants.get(n)


def _key_above(spot: _Spot, held: KeyColumn) -> Any:
    if held.of[0] == spot.table.number:
        return spot.parent[held.of[1]]
    own = next((above.column for above in spot.table.keys_above if above.of == held.of), None)
    return None if own is None or not held.inherited else spot.parent[own]


def _new_name(stored: StoredRows, random: Random, spot: _Spot, column: Column) -> Any:
    if spot.feed.kind in ("single", "elements"):
        return None
    name = random.choice(("new", "new one") if spot.feed.kind == "tree" else ("new", "it's", "", "a.b"))
    residue = value_at(stored.residue(spot.table, spot.parent), spot.claim.pointer)
    taken = {*spot.claim.members, *spot.claim.known, *(residue if isinstance(residue, dict) else ())}
    for child, _, row in stored.below(spot.table, spot.parent):
        taken |= {row[n] for n, c in enumerate(stored.columns(child)) if isinstance(c.role, MemberKey)}
    while name in taken:
        name = f"new {random.randrange(1000)}"
    if isinstance(column.role, JoinedKey):
        return join_names((name,), separator_of(column)) if spot.feed.kind == "tree" else None
    return name if permits(column, name) else NOTHING
