"""The laws on one document: what `flatten` and `rebuild` promise each other, tried out in memory.

In: a compiled mapping and a document, or rows and an edit of them. Out: nothing, or an `AssertionError` whose text
shows the difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Any

from docrel import plan as plans
from docrel.compile import load_plan
from docrel.diagnostics import render
from docrel.documents import problem_diagnostic
from docrel.engine import Flattener, Rebuilder
from docrel.layout import RowKey, TableLayout, layout_of
from docrel.plan import Derived, ParentKey, Plan, Position, Surrogate, Unsourced, Value
from docrel.rows import RowComplement, complement
from docrel.testing.edits import Edit, Editor
from docrel.testing.rows import RowsByTable
from docrel.values import jsontext

NOW, GIVEN = "2025-11-23T10:00:00Z", "given name"
Notes = dict[tuple[int, RowKey], RowComplement]


@dataclass(frozen=True, slots=True)
class Flat:
    """A document's rows by table and its notes, as they come back from a database."""

    rows: RowsByTable
    notes: Notes


class Laws:
    """Both directions of one plan, and the laws that hold between them."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.flattener, self.rebuilder = Flattener(plan), Rebuilder(plan)
        self.editor = Editor(plan)
        self.layout = layout_of(plan)
        self._silent = [_silent_columns(plan, table) for table in self.layout.tables]

    def flatten(self, document: Any) -> Flat | None:
        """Return the document's rows and notes; None where its constraints forbid it."""
        to = self.flattener.start()
        found = self.flattener.add(document, to, given=GIVEN, now=NOW)
        return None if found.problems else Flat(to.rows, _stored(found.notes))

    def against(self, document: Any) -> str:
        """Return what the constraints have against a document, which is given a name only where that is a default."""
        keys = [root.column(name) for root in self.plan.roots for name in self.plan.key_of(root)]
        given = GIVEN if any(key.default is not None and key.default.given for key in keys) else None
        problems = self.flattener.add(document, self.flattener.start(), given=given, now=NOW).problems
        return "; ".join(render(problem_diagnostic(p, self.plan, "")) for p in problems)

    def rebuild(self, flat: Flat) -> Any:
        """Return the document; it must be exactly one."""
        found = self.rebuilder.documents(flat.rows, flat.notes)
        assert len(found) == 1, f"{len(found)} documents were rebuilt in place of one"
        return found[0][2]

    def getput(self, document: Any, random: Random | None = None) -> Flat | None:
        """Check that nothing is lost; `random` shuffles the rows, whose order must not matter."""
        flat = self.flatten(document)
        if flat is None:
            return None
        rows = [list(found) for found in flat.rows]
        for found in rows if random is not None else ():
            random.shuffle(found)  # type: ignore[union-attr]
        back = self.rebuild(Flat(rows, flat.notes))
        _same(document, back, flat, forget="key-order" in self.plan.forget)
        return flat

    def putget(self, document: Any, random: Random) -> Edit | None:
        """Check that a random edit of the rows is kept, and nothing else changed; None: no edit was made."""
        flat = self.flatten(document)
        edit = None if flat is None else self.editor.edit(random, flat.rows, flat.notes)
        if flat is None or edit is None:
            return None
        edited = self.rebuild(Flat(edit.rows, flat.notes))
        again = self.flatten(edited)
        assert again is not None, f"{edit.words}: the document is refused afterwards: {jsontext.dumps(edited)}"
        wanted, found = self.canonical(edit.rows), self.canonical(again.rows)
        shown = jsontext.dumps(edited)
        assert wanted == found, f"{edit.words}: lost {wanted - found}, new {found - wanted}, in {shown}"
        _same(edited, self.rebuild(again), again, forget="key-order" in self.plan.forget)
        if edit.local:
            places = differences(document, edited)
            assert len(places) <= 1, f"{edit.words}: also changed {places}, in {shown}"
        return edit

    def plan_text(self) -> None:
        """Check that a database can carry the plan: as JSON there and back it is the same."""
        assert load_plan(plans.dump(self.plan)) == self.plan, "the plan's JSON text is another plan"

    def canonical(self, rows: RowsByTable) -> Counter[Any]:
        """Return rows without what an edit need not keep: surrogate ids, positions, columns with no place."""
        tables = self.layout.tables
        index = {
            (table.number, table.row_key(row)): row for table, found in zip(tables, rows, strict=True) for row in found
        }
        shown: dict[tuple[int, RowKey], Any] = {}

        def show(table: TableLayout, row: Any) -> Any:
            key = (table.number, table.row_key(row))
            if key not in shown:
                shown[key] = (table.name, *self._cells(table, row, index, show))
            return shown[key]

        return Counter(show(t, row) for t, found in zip(tables, rows, strict=True) for row in found)

    def _cells(self, table: TableLayout, row: Any, index: Any, show: Any) -> Iterable[Any]:
        for link in (*table.parents, *table.ancestors):
            yield show(self.layout.tables[link.table], index[link.table, link.key(row)]) if link.is_set(row) else None
        columns = self.plan.tables[table.number].columns
        for number, (column, value) in enumerate(zip(columns, row, strict=True)):
            if isinstance(column.role, ParentKey) or number in self._silent[table.number]:
                continue
            shown = _rest_shown(value) if number == table.rest and value is not None else value
            yield (type(shown).__name__, shown)


