"""The complement of one row: what its columns cannot say, a class for each kind of note.

In: notes that `flatten` takes about a row. Out: two JSON texts, `shape` (structure, the same for whole fleets of
documents, so it is interned) and `body` (values of this document); and back, for `rebuild`. A note on a column is
guarded: it holds only while the column still has the value that it was taken for (docs/language.md, Types).
"""

from __future__ import annotations

import base64
import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeVar

from docrel.diagnostics import DocumentError
from docrel.layout import Pointer, RowKey
from docrel.values import NOTHING, jsontext

Stored = Any
Decode = Callable[[Stored], Any]


@dataclass(frozen=True, slots=True)
class Null:
    """The column is NULL because the document says null, not because it is silent."""

    column: str

    def put(self, value: Any, stored: Stored, decode: Decode) -> Any:
        """Return what the document says, where the column alone says `value`."""
        return None if stored is None else value


@dataclass(frozen=True, slots=True)
class Integer:
    """The column's type is real, and the document spells an integer."""

    column: str

    def put(self, value: Any, stored: Stored, decode: Decode) -> Any:
        """Return what the document says, where the column alone says `value`."""
        return int(value) if isinstance(value, float) and value.is_integer() else value


@dataclass(frozen=True, slots=True)
class Explicit:
    """The column's value equals the default and is written in the document all the same."""

    column: str

    def put(self, value: Any, stored: Stored, decode: Decode) -> Any:
        """Return what the document says, where the column alone says `value`."""
        return decode(stored) if value is NOTHING and stored is not None else value


@dataclass(frozen=True, slots=True)
class Override:
    """As long as the column holds `held`, the document says `value`; NOTHING: it is silent."""

    column: str
    held: Stored
    value: Any = NOTHING

    def holds(self, stored: Stored) -> bool:
        """Say whether the column still has the value that the note was taken for."""
        held, stored = _portable(self.held), _portable(stored)
        return bool(held == stored and type(held) is type(stored))

    def put(self, value: Any, stored: Stored, decode: Decode) -> Any:
        """Return what the document says, where the column alone says `value`."""
        return self.value if self.holds(stored) else value


@dataclass(frozen=True, slots=True)
class Via:
    """The column's value comes from the alternative of this number, not from the first one."""

    column: str
    alternative: int


@dataclass(frozen=True, slots=True)
class Edge:
    """The row came by the source of this name, which no column tells."""

    source: str


@dataclass(frozen=True, slots=True)
class Order:
    """The members of the object at `pointer` stand in the order of `names`, which is not the expected one."""

    pointer: Pointer
    names: list[str]

    def put(self, node: Any) -> None:
        """Bring the members into their order; those without a name here stay behind what they follow."""
        for step in self.pointer:
            if isinstance(node, dict) and step in node:
                node = node[step]
            elif isinstance(node, list) and isinstance(step, int) and step < len(node):
                node = node[step]
            else:
                return
        if not isinstance(node, dict):
            return
        present = [name for name in self.names if name in node]
        if len(present) < len(node):
            ranked = set(self.names)
            present.extend(name for name in node if name not in ranked)
        members = [(name, node[name]) for name in present]
        node.clear()
        node.update(members)


@dataclass(frozen=True, slots=True)
class Strays:
    """Elements of the array at `pointer` that are no rows, each with the key of the row before it (None: none)."""

    pointer: Pointer
    elements: list[tuple[RowKey | None, Any]]

    def put(self, array: list[Any], keys: Sequence[RowKey]) -> None:
        """Insert each into the array of rows that have `keys`, behind the row it followed or where that would be."""
        behind: dict[int, list[Any]] = {}
        place = {key: n for n, key in enumerate(keys)}
        for anchor, value in self.elements:
            if anchor is None:
                at = -1
            elif anchor in place:
                at = place[anchor]
            elif all(isinstance(key, int) for key in (anchor, *keys)):
                at = bisect_right(list(map(int, keys)), int(anchor)) - 1
            else:
                at = len(keys) - 1
            behind.setdefault(at, []).append(value)
        result = list(behind.get(-1, ()))
        for n, element in enumerate(array):
            result.append(element)
            result.extend(behind.get(n, ()))
        array[:] = result


@dataclass(frozen=True, slots=True)
class Rest:
    """What nobody claimed of the node, where the table has no rest column or it was found too late for it."""

    value: Any

    def put(self, column: Any) -> Any:
        """Return it together with what the rest column holds (NOTHING: nothing): objects and arrays are united."""
        if column is NOTHING:
            return self.value
        pending = [(column, self.value)]
        while pending:
            into, more = pending.pop()
            if isinstance(into, dict) and isinstance(more, dict):
                for name, value in more.items():
                    if isinstance(into.get(name), (dict, list)) and isinstance(value, (dict, list)):
                        pending.append((into[name], value))
                    else:
                        into.setdefault(name, value)
            elif isinstance(into, list) and isinstance(more, list):
                into.extend(more[len(into) :])
                for n, value in enumerate(more):
                    if into[n] is None:
                        into[n] = value
                    elif into[n] is not value:
                        pending.append((into[n], value))
        return column


