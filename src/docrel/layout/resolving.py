"""Resolving: from the plan, which goes by names, to its layout.

In: a plan. Out: its `Layout`, the same one for the same plan. Everything that is found out here is kept there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from docrel.layout.apart import told_apart
from docrel.layout.claim_tree import Claim, Pointer, claim_trees, place_of, pointer_of, tables_above
from docrel.layout.defaults import is_computed, mapped_constant, reads_of, reads_only_document
from docrel.layout.model import Key, KeyColumn, Layout, Link, SourceLayout, TableLayout, Uses, uses_of
from docrel.plan import (
    Column,
    EdgeName,
    Members,
    ParentKey,
    Plan,
    Position,
    Rest,
    Role,
    Source,
    Surrogate,
    Table,
    once_a_plan,
)


@once_a_plan
def layout_of(plan: Plan) -> Layout:
    """Return the layout of a plan."""
    return _Resolving(plan).layout()


class _Resolving:
    """What all tables of a plan have to be looked at for."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.number = {table.name: number for number, table in enumerate(plan.tables)}
        self.above = tables_above(plan)
        self.claims = claim_trees(plan)
        self.keys = [self._keys_above(table) for table in plan.tables]
        self.carried = self._carried()
        self.sequences = _merged(len(plan.tables), self._shared())

    def layout(self) -> Layout:
        return Layout(self.plan, tuple(self._table(number, table) for number, table in enumerate(self.plan.tables)))

    def _table(self, number: int, table: Table) -> TableLayout:
        surrogate, position, rest, edge = (_role(table, role) for role in (Surrogate, Position, Rest, EdgeName))
        links = self._links(number)
        parent = None if table.parent is None else self.number[table.parent]
        nearest = sorted(self._feeding(table), key=lambda above: above == parent)
        sources = tuple(self._source(number, n, links) for n in range(len(table.sources)))
        return TableLayout(
            number,
            table.name,
            self.number[self.plan.root_of(table).name],
            parent,
            tuple(table.index_of(name) for name in table.primary_key),
            surrogate,
            position,
            rest,
            edge,
            tuple(n for n in (position, surrogate) if n is not None),
            self.keys[number],
            tuple(links[above] for above in nearest),
            tuple(link for above, link in links.items() if above not in nearest),
            self.carried[number],
            self.sequences[number],
            _unique(table),
            () if self.plan.constraints == "declared" else told_apart(table, sources),
            tuple(n for n, c in enumerate(table.columns) if c.default is not None and c.default.now),
            tuple(other for other, above in enumerate(self.above) if number in above),
            tuple(s.number for s in sorted(sources, key=lambda s: (not s.constants, s.parent == parent))),
            sources,
        )

    def _source(self, number: int, n: int, links: dict[int, Link]) -> SourceLayout:
        table, claim = self.plan.tables[number], self.claims[number][n]
        source = table.sources[n]
        parent = None if source.parent is None else self.number[source.parent]
        kind, path = place_of(source)
        ahead, after = _recomputed(table, claim)
        return SourceLayout(
            n,
            source.name,
            parent,
            kind,
            pointer_of(path),
            isinstance((source.each or (None,))[-1], Members),
            None if parent is None else links[parent],
            tuple(
                (table.index_of(name), mapped_constant(table.column(name), value)) for name, value in source.constants
            ),
            tuple((pointer_of(path), values) for path, values in source.when),
            _told_by(table, source),
            claim,
            tuple(held.column for held in self.keys[number] if parent is not None and self._is_null(held, parent)),
            ahead,
            after,
        )

    def _feeding(self, table: Table) -> list[int]:
        """Return the tables whose rows the table's rows may hang below."""
        return list(dict.fromkeys(self.number[s.parent] for s in table.sources if s.parent is not None))

    # -- keys of rows above -------------------------------------------------------------------------------

    def _keys_above(self, table: Table) -> tuple[KeyColumn, ...]:
        enclosing = set()
        above = table.parent
        while above is not None:
            enclosing.add(above)
            above = self.plan.table(above).parent
        return tuple(
            KeyColumn(n, self._of(role), self._owner(role), role.table in enclosing)
            for n, role in ((n, column.role) for n, column in enumerate(table.columns))
            if isinstance(role, ParentKey)
        )

    def _of(self, role: ParentKey) -> Key:
        return self.number[role.table], self.plan.table(role.table).index_of(role.column)

    def _owner(self, role: ParentKey) -> int:
        target = self.plan.table(role.table).column(role.column).role
        return self._owner(target) if isinstance(target, ParentKey) else self.number[role.table]

    def _links(self, number: int) -> dict[int, Link]:
        """Return by number of the table above the links that a table's columns make."""
        columns = {held.of: held.column for held in reversed(self.keys[number])}
        found = {}
        for above in dict.fromkeys(held.of[0] for held in self.keys[number]):
            table = self.plan.tables[above]
            keys = [(above, table.index_of(name)) for name in table.primary_key]
            if columns.keys() >= set(keys):
                found[above] = Link(above, tuple(columns[key] for key in keys), table.surrogate is not None)
        return found

    def _is_null(self, held: KeyColumn, parent: int) -> bool:
        """Say whether rows that hang below rows of `parent` have no value for a key of a row above."""
        if held.of[0] == parent:
            return False
        handed_down = (*(above.of for above in self.keys[parent]), *self.carried[parent])
        return not held.inherited or held.of not in handed_down

    def _carried(self) -> list[tuple[Key, ...]]:
        """Return for each table the keys that rows below it need and it has no column for.

        So a row that comes from below another table (`within`) still knows the row of its enclosing table.
        """
        found: list[tuple[Key, ...]] = [() for _ in self.plan.tables]
        pending = list(range(len(found)))
        while pending:
            number = pending.pop()
            feeding = [above for above in self._feeding(self.plan.tables[number]) if above != number]
            for key in (*(held.of for held in self.keys[number] if held.inherited), *found[number]):
                for above in feeding:
                    known = above == key[0] or key in found[above] or key in {held.of for held in self.keys[above]}
                    if not known and key[0] in self.above[above]:
                        found[above] += (key,)
                        pending.append(above)
        return found

    # -- sequences ----------------------------------------------------------------------------------------

    def _shared(self) -> Iterator[frozenset[int]]:
        """Yield tables that share an array or object: by one sequence, ids tell the order of its elements."""
        for claim in (c for trees in self.claims for tree in trees for c in tree.walk()):
            for feeds in (claim.elements, claim.maps):
                if len(feeds) > 1:
                    yield frozenset(feed.table for feed in feeds)


