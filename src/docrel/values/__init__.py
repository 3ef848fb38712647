"""Values: JSON texts and values, exactly, and how a column's type stores one.

In: bytes of JSON, values, times. Out: values, canonical text, equality that tells `1`, `1.0` and `true` apart, and the
codecs between values and what a database holds.
"""

from __future__ import annotations

from docrel.values import jsontext
from docrel.values.codecs import (
    CODECS,
    INTEGER_MAX,
    INTEGER_MIN,
    Codec,
    clean_text,
    decode_json,
    encode_text,
    is_storable,
    register_codec,
)
from docrel.values.json_path import BARE, quoted, step_text
from docrel.values.jsonequal import same_scalar
from docrel.values.jsonnumber import is_minus_zero
from docrel.values.jsonscan import DuplicateKeys
from docrel.values.jsonvalue import NOTHING
from docrel.values.places import append_at, value_at
from docrel.values.spellings import MAX_DECIMALS, NUMBER, WHOLE_SECOND, Form, number_in
from docrel.values.times import compact, seconds, span, utc_now

__all__ = [
    "BARE",
    "CODECS",
    "INTEGER_MAX",
    "INTEGER_MIN",
    "MAX_DECIMALS",
    "NOTHING",
    "NUMBER",
    "WHOLE_SECOND",
    "Codec",
    "DuplicateKeys",
    "Form",
    "append_at",
    "clean_text",
    "compact",
    "decode_json",
    "encode_text",
    "is_minus_zero",
    "is_storable",
    "jsontext",
    "number_in",
    "quoted",
    "register_codec",
    "same_scalar",
    "seconds",
    "span",
    "step_text",
    "utc_now",
    "value_at",
]
