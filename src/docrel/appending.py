"""Appending: one more element at the end of an array of a stored document.

In: a store within a transaction, a document's key, a path of names and the element. Out: the key of the row
that it became. Must leave exactly what a put of the longer document would leave.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docrel import selector_nodes as nodes
from docrel.plan import Elements, Name, Path, Table
from docrel.reading import Key
from docrel.selectors import parse
from docrel.store_errors import no_array

if TYPE_CHECKING:
    from docrel.store import Store


def append(store: Store, key: Key, path: str, item: Any) -> Any:
    """Append within a transaction of the caller's; returns the key of the new row, None where there is none."""
    names = _names(path, store)
    return _by_document(store, key, path, names, item)


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

    tables = _tables(store, names)
    before = {(t.name, r[0]) for t in tables for r in _keys(store, t, key)}
    store.edit(key, longer)
    new = [r for t in tables for r in _keys(store, t, key) if (t.name, r[0]) not in before]
    return new[-1][0] if new else None


def _tables(store: Store, names: tuple[str, ...]) -> list[Table]:
    """The tables whose rows are the elements of the array, and that have a surrogate."""
    each: Path = (*(Name(name) for name in names), Elements())
    roots = {root.name for root in store.plan.roots}
    return [
        table
        for table in store.plan.tables
        if table.surrogate and any(s.each == each and s.parent in {None, *roots} for s in table.sources)
    ]


def _keys(store: Store, table: Table, key: Key) -> list[tuple[Any, ...]]:
    at = table.index_of(table.surrogate or "")
    return [(row[at],) for row in store.rows(table.name, key)]
