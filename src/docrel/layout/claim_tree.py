"""The claim tree: who takes what of a row's node.

In: a plan. Out: for each source of each table a tree of `Claim`s that follows the node: at every place, the column
or nested table that takes a scalar, an object, an array there. `flatten` walks it downwards and keeps what nobody
claims; `rebuild` walks it to put everything back. Scalars, objects and arrays are disjoint, so one place may have a
claim of each kind (scalar-or-object, one-or-many).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from docrel.plan import Elements, Index, Members, Name, Path, Plan, Scalar, Source, Table, Value
from docrel.values import CODECS

Pointer = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """The column number `column` takes the value here, as its alternative number `alternative`."""

    column: int
    alternative: int


@dataclass(frozen=True, slots=True)
class Feed:
    """Rows of a source come from here. `deferred`: a recursion, worked off a list instead of the call stack."""

    table: Table
    source: Source
    deferred: bool


@dataclass(slots=True, eq=False)
class Claim:
    """What is claimed at one place of a row's node; `pointer` leads there from the node.

    `fixed` is what `when` wants of a value that no column takes. Several feeds at one place split it by `when`.
    """

    number: int = 0  # among the claims of one node, parents first
    pointer: Pointer = ()
    scalar: Leaf | None = None
    whole: Leaf | None = None
    fixed: tuple[Scalar] | None = None
    members: dict[str, Claim] = field(default_factory=dict)
    indexes: dict[int, Claim] = field(default_factory=dict)
    maps: list[Feed] = field(default_factory=list)
    tree: Feed | None = None
    singles: list[Feed] = field(default_factory=list)
    elements: list[Feed] = field(default_factory=list)
    known: tuple[str, ...] = ()  # the expected order of members

    @property
    def is_object(self) -> bool:
        """Whether an object here is taken apart."""
        return bool(self.members or self.maps or self.tree)

    @property
    def is_array(self) -> bool:
        """Whether an array here is taken apart."""
        return bool(self.elements or self.indexes)

    @property
    def is_mixed(self) -> bool:
        """Whether others than one column take values here."""
        return bool(self.is_object or self.is_array or self.singles or (self.scalar and self.whole))

    @property
    def groups(self) -> list[list[Feed]]:
        """The feeds here, those together that share one array or object."""
        found = [self.maps, [self.tree] if self.tree else [], self.singles, self.elements]
        return [feeds for feeds in found if feeds]

    def walk(self) -> Iterator[Claim]:
        """Yield this claim and all below it, parents first."""
        pending = [self]
        while pending:
            claim = pending.pop()
            yield claim
            pending.extend(reversed([*claim.members.values(), *claim.indexes.values()]))


Uses = list[tuple[int, Claim]]  # (number of the alternative, where it is)


def paths_of(source: Source, column_name: str, role: Value) -> tuple[Path, ...]:
    """Return the alternatives that fill a value column in rows of `source`."""
    return dict(source.values).get(column_name, role.paths)


def claims(plan: Plan, table: Table, source: Source) -> Claim:
    """Return what the columns of `table` and the tables nested in it claim of the node of a row from `source`.

    Raises:
        ValueError: Two columns, or two trees, claim one value.
    """
    root = Claim()
    constants = dict(source.constants)
    for number, column in enumerate(table.columns):
        if isinstance(column.role, Value) and column.name not in constants:
            for alternative, path in enumerate(paths_of(source, column.name, column.role)):
                claim = _reach(root, path)
                _take(claim, Leaf(number, alternative), whole=CODECS[column.type].container)
    for path, values in source.when:
        claim = _reach(root, path)
        if claim.scalar is None and claim.whole is None:
            claim.fixed = (values[0],)
    for child in plan.tables:
        for feeding in child.sources:
            if feeding.parent == table.name:
                _feed(root, Feed(child, feeding, _is_recursive(plan, child, table)))
    wanted = dict(table.key_order)
    for number, claim in enumerate(root.walk()):
        claim.number = number
        named = wanted.get(tuple(str(step) for step in claim.pointer), ())
        claim.known = (*named, *(name for name in claim.members if name not in named))
    return root


def uses_of(claim: Claim) -> dict[int, Uses]:
    """Return for each column the places below a row's claim that it is read from, in the order of alternatives."""
    found: dict[int, Uses] = {}
    for inner in claim.walk():
        for leaf in (inner.scalar, inner.whole):
            if leaf is not None:
                found.setdefault(leaf.column, []).append((leaf.alternative, inner))
    return {column: sorted(uses, key=lambda use: use[0]) for column, uses in found.items()}


def usual_node(claim: Claim) -> Literal["object", "array", "null"]:
    """Return what a row's node is where its columns say nothing."""
    if claim.is_object or not (claim.scalar or claim.whole or claim.is_array):
        return "object"
    return "array" if claim.is_array else "null"


def order_of_rows(feeds: Iterable[Feed]) -> Literal["position", "surrogate", "name"]:
    """Return what tells the order of the rows of feeds that share one array or object."""
    tables = [feed.table for feed in feeds]
    if all(table.position is not None for table in tables):
        return "position"
    return "surrogate" if all(table.surrogate is not None for table in tables) else "name"


def _is_recursive(plan: Plan, child: Table, parent: Table) -> bool:
    """Say whether rows of `parent` can come from below rows of `child`: then the call would be a recursion."""
    pending, seen = [parent.name], set[str]()
    while pending:
        name = pending.pop()
        if name == child.name:
            return True
        if name not in seen:
            seen.add(name)
            pending.extend(s.parent for s in plan.table(name).sources if s.parent is not None)
    return False


def _reach(claim: Claim, path: Path) -> Claim:
    for step in path:
        match step:
            case Name(name):
                claim = claim.members.setdefault(name, Claim(pointer=(*claim.pointer, name)))
            case Index(index):
                claim = claim.indexes.setdefault(index, Claim(pointer=(*claim.pointer, index)))
            case Elements() | Members():
                raise ValueError("a wildcard may only end the `each` of a table")
    return claim


def _take(claim: Claim, leaf: Leaf, *, whole: bool) -> None:
    if (claim.whole if whole else claim.scalar) is not None:
        raise ValueError("two columns take one value")
    if whole:
        claim.whole = leaf
    else:
        claim.scalar = leaf


def _feed(root: Claim, feed: Feed) -> None:
    each = feed.source.each
    last = each[-1] if each else None
    if feed.source.tree:
        top = _reach(root, each[:-1] if isinstance(last, Members) else each)
        if top.tree is not None:
            raise ValueError("two tables take one tree")
        top.tree = feed
    elif isinstance(last, Elements):
        _reach(root, each[:-1]).elements.append(feed)
    elif isinstance(last, Members):
        _reach(root, each[:-1]).maps.append(feed)
    else:
        _reach(root, each).singles.append(feed)
