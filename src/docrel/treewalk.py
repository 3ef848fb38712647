"""The way down through a tree of objects: which of them are rows, and what is left.

In: an object and the rule for rows. Out: the nodes that became rows are handed to their function; what is left comes
back as the tree looks without them. Never recurses in Python's own stack.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from docrel.flattening import Flattening, Location

Orders = list[tuple[tuple[str, ...], list[str]]]


@dataclass(slots=True)
class _Node:
    """An object on the way that is no row: the names that lead to it, and what of it is kept."""

    content: dict[str, Any]
    names: tuple[str, ...]
    parent: int
    kept: dict[str, Any] = field(default_factory=dict)
    has_rows: bool = False


class TreeWalk:
    """The walk of one source: `by_key` has the first name apart from the others, `by_name` rows come back sorted."""

    def __init__(self, row_if: Collection[str], claimed: Collection[str], *, by_key: bool, by_name: bool) -> None:
        self._row_if, self._claimed = frozenset(row_if), frozenset(claimed)
        self._by_key, self._by_name = by_key, by_name

    def __call__(
        self, top: dict[str, Any], function: Callable[..., Any], to: Flattening, loc: Location, *keys: Any
    ) -> tuple[dict[str, Any], Orders]:
        """Give `function` each object that has a member of `row_if`, with its place; it returns what it refuses.

        Shapes: a place is `(first name, other names)` if `by_key`, else `("", names)`.

        Returns:
            What was not taken below `top`, and the orders of members that have to be noted, that of `top` aside.
        """
        nodes = [_Node(top, (), -1)]
        found: list[tuple[tuple[str, tuple[str, ...]], dict[str, Any]]] = []
        above: list[tuple[_Node, str]] = []
        pending = [(0, name) for name in reversed(top) if name not in self._claimed]
        while pending:
            number, name = pending.pop()
            node = nodes[number]
            value = node.content[name]
            if not isinstance(value, dict) or not value:
                node.kept[name] = value
                continue
            names = (*node.names, name)
            if self._row_if.isdisjoint(value):
                nodes.append(_Node(value, names, number))
                pending.extend((len(nodes) - 1, inner) for inner in reversed(value))
            else:
                found.append(((names[0], names[1:]) if self._by_key else ("", names), value))
                above.append((node, name))
        if found:
            refused = function(found, to, loc, *keys) or ()
            gone = {id(place) for _, place, _ in refused}
            for (place, value), (node, name) in zip(found, above, strict=True):
                if id(place) in gone:
                    node.kept[name] = value
                else:
                    node.has_rows = True
        return self._left(nodes), self._orders(nodes)

    def _left(self, nodes: list[_Node]) -> dict[str, Any]:
        for node in reversed(nodes):
            if len(node.kept) > 1:
                node.kept = {name: node.kept[name] for name in node.content if name in node.kept}
            if node.parent >= 0:
                above = nodes[node.parent]
                above.has_rows = above.has_rows or node.has_rows
                if node.kept or not node.has_rows:
                    above.kept[node.names[-1]] = node.kept
        return nodes[0].kept

    def _orders(self, nodes: list[_Node]) -> Orders:
        found: Orders = []
        for node in nodes[1:]:
            rows = [name for name in node.content if name not in node.kept]
            usual = [name for name in node.content if name in node.kept]
            usual += sorted(rows) if self._by_name else rows
            if usual != list(node.content):
                found.append((node.names, list(node.content)))
        return found
