"""Node agreement: whether two plans take the node of a row apart alike.

In: a `Diff`. Out: guards for each place that only one of the plans claims, or why no guard could do. By the claims in
the layouts of both plans, in names: what takes something at a place, and in which order its members are expected.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from docrel.diff import Diff
from docrel.layout import Claim, Layout, Pointer, SourceLayout, TableLayout, layout_of
from docrel.migrate.guards import Guard, NotHeld, NotNoted
from docrel.plan import to_text


@dataclass(frozen=True, slots=True)
class _Place:
    """A place of a node in names: `takers` what takes something here, `kinds` what is taken apart."""

    takers: tuple[object, ...]
    kinds: tuple[bool, bool]
    below: frozenset[str | int]
    known: tuple[str, ...]
    swallows: bool

    @property
    def takes(self) -> bool:
        """Whether something is taken at this very place, rather than only below it."""
        return any(self.takers)


_Places = dict[Pointer, _Place]


def differing_nodes(diff: Diff, guards: list[Guard]) -> str:
    """Guard each place that only one of the plans claims, and say where the expected orders disagree."""
    before, after = layout_of(diff.before), layout_of(diff.new)
    tables = {table.name: table for table in before.tables}
    for table in after.tables:
        if (was := tables.get(table.name)) is None:
            continue
        old_name = diff.renames.old_table(table.name)
        for source in table.sources:
            own = next(s for s in was.sources if s.name == source.name)
            old, new = _places(before, was, own), _places(after, table, source)
            if reason := _difference(old, new, is_root=table.parent is None):
                return f"{table.name}: {reason}"
            places = [*_new_places(old, new), *_new_places(new, old)]
            if any(not all(isinstance(step, str) for step in place) or not place for place in places):
                return f"{table.name}: a claim on an array's elements changes"
            for place in places:
                guards.append(NotHeld(old_name, tuple(str(step) for step in place)))
                guards.append(NotNoted(old_name, str(place[-1])))
    return ""


def _places(layout: Layout, table: TableLayout, source: SourceLayout) -> _Places:
    return {claim.pointer: _place(layout, table, claim) for claim in source.claim.walk()}


def _place(layout: Layout, table: TableLayout, claim: Claim) -> _Place:
    columns, tables = layout.plan.tables[table.number].columns, layout.plan.tables
    leaves = [leaf and (columns[leaf.column].name, leaf.alternative) for leaf in (claim.scalar, claim.whole)]
    feeds = [
        tuple((tables[feed.table].name, tables[feed.table].sources[feed.source].name) for feed in feeds)
        for feeds in claim.groups
    ]
    return _Place(
        (*leaves, claim.fixed and to_text(claim.fixed), tuple(feeds)),
        (claim.is_object, claim.is_array),
        frozenset(inner.pointer[-1] for inner in claim.below),
        claim.known,
        bool(claim.maps or claim.tree or claim.whole or claim.singles),
    )


def _new_places(old: _Places, new: _Places) -> Iterator[Pointer]:
    """Yield the highest places that `new` claims and `old` does not."""
    yielded = set[Pointer]()
    for pointer, place in new.items():  # parents first
        if pointer[:-1] in yielded and pointer:
            yielded.add(pointer)
        elif pointer not in old or (place.takes and not old[pointer].takes):
            yielded.add(pointer)
            yield pointer


def _difference(old: _Places, new: _Places, *, is_root: bool) -> str:
    """Say why places that both plans claim are not treated alike; empty: they are."""
    for pointer, a in old.items():
        if a == (b := new.get(pointer, a)):
            continue
        if (a.swallows or b.swallows) and a.below != b.below:
            return "members of a place that is taken as a whole are taken by name"
        if not _agree(a.known, b.known):
            return "members are expected in another order"
        if a.kinds != b.kinds and (pointer or not is_root):
            return "objects or arrays are taken apart where they were not"
        if a.takers != b.takers and a.takes and b.takes:
            return "one place is taken by other columns or tables"
        if a.takers != b.takers and not pointer:
            return "the node itself is taken by other columns or tables"
    return ""


def _agree(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether the names that both know stand in the same order."""
    return [n for n in a if n in b] == [n for n in b if n in a]
