"""Queries: SQL that somebody has typed, which can do nothing but read.

In: an open connection, and a statement of anybody's. Out: its rows, or a `QueryError` that says what and where. SQLite
itself is asked what a statement would do, so that none gets by that only looks harmless.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import islice
from typing import Any

from docrel.backends.protocol import QueryError, QueryFault, Row
from docrel.backends.sqlite.errors import RAISED
from docrel.sql import placed_tokens

Turn = Callable[[], AbstractContextManager[sqlite3.Connection]]
"""Gives the connection for a moment, in which no other thread uses it."""
ROWS_A_TURN = 256
STEPS_A_CALL = 100_000
"""So many steps of SQLite's machine, a few thousandths of a second, until a query can be ended again."""
_SHOWN_PIECES = 50

_READS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}
_CATALOGUE = "sqlite_master"
"""What `json_each` and its like seem to update when they are first used; nobody can by SQL."""
_FORBIDDEN_FUNCTIONS = {"load_extension", "fts3_tokenizer"}
_TELLING = {
    "collation_list", "compile_options", "database_list", "foreign_key_check", "foreign_key_list", "function_list",
    "index_info", "index_list", "index_xinfo", "integrity_check", "module_list", "pragma_list", "quick_check",
    "table_info", "table_list", "table_xinfo",
}  # fmt: skip
"""The pragmas that only tell something, also where something stands behind them."""
_TOLD = {
    "application_id", "data_version", "encoding", "foreign_keys", "freelist_count", "journal_mode", "page_count",
    "page_size", "schema_version", "user_version",
}  # fmt: skip
"""Those that set something if a value stands behind them."""
_WRITES = {
    sqlite3.SQLITE_ATTACH: "use another file",
    sqlite3.SQLITE_DETACH: "detach a database",
    sqlite3.SQLITE_DELETE: "delete from {}",
    sqlite3.SQLITE_FUNCTION: "call {}",
    sqlite3.SQLITE_INSERT: "insert into {}",
    sqlite3.SQLITE_PRAGMA: "set PRAGMA {}",
    sqlite3.SQLITE_SAVEPOINT: "begin or end a transaction",
    sqlite3.SQLITE_TRANSACTION: "begin or end a transaction",
    sqlite3.SQLITE_UPDATE: "update {}",
}
_CHANGES = "change what the database consists of"
_WORDS: tuple[tuple[str, QueryFault], ...] = (
    (r'near "(.*)": syntax error', "syntax"),
    (r'unrecognized token: "(.*)"', "syntax"),
    (r"incomplete input", "end"),
    (r"no such column: (.*)", "column"),
    (r"no such table: (.*)", "table"),
    (r"no such function: (.*)", "function"),
)
"""What SQLite says, and what that is; what is in brackets there is what it is about."""


class Guard:
    """Lets a statement through that only reads; `refused` says what another one would do."""

    def __init__(self) -> None:
        self.refused = ""

    def __call__(self, action: int, one: str | None, other: str | None, *_: str | None) -> int:
        """Answer SQLite, which asks before it takes a statement."""
        if _only_reads(action, one, other):
            return sqlite3.SQLITE_OK
        subject = (other if action == sqlite3.SQLITE_FUNCTION else one) or ""
        is_catalogue = subject.startswith("sqlite_")
        self.refused = self.refused or (_CHANGES if is_catalogue else _WRITES.get(action, _CHANGES).format(subject))
        return sqlite3.SQLITE_DENY


def _only_reads(action: int, one: str | None, other: str | None) -> bool:
    if action == sqlite3.SQLITE_PRAGMA:
        return one in _TELLING or (one in _TOLD and other is None)
    if action == sqlite3.SQLITE_FUNCTION:
        return other is not None and other.lower() not in _FORBIDDEN_FUNCTIONS
    if action == sqlite3.SQLITE_UPDATE:
        return one == _CATALOGUE
    return action in _READS


