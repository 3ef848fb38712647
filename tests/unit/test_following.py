"""Those who own a store by name follow its database to another plan: missions and workspaces."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from test_migrated_meanwhile import code_of

from docrel.mapping import load
from docrel.migrate import apply
from docrel.missions import MissionStore, ledger
from docrel.store import Store, followed, open_store
from docrel.transition import Workspace, link


def test_a_mission_store_follows_its_database(tmp_path: Path) -> None:
    path = tmp_path / "missions.db"
    with open_store(path, load("missions@2").plan):
        pass
    with MissionStore(path) as missions:
        number = missions.insert_mission("m", "CODING", "in_progress")
        versions = []
        for version, back in ((3, False), (4, False), (3, True), (2, True)):
            apply(path, load(f"missions@{version}").plan, back=back, backup=False)
            versions.append(missions.store.plan.version)
            missions.insert_tool_call(number, f"tool {version}", {"n": version})
            missions.set_memory(number, f"key {version}", version)
            assert missions.get_memory(number, f"key {version}") == version
            assert len(missions.active_missions()) == 1
        assert versions == [3, 4, 3, 2]
        records = missions.get_document(number)["records"]
    assert [call["tool_name"] for call in records["tool_calls"]] == ["tool 3", "tool 4", "tool 3", "tool 2"]
    assert {m["key"]: m["value"] for m in records["agent_memory"]} == {"key 3": 3, "key 4": 4, "key 2": 2}


def test_a_verb_that_began_before_a_migration_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "missions.db"
    with open_store(path, load("missions@2").plan):
        pass
    with MissionStore(path) as missions:
        number = missions.insert_mission("m", "CODING", "in_progress")
        apply(path, load("missions@3").plan, backup=False)
        with monkeypatch.context() as patched:
            patched.setattr(ledger, "followed", lambda store: store)
            for verb in (
                lambda: missions.insert_tool_call(number, "late"),
                lambda: missions.get_mission(number),
                lambda: missions.get_document(number),
                lambda: missions.set_memory(number, "k", 1),
                lambda: missions.get_memory("m", "k"),
                missions.expire_memory,
                lambda: missions.complete_playbook_run(1, success=True),
                lambda: missions.delete_mission("m"),
                lambda: missions.insert_mission("n", "CODING", "in_progress"),
                lambda: missions.import_legacy_mission({"mission_id": "n"}),
                missions.get_active_mission,
            ):
                assert code_of(verb) == "S440"
        assert len(missions.active_missions()) == 1
        assert "records" not in missions.get_document(number)


def late_once() -> Callable[[Store], Store]:
    """Return a `followed` that looks a moment too early the first time: the migration comes right after."""
    looks = iter([True])

    def late(store: Store) -> Store:
        return store if next(looks, False) else followed(store)

    return late


@pytest.mark.parametrize("phase", ["dual-write", "hybrid-read", "sql-primary", "sql-only"])
def test_a_workspace_follows_its_database(tmp_path: Path, phase: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Workspace(tmp_path) as workspace:
        workspace.write_mission({"active_mission": {"mission_id": "m", "status": "active"}})
        while workspace.phase != phase:
            workspace.advance(force=True)
        database = workspace.link.database
        handoff: dict[str, int] = {}
        newest = workspace.link.store().plan.version
        for version in range(newest - 1, newest - 3, -1):
            apply(database, load(f"missions@{version}").plan, back=True, backup=False)
            if version == newest - 2:  # one that comes between the look and the transaction
                monkeypatch.setattr(link, "followed", late_once())
            workspace.append("$.records.tool_calls", {"tool_name": f"tool {version}"})
            assert workspace.link.store().plan.version == version
            handoff[str(version)] = version
            workspace.write("session_handoff", handoff)
        assert workspace.verify().ok or phase in {"dual-write", "hybrid-read"}
        workspace.sync()
        assert workspace.verify().ok
        found = workspace.read_mission()
        assert [call["tool_name"] for call in found["records"]["tool_calls"]] == [
            f"tool {newest - 1}", f"tool {newest - 2}"
        ]  # fmt: skip
        assert found["session_handoff"] == {str(newest - 1): newest - 1, str(newest - 2): newest - 2}
