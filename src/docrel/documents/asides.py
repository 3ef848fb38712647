"""Asides of many documents: what is in no column and no row, counted by table and column, each with one example.

In: what `flatten` tells of documents, one by one. Out: a `SetAside` for each table, column and reason, in words that
say what would make room for it. Memory grows with the mapping, not with the documents. Law: 7,
`tests/laws/test_told.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from docrel.diagnostics import counted, shortened, visible
from docrel.documents.refusals import shown
from docrel.engine import Aside, Flattened
from docrel.plan import Column, JoinedKey, MemberKey, Name, Plan, Table
from docrel.selectors import path_text
from docrel.values import CODECS, jsontext, number_in

Place = tuple[int, tuple[int, ...], str, bool]  # table, columns, rule, whether a row is missing
_RULES = ("required", "one_of", "minimum", "maximum")
_NUMBERS = ("boolean", "integer", "real", "decimal", "scalar")
"""Types in which SQL compares numbers as numbers."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """Values of documents that the tables do not show, in one table, for one reason; the documents have them all.

    Attributes:
        table: The table that lacks them.
        columns: Its columns that do, or whose rules keep rows out; none where the rows themselves have no place.
        rule: Why: type, inexact, place, kind, case, mistakable, unique, required, one_of, minimum, maximum.
        is_row: Each is a row that is missing, with all below it; else a value.
        count: How many there are.
        example: One of them, cut where it is long.
        path: Where that is in its document.
        key: The document's key; None where the document has been refused since.
        widen: What would make room for them in the mapping; empty: nothing would.
        text: All this in a line.
    """

    table: str
    columns: tuple[str, ...]
    rule: str
    is_row: bool
    count: int
    example: str
    path: str
    key: Any
    widen: str
    text: str


@dataclass(slots=True)
class _Tally:
    """What was counted of one place; `kinds` are those of the values."""

    first: Aside
    key: Any
    count: int = 0
    kinds: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Element:
    """An element of an array below `names`: at the index `at` of what was flattened, at `index` of the document."""

    names: tuple[str, ...]
    at: int
    index: int


class SetAsides:
    """Counts what is set aside; iterating gives each `SetAside`, in the order of tables and columns.

    With `element` only what lies within that.
    """

    def __init__(self, plan: Plan, element: Element | None = None) -> None:
        self._plan, self._element = plan, element
        self._tallies: dict[Place, _Tally] = {}

    def __bool__(self) -> bool:
        return bool(self._tallies)

    def __iter__(self) -> Iterator[SetAside]:
        for place in sorted(self._tallies):
            tally = self._tallies[place]
            yield _in_words(self._plan, place, tally, self._steps(tally.first))

    def _steps(self, one: Aside) -> tuple[str | int, ...]:
        """Return the steps from the document to what is set aside."""
        element = self._element
        return one.path if element is None else (*element.names, element.index, *one.path[len(element.names) + 1 :])

    def _is_within(self, one: Aside) -> bool:
        element = self._element
        return element is None or one.path[: len(element.names) + 1] == (*element.names, element.at)

    def _kind(self, one: Aside) -> str:
        columns = self._plan.tables[one.table].columns
        is_number = any(columns[n].type in _NUMBERS for n in one.columns)
        return _kind_of_number(one.value) if is_number else _kind(one.value)

    def add(self, found: Flattened) -> None:
        """Count what is set aside of a document."""
        for one in filter(self._is_within, found.asides):
            tally = self._tallies.setdefault(one[:4], _Tally(one, found.key))
            tally.count += 1
            tally.kinds[self._kind(one)] += 1

    def take_back(self, found: Flattened) -> None:
        """Count no more what is set aside of a document."""
        for one in found.asides:
            tally = self._tallies[one[:4]]
            tally.count -= 1
            tally.kinds[self._kind(one)] -= 1
            if tally.key == found.key:
                tally.key = None
            if not tally.count:
                del self._tallies[one[:4]]


def set_aside(plan: Plan, found: Flattened, element: Element | None = None) -> tuple[SetAside, ...]:
    """Return what is set aside of one document, or of an element of an array in it."""
    if not found.asides:
        return ()
    asides = SetAsides(plan, element)
    asides.add(found)
    return tuple(asides)


def _in_words(plan: Plan, place: Place, tally: _Tally, steps: Sequence[str | int]) -> SetAside:
    number, numbers, rule, is_row = place
    table = plan.tables[number]
    columns = [table.columns[n] for n in numbers]
    example, path = shown(tally.first.value), jsontext.json_path(steps)
    widen = _widening(table, columns, tally, is_row=is_row, rule=rule)
    where = path if len(steps) == 0 or not isinstance(steps[0], str) else path.removeprefix("$").removeprefix(".")
    of = "" if tally.key is None else f" of {shortened(visible(str(tally.key)))}"
    what = _what(table, columns, rule, is_row=is_row)
    text = f"{_counted(tally.count, rule, is_row=is_row)}: {what} — {example} at {where}{of}"
    return SetAside(
        table.name, tuple(c.name for c in columns), rule, is_row, tally.count, example, path, tally.key, widen,
        text + (f"; widen: {widen}" if widen else ""),
    )  # fmt: skip


def _counted(count: int, rule: str, *, is_row: bool) -> str:
    if rule == "inexact":
        return f"{counted(count, 'value')} held inexactly"
    return f"{counted(count, 'row')} missing" if is_row else f"{counted(count, 'value')} set aside"


def _what(table: Table, columns: Sequence[Column], rule: str, *, is_row: bool) -> str:
    names = ", ".join(c.name for c in columns)
    if is_row:
        return visible(f"{table.name} ({rule} {names})" if names else table.name)
    if not columns:
        return visible(table.name)
    why = columns[0].type if rule in {"type", "inexact"} else rule if rule in _RULES else ""
    where = f"{table.name}.{names}" if len(columns) == 1 else f"{table.name} ({names})"
    return visible(f"{where} ({why})" if why else where)


def _widening(table: Table, columns: Sequence[Column], tally: _Tally, *, rule: str, is_row: bool) -> str:
    """Return what would make room, as a person would write it in the mapping."""
    value, kinds = tally.first.value, +tally.kinds
    match rule:
        case "inexact" if isinstance(columns[0].role, MemberKey | JoinedKey):
            return ""  # no type of a key takes what no database takes
        case "type" | "inexact" if columns[0].type in _NUMBERS and _are_numbers(kinds):
            return _wider_number(columns[0], kinds.keys())
        case "type":
            return f"type: {_wider(columns[0], kinds.keys())}"
        case "inexact":
            return "type: json"
        case "required":
            return f"no `required` on {table.name}.{columns[0].name}"
        case "one_of" if not is_row:
            return f"{shown(value)} among the `one_of` of {table.name}.{columns[0].name}, or no `one_of`"
        case "one_of" | "minimum" | "maximum":
            return f"no `{'min' if rule == 'minimum' else 'max' if rule == 'maximum' else rule}` on {columns[0].name}"
        case "unique":
            return f"no `unique` on {', '.join(c.name for c in columns)} of {table.name}"
        case "case":
            return f"a table beside {table.name} whose `when` takes it, or that has none"
        case "mistakable":
            return f"other constants for the sources of {table.name}: this row has them by chance"
    return _room(table, _named(table, tally.first.path, rule), value, kinds.keys())


def _named(table: Table, steps: Sequence[str | int], rule: str) -> str:
    """Return the selector of the value of another kind: what the mapping calls it, `@` for one of many."""
    last = steps[-1] if steps else 0
    if isinstance(last, int) or (rule == "kind" and not any(s.each[-1:] == (Name(last),) for s in table.sources)):
        return "@"
    return path_text((Name(last),))


def _room(table: Table, name: str, value: Any, kinds: Set[str]) -> str:
    """Return what takes a value of another kind than the one that the mapping looks for."""
    if name == "@":
        return f"a column of {table.name}: `{{from: '@', type: {'json' if kinds & {'array', 'object'} else 'scalar'}}}`"
    if isinstance(value, list):
        return f"`{name}` is an array: write `{name}[*]`"
    if isinstance(value, dict):
        return f"`{name}` is an object: a table with `each: {name}`, or a column `{{from: {name}, type: json}}`"
    return f"a column: `{{from: {name}, type: scalar}}`"


def _wider(column: Column, kinds: Set[str]) -> str:
    """Return the narrowest type that holds what the column's own cannot."""
    if kinds & {"array", "object"} or column.type == "scalar":
        return "json"
    return "text" if kinds <= {"text"} and not CODECS[column.type].native else "scalar"


