"""What generated rebuild code runs on: column values and notes put together.

In: column values and the notes on them. Out: values of the document.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeGuard, TypeVar

from docrel.engine.misfits import Row, checked, clash, unfit
from docrel.layout import (
    Claim,
    Computed,
    Pointer,
    column_decoder,
    exact_decoder,
    join_names,
    misplaced,
    speller,
    split_names,
)
from docrel.plan import Column
from docrel.rows import (
    Explicit,
    Filled,
    Integer,
    Null,
    Override,
    RowComplement,
    RowKey,
    RowNames,
    Spelling,
    Strays,
    ValueNote,
)
from docrel.values import CODECS, NOTHING, jsontext

_Made = TypeVar("_Made")
KeyOf = Callable[[Row], Any]
Steps = Sequence[tuple[str | int, Sequence[str]]]
"""The way to a place: each step with the usual order of the members around it."""
AWAITED: dict[str, Any] = {}
"""Stands where a row will; told apart by identity."""


def noted_decoder(
    column: Column, *, null_is_said: bool, told_later: bool, identifies: bool
) -> Callable[[Any, Sequence[ValueNote], Any], Any]:
    """Return `(stored, notes on the column, default) -> value`, NOTHING where the document is silent.

    `told_later`: the default is told from the node; `default` only stands for it. `identifies`: the document may be
    silent of what it is called, whatever that is by now (`name_anew`).
    """
    exact, lenient = (checked(column, decoder(column)) for decoder in (exact_decoder, column_decoder))
    said, told_null = null_is_said, CODECS[column.type].container and not told_later

    def give(stored: Any, notes: Sequence[ValueNote], default: Any) -> Any:
        decode = lenient if told_later or any(isinstance(note, Integer) for note in notes) else exact
        for note in notes:
            if identifies and is_name(note):
                return note.value
            if isinstance(note, Override | Filled) and note.holds(stored):
                told = stored is None or default is None or told_later or stored == default
                return note.value if told or note.value is not NOTHING else decode(stored)
        value: Any = NOTHING
        if stored is None:
            value = None if said or default is not None else NOTHING
            if value is None and told_null:
                clash(f"column {column.name} is NULL, but a document's null is the JSON null there")
        elif stored != default:
            value = decode(stored)
        for note in reversed(notes):  # what was taken last is put first
            if isinstance(note, Spelling):
                is_told = value is not NOTHING and value is not None
                value = speller(column, note.form)(stored) if is_told else value
            else:
                value = note.put(value, stored, decode)
        return value

    return give


def is_name(note: ValueNote) -> TypeGuard[Filled]:
    """Say whether a column held the name that a document's caller gave it."""
    return isinstance(note, Filled) and note.by == "given"


def is_renamed(notes: Sequence[ValueNote], stored: Any) -> bool:
    """Say whether a document that is silent of its name has got another one, which its column holds."""
    return any(is_name(note) and not note.holds(stored) for note in notes)


def name_anew(node: Any, steps: Steps, value: Any) -> Any:
    """Return the node with a document's new name at its place; where something else stands, nothing says it."""
    around = node
    for step, _ in steps:
        if around is NOTHING:
            break
        if not isinstance(around, list if isinstance(step, int) else dict):
            return node
        around = _inside(around, step)
    return say(node, steps, value)


def stays_written(stored: Any, notes: Sequence[ValueNote]) -> bool:
    """Say whether a value stays in the document though it equals the default."""
    return any(
        note.holds(stored) if isinstance(note, Override | Filled) else isinstance(note, Explicit | Null)
        for note in notes
    )


def breaks_silence(notes: Sequence[ValueNote], stored: Any, told: Any) -> bool:
    """Say whether the document cannot be silent of a column: what is told of its default gives it another value."""
    for note in notes:
        if isinstance(note, Null) or (isinstance(note, Override) and note.holds(stored)):
            return False  # it is said
        if isinstance(note, Filled) and note.holds(stored):
            falls_back = told is None and note.by not in {"case", "computed"}
            return not (note.null or stored is None or falls_back) and bool(told != stored)
    return stored is None and told is not None


