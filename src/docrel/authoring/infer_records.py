"""Records: arrays whose elements are told by their place, as a point's two numbers or a row of a table.

In: the shape of an array. Out: what lies in each of its places, where it is such a record. Decides by the length,
which is always the same, and by what the places hold.
"""

from __future__ import annotations

from docrel.authoring import infer_limits as limits
from docrel.authoring.infer_shapes import Shape


def record(shape: Shape, *, row: bool) -> list[Shape]:
    """Return what the places of a record hold, nothing where these arrays are lists.

    `row` says that the arrays themselves are elements of an array, or members of a map.

    >>> [slot.integers for slot in record(learnt([1, "a"], [2, "b"]), row=False)]
    [2, 0]
    >>> record(learnt(["a", "b"], ["c", "d"]), row=False), len(record(learnt(["a", "b"], ["c", "d"]), row=True))
    ([], 2)
    """
    if len(shape.lengths) != 1 or shape.objects or shape.scalars - shape.nulls > limits.STRAY_SCALARS * shape.arrays:
        return []
    (length, arrays), *_ = shape.lengths.items()
    whole = len(shape.slots) == length and all(slot.seen == arrays for slot in shape.slots)
    if not whole or arrays < limits.RECORD_ARRAYS or arrays < limits.RECORD_SHARE * shape.arrays:
        return []
    kinds = [_kinds(slot) for slot in shape.slots]
    if any(len(kind) > 1 for kind in kinds):
        return []
    return shape.slots if row or len(set(kinds)) > 1 or _point(kinds[0], length, arrays) else []


def _point(kind: str, length: int, arrays: int) -> bool:
    return kind == "n" and length <= limits.POINT_NUMBERS and arrays >= limits.POINT_ARRAYS


def _kinds(slot: Shape) -> str:
    """Return a letter for each kind of scalar: "t" texts, "n" numbers, "b" booleans."""
    words = (("t", slot.texts), ("n", slot.numbers), ("b", slot.booleans))
    return "".join(word for word, count in words if count)
