"""The claim tree: who takes what of a row's node.

In: a plan. Out: for each source of each table a tree of `Claim`s that follows the node: at every place, the columns
and nested tables that take a scalar, an object, an array there. `flatten` walks it downwards and keeps what nobody
claims; `rebuild` walks it to put everything back. Scalars, objects and arrays are disjoint, so one place may have a
claim of each kind (scalar-or-object, one-or-many). Two of one kind contradict each other: the tree holds them all, in
the order of the plan, and `docrel.compile` refuses such a plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from docrel.plan import Elements, Index, Members, Name, Path, Plan, Scalar, Source, Table, Value
from docrel.values import CODECS

Pointer = tuple[str | int, ...]
FeedKind = Literal["single", "elements", "members", "tree"]
NodeKind = Literal["dict", "list", "scalar"]
NODE_KINDS: frozenset[NodeKind] = frozenset(("dict", "list", "scalar"))


@dataclass(frozen=True, slots=True)
class Leaf:
    """The column number `column` takes the value here, as its alternative `alternative`; `whole`: of any kind."""

    column: int
    alternative: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """`when` wants one of these values here."""

    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Feed:
    """Rows of a source come from here. `deferred`: a recursion, worked off a list instead of the call stack."""

    table: int
    source: int
    kind: FeedKind
    deferred: bool


Taker = Leaf | Wanted | Feed
Feeds = tuple[Feed, ...]


@dataclass(frozen=True)
class Claim:
    """What is claimed at one place of a row's node; `pointer` leads there from the node.

    Attributes:
        number: Among the claims of one node, parents first.
        takers: All that take something here: columns, `when`, nested tables.
        below: The claims of members, then those of elements at an index.
        known: The expected order of members.
    """

    number: int
    pointer: Pointer
    takers: tuple[Taker, ...] = ()
    below: tuple[Claim, ...] = ()
    known: tuple[str, ...] = ()

    @cached_property
    def members(self) -> dict[str, Claim]:
        """The claims of members, by name."""
        return {step: claim for claim in self.below if isinstance(step := claim.pointer[-1], str)}

    @cached_property
    def indexes(self) -> dict[int, Claim]:
        """The claims of elements, by index."""
        return {step: claim for claim in self.below if isinstance(step := claim.pointer[-1], int)}

    @cached_property
    def scalar(self) -> Leaf | None:
        """The column that takes a scalar here."""
        return self._leaf(whole=False)

    @cached_property
    def whole(self) -> Leaf | None:
        """The column that takes a value of any kind here."""
        return self._leaf(whole=True)

    def _leaf(self, *, whole: bool) -> Leaf | None:
        return next((t for t in self.takers if isinstance(t, Leaf) and t.whole is whole), None)

    @cached_property
    def fixed(self) -> tuple[Scalar] | None:
        """What `when` wants of a value that no column takes."""
        wanted = next((t for t in self.takers if isinstance(t, Wanted)), None)
        return None if wanted is None or self.scalar or self.whole else (wanted.values[0],)

    def feeds(self, kind: FeedKind) -> Feeds:
        """Return the feeds of one kind; several at one place split it by `when`."""
        return tuple(t for t in self.takers if isinstance(t, Feed) and t.kind == kind)

    @cached_property
    def maps(self) -> Feeds:
        """The feeds that take the members that no other selector names."""
        return self.feeds("members")

    @cached_property
    def tree(self) -> Feed | None:
        """The feed that walks the object down."""
        return next(iter(self.feeds("tree")), None)

    @cached_property
    def singles(self) -> Feeds:
        """The feeds that take the value itself as a row's node."""
        return self.feeds("single")

    @cached_property
    def elements(self) -> Feeds:
        """The feeds that take the elements of an array."""
        return self.feeds("elements")

    @cached_property
    def groups(self) -> list[Feeds]:
        """The feeds here, those together that share one array or object."""
        kinds: tuple[FeedKind, ...] = ("members", "tree", "single", "elements")
        return [feeds for kind in kinds if (feeds := self.feeds(kind))]

    @cached_property
    def is_object(self) -> bool:
        """Whether an object here is taken apart."""
        return bool(self.members or self.maps or self.tree)

    @cached_property
    def is_array(self) -> bool:
        """Whether an array here is taken apart."""
        return bool(self.elements or self.indexes)

    @cached_property
    def is_mixed(self) -> bool:
        """Whether others than one column take values here."""
        return bool(self.is_object or self.is_array or self.singles or (self.scalar and self.whole))

    @cached_property
    def kinds(self) -> frozenset[NodeKind]:
        """The kinds of values that something is taken of here, where it is a row's node."""
        if self.whole is not None:
            return NODE_KINDS
        if self.scalar is None and not self.is_array:
            return frozenset[NodeKind](("dict",))
        taken: dict[NodeKind, bool] = {"dict": self.is_object, "list": self.is_array, "scalar": self.scalar is not None}
        return frozenset(kind for kind, is_taken in taken.items() if is_taken)

    @cached_property
    def is_taken_apart(self) -> bool:
        """Whether something within the value is taken here, or the value as a row."""
        return bool(self.is_object or self.is_array or self.singles)

    @cached_property
    def giving_way(self) -> frozenset[NodeKind]:
        """The kinds of values that nobody takes here and that give way to columns or rows: no rest column has them."""
        awaits_value = self.scalar is not None and self.scalar.alternative == 0
        if not self.pointer or self.whole is not None or not (self.is_taken_apart or awaits_value):
            return frozenset()
        left: dict[NodeKind, bool] = {"dict": self.is_object, "list": bool(self.indexes), "scalar": bool(self.scalar)}
        return frozenset(kind for kind, is_taken in left.items() if not is_taken)

    @cached_property
    def below_giving_way(self) -> list[tuple[str | int, Claim]]:
        """The claims below at which a value may give way, or within it, each with its step."""
        return [(claim.pointer[-1], claim) for claim in self.below if claim.giving_way or claim.below]

    @cached_property
    def usual(self) -> Literal["object", "array", "null"]:
        """What a row's node is where its columns say nothing."""
        if self.is_object or not (self.scalar or self.whole or self.is_array):
            return "object"
        return "array" if self.is_array else "null"

    def walk(self) -> Iterator[Claim]:
        """Yield this claim and all below it, parents first."""
        pending = [self]
        while pending:
            claim = pending.pop()
            yield claim
            pending.extend(reversed(claim.below))


