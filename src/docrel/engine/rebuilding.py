"""What generated rebuild code runs on: notes of complements put to work.

In: column values and `RowComplement`s. Out: values of the document. Each function is the inverse of a note that
`flatten` took.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from docrel.layout import Computed, Pointer, column_decoder
from docrel.plan import Column
from docrel.rows import RowComplement, RowKey, holds
from docrel.values import NOTHING

Row = Sequence[Any]
Stray = tuple[RowKey | None, Any]
KeyOf = Callable[[Row], Any]


def noted_decoder(column: Column, *, null_is_said: bool, told_later: bool) -> Callable[[Any, RowComplement, Any], Any]:
    """Return `(stored, notes, default) -> value`, NOTHING where the document is silent, for a row with notes.

    `told_later`: the default is told from the node; `default` only stands for it.
    """
    name, decode, said = column.name, column_decoder(column), null_is_said

    def give(stored: Any, notes: RowComplement, default: Any) -> Any:
        override = notes.overrides.get(name)
        if override is not None and holds(override, stored):
            if len(override) > 1:
                return override[1]
            if stored is None or default is None or told_later or stored == default:
                return NOTHING
            return decode(stored)  # silence would now give another value
        if stored is None:
            return None if said or default is not None or name in notes.nulls else NOTHING
        if stored == default and name not in notes.explicit:
            return NOTHING
        value = decode(stored)
        if name in notes.integers and isinstance(value, float) and value.is_integer():
            return int(value)
        return value

    return give


def stays_written(column: str, stored: Any, notes: RowComplement) -> bool:
    """Say whether a value stays in the document though it equals the default."""
    override = notes.overrides.get(column)
    return column in notes.explicit or column in notes.nulls or (override is not None and holds(override, stored))


def member_name(column: str, stored: Any, notes: RowComplement | None) -> str:
    """Return the member's name that a key column stands for."""
    if notes is not None:
        override = notes.overrides.get(column)
        if override is not None and len(override) > 1 and holds(override, stored):
            return str(override[1])
    return stored if isinstance(stored, str) else "" if stored is None else str(stored)


def said_elsewhere(residue: Any, pointers: Sequence[Pointer]) -> bool:
    """Say whether the rest has a scalar or null at an alternative, which silence would bring to light."""
    for pointer in pointers:
        value = residue
        for step in pointer:
            value = _inside(value, step)
        if value is not NOTHING and not isinstance(value, (dict, list)):
            return True
    return False


