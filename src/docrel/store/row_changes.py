"""Row changes: the smallest set of row writes that turns a stored document into another.

In: a layout, the rows and notes that are stored, and the fresh rows of the new document. Out: `RowChanges`:
what to delete, update and insert, by table. Pure. Law: minimal writes, `tests/laws/test_minimal_writes.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from docrel.engine import FreshRows
from docrel.layout import Layout, TableLayout
from docrel.rows import RowComplement, RowKey, Strays, complement
from docrel.store.alignment import aligned

Row = tuple[Any, ...]
At = tuple[int, RowKey]  # a table and the key of a row
Group = list[tuple[TableLayout, Row]]
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
    notes_gone: list[At] = field(default_factory=list)
    notes_new: dict[At, Note] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.deletes or self.updates or self.inserts or self.notes_gone or self.notes_new)


class Changer:
    """Computes changes for one plan."""

    def __init__(self, layout: Layout) -> None:
        self._columns = [table.columns for table in layout.plan.tables]
        self._tables = layout.tables
        self._content = [_content(table, len(self._columns[table.number])) for table in layout.tables]
        self._held: dict[tuple[int, tuple[Any, ...]], RowKey] = {}

    def changes(
        self, stored: Sequence[Sequence[Row]], notes: Mapping[At, Note], fresh: FreshRows, now: str
    ) -> RowChanges:
        """Return the writes that leave what a fresh write of the new document would leave, surrogate ids aside.

        Shapes: `stored` has the rows of the one document by table, `fresh` the new rows with ids above all stored;
        `now` is the time that they took from the clock.
        """
        fresh_notes = fresh.notes
        final = self._identities(stored, fresh)
        result = RowChanges()
        for table, old_rows, new_rows in zip(self._tables, stored, fresh.rows, strict=True):
            old = {table.row_key(row): row for row in old_rows}
            for row in new_rows:
                renamed = table.renumbered(row, final)
                key = table.row_key(renamed)
                before = old.pop(key, None)
                if before is None:
                    result.inserts.setdefault(table.number, []).append(renamed)
                    continue
                if table.clocked:
                    noted = notes.get((table.number, key), (None, None))
                    own = fresh_notes.get((table.number, table.row_key(row)))
                    renamed = self._held_clock(table, before, renamed, now, noted, own)
                changed = {
                    column.name: b
                    for column, a, b in zip(self._columns[table.number], before, renamed, strict=True)
                    if not _same(a, b)
                }
                if changed:
                    result.updates.setdefault(table.number, []).append(Update(table.primary_key(before), changed))
            if old:
                result.deletes[table.number] = [table.primary_key(row) for row in old.values()]
        self._note_changes(result, notes, fresh, final)
        return result

    def continued(self, stored: Sequence[Sequence[Row]], fresh: FreshRows) -> FreshRows:
        """Return the one fresh document with the keys of the stored rows that its rows continue."""
        return self._renamed(fresh, self._identities(stored, fresh))

    def renumbered(self, fresh: FreshRows, next_ids: Sequence[int]) -> FreshRows:
        """Return the one fresh document with ids from `next_ids` on, which has the next one of each sequence."""
        numbered = [(t, t.surrogate, rows) for t, rows in zip(self._tables, fresh.rows, strict=True)]
        ids = [(t, row[at]) for t, at, rows in numbered if at is not None for row in rows]
        lowest: dict[int, int] = {}
        for table, number in ids:
            lowest[table.sequence] = min(number, lowest.get(table.sequence, number))
        shift = {sequence: next_ids[sequence] - low for sequence, low in lowest.items()}
        if not any(shift.values()):
            return fresh
        return self._renamed(fresh, {(t.number, number): number + shift[t.sequence] for t, number in ids})

    def _renamed(self, fresh: FreshRows, final: dict[At, RowKey]) -> FreshRows:
        rows = [
            [table.renumbered(row, final) for row in found]
            for table, found in zip(self._tables, fresh.rows, strict=True)
        ]
        notes = {}
        for (number, key), note in fresh.notes.items():
            self._rename_anchors(number, note, fresh, final)
            notes[number, self._final_key(number, key, fresh, final)] = note
        (document,) = fresh.documents
        (row,) = rows[document.root]
        known = document._replace(row=self._tables[document.root].primary_key(row), notes=notes)
        return FreshRows(rows, fresh.next_ids, [known])

    # -- identity -------------------------------------------------------------------------------------

    def _identities(self, stored: Sequence[Sequence[Row]], fresh: FreshRows) -> dict[At, RowKey]:
        """Map each new row's key to the key it will have: that of the row it continues, or its own."""
        self._held = {
            (table.number, values): table.row_key(row)
            for table, rows in zip(self._tables, stored, strict=True)
            for row in rows
            for values in _unique_values(table, row)
        }
        old_groups = self._groups(stored)
        new_groups = self._groups(fresh.rows)
        final: dict[At, RowKey] = {}
        pending: list[tuple[At | None, At | None]] = [(None, None)]
        while pending:
            new_parent, old_parent = pending.pop()
            for sequence, group in new_groups.get(new_parent, {}).items():
                candidates = old_groups.get(old_parent, {}).get(sequence, [])
                for table, row in self._paired(candidates, group, final):
                    key = (table.number, table.row_key(row))
                    pending.append((key, (table.number, table.row_key(table.renumbered(row, final)))))
        return final

    def _groups(self, rows_by_table: Sequence[Sequence[Row]]) -> dict[At | None, dict[int, Group]]:
        groups: dict[At | None, dict[int, Group]] = {}
        for table, rows in zip(self._tables, rows_by_table, strict=True):
            for row in rows:
                groups.setdefault(table.parent_key(row), {}).setdefault(table.sequence, []).append((table, row))
        return groups

    def _paired(self, old: Group, new: Group, final: dict[At, RowKey]) -> Group:
        ordered = not all(table.position is not None for table, _ in new)
        old, new = sorted(old, key=_order), sorted(new, key=_order)
        if all(table.surrogate is not None for table, _ in new):
            pairs = aligned(
                [(table.number, self._content_of(table, row)) for table, row in old],
                [(table.number, self._content_of(table, row)) for table, row in new],
                ordered=ordered,
            )
            for (table, row), place in zip(new, pairs, strict=True):
                if place is None:
                    continue
                before = old[place][1]
                if self._collides(table, before, table.renumbered(row, final)):
                    if ordered:
                        break
                    continue
                final[table.number, table.row_key(row)] = table.row_key(before)
        return new

    def _content_of(self, table: TableLayout, row: Row) -> tuple[Any, ...]:
        return tuple([row[n] for n in self._content[table.number]])

    def _collides(self, table: TableLayout, before: Row, after: Row) -> bool:
        """Whether the update would take a unique value that another stored row of the document has."""
        own, key = set(_unique_values(table, before)), table.row_key(before)
        return any(
            values not in own and self._held.get((table.number, values), key) != key
            for values in _unique_values(table, after)
        )

    # -- what differs -----------------------------------------------------------------------------------

    def _held_clock(
        self, table: TableLayout, before: Row, after: Row, now: str, noted: Note, own: RowComplement | None
    ) -> Row:
        """Keep the time that a column got from the clock when it was first written.

        Of the stored row there is the note `noted`, of the new one `own`, which is kept in step.
        """
        values = list(after)
        for number in table.clocked:
            column = self._columns[table.number][number]
            if values[number] is not now:
                continue
            override = None if own is None else own.overriding(column.name)
            if override is None or _overridden(noted, column.name, before[number]):
                values[number] = before[number]
                if own is not None and override is not None:
                    own.override(replace(override, held=before[number]))
        return tuple(values)

    def _note_changes(
        self,
        result: RowChanges,
        notes: Mapping[At, Note],
        fresh: FreshRows,
        final: dict[At, RowKey],
    ) -> None:
        wanted: dict[At, Note] = {}
        for (number, key), note in fresh.notes.items():
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

    def _final_key(self, number: int, key: RowKey, fresh: FreshRows, final: dict[At, RowKey]) -> RowKey:
        """Return the key that a fresh row will have; that of a row without a surrogate holds its parent's."""
        table = self._tables[number]
        if table.surrogate is None and (number, key) not in final:
            renamed = ((row, table.renumbered(row, final)) for row in fresh.rows[number])
            final.update(((number, table.row_key(old)), table.row_key(new)) for old, new in renamed)
        return final.get((number, key), key)

    def _rename_anchors(self, number: int, notes: RowComplement, fresh: FreshRows, final: dict[At, RowKey]) -> None:
        for n, note in enumerate(notes):
            if not isinstance(note, Strays):
                continue
            feeding = [
                child
                for child in self._tables
                if any((s.parent, s.kind, s.pointer) == (number, "elements", note.pointer) for s in child.sources)
            ]
            renamed = []
            for anchor, value in note.elements:
                names = [self._final_key(c.number, anchor, fresh, final) for c in feeding if anchor is not None]
                changed = [name for name in names if name != anchor]
                renamed.append((changed[0] if changed else anchor, value))
            notes[n] = Strays(note.pointer, renamed)


def _order(of: tuple[TableLayout, Row]) -> Any:
    table, row = of
    return row[table.order[0]] if table.order else 0


def _unique_values(table: TableLayout, row: Row) -> list[tuple[Any, ...]]:
    """Return what the row's UNIQUE constraints compare, each with its columns."""
    values = [(columns, *[row[n] for n in columns]) for columns in (*table.unique, *table.apart)]
    return [found for found in values if None not in found]


def _content(table: TableLayout, width: int) -> list[int]:
    """Return the columns that say something of the document's own, not where the row is or when it was written."""
    aside = {table.surrogate, table.position, *table.clocked, *(held.column for held in table.keys_above)}
    return [n for n in range(width) if n not in aside]


def _same(a: Any, b: Any) -> bool:
    return bool(a == b) and isinstance(a, float) == isinstance(b, float)


def _overridden(note: Note, name: str, value: Any) -> bool:
    """Whether a stored note says what the document has for a column; one that cannot be read is about to go."""
    try:
        override = complement.load(*note).overriding(name)
    except ValueError:
        return False
    return override is not None and override.holds(value)
