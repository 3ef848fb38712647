"""Sequences: which tables draw their surrogate ids together.

In: a plan. Out: a number for each table. Tables that share an array or object share a sequence, so that ids tell the
order of its elements, and a row's id tells it from all others there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from docrel.layout.claim_tree import claims
from docrel.plan import Plan, Table


def sequences_of(plan: Plan) -> list[int]:
    """Return for each table, in plan order, the number of the first table that it shares a sequence with."""
    return _merged(plan.tables, _sharing(plan))


def _sharing(plan: Plan) -> Iterator[frozenset[str]]:
    for table in plan.tables:
        for source in table.sources:
            for claim in claims(plan, table, source).walk():
                for feeds in (claim.elements, claim.maps):
                    if len(feeds) > 1:
                        yield frozenset(feed.table.name for feed in feeds)


def _merged(tables: Sequence[Table], groups: Iterable[frozenset[str]]) -> list[int]:
    number = {table.name: n for n, table in enumerate(tables)}
    leader = list(range(len(tables)))
    for group in groups:
        leaders = {leader[number[name]] for name in group}
        lowest = min(leaders)
        leader = [lowest if one in leaders else one for one in leader]
    return leader
