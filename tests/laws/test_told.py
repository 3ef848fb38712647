"""Law 7, the tables tell the truth: what documents say where the mapping looks is in the tables, or it is told.

The paths of a plan are read by a plain interpreter, which shares nothing with the engine. What it finds is counted
against the rows: each node is a row or told, each value is in its column or told; and what a column holds of plain
values is what the documents say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from document_model import NOWHERE, At, _is_typical, _walk, places_of, steps_of, value_at
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_getput import SHIPPED, a_plan

from docrel.engine import Aside, Flattened, Flattener
from docrel.mapping import load
from docrel.plan import Column, Elements, Index, Members, Name, Path, Plan, Source, Table, Value
from docrel.testing.documents import Documents
from docrel.values import CODECS

MODEST = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
NOW = "2026-01-01T00:00:00Z"
Nodes = list[tuple[int, Source, At]]


class Truth:
    """What a plain reading of a plan's paths finds in one document, but for what was told to be no row."""

    def __init__(self, plan: Plan, document: Any, root: int, told: list[Aside]) -> None:
        self.plan, self.document = plan, document
        self.no_rows = {one.path for one in told if one.is_row}
        self.nodes: Nodes = []
        pending: Nodes = [(root, plan.tables[root].sources[0], ())]
        while pending:
            number, source, at = pending.pop()
            self.nodes.append((number, source, at))
            pending.extend(self._below(plan.tables[number], source, at))

    def _below(self, table: Table, own: Source, at: At) -> Iterator[tuple[int, Source, At]]:
        places: dict[Path, list[tuple[int, Source]]] = {}
        for number, child in enumerate(self.plan.tables):
            for source in child.sources:
                if source.parent == table.name:
                    places.setdefault(source.each, []).append((number, source))
        for each, takers in places.items():
            names = self._named(table, own, steps_of(each)) if each[-1:] == (Members(),) or takers[0][1].tree else set()
            for place in self._places(each, takers[0][1], at, names):
                node = value_at(self.document, place)
                taker = self._taker(takers, node)
                is_other = isinstance(each[-1], Name) and self._is_of_others(table, own, each, node)
                if is_other or place in self.no_rows:
                    continue
                assert taker is not None, f"nobody takes {place} of {self.document}, and nobody tells it"
                yield (*taker, place)

    def _places(self, each: Path, source: Source, at: At, names: set[str]) -> Iterator[At]:
        many = each[-1:] and not isinstance(each[-1], Name) and not hasattr(each[-1], "index")
        if source.tree:
            top = each[:-1] if each[-1:] == (Members(),) else each
            yield from (p for inner, _ in _walk(self.document, at, top) for p in self._tree(inner, source, names))
            return
        for place, _ in _walk(self.document, at, each):
            node = value_at(self.document, place)
            if many:
                if place[-1] not in names:
                    yield place
            elif (node is not None and node != []) or self._takes_empty(source, node):
                yield place

    def _takes_empty(self, source: Source, node: Any) -> bool:
        """Say whether null, or an empty array, is a row of a source of single rows; else it says that there is none."""
        table = next(table for table in self.plan.tables if source in table.sources)
        own = [c for c in table.columns if isinstance(c.role, Value) and () in _paths(source, c)]
        if node is None or any(CODECS[column.type].container for column in own):
            return bool(own)
        paths = [p for c in table.columns if isinstance(c.role, Value) for p in _paths(source, c)]
        paths += [s.each for t in self.plan.tables for s in t.sources if s.parent == table.name]
        return any(isinstance(path[0], Elements | Index) for path in paths if path)

    def _is_of_others(self, table: Table, own: Source, each: Path, node: Any) -> bool:
        """Say whether what is where a single row looks is an array of rows, or a value of a column."""
        if isinstance(node, list):
            sources = [s for t in self.plan.tables for s in t.sources if s.parent == table.name]
            return any(source.each == (*each, Elements()) for source in sources)
        columns = [c for c in table.columns if isinstance(c.role, Value) and each in _paths(own, c)]
        return not isinstance(node, dict) and bool(columns)

    def _tree(self, top: At, source: Source, names: set[str]) -> Iterator[At]:
        node = value_at(self.document, top)
        pending = [(*top, name) for name in node if name not in names] if isinstance(node, dict) else []
        while pending:
            place = pending.pop()
            inner = value_at(self.document, place)
            if isinstance(inner, dict) and inner:
                if any(name in inner for name in source.row_if):
                    yield place
                else:
                    pending.extend((*place, name) for name in inner)

    def _named(self, table: Table, own: Source, at: At) -> set[str]:
        """The members of the object at `at` that a selector names."""
        paths = [steps_of(path) for path, _ in own.when]
        paths += [place for column in table.columns for place in places_of(own, column)]
        paths += [steps_of(s.each) for t in self.plan.tables for s in t.sources if s.parent == table.name]
        return {str(path[len(at)]) for path in paths if len(path) > len(at) and path[: len(at)] == at}

    def _taker(self, takers: list[tuple[int, Source]], node: Any) -> tuple[int, Source] | None:
        for taker in sorted(takers, key=lambda one: not one[1].when):
            found = ((value_at(node, steps_of(path)), values) for path, values in taker[1].when)
            if all(any(type(f) is type(v) and f == v for v in values) for f, values in found):
                return taker
        return None

    def values(self, number: int, column: int) -> Iterator[tuple[At, Any]]:
        """Yield what the nodes of a table say for a column, and where."""
        found = self.plan.tables[number].columns[column]
        is_whole = CODECS[found.type].container
        for _, source, at in (node for node in self.nodes if node[0] == number):
            places = [(*at, *place) for place in places_of(source, found)]
            there = [(place, value_at(self.document, place)) for place in places]
            here = [(p, v) for p, v in there if v is not NOWHERE and (is_whole or v is not None)]
            plain = [(p, v) for p, v in here if v is not None and (is_whole or not isinstance(v, dict | list))]
            yield from plain[:1] or here[:1]

    def is_taken_apart(self, column: tuple[int, int], value: Any) -> bool:
        """Say whether an array or object where a scalar column looks is taken by other columns, or by rows."""
        table = self.plan.tables[column[0]]
        found = table.columns[column[1]]
        for source in table.sources if isinstance(value, dict | list) else ():
            paths = [path for path, _ in source.when]
            paths += [p for c in table.columns if isinstance(c.role, Value) for p in _paths(source, c)]
            paths += [s.each for t in self.plan.tables for s in t.sources if s.parent == table.name]
            for own in _paths(source, found):
                inner = [path[len(own)] for path in paths if len(path) > len(own) and path[: len(own)] == own]
                inner += [
                    Members() for t in self.plan.tables for s in t.sources if s.each == own and s.parent == table.name
                ]
                if any(isinstance(step, Name | Members) == isinstance(value, dict) for step in inner):
                    return True
        return False


