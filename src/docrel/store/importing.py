"""Importing: a stream of documents into a store, in batches, in constant memory.

In: `Found` documents as `docrel.documents` reads them. Out: an `ImportReport`. One bad document never stops the
others; each batch is one transaction, and so is the whole load of an empty database, whose indexes are made last, and
the whole import where the mapping has references: what a document refers to may come after it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from docrel.diagnostics import Diagnostic, DocumentError
from docrel.documents import Found
from docrel.sql import SQLITE, ddl
from docrel.store.conflicts import OnConflict, guessed_key, repeated_key
from docrel.store.errors import MigratedError, cut_short
from docrel.store.garbage import garbage_left_alone
from docrel.store.reading import Place
from docrel.store.settling import Settling
from docrel.store.store import Store
from docrel.store.writing import Batch, Counts, Outcome
from docrel.values import jsontext

BATCH_DOCUMENTS = 500
OnRefused = Callable[[Found, tuple[Diagnostic, ...]], None]
Progress = Callable[[int], None]
_SEEN = "CREATE TEMP TABLE IF NOT EXISTS docrel_seen(key PRIMARY KEY) WITHOUT ROWID"


@dataclass(slots=True)
class ImportReport:
    """What an import did; `skipped` gave way to a stored document, `tables` counts row writes."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    skipped: int = 0
    tables: dict[str, Counts] = field(default_factory=dict)

    @property
    def written(self) -> int:
        """Documents that were inserted or updated."""
        return self.inserted + self.updated


class _DryRunEndsError(Exception):
    """Ends the transaction of a dry run; never leaves this module."""


class _Import:
    def __init__(
        self,
        store: Store,
        on_conflict: OnConflict,
        on_refused: OnRefused | None,
        on_skipped: OnRefused | None,
        progress: Progress | None,
    ) -> None:
        self.store, self.backend = store, store.backend
        self.on_conflict, self.progress = on_conflict, progress
        self.on_refused, self.on_skipped = on_refused, on_skipped
        self.report = ImportReport()
        self.first_new: list[int] | None = None
        store.written = {table.name: Counts() for table in store.plan.tables}
        self.report.tables = store.written
        self.settling = Settling(store, self._refuse) if store.references else None
        self.backend.execute(_SEEN)
        self.backend.execute("DELETE FROM temp.docrel_seen")

    def batch(self, batch: list[Found]) -> None:
        """Bring one batch in, within a transaction of the caller's."""
        counts = deepcopy(self.store.written)
        try:
            with self.backend.savepoint():
                fresh, good, names = self._flatten([found for found in batch if not self._unreadable(found)])
                if len(set(names)) < len(names) or self.store.locate_all(names):
                    raise _NotAllNewError
                self.store.insert(fresh)
                self._note(fresh, good, names)
            self.report.inserted += len(names)
        except (_NotAllNewError, sqlite3.IntegrityError):
            self.store.written.update(counts)
            self._one_by_one(good)
        if self.progress is not None:
            self.progress(len(batch))

    def _flatten(self, readable: list[Found]) -> tuple[Batch, list[Found], list[Any]]:
        """Flatten the batch as new documents, and return it with those that were not refused and their keys."""
        fresh = self.store.start()
        if self.first_new is None:
            self.first_new = list(fresh.rows.next_ids)
        good, names = [], []
        for found in readable:
            try:
                new = self.store.add(found.document, fresh, given=found.key, clean=found.clean, origin=found.origin)
            except DocumentError as e:
                self._refuse(found, e.diagnostics)
                continue
            names.append(new.key)
            good.append(found)
        return fresh, good, names

    def _one_by_one(self, good: list[Found]) -> None:
        """Bring in documents of which some are stored already: what is the same is left alone."""
        named = [(f, self.store.key_of(f.document, f.key, clean=f.clean, origin=f.origin)) for f in good]
        places = self.store.locate_all([name for _, name in named])
        documents = dict(self.store.documents_at(places.values()))
        stored = {name: documents[place] for name, place in places.items() if place in documents}
        for found, name in named:
            if name in stored:
                if jsontext.same(stored[name], found.document):
                    self.report.unchanged += 1
                    self._seen(name)
                    continue
                if not self._may_replace(found, name, stored[name]):
                    continue
            if self._write(found, name):
                stored[name] = found.document
                self._seen(name)

    def _may_replace(self, found: Found, name: Any, stored: Any) -> bool:
        """Whether a document takes the place of a different one that is stored; if not, it is dealt with."""
        if self.on_conflict == "replace":
            return True
        repeated, made = self._came_before(name), self._made(found, name)
        said = not self.store.plan.key_inferred or (name == found.key and not found.key_from_name)
        if said and not made and not repeated and self.on_conflict != "skip":
            return True
        if repeated:
            conflict = repeated_key(name, stored, found.document, found.origin)
        else:
            conflict = guessed_key(name, stored, found.document, found.origin, self.store.plan, made=made)
        if self.on_conflict == "skip":
            self._skip(found, conflict)
        else:
            self._refuse(found, (conflict,))
        return False

    def _made(self, found: Found, name: Any) -> bool:
        """Whether the key was made from where the document was found, which does not name itself."""
        if not found.key_from_name or name != found.key:
            return False
        try:
            return bool(self.store.key_of(found.document, None, clean=found.clean, origin=found.origin) != name)
        except DocumentError:
            return True

    def _write(self, found: Found, name: Any) -> bool:
        try:
            if self.settling is not None:
                self._count(self.settling.write(found, name))
                return True
            with self.backend.savepoint():
                outcome = self.store.write(
                    found.document, found.key, on_conflict="replace", clean=found.clean, origin=found.origin
                )
        except DocumentError as e:
            self._refuse(found, e.diagnostics)
            return False
        self._count(outcome)
        return True

    def _count(self, outcome: Outcome | None) -> None:
        if outcome is not None:
            setattr(self.report, outcome.kind, getattr(self.report, outcome.kind) + 1)

    def settle(self) -> None:
        """Bring all references in order, in the end of a transaction that holds the whole import."""
        if self.settling is not None:
            for outcome in self.settling.finish():
                self._count(outcome)
            self.report.inserted -= self.settling.taken_out

    def _seen(self, *names: Any) -> None:
        self.backend.execute_many("INSERT OR IGNORE INTO temp.docrel_seen VALUES (?)", [(name,) for name in names])

    def _numbered(self, place: Place) -> bool:
        """Whether documents there have numbers of the engine's, which tell new ones from old ones."""
        return self.store.plan.tables[place.root].surrogate is not None

    def _note(self, fresh: Batch, good: list[Found], names: list[Any]) -> None:
        """Remember new documents whose root rows have no numbers that tell, and those with references."""
        self._seen(*(name for name, place in zip(names, fresh.places, strict=True) if not self._numbered(place)))
        if self.settling is not None:
            for place, found in zip(fresh.places, good, strict=True):
                self.settling.added(place, found)

    def _came_before(self, name: Any) -> bool:
        """Whether this import brought in, or found unchanged, another document of that key."""
        if self.backend.execute("SELECT 1 FROM temp.docrel_seen WHERE key = ?", [name]):
            return True
        place = self.store.locate(name)
        if place is None or self.first_new is None or not self._numbered(place):
            return False
        return bool(place.row[0] >= self.first_new[self.store.layout.tables[place.root].sequence])

    def _unreadable(self, found: Found) -> bool:
        if found.diagnostics:
            self._refuse(found, found.diagnostics)
        return bool(found.diagnostics)

    def _refuse(self, found: Found, diagnostics: tuple[Diagnostic, ...]) -> None:
        self.report.refused += 1
        if self.on_refused is not None:
            self.on_refused(found, diagnostics)

    def _skip(self, found: Found, conflict: Diagnostic) -> None:
        self.report.skipped += 1
        if self.on_skipped is not None:
            self.on_skipped(found, (replace(conflict, severity="note", help="the stored one stays as it is"),))


