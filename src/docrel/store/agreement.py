"""Agreement: whether a document's rows are those that flattening it gives, so that a rewriting loses none of them.

In: stored rows and the document that they were rebuilt to. Out: nothing, or a `MisfitError`. What does not count: ids,
positions, and what is no part of a document, as derived columns, columns that nothing fills, and those whose default is
the time or the name that a caller gives: what fills such a one is told by no document.
Law: PutGet, `tests/laws/test_putget.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from docrel.diagnostics import shortened
from docrel.engine import MisfitError, flattener_of
from docrel.layout import RowKey, TableLayout, is_volatile, layout_of
from docrel.plan import Column, Derived, Plan, Position, Rest, Unsourced, Value
from docrel.rows import RowComplement
from docrel.store.continuation import Row
from docrel.store.row_changes import Changer, Kept, RowChanges
from docrel.store.turns import same
from docrel.values import CODECS, jsontext

_ABOVE_ALL = 2**62
"""An id that no stored row has."""


class Agreement:
    """Compares documents with their rows, for one plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan, self._layout = plan, layout_of(plan)
        self._flattener, self._changer = flattener_of(plan), Changer(self._layout)
        self._silent = [self._silent_columns(table) for table in self._layout.tables]

    def see(
        self,
        rows: Sequence[Sequence[Row]],
        notes: Mapping[tuple[int, RowKey], RowComplement],
        document: Any,
        key: Any,
        now: str,
    ) -> None:
        """See that the document's rows, with their notes, come back as they are.

        There may be more then, for an element that a UNIQUE kept out comes in where the row that had its value is gone.

        Raises:
            MisfitError: One of them would become another one, or none.
        """
        fresh = self._flattener.start([_ABOVE_ALL] * len(self._plan.tables))
        found = self._flattener.add(document, fresh, given=str(key), now=now)
        if found.problems:
            problem = found.problems[0]
            path, value = jsontext.json_path(problem.path), shortened(repr(problem.value))
            root = next(t for t in self._layout.tables if t.parent is None and rows[t.number])
            table, row = problem.table or root.name, root.row_key(rows[root.number][0])
            raise MisfitError(table, row, f"{path} of the document, {value}, breaks the rule `{problem.rule}`")
        texts = {at: (*note.dump(), note.rank) for at, note in notes.items()}
        self._compare(*self._changer.pairs(rows, texts, fresh, now))

    def _compare(self, changes: RowChanges, kept: Sequence[Kept]) -> None:
        for number, keys in changes.deletes.items():
            raise MisfitError(self._plan.tables[number].name, _shown(keys[0]), "the document does not give this row")
        for number, pairs in enumerate(kept):
            for before, after in pairs.values():
                if before != after:
                    self._compare_row(number, before, after)

    def _compare_row(self, number: int, before: Row, after: Row) -> None:
        table = self._plan.tables[number]
        for column, held, value in zip(table.columns, before, after, strict=True):
            if column.name not in self._silent[number] and not _means_same(column, held, value):
                one, other = (shortened(repr(v)) for v in (held, value))
                reason = f"column {column.name} holds {one}, the document gives {other}"
                raise MisfitError(table.name, _shown(self._layout.tables[number].primary_key(before)), reason)

    def _silent_columns(self, table: TableLayout) -> set[str]:
        """The columns that say nothing of a document, in rows of some source at least."""
        told = {number for source in table.sources for number, _ in source.constants}
        columns = enumerate(self._plan.tables[table.number].columns)
        return {column.name for number, column in columns if number not in told and _is_silent(table, number, column)}


def _is_silent(table: TableLayout, number: int, column: Column) -> bool:
    if isinstance(column.role, Derived | Unsourced | Position) or is_volatile(column):
        return True
    return isinstance(column.role, Value) and not all(number in source.uses for source in table.sources)


def _shown(key: tuple[Any, ...]) -> Any:
    return key[0] if len(key) == 1 else ", ".join(map(str, key))


def _means_same(column: Column, held: Any, value: Any) -> bool:
    """Say whether two contents of a column mean the same: JSON may be spelled in several ways."""
    if same(held, value):
        return True
    if isinstance(column.role, Rest):
        one, other = (None if text is None else _without_empty(jsontext.loads_text(text)) for text in (held, value))
        return jsontext.same(one, other)
    if CODECS[column.type].container and held is not None and value is not None:
        decode = CODECS[column.type].decode
        return jsontext.same(decode(held), decode(value))
    return False


def _without_empty(value: Any) -> Any:
    """Return the rest without empty arrays and objects, which only say that rows could be there; None: nothing.

    Nor with null at the end of an array, which only says how long it was when it was written.
    """
    if isinstance(value, dict):
        inner = {name: _without_empty(v) for name, v in value.items()}
        return {name: v for name, v in inner.items() if v is not None or value[name] is None} or None
    if isinstance(value, list):
        length = next((n for n in range(len(value), 0, -1) if value[n - 1] is not None), 0)
        return value[:length] or None
    return value
