"""The choice among tables that share an array, an object or a member: by discriminating values.

In: the `when` of each feed. Out: the number of the feed that takes a node. A node that none takes stays in the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from docrel.engine.asides import Aside, Location
from docrel.engine.flattening import Flattening, Items, Refused, Reporter
from docrel.layout import read, typed_key
from docrel.plan import Path, Scalar

When = Sequence[tuple[Path, tuple[Scalar, ...]]]
_CONTAINERS = (dict, list)


class Switch:
    """Chooses by the values at the discriminating paths; -1 for none. A `when` that is empty takes what is left."""

    def __init__(self, cases: Sequence[When]) -> None:
        self._cases = [[(path, {typed_key(value) for value in values}) for path, values in case] for case in cases]
        self._chosen: dict[tuple[Any, ...], int] = {}
        paths = {tuple(path for path, _ in case) for case in self._cases}
        self._path = next(iter(paths))[0] if len(paths) == 1 and len(next(iter(paths))) == 1 else None
        if self._path is not None:
            for number, case in enumerate(self._cases):
                for value in case[0][1]:
                    self._chosen.setdefault(value, number)

    def __call__(self, node: Any) -> int:
        """Return the number of the case that holds for `node`."""
        if self._path is not None:
            value = read(node, self._path)
            return -1 if isinstance(value, _CONTAINERS) else self._chosen.get(typed_key(value), -1)
        for number, case in enumerate(self._cases):
            if case and all(_is_one_of(read(node, path), values) for path, values in case):
                return number
        return next((number for number, case in enumerate(self._cases) if not case), -1)


def _is_one_of(value: Any, values: set[tuple[Any, ...]]) -> bool:
    """Say whether a value is a scalar and one of `values`."""
    return not isinstance(value, _CONTAINERS) and typed_key(value) in values


class Split:
    """Hands each node to the function of its feed, one by one, so that the order across tables is kept."""

    def __init__(
        self, switch: Switch, functions: Sequence[Callable[..., Refused | None]], table: int, reporter: Reporter
    ) -> None:
        self._switch, self._functions, self._table, self._reporter = switch, functions, table, reporter

    def __call__(self, items: Items, to: Flattening, loc: Location, *keys: tuple[Any, ...]) -> Refused | None:
        """Return the nodes that became no row, each behind the row before it; `keys` has a tuple for each feed."""
        refused: Refused = []
        before = None
        for count, (place, node) in enumerate(items):
            number = self._switch(node)
            to.place = count
            if number < 0:
                if node is not None or not self._reporter.is_single:
                    to.asides.append(Aside(self._table, (), "case", True, node, (loc, place, self._reporter, ())))
                refused.append((before, place, node))
            elif self._functions[number](((place, node),), to, loc, *keys[number]):
                refused.append((before, place, node))
            else:
                before = to.last
        return refused or None
