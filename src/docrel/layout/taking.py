"""What a source leaves: the nodes of its kinds that become no row, since the row would not be told from others.

In: a layout and a source. Out: the sources and sets of columns that a row is seen against; whether none is ever left.
"""

from __future__ import annotations

from docrel.layout.claim_tree import Feed
from docrel.layout.model import Layout, SourceLayout, TableLayout


def mistakable(table: TableLayout, source: SourceLayout) -> list[SourceLayout]:
    """Return the sources whose constants a row of this one could have by chance."""
    constants = dict(source.constants)
    return [
        other
        for other in table.sources
        if other is not source
        and other.constants
        and all(value == constants.get(column, value) for column, value in other.constants)
        and (other.number < source.number or not constants)
    ]


def named_apart(table: TableLayout, source: SourceLayout) -> list[tuple[int, ...]]:
    """Return the sets of columns that tell rows of a source apart by their names."""
    link = source.link
    if link is None or source.kind not in ("members", "tree"):
        return []
    return [columns for columns in table.apart if columns[: len(link.columns)] == link.columns]


def takes_all(layout: Layout, feed: Feed) -> bool:
    """Say whether every node that a feed finds, of the kinds that its source takes, becomes a row."""
    table, source = layout.fed(feed)
    return not (
        layout.plan.tables[table.number].otherwise == "rest"
        or source.when
        or table.unique
        or mistakable(table, source)
        or named_apart(table, source)
    )
