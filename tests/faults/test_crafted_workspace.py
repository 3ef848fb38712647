"""Crafted workspaces: a state, log or remembered document that no docrel wrote is one error, or passed over.

Each member of the state, of the lines of the log and of what the database remembers is changed into what is hostile.
No command ends with a traceback, and none renames, removes or changes a file of the workspace where the state is
refused.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner

from docrel.cli import main
from docrel.diagnostics import StoreError
from docrel.missions import MissionStore
from docrel.transition import Workspace, state

ALL = os.environ.get("DOCREL_FAULTS") == "all"
STATE = ".vibe/state/transition.json"
DATABASE = ".vibe/state/missions.db"
DEEP = "[" * 100_000
ACTIVE = {"mission_id": "m-1", "status": "active", "phase": "CODING"}
HOSTILE: tuple[Any, ...] = (
    None, True, 0, -1, 1, 5, 1.5, 2**64, 10**400, "", "x", "..", "../x", "../../x", "a\0b", "missions.db", "later-step",
    "missions.db-wal", "active_mission.json", "transition.json", "missions_rollback_5.db/x", "archive-files", "\ud83d",
    "missions_rollback_5.db\n", "set-database-aside", "json-only", "sql-only", [], ["x"], [[]], [5], [{}], {}, {"x": 1},
    {"x": "y"}, [None], "2024-01-01", "9" * 5000,
)  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that writes to both files and database, where another mission is in the database only."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / ".vibe/state").mkdir(parents=True)
    (folder / ".vibe/state/active_mission.json").write_text(json.dumps(ACTIVE))
    with Workspace(folder) as workspace:
        workspace.advance(force=True)
        workspace.read("active_mission")
    with MissionStore(folder / DATABASE) as missions:
        missions.insert_mission("other", "CODING", "active")
    return folder


class Crafted:
    """A copy of the workspace with one thing changed in it."""

    def __init__(self, whole: Path, folder: Path) -> None:
        self.whole, self.folder = whole, folder / "crafted"

    def anew(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.whole, self.folder)

    def write(self, name: str, content: Any) -> None:
        """Make a file of a fresh copy say something: bytes, or anything as JSON."""
        self.anew()
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode() + b"\n")

    def remember(self, value: Any) -> bool:
        """Put something where a fresh copy of the database remembers its document; says whether it could be."""
        self.anew()
        with closing(sqlite3.connect(self.folder / DATABASE, isolation_level=None)) as connection:
            try:
                connection.execute("UPDATE _docrel SET value = ? WHERE name = 'workspace'", [value])
            except sqlite3.Error:
                return False
        return True

    def files(self) -> dict[str, bytes]:
        """The files that no program makes by itself, and their content."""
        found = (path for path in self.folder.rglob("*") if path.is_file() and not path.name.endswith(("-shm", "lock")))
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in found}

    def said(self, *commands: str) -> Iterator[tuple[int, str]]:
        """Run commands; yields the status and the error of each, at most one, and no traceback."""
        for command in commands:
            result = CliRunner().invoke(main, [*command.split(), "--workspace", str(self.folder)])
            assert result.exception is None or isinstance(result.exception, SystemExit), (command, result.exception)
            assert "fault of docrel" not in result.stderr, result.stderr
            assert result.stderr.count("error[") <= 1, result.stderr
            assert len(result.stderr) < 1500, result.stderr
            yield result.exit_code, result.stderr

    def kept(self) -> bool:
        """Whether all missions are still where they were."""
        with MissionStore(self.folder / DATABASE) as missions:
            return (
                missions.get_mission("other") is not None and (self.folder / ".vibe/state/active_mission.json").exists()
            )


COMMANDS = ("transition status", "transition sync", "transition verify", "missions doctor")


def states(whole: Path) -> list[Any]:
    base = json.loads((whole / STATE).read_text())
    pending = {"set_aside": "missions_rollback_5.db", "finish": "set-database-aside", "phase": "json-only"}
    found = [{**base, name: value} for name in base for value in HOSTILE]
    found += [{**base, **pending, name: value} for name in ("set_aside", "finish", "phase") for value in HOSTILE]
    found += [{**base, "settings": {**base["settings"], n: v}} for n in base["settings"] for v in HOSTILE]
    found += [{**base, "history": [{**base["history"][0], n: v}]} for n in base["history"][0] for v in HOSTILE]
    found += [{n: v for n, v in base.items() if n != gone} for gone in base]
    return [*found, *HOSTILE]


def test_a_state_that_is_changed_is_refused_or_does_no_harm(whole: Path, tmp_path: Path) -> None:
    crafted, refused = Crafted(whole, tmp_path), 0
    changes = states(whole)
    for content in changes if ALL else Random(1).sample(changes, 120):
        crafted.write(STATE, content)
        before = crafted.files()
        try:
            state.load(crafted.folder)
        except StoreError:
            refused += 1
        else:
            if content["finish"]:  # as this program writes it
                assert content["set_aside"] == "missions_rollback_5.db"
                continue
        for status, said in crafted.said(*(COMMANDS if ALL else COMMANDS[:1])):
            assert "error[" not in said or (status == 1 and "error[T602]" in said), said
            if "T602" in said:
                assert crafted.files() == before
        assert crafted.kept(), content
    assert refused > 60


@pytest.mark.parametrize(
    "change",
    [
        {"phase": "json-only", "finish": "set-database-aside", "set_aside": "missions.db"},
        {"phase": "json-only", "finish": "set-database-aside", "set_aside": "missions.db-wal"},
        {"phase": "json-only", "finish": "set-database-aside", "set_aside": "../../../missions_rollback_5.db"},
        {"phase": "json-only", "finish": "set-database-aside", "set_aside": ""},
        {"phase": "dual-write", "finish": "set-database-aside", "set_aside": "missions_rollback_5.db"},
        {"phase": "json-only", "finish": "archive-files"},
        {"phase": "sql-only", "finish": "later-step"},
        {"since": 5}, {"generation": "x"}, {"settings": {"stable_s": "abc"}}, {"history": [{"at": 1}]},
        {"version": True},
    ],
    ids=str,
)  # fmt: skip
def test_a_state_of_another_program_is_refused(change: dict[str, Any], whole: Path, tmp_path: Path) -> None:
    crafted = Crafted(whole, tmp_path)
    crafted.write(STATE, json.loads((whole / STATE).read_text()) | change)
    before = crafted.files()
    for status, said in crafted.said(*COMMANDS, "transition rollback"):
        assert status == 1
        assert "error[T602]" in said, said
        assert crafted.files() == before


@pytest.mark.parametrize(
    "text", [DEEP.encode(), b'{"a":' * 100_000, b"9" * 5000, b"\xff", b"", b"null", b'{"version":1e400}'],
    ids=lambda text: ascii(text[:9]),
)  # fmt: skip
def test_a_state_that_is_no_json_is_refused(text: bytes, whole: Path, tmp_path: Path) -> None:
    crafted = Crafted(whole, tmp_path)
    crafted.write(STATE, text)
    before = crafted.files()
    for status, said in crafted.said(*COMMANDS):
        assert status == 1
        assert "error[T602]" in said, said
        assert crafted.files() == before


REMEMBERED = ("key", "row", "agreed")
NO_RECORDS: tuple[Any, ...] = (
    "", "[]", "5", "null", "{}", '{"key": 5}', '{"key": "m", "row": ["a", "b"], "agreed": {}}', "[[[", b"\xff", 5, 1.5,
    '{"key": "m", "row": [], "agreed": 5}', '{"key": {"a": 1}, "row": null, "agreed": {}}', DEEP, b"{}", "NaN",
)  # fmt: skip


@pytest.mark.parametrize("value", NO_RECORDS, ids=lambda value: ascii(value)[:30])
def test_a_remembered_document_that_is_none_is_one_error(value: Any, whole: Path, tmp_path: Path) -> None:
    crafted = Crafted(whole, tmp_path)
    assert crafted.remember(value)
    refused = [said for _, said in crafted.said("transition sync")]
    assert "error[S412]: the workspace in this database cannot be read" in refused[0], refused
    list(crafted.said(*COMMANDS))
    assert crafted.kept()


def test_members_of_a_remembered_document(whole: Path, tmp_path: Path) -> None:
    crafted, refused = Crafted(whole, tmp_path), 0
    with closing(sqlite3.connect(whole / DATABASE)) as connection:
        base = json.loads(connection.execute("SELECT value FROM _docrel WHERE name = 'workspace'").fetchone()[0])
    assert set(base) == set(REMEMBERED)
    changes = [{**base, name: value} for name in REMEMBERED for value in HOSTILE]
    for content in changes if ALL else Random(2).sample(changes, 50):
        assert crafted.remember(json.dumps(content))
        for _, said in crafted.said(*(COMMANDS if ALL else COMMANDS[1:2])):
            assert "error[" not in said or "error[S412]" in said, (content, said)
            refused += "S412" in said
        assert crafted.kept()
    assert refused > 10


LINES: dict[str, dict[str, Any]] = {
    "metrics.jsonl": {"at": "2024", "generation": 1, "counts": {"hit": 1, "error": 1}, "latency": {"3": 1}},
    "log.jsonl": {"at": "2024", "kind": "phase", "source": "json-only", "target": "dual-write"},
    "pending.jsonl": {"at": "2024", "member": "active_mission", "error": "x"},
}


@pytest.mark.parametrize("name", LINES)
def test_lines_of_a_log_that_are_none_are_passed_over(name: str, whole: Path, tmp_path: Path) -> None:
    crafted, base = Crafted(whole, tmp_path), LINES[name]
    lines = [{**base, member: value} for member in base for value in HOSTILE]
    lines += [{**base, "counts": {"error": value, "hit": 1}} for value in HOSTILE]
    lines += [{**base, "latency": {bucket: 1}} for bucket in ("x", "-1", "99", "½", "1.5", "0" * 50, "9" * 5000)]
    lines += [{n: v for n, v in base.items() if n != gone} for gone in base]
    texts = [json.dumps(line).encode() for line in [*lines, *HOSTILE]] + [DEEP.encode(), b"\xff", b"{", b""]
    for some in [[text] for text in texts] if ALL else [texts[at::7] for at in range(7)]:
        crafted.write(f".vibe/state/transition/{name}", b"\n".join(some))
        for _, said in crafted.said(*COMMANDS):
            assert "error[" not in said, said
        assert crafted.kept()
