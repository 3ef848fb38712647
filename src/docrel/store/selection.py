"""Selection: rows that were asked for, one after another, and what other programs take them as.

In: a cursor, and what its columns hold where that is known. Out: tuples, dicts, Arrow and pandas tables. Rows are read
as they are asked for, so that any number of them takes constant memory, but for a table that holds them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from docrel.backends import Cursor, QueryError
from docrel.diagnostics import StoreError
from docrel.plan import Rest, Table
from docrel.store import handing_over
from docrel.store.errors import made_of_stored
from docrel.values import CODECS

if TYPE_CHECKING:
    import pandas
    import pyarrow

Values = tuple[Any, ...]
Decoders = list[tuple[int, Callable[[Any], Any]]]


class Selection:
    """Rows as tuples, in an iterator. Those of a table have what their columns mean; those of SQL what SQL gives.

    Attributes:
        columns: Their names, no two alike: a second `n` is `n_2`.
        types: What they hold, in the words of the mapping language; None where that is not known.
    """

    def __init__(
        self, cursor: Cursor, name: str, refused: Callable[[QueryError], StoreError], table: Table | None = None
    ) -> None:
        self.columns = _apart(cursor.columns)
        self.types: tuple[str | None, ...] = (None,) * len(self.columns)
        if table is not None:
            self.types = tuple("json" if isinstance(c.role, Rest) else c.type for c in table.columns)
        self._cursor, self._name, self._refused = cursor, name, refused
        self._decoders: Decoders = [
            (n, CODECS[type_].decode) for n, type_ in enumerate(self.types) if type_ is not None
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __iter__(self) -> Iterator[Values]:
        return self

    def __next__(self) -> Values:
        try:
            row = next(self._cursor)
        except QueryError as e:
            raise self._refused(e) from e
        return self._decoded(row, self._decoders)

    def stored(self) -> Iterator[Values]:
        """Yield the rows that are left as the database holds them.

        Raises:
            StoreError: S481, the database cannot go on with the query.
        """
        try:
            while (row := next(self._cursor, None)) is not None:
                yield row
        except QueryError as e:
            raise self._refused(e) from e

    def unparsed(self) -> Iterator[Values]:
        """Yield the rows that are left, but JSON as text."""
        decoders = [(n, decode) for n, decode in self._decoders if self.types[n] != "json"]
        return (self._decoded(row, decoders) for row in self.stored())

    def _decoded(self, row: Values, decoders: Decoders) -> Values:
        if not decoders:
            return row
        values = list(row)
        with made_of_stored(self._name):
            for n, decode in decoders:
                if values[n] is not None:
                    values[n] = decode(values[n])
        return tuple(values)

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield the rows that are left as dicts by the names of the columns."""
        return (dict(zip(self.columns, row, strict=True)) for row in self)

    def arrow(self) -> pyarrow.Table:
        """Return the rows that are left as a table of Arrow.

        A column is of its type, or of what all its values are: integers, doubles, text or bytes; where they are of
        several kinds it is text. Times are in microseconds, and text where one is finer. JSON is text.

        Raises:
            StoreError: S483, pyarrow is not installed.
        """
        return handing_over.arrow(self.columns, self.types, self.stored())

    def pandas(self) -> pandas.DataFrame:
        """Return the rows that are left as a data frame of pandas, with columns as `arrow` has them.

        Raises:
            StoreError: S483, pandas is not installed.
        """
        return handing_over.pandas(self.columns, self.types, self.stored())

    def close(self) -> None:
        """Read no more."""
        self._cursor.close()


def _apart(names: Sequence[str]) -> tuple[str, ...]:
    """Return names, each in another spelling where one before is the same."""
    taken: set[str] = set()
    found = []
    for name in names:
        spelling = name
        if name in taken:
            spelling = next(s for n in count(2) if (s := f"{name}_{n}") not in taken and s not in names)
        taken.add(spelling)
        found.append(spelling)
    return tuple(found)
