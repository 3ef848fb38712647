"""Observer: looks at documents and learns shapes.

In: documents, one at a time. Out: the graph of `Shape`s that starts at the document. Memory is bounded by
budgets of depth, width and number of shapes, never by the number of documents; what a budget leaves out is
only not known, never wrong.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from docrel.authoring.infer_shapes import (
    DISCRIMINATORS,
    FORMATS,
    MARKS,
    MAX_VALUE_LENGTH,
    MAX_VALUES,
    Shape,
    collapse,
    note_decimals,
    note_format,
    note_length,
    note_order,
    note_variant,
    resolved,
    slots_for,
)
from docrel.values import CODECS, INTEGER_MAX, INTEGER_MIN, clean_text, is_minus_zero

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,299})((?:\.([0-9]+))?([eE][-+]?[0-9]{1,2})?)", re.ASCII)
"""Spells a JSON number that a column can count with."""
_NUMBER_BEGINS = frozenset("-0123456789")
_DISCRIMINATORS = frozenset(DISCRIMINATORS)
DOUBLE_DIGITS = 15
"""So many digits of any number a double tells apart."""
_OFFSET = re.compile(r"[-+Zz]")


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
        pending = [(self.root, document, 0)]
        while pending:
            place, value, depth = pending.pop()
            shape = self._seen(place)
            if isinstance(value, dict):
                shape.objects += 1
                names = tuple(value)
                if depth < self.max_depth:
                    pending.extend(self._members(shape, value, depth + 1))
                note_order(shape, tuple(n for n in names if n in shape.members) if shape.others else names)
                _note_kind(shape, value)
            elif isinstance(value, list):
                shape.arrays += 1
                _note_record(shape, value)
                if value and depth < self.max_depth and (elements := self._elements(shape)) is not None:
                    pending.extend(self._containers(elements, value, depth + 1))
            else:
                count_scalar(shape, value)
        self.documents += 1

    def _seen(self, place: Shape) -> Shape:
        """Count the document at a place, and return the shape that knows all about that."""
        shape = place if place.same is None else resolved(place)
        if shape.last != self.documents:
            shape.last = self.documents
            shape.documents += 1
            shape.marks |= 1 << self.documents % MARKS
        return shape

    def _containers(self, elements: Shape, array: list[Any], depth: int) -> list[tuple[Shape, Any, int]]:
        """Count the scalars of an array; return what else is in it, the first last."""
        found = [(elements, element, depth) for element in reversed(array) if isinstance(element, (dict, list))]
        if len(found) < len(array):
            shape = self._seen(elements)
            for element in array:
                if not isinstance(element, (dict, list)):
                    count_scalar(shape, element)
        return found

    def _members(self, shape: Shape, value: dict[str, Any], depth: int) -> Iterator[tuple[Shape, Any, int]]:
        for name, inner in value.items():
            place = shape.members.get(name)
            if place is None:
                if len(shape.members) >= self.max_width:
                    often = shape.objects // 2
                    self.shapes -= collapse(
                        shape, [n for n, m in shape.members.items() if shape.objects < 4 or resolved(m).seen < often]
                    )
                    shape = resolved(shape)
                if shape.others is not None:
                    place = shape.others
                elif self._may_grow() and len(shape.members) < self.max_width:
                    place = shape.members[name] = Shape()
            if place is None:
                continue
            if isinstance(inner, (dict, list)):
                yield place, inner, depth
            else:
                count_scalar(self._seen(place), inner)

    def _elements(self, shape: Shape) -> Shape | None:
        if shape.elements is None and self._may_grow():
            shape.elements = Shape()
        return shape.elements

    def _may_grow(self) -> bool:
        if self.closed or self.shapes > 4 * self.max_shapes:
            return False
        self.shapes += 1
        return True


def _note_record(shape: Shape, array: list[Any]) -> None:
    """Count an array's length and, while it may be a record, its elements by their places."""
    if array:
        note_length(shape, len(array))
        for slot, element in zip(slots_for(shape, array), array, strict=False):
            slot.documents += 1
            count_scalar(slot, element)


def _note_kind(shape: Shape, value: dict[str, Any]) -> None:
    if len(value) > 64 or _DISCRIMINATORS.isdisjoint(value):
        return
    for name in DISCRIMINATORS:
        kind = value.get(name)
        if isinstance(kind, str) and len(kind) <= MAX_VALUE_LENGTH and clean_text(kind):
            note_variant(shape, name, kind, dict.fromkeys(value, 1))


def count_scalar(shape: Shape, value: Any) -> None:
    """Count one scalar."""
    if value is None:
        shape.nulls += 1
    elif isinstance(value, str):
        _count_text(shape, value)
    elif isinstance(value, bool):
        shape.booleans += 1
    elif isinstance(value, int) or is_minus_zero(value):
        shape.integers += 1
        is_large = not INTEGER_MIN <= value <= INTEGER_MAX
        shape.large += is_large
        shape.inexact += is_large or not isinstance(value, int)
    else:
        shape.reals += 1
        shape.inexact += not isinstance(value, float) or (math.copysign(1.0, value) < 0 and value == 0)


def _count_text(shape: Shape, value: str) -> None:
    shape.texts += 1
    shape.inexact += not clean_text(value)
    length = len(value)
    if value[:1] in _NUMBER_BEGINS and (number := _NUMBER.fullmatch(value)):
        _count_spelled(shape, value, fraction=bool(number[1]))
        decimals = 0 if number[3] else len(number[2] or "")
        note_decimals(shape, decimals, decimals, decimals if number[2] and number[2].endswith("0") else 0)
    elif 10 <= length <= 36 and "-" in (value[4], value[8]):
        for name in FORMATS:
            if _is_of(name, value):
                note_format(shape, name)
    if shape.values is not None:
        if length > MAX_VALUE_LENGTH or (value not in shape.values and len(shape.values) >= MAX_VALUES):
            shape.values = None
        else:
            shape.values[value] = shape.values.get(value, 0) + 1


def _count_spelled(shape: Shape, value: str, *, fraction: bool) -> None:
    shape.spelled += 1
    shape.fractions += fraction
    whole = int(value.partition(".")[0]) if len(value) > DOUBLE_DIGITS and "e" not in value.lower() else 0
    is_large = not fraction and not INTEGER_MIN <= whole <= INTEGER_MAX
    shape.large += is_large
    shape.long += is_large
    shape.wide += abs(whole) > 2**53
    width = len(value) if value.isdigit() else 0
    if width not in shape.widths and len(shape.widths) < 2:
        shape.widths += (width,)


def _is_of(name: str, value: str) -> bool:
    """Say whether a text is of a format: a time that says its offset, however it is spelled; else exactly so."""
    codec = CODECS[name]
    stored = codec.encode(value)
    if codec.form is not None:
        return stored is not None and _OFFSET.search(value, 11) is not None
    return stored is not None and bool(codec.decode(stored) == value)
