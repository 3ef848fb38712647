"""The hand-written flattening of a mission document into the v2 tables, spelled out column by column.

In: a parsed document, which it takes apart. Out: one flat parameter list a table. It touches no database.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any, Final

import orjson

Document = dict[str, Any]

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    table: tuple(columns.split())
    for table, columns in {
        "missions": "id mission_uuid name phase status created_at completed_at updated_at planning_sub_state "
        "max_cost_usd current_cost_usd alert_threshold cost_breakdown owner description api_version metadata",
        "tool_calls": "mission_id tool_name args result timestamp duration_ms success error_message",
        "decisions": "mission_id decision_type rationale timestamp agent_name context",
        "playbook_runs": "mission_id playbook_name phase started_at completed_at success metrics error_message",
        "agent_memory": "mission_id key value timestamp ttl expires_at",
        "session_narrative": "mission_id session_num summary date phase",
        "domain_concepts": "mission_id concept timestamp",
        "domain_concerns": "mission_id concern timestamp",
        "trajectory": "mission_id current_phase current_focus completed_phases blockers updated_at",
        "artifacts": "mission_id artifact_type artifact_name ref path url branch metadata created_at",
        "quality_gates": "mission_id gate_name status details timestamp",
    }.items()
}
"""What is inserted, in this order. The ids of child rows are SQLite's to give: nothing refers to them."""

CHILDREN: Final = tuple(COLUMNS)[1:]
ARTIFACT_TYPES: Final = ("planning", "code", "test", "deployment")
HANDOFF_KEY: Final = "session_handoff"

_dumps = orjson.dumps
_MISSING: Final = object()

_tool_call = itemgetter("tool_name", "args", "result", "timestamp", "duration_ms", "success")
_decision = itemgetter("decision_type", "rationale", "timestamp", "agent_name", "context")
_playbook_run = itemgetter("playbook_name", "phase", "started_at", "completed_at", "success", "metrics")
_memory = itemgetter("key", "value", "timestamp")
_narrative = itemgetter("session", "summary", "date", "phase")
_gate = itemgetter("gate_name", "status", "details", "timestamp")


class RefusedError(ValueError):
    """A document that the tables cannot hold."""


class Rows:
    """Flat parameter lists by table: `len(columns)` values a row, one row after the other."""

    __slots__ = ("by_table", "flatten")

    def __init__(self) -> None:
        self.by_table: dict[str, list[Any]] = {table: [] for table in COLUMNS}
        self.flatten = _flattener(self.by_table)
        """Add one document's rows; takes the document apart while doing so."""

    def clear(self) -> None:
        for values in self.by_table.values():
            values.clear()


def _json(value: Any) -> str | None:
    return None if value is None else _dumps(value).decode()


