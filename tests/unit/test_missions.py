"""The mission store: the plan's unit test as written, each verb, and the boot of a workspace with legacy JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from docrel.diagnostics import DocumentError, StoreError
from docrel.missions import MissionStore


@pytest.fixture
def now() -> list[str]:
    return ["2025-11-20T00:00:00Z"]


@pytest.fixture
def store(now: list[str]) -> Iterator[MissionStore]:
    with MissionStore(":memory:", clock=lambda: now[0]) as found:
        yield found


@pytest.fixture
def mission(store: MissionStore) -> int:
    return store.insert_mission(mission_uuid="test-001", phase="PLANNING", status="in_progress")


def test_mission_crud() -> None:
    """Test mission create/read/update/delete"""
    store = MissionStore(":memory:")  # In-memory DB for tests

    # Create mission
    mission_id = store.insert_mission(
        mission_uuid="test-001", phase="PLANNING", status="in_progress", created_at="2025-11-20T00:00:00Z"
    )

    # Read mission
    mission = store.get_mission(mission_id)
    assert mission.mission_uuid == "test-001"

    # Update mission
    store.update_mission_status(mission_id, "completed")
    assert store.get_mission(mission_id).status == "completed"

    # Delete mission
    store.delete_mission(mission_id)
    assert store.get_mission(mission_id) is None


def test_the_plans_dual_write_call(store: MissionStore) -> None:
    data: dict[str, Any] = {
        "mission_id": "genesis",
        "phase": "CODING",
        "status": "in_progress",
        "created_at": "2025-11-20",
        "odd": [None],
    }
    store.insert_mission(
        mission_uuid=data["mission_id"],
        phase=data["phase"],
        status=data["status"],
        created_at=data["created_at"],
        metadata=data,
    )
    assert store.get_document("genesis") == {"active_mission": data}
    assert store.get_active_mission().mission_uuid == "genesis"


def test_columns_have_places(store: MissionStore) -> None:
    found = store.get_mission(
        store.insert_mission(
            "m", "CODING", "pending", owner="a@b", name="N", max_cost_usd=2.5, current_cost_usd=3.0, api_version="x"
        )
    )
    assert (found.owner, found.name, found.max_cost_usd, found.api_version) == ("a@b", "N", 2.5, "x")
    assert [m.mission_uuid for m in store.missions_over_budget()] == ["m"]
    store.update_mission_budget("m", max_cost_usd=5)
    assert store.missions_over_budget() == []
    assert [m.mission_uuid for m in store.missions_by_owner("a@b")] == ["m"]
    with pytest.raises(TypeError, match="has no 'colour'"):
        store.insert_mission("n", "CODING", "pending", colour="red")  # type: ignore[call-arg]


def test_refusals_write_nothing(store: MissionStore, mission: int) -> None:
    with pytest.raises(StoreError, match="S433"):
        store.insert_mission("test-001", "CODING", "pending")
    with pytest.raises(DocumentError, match="NO SUCH"):
        store.insert_mission("other", "NO SUCH", "pending")
    with pytest.raises(StoreError, match="S420"):
        store.record_decision(99, "scope")
    with pytest.raises(StoreError, match="S435"):
        store.record_quality_gate(mission, "lint", "fine")
    assert store.get_document(mission).get("records") is None
    assert store.get_mission("other") is None


def test_what_happens_on_a_mission(store: MissionStore, mission: int) -> None:
    first = store.insert_tool_call(mission, "read_file", {"path": "a"}, result=[1], duration_ms=3)
    second = store.insert_tool_call({"mission_id": mission, "tool_name": "lint", "args": {}, "success": False})
    rest = store.insert_tool_calls_batch([{"mission_id": mission, "tool_name": "t", "args": {}} for _ in range(3)])
    assert [call.id for call in store.store.rows("tool_calls", "test-001")] == [first, second, *rest]
    assert [call.success for call in store.store.rows("tool_calls", "test-001")] == [True, False, True, True, True]
    store.record_decision(mission, "scope", "because", agent_name="a", context={"x": 1})
    store.record_quality_gate(mission, "lint", "passed", {"n": 0})
    run = store.start_playbook_run(mission, "boot", "PLANNING")
    store.complete_playbook_run(run, success=True, metrics={"steps": 3})
    store.add_session(mission, 1, "did it", "CODING")
    store.add_concept(mission, "api")
    store.add_concern(mission, "cost")
    store.set_trajectory(mission, "CODING", "tests", ["PLANNING"], ["no key"])
    assert store.store.rows("playbook_runs", "test-001")[0].metrics == {"steps": 3}
    assert [s.summary for s in store.sessions_in_phase("CODING")] == ["did it"]
    assert [m.id for m in store.missions_with_blockers()] == [mission]
    assert [m.id for m in store.missions_by_concept("api")] == [mission]
    assert [m.id for m in store.missions_in_phase("PLANNING")] == [mission]
    document = store.get_document(mission)
    assert document["records"]["decisions"][0]["context"] == {"x": 1}
    assert document["memory"]["trajectory"]["blockers"] == ["no key"]
    with MissionStore(":memory:") as fresh:  # rows and document say the same
        fresh.store.put(document)
        for table in ("tool_calls", "decisions", "quality_gates", "playbook_runs", "session_narrative", "trajectory"):
            assert len(fresh.store.rows(table, "test-001")) == len(store.store.rows(table, "test-001"))


def test_a_batch_is_one_transaction(store: MissionStore, mission: int) -> None:
    with pytest.raises(StoreError, match="S435"):
        store.insert_tool_calls_batch(
            [{"mission_id": mission, "tool_name": "t", "args": {}}, {"mission_id": mission, "args": {}}]
        )
    assert store.store.rows("tool_calls", "test-001") == []


def test_memory_expires(store: MissionStore, mission: int, now: list[str]) -> None:
    store.set_memory(mission, "k", {"v": 1}, ttl=60)
    store.set_memory(mission, "for good", None)
    assert store.get_memory(mission, "k") == {"v": 1}
    assert store.store.rows("agent_memory", "test-001")[0].expires_at == "2025-11-20T00:01:00Z"
    now[0] = "2025-11-20T00:01:00Z"
    assert store.get_memory(mission, "k", "gone") == "gone"
    assert store.expire_memory() == 1
    assert [m["key"] for m in store.get_document(mission)["records"]["agent_memory"]] == ["for good"]
    store.set_memory(mission, "k", 2)
    store.set_memory(mission, "k", 3, ttl=5)
    assert store.get_memory(mission, "k") == 3
    store.set_memory(mission, "session_handoff", {"todo": []})
    assert store.get_memory(mission, "session_handoff") == {"todo": []}
    assert store.get_document(mission)["session_handoff"] == {"todo": []}


def legacy(folder: Path, **files: Any) -> None:
    (folder / ".vibe/state").mkdir(parents=True)
    (folder / ".vibe/config").mkdir()
    for path, content in files.items():
        (
            folder
            / {
                "active": ".vibe/state/active_mission.json",
                "handoff": ".session_handoff.json",
                "roadmap": ".vibe/config/cleanup_roadmap.json",
            }[path]
        ).write_text(content if isinstance(content, str) else json.dumps(content))


def test_legacy_json_is_imported_once(tmp_path: Path, now: list[str]) -> None:
    active = {"mission_id": "genesis", "status": "active", "context": {"phase": "CODING"}}
    legacy(tmp_path, active=active, handoff={"from_session": 1}, roadmap={"phases": []})
    with MissionStore.open(tmp_path, clock=lambda: now[0]) as store:
        assert store.get_document("genesis") == {
            "active_mission": active,
            "session_handoff": {"from_session": 1},
            "roadmap": {"phases": []},
        }
        assert store.get_mission("genesis").phase == "CODING"
    kept = tmp_path / ".vibe/state/active_mission_migrated_20251120T000000Z.json"
    assert json.loads(kept.read_text()) == active
    assert not (tmp_path / ".vibe/state/active_mission.json").exists()
    assert (tmp_path / ".vibe/config/cleanup_roadmap.json").exists(), "configuration stays JSON"
    with MissionStore.open(tmp_path) as store:
        store.update_mission_status("genesis", "failed")
    (tmp_path / ".vibe/state/active_mission.json").write_text(json.dumps({"mission_id": "genesis", "later": 1}))
    with MissionStore.open(tmp_path, clock=lambda: now[0]) as store:  # an old program wrote again
        assert store.get_document("genesis")["active_mission"] == {"mission_id": "genesis", "later": 1}
    before = json.loads((tmp_path / ".vibe/archive/mission_before_import_20251120T000000Z.json").read_text())
    assert before["active_mission"]["status"] == "failed"
    assert len(list((tmp_path / ".vibe/state").glob("active_mission_migrated_*.json"))) == 2


def test_a_damaged_legacy_file_does_not_stop_the_boot(tmp_path: Path) -> None:
    legacy(tmp_path, active={"mission_id": "genesis"}, handoff="{not json")
    with MissionStore.open(tmp_path) as store:
        assert store.get_mission("genesis") is not None
        assert [notice.code for notice in store.notices] == ["D301"]
    assert (tmp_path / ".session_handoff.json").read_text() == "{not json"


def test_import_legacy_mission(store: MissionStore) -> None:
    mission = store.import_legacy_mission({"mission_id": "old", "status": "active", "created_at": "2025-01-01"})
    assert store.get_mission(mission).mission_uuid == "old"
    assert store.import_legacy_mission({"narrative": []}, key="old") == mission
    assert set(store.get_document("old")) == {"active_mission", "memory"}


def test_boot_sequence_creates_db(tmp_path: Path) -> None:
    """The plan's integration test, with a program in place of its shell script."""
    boot = f"from docrel.missions import MissionStore; MissionStore.open({str(tmp_path)!r}).close()"
    subprocess.run([sys.executable, "-c", boot], check=True)
    import sqlite3

    conn = sqlite3.connect(tmp_path / ".vibe/state/missions.db")
    tables = conn.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall()
    assert ("missions",) in tables
