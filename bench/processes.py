"""Many processes at one workspace: no error reaches a caller, nothing is lost, and how long each call takes.

    python -m bench.processes --seconds 60 --processes 8

Each process counts up a number of its own in a member that all share, appends tool calls, and reads the
whole mission; at the end every number and every call has to be there.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docrel.transition import PHASES, Phase, Workspace

START = {
    "manifest": {"metadata": {"projectId": "m-1", "owner": "a"}, "status": {"projectPhase": "CODING"}},
    "active_mission": {"mission_id": "m-1", "status": "active"},
    "session_handoff": {},
}
READS, APPEND_EVERY = 3, 10  # reads for each write; appends among the writes


@dataclass
class Told:
    """What one process did: calls acknowledged, errors, and the seconds each kind of call took."""

    counted: int = 0
    appended: int = 0
    errors: list[str] = field(default_factory=list)
    seconds: dict[str, list[float]] = field(default_factory=dict)


def work(folder: Path, name: str, until: float) -> Told:
    """Read and write until a time, and once where that has passed already."""
    told = Told(seconds={"read": [], "update": [], "append": []})

    def timed(kind: str, call: Any) -> None:
        began = time.perf_counter()
        try:
            call()
        except Exception as e:
            told.errors.append(f"{kind}: {type(e).__name__}: {e}")
        told.seconds[kind].append(time.perf_counter() - began)

    with Workspace(folder) as workspace:
        while time.time() < until or not told.counted:
            for _ in range(READS):
                timed("read", workspace.read_mission)
            if told.counted % APPEND_EVERY == 0:
                call = {
                    "tool_name": name,
                    "args": {"n": told.appended},
                    "timestamp": "2025-11-20T00:00:00Z",
                    "success": True,
                }
                timed("append", lambda call=call: workspace.append("$.records.tool_calls", call))
                told.appended += 1
            n = told.counted + 1
            timed("update", lambda n=n: workspace.update("session_handoff", lambda found: {**found, name: n}, {}))
            told.counted = n
    return told


def run(folder: Path, phase: Phase, processes: int, seconds: float) -> list[Told]:
    """Let processes work at a workspace that has come to a phase, and check that nothing is lost."""
    with Workspace(folder) as workspace:
        workspace.write_mission(START)
        while workspace.phase != phase:
            workspace.advance(force=True)
    context = multiprocessing.get_context("fork")
    until = time.time() + seconds
    with context.Pool(processes) as pool:
        results = [pool.apply_async(work, (folder, f"p{n}", until)) for n in range(processes)]
        told = [result.get() for result in results]
    with Workspace(folder) as workspace:
        found = workspace.read_mission()
        counted = {f"p{n}": one.counted for n, one in enumerate(told) if one.counted}  # some may never have had a turn
        assert found.get("session_handoff", {}) == counted, "an update is lost"
        calls = [(call["tool_name"], call["args"]["n"]) for call in found.get("records", {}).get("tool_calls", [])]
        assert sorted(calls) == sorted((f"p{n}", k) for n, one in enumerate(told) for k in range(one.appended)), (
            "an append is lost"
        )
        workspace.sync()
        assert workspace.verify().ok, workspace.verify().faults
    return told


def percentiles(seconds: list[float]) -> str:
    """Return p50 and p99 in milliseconds."""
    if len(seconds) < 2:
        return "too few"
    cuts = statistics.quantiles(seconds, n=100)
    return f"p50 {cuts[49] * 1000:6.1f} ms   p99 {cuts[98] * 1000:6.1f} ms   longest {max(seconds) * 1000:6.1f} ms"


def main() -> int:
    """Run it for each phase, or one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="for each phase")
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--phase", choices=PHASES, action="append")
    given = parser.parse_args()
    failed = 0
    for phase in given.phase or PHASES[1:]:
        with tempfile.TemporaryDirectory() as folder:
            told = run(Path(folder), phase, given.processes, given.seconds)
        errors = [error for one in told for error in one.errors]
        failed += len(errors)
        print(f"{phase}: {given.processes} processes, {given.seconds:g} s, {len(errors)} errors, nothing lost")
        for kind in ("read", "update", "append"):
            seconds = [s for one in told for s in one.seconds[kind]]
            print(f"  {len(seconds):7,} {kind + 's':8} {percentiles(seconds)}")
        for error in errors[:5]:
            print(f"  {json.dumps(error)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