def _stored(notes: Notes) -> Notes:
    return {key: complement.load(*note.dump()) for key, note in notes.items()}


def _rest_shown(text: str) -> str | None:
    found = _without_empty(jsontext.loads_text(text))
    return None if found in ({}, []) else jsontext.dumps(found)


def _without_empty(value: Any) -> Any:
    """Return the rest without empty arrays and objects, which say no more than that rows could be there."""
    if isinstance(value, dict):
        inner = {name: _without_empty(v) for name, v in value.items()}
        return {name: v for name, v in inner.items() if v not in ({}, [])}
    return [_without_empty(v) for v in value] if isinstance(value, list) else value


def _silent_columns(plan: Plan, table: TableLayout) -> frozenset[int]:
    """The columns that say nothing of the document, in rows of some source at least."""
    told = {number for source in table.sources for number, _ in source.constants}
    return frozenset(
        number
        for number, column in enumerate(plan.tables[table.number].columns)
        if number not in told
        and (
            isinstance(column.role, Surrogate | Position | Derived | Unsourced)
            or (isinstance(column.role, Value) and not all(number in source.uses for source in table.sources))
        )
    )


def _same(document: Any, back: Any, flat: Flat, *, forget: bool) -> None:
    if forget:
        document, back = _unordered(document), _unordered(back)
    found = jsontext.first_difference(document, back)
    if found is not None:
        path, wanted, got = found
        raise AssertionError(f"at {path}: {wanted!r} came back as {got!r}; rows {flat.rows!r}")


def _unordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _unordered(value[name]) for name in sorted(value)}
    return [_unordered(v) for v in value] if isinstance(value, list) else value


def differences(one: Any, other: Any) -> list[str]:
    """Return the smallest places where two documents differ; an element more or less is one."""
    found: list[str] = []
    pending = [("$", one, other)]
    while pending:
        path, a, b = pending.pop()
        if jsontext.same(a, b):
            continue
        if isinstance(a, dict) and isinstance(b, dict):
            names = [*a, *(n for n in b if n not in a)]
            changed = [n for n in names if n not in a or n not in b or not jsontext.same(a[n], b[n])]
            pending.extend((f"{path}[{n!r}]", a[n], b[n]) for n in changed if n in a and n in b)
            found.extend(f"{path}[{n!r}]" for n in changed if n not in a or n not in b)
            if not changed:
                found.append(f"{path} (order)")
        elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
            pending.extend((f"{path}[{n}]", x, y) for n, (x, y) in enumerate(zip(a, b, strict=True)))
        elif isinstance(a, list) and isinstance(b, list) and abs(len(a) - len(b)) == 1:
            longer, shorter = (a, b) if len(a) > len(b) else (b, a)
            if any(jsontext.same(longer[:n] + longer[n + 1 :], shorter) for n in range(len(longer))):
                found.append(path)
            else:
                found.extend((path, f"{path} (more)"))
        else:
            found.append(path)
    return found
