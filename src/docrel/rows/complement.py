"""The complement of one row: what its columns cannot say.

In: notes that `flatten` takes about a row. Out: two JSON texts, `shape` (structure, the same for whole fleets of
documents, so it is interned) and `body` (values of this document); and back, for `rebuild`. Every note is guarded: it
holds only while the column still has the value that it was taken for (DESIGN.md, section 5).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import Any

from docrel.diagnostics import DocumentError
from docrel.layout import Pointer, RowKey
from docrel.values import NOTHING, jsontext

Stored = Any


class RowComplement:
    """Notes about one row.

    Attributes:
        nulls: Columns that are NULL because the document says null, not because it is silent.
        integers: Columns of type real whose integral value is spelled as an integer.
        explicit: Columns whose value equals the default but is written in the document.
        via: Column to the number of the alternative that it came from, where that is not the first.
        edge: The name of the source that the row came by, where no column tells.
        order: Pointer to an object and its members' names in order, where that is not the expected one.
        overrides: Column to `(encoded,)` (the document says nothing) or `(encoded, value)`.
        strays: Pointer to an array and `[anchor, element]` pairs: elements that are no rows, each with the key
            of the row before it (None: none).
        rest: What nobody claimed, where the table has no rest column or it was found too late for it.
    """

    __slots__ = ("edge", "explicit", "integers", "nulls", "order", "overrides", "rest", "strays", "via")

    def __init__(self) -> None:
        self.nulls: list[str] = []
        self.integers: list[str] = []
        self.explicit: list[str] = []
        self.via: dict[str, int] = {}
        self.edge: str | None = None
        self.order: list[tuple[Pointer, list[str]]] = []
        self.overrides: dict[str, tuple[Stored, ...]] = {}
        self.strays: list[tuple[Pointer, list[tuple[RowKey | None, Any]]]] = []
        self.rest: Any = NOTHING

    def keep(self, pointer: Pointer, value: Any) -> None:
        """Add `value` to the rest at `pointer`."""
        if not pointer:
            self.rest = value
            return
        if self.rest is NOTHING:
            self.rest = [] if isinstance(pointer[0], int) else {}
        at = self.rest
        for step, following in pairwise(pointer):
            inner = _member(at, step)
            if inner is None:
                inner = [] if isinstance(following, int) else {}
                _set_member(at, step, inner)
            at = inner
        _set_member(at, pointer[-1], value)

    def set_order(self, pointer: Pointer, names: list[str]) -> None:
        """Note the order of the members of the object at `pointer`, in place of what was noted."""
        self.order = [(p, n) for p, n in self.order if p != pointer]
        self.order.append((pointer, names))

    def dump(self) -> tuple[str | None, str | None]:
        """Return `(shape, body)`, None for what is empty."""
        shape: dict[str, Any] = {}
        if self.nulls:
            shape["null"] = self.nulls
        if self.integers:
            shape["integer"] = self.integers
        if self.explicit:
            shape["explicit"] = self.explicit
        if self.via:
            shape["via"] = self.via
        if self.edge is not None:
            shape["edge"] = self.edge
        if self.order:
            shape["order"] = [[list(pointer), names] for pointer, names in self.order]
        body: Body = {}
        if self.overrides:
            body["override"] = {name: [_portable(o[0]), *o[1:]] for name, o in self.overrides.items()}
        if self.strays:
            body["stray"] = [[list(pointer), [list(s) for s in found]] for pointer, found in self.strays]
        if self.rest is not NOTHING:
            body["rest"] = self.rest
        return (jsontext.dumps_known(shape) if shape else None, _dump_body(body) if body else None)


Body = dict[str, Any]
DEEP = '{"text":'
"""What the text of a body begins with where values are texts within it, so that names in them are spelled otherwise."""


def _dump_body(body: Body) -> str:
    """Return the text of a body; values at the limit of depth, which the body would exceed, are texts within it."""
    try:
        return jsontext.dumps_known(body)
    except DocumentError:
        return jsontext.dumps({"text": _each_value(body, jsontext.dumps)})


def _each_value(body: Body, change: Callable[[Any], Any]) -> Body:
    """Return the body with each value of the document changed."""
    found: Body = {}
    if "override" in body:
        found["override"] = {name: [o[0], *map(change, o[1:])] for name, o in body["override"].items()}
    if "stray" in body:
        found["stray"] = [[at, [[anchor, change(v)] for anchor, v in pairs]] for at, pairs in body["stray"]]
    if "rest" in body:
        found["rest"] = change(body["rest"])
    return found


def _member(container: Any, step: str | int) -> Any:
    if isinstance(step, int):
        return container[step] if len(container) > step else None
    return container.get(step)


def _set_member(container: Any, step: str | int, value: Any) -> None:
    if isinstance(step, int):
        container.extend([None] * (step + 1 - len(container)))
    container[step] = value


def _portable(stored: Stored) -> Any:
    return base64.b64encode(stored).decode() if isinstance(stored, bytes) else stored


def holds(override: tuple[Stored, ...], stored: Stored) -> bool:
    """Say whether a column still has the value that the override was taken for."""
    stored = _portable(stored)
    return bool(override[0] == stored and type(override[0]) is type(stored))


def shape_id(shape: str) -> bytes:
    """Return the key under which a shape is interned: a digest, so that it needs no look-up (16 bytes)."""
    return hashlib.blake2b(shape.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def load(shape: str | None, body: str | None) -> RowComplement:
    """Return the complement that `dump` wrote.

    Raises:
        ValueError: The texts are not such, whoever wrote them.
    """
    found = RowComplement()
    if shape is not None:
        _read_shape(found, _parsed(shape))
    if body is not None:
        content: Any = jsontext.loads_text(body)
        if isinstance(content, dict) and content.keys() == {"text"}:
            _check_body(content["text"])
            content = _each_value(content["text"], _value_of)
        _check_body(content)
        found.overrides = {name: tuple(o) for name, o in content.get("override", {}).items()}
        found.strays = [
            (tuple(pointer), [(anchor, value) for anchor, value in pairs])
            for pointer, pairs in content.get("stray", ())
        ]
        found.rest = content.get("rest", NOTHING)
    return found


@lru_cache(maxsize=4096)
def _parsed(shape: str) -> Any:
    content: Any = jsontext.loads_text(shape)
    _check_shape(content)
    content["order"] = [(tuple(pointer), names) for pointer, names in content.get("order", ())]
    return content


def _read_shape(found: RowComplement, content: Any) -> None:
    found.nulls = content.get("null", [])
    found.integers = content.get("integer", [])
    found.explicit = content.get("explicit", [])
    found.via = content.get("via", {})
    found.edge = content.get("edge")
    found.order = content["order"]


def _value_of(text: Any) -> Any:
    _hold(isinstance(text, str), "a value at the limit of depth is no text")
    return jsontext.loads_text(text)


def _hold(condition: bool, fault: str) -> None:
    if not condition:
        raise ValueError(fault)


def _check_shape(content: Any) -> None:
    known = {"null", "integer", "explicit", "via", "edge", "order"}
    _hold(isinstance(content, dict) and content.keys() <= known, "a shape has members that no shape has")
    for kind in ("null", "integer", "explicit"):
        _hold(_are_names(content.get(kind, [])), f"`{kind}` does not list columns")
    via = content.get("via", {})
    _hold(isinstance(via, dict) and all(type(n) is int for n in via.values()), "`via` does not number alternatives")
    _hold("edge" not in content or isinstance(content["edge"], str), "`edge` names no source")
    order = content.get("order", [])
    _hold(_are_pairs(order), "`order` does not list objects")
    for pointer, names in order:
        _hold(_is_pointer(pointer) and _are_names(names), "`order` does not list names")


def _check_body(content: Any) -> None:
    known = {"override", "stray", "rest"}
    _hold(isinstance(content, dict) and content.keys() <= known, "a body has members that no body has")
    overrides, strays = content.get("override", {}), content.get("stray", [])
    _hold(isinstance(overrides, dict), "`override` does not name columns")
    for held in overrides.values():
        good = isinstance(held, list) and len(held) in (1, 2) and type(held[0]) in (type(None), int, float, str)
        _hold(good, "`override` does not say what a column held")
    _hold(_are_pairs(strays), "`stray` does not list arrays")
    for pointer, elements in strays:
        _hold(_is_pointer(pointer) and _are_pairs(elements), "`stray` does not list elements")
        _hold(all(type(a) in (type(None), int, str) for a, _ in elements), "`stray` names no row that one follows")


def _are_pairs(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(pair, list) and len(pair) == 2 for pair in value)


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _is_pointer(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(step, str) or (type(step) is int and step >= 0) for step in value)
