"""Kinds: what all values of a column are, for programs whose columns hold values of one kind.

In: values as the database holds them, and the column's type where that is known. Out: the kind of them all, and the
value of that kind for each. No value is bent: where no kind has them all they are text.
"""

from __future__ import annotations

import math
import re
from base64 import b64encode
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, Literal

from docrel.values import jsontext

Kind = Literal["integer", "real", "boolean", "text", "bytes", "date", "timestamp"]
_OF_TYPES: dict[str | None, Kind] = {
    "base64": "bytes", "boolean": "boolean", "date": "date", "decimal": "real", "integer": "integer", "real": "real",
    "timestamp": "timestamp",
}  # fmt: skip
_SPELLED: dict[str | None, re.Pattern[str]] = {
    "date": re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII),
    "timestamp": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}000Z\Z", re.ASCII),
}
_EXACT = 2**53
"""Integers up to this are doubles too."""


class Kinds:
    """Finds the kind of a column's values, which are shown to it some at a time."""

    def __init__(self, type_: str | None) -> None:
        self._type = type_
        self._classes: set[type] = set()
        self._are_spelled = True
        self._are_small = True
        self._are_bits = True

    def add(self, values: Iterable[Any]) -> None:
        """Look at more values."""
        there = [value for value in values if value is not None]
        classes = set(map(type, there))
        self._classes |= classes
        if str in classes and self._type in _SPELLED and self._are_spelled:
            self._are_spelled = all(_is_time(value, self._type) for value in there)
        if int in classes:
            numbers = [value for value in there if isinstance(value, int)]
            self._are_small = self._are_small and max(map(abs, numbers)) <= _EXACT
            self._are_bits = self._are_bits and set(numbers) <= {0, 1}

    @property
    def kind(self) -> Kind:
        """The kind of all values."""
        found = self._classes
        if not found:
            return _OF_TYPES.get(self._type, "text")
        if found == {str} and self._type in _SPELLED and self._are_spelled:
            return _OF_TYPES[self._type]
        if found == {int}:
            return "boolean" if self._type == "boolean" and self._are_bits else "integer"
        if found <= {int, float}:
            return "real" if self._are_small else "text"
        return "bytes" if found == {bytes} else "text"


def of_kind(kind: Kind) -> Callable[[Any], Any]:
    """Return what gives a value that is there as one of a kind."""
    return _MADE[kind]


def cell_text(value: Any) -> str:
    """Return a value as the cell of a table has it: NULL is empty, bytes are base64, JSON is compact."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, float):
        return infinity(value) or repr(value)
    return jsontext.dumps_known(value)


def infinity(value: float) -> str | None:
    """Return how a number without end is spelled, None for another one."""
    return None if math.isfinite(value) else "Infinity" if value > 0 else "-Infinity"


def _is_time(value: Any, type_: str | None) -> bool:
    if not isinstance(value, str) or _SPELLED[type_].match(value) is None:
        return False
    try:
        (_date if type_ == "date" else _time)(value)
    except ValueError:
        return False
    return True


def _date(value: str) -> date:
    return date.fromisoformat(value)


def _time(value: str) -> datetime:
    return datetime.fromisoformat(f"{value[:26]}+00:00")


_MADE: dict[Kind, Callable[[Any], Any]] = {
    "boolean": bool, "bytes": bytes, "date": _date, "integer": int, "real": float, "text": cell_text,
    "timestamp": _time,
}  # fmt: skip
