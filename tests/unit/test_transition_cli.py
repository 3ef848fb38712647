"""The commands of the transition, as a user types them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from docrel.cli import main
from docrel.missions import MissionStore
from docrel.transition import Workspace

Run = Callable[..., str]
"""Runs docrel with arguments and the exit `status` that is expected; returns what it says."""
ACTIVE = {"mission_id": "m-1", "status": "active", "phase": "CODING"}
DB = ".vibe/state/missions.db"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, status: int = 0) -> str:
        result = CliRunner().invoke(main, arguments, catch_exceptions=False)
        assert result.exit_code == status, result.output + result.stderr
        return result.output

    return call


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / ".vibe/state").mkdir(parents=True)
    (tmp_path / ".vibe/state/active_mission.json").write_text(json.dumps(ACTIVE))
    return tmp_path


def test_a_rollback_asks_for_no_order_of_files(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        workspace.write_mission({"active_mission": ACTIVE, "manifest": {"metadata": {"projectId": "m-1"}}})
        while workspace.phase != "sql-only":
            workspace.advance(force=True)
        workspace.append("$.records.tool_calls", {"tool_name": "read"})
        assert list(workspace.link.files.paths).index("records") < list(workspace.link.files.paths).index("manifest")
        assert workspace.rollback("hybrid-read").phase == "hybrid-read"
        assert workspace.read("records") == {"tool_calls": [{"tool_name": "read"}]}


def test_all_phases_and_back(run: Run, workspace: Path) -> None:
    assert "phase          json-only" in run("transition", "status")
    run("transition", "advance")
    assert "no errors in dual-write mode for 7 d" in run("transition", "advance", status=1)
    assert json.loads(run("--format", "json", "transition", "status"))["phase"] == "dual-write"
    run("transition", "status", "--check", status=3)
    run("transition", "set", "stable_s=0", "min_reads=0")
    for phase in ("hybrid-read", "sql-primary", "sql-only"):
        assert phase in run("transition", "advance")
    assert (workspace / ".vibe/archive/active_mission_legacy.json").exists()
    assert not (workspace / ".vibe/state/active_mission.json").exists()
    assert "last phase" in run("transition", "advance", status=1)
    assert "no difference" in run("transition", "verify")
    assert "missions_rollback_" in run("transition", "rollback", "--to", "json-only", "--reason", "trial")
    assert json.loads((workspace / ".vibe/state/active_mission.json").read_text()) == ACTIVE
    assert not (workspace / DB).exists()
    history = json.loads(run("transition", "--format", "json", "status"))["history"]
    assert [turn["to"] for turn in history] == ["dual-write", "hybrid-read", "sql-primary", "sql-only", "json-only"]
    assert history[-1]["reason"] == "trial"


def test_other_missions_survive_a_rollback(run: Run, workspace: Path) -> None:
    run("transition", "advance")
    with MissionStore(workspace / DB) as store:
        store.insert_mission("history", "PRODUCTION", "completed")
    run("transition", "rollback")
    assert not (workspace / DB).exists()
    MissionStore.open(workspace).close()  # makes an empty database, and leaves the files alone
    run("transition", "advance")
    with MissionStore.open(workspace) as store:
        assert {store.get_mission(key).status for key in ("history", "m-1")} == {"completed", "in_progress"}


def test_force_is_recorded(run: Run, workspace: Path) -> None:
    run("transition", "advance")
    run("transition", "advance", "--force", "--reason", "hurry")
    turn = json.loads(run("transition", "status", "--format", "json"))["history"][-1]
    assert turn["reason"] == "hurry" and "no errors in dual-write" in turn["forced"][0]


def test_wrong_settings(run: Run, workspace: Path) -> None:
    assert "none of stable_s" in run("transition", "set", "colour=red", status=2)
    assert "NAME=VALUE" in run("transition", "set", "stable_s", status=2)
    for odd in ("target_ms=nan", "limit_ms=inf", "stable_s=-1", "min_reads=1e999"):
        assert "cannot be negative, nor without end" in run("transition", "set", odd, status=2)
    run("transition", "status")
