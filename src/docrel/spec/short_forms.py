"""Shapes: the short forms of the mapping language, written out.

In: what YAML gave for one node. Out: the node's long form, or a `PydanticCustomError` whose context carries
the help. Never looks beyond the node.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from docrel.spec.yaml_reader import Pairs

_SCALAR = (str, bool, int, float)


@dataclass(frozen=True, eq=False)
class AlsoWritten:
    """The JSON Schema of a short form: in place of the long one, or `beside` it."""

    schema: dict[str, Any]
    beside: bool = False

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Put the short form into the published schema."""
        if not self.beside:
            return dict(self.schema)
        long = handler(core)
        forms = long["anyOf"] if set(long) == {"anyOf"} else [long]
        return {"anyOf": [dict(self.schema), *forms]}


_TEXTS = {"type": "array", "items": {"type": "string"}}
_ANY_SCALAR = {"type": ["string", "number", "boolean"]}
TEXT = AlsoWritten({"type": "string"})
NUMBER = AlsoWritten({"type": "number"})
SELECTORS = AlsoWritten({"anyOf": [{"type": "string"}, _TEXTS]})
SCALARS = AlsoWritten({"anyOf": [_ANY_SCALAR, {"type": "array", "items": _ANY_SCALAR}]})
SQL_TEXT = AlsoWritten({"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}]})


def wrong(message: str, help: str) -> PydanticCustomError:
    """Return the error that tells the user `message`, and `help` as the action."""
    context = {"message": message, "help": help}
    return PydanticCustomError(
        "docrel", "{message}", {word: text.encode(errors="backslashreplace").decode() for word, text in context.items()}
    )


def shown(value: Any) -> str:
    """Say in the user's words what kind of thing a value is."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value}"
        case str():
            return f"the text {value!r}" if len(value) <= 40 else "a text"
        case list() | tuple():
            return "a list"
    return "a map of keys"


def as_list(given: Any) -> Any:
    """Make a list of texts a tuple; one text stands for itself."""
    if isinstance(given, str):
        return (given,)
    if isinstance(given, list):
        return tuple(given)
    raise wrong(f"a text or a list of texts is expected here, not {shown(given)}", "write `name` or `[name, name]`")


def as_entries(given: Any) -> Any:
    """Make a list a tuple."""
    return tuple(given) if isinstance(given, list) else given


def as_scalar(given: Any) -> Any:
    """Pass a text, a number, true or false."""
    if isinstance(given, _SCALAR):
        return given
    raise wrong(
        f"a text, a number, true or false is expected here, not {shown(given)}",
        "write one plain value",
    )


def as_scalars(given: Any) -> Any:
    """Write one scalar as a list of it."""
    if isinstance(given, list | tuple):
        for number, item in enumerate(given):
            if not isinstance(item, _SCALAR):
                raise wrong(
                    f"entry {number + 1} of this list is {shown(item)}",
                    "use plain values only: texts, numbers, true or false",
                )
        return tuple(given)
    return (as_scalar(given),)


def as_pairs(given: Any) -> Any:
    """Make a map of scalars to scalars a tuple of pairs; keys keep their types."""
    entries = given.entries if isinstance(given, Pairs) else tuple(given.items()) if isinstance(given, dict) else None
    if entries is None:
        raise wrong(
            f"`map` is {shown(given)}",
            "write what the document says and what the column holds: `{active: in_progress}`",
        )
    for key, value in entries:
        if not isinstance(key, _SCALAR) or not isinstance(value, _SCALAR):
            raise wrong(
                f"`map` turns {shown(key)} into {shown(value)}",
                "use plain values on both sides: texts, numbers, true or false",
            )
    return tuple(entries)


def as_when(given: Any) -> Any:
    """Pass a map of selectors to values."""
    if not isinstance(given, dict) or not given:
        raise wrong(f"`when` is {shown(given)}", "write a selector and its value: `{kind: order}`")
    return given


def as_sql(given: Any) -> Any:
    """Write one SQL text as the text of every dialect."""
    if isinstance(given, str):
        return {"any": given}
    if isinstance(given, dict) and given:
        return given
    raise wrong(
        f"SQL is expected here, not {shown(given)}",
        "write the SQL as text, or by dialect: `{sqlite: …, postgresql: …}`",
    )


def as_column(given: Any) -> Any:
    """Write the short form of a column, its type, as the long one."""
    if isinstance(given, str):
        return {"type": given}
    if given is None:
        raise PydanticCustomError("empty_column", "this column is empty")
    if not isinstance(given, dict):
        raise wrong(
            f"a column is expected here, not {shown(given)}",
            "write its type, or `{from: …, type: …}`",
        )
    if "from" in given and given["from"] is None:
        raise wrong("`from` is empty", "name the place, or write `unsourced: true` for a column without one")
    return given


def as_default(given: Any) -> Any:
    """Write a constant default as the long form."""
    if isinstance(given, _SCALAR):
        return {"value": given}
    if not isinstance(given, dict) or not given:
        raise wrong(
            f"`default` is {shown(given)}",
            "write a plain value, or one of `from`, `cases`, `time`, `given`, `now`",
        )
    return given


def as_case(given: Any) -> Any:
    """Write `when` and `is` of a case as alternatives: maps of selector to values, or to None."""
    if not isinstance(given, dict):
        raise wrong(f"a case is {shown(given)}", "write `{when: selector, is: value, then: value}`")
    case = dict(given)
    values = as_scalars(case.pop("is")) if "is" in case else None
    match case.get("when"):
        case None if values is not None:
            raise wrong("`is` has no `when` beside it", "name the selector whose value is meant: `when: selector`")
        case None:
            case.pop("when", None)
        case str(selector):
            case["when"] = ({selector: values},)
        case list(selectors) if selectors and all(isinstance(s, str) for s in selectors):
            case["when"] = tuple({s: values} for s in selectors)
        case dict(conditions) if values is None and conditions:
            case["when"] = ({s: as_scalars(v) for s, v in conditions.items()},)
        case dict():
            raise wrong("`when` has its values already", "leave `is` out")
        case other:
            raise wrong(f"`when` is {shown(other)}", "write a selector, a list of selectors, or `{selector: value}`")
    return case


def as_source_column(given: Any) -> Any:
    """Write a selector, or a list of them, as the long form."""
    if isinstance(given, str | list):
        return {"from": given}
    if not isinstance(given, dict) or len(given) != 1:
        raise wrong(
            f"a selector is expected here, not {shown(given)}",
            "write a selector, a list of them, or a constant: `{value: …}`",
        )
    return given


def as_index(given: Any) -> Any:
    """Write a column, or a list of columns, as the long form."""
    if isinstance(given, str | list):
        return {"columns": given}
    if not isinstance(given, dict):
        raise wrong(f"an index is {shown(given)}", "name its column, or a list of columns")
    return given


def as_unique(given: Any) -> Any:
    """Pass a list of lists of columns."""
    if isinstance(given, list) and all(isinstance(columns, list) for columns in given):
        return tuple(tuple(columns) for columns in given)
    if isinstance(given, list) and all(isinstance(column, str) for column in given):
        raise wrong(
            "`unique` is a list of lists here: each inner list holds the columns that are unique together",
            f"write `unique: [[{', '.join(given)}]]`",
        )
    raise wrong(f"`unique` is {shown(given)}", "write the columns that are unique together: `[[mission_id, key]]`")


def as_document_key(given: Any) -> Any:
    """Write the short form of a document's key, its column or columns, as the long one."""
    if isinstance(given, str | list):
        return {"column": given}
    if not isinstance(given, dict):
        raise wrong(f"`key` is {shown(given)}", "name a column of the root table, or write `{column: …}`")
    return given


def as_key_columns(given: Any) -> Any:
    """Make the columns of a document's key a tuple: one, or a list of several."""
    if isinstance(given, list) and len(given) < 2:
        named = f"write `{given[0]}` itself" if given else "name a column of the root table"
        raise wrong(f"this is {'a list of one column' if given else 'an empty list'}", named)
    return as_list(given)


def as_part(given: Any) -> Any:
    """Write the short form of a part, its file, as the long one."""
    if isinstance(given, str):
        return {"file": given}
    if not isinstance(given, dict):
        raise wrong(f"a part is {shown(given)}", "write its file, or `{file: …, any_of: […]}`")
    return given
