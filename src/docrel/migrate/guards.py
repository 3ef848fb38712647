"""Guards: what the data in a database must satisfy for plain SQL to commute.

In: nothing. Out: the values that `docrel.migrate.commuting` asks for and `docrel.migrate.guard_checks` looks up.
Tables and columns go by their old names.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NotHeld:
    """No rest of a row of `table` (its old name) has anything at `pointer`, names from the row's node on."""

    table: str
    pointer: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotNoted:
    """No note in the complement on a row of `table` (its old name) mentions `name`."""

    table: str
    name: str


@dataclass(frozen=True, slots=True)
class NoRows:
    """The table (by its old name) is empty."""

    table: str


@dataclass(frozen=True, slots=True)
class AllDefault:
    """Every row of `table` holds in `column` (old names) what it holds where the document is silent."""

    table: str
    column: str


Guard = NotHeld | NotNoted | NoRows | AllDefault
