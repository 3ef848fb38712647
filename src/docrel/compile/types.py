"""Column types: a constant as a type has it, and the names people first try.

In: a type's name, or a value. Out: a suggestion, or the value. The types themselves are `docrel.values.codecs`.
"""

from __future__ import annotations

from typing import TypeVar

from docrel.diagnostics import near
from docrel.plan import Scalar, fits
from docrel.values import CODECS

_Constant = TypeVar("_Constant", bound=Scalar)

_MEANT = {
    "string": "text", "str": "text", "varchar": "text", "char": "text", "clob": "text", "enum": "text",
    "int": "integer", "bigint": "integer", "smallint": "integer", "long": "integer", "serial": "integer",
    "number": "real", "float": "real", "double": "real", "numeric": "decimal", "money": "decimal",
    "bool": "boolean", "bit": "boolean",
    "datetime": "timestamp", "timestamptz": "timestamp", "time": "timestamp", "instant": "timestamp",
    "object": "json", "array": "json", "list": "json", "dict": "json", "map": "json",
    "jsonb": "json", "any": "json",
    "guid": "uuid", "bytes": "base64", "blob": "base64", "binary": "base64", "bytea": "base64",
}  # fmt: skip


def type_suggestion(name: str) -> str:
    """Return the help for a type that does not exist."""
    plain = name.lower().split("(")[0].strip()
    if plain == "number":
        return "write `integer` for whole numbers, `real` for others, `decimal` for exact ones"
    meant = _MEANT.get(plain) or near(plain, CODECS)
    if meant:
        return f"write `{meant}`"
    if any(c in name for c in ".@$["):
        return f"a single word is a column's type; to say where it comes from, write `{{from: '{name}'}}`"
    return f"use one of: {', '.join(CODECS)}"


def typed(type_name: str, value: _Constant) -> _Constant | float:
    """Return the constant as the column has it: a whole number in a real column is a float."""
    if type_name == "real" and isinstance(value, int) and not isinstance(value, bool) and fits("real", value):
        return float(value)
    return value
