"""The store: documents in a database, by key.

In: documents, keys and SQL conditions. Out: documents exactly as they were put, with what was changed by SQL since.
Every write is one transaction; a write touches only the rows that differ. Laws: PutGet and minimal writes,
`tests/laws`. Generic: nothing here knows a particular mapping.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal, Self

from docrel import complement, jsontext
from docrel.changes import Changer, Note, Row, RowChanges
from docrel.complement import RowKey
from docrel.diagnostics import Diagnostic, DocumentError, StoreError
from docrel.dialect import SQLITE
from docrel.dml import Dml
from docrel.flatten import Flattener
from docrel.flattening import Flattening, natural_key
from docrel.plan import Plan, Table
from docrel.rebuild import Rebuilder
from docrel.refusals import problem_diagnostic
from docrel.sqlite import SQLite

PAGE_DOCUMENTS = 200
Key = str | int | float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a put did to the document called `key`."""

    kind: Literal["inserted", "updated", "unchanged"]
    key: Any


@dataclass(slots=True)
class Counts:
    """Row writes to one table."""

    inserted: int = 0
    updated: int = 0
    deleted: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document is stored: the number of its root table and its root row's key."""

    root: int
    row: Any


@dataclass(slots=True)
class Batch:
    """Rows of new documents on their way to the database: where each will be, and how many notes precede it."""

    rows: Flattening
    places: list[Place] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def notes(self) -> Iterator[tuple[Place, int, RowKey, Note]]:
        """Yield each note with its document, its table's number and its row's key."""
        document = 0
        for n, ((number, key), note) in enumerate(self.rows.complements.items()):
            while n >= self.ends[document]:
                document += 1
            yield self.places[document], number, key, note.dump()


def etag(document: Any) -> str:
    """Return the ETag of a document: the same for equal documents, wherever they come from (RFC 9110, 8.8.3)."""
    return '"' + hashlib.blake2b(jsontext.dumps(document).encode(), digest_size=16).hexdigest() + '"'


