"""Appending: one more element at the end of an array of a stored document.

In: a store within a transaction, a document's key, a path of names and the element. Out: the key of the row that it
became, and what of it no table shows. Leaves exactly what a put of the longer document would leave, in time that does
not grow with its rows where the plan allows it (`Route`): the element is flattened within what the root row alone says
of the document.

Law: the rows are those of a fresh put (tests/laws/test_store_machine.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docrel.backends import ForbiddenError
from docrel.diagnostics import DocumentError
from docrel.documents import Element, SetAside, set_aside
from docrel.layout import layout_of, overlap, reads_of
from docrel.plan import Derived, Elements, Name, Path, Plan, Position, Scalar, Source, Table
from docrel.selectors import parse_names
from docrel.store.errors import missing, no_array
from docrel.store.reading import DocumentKey, Place
from docrel.values import append_at, value_at

if TYPE_CHECKING:
    from docrel.store.store import Store


@dataclass(frozen=True, slots=True)
class Appended:
    """What an element became: the key of its `row`, None: there is none; `set_aside`, what of it no table shows."""

    row: Any
    set_aside: tuple[SetAside, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """The table that takes the elements of an array, if nothing but its rows depends on how many there are.

    Attributes:
        table: Its number. The table has a surrogate, no positions, and only this source feeds it from the array.
        family: The numbers of the table and of all below it.
        not_these: The constants of each other source of the table; a row without them came from the array.
    """

    table: int
    family: tuple[int, ...]
    not_these: tuple[tuple[tuple[str, Scalar], ...], ...]


def append(store: Store, key: DocumentKey, path: str, item: Any) -> Appended:
    """Append within a transaction of the caller's."""
    names = _names(path, store)
    place = store.locate(key)
    if place is None:
        raise missing(key, store.plan, store.backend.name)
    root = store.plan.tables[place.root]
    if (root.name, names) not in store.routes:
        store.routes[root.name, names] = route_of(store.plan, root, names)
    route = store.routes[root.name, names]
    if route is not None and store.row_exists(store.plan.tables[route.table], root, place.row, route.not_these):
        try:
            with store.savepoint():
                return _by_row(store, place, key, names, item, route)
        except (_NotSoSimpleError, DocumentError, ForbiddenError):
            pass  # no row, or one that is not unique: the whole document tells
    return _by_document(store, key, path, names, item)


class _NotSoSimpleError(Exception):
    """The element alone does not tell what becomes of it; never leaves this module."""


def _by_row(store: Store, place: Place, key: DocumentKey, names: tuple[str, ...], item: Any, route: Route) -> Appended:
    """Flatten the element within the root row's content, and write only what it became."""
    document, row, notes = store.root_content(place)
    node = document
    for name in names[:-1]:
        node = node.setdefault(name, {}) if isinstance(node, dict) else None
    if not isinstance(node, dict):
        raise _NotSoSimpleError
    others, node[names[-1]] = node.get(names[-1]), [item]
    batch = store.start()
    root = store.plan.tables[place.root]
    if root.surrogate is not None:
        batch.rows.next_ids[store.layout.tables[place.root].sequence] = place.row[0]
    store.add(document, batch, given=str(key))
    rows = batch.rows.rows[route.table]
    if len(rows) != 1:
        raise _NotSoSimpleError
    table, asides = store.plan.tables[route.table], tuple[SetAside, ...]()
    if batch.rows.documents[0].asides:
        if others:
            raise _NotSoSimpleError  # elements that are no rows count as well
        index = store.count_rows(table, root, place.row, route.not_these)
        asides = set_aside(store.plan, batch.rows.documents[0], Element(names, 0, index))
    store.insert_some(batch, route.family)
    store.drop_stale(notes, row)
    return Appended(rows[0][table.index_of(table.surrogate or "")], asides)


