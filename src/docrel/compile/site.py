"""Column site: a column as written, with what is around it.

In: an entry of the outline. Out: the places in the file of the column's keys. Never decides anything.
"""

from __future__ import annotations

from dataclasses import dataclass

from docrel.compile.outline import Entry, Outline
from docrel.spec import ColumnSpec, Findings
from docrel.spec import Path as Place


@dataclass(frozen=True, slots=True)
class Site:
    """A column as written, its table, and where its problems are noted."""

    entry: Entry
    outline: Outline
    findings: Findings
    name: str
    spec: ColumnSpec

    @property
    def place(self) -> Place:
        """The place of the column in the file."""
        return (*self.entry.path, "columns", self.name)

    def at(self, *keys: str | int) -> Place:
        """Return the place of a key of the column, or of something below it."""
        return (*self.place, *keys)