ValueNote = Null | Integer | Explicit | Override
RowNote = ValueNote | Via | Edge | Order | Strays | Rest

DEEP = '{"text":'
"""What the text of a body begins with where values are texts within it, so that names in them are spelled otherwise."""

_SHAPE = {"null": Null, "integer": Integer, "explicit": Explicit, "via": Via, "edge": Edge, "order": Order}
_BODY = {"override": Override, "stray": Strays, "rest": Rest}
_N = TypeVar("_N", bound=RowNote)


class RowComplement(list[RowNote]):
    """The notes on one row, in the order in which they were taken."""

    __slots__ = ()

    def of(self, kind: type[_N]) -> list[_N]:
        """Return the notes of a kind."""
        return [note for note in self if isinstance(note, kind)]

    def by_column(self) -> dict[str, list[ValueNote]]:
        """Return the notes on what each column says."""
        found: dict[str, list[ValueNote]] = {}
        for note in self:
            if isinstance(note, ValueNote):
                found.setdefault(note.column, []).append(note)
        return found

    @property
    def edge(self) -> str | None:
        """The name of the source that the row came by, where no column tells."""
        return next((note.source for note in self if isinstance(note, Edge)), None)

    @property
    def rest(self) -> Any:
        """What nobody claimed of the row's node, as far as it is noted; NOTHING: nothing."""
        return next((note.value for note in self if isinstance(note, Rest)), NOTHING)

    def strays(self, pointer: Pointer) -> Strays | None:
        """Return the strays of the array at `pointer`."""
        return next((note for note in self.of(Strays) if note.pointer == pointer), None)

    def alternatives(self) -> dict[str, int]:
        """Return the numbers of the alternatives that columns' values come from, where that is not the first."""
        return {note.column: note.alternative for note in self if isinstance(note, Via)}

    def overriding(self, column: str) -> Override | None:
        """Return the override of a column."""
        return next((note for note in self.of(Override) if note.column == column), None)

    def override(self, note: Override) -> None:
        """Take an override, in place of another one of its column."""
        other = self.overriding(note.column)
        if other is None:
            self.append(note)
        else:
            self[self.index(other)] = note

    def keep(self, pointer: Pointer, value: Any) -> None:
        """Add `value` to the rest at `pointer`."""
        rest = self.rest
        if rest is NOTHING:
            rest = [] if isinstance(pointer[0], int) else {}
            self.append(Rest(rest))
        for step, following in pairwise(pointer):
            inner = _member(rest, step)
            if inner is None:
                inner = [] if isinstance(following, int) else {}
                _set_member(rest, step, inner)
            rest = inner
        _set_member(rest, pointer[-1], value)

    def set_order(self, pointer: Pointer, names: list[str]) -> None:
        """Note the order of the members of the object at `pointer`, in place of what was noted."""
        self[:] = [note for note in self if not (isinstance(note, Order) and note.pointer == pointer)]
        self.append(Order(pointer, names))

    def dump(self) -> tuple[str | None, str | None]:
        """Return `(shape, body)`, None for what is empty."""
        shape, body = _written(self, _SHAPE), _written(self, _BODY)
        return (jsontext.dumps_known(shape) if shape else None, _dump_body(self, body) if body else None)


def _member(container: Any, step: str | int) -> Any:
    if isinstance(step, int):
        return container[step] if len(container) > step else None
    return container.get(step)


def _set_member(container: Any, step: str | int, value: Any) -> None:
    if isinstance(step, int):
        container.extend([None] * (step + 1 - len(container)))
    container[step] = value


