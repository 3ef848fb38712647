"""Row changes: the smallest set of row writes that turns a stored document into another.

In: a layout, the rows and notes that are stored, and the fresh rows of the new document. Out: `RowChanges`:
what to delete, update and insert, by table. Pure. Law: minimal writes, `tests/laws/test_minimal_writes.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from docrel.engine import FreshRows
from docrel.layout import Layout, TableLayout
from docrel.rows import Filled, RowComplement, RowKey, Strays, complement
from docrel.store.continuation import At, Continuation, Note, Ranks, Recognition, Row
from docrel.store.held_clock import HeldClock
from docrel.store.turns import Turning, Update, equal

Kept = dict[RowKey, tuple[Row, Row]]  # rows that stay, before and after

_NOTHING: Note = (None, None, None)


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
        self._recognition = Recognition(layout)
        self._clocks = [HeldClock(table, columns) for table, columns in zip(layout.tables, self._columns, strict=True)]
        self._turning = [Turning(layout, table) for table in layout.tables]

    def changes(
        self, stored: Sequence[Sequence[Row]], notes: Mapping[At, Note], fresh: FreshRows, now: str
    ) -> RowChanges:
        """Return the writes that leave what a fresh write of the new document would leave, surrogate ids aside.

        Shapes: `stored` has the rows of the one document by table, `fresh` the new rows with ids above all stored;
        `now` is the time that they took from the clock.
        """
        continuation = Continuation(self._recognition, stored, fresh, notes)
        result = RowChanges()
        kept = self._row_changes(result, stored, notes, fresh, now, continuation.final)
        again = self._in_turn(result, kept, continuation)
        left = {at: note for at, note in notes.items() if at not in again and at[1] in kept[at[0]]}
        self._note_changes(result, left, fresh, continuation)
        return result

    def pairs(
        self, stored: Sequence[Sequence[Row]], notes: Mapping[At, Note], fresh: FreshRows, now: str
    ) -> tuple[RowChanges, list[Kept]]:
        """Return the rows that go and those that come, and by table those that stay, however much of them differs."""
        result, continuation = RowChanges(), Continuation(self._recognition, stored, fresh, notes)
        return result, self._row_changes(result, stored, notes, fresh, now, continuation.final)

    def _row_changes(
        self,
        result: RowChanges,
        stored: Sequence[Sequence[Row]],
        notes: Mapping[At, Note],
        fresh: FreshRows,
        now: str,
        final: dict[At, RowKey],
    ) -> list[Kept]:
        """Tell the rows that go and those that come; return by table those that stay."""
        found: list[Kept] = []
        for table, old_rows, new_rows in zip(self._tables, stored, fresh.rows, strict=True):
            old = {table.row_key(row): row for row in old_rows}
            kept: Kept = {}
            for row in new_rows:
                renamed = table.renumbered(row, final)
                key = table.row_key(renamed)
                before = old.pop(key, None)
                if before is None:
                    result.inserts.setdefault(table.number, []).append(renamed)
                    continue
                if self._clocks[table.number]:
                    noted = notes.get((table.number, key), _NOTHING)
                    renamed = self._timed(table, before, renamed, now, noted, fresh, (table.number, table.row_key(row)))
                kept[key] = before, renamed
            if old:
                result.deletes[table.number] = [table.primary_key(row) for row in old.values()]
            found.append(kept)
        return found

    def _in_turn(self, result: RowChanges, kept: Sequence[Kept], continuation: Continuation) -> set[At]:
        """Tell the updates in an order that constraints allow; return the rows that go and come again for it."""
        again: dict[At, None] = {}
        for table, turning, rows in zip(self._tables, self._turning, kept, strict=True):
            differ = [key for key, pair in rows.items() if not equal(*pair)]
            changed = [key for key in differ if (table.number, key) not in again]
            turns = turning.turns([rows[key] for key in changed])
            tops = [changed[n] for n in turns.again]
            if tops:
                again |= dict.fromkeys(continuation.with_all_below((table.number, key) for key in tops))
                gone = [table.primary_key(rows[key][0]) for key in tops]
                result.deletes[table.number] = [*result.deletes.get(table.number, ()), *gone]
            going = {table.primary_key(rows[key][0]) for number, key in again if number == table.number and key in rows}
            updates = [update for update in turns.updates if update.key not in going]
            if updates:
                result.updates[table.number] = updates
        coming: dict[int, list[Row]] = {}
        for number, key in again:
            if key in kept[number]:
                coming.setdefault(number, []).append(kept[number][key][1])
        for number, some in coming.items():
            result.inserts[number] = [*some, *result.inserts.get(number, ())]
        return set(again)

    def continued(self, stored: Sequence[Sequence[Row]], fresh: FreshRows, notes: Mapping[At, Note]) -> FreshRows:
        """Return the one fresh document with the keys of the stored rows that its rows continue, and their ranks."""
        continuation = Continuation(self._recognition, stored, fresh, notes)
        found = self._renamed(fresh, continuation.final, continuation.ranks)
        own = found.documents[0].notes
        for at, rank in continuation.ranks.items():
            own.setdefault(at, RowComplement()).rank = rank
        return found

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
        return self._renamed(fresh, {(t.number, number): number + shift[t.sequence] for t, number in ids}, {})

    def _renamed(self, fresh: FreshRows, final: dict[At, RowKey], ranks: Ranks) -> FreshRows:
        rows = [
            [table.renumbered(row, final) for row in found]
            for table, found in zip(self._tables, fresh.rows, strict=True)
        ]
        notes = {}
        for (number, key), note in fresh.notes.items():
            self._rename_anchors(number, note, fresh, final, ranks)
            notes[number, self._final_key(number, key, fresh, final)] = note
        (document,) = fresh.documents
        (row,) = rows[document.root]
        known = document._replace(row=self._tables[document.root].primary_key(row), notes=notes)
        return FreshRows(rows, fresh.next_ids, [known])

    # -- what differs -----------------------------------------------------------------------------------

    def _timed(
        self, table: TableLayout, before: Row, after: Row, now: str, noted: Note, fresh: FreshRows, at: At
    ) -> Row:
        """Return the fresh row, whose notes are at `at`, with the time of the stored row, of which there is a note."""
        (document,) = fresh.documents
        own = document.notes.get(at, RowComplement())
        held = self._clocks[table.number].held(before, after, now, partial(_filled, noted), own)
        if own:
            document.notes[at] = own
        return held

    def _note_changes(
        self,
        result: RowChanges,
        notes: Mapping[At, Note],
        fresh: FreshRows,
        continuation: Continuation,
    ) -> None:
        """Find which notes go, of those on rows that stay, and which are new."""
        final, ranks = continuation.final, continuation.ranks
        wanted: dict[At, Note] = {at: (None, None, rank) for at, rank in ranks.items()}
        for (number, key), note in fresh.notes.items():
            self._rename_anchors(number, note, fresh, final, ranks)
            place = number, self._final_key(number, key, fresh, final)
            dumped = *note.dump(), ranks.get(place)
            if dumped != _NOTHING:
                wanted[place] = dumped
        for place, stored_note in notes.items():
            if place not in wanted:
                result.notes_gone.append(place)
            elif wanted.get(place) == stored_note:
                del wanted[place]
        result.notes_new = wanted

    def _final_key(self, number: int, key: RowKey, fresh: FreshRows, final: dict[At, RowKey]) -> RowKey:
        """Return the key that a fresh row will have; that of a row without a surrogate holds its parent's."""
        table = self._tables[number]
        if table.surrogate is None and (number, key) not in final:
            renamed = ((row, table.renumbered(row, final)) for row in fresh.rows[number])
            final.update(((number, table.row_key(old)), table.row_key(new)) for old, new in renamed)
        return final.get((number, key), key)

    def _rename_anchors(
        self, number: int, notes: RowComplement, fresh: FreshRows, final: dict[At, RowKey], ranks: Ranks
    ) -> None:
        for n, note in enumerate(notes):
            if not isinstance(note, Strays):
                continue
            feeding = [
                child
                for child in self._tables
                if any((s.parent, s.kind, s.pointer) == (number, "elements", note.pointer) for s in child.sources)
            ]
            renamed: list[tuple[RowKey | float | None, Any]] = []
            for anchor, value in note.elements:
                if anchor is None or isinstance(anchor, float):
                    renamed.append((anchor, value))
                    continue
                rows = [(c.number, self._final_key(c.number, anchor, fresh, final)) for c in feeding]
                row = next((row for row in rows if row[1] != anchor or row in ranks), (number, anchor))
                renamed.append((ranks.get(row, row[1]), value))
            notes[n] = Strays(note.pointer, renamed)


def _filled(note: Note, name: str) -> Filled | None:
    """Return what a stored note says of what filled a column; one that cannot be read is about to go."""
    try:
        return complement.load(*note).filled(name)
    except ValueError:
        return None
