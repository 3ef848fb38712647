"""A plain reading of a plan's paths: what documents say where the mapping looks, and the rows that there should be.

In: a plan, a document, what was told to be no row. It shares nothing with the engine, and is simple and slow.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from document_model import NOWHERE, At, _walk, places_of, steps_of, value_at

from docrel.engine import Aside
from docrel.plan import Column, Elements, Index, Members, Name, Path, Plan, Source, Table, Value
from docrel.values import CODECS

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
