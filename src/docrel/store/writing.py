"""Writing: rows of documents into a database, only those that differ.

In: documents, within transactions of the caller's. Out: an `Outcome` for each. A document is flattened,
compared with the rows that are stored for it, and the difference is written: deletes, updates, inserts.
Law: minimal writes, `tests/laws`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from operator import itemgetter
from typing import Any, Literal

from docrel.backends import Backend, ForbiddenError
from docrel.diagnostics import Diagnostic, DocumentError, check_choice
from docrel.documents import SetAside, problem_diagnostic, set_aside
from docrel.engine import Flattened, Flattener, FreshRows, flattener_of
from docrel.layout import key_decoder, key_parts, key_values
from docrel.plan import Column, Plan, Table
from docrel.rows import RowComplement, complement
from docrel.sql import NOTE_COLUMNS, NOTE_KEY, is_numbered
from docrel.store.conflicts import Rule, alike_key, guessed_key
from docrel.store.continuation import At, Note, Row
from docrel.store.errors import broken_references, changed, damaged, forbidden, made_of_stored, no_row, not_held
from docrel.store.reading import Place, Reader, etag
from docrel.store.references import SHOWN, References
from docrel.store.row_changes import Changer, RowChanges
from docrel.store.sources import forget_source
from docrel.store.stored_notes import is_stale
from docrel.values import INTEGER_MAX, clean_text, jsontext, utc_now

_Notes = dict[At, Note]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a put did to the document called `key`; `set_aside` has what of it the tables do not show."""

    kind: Literal["inserted", "updated", "unchanged"]
    key: Any
    set_aside: tuple[SetAside, ...] = ()


@dataclass(slots=True)
class Counts:
    """Row writes to one table."""

    inserted: int = 0
    updated: int = 0
    deleted: int = 0


@dataclass(slots=True)
class Batch:
    """Rows of new documents on their way to the database, with the time that they take from the clock."""

    rows: FreshRows
    now: str

    @property
    def places(self) -> list[Place]:
        """Where each document will be."""
        return [Place(document.root, document.row) for document in self.rows.documents]

    @property
    def keys(self) -> list[Any]:
        """The key of each document."""
        return [document.key for document in self.rows.documents]

    def alone(self, number: int) -> Batch:
        """Return the rows of one document, by its number among the documents."""
        return Batch(self.rows.alone(number), self.now)

    def notes(self) -> Iterator[tuple[At, Note]]:
        """Yield each note with the row that it is on."""
        return (
            (at, (*note.dump(), note.rank)) for document in self.rows.documents for at, note in document.notes.items()
        )


