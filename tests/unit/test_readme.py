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
    block = next(code for language, code in BLOCKS if language == "sh" and "docrel infer" in code)
    ran = []
    for line in block.splitlines():
        words = shlex.split(line, comments=True)
        if words[0] == "docrel":
            done = CliRunner().invoke(main, words[1:])
            assert done.exit_code == 0, (line, done.output)
            ran.append(words[1])
    assert ran == ["infer", "check", "verify", "import", "tables", "query", "export", "export"]
    assert len(list((tmp_path / "again").glob("*.json"))) == len(ORDERS)


def test_what_it_links_to_is_there() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", TEXT) if "://" not in link]
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_its_two_commands_are_those_of_the_script() -> None:
    usage = subprocess.run(["bash", str(ROOT / "run")], capture_output=True, text=True, check=False).stdout
    for command in ("./run demo", "./run tests"):
        assert command in TEXT
        assert command in usage
