"""Samples: some documents of a database, by which plain SQL is seen to have changed none.

In: a store. Out: digests of its first and last documents by root table and row. That plain SQL commutes is
proven before it runs (`docrel.migrate.commuting`); this looks at the result all the same, in time that does not grow
with the database.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from docrel.diagnostics import StoreError
from docrel.store import Place, Row, Store

SAMPLED = 100
Sample = dict[tuple[str, Row], bytes]
_ENDS: tuple[Literal["ASC", "DESC"], ...] = ("ASC", "DESC")


def sample(store: Store, digest: Callable[[Any], bytes], named: Callable[[str], str]) -> Sample:
    """Return the digests of the first and last documents of each root table, by its name as `named` says."""
    found: Sample = {}
    for root in store.plan.roots:
        number = store.plan.tables.index(root)
        rows: list[Row] = []
        for order in _ENDS:
            rows += store.backend.execute(store.dml.select_ends(root, order), [SAMPLED // 2])
        places = [Place(number, row) for row in dict.fromkeys(rows)]
        for place, document in store.documents_at(places):
            if isinstance(document, StoreError):
                continue  # neither before nor after
            found[named(root.name), place.row] = digest(document)
    return found


def same_sample(before: Sample, after: Sample) -> list[str]:
    """Return the rows whose documents are not the same; ten at most."""
    return [repr(row) for (table, row), digest in before.items() if after.get((table, row)) != digest][:10]
