"""Every text of a code shows its cause and its mend, and both are run: see `docrel.diagnostics.codes` for the form."""

from __future__ import annotations

import re
import shlex
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

import docrel
from docrel import compile, spec
from docrel.cli import main
from docrel.diagnostics import DocrelError, MappingError
from docrel.diagnostics.codes import codes

BOOKS = """\
mapping: books
version: 1
document: {key: isbn}
tables:
  books:
    columns:
      isbn: {type: text, required: true, unique: true}
      title: text
      pages: {type: integer, min: 1}
      rest: {rest: true}
"""
BOOK = '{"isbn": "1", "title": "Walden", "pages": 352}\n'
HOW = {
    "yaml fails", "yaml passes", "yaml mapping", "json refused", "json accepted", "jsonl refused", "jsonl accepted",
    "sh says", "sh passes", "python raises", "python passes",
}  # fmt: skip
SHOWN = {"yaml fails", "json refused", "jsonl refused", "sh says", "python raises"}
ELSEWHERE = {
    "D341": "a fault of docrel: no document is known that shows it",
    "M230": "it needs thousands of tables: tests/unit/test_compile.py",
    "S403": "an administrator, as whom tests may run, may write everywhere",
    "S404": "it needs a disk that is full: tests/faults/test_storage.py makes one where it may",
    "S408": "it needs a disk that fails",
    "S440": "it needs a second program in the middle of the first: tests/unit/test_migrated_meanwhile.py",
    "S454": "it needs a second program in the middle of the first: tests/unit/test_archiving.py",
    "S457": "it needs a disk without second names for files: tests/unit/test_set_aside.py",
    "S461": "it needs a disk that is full, or one that refuses: tests/unit/test_backups.py",
    "S462": "it needs a second program that holds the database: tests/unit/test_backups.py",
    "S463": "it needs a second program in the middle of the first: tests/unit/test_backups_moved.py",
    "S483": "it needs a Python without pyarrow: tests/unit/test_selection.py",
    "T610": "a workspace goes back to its files by itself: tests/faults/test_storage.py",
    "T612": "it needs a second program in the middle of the first: tests/unit/test_set_aside.py",
    "X507": "a fault of docrel, or of the disk, in the middle of a migration",
}
"""Codes whose cause cannot be shown in a line or three, and why."""


@dataclass(frozen=True, slots=True)
class Example:
    """A fenced block of a text: how it is run, and what is in it."""

    how: str
    text: str


def examples(text: str) -> list[Example]:
    return [Example(how, body) for how, body in re.findall(r"^```(.*)\n((?:.*\n)*?)```$", text, re.MULTILINE)]


def said(output: str) -> set[str]:
    return set(re.findall(r"\b(?:error|warning|note)\[([A-Z][0-9]{3})\]", output))


class Scratch:
    """A folder with the mapping `books.yaml`, the document `book.json`, and the database `books.db` made of them."""

    def __init__(self) -> None:
        Path("books.yaml").write_text(BOOKS)
        Path("book.json").write_text(BOOK)
        self.mapping = "books.yaml"
        self.made = False

    def run(self, example: Example) -> set[str]:
        """Run an example, and return the codes that were said."""
        match example.how.split():
            case ["yaml", "mapping"]:
                Path("mapping.yaml").write_text(example.text)
                self.mapping = "mapping.yaml"
                return set()
            case ["yaml", _]:
                return self._checked(example.text)
            case [("json" | "jsonl") as ending, _]:
                Path(f"document.{ending}").write_text(example.text)
                return self._shell(f"docrel import document.{ending} --db new.db --mapping {self.mapping}")
            case ["sh", _]:
                self._make()
                *before, last = example.text.splitlines()
                for line in before:
                    assert not self._shell(line), line
                return self._shell(last)
            case ["python", _]:
                self._make()
                return self._python(example.text)
            case _:
                raise AssertionError(f"it is not said how this is run: {example.how!r}")

    def _make(self) -> None:
        if not self.made:
            self.made = True
            assert not self._shell("docrel import book.json --db books.db --mapping books.yaml")

    def _checked(self, text: str) -> set[str]:
        try:
            compile.compile(spec.loads(text))
        except MappingError as error:
            return {found.code for found in error.diagnostics}
        return set()

    def _shell(self, line: str) -> set[str]:
        program, *arguments = shlex.split(line, comments=True)
        if program == "docrel":
            result = CliRunner().invoke(main, arguments, catch_exceptions=False)
            codes_said = said(result.output)
            assert result.exit_code in {0, 3} or codes_said, result.output
            return codes_said
        if program == "sqlite3":
            with closing(sqlite3.connect(arguments[0], isolation_level=None)) as connection:
                connection.executescript(arguments[1])
            return set()
        subprocess.run(["sh", "-c", line], check=True)
        return set()

    def _python(self, text: str) -> set[str]:
        with docrel.open("books.db") as store:
            try:
                exec(text, {"docrel": docrel, "store": store})
            except DocrelError as error:
                return {found.code for found in error.diagnostics}
        return set()


@pytest.mark.parametrize("code", codes())
def test_a_text_says_what_is_wrong_shows_it_and_shows_the_mend(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ""
    for number, example in enumerate(found := examples(codes()[code])):
        assert example.how in HOW, f"{code}: it is not said how this is run: {example.how!r}"
        if number == 0 or example.how in SHOWN and before != "yaml mapping":
            folder = tmp_path / str(number)
            folder.mkdir()
            monkeypatch.chdir(folder)
            scratch = Scratch()
        before = example.how
        got = scratch.run(example)
        assert got == ({code} if example.how in SHOWN else set()), example.text
    if code in ELSEWHERE:
        assert not any(example.how in SHOWN for example in found), f"{code} is shown: take it from the list"
    else:
        assert any(example.how in SHOWN for example in found), f"{code} has no example that is run"


def test_an_example_that_says_something_else_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    scratch = Scratch()
    assert scratch.run(Example("yaml fails", "mapping: a\n")) == {"M202"}
    assert scratch.run(Example("yaml passes", BOOKS)) == set()
    assert scratch.run(Example("json refused", "{'isbn': 1}\n")) == {"D301"}
    assert scratch.run(Example("json accepted", BOOK)) == set()
    assert scratch.run(Example("sh says", "docrel export --key 2 --db books.db\n")) == {"S420"}
    assert scratch.run(Example("python raises", "store.get('2')\n")) == {"S420"}
    assert scratch.run(Example("python passes", "store.get('1')\n")) == set()
    with pytest.raises(AssertionError, match="it is not said how"):
        scratch.run(Example("text", ""))


def test_only_codes_that_there_are_stand_on_the_list() -> None:
    assert set(ELSEWHERE) <= set(codes())
