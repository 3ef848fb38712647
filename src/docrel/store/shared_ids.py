"""Shared ids: tables whose rows are elements of one array draw their ids together, so that a new row is the last.

In: a database where that was not seen to, as its triggers were not there, or find nothing to raise yet. Out: the next
id of each such table is above all that any of them has given.
"""

from __future__ import annotations

from collections import Counter

from docrel.backends import Backend
from docrel.layout import Layout


def share_ids(backend: Backend, layout: Layout) -> None:
    """Raise the ids that are next, within a transaction of the caller's."""
    tables = [table for table in layout.tables if table.surrogate is not None]
    together = Counter(table.sequence for table in tables)
    tables = [table for table in tables if together[table.sequence] > 1]
    if not tables:
        return
    given = {name: last for name, last in backend.highest_ids().items() if type(last) is int}
    last = dict.fromkeys(together, 0)
    for table in tables:
        last[table.sequence] = max(last[table.sequence], given.get(table.name, 0))
    for table in tables:
        if given.get(table.name, -1) < last[table.sequence]:
            backend.ids_used(table.name, last[table.sequence])
