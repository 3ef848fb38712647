"""JSON values in Python: their type, and the check of those that a caller hands in.

In: any Python value. Out: nothing, or a `DocumentError` that names the JSON path. Never converts and never
recurses in Python's own stack.
"""

from __future__ import annotations

import json
import math
import re
from decimal import Decimal
from typing import Any, Final, TypeAlias

import orjson

from docrel.diagnostics import DocumentError, shortened
from docrel.values.json_path import json_path
from docrel.values.jsonnumber import number_fault


class _Nothing:
    """The absence of a value, which None (JSON null) is not."""

    def __repr__(self) -> str:
        return "NOTHING"


NOTHING: Final = _Nothing()
"""No value; told by identity."""

JSON: TypeAlias = "bool | int | float | Decimal | str | list[JSON] | dict[str, JSON] | None"

MAX_DEPTH = 256
"""The deepest nesting of arrays and objects that is read, written or stored; a scalar has depth 0, `[]` 1."""

_EXACT = frozenset({str, int, bool, type(None)})
_SPLIT_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")

_Link: TypeAlias = "tuple[_Link, str | int, object] | None"


def string_text(string: str) -> str:
    """Return `string` as JSON text; one with a lone surrogate is written in ASCII alone."""
    try:
        return orjson.dumps(string).decode()
    except TypeError:
        return json.dumps(string)


def too_deep(value: object) -> bool:
    """Tell whether lists and dicts are nested more than `MAX_DEPTH` deep, level by level.

    The work is unbounded where containers are shared or cyclic: only for what a parser made.
    """
    level = [value] if isinstance(value, (list, dict)) else []
    for _ in range(MAX_DEPTH + 1):
        if not level:
            return False
        level = [
            child
            for container in level
            for child in (container.values() if isinstance(container, dict) else container)
            if isinstance(child, (list, dict))
        ]
    return True


def check_value(value: object) -> bool:
    """Refuse a Python value that is not exactly a JSON value which can be written and read back the same.

    Returns whether the value is known to be clean: no string of it holds U+0000 or a lone surrogate.

    Refused: NaN and infinities, numbers that the reader would refuse or read as another type, keys that are
    not `str`, tuples, subclasses and other foreign types, a surrogate pair held as two characters (its JSON
    text means one), nesting beyond `MAX_DEPTH`, containers that hold themselves.

    Raises:
        DocumentError: D303, D304 or D306, with the JSON path as its subject.
    """
    try:
        written = orjson.dumps(value)
    except TypeError:  # it is no JSON value, or one that `orjson` does not write
        written = b""
    if written and is_plain(value):
        return b"\\u" not in written
    _check_all(value)
    return False


def is_plain(value: object) -> bool:
    """Tell whether a value that `orjson` writes, and which so has an end, is of JSON's own types and finite numbers."""
    pending: list[Any] = [value]
    for inner in pending:  # grows on the way
        kind = type(inner)
        if kind in _EXACT:
            continue
        if kind is dict:
            pending.extend(inner.values())
        elif kind is list:
            pending.extend(inner)
        elif kind is not float or not math.isfinite(inner):
            return False
    return True


def _check_all(value: object) -> None:
    """Refuse what `check_value` does, looking at every key and value."""
    fault = _scalar_fault(value)
    if fault:
        raise _refusal(None, fault)
    pending: list[tuple[object, int, _Link]] = [(value, 1, None)]
    while pending:
        container, depth, link = pending.pop()
        if type(container) is dict:
            members: list[tuple[str | int, object]] = list(container.items())
            _check_keys(container, link)
        elif type(container) is list:
            members = list(enumerate(container))
        else:
            continue
        if depth > MAX_DEPTH:
            raise _too_deep_refusal(container, link)
        for step, child in members:
            if type(child) is list or type(child) is dict:
                pending.append((child, depth + 1, (link, step, container)))
            elif fault := _scalar_fault(child):
                raise _refusal((link, step, container), fault)


def _check_keys(container: dict[object, object], link: _Link) -> None:
    for key in container:
        if type(key) is not str:
            raise _refusal(link, ("D306", f"the key {_shown(key)} is a Python {type(key).__name__}, not a str"))
        if fault := _string_fault(key):
            raise _refusal(link, fault)


def _scalar_fault(value: object) -> tuple[str, str] | None:
    """Return the code and message for what is no JSON scalar, list or dict, else `None`."""
    kind = type(value)
    if kind is str:
        return _string_fault(str(value))
    if value is None or kind is bool or kind is list or kind is dict:
        return None
    if kind is int or kind is float or kind is Decimal:
        fault = number_fault(value)  # type: ignore[arg-type]
        if not fault:
            return None
        return ("D306" if "Decimal whose" in fault else "D303", f"the number {_shown(value)} {fault}")
    return "D306", f"a Python {kind.__name__} is not a JSON value"


def _string_fault(string: str) -> tuple[str, str] | None:
    if string.isascii() or not _SPLIT_PAIR.search(string):
        return None
    return "D306", f"the string {_shown(string)} holds a surrogate pair as two characters"


def _shown(value: object) -> str:
    if isinstance(value, int) and value.bit_length() > 400:
        return f"of {value.bit_length()} bits"
    return shortened(ascii(value))


def _refusal(link: _Link, fault: tuple[str, str]) -> DocumentError:
    steps: list[str | int] = []
    while link:
        link, step, _ = link
        steps.append(step)
    code, message = fault
    return DocumentError.one(code, message, subject=json_path(steps[::-1]))


def _too_deep_refusal(container: object, link: _Link) -> DocumentError:
    inner: _Link = link
    while inner:
        above, _, holder = inner
        if holder is container:
            return _refusal(link, ("D306", f"the Python {type(container).__name__} contains itself"))
        inner = above
    return _refusal(link, ("D304", f"arrays and objects are nested more than {MAX_DEPTH} deep"))
