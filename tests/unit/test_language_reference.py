"""The language reference says what is so: its examples are the files of the cases, and it leaves no key out.

`--update-golden` puts the files' present text into the blocks that begin with ```` ```yaml title=FILE ````.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from docrel import spec
from docrel.values import CODECS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "language.md"
BLOCK = re.compile(r"^```(\w+) (title|excerpt)=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TEXT = PAGE.read_text()


def test_a_titled_block_is_the_whole_file(request: pytest.FixtureRequest) -> None:
    def shown(block: re.Match[str]) -> str:
        language, kind, file, _ = block.groups()
        if kind == "excerpt":
            return block[0]
        return f"```{language} {kind}={file}\n{_ended((ROOT / file).read_text())}```"

    wanted = BLOCK.sub(shown, TEXT)
    if request.config.getoption("--update-golden"):
        PAGE.write_text(wanted)
    assert wanted == PAGE.read_text(), "docs/language.md is stale; --update-golden writes it anew"


def _ended(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"


EXCERPTS = [(file, text) for _, kind, file, text in BLOCK.findall(TEXT) if kind == "excerpt"]


@pytest.mark.parametrize(("file", "text"), EXCERPTS)
def test_an_excerpt_is_a_run_of_the_files_lines(file: str, text: str) -> None:
    lines = (ROOT / file).read_text().splitlines()
    count = len(text.splitlines())
    runs = ("\n".join(lines[at : at + count]) for at in range(len(lines) - count + 1))
    assert text.rstrip("\n") in {textwrap.dedent(run) for run in runs}


def test_every_block_names_its_file_or_is_a_shell_command() -> None:
    openings = re.findall(r"^```(\w.*)$", TEXT, re.MULTILINE)
    assert [line for line in openings if "=" not in line and line not in ("sh", "text")] == []
    assert len(BLOCK.findall(TEXT)) == sum("=" in line for line in openings)


def _keys(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict):
            yield from node["properties"]
        for inner in node.values():
            yield from _keys(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _keys(inner)


@pytest.mark.parametrize("key", sorted(set(_keys(spec.json_schema()))))
def test_every_key_of_the_language_is_explained(key: str) -> None:
    assert re.search(rf"`{key}(:[^`\n]*)?`", TEXT), f"docs/language.md does not mention `{key}`"


@pytest.mark.parametrize("name", CODECS)
def test_every_type_is_explained(name: str) -> None:
    assert f"`{name}`" in TEXT


CASES = sorted(p.parent.name for p in (ROOT / "tests" / "cases").glob("*/mapping.yaml"))


@pytest.mark.parametrize("case", CASES)
def test_every_case_is_shown_or_named(case: str) -> None:
    assert f"tests/cases/{case}/" in TEXT or f"`{case}`" in TEXT


def test_links_within_the_page_lead_somewhere() -> None:
    titles = {
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        for title in re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
    }
    assert [link for link in re.findall(r"\]\(#([^)]+)\)", TEXT) if link not in titles] == []