def say(node: Any, steps: Steps, value: Any) -> Any:
    """Return the node with a value at a place where nothing is."""
    top: list[Any] = [node]
    around: Any = top
    at: str | int = 0
    for step, known in steps:
        if around[at] is None or around[at] is NOTHING:
            around[at] = [] if isinstance(step, int) else {}
        inner = around[at]
        if isinstance(inner, list) and isinstance(step, int):
            inner.extend([None] * (step + 1 - len(inner)))
        elif isinstance(inner, dict) and isinstance(step, str):
            if step not in inner:
                _insert(inner, step, known)
        else:
            return top[0]  # something else stands there, and nothing can be said
        around, at = inner, step
    if around[at] is None:
        around[at] = value
    return top[0]


def _insert(members: dict[str, Any], name: str, known: Sequence[str]) -> None:
    """Add a member that is null, before those that are expected behind it."""
    rank = {name: n for n, name in enumerate(known)}
    behind = [(other, members.pop(other)) for other in list(members) if rank.get(other, len(rank)) > rank[name]]
    members[name] = None
    members.update(behind)


def member_name(column: str, stored: Any, notes: RowComplement | None) -> str:
    """Return the member's name that a key column stands for."""
    note = None if notes is None else notes.overriding(column)
    if note is not None and note.holds(stored):
        return str(note.value)
    return stored if isinstance(stored, str) else unfit(column, "name of a member", stored)


def member_names(column: str, stored: Any, notes: RowComplement | None, separator: str) -> tuple[str, ...]:
    """Return the names of members, one in the other, that a joined key column stands for."""
    text = member_name(column, stored, notes)
    names = split_names(text, separator)
    if "\\" in text and join_names(names, separator) != text:
        clash(f"column {column} joins names in a way of its own")
    return names


def said_elsewhere(residue: Any, pointers: Sequence[Pointer]) -> bool:
    """Say whether the rest has a scalar or null at an alternative, which silence would bring to light."""
    for pointer in pointers:
        value = _at(residue, pointer)
        if value is not NOTHING and not isinstance(value, (dict, list)):
            return True
    return False


def see_choice(column: str, residue: Any, node: Any, pointers: Sequence[Pointer], *, whole: bool) -> None:
    """Raise where a column of several places would take what the rest has at one; `whole`: of any kind."""
    there = [(value, pointer) for pointer in pointers if (value := _at(node, pointer)) is not NOTHING]
    values = [(value, pointer) for value, pointer in there if whole or not isinstance(value, dict | list)]
    values.sort(key=lambda found: found[0] is None)
    for _, pointer in values[:1]:
        rest = _at(residue, pointer)
        is_gap = rest is None and isinstance(pointer[-1], int)
        if rest is not NOTHING and not is_gap:
            clash(f"the rest has @{jsontext.json_path(pointer)[1:]}, which belongs into column {column}")


def _at(value: Any, pointer: Pointer) -> Any:
    """Return what is at a place, `NOTHING` where nothing is."""
    for step in pointer:
        value = _inside(value, step)
        if value is NOTHING:
            break
    return value


def _inside(value: Any, step: str | int) -> Any:
    """Return what is one step within a value, `NOTHING` where nothing is."""
    if isinstance(value, dict):
        return value.get(step, NOTHING)
    return value[step] if isinstance(value, list) and isinstance(step, int) and step < len(value) else NOTHING


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


def see_all(residue: Any, node: Any) -> None:
    """Raise where something of the rest is not in the node, as a column or a row stands in its place."""
    pending = [(residue, node)]
    for beside, value in pending:  # grows on the way
        if beside.__class__ is dict and value.__class__ is dict and value is not AWAITED:
            for name, inner in beside.items():
                found = value.get(name, NOTHING)
                if found is not inner:
                    pending.append((inner, found))
        elif beside.__class__ is list and value.__class__ is list and len(beside) <= len(value):
            if len(beside) < len(value) and beside and beside[-1] is None:
                clash(f"the rest ends with null at {_place_of(beside, residue)}, but a later element is there")
            pending += [(inner, value[n]) for n, inner in enumerate(beside) if inner is not None]
        elif beside is not value:
            clash(f"the rest has {_place_of(beside, residue)}, where a column or a row has something too")


def see_places(residue: Any, claim: Claim) -> None:
    """Raise where a rest column has something that `flatten` would put aside, so that it gives way to an edit."""
    for pointer in misplaced(residue, claim):
        clash(f"the rest has @{jsontext.json_path(pointer)[1:]}, which is the place of a column or of rows")


