"""Reading: documents out of a database, by key, by condition, or all of them in constant memory.

In: a backend, a plan, keys and SQL conditions. Out: documents exactly as they were put, with what was
changed by SQL since, and rows with the values that their columns mean. Writes nothing. Generic: knows no
particular mapping.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, TypeVar

from docrel import plan as plans
from docrel.backends import Backend, NotTakenError
from docrel.diagnostics import StoreError
from docrel.documents import shown_key
from docrel.engine import Rebuilder, rebuilder_of
from docrel.layout import document_key, key_parts, layout_of, natural_key, row_and_key, typed_key
from docrel.plan import Column, Plan, Table
from docrel.rows import RowComplement, RowKey, shape_id
from docrel.sql import Dml
from docrel.store.book import Book
from docrel.store.conflicts import difference
from docrel.store.continuation import Note, Row
from docrel.store.errors import made_of_stored, migrated, missing, one_key_twice, unknown_table, unreadable
from docrel.store.garbage import garbage_left_alone
from docrel.store.queries import Parameters, refused_condition
from docrel.store.refusals import Refusals
from docrel.store.stored_notes import Spot, StoredNotes
from docrel.store.typed_rows import Record, RecordType
from docrel.values import INTEGER_MAX, NOTHING, is_storable, jsontext

PAGE_DOCUMENTS = 200
DocumentKey = str | int | float | bytes | tuple[str | int | float | bytes, ...]
"""What the column holds that identifies a document; a tuple where that is several columns."""
TypedKey = tuple[Any, ...]
"""What `typed_key` makes of a key: `1` and `1.0` of two root tables are one key of a dict, but two documents."""
Page = list[tuple[Row, Any]]
"""The keys of some root rows, each with its document's key."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document is stored: the number of its root table and its root row's whole primary key."""

    root: int
    row: Row


def etag(document: Any) -> str:
    """Return the ETag of a document: the same for equal documents, wherever they come from (RFC 9110, 8.8.3)."""
    return '"' + hashlib.blake2b(jsontext.dumps(document).encode(), digest_size=16).hexdigest() + '"'


class Reader:
    """The reading side of a store.

    It works by one plan, and sees in each snapshot and each transaction that the database carries this one still;
    but for `migrating`: within a migration, whose tables are on the way from one plan to another. `checksum` is that
    of the plan, where it is known already.
    """

    def __init__(self, backend: Backend, plan: Plan, *, checksum: str | None = None, migrating: bool = False) -> None:
        self.backend, self.plan = backend, plan
        self._checksum, self._migrating = checksum, migrating
        self.book = Book(backend)
        self.dml = Dml(plan, backend.dialect)
        self.layout = layout_of(plan)
        self._number = {table.name: n for n, table in enumerate(plan.tables)}
        self._roots = [self._number[root.name] for root in plan.roots]
        self._key_columns = len(plan.key_of(plan.roots[0]))
        self._shapes: dict[Any, str] = {}
        self.notes = StoredNotes(plan, backend.name)
        self._record_types: dict[str, RecordType] = {}

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read within: all reads see the same state, whatever others write.

        Raises:
            StoreError: S440, the database was migrated since it was opened.
        """
        with self.backend.snapshot():
            self.check_plan()
            yield

    def check_plan(self) -> None:
        """See, within a snapshot or a transaction, that the database carries the plan of this store.

        Raises:
            StoreError: S440, it was migrated since it was opened.
        """
        if not self.is_current():
            raise migrated(self.backend.name, self.plan, self.book.version())

    def is_current(self) -> bool:
        """Say whether the database carries the plan of this store at this moment, in a format that is read."""
        return self._migrating or self.book.is_current(self._carried)

    @cached_property
    def _rebuilder(self) -> Rebuilder:
        """The rebuild side of the plan, made when it is first asked for: much work where tables are many."""
        return rebuilder_of(self.plan)

    @cached_property
    def _carried(self) -> str:
        """The checksum of this plan."""
        return self._checksum or plans.checksum(self.plan)

    def same(self, one: Any, other: Any) -> bool:
        """Say whether two documents are the same, but for what the mapping forgets."""
        return difference(one, other, self.plan) is None

    def get(self, key: DocumentKey, default: Any = NOTHING) -> Any:
        """Return the document called `key`, or the default where there is none.

        Raises:
            StoreError: S420, there is none and no default is given, a KeyError too; S439, it cannot be read.
        """
        with self.snapshot():
            if default is not NOTHING and self._only(key) is None:
                return default
            return self._read(self._place(key), key)

    def __getitem__(self, key: DocumentKey) -> Any:
        return self.get(key)

    def size_of(self, key: DocumentKey) -> int:
        """Return how many rows a document has, in all tables.

        Raises:
            StoreError: S420, there is none.
        """
        with self.snapshot():
            return sum(map(len, self.rows_at(self._place(key))))

    def etag(self, key: DocumentKey) -> str:
        """Return the ETag of the stored document; `etag(store.get(key))` is the same.

        Raises:
            StoreError: S420, there is none.
        """
        return etag(self.get(key))

    def __contains__(self, key: DocumentKey) -> bool:
        return self.locate(key) is not None

    def __len__(self) -> int:
        quote = self.backend.dialect.quote_identifier
        counts = [f"SELECT count(*) FROM {quote(root.name)}" for root in self.plan.roots]
        with self.snapshot():
            return sum(int(self.backend.execute(count)[0][0]) for count in counts)

    def count_filled(self, table: Table, column: Column | None) -> int:
        """Return how many rows a table has, or how many of them have something in a column."""
        sql = self.dml.count_filled(table, [table.primary_key[0] if column is None else column.name])
        return int(self.backend.execute(sql, [INTEGER_MAX])[0][-1])

    def __iter__(self) -> Iterator[Any]:
        return self.keys()

    def values(self) -> Iterator[Any]:
        """Yield every document, as `items` does."""
        return (document for _, document in self.items())

    def items(self) -> Iterator[tuple[Any, Any]]:
        """Yield `(key, document)` for every document, in constant memory: `scan`, as a dict calls it.

        Raises:
            StoreError: As `scan`.
        """
        return self.scan()

    def is_empty(self) -> bool:
        """Say whether there is no document."""
        key = [(self.dml.select_some(root, root.primary_key)) for root in self.plan.roots]
        return not any(self.backend.execute(select, (1,)) for select in key)

    def keys(self) -> Iterator[Any]:
        """Yield the key of each document, in the order in which they were stored."""
        for root in self.plan.roots:
            for page in self._pages(root, Page):
                yield from (key for _, key in page)

    def scan(self) -> Iterator[tuple[Any, Any]]:
        """Yield `(key, document)` for every document, in constant memory.

        Each document is read as a whole at one moment; documents that others write meanwhile may or may not
        be seen.

        Raises:
            StoreError: S440, the database was migrated meanwhile; the documents so far are whole. S439, in the end:
                some documents cannot be read, at most ten of which are told.
        """
        refusals = Refusals(self.backend.name, self.plan)
        twice = self.named_twice(refusals)
        for root in self.plan.roots:
            for documents in self._pages(root, partial(self._read_page, root, refusals)):
                yield from (of_key for of_key in documents if not twice or typed_key(of_key[0]) not in twice)
        refusals.tell()

    def named_twice(self, refusals: Refusals) -> set[TypedKey]:
        """Return the keys that documents of several root tables have, all of which go to the refusals."""
        if len(self.plan.roots) < 2:
            return set()
        with self.snapshot():
            found = list(map(document_key, self.backend.execute(self.dml.select_twice())))
            for key in found:
                try:
                    self._only(key)
                except StoreError as e:
                    refusals.add(key, e)
        return set(map(typed_key, found))

    def find(self, where: str, parameters: Parameters = ()) -> Iterator[tuple[Any, Any]]:
        """Yield `(key, document)` where an SQL condition on the root table holds: `find("phase = ?", ["CODING"])`.

        Values belong into `parameters`, a sequence of them, or a dict for `:name`; the condition itself is SQL of
        yours. It is asked at once, the documents are read one after another.

        Raises:
            StoreError: S481, at once: the database does not understand the condition, or a parameter has no value;
                S439, in the end: some documents cannot be read.
        """
        with self.snapshot():
            found = [
                (root, self._selected(partial(self.dml.select_where, root), where, parameters))
                for root in self.plan.roots
            ]
        return self._found_documents(found)

    def _found_documents(self, found: Iterable[tuple[Table, list[Row]]]) -> Iterator[tuple[Any, Any]]:
        refusals = Refusals(self.backend.name, self.plan)
        for root, rows in found:
            for row, key in (row_and_key(root, one) for one in rows):
                with self.snapshot():
                    documents = self._read_page(root, refusals, [(row, key)])
                yield from documents
        refusals.tell()

    def _selected(self, select: Callable[[str], str], condition: str, parameters: Parameters) -> list[Row]:
        """Return the rows that a statement of ours selects by somebody's condition."""
        try:
            return self.backend.execute(select(condition), parameters)
        except NotTakenError as e:
            raise refused_condition(e, self.backend, select, condition, parameters) from e

    def rows(self, table: str, key: DocumentKey) -> list[Record]:
        """Return the rows of one table that belong to a document, in the order of the document.

        Raises:
            StoreError: S420, there is no such document; S431, no such table; S439, a row holds what its columns cannot.
        """
        with self.snapshot():
            wanted = self.table_named(table)
            place = self._place(key)
            select = self.dml.selects.get((table, self.plan.tables[place.root].name))
            found = self.backend.execute(select, (*place.row, *place.row)) if select else []
            layout = self.layout.tables[self._number[table]]
            ranks: dict[Any, Any] = {}
            if found and layout.position is None and layout.surrogate is not None:
                ranked = self.dml.select_ranks(wanted, self.plan.tables[place.root])
                ranks = dict(self.backend.execute(ranked, (*place.row, *place.row)))
        with made_of_stored(self.backend.name):
            for at in layout.order[:1]:
                found.sort(key=lambda row: _rank(ranks.get(row[at], row[at])))
            return self._record_type(wanted).records(found)

    def rows_where(self, table: str, where: str = "TRUE", parameters: Parameters = ()) -> list[Record]:
        """Return the rows of one table for which an SQL condition holds; it may end in ORDER BY and LIMIT.

        Raises:
            StoreError: S431, there is no such table; S481, the database does not understand the condition, or a
                parameter has no value; S439, a row holds what its columns cannot.
        """
        with self.snapshot():
            wanted = self.table_named(table)
            found = self._selected(partial(self.dml.select_rows, wanted), where, parameters)
        with made_of_stored(self.backend.name):
            return self._record_type(wanted).records(found)

    def table_named(self, name: str) -> Table:
        """Return a table of the mapping.

        Raises:
            StoreError: S431, there is none of this name.
        """
        if name not in self._number:
            raise unknown_table(name, self.backend.name, list(self._number))
        return self.plan.table(name)

    def _record_type(self, table: Table) -> RecordType:
        found = self._record_types.get(table.name)
        if found is None:
            found = self._record_types[table.name] = RecordType(table)
        return found

    def locate(self, key: DocumentKey) -> Place | None:
        """Return where the document called `key` is stored; `1`, `"1"`, `1.0` and `True` are four keys."""
        with self.snapshot():
            return self._found(key)

    def _found(self, key: DocumentKey) -> Place | None:
        return next((place for _, place in self._places([key])), None)

    def _only(self, key: DocumentKey) -> Place | None:
        """Return where the one document called `key` is stored.

        Raises:
            StoreError: S439, two root tables have one.
        """
        found = [place for _, place in self._places([key])]
        if len(found) > 1:
            one, other = (self.plan.tables[place.root].name for place in found[:2])
            raise one_key_twice(self.backend.name, key, self.plan, one, other)
        return found[0] if found else None

    def locate_all(self, keys: Sequence[DocumentKey]) -> dict[TypedKey, Place]:
        """Return where those of `keys` that are stored are, each by its `typed_key`."""
        with self.snapshot():
            return dict(self._places(keys))

    def _places(self, keys: Sequence[DocumentKey]) -> Iterator[tuple[TypedKey, Place]]:
        columns = self._key_columns
        possible = [key for key in keys if len(parts := key_parts(key)) == columns and all(map(is_storable, parts))]
        wanted = {typed_key(key) for key in possible}  # SQLite converts what it compares
        for at in range(0, len(possible), 500):
            some = possible[at : at + 500]
            values = some if columns == 1 else [part for key in some for part in key_parts(key)]
            for number in self._roots:
                root = self.plan.tables[number]
                for found in self.backend.execute(self.dml.select_keys(root, len(some)), values):
                    row, key = row_and_key(root, found)
                    if (typed := typed_key(key)) in wanted:
                        yield typed, Place(number, row)

    def documents_at(self, places: Iterable[Place]) -> Iterator[tuple[Place, Any]]:
        """Yield the documents at `places`; runs of neighbouring ones are read together.

        In the place of a document that cannot be read its error stands, a StoreError.
        """
        run: list[Place] = []
        for place in sorted(places, key=lambda p: (p.root, [(type(value).__name__, value) for value in p.row])):
            if run and (not _is_next(place, run[-1]) or len(run) >= PAGE_DOCUMENTS):
                yield from self._at(run)
                run = []
            run.append(place)
        if run:
            yield from self._at(run)

    def _pages(self, root: Table, read: Callable[[Page], _T]) -> Iterator[_T]:
        """Yield what `read` makes of each page, the rows and keys of some documents, seeing the same state of both."""
        select, after = self.dml.select_first_page(root), Row()
        while True:
            with self.snapshot():
                page = [row_and_key(root, row) for row in self.backend.execute(select, [*after, PAGE_DOCUMENTS])]
                if not page:
                    return
                result = read(page)
            yield result
            select, after = self.dml.select_page(root), page[-1][0]

    def _read_page(self, root: Table, refusals: Refusals, page: Page) -> list[tuple[Any, Any]]:
        """Return the documents of a page, each with its key; those that cannot be read go to the refusals."""
        places = [Place(self._number[root.name], row) for row, _ in page]
        found = []
        for (_, key), (_, document) in zip(page, self._at(places), strict=True):
            if isinstance(document, StoreError):
                refusals.add(key, document)
            else:
                found.append((key, document))
        return found

    def _at(self, places: Sequence[Place]) -> list[tuple[Place, Any]]:
        """Return the documents at places between which there is no other, each alone where not all can be read.

        In the place of one that cannot be read its error stands.
        """
        first, last = places[0], places[-1]
        try:
            with garbage_left_alone():
                found = dict(self._documents(first, last.row))
        except StoreError as e:
            return [(first, e)] if len(places) == 1 else [one for place in places for one in self._at([place])]
        return [(place, found[place.row]) for place in places if place.row in found]

    def _read(self, place: Place, key: DocumentKey) -> Any:
        """Return the document called `key`, which is at a place."""
        try:
            return self.document_at(place)
        except StoreError as e:
            raise unreadable(self.backend.name, e, shown_key(key, self.plan)) from e

    def _place(self, key: DocumentKey) -> Place:
        place = self._only(key)
        if place is None:
            raise missing(key, self.plan, self.backend.name)
        return place

    def document_at(self, place: Place) -> Any:
        """Return the document at a place."""
        return self._documents(place, place.row)[0][1]

    def rows_at(self, place: Place) -> list[list[Row]]:
        """Return the stored rows of the document at a place, by table."""
        return self._rows(place, place.row)[0]

    def _documents(self, first: Place, last_row: Row) -> list[tuple[Row, Any]]:
        """Return `(root row's key, document)` of the documents of one root table between two keys."""
        return self._rebuilt(first, *self._rows(first, last_row))

    def _rebuilt(
        self, first: Place, rows: list[list[Row]], notes: dict[tuple[int, RowKey], Note]
    ) -> list[tuple[Row, Any]]:
        documents = self.rebuilt_rows(rows, self.notes.load(notes))
        table = self.plan.tables[first.root]
        if table.surrogate is not None:
            return [((name,), document) for _, name, document in documents]
        by_name = {self._named(first.root, key): key for key in _keys(table, rows[first.root])}
        return [(by_name[name], document) for _, name, document in documents]

    def rebuilt_rows(
        self, rows: list[list[Row]], notes: dict[tuple[int, RowKey], RowComplement]
    ) -> list[tuple[int, RowKey, Any]]:
        """Return `(root table number, root row's key, document)` of each document that stored rows are of.

        Raises:
            StoreError: S439, they make no document.
        """
        with made_of_stored(self.backend.name):
            return self._rebuilder.documents(rows, notes)

    def name_of(self, place: Place) -> RowKey:
        """Return what the complement calls the root row of a document."""
        return self._named(place.root, place.row)

    def _rows(self, first: Place, last_row: Row) -> tuple[list[list[Row]], dict[tuple[int, RowKey], Note]]:
        """Return the stored rows by table, and the notes on them as they are stored."""
        root, between = self.plan.tables[first.root], (*first.row, *last_row)
        rows: list[list[Row]] = [[] for _ in self.plan.tables]
        for number, select in self._family_selects[root.name]:
            rows[number] = self.backend.execute(select, between)
        notes: dict[tuple[int, RowKey], Note] = {}
        for select, times in self.dml.select_notes[root.name]:
            for number, shape, body, rank, *key in self.backend.execute(select, between * times):
                spot = (number, self._named(number, key))
                notes[spot] = self.stored_note(spot, shape, body, rank)
        return rows, notes

    @cached_property
    def _family_selects(self) -> dict[str, list[tuple[int, str]]]:
        """The SELECT of each table of the documents of a root table, with the table's number."""
        return {
            root.name: [(self._number[t.name], self.dml.selects[t.name, root.name]) for t in self.plan.family(root)]
            for root in self.plan.roots
        }

    def _named(self, number: int, key: Sequence[Any]) -> RowKey:
        """Return what the complement calls a row whose key is given, with more behind it."""
        table = self.plan.tables[number]
        name: RowKey = key[0]
        return name if table.surrogate is not None else natural_key(key[: len(table.primary_key)])

    def lost_rows(self, limit: int) -> list[tuple[str, Row]]:
        """Return the table and the primary key of rows that lie below no document, so many at most."""
        found: list[tuple[str, Row]] = []
        for table in (table for table in self.plan.tables if table.parent is not None):
            select = self.dml.select_lost(table, self.plan.root_of(table))
            found += [(table.name, row) for row in self.backend.execute(select, [limit - len(found)])]
            if len(found) == limit:
                break
        return found

    def root_content(self, place: Place) -> tuple[Any, Row, dict[Spot, Note]]:
        """Return what the root row alone, with the notes on it, says of a document; and the row and these notes."""
        root = self.plan.tables[place.root]
        rows: list[list[Row]] = [[] for _ in self.plan.tables]
        rows[place.root] = self.backend.execute(self.dml.selects[root.name, root.name], (*place.row, *place.row))
        notes = self.notes_on(root, place.row)
        return self._rebuilt(place, rows, notes)[0][1], rows[place.root][0], notes

    def notes_on(self, table: Table, key: Row) -> dict[Spot, Note]:
        """Return the note on the row of one primary key as it is stored, nothing where there is none."""
        found = self.backend.execute(self.dml.select_note(table), key)
        number = self._number[table.name]
        spot = (number, self._named(number, key))
        return {spot: self.stored_note(spot, *found[0])} if found else {}

    def has_notes(self) -> bool:
        """Say whether there is any note."""
        return bool(
            self.backend.execute(f"SELECT 1 FROM {self.backend.dialect.quote_identifier(self.plan.notes)} LIMIT 1")
        )

    def row_exists(self, table: Table, root: Table, row: Row, unless: Sequence[Sequence[tuple[str, Any]]] = ()) -> bool:
        """Say whether a document has a row in a nested table, other than such that have all of some values."""
        select = self.dml.select_one_row(table, root, _names(unless))
        return bool(self.backend.execute(select, (*row, *row, *_values(unless))))

    def count_rows(self, table: Table, root: Table, row: Row, unless: Sequence[Sequence[tuple[str, Any]]] = ()) -> int:
        """Return how many such rows a document has."""
        select = self.dml.count_rows(table, root, _names(unless))
        return int(self.backend.execute(select, (*row, *row, *_values(unless)))[0][0])

    def stored_note(self, spot: tuple[int, RowKey], shape: Any, body: Any, rank: Any) -> Note:
        """Return a note as the database has it; raises StoreError, S445, where it is none."""
        return self.notes.held(spot, shape, None if shape is None else self._shape(shape), body, rank)

    def _shape(self, identity: Any) -> str | None:
        """Return the shape interned as `identity`, None where there is none that has this digest."""
        text = self._shapes.get(identity)
        if text is None:
            found = self.backend.execute(self.dml.select_shape, [identity])
            if not found or not isinstance(found[0][0], str) or shape_id(found[0][0]) != identity:
                return None
            text = found[0][0]
            if len(self._shapes) > 10_000:
                self._shapes.clear()
            self._shapes[identity] = text
        return text


def _keys(table: Table, rows: Iterable[Row]) -> list[Row]:
    """Return the primary keys of rows of a table."""
    at = [table.index_of(name) for name in table.primary_key]
    return [tuple([row[n] for n in at]) for row in rows]


def _rank(position: Any) -> Any:
    """Return by what a row is ordered; what is no number comes last."""
    return position if isinstance(position, int | float) else math.inf


def _is_next(place: Place, before: Place) -> bool:
    """Say whether no document can lie between two places: their root rows are numbered one after the other."""
    if place.root != before.root or len(place.row) > 1:
        return False
    number, last = place.row[0], before.row[0]
    return isinstance(number, int) and isinstance(last, int) and number - last == 1


def _names(conditions: Sequence[Sequence[tuple[str, Any]]]) -> list[list[str]]:
    return [[name for name, _ in condition] for condition in conditions]


def _values(conditions: Sequence[Sequence[tuple[str, Any]]]) -> list[Any]:
    return [value for condition in conditions for _, value in condition]
