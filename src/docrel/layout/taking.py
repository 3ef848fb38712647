"""What a source leaves: the nodes of its kinds that become no row, since the row would not be told from others.

In: a layout and a source. Out: the sources and sets of columns that a row is seen against; whether none is ever left;
what of a rest column is at places that are others'.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from docrel.layout.claim_tree import Claim, Feed, NodeKind, Pointer
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


def misplaced(rest: Any, claim: Claim) -> Iterator[Pointer]:
    """Yield where a rest column has a value that gives way to columns or rows; null and what is empty may be anywhere.

    What is within such a value is not looked at.
    """
    pending: list[tuple[Any, Claim]] = [(rest, claim)]
    for value, around in pending:  # grows on the way
        for step, there in around.below_giving_way:
            if isinstance(value, dict):
                inner = value.get(step)
            else:
                inner = value[step] if isinstance(value, list) and isinstance(step, int) and step < len(value) else None
            if inner is None:
                continue
            kind: NodeKind = "dict" if isinstance(inner, dict) else "list" if isinstance(inner, list) else "scalar"
            is_empty = there.is_taken_apart and kind != "scalar" and not inner
            if kind in there.giving_way and not is_empty:
                yield there.pointer
            elif kind != "scalar":
                pending.append((inner, there))
