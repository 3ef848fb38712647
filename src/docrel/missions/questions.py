"""Questions: what people ask of missions.

In: a question's parameters. Out: typed rows. The conditions are SQL in one place, so that the benchmark shows the query
plan of exactly what the store runs.
"""

from __future__ import annotations

from operator import index
from typing import Any, NamedTuple

from docrel.diagnostics import check_choice
from docrel.missions.ledger import Ledger
from docrel.store import Record


class Query(NamedTuple):
    """A question: the condition on `table` under which a row is an answer, with `?` for each parameter."""

    table: str
    condition: str


_BLOCKED = "SELECT mission_id FROM trajectory WHERE blockers <> '[]' AND blockers <> 'null'"

QUERIES = {
    "active": Query(
        "missions", "id IN (SELECT id FROM missions WHERE status IN ('in_progress', 'pending')) ORDER BY id DESC"
    ),
    "over_budget": Query(
        "missions", "id IN (SELECT id FROM missions WHERE current_cost_usd > max_cost_usd) ORDER BY id"
    ),
    "by_owner": Query("missions", "owner = ? ORDER BY id"),
    "in_phase": Query("missions", "phase = ? ORDER BY id"),
    "sessions_in_phase": Query("session_narrative", "phase = ? ORDER BY id"),
    "with_blockers": Query("missions", f"id IN ({_BLOCKED}) ORDER BY id"),
    "by_concept": Query("missions", "id IN (SELECT mission_id FROM domain_concepts WHERE concept = ?) ORDER BY id"),
}
"""By age, as ids grow: the oldest first, of the active ones the newest. Ids come from an index, rows only for
those: with a LIMIT SQLite would rather walk the whole table in order. What blocks is indexed from version 4 on."""


class Questions(Ledger):
    """The verbs that ask; each takes `limit` for the first so many answers."""

    def get_active_mission(self) -> Record:
        """Return the mission under way that was stored last, None where there is none."""
        missions = self.ask("active", limit=1)
        return missions[0] if missions else None

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
        """Return the rows that answer one of `QUERIES`.

        Raises:
            ArgumentError: S490, there is no such question.
        """
        check_choice("question", question, QUERIES)
        query = QUERIES[question]
        condition = query.condition if limit is None else f"{query.condition} LIMIT {index(limit)}"
        with self.reading() as store:
            return store.rows_where(query.table, condition, parameters)
