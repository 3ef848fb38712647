"""Identities: the ids that rows keep when documents move from the tables of one plan to those of another.

In: for each document its old rows, and the new plan. Out: new rows and notes in a `Batch`, with the surrogate ids of the old
rows that they continue; rows that are really new get ids above all that were ever given. Never writes.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from docrel.changes import Changer, Row
from docrel.complement import RowComplement, RowKey
from docrel.diff import Diff
from docrel.flattening import Flattening
from docrel.plan import ParentKey, Plan, Table
from docrel.store import Batch, Store


@dataclass(frozen=True, slots=True)
class _Heir:
    """A new table with the old one that it continues: where its id, its link and its position are in both rows."""

    old: int
    new: int
    old_id: int
    old_marks: tuple[int, ...]
    new_marks: tuple[int, ...]
    columns: tuple[int | None, ...]


class Mark:
    """A place in a batch to go back to."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self.lengths = [len(found) for found in batch.rows.rows]
        self._notes, self._places = len(batch.rows.complements), len(batch.places)

    def back(self) -> None:
        """Take out of the batch what was added since."""
        rows = self._batch.rows
        for found, length in zip(rows.rows, self.lengths, strict=True):
            del found[length:]
        for key in list(itertools.islice(rows.complements, self._notes, None)):
            del rows.complements[key]
        del self._batch.places[self._places :], self._batch.ends[self._places :]


class Identities:
    """Adds documents to batches of the new store; ids follow from the old rows."""

    def __init__(self, found: Diff, store: Store, highest: dict[str, int]) -> None:
        self._store = store
        self._continuer = _Continuer(found.new, store.flattener.sequence_of)
        self._heirs: dict[int, list[_Heir]] = {}
        sequences = store.flattener.sequence_of
        self.fresh = [1] * len(found.new.tables)
        for number, table in enumerate(found.new.tables):
            sequence = sequences[number]
            seen = highest.get(found.renames.old_table(table.name), 0)
            self.fresh[sequence] = max(self.fresh[sequence], seen + 1)
            heir = _heir(found.before, table, number)
            if heir is not None:
                self._heirs.setdefault(sequence, []).append(heir)
        self._all = [heir for heirs in self._heirs.values() for heir in heirs]

    def add(self, document: Any, rows: Sequence[Sequence[Row]], batch: Batch, origin: str) -> None:
        """Add a document whose old rows are `rows`; raises DocumentError where the new plan forbids it."""
        to = batch.rows
        before = Mark(batch)
        lengths = before.lengths
        ends = self._start(rows, to)
        self._store.add(document, batch, origin)
        if self._kept(rows, to, lengths, ends):
            for sequence in range(len(self.fresh)):
                if sequence not in ends:
                    self.fresh[sequence] = to.next_ids[sequence]
            return
        before.back()
        self._add_slowly(document, rows, batch, origin)

    def _start(self, rows: Sequence[Sequence[Row]], to: Flattening) -> dict[int, int]:
        """Let each sequence begin where the old ids of the document do, if these have no gap; return where they end."""
        to.next_ids[:] = self.fresh
        ends = {}
        for sequence, heirs in self._heirs.items():
            ids = [row[heir.old_id] for heir in heirs for row in rows[heir.old]]
            if ids:
                low, high = min(ids), max(ids)
                to.next_ids[sequence] = low
                ends[sequence] = high + 1 if high - low + 1 == len(ids) else -1
        return ends

    def _kept(
        self, rows: Sequence[Sequence[Row]], to: Flattening, lengths: Sequence[int], ends: dict[int, int]
    ) -> bool:
        """Whether every new row got the id of the old row in its place."""
        if any(to.next_ids[sequence] != end for sequence, end in ends.items()):
            return False
        for heir in self._all:
            old, new = rows[heir.old], to.rows[heir.new]
            if len(old) != len(new) - lengths[heir.new]:
                return False
            marks, others = heir.old_marks, heir.new_marks
            before = sorted([tuple([row[n] for n in marks]) for row in old])
            if before != [tuple([row[n] for n in others]) for row in new[lengths[heir.new] :]]:
                return False
        return True

    def _add_slowly(self, document: Any, rows: Sequence[Sequence[Row]], batch: Batch, origin: str) -> None:
        to = batch.rows
        alone = Batch(self._store.flattener.start(list(self.fresh)))
        alone.rows.now, alone.rows.given, alone.rows.clean = to.now, to.given, to.clean
        self._store.add(document, alone, origin)
        self.fresh[:] = alone.rows.next_ids
        stored: list[list[Row]] = [[] for _ in to.rows]
        for heir in self._all:
            pick = heir.columns
            stored[heir.new] = [tuple(None if n is None else row[n] for n in pick) for row in rows[heir.old]]
        new_rows, notes = self._continuer.continued(stored, alone.rows)
        for found, more in zip(to.rows, new_rows, strict=True):
            found.extend(more)
        to.complements.update(notes)
        root = alone.places[0].root
        table = self._store.plan.tables[root]
        place = type(alone.places[0])(root, new_rows[root][0][table.index_of(table.primary_key[0])])
        batch.places.append(place)
        batch.ends.append(len(to.complements))


class _Continuer(Changer):
    """Gives fresh rows the keys of the stored rows that they continue."""

    def continued(
        self, stored: Sequence[Sequence[Row]], fresh: Flattening
    ) -> tuple[list[list[Row]], dict[tuple[int, RowKey], RowComplement]]:
        final = self._identities(stored, fresh)
        rows = [
            [table.renamed(row, final) for row in found]
            for table, found in zip(self._tables, fresh.rows, strict=True)
        ]
        notes = {}
        for (number, key), note in fresh.complements.items():
            self._rename_anchors(number, note, fresh, final)
            notes[number, self._final_key(number, key, fresh, final)] = note
        return rows, notes


def _heir(before: Plan, table: Table, number: int) -> _Heir | None:
    old_number = next((n for n, t in enumerate(before.tables) if t.name == table.name), None)
    if old_number is None or table.surrogate is None:
        return None
    was = before.tables[old_number]
    if was.surrogate is None:
        return None
    places = {c.name: n for n, c in enumerate(was.columns)}
    marks = [table.surrogate] + [c.name for c in table.columns if isinstance(c.role, ParentKey)]
    marks += [table.position] if table.position is not None else []
    shared = [name for name in marks[1:] if name in places]
    order = was.position or was.surrogate
    if table.position is not None and table.position not in places:
        places[table.position] = was.index_of(order)  # what told the order before
    places[table.surrogate] = was.index_of(was.surrogate)
    return _Heir(
        old_number,
        number,
        was.index_of(was.surrogate),
        (was.index_of(was.surrogate), *(places[name] for name in shared)),
        (table.index_of(table.surrogate), *(table.index_of(name) for name in shared)),
        tuple(places.get(c.name) for c in table.columns),
    )
