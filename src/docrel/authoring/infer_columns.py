"""Columns: what a column for one place should be.

In: a shape. Out: its type, whether it may be required, the values it is limited to; only what every sample
held exactly, and nothing that a further document of the same kind would be refused for.
"""

from __future__ import annotations

from dataclasses import dataclass

from docrel.authoring import infer_limits as limits
from docrel.authoring.infer_shapes import Shape


@dataclass(slots=True)
class ColumnDraft:
    """A column to be: `path` are the names that lead to it from the row's node, `comment` what was seen."""

    path: tuple[str, ...]
    name: str
    type: str
    required: bool = False
    one_of: tuple[str, ...] = ()
    booleans: bool = False
    comment: str = ""
    seen: int = 0


def column_for(
    path: tuple[str, ...], shape: Shape, rows: int, *, may_require: bool, presence: int | None = None
) -> ColumnDraft:
    """Return the column for the scalars of a shape, still without a name.

    `rows` is how many there are, `presence` in how many of them it is where the shape is shared.
    """
    seen = shape.seen if presence is None else presence
    column = ColumnDraft(path, "", type_of(shape), seen=seen)
    plain = not shape.objects and not shape.arrays and not shape.nulls
    exact = not shape.inexact and len(_kinds(shape)) == 1
    column.required = may_require and plain and exact and seen >= rows >= limits.SURE_ROWS
    column.booleans = column.type == "text" and shape.booleans > 0
    if column.type == "text" and not shape.booleans:
        column.one_of = few_values(shape)
        column.required = column.required and not column.one_of  # a value set aside leaves NULL
    column.comment = comment_for(shape, seen, rows)
    return column


def type_of(shape: Shape) -> str:
    """Return the type that holds most of the scalars here exactly."""
    kinds = _kinds(shape)
    total = sum(kinds.values())
    if not total:
        return "text"
    kind = max(kinds, key=lambda k: kinds[k])
    numbers = "number" in kinds
    if kinds[kind] < (limits.TYPE_SHARE_MIXED if numbers else limits.TYPE_SHARE) * total:
        return "scalar" if numbers else "text"
    match kind:
        case "number":
            return "decimal" if shape.large else "real" if shape.reals else "integer"
        case "boolean":
            return "boolean"
    if len(kinds) == 1 and shape.formats and shape.texts >= limits.FORMAT_TEXTS and not shape.inexact:
        return shape.formats[0]
    return "text"


def few_values(shape: Shape) -> tuple[str, ...]:
    """Return the values of a text if they are few and each was seen often: a further one is unlikely."""
    values = shape.values
    if not values or not 2 <= len(values) <= limits.ENUM_VALUES or shape.texts < limits.ENUM_ROWS:
        return ()
    plain = all(v and v.isprintable() and not v.isdigit() for v in values)
    return tuple(values) if plain and min(values.values()) >= limits.ENUM_VALUE_ROWS else ()


def comment_for(shape: Shape, seen: int, rows: int) -> str:
    """Say what was seen here."""
    words = ["always" if seen >= rows else f"in {seen:,} of {rows:,}"]
    if shape.nulls:
        words.append("only null" if shape.nulls == shape.scalars else f"null in {shape.nulls:,}")
    kinds = _kinds(shape)
    if len(kinds) > 1:
        words.append("now " + ", now ".join(kinds))
    if shape.objects:
        words.append(f"an object in {shape.objects:,}")
    if shape.arrays:
        words.append(f"an array in {shape.arrays:,}")
    return "; ".join(words)


def _kinds(shape: Shape) -> dict[str, int]:
    counts = {"text": shape.texts, "number": shape.numbers, "boolean": shape.booleans}
    return {kind: count for kind, count in counts.items() if count}
