"""Wording: a plan in the user's words: where a column comes from, how it travels, what it forbids.

In: a plan and one of its tables or columns. Out: short plain text without any markup, for `docrel.pages.mapping_pages`.
Decides nothing about documents; it tells what `docrel.plan` says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Literal, assert_never

from docrel.plan.model import (
    Column,
    Default,
    Derived,
    EdgeName,
    JoinedKey,
    MemberKey,
    ParentKey,
    Plan,
    Position,
    Rest,
    Source,
    Surrogate,
    Table,
    Unsourced,
    Value,
)
from docrel.selectors import Path, path_text
from docrel.values import CODECS

Way = Literal["two-way", "derived", "default", "rest", "key", "position", "source", "parent", "engine"]


def key_words(plan: Plan) -> str:
    """Return the columns that identify a document, in a sentence."""
    return " and ".join(f"`{name}`" for name in plan.key_names)


def key_claim(plan: Plan) -> str:
    """Return the sentence that these columns are the key."""
    return f"{key_words(plan)} {'is' if len(plan.key_names) == 1 else 'together are'} the key"


def source_paths(table: Table, plan: Plan) -> list[tuple[Source, str]]:
    """Return each source with where its rows are: from `$` where that is one place, else from a row's `@`."""
    return [(source, _absolute(source, plan, ()) or _relative(source)) for source in table.sources]


def _absolute(source: Source, plan: Plan, seen: tuple[str, ...]) -> str | None:
    if source.parent is None:
        return path_text(source.each, "$")
    parents = plan.table(source.parent).sources
    if len(parents) != 1 or source.parent in seen or parents[0].tree:
        return None
    start = _absolute(parents[0], plan, (*seen, source.parent))
    return None if start is None else path_text(source.each, start)


def _relative(source: Source) -> str:
    return f"{path_text(source.each, '@')} of a row of {source.parent}"


def way(column: Column) -> Way:
    """Return in one word how the column travels between document and row."""
    match column.role:
        case Value():
            return "two-way"
        case Rest():
            return "rest"
        case Derived():
            return "derived"
        case Unsourced():
            return "default"
        case MemberKey() | JoinedKey():
            return "key"
        case Position():
            return "position"
        case EdgeName():
            return "source"
        case ParentKey():
            return "parent"
        case Surrogate():
            return "engine"
    assert_never(column.role)


def places(column: Column, table: Table, plan: Plan) -> list[str]:
    """Return where in the document the column's value is, one text for each source and alternative."""
    match column.role:
        case Value(paths):
            return list(dict.fromkeys(_value_places(column, paths, table, plan)))
        case Rest():
            return ["what no other column or table takes of the row's object"]
        case Derived(selector):
            return [selector]
        case MemberKey():
            return ["the member's name at the last .*"]
        case JoinedKey(separator):
            return [f"the names on the way down, joined by {json.dumps(separator)}"]
        case Position():
            return ["the place in the array or object, from 0"]
        case EdgeName():
            return ["the name of the source: " + ", ".join(source.name for source in table.sources)]
        case ParentKey(parent, key):
            return [f"{parent}.{key} of the row above"]
        case Surrogate():
            return ["nowhere: the row's own number"]
        case Unsourced():
            constants = [f"{scalar(v)} for {s.name}" for s in table.sources for n, v in s.constants if n == column.name]
            return constants or ["nowhere: only its default"]
    assert_never(column.role)


def _value_places(column: Column, paths: tuple[Path, ...], table: Table, plan: Plan) -> Iterator[str]:
    found = source_paths(table, plan)
    for source, start in found:
        constants = dict(source.constants)
        if column.name in constants:
            yield f"{scalar(constants[column.name])} for {source.name}"
            continue
        told = start if start.startswith("$") and len(found) == 1 and not source.tree else "@"
        own = dict(source.values).get(column.name)
        if own is None:
            yield from (path_text(path, told) for path in paths)
        else:
            yield from (f"{path_text(path, '@')} for {source.name}" for path in own)


def scalar(value: object) -> str:
    """Return a constant as JSON."""
    return json.dumps(value)


