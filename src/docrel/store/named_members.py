"""Named members: which members within what is set aside a selector of the mapping names, and which it does not.

In: a plan, and what `flatten` tells of a document. Out: the steps of each member that no selector leads to or through,
outermost only. What a JSON column takes is named, with all in it. Never looks at what is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from docrel.engine import Aside
from docrel.plan import Elements, Index, Members, Name, Path, Plan, Table, Value
from docrel.values import CODECS

Steps = tuple[str | int, ...]
_Step = Name | Index | Elements | Members


@dataclass(slots=True, eq=False)
class _Place:
    """What selectors lead to from here: `tables` have their rows here, `whole`: a column takes all that is here."""

    steps: dict[_Step, _Place] = field(default_factory=dict)
    tables: list[_Place] = field(default_factory=list)
    whole: bool = False

    def at(self, path: Path) -> _Place:
        """Return the place at the end of a path, made now if there is none."""
        place = self
        for step in path:
            place = place.steps.setdefault(step, _Place())
        return place


class NamedMembers:
    """The places that a plan's selectors name."""

    def __init__(self, plan: Plan) -> None:
        self._document = _Place()
        self._nodes = {table.name: _Place() for table in plan.tables}
        for table in plan.tables:
            self._add(table)

    def unnamed(self, aside: Aside) -> Iterator[Steps]:
        """Yield the steps, from the document, of the members within what is set aside that no selector names."""
        places = _all([self._document])
        for step in aside.path:
            places = _after(places, step)
        pending: list[tuple[Steps, Any, list[_Place]]] = [(aside.path, aside.value, places)]
        while pending:
            at, value, places = pending.pop()
            if any(place.whole for place in places):
                continue
            if isinstance(value, dict):
                for name in value:
                    if not _after(places, name):
                        yield (*at, name)
                inner: Iterable[tuple[str | int, Any]] = ((n, v) for n, v in value.items() if _after(places, n))
            else:
                inner = enumerate(value) if isinstance(value, list) else ()
            pending += [((*at, step), child, _after(places, step)) for step, child in inner]

    def _add(self, table: Table) -> None:
        node = self._nodes[table.name]
        for column in table.columns:
            if isinstance(column.role, Value):
                for path in column.role.paths:
                    _take(node, path, column.type)
        for source in table.sources:
            start = self._document if source.parent is None else self._nodes[source.parent]
            here = start.at(source.each)
            here.tables.append(node)
            if source.tree:
                here.steps[Members()] = here
            for path, _ in source.when:
                node.at(path)
            for name, paths in source.values:
                for path in paths:
                    _take(node, path, table.column(name).type)


def _take(node: _Place, path: Path, type_name: str) -> None:
    place = node.at(path)
    place.whole = place.whole or CODECS[type_name].container


def _all(places: Iterable[_Place]) -> list[_Place]:
    """Return places with those of all rows that are there."""
    found: dict[_Place, None] = {}
    pending = list(places)
    while pending:
        place = pending.pop()
        if place not in found:
            found[place] = None
            pending += place.tables
    return list(found)


def _after(places: Iterable[_Place], step: str | int) -> list[_Place]:
    """Return where a step leads to."""
    ways: tuple[_Step, ...] = (Name(step), Members()) if isinstance(step, str) else (Index(step), Elements())
    return _all(place.steps[way] for place in places for way in ways if way in place.steps)
