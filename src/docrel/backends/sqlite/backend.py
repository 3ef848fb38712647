"""SQLite: the backend that acts on a database file.

In: SQL text and parameters. Out: rows, and an error that says what to do. It knows files, locks and
transactions, and nothing of plans or documents.
"""

from __future__ import annotations

import os
import random
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from docrel.backends.protocol import ForbiddenError, Size
from docrel.backends.sqlite.introspection import introspect
from docrel.diagnostics import AbsentError, DamagedError, Diagnostic, StoreError
from docrel.files import identity, refuse_same
from docrel.sql import SQLITE, schema

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

Row = tuple[Any, ...]
ROWS_A_STATEMENT = 50
MAX_PARAMETERS = 30_000
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_HELP = {
    "locked": ("S402", "another program holds the database; try again, or raise the time to wait"),
    "readonly": (
        "S403",
        "the file or its folder may not be written: change its permissions, or copy it elsewhere",
    ),
    "full": (
        "S404",
        "the disk is full: free some space and run the same command again; nothing was half-written",
    ),
    "could not decode": ("S405", "the file is damaged: restore a backup, or run `docrel doctor`"),
    "malformed": ("S405", "the file is damaged: restore a backup, or run `docrel doctor`"),
    "not a database": ("S406", "this file is not an SQLite database; is the path right?"),
    "unable to open": ("S407", "the folder has to exist and be writable"),
    "disk i/o error": ("S408", "the disk failed to read or write; check it, then try again"),
}
_KINDS: dict[str, type[StoreError]] = {
    "S401": AbsentError,
    "S405": DamagedError,
    "S406": DamagedError,
    "S455": AbsentError,
}


class _Connection(sqlite3.Connection):
    """A connection that may be weakly held: it closes with the thread that it belongs to."""


