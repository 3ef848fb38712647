"""Migrate: a database goes from one plan to another, with its documents, and back.

In: two plans, a database. Out: steps with their SQL, reason and reverse; a database that is what the new plan asks for.

In reading order:

- `preparing`: what a migration would do. `planning` makes the `steps`: plain SQL (`tables`) where `commuting` and
  `node_agreement` let it and `guard_checks` finds that the data keeps the `guards`, else by documents.
- `applying` carries them out: `rewriting` moves documents by `documents_aside`, `identities` and `first_times`;
  `samples` shows that plain SQL changed none.
- `sources_along`: from which files documents came, brought along.
- `new_asides`: what of the documents the new mapping leaves in no column.
- `extras`: the user's own objects. `linting`: documents that the new plan refuses. `confirming`: an inferred key.
- `pages`: the changes, to be read.
"""

from __future__ import annotations

from docrel.migrate.applying import MigrationReport, apply
from docrel.migrate.confirming import confirm_key, confirmed
from docrel.migrate.guard_checks import guard_words
from docrel.migrate.linting import LintReport, lint
from docrel.migrate.new_asides import foreseen
from docrel.migrate.pages import change_pages
from docrel.migrate.preparing import DriftedError, Prepared, prepare

__all__ = [
    "DriftedError",
    "LintReport",
    "MigrationReport",
    "Prepared",
    "apply",
    "change_pages",
    "confirm_key",
    "confirmed",
    "foreseen",
    "guard_words",
    "lint",
    "prepare",
]
