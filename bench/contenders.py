"""Who is measured: each contender says how it loads, flattens, exports, reads and writes.

In: paths, JSON lines, documents. Out: nothing but the work done; the clock stands in `run`. To plug in
another, write a class and put it into `CONTENDERS`; what it does not define is left out of that table.
Libraries are imported where they are first used, so that one contender's memory is not another's.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import orjson

Document = dict[str, Any]

PRAGMAS: Final = ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-16384", "foreign_keys=ON")
"""The settings of the hand-written contender's connections: those that docrel's own store uses."""


class Session:
    """An open database, for point reads and writes."""

    def read(self, key: str) -> object:
        raise NotImplementedError

    def write(self, document: Document) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


class Contender:
    """Anything measured. A method that is not overridden is not measured."""

    name: str

    def load(self, path: Path, lines: Iterable[bytes]) -> None:
        """Create a database at `path`, load every line, make the indexes, close."""
        raise NotImplementedError

    def flatten(self, documents: list[Document]) -> None:
        """Flatten parsed documents, which the contender may take apart."""
        raise NotImplementedError

    def export(self, path: Path) -> Iterator[bytes]:
        """Give every document of the database back as JSON, in the order they were loaded."""
        raise NotImplementedError

    def open(self, path: Path) -> Session:
        raise NotImplementedError

    def prepare(self) -> None:
        """Import and compile what is needed once, before any clock runs."""

    def can(self, verb: str) -> bool:
        return getattr(type(self), verb) is not getattr(Contender, verb)


class Handwritten(Contender):
    """The best adapter that we can write by hand for exactly these tables."""

    name = "hand-written"

    def prepare(self) -> None:
        import bench.handwritten  # noqa: F401

    def load(self, path: Path, lines: Iterable[bytes]) -> None:
        from bench import handwritten, schema

        connection = self._connect(path)
        for statement in schema.TABLES:
            connection.execute(statement)
        report = handwritten.load(connection, lines, indexes=schema.INDEXES)
        connection.close()
        if report.refused:
            raise RuntimeError(f"refused {len(report.refused)} documents, first: {report.refused[0]}")

    def flatten(self, documents: list[Document]) -> None:
        from bench.handwritten_flatten import Rows

        rows = Rows()
        flatten, clear = rows.flatten, rows.clear
        for mission, document in enumerate(documents):
            flatten(document, mission)
            clear()

    def export(self, path: Path) -> Iterator[bytes]:
        from bench import handwritten

        connection = self._connect(path)
        yield from handwritten.export(connection)
        connection.close()

    def open(self, path: Path) -> Session:
        from bench import handwritten

        connection = self._connect(path)

        class Opened(Session):
            def read(self, key: str) -> object:
                return handwritten.read_one(connection, key)

            def write(self, document: Document) -> None:
                handwritten.write_one(connection, document)

            def close(self) -> None:
                connection.close()

        return Opened()

    def _connect(self, path: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None, cached_statements=1_000)
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        return connection


class Interpreter(Contender):
    """A JSONPath interpreter, expressions parsed once: flatten only."""

    name = "jsonpath-ng find()"

    def prepare(self) -> None:
        import bench.interpreter  # noqa: F401

    def flatten(self, documents: list[Document]) -> None:
        from bench.interpreter import flatten

        for mission, document in enumerate(documents):
            flatten(document, mission)


class ParseOnly(Contender):
    """The floor: `orjson.loads` of every line, no database."""

    name = "parse only (floor)"

    def load(self, path: Path, lines: Iterable[bytes]) -> None:
        for line in lines:
            orjson.loads(line)


class Docrel(Contender):
    """docrel with its shipped mapping `missions@2`."""

    name = "docrel"

    def __init__(self) -> None:
        self._loaded: Any = None

    def prepare(self) -> None:
        self._mapping().flatten(next(_one_mission()))

    def load(self, path: Path, lines: Iterable[bytes]) -> None:
        import docrel

        store = docrel.open(path, self._mapping())
        store.import_(lines)
        store.close()

    def flatten(self, documents: list[Document]) -> None:
        flatten = self._mapping().flatten
        for document in documents:
            flatten(document)

    def export(self, path: Path) -> Iterator[bytes]:
        import docrel

        store = docrel.open(path, self._mapping())
        yield from store.export()
        store.close()

    def open(self, path: Path) -> Session:
        import docrel

        store = docrel.open(path, self._mapping())

        class Opened(Session):
            def read(self, key: str) -> object:
                return store.get(key)

            def write(self, document: Document) -> None:
                store.put(document)

            def close(self) -> None:
                store.close()

        return Opened()

    def _mapping(self) -> Any:
        import docrel

        if self._loaded is None:
            self._loaded = docrel.load("missions@2")
        return self._loaded


def _one_mission() -> Iterator[Document]:
    from bench.missions import generate

    return itertools.islice(generate(1), 1)


BASELINE: Final = Handwritten.name
"""Whom the ratios are relative to."""

CONTENDERS: Final[dict[str, Contender]] = {
    contender.name: contender for contender in (Docrel(), Handwritten(), Interpreter(), ParseOnly())
}
