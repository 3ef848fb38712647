"""The complement of one row: what its columns cannot say, a class for each kind of note.

In: notes that `flatten` takes about a row. Out: two JSON texts, `shape` (structure, the same for whole fleets of
documents, so it is interned) and `body` (values of this document); and back, for `rebuild`. A note on a column is
guarded: it holds only while the column still has the value that it was taken for (docs/language.md, Types).
"""

from __future__ import annotations

import base64
import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal, TypeVar, get_args

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
    """As long as the column holds `held`, the document says `value`."""

    column: str
    held: Stored
    value: Any

    def holds(self, stored: Stored) -> bool:
        """Say whether the column still has the value that the note was taken for."""
        return _same(self.held, stored)

    def put(self, value: Any, stored: Stored, decode: Decode) -> Any:
        """Return what the document says, where the column alone says `value`."""
        return self.value if self.holds(stored) else value


Filler = Literal["constant", "case", "computed", "given", "clock", "untold"]
"""What fills a column for a document that is silent: the rule of its default that did; notes of format 1 do not tell.

`case` and `computed` are told from the document, `given` is the name that its caller gives it.
"""


@dataclass(frozen=True, slots=True)
class Filled:
    """As long as the column holds `held`, it is by the default (`by`): the document is silent, or says null.

    Attributes:
        null: The document says null, and the column must not be NULL.
    """

    column: str
    held: Stored
    by: Filler
    null: bool = False

    @property
    def kind(self) -> str:
        """What the note is called in a body; of format 1 it is an override without a value."""
        return "override" if self.by == "untold" else self.by

    @property
    def is_time(self) -> bool:
        """Whether the clock may have filled the column."""
        return self.by in {"clock", "untold"}

    @property
    def value(self) -> Any:
        """What the document says as long as the note holds, NOTHING if it is silent."""
        return None if self.null else NOTHING

    def holds(self, stored: Stored) -> bool:
        """Say whether the column still has the value that the note was taken for."""
        return _same(self.held, stored)

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
class RowNames:
    """The names of the rows that are members of an object, in their own order; `are_sorted`: that is by name."""

    names: dict[str, None]
    are_sorted: bool


@dataclass(frozen=True, slots=True)
class Order:
    """The members of the object at `pointer` stand in the order of `names`, which is not the expected one."""

    pointer: Pointer
    names: list[str]

    def put(self, node: Any, rows: Mapping[int, RowNames]) -> None:
        """Bring the members into their order; those without a name here stay behind what they follow.

        A row that has got another name takes the place of its old one: `rows` has the names of the rows in an object,
        by the object's identity.
        """
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
            names = self.names
            if len(present) < len(names) and (found := rows.get(id(node))) is not None:
                names = _with_new_names(names, node, found)
            ranked = set(names)
            present = [name for name in names if name in node]
            present.extend(name for name in node if name not in ranked)
        members = [(name, node[name]) for name in present]
        node.clear()
        node.update(members)


def _with_new_names(names: list[str], node: Any, rows: RowNames) -> list[str]:
    """Return the names with those that rows have by now in the places of names that are gone between the same rows."""
    place = {name: n for n, name in enumerate(names)}
    free = [n for n, name in enumerate(names) if name not in node]
    found = list(names)
    low, new = -1, list[str]()
    for name in (*rows.names, None):
        if name is not None and name not in place:
            new.append(name)
        elif not rows.are_sorted or name is None:
            high = len(names) if name is None else place[name]
            inner = (n for n in free if low < n < high)
            for one, n in zip(new, inner, strict=False):
                found[n] = one
            low, new = high, []
    return found


@dataclass(frozen=True, slots=True)
class Empty:
    """At `pointer`, where columns or rows would have something, stands an empty object or array, or null."""

    pointer: Pointer
    value: dict[str, Any] | list[Any] | None

    def put(self, rest: Any) -> Any:
        """Return the rest (NOTHING: there is none) with it where nothing else is said; columns and rows go before."""
        top: Any = [None if rest is NOTHING else rest]
        around: Any = top
        at: str | int = 0
        for step in self.pointer:
            inner = around[at]
            if inner is None:
                inner = around[at] = [] if isinstance(step, int) else {}
            if isinstance(inner, dict) and isinstance(step, str):
                inner.setdefault(step, None)
            elif isinstance(inner, list) and isinstance(step, int):
                inner.extend([None] * (step + 1 - len(inner)))
            else:
                return rest
            around, at = inner, step
        if around[at] is None and self.value is not None:
            around[at] = type(self.value)()
        return top[0]


