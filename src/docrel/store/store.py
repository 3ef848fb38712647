"""The store: documents in a database, by key.

In: documents, keys and SQL conditions. Out: documents exactly as they were put, with what was changed by
SQL since. Every write is one transaction; a write touches only the rows that differ. Laws: PutGet and
minimal writes, `tests/laws`. Generic: nothing here knows a particular mapping.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from docrel.backends import Backend
from docrel.plan import Plan
from docrel.store import appending
from docrel.store.errors import changed, no_object, other_identity
from docrel.store.garbage import garbage_left_alone
from docrel.store.queries import Parameters, query
from docrel.store.reading import DocumentKey, etag
from docrel.store.selection import Selection
from docrel.store.writing import Batch, Outcome, Writer
from docrel.values import jsontext, utc_now

if TYPE_CHECKING:
    from typing import Unpack

    from docrel.store.importing import FileOptions, ImportOptions
    from docrel.store.incoming import ImportReport


class Store(Writer):
    """Documents of one mapping in one database. Use it as a context manager, or `close` it.

    Threads may share a store; processes each open their own. Made by `docrel.store.open_store`. A store keeps to
    the plan that it was opened by: once the database is migrated, every use of it is refused with S440, and it is to
    be opened again.
    """

    def __init__(
        self,
        backend: Backend,
        plan: Plan,
        *,
        clock: Callable[[], str] = utc_now,
        checksum: str | None = None,
        migrating: bool = False,
    ) -> None:
        super().__init__(backend, plan, clock=clock, checksum=checksum, migrating=migrating)
        self._imports: set[int] = set()
        self.routes: dict[tuple[str, tuple[str, ...]], appending.Route | None] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self.backend.close()

    def import_(self, documents: Iterable[Any], **options: Unpack[ImportOptions]) -> ImportReport:
        """Bring many documents in: JSON texts as bytes, values, or what `docrel.documents` reads from files.

        Batches are transactions, an empty database is loaded in one; what is there and the same is left alone, a
        document that is refused does not stop the others: `refusals` of the report has where it is and why. Options:
        those of `docrel.store.import_documents`.

        Raises:
            ArgumentError: S490, these are no documents but one, or a text; an option is none of its choices.
            StoreError: The database cannot be written, or S440, it was migrated meanwhile; what was committed
                before stays.
        """
        from docrel.documents import as_input_document, several
        from docrel.store.importing import import_documents

        given = enumerate(several(documents))
        return import_documents(self, (as_input_document(n, one) for n, one in given), **options)

    def import_files(self, paths: str | Path | Iterable[str | Path], **options: Unpack[FileOptions]) -> ImportReport:
        """Bring in what files and folders hold, as `docrel import` does, also with `records="$.data[*]"`.

        Options: those of `docrel.store.import_files`.

        Raises:
            ArgumentError: S490, `records` is no path of the elements of an array; `part` is no part of the plan's
                documents; an option is none of its choices.
            StoreError: As `import_`.
        """
        from docrel.store.importing import import_files

        return import_files(self, paths, **options)

    @contextmanager
    def importing(self) -> Iterator[int]:
        """Import within; gives the number of the import, which is no other's that is under way in this store.

        An import that brings in what another one is about to read leaves that one its counts.
        """
        number, written = next(n for n in count() if n not in self._imports), self.written
        self._imports.add(number)
        try:
            yield number
        finally:
            self._imports.remove(number)
            if self._imports:
                self.written = written

    def export(self) -> Iterator[bytes]:
        """Yield every document as compact JSON text, in the order in which they were stored; memory stays constant."""
        with garbage_left_alone():
            for _, document in self.scan():
                yield jsontext.dumps_bytes(document)

    def query(self, sql: str, parameters: Parameters = ()) -> Selection:
        """Return the rows that SQL of yours selects: `query("SELECT * FROM lines WHERE qty > :n", {"n": 2})`.

        It can only read. Within `transaction` it sees what was written there, else the state of when it began, whatever
        is written while its rows are read. Text that is no UTF-8 comes as bytes.

        Raises:
            StoreError: S440, the database was migrated since it was opened; S481, the database does not understand
                the query, or a parameter has no value; S482, it would not only read.
        """
        return self._current(query(self.backend, sql, parameters))

    def table(self, name: str) -> Selection:
        """Return all rows of a table, with what their columns mean, in the order in which the database has them.

        Raises:
            StoreError: S431, there is no such table; S440, the database was migrated since it was opened.
        """
        wanted = self.table_named(name)
        sql = self.dml.select_rows(wanted, "TRUE")
        return self._current(query(self.backend, sql, table=wanted))

    def _current(self, selection: Selection) -> Selection:
        """Return rows that are being read, which are of the plan of this store if it still is the database's."""
        try:
            self.check_plan()
        except BaseException:
            selection.close()
            raise
        return selection

    def backup(self, path: str | Path) -> None:
        """Copy the database to `path` while others go on; the copy is there whole or not at all."""
        self.backend.backup(path)

    def put(
        self,
        document: Any,
        key: str | None = None,
        *,
        if_match: str | None = None,
        on_conflict: Literal["refuse", "replace"] | None = None,
    ) -> Outcome:
        """Store `document`, in the place of the one that has its key.

        `key` names a document that does not name itself. With `if_match` the write happens only while the
        stored document still has that ETag. Where the mapping's key is only inferred, a different document is
        replaced only if the caller says so: by `key`, `if_match` or `on_conflict="replace"`; with
        `on_conflict="refuse"` it never is, whoever said the key. The outcome's `set_aside`
        has what of the document is in no column and no row, counted by table and column.

        Raises:
            DocumentError: A constraint forbids it, or it is not JSON; D325, a different document has the inferred
                key; D326, its key would be held as that of another root table's document; nothing was written.
            StoreError: S421, the stored document has changed since its ETag was taken.

        Law: 3, minimal writes, `tests/laws/test_minimal_writes.py`.
        """
        clean = jsontext.check_value(document)
        with self.transaction():
            return self.write(document, key, if_match=if_match, on_conflict=on_conflict, clean=clean)

    def edit(self, key: DocumentKey, change: Callable[[Any], Any], *, if_match: str | None = None) -> Outcome:
        """Read, change and write a document in one transaction; `change` gets it and returns it as it is to be.

        Raises:
            DocumentError: A constraint forbids what `change` returned; nothing was written.
            TypeError: It returned nothing.
            StoreError: S420, there is no such document; S421, as for `put`; S430, it would get another key.
        """
        return self._told(*self.edited(key, change, if_match=if_match))

    def edited(
        self, key: DocumentKey, change: Callable[[Any], Any], *, if_match: str | None = None
    ) -> tuple[Batch, Outcome]:
        """Edit, and return the batch of the new document as well."""
        with self.transaction():
            place = self._place(key)
            rows, notes = self._rows(place, place.row)
            document = self._rebuilt(place, rows, notes)[0][1]
            if if_match is not None and etag(document) != if_match:
                raise changed(key, self.plan, self.backend.name)
            document = change(document)
            if document is None:
                raise TypeError("`change` returned None: it has to return the document as it is to be")
            clean = jsontext.check_value(document)
            batch = self.start()
            name = self.add(document, batch, given=str(key), clean=clean).key
            if name != key:
                raise other_identity(key, name, self.plan, self.backend.name)
            return batch, self._replace(batch, place, rows, notes, name, "")

    def put_part(self, key: DocumentKey, member: str, value: Any, *, if_match: str | None = None) -> Outcome:
        """Replace one member of a document, and leave the rows of the others alone; made if there is none.

        Raises:
            DocumentError, StoreError: As for `edit`; S468, the document is no object.
        """
        with self.transaction():
            if if_match is None and key not in self:
                outcome = self.put({member: value}, str(key))
                if outcome.key != key:
                    raise other_identity(key, outcome.key, self.plan, self.backend.name)
                return outcome

            def with_member(document: Any) -> Any:
                if not isinstance(document, dict):
                    raise no_object(key, member, self.plan, self.backend.name)
                return {**document, member: value}

            return self.edit(key, with_member, if_match=if_match)

    def delete(self, key: DocumentKey, *, if_match: str | None = None) -> None:
        """Delete the document called `key` and all its rows.

        Raises:
            StoreError: S420, there is none; S421, it has changed since its ETag was taken.
        """
        with self.transaction():
            place = self._place(key)
            if if_match is not None and etag(self.document_at(place)) != if_match:
                raise changed(key, self.plan, self.backend.name)
            self.remove(place)

    def append(self, key: DocumentKey, path: str, item: Any) -> appending.Appended:
        """Add an element to the array at `path` of a document, `$.records.tool_calls`; made where there is none.

        Leaves what a put of the longer document would leave. Where the array's elements are rows, the time
        does not grow with the document. Returns the new row's key, None where the element became no row, and what of
        the element is in no column and no row.

        Raises:
            DocumentError: A constraint forbids it; nothing was written.
            StoreError: S420, there is no such document; S430; S436, what is at the path is no array.
        """
        jsontext.check_value(item)
        with self.transaction():
            return appending.append(self, key, path, item)

    def update_row(self, table: str, key: Any, values: Mapping[str, Any]) -> None:
        """Set columns of one row, by its primary key, a tuple where that is several columns; the document changes too.

        Values are what `rows` gives. Nothing is set aside: what a column cannot hold exactly is refused.

        Raises:
            StoreError: S431, there is no such table; S437, no such row or column; S470, its column cannot hold a value,
                or not exactly.
            DocumentError: D306, a value is no JSON; D320, a constraint forbids it.
        """
        with self.transaction():
            self.set_columns(self.table_named(table), key, values)