class SQLite:
    """A database file, set up for one writer and many readers; each thread has a connection of its own.

    The threads of a program share one object: their writes queue here, those of other programs at the file. A
    database in memory has one connection, which the threads take turns with.

    Attributes:
        path: The file as its user calls it, for messages.
        file: The same file wherever the program goes, to act on. What was opened first stays the only one: a
            thread that would get another, as the name is another's or nobody's meanwhile, is refused (S458).
    """

    dialect = SQLITE

    def __init__(self, path: str | Path, *, timeout_s: float = 30.0, create: bool = True) -> None:
        self.path = str(path)
        self.file = Path(path) if self._in_memory else Path(path).absolute()
        self.timeout_s = timeout_s
        self.lock = threading.RLock()
        if not self._in_memory and not create:
            self._refuse_absent()
        self._own = threading.local()
        self._opened: weakref.WeakSet[_Connection] = weakref.WeakSet()
        self._closed = False
        self._create = create
        self._identity: tuple[int, int] | None = None
        self._shared = self._connect() if self._in_memory else None
        self.execute("SELECT count(*) FROM sqlite_master")

    @property
    def _in_memory(self) -> bool:
        return self.path == ":memory:"

    def _refuse_absent(self) -> None:
        if not self.file.exists():
            raise _error("S401", self.path, "there is no such database", "is the path right? `docrel import` makes one")
        if self.file.is_file() and not self.file.stat().st_size:
            advice = "is the path right? bring a copy of the database back, or remove the file to begin anew"
            raise _error("S455", self.path, "the file is empty, where a database is expected", advice)

    @property
    def connection(self) -> _Connection:
        """The connection of the calling thread, made when it is first asked for."""
        if self._shared is not None:
            return self._shared
        found: _Connection | None = getattr(self._own, "connection", None)
        if found is None:
            found = self._own.connection = self._connect()
        return found

    def _connect(self) -> _Connection:
        with self.lock, self._translated():
            if self._closed:
                raise _error("S409", self.path, "the store is closed", "open it again")
            connection = self._opened_file()
            for pragma in (
                "foreign_keys = ON",
                "synchronous = FULL",
                "cache_size = -16000",
                "trusted_schema = OFF",
            ):
                connection.execute(f"PRAGMA {pragma}")
            self._opened.add(connection)
        return connection

    def _opened_file(self) -> _Connection:
        """Open the file, and see that it is the one that was opened first; only the first may be made."""
        first = self._identity is None
        name = str(self.file) if first and self._create else f"{self.file.as_uri()}?mode=rw"
        try:
            connection = sqlite3.connect(
                ":memory:" if self._in_memory else name,
                timeout=self.timeout_s,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=512,
                factory=_Connection,
                uri=True,
            )
        except sqlite3.OperationalError:
            if not first:
                self._refuse_other()
            raise
        if first:
            self._identity = identity(self.file)
        try:
            self._refuse_other()
        except StoreError:
            connection.close()
            raise
        return connection

    def _refuse_other(self) -> None:
        if not self.in_place:
            there = "another file has the name of this database" if self.file.exists() else "this database is gone"
            advice = "close the store, bring the file back that was opened, and open it again"
            raise _error("S458", self.path, f"{there}: it was moved or removed since it was opened", advice)

    @property
    def in_place(self) -> bool:
        """Whether the file that was opened is still the one that the path names."""
        return self._in_memory or (self._identity is not None and self._identity == identity(self.file))

    def as_written(self, beside: Path) -> Path:
        """Return how a file beside this one, or in a folder beside it, is called by who has called this one `path`."""
        return Path(self.path).parent / beside.relative_to(self.file.parent)

    @contextmanager
    def _turn(self) -> Iterator[sqlite3.Connection]:
        """The thread's connection; where there is only one, nobody else has it meanwhile."""
        if self._shared is None:
            with self._translated():
                yield self.connection
            return
        with self.lock, self._translated():
            yield self._shared

    def close(self) -> None:
        """Close the connections of all threads; an open transaction is rolled back."""
        with self.lock:
            self._closed = True
            for connection in list(self._opened):
                connection.close()

    def journal(self, mode: str) -> None:
        """Set the journal mode: `WAL` for many readers beside a writer, `DELETE` for a bulk load.

        While others use the database it stays as it is; both modes are safe.
        """
        if not self._in_memory:
            with self._turn() as connection, suppress(sqlite3.OperationalError):
                self._patiently(connection, f"PRAGMA journal_mode = {mode}", timeout_s=0.2)

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """Run one statement and return its rows.

        Raises:
            StoreError: The database refused, cannot be reached or is damaged.
            ForbiddenError: A constraint forbids it.
        """
        if self._shared is not None:
            with self._turn() as connection:
                return connection.execute(sql, parameters).fetchall()
        try:
            return self.connection.execute(sql, parameters).fetchall()
        except (sqlite3.Error, UnicodeDecodeError) as e:
            raise self._own_error(e) from e

    def load(
        self, table: str, columns: tuple[str, ...], rows: Sequence[Sequence[Any]], key: tuple[str, ...] = ()
    ) -> None:
        """Insert rows, several a statement; with `key` a row takes the place of the one that has its values there."""
        step = max(1, min(ROWS_A_STATEMENT, MAX_PARAMETERS // len(columns)))
        with self._turn() as connection:
            for at in range(0, len(rows), step):
                some = rows[at : at + step]
                connection.execute(_insert(table, columns, len(some), key), list(chain.from_iterable(some)))

    def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement for each row of parameters."""
        with self._turn() as connection:
            connection.executemany(sql, rows)

    def names(self) -> dict[str, str]:
        """Return what each object is that is not SQLite's own, by its name: a table, an index, a view or a trigger."""
        return dict(self.execute("SELECT name, type FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"))

    def catalogue(self) -> schema.Schema:
        """Return what the database really consists of."""
        with self.snapshot(), self._translated():
            return introspect(self.connection)

    def check(self, tables: Iterable[str] | None = None, *, thorough: bool = True) -> list[str]:
        """Return what is damaged, in all or in some tables; `thorough` compares each index with its table as well."""
        pragma = "PRAGMA integrity_check" if thorough else "PRAGMA quick_check"
        quote = self.dialect.quote_identifier
        checks = [pragma] if tables is None else [f"{pragma}({quote(name)})" for name in tables]
        return [str(text) for sql in checks for (text,) in self.execute(sql) if text != "ok"]

    def broken_links(self) -> list[tuple[str, Any, str]]:
        """Return each row that refers to none, by its table and number, with the table that has no such row."""
        return [(table, row, parent) for table, row, parent, _ in self.execute("PRAGMA foreign_key_check")]

    def size(self) -> Size:
        """Return how large the database is."""
        of = "FROM pragma_page_count, pragma_page_size, pragma_freelist_count"
        ((size, free),) = self.execute(f"SELECT page_count * page_size, freelist_count * page_size {of}")
        log = Path(f"{self.file}-wal")
        return Size(size, free, log.stat().st_size if log.exists() else 0)

    def tidy(self, *, vacuum: bool) -> None:
        """Refresh what the planner knows, shorten the log, and with `vacuum` give unused space back."""
        self.execute("ANALYZE")
        if vacuum:
            self.execute("VACUUM")
        self.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def highest_ids(self) -> dict[str, Any]:
        """Return the highest id ever given in each table whose ids the database gives."""
        if not self.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'"):
            return {}
        return dict(self.execute("SELECT name, seq FROM sqlite_sequence"))

    def ids_used(self, table: str, highest: int) -> None:
        """Let the ids of a table go on above `highest`, or higher already."""
        self.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", [highest, table])
        insert = "INSERT INTO sqlite_sequence (name, seq) SELECT ?, ?"
        self.execute(
            f"{insert} WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?)", [table, highest, table]
        )

    @contextmanager
    def transaction(self, refused: Callable[[ForbiddenError], Exception] | None = None) -> Iterator[None]:
        """Write within: all or nothing. Waits for other writers. Inside another transaction, it is part of that.

        Foreign keys are checked in the end. An error undoes what is inside, also where the transaction around it goes
        on. `refused` makes the error to raise where constraints forbid the whole in the end; it may still look at what
        was written.
        """
        if self.in_transaction:
            with self.savepoint():
                yield
            return
        with self.lock:
            with self._turn() as connection:
                self._patiently(connection, "BEGIN IMMEDIATE")
            try:
                self.execute("PRAGMA defer_foreign_keys = ON")
                yield
                self._commit(refused)
            except BaseException:
                if connection.in_transaction:
                    connection.rollback()
                raise

    def _commit(self, refused: Callable[[ForbiddenError], Exception] | None) -> None:
        try:
            self.execute("COMMIT")
        except ForbiddenError as e:
            raise (refused(e) if refused is not None else e) from e

    @property
    def in_transaction(self) -> bool:
        """Whether the calling thread is within a transaction or a snapshot."""
        if self._shared is None:
            return self.connection.in_transaction
        with self.lock:  # that of another thread ends before we get it
            return self._shared.in_transaction

    def _patiently(self, connection: sqlite3.Connection, sql: str, timeout_s: float | None = None) -> None:
        """Run what needs the database to itself. SQLite's own waiting sleeps long and may starve one of many."""
        deadline = time.monotonic() + (self.timeout_s if timeout_s is None else timeout_s)
        connection.execute("PRAGMA busy_timeout = 0")
        try:
            while True:
                try:
                    connection.execute(sql).fetchall()
                    return
                except sqlite3.OperationalError as e:
                    if e.sqlite_errorcode & 0xFF not in _BUSY or time.monotonic() >= deadline:
                        raise
                time.sleep(random.uniform(0.000_3, 0.003))
        finally:
            connection.execute(f"PRAGMA busy_timeout = {int(self.timeout_s * 1000)}")

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
        with self.lock if self._shared is not None else nullcontext():
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
        """Copy the database to `path` while others go on; the copy is there whole or not at all.

        Raises:
            StoreError: S450, that is the database itself.
        """
        refuse_same(path, self.file, called=self.path)
        target = Path(path)
        temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            self.copy(temporary)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)

    def copy(self, path: Path) -> None:
        """Copy the database into the file `path` while others go on, and sync it; half-written where this is killed.

        The copy is one file, which is read without others beside it: not in WAL mode.
        """
        with self._turn() as connection:
            with self._translated(str(path)):
                copy = sqlite3.connect(path)
            with closing(copy):
                connection.backup(copy, progress=self._unless_locked())
                copy.execute("PRAGMA journal_mode = DELETE").fetchall()
            with path.open("rb+") as file:
                os.fsync(file.fileno())

    def become(self, source: SQLite, keep: Callable[[], None]) -> None:
        """Take over the content of another database in one transaction: all who use this one see the old or the new.

        `keep` is called when nobody can write any more and all others, `keep` too, still read the old content; an
        error in it changes nothing. The database has to be in WAL mode, and both of one page size.
        """
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

    def _unless_locked(self) -> Callable[[int, int, int], None]:
        """Return a progress function that ends a backup, which by itself would wait for a lock for ever."""
        deadline = time.monotonic() + self.timeout_s

        def progress(status: int, remaining: int, total: int) -> None:
            del remaining, total
            if status & 0xFF in _BUSY and time.monotonic() >= deadline:
                raise sqlite3.OperationalError("database is locked")

        return progress

    @contextmanager
    def _translated(self, path: str = "") -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError) as e:  # the latter where the message quotes a damaged page
            raise self._own_error(e, path) from e

    def _own_error(self, e: Exception, path: str = "") -> StoreError | ForbiddenError:
        if isinstance(e, sqlite3.IntegrityError):
            return ForbiddenError(str(e))
        text = "malformed" if isinstance(e, UnicodeDecodeError) else str(e).lower()
        for part, (code, advice) in _HELP.items():
            if part in text:
                return _error(code, path or self.path, str(e), advice)
        return _error("S409", path or self.path, str(e), "run with --debug to see where it happened")


