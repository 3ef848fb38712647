"""Promoting: the edit of a mapping that gives a path a column or table of its own.

In: a plan, what was found at the path, and the text of the mapping file. Out: the lines to add and the new
text. The text is changed by whole lines only, so that comments and layout stay; nothing is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from docrel.authoring.infer_names import path_names
from docrel.authoring.infer_text import quoted
from docrel.authoring.infer_words import snake
from docrel.authoring.survey_of_rest import Names, documents_of, kind_of, left_of
from docrel.authoring.yaml_edits import entry_of, raised, table_node
from docrel.backends import Backend
from docrel.plan import Name, Plan, Table
from docrel.selectors import path_text
from docrel.values import NOTHING, value_at

_SCALARS = {"text", "integer", "real", "boolean"}


@dataclass(frozen=True, slots=True)
class Promotion:
    """What to add to the mapping: `lines` without indentation, below `columns` or `tables` of `table`."""

    table: str
    below: str  # columns or tables
    name: str
    lines: tuple[str, ...]
    documents: int
    types: Mapping[str, int]


@dataclass(slots=True)
class Seen:
    """What lives at one place and is in no column: in how many documents, of which kinds; of arrays their elements."""

    documents: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    elements: Counter[str] = field(default_factory=Counter)
    members: dict[str, Counter[str]] = field(default_factory=dict)
    objects: int = 0

    def see(self, value: Any) -> None:
        """Count a value."""
        self.kinds[kind_of(value)] += 1
        for element in value if isinstance(value, list) else ():
            self.elements[kind_of(element)] += 1
            if isinstance(element, dict):
                self.objects += 1
                for name, inner in element.items():
                    self.members.setdefault(name, Counter())[kind_of(inner)] += 1

    @property
    def is_table(self) -> bool:
        """Whether it takes rows of their own to hold it."""
        return bool(self.objects) or (bool(self.elements) and self.elements.keys() <= _SCALARS)


def promotion(backend: Backend, plan: Plan, table_name: str, names: Names) -> Promotion | None:
    """Return what would give `names` of the table's nodes a place of its own; None: nothing lives there."""
    return promotions(backend, plan, [(table_name, names)])[0]


def promotions(backend: Backend, plan: Plan, places: Sequence[tuple[str, Names]]) -> list[Promotion | None]:
    """Return what would give each of the places one of its own, no two of the same name; None: nothing lives there."""
    seen, taken = seen_at(backend, plan, places), set[str]()
    found: list[Promotion | None] = []
    for table_name, names in places:
        here = seen.get((table_name, names))
        one = None if here is None else promotion_of(plan, table_name, names, here, taken)
        if one is not None:
            taken.add(one.name.casefold())
        found.append(one)
    return found


def seen_at(backend: Backend, plan: Plan, places: Collection[tuple[str, Names]]) -> dict[tuple[str, Names], Seen]:
    """Return what lives at each of the places, a table and names of its nodes, where anything does."""
    found: dict[tuple[str, Names], Seen] = {}
    of_table: dict[str, list[Names]] = {}
    for table_name, names in places:
        of_table.setdefault(table_name, []).append(names)
    for stored in documents_of(backend, plan):
        here = set()
        for table, _, rest in left_of(plan, stored):
            for names in of_table.get(table.name, ()):
                value = value_at(rest, names)
                if value is not NOTHING:
                    found.setdefault((table.name, names), Seen()).see(value)
                    here.add((table.name, names))
        for place in here:
            found[place].documents += 1
    return found


def promotion_of(
    plan: Plan, table_name: str, names: Names, seen: Seen, taken: Collection[str] = frozenset()
) -> Promotion:
    """Return what would give what was seen at `names` of the table's nodes a place of its own, not called as others."""
    name, types = _free_name(names, plan.table(table_name), plan, taken), dict(seen.kinds.most_common())
    if seen.is_table:
        lines = tuple(_table_lines(name, names, seen.members, seen.objects, seen.elements))
        return Promotion(table_name, "tables", name, lines, seen.documents, types)
    entry = f"{quoted(name)}: {{from: {_quoted(names)}, type: {type_of(seen.kinds)}}}"
    return Promotion(table_name, "columns", name, (entry,), seen.documents, types)


def _quoted(names: Sequence[str], end: str = "") -> str:
    return quoted(path_text(tuple(Name(name) for name in names)) + end)


def type_of(kinds: Iterable[str]) -> str:
    """Return the type of a column that holds values of these kinds."""
    types = {k for k in kinds if k != "null"}
    if types == {"integer", "real"}:
        return "real"
    return next(iter(types)) if len(types) == 1 and types <= _SCALARS else "json"


def names_for(names: Names) -> list[str]:
    """Return what a column at a path may be called, as `infer` calls it, where nothing else is called so."""
    return path_names([snake(name) for name in names])


def _free_name(names: Names, table: Table, plan: Plan, others: Collection[str]) -> str:
    taken = {c.name.casefold() for c in table.columns} | {t.name.casefold() for t in plan.tables} | {*others}
    for name in names_for(names):
        if name.casefold() not in taken:
            return name
    number = 2
    while f"{name}_{number}".casefold() in taken:
        number += 1
    return f"{name}_{number}"


def _table_lines(
    name: str, names: Names, members: dict[str, Counter[str]], objects: int, elements: Counter[str]
) -> Iterator[str]:
    yield f"{quoted(name)}:"
    yield f"  each: {_quoted(names, '[*]')}"
    yield "  otherwise: rest"
    yield "  columns:"
    if not objects:
        yield f"    value: {{from: '@', type: {type_of(elements)}, required: true}}"
        return
    used = {"id", "rest"}
    for member, kinds in members.items():
        if sum(kinds.values()) * 2 >= objects:
            column = snake(member)
            while column.casefold() in used:
                column += "_"
            used.add(column.casefold())
            yield f"    {quoted(column)}: {{from: {_quoted((member,))}, type: {type_of(kinds)}}}"
    yield "    rest: {rest: true}"


def edited(text: str, plan: Plan, promotion: Promotion) -> str:
    """Return the mapping's text with the promotion at the end of its block, and the version one higher.

    Raises:
        ValueError: The text is not a mapping file with that table.
    """
    text = raised(text, plan.version + 1)
    node = table_node(yaml.compose(text), plan, promotion.table)
    lines = text.split("\n")
    block = entry_of(node, promotion.below)
    if block is not None and (not isinstance(block, yaml.MappingNode) or block.flow_style):
        raise ValueError(f"write the `{promotion.below}` of {promotion.table} with one entry a line first")
    if block is not None:
        indent = block.value[0][0].start_mark.column
        at = _last_line(lines, block.end_mark.line, indent)
        added = [" " * indent + line for line in promotion.lines]
    else:
        indent = node.value[0][0].start_mark.column
        at = _last_line(lines, node.end_mark.line, indent)
        added = [" " * indent + f"{promotion.below}:", *(" " * (indent + 2) + line for line in promotion.lines)]
    lines[at:at] = ["", *added] if promotion.below == "tables" else added
    return "\n".join(lines)


def _last_line(lines: list[str], end: int, indent: int) -> int:
    """Return where to insert behind a block that ends at or before line `end` (0-based)."""
    at = min(end, len(lines))
    while at > 0 and (not lines[at - 1].strip() or _is_outer_comment(lines[at - 1], indent)):
        at -= 1
    return at


def _is_outer_comment(line: str, indent: int) -> bool:
    return line.lstrip().startswith("#") and len(line) - len(line.lstrip()) < indent
