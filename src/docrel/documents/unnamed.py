"""Unnamed members: those that no selector of the mapping names, so that they go to the rest; which of them are new.

In: what `flatten` tells of documents. Out: a `NewMember` for each that nobody has seen before, counted, with one
example; and all names at a place, to find what a selector that finds nothing was meant to be. Memory is bounded: where
members have data for names, they are told as one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from docrel.diagnostics import counted, near, visible
from docrel.documents.refusals import shown
from docrel.documents.shown_keys import named
from docrel.engine import Flattened, Place, Unnamed, path_of
from docrel.layout import Pointer
from docrel.plan import Plan
from docrel.values import jsontext

WIDEST = 200
"""More names than this at one place are data."""

_KINDS = 2000
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
        key: The key of the first's document; None: that was taken out again.
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
    """How many objects there are of the same names, and the first."""

    first: Unnamed
    key: Any
    count: int = 0


@dataclass(slots=True)
class _Names:
    """The names at one place; of those that are new the number of objects, and one. `many`: the names are data."""

    all: set[str] = field(default_factory=set)
    new: dict[str, _Tally] = field(default_factory=dict)
    many: bool = False


class UnnamedMembers:
    """Counts members that no selector names; `known` tells which of them were there before."""

    def __init__(self, plan: Plan, known: Known = lambda place, name: False) -> None:
        self._plan, self._known = plan, known
        self._tallies: dict[int, _Tally] = {}  # by the identity of names, which each holds
        self._names: dict[Place, _Names] = {}

    def __iter__(self) -> Iterator[NewMember]:
        self._sum_up()
        for place, names in sorted(self._names.items()):
            for name, tally in sorted(names.new.items(), key=lambda one: -one[1].count):
                yield _in_words(self._plan, place, name, tally)
            if names.many:
                yield _many(self._plan, place)

    def see(self, found: Flattened) -> None:
        """Count the unnamed members of a document that is stored."""
        tallies = self._tallies
        for one in found.unnamed:
            tally = tallies.get(id(one[1]))
            if tally is None:
                if len(tallies) >= _KINDS:
                    self._sum_up()
                tally = tallies[id(one[1])] = _Tally(one, found.key)
            tally.count += 1

    def take_back(self, found: Flattened) -> None:
        """Count no more the unnamed members of a document."""
        self._sum_up()
        for place, among, _ in found.unnamed:
            new = self._names[place].new
            for name in new.keys() & set(among):
                new[name].count -= 1
                if new[name].key == found.key:
                    new[name].key = None
                if not new[name].count:
                    del new[name]
                    self._names[place].all.discard(name)

    def near(self, place: Place, name: str) -> str | None:
        """Return the unnamed member at a place that a name was probably meant to be."""
        self._sum_up()
        return near(name, sorted(self._names[place].all)) if place in self._names else None

    def _sum_up(self) -> None:
        """Count names in the place of objects."""
        for tally in self._tallies.values():
            place, among, _ = tally.first
            names = self._names.setdefault(place, _Names())
            for name in () if names.many else among:
                if name not in names.all:
                    names.all.add(name)
                    if not self._known(place, name):
                        names.new[name] = _Tally(tally.first, tally.key)
                if name in names.new:
                    names.new[name].count += tally.count
            if len(names.all) > WIDEST:
                names.many = bool(names.new)
                names.new.clear()
        self._tallies.clear()


def _in_words(plan: Plan, place: Place, name: str, tally: _Tally) -> NewMember:
    number, pointer = place
    table, path = plan.tables[number].name, jsontext.json_path((*path_of(tally.first[2]), name))
    of = "" if tally.key is None else f" of {named(tally.key, plan)}"
    seen = f"{shown(name)} in {counted(tally.count, 'object')}"
    text = f"new member {seen}, kept in the rest of {visible(table)}: {path}{of}"
    return NewMember(table, pointer, name, tally.count, path, tally.key, text)


def _many(plan: Plan, place: Place) -> NewMember:
    number, pointer = place
    table, path = plan.tables[number].name, jsontext.json_path(pointer)
    where = path if plan.tables[number].parent is None else f"@{path[1:]}"
    text = f"more than {WIDEST} new members at {where} of {visible(table)}, kept in its rest: their names are data"
    return NewMember(table, pointer, None, WIDEST, path, None, text)
