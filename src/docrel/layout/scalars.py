"""Scalars as a column holds them: codec and value map together, both ways, and what neither can say.

In: a column. Out: `value -> (stored, note)` and its inverse. Law: decoding what was stored, with the note, gives
exactly the value (`tests/laws/test_getput.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from docrel.plan import Column
from docrel.values import CODECS, NUMBER, Form, clean_text, number_in, same_scalar

Note = tuple[Any, ...] | None
"""None: the column says it all. `()`: a real column holds an integer. Else the form of the spelling, of one or three
parts, and what an override has, of two: what the column holds, and the value."""


def typed_key(value: Any) -> tuple[Any, ...]:
    """Return a key that only the same JSON scalar has: `1`, `1.0`, `true` differ, and so do `0.0` and `-0.0`.

    Of a key of several columns, the keys of all.
    """
    if type(value) is tuple:
        return tuple(map(typed_key, value))
    return (float, repr(value)) if type(value) is float else (type(value), value)


def mapped(column: Column) -> Callable[[Any], Any]:
    """Return the column's codec behind its value map: what the column holds for a scalar, None for "cannot"."""
    encode = CODECS[column.type].encode
    if not column.map:
        return encode
    forward = {typed_key(a): b for a, b in column.map}

    def store(value: Any) -> Any:
        return encode(forward.get(typed_key(value), value))

    return store


def scalar_encoder(column: Column) -> Callable[[Any], tuple[Any, Note]]:
    """Return `value -> (stored, note)` for a scalar."""
    encode, decode, codec = mapped(column), column_decoder(column), CODECS[column.type]
    form_of, spell = (None, None) if column.map else (codec.form, codec.spell)

    def store(value: Any) -> tuple[Any, Note]:
        stored = encode(value)
        if stored is None:
            return None, (None, value)
        back = decode(stored)
        if same_scalar(back, value):
            return stored, None
        if type(value) is int and type(back) is float and back == value and abs(value) < 2**53:
            return stored, ()
        form = None if form_of is None else form_of(value)
        if form is None or spell is None:
            return stored, (stored, value)
        spelled = spell(stored, form)
        if same_scalar(spelled, value):
            return stored, (form,)
        return stored, (stored, value) if same_scalar(spelled, back) else (form, stored, value)

    return store


def unlike(column: Column) -> Callable[[Any, Any], Literal["type", "inexact"] | None]:
    """Return what says whether a column that notes have to help out says less to SQL than the document does.

    `type`: it is NULL; `inexact`: it holds another number, or a text without the characters that no database takes. Not
    so where it means the same in another spelling, as 1 for true, or the time at UTC.
    """
    forward = {typed_key(a): b for a, b in column.map}

    def says(stored: Any, value: Any) -> Literal["type", "inexact"] | None:
        if stored is None:
            return "type"
        value = forward.get(typed_key(value), value)
        if isinstance(value, str) and column.type in {"real", "decimal"}:
            value = number_in(value)
        if isinstance(value, str):
            same = clean_text(value) or not isinstance(stored, str)
        elif isinstance(stored, float):
            same = stored == value or Decimal(repr(stored)) == value
        else:
            same = isinstance(stored, (str, bytes)) or stored == value
        return None if same else "inexact"

    return says


@dataclass(frozen=True, slots=True)
class Inexact:
    """What a column would hold for a value that it cannot tell from others."""

    stored: Any
    value: Any


def held(stored: Any) -> Any:
    """Return what a column holds, whether or not that is exact."""
    return stored.stored if isinstance(stored, Inexact) else stored


def exact(encode: Callable[[Any], Any], decode: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return `encode`, but `Inexact` where decoding does not give the very value back, or SQL takes another for it."""

    def is_also_integer(stored: Any) -> bool:
        if type(stored) is not float or not stored.is_integer():
            return False
        integer = encode(int(stored))
        return bool(integer == stored) and type(decode(integer)) is int

    def store(value: Any) -> Any:
        stored = encode(value)
        is_exact = stored is None or (same_scalar(decode(stored), value) and not is_also_integer(stored))
        return stored if is_exact else Inexact(stored, value)

    return store


def key_decoder(column: Column) -> Callable[[Any], Any]:
    """Return what gives the value that a document says as its key, for what the key's column holds."""
    codec = CODECS[column.type]
    return codec.decode if codec.container else column_decoder(column)


def column_decoder(column: Column) -> Callable[[Any], Any]:
    """Return the inverse of `scalar_encoder` for what the column says by itself."""
    codec, form = CODECS[column.type], _usual_form(column)
    decode = codec.decode
    if form is not None:
        decode = speller(column, form)
    backward: dict[tuple[Any, ...], Any] = {}
    for a, b in column.map:
        stored = codec.encode(b)
        backward.setdefault(typed_key(b if stored is None else decode(stored)), a)
    if not backward:
        return decode

    def give(stored: Any) -> Any:
        value = decode(stored)
        return backward.get(typed_key(value), value)

    return give


def _usual_form(column: Column) -> Form | None:
    """Return the form in which documents spell the column's values; None: as its type says."""
    if column.scale is not None:
        return column.scale
    return None if column.quoted is None else 0 if column.quoted else NUMBER


def speller(column: Column, form: Form) -> Callable[[Any], Any]:
    """Return what gives the column's content in a form.

    Raises:
        ValueError: Values of its type have no such form.
    """
    spell = CODECS[column.type].spell
    if spell is None:
        raise ValueError(f"a {column.type} has one spelling")
    return lambda stored: spell(stored, form)


def exact_decoder(column: Column) -> Callable[[Any], Any]:
    """Return `column_decoder`, but ValueError for what no value of a document makes the column hold by itself.

    Such a thing can be said, but not so that flattening the document gives it again: a time that is spelled otherwise
    than `timestamp` spells it, the name in a document where a value map has another for it. Of native types the class
    of a value tells, and JSON is compared as what it means.
    """
    codec, decode = CODECS[column.type], column_decoder(column)
    if codec.container or (codec.native and not column.map and _usual_form(column) is None):
        return decode
    encode = mapped(column)

    def give(stored: Any) -> Any:
        value = decode(stored)
        again = encode(value)
        if again != stored or not (type(again) is type(stored) or codec.storage == "number"):
            raise ValueError(f"column {column.name} holds {stored!a}, which no {column.type} is held as")
        return value

    return give
