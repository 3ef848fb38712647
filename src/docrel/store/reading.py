"""Reading: documents out of a database, by key, by condition, or all of them in constant memory.

In: a backend, a plan, keys and SQL conditions. Out: documents exactly as they were put, with what was
changed by SQL since, and rows with the values that their columns mean. Writes nothing. Generic: knows no
particular mapping.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from docrel.backends import SQLite
from docrel.engine import rebuilder_of
from docrel.plan import Plan, Table
from docrel.rows import RowKey, complement
from docrel.sql import SQLITE, Dml
from docrel.store.errors import damaged, missing, unknown_table, unreadable
from docrel.store.row_changes import Note, Row
from docrel.store.typed_rows import Record, RecordType
from docrel.values import jsontext

PAGE_DOCUMENTS = 200
Key = str | int | float


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document is stored: the number of its root table and its root row's key."""

    root: int
    row: Any


def etag(document: Any) -> str:
    """Return the ETag of a document: the same for equal documents, wherever they come from (RFC 9110, 8.8.3)."""
    return '"' + hashlib.blake2b(jsontext.dumps(document).encode(), digest_size=16).hexdigest() + '"'


class Reader:
    """The reading side of a store."""

    def __init__(self, backend: SQLite, plan: Plan) -> None:
        self.backend, self.plan = backend, plan
        self._rebuilder = rebuilder_of(plan)
        self.layout = self._rebuilder.layout
        self.dml = Dml(self.layout, SQLITE)
        self._number = {table.name: n for n, table in enumerate(plan.tables)}
        self._roots = [self._number[root.name] for root in plan.roots]
        self._shapes: dict[bytes, str] = {}
        self._record_types: dict[str, RecordType] = {}

    def get(self, key: Key) -> Any:
        """Return the document called `key`.

        Raises:
            StoreError: S420, there is none.
        """
        with self.backend.snapshot():
            return self._document(self._place(key))

    def etag(self, key: Key) -> str:
        """Return the ETag of the stored document; `etag(store.get(key))` is the same.

        Raises:
            StoreError: S420, there is none.
        """
        return etag(self.get(key))

    def __contains__(self, key: Key) -> bool:
        return self.locate(key) is not None

    def __len__(self) -> int:
        quote = SQLITE.quote_identifier
        return sum(
            int(self.backend.execute(f"SELECT count(*) FROM {quote(root.name)}")[0][0]) for root in self.plan.roots
        )

    def keys(self) -> Iterator[Any]:
        """Yield the key of each document, in the order in which they were stored."""
        for root in self.plan.roots:
            for page in self._pages(root):
                yield from (key for _, key in page)

    def scan(self) -> Iterator[tuple[Any, Any]]:
        """Yield `(key, document)` for every document, in constant memory.

        Each document is read as a whole at one moment; documents that others write meanwhile may or may not
        be seen.
        """
        for root in self.plan.roots:
            for page in self._pages(root):
                yield from self._read_page(root, page)

    def find(self, where: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, Any]]:
        """Yield `(key, document)` where an SQL condition on the root table holds: `find("phase = ?", ["CODING"])`.

        Values belong into `parameters`; the condition itself is SQL of yours.
        """
        for root in self.plan.roots:
            found = self.backend.execute(self.dml.select_where(root, where), parameters)
            for row, key in found:
                place = Place(self._number[root.name], row)
                with self.backend.snapshot():
                    documents = self._documents(place, place.row)
                if documents:
                    yield key, documents[0][1]

    def rows(self, table: str, key: Key) -> list[Record]:
        """Return the rows of one table that belong to a document, in the order of the document.

        Raises:
            StoreError: S420, there is no such document; S431, no such table.
        """
        wanted = self._table(table)
        with self.backend.snapshot():
            place = self._place(key)
            select = self.dml.selects.get((table, self.plan.tables[place.root].name))
            found = self.backend.execute(select, (place.row, place.row)) if select else []
        order = self.layout.tables[self._number[table]].order
        if order:
            found.sort(key=itemgetter(order[0]))
        return self._record_type(wanted).records(found)

    def rows_where(self, table: str, where: str = "TRUE", parameters: Sequence[Any] = ()) -> list[Record]:
        """Return the rows of one table for which an SQL condition holds; it may end in ORDER BY and LIMIT.

        Raises:
            StoreError: S431, there is no such table.
        """
        wanted = self._table(table)
        return self._record_type(wanted).records(self.backend.execute(self.dml.select_rows(wanted, where), parameters))

    def _table(self, name: str) -> Table:
        if name not in self._number:
            raise unknown_table(name, self.backend.path, list(self._number))
        return self.plan.table(name)

    def _record_type(self, table: Table) -> RecordType:
        found = self._record_types.get(table.name)
        if found is None:
            found = self._record_types[table.name] = RecordType(table)
        return found

    def locate(self, key: Key) -> Place | None:
        """Return where the document called `key` is stored."""
        found = self.locate_all([key])
        return found.get(key)

    def locate_all(self, keys: Sequence[Key]) -> dict[Any, Place]:
        """Return where those of `keys` that are stored are."""
        places: dict[Any, Place] = {}
        for at in range(0, len(keys), 500):
            some = keys[at : at + 500]
            for root in self.plan.roots:
                for row, key in self.backend.execute(self.dml.select_keys(root, len(some)), some):
                    places[key] = Place(self._number[root.name], row)
        return places

    def documents_at(self, places: Iterable[Place]) -> Iterator[tuple[Place, Any]]:
        """Yield the documents at `places`; runs of neighbouring ones are read together."""
        run: list[Place] = []
        for place in sorted(places, key=lambda p: (p.root, p.row)):
            near = run and run[-1].root == place.root and isinstance(place.row, int) and place.row - run[-1].row == 1
            if run and (not near or len(run) >= PAGE_DOCUMENTS):
                yield from self._run(run)
                run = []
            run.append(place)
        if run:
            yield from self._run(run)

    def _run(self, run: list[Place]) -> Iterator[tuple[Place, Any]]:
        for row, document in self._documents(run[0], run[-1].row):
            yield Place(run[0].root, row), document

    def _pages(self, root: Table) -> Iterator[list[Row]]:
        page = self.backend.execute(self.dml.select_first_page(root), [PAGE_DOCUMENTS])
        while page:
            yield page
            page = self.backend.execute(self.dml.select_page(root), [page[-1][0], PAGE_DOCUMENTS])

    def _read_page(self, root: Table, page: list[Row]) -> Iterator[tuple[Any, Any]]:
        with self.backend.snapshot():
            found = dict(self._documents(Place(self._number[root.name], page[0][0]), page[-1][0]))
        yield from ((key, found[row]) for row, key in page if row in found)

    def _place(self, key: Key) -> Place:
        place = self.locate(key)
        if place is None:
            raise missing(key, self.backend.path)
        return place

    def _document(self, place: Place) -> Any:
        return self._documents(place, place.row)[0][1]

    def _documents(self, first: Place, last_row: Any) -> list[tuple[Any, Any]]:
        """Return `(root row, document)` of the documents of one root table between two rows."""
        return self._rebuilt(first, *self._rows(first, last_row))

    def _rebuilt(
        self, first: Place, rows: list[list[Row]], notes: dict[tuple[int, RowKey], Note]
    ) -> list[tuple[Any, Any]]:
        try:
            loaded = {place: complement.load(*note) for place, note in notes.items()}
            documents = self._rebuilder.documents(rows, loaded)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as e:
            raise unreadable(self.backend.path, e) from e  # text that is no JSON in a JSON column, say
        table = self.layout.tables[first.root]
        by_key = {table.row_key(row): row[table.key[0]] for row in rows[first.root]}
        return [(by_key[key], document) for _, key, document in documents]

    def _rows(self, first: Place, last_row: Any) -> tuple[list[list[Row]], dict[tuple[int, RowKey], Note]]:
        """Return the stored rows by table, and the notes on them as text."""
        root = self.plan.tables[first.root]
        rows: list[list[Row]] = [[] for _ in self.plan.tables]
        for table in self.plan.family(root):
            select = self.dml.selects[table.name, root.name]
            rows[self._number[table.name]] = self.backend.execute(select, (first.row, last_row))
        notes: dict[tuple[int, RowKey], Note] = {}
        parameters = (*self._rooted(root), first.row, last_row)
        for _, table_name, key, shape, body in self.backend.execute(self.dml.select_notes, parameters):
            number = self._number[table_name]
            row = int(key) if self.plan.tables[number].surrogate is not None else key
            notes[number, row] = (None if shape is None else self._shape(shape), body)
        return rows, notes

    def root_content(self, place: Place) -> Any:
        """Return what the root row alone, with the notes on it, says of a document."""
        root = self.plan.tables[place.root]
        rows: list[list[Row]] = [[] for _ in self.plan.tables]
        rows[place.root] = self.backend.execute(self.dml.selects[root.name, root.name], (place.row, place.row))
        key = self.layout.tables[place.root].row_key(rows[place.root][0])
        parameters = (*self._rooted(root), place.row, root.name, key)
        notes: dict[tuple[int, RowKey], Note] = {}
        for shape, body in self.backend.execute(self.dml.select_note, parameters):
            notes[place.root, key] = (None if shape is None else self._shape(shape), body)
        return self._rebuilt(place, rows, notes)[0][1]

    def row_exists(self, table: Table, root: Table, row: Any, unless: Sequence[Sequence[tuple[str, Any]]] = ()) -> bool:
        """Say whether a document has a row in a nested table, other than such that have all of some values."""
        values = [value for condition in unless for _, value in condition]
        select = self.dml.select_one_row(table, root, [[name for name, _ in c] for c in unless])
        return bool(self.backend.execute(select, (row, row, *values)))

    def _rooted(self, root: Table) -> tuple[str, ...]:
        return (root.name,) if len(self.plan.roots) > 1 else ()

    def _shape(self, identity: bytes) -> str:
        text = self._shapes.get(identity)
        if text is None:
            found = self.backend.execute(self.dml.select_shape, [identity])
            if not found:
                raise damaged(self.backend.path, "a shape that the complement names is missing")
            text = found[0][0]
            if len(self._shapes) > 10_000:
                self._shapes.clear()
            self._shapes[identity] = text
        return text
