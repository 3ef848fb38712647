"""Maps: objects whose member names are data.

In: the graph of shapes. Out: the same graph where the members of such objects are one shape, `others`.
Decides by how many names there are, how often each comes, how they look, and how alike what they hold is;
never by a single document's word where there are more.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from docrel.authoring import infer_limits as limits
from docrel.authoring.infer_shapes import Shape, collapse, reachable, resolved

_DATA = re.compile(
    r".*[/@:.\\].|[0-9].*|[0-9a-fA-F-]{32,}|.*\s.*\s.*|.{60,}|[A-Za-z0-9_.-]+@.*|[^\x00-\x7f]+|#.*", re.DOTALL
)


def find_maps(root: Shape) -> int:
    """Find maps in place; returns how many shapes less there are."""
    fewer = 0
    for shape in reachable(root):
        names = data_names(shape)
        if names:
            fewer += collapse(shape, names)
    return fewer


def data_names(shape: Shape) -> list[str]:
    """Return the member names that are data: ids, versions, whatever the author of the document made up."""
    members = {name: resolved(inner) for name, inner in shape.members.items()}
    if len(members) < limits.MAP_MEMBERS:
        return []
    if shape.others is not None:
        stray = limits.MAP_STRAY * shape.objects
        return [n for n, m in members.items() if m.seen <= stray or m is resolved(shape.others)]
    rates = _rates(shape, members)
    rare = [name for name in members if rates.rate[name] <= limits.MAP_RARE]
    many = len(rare) >= max(limits.MAP_RARE_MEMBERS, len(members) // 2)
    if many and alike([members[n] for n in rare]) >= limits.MAP_RARE_ALIKE and _grows(rare, rates):
        return _without_own(rare, members)
    if _speaks_of_data(members):
        return list(members)
    objects = any(m.objects for m in members.values())
    wide = limits.MAP_OBJECTS if objects else limits.MAP_SCALARS
    if len(members) >= wide and alike(list(members.values())) >= limits.MAP_ALIKE:
        return _without_own(list(members), members)
    rare = [name for name in members if rates.rate[name] <= max(limits.MAP_ONCE, limits.MAP_ONCE_UNITS / rates.units)]
    share = sum(members[n].seen for n in rare) / max(1, sum(m.seen for m in members.values()))
    enough = limits.MAP_ONCE_SHARE if rates.units >= limits.MAP_MANY_UNITS else limits.MAP_ONCE_SHARE_OF_FEW
    many = len(rare) >= max(limits.MAP_GROWING, limits.MAP_ONCE_A_UNIT * rates.units)
    if rates.units >= limits.MAP_UNITS and many and share >= enough:
        return [n for n in members if rates.rate[n] <= limits.MAP_RARE]
    return []


def _without_own(names: list[str], members: dict[str, Shape]) -> list[str]:
    """Leave out what is a member of the others as well: in a recursion, that is the node's own part."""
    inside = _core([keys for n in names if (keys := members[n].members)])
    return [n for n in names if n not in inside]


@dataclass(slots=True)
class _Rates:
    """In what share of the units (documents, or objects where those are few) a member is there."""

    units: int
    rate: dict[str, float]


def _rates(shape: Shape, members: dict[str, Shape]) -> _Rates:
    if shape.documents >= limits.MAP_DOCUMENTS:
        return _Rates(shape.documents, {n: m.documents / shape.documents for n, m in members.items()})
    units = max(1, shape.objects)
    return _Rates(units, {n: m.seen / units for n, m in members.items()})


def _grows(rare: list[str], rates: _Rates) -> bool:
    """Say whether more documents would bring more names: that is what data does."""
    typical = median(rates.rate[n] * rates.units for n in rare)
    return len(rare) >= limits.MAP_GROWING or typical <= max(limits.MAP_TYPICAL, limits.MAP_ONCE * rates.units)


def _speaks_of_data(members: dict[str, Shape]) -> bool:
    """Say whether the names look like data and what they hold is all of one kind."""
    looks = sum(bool(_DATA.fullmatch(name)) for name in members)
    kinds = [kinds_of(m) for m in members.values()]
    usual = max(sum(k == kind for k in kinds) for kind in set(kinds))
    share = limits.DATA_NAMES if len(members) >= limits.DATA_MEMBERS else limits.DATA_NAMES_OF_FEW
    return looks >= share * len(members) and usual >= limits.DATA_KIND * len(members)


def alike(shapes: list[Shape]) -> float:
    """Return how much objects (or arrays of objects) have in common: 1 where all have the same members."""
    keyed = [_keys(s) for s in shapes]
    known = [keys for keys in keyed if keys]
    if len(known) < limits.ALIKE_CONTAINERS * len(shapes) and not _scalar_or_object(shapes):
        return 0.0
    core = _core(known)
    if not core:
        return 0.0
    total = sum(resolved(s).seen for keys in known for s in keys.values())
    shared = sum(resolved(s).seen for keys in known for key, s in keys.items() if key in core)
    return max([shared / max(1, total), *_alike_inside(core, known)])


def _core(known: list[dict[str, Shape]]) -> set[str]:
    """Return the names that at least half of the objects have."""
    counts = Counter(name for keys in known for name in keys)
    return {name for name, count in counts.items() if count >= limits.ALIKE_CORE * len(known)}


def _alike_inside(core: set[str], known: list[dict[str, Shape]]) -> Iterator[float]:
    """Yield how alike the objects are that nearly all have under one name; what else they have may differ."""
    for key in core:
        inner = [resolved(keys[key]) for keys in known if key in keys]
        objects = [shape for shape in inner if len(shape.members) >= 2]
        if len(inner) >= limits.ALIKE_INSIDE * len(known) and len(objects) >= limits.ALIKE_INSIDE * len(inner):
            total = sum(resolved(s).seen for shape in objects for s in shape.members.values())
            usual = _core([shape.members for shape in objects])
            held = sum(resolved(s).seen for shape in objects for n, s in shape.members.items() if n in usual)
            yield held / max(1, total)


def _scalar_or_object(shapes: list[Shape]) -> bool:
    """Say whether these are all alike in being now an object and now a scalar in its place."""
    objects = [s for s in shapes if s.objects and s.members]
    both = [s for s in objects if s.scalars > s.nulls]
    many = len(objects) >= limits.EITHER_OBJECTS * len(shapes)
    return many and len(both) >= limits.EITHER_BOTH * len(objects) and len(both) >= 2


def _keys(shape: Shape) -> dict[str, Shape]:
    """The members of the objects here or, where there are only arrays, of the objects in them."""
    if shape.members or shape.elements is None:
        return shape.members
    return resolved(shape.elements).members


def kinds_of(shape: Shape) -> str:
    """Return a letter for each kind that was seen: "o" objects, "a" arrays, "s" scalars that are not null."""
    words = (("o", shape.objects), ("a", shape.arrays), ("s", shape.scalars - shape.nulls))
    return "".join(word for word, count in words if count)
