"""Notes: what the columns of a row cannot say, a class for each kind.

In: values that `flatten` takes note of. Out: frozen notes, each of which can put what it says back, for `rebuild`. A
note on a column is guarded: it holds only while the column still has the value that it was taken for
(docs/language.md, Types).
"""

from __future__ import annotations

import base64
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, get_args

from docrel.layout import Pointer, RowKey
from docrel.values import NOTHING, Form

Stored = Any
Decode = Callable[[Stored], Any]


@dataclass(frozen=True, slots=True)
class Null:
    """The column is NULL because the document says null, not because it is silent."""

    column: str

    def holds(self, stored: Stored) -> bool:
        """Say whether the column still has the value that the note was taken for."""
        return stored is None

    def put(self, value: Any, stored: Stored, decode: Decode) -> Any:
        """Return what the document says, where the column alone says `value`."""
        return None if stored is None else value


@dataclass(frozen=True, slots=True)
class Integer:
    """The column's type is real, and the document spells an integer."""

    column: str

    def holds(self, stored: Stored) -> bool:
        """Say whether the column still has such a value as the note was taken for."""
        return isinstance(stored, float) and stored.is_integer()

    def put(self, value: Any, stored: Stored, decode: Decode) -> Any:
        """Return what the document says, where the column alone says `value`."""
        return int(value) if isinstance(value, float) and value.is_integer() else value


@dataclass(frozen=True, slots=True)
class Spelling:
    """The document spells the column's value in a form of its own, which stays when the value changes."""

    column: str
    form: Form


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

    def put(self, node: Any, rows: Callable[[], Mapping[int, RowNames]]) -> None:
        """Bring the members into their order; those without a name here stay behind what they follow.

        A row that has got another name takes the place of its old one: `rows` returns the names of the rows in an
        object, by the object's identity; it is asked only then.
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
            if len(present) < len(names) and (found := rows().get(id(node))) is not None:
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
        """Return the rest (NOTHING: there is none) with it where nothing else is said; columns and rows go before.

        The rest is left as it is, and shares what the result does not change.
        """
        top: Any = [None if rest is NOTHING else rest]
        around: Any = top
        at: str | int = 0
        for step in self.pointer:
            inner = around[at]
            if isinstance(inner, dict | list):
                inner = around[at] = inner.copy()
            elif inner is None:
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
        """Return it together with what the rest column holds (NOTHING: nothing): objects and arrays are united.

        Both are left as they are, and share with the result what it does not change.
        """
        if column is NOTHING:
            return self.value
        top: list[Any] = [column]
        pending: list[tuple[Any, Any, Any]] = [(top, 0, self.value)]
        while pending:
            around, at, more = pending.pop()
            into = around[at]
            if isinstance(into, dict) and isinstance(more, dict):
                into = around[at] = into.copy()
                for name, value in more.items():
                    if name in into:
                        pending.append((into, name, value))
                    else:
                        into[name] = value
            elif isinstance(into, list) and isinstance(more, list):
                into = around[at] = [*into, *more[len(into) :]]
                for n, value in enumerate(more):
                    if into[n] is None:
                        into[n] = value
                    elif into[n] is not value:
                        pending.append((into, n, value))
        return top[0]


ValueNote = Null | Integer | Spelling | Explicit | Override | Filled
RowNote = ValueNote | Via | Edge | Order | Empty | Strays | Rest

FILLERS: tuple[Filler, ...] = tuple(filler for filler in get_args(Filler) if filler != "untold")
"""The kinds of notes on what filled a column."""


def _same(held: Stored, stored: Stored) -> bool:
    held, stored = portable(held), portable(stored)
    return bool(held == stored and type(held) is type(stored))


def portable(stored: Stored) -> Any:
    """Return what a column holds as JSON can have it."""
    return base64.b64encode(stored).decode() if isinstance(stored, bytes) else stored