def _inside(value: Any, step: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(step, NOTHING)
    return value[step] if isinstance(value, list) and isinstance(step, int) and step < len(value) else NOTHING


def stray_elements(notes: RowComplement, pointer: Pointer) -> list[Stray] | None:
    """Return the noted elements of the array at `pointer` that are no rows."""
    return next((found for at, found in notes.strays if at == pointer), None)


def unwrite(node: Any, path: Sequence[str], residue: Any, awaiting: Sequence[Any] = ()) -> None:
    """Take the value at `path` out of `node` again, and what only it had called into being; the rest comes back.

    Objects that are `awaiting` rows stay, though they are empty yet.
    """
    chain = []
    for name in path:
        chain.append((node, name, residue))
        node = node[name]
        residue = residue.get(name, NOTHING) if isinstance(residue, dict) else NOTHING
    for parent, name, around in reversed(chain):
        if isinstance(around, dict) and name in around:
            parent[name] = around[name]
            return
        del parent[name]
        if parent or any(parent is one for one in awaiting):
            return


def leftovers(node: dict[str, Any], residue: dict[str, Any]) -> None:
    """Add the members of the rest that `node` does not have yet."""
    for name, value in residue.items():
        if name not in node:
            node[name] = value


def merged(rest: Any, late: Any) -> Any:
    """Return the rest column's content together with the complement's: objects and arrays are united."""
    if rest is NOTHING:
        return late
    pending = [(rest, late)]
    while pending:
        into, more = pending.pop()
        if isinstance(into, dict) and isinstance(more, dict):
            for name, value in more.items():
                if isinstance(into.get(name), (dict, list)) and isinstance(value, (dict, list)):
                    pending.append((into[name], value))
                else:
                    into.setdefault(name, value)
        elif isinstance(into, list) and isinstance(more, list):
            into.extend(more[len(into) :])
            for n, value in enumerate(more):
                if into[n] is None:
                    into[n] = value
                elif into[n] is not value:
                    pending.append((into[n], value))
    return rest


def indexed(items: Sequence[tuple[int, Any]], fillers: Sequence[tuple[int, Any]], residue: Any) -> Any:
    """Return the array that has `items` at their indexes and the rest's elements elsewhere; NOTHING for none.

    An array has no gaps: where a later element is there, `fillers` give what would have been left out.
    """
    base = list(residue) if isinstance(residue, list) else []
    for index, value in items:
        base.extend([None] * (index + 1 - len(base)))
        base[index] = value
    for index, value in fillers:
        if index < len(base) and base[index] is None:
            base[index] = value
    return base if items or isinstance(residue, list) else NOTHING


def put_at(node: Any, path: tuple[str, ...], value: Any) -> None:
    """Set the member at `path`, making the objects on the way; a value in the way gives way to the row."""
    for name in path[:-1]:
        inner = node.get(name)
        if not isinstance(inner, dict):
            inner = node[name] = {}
        node = inner
    node[path[-1]] = value


Strays = Mapping[RowKey, tuple[list[Any], Sequence[Stray]]]
Feeding = tuple[Iterable[Row], KeyOf, KeyOf, KeyOf]  # rows, and of a row: its parent's key, its key, its order


def place_strays(strays: Strays, feeding: Sequence[Feeding]) -> None:
    """Insert elements that are no rows into the arrays of their parents, whose rows come from `feeding`."""
    keys: dict[RowKey, list[tuple[Any, RowKey]]] = {}
    for rows, parent_of, key_of, order_of in feeding:
        for row in rows:
            if (parent := parent_of(row)) in strays:
                keys.setdefault(parent, []).append((order_of(row), key_of(row)))
    for parent, (elements, found) in strays.items():
        ordered = keys.get(parent, [])
        if len(feeding) > 1:
            ordered.sort(key=lambda pair: pair[0])
        _put_strays(elements, [key for _, key in ordered], found)


def _put_strays(elements: list[Any], keys: Sequence[RowKey], found: Sequence[Stray]) -> None:
    """Insert each stray behind the row it followed, or where that row would be."""
    behind: dict[int, list[Any]] = {}
    place = {key: n for n, key in enumerate(keys)}
    for anchor, value in found:
        if anchor is None:
            at = -1
        elif anchor in place:
            at = place[anchor]
        elif all(isinstance(key, int) for key in (anchor, *keys)):
            at = bisect_right(list(map(int, keys)), int(anchor)) - 1
        else:
            at = len(keys) - 1
        behind.setdefault(at, []).append(value)
    result = list(behind.get(-1, ()))
    for n, element in enumerate(elements):
        result.append(element)
        result.extend(behind.get(n, ()))
    elements[:] = result


def put_order(node: Any, pointer: Pointer, names: Sequence[str]) -> None:
    """Bring the members of the object at `pointer` into the order of `names`; others stay behind what they follow."""
    for step in pointer:
        if isinstance(node, dict) and step in node:
            node = node[step]
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
        else:
            return
    if not isinstance(node, dict):
        return
    present = [name for name in names if name in node]
    if len(present) < len(node):
        ranked = set(names)
        present.extend(name for name in node if name not in ranked)
    members = [(name, node[name]) for name in present]
    node.clear()
    node.update(members)


class DocumentDefaults(dict[RowKey, Any]):
    """A default that is the same for all rows of a document, by the root row's key; computed when first asked for."""

    def __init__(self, compute: Computed, documents: Mapping[RowKey, Any]) -> None:
        super().__init__()
        self._compute, self._documents = compute, documents

    def __missing__(self, key: RowKey) -> Any:
        found = self[key] = self._compute(None, self._documents.get(key, NOTHING))
        return found


def trace_roots(
    tables: Sequence[tuple[int, Iterable[Row], KeyOf, Sequence[tuple[int | None, KeyOf]]]],
) -> dict[int, dict[RowKey, RowKey]]:
    """Return for each table the key of the root row that each of its rows lies below.

    Shapes: for each table its number, its rows, their key, and for each kind of parent its table's number (None: the
    root table) and its key.
    """
    found: dict[int, dict[RowKey, RowKey]] = {number: {} for number, *_ in tables}
    pending = [(number, key_of(row), row, links) for number, rows, key_of, links in tables for row in rows]
    while pending:
        left = []
        for number, key, row, links in pending:
            for parent, link in links:
                above = link(row)
                root = above if parent is None else found[parent].get(above)
                if above is not None and root is not None:
                    found[number][key] = root
                    break
            else:
                left.append((number, key, row, links))
        if len(left) == len(pending):
            break
        pending = left
    return found
