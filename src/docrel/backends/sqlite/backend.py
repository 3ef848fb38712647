"""SQLite: what a database in a file and one in memory have in common.

In: SQL text and parameters. Out: rows, and errors of our own. It knows locks and transactions, SQLite's catalogue and
its pragmas, and nothing of plans or documents.
"""

from __future__ import annotations

import os
import random
import re
import sqlite3
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from docrel.backends.protocol import Fault, ForbiddenError, Row, Size, SqlObject
from docrel.backends.sqlite.errors import BUSY, RAISED, own_error, store_error
from docrel.backends.sqlite.introspection import introspect
from docrel.backends.sqlite.queries import SQLiteCursor
from docrel.backends.sqlite.trial import failing
from docrel.plan import OWN
from docrel.sql import SQLITE, schema

ROWS_A_STATEMENT = 50
MAX_PARAMETERS = 30_000
MIGRATION_CACHE_KIB = -64_000
"""What is kept in memory of the file in a migration (negative: KiB): indexes are made and whole tables are read."""
_FORBIDDEN = re.compile(
    r"CHECK constraint failed in |NULL value in |NUMERIC value in |TEXT value in |non-\w+ value in "
)
"""How the integrity check begins what it says of content that a table's rules forbid."""
_LOOSE = (
    "SELECT DISTINCT m.name FROM sqlite_master m, pragma_foreign_key_list(m.name) k "
    "WHERE m.type = 'table' AND k.on_delete <> 'CASCADE'"
)


class Connection(sqlite3.Connection):
    """A connection that may be weakly held: it closes with the thread that it belongs to.

    Attributes:
        may_wait: Foreign keys need only be kept in the end of the transaction that it is in.
    """

    may_wait = False