def _flattener(rows: dict[str, list[Any]]) -> Callable[[Document, int], None]:
    add_mission = rows["missions"].extend
    add_call = rows["tool_calls"].extend
    add_decision = rows["decisions"].extend
    add_run = rows["playbook_runs"].extend
    add_memory = rows["agent_memory"].extend
    add_narrative = rows["session_narrative"].extend
    add_concept = rows["domain_concepts"].extend
    add_concern = rows["domain_concerns"].extend
    add_trajectory = rows["trajectory"].extend
    add_artifact = rows["artifacts"].extend
    add_gate = rows["quality_gates"].extend
    dumps = _dumps

    def flatten(document: Document, mission: int) -> None:
        # What is popped has its column; whatever is left of the document in the end is `metadata`.
        extra: Document = {}  # keys of child elements that no column takes: table -> position -> keys
        manifest = document.get("manifest")
        active = document.get("active_mission") or {}
        uuid = name = owner = description = created = updated = None
        phase = sub_state = completed = None
        max_cost = current_cost = threshold = breakdown = api_version = None

        if manifest:
            api_version = manifest.pop("apiVersion", None)
            if metadata := manifest.get("metadata"):
                take = metadata.pop
                uuid = take("projectId", None)
                name = take("name", None)
                description = take("description", None)
                owner = take("owner", None)
                created = take("createdAt", None)
                updated = take("lastUpdatedAt", None)
                if not metadata:
                    del manifest["metadata"]
            if state := manifest.get("status"):
                take = state.pop
                phase = take("projectPhase", None)
                sub_state = take("planningSubState", None)
                completed = take("completedAt", None)
                if not state:
                    del manifest["status"]
            if budget := manifest.get("budget"):
                take = budget.pop
                max_cost = take("max_cost_usd", None)
                current_cost = take("current_cost_usd", None)
                threshold = take("alert_threshold", None)
                breakdown = take("cost_breakdown", None)
                if breakdown is not None:
                    breakdown = dumps(breakdown).decode()
                if not budget:
                    del manifest["budget"]
        uuid = uuid or active.get("mission_id")
        if uuid is None:
            raise RefusedError("neither manifest.metadata.projectId nor active_mission.mission_id")
        phase = phase or active.get("phase")
        moment = created = created or active.get("created_at")

        if manifest and (artifacts := manifest.get("artifacts")):
            for kind in ARTIFACT_TYPES:
                if node := artifacts.get(kind):
                    flatten_artifacts(node, mission, kind, "", moment)
                    if not node:
                        del artifacts[kind]
            if not artifacts:
                del manifest["artifacts"]
        if manifest is not None and not manifest:
            del document["manifest"]

        if memory := document.get("memory"):
            if narrative := memory.get("narrative"):
                for element in narrative:
                    if len(element) == 4:
                        add_narrative((mission, *_narrative(element)))
                    else:
                        take = element.pop
                        add_narrative((mission, take("session"), take("summary"), take("date"), take("phase")))
                        if element:
                            keep(extra, "narrative", narrative, element)
                del memory["narrative"]
            if domain := memory.get("domain"):
                if concepts := domain.get("concepts"):
                    for concept in concepts:
                        add_concept((mission, concept, moment))
                    del domain["concepts"]
                if concerns := domain.get("concerns"):
                    for concern in concerns:
                        add_concern((mission, concern, moment))
                    del domain["concerns"]
                if not domain:
                    del memory["domain"]
            if trajectory := memory.get("trajectory"):
                take = trajectory.pop
                done = take("completed", None)
                blockers = take("blockers", None)
                add_trajectory(
                    (
                        mission,
                        take("phase", None),
                        take("current_focus", None),
                        None if done is None else dumps(done).decode(),
                        None if blockers is None else dumps(blockers).decode(),
                        moment,
                    )
                )
                if not trajectory:
                    del memory["trajectory"]
            if not memory:
                del document["memory"]

        if (handoff := document.pop("session_handoff", None)) is not None:
            add_memory((mission, HANDOFF_KEY, dumps(handoff).decode(), moment, None, None))

        status = None
        if records := document.get("records"):
            status = records.pop("status", None)
            if calls := records.get("tool_calls"):
                for element in calls:
                    if len(element) == 6 and "result" in element:
                        tool, args, result, when, duration, success = _tool_call(element)
                        if result is not None:
                            result = dumps(result).decode()
                        add_call((mission, tool, dumps(args).decode(), result, when, duration, success, None))
                    else:
                        take = element.pop
                        result = take("result", None)
                        add_call(
                            (
                                mission,
                                take("tool_name"),
                                dumps(take("args")).decode(),
                                None if result is None else dumps(result).decode(),
                                take("timestamp"),
                                take("duration_ms", None),
                                take("success"),
                                take("error_message", None),
                            )
                        )
                        if element:
                            keep(extra, "tool_calls", calls, element)
                del records["tool_calls"]
            if decisions := records.get("decisions"):
                for element in decisions:
                    if len(element) == 5:
                        kind, rationale, when, agent, context = _decision(element)
                        if context is not None:
                            context = dumps(context).decode()
                        add_decision((mission, kind, rationale, when, agent, context))
                    else:
                        take = element.pop
                        add_decision(
                            (
                                mission,
                                take("decision_type"),
                                take("rationale", None),
                                take("timestamp"),
                                take("agent_name", None),
                                _json(take("context", None)),
                            )
                        )
                        if element:
                            keep(extra, "decisions", decisions, element)
                del records["decisions"]
            if runs := records.get("playbook_runs"):
                for element in runs:
                    if len(element) == 6 and "metrics" in element and "error_message" not in element:
                        playbook, stage, begun, ended, success, metrics = _playbook_run(element)
                        if metrics is not None:
                            metrics = dumps(metrics).decode()
                        add_run((mission, playbook, stage, begun, ended, success, metrics, None))
                    else:
                        take = element.pop
                        add_run(
                            (
                                mission,
                                take("playbook_name"),
                                take("phase", None),
                                take("started_at"),
                                take("completed_at", None),
                                take("success", None),
                                _json(take("metrics", None)),
                                take("error_message", None),
                            )
                        )
                        if element:
                            keep(extra, "playbook_runs", runs, element)
                del records["playbook_runs"]
            if entries := records.get("agent_memory"):
                for element in entries:
                    if len(element) == 3:
                        key, value, when = _memory(element)
                        add_memory((mission, key, dumps(value).decode(), when, None, None))
                    else:
                        take = element.pop
                        value = take("value", _MISSING)
                        add_memory(
                            (
                                mission,
                                take("key"),
                                None if value is _MISSING else dumps(value).decode(),
                                take("timestamp"),
                                take("ttl", None),
                                take("expires_at", None),
                            )
                        )
                        if element:
                            keep(extra, "agent_memory", entries, element)
                del records["agent_memory"]
            if gates := records.get("quality_gates"):
                for element in gates:
                    if len(element) == 4 and "details" in element:
                        gate, verdict, details, when = _gate(element)
                        if details is not None:
                            details = dumps(details).decode()
                        add_gate((mission, gate, verdict, details, when))
                    else:
                        take = element.pop
                        add_gate(
                            (
                                mission,
                                take("gate_name"),
                                take("status"),
                                _json(take("details", None)),
                                take("timestamp"),
                            )
                        )
                        if element:
                            keep(extra, "quality_gates", gates, element)
                del records["quality_gates"]
            if not records:
                del document["records"]

        if status is None and not (status := active.get("status")):
            status = default_status(completed, phase)
        if status == "active":
            status = "in_progress"
        if extra:
            document["_rows"] = extra
        add_mission(
            (
                mission,
                uuid,
                name,
                phase,
                status,
                created,
                completed,
                updated,
                sub_state,
                max_cost,
                current_cost,
                threshold,
                breakdown,
                owner,
                description,
                api_version,
                dumps(document).decode() if document else None,
            )
        )

    def flatten_artifacts(node: Document, mission: int, kind: str, prefix: str, moment: str | None) -> None:
        taken = []
        for name, child in node.items():
            if not isinstance(child, dict) or not child:
                continue
            path = prefix + (
                name if "." not in name and "\\" not in name else name.replace("\\", "\\\\").replace(".", "\\.")
            )
            take = child.pop
            ref, place, url, branch = (
                take("ref", None),
                take("path", None),
                take("url", None),
                take("branch", None),
            )
            if ref is not None or place is not None or url is not None or branch is not None:
                rest = dumps(child).decode() if child else None
                add_artifact((mission, kind, path, ref, place, url, branch, rest, moment))
                taken.append(name)
            else:
                flatten_artifacts(child, mission, kind, path + ".", moment)
                if not child:
                    taken.append(name)
        for name in taken:
            del node[name]

    def keep(extra: Document, list_name: str, elements: list[Any], element: Document) -> None:
        position = next(index for index, other in enumerate(elements) if other is element)
        extra.setdefault(list_name, {})[str(position)] = element

    return flatten


def default_status(completed: str | None, phase: str | None) -> str:
    """Give the status of a document that states none."""
    return "completed" if completed or phase == "PRODUCTION" else "in_progress"
