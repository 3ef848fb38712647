"""First times: what documents got from the clock when they were first stored, which a migration does not lose.

In: a `Diff`; stored documents, and their rows by the new plan. Out: the time that a document's new rows take, and rows
that go on with the time of the old row that they continue. Only what the clock has filled is a time.
"""

from __future__ import annotations

from dataclasses import dataclass

from docrel.diff import Diff
from docrel.engine import FreshRows
from docrel.layout import Layout, RowKey, TableLayout, layout_of
from docrel.plan import Table
from docrel.rows import Filled, RowComplement
from docrel.store import HeldClock, Row, StoredDocument
from docrel.values import CODECS, NOTHING


@dataclass(frozen=True, slots=True)
class _OldRow:
    """A stored row in the order of the new columns, NOTHING where there is none or no clock filled it; its notes."""

    values: Row
    notes: RowComplement | None
    names: dict[str, str]

    def filled(self, name: str) -> Filled | None:
        """Return what is noted of what filled the column that has this name now."""
        return None if self.notes is None or name not in self.names else self.notes.filled(self.names[name])


@dataclass(frozen=True, slots=True)
class _Heir:
    """A new table that the clock may fill, with the old one that it continues.

    Attributes:
        places: For each new column where it is in an old row.
        names: What columns that the clock filled before were called, by the name that they have.
    """

    old: TableLayout
    new: TableLayout
    table: Table
    clock: HeldClock
    places: tuple[int | None, ...]
    names: dict[str, str]

    def before(self, stored: StoredDocument) -> dict[RowKey, _OldRow]:
        """Return the old rows by the key of the new row that continues each."""
        found = {}
        for row in stored.rows[self.old.number]:
            values = tuple([NOTHING if place is None else row[place] for place in self.places])
            if not any(values[n] is NOTHING for n in self.new.key):
                notes = stored.notes.get((self.old.number, self.old.row_key(row)))
                found[self.new.row_key(values)] = _OldRow(values, notes, self.names)
        return found


class FirstTimes:
    """Finds the times of stored documents where the new plan would look at the clock again."""

    def __init__(self, diff: Diff, layout: Layout) -> None:
        self._heirs = [
            _heir(diff, old, new, layout.plan.tables[new.number])
            for old in layout_of(diff.before).tables
            for new in layout.tables
            if new.clocked and new.name == old.name
        ]

    def of(self, stored: StoredDocument) -> str | None:
        """Return the first time that a document got from the clock: that of rows that continue no old one."""
        for heir in self._heirs:
            for row in heir.before(stored).values():
                for number in heir.new.clocked:
                    column, value = heir.table.columns[number], row.values[number]
                    filled = row.filled(column.name)
                    if filled is not None and filled.is_time and filled.holds(value):
                        time = CODECS[column.type].decode(value)
                        if isinstance(time, str):
                            return time
        return None

    def hold(self, stored: StoredDocument, fresh: FreshRows, now: str) -> None:
        """Let the rows of the one fresh document, which took `now` from the clock, go on with their old times."""
        (document,) = fresh.documents
        for heir in self._heirs:
            before, number = heir.before(stored), heir.new.number
            for place, row in enumerate(fresh.rows[number]):
                key = heir.new.row_key(row)
                if key in before:
                    own = document.notes.get((number, key), RowComplement())
                    fresh.rows[number][place] = heir.clock.held(before[key].values, row, now, before[key].filled, own)
                    if own:
                        document.notes[number, key] = own


def _heir(diff: Diff, old: TableLayout, new: TableLayout, table: Table) -> _Heir:
    was, back = diff.before.tables[old.number], diff.renames.back()
    places = {column.name: n for n, column in enumerate(was.columns)}
    clocked = {was.columns[n].name for n in old.clocked}
    found = [
        places.get(column.name) if n not in new.clocked or column.name in clocked else None
        for n, column in enumerate(table.columns)
    ]
    if new.surrogate is not None:
        found[new.surrogate] = old.surrogate
    names = {name: back.column(table.name, name) for name in clocked}
    return _Heir(old, new, table, HeldClock(new, table.columns), tuple(found), names)