@dataclass(frozen=True, slots=True)
class Strays:
    """Elements of the array at `pointer` that are no rows, each with the row before it (None: none).

    That row goes by its rank if it has one, else by its key.
    """

    pointer: Pointer
    elements: Sequence[tuple[RowKey | float | None, Any]]

    def put(self, array: list[Any], keys: Sequence[RowKey], orders: Sequence[Any]) -> None:
        """Insert each behind the row it followed, or where that would be.

        Shapes: `keys` has the keys of the rows in the array, `orders` what they stand by: ids or ranks, or positions.
        """
        behind: dict[int, list[Any]] = {}
        place = {key: n for n, key in enumerate(keys)}
        for anchor, value in self.elements:
            if anchor is None:
                at = -1
            elif isinstance(anchor, float):
                at = bisect_right(orders, anchor) - 1
            elif anchor in place:
                at = place[anchor]
            elif all(isinstance(key, int) for key in (anchor, *keys)):
                at = _behind(int(anchor), list(map(int, keys)), orders)
            else:
                at = len(keys) - 1
            behind.setdefault(at, []).append(value)
        result = list(behind.get(-1, ()))
        for n, element in enumerate(array):
            result.append(element)
            result.extend(behind.get(n, ()))
        array[:] = result


def _behind(anchor: int, keys: Sequence[int], orders: Sequence[Any]) -> int:
    """Return the place of the row that stood before one that is gone, -1 for none."""
    if all(a < b for a, b in pairwise(keys)):
        return bisect_right(keys, anchor) - 1
    if any(isinstance(order, float) for order in orders):
        return bisect_right(orders, anchor) - 1
    return max((n for n, key in enumerate(keys) if key < anchor), key=keys.__getitem__, default=-1)


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


ValueNote = Null | Integer | Explicit | Override | Filled
RowNote = ValueNote | Via | Edge | Order | Empty | Strays | Rest

DEEP = '{"text":'
"""What the text of a body begins with where values are texts within it, so that names in them are spelled otherwise."""

_SHAPE = {
    "null": Null,
    "integer": Integer,
    "explicit": Explicit,
    "via": Via,
    "edge": Edge,
    "order": Order,
    "empty": Empty,
}
FILLERS: tuple[Filler, ...] = tuple(filler for filler in get_args(Filler) if filler != "untold")
"""The kinds of notes on what filled a column."""

_BODY = ("override", *FILLERS, "stray", "rest")
_N = TypeVar("_N", bound=RowNote)


class RowComplement(list[RowNote]):
    """The notes on one row, in the order in which they were taken."""

    rank: float | None = None
    """Where the row stands, if not by its id."""

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

    def filled(self, column: str) -> Filled | None:
        """Return the note on what filled a column."""
        return next((note for note in self.of(Filled) if note.column == column), None)

    def replace(self, note: Override | Filled) -> None:
        """Take a note on what a column holds, in place of another one."""
        other = self.overriding(note.column) or self.filled(note.column)
        if other is None:
            self.append(note)
        else:
            self[self.index(other)] = note

    def set_aside(self, column: str, value: Any, by: Filler) -> None:
        """Note that a column is NULL, as its rules forbid what it would hold for `value`.

        NOTHING or null: they forbid its default, which `by` has told if nothing else is noted.
        """
        if value is not NOTHING and value is not None:
            self.replace(Override(column, None, value))
            return
        before = self.filled(column)
        self.replace(Filled(column, None, by if before is None else before.by, null=value is None))

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
        shape, body = _written(self, tuple(_SHAPE)), _written(self, _BODY)
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


