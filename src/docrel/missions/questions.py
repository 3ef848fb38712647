"""Questions: what people ask of missions.

In: a question's parameters. Out: typed rows.
"""

from __future__ import annotations

from typing import Any

from docrel.missions.ledger import Ledger
from docrel.missions.queries import QUERIES
from docrel.store import Record


class Questions(Ledger):
    """The verbs that ask; each takes `limit` for the first so many answers."""

    def get_active_mission(self) -> Record:
        """Return the mission under way that was stored last, None where there is none."""
        found = self.ask("active", limit=1)
        return found[0] if found else None

    def active_missions(self, limit: int | None = None) -> list[Record]:
        """Return the missions that are pending or in progress, the newest first."""
        return self.ask("active", limit=limit)

    def missions_over_budget(self, limit: int | None = None) -> list[Record]:
        """Return the missions that cost more than they may."""
        return self.ask("over_budget", limit=limit)

    def missions_by_owner(self, owner: str, limit: int | None = None) -> list[Record]:
        """Return an owner's missions."""
        return self.ask("by_owner", owner, limit=limit)

    def missions_in_phase(self, phase: str, limit: int | None = None) -> list[Record]:
        """Return the missions in a phase."""
        return self.ask("in_phase", phase, limit=limit)

    def sessions_in_phase(self, phase: str, limit: int | None = None) -> list[Record]:
        """Return the sessions that ran in a phase, of all missions."""
        return self.ask("sessions_in_phase", phase, limit=limit)

    def missions_with_blockers(self, limit: int | None = None) -> list[Record]:
        """Return the missions whose trajectory names something that blocks them."""
        return self.ask("with_blockers", limit=limit)

    def missions_by_concept(self, concept: str, limit: int | None = None) -> list[Record]:
        """Return the missions that are about a concept."""
        return self.ask("by_concept", concept, limit=limit)

    def ask(self, question: str, *parameters: Any, limit: int | None = None) -> list[Record]:
        """Return the rows that answer one of `docrel.missions.queries.QUERIES`."""
        query = QUERIES[question]
        condition = query.condition if limit is None else f"{query.condition} LIMIT {int(limit)}"
        with self.reading() as store:
            return store.rows_where(query.table, condition, parameters)
