"""Taken: who takes what of a row's node, with the place in the file where it says so.

In: a plan and its outline. Out: for each source of each table a tree that follows the row's node; at each
place the columns and nested tables that take something there. Unlike the claims that `flatten` reads, it
holds contradictions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from docrel.compile.outline import Outline
from docrel.plan import Elements, Index, Members, Name, Path, Plan, Source, Table, Value
from docrel.spec import Path as Place
from docrel.values import CODECS

Kind = Literal["scalar", "whole", "single", "elements", "members", "when"]


@dataclass(frozen=True, slots=True)
class Taker:
    """A column or nested table that takes something: `kind` of value, `what` it is, `place` in the file."""

    kind: Kind
    what: str
    place: Place
    path: Path
    source: Source | None = None
    self_kind: Literal["", "scalar", "whole"] = ""  # what a column with `'@'` of a nested table takes of its node


@dataclass(slots=True)
class Node:
    """A place within a row's node."""

    path: Path = ()
    takers: list[Taker] = field(default_factory=list)
    below: dict[Name | Index, Node] = field(default_factory=dict)

    def reach(self, path: Path) -> Node:
        """Return the node at a path of names and indexes, making it if need be."""
        node = self
        for step in path:
            if not isinstance(step, Name | Index):
                raise ValueError("a wildcard may only end the `each` of a table")
            if step not in node.below:
                node.below[step] = Node((*node.path, step))
            node = node.below[step]
        return node

    def walk(self) -> Iterator[Node]:
        """Yield this node and all below it, parents first."""
        pending = [self]
        while pending:
            node = pending.pop()
            yield node
            pending.extend(reversed(node.below.values()))

    def first(self) -> Taker | None:
        """Return the first taker here or below that is not a `when`."""
        return next((t for node in self.walk() for t in node.takers if t.kind != "when"), None)


def taken_of(plan: Plan, table: Table, source: Source, outline: Outline) -> Node:
    """Return what the columns of `table` and the tables nested in it take of a row's node from `source`."""
    root = Node()
    for taker in _columns(table, source, outline):
        root.reach(taker.path).takers.append(taker)
    entry = outline.find(table.name)
    place = entry.path if entry is not None else ()
    for path, _ in source.when:
        root.reach(path).takers.append(Taker("when", "`when`", (*place, "when"), path))
    for child in plan.tables:
        for feed in child.sources:
            if feed.parent == table.name:
                taker = _feed(child, feed, outline)
                root.reach(taker.path).takers.append(taker)
    return root


def _columns(table: Table, source: Source, outline: Outline) -> Iterator[Taker]:
    entry = outline.find(table.name)
    place = entry.path if entry is not None else ()
    constants, values = dict(source.constants), dict(source.values)
    for column in table.columns:
        if not isinstance(column.role, Value) or column.name in constants:
            continue
        kind: Kind = "whole" if CODECS[column.type].container else "scalar"
        written: Place = (*place, "columns", column.name)
        if column.name in values:
            written = (*place, "sources", source.name, "columns", column.name)
        for number, path in enumerate(values.get(column.name, column.role.paths)):
            yield Taker(kind, f"the column `{column.name}`", (*written, "from", number), path)


def _feed(child: Table, feed: Source, outline: Outline) -> Taker:
    entry = outline.find(child.name)
    place: Place = entry.path if entry is not None else ()
    if feed.parent == child.name:
        place = (*place, "repeat")
    elif entry is not None and entry.spec.sources:
        place = (*place, "sources", feed.name, "each")
    else:
        place = (*place, "each")
    what = f"the table `{child.name}`"
    last = feed.each[-1] if feed.each else None
    if isinstance(last, Elements):
        return Taker("elements", what, place, feed.each[:-1], feed)
    if isinstance(last, Members) or feed.tree:
        path = feed.each[:-1] if isinstance(last, Members) else feed.each
        return Taker("members", what, place, path, feed)
    self_kind: Literal["", "scalar", "whole"] = ""
    for taker in _columns(child, feed, outline):
        if taker.path == () and self_kind != "whole":
            self_kind = "whole" if taker.kind == "whole" else "scalar"
    return Taker("single", what, place, feed.each, feed, self_kind)


def disjoint(one: Source, other: Source) -> bool:
    """Say whether no node can satisfy the `when` of both sources."""
    values = dict(other.when)
    return any(
        path in values and not {_typed(v) for v in allowed} & {_typed(v) for v in values[path]}
        for path, allowed in one.when
    )


def _typed(value: Any) -> tuple[str, Any]:
    kind = "bool" if isinstance(value, bool) else "number" if isinstance(value, int | float) else "text"
    return kind, value


def example(plan: Plan, table: Table, source: Source, path: Path, value: Any) -> str:
    """Return the smallest document, as JSON, that holds `value` at `path` of a row's node."""
    node = _wrapped(path, value)
    seen: set[str] = set()
    while source.parent is not None and table.name not in seen:
        seen.add(table.name)
        node = _wrapped(source.each, node)
        table = plan.table(source.parent)
        source = next((s for s in table.sources if s.parent != table.name), source)
    return json.dumps(node, ensure_ascii=False)


def _wrapped(path: Path, value: Any) -> Any:
    for step in reversed(path):
        match step:
            case Name(name):
                value = {name: value}
            case Index(index):
                value = [*(None for _ in range(min(index, 9))), value]
            case Elements():
                value = [value]
            case Members():
                value = {"x": value}
    return value
