"""Column types: which constants fit a type, and the names people first try.

In: a type's name and a value. Out: whether it fits, or a suggestion. The types themselves are
`docrel.values.codecs`.
"""

from __future__ import annotations

from docrel.plan import Scalar
from docrel.values import CODECS

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
ORDERED = ("integer", "real", "decimal")


def suggestion(name: str) -> str:
    """Return the help for a type that does not exist."""
    from docrel.spec import near  # leads to pydantic, which who loads a plan does not need

    plain = name.lower().split("(")[0].strip()
    if plain == "number":
        return "write `integer` for whole numbers, `real` for others, `decimal` for exact ones"
    meant = _MEANT.get(plain) or near(plain, CODECS)
    if meant:
        return f"write `{meant}`"
    if any(c in name for c in ".@$["):
        return f"a single word is a column's type; to say where it comes from, write `{{from: '{name}'}}`"
    return f"use one of: {', '.join(CODECS)}"


def fits(type_name: str, value: Scalar) -> bool:
    """Say whether a column of this type can hold the constant as it is written."""
    if value is None:
        return True
    match type_name:
        case "text" | "timestamp" | "date" | "uuid" | "base64":
            if not isinstance(value, str):
                return False
        case "integer":
            if isinstance(value, bool) or not isinstance(value, int):
                return False
        case "real":
            if isinstance(value, bool) or not isinstance(value, int | float):
                return False
        case "boolean":
            return isinstance(value, bool)
    codec = CODECS.get(type_name)
    return codec is None or codec.encode(value) is not None


def typed(type_name: str, value: Scalar) -> Scalar:
    """Return the constant as the column has it: a whole number in a real column is a float."""
    if type_name == "real" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value
