"""The hand-written way back: rows of the missions v2 tables become a mission document again.

In: a row of `missions` and the child rows, grouped. Out: the document, stored JSON as `orjson.Fragment`.
It never touches a database; keys come in the usual order, not in the document's own, and a `null` that a
column stood for is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import orjson
from orjson import Fragment

from bench.handwritten_flatten import ARTIFACT_TYPES, HANDOFF_KEY, Document, default_status

_loads = orjson.loads


def elements(table: str, rows: Iterable[tuple[Any, ...]]) -> dict[int, list[Any]]:
    """Group a table's rows by mission, each as the element of the document that it came from."""
    by_mission: dict[int, list[Any]] = {}
    mission, group = None, []
    for owner, element in _READERS[table](rows):
        if owner != mission:
            mission = owner
            group = by_mission[owner] = []
        group.append(element)
    return by_mission


Pairs = Iterator[tuple[int, Any]]


def _read_calls(rows: Iterable[tuple[Any, ...]]) -> Pairs:
    for mission, tool, args, result, when, duration, success, error in rows:
        element: Document = {"tool_name": tool, "args": Fragment(args)}
        if result is not None:
            element["result"] = Fragment(result)
        element["timestamp"] = when
        if duration is not None:
            element["duration_ms"] = duration
        element["success"] = success == 1
        if error is not None:
            element["error_message"] = error
        yield mission, element


def _read_decisions(rows: Iterable[tuple[Any, ...]]) -> Pairs:
    for mission, kind, rationale, when, agent, context in rows:
        element: Document = {"decision_type": kind}
        if rationale is not None:
            element["rationale"] = rationale
        element["timestamp"] = when
        if agent is not None:
            element["agent_name"] = agent
        if context is not None:
            element["context"] = Fragment(context)
        yield mission, element


def _read_runs(rows: Iterable[tuple[Any, ...]]) -> Pairs:
    for mission, playbook, phase, begun, ended, success, metrics, error in rows:
        element: Document = {"playbook_name": playbook}
        if phase is not None:
            element["phase"] = phase
        element["started_at"] = begun
        if ended is not None:
            element["completed_at"] = ended
        if success is not None:
            element["success"] = success == 1
        if metrics is not None:
            element["metrics"] = Fragment(metrics)
        if error is not None:
            element["error_message"] = error
        yield mission, element


def _read_memory(rows: Iterable[tuple[Any, ...]]) -> Pairs:
    for mission, key, value, when, ttl, expires in rows:
        if key == HANDOFF_KEY:
            yield mission, Fragment(value)
            continue
        element: Document = {"key": key}
        if value is not None:
            element["value"] = Fragment(value)
        element["timestamp"] = when
        if ttl is not None:
            element["ttl"] = ttl
        if expires is not None:
            element["expires_at"] = expires
        yield mission, element


def _read_narrative(rows: Iterable[tuple[Any, ...]]) -> Pairs:
    for mission, session, summary, date, phase in rows:
        yield mission, {"session": session, "summary": summary, "date": date, "phase": phase}


def _read_names(rows: Iterable[tuple[Any, ...]]) -> Pairs:
    for mission, name, _ in rows:
        yield mission, name


def _read_trajectory(rows: Iterable[tuple[Any, ...]]) -> Pairs:
    for mission, phase, focus, done, blockers, _ in rows:
        element: Document = {"phase": phase}
        if done is not None:
            element["completed"] = Fragment(done)
        if focus is not None:
            element["current_focus"] = focus
        if blockers is not None:
            element["blockers"] = Fragment(blockers)
        yield mission, element


def _read_artifacts(rows: Iterable[tuple[Any, ...]]) -> Pairs:
    for mission, kind, name, ref, path, url, branch, rest, _ in rows:
        element: Document = {}
        if ref is not None:
            element["ref"] = ref
        if path is not None:
            element["path"] = path
        if url is not None:
            element["url"] = url
        if branch is not None:
            element["branch"] = branch
        if rest is not None:
            element.update(_loads(rest))
        yield mission, (kind, name, element)


def _read_gates(rows: Iterable[tuple[Any, ...]]) -> Pairs:
    for mission, gate, verdict, details, when in rows:
        element: Document = {"gate_name": gate, "status": verdict}
        if details is not None:
            element["details"] = Fragment(details)
        element["timestamp"] = when
        yield mission, element


_READERS: Final[dict[str, Callable[[Iterable[tuple[Any, ...]]], Pairs]]] = {
    "tool_calls": _read_calls,
    "decisions": _read_decisions,
    "playbook_runs": _read_runs,
    "agent_memory": _read_memory,
    "session_narrative": _read_narrative,
    "domain_concepts": _read_names,
    "domain_concerns": _read_names,
    "trajectory": _read_trajectory,
    "artifacts": _read_artifacts,
    "quality_gates": _read_gates,
}


