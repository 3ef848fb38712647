"""SQLite in a file: set up for one writer and many readers, and the same file for as long as it is open.

In: a path. Out: a backend whose threads have a connection each. It knows the file, and what SQLite keeps beside it.
"""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from docrel.backends.protocol import Size
from docrel.backends.same_files import refuse_same
from docrel.backends.sqlite.backend import Connection, SQLite
from docrel.backends.sqlite.companions import is_empty, refuse_side
from docrel.backends.sqlite.errors import is_closed, not_replaced, store_error
from docrel.backends.sqlite.queries import SQLiteCursor
from docrel.diagnostics import StoreError
from docrel.files import identity


class SQLiteFile(SQLite):
    """A database in a file.

    Attributes:
        name: The file as its user calls it, for messages.
        path: The same file wherever the program goes, to act on. What was opened first stays the only one: a
            thread that would get another, as the name is another's or nobody's meanwhile, is refused (S458).
    """

    def __init__(self, path: str | Path, *, create: bool = False, timeout_s: float = 30.0) -> None:
        super().__init__(str(path), timeout_s)
        self.path = Path(path).absolute()
        if not create:
            self._refuse_absent()
        elif is_empty(self.path):
            refuse_side(self.path, self.name)
        self._create = create
        self._own = threading.local()
        self._opened: weakref.WeakSet[Connection] = weakref.WeakSet()
        self._queried: weakref.WeakSet[Connection] = weakref.WeakSet()
        self._closed = False
        self._identity: tuple[int, int] | None = None
        self.execute("SELECT count(*) FROM sqlite_master")

    def _refuse_absent(self) -> None:
        if not self.path.exists():
            advice = "is the path right? `docrel import` makes one"
            raise store_error("S401", self.name, "there is no such database", advice)
        if self.path.is_file() and not self.path.stat().st_size:
            advice = "is the path right? bring a copy of the database back, or remove the file to begin anew"
            raise store_error("S455", self.name, "the file is empty, where a database is expected", advice)

    @property
    def connection(self) -> Connection:
        """The connection of the calling thread, made when it is first asked for."""
        found: Connection | None = getattr(self._own, "connection", None)
        if found is None:
            found = self._own.connection = self._made()
        return found

    def _made(self) -> Connection:
        with self.lock, self._translated():
            if self._closed:
                raise is_closed(self.name)
            connection = self._set_up(self._opened_file())
            self._opened.add(connection)
        return connection

    def _opened_file(self) -> Connection:
        """Open the file, and see that it is the one that was opened first; only the first may be made."""
        first = self._identity is None
        try:
            connection = self._connected(str(self.path) if first and self._create else f"{self.path.as_uri()}?mode=rw")
        except sqlite3.OperationalError:
            if not first:
                self._refuse_other()
            raise
        if first:
            self._identity = identity(self.path)
        try:
            self._refuse_other()
        except StoreError:
            connection.close()
            raise
        return connection

    def _refuse_other(self) -> None:
        if not self.in_place:
            there = "another file has the name of this database" if self.path.exists() else "this database is gone"
            advice = "close the store, bring the file back that was opened, and open it again"
            raise store_error("S458", self.name, f"{there}: it was moved or removed since it was opened", advice)

    def close(self) -> None:
        with self.lock:
            self._closed = True
            for connection in [*self._queried, *self._opened]:  # the last to close may write, and tidies up
                connection.close()

    def query(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any], watch: Callable[[], None]) -> SQLiteCursor:
        if not self._closed and self.in_transaction:
            return super().query(sql, parameters, watch)
        connection = self._opened_to_read()

        @contextmanager
        def turn() -> Iterator[Connection]:
            with self._translated():
                yield connection

        return SQLiteCursor(turn, sql, parameters, watch, connection.close)

    def _opened_to_read(self) -> Connection:
        """Open the file once more, for a query that others may go on beside."""
        with self.lock, self._translated():
            if self._closed:
                raise is_closed(self.name)
            connection = self._connected(f"{self.path.as_uri()}?mode=ro")
            self._queried.add(connection)
            try:
                self._refuse_other()
                self._set_up(connection).execute("PRAGMA query_only = ON")
            except BaseException:
                connection.close()
                raise
            connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        return connection

    @property
    def in_place(self) -> bool:
        return self._identity is not None and self._identity == identity(self.path)

    def as_written(self, beside: Path) -> Path:
        return Path(self.name).parent / beside.relative_to(self.path.parent)

    @property
    def _is_shared(self) -> bool:
        return self.execute("PRAGMA journal_mode") == [("wal",)]

    def share(self) -> None:
        if not self._is_shared:
            self.journal("WAL")

    @contextmanager
    def bulk(self) -> Iterator[None]:
        """Fill an empty database within, with a rollback journal, which that hardly needs."""
        self.journal("DELETE")
        try:
            yield
        finally:
            self.journal("WAL")

    def journal(self, mode: str) -> None:
        """Set the journal mode: `WAL` for many readers beside a writer, `DELETE` for a bulk load.

        While others use the database it stays as it is; both modes are safe.
        """
        with self._turn() as connection, suppress(sqlite3.OperationalError):
            self._patiently(connection, f"PRAGMA journal_mode = {mode}", timeout_s=0.2)

    def size(self) -> Size:
        log = Path(f"{self.path}-wal")
        return replace(super().size(), log=log.stat().st_size if log.exists() else 0)

    def backup(self, path: str | Path) -> None:
        refuse_same(path, self.path, called=self.name)
        refuse_side(Path(path), str(path))
        super().backup(path)

    def become(self, source: Path, keep: Callable[[], None]) -> None:
        with closing(SQLiteFile(source)) as other:
            self.share()  # for the others, and for `keep`, to read on meanwhile
            if not self._is_shared:
                raise not_replaced(self.name, "another program holds this database open")
            if self.execute("PRAGMA page_size") != other.execute("PRAGMA page_size"):
                raise not_replaced(self.name, "the pages of the backup are of another size")
            self._take_over(other, keep)

    def _take_over(self, source: SQLite, keep: Callable[[], None]) -> None:
        begun, locked = False, self._unless_locked()

        def progress(status: int, remaining: int, total: int) -> None:
            nonlocal begun
            locked(status, remaining, total)
            if status == sqlite3.SQLITE_OK and not begun:
                begun = True
                keep()

        with self._turn() as connection, source.snapshot():
            source.execute("SELECT count(*) FROM sqlite_master")
            source.connection.backup(connection, pages=1, progress=progress, sleep=0.01)