def shape_id(shape: str) -> bytes:
    """Return the key under which a shape is interned: a digest, so that it needs no look-up (16 bytes)."""
    return hashlib.blake2b(shape.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def load(shape: str | None, body: str | None) -> RowComplement:
    """Return the complement that `dump` wrote.

    Raises:
        ValueError: The texts are not such, whoever wrote them.
    """
    found = RowComplement(() if shape is None else _shape_notes(shape))
    if body is not None:
        content: Any = jsontext.loads_text(body)
        if isinstance(content, dict) and content.keys() == {"text"}:
            found += (_with_values(note, _value_of) for note in _body_notes(content["text"]))
        else:
            found += _body_notes(content)
    return found


@lru_cache(maxsize=4096)
def _shape_notes(shape: str) -> tuple[RowNote, ...]:
    content: Any = jsontext.loads_text(shape)
    known = isinstance(content, dict) and content.keys() <= _SHAPE.keys()
    _hold(known, "a shape has members that no shape has")
    return tuple(note for kind in _SHAPE if kind in content for note in _read(kind, content[kind]))


def _body_notes(content: Any) -> list[RowNote]:
    known = isinstance(content, dict) and content.keys() <= _BODY.keys()
    _hold(known, "a body has members that no body has")
    return [note for kind in _BODY if kind in content for note in _read(kind, content[kind])]


# -- values at the limit of depth ------------------------------------------------------------------------------


def _dump_body(notes: RowComplement, body: dict[str, Any]) -> str:
    """Return the text of a body; values at the limit of depth, which the body would exceed, are texts within it."""
    try:
        return jsontext.dumps_known(body)
    except DocumentError:
        texts = [_with_values(note, jsontext.dumps) for note in notes]
        return jsontext.dumps({"text": _written(texts, _BODY)})


def _with_values(note: RowNote, change: Callable[[Any], Any]) -> RowNote:
    """Return the note with each value of the document changed."""
    match note:
        case Override(column, held, value):
            return note if value is NOTHING else Override(column, held, change(value))
        case Strays(pointer, elements):
            return Strays(pointer, [(anchor, change(value)) for anchor, value in elements])
        case Rest(value):
            return Rest(change(value))
    return note


def _value_of(text: Any) -> Any:
    _hold(isinstance(text, str), "a value at the limit of depth is no text")
    return jsontext.loads_text(text)


# -- as JSON ---------------------------------------------------------------------------------------------------


def _written(notes: Sequence[RowNote], kinds: dict[str, type[Any]]) -> dict[str, Any]:
    """Return notes of some kinds as JSON, by kind."""
    found = {}
    for kind, of_kind in kinds.items():
        some = [note for note in notes if note.__class__ is of_kind]
        if some:
            found[kind] = _json_of(kind, some)
    return found


def _json_of(kind: str, notes: list[Any]) -> Any:
    match kind:
        case "null" | "integer" | "explicit":
            return [note.column for note in notes]
        case "via":
            return {note.column: note.alternative for note in notes}
        case "edge":
            return notes[0].source
        case "order":
            return [[list(note.pointer), note.names] for note in notes]
        case "override":
            said = ((n.column, _portable(n.held), [] if n.value is NOTHING else [n.value]) for n in notes)
            return {column: [held, *value] for column, held, value in said}
        case "stray":
            return [[list(note.pointer), [list(pair) for pair in note.elements]] for note in notes]
    return notes[0].value


def _read(kind: str, content: Any) -> Iterator[RowNote]:
    """Yield the notes of a kind that JSON spells."""
    match kind:
        case "null" | "integer" | "explicit":
            _hold(_are_names(content), f"`{kind}` does not list columns")
            yield from map(_SHAPE[kind], content)
        case "via":
            numbered = isinstance(content, dict) and all(type(n) is int for n in content.values())
            _hold(numbered, "`via` does not number alternatives")
            yield from (Via(column, alternative) for column, alternative in content.items())
        case "edge":
            _hold(isinstance(content, str), "`edge` names no source")
            yield Edge(content)
        case "order":
            _hold(_are_pairs(content), "`order` does not list objects")
            for pointer, names in content:
                listed = _is_pointer(pointer) and _are_names(names) and len(set(names)) == len(names)
                _hold(listed, "`order` does not list names, each once")
                yield Order(tuple(pointer), names)
        case "override":
            _hold(isinstance(content, dict), "`override` does not name columns")
            for column, said in content.items():
                _hold(_is_override(said), "`override` does not say what a column held")
                yield Override(column, *said)
        case "stray":
            _hold(_are_pairs(content), "`stray` does not list arrays")
            _hold(len({repr(pointer) for pointer, _ in content}) == len(content), "`stray` lists an array twice")
            yield from (Strays(tuple(pointer), elements) for pointer, elements in map(_strays, content))
        case "rest":
            yield Rest(content)


def _strays(pair: list[Any]) -> tuple[Any, list[Any]]:
    pointer, elements = pair
    _hold(_is_pointer(pointer) and _are_pairs(elements), "`stray` does not list elements")
    _hold(all(type(a) in (type(None), int, str) for a, _ in elements), "`stray` names no row that one follows")
    return pointer, [(anchor, value) for anchor, value in elements]


def _portable(stored: Stored) -> Any:
    return base64.b64encode(stored).decode() if isinstance(stored, bytes) else stored


def _hold(condition: bool, fault: str) -> None:
    if not condition:
        raise ValueError(fault)


def _is_override(said: Any) -> bool:
    return isinstance(said, list) and len(said) in (1, 2) and type(said[0]) in (type(None), int, float, str)


def _are_pairs(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(pair, list) and len(pair) == 2 for pair in value)


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _is_pointer(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(step, str) or (type(step) is int and step >= 0) for step in value)
