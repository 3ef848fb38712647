"""What generated flatten code runs on: the state of one load, and the small decisions too rare to generate.

In: values found by generated code. Out: rows, complements and problems in a `Flattening`. Knows nothing of SQL.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from docrel import jsontext
from docrel.codecs import CODECS, Codec
from docrel.complement import NOTHING, RowComplement, RowKey
from docrel.plan import Column, JoinedKey, Scalar, Table

EMPTY: dict[str, Any] = {}  # stands for an object that is not there; told apart by identity
CONTAINERS = (dict, list)
Row = tuple[Any, ...]
Items = Iterable[tuple[Any, Any]]
Refused = list[tuple[RowKey | None, Any, Any]]  # (key of the row before, place, node) of what became no row
FeedFunction = Callable[..., tuple[Refused | None, RowKey | None]]


@dataclass(frozen=True, slots=True)
class Problem:
    """A constraint that a document breaks: the JSON value at `path` cannot stand in `table.column`."""

    table: str
    column: str
    path: tuple[str | int, ...]
    rule: str  # required, one_of, minimum, maximum, unique
    value: Any


@dataclass(slots=True)
class Flattening:
    """Rows of one or more documents as they grow, and what holds for the document under way.

    Attributes:
        rows: Per table, in plan order, its rows as tuples in column order.
        next_ids: The next surrogate number of each sequence.
        complements: Notes on rows, by table number and row key.
        clean: The document is known to hold no U+0000 and no lone surrogate.
        now: The clock, ISO 8601; the same object for every row that takes it.
        given: The document's name as the caller gives it, None: it has to name itself.
    """

    rows: list[list[Row]]
    next_ids: list[int]
    complements: dict[tuple[int, RowKey], RowComplement] = field(default_factory=dict)
    clean: bool = False
    document: Any = None
    now: str = ""
    given: str | None = None
    problems: list[Problem] = field(default_factory=list)
    seen: set[tuple[Any, ...]] = field(default_factory=set)
    work: list[tuple[Any, ...]] = field(default_factory=list)

    def complement(self, table: int, key: RowKey) -> RowComplement:
        """Return the notes on a row, made now if there are none."""
        found = self.complements.get((table, key))
        if found is None:
            found = self.complements[table, key] = RowComplement()
        return found

    def work_off(self) -> None:
        """Flatten what recursions left to do, first come first served, so that siblings keep their order."""
        work = self.work
        done = 0
        while done < len(work):
            feed, value, by_member, keys, location, table, key, pointer = work[done]
            done += 1
            refused, _ = feed(value.items() if by_member else enumerate(value), keys, self, location, None)
            if refused:
                notes = self.complement(table, key)
                if by_member:
                    for _, name, node in refused:
                        notes.keep((*pointer, name), node)
                    notes.order.append((pointer, list(value)))
                else:
                    notes.strays.append((pointer, strays(refused)))
        work.clear()


def strays(refused: Refused) -> list[tuple[RowKey | None, Any]]:
    """Return refused elements with the key of the row that each follows."""
    return [(anchor, node) for anchor, _, node in refused]


class Shapes(dict[tuple[str, ...], tuple[Any, Any]]):
    """What an object's member names mean: `(names nobody claims, names in order if unexpected)`, learnt once."""

    def __init__(self, known: Sequence[str], claimed: Iterable[str], *, ordered: bool) -> None:
        super().__init__()
        self._rank = {name: n for n, name in enumerate(known)}
        self._claimed = frozenset(claimed)
        self._ordered = ordered

    def __missing__(self, names: tuple[str, ...]) -> tuple[Any, Any]:
        extra = tuple(n for n in names if n not in self._claimed) or None
        order = list(names) if self._ordered and expected(names, self._rank) != list(names) else None
        if len(names) <= 128:
            if len(self) >= 2048:
                self.clear()
            self[names] = (extra, order)
        return extra, order


def expected(names: Iterable[str], rank: dict[str, int]) -> list[str]:
    """Return the names as `rebuild` would order them: the known ones by rank, then the others as they come."""
    last = len(rank)
    return sorted(names, key=lambda name: rank.get(name, last))


def map_order(names: list[str], rank: dict[str, int], refused: Iterable[str]) -> list[str] | None:
    """Return the order of an object's members if it is not: known, kept in the rest, rows."""
    kept = set(refused)
    usual = expected((n for n in names if n in rank or n in kept), rank)
    usual += [n for n in names if n not in rank and n not in kept]
    return None if usual == names else names


def scalar_encoder(column: Column) -> Callable[[Any], tuple[Any, tuple[Any, ...] | None]]:
    """Return `value -> (stored, note)` for a scalar; the note is None where the column says it all."""
    codec: Codec = CODECS[column.type]
    encode, decode = codec.encode, codec.decode
    forward = {(type(a), a): b for a, b in column.map}
    backward: dict[tuple[type, Any], Any] = {}
    for a, b in column.map:
        backward.setdefault((type(b), b), a)

    def store(value: Any) -> tuple[Any, tuple[Any, ...] | None]:
        mapped = forward.get((type(value), value), value)
        stored = encode(mapped)
        if stored is None:
            return None, (None, value)
        back = decode(stored)
        back = backward.get((type(back), back), back)
        if type(back) is type(value) and back == value and (back != 0 or repr(back) == repr(value)):
            return stored, None
        if type(value) is int and type(back) is float and abs(value) < 2**53:
            return stored, ()
        return stored, (stored, value)

    return store


