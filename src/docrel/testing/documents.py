"""Random documents of a plan: near enough to it that every claim is met, and hostile in all that JSON allows.

In: a plan and a `random.Random` (hypothesis gives one that shrinks). Out: JSON values. Never promises that a
document keeps the plan's constraints: most do.
"""

from __future__ import annotations

import copy
from decimal import Decimal
from random import Random
from typing import Any

from docrel.layout import Claim, Feed, Feeds, Pointer, SourceLayout, TableLayout, layout_of
from docrel.plan import Column, Plan

NAMES = (
    "", "a", "A", "b", "a.b", "it's", 'say "x"', "$ref", "$", "@", "*", "[0]", "a\nb", "\\", "\\0", "😀", "é",
    "e\u0301", "\ud800", "\0", "'); DROP TABLE x; --", "__import__('os')", "{}", "%s", "x.y\\.z", "0", "id", "null",
)  # fmt: skip
SCALARS = (
    None, True, False, 0, 1, -1, 2, 1.0, 0.0, -0.0, 1.5, 0.1, 1e300, 2**53, 2**53 + 1, 2**63 - 1, 2**63, -(2**63) - 1,
    10**30, Decimal("1.00000000000000000000001"), "", "1", "1.0", "true", "null", "a", "b", "A", "é",
    "x\ud800", "\udc00", "a\0b", "\0", "a\ufffdb", "2025-11-23", "2025-11-23T10:00:00Z", "it's", '"', "😀",
)  # fmt: skip
_TYPICAL: dict[str, tuple[Any, ...]] = {
    "text": ("a", "b", "c", "", "A", "it's", "😀", "line\nbreak", "1"),
    "integer": (0, 1, 2, 3, -1, 7, 2**63 - 1, -(2**63)),
    "real": (0.0, 1.0, 0.5, -2.25, 1e300, 3, 1, 0),
    "boolean": (True, False),
    "scalar": ("a", 1, "1", 1.0, 0.5, True, "true", "1e2", "", Decimal("1.00000000000000000000001")),
    "timestamp": ("2025-11-23T10:00:00Z", "2025-11-23T10:00:00+01:00", "2025-11-23 10:00", "2025-11-23T10:00:00.5Z"),
    "date": ("2025-11-23", "1999-01-01", "2025-02-30"),
    "decimal": ("1.50", "0", "-3", "1E3", 2, 0.5, "00.1"),
    "uuid": ("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "{6BA7B810-9DAD-11D1-80B4-00C04FD430C8}", "0" * 32),
    "base64": ("AAEC", "AA==", "", "QQ==", "QR=="),
}  # fmt: skip
_LARGEST = 60


class Documents:
    """Makes documents of a plan; `one(random)` is a new one."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._layout = layout_of(plan)
        self._roots = [table for table in self._layout.tables if table.parent is None]
        self._hostility = 0.0
        self._left = 0

    def one(self, random: Random) -> Any:
        """Return a document for one of the root tables, or nearly one."""
        self._hostility = random.choice((0.0, 0.0, 0.02, 0.06, 0.2))
        self._left = _LARGEST
        table = random.choice(self._roots)
        if random.random() < self._hostility / 8:
            return junk(random, 3)
        return self.node(random, table, table.sources[0], 0)

    def node(self, random: Random, table: TableLayout, source: SourceLayout, depth: int) -> Any:
        """Return a node for a row of `table` that comes by `source`."""
        self._left -= 1
        value = self._at(random, table, source.claim, depth)
        for pointer, values in source.when:
            if random.random() >= self._hostility:
                value = _put(value, pointer, random.choice(values))
        return value

    def _row_node(self, random: Random, feed: Feed, depth: int) -> Any:
        return self.node(random, *self._layout.fed(feed), depth)

    def _at(self, random: Random, table: TableLayout, claim: Claim, depth: int) -> Any:
        if random.random() < self._hostility:
            return junk(random, 2)
        kinds = []
        if claim.whole is not None:
            kinds.append("whole")
        if claim.scalar is not None:
            kinds.append("scalar")
        if claim.is_object or not (kinds or claim.elements or claim.indexes or claim.singles):
            kinds.append("object")
        if claim.elements or claim.indexes:
            kinds.append("array")
        if claim.singles:
            kinds.append("single")
        match random.choice(kinds):
            case "whole":
                return junk(random, 2)
            case "scalar":
                assert claim.scalar is not None
                return scalar_for(random, self.plan.tables[table.number].columns[claim.scalar.column])
            case "object":
                return self._object(random, table, claim, depth)
            case "array":
                return self._array(random, table, claim, depth)
        feed = random.choice(claim.singles)
        if feed.deferred and (depth > 5 or self._left < 0):
            return None
        return self._row_node(random, feed, depth + 1)

    def _object(self, random: Random, table: TableLayout, claim: Claim, depth: int) -> dict[str, Any]:
        members = [
            (name, self._at(random, table, inner, depth))
            for name, inner in claim.members.items()
            if random.random() < (0.85 if self._hostility < 0.1 else 0.6)
        ]
        for feed in self._some(random, claim.maps, depth):
            name = self._free_name(random, claim)
            members.append((name, self._row_node(random, feed, depth + 1)))
        for tree in self._some(random, claim.feeds("tree"), depth):
            members.append((self._free_name(random, claim), self._branch(random, tree, depth + 1)))
        while random.random() < self._hostility + 0.1:
            members.append((random.choice(NAMES), junk(random, 2)))
        if random.random() < 0.2:
            random.shuffle(members)
        return dict(members)

    def _branch(self, random: Random, feed: Feed, depth: int) -> Any:
        if depth > 5 or random.random() < 0.6:
            node = self._row_node(random, feed, depth)
            if isinstance(node, dict) and random.random() > self._hostility:
                row_if = self.plan.tables[feed.table].sources[feed.source].row_if
                node.setdefault(random.choice(row_if), random.choice(SCALARS))
            return node
        return {random.choice(NAMES): self._branch(random, feed, depth + 1) for _ in range(random.randint(0, 3))}

    def _free_name(self, random: Random, claim: Claim) -> str:
        name = random.choice(NAMES)
        while name in claim.members:
            name += "_"
        return name

    def _array(self, random: Random, table: TableLayout, claim: Claim, depth: int) -> list[Any]:
        if claim.indexes:
            last = max(claim.indexes)
            length = last + 1 if random.random() < 0.7 else random.randint(0, last + 2)
            return [
                self._at(random, table, claim.indexes[n], depth) if n in claim.indexes else junk(random, 1)
                for n in range(length)
            ]
        found: list[Any] = []
        for feed in self._some(random, claim.elements, depth):
            if found and random.random() < 0.1:
                found.append(copy.deepcopy(random.choice(found)))
            found.append(self._row_node(random, feed, depth + 1))
            if random.random() < self._hostility:
                found.append(junk(random, 2))
        return found

    def _some(self, random: Random, feeds: Feeds, depth: int) -> list[Feed]:
        if not feeds or self._left < 0 or depth > 6:
            return []
        return [random.choice(feeds) for _ in range(random.choice((0, 1, 1, 2, 3) if depth < 3 else (0, 0, 1, 2)))]


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


def _put(node: Any, pointer: Pointer, value: Any) -> Any:
    """Set the value at a place of names, making the objects on the way; a node that is no object becomes one."""
    top = node if isinstance(node, dict) else {}
    at = top
    for name in pointer[:-1]:
        inner = at.get(name)
        at[name] = inner = inner if isinstance(inner, dict) else {}
        at = inner
    at[pointer[-1]] = value
    return top
