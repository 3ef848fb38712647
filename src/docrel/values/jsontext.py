"""JSON text in and out, exactly: what is read is what was written, or it is refused with a position.

In: bytes or text. Out: JSON values (`None`, `bool`, `int`, `float`, `Decimal`, `str`, `list`, `dict`), and
back. Never bends a value: what `orjson` or Python's reader would round, merge or drop goes to an exact one.

Three readers, each tried where the one before cannot prove that it is exact: `orjson`, the standard library
with hooks, and `docrel.values.jsonscan`, which is also the one that knows positions.
"""

from __future__ import annotations

import json
from typing import cast

import orjson

from docrel.diagnostics import DocumentError
from docrel.values.json_path import json_path
from docrel.values.jsonequal import first_difference, in_order, same
from docrel.values.jsonnumber import MAX_DIGITS, integer, real
from docrel.values.jsonscan import DuplicateKeys, NotJsonError, NotUtf8Error, scan
from docrel.values.jsonvalue import JSON, MAX_DEPTH, check_value, too_deep
from docrel.values.jsonwrite import dumps, dumps_bytes, dumps_known

__all__ = [
    "JSON",
    "MAX_DEPTH",
    "MAX_DIGITS",
    "DuplicateKeys",
    "NotJsonError",
    "NotUtf8Error",
    "check_value",
    "dumps",
    "dumps_bytes",
    "dumps_known",
    "first_difference",
    "in_order",
    "json_path",
    "loads",
    "loads_text",
    "same",
]

_SPACE = b" \t\r\n"


def loads(data: bytes, *, file: str = "<json>", duplicate_keys: DuplicateKeys = "refuse") -> JSON:
    """Return the JSON value that `data` denotes, exactly.

    With `duplicate_keys="last"` the last value of a repeated key wins, in the place of the first.

    Raises:
        DocumentError: `data` is not JSON (D301), repeats a key (D302), holds a number that cannot be kept
            (D303), nests more than `MAX_DEPTH` deep (D304) or is not UTF-8 (D305), with line and column.

    Law: `same(loads(dumps_bytes(v)), v)`; all three readers agree (tests/unit/test_jsontext.py).
    """
    try:
        value = cast("JSON", orjson.loads(data))
    except orjson.JSONDecodeError:
        return scan(data, file=file, duplicate_keys=duplicate_keys)
    if _proven(value, data):
        return value
    try:
        value = cast("JSON", _decoder.decode(data.decode()))
    except (ValueError, RecursionError):
        return scan(data, file=file, duplicate_keys=duplicate_keys)
    if data.count(b"[") + data.count(b"{") > MAX_DEPTH and too_deep(value):
        return scan(data, file=file, duplicate_keys=duplicate_keys)
    return value


def loads_text(text: str) -> JSON:
    """Return the JSON value of a column's text, exactly as `loads` would.

    Raises:
        ValueError: the text is not JSON, or holds what JSON cannot; the message has line and column.
    """
    try:
        value: JSON = orjson.loads(text)
        if orjson.dumps(value).decode() == text:  # see `_proven`
            return value
    except (orjson.JSONDecodeError, TypeError):
        pass
    try:
        return loads(text.encode(), file="")
    except UnicodeEncodeError as error:
        raise ValueError(f"character {error.start + 1} is a lone surrogate, which no UTF-8 text can hold") from error
    except DocumentError as error:
        diagnostic = error.diagnostics[0]
        place = f"{diagnostic.position.line}:{diagnostic.position.column}: " if diagnostic.position else ""
        raise ValueError(f"{place}{diagnostic.message}") from error


def _proven(value: JSON, data: bytes) -> bool:
    """Tell whether `orjson` read `data` exactly, by writing the value again.

    What `orjson` writes denotes the value. So equal texts prove an equal meaning: a rounded number, a lost
    sign (`-0`), a dropped duplicate would each be spelled differently. White space may differ, and is taken
    out of both sides. That takes the spaces within strings too (a line break or a tab never stands in one),
    but leaves every quote and escape in place, so the two sides still have the same tokens, one by one, such
    spaces aside: no number was respelled, no member dropped, and strings `orjson` reads as they are.

    The depth is proven with it: `orjson` writes at most 254 levels, fewer than `MAX_DEPTH`.
    """
    try:
        written = orjson.dumps(value)
    except TypeError:  # too deep for its writer
        return False
    return written == data or written.translate(None, _SPACE) == data.translate(None, _SPACE)


def _object(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate key")
    return members


def _constant(name: str) -> JSON:
    raise ValueError(name)


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_float=real, parse_int=integer, parse_constant=_constant)
