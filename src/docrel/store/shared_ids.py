"""Shared ids: tables whose rows are elements of one array draw their ids together, so that a new row is the last.

In: a database where that was not seen to, as its triggers were not there. Out: the next id of each such table is above
all that any of them has given.
"""

from __future__ import annotations

from docrel.backends import Backend
from docrel.layout import Layout


def share_ids(backend: Backend, layout: Layout) -> None:
    """Raise the ids that are next, within a transaction of the caller's."""
    highest = {name: last for name, last in backend.highest_ids().items() if type(last) is int}
    last: dict[int, int] = {}
    for table in layout.tables:
        last[table.sequence] = max(last.get(table.sequence, 0), highest.get(table.name, 0))
    for table in layout.tables:
        if table.surrogate is not None and highest.get(table.name, 0) < last[table.sequence]:
            backend.ids_used(table.name, last[table.sequence])
