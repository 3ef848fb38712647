"""The backend protocol: what everything above asks of a database.

In: SQL text with `?` for each value, and values. Out: rows, or an error of our own. Knows no database.

A further database needs this protocol (`FileBackend` too where it is a file); the functions on files that
`docrel.backends` exports; a `docrel.sql.Dialect` with `templates/<name>/`; a branch in `opening.open_backend`; a
parameter in `tests/unit/test_backends.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from docrel.diagnostics import StoreError
from docrel.sql import Dialect, Schema

Row = tuple[Any, ...]
QueryFault = Literal["column", "table", "function", "syntax", "end", "write", "several", "none", "other"]


class ForbiddenError(Exception):
    """A constraint forbids what was asked, in the database's words; whoever catches it knows which document that is."""


class NotTakenError(StoreError):
    """The database refuses a statement for a reason of its own: it does not understand it, say."""


class QueryError(Exception):
    """A query that the database does not take; whoever catches it says so to the query's author.

    Attributes:
        kind: What is wrong: `column`, `table`, `function`: there is none of this name; `syntax`: it makes no sense at
            `name`; `end`: it ends too early; `write`: it would not only read; `several`, `none`: it is not one
            statement; `other`.
        name: What that is about: a name, a piece of the text, what a refused statement would do.
        words: What the database says.
        at: Where in the text that is, None where nobody knows.
    """

    def __init__(self, kind: QueryFault, name: str, words: str, at: int | None = None) -> None:
        super().__init__(words)
        self.kind, self.name, self.words, self.at = kind, name, words, at


@dataclass(frozen=True, slots=True)
class Size:
    """How many bytes a database has, how many of these are unused, and what its log has beside it."""

    bytes: int
    free: int
    log: int = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """What the database's own check finds: damage, or content that the rules of a table forbid, which is whole."""

    text: str
    is_damage: bool


@dataclass(frozen=True, slots=True)
class SqlObject:
    """What SQL has made in a database: its kind and name, the table that it is on, and the SQL that makes it again."""

    kind: Literal["table", "index", "view", "trigger"]
    name: str
    table: str
    sql: str


class Cursor(Protocol):
    """The rows of a query, which are read as they are asked for.

    Attributes:
        columns: The names of the columns, as the query's author may have given them: several may be alike.
    """

    columns: tuple[str, ...]

    def __iter__(self) -> Iterator[Row]: ...

    def __next__(self) -> Row: ...

    def close(self) -> None:
        """Read no more."""


