"""Seeded mission documents: every feature of the mission schema, 2–4 KB compact each, about 30 child rows.

In: how many, a seed, the share of awkward ones. Out: documents (dicts), or JSON lines on standard output.
All of them satisfy the constraints of missions v2; the same arguments always give the same documents.
"""

from __future__ import annotations

import argparse
import random
import sys
import uuid
from collections.abc import Callable, Iterator
from typing import Any, Final

import orjson

Document = dict[str, Any]

PHASES: Final = (
    "PLANNING",
    "AWAITING_CODE_GENERATION",
    "CODING",
    "TESTING",
    "DEPLOYMENT",
    "MAINTENANCE",
    "PRODUCTION",
)
SUB_STATES: Final = ("RESEARCH", "BUSINESS_VALIDATION", "FEATURE_SPECIFICATION", "ARCHITECTURE_DESIGN")
STATUSES: Final = ("pending", "in_progress", "completed", "failed")
TOOLS: Final = ("read_file", "write_file", "run_tests", "search_code", "web_fetch", "git_commit", "lint")
AGENTS: Final = ("lead-architect", "code-generator", "qa-validator", "market-researcher", "genesis")
PLAYBOOKS: Final = ("restore_context", "feature_implement", "hotfix", "release", "research_spike")
GATES: Final = ("lint", "unit_tests", "security_scan", "coverage", "human_review", "schema_check")
CONCEPTS: Final = ("api", "database", "orchestrator", "testing", "kernel", "cli", "persistence", "auth")
CONCERNS: Final = ("performance", "security", "cost", "data loss", "latency", "drift")
VERBS: Final = ("Add", "Fix", "Refactor", "Document", "Remove", "Wire up", "Restore", "Verify", "Harden")
NOUNS: Final = (
    "session handoff",
    "boot sequence",
    "playbook engine",
    "quality gate",
    "planning handler",
    "mission ledger",
    "prompt registry",
    "tool executor",
    "budget alert",
)
SCOPES: Final = ("feat", "fix", "chore", "docs", "refactor", "style", "test")
DECISIONS: Final = ("architecture", "scope", "tooling", "rollback", "prioritisation")
ARTIFACT_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "planning": ("architecture", "feature_spec", "lean_canvas", "roadmap"),
    "code": ("mainRepository", "service", "bundle"),
    "test": ("qa_report", "coverage", "e2e"),
    "deployment": ("receipt", "staging", "release"),
}
UNICODE: Final = ("Tool für Agenturen – Österreich", "🚨 GAD-003", "設計レビュー完了", "naïve ☕", "𝔘nicode")