def route_of(plan: Plan, root: Table, names: tuple[str, ...]) -> Route | None:
    """Return how an element of the array at `names` becomes a row, None where it takes the whole document to tell."""
    array: Path = tuple(Name(name) for name in names)
    fed = [(t, s) for t in plan.tables for s in t.sources if s.each == (*array, Elements()) and s.parent == root.name]
    if len(fed) != 1:
        return None
    table, source = fed[0]
    number = plan.tables.index(table)
    numbers = tuple(sorted({number, *layout_of(plan).tables[number].below}))
    family = [plan.tables[n] for n in numbers]
    below = {t.name for t in family}
    alone = all(s.parent in below for t in family if t is not table for s in t.sources)
    plain = not (source.when or source.tree or source.constants or source.row_if)
    others = [s for s in table.sources if s is not source]
    told = all(s.constants for s in others) and not any(s.parent in below for s in others)
    blind = not any(isinstance(c.role, Derived) for t in plan.tables for c in t.columns)
    ordered = not any(isinstance(c.role, Position) for t in family for c in t.columns)
    if not (table.surrogate and alone and plain and told and blind and ordered):
        return None
    if any(_looks_into(path, array) for path in _paths(plan, root, source)):
        return None
    arrays = [_names_of(s.each) for t in plan.tables for s in t.sources if s.parent == root.name]
    reads = [r.path for t in family for c in t.columns for r in reads_of(c) if r.root]
    if any(overlap(read, other) for read in reads for other in arrays):
        return None
    return Route(number, numbers, tuple(s.constants for s in others))


def _paths(plan: Plan, root: Table, but: Source) -> Iterator[Path]:
    """Yield where the plan looks, from the document's node: for values, rows, conditions and defaults."""
    for table in plan.tables:
        for column in table.columns:
            if table is root:
                yield from getattr(column.role, "paths", ())
        for source in table.sources:
            if source.parent == root.name and source is not but:
                yield source.each
            if table is root:
                yield from (path for path, _ in source.when)
                yield from (path for _, paths in source.values for path in paths)
        reads = (read for column in table.columns for read in reads_of(column))
        yield from (read.path for read in reads if read.root or table is root)


def _looks_into(path: Path, array: Path) -> bool:
    """Whether a path leads to the array, into it, or through it by a step that may be any name."""
    return all(step == name or not isinstance(step, Name) for step, name in zip(path, array, strict=False))


def _names_of(path: Path) -> Path:
    """Return the names that a path begins with."""
    end = next((n for n, step in enumerate(path) if not isinstance(step, Name)), len(path))
    return path[:end]


def _names(path: str, store: Store) -> tuple[str, ...]:
    names = parse_names(path)
    if not names:
        raise no_array(path, store.backend.name)
    return names


def _by_document(store: Store, key: DocumentKey, path: str, names: tuple[str, ...], item: Any) -> Appended:
    """Read the document, make it longer, put it."""
    index = 0

    def longer(document: Any) -> Any:
        nonlocal index
        if not append_at(document, names, item):
            raise no_array(path, store.backend.name)
        index = len(value_at(document, names)) - 1
        return document

    tables = _tables(store, names)
    before = {(t.name, r[0]) for t in tables for r in _keys(store, t, key)}
    batch, _ = store.edited(key, longer)
    asides = set_aside(store.plan, batch.rows.documents[0], Element(names, index, index))
    new = [r for t in tables for r in _keys(store, t, key) if (t.name, r[0]) not in before]
    return Appended(new[-1][0] if new else None, asides)


def _tables(store: Store, names: tuple[str, ...]) -> list[Table]:
    """The tables whose rows are the elements of the array, and that have a surrogate."""
    each: Path = (*(Name(name) for name in names), Elements())
    roots = {root.name for root in store.plan.roots}
    return [
        table
        for table in store.plan.tables
        if table.surrogate and any(s.each == each and s.parent in {None, *roots} for s in table.sources)
    ]


def _keys(store: Store, table: Table, key: DocumentKey) -> list[tuple[Any, ...]]:
    at = table.index_of(table.surrogate or "")
    return [(row[at],) for row in store.rows(table.name, key)]
