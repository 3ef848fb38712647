"""Mission places: where in a mission document a new mission's columns are written.

In: the values of columns. Out: a mission document, or a changed one. The mapping reads each column from
several places; these are the ones that this program writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PLACES: Mapping[str, tuple[str, ...]] = {
    "mission_uuid": ("active_mission", "mission_id"),
    "name": ("active_mission", "mission_name"),
    "status": ("active_mission", "status"),
    "created_at": ("active_mission", "created_at"),
    "phase": ("active_mission", "phase"),
    "description": ("active_mission", "description"),
    "updated_at": ("active_mission", "last_updated"),
    "completed_at": ("manifest", "status", "completedAt"),
    "planning_sub_state": ("manifest", "status", "planningSubState"),
    "max_cost_usd": ("manifest", "budget", "max_cost_usd"),
    "current_cost_usd": ("manifest", "budget", "current_cost_usd"),
    "alert_threshold": ("manifest", "budget", "alert_threshold"),
    "cost_breakdown": ("manifest", "budget", "cost_breakdown"),
    "owner": ("manifest", "metadata", "owner"),
    "api_version": ("manifest", "apiVersion"),
}


def document_of(values: Mapping[str, Any], content: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the document of a new mission: `content` is what its active_mission holds besides.

    Raises:
        TypeError: A value belongs to no column.
    """
    unknown = [name for name in values if name not in PLACES]
    if unknown:
        raise TypeError(f"a mission has no {unknown[0]!r}; it has {', '.join(PLACES)}")
    document: dict[str, Any] = {}
    if content is not None:
        document["active_mission"] = dict(content)
    for name in PLACES:
        if values.get(name) is not None:
            write_at(document, PLACES[name], values[name])
    return document


def write_at(document: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Set the value at a path of names; objects on the way are made, what is no object there is an error."""
    node = document
    for name in path[:-1]:
        node = node.setdefault(name, {})
    node[path[-1]] = value


def set_status(document: dict[str, Any], status: str) -> None:
    """Set a mission's status where the mapping reads it first."""
    active = document.get("active_mission")
    records = document.get("records")
    in_records = isinstance(records, dict) and records.get("status") is not None
    if not in_records and isinstance(active, dict) and "status" in active:
        active["status"] = status
    else:
        write_at(document, ("records", "status"), status)
