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


QUERIES = {
    "active": Query("missions", "status IN ('in_progress', 'pending') ORDER BY id DESC"),
    "over_budget": Query(
        "missions", "max_cost_usd IS NOT NULL AND current_cost_usd > max_cost_usd ORDER BY id"
    ),
    "by_owner": Query("missions", "owner = ? ORDER BY id", ("owner",)),
    "in_phase": Query("missions", "phase = ? ORDER BY id", ("phase",)),
    "sessions_in_phase": Query("session_narrative", "phase = ? ORDER BY id", ("phase",)),
    "with_blockers": Query(
        "missions",
        "id IN (SELECT mission_id FROM trajectory WHERE blockers IS NOT NULL AND blockers NOT IN ('[]', 'null'))"
        " ORDER BY id",
    ),
    "by_concept": Query(
        "missions",
        "id IN (SELECT mission_id FROM domain_concepts WHERE concept = ?) ORDER BY id",
        ("concept",),
    ),
}
"""The newest first where there is an order in time: ids grow."""
