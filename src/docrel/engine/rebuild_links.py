"""Links: whether each row hangs below one row, in one document, and none below itself.

In: the stored rows of some documents. Out: nothing, or a `MisfitError`. It looks at tables that have more than the key
of the row right above: of recursions, those with several parents, those that hold keys of rows further up. That the
row above is there, `rebuild` sees by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from docrel.engine.misfits import MisfitError, Misfits, Row
from docrel.layout import Key, KeyColumn, Layout, Link, RowKey, TableLayout

_At = tuple[int, RowKey]  # a table and the key of a row


@dataclass(frozen=True, slots=True)
class _Way:
    """A link of a table's rows, and the other keys of rows above that are to be those that the row at its end has.

    Attributes:
        near: Of those that this row holds the columns here and there.
        far: Those that it does not hold: only a row further up does.
    """

    link: Link
    near: tuple[tuple[int, int], ...]
    far: tuple[KeyColumn, ...]


class Links:
    """Checks the links of one plan's rows."""

    def __init__(self, layout: Layout) -> None:
        self._tables, self._misfit = layout.tables, Misfits(layout.plan)
        self._checked = [(table, _ways(layout.tables, table)) for table in layout.tables if _has_more(table)]

    def __call__(self, rows: Sequence[Sequence[Row]]) -> None:
        """See all rows through.

        Raises:
            MisfitError: A link of a row leads elsewhere than another, to nothing, or to the row itself.
        """
        check = _Check(self._tables, self._misfit, rows)
        for table, ways in self._checked:
            if not _is_plain(table, rows[table.number]):
                check.see(table, ways)


def _has_more(table: TableLayout) -> bool:
    return table.parent is not None and (
        len(table.keys_above) > len(table.parents[0].columns) or len(table.parents) > 1
    )


def _ways(tables: Sequence[TableLayout], table: TableLayout) -> list[_Way]:
    return [_way(tables[link.table], table, link) for link in table.parents]


def _way(above: TableLayout, table: TableLayout, link: Link) -> _Way:
    handed = [held for held in table.keys_above if held.inherited and held.column not in link.columns]
    there = [(held, _holder(above, held.of)) for held in handed]
    near = tuple((held.column, column) for held, column in there if column is not None)
    return _Way(link, near, tuple(held for held, column in there if column is None))


def _holder(table: TableLayout, key: Key) -> int | None:
    """Return the column in which rows of a table have a key, their own or one that is handed down to them."""
    if table.number == key[0]:
        return key[1]
    return next((held.column for held in table.keys_above if held.of == key and held.inherited), None)


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
        self._tables, self._misfit, self._rows = tables, misfit, rows
        self._by_key: dict[int, dict[RowKey, Row]] = {}
        self._seen: set[_At] = set()

    def see(self, table: TableLayout, ways: Sequence[_Way]) -> None:
        """See the rows of a table through."""
        left = self._rows[table.number]
        for way in ways:
            left = self._see_way(table, way, left)
        for row in left:
            raise self._no_link((table.number, table.row_key(row)))
        if table.number in table.below:
            for row in self._rows[table.number]:
                self._rise((table.number, table.row_key(row)))

    def _see_way(self, table: TableLayout, way: _Way, rows: Sequence[Row]) -> list[Row]:
        """See the rows through that hang below others by one link; return the rest."""
        link, left, above_by_key = way.link, list[Row](), self._rows_of(way.link.table)
        first, is_single, key_of, near, far = link.columns[0], len(link.columns) == 1, link.key, way.near, way.far
        for row in rows:
            if row[first] is None or not (is_single or link.is_set(row)):
                left.append(row)
                continue
            above = above_by_key.get(key_of(row))
            if above is None:
                raise self._not_there((table.number, table.row_key(row)), link, row)
            for column, there in near:
                if row[column] != above[there]:
                    raise self._branches(table, row, link, column)
            for held in far:
                if row[held.column] != self._above((table.number, table.row_key(row)), held.of):
                    raise self._branches(table, row, link, held.column)
        return left

    def _rows_of(self, number: int) -> dict[RowKey, Row]:
        """Return the rows of a table by key."""
        found = self._by_key.get(number)
        if found is None:
            row_key = self._tables[number].row_key
            found = self._by_key[number] = {row_key(row): row for row in self._rows[number]}
        return found

    def _link(self, at: _At) -> Link:
        """Return the link to the row right above, which alone of those of its kind may be set."""
        row = self._rows_of(at[0])[at[1]]
        chosen = next((link for link in self._tables[at[0]].parents if link.is_set(row)), None)
        if chosen is None:
            raise self._no_link(at)
        return chosen

    def _up(self, at: _At) -> _At | None:
        """Return the row right above; None: it is a root's."""
        if self._tables[at[0]].parent is None:
            return None
        link, row = self._link(at), self._rows_of(at[0])[at[1]]
        above = (link.table, link.key(row))
        if above[1] not in self._rows_of(above[0]):
            raise self._not_there(at, link, row)
        return above

    def _above(self, at: _At, key: Key) -> Any:
        """Return the key of a row further up that a row hands down; the rows between may not hold it."""
        way = set[_At]()
        while (above := self._up(at)) is not None:
            if above in way:
                break
            way.add(above)
            at = above
            column = _holder(self._tables[at[0]], key)
            if column is not None:
                return self._rows_of(at[0])[at[1]][column]
        raise self._misfit(*at, "it lies above itself")

    def _rise(self, at: _At) -> None:
        """See that the way up ends."""
        way: dict[_At, None] = {}
        above: _At | None = at
        while above is not None and above not in self._seen:
            if above in way:
                circle = [*way][[*way].index(above) :]
                first = min(circle, key=lambda at: (at[0], str(at[1])))
                named = ", ".join(self._column(first[0], n) for n in self._link(first).columns)
                reason = f"it lies below itself: its row above, which {named} names, is one of those below it"
                raise self._misfit(*first, reason)
            way[above] = None
            above = self._up(above)
        self._seen.update(way)

    def _no_link(self, at: _At) -> MisfitError:
        return self._misfit(*at, "its links lead to no row above")

    def _not_there(self, at: _At, link: Link, row: Row) -> MisfitError:
        return self._misfit(*at, f"its row of {self._tables[link.table].name}, {link.key(row)}, is not there")

    def _branches(self, table: TableLayout, row: Row, link: Link, column: int) -> MisfitError:
        columns = [self._column(table.number, n) for n in (*link.columns, column)]
        reason = f"its links {' and '.join(columns)} lead to rows of different branches"
        return self._misfit(table.number, table.row_key(row), reason)

    def _column(self, table: int, number: int) -> str:
        return self._misfit.column(table, number)