class Backend(Protocol):
    """One open database, which threads may share.

    Every method may raise a StoreError: the database refused, cannot be reached or is damaged; and a ForbiddenError
    where it writes.

    Attributes:
        name: What the database's user calls it, for messages.
        dialect: The words of its SQL.
        timeout_s: How long it waits for other programs.
    """

    name: str
    dialect: Dialect
    timeout_s: float

    @property
    def lock(self) -> AbstractContextManager[Any]:
        """Keeps off the other threads that would write; also those that would read, where there is one connection."""

    @property
    def path(self) -> Path | None:
        """The file that it is in, wherever the program goes: then it is a `FileBackend`; None where it is in none."""

    @property
    def in_place(self) -> bool:
        """Whether what was opened is still what its name names."""

    @property
    def in_transaction(self) -> bool:
        """Whether the calling thread is within a transaction or a snapshot."""

    def execute(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
        """Run one statement and return its rows."""

    def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement for each row of parameters."""

    def query(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any], watch: Callable[[], None]) -> Cursor:
        """Run one statement that somebody has typed, which can do nothing but read; text that is none comes as bytes.

        It sees what the calling thread has written in a transaction that it is in, else what is committed when it
        begins. `watch` is called now and then while the database works; a KeyboardInterrupt ends that.

        Raises:
            QueryError: The database does not take it, or it would not only read.
        """

    def load(
        self, table: str, columns: tuple[str, ...], rows: Sequence[Sequence[Any]], key: tuple[str, ...] = ()
    ) -> None:
        """Insert rows; with `key` a row takes the place of the one that has the same values there."""

    def transaction(self, refused: Callable[[ForbiddenError], Exception] | None = None) -> AbstractContextManager[None]:
        """Write within: all or nothing. Waits for other writers. Inside another transaction, it is part of that.

        Foreign keys are checked in the end. An error undoes what is inside, also where the transaction around it goes
        on. `refused` makes the error to raise where constraints forbid the whole in the end; it may still look at what
        was written.
        """

    def savepoint(self) -> AbstractContextManager[None]:
        """Write within a transaction such that an error undoes only what is inside."""

    def snapshot(self) -> AbstractContextManager[None]:
        """Read within: all reads see the same state, whatever others write."""

    def migration(self) -> AbstractContextManager[None]:
        """Write within a transaction in which tables come and go: what foreign keys forbid is for the caller to see."""

    def bulk(self) -> AbstractContextManager[None]:
        """Fill an empty database within, in one transaction, in whatever way is the fastest."""

    def temporary(self, name: str, columns: Mapping[str, str], key: tuple[str, ...]) -> str:
        """Make an empty table that only this program sees, with columns of types of the mapping language, and a key.

        One of the same name that was made before goes. What it is called in SQL begins with `docrel.plan.OWN`, so
        that it stands before no table of a mapping.

        Returns:
            What the table is called in SQL.
        """

    def names(self) -> dict[str, str]:
        """Return what each object is that is not the database's own, by its name: table, index, view or trigger."""

    def objects(self) -> list[SqlObject]:
        """Return all objects that are not the database's own, in the order in which they were made."""

    def failing(self, statements: Iterable[str], objects: Sequence[SqlObject]) -> dict[str, str]:
        """Return which objects do not work in a new database of these statements, by name, in the database's words."""

    def catalogue(self) -> Schema:
        """Return what the database really consists of."""

    def highest_ids(self) -> dict[str, Any]:
        """Return the highest id ever given in each table whose ids the database gives."""

    def ids_used(self, table: str, highest: int) -> None:
        """Let the ids of a table go on above `highest`, or higher already."""

    def check(self, tables: Iterable[str] | None = None, *, thorough: bool = True) -> list[Fault]:
        """Return what is wrong with all or with some tables; `thorough` compares each index with its table as well."""

    def broken_links(self, *, loose: bool = False) -> list[tuple[str, Any, str]]:
        """Return each row that refers to none, by its table and number, with the table that has no such row.

        With `loose` only those of tables whose rows do not go with what they refer to: that is faster.
        """

    def size(self) -> Size:
        """Return how large the database is."""

    def tidy(self, *, vacuum: bool) -> None:
        """Refresh what the planner knows, shorten the log, and with `vacuum` give unused space back."""

    def backup(self, path: str | Path) -> None:
        """Copy the database to a file while others go on; the copy is there whole or not at all.

        Raises:
            StoreError: S450, that is the database itself; S461, the system refuses.
        """

    def close(self) -> None:
        """Close the connections of all threads; an open transaction is rolled back."""


class FileBackend(Backend, Protocol):
    """A database that is a file: it has backups beside it, and can be given back their content."""

    @property
    def path(self) -> Path:
        """The file, wherever the program goes."""

    def as_written(self, beside: Path) -> Path:
        """Return how a file beside this one, or in a folder beside it, is called by who has called this one `name`."""

    def copy(self, path: Path) -> None:
        """Copy the database into the file `path` while others go on, and sync it; half-written where this is killed.

        The copy is one file, which is read without others beside it.
        """

    def share(self) -> None:
        """Let many read beside a writer, where a crash kept it from that; not while somebody loads it in bulk."""

    def become(self, source: Path, keep: Callable[[], None]) -> None:
        """Take over the content of another database in one transaction: all who use this one see the old or the new.

        `keep` is called when nobody can write any more and all others, `keep` too, still read the old content; an
        error in it changes nothing.

        Raises:
            StoreError: S462, another program holds the database, or the two are too different.
        """