def _paths(source: Source, column: Column) -> tuple[Path, ...]:
    assert isinstance(column.role, Value)
    return dict(source.values).get(column.name, column.role.paths)


def check(plan: Plan, document: Any, flattener: Flattener) -> bool:
    """Hold a document against its rows and what was told; False: it is refused."""
    to = flattener.start()
    found = flattener.add(document, to, given="g", now=NOW)
    if found.problems:
        return False
    truth = Truth(plan, document, found.root, list(found.asides))
    wanted = Counter(number for number, _, _ in truth.nodes)
    for number, table in enumerate(plan.tables):
        rows = to.rows[number]
        assert len(rows) == wanted[number], f"{table.name}: {len(rows)} rows, {wanted[number]} nodes in {document}"
        for n, column in enumerate(table.columns):
            if isinstance(column.role, Value) and column.default is None and not column.map and column.name != plan.key:
                _check_column(plan, (number, n), truth, found, [row[n] for row in rows])
    return True


def _check_column(plan: Plan, at: tuple[int, int], truth: Truth, found: Flattened, cells: list[Any]) -> None:
    number, n = at
    table, column = plan.tables[number], plan.tables[number].columns[n]
    if any(column.name in dict(source.constants) for source in table.sources):
        return
    told = {one.path: one.rule for one in found.asides if one.table == number and n in one.columns and not one.is_row}
    said = list(truth.values(number, n))
    in_column = [(place, value) for place, value in said if told.get(place, "inexact") == "inexact"]
    held = [value for _, value in in_column if CODECS[column.type].container or not truth.is_taken_apart(at, value)]
    where = f"{table.name}.{column.name} of {truth.document}"
    assert len([c for c in cells if c is not None]) == len(held), f"{where}: {cells} for {said}, told {told}"
    typical = Counter(v for p, v in said if p not in told and _is_typical(column.type, v))
    assert not typical - Counter(c for c in cells if c is not None), f"{where}: {cells} for {said}, told {told}"


def one_round(seed: int, documents: int = 12) -> int:
    plan = a_plan(Random(seed))
    flattener, made = Flattener(plan), Documents(plan)
    return sum(check(plan, made.one(Random(seed * 1000 + number)), flattener) for number in range(documents))


@MODEST
@given(st.integers(0, 2**32))
def test_what_no_table_shows_is_told(seed: int) -> None:
    one_round(seed)


@pytest.mark.parametrize("mapping", SHIPPED)
def test_what_no_table_of_a_shipped_mapping_shows_is_told(mapping: str) -> None:
    plan = load(mapping).plan
    flattener, made = Flattener(plan), Documents(plan)
    tried = [check(plan, made.one(Random(seed)), flattener) for seed in range(25)]
    assert any(tried)


@pytest.mark.parametrize("rule", ["type", "kind", "case", "required", "unique", "one_of", "minimum"])
def test_an_engine_that_does_not_tell_is_caught(monkeypatch: pytest.MonkeyPatch, rule: str) -> None:
    whole = Flattener.add

    def silent(self: Flattener, *arguments: Any, **named: Any) -> Flattened:
        found = whole(self, *arguments, **named)
        return found._replace(asides=[one for one in found.asides if one.rule != rule])

    monkeypatch.setattr(Flattener, "add", silent)
    with pytest.raises(AssertionError):
        for seed in range(400):
            one_round(seed)
