"""Unnamed members: those that no selector of the mapping names, so that they go to the rest; which of them are new.

In: what `flatten` tells of documents. Out: a `NewMember` for each that nobody has seen before, counted, with one
example; and all names at a place, to find what a selector that finds nothing was meant to be. Memory is bounded: where
members have data for names, they are told as one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from docrel.diagnostics import counted, near, shortened, visible
from docrel.documents.refusals import shown
from docrel.engine import Flattened, Unnamed
from docrel.layout import Pointer
from docrel.plan import Plan
from docrel.values import jsontext

WIDEST = 200
"""More names than this at one place are data."""

Place = tuple[int, Pointer]
Known = Callable[[Place, str], bool]


@dataclass(frozen=True, slots=True)
class NewMember:
    """A member that neither the mapping nor a document of before has.

    Attributes:
        table: The table of the rows in whose rest it goes.
        pointer: Where the object is that it is a member of, from the row's node.
        name: Its name; None: so many that they are data.
        count: How many objects have it.
        path: Where the first is.
        key: The key of the first's document.
        text: All this in a line.
    """

    table: str
    pointer: Pointer
    name: str | None
    count: int
    path: str
    key: Any
    text: str


@dataclass(slots=True)
class _Tally:
    path: tuple[str | int, ...]
    key: Any
    count: int = 0


@dataclass(slots=True)
class _Names:
    """What was seen at one place; `many`: too many names to tell them one by one."""

    all: set[str] = field(default_factory=set)
    new: dict[str, _Tally] = field(default_factory=dict)
    many: bool = False


class UnnamedMembers:
    """Counts members that no selector names; `known` tells which of them were there before."""

    def __init__(self, plan: Plan, known: Known = lambda place, name: False) -> None:
        self._plan, self._known = plan, known
        self._places: dict[Place, _Names] = {}

    def __iter__(self) -> Iterator[NewMember]:
        for (number, pointer), names in sorted(self._places.items()):
            for name, tally in sorted(names.new.items(), key=lambda one: -one[1].count):
                yield _in_words(self._plan, (number, pointer), name, tally)
            if names.many:
                yield _many(self._plan, (number, pointer))

    def see(self, found: Flattened) -> None:
        """Count the unnamed members of a document."""
        for one in found.unnamed:
            names = self._learn(one)
            if names.new:
                for name in names.new.keys() & one.names:
                    tally = names.new[name]
                    if not tally.count:
                        tally.path, tally.key = one.path, found.key
                    tally.count += 1

    def new_of(self, found: Flattened) -> Iterator[tuple[Unnamed, str]]:
        """Yield the members of a document that nobody has seen before, without taking note of them."""
        for one in found.unnamed:
            place = one[:2]
            names = self._places.get(place)
            known = names.all - names.new.keys() if names is not None else frozenset[str]()
            yield from ((one, name) for name in one.names if name not in known and not self._known(place, name))

    def _learn(self, one: Unnamed) -> _Names:
        place = one[:2]
        names = self._places.get(place)
        if names is None:
            names = self._places[place] = _Names()
        if not names.many and not names.all.issuperset(one.names):
            for name in one.names:
                if name not in names.all and not self._known(place, name):
                    names.new[name] = _Tally((), None)
                names.all.add(name)
            if len(names.all) > WIDEST:
                names.many = bool(names.new)
                names.new.clear()
        return names

    def near(self, place: Place, name: str) -> str | None:
        """Return the unnamed member at a place that a name was probably meant to be."""
        names = self._places.get(place)
        return None if names is None else near(name, sorted(names.all))


def _in_words(plan: Plan, place: Place, name: str, tally: _Tally) -> NewMember:
    number, pointer = place
    table, path = plan.tables[number].name, jsontext.json_path((*tally.path, name))
    of = shortened(visible(str(tally.key)))
    seen = f"{shown(name)} in {counted(tally.count, 'object')}"
    text = f"new member {seen}, kept in the rest of {visible(table)}: {path} of {of}"
    return NewMember(table, pointer, name, tally.count, path, tally.key, text)


def _many(plan: Plan, place: Place) -> NewMember:
    number, pointer = place
    table, path = plan.tables[number].name, jsontext.json_path(pointer)
    where = path if plan.tables[number].parent is None else f"@{path[1:]}"
    text = f"more than {WIDEST} new members at {where} of {visible(table)}, kept in its rest: their names are data"
    return NewMember(table, pointer, None, WIDEST, path, None, text)
