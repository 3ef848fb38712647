"""Records: what happens on a mission: tool calls, decisions, playbook runs, gates, sessions.

In: a mission and what happened. Out: the id of the row that it became.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Unpack

from docrel.missions.fields import (
    DecisionFields,
    PlaybookResultFields,
    PlaybookRunFields,
    QualityGateFields,
    ToolCallFields,
)
from docrel.missions.ledger import Ledger, Mission


class Records(Ledger):
    """The verbs that record something."""

    def insert_tool_call(
        self,
        mission: Mission | Mapping[str, Any],
        tool_name: str = "",
        args: Any = None,
        **fields: Unpack[ToolCallFields],
    ) -> int:
        """Record a tool call and return its id: `insert_tool_call(id, "read_file", {...}, result=…, success=True)`.

        A call may also be one mapping that has `mission_id` and the columns of `tool_calls`.
        """
        if isinstance(mission, Mapping):
            of, call = _split(mission)
        else:
            of, call = mission, {"tool_name": tool_name, "args": args, **fields}
        return self._append(of, "tool_calls", self._tool_call(call))

    def insert_tool_calls_batch(self, calls: Iterable[Mapping[str, Any]], mission: Mission | None = None) -> list[int]:
        """Record many tool calls in one transaction and return their ids."""
        ids = []
        with self.writing():
            for call in calls:
                of, fields = _split(call if mission is None else {**call, "mission_id": mission})
                ids.append(self._append(of, "tool_calls", self._tool_call(fields)))
        return ids

    def record_decision(
        self, mission: Mission, decision_type: str, rationale: str | None = None, **fields: Unpack[DecisionFields]
    ) -> int:
        """Record a decision (`agent_name`, `context`, `timestamp`) and return its id."""
        return self._append(mission, "decisions", {
            "decision_type": decision_type, "rationale": rationale, "timestamp": self._store.clock(), **fields,
        })  # fmt: skip

    def record_quality_gate(
        self, mission: Mission, gate_name: str, status: str, details: Any = None, **fields: Unpack[QualityGateFields]
    ) -> int:
        """Record what a quality gate found: `passed`, `failed` or `skipped`; returns its id."""
        return self._append(mission, "quality_gates", {
            "gate_name": gate_name, "status": status, "details": details, "timestamp": self._store.clock(), **fields,
        })  # fmt: skip

    def start_playbook_run(
        self, mission: Mission, playbook_name: str, phase: str | None = None, **fields: Unpack[PlaybookRunFields]
    ) -> int:
        """Record that a playbook was started and return the run's id, for `complete_playbook_run`."""
        return self._append(mission, "playbook_runs", {
            "playbook_name": playbook_name, "phase": phase, "started_at": self._store.clock(), **fields,
        })  # fmt: skip

    def complete_playbook_run(self, run: int, success: bool, **fields: Unpack[PlaybookResultFields]) -> None:
        """Record how a run ended (`metrics`, `error_message`, `completed_at`)."""
        values = {"completed_at": self._store.clock(), **fields, "success": success}
        with self.writing() as store:
            store.update_row("playbook_runs", run, values)

    def add_session(self, mission: Mission, session_num: int, summary: str, phase: str, date: str | None = None) -> int:
        """Add what a session achieved to the narrative of the project's memory; returns the row's id."""
        item = {"session": session_num, "summary": summary, "date": date or self._store.clock(), "phase": phase}
        return self._appended(mission, "$.memory.narrative", item)

    def add_concept(self, mission: Mission, concept: str) -> int:
        """Add to what the project is about."""
        return self._appended(mission, "$.memory.domain.concepts", concept)

    def add_concern(self, mission: Mission, concern: str) -> int:
        """Add to what the project worries about."""
        return self._appended(mission, "$.memory.domain.concerns", concern)

    def set_trajectory(
        self,
        mission: Mission,
        current_phase: str,
        current_focus: str | None = None,
        completed_phases: Iterable[str] = (),
        blockers: Iterable[Any] = (),
    ) -> None:
        """Set where the project stands and where it is heading."""
        trajectory: dict[str, Any] = {"phase": current_phase, "completed": list(completed_phases)}
        if current_focus is not None:
            trajectory["current_focus"] = current_focus
        trajectory["blockers"] = list(blockers)
        self._set(mission, {("memory", "trajectory"): trajectory})

    def _tool_call(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        defaults = {"args": None, "timestamp": self._store.clock(), "success": True}
        return {**defaults, **{n: v for n, v in fields.items() if n != "id" and (v is not None or n == "args")}}


def _split(call: Mapping[str, Any]) -> tuple[Mission, dict[str, Any]]:
    if not isinstance(call, Mapping):
        raise TypeError(f"a tool call is a mapping of columns, no {type(call).__name__}")
    fields = dict(call)
    mission = fields.pop("mission_id", None)
    if mission is None:
        raise TypeError("a tool call needs the `mission_id` of its mission")
    return mission, fields
