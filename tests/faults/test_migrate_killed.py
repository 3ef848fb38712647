"""kill -9 during a migration: the database is as it was, or as it should be, and its plan says which."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from forked import TRIALS

from docrel.mapping import load
from docrel.store import open_store
from docrel.values import jsontext

KILLS = TRIALS // 4
SCRIPT = """
import sys
from docrel.cli import main
main(["migrate", "apply", "--db", sys.argv[1], "--to", "missions@2", "--no-backup"])
"""


def migrating(database: Path) -> subprocess.Popen[bytes]:
    quiet = subprocess.DEVNULL
    return subprocess.Popen([sys.executable, "-c", SCRIPT, str(database)], stderr=quiet, stdout=quiet)


def state(database: Path) -> tuple[int, int, list[str], str]:
    """Return the versions by the plan and by SQLite, the documents, and what SQLite thinks of the file."""
    with open_store(database, create=False) as store:
        version = store.plan.version
        documents = [jsontext.dumps(document) for _, document in store.scan()]
    with sqlite3.connect(database) as connection:
        ((kept,),) = connection.execute("PRAGMA user_version").fetchall()
        ((sound,),) = connection.execute("PRAGMA integrity_check").fetchall()
    return version, kept, documents, sound


@pytest.mark.slow
def test_a_killed_migration_leaves_all_or_nothing(tmp_path: Path) -> None:
    first = tmp_path / "first.db"
    with open_store(first, load("missions@1").plan) as store, store.transaction():
        for n in range(1500):
            status = {"projectPhase": "CODING", "message": "m" * 40}
            manifest = {"metadata": {"projectId": f"m{n}", "owner": "o"}, "status": status}
            memory = {"narrative": [{"session": s, "summary": "s", "date": "d", "phase": "p"} for s in range(4)]}
            store.put({"manifest": manifest, "memory": memory})
    before = state(first)
    content = first.read_bytes()
    whole = tmp_path / "whole.db"
    whole.write_bytes(content)
    started = time.monotonic()
    assert migrating(whole).wait() == 0
    took_s = time.monotonic() - started
    assert state(whole)[:2] == (2, 2) and state(whole)[2] == before[2]
    chance, versions = random.Random(7), []
    for number in range(KILLS):
        database = tmp_path / f"{number}.db"
        database.write_bytes(content)
        run = migrating(database)
        time.sleep(took_s * chance.uniform(0.15, 1.0))
        run.send_signal(signal.SIGKILL)
        run.wait()
        version, kept, documents, sound = state(database)
        assert version == kept and sound == "ok"
        assert documents == before[2]
        versions.append(version)
        assert migrating(database).wait() == 0, "and it can be done again"
        assert state(database)[:2] == (2, 2)
    print(f"{KILLS} kills: versions {versions}")
    assert 1 in versions
