"""Columns: what a column for one place should be.

In: a shape. Out: its type, and as facts what was seen: that it was always there, the few words it had. No fact is a
rule: a further document of the same kind may differ.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from docrel.authoring import infer_limits as limits
from docrel.authoring.infer_shapes import Shape
from docrel.authoring.infer_words import snake
from docrel.values import MAX_DECIMALS

Steps = tuple[str | int, ...]
_TIMES = ("timestamp", "date")
_LAST_OF_CODE = re.compile(
    r"account|barcode|branch|build|cas|class|code|codes|cpf|ean|edition|engine|ext|extension|gtin|id|ids"
    r"|identifier|imei|issn|key|keys|kind|label|mobile|msisdn|name|no|nr|num|number|oid|passport|patch|pin"
    r"|plate|plz|ref|refs|reference|release|rev|revision|room|route|schema|sku|slug|symbol|tag|tags|ticker"
    r"|title|token|type|upc|ver|versions|vin"
    r"|.*(code|number|version|uuid|(?<!\b[bmr])(?<!pa|gr|qu|lu|vo|al|so)id)"
)
"""How the names of members end whose digits are nothing to count with; no `bid`, `paid`, `grid` does."""
_WORD_OF_CODE = re.compile(
    r"digest|fax|fingerprint|hash|iban|isbn|md|phone|postal|postcode|postalcode|serial"
    r"|sha|ssn|tel|telephone|uuid|version|zip|zipcode"
)
"""Words that say so wherever they stand in a name."""


@dataclass(slots=True)
class ColumnDraft:
    """A column to be.

    Attributes:
        path: What leads to it from the row's node: names of members, places in arrays.
        always: It was there in each of many rows, and never null.
        words: The few texts that it had.
        booleans: A text that may be true or false.
        quoted: Its numbers were all spelled as texts.
        scale: With so many decimals, or more that do not end with a 0.
        comment: What was seen.
    """

    path: Steps
    name: str
    type: str
    always: bool = False
    words: tuple[str, ...] = ()
    booleans: bool = False
    quoted: bool = False
    scale: int = 0
    comment: str = ""
    seen: int = 0
    rows: int = 0


def column_for(path: Steps, name: str, shape: Shape, rows: int, seen: int) -> ColumnDraft:
    """Return the column for the scalars of a shape, which the member `name` holds.

    `rows` is how many rows there are, `seen` in how many of them it is.
    """
    column = ColumnDraft(path, "", type_of(shape, name), seen=seen, rows=rows)
    plain = not shape.objects and not shape.arrays and not shape.nulls
    exact = not shape.inexact and len(_kinds(shape)) == 1
    odd = _scalars(shape) - shape.formats[column.type] if column.type in _TIMES else 0
    column.always = plain and exact and not odd and seen >= rows >= limits.SURE_ROWS
    column.booleans = column.type == "text" and shape.booleans > 0
    column.quoted = column.type in ("integer", "real", "decimal") and not shape.numbers
    column.scale = _scale(shape) if column.quoted and column.type != "integer" else 0
    if column.type == "text" and not shape.booleans:
        column.words = few_values(shape)
    column.comment = comment_for(shape, seen, rows, column.words)
    if odd:
        column.comment += f"; no {column.type} in {odd:,}"
    if column.type == "scalar":
        column.comment += "; SQL sorts numbers first, then texts"
    return column


def type_of(shape: Shape, name: str) -> str:
    """Return the type that holds most of the scalars here, so that SQL counts and sorts what it can.

    >>> [type_of(learnt(*values), "size") for values in ((1, 2.5, 3, 4, "n/a"), ("9.50", "10"), ("7", "07"))]
    ['real', 'real', 'text']
    >>> type_of(learnt("9.50", "10"), "version")
    'text'
    """
    kinds = _kinds(shape)
    total = _scalars(shape)
    if not total:
        return "text"
    for time in _TIMES:
        if shape.formats.get(time, 0) >= max(limits.FORMAT_TEXTS, limits.NUMBER_SHARE * total):
            return time
    if _counts(shape, name, total):
        fractions = shape.reals or shape.fractions
        return "decimal" if shape.large or (fractions and shape.wide) else "real" if fractions else "integer"
    kind = max(kinds, key=lambda k: kinds[k])
    numbers = "number" in kinds
    if kinds[kind] < (limits.TEXT_SHARE_MIXED if numbers else limits.TYPE_SHARE) * total:
        return "scalar" if numbers else "text"
    if kind == "boolean":
        return "boolean"
    return "uuid" if shape.formats.get("uuid", 0) == total >= limits.FORMAT_TEXTS else "text"


def _counts(shape: Shape, name: str, total: int) -> bool:
    """Say whether the values here are numbers, though some are spelled as texts, or a few are none."""
    spelled = shape.numbers + shape.spelled == total and (shape.numbers or shape.spelled >= limits.NUMBER_TEXTS)
    if shape.spelled and spelled:
        few_long = total - shape.long >= limits.NUMBER_SHARE * total
        return few_long and not _code(shape) and not _names_code(name)
    return shape.numbers >= limits.NUMBER_SHARE * total


def _scale(shape: Shape) -> int:
    """Return with how many decimals the numbers in texts here are written; 0: with as many as each needs."""
    fewest, most, ending_with_0 = shape.decimals or (0, 0, 0)
    return fewest if fewest in (most, ending_with_0) and fewest <= MAX_DECIMALS else 0


def _code(shape: Shape) -> bool:
    """Say whether all these texts have as many digits, and no fraction: as text they sort as their numbers do."""
    return len(shape.widths) == 1 and shape.widths[0] >= limits.CODE_DIGITS and not shape.fractions


def _names_code(name: str) -> bool:
    """Say whether a member's name is that of a key, a reference, a code or a version."""
    words = [word.rstrip("0123456789") for word in snake(name).split("_")]
    return bool(_LAST_OF_CODE.fullmatch(words[-1])) or any(map(_WORD_OF_CODE.fullmatch, words))


def few_values(shape: Shape) -> tuple[str, ...]:
    """Return the values of a text if they are few and each was seen often: a further one is unlikely."""
    values = shape.values
    if not values or not 2 <= len(values) <= limits.ENUM_VALUES or shape.texts < limits.ENUM_ROWS:
        return ()
    plain = all(v and v.isprintable() and not v.isdigit() for v in values)
    return tuple(values) if plain and min(values.values()) >= limits.ENUM_VALUE_ROWS else ()


def comment_for(shape: Shape, seen: int, rows: int, words: tuple[str, ...] = ()) -> str:
    """Say what was seen here."""
    said = [f"{'always there ' if seen >= rows else ''}in {min(seen, rows):,} of {rows:,}"]
    if shape.nulls:
        said.append("only null" if shape.nulls == shape.scalars else f"null in {shape.nulls:,}")
    kinds = _kinds(shape)
    if len(kinds) > 1:
        said.append("now " + ", now ".join(kinds))
    if words:
        said.append(f"one of {len(words)} words: {', '.join(words)}")
    if shape.objects:
        said.append(f"an object in {shape.objects:,}")
    if shape.arrays:
        said.append(f"an array in {shape.arrays:,}")
    return "; ".join(said)


def _scalars(shape: Shape) -> int:
    return shape.scalars - shape.nulls


def _kinds(shape: Shape) -> dict[str, int]:
    counts = {"text": shape.texts, "number": shape.numbers, "boolean": shape.booleans}
    return {kind: count for kind, count in counts.items() if count}
