"""Asides of many documents: what is in no column and no row, counted by table and column, each with one example.

In: what `flatten` tells of documents, one by one. Out: a `SetAside` for each table, column and reason, in words that
say what would make room for it. Memory grows with the mapping, not with the documents. Law: 7,
`tests/laws/test_told.py`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any

from docrel.diagnostics import counted, visible
from docrel.documents.refusals import shown
from docrel.documents.shown_keys import named
from docrel.engine import Aside, Flattened
from docrel.plan import Column, Elements, JoinedKey, MemberKey, Name, Path, Plan, Table, Value
from docrel.selectors import path_text
from docrel.values import CODECS, jsontext, number_in

Filled = Callable[[Table, Column | None], int]
"""How many values a column has, how many rows a table; or less, where nobody knows."""
Place = tuple[int, tuple[int, ...], str, bool]  # table, columns, rule, whether a row is missing
_RULES = ("required", "one_of", "minimum", "maximum")
_ODD = 20
"""One value in so many, or fewer, is odd."""
_PLAIN = re.compile(r"[A-Za-z_][\w.]*(\[\*\])?")
_CONTAINERS = ("array", "object")
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

    With `element` only what lies within that. `filled` says how much is in its place, where somebody knows: what few
    are among many asks for no other type for all.
    """

    def __init__(self, plan: Plan, element: Element | None = None, filled: Filled | None = None) -> None:
        self._plan, self._element, self._filled = plan, element, filled
        self._tallies: dict[Place, _Tally] = {}

    def __bool__(self) -> bool:
        return bool(self._tallies)

    def __iter__(self) -> Iterator[SetAside]:
        for place in sorted(self._tallies):
            tally = self._tallies[place]
            yield _in_words(self._plan, place, tally, self._steps(tally.first), are_odd=self._are_odd(place, tally))

    def _are_odd(self, place: Place, tally: _Tally) -> bool:
        """Say whether arrays and objects are few among what is in its place."""
        count = sum(tally.kinds[kind] for kind in _CONTAINERS)
        if not count or self._filled is None:
            return False
        table, numbers = self._plan.tables[place[0]], place[1]
        return count * _ODD < self._filled(table, table.columns[numbers[0]] if numbers else None)

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


def _in_words(plan: Plan, place: Place, tally: _Tally, steps: Sequence[str | int], *, are_odd: bool) -> SetAside:
    number, numbers, rule, is_row = place
    table = plan.tables[number]
    columns = [table.columns[n] for n in numbers]
    example, path = shown(tally.first.value), jsontext.json_path(steps)
    others = Counter({kind: n for kind, n in tally.kinds.items() if n > 0 and kind not in _CONTAINERS})
    widen = _beside(table, columns, tally, rule) if are_odd and not others else None
    if widen is None:
        tally = replace(tally, kinds=others) if are_odd and others else tally
        widen = _widening(table, columns, tally, is_row=is_row, rule=rule)
    where = path if len(steps) == 0 or not isinstance(steps[0], str) else path.removeprefix("$").removeprefix(".")
    of = "" if tally.key is None else f" of {named(tally.key, plan)}"
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


def _beside(table: Table, columns: Sequence[Column], tally: _Tally, rule: str) -> str | None:
    """Return what makes room for a few arrays or objects and leaves the column of the others as it is, if anything."""
    whole = [c for c in table.columns if isinstance(c.role, Value) and () in c.role.paths]
    column = columns[0] if rule == "type" else whole[0] if rule == "kind" and whole else None
    if column is None or not isinstance(column.role, Value) or not isinstance(tally.first.value, dict | list):
        return None
    path = column.role.paths[0]
    if isinstance(tally.first.value, list):
        return f"a table beside {column.name}: `each: {_as_yaml((*path, Elements()))}`"
    if not tally.first.value:
        return ""
    return f"a column beside {column.name}: `{{from: {_as_yaml((*path, Name(next(iter(tally.first.value)))))}}}`"


def _as_yaml(path: Path) -> str:
    text = path_text(path) if not path or isinstance(path[0], Name) else f"@{path_text(path)}"
    return text if _PLAIN.fullmatch(text) else "'{}'".format(text.replace("'", "''"))


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
