"""Changes: the smallest set of row writes that turns a stored document into another.

In: a plan, the rows and complements that are stored, and a fresh `Flattening` of the new document. Out: `RowChanges`:
what to delete, update and insert, by table. Pure. Law: minimal writes, `tests/laws/test_minimal_writes.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from docrel.engine import Flattening
from docrel.plan import ParentKey, Plan, Table
from docrel.rows import RowComplement, RowKey, complement, holds, natural_key
from docrel.store.alignment import aligned

Row = tuple[Any, ...]
Note = tuple[str | None, str | None]  # (shape, body)


@dataclass(frozen=True, slots=True)
class Update:
    """The row of one primary key and the columns that change."""

    key: tuple[Any, ...]
    changed: dict[str, Any]


@dataclass(slots=True)
class RowChanges:
    """Row writes by table number. Keys are tuples of primary key values."""

    deletes: dict[int, list[tuple[Any, ...]]] = field(default_factory=dict)
    updates: dict[int, list[Update]] = field(default_factory=dict)
    inserts: dict[int, list[Row]] = field(default_factory=dict)
    notes_gone: list[tuple[int, RowKey]] = field(default_factory=list)
    notes_new: dict[tuple[int, RowKey], Note] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.deletes or self.updates or self.inserts or self.notes_gone or self.notes_new)


class Changer:
    """Computes changes for one plan."""

    def __init__(self, plan: Plan, sequence_of: Sequence[int]) -> None:
        self._plan = plan
        self._held: dict[tuple[int, tuple[Any, ...]], RowKey] = {}
        self._sequence_of = sequence_of
        self._tables = [_Rows(plan, number, table) for number, table in enumerate(plan.tables)]

    def changes(
        self, stored: Sequence[Sequence[Row]], notes: Mapping[tuple[int, RowKey], Note], fresh: Flattening
    ) -> RowChanges:
        """Return the writes that leave what a fresh write of the new document would leave, surrogate ids aside.

        Shapes: `stored` has the rows of the one document by table, `fresh` the new rows with ids above all stored.
        """
        final = self._identities(stored, fresh)
        result = RowChanges()
        for table, old_rows, new_rows in zip(self._tables, stored, fresh.rows, strict=True):
            old = {table.key(row): row for row in old_rows}
            for row in new_rows:
                renamed = table.renamed(row, final)
                key = table.key(renamed)
                before = old.pop(key, None)
                if before is None:
                    result.inserts.setdefault(table.number, []).append(renamed)
                    continue
                renamed = self._held_clock(table, before, renamed, row, notes, fresh)
                changed = {
                    column.name: b
                    for column, a, b in zip(table.table.columns, before, renamed, strict=True)
                    if not _same(a, b)
                }
                if changed:
                    result.updates.setdefault(table.number, []).append(Update(table.primary(before), changed))
            if old:
                result.deletes[table.number] = [table.primary(row) for row in old.values()]
        self._note_changes(result, notes, fresh, final)
        return result

    # -- identity -------------------------------------------------------------------------------------

    def _identities(self, stored: Sequence[Sequence[Row]], fresh: Flattening) -> dict[tuple[int, RowKey], RowKey]:
        """Map each new row's key to the key it will have: that of the row it continues, or its own."""
        self._held = {
            (table.number, values): table.key(row)
            for table, rows in zip(self._tables, stored, strict=True)
            for row in rows
            for values in table.unique(row)
        }
        old_groups = self._groups(stored)
        new_groups = self._groups(fresh.rows)
        final: dict[tuple[int, RowKey], RowKey] = {}
        pending: list[tuple[tuple[int, RowKey] | None, tuple[int, RowKey] | None]] = [(None, None)]
        while pending:
            new_parent, old_parent = pending.pop()
            for sequence, group in new_groups.get(new_parent, {}).items():
                candidates = old_groups.get(old_parent, {}).get(sequence, [])
                for table, row in self._paired(candidates, group, final):
                    key = (table.number, table.key(row))
                    pending.append((key, (table.number, table.key(table.renamed(row, final)))))
        return final

    def _groups(
        self, rows_by_table: Sequence[Sequence[Row]]
    ) -> dict[tuple[int, RowKey] | None, dict[int, list[tuple[_Rows, Row]]]]:
        groups: dict[tuple[int, RowKey] | None, dict[int, list[tuple[_Rows, Row]]]] = {}
        for table, rows in zip(self._tables, rows_by_table, strict=True):
            sequence = self._sequence_of[table.number]
            for row in rows:
                groups.setdefault(table.parent(row), {}).setdefault(sequence, []).append((table, row))
        return groups

    def _paired(
        self,
        old: list[tuple[_Rows, Row]],
        new: list[tuple[_Rows, Row]],
        final: dict[tuple[int, RowKey], RowKey],
    ) -> list[tuple[_Rows, Row]]:
        ordered = not all(table.table.position for table, _ in new)
        old = sorted(old, key=lambda found: found[0].order(found[1]))
        new = sorted(new, key=lambda found: found[0].order(found[1]))
        if all(table.table.surrogate for table, _ in new):
            pairs = aligned(
                [(table.number, table.content(row)) for table, row in old],
                [(table.number, table.content(row)) for table, row in new],
                ordered=ordered,
            )
            for (table, row), place in zip(new, pairs, strict=True):
                if place is None:
                    continue
                before = old[place][1]
                if self._collides(table, before, table.renamed(row, final)):
                    if ordered:
                        break
                    continue
                final[table.number, table.key(row)] = table.key(before)
        return new

    def _collides(self, table: _Rows, before: Row, after: Row) -> bool:
        """Whether the update would take a unique value that another stored row of the document has."""
        own = set(table.unique(before))
        key = table.key(before)
        return any(
            values not in own and self._held.get((table.number, values), key) != key for values in table.unique(after)
        )

    # -- what differs -----------------------------------------------------------------------------------

    def _held_clock(
        self,
        table: _Rows,
        before: Row,
        after: Row,
        fresh_row: Row,
        notes: Mapping[tuple[int, RowKey], Note],
        fresh: Flattening,
    ) -> Row:
        """Keep the time that a column got from the clock when it was first written."""
        values = list(after)
        own = fresh.complements.get((table.number, table.key(fresh_row)))
        for number in table.clocked:
            column = table.table.columns[number]
            if values[number] is not fresh.now:
                continue
            noted = own is not None and column.name in own.overrides
            note = notes.get((table.number, table.key(before)), (None, None))
            if not noted or _overridden(note, column.name, before[number]):
                values[number] = before[number]
                if noted and own is not None:
                    own.overrides[column.name] = (before[number], *own.overrides[column.name][1:])
        return tuple(values)

    def _note_changes(
        self,
        result: RowChanges,
        notes: Mapping[tuple[int, RowKey], Note],
        fresh: Flattening,
        final: dict[tuple[int, RowKey], RowKey],
    ) -> None:
        wanted: dict[tuple[int, RowKey], Note] = {}
        for (number, key), note in fresh.complements.items():
            self._rename_anchors(number, note, fresh, final)
            dumped = note.dump()
            if dumped != (None, None):
                renamed_key = self._final_key(number, key, fresh, final)
                wanted[number, renamed_key] = dumped
        for place, stored_note in notes.items():
            if place not in wanted:
                result.notes_gone.append(place)
            elif wanted[place] == stored_note:
                del wanted[place]
        result.notes_new = wanted

    def _final_key(
        self, number: int, key: RowKey, fresh: Flattening, final: dict[tuple[int, RowKey], RowKey]
    ) -> RowKey:
        """Return the key that a fresh row will have; that of a row without a surrogate holds its parent's."""
        table = self._tables[number]
        if table.table.surrogate is None and (number, key) not in final:
            final.update(((number, table.key(row)), table.key(table.renamed(row, final))) for row in fresh.rows[number])
        return final.get((number, key), key)

    def _rename_anchors(
        self, number: int, note: RowComplement, fresh: Flattening, final: dict[tuple[int, RowKey], RowKey]
    ) -> None:
        if not note.strays:
            return
        table = self._plan.tables[number]
        for n, (pointer, found) in enumerate(note.strays):
            feeding = [
                child
                for child in self._tables
                if any(
                    source.parent == table.name and _pointer(source.each) == pointer for source in child.table.sources
                )
            ]
            renamed = []
            for anchor, value in found:
                names = [self._final_key(c.number, anchor, fresh, final) for c in feeding if anchor is not None]
                changed = [name for name in names if name != anchor]
                renamed.append((changed[0] if changed else anchor, value))
            note.strays[n] = (pointer, renamed)


