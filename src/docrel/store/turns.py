"""Turns: in which order rows of a table are updated so that no unique value is taken before it was given up.

In: the rows of one table that change, each before and after. Out: updates in order, where rows swap values some with a
value of their own in between; and the rows that have to go and come again, because no such value is allowed. Pure.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from docrel.layout import Layout, TableLayout
from docrel.plan import Column, JoinedKey, MemberKey, Position, Value
from docrel.values import INTEGER_MAX, NOTHING

Row = tuple[Any, ...]
Values = tuple[Any, ...]  # the columns of a UNIQUE and what they hold

_FIRST_UNUSED = INTEGER_MAX // 2


@dataclass(frozen=True, slots=True)
class Update:
    """The row of one primary key and the columns that change."""

    key: tuple[Any, ...]
    changed: dict[str, Any]


@dataclass(slots=True)
class Turns:
    """Updates in order; `again`: the rows that are deleted and inserted instead, by their number."""

    updates: list[Update] = field(default_factory=list)
    again: list[int] = field(default_factory=list)


class Turning:
    """Finds the turns of the rows of one table."""

    def __init__(self, layout: Layout, table: TableLayout) -> None:
        self._table, plan = table, layout.plan
        self._unique = (*table.unique, *table.apart)
        self._columns = plan.tables[table.number].columns
        referred_to = {c.references for t in plan.tables for c in t.columns}
        free = () if plan.tables[table.number].checks else enumerate(self._columns)
        self._free = {n for n, c in free if (table.name, c.name) not in referred_to and _is_free(c)}
        self._free -= {*table.key, *_telling(table)}

    def turns(self, rows: Sequence[tuple[Row, Row]]) -> Turns:
        """Return the turns of rows that change, each given before and after."""
        return _Under(self, rows, self._waits(rows)).turns() if rows else Turns()

    def _waits(self, rows: Sequence[tuple[Row, Row]]) -> list[dict[int, list[Values]]]:
        """Return for each row the rows that have to give up values first, and which."""
        if not self._unique:
            return [{} for _ in rows]
        sets = [(self._values(before), self._values(after)) for before, after in rows]
        owner = {values: n for n, (before, after) in enumerate(sets) for values in before - after}
        waits: list[dict[int, list[Values]]] = [{} for _ in rows]
        for n, (before, after) in enumerate(sets):
            for values in after - before:
                if values in owner:
                    waits[n].setdefault(owner[values], []).append(values)
        return waits

    def _values(self, row: Row) -> set[Values]:
        values = [(columns, *[row[n] for n in columns]) for columns in self._unique]
        return {found for found in values if None not in found}

    def update(self, before: Row, after: Row) -> Update:
        """Return the update from one row to another."""
        pairs = zip(self._columns, before, after, strict=True)
        return Update(self._table.primary_key(before), {c.name: b for c, a, b in pairs if not same(a, b)})

    def aside(self, row: Row, awaited: Sequence[Values], number: int) -> Row | None:
        """Return the row with values of its own in place of awaited ones, None where that may be forbidden."""
        values = list(row)
        for columns, *_ in awaited:
            if any(not same(values[n], row[n]) for n in columns):
                continue
            choices = ((n, self._unused(n, number)) for n in columns)
            at, unused = next(((n, value) for n, value in choices if value is not NOTHING), (-1, None))
            if at < 0:
                return None
            values[at] = unused
        return tuple(values)

    def _unused(self, n: int, number: int) -> Any:
        """Return a value that no row has in a column, NOTHING where the column might refuse it."""
        if n not in self._free:
            return NOTHING
        return _FIRST_UNUSED + number if self._columns[n].type == "integer" else f"\x01docrel {number}"


class _Under:
    """Turns under way."""

    def __init__(self, turning: Turning, rows: Sequence[tuple[Row, Row]], waits: list[dict[int, list[Values]]]) -> None:
        self._turning, self._waits = turning, waits
        self._now = [before for before, _ in rows]
        self._after = [after for _, after in rows]
        self._followers: list[list[int]] = [[] for _ in rows]
        for n, owners in enumerate(waits):
            for owner in owners:
                self._followers[owner].append(n)
        self._done = [False] * len(rows)
        self._ready = deque(n for n, owners in enumerate(waits) if not owners)
        self._result = Turns()

    def turns(self) -> Turns:
        self._work_off()
        for n in range(len(self._now)):
            while not self._done[n]:
                self._break(self._circle(n))
                self._work_off()
        return self._result

    def _work_off(self) -> None:
        while self._ready:
            n = self._ready.popleft()
            self._done[n] = True
            self._result.updates.append(self._turning.update(self._now[n], self._after[n]))
            self._release(n)

    def _release(self, owner: int) -> None:
        for n in self._followers[owner]:
            del self._waits[n][owner]
            if not self._waits[n] and not self._done[n]:
                self._ready.append(n)
        self._followers[owner] = []

    def _circle(self, n: int) -> list[int]:
        """Return rows that wait for each other in a circle."""
        seen: dict[int, None] = {}
        while n not in seen:
            seen[n] = None
            n = next(iter(self._waits[n]))
        way = list(seen)
        return way[way.index(n) :]

    def _break(self, circle: list[int]) -> None:
        """Let one row of a circle give up its values before its turn."""
        for n in circle:
            awaited = [values for follower in self._followers[n] for values in self._waits[follower][n]]
            aside = self._turning.aside(self._now[n], awaited, n)
            if aside is not None:
                self._result.updates.append(self._turning.update(self._now[n], aside))
                self._now[n] = aside
                self._release(n)
                return
        n = circle[0]
        self._done[n] = True
        self._result.again.append(n)
        self._release(n)


def equal(one: Row, other: Row) -> bool:
    """Say whether all values of two rows are one."""
    return one == other and (list(map(type, one)) == list(map(type, other)) or all(map(same, one, other)))


def same(a: Any, b: Any) -> bool:
    """Say whether two values of a column are one."""
    return bool(a == b) and isinstance(a, float) == isinstance(b, float)


def _is_free(column: Column) -> bool:
    """Say whether nothing limits what the column holds but its type."""
    limited = column.one_of or column.map or column.maximum is not None
    of_document = isinstance(column.role, Value | Position | MemberKey | JoinedKey)
    return of_document and column.type in ("integer", "text") and not limited


def _telling(table: TableLayout) -> Iterator[int]:
    """Yield the columns that tell which source a row came by."""
    for source in table.sources:
        yield from (column for column, _ in source.constants)
        wanted = {pointer for pointer, _ in source.when}
        yield from (n for n, uses in source.uses.items() if any(claim.pointer in wanted for _, claim in uses))
