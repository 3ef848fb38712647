"""The layout: the plan resolved once, in numbers and tuples, frozen and JSON both ways.

In: values made by `docrel.layout.resolving`. Out: for each table how its rows are identified, ordered and linked to
rows above; for each source what it claims of a node. Tables, sources and columns go by their numbers in the plan.
Functions of rows are made once for each table (`docrel.layout.row_readers`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Literal

from docrel import plan as plans
from docrel.layout.claim_tree import NODE_KINDS, Claim, Feed, FeedKind, Feeds, NodeKind, Pointer
from docrel.layout.row_readers import Row, RowKey, key_reader, source_reader
from docrel.plan import Plan, Scalar

Key = tuple[int, int]  # a table and its column
Uses = tuple[tuple[int, Claim], ...]  # (number of the alternative, where it is)


@dataclass(frozen=True, slots=True)
class KeyColumn:
    """A column that holds a key of a row above.

    Attributes:
        column: Its number.
        of: The table and column whose value it is.
        owner: The table that the value is a surrogate of, through natural keys.
        inherited: Rows below this one get it from here; the link of a recursion is not handed down.
    """

    column: int
    of: Key
    owner: int
    inherited: bool


@dataclass(frozen=True, slots=True)
class Link:
    """The columns that hold the whole key of a row of `table` above, in the order of that key.

    `numbered`: the key is a surrogate. `key(row)`: the key of the row above as the complement spells it.
    """

    table: int
    columns: tuple[int, ...]
    numbered: bool
    key: Callable[[Row], RowKey] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", key_reader(self.columns, numbered=self.numbered))

    def is_set(self, row: Row) -> bool:
        """Say whether there is a row above by this link."""
        return None not in [row[n] for n in self.columns]


@dataclass(frozen=True, slots=True)
class SourceLayout:
    """One place that rows of a table come from.

    Attributes:
        parent: The table whose row's node it starts at (None: the document itself).
        kind: What of that node its rows come from; a root's is `single`.
        pointer: Where that is.
        by_name: `each` ends in `.*`: the member's name tells a row.
        link: The link to the row above; None: it is the document.
        constants: Columns and what they hold in all its rows.
        when: The values wanted at places of a row's node.
        told_by: What tells its rows from those of sources with the same parent; by nothing if they are the usual ones.
        claim: Who takes what of a row's node.
        unlinked: The columns with keys of rows above that are NULL in all its rows.
        ahead: The columns whose default is told before the row's node is there.
        after: Those whose default is computed from the node, each before those that look at its place.
        uses: For each column the places that it is read from, in the order of alternatives.
    """

    number: int
    name: str
    parent: int | None
    kind: FeedKind
    pointer: Pointer
    by_name: bool
    link: Link | None
    constants: tuple[tuple[int, Scalar | bytes], ...]
    when: tuple[tuple[Pointer, tuple[Scalar, ...]], ...]
    told_by: Literal["constants", "edge", "note", "nothing"]
    claim: Claim
    unlinked: tuple[int, ...]
    ahead: tuple[int, ...]
    after: tuple[int, ...]
    uses: dict[int, Uses] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "uses", uses_of(self.claim))

    @property
    def kinds(self) -> frozenset[NodeKind]:
        """The kinds of nodes that become rows; a document may be of any."""
        return NODE_KINDS if self.parent is None else self.claim.kinds

    def is_recomputed(self, column: int) -> bool:
        """Say whether `rebuild` computes the column's default again; that another was taken, the complement notes."""
        return column in self.ahead or column in self.after


