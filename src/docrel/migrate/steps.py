"""Steps: what a migration does, one value each.

In: nothing. Out: the values that `docrel.migrate` returns, `docrel.migrate.applying` carries out and the command
line shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from docrel.diff import Diff
from docrel.migrate.guards import Guard

OLD = "_docrel_old_"
"""What the name of a table that is on its way out begins with; within one transaction only."""

Cost = Literal["nothing", "reads a table", "copies a table", "rewrites every document"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a migration.

    Attributes:
        reason: What it does, in the user's words.
        sql: Its SQL, in order; none where it is the rewriting of all documents.
        rewrite: Whether it is that rewriting.
        touches: The tables that it alters or whose rows and indexes it writes, by the names they have in the end.
        makes: The tables that it makes, also those in the place of another.
        drops: The tables that go, also those that are made again.
        reverse: What undoes it.
        cost: How much of the database it reads or writes.
        loses: What SQL may have put there that no document keeps; empty where nothing is lost.
    """

    reason: str
    sql: tuple[str, ...] = ()
    rewrite: bool = False
    touches: tuple[str, ...] = ()
    makes: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    reverse: str = ""
    cost: Cost = "nothing"
    loses: str = ""


@dataclass(frozen=True, slots=True)
class Migration:
    """From one plan to another, by plain SQL or by rebuild-and-flatten.

    `guards` are what the data must satisfy for plain SQL; `why` says why documents are rewritten.
    """

    diff: Diff
    steps: tuple[Step, ...]
    guards: tuple[Guard, ...] = ()
    why: str = ""

    @property
    def rewrites(self) -> bool:
        """Whether documents stream through rebuild and flatten."""
        return any(step.rewrite for step in self.steps)