@dataclass(slots=True)
class _Place:
    """A place of a node while its takers are collected."""

    takers: list[Taker] = field(default_factory=list)
    members: dict[str, _Place] = field(default_factory=dict)
    indexes: dict[int, _Place] = field(default_factory=dict)

    def reach(self, path: Path) -> _Place:
        place = self
        for step in path:
            match step:
                case Name(name):
                    place = place.members.setdefault(name, _Place())
                case Index(index):
                    place = place.indexes.setdefault(index, _Place())
                case Elements() | Members():
                    raise ValueError("a wildcard may only end the `each` of a table")
        return place


def pointer_of(path: Path) -> Pointer:
    """Return a path of names and indexes as a pointer."""
    return tuple(step.name if isinstance(step, Name) else step.index for step in path if isinstance(step, Name | Index))


def place_of(source: Source) -> tuple[FeedKind, Path]:
    """Return what of its parent's node a nested source takes: where, and whether a value or all within one."""
    last = source.each[-1] if source.each else None
    if not isinstance(last, Elements | Members):
        return "tree" if source.tree else "single", source.each
    return "tree" if source.tree else "elements" if isinstance(last, Elements) else "members", source.each[:-1]


def tables_above(plan: Plan) -> tuple[frozenset[int], ...]:
    """Return for each table the numbers of those that its rows may lie below, at any depth."""
    number = {table.name: n for n, table in enumerate(plan.tables)}
    direct = [{number[s.parent] for s in table.sources if s.parent in number} for table in plan.tables]
    found = []
    for above in direct:
        seen, pending = set[int](), list(above)
        while pending:
            if (one := pending.pop()) not in seen:
                seen.add(one)
                pending.extend(direct[one])
        found.append(frozenset(seen))
    return tuple(found)


def claim_trees(plan: Plan) -> tuple[tuple[Claim, ...], ...]:
    """Return for each table and each of its sources what is claimed of the node of a row.

    The plan may hold contradictions.
    """
    above = tables_above(plan)
    feeding: dict[str, list[tuple[Path, Feed]]] = {table.name: [] for table in plan.tables}
    numbers = {table.name: number for number, table in enumerate(plan.tables)}
    for number, child in enumerate(plan.tables):
        for n, source in enumerate(child.sources):
            if source.parent in feeding:
                parent = numbers[source.parent]
                kind, path = place_of(source)
                deferred = parent == number or number in above[parent]
                feeding[source.parent].append((path, Feed(number, n, kind, deferred)))
    return tuple(
        tuple(_claim_tree(table, source, feeding[table.name]) for source in table.sources) for table in plan.tables
    )


def _claim_tree(table: Table, source: Source, feeding: list[tuple[Path, Feed]]) -> Claim:
    root, constants, values = _Place(), dict(source.constants), dict(source.values)
    for number, column in enumerate(table.columns):
        if isinstance(column.role, Value) and column.name not in constants:
            whole = CODECS[column.type].container
            for alternative, path in enumerate(values.get(column.name, column.role.paths)):
                root.reach(path).takers.append(Leaf(number, alternative, whole))
    for path, wanted in source.when:
        root.reach(path).takers.append(Wanted(wanted))
    for path, feed in feeding:
        root.reach(path).takers.append(feed)
    return _frozen(root, dict(table.key_order))


def _frozen(root: _Place, orders: dict[tuple[str, ...], tuple[str, ...]]) -> Claim:
    """Return the claims as values, numbered parents first, without recursion."""
    pending: list[tuple[Pointer, _Place]] = [((), root)]
    placed = []
    while pending:
        pointer, place = pending.pop()
        placed.append((pointer, place))
        steps: list[tuple[str | int, _Place]] = [*place.members.items(), *place.indexes.items()]
        pending.extend(((*pointer, step), inner) for step, inner in reversed(steps))
    below: dict[Pointer, list[Claim]] = {pointer: [] for pointer, _ in placed}
    claim = Claim(0, ())
    for number, (pointer, place) in reversed(list(enumerate(placed))):
        named = orders.get(tuple(map(str, pointer)), ())
        known = (*named, *(name for name in place.members if name not in named))
        claim = Claim(number, pointer, tuple(place.takers), tuple(reversed(below[pointer])), known)
        if pointer:
            below[pointer[:-1]].append(claim)
    return claim
