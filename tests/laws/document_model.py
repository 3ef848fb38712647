"""What documents become when their rows are edited: a model of its own, simple and slow, that reads the plan's paths.

In: a plan, documents as they were put, the rows that a client sees. `DocumentModel` finds the node of each row; the
edits of `edited_documents` then happen on the documents. It shares nothing with the engine and never asks it. Where
it is not sure which node a row has come from, it says so by leaving the row out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from row_model import Row, RowModel
from row_trees import key_in

from docrel.plan import (
    EdgeName,
    Elements,
    Index,
    JoinedKey,
    MemberKey,
    Members,
    Name,
    Path,
    Plan,
    Source,
    Table,
    Value,
)
from docrel.values import jsontext

At = tuple[str | int, ...]
Candidate = tuple[At, tuple[str, ...]]  # where a node is, and the names passed at `.*` and in a tree


@dataclass(eq=False)
class Node:
    """A row and the node of a document that it has come from."""

    table: Table
    row: Row
    source: Source
    document: Any
    at: At
    above: Node | None


class Nowhere:
    """What is at a place that is not there."""


NOWHERE = Nowhere()


def value_at(document: Any, at: At) -> Any:
    """Return what is at a place, NOWHERE: nothing is."""
    for step in at:
        if isinstance(document, dict) and isinstance(step, str) and step in document:
            document = document[step]
        elif isinstance(document, list) and isinstance(step, int) and step < len(document):
            document = document[step]
        else:
            return NOWHERE
    return document


def steps_of(path: Path) -> At:
    """Return a path of names and indexes."""
    return tuple(step.name if isinstance(step, Name) else step.index for step in path if isinstance(step, Name | Index))


def places_of(source: Source, column: Any) -> list[At]:
    """Return the places of a column in the nodes of a source, the first of them first."""
    if not isinstance(column.role, Value) or column.name in dict(source.constants):
        return []
    return [steps_of(path) for path in dict(source.values).get(column.name, column.role.paths)]


class DocumentModel:
    """The nodes of all rows whose origin is plain to see."""

    def __init__(
        self,
        plan: Plan,
        rows: dict[str, list[Row]],
        documents: dict[Any, Any],
        earlier: Sequence[dict[Any, Any]] = (),
    ) -> None:
        self.plan, self.rows, self.documents = plan, rows, documents
        self.earlier = earlier  # what documents were before other edits, none of which was followed by a write
        self.reader = RowModel(plan)
        self.nodes: list[Node] = []
        self.is_complete = True  # each row has its node, and each node that may be a row is one
        self._below: dict[Any, list[tuple[Table, Row]]] = {}
        for table in plan.tables:
            for row in rows[table.name]:
                parent = self.reader.parent(table, row) if table.parent is not None else None
                self._below.setdefault(parent, []).append((table, row))
        for root in plan.roots:
            self._find_documents(root)
        self.is_complete &= len(self.nodes) == sum(map(len, rows.values()))

    def node(self, table: str, row: Row) -> Node | None:
        """Return the node of a row."""
        return next((node for node in self.nodes if node.table.name == table and node.row == row), None)

    def _find_documents(self, root: Table) -> None:
        for row in self.rows[root.name]:
            key = key_in(self.plan, root, row)
            if key not in self.documents or not isinstance(self.documents[key], dict):
                continue
            pending = [Node(root, row, root.sources[0], key, (), None)]
            while pending:
                node = pending.pop()
                if self._is_plain(node):
                    self.nodes.append(node)
                    pending.extend(self._below_node(node))

    def _below_node(self, above: Node) -> Iterator[Node]:
        found = self._below.get((above.table.name, self.reader.key(above.table, above.row)), [])
        for table in self.plan.tables:
            sources = [source for source in table.sources if source.parent == above.table.name]
            for source in sources:
                rows = [row for own, row in found if own is table and self._is_from(table, row, source, sources)]
                candidates = list(self._candidates(above, table, source))
                order = table.position
                if order is not None:
                    rows.sort(key=lambda row: row[order])
                self.is_complete &= len(rows) == len(candidates)
                for row, (at, _) in self._matched(table, rows, candidates):
                    yield Node(table, row, source, above.document, at, above)

    def _is_from(self, table: Table, row: Row, source: Source, sources: list[Source]) -> bool:
        """Whether the row tells that it came by this source; where nothing tells them apart, none is."""
        edge = next((c.name for c in table.columns if isinstance(c.role, EdgeName)), None)
        if edge is not None:
            return bool(row[edge] == source.name)
        told = [s for s in sources if s.constants and all(row[name] == value for name, value in s.constants)]
        untold = [s for s in sources if not s.constants]
        return told == [source] if told else untold == [source]

    def _matched(self, table: Table, rows: list[Row], candidates: list[Candidate]) -> Iterator[tuple[Row, Candidate]]:
        member = next((c.name for c in table.columns if isinstance(c.role, MemberKey)), None)
        joined = next((c for c in table.columns if isinstance(c.role, JoinedKey)), None)
        if joined is not None and isinstance(joined.role, JoinedKey):
            separator = joined.role.separator
            has_map = member is not None
            named = {
                (names[0] if has_map else None, separator.join(names[1:] if has_map else names)): (at, names)
                for at, names in candidates
            }
            yield from (
                (row, named[row[member] if member else None, row[joined.name] or ""])
                for row in rows
                if (row[member] if member else None, row[joined.name] or "") in named
            )
        elif member is not None and any(names for _, names in candidates):
            by_name = {names[-1]: (at, names) for at, names in candidates}
            yield from ((row, by_name[row[member]]) for row in rows if row[member] in by_name)
        elif len(rows) == len(candidates):
            yield from zip(rows, candidates, strict=True)

    def _candidates(self, above: Node, table: Table, source: Source) -> Iterator[Candidate]:
        document = self.documents[above.document]
        for at, names in _walk(document, above.at, source.each):
            for inner, more in _tree(document, at, source) if source.tree else [(at, ())]:
                node = value_at(document, inner)
                if self._may_be_row(table, source, node):
                    yield inner, (*names, *more)

    def _may_be_row(self, table: Table, source: Source, node: Any) -> bool:
        for path, values in source.when:
            found = value_at(node, steps_of(path))
            if not any(type(found) is type(value) and found == value for value in values):
                return False
        if source.tree:
            return isinstance(node, dict) and any(name in node for name in source.row_if)
        firsts = [place[:1] for column in table.columns for place in places_of(source, column)]
        inner = [s.each[:1] for t in self.plan.tables for s in t.sources if s.parent == table.name]
        if isinstance(node, list):
            return any(first and isinstance(first[0], int) for first in firsts) or any(
                first and isinstance(first[0], Elements | Index) for first in inner
            )
        if isinstance(node, dict):
            return any(first and isinstance(first[0], str) for first in firsts) or () not in firsts
        return () in firsts

    def _is_plain(self, node: Node) -> bool:
        """Whether the row holds what the node says, wherever that is plain to see."""
        for column in node.table.columns:
            places = places_of(node.source, column)
            if len(places) != 1 or column.map:
                continue
            value = value_at(self.documents[node.document], (*node.at, *places[0]))
            if _is_typical(column.type, value) and node.row[column.name] != value:
                return False
        return True


def _is_typical(type_name: str, value: Any) -> bool:
    match type_name:
        case "text":
            return isinstance(value, str) and value.isprintable()
        case "integer":
            return type(value) is int and abs(value) < 2**63
        case "boolean":
            return isinstance(value, bool)
        case "real":
            return isinstance(value, float) and repr(value) != "-0.0"
    return False


def _walk(document: Any, at: At, each: Path, names: tuple[str, ...] = ()) -> Iterator[Candidate]:
    if not each:
        yield at, names
        return
    value, step, rest = value_at(document, at), each[0], each[1:]
    match step:
        case Name(name):
            if isinstance(value, dict) and name in value:
                yield from _walk(document, (*at, name), rest, names)
        case Index(index):
            if isinstance(value, list) and index < len(value):
                yield from _walk(document, (*at, index), rest, names)
        case Elements():
            for n in range(len(value)) if isinstance(value, list) else ():
                yield from _walk(document, (*at, n), rest, names)
        case Members():
            for name in value if isinstance(value, dict) else ():
                yield from _walk(document, (*at, name), rest, (*names, name))


def _tree(document: Any, at: At, source: Source) -> Iterator[Candidate]:
    """Yield the rows of a tree: nothing below a row is one."""
    pending: list[Candidate] = [(at, ())]
    is_first = not isinstance(source.each[-1], Members)  # rows lie below it
    while pending:
        place, names = pending.pop(0)
        node = value_at(document, place)
        if not isinstance(node, dict):
            continue
        if any(name in node for name in source.row_if) and (names or not is_first):
            yield place, names
        else:
            pending[:0] = [((*place, name), (*names, name)) for name in node]


def same_but_for(wanted: Any, found: Any, loose: list[At], forget: bool, at: At = ()) -> bool:
    """Compare two documents; below a place of `loose` the order of members is not looked at."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        if set(wanted) != set(found):
            return False
        free = forget or any(at[: len(place)] == place for place in loose)
        fresh = {place[-1] for place in loose if place and place[:-1] == at}
        if not free and [n for n in wanted if n not in fresh] != [n for n in found if n not in fresh]:
            return False
        return all(same_but_for(wanted[name], found[name], loose, forget, (*at, name)) for name in wanted)
    if isinstance(wanted, list) and isinstance(found, list):
        return len(wanted) == len(found) and all(
            same_but_for(a, b, loose, forget, (*at, n)) for n, (a, b) in enumerate(zip(wanted, found, strict=True))
        )
    return jsontext.same(wanted, found)
