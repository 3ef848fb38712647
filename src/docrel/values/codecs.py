"""Codecs: how a scalar of a document is held in a column of a type.

In: a JSON scalar (never None, an array or an object). Out: what the column holds, and back. A codec never decides
whether it was exact: the caller compares `decode(encode(v))` with `v` and keeps the spelling, or an override, where
they differ (docs/language.md, Types). What cannot be held at all is encoded as None.
"""

from __future__ import annotations

import base64
import binascii
import math
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Literal

from docrel.values import jsontext
from docrel.values.jsonnumber import is_minus_zero
from docrel.values.spellings import (
    Form,
    boolean_form,
    number_form,
    number_in,
    spelled_boolean,
    spelled_number,
    spelled_time,
    time_form,
    time_in,
    usual_time,
)

Storage = Literal["text", "integer", "real", "number", "any", "blob"]
"""How a database holds it; `number`: an integer where that is exact, else a double; `any`: a number or a text."""
INTEGER_MIN, INTEGER_MAX = -(2**63), 2**63 - 1


@dataclass(frozen=True, slots=True)
class Codec:
    """A column type: what it stores and the pair of functions. `native` types hold what JSON has unchanged.

    Where one value has several spellings, `form` tells in which a document's value is (None: in none), and `spell`
    gives what the column holds in a form.
    """

    name: str
    storage: Storage
    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]
    native: bool = False
    container: bool = False  # takes arrays and objects too
    form: Callable[[Any], Form | None] | None = None
    spell: Callable[[Any, Form], Any] | None = None


def clean_text(text: str) -> bool:
    """Say whether every backend can hold `text`: no lone surrogate, no U+0000."""
    if text.isascii():
        return "\0" not in text
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def is_storable(value: Any) -> bool:
    """Say whether a value can be handed to a database as it is: text that is Unicode, 64 bits, a double, bytes."""
    if isinstance(value, str):
        return clean_text(value.replace("\0", ""))
    if isinstance(value, int):
        return INTEGER_MIN <= value <= INTEGER_MAX
    return isinstance(value, (float, bytes))


def _replaced(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def encode_text(value: Any) -> Any:
    """Hold any scalar as text; what is not text, as its JSON spelling."""
    if isinstance(value, str):
        return value if clean_text(value) else _replaced(value)
    return jsontext.dumps(value)


def encode_integer(value: Any) -> Any:
    """Hold an integer of 64 bits, a boolean as 0/1, an integral number as that integer, also one within a string."""
    if isinstance(value, str):
        value = number_in(value)
    if isinstance(value, int):
        return int(value) if INTEGER_MIN <= value <= INTEGER_MAX else None
    if isinstance(value, (float, Decimal)) and INTEGER_MIN <= value <= INTEGER_MAX and value == int(value):
        return int(value)
    return None


def encode_real(value: Any) -> Any:
    """Hold a number, also one within a string, as a double, never -0.0."""
    if isinstance(value, str):
        value = number_in(value)
    if isinstance(value, (int, float, Decimal)):
        try:
            number = float(value)
        except OverflowError:
            return None
        return None if math.isinf(number) else number + 0.0
    return None


def encode_boolean(value: Any) -> Any:
    """Hold true as 1 and false as 0; numbers that are exactly these too."""
    return int(value) if isinstance(value, (bool, int, float, Decimal)) and value in (0, 1) else None


def decode_boolean(stored: Any) -> Any:
    """Give true for 1, false for 0, anything else as it is."""
    return stored == 1 if stored in (0, 1) and not isinstance(stored, str) else stored


def encode_json(value: Any) -> Any:
    """Hold any value as compact JSON text."""
    return jsontext.dumps(value)


def decode_json(stored: Any) -> Any:
    """Read JSON text; a number that stands in the column unquoted is itself."""
    return jsontext.loads_text(stored) if isinstance(stored, str) else stored


def encode_scalar(value: Any) -> Any:
    """Hold a number as a number, of 64 bits or as a double, a string as text, and a boolean as the text `true`."""
    if isinstance(value, (str, bool)):
        return encode_text(value)
    if (isinstance(value, int) and INTEGER_MIN <= value <= INTEGER_MAX) or is_minus_zero(value):
        return int(value)
    return encode_real(value)


def encode_timestamp(value: Any) -> Any:
    """Hold an ISO 8601 time as UTC, `YYYY-MM-DDTHH:MM:SS.fffffffffZ`; without an offset it is taken as UTC."""
    return time_in(value) if isinstance(value, str) else None


def encode_date(value: Any) -> Any:
    """Hold a calendar date, `YYYY-MM-DD`."""
    if not isinstance(value, str) or len(value) != 10:
        return None
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        return None


def encode_decimal(value: Any) -> Any:
    """Hold a number, mostly within a string, as an integer of 64 bits where it is one, else as a double."""
    if isinstance(value, bool):
        return None
    number = encode_integer(value)
    return encode_real(value) if number is None else number


def encode_uuid(value: Any) -> Any:
    """Hold a UUID in its canonical spelling, lower case with hyphens."""
    try:
        return str(uuid.UUID(value)) if isinstance(value, str) else None
    except ValueError:
        return None


def encode_base64(value: Any) -> Any:
    """Hold base64 text as the bytes that it means."""
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else None
    except (binascii.Error, ValueError):
        return None


def decode_base64(stored: Any) -> Any:
    """Give bytes as base64 text."""
    return base64.b64encode(stored).decode() if isinstance(stored, bytes) else stored


def _same(stored: Any) -> Any:
    return stored


# What else has to know a further type, `tests/unit/test_types.py` and `tests/laws/test_drawn_types.py` say.
_BUILT_IN = (
    Codec("text", "text", encode_text, _same, native=True),
    Codec("integer", "integer", encode_integer, _same, native=True, form=number_form, spell=spelled_number),
    Codec("real", "real", encode_real, _same, native=True, form=number_form, spell=spelled_number),
    Codec("boolean", "integer", encode_boolean, decode_boolean, native=True),
    Codec("json", "text", encode_json, decode_json, container=True),
    Codec("scalar", "any", encode_scalar, _same, native=True, form=boolean_form, spell=spelled_boolean),
    Codec("timestamp", "text", encode_timestamp, usual_time, form=time_form, spell=spelled_time),
    Codec("date", "text", encode_date, _same),
    Codec("decimal", "number", encode_decimal, partial(spelled_number, form=0), form=number_form, spell=spelled_number),
    Codec("uuid", "text", encode_uuid, _same),
    Codec("base64", "blob", encode_base64, decode_base64),
)
_registered: dict[str, Codec] = {codec.name: codec for codec in _BUILT_IN}
CODECS: Mapping[str, Codec] = _registered


def register_codec(name: str, *, storage: Storage, encode: Callable[[Any], Any], decode: Callable[[Any], Any]) -> None:
    """Add a column type of your own: a pair of functions, `encode` total over JSON scalars, None for "cannot".

    Nothing is lost where the pair is not exact: the engine compares and keeps an override.

    Raises:
        ValueError: The name is one of the built-in types.
    """
    if name in {codec.name for codec in _BUILT_IN}:
        raise ValueError(f"{name!r} is a built-in column type")
    _registered[name] = Codec(name, storage, encode, decode)