class SQLiteCursor:
    """The rows of a query; `close` is called when they are all read, or nobody wants more."""

    def __init__(
        self,
        turn: Turn,
        sql: str,
        parameters: Sequence[Any] | Mapping[str, Any],
        watch: Callable[[], None],
        closing: Callable[[], None],
    ) -> None:
        self._turn, self._watch, self._closing = turn, watch, closing
        self._rows: list[Row] = []
        self._is_open = True
        self._cursor: sqlite3.Cursor | None = None
        try:
            with self._asked() as connection, _guarded(connection, sql):
                self._cursor = connection.execute(sql, parameters)
            described = self._cursor.description
            if described is None:
                raise QueryError("none", "", "this statement has no rows")
        except BaseException:
            self.close()
            raise
        self.columns: tuple[str, ...] = tuple(name for name, *_ in described)

    def __iter__(self) -> Iterator[Row]:
        return self

    def __next__(self) -> Row:
        if not self._rows:
            self._rows = self._more()[::-1]
            if not self._rows:
                self.close()
                raise StopIteration
        return self._rows.pop()

    def _more(self) -> list[Row]:
        if not self._is_open or self._cursor is None:
            return []
        with self._asked():
            return self._cursor.fetchmany(ROWS_A_TURN)

    def close(self) -> None:
        """Read no more."""
        if self._is_open:
            self._is_open, self._rows = False, []
            with suppress(sqlite3.Error):
                if self._cursor is not None:
                    self._cursor.close()
            self._closing()

    def __del__(self) -> None:
        self.close()

    @contextmanager
    def _asked(self) -> Iterator[sqlite3.Connection]:
        """Let the database work for this query: it can be ended meanwhile, and text that is none comes as bytes."""
        with self._turn() as connection:
            connection.text_factory = _text
            connection.set_progress_handler(self._watch, STEPS_A_CALL)
            try:
                yield connection
            except RAISED as e:
                code = getattr(e, "sqlite_errorcode", None)
                if code == sqlite3.SQLITE_INTERRUPT:
                    raise KeyboardInterrupt from e
                if code in {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_MISMATCH}:
                    raise QueryError("other", "", str(e)) from e
                raise
            finally:
                connection.set_progress_handler(None, 0)
                connection.text_factory = str


@contextmanager
def _guarded(connection: sqlite3.Connection, sql: str) -> Iterator[None]:
    """Let SQLite take a statement within that only reads."""
    guard = Guard()
    connection.set_authorizer(guard)
    try:
        yield
    except (sqlite3.Error, sqlite3.Warning, UnicodeEncodeError) as e:
        fault = _fault(e, guard, connection, sql)
        if fault is None:
            raise
        raise fault from e
    finally:
        connection.set_authorizer(None)


def _fault(e: Exception, guard: Guard, connection: sqlite3.Connection, sql: str) -> QueryError | None:
    """Return what is wrong with a statement that SQLite does not take; None where it is not the statement."""
    words, code = str(e), getattr(e, "sqlite_errorcode", None)
    if guard.refused:
        return QueryError("write", guard.refused, words)
    if code == sqlite3.SQLITE_READONLY:
        return QueryError("write", "change the database", words)
    if "one statement at a time" in words:
        return QueryError("several", "", words)
    if code is None and "closed database" not in words:  # raised by Python, for what it is given
        return QueryError("other", "", words)
    if code != sqlite3.SQLITE_ERROR:
        return None
    for pattern, kind in _WORDS:
        if found := re.fullmatch(pattern, words, re.DOTALL):
            name = found[1] if found.re.groups else ""
            return QueryError(kind, name, words, _place(kind, name, connection, sql))
    return QueryError("other", "", words)


def _place(kind: str, name: str, connection: sqlite3.Connection, sql: str) -> int | None:
    """Return where in a statement is what SQLite does not understand."""
    if kind == "end":
        return len(sql.rstrip())
    if kind == "syntax":
        return _first_odd(name, connection, sql)
    *_, last = name.split(".")
    found = (at for at, token in placed_tokens(sql) if token.kind in {"word", "name"} and _is(token.text, last))
    return next(found, None)


def _is(text: str, name: str) -> bool:
    return text.casefold() == name.casefold()


def _first_odd(piece: str, connection: sqlite3.Connection, sql: str) -> int | None:
    """Return where a piece of a statement stands at which SQLite gives up: it does so too if nothing stands behind."""
    places = [found.start() for found in islice(re.finditer(re.escape(piece), sql), _SHOWN_PIECES)]
    if len(places) == 1:
        return places[0]
    for at in places:
        try:
            connection.execute(f"EXPLAIN {sql[: at + len(piece)]}").close()
        except (sqlite3.Error, sqlite3.Warning) as e:
            if f'"{piece}"' in str(e):
                return at
    return None


def _text(stored: bytes) -> str | bytes:
    """Return the text that SQLite holds, as bytes where SQL has made one that is no UTF-8."""
    try:
        return stored.decode()
    except UnicodeDecodeError:
        return stored
