"""Samples: some documents of a database, by which plain SQL is seen to have changed none.

In: a store. Out: digests of its first and last documents by root table and row. That plain SQL commutes is
proven before it runs (`docrel.migrate.commuting`); this looks at the result all the same, in time that does not grow
with the database.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from docrel.sql import SQLITE
from docrel.store import Place, Store

SAMPLED = 100
Sample = dict[tuple[str, Any], bytes]


def sample(store: Store, digest: Callable[[Any], bytes], named: Callable[[str], str]) -> Sample:
    """Return the digests of the first and last documents of each root table, by its name as `named` says."""
    found: Sample = {}
    quote = SQLITE.quote_identifier
    for root in store.plan.roots:
        number = store.plan.tables.index(root)
        key, table = quote(root.primary_key[0]), quote(root.name)
        rows: list[Any] = []
        for order in ("ASC", "DESC"):
            sql = f"SELECT {key} FROM {table} ORDER BY {key} {order} LIMIT {SAMPLED // 2}"
            rows += [row for (row,) in store.backend.execute(sql)]
        places = [Place(number, row) for row in dict.fromkeys(rows)]
        for place, document in store.documents_at(places):
            found[named(root.name), place.row] = digest(document)
    return found


def same_sample(before: Sample, after: Sample) -> list[str]:
    """Return the rows whose documents are not the same; ten at most."""
    return [repr(row) for (table, row), digest in before.items() if after.get((table, row)) != digest][:10]
