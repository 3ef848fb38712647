"""Steps: what a migration does, one value each.

In: nothing. Out: the values that `docrel.migrate` returns, `docrel.migrate.applying` carries out and the command
line shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from docrel.diff import Diff
from docrel.migrate.guards import Guard
from docrel.sql import Schema

OLD = "_docrel_old_"
"""What the name of a table that is on its way out begins with; within one transaction only."""

Cost = Literal["nothing", "reads a table", "copies a table", "rewrites every document"]


@dataclass(frozen=True, slots=True)
class Extra:
    """An object of the user's own on the mapped tables: `kind` view, trigger or index, with its own SQL."""

    kind: Literal["view", "trigger", "index"]
    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its SQL in order, or the rewriting of all documents; why; what undoes it; what it costs."""

    reason: str
    sql: tuple[str, ...] = ()
    rewrite: bool = False
    reverse: str = ""
    cost: Cost = "nothing"
    loses_data: bool = False


@dataclass(frozen=True, slots=True)
class Migration:
    """From one plan to another, by plain SQL or by rebuild-and-flatten.

    `guards` are what the data must satisfy for plain SQL; `why` says why documents are rewritten.
    """

    found: Diff
    wanted: Schema
    steps: tuple[Step, ...]
    guards: tuple[Guard, ...] = ()
    why: str = ""

    @property
    def rewrites(self) -> bool:
        """Whether documents stream through rebuild and flatten."""
        return any(step.rewrite for step in self.steps)
