"""The backend protocol: what everything above asks of a database.

In: SQL text with `?` for each value, and values. Out: rows, or an error of our own. Knows no database.
"""

from __future__ import annotations

from dataclasses import dataclass


class ForbiddenError(Exception):
    """A constraint forbids what was asked, in the database's words; whoever catches it knows which document that is."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many bytes a database has, how many of these are unused, and what its log has beside it."""

    bytes: int
    free: int
    log: int
