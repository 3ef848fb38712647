"""Typed rows: the rows of a table as named tuples whose values are what the columns mean.

In: a table of a plan and stored rows. Out: tuples with a field for each column: a boolean is a bool, JSON is
parsed, NULL is None. A column whose name is no Python name is a field called `_<its 0-based number>`.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping
from keyword import iskeyword
from typing import Any

from docrel.plan import Rest, Table
from docrel.values import CODECS

_AS_STORED = {"text", "integer", "real", "decimal", "scalar"}
Record = Any  # a named tuple, one class a table


class RecordType:
    """Makes records of one table."""

    def __init__(self, table: Table) -> None:
        names = [column.name for column in table.columns]
        kind: Any = namedtuple(table.name if _can_name(table.name) else "Row", names, rename=True)  # type: ignore[misc]
        self._make = kind._make
        codecs = [CODECS["json" if isinstance(c.role, Rest) else c.type] for c in table.columns]
        self._encoders = {name: codec.encode for name, codec in zip(names, codecs, strict=True)}
        self._decoders: list[tuple[int, Callable[[Any], Any]]] = [
            (n, codec.decode) for n, codec in enumerate(codecs) if codec.name not in _AS_STORED
        ]

    def stored(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return values by column name as the columns hold them."""
        return {name: None if value is None else self._encoders[name](value) for name, value in values.items()}

    def records(self, rows: Iterable[tuple[Any, ...]]) -> list[Record]:
        """Return the stored rows as records, in their order."""
        return [self._record(row) for row in rows]

    def _record(self, row: tuple[Any, ...]) -> Record:
        values = list(row)
        for n, decode in self._decoders:
            if values[n] is not None:
                values[n] = decode(values[n])
        return self._make(values)


def _can_name(table: str) -> bool:
    """Say whether a Python class may have the table's name."""
    return table.isidentifier() and not iskeyword(table)
