"""Stored rows: documents as a database has them, each with its own rows and notes, in constant memory.

In: a database and its plan. Out: `Stored` documents, page by page. Reads only; with `aside` from tables that
have stepped aside in a migration.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from docrel.backends import SQLite
from docrel.diff import Renames, renamed
from docrel.migrate.steps import OLD
from docrel.plan import ParentKey, Plan, Table
from docrel.rows import RowComplement, RowKey, natural_key
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
        super().__init__(backend, plan, migrating=aside is not None)
        if aside is not None:
            self.dml = _AsideDml(plan, aside)
        self._owners = [RowNames(plan, table) for table in plan.tables]

    def pages(self) -> Iterator[list[Stored]]:
        """Yield every document with its rows, some at a time; each page is read at one moment."""
        for root in self.plan.roots:
            number = self.plan.tables.index(root)
            yield from self._pages(root, partial(self._with_rows, root, number))

    def _with_rows(self, root: Table, number: int, page: list[tuple[Row, Any]]) -> list[Stored]:
        rows, texts = self._rows(Place(number, page[0][0]), page[-1][0])
        notes = self.notes.load(texts)
        top = self._owners[number]
        found = {name: document for _, name, document in self.rebuilt_rows(rows, notes)}
        keys = dict(page)
        stored = {
            (key := top.key(row)): Stored(keys[key], found[top.name(row)], [[] for _ in rows], {})
            for row in rows[number]
        }
        owner: dict[tuple[str | None, Any], Stored] = {}
        for table, own, among in zip(self.plan.tables, self._owners, rows, strict=True):
            n, near = own.number, own.near
            for row in among:
                if n == number:
                    whose = stored[own.key(row)]
                else:
                    whose = stored[row[near],] if near is not None else owner[own.above(row)]
                whose.rows[n].append(row)
                if own.has_below:
                    owner[table.name, own.key(row)] = whose
                if notes and (n, name := own.name(row)) in notes:
                    whose.notes[n, name] = notes[n, name]
        return list(stored.values())


class RowNames:
    """How rows of a table are called, and the row that encloses them."""

    def __init__(self, plan: Plan, table: Table) -> None:
        self.number = plan.tables.index(table)
        self._parent = table.parent
        above = plan.table(table.parent).primary_key if table.parent is not None else ()
        links = {(c.role.table, c.role.column): n for n, c in enumerate(table.columns) if isinstance(c.role, ParentKey)}
        self._link = [links[table.parent, name] for name in above if table.parent is not None]
        # right below the root one look-up finds the document
        top = table.parent is not None and plan.table(table.parent).parent is None
        self.near = self._link[0] if top and len(self._link) == 1 else None
        self._key = [table.index_of(name) for name in table.primary_key]
        self._numbered = self._key[0] if table.surrogate is not None else None
        self.has_below = any(t.parent == table.name for t in plan.tables)

    def above(self, row: Row) -> tuple[str | None, Any]:
        """Return the enclosing row's table and key."""
        return self._parent, tuple([row[n] for n in self._link])

    def key(self, row: Row) -> tuple[Any, ...]:
        """Return the row's primary key."""
        return tuple([row[n] for n in self._key])

    def name(self, row: Row) -> RowKey:
        """Return what the complement calls the row."""
        if self._numbered is not None:
            number: int = row[self._numbered]
            return number
        return natural_key(self.key(row))


class _AsideDml(Dml):
    """Reads from tables of which some have stepped aside, the complement always."""

    def __init__(self, plan: Plan, aside: Collection[str]) -> None:
        self._names = Renames({name: OLD + name for name in aside}, {})
        away = renamed(plan, self._names)
        super().__init__(replace(away, name=OLD + plan.name), SQLITE)
        self._away = away
        self.selects = {(a.removeprefix(OLD), b.removeprefix(OLD)): sql for (a, b), sql in self.selects.items()}

    def select_page(self, root: Table) -> str:
        return super().select_page(self._away.table(self._names.table(root.name)))

    def select_first_page(self, root: Table) -> str:
        return super().select_first_page(self._away.table(self._names.table(root.name)))
