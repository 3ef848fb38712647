"""Maps: objects whose member names are data.

In: the graph of shapes. Out: the same graph where the members of such objects are one shape, `others`.
Decides by how many names there are, how often each comes, how they look, and how alike what they hold is;
never by a single document's word where there are more.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from docrel.authoring import infer_limits as limits
from docrel.authoring.infer_shapes import Shape, collapse, reachable, resolved

_DATA = re.compile(
    r"[^@$#].*[/@:\\].*|.*[/@:\\].|[^@$#.].*\..+|[0-9].*|[0-9a-fA-F-]{20,}|.*\s.*\s.*|.{60,}|[A-Za-z0-9_.-]+@.*"
    r"|[^\x00-\x7f]+|#.*|-[A-Za-z0-9_-]{19}|[A-Z](?=[A-Z]*[0-9])[A-Z0-9]{7,11}|[a-z]{2}[-_][A-Z]{2}",
    re.DOTALL,
)
"""Paths, addresses, URLs, times, versions, numbers, hashes, prose, ids of Firebase and of Slack, locales."""
_PREFIXED = re.compile(
    r"(dc|dcterms|dcat|foaf|geo|og|owl|prov|rdf|rdfs|schema|sh|skos|twitter|vcard|xlink|xml|xmlns|xsd|xsi):[A-Za-z]+"
)
"""Members that a vocabulary names."""
_NUMBERED = re.compile(r"(.*[^0-9])[0-9]+")


def looks_like_data(name: str) -> bool:
    """Say whether a member's name looks like what the author of a document made up.

    >>> [name for name in ("src/a.py", "name", "a@b.org", "U012AB3CD", "-NxY12abc_DEF34ghi-J", "firstName", "dc:title",
    ...                    "k3Jd8fQz2LmP", "sha256") if looks_like_data(name)]
    ['src/a.py', 'a@b.org', 'U012AB3CD', '-NxY12abc_DEF34ghi-J', 'k3Jd8fQz2LmP']
    """
    return not _PREFIXED.fullmatch(name) and (bool(_DATA.fullmatch(name)) or _random(name))


def _random(name: str) -> bool:
    """Say whether letters small and large and digits change as they do in an id that a machine drew."""
    if len(name) < limits.RANDOM_LENGTH or not name.isascii():
        return False
    kinds = ["d" if c.isdigit() else "u" if c.isupper() else "l" for c in name if c.isalnum()]
    changes = sum(one != other for one, other in pairwise(kinds))
    return "d" in kinds and changes >= limits.RANDOM_CHANGES * len(name)


@dataclass(frozen=True, slots=True)
class Members:
    """What objects at one place hold by name, and in what share of the units each name is there.

    Units are documents, or objects where documents are few.
    """

    shapes: dict[str, Shape]
    units: int
    rates: dict[str, float]

    def rare(self, share: float) -> list[str]:
        """Return the names that are there in this share of the units at most."""
        return [name for name in self.shapes if self.rates[name] <= share]

    def alike(self, names: list[str]) -> float:
        """Return how much what these names hold is alike."""
        return alike([self.shapes[name] for name in names])

    def but_own(self, names: list[str]) -> list[str]:
        """Leave out what is a member of the others as well: in a recursion, that is the node's own part."""
        inside = _core([keys for name in names if (keys := self.shapes[name].members)])
        return [name for name in names if name not in inside]


Rule = Callable[[Members], list[str] | None]
"""Says which names are data; None where it cannot tell."""