@dataclass(frozen=True, slots=True)
class TableLayout:
    """A table: how its rows are identified, linked and ordered.

    Attributes:
        root: The table of the documents that its rows belong to.
        parent: The table that encloses it (None: a root).
        key: The columns of the primary key.
        surrogate, position, rest, edge: The columns of these roles.
        order: The columns that tell the order of rows.
        keys_above: The columns that hold keys of rows above.
        parents: The links to rows that a row may hang below, those of recursions before that to the enclosing table.
        ancestors: The links to further rows above.
        carried: The keys of rows above that its rows hand down without holding them.
        sequence: The first table that it draws its surrogate ids together with.
        unique: The sets of columns that no two rows may share, those that hold the surrogate aside.
        apart: The further ones that no two rows of documents share, as the database is to see to.
        clocked: The columns whose default may be the clock.
        below: The tables whose rows may lie below its rows, at any depth.
        precedence: Its sources in the order in which a row is tried for them.
        row_key: Returns a row's name in the complement.
        source_of: Returns the source that a row came by, given the edge that is noted of it; None: it is none's row.
    """

    number: int
    name: str
    root: int
    parent: int | None
    key: tuple[int, ...]
    surrogate: int | None
    position: int | None
    rest: int | None
    edge: int | None
    order: tuple[int, ...]
    keys_above: tuple[KeyColumn, ...]
    parents: tuple[Link, ...]
    ancestors: tuple[Link, ...]
    carried: tuple[Key, ...]
    sequence: int
    unique: tuple[tuple[int, ...], ...]
    apart: tuple[tuple[int, ...], ...]
    clocked: tuple[int, ...]
    below: tuple[int, ...]
    precedence: tuple[int, ...]
    sources: tuple[SourceLayout, ...]
    row_key: Callable[[Row], RowKey] = field(init=False, repr=False, compare=False)
    source_of: Callable[[Row, str | None], int | None] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "row_key", key_reader(self.key, numbered=self.surrogate is not None))
        object.__setattr__(self, "source_of", source_reader(self))

    def primary_key(self, row: Row) -> tuple[Any, ...]:
        """Return the values of a row's primary key."""
        return tuple([row[n] for n in self.key])

    def link(self, table: int) -> Link | None:
        """Return the link to the row of another table above."""
        return next((link for link in (*self.parents, *self.ancestors) if link.table == table), None)

    def parent_key(self, row: Row) -> tuple[int, RowKey] | None:
        """Return the table and key of the row that a row hangs below."""
        for link in self.parents:
            if link.is_set(row):
                return link.table, link.key(row)
        return None

    def renumbered(self, row: Row, keys: Mapping[tuple[int, RowKey], RowKey]) -> tuple[Any, ...]:
        """Return the row with other keys for itself and for the rows above; `keys` has them by table and key."""
        values = list(row)
        if self.surrogate is not None:
            values[self.surrogate] = keys.get((self.number, row[self.surrogate]), row[self.surrogate])
        for held in self.keys_above:
            if row[held.column] is not None:
                values[held.column] = keys.get((held.owner, row[held.column]), row[held.column])
        return tuple(values)

    @property
    def is_told_by_note(self) -> bool:
        """Whether it takes a note to know the source of a row."""
        return any(source.told_by == "note" for source in self.sources)


@dataclass(frozen=True, slots=True)
class Layout:
    """A plan resolved: its tables by number, parents before children."""

    plan: Plan
    tables: tuple[TableLayout, ...]

    def number(self, name: str) -> int:
        """Return the number of the table called `name`."""
        return next(table.number for table in self.tables if table.name == name)

    def fed(self, feed: Feed) -> tuple[TableLayout, SourceLayout]:
        """Return the table and the source that a feed gives rows to."""
        table = self.tables[feed.table]
        return table, table.sources[feed.source]

    def order_of_rows(self, feeds: Iterable[Feed]) -> Literal["position", "surrogate", "name"]:
        """Return what tells the order of the rows of feeds that share one array or object."""
        tables = [self.tables[feed.table] for feed in feeds]
        if all(table.position is not None for table in tables):
            return "position"
        return "surrogate" if all(table.surrogate is not None for table in tables) else "name"

    def way_down(self, top: int, table: int) -> tuple[tuple[int, Link], ...]:
        """Return the tables from the one whose rows hold the key of a row of `top` down to `table`, each with its link.

        The first one's leads to `top`, that of another to the table before it.
        """
        own = self.tables[table]
        link = own.link(top)
        if link is not None:
            return ((table, link),)
        above = own.parent if own.parent is None else own.link(own.parent)
        if above is None:
            raise LookupError(f"rows of {own.name} do not tell the row that encloses them")
        return (*self.way_down(top, above.table), (table, above))

    def groups(self) -> Iterator[tuple[Claim, Feeds]]:
        """Yield feeds that share one array, object or member, each group once."""
        done: set[Key] = set()
        for claim in (c for table in self.tables for source in table.sources for c in source.claim.walk()):
            for feeds in claim.groups:
                if (feeds[0].table, feeds[0].source) not in done:
                    done.update((feed.table, feed.source) for feed in feeds)
                    yield claim, feeds


def uses_of(claim: Claim) -> dict[int, Uses]:
    """Return for each column the places below a row's claim that it is read from, in the order of alternatives."""
    found: dict[int, list[tuple[int, Claim]]] = {}
    for inner in claim.walk():
        for leaf in (inner.scalar, inner.whole):
            if leaf is not None:
                found.setdefault(leaf.column, []).append((leaf.alternative, inner))
    return {column: tuple(sorted(uses, key=itemgetter(0))) for column, uses in found.items()}


def dump(layout: Layout) -> str:
    """Return the layout as JSON text; `load(dump(x)) == x`."""
    return plans.to_text(layout)


def load(text: str) -> Layout:
    """Return the layout that `dump` wrote.

    Raises:
        ValueError: The text is not a layout, or one of a later program.
    """
    try:
        layout: Layout = plans.decoded(text, Layout)
    except ValueError as e:
        raise ValueError(f"this is not a layout that this version of docrel can read: {e}") from e
    return layout