def utc_now() -> str:
    """Return the time, ISO 8601 in UTC to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Store:
    """Documents of one mapping in one database. Use it as a context manager, or `close` it.

    Threads may share a store; processes each open their own. Made by `docrel.opening.open_store`.
    """

    def __init__(self, backend: SQLite, plan: Plan, *, clock: Callable[[], str] = utc_now) -> None:
        self.backend, self.plan, self.clock = backend, plan, clock
        self.flattener = Flattener(plan)
        self.dml = Dml(plan, SQLITE)
        self._rebuilder = Rebuilder(plan)
        self._changer = Changer(plan, self.flattener.sequence_of)
        self._number = {table.name: n for n, table in enumerate(plan.tables)}
        self._roots = [self._number[root.name] for root in plan.roots]
        self._shapes: dict[bytes, str] = {}
        self.written = {table.name: Counts() for table in plan.tables}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self.backend.close()

    # -- reading --------------------------------------------------------------------------------------

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

        Each document is read as a whole at one moment; documents that others write meanwhile may or may not be seen.
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
            raise _missing(key, self.backend.path)
        return place

    def _document(self, place: Place) -> Any:
        return self._documents(place, place.row)[0][1]

    def _documents(self, first: Place, last_row: Any) -> list[tuple[Any, Any]]:
        """Return `(root row, document)` of the documents of one root table between two rows."""
        rows, notes = self._rows(first, last_row)
        loaded = {place: complement.load(*note) for place, note in notes.items()}
        table = self.plan.tables[first.root]
        at = [table.index_of(name) for name in table.primary_key]
        by_key = {self._row_key(table, row): row[at[0]] for row in rows[first.root]}
        return [(by_key[key], document) for _, key, document in self._rebuilder.documents(rows, loaded)]

    def _row_key(self, table: Table, row: Row) -> RowKey:
        values = [row[table.index_of(name)] for name in table.primary_key]
        return values[0] if table.surrogate is not None else natural_key(values)

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

    def _rooted(self, root: Table) -> tuple[str, ...]:
        return (root.name,) if len(self.plan.roots) > 1 else ()

    def _shape(self, identity: bytes) -> str:
        text = self._shapes.get(identity)
        if text is None:
            found = self.backend.execute(self.dml.select_shape, [identity])
            if not found:
                raise _damaged(self.backend.path, "a shape that the complement names is missing")
            text = found[0][0]
            if len(self._shapes) > 10_000:
                self._shapes.clear()
            self._shapes[identity] = text
        return text

    # -- writing --------------------------------------------------------------------------------------

    def put(self, document: Any, key: str | None = None, *, if_match: str | None = None) -> Outcome:
        """Store `document`, in the place of the one that has its key.

        `key` names a document that does not name itself. With `if_match` the write happens only while the stored
        document still has that ETag.

        Raises:
            DocumentError: A constraint forbids it, or it is not JSON; nothing was written.
            StoreError: S421, the stored document has changed since its ETag was taken.

        Law: 3, minimal writes, `tests/laws/test_minimal_writes.py`.
        """
        jsontext.check_value(document)
        with self.transaction():
            return self.write(document, key, if_match=if_match)

    def delete(self, key: Key, *, if_match: str | None = None) -> None:
        """Delete the document called `key` and all its rows.

        Raises:
            StoreError: S420, there is none; S421, it has changed since its ETag was taken.
        """
        with self.transaction():
            place = self._place(key)
            if if_match is not None and etag(self._document(place)) != if_match:
                raise _changed(key, self.backend.path)
            self.remove(place)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write several documents, all or none: `with store.transaction(): store.put(a); store.put(b)`."""
        with self.backend.transaction():
            self.backend.execute("PRAGMA defer_foreign_keys = ON")
            yield

    def write(
        self,
        document: Any,
        key: str | None = None,
        *,
        if_match: str | None = None,
        clean: bool = False,
        origin: str = "",
    ) -> Outcome:
        """Put within a transaction of the caller's; `clean`: the text is known to need no check."""
        batch = self.start()
        batch.rows.given, batch.rows.clean = key, clean
        name = self.add(document, batch, origin)
        root = batch.places[0].root
        place = self.locate(name)
        if if_match is not None and (place is None or etag(self._document(place)) != if_match):
            raise _changed(name, self.backend.path)
        if place is not None and place.root != root:
            self.remove(place)
            place = None
        try:
            if place is None:
                self.insert(batch)
                return Outcome("inserted", name)
            stored, notes = self._rows(place, place.row)
            changes = self._changer.changes(stored, notes, batch.rows)
            if not changes:
                return Outcome("unchanged", name)
            self._apply(changes, place)
        except sqlite3.IntegrityError as e:
            raise _forbidden(name, origin or self.backend.path, e) from e
        return Outcome("updated", name)

    def start(self) -> Batch:
        """Return an empty batch whose ids are free in the database; within a transaction only."""
        highest = dict(self.backend.execute("SELECT name, seq FROM sqlite_sequence")) if self._has_sequence() else {}
        ids = [1] * len(self.plan.tables)
        for number, table in enumerate(self.plan.tables):
            sequence = self.flattener.sequence_of[number]
            ids[sequence] = max(ids[sequence], int(highest.get(table.name) or 0) + 1)
        batch = Batch(self.flattener.start(ids))
        batch.rows.now = self.clock()
        return batch

    def _has_sequence(self) -> bool:
        return any(table.surrogate for table in self.plan.tables)

    def add(self, document: Any, batch: Batch, origin: str = "") -> Any:
        """Add a document's rows to a batch and return its key; raises DocumentError where a constraint forbids it."""
        before = [len(batch.rows.rows[n]) for n in self._roots]
        problems = self.flattener.add(document, batch.rows)
        if problems:
            raise DocumentError(diagnostics=[problem_diagnostic(p, self.plan, origin) for p in problems])
        root = next(n for n, count in zip(self._roots, before, strict=True) if len(batch.rows.rows[n]) > count)
        table, row = self.plan.tables[root], batch.rows.rows[root][-1]
        batch.places.append(Place(root, row[table.index_of(table.primary_key[0])]))
        batch.ends.append(len(batch.rows.complements))
        return row[table.index_of(self.plan.key or table.primary_key[0])]

    def insert(self, batch: Batch) -> None:
        """Write the rows and complements of a batch, none of whose documents are stored."""
        for table, rows in zip(self.plan.tables, batch.rows.rows, strict=True):
            self._insert(table, rows)
        if batch.rows.complements:
            self._insert_notes(batch.notes())

    def remove(self, place: Place) -> None:
        """Delete the document at `place` within a transaction of the caller's."""
        root = self.plan.tables[place.root]
        self.backend.execute(self.dml.delete_notes, (*self._rooted(root), place.row))
        self.backend.execute(self.dml.delete(root), (place.row,))

    def _insert(self, table: Table, rows: Sequence[Row]) -> None:
        width = len(table.columns)
        self.backend.insert(
            lambda n: self.dml.insert(table, n), width, self.dml.rows_a_statement(width), rows
        )
        self.written[table.name].inserted += len(rows)

    def _insert_notes(self, notes: Iterable[tuple[Place, int, RowKey, Note]]) -> None:
        """Write notes, each with the document that it belongs to, its table's number and its row's key."""
        rows, shapes = [], {}
        for place, number, key, (shape, body) in notes:
            identity = None
            if shape is not None:
                identity = complement.shape_id(shape)
                if identity not in self._shapes:
                    shapes[identity] = shape
            if shape is not None or body is not None:
                rooted = self._rooted(self.plan.tables[place.root])
                rows.append((*rooted, place.row, self.plan.tables[number].name, key, identity, body))
        self.backend.execute_many(self.dml.insert_shape, list(shapes.items()))
        width = self.dml.note_width
        self.backend.insert(self.dml.insert_notes, width, self.dml.rows_a_statement(width), rows)

    def _apply(self, changes: RowChanges, place: Place) -> None:
        """Delete, update, insert: in that order, so that unique values never collide."""
        root = self.plan.tables[place.root]
        for number in sorted(changes.deletes, reverse=True):
            table = self.plan.tables[number]
            self.backend.execute_many(self.dml.delete(table), changes.deletes[number])
            self.written[table.name].deleted += len(changes.deletes[number])
        for number in sorted(changes.updates):
            table = self.plan.tables[number]
            for update in changes.updates[number]:
                sql = self.dml.update(table, list(update.changed))
                self.backend.execute(sql, (*update.changed.values(), *update.key))
            self.written[table.name].updated += len(changes.updates[number])
        for number in sorted(changes.inserts):
            self._insert(self.plan.tables[number], changes.inserts[number])
        for number, row in changes.notes_gone:
            parameters = (*self._rooted(root), place.row, self.plan.tables[number].name, row)
            self.backend.execute(self.dml.delete_note, parameters)
        self._insert_notes((place, *of_row, note) for of_row, note in changes.notes_new.items())


def _missing(key: Any, path: str) -> StoreError:
    advice = "`docrel export --all` lists what is there"
    return StoreError(diagnostics=[Diagnostic("S420", f"there is no document {key!r}", subject=path, help=advice)])


def _changed(key: Any, path: str) -> StoreError:
    message = f"the document {key!r} has changed since it was read"
    advice = "read it again, apply your change to what it says now, and put it with its new ETag"
    return StoreError(diagnostics=[Diagnostic("S421", message, subject=path, help=advice)])


def _forbidden(key: Any, origin: str, e: sqlite3.IntegrityError) -> DocumentError:
    message = f"the database forbids the document {key!r}: {e}"
    advice = "another document has the same value, or a condition of the table does not hold; change either"
    return DocumentError(diagnostics=[Diagnostic("D320", message, subject=origin, help=advice)])


def _damaged(path: str, message: str) -> StoreError:
    advice = "restore a backup; `docrel validate` tells what else is wrong"
    return StoreError(diagnostics=[Diagnostic("S405", message, subject=path, help=advice)])


