"""Links: whether each row hangs below one row, in one document, and none below itself.

In: the stored rows of some documents. Out: nothing, or a `MisfitError`. It looks at tables that have more than the key
of the row right above: of recursions, those with several parents, those that hold keys of rows further up. That the
row above is there, `rebuild` sees by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docrel.engine.misfits import Misfits, Row
from docrel.layout import Key, Layout, Link, RowKey, TableLayout

_At = tuple[int, RowKey]  # a table and the key of a row


class Links:
    """Checks the links of one plan's rows."""

    def __init__(self, layout: Layout) -> None:
        self._tables, self._misfit = layout.tables, Misfits(layout.plan)
        self._checked = [table for table in layout.tables if _has_more(table)]

    def __call__(self, rows: Sequence[Sequence[Row]]) -> None:
        """See all rows through.

        Raises:
            MisfitError: A link of a row leads elsewhere than another, to nothing, or to the row itself.
        """
        pending = [table for table in self._checked if not _is_plain(table, rows[table.number])]
        if pending:
            _Check(self._tables, self._misfit, rows).run(pending)


def _has_more(table: TableLayout) -> bool:
    return table.parent is not None and (
        len(table.keys_above) > len(table.parents[0].columns) or len(table.parents) > 1
    )


def _is_plain(table: TableLayout, rows: Sequence[Row]) -> bool:
    """Say whether rows of a simple recursion are as `flatten` numbers them, each behind its parent, in one document."""
    first = table.parents[0]
    if not rows:
        return True
    if len(table.parents) != 2 or first.table != table.number or table.surrogate is None or table.carried:
        return False
    key, (above,) = table.surrogate, first.columns
    others = [held.column for held in table.keys_above if held.column != above]
    if len(others) != 1:
        return False
    (other,) = others
    owner = {row[key]: row[other] for row in rows}
    return not any(row[above] is not None and not _is_behind(row, key, above, other, owner) for row in rows)


def _is_behind(row: Row, key: int, above: int, other: int, owner: dict[Any, Any]) -> bool:
    parent = row[above]
    return type(parent) is int and parent < row[key] and owner.get(parent) == row[other]


class _Check:
    """One pass over the rows of some documents."""

    def __init__(self, tables: Sequence[TableLayout], misfit: Misfits, rows: Sequence[Sequence[Row]]) -> None:
        self._tables, self._misfit = tables, misfit
        self._index = {
            (table.number, table.row_key(row)): row for table, found in zip(tables, rows, strict=True) for row in found
        }
        self._seen: set[_At] = set()

    def run(self, tables: Sequence[TableLayout]) -> None:
        for at, row in self._index.items():
            table = self._tables[at[0]]
            if table in tables:
                self._see(table, at, row)

    def _see(self, table: TableLayout, at: _At, row: Row) -> None:
        link = self._link(table, at, row)
        for held in table.keys_above:
            if held.column in link.columns or not held.inherited:
                continue
            wanted = self._above(at, held.of)
            if row[held.column] != wanted:
                columns = [self._column(table, n) for n in (*link.columns, held.column)]
                raise self._misfit(*at, f"its links {' and '.join(columns)} lead to rows of different branches")
        self._rise(at)

    def _link(self, table: TableLayout, at: _At, row: Row) -> Link:
        """Return the link to the row right above, which alone of those of its kind may be set."""
        chosen = next((link for link in table.parents if link.is_set(row)), None)
        if chosen is None:
            raise self._misfit(*at, "its links lead to no row above")
        return chosen

    def _up(self, at: _At) -> _At | None:
        """Return the row right above; None: it is a root's."""
        table, row = self._tables[at[0]], self._index[at]
        if table.parent is None:
            return None
        link = self._link(table, at, row)
        above = (link.table, link.key(row))
        if above not in self._index:
            raise self._misfit(*at, f"its row of {self._tables[link.table].name}, {above[1]}, is not there")
        return above

    def _above(self, at: _At, key: Key) -> Any:
        """Return the key of a row further up that a row hands down; the rows between may not hold it."""
        way = set[_At]()
        while (above := self._up(at)) is not None:
            if above in way:
                break
            way.add(above)
            at, row = above, self._index[above]
            table = self._tables[at[0]]
            if table.number == key[0]:
                return row[key[1]]
            held = next((held.column for held in table.keys_above if held.of == key and held.inherited), None)
            if held is not None:
                return row[held]
        raise self._misfit(*at, "it lies above itself")

    def _rise(self, at: _At) -> None:
        """See that the way up ends."""
        way: dict[_At, None] = {}
        above: _At | None = at
        while above is not None and above not in self._seen:
            if above in way:
                circle = [*way][[*way].index(above) :]
                first = min(circle, key=lambda at: (at[0], str(at[1])))
                link = self._link(self._tables[first[0]], first, self._index[first])
                named = ", ".join(self._column(self._tables[first[0]], n) for n in link.columns)
                reason = f"it lies below itself: its row above, which {named} names, is one of those below it"
                raise self._misfit(*first, reason)
            way[above] = None
            above = self._up(above)
        self._seen.update(way)

    def _column(self, table: TableLayout, number: int) -> str:
        return self._misfit.column(table.number, number)