def _are_numbers(kinds: Counter[str]) -> bool:
    """Say whether most of what a column of numbers cannot hold are numbers: it has to stay one then."""
    return 2 * sum(kinds[kind] for kind in ("integer", "real", "large", "boundless")) > kinds.total()


def _wider_number(column: Column, kinds: Set[str]) -> str:
    """Return the type, in the mapping's words, that holds more numbers as numbers; empty: none does."""
    if column.type in {"integer", "boolean"}:
        wider = (
            "decimal" if "large" in kinds else "real" if "real" in kinds else "integer" if "integer" in kinds else ""
        )
    else:
        wider = "decimal" if column.type == "real" and "integer" in kinds else ""
    is_quoted = column.quoted or column.scale is not None
    said = "" if is_quoted == (wider == "decimal") else f", quoted: {'true' if is_quoted else 'false'}"
    return f"type: {wider}{said}" if wider else ""


def _kind_of_number(value: Any) -> str:
    """Return the kind of a value where numbers are looked for, also within strings."""
    spelled = number_in(value) if isinstance(value, str) else value
    if spelled is None or isinstance(spelled, (bool, dict, list)):
        return _kind(value)
    if CODECS["integer"].encode(spelled) is not None:
        return "integer"
    if CODECS["real"].encode(spelled) is None:
        return "boundless"
    return "large" if spelled == int(spelled) else "real"


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "object"
    if isinstance(value, list):
        return "array"
    if isinstance(value, str):
        return "text"
    return "boolean" if isinstance(value, bool) else "integer" if isinstance(value, int) else "real"
