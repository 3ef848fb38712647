"""Stored rows: documents as a database has them, each with its own rows and notes, in constant memory.

In: a database and its plan. Out: `Stored` documents, page by page. Reads only; with `aside` from tables that
have stepped aside in a migration.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from docrel.backends import SQLite
from docrel.diff import Renames, renamed
from docrel.layout import layout_of
from docrel.migrate.steps import OLD
from docrel.plan import Plan, Table
from docrel.rows import RowComplement, RowKey, complement
from docrel.sql import SQLITE, Dml
from docrel.store import Place, Row, Store


@dataclass(frozen=True, slots=True)
class Stored:
    """One document: its key, itself, its rows by table and the notes on them."""

    key: Any
    document: Any
    rows: list[list[Row]]
    notes: dict[tuple[int, RowKey], RowComplement]


class StoredRows(Store):
    """Reads every document with its rows."""

    def __init__(self, backend: SQLite, plan: Plan, *, aside: Collection[str] | None = None) -> None:
        super().__init__(backend, plan)
        if aside is not None:
            self.dml = _AsideDml(plan, aside)

    def pages(self) -> Iterator[list[Stored]]:
        """Yield every document with its rows, some at a time."""
        for root in self.plan.roots:
            number = self.plan.tables.index(root)
            for page in self._pages(root):
                yield self._with_rows(root, number, page)

    def _with_rows(self, root: Table, number: int, page: list[Row]) -> list[Stored]:
        rows, texts = self._rows(Place(number, page[0][0]), page[-1][0])
        notes = {at: complement.load(*note) for at, note in texts.items()}
        top = self.layout.tables[number]
        at = top.key[0]
        documents = {top.row_key(row): row[at] for row in rows[number]}
        found = {documents[key]: document for _, key, document in self._rebuilder.documents(rows, notes)}
        keys: dict[Any, Any] = dict(page)
        stored = {row: Stored(keys[row], found[row], [[] for _ in rows], {}) for row in found}
        owner: dict[tuple[int, RowKey], Stored] = {}
        for table, among in zip(self.layout.tables, rows, strict=True):
            link = None if table.parent is None else table.link(table.parent)
            near = at if link is None else link.columns[0]
            # right below the root one look-up finds the document
            above = None if link is None or (link.table == number and len(link.columns) == 1) else link
            for row in among:
                whose = stored[row[near]] if above is None else owner[above.table, above.key(row)]
                whose.rows[table.number].append(row)
                if table.below:
                    owner[table.number, table.row_key(row)] = whose
                if notes and (place := (table.number, table.row_key(row))) in notes:
                    whose.notes[place] = notes[place]
        return list(stored.values())


class _AsideDml(Dml):
    """Reads from tables of which some have stepped aside, the complement always."""

    def __init__(self, plan: Plan, aside: Collection[str]) -> None:
        self._names = Renames({name: OLD + name for name in aside}, {})
        away = renamed(plan, self._names)
        super().__init__(layout_of(replace(away, name=OLD + plan.name)), SQLITE)
        self._away = away
        self.selects = {(a.removeprefix(OLD), b.removeprefix(OLD)): sql for (a, b), sql in self.selects.items()}

    def select_page(self, root: Table) -> str:
        return super().select_page(self._away.table(self._names.table(root.name)))

    def select_first_page(self, root: Table) -> str:
        return super().select_first_page(self._away.table(self._names.table(root.name)))