def load(shape: str | None, body: str | None, rank: float | None = None) -> RowComplement:
    """Return the complement that `dump` wrote.

    Raises:
        ValueError: The texts are not such, whoever wrote them.
    """
    found = RowComplement(() if shape is None else _shape_notes(shape))
    if rank is not None:
        found.rank = rank
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
    known = isinstance(content, dict) and content.keys() <= set(_BODY)
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
            return Override(column, held, change(value))
        case Strays(pointer, elements):
            return Strays(pointer, [(anchor, change(value)) for anchor, value in elements])
        case Rest(value):
            return Rest(change(value))
    return note


def _value_of(text: Any) -> Any:
    _hold(isinstance(text, str), "a value at the limit of depth is no text")
    return jsontext.loads_text(text)


# -- as JSON ---------------------------------------------------------------------------------------------------


_KINDS: dict[type[Any], str] = {
    **{of_kind: kind for kind, of_kind in _SHAPE.items()}, Override: "override", Strays: "stray", Rest: "rest",
}  # fmt: skip


def _written(notes: Sequence[RowNote], kinds: Sequence[str]) -> dict[str, Any]:
    """Return notes of some kinds as JSON, by kind."""
    found: dict[str, list[Any]] = {}
    for note in notes:
        kind = note.kind if isinstance(note, Filled) else _KINDS[note.__class__]
        found.setdefault(kind, []).append(note)
    return {kind: _json_of(kind, found[kind]) for kind in kinds if kind in found}


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
        case "empty":
            return [[list(note.pointer), note.value] for note in notes]
        case "stray":
            return [[list(note.pointer), [list(pair) for pair in note.elements]] for note in notes]
        case "rest":
            return notes[0].value
    said = ((n.column, _portable(n.held), [] if n.value is NOTHING else [n.value]) for n in notes)
    return {column: [held, *value] for column, held, value in said}


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
        case "empty":
            _hold(_are_pairs(content), "`empty` does not list places")
            for pointer, value in content:
                _hold(
                    _is_pointer(pointer) and value in ([], {}, None), "`empty` says where nothing is, and of what kind"
                )
                yield Empty(tuple(pointer), value)
        case "stray":
            _hold(_are_pairs(content), "`stray` does not list arrays")
            _hold(len({repr(pointer) for pointer, _ in content}) == len(content), "`stray` lists an array twice")
            yield from (Strays(tuple(pointer), elements) for pointer, elements in map(_strays, content))
        case "rest":
            yield Rest(content)
        case _:
            _hold(isinstance(content, dict), f"`{kind}` does not name columns")
            for column, said in content.items():
                _hold(_is_held(said), f"`{kind}` does not say what a column held")
                yield _held(kind, column, *said)


def _held(kind: str, column: str, held: Stored, value: Any = NOTHING) -> Override | Filled:
    """Return the note on what a column holds; of format 1 are silence and null that are no kind of their own."""
    if kind == "override" and value is not NOTHING and value is not None:
        return Override(column, held, value)
    _hold(value is NOTHING or value is None, f"`{kind}` says more than null")
    by: Filler = next((filler for filler in FILLERS if filler == kind), "untold")
    return Filled(column, held, by, null=value is None)


def _strays(pair: list[Any]) -> tuple[Any, list[Any]]:
    pointer, elements = pair
    _hold(_is_pointer(pointer) and _are_pairs(elements), "`stray` does not list elements")
    _hold(all(type(a) in (type(None), int, float, str) for a, _ in elements), "`stray` names no row that one follows")
    return pointer, [(anchor, value) for anchor, value in elements]


def _same(held: Stored, stored: Stored) -> bool:
    held, stored = _portable(held), _portable(stored)
    return bool(held == stored and type(held) is type(stored))


def _portable(stored: Stored) -> Any:
    return base64.b64encode(stored).decode() if isinstance(stored, bytes) else stored


def _hold(condition: bool, fault: str) -> None:
    if not condition:
        raise ValueError(fault)


def _is_held(said: Any) -> bool:
    return isinstance(said, list) and len(said) in (1, 2) and type(said[0]) in (type(None), int, float, str)


def _are_pairs(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(pair, list) and len(pair) == 2 for pair in value)


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _is_pointer(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(step, str) or (type(step) is int and step >= 0) for step in value)