def rebuild(mission: tuple[Any, ...], children: list[dict[int, list[Any]]]) -> Document:
    """Give the document of a row of `missions` and of the child rows, `elements` of each child table."""
    number, uuid, name, phase, status, created, completed, updated, sub_state = mission[:9]
    max_cost, current_cost, threshold, breakdown, owner, description, api_version, rest_text = mission[9:]
    calls, decisions, runs, entries, narrative, concepts, concerns, trajectory, artifacts, gates = (
        child.get(number) for child in children
    )
    rest: Document = {} if rest_text is None else _loads(rest_text)
    extra = rest.pop("_rows", None)
    old_manifest = rest.pop("manifest", None) or {}
    old_memory = rest.pop("memory", None)
    old_records = rest.pop("records", None)

    metadata: Document = {"projectId": uuid}
    if name is not None:
        metadata["name"] = name
    if description is not None:
        metadata["description"] = description
    if owner is not None:
        metadata["owner"] = owner
    metadata["createdAt"] = created
    if updated is not None:
        metadata["lastUpdatedAt"] = updated
    if more := old_manifest.pop("metadata", None):
        metadata.update(more)
    state: Document = {"projectPhase": phase}
    if sub_state is not None:
        state["planningSubState"] = sub_state
    if more := old_manifest.pop("status", None):
        state.update(more)
    if completed is not None:
        state["completedAt"] = completed
    budget: Document = {}
    if max_cost is not None:
        budget["max_cost_usd"] = max_cost
    if current_cost is not None:
        budget["current_cost_usd"] = current_cost
    if threshold is not None:
        budget["alert_threshold"] = threshold
    if breakdown is not None:
        budget["cost_breakdown"] = Fragment(breakdown)
    if more := old_manifest.pop("budget", None):
        budget.update(more)
    manifest: Document = {} if api_version is None else {"apiVersion": api_version}
    if "kind" in old_manifest:
        manifest["kind"] = old_manifest.pop("kind")
    manifest["metadata"] = metadata
    if "spec" in old_manifest:
        manifest["spec"] = old_manifest.pop("spec")
    manifest["status"] = state
    if budget:
        manifest["budget"] = budget
    if artifacts:
        tree = old_manifest.get("artifacts")
        old_manifest["artifacts"] = _artifact_tree(artifacts, tree or {})
    manifest.update(old_manifest)
    document: Document = {"manifest": manifest}

    if narrative or concepts or concerns or trajectory or old_memory is not None:
        old = old_memory or {}
        memory: Document = {}
        if "_schema_version" in old:
            memory["_schema_version"] = old.pop("_schema_version")
        if narrative:
            memory["narrative"] = narrative
        old_domain = old.pop("domain", None)
        if concepts or concerns or old_domain is not None:
            domain = old_domain or {}
            if concepts:
                left = domain.pop("concerns", None)
                domain["concepts"] = concepts
                if left is not None:
                    domain["concerns"] = left
            if concerns:
                domain["concerns"] = concerns
            memory["domain"] = domain
        if trajectory:
            memory["trajectory"] = trajectory[0]
            if more := old.pop("trajectory", None):
                trajectory[0].update(more)
        memory.update(old)
        document["memory"] = memory
    if "active_mission" in rest:
        document["active_mission"] = rest.pop("active_mission")

    if entries:
        kept = []
        for entry in entries:
            if entry.__class__ is Fragment:
                document["session_handoff"] = entry
            else:
                kept.append(entry)
        entries = kept
    records: Document = {"status": status}
    old = old_records or {}
    for list_name, group in (
        ("tool_calls", calls),
        ("decisions", decisions),
        ("playbook_runs", runs),
        ("agent_memory", entries),
        ("quality_gates", gates),
    ):
        if group:
            records[list_name] = group
        elif list_name in old:
            records[list_name] = old.pop(list_name)
    if old:
        records.update(old)
    active = document.get("active_mission")
    if len(records) > 1 or (active is None and status != default_status(completed, phase)):
        document["records"] = records
    if rest:
        document.update(rest)
    if extra:
        _put_extra_keys(document, extra)
    return document


def _artifact_tree(artifacts: list[tuple[str, str, Document]], old: Document) -> Document:
    tree: Document = {}
    for kind, name, element in artifacts:
        node = tree.get(kind)
        if node is None:
            node = tree[kind] = old.pop(kind, None) or {}
        if "." not in name:
            node[name] = element
            continue
        *parents, leaf = _split(name)
        for parent in parents:
            node = node.setdefault(parent, {})
        node[leaf] = element
    ordered = {}
    for kind in ARTIFACT_TYPES:
        if kind in tree:
            ordered[kind] = tree[kind]
        elif kind in old:
            ordered[kind] = old.pop(kind)
    ordered.update(old)
    return ordered


def _split(name: str) -> list[str]:
    if "\\" not in name:
        return name.split(".")
    parts, current, escaped = [], "", False
    for character in name:
        if escaped:
            current, escaped = current + character, False
        elif character == "\\":
            escaped = True
        elif character == ".":
            parts.append(current)
            current = ""
        else:
            current += character
    return [*parts, current]


def _put_extra_keys(document: Document, extra: Document) -> None:
    for list_name, by_position in extra.items():
        member = document.get("memory" if list_name == "narrative" else "records") or {}
        elements = member.get(list_name) or []
        for position, keys in by_position.items():
            if int(position) < len(elements):
                elements[int(position)].update(keys)
