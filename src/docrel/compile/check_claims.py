"""Ambiguity: two selectors of a mapping that claim one value of the document.

In: a plan, its claims and its outline. Out: findings, each with the smallest document that shows it. Scalars, objects
and arrays are disjoint, so a scalar column and a nested table may share a place (scalar-or-object,
one-or-many); named members go before `.*`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any, assert_never

from docrel.compile.check_kinds import disjoint
from docrel.compile.outline import Outline
from docrel.layout import Claim, Feed, Leaf, Pointer, Taker, Wanted
from docrel.plan import Elements, Index, Members, Name, Path, Plan, Source, Table
from docrel.selectors import path_text
from docrel.spec import Findings
from docrel.spec import Path as Place

Claims = tuple[tuple[Claim, ...], ...]


def check_claims(plan: Plan, claims: Claims, outline: Outline, findings: Findings) -> None:
    """Note each pair of selectors that claim one value (M212), once."""
    seen: set[tuple[Place, Place]] = set()
    for table, trees in zip(plan.tables, claims, strict=True):
        for source, claim in zip(table.sources, trees, strict=True):
            node = _Node(plan, claims, outline, table, source)
            for one, other, pointer, value in node.conflicts(claim):
                first, second = sorted((one, other), key=lambda taker: _order(node.place(taker), findings))
                places = (node.place(first), node.place(second))
                if places not in seen:
                    seen.add(places)
                    findings.add("M212", places[1], *node.wording(first, second, pointer, value))


def _order(place: Place, findings: Findings) -> tuple[int, int]:
    at = findings.position(place)
    return (at.line, at.column)


def table_place(outline: Outline, name: str) -> Place:
    """Return the place of a table in the file."""
    entry = outline.find(name)
    return entry.path if entry is not None else ()


@dataclass(frozen=True, slots=True)
class _Node:
    """The node of a row of a source: where in the file each taker says that it takes something, and what collides."""

    plan: Plan
    claims: Claims
    outline: Outline
    table: Table
    source: Source

    def what(self, taker: Taker) -> str:
        """Return what a taker is called."""
        match taker:
            case Leaf(column):
                return f"the column `{self.table.columns[column].name}`"
            case Feed(table):
                return f"the table `{self.plan.tables[table].name}`"
            case Wanted():
                return "`when`"
        assert_never(taker)

    def wording(self, first: Taker, second: Taker, pointer: Pointer, value: Any) -> tuple[str, str]:
        """Return what is wrong with two takers of a place, and what to do about it."""
        path = tuple(Name(step) if isinstance(step, str) else Index(step) for step in pointer)
        one, other = self.what(first), self.what(second)
        text = path_text(path)
        both = f"{one} takes `{text}` twice" if one == other else f"{one} and {other} both take `{text}`"
        example = _example(self.plan, self.table, self.source, path, value)
        return both, f"keep one of the two; in {example} both would take the same value"

    def place(self, taker: Taker) -> Place:
        """Return the place in the file where a taker says so."""
        place = table_place(self.outline, self.table.name)
        match taker:
            case Leaf(number, alternative):
                name = self.table.columns[number].name
                own = ("sources", self.source.name) if name in dict(self.source.values) else ()
                return (*place, *own, "columns", name, "from", alternative)
            case Feed(table, source):
                return self._each(self.plan.tables[table], self.plan.tables[table].sources[source])
            case Wanted():
                return (*place, "when")
        assert_never(taker)

    def _each(self, child: Table, feed: Source) -> Place:
        entry = self.outline.find(child.name)
        place = table_place(self.outline, child.name)
        if feed.parent == child.name:
            return (*place, "repeat")
        if entry is not None and entry.spec.sources:
            return (*place, "sources", feed.name, "each")
        return (*place, "each")

    def conflicts(self, root: Claim) -> Iterator[tuple[Taker, Taker, Pointer, Any]]:
        """Yield two takers that take one value, the value's place and an example of it."""
        for claim in root.walk():
            for one, other in combinations(claim.takers, 2):
                if (value := self._at_one_place(one, other)) is not None:
                    yield one, other, claim.pointer, value[0]
            for taker in claim.takers:
                yield from _below(taker, claim)

    def _at_one_place(self, one: Taker, other: Taker) -> tuple[Any] | None:
        """Return an example of a value that both takers of one place take, in a tuple; None: there is none."""
        match one, other:
            case (Wanted(), _) | (_, Wanted()):
                return None
            case (Leaf(whole=True), taker) | (taker, Leaf(whole=True)):
                return (_value_of(taker),)
            case Leaf(), Leaf():
                return (1,)
            case (Leaf(), Feed() as feed) | (Feed() as feed, Leaf()):
                return (1,) if feed.kind == "single" and self._takes_itself(feed) else None
            case Feed(), Feed():
                return self._two_feeds(one, other)
        return None

    def _two_feeds(self, one: Feed, other: Feed) -> tuple[Any] | None:
        kinds = {_shape(one), _shape(other)}
        if "tree" not in (one.kind, other.kind) and disjoint(self._source(one), self._source(other)):
            return None
        if len(kinds) == 1:
            return (_value_of(one),)
        if kinds == {"elements", "members"}:
            return None
        if kinds == {"single", "members"}:
            return ({"x": 1},)
        single = one if one.kind == "single" else other
        return ([1],) if any(leaf.whole for leaf in self._takes_itself(single)) else None

    def _source(self, feed: Feed) -> Source:
        return self.plan.tables[feed.table].sources[feed.source]

    def _takes_itself(self, feed: Feed) -> list[Leaf]:
        """The columns of a nested table that take its node itself."""
        return [taker for taker in self.claims[feed.table][feed.source].takers if isinstance(taker, Leaf)]


def _below(taker: Taker, claim: Claim) -> Iterator[tuple[Taker, Taker, Pointer, Any]]:
    """Yield what reaches into a value that is taken whole, as one object, or element by element."""
    for inner in claim.below:
        match taker:
            case Leaf(whole=True) | Feed(kind="single"):
                into = True
            case Feed(kind="elements"):
                into = isinstance(inner.pointer[-1], int)
            case _:
                into = False
        takers = [(other, at.pointer) for at in inner.walk() for other in at.takers]
        if into and takers:
            other, pointer = next((pair for pair in takers if not isinstance(pair[0], Wanted)), takers[0])
            yield taker, other, pointer, 1


def _shape(feed: Feed) -> str:
    return "members" if feed.kind == "tree" else feed.kind


def _value_of(taker: Taker) -> Any:
    if not isinstance(taker, Feed):
        return 1
    return [1] if taker.kind == "elements" else {"x": 1}


def _example(plan: Plan, table: Table, source: Source, path: Path, value: Any) -> str:
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
