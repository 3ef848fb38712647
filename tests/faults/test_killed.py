"""kill -9 at any step of a write, a move between phases, a backup, an archive: nothing acknowledged is lost.

Each trial is a forked child that is really killed. DOCREL_FAULTS=24 (the default) trials for each kind;
hundreds by hand. The number of kills is printed (pytest -s), and asserted.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from forked import TRIALS, killed, lines_of

from docrel.plan import Plan
from docrel.store import backup, backups, fault_of_file, open_store
from docrel.transition import PHASES, Phase, Workspace
from docrel.upkeep import maintain, move, open_archive
from docrel.values import jsontext

ITEM = {"tool_name": "read", "args": {"n": 0}, "timestamp": "2025-11-20T00:00:00Z", "success": True}
START = {
    "manifest": {"metadata": {"projectId": "m-1", "owner": "a"}, "status": {"projectPhase": "CODING"}},
    "memory": {"narrative": [{"session": 1, "summary": "s", "date": "d", "phase": "CODING"}]},
    "active_mission": {"mission_id": "m-1", "status": "active"},
    "records": {"tool_calls": []},
}
STEPS = 4


def in_phase(folder: Path, phase: Phase) -> Path:
    with Workspace(folder) as workspace:
        workspace.write_mission(START)
        while workspace.phase != phase:
            workspace.advance(force=True)
    return folder


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[Phase, Path]:
    return {phase: in_phase(tmp_path_factory.mktemp(phase), phase) for phase in PHASES}


def trials(
    chance: random.Random, work: Callable[[Path], Iterator[None]], folder: Path, template: Path
) -> Iterator[tuple[Path, int, bool]]:
    """Yield `(steps acknowledged, killed)` of many trials, half by line and half by time, each on a fresh copy."""
    shutil.copytree(template, folder / "measure")
    total = lines_of(lambda: work(folder / "measure"))
    for number in range(TRIALS):
        copy = folder / str(number)
        shutil.copytree(template, copy)
        if number % 2:
            yield copy, *killed(partial(work, copy), line=chance.randrange(1, total))
        else:
            yield copy, *killed(partial(work, copy), after_s=chance.uniform(0.01, 0.08))
        shutil.rmtree(copy)


def same(a: Any, b: Any) -> bool:
    """Compare documents; the order of their members is that of the mapping, whatever they were written in."""
    return jsontext.same(dict(sorted(a.items())), dict(sorted(b.items())))


def told(kind: str, kills: int) -> None:
    print(f"\n{kind}: {kills} of {TRIALS} killed in time")
    assert kills >= TRIALS // 4


def appending(folder: Path) -> Iterator[None]:
    with Workspace(folder) as workspace:
        for n in range(STEPS):
            workspace.append("$.records.tool_calls", {**ITEM, "args": {"n": n}})
            yield


def writing(folder: Path) -> Iterator[None]:
    with Workspace(folder) as workspace:
        for n in range(STEPS):
            workspace.write(
                "memory", {"narrative": [{"session": n, "summary": "s", "date": "d", "phase": "CODING"}], "n": n}
            )
            yield


@pytest.mark.slow
@pytest.mark.parametrize("phase", PHASES)
def test_appends(templates: dict[Phase, Path], tmp_path: Path, phase: Phase) -> None:
    kills = 0
    for folder, steps, hit in trials(random.Random(phase), appending, tmp_path, templates[phase]):
        kills += hit
        with Workspace(folder) as workspace:
            assert workspace.phase == phase
            calls = workspace.read("records")["tool_calls"]
            assert [call["args"]["n"] for call in calls] == list(range(len(calls)))
            assert steps <= len(calls) <= steps + 1
            workspace.sync()
            assert workspace.verify().ok, workspace.verify().faults
    told(f"appends in {phase}", kills)


@pytest.mark.slow
@pytest.mark.parametrize("phase", ["dual-write", "sql-only"])
def test_writes(templates: dict[Phase, Path], tmp_path: Path, phase: Phase) -> None:
    kills = 0
    for folder, steps, hit in trials(random.Random(phase), writing, tmp_path, templates[phase]):
        kills += hit
        with Workspace(folder) as workspace:
            found = workspace.read_mission()
            assert found["memory"].get("n", -1) in {steps - 1, steps}
            assert same({**START, "memory": 0}, {**found, "memory": 0})
            workspace.sync()
            assert workspace.verify().ok
    told(f"writes in {phase}", kills)


def up_and_down(folder: Path) -> Iterator[None]:
    with Workspace(folder) as workspace:
        for _ in range(4):
            workspace.advance(force=True)
            yield
        for _ in range(4):
            workspace.rollback()
            yield


@pytest.mark.slow
def test_moves_between_phases(templates: dict[Phase, Path], tmp_path: Path) -> None:
    kills = 0
    for folder, steps, hit in trials(random.Random(1), up_and_down, tmp_path, templates["json-only"]):
        kills += hit
        with Workspace(folder) as workspace:
            path = [*PHASES, *reversed(PHASES[:-1])]
            assert workspace.phase in path[steps : steps + 2]
            assert same(workspace.read_mission(), START)
            assert workspace.state.finish == ""
            assert workspace.verify().ok
            while workspace.phase != "sql-only":
                workspace.advance(force=True)
            workspace.rollback("json-only")
            assert same(workspace.read_mission(), START)
    told("moves", kills)


def fleet(folder: Path) -> Path:
    folder.mkdir()
    with open_store(folder / "a.db", plan_of()) as store:
        for n in range(30):
            store.put({"manifest": {"metadata": {"projectId": f"m-{n}"}}, "records": {"tool_calls": [ITEM] * 5}})
    return folder


def plan_of() -> Plan:
    from docrel.compile import compile
    from docrel.spec import load, mapping_file

    return compile(load(mapping_file("missions")))


def archiving(folder: Path) -> Iterator[None]:
    with open_store(folder / "a.db") as store, open_archive(store) as archive:
        for n in range(0, 30, 10):
            move([f"m-{k}" for k in range(n, n + 10)], store, archive)
            yield


@pytest.mark.slow
def test_archiving(tmp_path: Path) -> None:
    template, kills = fleet(tmp_path / "template"), 0
    for folder, steps, hit in trials(random.Random(2), archiving, tmp_path, template):
        kills += hit
        with open_store(folder / "a.db") as store, open_archive(store) as archive:
            live, old = set(store.keys()), set(archive.keys())
            assert live | old == {f"m-{n}" for n in range(30)}
            assert old >= {f"m-{n}" for n in range(10 * steps)} and live >= {
                f"m-{n}" for n in range(10 * steps + 10, 30)
            }
            for key in live & old:
                assert jsontext.same(store.get(key), archive.get(key))
            move(sorted(live), store, archive)
            assert len(store) == 0 and len(archive) == 30
    told("archiving", kills)


def upkeep(folder: Path) -> Iterator[None]:
    with open_store(folder / "a.db") as store:
        for n in range(4):
            store.delete(f"m-{n}")
            yield
            backup(store.backend, keep=2)
            maintain(store, vacuum=True)


@pytest.mark.slow
def test_backup_and_maintain(tmp_path: Path) -> None:
    template, kills = fleet(tmp_path / "template"), 0
    for folder, steps, hit in trials(random.Random(3), upkeep, tmp_path, template):
        kills += hit
        assert not any(fault_of_file(path) for path in backups(folder / "a.db")), "a backup is whole or not there"
        with open_store(folder / "a.db") as store:
            assert store.backend.execute("PRAGMA integrity_check") == [("ok",)]
            assert 30 - steps - 1 <= len(list(store.scan())) <= 30 - steps
    told("backup and maintain", kills)