class _NotAllNewError(Exception):
    """Some documents of a batch are stored already; never leaves this module."""


def import_documents(
    store: Store,
    documents: Iterable[Found],
    *,
    dry_run: bool = False,
    on_conflict: OnConflict = "refuse",
    on_refused: OnRefused | None = None,
    on_skipped: OnRefused | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Bring documents into a store; what is there already and the same is left alone.

    With `dry_run` all is done as it would be and then taken back. A document replaces a different one of its key if
    the mapping's author or the caller said what the key is. Where the key was inferred, or made from the name of a
    file, or came before in the same import, it is a conflict: the document is refused, or skipped, or replaces the
    stored one; with "skip" what is stored always stays. `on_refused` hears of every refused document, `on_skipped` of
    every skipped one, `progress` of how many more were seen.

    Law: 8, identity is never guessed silently (tests/unit/test_identity.py).

    Raises:
        StoreError: The database cannot be written, or S440, it was migrated meanwhile; what was committed before
            stays.
    """
    work = _Import(store, on_conflict, on_refused, on_skipped, progress)
    try:
        with garbage_left_alone():
            _run(work, _batches(documents), dry_run=dry_run)
    except MigratedError as e:
        report = work.report
        raise cut_short(e, report.inserted, report.updated, report.unchanged) from e
    return work.report


def _run(work: _Import, batches: Iterator[list[Found]], *, dry_run: bool) -> None:
    """Bring all batches in, each in the transaction that suits; a migration is refused at the beginning of one."""
    store = work.store
    if dry_run:
        try:
            with store.transaction():
                for batch in batches:
                    work.batch(batch)
                work.settle()
                raise _DryRunEndsError
        except _DryRunEndsError:
            pass
    elif len(store) == 0:
        with _bulk_load(store, work.settle):
            for batch in batches:
                work.batch(batch)
    elif work.settling is not None:
        with store.transaction():
            for batch in batches:
                work.batch(batch)
            work.settle()
    else:
        for batch in batches:
            with store.transaction():
                work.batch(batch)


def _batches(documents: Iterable[Found]) -> Iterator[list[Found]]:
    rest = iter(documents)
    while batch := list(islice(rest, BATCH_DOCUMENTS)):
        yield batch


@contextmanager
def _bulk_load(store: Store, settle: Callable[[], None]) -> Iterator[None]:
    """One transaction with a rollback journal, which an empty database hardly needs; indexes at its end."""
    unique = {index.name for table in store.plan.tables for index in table.indexes if index.unique}
    indexes = [s for s in ddl(store.plan, SQLITE) if s.kind == "index" and s.name not in unique]
    store.backend.journal("DELETE")
    try:
        with store.transaction():
            for index in indexes:
                store.backend.execute(f"DROP INDEX {SQLITE.quote_identifier(index.name)}")
            yield
            for index in indexes:
                store.backend.execute(index.sql)
            settle()
    finally:
        store.backend.journal("WAL")