@lru_cache(maxsize=1024)
def _insert(table: str, columns: tuple[str, ...], rows: int, key: tuple[str, ...]) -> str:
    quote = SQLITE.quote_identifier
    names = ", ".join(map(quote, columns))
    one = f"({', '.join('?' * len(columns))})"
    sql = f"INSERT INTO {quote(table)} ({names}) VALUES {', '.join([one] * rows)}"
    if not key:
        return sql
    sets = ", ".join(f"{quote(name)} = excluded.{quote(name)}" for name in columns if name not in key)
    return f"{sql} ON CONFLICT ({', '.join(map(quote, key))}) DO UPDATE SET {sets}"


def is_open_elsewhere(path: Path) -> bool:
    """Whether another process has a connection in WAL mode to a database, also one that cannot be opened any more.

    Source: https://www.sqlite.org/fileformat2.html#the_lock_byte_page; SHARED_FIRST and SHARED_SIZE of os.h. Lets go
    of the locks that this process has on the file.
    """
    if fcntl is None:
        return False
    descriptor = os.open(path, os.O_RDWR)
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 510, 0x40000002)
    except (BlockingIOError, PermissionError):
        return True
    finally:
        os.close(descriptor)
    return False


def _error(code: str, path: str, message: str, advice: str) -> StoreError:
    kind = _KINDS.get(code, StoreError)
    return kind(diagnostics=[Diagnostic(code, message, subject=path, help=advice)])
