"""Random documents of a plan: near enough to it that every claim is met, and hostile in all that JSON allows.

In: a plan and a `random.Random` (hypothesis gives one that shrinks). Out: JSON values. Reads the plan's paths and
nothing that the engine has made of them. Never promises that a document keeps the plan's constraints: most do.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

from docrel.plan import Column, Elements, Index, Members, Name, Path, Plan, Scalar, Source, Table, Value
from docrel.values import jsontext

NAMES = (
    "", "a", "A", "b", "a.b", "it's", 'say "x"', "$ref", "$", "@", "*", "[0]", "a\nb", "\\", "\\0", "😀", "é",
    "e\u0301", "\ud800", "\0", "'); DROP TABLE x; --", "__import__('os')", "{}", "%s", "x.y\\.z", "0", "id", "null",
)  # fmt: skip
SCALARS = (
    None, True, False, 0, 1, -1, 2, 1.0, 0.0, -0.0, Decimal("-0"), 1.5, 0.1, 1e300, 2**53, 2**53 + 1, 2**63 - 1, 2**63,
    -(2**63) - 1, 10**30, Decimal("1.00000000000000000000001"), "", "1", "1.0", "true", "null", "a", "b", "A", "é",
    "x\ud800", "\udc00", "a\0b", "\0", "a\ufffdb", "2025-11-23", "2025-11-23T10:00:00Z", "it's", '"', "😀",
)  # fmt: skip
_TYPICAL: dict[str, tuple[Any, ...]] = {
    "text": ("a", "b", "c", "", "A", "it's", "😀", "line\nbreak", "1"),
    "integer": (0, 1, 2, 3, -1, 7, 2**63 - 1, -(2**63), "7", "-3", "007", "7.0", "1e2"),
    "real": (0.0, 1.0, 0.5, -2.25, 1e300, 3, 1, 0, "9.50", "7", "-0", "1e-7", ".5"),
    "boolean": (True, False),
    "scalar": ("a", 1, "1", 1.0, 0.5, True, "true", "1e2", "", Decimal("1.00000000000000000000001"), 10, 2**64 - 1, -7),
    "timestamp": (
        "2025-11-23T10:00:00Z", "2025-11-23T10:00:00+01:00", "2025-11-23 10:00", "2025-11-23T10:00:00.5Z",
        "2025-11-23T10:00:00.000+0000", "2025-11-23t10:00:00.123456789z", "2025-11-23T10:00:00-08", "2025-11-23T09Z",
    ),
    "date": ("2025-11-23", "1999-01-01", "2025-02-30"),
    "decimal": ("1.50", "0", "-3", "1E3", 2, 0.5, "00.1", "18446744073709551615", 2**64 - 1, 2.0, "0.1" + "0" * 16),
    "uuid": ("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "{6BA7B810-9DAD-11D1-80B4-00C04FD430C8}", "0" * 32),
    "base64": ("AAEC", "AA==", "", "QQ==", "QR=="),
}  # fmt: skip
_LARGEST = 60


@dataclass
class Place:
    """What the plan's paths have at one place of a node: columns, nested tables, members and elements.

    Made from the paths alone: it shares nothing with the claims that the engine is generated from.
    """

    columns: list[Column] = field(default_factory=list)
    members: dict[str, Place] = field(default_factory=dict)
    indexes: dict[int, Place] = field(default_factory=dict)
    elements: list[Fed] = field(default_factory=list)
    maps: list[Fed] = field(default_factory=list)
    trees: list[Fed] = field(default_factory=list)
    singles: list[Fed] = field(default_factory=list)
    wanted: tuple[Scalar, ...] = ()

    def at(self, path: Path) -> Place:
        """Return the place at the end of a path of names and indexes; it is made."""
        place = self
        for step in path:
            match step:
                case Name(name):
                    place = place.members.setdefault(name, Place())
                case Index(index):
                    place = place.indexes.setdefault(index, Place())
        return place

    @property
    def kinds(self) -> list[str]:
        """The kinds of values that are expected here."""
        found = [
            kind
            for kind, is_there in (
                ("wanted", self.wanted),
                ("column", self.columns),
                ("object", self.members or self.maps or self.trees),
                ("array", self.elements or self.indexes),
                ("single", self.singles),
            )
            if is_there
        ]
        return found or ["object"]


Fed = tuple[Table, Source]


class Documents:
    """Makes documents of a plan; `one(random)` is a new one."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._places: dict[tuple[str, str], Place] = {}
        self._hostility = 0.0
        self._left = 0

    def one(self, random: Random) -> Any:
        """Return a document for one of the root tables, or nearly one."""
        self._hostility = random.choice((0.0, 0.0, 0.02, 0.06, 0.2))
        self._left = _LARGEST
        table = random.choice(self.plan.roots)
        if random.random() < self._hostility / 8:
            return junk(random, 3)
        document = self.node(random, table, table.sources[0], 0)
        if isinstance(document, dict) and random.random() < self._hostility / 8:
            document[random.choice(NAMES)] = _deep(random)
        return document

    def node(self, random: Random, table: Table, source: Source, depth: int) -> Any:
        """Return a node for a row of `table` that comes by `source`."""
        self._left -= 1
        value = self._at(random, self._place(table, source), depth)
        for path, values in source.when:
            if random.random() >= self._hostility:
                value = _put(value, [step.name for step in path if isinstance(step, Name)], random.choice(values))
        return value

    def _place(self, table: Table, source: Source) -> Place:
        """Return what is expected of the nodes of a source."""
        found = self._places.get((table.name, source.name))
        if found is None:
            found = self._places[table.name, source.name] = self._read(table, source)
        return found

    def _read(self, table: Table, source: Source) -> Place:
        top = Place()
        for path, values in source.when:
            top.at(path).wanted = values
        for column in table.columns:
            if isinstance(column.role, Value) and column.name not in dict(source.constants):
                for path in dict(source.values).get(column.name, column.role.paths):
                    top.at(path).columns.append(column)
        for inner in self.plan.tables:
            for fed in inner.sources:
                if fed.parent != table.name:
                    continue
                match fed.each[-1:]:
                    case (Elements(),):
                        top.at(fed.each[:-1]).elements.append((inner, fed))
                    case (Members(),) if fed.tree:
                        top.at(fed.each[:-1]).trees.append((inner, fed))
                    case (Members(),):
                        top.at(fed.each[:-1]).maps.append((inner, fed))
                    case _ if fed.tree:
                        top.at(fed.each).trees.append((inner, fed))
                    case _:
                        top.at(fed.each).singles.append((inner, fed))
        return top

    def _row_node(self, random: Random, fed: Fed, depth: int) -> Any:
        return self.node(random, *fed, depth)

    def _at(self, random: Random, place: Place, depth: int) -> Any:
        if random.random() < self._hostility:
            return junk(random, 2)
        match random.choice(place.kinds):
            case "wanted":
                return random.choice(place.wanted)
            case "column":
                column = random.choice(place.columns)
                return junk(random, 2) if column.type == "json" else scalar_for(random, column)
            case "object":
                return self._object(random, place, depth)
            case "array":
                return self._array(random, place, depth)
        return None if depth > 5 or self._left < 0 else self._row_node(random, random.choice(place.singles), depth + 1)

    def _object(self, random: Random, place: Place, depth: int) -> dict[str, Any]:
        members = [
            (name, self._at(random, inner, depth))
            for name, inner in place.members.items()
            if random.random() < (0.85 if self._hostility < 0.1 else 0.6)
        ]
        for fed in self._some(random, place.maps, depth):
            members.append((self._free_name(random, place), self._row_node(random, fed, depth + 1)))
        for fed in self._some(random, place.trees, depth):
            members.append((self._free_name(random, place), self._branch(random, fed, depth + 1)))
        while random.random() < self._hostility + 0.1:
            members.append((random.choice(NAMES), junk(random, 2)))
        if random.random() < 0.2:
            random.shuffle(members)
        return dict(members)

    def _branch(self, random: Random, fed: Fed, depth: int) -> Any:
        if depth > 5 or random.random() < 0.6:
            node = self._row_node(random, fed, depth)
            if isinstance(node, dict) and random.random() > self._hostility:
                node.setdefault(random.choice(fed[1].row_if), random.choice(SCALARS))
            return node
        return {random.choice(NAMES): self._branch(random, fed, depth + 1) for _ in range(random.randint(0, 3))}

    def _free_name(self, random: Random, place: Place) -> str:
        name = random.choice(NAMES)
        while name in place.members:
            name += "_"
        return name

    def _array(self, random: Random, place: Place, depth: int) -> list[Any]:
        if place.indexes:
            last = max(place.indexes)
            length = last + 1 if random.random() < 0.7 else random.randint(0, last + 2)
            return [
                self._at(random, place.indexes[n], depth) if n in place.indexes else junk(random, 1)
                for n in range(length)
            ]
        found: list[Any] = []
        for fed in self._some(random, place.elements, depth):
            if found and random.random() < 0.1:
                found.append(copy.deepcopy(random.choice(found)))
            found.append(self._row_node(random, fed, depth + 1))
            if random.random() < self._hostility:
                found.append(junk(random, 2))
        return found

    def _some(self, random: Random, feeds: list[Fed], depth: int) -> list[Fed]:
        if not feeds or self._left < 0 or depth > 6:
            return []
        return [random.choice(feeds) for _ in range(random.choice((0, 1, 1, 2, 3) if depth < 3 else (0, 0, 1, 2)))]


