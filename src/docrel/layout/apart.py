"""What tells rows apart: sets of columns that no two rows share, because of where documents have them.

In: a table and its sources, resolved. Out: such sets. A single object has one row below its parent, a map one for each
name, a tree one for each way down. Of several sources that rows come from below one table, the edge or the constants
tell which. Sets that a declared key implies are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from docrel.plan import EdgeName, JoinedKey, MemberKey, Role, Table

if TYPE_CHECKING:
    from docrel.layout.model import SourceLayout


def told_apart(table: Table, sources: Sequence[SourceLayout]) -> tuple[tuple[int, ...], ...]:
    """Return the sets of columns, the link to the parent first."""
    known = [{table.index_of(name) for name in names} for names in table.unique_sets]
    found = []
    for parent in dict.fromkeys(source.parent for source in sources):
        group = [source for source in sources if source.parent == parent]
        columns = _of_one_parent(table, group, [s for s in sources if s.parent != parent])
        if columns and not any(key <= set(columns) for key in known):
            found.append(columns)
    return tuple(found)


def _of_one_parent(table: Table, group: Sequence[SourceLayout], others: Sequence[SourceLayout]) -> tuple[int, ...]:
    """Return what tells apart the rows below rows of one table; nothing where nothing surely does."""
    link, names = group[0].link, {_names(table, source) for source in group}
    if link is None or any(set(link.columns).isdisjoint(other.unlinked) for other in others):
        return ()  # rows of other sources have such a link too
    told, place = _telling(table, group), next(iter(names))
    return () if told is None or place is None or len(names) > 1 else (*link.columns, *told, *place)


def _names(table: Table, source: SourceLayout) -> tuple[int, ...] | None:
    """Return the columns that hold the names by which a source's rows differ; None: something else tells them apart."""
    member, joined = (_column(table, role) for role in (MemberKey, JoinedKey))
    match source.kind:
        case "single":
            return ()
        case "members":
            return None if member is None else (member,)
        case "tree":
            by_member = (member,) if source.by_name and member is not None else ()
            return None if joined is None else (*by_member, joined)
        case "elements":
            return None


def _telling(table: Table, group: Sequence[SourceLayout]) -> tuple[int, ...] | None:
    """Return the columns that tell the sources apart; None: there are none."""
    if len(group) == 1:
        return ()
    edge = _column(table, EdgeName)
    if edge is not None:
        return (edge,)
    constants = [dict(source.constants) for source in group]
    shared = tuple(column for column in constants[0] if all(column in each for each in constants))
    values = {tuple(each[column] for column in shared) for each in constants}
    return shared if len(values) == len(group) else None


def _column(table: Table, role: type[Role]) -> int | None:
    return next((n for n, column in enumerate(table.columns) if isinstance(column.role, role)), None)
