"""Folds: places that are alike become one.

In: the graph of shapes as it was seen, a tree. Out: the same graph with maps (objects whose member names are data),
recursions and one-or-many found, so that it is small whatever the depth and width of the documents. Never looks at
a document again, and never joins what a row of one table could not hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median

from docrel.infer_shapes import Shape, collapse, resolved, unite

_DATA = re.compile(
    r".*[/@:.\\].|[0-9].*|[0-9a-fA-F-]{32,}|.*\s.*\s.*|.{60,}|[A-Za-z0-9_.-]+@.*|[^\x00-\x7f]+|#.*", re.DOTALL
)


def fold(root: Shape) -> int:
    """Find maps and recursions in place; returns how many shapes less there are."""
    fewer = 0
    while True:
        found = _maps(root) + _nested_arrays(root) + _free_forms(root) + _recursions(root)
        if not found:
            break
        fewer += found
    fewer += _absorb(root) + _recursions(root)
    while found := _siblings(root):
        fewer += found + _recursions(root)
    return fewer


def reachable(root: Shape) -> Iterator[Shape]:
    """Yield every shape of the graph, parents first."""
    pending, seen = [resolved(root)], {id(resolved(root))}
    while pending:
        shape = pending.pop()
        yield shape
        for inner in shape.links():
            if id(inner) not in seen:
                seen.add(id(inner))
                pending.append(inner)


# -- maps ------------------------------------------------------------------------------------------


def _maps(root: Shape) -> int:
    fewer = 0
    for shape in reachable(root):
        names = data_names(shape)
        if names:
            fewer += collapse(shape, names)
    return fewer


def data_names(shape: Shape) -> list[str]:
    """Return the member names that are data: ids, versions, whatever the author of the document made up."""
    members = {name: resolved(inner) for name, inner in shape.members.items()}
    if len(members) < 3:
        return []
    if shape.others is not None:
        return [n for n, m in members.items() if m.seen <= 0.02 * shape.objects or m is resolved(shape.others)]
    rates = _rates(shape, members)
    rare = [name for name in members if rates.rate[name] <= 0.4]
    if len(rare) >= 4 and alike([members[n] for n in rare]) >= 0.6 and _grows(rare, rates):
        return rare
    if _speaks_of_data(members):
        return list(members)
    objects = any(m.objects for m in members.values())
    if len(members) >= (6 if objects else 12) and alike(list(members.values())) >= 0.75:
        return list(members)
    rare = [name for name in members if rates.rate[name] <= 0.1]
    share = sum(members[n].seen for n in rare) / max(1, sum(m.seen for m in members.values()))
    if len(rare) >= max(12, 0.5 * rates.units) and rates.units >= 10 and share >= 0.3:
        often = [n for n in members if rates.rate[n] > 0.4]
        return [n for n in members if n not in often]
    return []


@dataclass(slots=True)
class _Rates:
    """In what share of the units (documents, or objects where those are few) a member is there."""

    units: int
    rate: dict[str, float]


def _rates(shape: Shape, members: dict[str, Shape]) -> _Rates:
    if shape.documents >= 8:
        return _Rates(shape.documents, {n: m.documents / shape.documents for n, m in members.items()})
    units = max(1, shape.objects)
    return _Rates(units, {n: m.seen / units for n, m in members.items()})


def _grows(rare: list[str], rates: _Rates) -> bool:
    """Say whether more documents would bring more names: that is what data does."""
    typical = median(rates.rate[n] * rates.units for n in rare)
    return len(rare) >= 12 or typical <= max(1.5, 0.1 * rates.units)


def _speaks_of_data(members: dict[str, Shape]) -> bool:
    """Say whether the names look like data and what they hold is all of one kind."""
    looks = sum(bool(_DATA.fullmatch(name)) for name in members)
    kinds = [_kinds(m) for m in members.values()]
    usual = max(sum(k == kind for k in kinds) for kind in set(kinds))
    return looks >= (0.3 if len(members) >= 5 else 0.6) * len(members) and usual >= 0.8 * len(members)


def alike(shapes: list[Shape]) -> float:
    """Return how much objects (or arrays of objects) have in common: 1 where all have the same members."""
    keyed = [_keys(s) for s in shapes]
    known = [keys for keys in keyed if keys]
    if len(known) < 0.75 * len(shapes) and not _scalar_or_object(shapes):
        return 0.0
    counts: dict[str, int] = {}
    for keys in known:
        for key in keys:
            counts[key] = counts.get(key, 0) + 1
    core = {key for key, count in counts.items() if count >= 0.5 * len(known)}
    if not core:
        return 0.0
    total = sum(resolved(s).seen for keys in known for s in keys.values())
    return sum(resolved(s).seen for keys in known for key, s in keys.items() if key in core) / max(1, total)


def _scalar_or_object(shapes: list[Shape]) -> bool:
    """Say whether these are all alike in being now an object and now a scalar in its place."""
    objects = [s for s in shapes if s.objects and s.members]
    both = [s for s in objects if s.scalars > s.nulls]
    return len(objects) >= 0.3 * len(shapes) and len(both) >= 0.4 * len(objects) and len(both) >= 2


def _keys(shape: Shape) -> dict[str, Shape]:
    """The members of the objects here or, where there are only arrays, of the objects in them."""
    if shape.members or shape.elements is None:
        return shape.members
    return resolved(shape.elements).members


def _kinds(shape: Shape) -> str:
    words = (("o", shape.objects), ("a", shape.arrays), ("s", shape.scalars - shape.nulls))
    return "".join(word for word, count in words if count)


# -- arrays in arrays, and values of any form --------------------------------------------------------


def _nested_arrays(root: Shape) -> int:
    fewer = 0
    for shape in reachable(root):
        if shape.elements is not None:
            elements = resolved(shape.elements)
            while elements.elements is not None and resolved(elements.elements) is not elements:
                fewer += unite(elements, elements.elements)
                elements = resolved(elements)
    return fewer


def _free_forms(root: Shape) -> int:
    """Where a map holds now scalars, now arrays, now maps, all of these are one kind of node."""
    fewer = 0
    for shape in list(reachable(root)):
        if resolved(shape) is not shape or shape.others is None:
            continue
        node = resolved(shape.others)
        for inner in (node.others, node.elements):
            if inner is None or resolved(inner) is node:
                continue
            below = resolved(inner)
            mixed = len(set(_kinds(below)) & set(_kinds(node)) - ({"o"} if inner is node.others else set())) > 0
            if mixed and not (node.members and below.members and overlap(below, node) < 0.5):
                fewer += unite(node, below)
                node = resolved(node)
    return fewer


# -- recursion -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Step:
    """One step down: `many` is "[*]" or ".*" where rows begin, `label` the name of the member they are in."""

    shape: Shape
    many: str
    label: str | None


def _recursions(root: Shape) -> int:
    """Unite rows with rows that they lie in, where they are alike."""
    fewer = 0
    done: set[int] = set()
    pending: list[tuple[Shape, tuple[_Step, ...], str | None]] = [(resolved(root), (), None)]
    while pending:
        shape, above, label = pending.pop()
        shape = resolved(shape)
        if id(shape) in done:
            continue
        done.add(id(shape))
        for many, name, inner in _steps(shape):
            below = resolved(inner)
            if not many:
                pending.append((below, above, name))
                continue
            step = _Step(below, many, name or label)
            match = next((a for a in reversed(above) if a.shape is below or _same_rows(step, a)), None)
            if match is not None:
                fewer += unite(match.shape, below) if resolved(match.shape) is not below else 0
                continue
            pending.append((below, (*above, step), None))
    return fewer


def _steps(shape: Shape) -> Iterator[tuple[str, str | None, Shape]]:
    for name, inner in shape.members.items():
        yield "", name, inner
    if shape.others is not None:
        yield ".*", None, shape.others
    if shape.elements is not None:
        yield "[*]", None, shape.elements


def _same_rows(step: _Step, above: _Step) -> bool:
    one, other = step.shape, resolved(above.shape)
    if not one.members or not other.members:
        return False
    shared = overlap(one, other)
    common = len(one.members.keys() & other.members.keys())
    direct = resolved(other.others or other) is one or resolved(other.elements or other) is one
    if direct or (step.label is not None and step.label == above.label):
        return shared >= 0.5
    return shared >= 0.8 and common >= 3 and overlap(other, one) >= 0.4


def overlap(one: Shape, other: Shape) -> float:
    """Return which share of what `one` holds has a place in `other`, of the same kind."""
    total = held = 0
    for name, inner in one.members.items():
        mine = resolved(inner)
        total += mine.seen
        theirs = other.members.get(name)
        if theirs is not None and (not _kinds(mine) or set(_kinds(mine)) & set(_kinds(resolved(theirs)) or "oas")):
            held += mine.seen
    return held / total if total else 0.0


# -- the same rows in several places ------------------------------------------------------------------


def _siblings(root: Shape) -> int:
    """Unite rows of objects that have the same name in several places, where they are alike."""
    fewer = 0
    by_label: dict[tuple[str, str], list[Shape]] = {}
    for shape in list(reachable(root)):
        for name, inner in shape.members.items():
            for many, _, rows in _steps(resolved(inner)):
                if not many or not resolved(rows).members:
                    continue
                known = by_label.setdefault((name, many), [])
                below = resolved(rows)
                match = next((s for s in known if resolved(s) is below or _much_alike(resolved(s), below)), None)
                if match is None:
                    known.append(below)
                else:
                    fewer += unite(match, below)
    return fewer


def _much_alike(one: Shape, other: Shape) -> bool:
    common = len(one.members.keys() & other.members.keys())
    return common >= 2 and min(overlap(one, other), overlap(other, one)) >= 0.5


# -- a recursion that begins higher up ----------------------------------------------------------------


def _absorb(root: Shape) -> int:
    """Take objects that only group the nodes of a recursive map as nodes too, if that joins several maps."""
    fewer = 0
    for node in list(reachable(root)):
        if resolved(node) is not node or node.others is None or resolved(node.others) is not node:
            continue
        if top := next((s for s in reachable(root) if _groups(s, node)), None):
            fewer += _take(top, node)
    return fewer


def _groups(top: Shape, node: Shape) -> bool:
    """Say whether at least two maps of such nodes lie in `top`, and nothing but them."""
    below = list(_between(top, node))
    return top is not node and bool(below) and all(s is not None for s in below) and len(below) > 2


def _between(top: Shape, node: Shape) -> Iterable[Shape | None]:
    """Yield the objects from `top` down to the nodes; None for what cannot be a node."""
    pending, seen = [top], set[int]()
    while pending:
        shape = resolved(pending.pop())
        if shape is node or id(shape) in seen:
            continue
        seen.add(id(shape))
        recursive = shape.others is not None and resolved(shape.others) is shape
        if shape.scalars or shape.arrays or not shape.objects or (shape.others and not recursive and resolved(shape.others) is not node):
            yield None
            return
        if shape.members.keys() & node.members.keys() or recursive:
            yield shape if overlap(_named(shape, node), node) >= 0.9 else None
        else:
            yield shape
        pending.extend(m for n, m in shape.members.items() if n not in node.members)


def _named(shape: Shape, node: Shape) -> Shape:
    return Shape(members={n: m for n, m in shape.members.items() if n in node.members})


def _take(top: Shape, node: Shape) -> int:
    """Make every object below `top` a node, and `top` a map of them."""
    fewer = 0
    between = [s for s in _between(top, node) if s is not None and s is not top]
    top.others = node
    fewer += collapse(top, list(top.members))
    for shape in between:
        if resolved(shape) is not resolved(node):
            shape.others = shape.others or node
            fewer += collapse(shape, [n for n in shape.members if n not in resolved(node).members])
            fewer += unite(node, shape)
    return fewer
