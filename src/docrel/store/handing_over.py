"""Handing over: rows as tables of Arrow, pandas and Parquet, whose columns hold values of one kind each.

In: the names and types of columns, rows as the database holds them. Out: a table, or the bytes of a file. Neither
library comes with docrel: each is imported when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from io import RawIOBase
from itertools import islice
from typing import Any

from docrel.diagnostics import StoreError
from docrel.store.column_kinds import Kind, Kinds, of_kind

ROWS_A_GROUP = 50_000
Values = tuple[Any, ...]
_OF_PANDAS: dict[Kind, str] = {
    "boolean": "boolean", "bytes": "object", "date": "object", "integer": "Int64", "real": "float64",
    "text": "string", "timestamp": "datetime64[us, UTC]",
}  # fmt: skip


def arrow(columns: Sequence[str], types: Sequence[str | None], rows: Iterable[Values]) -> Any:
    """Return rows as a table of Arrow."""
    pyarrow = library("pyarrow", "parquet")
    kinds, values = _columns(types, rows)
    schema = _schema(pyarrow, columns, kinds)
    return pyarrow.table([pyarrow.array(v, f.type) for v, f in zip(values, schema, strict=True)], schema=schema)


def pandas(columns: Sequence[str], types: Sequence[str | None], rows: Iterable[Values]) -> Any:
    """Return rows as a data frame of pandas."""
    library_ = library("pandas", "pandas")
    kinds, values = _columns(types, rows)
    series = {n: library_.Series(v, dtype=_OF_PANDAS[k]) for n, (k, v) in enumerate(zip(kinds, values, strict=True))}
    frame = library_.DataFrame(series)
    frame.columns = list(columns)
    return frame


def parquet(
    columns: Sequence[str], types: Sequence[str | None], rows: Callable[[], Iterable[Values]]
) -> Iterator[bytes]:
    """Yield the bytes of a Parquet file of rows, in constant memory; `rows` gives the same ones twice."""
    pyarrow = library("pyarrow", "parquet")
    found = [Kinds(type_) for type_ in types]
    for page in _pages(rows()):
        _look(found, page)
    kinds = [one.kind for one in found]
    schema, file = _schema(pyarrow, columns, kinds), _Pieces()
    with import_module("pyarrow.parquet").ParquetWriter(file, schema) as writer:
        for page in _pages(rows()):
            values = _made(kinds, page)
            arrays = [pyarrow.array(v, f.type) for v, f in zip(values, schema, strict=True)]
            writer.write_table(pyarrow.table(arrays, schema=schema))
            yield from file.taken()
    yield from file.taken()


def library(name: str, extra: str) -> Any:
    """Return a library that does not come with docrel.

    Raises:
        StoreError: S483, it is not installed.
    """
    try:
        return import_module(name)
    except ImportError as e:
        advice = f"install it: `pip install 'docrel[{extra}]'`"
        raise StoreError.one("S483", f"this needs {name}, which is not installed", help=advice) from e


class _Pieces(RawIOBase):
    """A file that keeps what is written until somebody takes it."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._length = 0

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        self._length += len(self._pieces[-1])
        return len(self._pieces[-1])

    def tell(self) -> int:
        return self._length

    def taken(self) -> list[bytes]:
        taken, self._pieces = self._pieces, []
        return taken


def _schema(pyarrow: Any, columns: Sequence[str], kinds: Sequence[Kind]) -> Any:
    types = {
        "boolean": pyarrow.bool_(), "bytes": pyarrow.binary(), "date": pyarrow.date32(), "integer": pyarrow.int64(),
        "real": pyarrow.float64(), "text": pyarrow.string(), "timestamp": pyarrow.timestamp("us", tz="UTC"),
    }  # fmt: skip
    return pyarrow.schema([pyarrow.field(name, types[kind]) for name, kind in zip(columns, kinds, strict=True)])


def _columns(types: Sequence[str | None], rows: Iterable[Values]) -> tuple[list[Kind], list[list[Any]]]:
    """Return the kind of each column and its values."""
    there = list(rows)
    found = [Kinds(type_) for type_ in types]
    _look(found, there)
    kinds = [one.kind for one in found]
    return kinds, _made(kinds, there)


def _look(found: Sequence[Kinds], rows: Sequence[Values]) -> None:
    for one, values in zip(found, zip(*rows, strict=True), strict=bool(rows)):
        one.add(values)


def _made(kinds: Sequence[Kind], rows: Sequence[Values]) -> list[list[Any]]:
    """Return the values of each column, each of its kind."""
    if not rows:
        return [[] for _ in kinds]
    made = map(of_kind, kinds)
    return [
        [None if value is None else make(value) for value in values]
        for make, values in zip(made, zip(*rows, strict=True), strict=True)
    ]


def _pages(rows: Iterable[Values]) -> Iterator[list[Values]]:
    left = iter(rows)
    while page := list(islice(left, ROWS_A_GROUP)):
        yield page
