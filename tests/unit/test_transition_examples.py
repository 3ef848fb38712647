"""The examples of the transition are run as written: the script's output, and the plan's end-to-end test."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def test_a_workspace_lives_through_all_phases() -> None:
    expected = EXAMPLES / "transition" / "expected.txt"
    script = [sys.executable, str(EXAMPLES / "transition" / "live.py")]
    found = subprocess.run(script, check=True, capture_output=True, text=True, encoding="utf-8").stdout
    assert found == expected.read_text(encoding="utf-8")


@pytest.mark.skipif(
    "CI" not in os.environ and not (shutil.which("jq") and shutil.which("sqlite3")), reason="needs jq and sqlite3"
)
def test_the_plans_end_to_end_test(tmp_path: Path) -> None:
    command = tmp_path / "docrel"
    command.write_text(f"#!/bin/sh\nexec {sys.executable} -c 'from docrel.cli import main; main()' \"$@\"\n")
    command.chmod(0o755)
    path = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    script = EXAMPLES / "end-to-end" / "test_migration_e2e.sh"
    found = subprocess.run(
        ["bash", script], env={**os.environ, **path}, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr
    assert "Migration E2E test passed" in found.stdout
    assert "came back through every phase" in found.stdout
