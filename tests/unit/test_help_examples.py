"""The examples of every `--help` run as they stand there, in a folder that has the files they name."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

import docrel
from docrel.cli import main
from docrel.cli.examples import Exemplified, divided, typed

ROOT = Path(__file__).parents[2]
SHELL = frozenset("|<>&;")
ORDERS: list[Any] = [
    {
        "number": f"A-{n}",
        "customer": {"name": f"Ada {n}"},
        "paidAt": f"2024-01-0{n}",
        "lines": [{"sku": "x", "qty": n, "colour": "red"}, {"sku": "y", "qty": 7}],
    }
    for n in (1, 2, 3)
]
MAPPING = """\
mapping: orders
version: 1
document: {key: number}
tables:
  orders:
    each: $
    columns:
      number: {type: text, required: true, unique: true}
      rest: {rest: true}
    tables:
      lines:
        each: lines[*]
        columns:
          sku: text
          qty: integer
          rest: {rest: true}
"""


def commands(command: click.Command, *path: str) -> Iterator[tuple[str, click.Command]]:
    """Yield every command of the tree with its name."""
    yield " ".join(path), command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from commands(found, *path, name)


COMMANDS = dict(commands(main, "docrel"))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the examples name; it is a workspace too."""
    folder = tmp_path_factory.mktemp("examples") / "files"
    shutil.copytree(ROOT / "examples/missions/harbour", folder)
    (folder / "orders").mkdir()
    for order in ORDERS:
        (folder / "orders" / f"{order['number']}.json").write_text(json.dumps(order))
    (folder / "orders.jsonl").write_text("".join(json.dumps(order) + "\n" for order in ORDERS))
    (folder / "answer.json").write_text(json.dumps({"page": 1, "data": ORDERS}))
    (folder / "orders.yaml").write_text(MAPPING)
    second = MAPPING.replace("version: 1", "version: 2")
    second = second.replace("      rest:", "      customer: {from: customer.name, type: text}\n      rest:", 1)
    (folder / "orders-2.yaml").write_text(second)
    done = CliRunner().invoke(
        main,
        ["import", str(folder / "orders"), "--db", str(folder / "orders.db"), "--mapping", f"{folder}/orders.yaml"],
    )
    assert done.exit_code == 0, done.output
    return folder


@pytest.mark.parametrize("name", COMMANDS)
def test_the_examples_of_a_command_run(name: str, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = COMMANDS[name]
    assert isinstance(command, Exemplified)
    lines = list(typed(command))
    assert lines and len(lines) == len(command.examples)
    assert name == "docrel" or any(line.startswith(name) for line in lines)
    shutil.copytree(files, tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    for line in lines:
        status, told = _ran(line, tmp_path)
        assert status == 0, (line, told)
        assert "fault of docrel" not in told


def _ran(line: str, place: Path) -> tuple[int, str]:
    """Run a line, by a shell only where it has words for one; return its exit status and what it told."""
    program, *arguments = shlex.split(line)
    if program == "docrel" and SHELL.isdisjoint(shlex.shlex(line, punctuation_chars=True)):
        done = CliRunner().invoke(main, arguments)
        return done.exit_code, done.output
    shim = place / "docrel"
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m docrel "$@"\n')
    shim.chmod(0o755)
    path, source = os.pathsep.join((str(place), os.environ["PATH"])), str(Path(docrel.__file__).parents[1])
    environment = os.environ | {"PATH": path, "PYTHONPATH": source}
    ran = subprocess.run(["bash", "-o", "pipefail", "-c", line], capture_output=True, text=True, env=environment)
    return ran.returncode, ran.stdout + ran.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_the_examples_as_they_are_typed(name: str) -> None:
    shown = CliRunner().invoke(main, [*name.split()[1:], "--help"]).stdout
    command = COMMANDS[name]
    assert isinstance(command, Exemplified)
    assert shown.endswith("\nExamples:\n" + "".join(f"  {line}\n" for line in command.examples))
    assert "\\b" not in shown and "\x08" not in shown


def test_examples_are_divided_from_the_text() -> None:
    assert divided("One.\n\n    Two.\n\n    Examples:\n      $ a 'b  c'\n\n      $ d\n    ") == (
        "One.\n\nTwo.", ("$ a 'b  c'", "$ d"),
    )  # fmt: skip
    assert divided("One.\n\n\x08\nExamples:\n  $ a") == divided("One.\n\n\\b\nExamples:\n  $ a")
    assert divided("Only text, and the word Examples: too") == ("Only text, and the word Examples: too", ())
