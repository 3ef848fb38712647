"""Importing: a stream of documents into a store, in batches, in constant memory.

In: `Found` documents as `docrel.documents` reads them. Out: an `ImportReport`. One bad document never stops the
others; each batch is one transaction, and so is the whole load of an empty database, whose indexes are made last.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal

from docrel.diagnostics import Diagnostic, DocumentError
from docrel.documents import Found
from docrel.sql import SQLITE, ddl
from docrel.store.garbage import garbage_left_alone
from docrel.store.store import Store
from docrel.store.writing import Batch, Counts
from docrel.values import jsontext

BATCH_DOCUMENTS = 500
OnConflict = Literal["refuse", "replace"]
OnRefused = Callable[[Found, tuple[Diagnostic, ...]], None]
Progress = Callable[[int], None]
_SEEN = "CREATE TEMP TABLE IF NOT EXISTS docrel_seen(key PRIMARY KEY) WITHOUT ROWID"


@dataclass(slots=True)
class ImportReport:
    """What an import did; `tables` counts row writes."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    tables: dict[str, Counts] = field(default_factory=dict)

    @property
    def written(self) -> int:
        """Documents that were inserted or updated."""
        return self.inserted + self.updated


class _DryRunEndsError(Exception):
    """Ends the transaction of a dry run; never leaves this module."""


class _Import:
    def __init__(
        self, store: Store, on_conflict: OnConflict, on_refused: OnRefused | None, progress: Progress | None
    ) -> None:
        self.store, self.backend = store, store.backend
        self.on_conflict, self.on_refused, self.progress = on_conflict, on_refused, progress
        self.report = ImportReport()
        self.first_new: list[int] | None = None
        store.written = {table.name: Counts() for table in store.plan.tables}
        self.report.tables = store.written
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
            fresh.rows.given, fresh.rows.clean = found.key, found.clean
            try:
                names.append(self.store.add(found.document, fresh, found.origin))
                good.append(found)
            except DocumentError as e:
                self._refuse(found, e.diagnostics)
        return fresh, good, names

    def _one_by_one(self, good: list[Found]) -> None:
        """Bring in documents of which some are stored already: what is the same is left alone."""
        named = [(found, self._name(found)) for found in good]
        places = self.store.locate_all([name for _, name in named])
        stored = dict(self.store.documents_at(places.values()))
        for found, name in named:
            place = places.get(name)
            if place is not None and self._same(stored.get(place), found.document):
                self.report.unchanged += 1
                self._seen(name)
                continue
            if self.on_conflict == "refuse" and self._came_before(name):
                self._refuse(found, (_repeated(name, found.origin),))
                continue
            self._write(found)
            places.pop(name, None)
            self._seen(name)

    def _write(self, found: Found) -> None:
        try:
            with self.backend.savepoint():
                outcome = self.store.write(found.document, found.key, clean=found.clean, origin=found.origin)
        except DocumentError as e:
            self._refuse(found, e.diagnostics)
            return
        setattr(self.report, outcome.kind, getattr(self.report, outcome.kind) + 1)

    def _name(self, found: Found) -> Any:
        fresh = self.store.start()
        fresh.rows.given, fresh.rows.clean = found.key, found.clean
        return self.store.add(found.document, fresh, found.origin)

    def _same(self, stored: Any, document: Any) -> bool:
        return stored is not None and jsontext.same(stored, document)

    def _seen(self, name: Any) -> None:
        self.backend.execute("INSERT OR IGNORE INTO temp.docrel_seen VALUES (?)", [name])

    def _came_before(self, name: Any) -> bool:
        """Whether this import brought in, or found unchanged, another document of that key."""
        if self.backend.execute("SELECT 1 FROM temp.docrel_seen WHERE key = ?", [name]):
            return True
        place = self.store.locate(name)
        if place is None or self.first_new is None or not isinstance(place.row, int):
            return False
        return place.row >= self.first_new[self.store.layout.tables[place.root].sequence]

    def _unreadable(self, found: Found) -> bool:
        if found.diagnostics:
            self._refuse(found, found.diagnostics)
        return bool(found.diagnostics)

    def _refuse(self, found: Found, diagnostics: tuple[Diagnostic, ...]) -> None:
        self.report.refused += 1
        if self.on_refused is not None:
            self.on_refused(found, diagnostics)


class _NotAllNewError(Exception):
    """Some documents of a batch are stored already; never leaves this module."""


def import_documents(
    store: Store,
    documents: Iterable[Found],
    *,
    dry_run: bool = False,
    on_conflict: OnConflict = "refuse",
    on_refused: OnRefused | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Bring documents into a store; what is there already and the same is left alone.

    With `dry_run` all is done as it would be and then taken back. A second document of the same import with a key
    that came before is refused, or replaces it. `on_refused` hears of every refused document, `progress` of how many
    more were seen.

    Raises:
        StoreError: The database cannot be written; what was committed before stays.
    """
    work = _Import(store, on_conflict, on_refused, progress)
    batches = _batches(documents)
    with garbage_left_alone():
        if dry_run:
            try:
                with store.transaction():
                    for batch in batches:
                        work.batch(batch)
                    raise _DryRunEndsError
            except _DryRunEndsError:
                pass
        elif len(store) == 0:
            with _bulk_load(store):
                for batch in batches:
                    work.batch(batch)
        else:
            for batch in batches:
                with store.transaction():
                    work.batch(batch)
    return work.report


def _batches(documents: Iterable[Found]) -> Iterator[list[Found]]:
    rest = iter(documents)
    while batch := list(islice(rest, BATCH_DOCUMENTS)):
        yield batch


@contextmanager
def _bulk_load(store: Store) -> Iterator[None]:
    """One transaction with a rollback journal, which an empty database hardly needs; indexes at its end."""
    indexes = [s for s in ddl(store.plan, SQLITE) if s.kind == "index"]
    store.backend.journal("DELETE")
    try:
        with store.transaction():
            for index in indexes:
                store.backend.execute(f"DROP INDEX {SQLITE.quote_identifier(index.name)}")
            yield
            for index in indexes:
                store.backend.execute(index.sql)
    finally:
        store.backend.journal("WAL")


def _repeated(name: Any, origin: str) -> Diagnostic:
    return Diagnostic(
        "D321",
        f"this import has another document with the key {name!r} before it, which says something else",
        subject=origin,
        help="import only one of them, or let the last one win with `--on-conflict replace`",
    )
