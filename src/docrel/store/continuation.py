"""Continuation: which stored rows the rows of a new document continue, and in which order these stand.

In: a layout, the stored rows of a document with their notes, and its fresh rows. Out: the keys and the ranks that the
fresh rows will have. Pure.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from docrel.engine import FreshRows
from docrel.layout import Layout, TableLayout
from docrel.plan import Column, JoinedKey, MemberKey, Table
from docrel.rows import RowKey, Strays
from docrel.store.alignment import Marks, aligned
from docrel.store.held_clock import HeldClock
from docrel.store.ranking import new_ranks

Row = tuple[Any, ...]
At = tuple[int, RowKey]  # a table and the key of a row
Note = tuple[str | None, str | None, float | None]  # (shape, body, rank)
Ranks = Mapping[At, float]
Group = list[tuple[TableLayout, Row]]
Groups = dict[At | None, dict[int, Group]]  # rows by the row above and the sequence of ids


class Recognition:
    """What the rows of one plan are recognised by."""

    def __init__(self, layout: Layout) -> None:
        self.tables = layout.tables
        plan = layout.plan
        self._content = [_content(table, plan.tables[table.number].columns) for table in layout.tables]
        self._names = [_names(table, plan.tables[table.number]) for table in layout.tables]
        self._arrays = {
            (feed.table, feed.source): n
            for n, (_, feeds) in enumerate(layout.groups())
            for feed in feeds
            if feed.kind != "single" and layout.order_of_rows(feeds) == "surrogate"
        }

    def content(self, table: TableLayout, row: Row) -> tuple[int, tuple[Any, ...]]:
        """Return what a row says of the document's own, not where it is or when it was written."""
        return table.number, tuple([row[n] for n in self._content[table.number]])

    def names(self, old: Group, new: Group) -> Iterator[tuple[Marks, Marks]]:
        """Yield what constraints and the document tell rows of one parent apart by."""
        for n in range(max(len(self._names[table.number]) for table, _ in new)):
            yield [self._name(n, *of) for of in old], [self._name(n, *of) for of in new]

    def _name(self, n: int, table: TableLayout, row: Row) -> Hashable:
        names = self._names[table.number]
        values = [row[column] for column in names[n]] if n < len(names) else [None]
        return None if None in values else (table.number, *values)

    def array(self, table: TableLayout, row: Row, edge: str | None) -> int | None:
        """Return the number of the array or object in which ids or ranks tell where a row stands."""
        source = table.source_of(row, edge)
        return None if source is None else self._arrays.get((table.number, source))


@dataclass(frozen=True, slots=True)
class _Side:
    """The rows of a document as it was or as it will be."""

    rows: Sequence[Sequence[Row]]
    groups: Groups
    notes: Mapping[At, Any]
    ranks: Ranks
    marks: dict[At, Hashable]

    def in_order(self, group: Group) -> Group:
        """Return rows of one parent in their order; what no program of ours has put there comes first."""
        try:
            return sorted(group, key=self._place)
        except TypeError:
            places = [self._place(of) for of in group]
            numbered = [isinstance(place, int | float) for place in places]
            keys = [(True, p) if number else (False, repr(p)) for p, number in zip(places, numbered, strict=True)]
            return [group[n] for n in sorted(range(len(group)), key=keys.__getitem__)]

    def _place(self, of: tuple[TableLayout, Row]) -> Any:
        table, row = of
        if not table.order:
            return 0
        value = row[table.order[0]]
        return self.ranks.get((table.number, value), value) if self.ranks and table.position is None else value

    def below(self, table: TableLayout, row: Row) -> Iterator[tuple[int, Group]]:
        """Yield the rows directly below a row in their order, by sequence."""
        groups = self.groups.get((table.number, table.row_key(row)), {}) if table.below else {}
        return ((sequence, self.in_order(groups[sequence])) for sequence in sorted(groups))