class SQLite(ABC):
    """An SQLite database; its methods are those of `docrel.backends.Backend`, where they are described.

    The threads of a program share one object: their writes queue here, those of other programs at the database.
    """

    dialect = SQLITE

    def __init__(self, name: str, timeout_s: float) -> None:
        self.name, self.timeout_s = name, timeout_s
        self.lock = threading.RLock()

    @property
    @abstractmethod
    def connection(self) -> Connection:
        """The connection of the calling thread."""

    def _connected(self, name: str) -> Connection:
        return sqlite3.connect(
            name,
            timeout=self.timeout_s,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=512,
            factory=Connection,
            uri=True,
        )

    def _set_up(self, connection: Connection) -> Connection:
        for pragma in ("foreign_keys = ON", "synchronous = FULL", "cache_size = -16000", "trusted_schema = OFF"):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    @contextmanager
    def _turn(self) -> Iterator[Connection]:
        """The connection of the calling thread, which nobody else has meanwhile."""
        with self._translated():
            yield self.connection

    @contextmanager
    def _translated(self, name: str = "") -> Iterator[None]:
        try:
            yield
        except RAISED as e:
            raise own_error(e, name or self.name) from e

    # -- statements ------------------------------------------------------------------------------------------------

    def execute(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
        connection = self.connection
        try:
            try:
                return connection.execute(sql, parameters).fetchall()
            except sqlite3.IntegrityError as e:
                _let_wait(connection, e)
                return connection.execute(sql, parameters).fetchall()
        except RAISED as e:
            raise own_error(e, self.name) from e

    def query(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any], watch: Callable[[], None]) -> SQLiteCursor:
        return SQLiteCursor(self._turn, sql, parameters, watch, lambda: None)

    def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        left = iter(rows)
        tried: list[Sequence[Any]] = []

        def each() -> Iterator[Sequence[Any]]:
            for row in left:
                tried[:] = [row]
                yield row

        with self._turn() as connection:
            try:
                connection.executemany(sql, each())
            except sqlite3.IntegrityError as e:
                _let_wait(connection, e)
                connection.executemany(sql, chain(tried, left))

    def load(
        self, table: str, columns: tuple[str, ...], rows: Sequence[Sequence[Any]], key: tuple[str, ...] = ()
    ) -> None:
        step = max(1, min(ROWS_A_STATEMENT, MAX_PARAMETERS // len(columns)))
        with self._turn():
            for at in range(0, len(rows), step):
                some = rows[at : at + step]
                self.execute(_insert(table, columns, len(some), key), list(chain.from_iterable(some)))

    def temporary(self, name: str, columns: Mapping[str, str], key: tuple[str, ...]) -> str:
        quote = self.dialect.quote_identifier
        table = f"temp.{quote(f'{OWN}_{name}')}"
        declared = ", ".join(f"{quote(column)} {self.dialect.storage_type(type_)}" for column, type_ in columns.items())
        self.execute(f"DROP TABLE IF EXISTS {table}")
        self.execute(f"CREATE TABLE {table} ({declared}, PRIMARY KEY ({', '.join(map(quote, key))})) WITHOUT ROWID")
        return table

    # -- transactions ----------------------------------------------------------------------------------------------

    @property
    def in_transaction(self) -> bool:
        with self._translated():
            return self.connection.in_transaction

    @contextmanager
    def transaction(self, refused: Callable[[ForbiddenError], Exception] | None = None) -> Iterator[None]:
        if self.in_transaction:
            with self.savepoint():
                yield
            return
        with self.lock:
            with self._turn() as connection:
                self._patiently(connection, "BEGIN IMMEDIATE")
            connection.may_wait = True
            try:
                yield
                self._commit(refused)
            except BaseException:
                self._roll_back()
                raise
            finally:
                connection.may_wait = False

    @contextmanager
    def migration(self) -> Iterator[None]:
        with self.lock:
            ((cache,),) = self.execute("PRAGMA cache_size")
            self.execute(f"PRAGMA cache_size = {MIGRATION_CACHE_KIB}")
            self.execute("PRAGMA foreign_keys = OFF")
            try:
                with self.transaction():
                    yield
            finally:
                self.execute("PRAGMA foreign_keys = ON")
                self.execute("PRAGMA legacy_alter_table = OFF")
                self.execute(f"PRAGMA cache_size = {cache:d}")
        self.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _commit(self, refused: Callable[[ForbiddenError], Exception] | None) -> None:
        try:
            self.execute("COMMIT")
        except ForbiddenError as e:
            raise (refused(e) if refused is not None else e) from e

    def _roll_back(self) -> None:
        try:
            if self.connection.in_transaction:
                self.connection.rollback()
        except RAISED as e:
            raise own_error(e, self.name) from e

    def _patiently(self, connection: Connection, sql: str, timeout_s: float | None = None) -> None:
        """Run what needs the database to itself. SQLite's own waiting sleeps long and may starve one of many."""
        deadline = time.monotonic() + (self.timeout_s if timeout_s is None else timeout_s)
        connection.execute("PRAGMA busy_timeout = 0")
        try:
            while True:
                try:
                    connection.execute(sql).fetchall()
                    return
                except sqlite3.OperationalError as e:
                    if e.sqlite_errorcode & 0xFF not in BUSY or time.monotonic() >= deadline:
                        raise
                time.sleep(random.uniform(0.000_3, 0.003))
        finally:
            connection.execute(f"PRAGMA busy_timeout = {int(self.timeout_s * 1000)}")

    @contextmanager
    def savepoint(self) -> Iterator[None]:
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
        if self.in_transaction:
            yield
            return
        self.execute("BEGIN")
        try:
            yield
        finally:
            self._roll_back()

    # -- the catalogue ---------------------------------------------------------------------------------------------

    def names(self) -> dict[str, str]:
        return dict(self.execute("SELECT name, type FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"))

    def objects(self) -> list[SqlObject]:
        own = "sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        found = self.execute(f"SELECT type, name, tbl_name, sql FROM sqlite_master WHERE {own} ORDER BY rowid")
        return [SqlObject(*row) for row in found]

    def failing(self, statements: Iterable[str], objects: Sequence[SqlObject]) -> dict[str, str]:
        return failing(statements, objects)

    def catalogue(self) -> schema.Schema:
        with self.snapshot(), self._translated():
            return introspect(self.connection)

    def highest_ids(self) -> dict[str, Any]:
        if not self.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'"):
            return {}
        return dict(self.execute("SELECT name, seq FROM sqlite_sequence"))

    def ids_used(self, table: str, highest: int) -> None:
        self.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", [highest, table])
        absent = "NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?)"
        insert = f"INSERT INTO sqlite_sequence (name, seq) SELECT ?, ? WHERE {absent}"
        self.execute(insert, [table, highest, table])

    # -- health ----------------------------------------------------------------------------------------------------

    def check(self, tables: Iterable[str] | None = None, *, thorough: bool = True) -> list[Fault]:
        pragma = "PRAGMA integrity_check" if thorough else "PRAGMA quick_check"
        quote = self.dialect.quote_identifier
        checks = [pragma] if tables is None else [f"{pragma}({quote(name)})" for name in tables]
        texts = dict.fromkeys(str(text) for sql in checks for (text,) in self.execute(sql) if text != "ok")
        return [Fault(text, is_damage=_FORBIDDEN.match(text) is None) for text in texts]

    def broken_links(self, *, loose: bool = False) -> list[tuple[str, Any, str]]:
        quote, pragma = self.dialect.quote_identifier, "PRAGMA foreign_key_check"
        checks = [f"{pragma}({quote(name)})" for (name,) in self.execute(_LOOSE)] if loose else [pragma]
        return [(table, row, parent) for sql in checks for table, row, parent, _ in self.execute(sql)]

    def size(self) -> Size:
        of = "FROM pragma_page_count, pragma_page_size, pragma_freelist_count"
        return Size(*self.execute(f"SELECT page_count * page_size, freelist_count * page_size {of}")[0])

    def tidy(self, *, vacuum: bool) -> None:
        self.execute("ANALYZE")
        if vacuum:
            self.execute("VACUUM")
        self.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    # -- copies ----------------------------------------------------------------------------------------------------

    def backup(self, path: str | Path) -> None:
        target = Path(path)
        temporary = target.parent / f".{target.name}.{os.getpid()}.part"
        try:
            self.copy(temporary)
            temporary.replace(target)
        except (OSError, ValueError) as e:
            reason = getattr(e, "strerror", None) or e
            advice = "name a file in a folder that is there and may be written"
            raise store_error("S461", str(path), f"the copy cannot be written: {reason}", advice) from e
        finally:
            with suppress(OSError, ValueError):
                temporary.unlink()

    def copy(self, path: Path) -> None:
        """Copy the database into a file; without a file beside it, which it would have in WAL mode."""
        with self._turn() as connection:
            with self._translated(str(path)):
                copy = sqlite3.connect(path)
            with closing(copy):
                connection.backup(copy, progress=self._unless_locked())
                copy.execute("PRAGMA journal_mode = DELETE").fetchall()
            with path.open("rb+") as file:
                os.fsync(file.fileno())

    def _unless_locked(self) -> Callable[[int, int, int], None]:
        """Return a progress function that ends a backup, which by itself would wait for a lock for ever."""
        deadline = time.monotonic() + self.timeout_s

        def progress(status: int, remaining: int, total: int) -> None:
            del remaining, total
            if status & 0xFF in BUSY and time.monotonic() >= deadline:
                raise sqlite3.OperationalError("database is locked")

        return progress


def _let_wait(connection: Connection, e: sqlite3.IntegrityError) -> None:
    """Let foreign keys be checked in the end of the transaction, if it is for that that a statement failed.

    Not before it is needed: SQLite then prepares all statements of the connection anew.
    """
    if e.sqlite_errorcode != sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY or not connection.may_wait:
        raise e
    connection.execute("PRAGMA defer_foreign_keys = ON")


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
