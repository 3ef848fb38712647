"""Stored documents: documents as a database has them, each with its own rows and notes, in constant memory.

In: a database and its plan. Out: each `StoredDocument`, page by page. Reads only; with `aside` from tables that
have stepped aside in a migration.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from docrel.backends import Backend
from docrel.diff import Renames, renamed
from docrel.migrate.steps import OLD
from docrel.plan import Plan, Table
from docrel.rows import RowComplement, RowKey
from docrel.sql import Dialect, Dml
from docrel.store import Place, Row, Store


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """One document: its key, itself, its rows by table and the notes on them."""

    key: Any
    document: Any
    rows: list[list[Row]]
    notes: dict[tuple[int, RowKey], RowComplement]


class StoredDocuments(Store):
    """Reads every document with its rows."""

    def __init__(self, backend: Backend, plan: Plan, *, aside: Collection[str] | None = None) -> None:
        super().__init__(backend, plan, migrating=aside is not None)
        if aside is not None:
            self.dml = _AsideDml(plan, aside, backend.dialect)

    def pages(self) -> Iterator[list[StoredDocument]]:
        """Yield every document with its rows, some at a time; each page is read at one moment."""
        for root in self.plan.roots:
            number = self.plan.tables.index(root)
            yield from self._pages(root, partial(self._with_rows, number))

    def _with_rows(self, number: int, page: list[tuple[Row, Any]]) -> list[StoredDocument]:
        rows, texts = self._rows(Place(number, page[0][0]), page[-1][0])
        notes = self.notes.load(texts)
        top = self.layout.tables[number]
        found = {name: document for _, name, document in self.rebuilt_rows(rows, notes)}
        keys = dict(page)
        stored = {
            (key := top.primary_key(row)): StoredDocument(keys[key], found[top.row_key(row)], [[] for _ in rows], {})
            for row in rows[number]
        }
        owner: dict[tuple[int, RowKey], StoredDocument] = {}
        for table, among in zip(self.layout.tables, rows, strict=True):
            link = None if table.parent is None else table.link(table.parent)
            # right below the root one look-up finds the document
            near = link.columns[0] if link and link.table == number and len(link.columns) == 1 else None
            for row in among:
                if link is None:
                    whose = stored[table.primary_key(row)]
                else:
                    whose = stored[row[near],] if near is not None else owner[link.table, link.key(row)]
                whose.rows[table.number].append(row)
                if table.below:
                    owner[table.number, table.row_key(row)] = whose
                if notes and (place := (table.number, table.row_key(row))) in notes:
                    whose.notes[place] = notes[place]
        return list(stored.values())


class _AsideDml(Dml):
    """Reads from tables of which some have stepped aside, the complement always."""

    def __init__(self, plan: Plan, aside: Collection[str], dialect: Dialect) -> None:
        self._names = Renames({name: OLD + name for name in aside}, {})
        away = renamed(plan, self._names)
        super().__init__(replace(away, name=OLD + plan.name), dialect)
        self._away = away
        self.selects = {(a.removeprefix(OLD), b.removeprefix(OLD)): sql for (a, b), sql in self.selects.items()}

    def select_page(self, root: Table) -> str:
        return super().select_page(self._away.table(self._names.table(root.name)))

    def select_first_page(self, root: Table) -> str:
        return super().select_first_page(self._away.table(self._names.table(root.name)))
