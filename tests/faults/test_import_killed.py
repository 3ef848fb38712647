"""kill -9 during an import: the database is as before or after a whole batch, and the import can be finished."""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from forked import TRIALS

from docrel.mapping import load
from docrel.store import open_store

Fleet = tuple[Path, dict[str, list[tuple[Any, ...]]], float]
"""What is imported, the rows of a whole import, and how long that took in seconds."""
KILLS = TRIALS // 4
SCRIPT = """
import sys
from docrel.cli import main
main(["import", sys.argv[1], "--db", sys.argv[2], "--mapping", "missions", "--no-backup"])
"""


def missions(count: int, first: int = 0) -> Iterator[dict[str, Any]]:
    for n in range(first, first + count):
        calls = [
            {"tool_name": f"t{i}", "args": {"n": i}, "timestamp": "2026-01-01T00:00:00Z", "success": True}
            for i in range(9)
        ]
        manifest = {
            "apiVersion": "agency.os/v1alpha1",
            "metadata": {"projectId": f"m{n}"},
            "status": {"projectPhase": "CODING"},
        }
        yield {"manifest": manifest, "records": {"tool_calls": calls}}


def lines(path: Path, documents: Iterable[Any]) -> Path:
    path.write_text("".join(json.dumps(document) + "\n" for document in documents))
    return path


def importing(source: Path, database: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(source), str(database)], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )


def rows(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    with sqlite3.connect(database) as connection:
        tables = [t.name for t in load("missions").plan.tables]
        found = {name: connection.execute(f'SELECT * FROM "{name}" ORDER BY id').fetchall() for name in tables}
        clock = {name: [c[1] for c in connection.execute(f'PRAGMA table_info("{name}")')] for name in tables}
    timed = {"created_at", "timestamp", "updated_at", "started_at"}
    return {
        name: [
            tuple(v for v, column in zip(row, clock[name], strict=True) if column not in timed) for row in found[name]
        ]
        for name in tables
    }


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    folder = tmp_path_factory.mktemp("fleet")
    source = lines(folder / "fleet.jsonl", missions(6000))
    database = folder / "whole.db"
    started = time.monotonic()
    assert importing(source, database).wait() == 0
    return source, rows(database), time.monotonic() - started


@pytest.mark.slow
@pytest.mark.parametrize("already", [0, 700])
def test_a_killed_import_leaves_whole_batches_and_can_be_finished(fleet: Fleet, tmp_path: Path, already: int) -> None:
    source, whole, took_s = fleet
    chance = random.Random(already)
    ended_early = 0
    for number in range(KILLS):
        database = tmp_path / f"{already}-{number}.db"
        if already:
            assert importing(lines(tmp_path / "first.jsonl", missions(already)), database).wait() == 0
        process = importing(source, database)
        time.sleep(took_s * chance.uniform(0.1, 1.0))
        process.send_signal(signal.SIGKILL)
        ended_early += process.wait() == -signal.SIGKILL
        if database.exists() and database.stat().st_size:
            with open_store(database, load("missions").plan) as store:
                assert store.backend.execute("PRAGMA integrity_check") == [("ok",)]
                assert store.backend.execute("PRAGMA foreign_key_check") == []
                count = len(store)
                assert count in (0, 6000) if not already else count == already or count % 500 == 0
        assert importing(source, database).wait() == 0
        assert rows(database) == whole
    print(f"killed {ended_early} of {KILLS} imports before their end")