def column_decoder(column: Column) -> Callable[[Any], Any]:
    """Return the inverse of `scalar_encoder` for what the column says by itself."""
    decode = CODECS[column.type].decode
    backward: dict[tuple[type, Any], Any] = {}
    for a, b in column.map:
        backward.setdefault((type(b), b), a)
    if not backward:
        return decode

    def give(stored: Any) -> Any:
        value = decode(stored)
        return backward.get((type(value), value), value)

    return give


def join_names(names: Iterable[str], separator: str) -> str:
    r"""Join names so that `split_names` finds them again: `\` escapes; an empty name is written `\0`."""
    escaped = (n.replace("\\", "\\\\").replace(separator, "\\" + separator) or "\\0" for n in names)
    return separator.join(escaped)


def split_names(text: str, separator: str) -> tuple[str, ...]:
    """Split what `join_names` joined."""
    if text == "":
        return ()
    names, name, at = [], "", 0
    while at < len(text):
        if text[at] == "\\" and at + 1 < len(text):
            name += "" if text[at + 1] == "0" else text[at + 1]
            at += 2
        elif text.startswith(separator, at):
            names.append(name)
            name, at = "", at + len(separator)
        else:
            name += text[at]
            at += 1
    return (*names, name)


class Switch:
    """Chooses the source for a node by its discriminating values; -1 for none."""

    def __init__(self, cases: Sequence[Sequence[tuple[tuple[Any, ...], tuple[Scalar, ...]]]]) -> None:
        self._cases = [[(path, {(type(v), v) for v in values}) for path, values in case] for case in cases]
        self._fast: dict[tuple[type, Any], int] = {}
        paths = {tuple(path for path, _ in case) for case in self._cases}
        self._path = next(iter(paths))[0] if len(paths) == 1 and len(next(iter(paths))) == 1 else None
        if self._path is not None:
            for number, case in enumerate(self._cases):
                for value in case[0][1]:
                    self._fast.setdefault(value, number)

    def __call__(self, node: Any) -> int:
        from docrel.defaults import read

        if self._path is not None:
            value = read(node, self._path)
            return -1 if isinstance(value, CONTAINERS) else self._fast.get((type(value), value), -1)
        for number, case in enumerate(self._cases):
            if all(_is_one_of(read(node, path), values) for path, values in case):
                return number
        return -1


def _is_one_of(value: Any, values: set[tuple[type, Any]]) -> bool:
    return not isinstance(value, CONTAINERS) and (type(value), value) in values


def walk_tree(
    top: dict[str, Any],
    by_key: bool,
    row_if: frozenset[str],
    feed: Callable[[Any, dict[str, Any]], bool],
    note_order: Callable[[tuple[str, ...], list[str]], None],
) -> Any:
    """Give `feed` each object below `top` that has a member of `row_if`, with the names that lead to it.

    Shapes: `feed` gets `(first name, other names)` if `by_key`, else `("", names)`, and says whether it took the node.

    Returns:
        What was not taken, as `top` looks without the rest; NOTHING if all was.
    """
    nodes: list[tuple[dict[str, Any], tuple[str, ...], int]] = [(top, (), -1)]
    kept: list[dict[str, Any]] = [{}]
    taken: list[set[str]] = [set()]
    pending = [(0, name) for name in reversed(top)]
    while pending:
        number, name = pending.pop()
        node, names, _ = nodes[number]
        value = node[name]
        if not isinstance(value, dict) or not value:
            kept[number][name] = value
            continue
        path = (*names, name)
        if not row_if.isdisjoint(value):
            if feed((path[0], path[1:]) if by_key else ("", path), value):
                taken[number].add(name)
            else:
                kept[number][name] = value
            continue
        nodes.append((value, path, number))
        kept.append({})
        taken.append(set())
        pending.extend((len(nodes) - 1, inner) for inner in reversed(value))
    for number in range(len(nodes) - 1, 0, -1):
        _, path, parent = nodes[number]
        if taken[number]:
            taken[parent].add(path[-1])
        if kept[number]:
            kept[parent][path[-1]] = kept[number]
    for number, (node, path, _) in enumerate(nodes):
        leftovers = [n for n in node if n in kept[number]]
        usual = leftovers + [n for n in node if n not in kept[number]]
        if usual != list(node):
            note_order(path, list(node))
    return _sorted_like(nodes, kept)


def _sorted_like(nodes: list[tuple[dict[str, Any], tuple[str, ...], int]], kept: list[dict[str, Any]]) -> Any:
    for (node, _, _), left in zip(nodes, kept, strict=True):
        if len(left) > 1:
            ordered = {n: left[n] for n in node if n in left}
            left.clear()
            left.update(ordered)
    return kept[0] if kept[0] else NOTHING


def natural_key(values: Sequence[Any]) -> str:
    """Return the complement's name for a row without a surrogate: its key as a JSON array."""
    return json.dumps([v.hex() if isinstance(v, bytes) else v for v in values], ensure_ascii=True)


def sequences(plan_tables: Sequence[Table], shared: Iterable[frozenset[str]]) -> list[int]:
    """Return the sequence number of each table; tables that share an array share one, so that ids tell the order."""
    number = {table.name: n for n, table in enumerate(plan_tables)}
    leader = list(range(len(plan_tables)))
    for group in shared:
        members = sorted(number[name] for name in group)
        lowest = min(leader[m] for m in members)
        merged = {leader[m] for m in members}
        leader = [lowest if one in merged else one for one in leader]
    return leader


def joined(column: Column) -> str:
    """Return the separator of a joined key column."""
    if not isinstance(column.role, JoinedKey):
        raise TypeError(f"{column.name} is not a joined key")
    return column.role.separator


def dump_json(value: Any) -> str:
    """Return the JSON text that a JSON column holds."""
    return jsontext.dumps(value)