def _deep(random: Random) -> Any:
    """Return a member's value in as many containers as its document may nest, or nearly."""
    inner: Any = random.choice(SCALARS)
    for _ in range(random.randint(jsontext.MAX_DEPTH - 4, jsontext.MAX_DEPTH - 1)):
        inner = [inner] if random.random() < 0.5 else {random.choice(NAMES): inner}
    return inner


def scalar_for(random: Random, column: Column) -> Any:
    """Return a scalar that is likely one of the column's values."""
    choices: list[Any] = []
    if column.one_of is not None:
        choices.extend(column.one_of)
    if column.map:
        choices.extend(a for a, _ in column.map)
        choices.append(column.map[0][1])
    if column.default is not None and column.default.constant is not None:
        choices.append(column.default.constant)
    if column.one_of is None:
        typical = _TYPICAL.get(column.type, SCALARS)
        choices.extend(random.choice(typical) for _ in range(4))
        bounds = [b for b in (column.minimum, column.maximum) if b is not None]
        if bounds:
            choices = [v for v in choices if type(v) in (int, float) and _within(column, v)] or bounds
    if not column.required and random.random() < 0.1:
        return None
    return random.choice(choices)


def _within(column: Column, value: int | float) -> bool:
    low, high = column.minimum, column.maximum
    return (low is None or value >= low) and (high is None or value <= high)


def junk(random: Random, depth: int) -> Any:
    """Return any JSON value, nested `depth` levels at most."""
    kind = random.random()
    if depth <= 0 or kind < 0.55:
        return random.choice(SCALARS)
    if kind < 0.8:
        return {random.choice(NAMES): junk(random, depth - 1) for _ in range(random.randint(0, 3))}
    return [junk(random, depth - 1) for _ in range(random.randint(0, 3))]


def _put(node: Any, pointer: Sequence[str], value: Any) -> Any:
    """Set the value at a place of names, making the objects on the way; a node that is no object becomes one."""
    top = node if isinstance(node, dict) else {}
    at = top
    for name in pointer[:-1]:
        inner = at.get(name)
        at[name] = inner = inner if isinstance(inner, dict) else {}
        at = inner
    at[pointer[-1]] = value
    return top
