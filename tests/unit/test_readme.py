"""The README is run as it is written."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from docrel.cli import main
from docrel.compile import compile
from docrel.mapping import Mapping
from docrel.spec import loads

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
COMMANDS = [line for language, code in BLOCKS if language == "sh" for line in code.splitlines()]
LINES = [{"sku": "x", "quantity": 2}, {"sku": "y"}]
ORDERS = [{"number": f"A{n}", "customer": {"name": "Ada", "vip": n == 2}, "lines": LINES} for n in range(3)]


def test_the_python_in_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for language, code in BLOCKS:
        if language == "python":
            exec(code, {})


def test_the_mapping_in_it_keeps_its_documents() -> None:
    text = next(code for language, code in BLOCKS if language == "yaml")
    mapping = Mapping(compile(loads(text, "README.md")))
    for order in ORDERS:
        assert mapping.rebuild(mapping.flatten(order)) == order


def test_the_commands_in_it_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "samples").mkdir()
    for order in ORDERS:
        (tmp_path / "samples" / f"{order['number']}.json").write_text(json.dumps(order))
    (tmp_path / ".vibe" / "state").mkdir(parents=True)
    manifest = {"metadata": {"projectId": "genesis"}, "status": {"projectPhase": "CODING"}}
    (tmp_path / "project_manifest.json").write_text(json.dumps(manifest))
    (tmp_path / ".vibe" / "state" / "active_mission.json").write_text('{"mission_id": "genesis"}')
    ran = []
    for line in COMMANDS:
        words = shlex.split(line, comments=True)
        if words[0] == "docrel":
            done = CliRunner().invoke(main, words[1:])
            found = words[2] == "doctor" and "of 6 to look at" in done.output  # there is no backup yet
            assert done.exit_code == int(found), (line, done.output)
            ran.append(words[1])
    assert ran[:2] == ["import", "query"]
    assert ran[2:8] == ["tables", "check", "verify", "migrate", "export", "export"]
    assert ran[8:] == ["missions"] * 5
    assert len(list((tmp_path / "again").glob("*.json"))) == len(ORDERS)
    assert "x" in (tmp_path / "lines.csv").read_text()


def test_each_command_in_its_text_is_there() -> None:
    spans = [shlex.split(span.rstrip("…"), comments=True) for span in re.findall(r"`docrel ([^`]+)`", TEXT)]
    assert spans
    for words in spans:
        for name in words[0].split("|"):
            known = CliRunner().invoke(main, [name, "--help"])
            assert known.exit_code == 0, words
            assert all(word in known.output for word in words if word.startswith("--")), words


def test_what_it_links_to_is_there() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", TEXT) if "://" not in link]
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_its_two_commands_are_those_of_the_script() -> None:
    usage = subprocess.run(["bash", str(ROOT / "run")], capture_output=True, text=True, check=False).stdout
    for command in ("./run demo", "./run tests"):
        assert command in TEXT
        assert command in usage
