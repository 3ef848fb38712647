"""The way down through a tree of objects: which of them are rows, and what is left.

In: an object and the rule for rows. Out: the nodes that became rows are handed to their function; what is left comes
back as the tree looks without them. Never recurses in Python's own stack.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from docrel.engine.asides import Location
from docrel.engine.flattening import Flattening

Orders = list[tuple[tuple[str, ...], list[str]]]
RowNodes = list[tuple[tuple[str, tuple[str, ...]], dict[str, Any]]]  # (place, node) of each, in the document's order


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
        rows, complete = self._rows(top)
        refused = function(rows, to, loc, *keys) if rows else None
        if complete and refused is None and not self._by_name:
            return {}, []
        nodes = self._nodes(top, {id(place) for _, place, _ in refused or ()}, rows)
        return self._left(nodes), self._orders(nodes)

    def _rows(self, top: dict[str, Any]) -> tuple[RowNodes, bool]:
        """Return the rows below `top`, and whether nothing lies beside them."""
        rows: RowNodes = []
        complete = True
        path: list[str] = []
        open_members = [iter(top.items())]
        while open_members:
            for name, value in open_members[-1]:
                if not path and name in self._claimed:
                    continue
                if value.__class__ is not dict or not value:
                    complete = False
                elif self._row_if.isdisjoint(value):
                    path.append(name)
                    open_members.append(iter(value.items()))
                    break
                else:
                    names = (*path, name)
                    rows.append(((names[0], names[1:]) if self._by_key else ("", names), value))
            else:
                open_members.pop()
                if path:
                    path.pop()
        return rows, complete

    def _nodes(self, top: dict[str, Any], refused: Collection[int], rows: RowNodes) -> list[_Node]:
        """Return the objects on the way, those above first, each with what of it is neither a row nor on the way."""
        nodes = [_Node(top, (), -1)]
        places = iter(rows)
        pending = [(0, name) for name in reversed(top) if name not in self._claimed]
        while pending:
            number, name = pending.pop()
            node = nodes[number]
            value = node.content[name]
            if not isinstance(value, dict) or not value:
                node.kept[name] = value
            elif self._row_if.isdisjoint(value):
                nodes.append(_Node(value, (*node.names, name), number))
                pending.extend((len(nodes) - 1, inner) for inner in reversed(value))
            elif id(next(places)[0]) in refused:
                node.kept[name] = value
            else:
                node.has_rows = True
        return nodes

    def _left(self, nodes: list[_Node]) -> dict[str, Any]:
        """Return what is kept of all objects on the way, put into each other."""
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
        """Return the orders of members that the walk back would not give by itself."""
        orders: Orders = []
        for node in nodes[1:]:
            rows = [name for name in node.content if name not in node.kept]
            usual = [name for name in node.content if name in node.kept]
            usual += sorted(rows) if self._by_name else rows
            if usual != list(node.content):
                orders.append((node.names, list(node.content)))
        return orders
