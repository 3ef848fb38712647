"""Mission queries: what people ask of missions, as SQL conditions on one table.

In: nothing. Out: for each question its table, its condition and its parameters' meaning, in one place, so
that the benchmark shows the query plan of exactly what the store runs.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Query:
    """A question: the condition on `table` under which a row is an answer, with `?` for each of `parameters`."""

    table: str
    condition: str
    parameters: tuple[str, ...] = ()


_BLOCKED = "SELECT mission_id FROM trajectory WHERE blockers <> '[]' AND blockers <> 'null'"

QUERIES = {
    "active": Query(
        "missions", "id IN (SELECT id FROM missions WHERE status IN ('in_progress', 'pending')) ORDER BY id DESC"
    ),
    "over_budget": Query(
        "missions", "id IN (SELECT id FROM missions WHERE current_cost_usd > max_cost_usd) ORDER BY id"
    ),
    "by_owner": Query("missions", "owner = ? ORDER BY id", ("owner",)),
    "in_phase": Query("missions", "phase = ? ORDER BY id", ("phase",)),
    "sessions_in_phase": Query("session_narrative", "phase = ? ORDER BY id", ("phase",)),
    "with_blockers": Query("missions", f"id IN ({_BLOCKED}) ORDER BY id"),
    "by_concept": Query(
        "missions", "id IN (SELECT mission_id FROM domain_concepts WHERE concept = ?) ORDER BY id", ("concept",)
    ),
}
"""By age, as ids grow: the oldest first, of the active ones the newest. Ids come from an index, rows only for
those: with a LIMIT SQLite would rather walk the whole table in order. What blocks is indexed from version 4 on."""
