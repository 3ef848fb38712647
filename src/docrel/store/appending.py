"""Appending: one more element at the end of an array of a stored document.

In: a store within a transaction, a document's key, a path of names and the element. Out: the key of the row that it
became. Leaves exactly what a put of the longer document would leave, in time that does not grow with its rows where the
plan allows it (`Route`): the element is flattened within what the root row alone says of the document.

Law: the rows are those of a fresh put (tests/laws/test_store_machine.py).
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docrel.diagnostics import DocumentError
from docrel.layout import Layout, Pointer, TableLayout, overlap, pointer_of, reads_of
from docrel.plan import Derived
from docrel.selectors import nodes, parse
from docrel.store.errors import missing, no_array
from docrel.store.reading import Key, Place

if TYPE_CHECKING:
    from docrel.store.store import Store


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
    not_these: tuple[tuple[tuple[str, Any], ...], ...]


def append(store: Store, key: Key, path: str, item: Any) -> Any:
    """Append within a transaction of the caller's; returns the key of the new row, None where there is none."""
    names = _names(path, store)
    place = store.locate(key)
    if place is None:
        raise missing(key, store.backend.path)
    root = store.plan.tables[place.root]
    if (root.name, names) not in store.routes:
        store.routes[root.name, names] = route_of(store.layout, store.layout.tables[place.root], names)
    route = store.routes[root.name, names]
    if route is not None and store.row_exists(store.plan.tables[route.table], root, place.row, route.not_these):
        try:
            with store.backend.savepoint():
                return _by_row(store, place, key, names, item, route)
        except (_NotSoSimpleError, DocumentError, sqlite3.IntegrityError):
            pass  # no row, or one that is not unique: the whole document tells
    return _by_document(store, key, path, names, item)


class _NotSoSimpleError(Exception):
    """The element alone does not tell what becomes of it; never leaves this module."""


def _by_row(store: Store, place: Place, key: Key, names: tuple[str, ...], item: Any, route: Route) -> Any:
    """Flatten the element within the root row's content, and write only what it became."""
    document = store.root_content(place)
    node = document
    for name in names[:-1]:
        node = node.setdefault(name, {}) if isinstance(node, dict) else None
    if not isinstance(node, dict):
        raise _NotSoSimpleError
    node[names[-1]] = [item]
    batch = store.start()
    batch.rows.given = str(key)
    root = store.plan.tables[place.root]
    if root.surrogate is not None:
        batch.rows.next_ids[store.layout.tables[place.root].sequence] = place.row
    store.add(document, batch)
    rows = batch.rows.rows[route.table]
    if len(rows) != 1:
        raise _NotSoSimpleError
    store.insert_some(batch, place, route.family)
    return rows[0][store.layout.tables[route.table].key[0]]


def route_of(layout: Layout, root: TableLayout, names: tuple[str, ...]) -> Route | None:
    """Return how an element of the array at `names` becomes a row, None where it takes the whole document to tell."""
    claim, way = root.sources[0].claim, [root.sources[0].claim]
    for name in names:
        if name not in way[-1].members:
            return None
        way.append(way[-1].members[name])
    takers = [taker for one in way for taker in one.takers]
    if len(takers) != 1 or way[-1].elements != tuple(takers) or way[-1].below or any(one.indexes for one in way):
        return None
    table, source = layout.fed(way[-1].elements[0])
    family = {table.number, *table.below}
    others = [s for s in table.sources if s is not source]
    within = [layout.tables[number] for number in sorted(family)]
    alone = all(s.parent in family for t in within if t is not table for s in t.sources)
    told = all(s.constants and s.parent not in family for s in others)
    blind = not any(isinstance(c.role, Derived) for t in layout.plan.tables for c in t.columns)
    ordered = all(t.position is None for t in within)
    if source.when or source.constants or not (table.surrogate is not None and alone and told and blind and ordered):
        return None
    if any(overlap(read, names) for t in layout.tables for read in _reads(layout, t, everywhere=t is root)):
        return None
    nested = [one.pointer for one in claim.walk() if one.groups]
    if any(overlap(read, other) for t in within for read in _reads(layout, t) for other in nested):
        return None
    columns = layout.plan.tables[table.number].columns
    not_these = tuple(tuple((columns[n].name, value) for n, value in s.constants) for s in others)
    return Route(table.number, tuple(sorted(family)), not_these)


def _reads(layout: Layout, table: TableLayout, *, everywhere: bool = False) -> list[Pointer]:
    """Return what the defaults of a table look at in the document; `everywhere`: in the row's own node too."""
    reads = [read for column in layout.plan.tables[table.number].columns for read in reads_of(column)]
    return [pointer_of(read.path) for read in reads if read.root or everywhere]


def _names(path: str, store: Store) -> tuple[str, ...]:
    steps = parse(path).steps
    names = tuple(step.name for step in steps if isinstance(step, nodes.Name))
    if len(names) != len(steps) or not names:
        raise no_array(path, store.backend.path)
    return names


def _by_document(store: Store, key: Key, path: str, names: tuple[str, ...], item: Any) -> Any:
    """Read the document, make it longer, put it."""

    def longer(document: Any) -> Any:
        node = document
        for name in names[:-1]:
            node = node.setdefault(name, {}) if isinstance(node, dict) else None
        elements = node.setdefault(names[-1], []) if isinstance(node, dict) else None
        if not isinstance(elements, list):
            raise no_array(path, store.backend.path)
        elements.append(item)
        return document

    place = store.locate(key)
    tables = [] if place is None else _tables(store, place, names)
    before = {(t.number, n) for t in tables for n in _ids(store, t, key)}
    store.edit(key, longer)
    new = [n for t in tables for n in _ids(store, t, key) if (t.number, n) not in before]
    return new[-1] if new else None


def _tables(store: Store, place: Place, names: tuple[str, ...]) -> list[TableLayout]:
    """The tables whose rows are the elements of the array, and that have a surrogate."""
    claims = store.layout.tables[place.root].sources[0].claim.walk()
    feeds = [feed for claim in claims if claim.pointer == names for feed in claim.elements]
    tables = dict.fromkeys(feed.table for feed in feeds)
    return [table for number in tables if (table := store.layout.tables[number]).surrogate is not None]


def _ids(store: Store, table: TableLayout, key: Key) -> list[Any]:
    return [row[table.key[0]] for row in store.rows(table.name, key)]
