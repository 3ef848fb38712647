"""Identities: the ids that rows keep when documents move from the tables of one plan to those of another.

In: for each document its old rows, and the new plan. Out: new rows and notes in a `Batch`, with the surrogate
ids of the old rows that they continue; rows that are really new get ids above all that were ever given. Never
writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from docrel.diff import Diff
from docrel.documents import shown_key
from docrel.engine import FreshRows
from docrel.layout import RowKey, TableLayout, layout_of
from docrel.migrate.first_times import FirstTimes
from docrel.store import Batch, Changer, Row, Store, StoredDocument

Rows = Sequence[Sequence[Row]]


@dataclass(frozen=True, slots=True)
class _Heir:
    """A new table with the old one that it continues: where id, links and position are in both rows."""

    old: int
    new: int
    old_id: int
    old_marks: tuple[int, ...]
    new_marks: tuple[int, ...]
    columns: tuple[int | None, ...]
    loses_position: bool


class Identities:
    """Adds documents to batches of the new store; ids follow from the old rows."""

    def __init__(self, diff: Diff, store: Store, highest: dict[str, int]) -> None:
        self._store, self._old = store, diff.old
        self._continuer = Changer(store.layout)
        self._heirs: dict[int, list[_Heir]] = {}
        before = {table.name: table for table in layout_of(diff.before).tables}
        self.fresh = [1] * len(diff.new.tables)
        for table in store.layout.tables:
            seen = highest.get(diff.renames.old_table(table.name), 0)
            self.fresh[table.sequence] = max(self.fresh[table.sequence], seen + 1)
            was = before.get(table.name)
            if was is not None and was.surrogate is not None and table.surrogate is not None:
                heir = _heir(diff, was, was.surrogate, table, table.surrogate)
                self._heirs.setdefault(table.sequence, []).append(heir)
        self._all = [heir for heirs in self._heirs.values() for heir in heirs]

    def add(self, stored: StoredDocument, batch: Batch, times: FirstTimes) -> None:
        """Add a document with its old rows, whose times its new rows go on with.

        Raises:
            DocumentError: The new plan forbids it.
        """
        now = times.of(stored) or batch.now
        alone = self._flattened(stored, now)
        times.hold(stored, alone, now)
        batch.rows.extend(alone)

    def _flattened(self, stored: StoredDocument, now: str) -> FreshRows:
        """Flatten a document alone: notes go by ids, and nobody else's may be near until ids are right."""
        starts, ends = self._spans(stored.rows)
        ranked = any(note.rank is not None for note in stored.notes.values())
        if -1 not in ends.values() and not ranked:
            alone = self._alone(stored, starts, now)
            if self._kept(stored.rows, alone, ends):
                for sequence, next_id in enumerate(alone.next_ids):
                    if sequence not in ends:
                        self.fresh[sequence] = next_id
                return alone
        alone = self._alone(stored, list(self.fresh), now)
        self.fresh = list(alone.next_ids)
        return self._continued(stored, alone)

    def _alone(self, stored: StoredDocument, ids: list[int], now: str) -> FreshRows:
        alone = Batch(self._store.flattener.start(ids), now)
        given = stored.key if isinstance(stored.key, str) else None
        self._store.add(stored.document, alone, given=given, origin=f"document {shown_key(stored.key, self._old)}")
        return alone.rows

    def _spans(self, rows: Rows) -> tuple[list[int], dict[int, int]]:
        """Return where each sequence begins to go on with the old ids, and where these end; -1: with gaps."""
        starts, ends = list(self.fresh), {}
        for sequence, heirs in self._heirs.items():
            ids = [row[heir.old_id] for heir in heirs for row in rows[heir.old]]
            if ids:
                low, high = min(ids), max(ids)
                starts[sequence] = low
                ends[sequence] = high + 1 if high - low + 1 == len(ids) else -1
        return starts, ends

    def _kept(self, rows: Rows, to: FreshRows, ends: dict[int, int]) -> bool:
        """Whether every new row got the id of the old row in its place."""
        if any(to.next_ids[sequence] != end for sequence, end in ends.items()):
            return False
        for heir in self._all:
            old, new = rows[heir.old], to.rows[heir.new]
            if len(old) != len(new) or (heir.loses_position and len(old) > 1):
                return False
            marks, others = heir.old_marks, heir.new_marks
            before = sorted([tuple([row[n] for n in marks]) for row in old])
            if before != [tuple([row[n] for n in others]) for row in new]:
                return False
        return True

    def _continued(self, stored: StoredDocument, alone: FreshRows) -> FreshRows:
        """Give new rows the ids and ranks of the old ones that they continue, row by row."""
        rows: list[list[Row]] = [[] for _ in alone.rows]
        ranks: dict[tuple[int, RowKey], float] = {}
        for heir in self._all:
            pick = heir.columns
            rows[heir.new] = [tuple(None if n is None else row[n] for n in pick) for row in stored.rows[heir.old]]
            noted = (
                (row[heir.old_id], stored.notes.get((heir.old, row[heir.old_id]))) for row in stored.rows[heir.old]
            )
            ranks.update(
                ((heir.new, at), note.rank) for at, note in noted if note is not None and note.rank is not None
            )
        return self._continuer.continued(rows, alone, {at: (None, None, rank) for at, rank in ranks.items()})


def _heir(diff: Diff, was: TableLayout, old_id: int, table: TableLayout, new_id: int) -> _Heir:
    places = {column.name: n for n, column in enumerate(diff.before.tables[was.number].columns)}
    columns = [places.get(column.name) for column in diff.new.tables[table.number].columns]
    marks = [n for n in (*(held.column for held in table.keys_above), table.position) if n is not None]
    shared = [n for n in marks if columns[n] is not None]
    if table.position is not None and columns[table.position] is None:
        columns[table.position] = was.order[0]  # what told the order before
    columns[new_id] = old_id
    loses = was.position is not None and table.position is None
    old_marks = (old_id, *(place for n in shared if (place := columns[n]) is not None))
    return _Heir(was.number, table.number, old_id, old_marks, (new_id, *shared), tuple(columns), loses)
