"""The folder of backups is moved away, at each call to the system, by somebody who does not know of us."""

from __future__ import annotations

import os
import re
import shutil
import sys
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner
from versions import V1, plan

from docrel.backends import open_file
from docrel.cli import main
from docrel.store import backup, fault_of_file, open_store

ITS_OWN = {"m.db", "m.db-wal", "m.db-shm", "elsewhere"}
COMMANDS = {
    "backup": ["backup"],
    "import": ["import", "new.json"],
    "import-nothing": ["import", "old.json"],
    "migrate": ["migrate", "apply", "--to", "v2.yaml"],
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("old.json").write_text('{"number": "a"}')
    Path("new.json").write_text('{"number": "b"}')
    text = V1.replace("version: 1", "version: 2").replace("      rest:", "      pages: integer\n      rest:")
    Path("v2.yaml").write_text(text)
    Path("template").mkdir()
    with open_store("template/m.db", plan(V1)) as store:
        store.put({"number": "a"})
        backup(store.backend)
    return tmp_path


def made(folder: Path) -> Path:
    """A database with a document and a backup."""
    shutil.copytree("template", folder)
    return folder / "m.db"


def move_at(call: int, folder: Path, *, file: bool) -> None:
    """Let a folder be moved away at a call to the system about it, and a file take its name if `file`."""
    left = call

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if left >= 0 and (event.startswith("fcntl.") or any(str(folder) in str(each) for each in arguments)):
            left -= 1
            if left < 0:
                folder.rename(folder.with_name("elsewhere"))
                if file:
                    folder.write_bytes(b"")

    sys.addaudithook(hear)


def run(arguments: list[str], call: int, folder: Path, *, file: bool) -> tuple[int, str]:
    """Run a command in a process of its own, as audit hooks stay; returns its exit status and what it said."""
    child = os.fork()
    if child == 0:
        move_at(call, folder, file=file)
        done = CliRunner().invoke(main, arguments)
        Path(f"{folder.parent}.txt").write_text(done.output)
        os._exit(done.exit_code)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return status, Path(f"{folder.parent}.txt").read_text()


@pytest.mark.parametrize("file", [False, True], ids=["moved", "a file in its place"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_that_is_moved_away_is_told_and_nothing_takes_its_name(here: Path, command: str, file: bool) -> None:
    told = 0
    for call in count():
        path = made(Path(command + str(call)))
        folder = path.parent / "backups"
        status, said = run([*COMMANDS[command], "--db", str(path)], call, folder, file=file)
        if not Path(path.parent / "elsewhere").exists():
            assert status == 0, said
            break
        assert re.findall(r"error\[?\w*\]?", said) in ([], ["error[S461]"], ["error[S463]"]), (call, said)
        assert status == ("error" in said), (call, said)
        if status:
            told += 1
            assert re.search(rf"^{folder}\S*: error", said, re.MULTILINE), (call, said)
        elif command != "backup":  # which has said that it is there, and moves after that are nobody's
            assert all(Path(name).is_file() for name in re.findall(rf"{folder}/\S+\.db", said)), (call, said)
        kinds = {each.name: each.is_dir() for each in path.parent.iterdir() if each.name not in ITS_OWN}
        assert kinds in ({}, {"backups": not file}), call
        if file:
            folder.unlink()
        with closing(open_file(path)) as backend:
            again = backup(backend)
        assert again is not None and fault_of_file(again) == ""
    assert told > 5
