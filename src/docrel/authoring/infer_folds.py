"""Folds: places that are alike become one.

In: the graph of shapes as it was seen, a tree. Out: the same graph with maps (objects whose member names
are data), recursions and one-or-many found, so that it is small whatever the depth and width of the
documents. Never looks at a document again, and never joins what a row of one table could not hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from docrel.authoring import infer_limits as limits
from docrel.authoring.infer_maps import find_maps, kinds_of
from docrel.authoring.infer_records import record
from docrel.authoring.infer_shapes import Shape, collapse, reachable, resolved, unite

Rule = Callable[[Shape], int]
"""Folds what it finds anywhere in the graph; returns how many shapes less there are."""


def fold(root: Shape) -> int:
    """Find maps and recursions in place; returns how many shapes less there are."""
    return _folded(root, NEAR) + groups(root) + recursions(root) + _folded(root, FAR)


def _folded(root: Shape, rules: tuple[Rule, ...]) -> int:
    """Apply rules in their order, and again until none of them finds any more."""
    fewer = 0
    while united := sum(rule(root) for rule in rules):
        fewer += united
    return fewer


# -- arrays in arrays, and values of any form --------------------------------------------------------


def nested_arrays(root: Shape) -> int:
    """Take arrays within arrays, however deep, for one array of their elements.

    >>> nested_arrays(learnt([[[1], 2], 3]))
    2
    """
    fewer = 0
    for shape in reachable(root):
        if shape.elements is not None:
            elements = resolved(shape.elements)
            while elements.elements is not None and _a_list(elements):
                fewer += unite(elements, elements.elements)
                elements = resolved(elements)
    return fewer


def _a_list(elements: Shape) -> bool:
    """Say whether these arrays hold what the array around them holds too, rather than being its records."""
    inner = resolved(elements.elements or elements)
    return inner is not elements and not record(elements, row=True) and not record(inner, row=True)


def free_forms(root: Shape) -> int:
    """Where a map holds now scalars, now arrays, now objects of any kind, these are one kind of node.

    >>> root = learnt({"1.0": 1, "1.1": [2], "1.2": {"x": 3}}, {"1.0": [4], "1.1": {"y": 5}, "1.2": 6},
    ...               {"1.0": {"z": 7}, "1.1": 8, "1.2": [9]})
    >>> find_maps(root), free_forms(root)
    (4, 4)
    """
    fewer = 0
    for shape in list(reachable(root)):
        if resolved(shape) is not shape or shape.others is None:
            continue
        node = resolved(shape.others)
        if node is shape or not is_free(node) or (node.others is node and node.elements is node):
            continue
        for part in (node.others, node.elements, shape.elements):
            fewer += unite(node, part) if part is not None else 0
        node = resolved(node)
        node.others = node.elements = node
        fewer += collapse(node, list(node.members))
    return fewer


def is_free(node: Shape) -> bool:
    """Say whether nodes are now scalars, now containers, and the objects have no member in common."""
    containers = node.objects + node.arrays
    usual = max((resolved(m).seen for m in node.members.values()), default=0)
    return (
        node.scalars - node.nulls >= limits.FREE_SCALARS * node.seen
        and containers >= max(2, limits.FREE_CONTAINERS * node.seen)
        and (not node.objects or usual < limits.FREE_MEMBER * node.objects)
    )


# -- recursion -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Descent:
    """One step down: `many` is "[*]" or ".*" where rows begin, `label` the name of the member they are in."""

    shape: Shape
    many: str
    label: str | None


def recursions(root: Shape) -> int:
    """Unite rows with rows that they lie in, where they are alike.

    >>> recursions(learnt({"item": [{"text": "a", "item": [{"text": "b"}]}]}))
    2
    """
    fewer = 0
    done: set[int] = set()
    pending: list[tuple[Shape, tuple[_Descent, ...], str | None]] = [(resolved(root), (), None)]
    while pending:
        shape, above, label = pending.pop()
        shape = resolved(shape)
        if id(shape) in done:
            continue
        done.add(id(shape))
        for many, name, inner in list(_steps(shape)):
            below = resolved(inner)
            if not many:
                pending.append((below, above, name))
                continue
            descent = _Descent(below, many, name or label)
            match = next((a for a in reversed(above) if a.shape is below or _same_rows(descent, a)), None)
            if match is not None:
                fewer += unite(match.shape, below) if resolved(match.shape) is not below else 0
                continue
            pending.append((below, (*above, descent), None))
    return fewer


def _steps(shape: Shape) -> Iterator[tuple[str, str | None, Shape]]:
    for name, inner in shape.members.items():
        yield "", name, inner
    if shape.others is not None:
        yield ".*", None, shape.others
    if shape.elements is not None:
        yield "[*]", None, shape.elements


def _same_rows(descent: _Descent, above: _Descent) -> bool:
    one, other = descent.shape, resolved(above.shape)
    if not one.members or not other.members:
        return False
    shared = overlap(one, other)
    common = len(one.members.keys() & other.members.keys())
    direct = resolved(other.others or other) is one or resolved(other.elements or other) is one
    if direct or (descent.label is not None and descent.label == above.label):
        return shared >= limits.RECURSION_NAMED
    back = overlap(other, one)
    return shared >= limits.RECURSION and common >= limits.RECURSION_MEMBERS and back >= limits.RECURSION_BACK


def overlap(one: Shape, other: Shape) -> float:
    """Return which share of what `one` holds has a place in `other`, of the same kind."""
    total = held = 0
    for name, inner in one.members.items():
        mine = resolved(inner)
        total += mine.seen
        theirs = other.members.get(name)
        if theirs is not None and (
            not kinds_of(mine) or set(kinds_of(mine)) & set(kinds_of(resolved(theirs)) or "oas")
        ):
            held += mine.seen
    return held / total if total else 0.0


# -- the same rows in several places ------------------------------------------------------------------


def siblings(root: Shape) -> int:
    """Unite rows that have the same name in several places, where they are alike.

    >>> siblings(learnt({"bill": {"lines": [{"sku": "a", "qty": 1}]}, "cart": {"lines": [{"sku": "b", "qty": 2}]}}))
    3
    """
    fewer = 0
    known: dict[tuple[str, str], list[Shape]] = {}
    places = Counter((name, many) for name, many, _ in _labelled(root))
    for name, many, rows in _labelled(root):
        same_name = known.setdefault((name, many), [])
        often = places[name, many] >= limits.SIBLING_PLACES
        match = next((s for s in same_name if _much_alike(resolved(s), rows, often=often)), None)
        if match is None:
            same_name.append(rows)
        else:
            fewer += unite(match, rows)
    return fewer


def _labelled(root: Shape) -> Iterator[tuple[str, str, Shape]]:
    for shape in list(reachable(root)):
        for name, inner in list(shape.members.items()):
            for many, _, rows in list(_steps(resolved(inner))):
                if many:
                    yield name, many, resolved(rows)


def _much_alike(one: Shape, other: Shape, *, often: bool) -> bool:
    """Say whether rows of one name are of one kind; a name that comes `often` needs less proof."""
    if one is other:
        return True
    if not one.members and not other.members:
        return kinds_of(one) == kinds_of(other) == "s" and bool(one.texts) == bool(other.texts)
    common = one.members.keys() & other.members.keys()
    if often and common:
        return max(overlap(one, other), overlap(other, one)) >= limits.SIBLINGS
    within = [n for n in common if resolved(one.members[n]).members and resolved(other.members[n]).members]
    if len(common) < limits.SIBLING_MEMBERS and not within:
        return False
    return min(overlap(one, other), overlap(other, one)) >= limits.SIBLINGS


def same_forms(root: Shape) -> int:
    """Unite rows of exactly the same form in many places whatever their names, as histories of values.

    >>> same_forms(learnt({name: [{"from": 1, "to": 2, "value": 3}] for name in ("size", "form", "type", "unit")}))
    12
    """
    fewer = 0
    forms: dict[frozenset[str], dict[str, Shape]] = {}
    for name, _, rows in _labelled(root):
        if len(rows.members) >= limits.FORM_MEMBERS and not rows.scalars:
            forms.setdefault(frozenset(rows.members), {})[name] = rows
    for places in forms.values():
        if len(places) >= limits.SIBLING_PLACES:
            first, *more = places.values()
            fewer += sum(unite(first, s) for s in more)
    return fewer


# -- a recursion that begins higher up ----------------------------------------------------------------


def groups(root: Shape) -> int:
    """Take objects that only group the nodes of a recursive map as nodes too, if that joins several maps.

    >>> def nodes(n):
    ...     return {f"{n}.{i}": {"status": {"at": 1}, f"{i}.{n}": {"status": {"at": 2}}} for i in range(8)}
    >>> root = learnt({"css": {"properties": nodes(0)}, "html": {"elements": nodes(1)}})
    >>> _folded(root, NEAR), groups(root)
    (90, 7)
    """
    fewer = 0
    for node in list(reachable(root)):
        if resolved(node) is not node or node.others is None or resolved(node.others) is not node:
            continue
        if top := next((s for s in reachable(root) if _only_groups(s, node)), None):
            fewer += _take(top, node)
    return fewer


def _only_groups(top: Shape, node: Shape) -> bool:
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
        if shape.scalars or shape.arrays or not shape.objects:
            yield None
            return
        if shape.members.keys() & node.members.keys() or recursive:
            yield shape if overlap(_named(shape, node), node) >= limits.GROUPED else None
        else:
            yield shape
        pending.extend(m for n, m in shape.members.items() if n not in node.members)
        pending.extend([shape.others] if shape.others is not None else [])


def _named(shape: Shape, node: Shape) -> Shape:
    return Shape(members={n: m for n, m in shape.members.items() if n in node.members})


def _take(top: Shape, node: Shape) -> int:
    """Make every object below `top` a node, and `top` a map of them."""
    fewer = 0
    between = [s for s in _between(top, node) if s is not None and s is not top]
    if top.others is not None:
        fewer += unite(node, top.others)
    top, node = resolved(top), resolved(node)
    top.others = node
    fewer += collapse(top, list(top.members))
    for place in between:
        shape, node = resolved(place), resolved(node)
        if shape is not node:
            shape.others = shape.others or node
            fewer += collapse(shape, [n for n in shape.members if n not in node.members])
            fewer += unite(node, shape)
    return fewer


NEAR: tuple[Rule, ...] = (find_maps, nested_arrays, free_forms, recursions)
"""What is alike in one place, or on the way down to it."""
FAR: tuple[Rule, ...] = (siblings, same_forms, recursions)
"""What is alike in places apart."""