class Writer(Reader):
    """The writing side of a store, for callers that have begun a transaction."""

    def __init__(
        self,
        backend: Backend,
        plan: Plan,
        *,
        clock: Callable[[], str] = utc_now,
        checksum: str | None = None,
        migrating: bool = False,
    ) -> None:
        super().__init__(backend, plan, checksum=checksum, migrating=migrating)
        self.clock = clock
        self._changer = Changer(self.layout)
        self._key_decoders = {
            self._number[r.name]: [key_decoder(r.column(name)) for name in plan.key_of(r)] for r in plan.roots
        }
        self.references = References(plan, self.dml, backend)
        self.written = {table.name: Counts() for table in plan.tables}
        self._columns = {table.name: tuple(column.name for column in table.columns) for table in plan.tables}
        self._by_number = is_numbered(plan)

    @cached_property
    def flattener(self) -> Flattener:
        """The flatten side of the plan, made when it is first asked for."""
        return flattener_of(self.plan)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Write within a transaction such that an error undoes what is inside, and counts none of it."""
        before = [(table, replace(counts)) for table, counts in self.written.items()]
        try:
            with self.backend.savepoint():
                yield
        except BaseException:
            self.written.update(before)
            raise

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write several documents, all or none: `with store.transaction(): store.put(a); store.put(b)`.

        Raises:
            DocumentError: D320, in the end a reference leads nowhere; nothing was written.
            StoreError: S440, the database was migrated since it was opened.
        """
        with self.backend.transaction(self._refused):
            self.check_plan()
            yield

    def _refused(self, e: ForbiddenError) -> DocumentError:
        """Say what forbids a transaction as a whole: references are only checked at its end."""
        broken = list(islice(self.references.broken(), SHOWN))
        return broken_references(broken, self.plan, self.backend.name, e)

    def write(
        self,
        document: Any,
        key: str | None = None,
        *,
        if_match: str | None = None,
        on_conflict: Literal["refuse", "replace"] | None = None,
        clean: bool = False,
        origin: str = "",
    ) -> Outcome:
        """Put within a transaction of the caller's; `clean`: the text is known to need no check.

        A key that was inferred, and that the caller does not say, is a guess: a different document is replaced only
        with `if_match` or `on_conflict="replace"`; with "refuse" it never is. For an import `Incoming._conflict`
        decides it; `conflicts` has the words of both.
        """
        if on_conflict is not None:
            check_choice("on_conflict", on_conflict, ("refuse", "replace"))
        batch = self.start()
        name = self.add(document, batch, given=key, clean=clean, origin=origin).key
        place, rows, notes = self._stored(batch, origin)
        if if_match is not None and (place is None or etag(self._rebuilt(place, rows, notes)[0][1]) != if_match):
            raise changed(name, self.plan, self.backend.name)
        is_guess = self.plan.key_inferred and name != key and if_match is None
        if place is not None and (on_conflict == "refuse" or (is_guess and on_conflict is None)):
            rule: Rule = "inferred" if is_guess else "said"
            self._refuse_other(name, self._rebuilt(place, rows, notes)[0][1], document, origin, rule)
        outcome = self._replace(batch, place, rows, notes, name, origin)
        if place is not None and outcome.kind == "updated":
            forget_source(self, batch.places[0] if self._moves(batch, place) else place)
        return self._told(batch, outcome)

    def _told(self, batch: Batch, outcome: Outcome) -> Outcome:
        """Return an outcome with what is set aside of the one document of a batch."""
        return replace(outcome, set_aside=set_aside(self.plan, batch.rows.documents[0]))

    def write_flattened(self, batch: Batch, origin: str = "") -> Outcome:
        """Put the one document of a batch within a transaction of the caller's, in the place of any of its key.

        Its rows get the ids that are free by now, whatever else the batch was flattened with.
        """
        batch = Batch(self._changer.renumbered(batch.rows, self.start().rows.next_ids), batch.now)
        return self._replace(batch, *self._stored(batch, origin), batch.keys[0], origin)

    def alike(self, batch: Batch, place: Place, origin: str) -> Diagnostic | None:
        """Return what forbids that the one document of a batch takes the place of the one at `place`, of its key.

        A column of one root table may hold what another's holds for another value: the text "1" for the number.
        """
        key, new = batch.keys[0], batch.places[0].root
        if new == place.root:
            return None
        with made_of_stored(self.backend.name):
            there, here = ((self.plan.tables[root].name, self._said(root, key)) for root in (place.root, new))
        if jsontext.same(there[1], here[1]):
            return None
        return alike_key(key, there, here, origin or self.backend.name, self.plan)

    def _said(self, root: int, key: Any) -> Any:
        """Return what a document of a root table says as its key, which its columns hold as `key`."""
        said = [decode(part) for decode, part in zip(self._key_decoders[root], key_parts(key), strict=True)]
        return said[0] if len(said) == 1 else said

    def _stored(self, batch: Batch, origin: str) -> tuple[Place | None, list[list[Row]], _Notes]:
        """Return where a document of the key of a batch's only one is stored, with its rows and notes."""
        place = self._only(batch.keys[0])
        if place is None:
            return None, [], {}
        diagnostic = self.alike(batch, place, origin)
        if diagnostic is not None:
            raise DocumentError(diagnostics=[diagnostic])
        return place, *self._rows(place, place.row)

    def _refuse_other(self, name: Any, stored: Any, document: Any, origin: str, rule: Rule) -> None:
        if not self.same(stored, document):
            database = self.backend.name
            told = guessed_key(name, stored, document, origin or database, self.plan, rule, database)
            raise DocumentError(diagnostics=[told])

    def _replace(
        self,
        batch: Batch,
        place: Place | None,
        rows: list[list[Row]],
        notes: _Notes,
        name: Any,
        origin: str,
    ) -> Outcome:
        """Write the one document of a batch in the place of the rows and notes that are stored at `place`."""
        try:
            if place is None:
                self.insert(batch)
                return Outcome("inserted", name)
            if self._moves(batch, place):
                self.remove(place)
                self.insert(batch)
                return Outcome("updated", name)
            with made_of_stored(self.backend.name):
                changes = self._changer.changes(rows, notes, batch.rows, batch.now)
            if not changes:
                return Outcome("unchanged", name)
            self._apply(changes)
        except ForbiddenError as e:
            raise forbidden(name, self.plan, origin or self.backend.name, e) from e
        return Outcome("updated", name)

    def _moves(self, batch: Batch, place: Place) -> bool:
        """Say whether the document gets another root row, by which all its rows and notes are found."""
        new = batch.places[0]
        return new.root != place.root or (self.plan.tables[new.root].surrogate is None and new.row != place.row)

    def start(self) -> Batch:
        """Return an empty batch whose ids are free in the database; within a transaction only."""
        highest = highest_ids(self.backend, [table.name for table in self.layout.tables])
        ids = [1] * len(self.plan.tables)
        for table in self.layout.tables:
            ids[table.sequence] = max(ids[table.sequence], highest.get(table.name, 0) + 1)
        return Batch(self.flattener.start(ids), self.clock())

    def add(
        self, document: Any, batch: Batch, *, given: str | None = None, clean: bool = False, origin: str = ""
    ) -> Flattened:
        """Add a document's rows to a batch; raises DocumentError where a constraint forbids it.

        `given` and `clean` are those of `Flattener.add`.
        """
        found = self.flattener.add(document, batch.rows, given=given, clean=clean, now=batch.now)
        if found.problems:
            raise DocumentError(diagnostics=[problem_diagnostic(p, self.plan, origin) for p in found.problems])
        return found

    def key_of(self, document: Any, given: str | None, *, clean: bool = False, origin: str = "") -> Any:
        """Return the key that a document has; raises as `add`."""
        return self.add(document, self.start(), given=given, clean=clean, origin=origin).key

    def names_itself(self, document: Any) -> bool:
        """Say whether a document that is stored has a key without being given one."""
        try:
            self.key_of(document, None)
        except DocumentError:
            return False
        return True

    def rebuilt(self, batch: Batch) -> Any:
        """Return the first document of a batch as its rows have it; nothing needs to be stored."""
        return self._rebuilder.documents(batch.rows.rows, batch.rows.notes)[0][2]

    def insert(self, batch: Batch) -> None:
        """Write the rows and complements of a batch, none of whose documents are stored."""
        for table, rows in zip(self.plan.tables, batch.rows.rows, strict=True):
            self._insert(table, rows)
        self._insert_notes(batch.notes())

    def insert_some(self, batch: Batch, tables: Sequence[int]) -> None:
        """Write the rows and notes of some tables only, as part of a document that is stored."""
        for number in tables:
            self._insert(self.plan.tables[number], batch.rows.rows[number])
        self._insert_notes((at, note) for at, note in batch.notes() if at[0] in tables)

    def remove(self, place: Place) -> None:
        """Delete the document at `place` within a transaction of the caller's; its rows and notes go with it."""
        self.backend.execute(self.dml.delete(self.plan.tables[place.root]), place.row)

    def _insert(self, table: Table, rows: Sequence[Row]) -> None:
        self.backend.load(table.name, self._columns[table.name], rows)
        self.written[table.name].inserted += len(rows)

    def _insert_notes(self, notes: Iterable[tuple[At, Note]]) -> None:
        """Write notes, each with the row that it is on, in the place of any that is there."""
        shapes: dict[bytes, str] = {}
        numbered: list[tuple[str, int | str, float | None, bytes | None, str | None]] = []
        named: dict[int, list[tuple[Any, ...]]] = {}
        for (number, key), (shape, body, rank) in notes:
            identity = None
            if shape is not None:
                identity = complement.shape_id(shape)
                shapes[identity] = shape  # also one seen before: another program may have collected it
            if shape is None and body is None and rank is None:
                continue
            table = self.plan.tables[number]
            if table.surrogate is None:
                named.setdefault(number, []).append((*key_values(table, key), rank, identity, body))
            else:
                numbered.append((table.name, key if self._by_number else str(key), rank, identity, body))
        self.backend.execute_many(self.dml.insert_shape, list(shapes.items()))
        numbered.sort(key=itemgetter(0, 1))  # next to each other, pages are fuller
        self.backend.load(self.plan.notes, NOTE_COLUMNS, numbered, NOTE_KEY)
        for number, rows in named.items():
            self.backend.execute_many(self.dml.insert_note(self.plan.tables[number]), rows)

    def _apply(self, changes: RowChanges) -> None:
        """Delete, update, insert: in that order, so that unique values never collide."""
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
            table = self.plan.tables[number]
            self.backend.execute(self.dml.delete_note(table), key_values(table, row))
        self._insert_notes(changes.notes_new.items())

    def set_columns(self, table: Table, key: Any, values: Mapping[str, Any]) -> None:
        """Update one row within a transaction of the caller's."""
        if not isinstance(values, Mapping):
            raise TypeError(f"values go by the names of columns, in a dict: {type(values).__name__}")
        known = {column.name for column in table.columns}
        odd = [name for name in values if name not in known]
        row = key if isinstance(key, tuple) else (key,)
        if odd or len(table.primary_key) != len(row):
            raise no_row(table.name, odd[0] if odd else key, self.backend.name)
        before = self.backend.execute(self.dml.select_row(table), row)
        if not before:
            raise no_row(table.name, key, self.backend.name)
        for value in values.values():
            jsontext.check_value(value)
        if not values:
            return
        stored = self._record_type(table).stored(values)
        for name, value in values.items():
            if not _is_held(stored[name], value, table.column(name)):
                raise not_held(table.column(name), table.name, value, self.backend.name)
        try:
            self.backend.execute(self.dml.update(table, list(stored)), (*stored.values(), *row))
        except ForbiddenError as e:
            raise forbidden(key, self.plan, self.backend.name, e) from e
        now = tuple(stored.get(name, value) for name, value in zip(table.primary_key, row, strict=True))
        notes = self.notes_on(table, now)
        if notes:
            self.drop_stale(notes, *before, *self.backend.execute(self.dml.select_row(table), now))

    def drop_stale(self, notes: _Notes, *rows: Row) -> None:
        """Drop what stored notes on one row say of other values than it has; `rows` are the row at several times.

        So an edit that is undone after a write is an edit.
        """
        for at, found in self.notes.load(notes).items():
            table = self.plan.tables[at[0]]
            kept = [note for note in found if not any(is_stale(note, table, row) for row in rows)]
            if len(kept) < len(found):
                self.backend.execute(self.dml.delete_note(table), key_values(table, at[1]))
                self._insert_notes([(at, (*RowComplement(kept).dump(), found.rank))])


def highest_ids(backend: Backend, tables: Iterable[str]) -> dict[str, int]:
    """Return the highest id ever given in each of some tables, but those where none was.

    Raises:
        StoreError: S405, the database says something else.
    """
    highest = backend.highest_ids()
    last_ids = {table: highest[table] for table in tables if highest.get(table) is not None}
    for table, last in last_ids.items():
        if type(last) is not int or not 0 <= last < INTEGER_MAX:
            raise damaged(backend.name, f"the last number given in {table} is {ascii(last)[:80]}")
    return last_ids


def _is_held(stored: Any, value: Any, column: Column) -> bool:
    """Say whether a column that holds `stored` holds all of a value."""
    if isinstance(value, str) and not clean_text(value):
        return False
    if isinstance(value, bool) and column.type == "scalar":
        return False  # it would be a text
    is_rounded = isinstance(stored, float) and isinstance(value, int) and stored != value
    return not is_rounded and (value is None or stored is not None)
