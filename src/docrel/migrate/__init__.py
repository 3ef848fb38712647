"""Migrate: a database goes from one plan to another, with its documents, and back.

In: two plans, a database. Out: steps with their SQL, reason and reverse; a database that is what the new plan asks for.
"""

from __future__ import annotations

from docrel.migrate.applying import Done, apply
from docrel.migrate.commuting import rest_column
from docrel.migrate.guard_checks import guard_words
from docrel.migrate.history import earlier_plan, entries
from docrel.migrate.linting import Linted, lint
from docrel.migrate.pages import change_pages
from docrel.migrate.preparing import DriftedError, Prepared, carried_plan, prepare
from docrel.migrate.rewriting import Progress
from docrel.migrate.stored_rows import Stored, StoredRows

__all__ = [
    "Done",
    "DriftedError",
    "Linted",
    "Prepared",
    "Progress",
    "Stored",
    "StoredRows",
    "apply",
    "carried_plan",
    "change_pages",
    "earlier_plan",
    "entries",
    "guard_words",
    "lint",
    "prepare",
    "rest_column",
]
