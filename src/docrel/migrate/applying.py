"""Applying: carries the steps of a migration out on a database, all or nothing, and keeps its history.

In: a database file, the plan to go to. Out: a `MigrationReport`. A backup first; then one transaction: steps,
integrity, foreign keys, the schema held against the new plan, every rewritten document read back and compared, the
version, the plan, the history. Killed at any moment, the database is as it was, or as it should be; the plan
that it carries says which.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from docrel import plan as plans
from docrel.backends import Backend, ForbiddenError
from docrel.diagnostics import StoreError, command
from docrel.documents import SetAside
from docrel.layout import layout_of
from docrel.migrate.confirming import confirmed
from docrel.migrate.extras import extras_of
from docrel.migrate.planning import migrate
from docrel.migrate.preparing import check_way, drift_of, lost_error, prepare
from docrel.migrate.rewriting import RefusedError, Rewriting, check_documents, digester
from docrel.migrate.samples import Sample, same_sample, sample
from docrel.migrate.sources_along import SourcesAlong
from docrel.migrate.steps import Migration
from docrel.plan import Plan
from docrel.store import (
    SHOWN,
    Book,
    Direction,
    Entry,
    HeldBackup,
    Progress,
    Store,
    broken_references,
    carried_plan,
    garbage_left_alone,
    migrated,
    open_expected,
    rows_of_no_document,
    share_ids,
)
from docrel.store import backup_files as backups
from docrel.values import utc_now

QUICK_SHARE = 20
"""With `quick` one page of documents in so many is read back."""


@dataclass(frozen=True, slots=True)
class MigrationReport:
    """What a migration did.

    Attributes:
        entry: What the database's history says of it.
        rewritten: Every document was rebuilt and flattened anew.
        documents: How many there are.
        backup: The database as it was before.
        seconds: Times by what they went into.
        set_aside: What of the documents is in no column and no row now, and was in one before.
    """

    entry: Entry
    rewritten: bool
    documents: int
    backup: Path | None
    seconds: dict[str, float]
    set_aside: tuple[SetAside, ...] = ()


def apply(
    path: str | Path | Backend,
    new: Plan,
    *,
    back: bool = False,
    rewrite: bool = False,
    backup: bool = True,
    drop_extra: bool = False,
    quick: bool = False,
    clock: Callable[[], str] = utc_now,
    progress: Progress | None = None,
) -> MigrationReport | None:
    """Bring a database to the plan `new`, all or nothing; None where it is there already.

    A key that somebody has confirmed stays so, also where `new` calls it inferred.
    `drop_extra` gives up objects of the user's own that do not work with the new tables. In the end every
    rewritten document is read back and compared; with `quick` only some are.

    Raises:
        MappingError: X501, a `renamed_from` matches nothing.
        StoreError: As `prepare`; S440, another program has migrated it elsewhere meanwhile; X506, objects of the
            user's own would be lost; X507, a check failed.
        RefusedError: The new mapping forbids documents of the database.

    Law: 4, `tests/laws/test_migration_square.py`.
    """
    backend = open_expected(path)[0] if isinstance(path, str | Path) else path
    try:
        wanted = _Wanted(new, back=back, rewrite=rewrite, backup=backup, drop_extra=drop_extra, quick=quick)
        return _Apply(backend, wanted, clock, progress).run()
    finally:
        if backend is not path:
            backend.close()


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the caller of `apply` asked for."""

    plan: Plan
    back: bool
    rewrite: bool
    backup: bool
    drop_extra: bool
    quick: bool


class _SqlRefusedError(RefusedError):
    """The new rules forbid rows as plain SQL leaves them."""


