"""Documents aside: the documents of tables that have stepped aside in a migration, read as others are.

In: a database and the plan that it had. Out: `StoredDocument`s. Reads only.
"""

from __future__ import annotations

from collections.abc import Collection

from docrel.backends import Backend
from docrel.diff import Renames, renamed
from docrel.migrate.steps import OLD
from docrel.plan import Plan, Table
from docrel.sql import Dialect, Dml
from docrel.store import StoredDocuments


class DocumentsAside(StoredDocuments):
    """Reads every document with its rows, from tables of which those called `aside` have stepped aside."""

    def __init__(self, backend: Backend, plan: Plan, aside: Collection[str]) -> None:
        super().__init__(backend, plan, migrating=True)
        self.dml = _AsideDml(plan, aside, backend.dialect)


class _AsideDml(Dml):
    """Reads from tables of which some have stepped aside, the notes always."""

    def __init__(self, plan: Plan, aside: Collection[str], dialect: Dialect) -> None:
        self._names = Renames({name: OLD + name for name in aside}, {})
        self._away = renamed(plan, self._names)
        super().__init__(self._away, dialect, notes=OLD + plan.notes, shapes=OLD + plan.shapes)
        self.selects = {(a.removeprefix(OLD), b.removeprefix(OLD)): sql for (a, b), sql in self.selects.items()}
        self.select_notes = {root.removeprefix(OLD): found for root, found in self.select_notes.items()}

    def _noted_as(self, table: Table) -> str:
        return super()._noted_as(table).removeprefix(OLD)

    def select_page(self, root: Table) -> str:
        return super().select_page(self._away.table(self._names.table(root.name)))

    def select_first_page(self, root: Table) -> str:
        return super().select_first_page(self._away.table(self._names.table(root.name)))
