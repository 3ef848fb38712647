"""Several processes at one workspace at once: `bench/processes.py` for a few seconds."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

import pytest
from bench.processes import START, percentiles, run

from docrel.store import open_or_make
from docrel.transition import Phase, Workspace


@pytest.mark.slow
@pytest.mark.parametrize("phase", ["json-only", "dual-write", "hybrid-read", "sql-primary", "sql-only"])
def test_processes(tmp_path: Path, phase: Phase) -> None:
    told = run(tmp_path, phase, processes=8, seconds=1.5)
    assert [error for one in told for error in one.errors] == []
    print(f"\n{phase}: updates {percentiles([s for one in told for s in one.seconds['update']])}")


def counted(name: str, n: int, found: dict[str, int]) -> dict[str, int]:
    return {**found, name: n}


def test_threads_share_a_workspace(tmp_path: Path) -> None:
    with Workspace(tmp_path) as workspace:
        workspace.write_mission(START)
        workspace.advance(force=True)
        workspace.advance(force=True)
        errors: list[Exception] = []

        def work(name: str) -> None:
            try:
                for n in range(10):
                    workspace.update("session_handoff", partial(counted, name, n), {})
                    workspace.read_mission()
            except Exception as e:
                errors.append(e)

        threads = [threading.Thread(target=work, args=(f"t{n}",)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        assert workspace.read("session_handoff") == {f"t{n}": 9 for n in range(6)}
        assert workspace.verify().ok


def test_threads_share_a_store(tmp_path: Path) -> None:
    with open_or_make(tmp_path / "a.db", "missions") as store:
        store.put({"active_mission": {"mission_id": "m"}})

        def work() -> None:
            for n in range(20):
                store.append("m", "$.records.decisions", {"decision_type": "x", "context": n})
                store.get("m")

        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(store.rows("decisions", "m")) == 120
