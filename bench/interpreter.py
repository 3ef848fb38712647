"""What people write today: selectors parsed once with jsonpath-ng, `.find()` for each column of each row.

In: a parsed document. Out: its rows by table, the same as `handwritten_flatten` gives. Flatten only.
"""

from __future__ import annotations

from typing import Any, Final

import orjson
from jsonpath_ng import parse  # type: ignore[import-untyped]

from bench.handwritten_flatten import ARTIFACT_TYPES, HANDOFF_KEY, default_status

Document = dict[str, Any]
RowsByTable = dict[str, list[tuple[Any, ...]]]

_JSON: Final = frozenset({"args", "result", "context", "metrics", "value", "details", "completed", "blockers"})

_MISSION: Final = tuple(
    parse(f"manifest.{path}")
    for path in (
        "metadata.projectId",
        "metadata.name",
        "status.projectPhase",
        "metadata.createdAt",
        "status.completedAt",
        "metadata.lastUpdatedAt",
        "status.planningSubState",
        "budget.max_cost_usd",
        "budget.current_cost_usd",
        "budget.alert_threshold",
        "budget.cost_breakdown",
        "metadata.owner",
        "metadata.description",
        "apiVersion",
    )
)
_STATUS: Final = (parse("records.status"), parse("active_mission.status"))
_HANDOFF: Final = parse("session_handoff")

_TABLES: Final = {
    "tool_calls": (
        "records.tool_calls[*]",
        "tool_name args result timestamp duration_ms success error_message",
    ),
    "decisions": ("records.decisions[*]", "decision_type rationale timestamp agent_name context"),
    "playbook_runs": (
        "records.playbook_runs[*]",
        "playbook_name phase started_at completed_at success metrics error_message",
    ),
    "agent_memory": ("records.agent_memory[*]", "key value timestamp ttl expires_at"),
    "session_narrative": ("memory.narrative[*]", "session summary date phase"),
    "trajectory": ("memory.trajectory", "phase current_focus completed blockers"),
    "quality_gates": ("records.quality_gates[*]", "gate_name status details timestamp"),
}
_PARSED: Final = {
    table: (parse(each), tuple((parse(f"$.{name}"), name in _JSON) for name in names.split()))
    for table, (each, names) in _TABLES.items()
}
_NAMES: Final = {
    "domain_concepts": parse("memory.domain.concepts[*]"),
    "domain_concerns": parse("memory.domain.concerns[*]"),
}
_ARTIFACTS: Final = tuple((kind, parse(f"manifest.artifacts.{kind}")) for kind in ARTIFACT_TYPES)
_MEMBERS: Final = parse("$.*")
_PLACES: Final = tuple(parse(name) for name in ("ref", "path", "url", "branch"))
_PLACE_NAMES: Final = frozenset({"ref", "path", "url", "branch"})
_TAKEN: Final = {
    "manifest": {"apiVersion", "budget", "artifacts"},
    "memory": {"narrative", "trajectory"},
    "records": {"status", "tool_calls", "decisions", "playbook_runs", "agent_memory", "quality_gates"},
}


def _first(selector: Any, node: Any) -> Any:
    found = selector.find(node)
    return found[0].value if found else None


def _json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def flatten(document: Document, mission: int) -> RowsByTable:
    """Give a document's rows by table, in the columns of `handwritten_flatten.COLUMNS`."""
    uuid, name, phase, created, completed, updated, sub_state, maximum, cost, threshold, breakdown, *more = (
        _first(selector, document) for selector in _MISSION
    )
    owner, description, api_version = more
    status = _first(_STATUS[0], document) or _first(_STATUS[1], document)
    status = "in_progress" if status == "active" else status or default_status(completed, phase)
    row = (mission, uuid, name, phase, status, created, completed, updated, sub_state, maximum, cost)
    rest = _json(_rest(document))
    rows: RowsByTable = {"missions": [(*row, threshold, _json(breakdown), owner, description, api_version, rest)]}
    for table, (each, columns) in _PARSED.items():
        rows[table] = [
            (
                mission,
                *(
                    _json(_first(selector, node.value)) if is_json else _first(selector, node.value)
                    for selector, is_json in columns
                ),
            )
            for node in each.find(document)
        ]
    rows["trajectory"] = [(*row, created) for row in rows["trajectory"]]
    for table, each in _NAMES.items():
        rows[table] = [(mission, node.value, created) for node in each.find(document)]
    artifacts: list[tuple[Any, ...]] = []
    for kind, selector in _ARTIFACTS:
        for node in selector.find(document):
            _artifacts(node.value, (mission, kind), (), created, artifacts)
    rows["artifacts"] = artifacts
    for node in _HANDOFF.find(document):
        rows["agent_memory"].append((mission, HANDOFF_KEY, _json(node.value), created, None, None))
    return rows


def _artifacts(
    tree: Any, start: tuple[int, str], names: tuple[str, ...], created: Any, into: list[tuple[Any, ...]]
) -> None:
    for node in _MEMBERS.find(tree):
        child = node.value
        if not isinstance(child, dict):
            continue
        path = (*names, str(node.path.fields[0]).replace("\\", "\\\\").replace(".", "\\."))
        places = tuple(_first(selector, child) for selector in _PLACES)
        if any(place is not None for place in places):
            rest = {name: value for name, value in child.items() if name not in _PLACE_NAMES}
            into.append((*start, ".".join(path), *places, _json(rest or None), created))
        else:
            _artifacts(child, start, path, created, into)


def _rest(document: Document) -> Document:
    """Give what no column took, member by member: plain comprehensions, as nobody does this with paths."""
    return {
        member: {name: value for name, value in body.items() if name not in _TAKEN[member]}
        if member in _TAKEN and isinstance(body, dict)
        else body
        for member, body in document.items()
        if member != HANDOFF_KEY
    }
