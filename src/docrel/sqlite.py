"""SQLite: the backend that acts on a database file.

In: SQL text and parameters. Out: rows, and an error that says what to do. It knows files, locks and transactions, and
nothing of plans or documents. One connection, usable from several threads one at a time.
"""

from __future__ import annotations

import itertools
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from docrel.diagnostics import Diagnostic, StoreError

Row = tuple[Any, ...]
_HELP = {
    "locked": ("S402", "another program holds the database; try again, or raise the time to wait"),
    "readonly": ("S403", "the file or its folder may not be written: change its permissions, or copy it elsewhere"),
    "full": ("S404", "the disk is full: free some space and run the same command again; nothing was half-written"),
    "malformed": ("S405", "the file is damaged: restore a backup, or run `docrel doctor`"),
    "not a database": ("S406", "this file is not an SQLite database; is the path right?"),
    "unable to open": ("S407", "the folder has to exist and be writable"),
    "disk i/o error": ("S408", "the disk failed to read or write; check it, then try again"),
}


class SQLite:
    """A connection to one database file, set up for one writer and many readers."""

    def __init__(self, path: str | Path, *, timeout_s: float = 30.0, create: bool = True) -> None:
        self.path = str(path)
        self.lock = threading.RLock()
        if self.path != ":memory:" and not create and not Path(self.path).exists():
            raise _error("S401", self.path, "there is no such database", "is the path right? `docrel import` makes one")
        self._depth = 0
        with self._translated():
            uri = self.path == ":memory:"
            self.connection = sqlite3.connect(
                self.path if uri else os.path.abspath(self.path),
                timeout=timeout_s,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=512,
            )
            try:
                self._set_up()
            except sqlite3.Error:
                self.connection.close()
                raise

    def _set_up(self) -> None:
        for pragma in ("foreign_keys = ON", "synchronous = FULL", "cache_size = -16000", "trusted_schema = OFF"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.connection.execute("SELECT count(*) FROM sqlite_master").fetchone()

    def close(self) -> None:
        """Close the connection; an open transaction is rolled back."""
        with self.lock:
            self.connection.close()

    def journal(self, mode: str) -> None:
        """Set the journal mode: `WAL` for many readers beside a writer, `DELETE` for a bulk load."""
        if self.path != ":memory:":
            self.execute(f"PRAGMA journal_mode = {mode}")

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """Run one statement and return its rows.

        Raises:
            StoreError: The database refused, cannot be reached or is damaged.
            sqlite3.IntegrityError: A constraint forbids it; the caller knows which document that is.
        """
        with self.lock, self._translated():
            return self.connection.execute(sql, parameters).fetchall()

    def insert(self, sql_for: Any, width: int, rows_a_statement: int, rows: Sequence[Sequence[Any]]) -> None:
        """Insert rows, several a statement; `sql_for(n)` is the INSERT of n rows of `width` columns."""
        if not rows:
            return
        flat = itertools.chain.from_iterable
        step = rows_a_statement
        with self.lock, self._translated():
            execute = self.connection.execute
            whole = len(rows) - len(rows) % step
            sql = sql_for(step)
            for at in range(0, whole, step):
                execute(sql, list(flat(rows[at : at + step])))
            if whole < len(rows):
                execute(sql_for(len(rows) - whole), list(flat(rows[whole:])))

    def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement for each row of parameters."""
        with self.lock, self._translated():
            self.connection.executemany(sql, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write within: all or nothing. Waits for other writers. Inside another transaction it is part of that one."""
        with self.lock:
            if self._depth:
                self._depth += 1
                try:
                    yield
                finally:
                    self._depth -= 1
                return
            self.execute("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                yield
                self.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.rollback()
                raise
            finally:
                self._depth = 0

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Write within a transaction such that an error undoes only what is inside."""
        with self.lock:
            self.execute("SAVEPOINT inner_work")
            try:
                yield
            except BaseException:
                if self.connection.in_transaction:
                    self.execute("ROLLBACK TO inner_work")
                    self.execute("RELEASE inner_work")
                raise
            self.execute("RELEASE inner_work")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read within: all reads see the same state, whatever others write."""
        with self.lock:
            if self.connection.in_transaction:
                yield
                return
            self.execute("BEGIN")
            try:
                yield
            finally:
                if self.connection.in_transaction:
                    self.connection.rollback()

    def backup(self, path: str | Path) -> None:
        """Copy the database to `path` while others go on; the copy is there whole or not at all."""
        target = Path(path)
        temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
        with self.lock, self._translated():
            try:
                copy = sqlite3.connect(temporary)
                try:
                    self.connection.backup(copy)
                finally:
                    copy.close()
                with temporary.open("rb+") as file:
                    os.fsync(file.fileno())
                temporary.replace(target)
            finally:
                temporary.unlink(missing_ok=True)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.IntegrityError:
            raise
        except sqlite3.Error as e:
            raise self._store_error(e) from e

    def _store_error(self, e: sqlite3.Error) -> StoreError:
        text = str(e).lower()
        for part, (code, advice) in _HELP.items():
            if part in text:
                return _error(code, self.path, str(e), advice)
        return _error("S409", self.path, str(e), "run with --debug to see where it happened")


def _error(code: str, path: str, message: str, advice: str) -> StoreError:
    return StoreError(diagnostics=[Diagnostic(code, message, subject=path, help=advice)])
