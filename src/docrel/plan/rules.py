"""Rules: what a plan can hold, said once, for mappings that are checked and for plans that a database carries.

In: values of a plan. Out: what is wrong with them and what to do about it; None where nothing is. Knows no places.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from docrel.plan.model import (
    MAX_INDEX,
    MAX_STEPS,
    Column,
    ParentKey,
    Rest,
    Role,
    Scalar,
    Surrogate,
    Table,
    to_text,
)
from docrel.selectors import Index, Path
from docrel.values import CODECS, MAX_DECIMALS, clean_text

Fault = tuple[str, str]
"""What is wrong, and what to do about it."""
LIMIT_BOUND = 1e308
ORDERED = ("integer", "real", "decimal")
_FRACTIONAL = ("real", "decimal")


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


def is_among(value: Scalar, values: Iterable[Scalar]) -> bool:
    """Say whether a constant is one of several; to Python 1, 1.0 and true are one."""
    return to_text(value) in map(to_text, values)


def bound_fault(key: str, bound: float, type_name: str) -> Fault | None:
    """Return why a column of this type cannot have such a `min` or `max`."""
    if type_name not in ORDERED:
        return (
            f"`{key}` has no meaning for a column of type {type_name}",
            "use it with integer, real or decimal, or write a `checks` entry",
        )
    if abs(bound) >= LIMIT_BOUND:
        return f"this `{key}` is beyond what databases can compare with", f"leave `{key}` out"
    return None


def quoting_fault(type_name: str, *, quoted: bool | None, scale: int | None) -> Fault | None:
    """Return why a column of this type has no such `quoted` and `scale`."""
    for key, value, types in (("scale", scale, _FRACTIONAL), ("quoted", quoted, ORDERED)):
        if value is not None and type_name not in types:
            message = f"`{key}` has no meaning for a column of type {type_name}"
            return message, f"remove it, or make the column {', '.join(types[:-1])} or {types[-1]}"
    if scale is not None and not 0 <= scale <= MAX_DECIMALS:
        return f"a `scale` of {scale} is not one of 0 to {MAX_DECIMALS}", "write how many decimals the strings have"
    if scale is not None and quoted is False:
        return "only numbers that are strings have a `scale`", "remove `quoted: false`"
    return None


def range_fault(minimum: float | None, maximum: float | None) -> Fault | None:
    """Return why nothing lies between two bounds."""
    if minimum is not None and maximum is not None and minimum > maximum:
        return f"`min` {minimum} is above `max` {maximum}", "exchange the two"
    return None


def path_fault(path: Path) -> Fault | None:
    """Return why a path leads deeper, or further along an array, than a document may go."""
    if len(path) > MAX_STEPS:
        return (
            f"this selector has {len(path)} steps, and a document at most {MAX_STEPS} levels",
            "shorten it, or nest tables",
        )
    for step in path:
        if isinstance(step, Index) and not 0 <= step.index <= MAX_INDEX:
            return f"there is no element {step.index:,}, the last is {MAX_INDEX:,}", "nest a table with `each: '…[*]'`"
    return None


def separator_fault(separator: str) -> Fault | None:
    """Return why names that are joined by a separator could not be told apart again."""
    if not separator or "\\" in separator or not clean_text(separator):
        return f"names joined by {separator!a} cannot be told apart again", "join by `.` or `/`"
    return None


def file_fault(file: str) -> Fault | None:
    """Return why a part cannot be kept in this file."""
    path = PurePosixPath(file)
    possible = file.strip() and clean_text(file) and "\\" not in file
    if not possible or path.is_absolute() or ".." in path.parts or not path.parts:
        return f"{file!a} is not a file within the document's folder", "write a relative path such as `state/part.json`"
    return None


def counted_fault(column: Column, key: str, other: Column, table: Table) -> Fault | None:
    """Return why a column cannot count its time from another one, which is its `time` or its `plus_seconds`."""
    if column.name == other.name:
        return (
            f"the default of `{column.name}` needs `{column.name}` itself",
            "count from a column with a time of its own",
        )
    counted = other.default is not None and other.default.elapsed is not None
    if isinstance(other.role, Rest | Surrogate) or (
        counted and table.index_of(other.name) > table.index_of(column.name)
    ):
        return (
            f"the default of `{column.name}` needs `{other.name}`, which is filled after it",
            "count from a column that stands before this one",
        )
    if key == "plus_seconds" and other.type != "integer":
        return f"`{other.name}` is not an integer column", "count whole seconds: `type: integer`"
    return None


def key_faults(tables: Mapping[str, Table]) -> Iterator[tuple[Table, Column, Fault]]:
    """Yield the columns with keys of rows above from which no key can be had, each with its table."""
    for table in tables.values():
        held = {column.role for column in table.columns}
        for column in table.columns:
            role = column.role
            if not isinstance(role, ParentKey):
                continue
            if _is_circular(role, tables) or (role.table == table.name and column.name in table.primary_key):
                yield (
                    table,
                    column,
                    (f"`{column.name}` is a part of the key that it holds", "leave it out of `primary_key`"),
                )
            top = tables.get(role.table, table)
            if top.parent is None and ParentKey(top.name, top.primary_key[0]) not in held:
                key = f"{top.name}.{top.primary_key[0]}"
                yield (
                    table,
                    column,
                    (f"`{column.name}` is not all of the key of `{top.name}`", f"add a column `{{parent: {key}}}`"),
                )


def _is_circular(role: Role | None, tables: Mapping[str, Table]) -> bool:
    """Say whether a key is, from table to table above, in the end its own."""
    seen = set[Role]()
    while isinstance(role, ParentKey) and role not in seen:
        seen.add(role)
        columns = tables[role.table].columns if role.table in tables else ()
        role = next((column.role for column in columns if column.name == role.column), None)
    return role in seen
