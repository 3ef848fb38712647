"""Which defaults are computed again when a row is rebuilt; that others were taken, the complement notes.

In: a table and the claims of one source. Out: two sets of columns: whose default can be told ahead of the row's node,
and whose is computed from the node, once that is there. The latter's values are first written, then taken out of the
node again where they equal the default; so one that another looks at comes before that.
"""

from __future__ import annotations

from docrel.layout.claim_tree import Claim, Pointer, Uses, uses_of
from docrel.layout.defaults import is_computed, reads_of, reads_only_document
from docrel.plan import Column, Index, Name, Path, Table


class Recomputed:
    """The columns of a source's rows with a default that `rebuild` computes again.

    Attributes:
        ahead: Those whose default can be told before the row's node is there.
        after: Those whose default is computed from the node; each comes before those that look at its place.
    """

    def __init__(self, table: Table, claim: Claim) -> None:
        uses = uses_of(claim)
        found = {
            number: uses[number]
            for number, column in enumerate(table.columns)
            if column.default is not None
            and not column.default.written
            and all(c.pointer for _, c in uses.get(number, [(0, Claim())]))
        }
        own = {n: u for n, u in found.items() if from_own_node(table, table.columns[n])}
        self.ahead = frozenset(found) - frozenset(own)
        self.after = _in_order_of_need(table, {n: u for n, u in own.items() if _can_be_taken_out(u)})

    def __contains__(self, number: int) -> bool:
        return number in self.ahead or number in self.after


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
            if any(_overlap(pointer, claim.pointer) for pointer in _looked_at(table, number) for _, claim in places)
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
    return [_pointer(read.path) for read in reads if table.parent is None or not read.root]


def _pointer(path: Path) -> Pointer:
    return tuple(step.name if isinstance(step, Name) else step.index for step in path if isinstance(step, Name | Index))


def _overlap(one: Pointer, other: Pointer) -> bool:
    length = min(len(one), len(other))
    return one[:length] == other[:length]