def constraints(column: Column, table: Table) -> list[str]:
    """Return what the column forbids, a few words each."""
    found = []
    if isinstance(column.role, Surrogate) or table.primary_key == (column.name,):
        found.append("primary key")
    if column.unique:
        found.append("unique")
    if column.one_of is not None:
        found.append("one of " + ", ".join(scalar(v) for v in column.one_of))
    if column.minimum is not None:
        found.append(f"at least {scalar(column.minimum)}")
    if column.maximum is not None:
        found.append(f"at most {scalar(column.maximum)}")
    if column.references is not None:
        found.append(f"a {'.'.join(column.references)}")
    if column.soft:
        found.append("a value that these forbid is kept in the complement, the column is NULL")
    if column.quoted or column.scale is not None:
        found.append("a string in documents" + (f", of {column.scale} decimals" if column.scale else ""))
    elif column.quoted is False:
        found.append("a number in documents")
    if column.map:
        found.append("written as " + ", ".join(f"{scalar(b)} for {scalar(a)}" for a, b in column.map))
    if column.default is not None:
        found.append(f"where the document says nothing: {', else '.join(default_words(column.default))}")
    return found


def default_words(default: Default) -> Iterator[str]:
    """Yield the alternatives of a default, in the order in which they are tried."""
    yield from (read.text for read in default.reads)
    for case in default.cases:
        tests = [
            f"{read.text} is " + ("there" if values is None else " or ".join(map(scalar, values)))
            for read, values in case.conditions
        ]
        yield scalar(case.then) + (f" when {' and '.join(tests)}" if tests else "")
    if default.elapsed is not None:
        yield f"{default.elapsed.time} plus {default.elapsed.seconds} seconds"
    if default.given:
        yield "the name that the caller gives the document"
    if default.now:
        yield "the time of writing"
    if default.constant is not None:
        yield scalar(default.constant)


_INEXACT = {
    "text": "anything but text, or text with U+0000 or a lone surrogate",
    "integer": "anything but an integer of 64 bits, or a string that spells it unusually",
    "real": "an integer (1 rather than 1.0), -0.0, a number beyond a double, anything but a number",
    "boolean": "anything but true and false",
    "scalar": "true and false, -0.0, a number beyond a double or 64 bits, text with U+0000 or a lone surrogate",
    "timestamp": "anything but a time in UTC spelt YYYY-MM-DDTHH:MM:SSZ, or with 3, 6 or 9 digits that it takes",
    "date": "anything but a date spelt YYYY-MM-DD",
    "decimal": "anything but a string that spells, as briefly as it can, a number of a double or of 64 bits",
    "uuid": "anything but a UUID in lower case with hyphens",
    "base64": "anything but base64 text in its canonical spelling",
}


def complement_needs(column: Column) -> list[str]:
    """Return what a document holds that the column cannot, so that the complement does."""
    if not isinstance(column.role, Value):
        return []
    found = []
    if not CODECS[column.type].container:
        found.append(_INEXACT.get(column.type, f"a value that {column.type} does not give back exactly"))
        if not column.required or column.default is not None:
            found.append("null, where absent is what NULL means")
    if len(column.role.paths) > 1:
        found.append("a value at more than one of its places, or not at the first")
    if column.default is not None:
        found.append("its default, written out")
    said, targets = ([scalar(side[n]) for side in column.map] for n in (0, 1))
    twice = [t for t in targets if targets.count(t) > 1]
    plain = [t for t in targets if t not in said]
    if twice or plain:
        found.append(f"one of several spellings of {', '.join(dict.fromkeys(twice + plain))}")
    if column.soft:
        found.append("a value that its constraints forbid")
    return found


def table_needs(table: Table, plan: Plan) -> list[str]:
    """Return what the document may hold around the rows of a table that only the complement can."""
    found = []
    if plan.ordered:
        found.append("members in another order than the mapping's")
    if table.parent is not None:
        found.append("an empty array or object, null or a scalar where the rows are, an element that cannot be a row")
    if not any(isinstance(column.role, Rest) for column in table.columns):
        found.append("a member that no column and no table takes")
    if table.otherwise == "rest":
        found.append("a row that a constraint forbids")
    return found
