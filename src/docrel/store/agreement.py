"""Agreement: whether a document's rows are those that flattening it gives, so that a rewriting loses none of them.

In: stored rows and the document that they were rebuilt to. Out: nothing, or a `MisfitError`. What does not count: ids,
positions, and what is no part of a document, as derived columns, times from the clock, columns that nothing fills.
Law: PutGet, `tests/laws/test_putget.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docrel.diagnostics import counted, shortened
from docrel.engine import MisfitError, flattener_of
from docrel.layout import TableLayout, layout_of
from docrel.plan import Column, Derived, Plan, Position, Rest, Unsourced, Value
from docrel.store.continuation import Row
from docrel.store.row_changes import Changer, RowChanges
from docrel.store.turns import Update
from docrel.values import CODECS, jsontext

_ABOVE_ALL = 2**62
"""An id that no stored row has."""


class Agreement:
    """Compares documents with their rows, for one plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan, self._layout = plan, layout_of(plan)
        self._flattener, self._changer = flattener_of(plan), Changer(self._layout)
        self._silent = [self._silent_columns(table) for table in self._layout.tables]

    def see(self, rows: Sequence[Sequence[Row]], document: Any, key: Any, now: str) -> None:
        """See that the document's rows come back as they are.

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
        self._compare(rows, self._changer.changes(rows, {}, fresh, now))

    def _compare(self, rows: Sequence[Sequence[Row]], changes: RowChanges) -> None:
        for number, keys in changes.deletes.items():
            raise MisfitError(self._plan.tables[number].name, _shown(keys[0]), "the document does not give this row")
        for number, updates in changes.updates.items():
            layout = self._layout.tables[number]
            stored = {layout.primary_key(row): row for row in rows[number]}
            for update in updates:
                self._compare_row(number, stored[update.key], update)
        for number, more in changes.inserts.items():
            table = self._plan.tables[number].name
            raise MisfitError(table, "?", f"the document gives {counted(len(more), 'row')} more than there are")

    def _compare_row(self, number: int, row: Row, update: Update) -> None:
        table = self._plan.tables[number]
        for name, value in update.changed.items():
            held = row[table.index_of(name)]
            if name not in self._silent[number] and not _means_same(table.column(name), held, value):
                one, other = (shortened(repr(v)) for v in (held, value))
                reason = f"column {name} holds {one}, the document gives {other}"
                raise MisfitError(table.name, _shown(update.key), reason)

    def _silent_columns(self, table: TableLayout) -> set[str]:
        """The columns that say nothing of a document, in rows of some source at least."""
        told = {number for source in table.sources for number, _ in source.constants}
        columns = enumerate(self._plan.tables[table.number].columns)
        return {column.name for number, column in columns if number not in told and _is_silent(table, number, column)}


def _is_silent(table: TableLayout, number: int, column: Column) -> bool:
    if isinstance(column.role, Derived | Unsourced | Position) or number in table.clocked:
        return True
    return isinstance(column.role, Value) and not all(number in source.uses for source in table.sources)


def _shown(key: tuple[Any, ...]) -> Any:
    return key[0] if len(key) == 1 else ", ".join(map(str, key))


def _means_same(column: Column, held: Any, value: Any) -> bool:
    """Say whether two contents of a column mean the same: JSON may be spelled in several ways."""
    if isinstance(column.role, Rest):
        one, other = (None if text is None else _without_empty(jsontext.loads_text(text)) for text in (held, value))
        return jsontext.same(one, other)
    if CODECS[column.type].container and held is not None and value is not None:
        decode = CODECS[column.type].decode
        return jsontext.same(decode(held), decode(value))
    return False


def _without_empty(value: Any) -> Any:
    """Return the rest without empty arrays and objects, which only say that rows could be there; None: nothing."""
    if isinstance(value, dict):
        inner = {name: _without_empty(v) for name, v in value.items()}
        return {name: v for name, v in inner.items() if v is not None or value[name] is None} or None
    return value if value != [] else None
