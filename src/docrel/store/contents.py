"""Contents: what a database holds, table by table and column by column, for who is about to ask it something.

In: an open store. Out: counts. Reads all rows of what it counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from docrel.backends import QueryError
from docrel.plan import is_own, places, way, wording
from docrel.store.reading import Reader


@dataclass(frozen=True, slots=True)
class TableContents:
    """A table or a view: how many rows and columns it has, and where in a document its rows are.

    `rows` is None where a view does not work. `kind`: `engine` is docrel's own, `other` somebody else's.
    """

    name: str
    kind: Literal["table", "view", "engine", "other"]
    rows: int | None
    columns: int
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnContents:
    """A column of a mapping's table: its type, where its values are in a document, and in how many rows one is."""

    name: str
    type: str
    way: wording.Way
    places: tuple[str, ...]
    filled: int


def table_contents(store: Reader, *, everything: bool = False) -> list[TableContents]:
    """Return what each table of the mapping holds, in the mapping's order; with `everything` all others behind them."""
    plan, backend = store.plan, store.backend
    quote = backend.dialect.quote_identifier
    found: list[TableContents] = []
    with store.snapshot():
        for table in plan.tables:
            rows = backend.execute(f"SELECT count(*) FROM {quote(table.name)}")[0][0]
            at = tuple(place for _, place in wording.source_paths(table, plan))
            found.append(TableContents(table.name, "table", rows, len(table.columns), at))
        others = backend.names().items() if everything else ()
        known = {table.name for table in plan.tables}
        for name, kind in sorted((n, k) for n, k in others if k in {"table", "view"} and n not in known):
            own: Literal["engine", "view", "other"] = (
                "engine" if is_own(name, plan.name) else "view" if kind == "view" else "other"
            )
            found.append(TableContents(name, own, *_counted(store, quote(name))))
    return found


def _counted(store: Reader, quoted: str) -> tuple[int | None, int]:
    """Return how many rows and columns there are, of anything."""
    try:
        with_columns = store.backend.query(f"SELECT * FROM {quoted} LIMIT 0", (), lambda: None)
        columns = len(with_columns.columns)
        with_columns.close()
        ((rows,),) = store.backend.query(f"SELECT count(*) FROM {quoted}", (), lambda: None)
    except QueryError:
        return None, 0
    return rows, columns


def column_contents(store: Reader, name: str) -> tuple[int, list[ColumnContents]]:
    """Return how many rows a table of the mapping has, and what is in each of its columns.

    Raises:
        StoreError: S431, there is no such table.
    """
    table = store.table_named(name)
    quote = store.backend.dialect.quote_identifier
    counts = ", ".join(["count(*)", *(f"count({quote(column.name)})" for column in table.columns)])
    with store.snapshot():
        ((rows, *filled),) = store.backend.execute(f"SELECT {counts} FROM {quote(table.name)}")
    return rows, [
        ColumnContents(column.name, column.type, way(column), tuple(places(column, table, store.plan)), number)
        for column, number in zip(table.columns, filled, strict=True)
    ]
