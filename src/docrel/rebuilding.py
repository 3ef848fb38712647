"""What generated rebuild code runs on: notes of complements put to work.

In: column values and `RowComplement`s. Out: values of the document. Each function is the inverse of a note that
`flatten` took.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

from docrel.claimtree import Pointer
from docrel.complement import NOTHING, RowComplement, RowKey, holds
from docrel.flattening import column_decoder
from docrel.plan import Column

Stray = tuple[RowKey | None, Any]


def noted_decoder(column: Column) -> Callable[[Any, RowComplement, Any], Any]:
    """Return `(stored, notes, default) -> value`, NOTHING where the document is silent, for a row with notes."""
    name, decode = column.name, column_decoder(column)

    def give(stored: Any, notes: RowComplement, default: Any) -> Any:
        override = notes.overrides.get(name)
        if override is not None and holds(override, stored):
            return override[1] if len(override) > 1 else NOTHING
        if stored is None:
            return None if name in notes.nulls or default is not None else NOTHING
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


def member_name(column: str, stored: Any, notes: RowComplement | None) -> Any:
    """Return the member's name that a key column stands for."""
    if notes is not None:
        override = notes.overrides.get(column)
        if override is not None and len(override) > 1 and holds(override, stored):
            return override[1]
    return stored if isinstance(stored, str) else "" if stored is None else str(stored)


def unwrite(node: Any, path: Pointer, residue: Any) -> None:
    """Take the value at `path` out of `node` again, and what only it had called into being; the rest comes back."""
    chain = []
    for step in path[:-1]:
        chain.append((node, step, residue))
        node = node[step]
        residue = residue.get(step, NOTHING) if isinstance(residue, dict) else NOTHING
    last = path[-1]
    if isinstance(residue, dict) and last in residue:
        node[last] = residue[last]
        return
    del node[last]
    for parent, step, left in reversed(chain):
        if node:
            return
        if isinstance(left, dict) and step in left:
            parent[step] = left[step]
            return
        del parent[step]
        node = parent


def leftovers(node: dict[str, Any], residue: dict[str, Any]) -> None:
    """Add the members of the rest that `node` does not have yet."""
    for name, value in residue.items():
        if name not in node:
            node[name] = value


def merged(rest: Any, late: Any) -> Any:
    """Return the rest column's content together with the complement's: objects are united."""
    if rest is NOTHING:
        return late
    pending = [(rest, late)]
    while pending:
        into, more = pending.pop()
        if isinstance(into, dict) and isinstance(more, dict):
            for name, value in more.items():
                if name in into and isinstance(into[name], dict) and isinstance(value, dict):
                    pending.append((into[name], value))
                else:
                    into.setdefault(name, value)
    return rest


def indexed(items: list[tuple[int, Any]], residue: Any) -> Any:
    """Return the array that has `items` at their indexes and the rest's elements elsewhere; NOTHING for none."""
    base = list(residue) if isinstance(residue, list) else []
    for index, value in items:
        if index >= len(base):
            base.extend([None] * (index + 1 - len(base)))
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


def put_strays(elements: list[Any], keys: Sequence[RowKey], found: Sequence[Stray]) -> None:
    """Insert elements that are no rows, each behind the row it followed, or where that row would be."""
    behind: dict[int, list[Any]] = {}
    place = {key: n for n, key in enumerate(keys)}
    for anchor, value in found:
        if anchor is None:
            at = -1
        elif anchor in place:
            at = place[anchor]
        elif all(isinstance(key, int) for key in (anchor, *keys)):
            at = bisect_right(keys, anchor) - 1  # type: ignore[type-var]
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
    rank = {name: n for n, name in enumerate(names)}
    present = [name for name in names if name in node]
    if len(present) < len(node):
        present.extend(name for name in node if name not in rank)
    members = [(name, node[name]) for name in present]
    node.clear()
    node.update(members)
