"""The held clock: a row that goes on keeps the time that it got from the clock when it was first written.

In: a table; a stored row, what its notes say of what filled it, and the fresh row that continues it, with its notes.
Out: the fresh row with the old time, and with what is counted from it; its notes are kept in step. Only what the clock
has filled is held: never a default of another kind, nor what a document once said. A counted time that SQL has cleared
stays so while the document says null.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from docrel.layout import SourceLayout, TableLayout, counted, elapsed
from docrel.plan import Column
from docrel.rows import Explicit, Filled, Null, RowComplement
from docrel.values import CODECS

Row = tuple[Any, ...]
FilledBefore = Callable[[str], Filled | None]
"""Returns what is noted of what filled a column of the stored row."""


class HeldClock:
    """Holds the times of one table's rows."""

    def __init__(self, table: TableLayout, columns: Sequence[Column]) -> None:
        self._table, self._columns = table, columns
        self._encode = {n: CODECS[columns[n].type].encode for n in table.clocked if columns[n].type != "text"}
        names = {column.name: n for n, column in enumerate(columns)}
        self._counted = {
            number: (counted(column), names[column.default.elapsed.time], names[column.default.elapsed.seconds])
            for number, column in enumerate(columns)
            if column.default is not None and column.default.elapsed is not None
        }

    def __bool__(self) -> bool:
        return bool(self._table.clocked or self._counted)

    @property
    def timed(self) -> set[int]:
        """The columns whose default the clock tells, or that are counted from such."""
        found = set(self._table.clocked)
        found.update(number for number, (_, time, _) in self._counted.items() if time in found)
        return found

    def held(self, before: Row, after: Row, now: str, filled: FilledBefore, own: RowComplement) -> Row:
        """Return the row `after`, which took `now` from the clock, as it continues the row `before`.

        NOTHING in `before`: there was no such column. `own` are the notes on `after`.
        """
        values = list(after)
        source = self._table.sources[self._table.source_of(after, own.edge) or 0]
        for number in self._table.clocked:
            if number not in source.uses:
                self._hold_unread(number, before[number], values, now)
            elif self._is_held(number, before[number], filled, own):
                values[number] = before[number]
        for number, (count, time, seconds) in self._counted.items():
            was, new = count(after[time], after[seconds]), count(values[time], values[seconds])
            unread = number not in source.uses
            if was != new and (unread or self._is_recounted(number, values[number], was, new, own, source)):
                values[number] = new
            if before[number] is None and values[number] is not None and self._is_cleared(number, own):
                values[number] = None
        return tuple(values)

    def _hold_unread(self, number: int, time: Any, values: list[Any], now: str) -> None:
        """Hold the time of a column that no document fills, so that nothing is noted of it; what is no time goes."""
        encode = self._encode.get(number)
        is_time = elapsed(time, 0) is not None or (isinstance(time, str) and elapsed(now, 0) is None)
        if is_time and values[number] == (now if encode is None else encode(now)):
            values[number] = time if encode is None else encode(time)  # it may come from a column of another type

    def _is_held(self, number: int, time: Any, filled: FilledBefore, own: RowComplement) -> bool:
        """Say whether both rows have their time from the clock; the note is kept in step."""
        name = self._columns[number].name
        fresh = own.filled(name)
        was = None if fresh is None or fresh.by != "clock" else filled(name)
        if fresh is None or was is None or not (was.is_time and was.holds(time)):
            return False
        own.replace(replace(fresh, held=time))
        return True

    def _is_cleared(self, number: int, own: RowComplement) -> bool:
        """Say whether the document says null of a counted time, so that NULL says it as well; then that is noted."""
        name = self._columns[number].name
        fresh = own.filled(name)
        if fresh is None or not fresh.null or self._columns[number].required:
            return False
        own[own.index(fresh)] = Null(name)
        return True

    def _is_recounted(
        self, number: int, value: Any, was: Any, new: Any, own: RowComplement, source: SourceLayout
    ) -> bool:
        """Say whether a column takes a new default for what it `was`; the notes are kept in step."""
        name = self._columns[number].name
        fresh, said = own.filled(name), own.by_column().get(name, [])
        if fresh is not None:
            if fresh.held is not None:
                own.replace(replace(fresh, held=new))
            return fresh.held is not None
        if Null(name) in said:
            own[own.index(Null(name))] = Filled(name, new, "computed", null=True)
            return True
        if not source.is_recomputed(number):
            return False
        if value == was and Explicit(name) in said:
            own.remove(Explicit(name))
        elif value == new and not said:
            own.append(Explicit(name))
        return bool(value == was and not said)
