"""Node agreement: whether two plans take the node of a row apart alike.

In: a `Diff`. Out: guards for each place that only one of the plans claims, or why no guard could do. By the claim trees
of both plans: what the columns and tables of a node take, and in which order its members are expected.
"""

from __future__ import annotations

from collections.abc import Iterator

from docrel.diff import Diff
from docrel.layout import Claim, Pointer, claims
from docrel.migrate.guards import Guard, NotHeld, NotNoted
from docrel.plan import Table


def differing_nodes(found: Diff, guards: list[Guard]) -> str:
    """Guard each place that only one of the plans claims, and say where the expected orders disagree."""
    for table in found.new.tables:
        was = next((t for t in found.before.tables if t.name == table.name), None)
        if was is None:
            continue
        old_name = found.renames.old_table(table.name)
        for source in table.sources:
            before = next(s for s in was.sources if s.name == source.name)
            old, new = claims(found.before, was, before), claims(found.new, table, source)
            reason = _same_node(old, new, was, table)
            if reason:
                return f"{table.name}: {reason}"
            places = [*_new_places(old, new), *_new_places(new, old)]
            if any(not all(isinstance(step, str) for step in place) or not place for place in places):
                return f"{table.name}: a claim on an array's elements changes"
            for place in places:
                guards.append(NotHeld(old_name, tuple(str(step) for step in place)))
                guards.append(NotNoted(old_name, str(place[-1])))
    return ""


def _new_places(old: Claim, new: Claim) -> Iterator[Pointer]:
    """Yield the highest places that `new` claims and `old` does not."""
    pending = [(old, new)]
    while pending:
        a, b = pending.pop()
        if _takes(b) and not _takes(a):
            yield b.pointer
            continue
        for name, inner in b.members.items():
            if name in a.members:
                pending.append((a.members[name], inner))
            else:
                yield inner.pointer
        for index, inner in b.indexes.items():
            if index in a.indexes:
                pending.append((a.indexes[index], inner))
            else:
                yield inner.pointer


def _takes(claim: Claim) -> bool:
    """Whether something is taken at this very place, rather than only below it."""
    return bool(claim.scalar or claim.whole or claim.fixed or claim.groups)


def _same_node(old: Claim, new: Claim, was: Table, table: Table) -> str:
    """Say why places that both plans claim are not treated alike; empty: they are."""
    pairs = [(old, new)]
    while pairs:
        a, b = pairs.pop()
        swallows = any(c.maps or c.tree or c.whole or c.singles for c in (a, b))
        if swallows and (a.members.keys() ^ b.members.keys() or a.indexes.keys() ^ b.indexes.keys()):
            return "members of a place that is taken as a whole are taken by name"
        if a.known != b.known and not _agree(a.known, b.known):
            return "members are expected in another order"
        top = not a.pointer and table.parent is None
        if not top and (a.is_object, a.is_array) != (b.is_object, b.is_array):
            return "objects or arrays are taken apart where they were not"
        kinds = [_kinds(c, t) for c, t in ((a, was), (b, table))]
        if _takes(a) and _takes(b) and kinds[0] != kinds[1]:
            return "one place is taken by other columns or tables"
        if not a.pointer and kinds[0] != kinds[1]:
            return "the node itself is taken by other columns or tables"
        pairs += [(a.members[n], b.members[n]) for n in a.members if n in b.members]
        pairs += [(a.indexes[n], b.indexes[n]) for n in a.indexes if n in b.indexes]
    return ""


def _agree(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether the names that both know stand in the same order."""
    return [n for n in a if n in b] == [n for n in b if n in a]


def _kinds(claim: Claim, table: Table) -> object:
    leaves = [
        None if leaf is None else (table.columns[leaf.column].name, leaf.alternative)
        for leaf in (claim.scalar, claim.whole)
    ]
    feeds = [[(f.table.name, f.source.name) for f in group] for group in claim.groups]
    return leaves, claim.fixed, feeds
