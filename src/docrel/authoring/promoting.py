"""Promoting: the edit of a mapping that gives a path a column or table of its own.

In: a plan, what was found at the path, and the text of the mapping file. Out: the lines to add and the new
text. The text is changed by whole lines only, so that comments and layout stay; nothing is written.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from docrel.authoring.infer_text import quoted
from docrel.authoring.survey_of_rest import Names, documents_of, kind_of, left_of
from docrel.backends import Backend
from docrel.plan import Name, Plan, Table
from docrel.selectors import path_text
from docrel.values import NOTHING, value_at

_BARE = re.compile(r"[^0-9A-Za-z_]+")
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


def promotion(backend: Backend, plan: Plan, table_name: str, names: Names) -> Promotion | None:
    """Return what would give `names` of the table's nodes a place of its own; None: nothing lives there."""
    table = plan.table(table_name)
    kinds: Counter[str] = Counter()
    elements: Counter[str] = Counter()
    members: dict[str, Counter[str]] = {}
    objects = documents = 0
    for stored in documents_of(backend, plan):
        left = [value_at(value, names) for t, _, value in left_of(plan, stored) if t.name == table_name]
        here = [value for value in left if value is not NOTHING]
        documents += bool(here)
        for value in here:
            kinds[kind_of(value)] += 1
            for element in value if isinstance(value, list) else ():
                elements[kind_of(element)] += 1
                if isinstance(element, dict):
                    objects += 1
                    for name, inner in element.items():
                        members.setdefault(name, Counter())[kind_of(inner)] += 1
    if not kinds:
        return None
    name = _free_name(names, table, plan)
    types = dict(kinds.most_common())
    if objects or (elements and elements.keys() <= _SCALARS):
        lines = tuple(_table_lines(name, names, members, objects, elements))
        return Promotion(table_name, "tables", name, lines, documents, types)
    type_name = _type(kinds)
    entry = f"{quoted(name)}: {{from: {_quoted(names)}, type: {type_name}}}"
    return Promotion(table_name, "columns", name, (entry,), documents, types)


def _quoted(names: Sequence[str], end: str = "") -> str:
    return quoted(path_text(tuple(Name(name) for name in names)) + end)


def _type(kinds: Iterable[str]) -> str:
    types = {k for k in kinds if k != "null"}
    if types == {"integer", "real"}:
        return "real"
    return next(iter(types)) if len(types) == 1 and types <= _SCALARS else "json"


def _free_name(names: Names, table: Table, plan: Plan) -> str:
    taken = {c.name.casefold() for c in table.columns} | {t.name.casefold() for t in plan.tables}
    words = [_BARE.sub("_", name).strip("_") or "value" for name in names]
    for count in range(1, len(words) + 1):
        name = "_".join(words[-count:])
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
        yield f"    value: {{from: '@', type: {_type(elements)}, required: true}}"
        return
    used = {"id", "rest"}
    for member, kinds in members.items():
        if sum(kinds.values()) * 2 >= objects:
            column = _BARE.sub("_", member).strip("_") or "value"
            while column.casefold() in used:
                column += "_"
            used.add(column.casefold())
            yield f"    {quoted(column)}: {{from: {_quoted((member,))}, type: {_type(kinds)}}}"
    yield "    rest: {rest: true}"


def edited(text: str, plan: Plan, promotion: Promotion) -> str:
    """Return the mapping's text with the promotion at the end of its block, and the version one higher.

    Raises:
        ValueError: The text is not a mapping file with that table.
    """
    root = yaml.compose(text)
    chain = [promotion.table]
    while (parent := plan.table(chain[0]).parent) is not None:
        chain.insert(0, parent)
    node: Any = root
    for name in chain:
        node = _entry(_entry(node, "tables", promotion), name, promotion)
    lines = text.split("\n")
    block = _entry(node, promotion.below, None)
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
    version = _entry(root, "version", None)
    if version is not None:
        mark = version.start_mark
        line = lines[mark.line]
        lines[mark.line] = line[: mark.column] + str(plan.version + 1) + line[version.end_mark.column :]
    return "\n".join(lines)


def _entry(node: Any, name: str, promotion: Promotion | None) -> Any:
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if key.value == name:
            return value
    if promotion is not None:
        raise ValueError(f"the file has no {name!r} where the table {promotion.table!r} is looked for")
    return None


def _last_line(lines: list[str], end: int, indent: int) -> int:
    """Return where to insert behind a block that ends at or before line `end` (0-based)."""
    at = min(end, len(lines))
    while at > 0 and (not lines[at - 1].strip() or _is_outer_comment(lines[at - 1], indent)):
        at -= 1
    return at


def _is_outer_comment(line: str, indent: int) -> bool:
    return line.lstrip().startswith("#") and len(line) - len(line.lstrip()) < indent
