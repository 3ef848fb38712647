"""Shapes: what was seen at each place of many documents.

In: documents, one at a time. Out: a graph of `Shape`s that starts at the document: counts, candidate types, the few
values of a member, the usual order of members. Memory is bounded by budgets of depth, width and number of shapes,
never by the number of documents; what a budget leaves out is only not known, never wrong.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from docrel.codecs import CODECS, INTEGER_MAX, INTEGER_MIN, clean_text

FORMATS = ("timestamp", "date", "uuid")
MAX_VALUES = 16
MAX_VALUE_LENGTH = 48
MAX_ORDERS = 64
MARKS = 512


@dataclass(slots=True, eq=False)
class Shape:
    """What was seen at one place. `same`: the place turned out to be alike another one, which knows all.

    Attributes:
        documents: In how many documents; about so, once shapes were united.
        marks: A bit for each of these documents, by its number modulo `MARKS`.
        inexact: Numbers and texts that no column of their type holds exactly.
        formats: The text types that held every text so far exactly.
        values: How often each text was seen, None where there are too many.
        members: By name, what objects here hold.
        others: What the members of objects here hold whose names are data.
        elements: What arrays here hold.
        orders: How often members came in an order.
    """

    documents: int = 0
    marks: int = 0
    last: int = -1
    nulls: int = 0
    booleans: int = 0
    integers: int = 0
    reals: int = 0
    texts: int = 0
    objects: int = 0
    arrays: int = 0
    inexact: int = 0
    formats: tuple[str, ...] = FORMATS
    values: dict[str, int] | None = field(default_factory=dict)
    members: dict[str, Shape] = field(default_factory=dict)
    others: Shape | None = None
    elements: Shape | None = None
    orders: dict[tuple[str, ...], int] = field(default_factory=dict)
    same: Shape | None = None

    @property
    def numbers(self) -> int:
        """How many numbers."""
        return self.integers + self.reals

    @property
    def scalars(self) -> int:
        """How many scalars, null included."""
        return self.nulls + self.booleans + self.integers + self.reals + self.texts

    @property
    def seen(self) -> int:
        """How many values."""
        return self.scalars + self.objects + self.arrays

    def links(self) -> Iterator[Shape]:
        """Yield the shapes of what objects and arrays here hold."""
        yield from (resolved(inner) for inner in self.members.values())
        if self.others is not None:
            yield resolved(self.others)
        if self.elements is not None:
            yield resolved(self.elements)


def resolved(shape: Shape) -> Shape:
    """Return the shape that knows all about the place."""
    while shape.same is not None:
        shape = shape.same
    return shape


def unite(one: Shape, other: Shape) -> int:
    """Make two places one, and all that then fall together; returns how many shapes less there are.

    Members that one side has by name and the other does not go to `others` where there is such.
    """
    fewer = 0
    pending = [(one, other)]
    while pending:
        into, out = map(resolved, pending.pop())
        if into is out:
            continue
        fewer += 1
        _add_counts(into, out)
        out.same = into
        for name, inner in out.members.items():
            mine = into.members.get(name)
            if mine is not None:
                pending.append((mine, inner))
            elif into.others is not None:
                pending.append((into.others, inner))
            else:
                into.members[name] = inner
        for part in ("others", "elements"):
            theirs, mine = getattr(out, part), getattr(into, part)
            if theirs is not None and mine is not None:
                pending.append((mine, theirs))
            elif theirs is not None:
                setattr(into, part, theirs)
        out.members, out.orders, out.others, out.elements = {}, {}, None, None
    return fewer


def _add_counts(into: Shape, out: Shape) -> None:
    most = into.documents + out.documents
    into.marks |= out.marks
    bits = into.marks.bit_count()
    # linear counting (Whang 1990) of the documents that either was seen in
    about = round(-MARKS * math.log1p(-bits / MARKS)) if bits < 0.95 * MARKS else most
    into.documents = min(most, max(into.documents, out.documents, bits if most <= MARKS else about))
    into.last = max(into.last, out.last)
    for name in ("nulls", "booleans", "integers", "reals", "texts", "objects", "arrays", "inexact"):
        setattr(into, name, getattr(into, name) + getattr(out, name))
    if out.texts:
        into.formats = tuple(f for f in into.formats if f in out.formats)
    if into.values is not None and out.values is not None:
        for value, count in out.values.items():
            into.values[value] = into.values.get(value, 0) + count
    if into.values is None or out.values is None or len(into.values) > MAX_VALUES:
        into.values = None
    for order, count in out.orders.items():
        _note_order(into, order, count)


def collapse(shape: Shape, names: list[str]) -> int:
    """Take the names of these members as data: what they hold falls together; returns how many shapes less."""
    fewer = 0
    for name in names:
        inner = resolved(shape.members.pop(name))
        if shape.others is None:
            shape.others = inner
        else:
            fewer += unite(shape.others, inner)
    gone = set(names)
    orders, shape.orders = shape.orders, {}
    for order, count in orders.items():
        _note_order(shape, tuple(n for n in order if n not in gone), count)
    return fewer


def _note_order(shape: Shape, order: tuple[str, ...], count: int = 1) -> None:
    if order in shape.orders:
        shape.orders[order] += count
    elif 0 < len(order) <= 128 and len(shape.orders) < MAX_ORDERS:
        shape.orders[order] = count


@dataclass(slots=True)
class Observer:
    """Looks at documents; `root` is what it has learnt.

    Attributes:
        fold: Called when there are more shapes than `max_shapes`, to find maps and recursions; returns how
            many shapes less there are.
        closed: Nothing new is looked at any more, what is known is still counted.
    """

    fold: Callable[[Shape], int]
    max_depth: int = 48
    max_width: int = 1000
    max_shapes: int = 40_000
    root: Shape = field(default_factory=Shape)
    documents: int = 0
    shapes: int = 1
    closed: bool = False

    def observe(self, document: Any) -> None:
        """Count everything in one document."""
        if self.shapes > self.max_shapes and not self.closed:
            self.shapes -= self.fold(self.root)
            self.closed = self.shapes > self.max_shapes // 2
        mark = 1 << self.documents % MARKS
        pending = [(self.root, document, 0)]
        while pending:
            place, value, depth = pending.pop()
            shape = resolved(place)
            if shape.last != self.documents:
                shape.last = self.documents
                shape.documents += 1
                shape.marks |= mark
            if isinstance(value, dict):
                shape.objects += 1
                names = tuple(value)
                if depth < self.max_depth:
                    pending.extend(self._members(shape, value, depth + 1))
                _note_order(shape, tuple(n for n in names if n in shape.members) if shape.others else names)
            elif isinstance(value, list):
                shape.arrays += 1
                if value and depth < self.max_depth and (elements := self._elements(shape)) is not None:
                    pending.extend((elements, element, depth + 1) for element in reversed(value))
            else:
                count_scalar(shape, value)
        self.documents += 1

    def _members(self, shape: Shape, value: dict[str, Any], depth: int) -> Iterator[tuple[Shape, Any, int]]:
        for name, inner in value.items():
            place = shape.members.get(name)
            if place is None:
                if len(shape.members) >= self.max_width:
                    often = shape.objects // 2
                    self.shapes -= collapse(
                        shape, [n for n, m in shape.members.items() if shape.objects < 4 or resolved(m).seen < often]
                    )
                if shape.others is not None:
                    place = shape.others
                elif self._may_grow() and len(shape.members) < self.max_width:
                    place = shape.members[name] = Shape()
            if place is not None:
                yield place, inner, depth

    def _elements(self, shape: Shape) -> Shape | None:
        if shape.elements is None and self._may_grow():
            shape.elements = Shape()
        return shape.elements

    def _may_grow(self) -> bool:
        if self.closed or self.shapes > 4 * self.max_shapes:
            return False
        self.shapes += 1
        return True


def count_scalar(shape: Shape, value: Any) -> None:
    """Count one scalar."""
    if value is None:
        shape.nulls += 1
    elif isinstance(value, str):
        _count_text(shape, value)
    elif isinstance(value, bool):
        shape.booleans += 1
    elif isinstance(value, int):
        shape.integers += 1
        shape.inexact += not INTEGER_MIN <= value <= INTEGER_MAX
    else:
        shape.reals += 1
        shape.inexact += not isinstance(value, float) or math.copysign(1.0, value) < 0 and value == 0


def _count_text(shape: Shape, value: str) -> None:
    shape.texts += 1
    shape.inexact += not clean_text(value)
    if shape.formats:
        shape.formats = tuple(f for f in shape.formats if _exact(f, value))
    if shape.values is not None:
        if len(value) > MAX_VALUE_LENGTH or (value not in shape.values and len(shape.values) >= MAX_VALUES):
            shape.values = None
        else:
            shape.values[value] = shape.values.get(value, 0) + 1


def _exact(name: str, value: str) -> bool:
    if not 10 <= len(value) <= 36:
        return False
    codec = CODECS[name]
    stored = codec.encode(value)
    return stored is not None and bool(codec.decode(stored) == value)