class _Apply:
    def __init__(self, backend: Backend, wanted: _Wanted, clock: Callable[[], str], progress: Progress | None) -> None:
        self.backend, self.wanted, self.clock, self.progress = backend, wanted, clock, progress
        self.seconds: dict[str, float] = {}
        self.documents = 0
        self._rewriting: Rewriting | None = None
        self._sample: Sample = {}

    def run(self) -> MigrationReport | None:
        with self.backend.snapshot():
            old = carried_plan(self.backend)
            self.wanted = replace(self.wanted, plan=confirmed(old, self.wanted.plan, back=self.wanted.back))
            if plans.checksum(old) == plans.checksum(self.wanted.plan):
                return None
            check_way(self.backend, old, self.wanted.plan, back=self.wanted.back)
        with self._saved() as held:
            saved, booked = None if held is None else held.path, None
            try:
                booked = self._attempts(old, saved)
            finally:
                if held is not None and booked is None:  # nothing has changed
                    held.discard()
        if booked is None:
            return None
        migration, entry = booked
        asides = () if self._rewriting is None else tuple(self._rewriting.asides)
        return MigrationReport(entry, migration.rewrites, entry.documents, saved, self.seconds, asides)

    def _attempts(self, old: Plan, saved: Path | None) -> tuple[Migration, Entry] | None:
        try:
            return self._transaction(old, saved)
        except _SqlRefusedError:
            # plain SQL cannot set a value aside, as flattening may: go through the documents
            self.wanted = replace(self.wanted, rewrite=True)
            return self._transaction(old, saved)

    def _transaction(self, old: Plan, saved: Path | None) -> tuple[Migration, Entry] | None:
        """Migrate; None where another program was there first.

        Raises:
            MigratedError: S440, another program has brought the database elsewhere since it was looked at.
        """
        with garbage_left_alone(), self.backend.migration():
            now = carried_plan(self.backend)
            if plans.checksum(now) == plans.checksum(self.wanted.plan):
                return None
            if plans.checksum(now) != plans.checksum(old):
                raise migrated(self.backend.name, old, now.version)
            migration, direction = self._prepared()
            if migration.rewrites:
                self._see_no_row_lost(old)
            self._steps(migration)
            self._checks(migration)
            return migration, self._booked(migration, direction, saved)

    def _see_no_row_lost(self, old: Plan) -> None:
        """Refuse to leave rows behind that lie below no document, and so are no document's to bring along."""
        lost = Store(self.backend, old, migrating=True).lost_rows(SHOWN)
        if lost:
            raise rows_of_no_document(self.backend.name, lost)

    @contextmanager
    def _saved(self) -> Iterator[HeldBackup | None]:
        """Hold a backup of the database as it is, where one is wanted."""
        if not self.wanted.backup or self.backend.path is None:
            yield None
            return
        with ExitStack() as stack:
            with self._timed("backup"):
                held = stack.enter_context(backups.saved(self.backend, "migrate", clock=self.clock))
            yield held

    def _prepared(self) -> tuple[Migration, Direction]:
        """Return the steps, without objects of the user's that are given up."""
        wanted = self.wanted
        with self._timed("look at the data"):
            prepared = prepare(self.backend, wanted.plan, back=wanted.back, rewrite=wanted.rewrite)
        if not prepared.lost:
            return prepared.migration, prepared.direction
        if not wanted.drop_extra:
            raise lost_error(self.backend.name, prepared.lost)
        diff = prepared.migration.diff
        gone = {lost.extra.name for lost in prepared.lost}
        for extra in (lost.extra for lost in prepared.lost):
            name = self.backend.dialect.quote_identifier(extra.name)
            self.backend.execute(f"DROP {extra.kind.upper()} IF EXISTS {name}")
        kept = [e for e in extras_of(self.backend, diff.old) if e.name not in gone]
        return migrate(diff, self.backend.dialect, kept, why=prepared.migration.why), prepared.direction

    def _booked(self, migration: Migration, direction: Direction, saved: Path | None) -> Entry:
        """Let the database carry the new plan, and its history say how it came to it."""
        new, book = self.wanted.plan, Book(self.backend)
        with self._timed("bookkeeping"):
            book.carry(new)
            count = self.documents if migration.rewrites else len(Store(self.backend, new, migrating=True))
            return book.record(self.clock(), direction, migration.diff.old, new, documents=count, backup=saved)

    def _steps(self, migration: Migration) -> None:
        if not migration.rewrites:
            diff = migration.diff
            with self._timed("look at the data"):
                store = Store(self.backend, diff.old, migrating=True)
                self._sample = sample(store, digester(diff.new), diff.renames.table)
        sources = SourcesAlong(self.backend, migration.diff, rewrites=migration.rewrites)
        sources.step_aside()
        for step in migration.steps:
            with self._timed("rewrite" if step.rewrite else "SQL"):
                if step.rewrite:
                    self._rewriting = Rewriting(self.backend, migration.diff, self.clock, sources, self.progress)
                    self.documents = self._rewriting.run()
                for sql in step.sql:
                    self._execute(sql, RefusedError if migration.rewrites else _SqlRefusedError)
        sources.come_back()
        share_ids(self.backend, layout_of(migration.diff.new))

    def _execute(self, sql: str, refused: type[RefusedError]) -> None:
        try:
            self.backend.execute(sql)
        except ForbiddenError as e:
            message = f"stored data breaks a rule of the new mapping: {e}"
            advice = f"{command('diff --check OLD NEW', self.backend.name)} names the documents"
            raise refused.one("X510", message, subject=self.backend.name, help=advice) from e

    def _checks(self, migration: Migration) -> None:
        new = migration.diff.new
        with self._timed("check integrity"):
            self._check_integrity(migration)
        with self._timed("check schema"):
            drifted = drift_of(self.backend, new)
            if drifted:
                raise self._failed("the schema is not what the new plan asks for: " + "; ".join(map(str, drifted)))
        with self._timed("check documents"):
            store = Store(self.backend, new, clock=self.clock, migrating=True)
            if self._rewriting is not None:
                share = QUICK_SHARE if self.wanted.quick else 1
                wrong = check_documents(store, self._rewriting, one_in=share)
            else:
                wrong = same_sample(self._sample, sample(store, digester(new), str))
            if wrong:
                raise self._failed("documents would change: " + ", ".join(wrong))

    def _check_integrity(self, migration: Migration) -> None:
        """Check the whole database after a rewriting, else the tables that SQL has written."""
        written = dict.fromkeys(name for step in migration.steps for name in (*step.touches, *step.makes))
        faults = self.backend.check(None if migration.rewrites else written)
        if faults:
            raise self._failed("the database finds fault: " + "; ".join(fault.text for fault in faults[:5]))
        if migration.rewrites or any(step.makes for step in migration.steps):
            self._check_references(migration.diff.new)
            broken = self.backend.broken_links()
            if broken:
                listed = ", ".join(f"{table} row {row} to {parent}" for table, row, parent in broken[:5])
                raise self._failed(f"foreign keys point nowhere: {listed}")

    def _check_references(self, new: Plan) -> None:
        broken = list(islice(Store(self.backend, new).references.broken(), SHOWN))
        if broken:
            raise RefusedError(diagnostics=broken_references(broken, new, self.backend.name).diagnostics)

    def _failed(self, message: str) -> StoreError:
        advice = "nothing was changed; please report this with the two mappings"
        return StoreError.one("X507", message, subject=self.backend.name, help=advice)

    @contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[what] = self.seconds.get(what, 0.0) + time.perf_counter() - started
