"""Agreement: whether a document's rows are those that flattening it gives, so that a rewriting loses none of them.

In: stored rows and the document that they were rebuilt to. Out: nothing, or a `MisfitError`. What does not count: ids,
positions, and what is no part of a document, as derived columns, columns that nothing fills, and those whose default is
the time or the name that a caller gives: what fills such a one is told by no document. Nor does it count that a row
comes in which a UNIQUE has kept out until an edit.
Law: PutGet, `tests/laws/test_putget.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from docrel.diagnostics import shortened
from docrel.engine import Flattened, MisfitError, Problem, cell_faults, flattener_of
from docrel.layout import Layout, RowKey, TableLayout, is_volatile, layout_of
from docrel.plan import Column, Derived, Plan, Position, Rest, Unsourced, Value
from docrel.rows import RowComplement
from docrel.store.continuation import Row
from docrel.store.row_changes import Changer, Kept, RowChanges
from docrel.store.turns import same
from docrel.values import CODECS, jsontext

_ABOVE_ALL = 2**62
"""An id that no stored row has."""


class Agreement:
    """Compares documents with their rows, for one plan; `on_flattened` hears of what each of them becomes."""

    def __init__(self, plan: Plan, on_flattened: Callable[[Flattened], None] | None = None) -> None:
        self._plan, self._layout = plan, layout_of(plan)
        self._flattener, self._changer = flattener_of(plan), Changer(self._layout)
        self._silent = [self._silent_columns(table) for table in self._layout.tables]
        self._places = _places(self._layout)
        self._on_flattened = on_flattened

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
            raise self._forbidden(found.problems[0], rows)
        if self._on_flattened is not None:
            self._on_flattened(found)
        texts = {at: (*note.dump(), note.rank) for at, note in notes.items()}
        changes, kept = self._changer.pairs(rows, texts, fresh, now)
        for number in self._places:
            coming = [*(after for _, after in kept[number].values()), *changes.inserts.get(number, ())]
            self._compare_placed(number, rows[number], coming)
            changes.deletes.pop(number, None)
            kept[number].clear()
        self._compare(changes, kept)

    def _forbidden(self, problem: Problem, rows: Sequence[Sequence[Row]]) -> MisfitError:
        """Return which cell the mapping forbids; the root's row where no cell tells."""
        path, value = jsontext.json_path(problem.path), shortened(repr(problem.value))
        reason = f"{path} of the document, {value}, breaks the rule `{problem.rule}`"
        for table in self._layout.tables:
            for _, _, fault in cell_faults(self._plan, table, rows[table.number]):
                return MisfitError(fault.table, fault.row, f"{reason}: {fault.reason}")
        root = next(t for t in self._layout.tables if t.parent is None and rows[t.number])
        return MisfitError(root.name, root.row_key(rows[root.number][0]), reason)

    def _compare(self, changes: RowChanges, kept: Sequence[Kept]) -> None:
        for number, keys in changes.deletes.items():
            raise self._not_given(number, keys[0])
        more = [self._layout.tables[number] for number in changes.inserts]
        was_kept_out = any(table.unique or table.apart for table in more)
        for number, pairs in enumerate(kept):
            for before, after in pairs.values():
                if before != after:
                    self._compare_row(number, before, after, but_rest=was_kept_out)

    def _compare_placed(self, number: int, going: Sequence[Row], coming: Sequence[Row]) -> None:
        """Compare rows whose keys have places in them, which may have gaps, by what else they hold."""
        columns = enumerate(self._plan.tables[number].columns)
        told = [(n, c) for n, c in columns if c.name not in self._silent[number] and n not in self._places[number]]
        left = Counter(_content(row, told) for row in coming)
        for row in going:
            content = _content(row, told)
            if not left[content]:
                raise self._not_given(number, self._layout.tables[number].primary_key(row))
            left[content] -= 1

    def _not_given(self, number: int, key: tuple[Any, ...]) -> MisfitError:
        return MisfitError(self._plan.tables[number].name, _shown(key), "the document does not give this row")

    def _compare_row(self, number: int, before: Row, after: Row, *, but_rest: bool) -> None:
        table = self._plan.tables[number]
        for column, held, value in zip(table.columns, before, after, strict=True):
            if column.name in self._silent[number] or (but_rest and isinstance(column.role, Rest)):
                continue
            if not _means_same(column, held, value):
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


def _places(layout: Layout) -> dict[int, set[int]]:
    """Return the columns that tell places, or ids of what has such, by tables whose keys or keys of rows above do."""
    found: dict[int, set[int]] = {}
    while True:
        before = {number: set(columns) for number, columns in found.items()}
        for table in layout.tables:
            held = {held.column for held in table.keys_above if held.of[1] in found.get(held.of[0], ())}
            own = {table.position} if table.position is not None and table.position in table.key else set[int]()
            if held or own:
                ids = set[int]() if table.surrogate is None else {table.surrogate}
                found.setdefault(table.number, set()).update(held, own, ids)
        if found == before:
            return found


def _content(row: Row, told: Sequence[tuple[int, Column]]) -> str:
    return repr([_meaning(column, row[n]) for n, column in told])


def _meaning(column: Column, value: Any) -> Any:
    """Return what a column holds, JSON as it is spelled once."""
    if value is None or not (isinstance(column.role, Rest) or CODECS[column.type].container):
        return value
    content = jsontext.loads_text(value) if isinstance(value, str) else value
    return jsontext.dumps(_without_empty(content) if isinstance(column.role, Rest) else content)


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
