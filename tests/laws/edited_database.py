"""A database whose rows are changed by somebody else's SQL, and what its documents are then.

In: a plan, documents, SQL statements. Out: the documents, read in every way there is; or `FORBIDDEN`, where a
constraint of the database keeps the edit out; or a `Refused` that names the row. The client is Python's own `sqlite3`:
it knows nothing of docrel.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docrel.diagnostics import StoreError
from docrel.plan import Plan
from docrel.store import Store, open_store
from docrel.values import jsontext

Statement = tuple[str, list[Any]]
CLOCK = "2030-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Refused:
    """The documents that are read all the same, and what was said of the others."""

    readable: dict[Any, Any]
    words: str


@contextmanager
def owed(what: str) -> Iterator[None]:
    """Do what a law says must work; whatever keeps it from working breaks the law."""
    try:
        yield
    except AssertionError:
        raise
    except Exception as e:
        raise AssertionError(f"{what} must work: {type(e).__name__}: {e}") from e


class EditedDatabase:
    """One database file."""

    def __init__(self, path: Path, plan: Plan) -> None:
        self.path, self.plan = path, plan
        open_store(path, plan, clock=lambda: CLOCK).close()

    @contextmanager
    def store(self) -> Iterator[Store]:
        """Open it with docrel."""
        with open_store(self.path, clock=lambda: CLOCK) as store:
            yield store

    def put(self, documents: Iterable[Any]) -> list[Any]:
        """Put documents; returns their keys."""
        with self.store() as store:
            return [store.put(document, f"given {n}").key for n, document in enumerate(documents)]

    @contextmanager
    def client(self, *, foreign_keys: bool = True) -> Iterator[sqlite3.Connection]:
        """Open it as any program would that knows SQLite; one transaction."""
        connection = sqlite3.connect(self.path, isolation_level=None)
        connection.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
        connection.execute(f"PRAGMA foreign_keys = {foreign_keys:d}")
        connection.execute("BEGIN")
        connection.execute("PRAGMA defer_foreign_keys = ON")
        try:
            yield connection
            connection.execute("COMMIT")
        finally:
            connection.close()

    def edit(self, *statements: str | Statement, foreign_keys: bool = True) -> bool:
        """Run the statements in one transaction; say whether the database allows them."""
        try:
            with self.client(foreign_keys=foreign_keys) as connection:
                for statement in statements:
                    sql, values = (statement, []) if isinstance(statement, str) else statement
                    connection.execute(sql, values)
        except sqlite3.IntegrityError:
            return False
        return True

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Return what a client sees."""
        with self.client() as connection:
            return connection.execute(sql).fetchall()

    def documents(self) -> dict[Any, Any] | Refused:
        """Return all documents by key; `get`, `scan` and `export` must agree on each."""
        with self.store() as store:
            with owed("reading all documents that can be read"):
                scanned, said = _scanned(store)
            got = {}
            for key in list(store.keys()):
                try:
                    got[key] = store.get(key)
                except StoreError as e:
                    said.append(str(e))
            with owed("a text of what is read"):
                assert _texts(scanned) == _texts(got), "get and scan differ"
            if said:
                return Refused(got, "\n".join(said))
            assert [jsontext.dumps_bytes(document) for document in scanned.values()] == list(store.export())
            return got


def _scanned(store: Store) -> tuple[dict[Any, Any], list[str]]:
    found: dict[Any, Any] = {}
    try:
        for key, document in store.scan():
            assert key not in found, f"two documents are called {key!r}"
            found[key] = document
    except StoreError as e:
        return found, [str(e)]
    return found, []


def _texts(documents: dict[Any, Any]) -> dict[Any, str]:
    return {key: jsontext.dumps(document) for key, document in documents.items()}
