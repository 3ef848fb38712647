"""The guide to the laws is run as it is written, and what it names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/laws.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def test_its_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in BLOCKS:
        exec(block, names)


def test_the_tests_that_it_names_are_there() -> None:
    named = re.findall(r"`(?:tests/unit/|tests/laws/)?(test_\w+\.py)`", TEXT)
    there = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    assert named
    assert set(named) <= there


def test_each_law_has_its_tests() -> None:
    headings = re.findall(r"^### (\d)\. ", TEXT, re.MULTILINE)
    rows = re.findall(r"^\| ([\d, ]+) \| ", TEXT, re.MULTILINE)
    assert headings == [number for row in rows for number in row.split(", ")]