def _place_of(one: Any, residue: Any) -> str:
    path = next(path for path, inner in _walk(residue) if inner is one)
    return f"@{jsontext.json_path(path)[1:]}"


def _walk(value: Any) -> Iterator[tuple[Pointer, Any]]:
    pending: list[tuple[Pointer, Any]] = [((), value)]
    for path, inner in pending:  # grows on the way
        yield path, inner
        if isinstance(inner, (dict, list)):
            members = inner.items() if isinstance(inner, dict) else enumerate(inner)
            pending += [((*path, step), value) for step, value in members]


def leftovers(node: dict[str, Any], residue: dict[str, Any]) -> None:
    """Add the members of the rest that `node` does not have yet."""
    for name, value in residue.items():
        if name not in node:
            node[name] = value


def indexed(items: Sequence[tuple[int, Any]], fillers: Sequence[tuple[int, Any]], residue: Any) -> Any:
    """Return the array that has `items` at their indexes and the rest's elements elsewhere; NOTHING for none.

    An array has no gaps: where a later element is there, `fillers` give what would have been left out, or it has null.
    """
    base = list(residue) if isinstance(residue, list) else []
    for index, value in items:
        base.extend([None] * (index + 1 - len(base)))
        base[index] = value
    for index, value in fillers:
        if index < len(base) and base[index] is None:
            base[index] = value
    return base if items or isinstance(residue, list) else NOTHING


class Tree:
    """Puts rows into a tree of objects, where the walk that made them rows finds them again."""

    def __init__(self, row_if: Collection[str], claimed: Collection[str]) -> None:
        self._row_if, self._claimed = frozenset(row_if), frozenset(claimed)

    def __call__(self, node: Any, path: tuple[str, ...], value: Any) -> bool:
        """Set the member at `path`, making the objects on the way; False: no walk would find it there."""
        row_if = self._row_if
        if value.__class__ is not dict or row_if.isdisjoint(value):
            return False
        if path[0] in self._claimed or not row_if.isdisjoint(path[1:]):
            return False
        for name in path[:-1]:
            node = node.setdefault(name, {})
            if node.__class__ is not dict or not node.keys().isdisjoint(row_if):  # of however many members
                return False
        return node.setdefault(path[-1], value) is value


class Once(Generic[_Made]):
    """Makes something when it is first called for, and keeps it."""

    def __init__(self, make: Callable[[], _Made]) -> None:
        self._make, self._made = make, list[_Made]()

    def __call__(self) -> _Made:
        """Return what is made."""
        if not self._made:
            self._made.append(self._make())
        return self._made[0]


def row_names(groups: Iterable[tuple[bool, Mapping[RowKey, Any], Sequence[Sequence[Any]]]]) -> dict[int, RowNames]:
    """Return the names of the rows in each object that has some, by its identity.

    Shapes: for each group whether its rows are sorted by name, its objects by the key of the row above, and its rows in
    their order: that key is the second, the name or names are the fourth.
    """
    found: dict[int, RowNames] = {}
    for are_sorted, places, waiting in groups:
        for _, above, _, names, *_ in waiting:
            node = places.get(above)
            for name in (names,) if isinstance(names, str) else names:
                if not isinstance(node, dict):
                    break
                found.setdefault(id(node), RowNames({}, are_sorted)).names[name] = None
                node = node.get(name)
    return found


Feeding = tuple[Iterable[Row], KeyOf, KeyOf, KeyOf]  # rows, and of a row: its parent's key, its key, its order


def place_strays(strays: Mapping[RowKey, tuple[list[Any], Strays]], feeding: Sequence[Feeding]) -> None:
    """Insert elements that are no rows into the arrays of their parents, whose rows come from `feeding`."""
    keys: dict[RowKey, list[tuple[Any, RowKey]]] = {}
    for rows, parent_of, key_of, order_of in feeding:
        for row in rows:
            if (parent := parent_of(row)) in strays:
                keys.setdefault(parent, []).append((order_of(row), key_of(row)))
    for parent, (elements, note) in strays.items():
        ordered = keys.get(parent, [])
        if len(feeding) > 1:
            ordered.sort(key=lambda pair: pair[0])
        note.put(elements, [key for _, key in ordered], [order for order, _ in ordered])


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
