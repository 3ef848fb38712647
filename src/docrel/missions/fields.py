"""Fields: what may be said of a mission, and of what happens on it, by the names of columns, for type checkers.

In: nothing. Out: types. What each holds is in docs/missions; times are ISO 8601 text, money is in US dollars.
"""

from __future__ import annotations

from typing import Any, TypedDict


class MissionFields(TypedDict, total=False):
    """A new mission's, beside what it is called and how it stands."""

    name: str | None
    description: str | None
    updated_at: str | None
    completed_at: str | None
    planning_sub_state: str | None
    max_cost_usd: float | None
    current_cost_usd: float | None
    alert_threshold: float | None
    cost_breakdown: Any
    owner: str | None
    api_version: str | None


class BudgetFields(TypedDict, total=False):
    """A mission's budget."""

    max_cost_usd: float | None
    current_cost_usd: float | None
    alert_threshold: float | None
    cost_breakdown: Any


class ToolCallFields(TypedDict, total=False):
    """A tool call's, beside the tool and its arguments; `duration_ms` is in milliseconds."""

    result: Any
    timestamp: str | None
    duration_ms: int | None
    success: bool | None
    error_message: str | None


class DecisionFields(TypedDict, total=False):
    """A decision's, beside its kind and its reason."""

    agent_name: str | None
    context: Any
    timestamp: str | None


class QualityGateFields(TypedDict, total=False):
    """A quality gate's, beside its name and what it found."""

    timestamp: str | None


class PlaybookRunFields(TypedDict, total=False):
    """A playbook run's, beside the playbook and its phase."""

    started_at: str | None
    completed_at: str | None
    success: bool | None
    metrics: Any
    error_message: str | None


class PlaybookResultFields(TypedDict, total=False):
    """How a playbook run ended."""

    completed_at: str | None
    metrics: Any
    error_message: str | None