def _merged(count: int, groups: Iterable[frozenset[int]]) -> list[int]:
    """Return for each table the first one that it shares a sequence with."""
    leader = list(range(count))
    for group in groups:
        leaders = {leader[number] for number in group}
        leader = [min(leaders) if one in leaders else one for one in leader]
    return leader


def _role(table: Table, role: type[Role]) -> int | None:
    return next((n for n, column in enumerate(table.columns) if isinstance(column.role, role)), None)


def _unique(table: Table) -> tuple[tuple[int, ...], ...]:
    sets: list[tuple[str, ...]] = [(c.name,) for c in table.columns if c.unique and not isinstance(c.role, Surrogate)]
    sets += table.unique
    sets += [index.columns for index in table.indexes if index.unique]
    if table.surrogate is None:
        sets.append(table.primary_key)
    return tuple(
        tuple(table.index_of(name) for name in names) for names in dict.fromkeys(sets) if table.surrogate not in names
    )


def _told_by(table: Table, source: Source) -> Literal["constants", "edge", "note", "nothing"]:
    if source.constants:
        return "constants"
    if _role(table, EdgeName) is not None:
        return "edge"
    first = next(s for s in table.sources if s.parent == source.parent and not s.constants)
    return "nothing" if source == first else "note"


# -- defaults that are computed again -----------------------------------------------------------------------


def _recomputed(table: Table, claim: Claim) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the columns whose default is told ahead of the row's node, and those whose is computed from the node.

    The latter's values are first written, then taken out of the node again where they equal the default; so one that
    another looks at comes before that.
    """
    uses = uses_of(claim)
    found = {
        number: uses.get(number, ())
        for number, column in enumerate(table.columns)
        if column.default is not None
        and not column.default.written
        and number in uses
        and all(inner.pointer for _, inner in uses[number])
    }
    own = {n: u for n, u in found.items() if from_own_node(table, table.columns[n])}
    ahead = tuple(number for number in found if number not in own)
    return ahead, _in_order_of_need(table, {n: u for n, u in own.items() if _can_be_taken_out(u)})


def from_own_node(table: Table, column: Column) -> bool:
    """Say whether the default is computed from the row's node."""
    return is_computed(column) and (table.parent is None or not reads_only_document(column))


def _can_be_taken_out(uses: Uses) -> bool:
    """Not an element of an array, which has no gaps, nor a value that shares its place with objects or rows."""
    return not any(claim.is_mixed or any(isinstance(s, int) for s in claim.pointer) for _, claim in uses)


def _in_order_of_need(table: Table, uses: dict[int, Uses]) -> tuple[int, ...]:
    """Order the columns; those whose default looks, in the end, at its own place are left out."""
    needs = {
        number: {
            other
            for other, places in uses.items()
            if any(overlap(pointer, claim.pointer) for pointer in _looked_at(table, number) for _, claim in places)
        }
        for number in uses
    }
    found: list[int] = []
    while free := [number for number in needs if number not in found and needs[number] <= set(found)]:
        found.extend(free)
    return tuple(found)


def _looked_at(table: Table, number: int) -> list[Pointer]:
    """The places within the row's node that a default looks at."""
    reads = reads_of(table.columns[number])
    return [pointer_of(read.path) for read in reads if table.parent is None or not read.root]


def overlap(one: Sequence[object], other: Sequence[object]) -> bool:
    """Say whether one place lies within the other."""
    length = min(len(one), len(other))
    return tuple(one[:length]) == tuple(other[:length])