class Continuation:
    """The new document over the stored one.

    Attributes:
        final: The keys that fresh rows have instead of their own.
        ranks: The ranks of the rows, by their final keys.
    """

    def __init__(
        self,
        by: Recognition,
        stored: Sequence[Sequence[Row]],
        fresh: FreshRows,
        notes: Mapping[At, Note],
    ) -> None:
        self._by, self._numbers = by, dict[Hashable, int]()
        ranks = {at: rank for at, (_, _, rank) in notes.items() if rank is not None}
        self.old = _Side(stored, _groups(by.tables, stored), notes, ranks, {})
        self.new = _Side(fresh.rows, _groups(by.tables, fresh.rows), fresh.notes, {}, {})
        self.final: dict[At, RowKey] = {}
        self.ranks: dict[At, float] = {}
        self._continue()

    def _continue(self) -> None:
        pending: list[tuple[At | None, At | None]] = [(None, None)]
        while pending:
            new_parent, old_parent = pending.pop()
            for sequence, found in self.new.groups.get(new_parent, {}).items():
                group = self.new.in_order(found)
                moved = self._pair(self.old.groups.get(old_parent, {}).get(sequence, []), group)
                if moved or self.old.ranks:
                    self._rank(group)
                for table, row in group:
                    key = (table.number, table.row_key(row))
                    pending.append((key, (table.number, table.row_key(table.renumbered(row, self.final)))))

    def _pair(self, candidates: Group, group: Group) -> bool:
        """Find the stored rows of one parent that new ones continue; say whether they may stand in another order."""
        old = self.old.in_order([of for of in candidates if of[0].surrogate is not None])
        new = [of for of in group if of[0].surrogate is not None]
        if not old or not new:
            return False
        of_old, of_new = [self._by.content(*of) for of in old], [self._by.content(*of) for of in new]
        pairs = aligned(of_old, of_new, finer=self._finer(old, new, of_old, of_new), coarser=self._by.names(old, new))
        for (table, row), place in zip(new, pairs, strict=True):
            if place is not None:
                self.final[table.number, table.row_key(row)] = table.row_key(old[place][1])
        return pairs != list(range(len(new)))

    def _finer(self, old: Group, new: Group, of_old: Marks, of_new: Marks) -> tuple[Marks, Marks] | None:
        """Return marks of rows with all that is below and noted, where columns do not tell the rows apart."""
        more = self.old.notes or self.new.notes or any(table.below for table, _ in new)
        if more and any(len(set(marks)) < len(marks) for marks in (of_old, of_new)):
            return self._marks(self.old, old), self._marks(self.new, new)
        return None

    def _marks(self, side: _Side, rows: Group) -> list[Hashable]:
        """Number rows such that those have one number whose content, notes and rows below are equal."""
        pending, ordered = list(rows), Group()
        while pending:
            of = pending.pop()
            if (of[0].number, of[0].row_key(of[1])) not in side.marks:
                ordered.append(of)
                pending.extend(inner for _, group in side.below(*of) for inner in group)
        for table, row in reversed(ordered):
            key = (table.number, table.row_key(row))
            below = [
                (sequence, *(side.marks[inner.number, inner.row_key(of)] for inner, of in group))
                for sequence, group in side.below(table, row)
            ]
            mark = (self._by.content(table, row), _noted(side.notes.get(key)), *below)
            side.marks[key] = self._numbers.setdefault(mark, len(self._numbers))
        return [side.marks[table.number, table.row_key(row)] for table, row in rows]

    def with_all_below(self, rows: Iterable[At]) -> Iterator[At]:
        """Yield stored rows and all below them, parents first."""
        pending = deque(rows)
        while pending:
            at = pending.popleft()
            yield at
            groups = self.old.groups.get(at, {}) if self._by.tables[at[0]].below else {}
            pending.extend((table.number, table.row_key(row)) for group in groups.values() for table, row in group)

    # -- order --------------------------------------------------------------------------------------------

    def _rank(self, group: Group) -> None:
        """Rank the rows of one parent whose ids will not be in their order."""
        if any(table.surrogate is None for table, _ in group):
            return
        rows = [(table.number, self.final.get((table.number, key := table.row_key(row)), key)) for table, row in group]
        ranks = [self.old.ranks.get(at) for at in rows]
        keys = [at[1] if rank is None else rank for at, rank in zip(rows, ranks, strict=True)]
        self.ranks.update((at, rank) for at, rank in zip(rows, ranks, strict=True) if rank is not None)
        if all(a < b for a, b in pairwise(keys)):  # type: ignore[operator]
            return
        arrays: dict[int | None, list[At]] = {}
        for (table, row), at in zip(group, rows, strict=True):
            notes = self.new.notes.get((table.number, table.row_key(row))) if table.is_told_by_note else None
            arrays.setdefault(self._by.array(table, row, None if notes is None else notes.edge), []).append(at)
        arrays.pop(None, None)
        for found in arrays.values():
            changed = new_ranks([(int(at[1]), self.old.ranks.get(at)) for at in found])
            for n, rank in changed.items():
                self.ranks.pop(found[n], None)
                if rank is not None:
                    self.ranks[found[n]] = rank


def _groups(tables: Sequence[TableLayout], rows_by_table: Sequence[Sequence[Row]]) -> Groups:
    groups: Groups = {}
    for table, rows in zip(tables, rows_by_table, strict=True):
        for row in rows:
            groups.setdefault(table.parent_key(row), {}).setdefault(table.sequence, []).append((table, row))
    return groups


def _content(table: TableLayout, columns: Sequence[Column]) -> list[int]:
    timed = HeldClock(table, columns).timed
    aside = {table.surrogate, table.position, *timed, *(held.column for held in table.keys_above)}
    return [n for n in range(len(columns)) if n not in aside]


def _names(table: TableLayout, columns: Table) -> list[tuple[int, ...]]:
    """Return the sets of columns whose values name a row among those of its parent."""
    above = {held.column for held in table.keys_above}
    members = tuple(n for n, column in enumerate(columns.columns) if isinstance(column.role, MemberKey | JoinedKey))
    sets = [tuple(n for n in names if n not in above) for names in table.unique if table.position not in names]
    return list(dict.fromkeys(names for names in (*sets, members) if names))


def _noted(note: Any) -> Hashable:
    """Return the texts of a stored note or a fresh one, but for elements that are no rows, which go by rows' keys."""
    if note is None:
        return None, None
    if isinstance(note, tuple):
        shape, body, _ = note
        return shape, None if body and '"stray"' in body else body
    shape, body = note.dump()
    return shape, None if note.of(Strays) else body