class _Writer:
    """One pseudo-random stream and the phrases drawn from it."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.pick = self.random.choice
        self.below = self.random.randrange

    def moment(self, day: int) -> str:
        """Give a time of the given day of the year 2025, ISO 8601, UTC."""
        month, rest = divmod(day % 336, 28)
        seconds = self.below(86_400)
        clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
        return f"2025-{month + 1:02d}-{rest + 1:02d}T{clock}Z"

    def phrase(self) -> str:
        return f"{self.pick(VERBS)} {self.pick(NOUNS)}"

    def sha(self) -> str:
        return f"{self.random.getrandbits(160):040x}"

    def money(self, limit_cents: int) -> float:
        return (self.below(limit_cents * 10) * 10 + 1 + self.below(9)) / 10_000


def _manifest(w: _Writer, number: int, day: int, phase: str) -> Document:
    status: Document = {"projectPhase": phase}
    if phase == "PLANNING":
        status["planningSubState"] = w.pick(SUB_STATES)
    status["lastUpdate"] = w.moment(day + 9)
    status["message"] = f"{w.phrase()} done."
    if phase == "PRODUCTION":
        status["completedAt"] = w.moment(day + 20)
    name = f"{w.pick(NOUNS)} {number}"
    return {
        "apiVersion": "agency.os/v1alpha1",
        "kind": "Project",
        "metadata": {
            "projectId": str(uuid.UUID(int=w.random.getrandbits(128), version=4)),
            "name": name,
            "description": f"{w.phrase()} for {name}.",
            "owner": f"{w.pick(AGENTS)}@vibe.agency",
            "createdAt": w.moment(day),
            "lastUpdatedAt": w.moment(day + 9),
        },
        "spec": {"vibe": {"project_type": w.pick(("internal", "client"))}, "genesis": {}},
        "status": status,
        "budget": {
            "max_cost_usd": w.money(5_000),
            "current_cost_usd": w.money(1_000),
            "alert_threshold": w.pick((0.5, 0.75, 0.8, 0.9)),
            "cost_breakdown": {"planning": w.money(300), "coding": w.money(600)},
        },
        "artifacts": _artifacts(w),
    }


def _artifact(w: _Writer, kind: str, name: str) -> Document:
    match kind:
        case "code":
            url = f"https://github.com/kimeisele/{name}.git"
            return {"url": url, "branch": w.pick(("main", "develop")), "lastCommit": w.sha()[:12]}
        case "test":
            return {"path": f"/artifacts/test/{name}.json", "coverage": w.below(100)}
        case "deployment":
            return {"url": f"https://{name}.vibe.agency/{w.below(999)}"}
        case _:
            return {"ref": w.sha(), "path": f"/artifacts/{kind}/{name}.v{1 + w.below(4)}.json"}


def _artifacts(w: _Writer) -> Document:
    tree: Document = {}
    for kind, names in ARTIFACT_NAMES.items():
        count = w.pick((0, 1, 1, 2)) if kind != "planning" else w.pick((1, 2))
        tree[kind] = {name: _artifact(w, kind, name) for name in w.random.sample(names, count)}
    if w.below(8) == 0:
        tree["planning"]["design"] = {"kernel": {"overview": _artifact(w, "planning", "overview")}}
    return tree


def _memory(w: _Writer, day: int, phase: str) -> Document:
    first = 1 + w.below(60)
    narrative = [
        {
            "session": first + offset,
            "summary": f"{w.pick(SCOPES)}({w.pick(CONCEPTS)}): {w.phrase()}",
            "date": w.moment(day + offset),
            "phase": w.pick(PHASES),
        }
        for offset in range(2 + w.below(6))
    ]
    return {
        "_schema_version": "1.0",
        "narrative": narrative,
        "domain": {
            "type": w.pick(("general", "booking", "ecommerce")),
            "concepts": w.random.sample(CONCEPTS, 2 + w.below(5)),
            "concerns": w.random.sample(CONCERNS, w.below(4)),
        },
        "trajectory": {
            "phase": phase,
            "completed": list(PHASES[: PHASES.index(phase)]),
            "current_focus": w.phrase(),
            "blockers": [w.phrase()] if w.below(4) == 0 else [],
        },
        "intent_history": [
            {"session": first, "intent": w.pick(("refactoring", "documentation")), "confidence": "high"}
            for _ in range(w.below(3))
        ],
    }


def _active_mission(w: _Writer, manifest: Document, status: str, phase: str) -> Document:
    return {
        "mission_id": manifest["metadata"]["projectId"],
        "mission_name": w.phrase(),
        "status": "active" if status == "in_progress" else status,
        "created_at": manifest["metadata"]["createdAt"],
        "context": {"phase": phase, "attempt": w.below(5)},
    }


def _session_handoff(w: _Writer, day: int) -> Document:
    todo = [w.phrase() for _ in range(1 + w.below(3))]
    shape = w.below(3)
    if shape == 0:
        return {"from_agent": w.pick(AGENTS), "date": w.moment(day)[:10], "completed": todo}
    if shape == 1:
        return {"session_id": w.sha()[:10], "todos": todo, "code_changes": {"lines_added": w.below(900)}}
    commits = [{"sha": w.sha()[:7], "message": text} for text in todo]
    return {"branch": f"claude/{w.sha()[:8]}", "commits": commits, "ready": w.below(2) == 0}


def _tool_call(w: _Writer, day: int) -> Document:
    success = w.below(8) != 0
    call: Document = {
        "tool_name": w.pick(TOOLS),
        "args": {"path": f"src/{w.pick(CONCEPTS)}.py", "limit": w.below(500)},
        "result": {"lines": w.below(900)} if success else None,
        "timestamp": w.moment(day),
        "duration_ms": w.below(9_000),
        "success": success,
    }
    if not success:
        del call["result"]
        call["error_message"] = f"exit status {1 + w.below(3)}"
    return call


def _records(w: _Writer, day: int, status: str) -> Document:
    runs = [
        {
            "playbook_name": w.pick(PLAYBOOKS),
            "phase": w.pick(PHASES),
            "started_at": w.moment(day + 1),
            "completed_at": w.moment(day + 2),
            "success": w.below(5) != 0,
            "metrics": {"steps": w.below(20), "tokens": w.below(90_000)},
        }
        for _ in range(w.below(3))
    ]
    decisions = [
        {
            "decision_type": w.pick(DECISIONS),
            "rationale": f"{w.phrase()} before the {w.pick(NOUNS)}",
            "timestamp": w.moment(day + 1),
            "agent_name": w.pick(AGENTS),
            "context": {"options": 1 + w.below(4)},
        }
        for _ in range(1 + w.below(3))
    ]
    memory: list[Document] = [
        {"key": f"{w.pick(CONCEPTS)}.{index}", "value": {"seen": w.below(99)}, "timestamp": w.moment(day + 3)}
        for index in range(1 + w.below(3))
    ]
    if w.below(3) == 0:
        memory[-1] |= {"ttl": 3_600, "expires_at": w.moment(day + 4)}
    gates = [
        {
            "gate_name": w.pick(GATES),
            "status": w.pick(("passed", "passed", "failed", "skipped")),
            "details": {"findings": w.below(12)},
            "timestamp": w.moment(day + 3),
        }
        for _ in range(2 + w.below(3))
    ]
    return {
        "status": status,
        "tool_calls": [_tool_call(w, day + 1) for _ in range(2 + w.below(4))],
        "decisions": decisions,
        "playbook_runs": runs,
        "agent_memory": memory,
        "quality_gates": gates,
    }


def _put_nulls(w: _Writer, d: Document) -> None:
    d["manifest"]["metadata"]["owner"] = None
    d["manifest"]["status"]["message"] = None
    d["manifest"]["status"].setdefault("completedAt", None)
    d["manifest"]["budget"][w.pick(("max_cost_usd", "alert_threshold", "cost_breakdown"))] = None
    d["records"]["tool_calls"][0]["error_message"] = None
    d["records"]["decisions"][0]["context"] = None


def _put_unknown_keys(w: _Writer, d: Document) -> None:
    d["manifest"]["roadmap"] = {"next": w.phrase(), "quarters": [1, 2]}
    d["manifest"]["x-team"] = ["a", {"b": 1}]
    d["memory"]["narrative"][-1]["author"] = w.pick(AGENTS)
    d["records"]["tool_calls"][-1]["retry"] = {"count": w.below(4)}
    d["links"] = {"docs": None}


def _shuffle_keys(w: _Writer, d: Document) -> None:
    for parent, name in ((d, "manifest"), (d["manifest"], "metadata"), (d["records"], "tool_calls")):
        if isinstance(parent[name], dict):
            parent[name] = _shuffled(w, parent[name])
        else:
            parent[name] = [_shuffled(w, element) for element in parent[name]]
    members = _shuffled(w, d)
    d.clear()
    d.update(members)


def _shuffled(w: _Writer, node: Document) -> Document:
    return {name: node[name] for name in w.random.sample(list(node), len(node))}


def _put_unicode(w: _Writer, d: Document) -> None:
    d["manifest"]["metadata"]["description"] = w.pick(UNICODE)
    d["memory"]["narrative"][0]["summary"] = w.pick(UNICODE)
    d["memory"]["domain"]["concepts"].append(w.pick(UNICODE))
    d["records"]["tool_calls"][0]["args"][w.pick(UNICODE)] = 'a "quoted"\n\\ line'


def _put_odd_numbers(w: _Writer, d: Document) -> None:
    d["manifest"]["budget"]["max_cost_usd"] = w.below(50)
    d["manifest"]["budget"]["current_cost_usd"] = 0
    d["records"]["tool_calls"][0]["duration_ms"] = float(w.below(90))
    d["records"]["agent_memory"][0]["value"] = w.pick((2**63 - 1, -0.0, 1e300, "", None, [], {}, False))


def _repeat_rows(w: _Writer, d: Document) -> None:
    narrative = d["memory"]["narrative"]
    narrative[1]["session"] = narrative[0]["session"]
    narrative.append(dict(narrative[-1]))
    d["memory"]["domain"]["concepts"].append(d["memory"]["domain"]["concepts"][0])


def _put_odd_artifacts(w: _Writer, d: Document) -> None:
    artifacts = d["manifest"]["artifacts"]
    artifacts["documentation"] = {"handbook": {"path": "/docs/handbook.md"}}
    artifacts["planning"]["architecture.v2"] = {"ref": w.sha(), "reviewed": {"by": w.pick(AGENTS)}}
    artifacts["code"]["legacy"] = {}
    artifacts["test"]["notes"] = None


def _put_empty(w: _Writer, d: Document) -> None:
    d["memory"]["narrative"] = []
    d["memory"]["domain"] = {}
    d["records"][w.pick(("decisions", "playbook_runs", "quality_gates"))] = []
    d["manifest"]["metadata"]["description"] = ""


def _leave_out(w: _Writer, d: Document) -> None:
    del d[w.pick(("memory", "records"))]
    del d["manifest"]["budget"]


_AWKWARD: Final[tuple[Callable[[_Writer, Document], None], ...]] = (
    _put_nulls,
    _put_unknown_keys,
    _put_unicode,
    _put_odd_numbers,
    _repeat_rows,
    _put_odd_artifacts,
    _shuffle_keys,
    _put_empty,
    _leave_out,
)


def generate(count: int, seed: int = 0, awkward: float = 0.1) -> Iterator[Document]:
    """Make mission documents.

    Order: the first n of a longer run are those of a shorter one with the same seed.

    Args:
        count: How many documents.
        seed: What the pseudo-random stream starts from.
        awkward: The share of documents with values that a plain adapter stumbles over.
    """
    w = _Writer(seed)
    for number in range(count):
        day, phase = w.below(300), w.pick(PHASES)
        status = "completed" if phase == "PRODUCTION" else w.pick(STATUSES)
        document: Document = {"manifest": _manifest(w, number, day, phase), "memory": _memory(w, day, phase)}
        if w.below(3) == 0:
            document["active_mission"] = _active_mission(w, document["manifest"], status, phase)
        if w.below(3) == 0:
            document["session_handoff"] = _session_handoff(w, day)
        document["records"] = _records(w, day, status)
        if w.random.random() < awkward:
            chosen = set(w.random.sample(range(len(_AWKWARD)), 1 + w.below(2)))
            for index, change in enumerate(_AWKWARD):  # those that remove what others need stand last
                if index in chosen:
                    change(w, document)
        yield document


def main() -> None:
    """Write `COUNT` documents to standard output, one compact JSON object a line."""
    parser = argparse.ArgumentParser(prog="bench.missions", description=main.__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--awkward", type=float, default=0.1, help="share of awkward documents, 0 to 1")
    arguments = parser.parse_args()
    for document in generate(arguments.count, arguments.seed, arguments.awkward):
        sys.stdout.buffer.write(orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE))


if __name__ == "__main__":
    main()
