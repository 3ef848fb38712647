"""A workspace lives through all phases of the move from JSON files to a database, and goes back once.

    python examples/transition/live.py        # prints expected.txt

Works on a copy, with a clock that this script turns, so that weeks go by in a second. A program of yours
does no more than `Workspace(folder)` and then `read`, `write` and `append`: it never has to know the phase.
"""

from __future__ import annotations

import itertools
import json
import shutil
import sqlite3
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from docrel.diagnostics import StoreError
from docrel.transition import Workspace

HERE = Path(__file__).resolve().parent


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2025, 11, 20, 9, 0, tzinfo=UTC)

    def __call__(self) -> str:
        """Return the time."""
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")

    def days(self, count: int) -> None:
        """Let days go by."""
        self.now += timedelta(days=count)


def status(workspace: Workspace) -> None:
    """Print where the workspace stands."""
    found = workspace.status()
    counts = found.metrics.counts
    print(
        f"   [{found.phase}] {counts['hit']} hits, {counts['fallback']} fallbacks,"
        f" {counts['discrepancy']} discrepancies, {counts['error']} errors"
    )
    for criterion in found.criteria:
        print(f"     {'+' if criterion.met else '-'} {criterion.wanted}")


def work(workspace: Workspace, day: int) -> None:
    """Do what agents do all day; the same in every phase."""
    for n in range(30):
        workspace.read_mission()
        call = {
            "tool_name": "run_tests",
            "args": {"day": day, "n": n},
            "timestamp": workspace.link.clock(),
            "success": True,
        }
        workspace.append("$.records.tool_calls", call)
    workspace.update("memory", lambda memory: {**memory, "last_day": day})


def files(folder: Path) -> list[str]:
    """Return the workspace's files, but for those whose names have a time in them or come and go."""
    found = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file())
    return [str(path) for path in found if "transition/" not in str(path) and not str(path).endswith(("-wal", "-shm"))]


def live(folder: Path) -> None:
    """Go up to sql-only, and back."""
    clock = Clock()
    ticks = itertools.count()
    with Workspace(folder, clock=clock, timer=lambda: next(ticks) / 1000) as workspace:  # each query takes 1 ms
        print("1. Programs keep JSON files, as they always did.")
        work(workspace, 1)
        status(workspace)

        print("2. dual-write: files lead, the database gets a copy of everything.")
        workspace.advance()
        work(workspace, 2)
        try:
            workspace.advance()
        except StoreError as e:
            print("   too early:", e.diagnostics[0].code, e.diagnostics[0].message.split(" (")[0])
        clock.days(8)
        status(workspace)

        print("3. hybrid-read: the database answers, the files are looked at beside it.")
        workspace.advance()
        work(workspace, 9)
        path = folder / "project_manifest.json"
        manifest = json.loads(path.read_text())
        manifest["metadata"]["owner"] = "edited-by-hand@backstube.example"
        path.write_text(json.dumps(manifest, indent=2))
        print("   somebody edits a file:", workspace.read("manifest")["metadata"]["owner"])
        event = workspace.link.log.events("discrepancy")[-1]
        print(
            f"   the log: {event['path']}: file {event['file']!r}, database {event['database']!r};"
            f" the {event['leads']} leads"
        )
        for day in range(8):
            clock.days(1)
            work(workspace, 10 + day)
        status(workspace)

        print("4. sql-primary: the database leads, files are kept for recovery.")
        workspace.advance()
        work(workspace, 20)
        database = sqlite3.connect(workspace.link.database)
        database.execute("UPDATE missions SET current_cost_usd = 130.5")
        database.commit()
        print(
            "   over budget, by SQL:",
            database.execute("SELECT name FROM missions WHERE current_cost_usd > max_cost_usd").fetchall(),
        )
        database.close()
        print("   and in the document:", workspace.read("manifest")["budget"]["current_cost_usd"])
        clock.days(8)
        status(workspace)

        print("5. sql-only: the files are in the archive.")
        workspace.advance()
        work(workspace, 30)
        status(workspace)
        print("   files:", ", ".join(files(folder)))

        print("6. And back, in one step, with all that happened since.")
        before = workspace.read_mission()
        workspace.rollback("json-only", reason="to show that it can be done")
        print("   nothing lost:", workspace.read_mission() == before)
        kept = json.loads((folder / ".vibe/state/mission_records.json").read_text())
        print("   tool calls in the file:", len(kept["tool_calls"]))
        print("   phases:", " → ".join(["json-only", *(turn.target for turn in workspace.state.history)]))


def main() -> int:
    """Run it on a copy."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "bakery-orders"
        shutil.copytree(HERE / "workspace", folder)
        live(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
