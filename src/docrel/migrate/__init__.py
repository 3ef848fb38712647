"""Migrate: a database goes from one plan to another, with its documents, and back.

In: two plans, a database. Out: steps with their SQL, reason and reverse; a database that is what the new plan asks for.
"""

from __future__ import annotations

from docrel.migrate.applying import Done, apply
from docrel.migrate.confirming import confirm_key
from docrel.migrate.guard_checks import guard_words
from docrel.migrate.linting import Linted, lint
from docrel.migrate.pages import change_pages
from docrel.migrate.preparing import DriftedError, Prepared, prepare
from docrel.migrate.stored_rows import Stored, StoredRows

__all__ = [
    "Done",
    "DriftedError",
    "Linted",
    "Prepared",
    "Stored",
    "StoredRows",
    "apply",
    "change_pages",
    "confirm_key",
    "guard_words",
    "lint",
    "prepare",
]
