"""kill -9 in the middle of an import that infers its mapping: the next one has database and mapping whole."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from strace import DOCREL, kill_points, needs_strace

from docrel.mapping import load

ORDERS = [{"number": f"A{n}", "lines": [{"sku": "x"}] * n} for n in range(9)]


@pytest.fixture
def template(tmp_path: Path) -> Path:
    folder = tmp_path / "template"
    folder.mkdir()
    (folder / "orders.jsonl").write_text("".join(json.dumps(order) + "\n" for order in ORDERS))
    return folder


def importing(folder: Path) -> Sequence[str | Path]:
    return [*DOCREL, "import", folder / "orders.jsonl", "--db", folder / "x.db"]


@needs_strace
def test_a_first_import_is_killed_at_each_call(template: Path, tmp_path: Path) -> None:
    kills = 0
    for kill in kill_points(importing, template, tmp_path):
        kills += 1
        file = kill.folder / "x.yaml"
        if file.exists():
            assert load(file).plan.name == "orders", kill.call
        done = subprocess.run(importing(kill.folder), capture_output=True, text=True)
        assert done.returncode == 0, (kill.call, done.stderr)
        assert load(file).plan.name == "orders", kill.call
        with closing(sqlite3.connect(kill.folder / "x.db")) as connection:
            assert connection.execute("SELECT count(*) FROM orders").fetchone() == (9,), kill.call
            assert connection.execute("SELECT count(*) FROM lines").fetchone() == (36,), kill.call
        assert sorted(path.name for path in kill.folder.glob("*.yaml")) == ["x.yaml"], kill.call
    print(f"\nfirst import: killed at {kills} system calls, 0 lost")
    assert kills
