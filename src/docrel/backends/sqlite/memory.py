"""SQLite in memory: a database that nobody else sees, and that is gone when it is closed.

In: nothing. Out: a backend with one connection, which the threads of a program take turns with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from docrel.backends.protocol import Row
from docrel.backends.sqlite.backend import Connection, SQLite

MEMORY = ":memory:"


class SQLiteInMemory(SQLite):
    """A database in memory."""

    path = None
    in_place = True

    def __init__(self, *, timeout_s: float = 30.0) -> None:
        super().__init__(MEMORY, timeout_s)
        self._only = self._set_up(self._connected(MEMORY))

    def bulk(self) -> AbstractContextManager[None]:
        return nullcontext()

    @property
    def connection(self) -> Connection:
        """The only connection."""
        return self._only

    def close(self) -> None:
        """Close the connection; the database is gone."""
        with self.lock:
            self._only.close()

    @contextmanager
    def _turn(self) -> Iterator[Connection]:
        with self.lock, super()._turn() as connection:
            yield connection

    def execute(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
        with self.lock:
            return super().execute(sql, parameters)

    @property
    def in_transaction(self) -> bool:
        """Whether the calling thread is within a transaction or a snapshot: that of another ends before it is asked."""
        with self.lock:
            return super().in_transaction

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read within, while no other thread does anything."""
        with self.lock, super().snapshot():
            yield
