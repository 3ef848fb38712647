"""Plan JSON: frozen dataclasses out of JSON text, each field held against its annotation.

In: text that anybody may have written, and a class. Out: a value of the class, or a ValueError that says what is wrong
and where. Nothing is converted: `true` is no number, a number no text, and what a class does not have is refused. No
class of a plan holds itself, so the annotations bound its depth; those of a layout, which nobody else writes, may.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, NoReturn, Union, get_args, get_origin, get_type_hints

Decoder = Callable[[Any], Any]

MAX_CHARACTERS = 16 * 1024 * 1024
"""The longest text of a plan that is read."""
_SCALARS = {NoneType: "null", bool: "true or false", int: "an integer", float: "a number", str: "a text"}


class _MisfitError(ValueError):
    """What is wrong with a value; the steps to it are added on the way out, the innermost first."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.steps: list[str] = []

    def __str__(self) -> str:
        return f"at {''.join(reversed(self.steps)) or 'the top'}: {self.message}"


def decoded(text: Any, kind: Any) -> Any:
    """Return the value of class `kind` that a JSON text spells.

    Raises:
        ValueError: The text is too long, no JSON, or does not spell such a value.
    """
    if not isinstance(text, str):
        raise ValueError("it is no text")
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"it has more than {MAX_CHARACTERS:,} characters")
    try:
        content = json.loads(text, object_pairs_hook=_members, parse_constant=_refused)
    except RecursionError as e:
        raise ValueError("it is nested too deep") from e
    return _decoder(kind)(content)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("an object has a key twice")
    return members


def _refused(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


@cache
def _decoder(hint: Any) -> Decoder:
    """Return the function that decodes what an annotation allows."""
    if hint in _SCALARS:
        return _scalar((hint,))
    if is_dataclass(hint):
        return _one_of_classes((hint,))
    match get_origin(hint):
        case origin if origin is Literal:
            return _literal(get_args(hint))
        case origin if origin is tuple:
            return _tuple(get_args(hint))
        case origin if origin in (Union, UnionType):
            return _union(get_args(hint))
    raise TypeError(f"no JSON is decoded as {hint}")


def _scalar(types: Sequence[type]) -> Decoder:
    words = " or ".join(_SCALARS[one] for one in types)

    def decode(value: Any) -> Any:
        if type(value) not in types or (type(value) is float and not math.isfinite(value)):
            raise _MisfitError(f"{words} is wanted")
        return value

    return decode


def _literal(allowed: Sequence[str]) -> Decoder:
    def decode(value: Any) -> Any:
        if type(value) is not str or value not in allowed:
            raise _MisfitError(f"one of {', '.join(allowed)} is wanted")
        return value

    return decode


def _tuple(parts: Sequence[Any]) -> Decoder:
    """Return the decoder of a list: of any length (`tuple[X, ...]`), or of one thing after another."""
    if parts[1:] == (...,):
        one, length = _decoder(parts[0]), None
    else:
        several, length = [_decoder(part) for part in parts], len(parts)

    def decode(value: Any) -> Any:
        if type(value) is not list or (length is not None and len(value) != length):
            raise _MisfitError("a list is wanted" if length is None else f"a list of {length} is wanted")
        decoders = several if length is not None else [one] * len(value)
        found = []
        for number, (inner, part) in enumerate(zip(decoders, value, strict=True)):
            try:
                found.append(inner(part))
            except _MisfitError as e:
                e.steps.append(f"[{number}]")
                raise
        return tuple(found)

    return decode


def _union(options: Sequence[Any]) -> Decoder:
    """Return the decoder of one of several kinds, told apart by what JSON has: an object, a list, a scalar."""
    classes = tuple(option for option in options if is_dataclass(option) or option is bytes)
    lists = [_decoder(option) for option in options if get_origin(option) is tuple]
    scalars = _scalar([option for option in options if option in _SCALARS])
    objects = _one_of_classes(classes)

    def decode(value: Any) -> Any:
        if classes and type(value) is dict:
            return objects(value)
        return lists[0](value) if lists and type(value) is list else scalars(value)

    return decode


def _one_of_classes(classes: Sequence[Any]) -> Decoder:
    by_name = {one.__name__: one for one in classes}

    def decode(value: Any) -> Any:
        name = value.get("is") if type(value) is dict else None
        if type(name) is not str or name not in by_name:
            raise _MisfitError(f"one of {', '.join(by_name)} is wanted")
        return _object(by_name[name], value)

    return decode


def _bytes(value: dict[str, Any]) -> bytes:
    """Return the bytes that an object `{"is": "bytes", "hex": …}` spells, in the one way that `to_json` does."""
    found = b""
    if type(value.get("hex")) is str:
        with suppress(ValueError):
            found = bytes.fromhex(value["hex"])
    if value != {"is": "bytes", "hex": found.hex()}:
        raise _MisfitError("bytes in hex digits are wanted")
    return found


def _object(kind: Any, value: dict[str, Any]) -> Any:
    if kind is bytes:
        return _bytes(value)
    decoders, required = _fields(kind)
    members: dict[str, Any] = {}
    for name, part in value.items():
        if name == "is":
            continue
        if name not in decoders:
            raise _MisfitError(f"{kind.__name__} has no {name!a}")
        try:
            members[name] = decoders[name](part)
        except _MisfitError as e:
            e.steps.append(f".{name}")
            raise
    lacking = required - members.keys()
    if lacking:
        raise _MisfitError(f"{kind.__name__} lacks {', '.join(sorted(lacking))}")
    return kind(**members)


@cache
def _fields(kind: Any) -> tuple[dict[str, Decoder], frozenset[str]]:
    """Return the decoder of each field that makes a value of a class, and those without a default."""
    hints, given = get_type_hints(kind), [f for f in fields(kind) if f.init]
    return {f.name: _decoder(hints[f.name]) for f in given}, frozenset(f.name for f in given if f.default is MISSING)