def _pointer(each: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(getattr(step, "name", getattr(step, "index", None)) for step in each[:-1])


def _same(a: Any, b: Any) -> bool:
    return bool(a == b) and isinstance(a, float) == isinstance(b, float)


class _Rows:
    """What has to be known of a table's rows: their key, their parent, their order, what they say."""

    def __init__(self, plan: Plan, number: int, table: Table) -> None:
        self.number, self.table = number, table
        self._primary = [table.index_of(name) for name in table.primary_key]
        self._surrogate = None if table.surrogate is None else table.index_of(table.surrogate)
        self._links = [
            (n, _owner(plan, c.role), c.role) for n, c in enumerate(table.columns) if isinstance(c.role, ParentKey)
        ]
        self._parents = self._parent_columns(plan)
        order = table.position or table.surrogate
        self._order = None if order is None else table.index_of(order)
        position = None if table.position is None else table.index_of(table.position)
        links = [n for n, _, _ in self._links]
        self.clocked = [n for n, c in enumerate(table.columns) if c.default is not None and c.default.now]
        aside = {self._surrogate, position, *links, *self.clocked}
        sets = [*table.unique, *((c.name,) for c in table.columns if c.unique)]
        sets += [index.columns for index in table.indexes if index.unique]
        self._unique = [(names, [table.index_of(name) for name in names]) for names in sets]
        self._content = [n for n in range(len(table.columns)) if n not in aside]

    def unique(self, row: Row) -> list[tuple[Any, ...]]:
        """What the row's UNIQUE constraints compare, each with the names of its columns."""
        found = []
        for names, numbers in self._unique:
            values = [row[n] for n in numbers]
            if None not in values:
                found.append((names, *values))
        return found

    def _parent_columns(self, plan: Plan) -> list[tuple[int, list[int], Callable[[Sequence[Any]], RowKey]]]:
        """Per table that rows can hang below, links before the enclosing one: number, key columns, key spelling."""
        found = []
        for name in dict.fromkeys(s.parent for s in self.table.sources if s.parent is not None):
            parent = plan.table(name)
            columns = [
                next(n for n, _, role in self._links if role == ParentKey(name, key)) for key in parent.primary_key
            ]
            spell: Callable[[Sequence[Any]], RowKey] = _first if parent.surrogate is not None else natural_key
            found.append((name == self.table.parent, (plan.tables.index(parent), columns, spell)))
        return [parent for _, parent in sorted(found, key=lambda f: f[0])]

    def primary(self, row: Row) -> tuple[Any, ...]:
        return tuple(row[n] for n in self._primary)

    def key(self, row: Row) -> RowKey:
        """The row's name in the complement."""
        if self._surrogate is not None:
            key: RowKey = row[self._surrogate]
            return key
        return natural_key(self.primary(row))

    def parent(self, row: Row) -> tuple[int, RowKey] | None:
        """The table number and key of the row that this one hangs below."""
        for number, columns, spell in self._parents:
            if row[columns[0]] is not None:
                return number, spell([row[n] for n in columns])
        return None

    def order(self, row: Row) -> Any:
        return 0 if self._order is None else row[self._order]

    def content(self, row: Row) -> tuple[Any, ...]:
        return tuple(row[n] for n in self._content)

    def renamed(self, row: Row, final: Mapping[tuple[int, RowKey], RowKey]) -> Row:
        """The row with the final keys of itself and of its parents."""
        values = list(row)
        if self._surrogate is not None:
            values[self._surrogate] = final.get((self.number, row[self._surrogate]), row[self._surrogate])
        for n, owner, _ in self._links:
            if row[n] is not None:
                values[n] = final.get((owner, row[n]), row[n])
        return tuple(values)


def _first(values: Sequence[Any]) -> RowKey:
    key: RowKey = values[0]
    return key


def _owner(plan: Plan, role: ParentKey) -> int:
    """Return the number of the table that the value of a parent column is a surrogate of, through natural keys."""
    target = plan.table(role.table).column(role.column).role
    return _owner(plan, target) if isinstance(target, ParentKey) else plan.tables.index(plan.table(role.table))


def _overridden(note: Note, name: str, value: Any) -> bool:
    """Whether a stored note says what the document has for a column; one that cannot be read is about to go."""
    try:
        override = complement.load(*note).overrides.get(name)
    except ValueError:
        return False
    return override is not None and holds(override, value)
