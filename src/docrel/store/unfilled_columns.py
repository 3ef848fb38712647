"""Unfilled columns: the tables of a database without a row, and the columns that are NULL in all of their rows.

In: an open store. Out: numbers of tables and columns, in order. Of a table much larger than what an import has brought
only the first rows are looked at; what is NULL in these may not be so further on, and is left out. Reads only.
"""

from __future__ import annotations

from collections.abc import Iterator

from docrel.documents import fillable
from docrel.store.store import Store

_FIRST, _LEAST, _TIMES = 200, 100_000, 10
"""Rows that are read first; that are looked at in any case; how many more than those written."""


def unfilled_columns(store: Store) -> Iterator[tuple[int, int | None]]:
    """Yield each table without a row (with None), and the columns that no row fills."""
    for number, columns in enumerate(fillable(store.plan)):
        table = store.plan.tables[number]
        if not store.backend.execute(store.dml.select_some(table, [table.columns[0].name]), (1,)):
            yield number, None
            continue
        left = columns
        for limit in (_FIRST, max(_LEAST, _TIMES * store.written[table.name].inserted)):
            if left:
                names = [table.columns[n].name for n in left]
                ((rows, *counts),) = store.backend.execute(store.dml.count_filled(table, names), (limit,))
                left = [n for n, count in zip(left, counts, strict=True) if not count]
                if rows < limit:
                    break
        else:
            left = []
        yield from ((number, column) for column in left)
