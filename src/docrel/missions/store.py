"""The mission store: missions with the verbs of the plan, without configuration.

In: a database file or a workspace folder. Out: missions and what was recorded on them, as typed rows. Thin: every verb
is a change to a mission *document* (or one row of it), so that documents and rows always say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from docrel.diagnostics import Diagnostic, StoreError
from docrel.filelock import FileLock
from docrel.missions import legacy
from docrel.missions.places import document_of, set_status, write_at
from docrel.missions.queries import QUERIES
from docrel.opening import open_or_make
from docrel.parts import WHOLE, member_of
from docrel.soundness import check_on_opening
from docrel.store import Store, utc_now
from docrel.transition.state import STATE_FILE
from docrel.typed_rows import Record

DATABASE = Path(".vibe/state/missions.db")
LOCK = Path(".vibe/state/missions.lock")
Mission = int | str  # a mission's row id or its mission_uuid


class MissionStore:
    """Missions in one database. Use it as a context manager, or `close` it.

    Attributes:
        store: The store of whole documents that everything here goes through.
        notices: What opening found that somebody should look at.
    """

    def __init__(
        self, path: str | Path = ":memory:", *, timeout_s: float = 30.0, clock: Callable[[], str] = utc_now
    ) -> None:
        if str(path) != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self.store: Store = open_or_make(path, "missions", timeout_s=timeout_s, clock=clock)
        self.notices: tuple[Diagnostic, ...] = ()
        try:
            check_on_opening(self.store)
        except BaseException:
            self.store.close()
            raise

    @classmethod
    def open(cls, workspace: str | Path, *, clock: Callable[[], str] = utc_now) -> Self:
        """Open or make the database of a workspace, and import the JSON state that lies there, once.

        Where a transition is under way (`docrel.transition`) the files are its own and left alone.
        """
        folder = Path(workspace)
        with FileLock(folder / LOCK):
            found = cls(folder / DATABASE, clock=clock)
            if not (folder / STATE_FILE).exists():
                found.notices = legacy.import_workspace(found.store, folder)
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self.store.close()

    # -- missions -------------------------------------------------------------------------------------

    def insert_mission(
        self,
        mission_uuid: str,
        phase: str,
        status: str,
        created_at: str | None = None,
        *,
        metadata: Mapping[str, Any] | None = None,
        **columns: Any,
    ) -> int:
        """Store a new mission and return its id; `metadata` is what its active_mission file holds besides.

        Raises:
            DocumentError: A constraint forbids it.
            StoreError: S433, there is one with this mission_uuid.
        """
        values = {"mission_uuid": mission_uuid, "phase": phase, "status": status, **columns}
        values["created_at"] = created_at or self.store.clock()
        document = document_of(values, metadata)
        with self.store.transaction():
            if mission_uuid in self.store:
                raise _exists(mission_uuid, self.store)
            self.store.put(document)
            return self._id(mission_uuid)

    def get_mission(self, mission: Mission) -> Record | None:
        """Return a mission's row, None where there is none."""
        column = "id" if isinstance(mission, int) else "mission_uuid"
        found = self.store.rows_where("missions", f"{column} = ?", [mission])
        return found[0] if found else None

    def get_document(self, mission: Mission) -> Any:
        """Return a mission's whole document."""
        return self.store.get(self._key(mission))

    def update_mission_status(self, mission: Mission, status: str, completed_at: str | None = None) -> None:
        """Set a mission's status, and when it was completed."""

        def change(document: dict[str, Any]) -> dict[str, Any]:
            set_status(document, status)
            if completed_at is not None:
                write_at(document, ("manifest", "status", "completedAt"), completed_at)
            return document

        self.store.edit(self._key(mission), change)

    def update_mission_budget(self, mission: Mission, **values: Any) -> None:
        """Set some of `max_cost_usd`, `current_cost_usd`, `alert_threshold`, `cost_breakdown`."""
        unknown = [name for name in values if name not in _BUDGET]
        if unknown:
            raise TypeError(f"a budget has no {unknown[0]!r}; it has {', '.join(_BUDGET)}")

        def change(document: dict[str, Any]) -> dict[str, Any]:
            for name, value in values.items():
                write_at(document, ("manifest", "budget", name), value)
            return document

        self.store.edit(self._key(mission), change)

    def delete_mission(self, mission: Mission) -> None:
        """Delete a mission and everything recorded on it."""
        self.store.delete(self._key(mission))

    def import_legacy_mission(self, content: Mapping[str, Any], *, key: str | None = None) -> int:
        """Store the content of a legacy JSON file, or a whole mission document, and return the mission's id.

        `key` names a mission that does not name itself. What is stored of the mission's other files stays.
        """
        member = member_of(self.store.plan, None, content) or "active_mission"
        document = dict(content) if member == WHOLE else {member: dict(content)}
        with self.store.transaction():
            batch = self.store.start()
            batch.rows.given = key
            name = self.store.add(document, batch)
            if name in self.store:
                document = {**self.store.get(name), **document}
            return self._id(self.store.put(document, key).key)

    # -- what happens on a mission ---------------------------------------------------------------------

    def insert_tool_call(
        self, mission: Mission | Mapping[str, Any], tool_name: str = "", args: Any = None, **fields: Any
    ) -> int:
        """Record a tool call and return its id: `insert_tool_call(id, "read_file", {...}, result=…, success=True)`.

        A call may also be one mapping that has `mission_id` and the columns of `tool_calls`.
        """
        if isinstance(mission, Mapping):
            mission, fields = _split(mission)
        else:
            fields = {"tool_name": tool_name, "args": args, **fields}
        return self._append(mission, "tool_calls", self._tool_call(fields))

    def insert_tool_calls_batch(
        self, calls: Iterable[Mapping[str, Any]], mission: Mission | None = None
    ) -> list[int]:
        """Record many tool calls in one transaction and return their ids."""
        ids = []
        with self.store.transaction():
            for call in calls:
                of, fields = (mission, dict(call)) if mission is not None else _split(call)
                ids.append(self._append(of, "tool_calls", self._tool_call(fields)))
        return ids

    def record_decision(
        self, mission: Mission, decision_type: str, rationale: str | None = None, **fields: Any
    ) -> int:
        """Record a decision (`agent_name`, `context`, `timestamp`) and return its id."""
        return self._append(mission, "decisions", {
            "decision_type": decision_type, "rationale": rationale, "timestamp": self.store.clock(), **fields,
        })  # fmt: skip

    def record_quality_gate(
        self, mission: Mission, gate_name: str, status: str, details: Any = None, **fields: Any
    ) -> int:
        """Record what a quality gate found: `passed`, `failed` or `skipped`; returns its id."""
        return self._append(mission, "quality_gates", {
            "gate_name": gate_name, "status": status, "details": details, "timestamp": self.store.clock(), **fields,
        })  # fmt: skip

    def start_playbook_run(
        self, mission: Mission, playbook_name: str, phase: str | None = None, **fields: Any
    ) -> int:
        """Record that a playbook was started and return the run's id, for `complete_playbook_run`."""
        return self._append(mission, "playbook_runs", {
            "playbook_name": playbook_name, "phase": phase, "started_at": self.store.clock(), **fields,
        })  # fmt: skip

    def complete_playbook_run(self, run: int, success: bool, **fields: Any) -> None:
        """Record how a run ended (`metrics`, `error_message`, `completed_at`)."""
        values = {"completed_at": self.store.clock(), **fields, "success": success}
        self.store.update_row("playbook_runs", run, values)

    def add_session(
        self, mission: Mission, session_num: int, summary: str, phase: str, date: str | None = None
    ) -> int:
        """Add what a session achieved to the narrative of the project's memory; returns the row's id."""
        item = {
            "session": session_num,
            "summary": summary,
            "date": date or self.store.clock(),
            "phase": phase,
        }
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
        found: dict[str, Any] = {"phase": current_phase, "completed": list(completed_phases)}
        if current_focus is not None:
            found["current_focus"] = current_focus
        found["blockers"] = list(blockers)

        def change(document: dict[str, Any]) -> dict[str, Any]:
            write_at(document, ("memory", "trajectory"), found)
            return document

        self.store.edit(self._key(mission), change)

    # -- what agents remember ---------------------------------------------------------------------------

    def set_memory(self, mission: Mission, key: str, value: Any, ttl: int | None = None) -> None:
        """Remember a value, in the place of the one that has this key; `ttl` is in seconds."""
        item = {"key": key, "value": value, "timestamp": self.store.clock()} | (
            {} if ttl is None else {"ttl": ttl}
        )
        with self.store.transaction():
            name = self._key(mission)
            if key == _HANDOFF:
                self.store.put_part(name, _HANDOFF, value)
            elif not self.store.rows_where(
                "agent_memory", "mission_id = ? AND key = ?", [self._id(name), key]
            ):
                self._append(name, "agent_memory", item)
            else:
                self.store.edit(name, lambda document: _remembered(document, item))

    def get_memory(self, mission: Mission, key: str, default: Any = None) -> Any:
        """Return what is remembered under a key, the default where there is nothing or it has expired."""
        found = self.store.rows_where(
            "agent_memory", "mission_id = (SELECT id FROM missions WHERE mission_uuid = ?) AND key = ?",
            [self._key(mission), key],
        )  # fmt: skip
        if not found or _is_past(found[0].expires_at, self.store.clock()):
            return default
        return found[0].value

    def expire_memory(self) -> int:
        """Forget what has expired, and return how many memories that was."""
        select = (
            "SELECT a.id, m.mission_uuid FROM agent_memory a JOIN missions m ON m.id = a.mission_id"
            " WHERE a.expires_at IS NOT NULL AND julianday(a.expires_at) <= julianday(?)"
        )
        with self.store.transaction():
            expired = self.store.backend.execute(select, [self.store.clock()])
            self.store.backend.execute_many("DELETE FROM agent_memory WHERE id = ?", [(row,) for row, _ in expired])
            for key in dict.fromkeys(key for _, key in expired):
                self.store.put(self.store.get(key), key)  # so that no note on a row is left behind
        return len(expired)

    # -- questions -------------------------------------------------------------------------------------

    def get_active_mission(self) -> Record | None:
        """Return the mission under way that was stored last."""
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
        return self.store.rows_where(query.table, condition, parameters)

    # -- within ----------------------------------------------------------------------------------------

    def _append(self, mission: Mission, records: str, item: dict[str, Any]) -> int:
        known = {c.name for c in self.store.plan.table(records).columns}
        unknown = [name for name in item if name not in known]
        if unknown:
            raise TypeError(f"{records} has no {unknown[0]!r}; it has {', '.join(sorted(known))}")
        order = [c.name for c in self.store.plan.table(records).columns if c.name in item]
        kept = {name: item[name] for name in order if item[name] is not None or name == "args"}
        return self._appended(mission, f"$.records.{records}", kept)

    def _appended(self, mission: Mission, path: str, item: Any) -> int:
        with self.store.transaction():
            row = self.store.append(self._key(mission), path, item)
            if row is None:
                raise _no_row(path, self.store)
        return int(row)

    def _tool_call(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        defaults = {"args": None, "timestamp": self.store.clock(), "success": True}
        return {
            **defaults,
            **{n: v for n, v in fields.items() if n != "id" and (v is not None or n == "args")},
        }

    def _key(self, mission: Mission) -> str:
        if isinstance(mission, str):
            return mission
        found = self.store.backend.execute("SELECT mission_uuid FROM missions WHERE id = ?", [mission])
        if not found:
            advice = "the missions there are: `SELECT id, mission_uuid FROM missions`"
            raise _error("S420", f"there is no mission with the id {mission}", advice, self.store)
        return str(found[0][0])

    def _id(self, key: str) -> int:
        place = self.store.locate(key)
        if place is None:
            raise _error("S420", f"there is no mission {key!r}", "insert it first", self.store)
        return int(place.row)


_HANDOFF = "session_handoff"
_BUDGET = ("max_cost_usd", "current_cost_usd", "alert_threshold", "cost_breakdown")


def _split(call: Mapping[str, Any]) -> tuple[Mission, dict[str, Any]]:
    fields = dict(call)
    mission = fields.pop("mission_id", None)
    if mission is None:
        raise TypeError("a tool call needs the `mission_id` of its mission")
    return mission, fields


def _remembered(document: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    memories = document["records"]["agent_memory"]
    for n, memory in enumerate(memories):
        if isinstance(memory, dict) and memory.get("key") == item["key"]:
            memories[n] = item
    return document


def _is_past(time: Any, now: str) -> bool:
    try:
        at, clock = datetime.fromisoformat(time), datetime.fromisoformat(now)
    except (TypeError, ValueError):
        return False
    if at.tzinfo is None:
        at = at.replace(tzinfo=clock.tzinfo)
    return at - clock <= timedelta(0)


def _error(code: str, message: str, advice: str, store: Store) -> StoreError:
    return StoreError(diagnostics=[Diagnostic(code, message, subject=store.backend.path, help=advice)])


def _exists(mission_uuid: str, store: Store) -> StoreError:
    advice = "give another mission_uuid, or change the one that is there"
    return _error("S433", f"there is a mission {mission_uuid!r} already", advice, store)


def _no_row(path: str, store: Store) -> StoreError:
    message = f"a constraint of the table forbids what was to be appended to {path}"
    return _error("S435", message, "`docrel explain missions` names the constraints", store)