def rare_and_alike(members: Members) -> list[str] | None:
    """Names that few documents have, that grow with the documents, and that hold alike objects.

    >>> rare_and_alike(seen({"id": 1, "a7": {"x": 1}, "c2": {"x": 3}}, {"id": 2, "d1": {"x": 4}, "e5": {"x": 5}},
    ...                     {"id": 3, "f9": {"x": 6}}))
    ['a7', 'c2', 'd1', 'e5', 'f9']
    """
    rare = members.rare(limits.MAP_RARE)
    many = len(rare) >= max(limits.MAP_RARE_MEMBERS, len(members.shapes) // 2)
    if many and members.alike(rare) >= limits.MAP_RARE_ALIKE and _grows(rare, members):
        return members.but_own(rare)
    return None


def speak_of_data(members: Members) -> list[str] | None:
    """Names that look like data and hold all one kind of thing.

    >>> speak_of_data(seen({"1.0": True, "1.1": False, "2.0": True}))
    ['1.0', '1.1', '2.0']
    """
    shapes = members.shapes
    looks = sum(map(looks_like_data, shapes))
    kinds = [kinds_of(shape) for shape in shapes.values()]
    usual = max(sum(k == kind for k in kinds) for kind in set(kinds))
    share = limits.DATA_NAMES if len(shapes) >= limits.DATA_MEMBERS else limits.DATA_NAMES_OF_FEW
    return list(shapes) if looks >= share * len(shapes) and usual >= limits.DATA_KIND * len(shapes) else None


def many_and_alike(members: Members) -> list[str] | None:
    """More names than an object of members has, all of which hold alike things.

    >>> many_and_alike(seen({name: {"since": 1, "until": 2} for name in ("oak", "elm", "ash", "yew", "fir", "box")}))
    ['oak', 'elm', 'ash', 'yew', 'fir', 'box']
    """
    names = list(members.shapes)
    objects = any(shape.objects for shape in members.shapes.values())
    wide = limits.MAP_OBJECTS if objects else limits.MAP_SCALARS
    return members.but_own(names) if len(names) >= wide and members.alike(names) >= limits.MAP_ALIKE else None


def hardly_ever_there(members: Members) -> list[str] | None:
    """Names that come about once each, so many of them that they hold much of what there is.

    >>> hardly_ever_there(seen(*({f"n{i}": 1, f"m{i}": "x", f"o{i}": [], "id": i} for i in range(8))))[:4]
    ['n0', 'm0', 'o0', 'n1']
    """
    once = members.rare(max(limits.MAP_ONCE, limits.MAP_ONCE_UNITS / members.units))
    held = sum(members.shapes[name].seen for name in once)
    share = held / max(1, sum(shape.seen for shape in members.shapes.values()))
    enough = limits.MAP_ONCE_SHARE if members.units >= limits.MAP_MANY_UNITS else limits.MAP_ONCE_SHARE_OF_FEW
    many = len(once) >= max(limits.MAP_GROWING, limits.MAP_ONCE_A_UNIT * members.units)
    told = members.units >= limits.MAP_UNITS and many and share >= enough
    return members.rare(limits.MAP_RARE) if told else None


def never_together(members: Members) -> list[str] | None:
    """Names of which each is in one unit only, and which hold all one kind of thing.

    >>> never_together(seen({"ann": 3, "bob": 5}, {"cid": 1, "dan": 2}))
    ['ann', 'bob', 'cid', 'dan']
    """
    names = list(members.shapes)
    once = all(rate * members.units <= 1 for rate in members.rates.values())
    told = members.units > 1 and once and len(names) >= limits.MAP_APART
    return names if told and one_kind(members.shapes.values()) else None


def rare_and_one_kind(members: Members) -> list[str] | None:
    """Names of which most come about once, in objects that hold nothing but one kind of scalar or list.

    >>> rare_and_one_kind(seen(*({"eslint": "^8", **{f"p{n}-{m}": "*" for m in range(n + 1)}} for n in range(4))))[:2]
    ['eslint', 'p0-0']
    """
    names = list(members.shapes)
    rare = members.rare(max(limits.MAP_ONCE, limits.MAP_ONCE_UNITS / members.units))
    many = members.units > 1 and len(rare) >= max(limits.MAP_APART, limits.MAP_RARE_KIND * len(names))
    return names if many and one_kind(members.shapes.values()) else None


def few_of_many(members: Members) -> list[str] | None:
    """Names of which each object has few, all holding one kind of scalar or list.

    >>> few_of_many(seen(*({f"n{m}": 1 for m in (n % 9, n * 2 % 9, n * 5 % 9)} for n in range(9))))[:3]
    ['n0', 'n1', 'n2']
    """
    names = list(members.shapes)
    usual = sum(members.rates.values())
    many = len(names) >= limits.MAP_KIND_NAMES and usual <= limits.MAP_KIND_SHARE * len(names)
    return names if many and one_kind(members.shapes.values()) else None


def numbered(members: Members) -> list[str] | None:
    """Names that are one word and a number, and hold objects that are alike, or nothing but one kind of scalar.

    >>> numbered(seen({"up": True, **{f"node{n}": {"cpu": 1, "load": 0.5} for n in range(1, 4)}}))
    ['node1', 'node2', 'node3']
    """
    words = {name: match[1] for name in members.shapes if (match := _NUMBERED.fullmatch(name))}
    if not words:
        return None
    word, often = Counter(words.values()).most_common(1)[0]
    names = [name for name, its in words.items() if its == word]
    if often < limits.MAP_MEMBERS or often < limits.MAP_NUMBERED * len(members.shapes):
        return None
    plain = often == len(members.shapes) >= limits.MAP_APART and one_kind(members.shapes.values())
    return names if plain or members.alike(names) >= limits.MAP_ALIKE else None


RULES: tuple[Rule, ...] = (
    rare_and_alike,
    speak_of_data,
    numbered,
    many_and_alike,
    never_together,
    rare_and_one_kind,
    few_of_many,
    hardly_ever_there,
)
"""The first that can tell decides."""


def find_maps(root: Shape) -> int:
    """Find maps in place; returns how many shapes less there are."""
    return sum(collapse(shape, names) for shape in reachable(root) if (names := data_names(shape)))


def data_names(shape: Shape) -> list[str]:
    """Return the member names that are data: ids, versions, whatever the author of the document made up."""
    members = members_of(shape)
    if len(members.shapes) < limits.MAP_MEMBERS:
        return []
    if shape.others is not None:
        stray = limits.MAP_STRAY * shape.objects
        return [n for n, m in members.shapes.items() if m.seen <= stray or m is resolved(shape.others)]
    names = next((names for rule in RULES if (names := rule(members)) is not None), [])
    return whole(members, names) if names else []


def whole(members: Members, names: list[str]) -> list[str]:
    """Add the names that belong to the same map, however often they come: no map is half columns and half rows.

    What holds something else than the map's members is a member of its own; so is what is nearly always there, where
    there is such a member.

    >>> objects = ({"at": 1, "glue": "^8", **{f"p{n}-{m}": "*" for m in range(4)}} for n in range(4))
    >>> whole(seen(*objects, {"at": 5, "p0-0": "*"}), ["p0-0", "p0-1"])[:3]
    ['glue', 'p0-0', 'p0-1']
    """
    data = set(names)
    kinds = {kind for name in names for kind in scalar_kinds(members.shapes[name])}
    core = _core([keys for name in names if (keys := _keys(members.shapes[name]))])
    others = [name for name in members.shapes if name not in data]
    alike_ones = {name for name in others if _is_like(members.shapes[name], kinds, core)}
    if len(alike_ones) < len(others):
        alike_ones = {name for name in alike_ones if members.rates[name] < limits.MAP_OWN}
    return [name for name in members.shapes if name in data or name in alike_ones]


def _is_like(shape: Shape, kinds: set[str], core: set[str]) -> bool:
    keys = _keys(shape)
    shared = not keys or len(core & keys.keys()) >= limits.ALIKE_CORE * max(len(core), len(keys))
    return set(scalar_kinds(shape)) <= kinds and shared


def one_kind(shapes: Iterable[Shape]) -> bool:
    """Say whether these hold scalars of one kind only, or lists of such; null may be among them."""
    kinds = {scalar_kinds(shape) for shape in shapes} - {""}
    return len(kinds) == 1 and kinds <= {"t", "n", "b", "[t", "[n", "[b", "["}


def scalar_kinds(shape: Shape) -> str:
    """Return a letter for each kind that was seen, as `kinds_of` does, with texts, numbers and booleans apart.

    Where there are lists only, those of their elements follow.
    """
    found = _letters(shape)
    return found + _letters(resolved(shape.elements)) if found == "[" and shape.elements else found


def _letters(shape: Shape) -> str:
    words = (("{", shape.objects), ("[", shape.arrays), ("t", shape.texts), ("n", shape.numbers), ("b", shape.booleans))
    return "".join(word for word, count in words if count)


def members_of(shape: Shape) -> Members:
    """Return the members of the objects of a shape."""
    shapes = {name: resolved(inner) for name, inner in shape.members.items()}
    if shape.documents >= limits.MAP_DOCUMENTS:
        rates = {name: inner.documents / shape.documents for name, inner in shapes.items()}
        return Members(shapes, shape.documents, rates)
    units = max(1, shape.objects)
    return Members(shapes, units, {name: inner.seen / units for name, inner in shapes.items()})


def _grows(rare: list[str], members: Members) -> bool:
    """Say whether more documents would bring more names: that is what data does."""
    typical = median(members.rates[name] * members.units for name in rare)
    return len(rare) >= limits.MAP_GROWING or typical <= max(limits.MAP_TYPICAL, limits.MAP_ONCE * members.units)


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
