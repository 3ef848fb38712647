"""Stored documents: documents as a database has them, each with its own rows and notes, in constant memory.

In: a database and its plan. Out: each `StoredDocument`, page by page, or why it cannot be given. Reads only.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from docrel.diagnostics import StoreError
from docrel.documents import shown_key
from docrel.engine import MisfitError, cell_faults
from docrel.rows import RowComplement, RowKey
from docrel.store.agreement import Agreement
from docrel.store.continuation import Note, Row
from docrel.store.errors import disagreeing, made_of_stored, unreadable
from docrel.store.reading import Place
from docrel.store.refusals import Refusals
from docrel.store.store import Store

SHOWN_FAULTS = 200
"""So many faults of one document are told."""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """One document: its key, itself, its rows by table and the notes on them."""

    key: Any
    document: Any
    rows: list[list[Row]]
    notes: dict[tuple[int, RowKey], RowComplement]


class StoredDocuments(Store):
    """Reads every document with its rows."""

    def pages(self, agreement: Agreement | None = None) -> Iterator[list[StoredDocument]]:
        """Yield every document with its rows, some at a time; each page is read at one moment.

        With `agreement` only those whose rows flattening them gives again.

        Raises:
            UnreadableError: S439, in the end: some documents cannot be given.
        """
        refusals = Refusals(self.backend.name, self.plan)
        for page in self.examined(agreement):
            yield [found for _, found in page if isinstance(found, StoredDocument)]
            for key, found in page:
                if isinstance(found, StoreError):
                    refusals.add(key, found)
        refusals.tell()

    def examined(self, agreement: Agreement | None = None) -> Iterator[list[tuple[Any, StoredDocument | StoreError]]]:
        """Yield every document with its key, some at a time; in the place of one that is refused its error stands."""
        for root in self.plan.roots:
            number = self.plan.tables.index(root)
            yield from self._pages(root, partial(self._examined, number, agreement))

    def faults(self, key: Any) -> Iterator[StoreError]:
        """Yield all that is wrong with the rows of a document that cannot be read, each row by itself; at most so many.

        What is wrong with a cell is told for every cell; of what takes more than that to be seen, one fault a row.
        """
        with suppress(StoreError):  # the tables are not as the plan says, say: that is told by others
            place = self.locate(key)
            if place is not None:
                found = islice(self._faults(*self._rows(place, place.row)), SHOWN_FAULTS)
                yield from (unreadable(self.backend.name, e, shown_key(key, self.plan)) for e in found)

    def _faults(self, rows: list[list[Row]], texts: dict[tuple[int, RowKey], Note]) -> Iterator[MisfitError]:
        """Yield faults; so that one hides no other, the cell is emptied then, or the row taken out with those below."""
        told = set[tuple[str, RowKey]]()
        rows, notes = list(map(list, rows)), self.notes.load(texts)
        for table in self.layout.tables:
            among = rows[table.number]
            for at, column, fault in list(cell_faults(self.plan, table, among)):
                yield fault
                told.add((fault.table, fault.row))
                among[at] = (*among[at][:column], None, *among[at][column + 1 :])
        while any(rows):
            try:
                self._rebuilder.documents(rows, notes)
                return
            except MisfitError as e:
                if (e.table, e.row) not in told:
                    yield e
                rows = self._without(rows, (self.layout.number(e.table), e.row))

    def _without(self, rows: list[list[Row]], out: tuple[int, RowKey]) -> list[list[Row]]:
        """Return rows without one of them and those below it."""
        gone, size = {out}, 0
        while len(gone) > size:
            size = len(gone)
            for table in self.layout.tables:
                below = (row for row in rows[table.number] if table.parent_key(row) in gone)
                gone.update((table.number, table.row_key(row)) for row in below)
        tables = self.layout.tables
        return [[row for row in rows[t.number] if (t.number, t.row_key(row)) not in gone] for t in tables]

    def _examined(
        self, number: int, agreement: Agreement | None, page: list[tuple[Row, Any]]
    ) -> list[tuple[Any, StoredDocument | StoreError]]:
        """Return the documents of a page, each read alone where not all can be read."""
        try:
            found = self._with_rows(number, page)
        except StoreError as e:
            if len(page) > 1:
                return [one for of_key in page for one in self._examined(number, agreement, [of_key])]
            return [(key, unreadable(self.backend.name, e, shown_key(key, self.plan))) for _, key in page]
        return [(stored.key, self._agreed(stored, agreement)) for stored in found]

    def _agreed(self, stored: StoredDocument, agreement: Agreement | None) -> StoredDocument | StoreError:
        try:
            if agreement is not None:
                agreement.see(stored.rows, stored.notes, stored.document, stored.key, self.clock())
        except MisfitError as e:
            return disagreeing(self.backend.name, e, shown_key(stored.key, self.plan))
        return stored

    def _with_rows(self, number: int, page: list[tuple[Row, Any]]) -> list[StoredDocument]:
        rows, texts = self._rows(Place(number, page[0][0]), page[-1][0])
        notes = self.notes.load(texts)
        documents = {name: document for _, name, document in self.rebuilt_rows(rows, notes)}
        with made_of_stored(self.backend.name):
            return self._told_apart(number, dict(page), documents, rows, notes)

    def _told_apart(
        self,
        number: int,
        keys: dict[Row, Any],
        documents: dict[RowKey, Any],
        rows: list[list[Row]],
        notes: dict[tuple[int, RowKey], RowComplement],
    ) -> list[StoredDocument]:
        """Give each document of a page its own rows and notes."""
        top = self.layout.tables[number]
        stored = {
            (key := top.primary_key(row)): StoredDocument(
                keys[key], documents[top.row_key(row)], [[] for _ in rows], {}
            )
            for row in rows[number]
        }
        owner: dict[tuple[int, RowKey], StoredDocument] = {}
        for table, among in zip(self.layout.tables, rows, strict=True):
            link = None if table.parent is None else table.link(table.parent)
            # right below the root one look-up finds the document
            near = link.columns[0] if link and link.table == number and len(link.columns) == 1 else None
            for row in among:
                if link is None:
                    whose = stored[table.primary_key(row)]
                else:
                    whose = stored[row[near],] if near is not None else owner[link.table, link.key(row)]
                whose.rows[table.number].append(row)
                if table.below:
                    owner[table.number, table.row_key(row)] = whose
                if notes and (place := (table.number, table.row_key(row))) in notes:
                    whose.notes[place] = notes[place]
        return list(stored.values())
