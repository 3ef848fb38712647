"""A database that is gone, empty, or no longer knows its plan is never taken for a new one."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from docrel.cli import main
from docrel.diagnostics import StoreError
from docrel.mapping import load
from docrel.missions import MissionStore
from docrel.store import backup, backups, open_store
from docrel.transition import Workspace

STATE = Path(".vibe/state")
DOCUMENT = '{"active_mission": {"mission_id": "m-1", "status": "active"}}'


def gone(path: Path) -> None:
    path.unlink()


def no_bytes(path: Path) -> None:
    path.write_bytes(b"")


def no_tables(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 1")


def no_plan(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM _docrel WHERE name = 'plan'")


def null_plan(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE _docrel SET value = NULL WHERE name = 'plan'")


def no_bookkeeping(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE _docrel")


LOSSES = {f.__name__: f for f in (gone, no_bytes, no_tables, no_plan, null_plan, no_bookkeeping)}
CODES = {"gone": "S401", "no_bytes": "S455", "no_tables": "S455"}


@pytest.fixture(params=LOSSES)
def lose(request: pytest.FixtureRequest) -> Callable[[Path], str]:
    """Lose a database in one of the ways there are; returns the code that says so."""

    def work(path: Path) -> str:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for suffix in ("-wal", "-shm"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
        LOSSES[request.param](path)
        return CODES.get(request.param, "S456")

    return work


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a database that leads, and three backups: the newer two are empty, and without a plan."""
    folder = tmp_path_factory.mktemp("template") / "workspace"
    with Workspace(folder) as workspace:
        workspace.write("active_mission", {"mission_id": "m-1", "status": "active"})
        while workspace.phase != "sql-only":
            workspace.advance(force=True)
        backup(workspace.link.store().backend, clock=lambda: "2025-11-20T10:00:00Z")
    (folder / STATE / "backups/missions.db.000002-20251121T100000Z-backup.db").write_bytes(b"")
    without_plan = folder / STATE / "backups/missions.db.000003-20251122T100000Z-backup.db"
    with closing(sqlite3.connect(without_plan)) as connection:
        connection.execute("CREATE TABLE t (c)")
    return folder


@pytest.fixture
def workspace(template: Path, tmp_path: Path) -> Path:
    shutil.copytree(template, tmp_path / "workspace")
    return tmp_path / "workspace"


def refused(error: StoreError, *codes: str) -> None:
    """The error names the newest backup that is whole, and the command that brings it back."""
    found = error.diagnostics[0]
    assert found.code in codes, found
    assert (
        found.help.startswith("`docrel restore --db ") and "missions.db.000001-20251120T100000Z-backup.db" in found.help
    ), found.help


@pytest.mark.parametrize("phase", ["sql-only", "sql-primary"])
def test_where_the_database_leads(workspace: Path, lose: Callable[[Path], str], phase: str) -> None:
    if phase == "sql-primary":
        with Workspace(workspace) as opened:
            opened.rollback("sql-primary")
    code = lose(workspace / STATE / "missions.db")
    before = {path.name for path in (workspace / STATE).iterdir()}
    with Workspace(workspace) as opened:
        with pytest.raises(StoreError) as caught:
            opened.read("active_mission")
        refused(caught.value, "S456" if code == "S456" else "T611")
        with pytest.raises(StoreError) as caught:
            opened.write("active_mission", {"a": 1})
        refused(caught.value, "S456" if code == "S456" else "T611")
    assert {path.name for path in (workspace / STATE).iterdir()} <= before, "nothing was made"


def test_while_files_lead(workspace: Path, lose: Callable[[Path], str]) -> None:
    """The caller never hears of it; the database is not made anew beside its backups."""
    with Workspace(workspace) as opened:
        opened.rollback("dual-write")
    lose(workspace / STATE / "missions.db")
    with Workspace(workspace) as opened:
        opened.write("active_mission", {"mission_id": "m-1", "status": "paused"})
        assert opened.read("active_mission") == {"mission_id": "m-1", "status": "paused"}
        assert "backup" in opened.verify().faults[0]
        with pytest.raises(StoreError):
            opened.sync()


def test_a_mission_store(workspace: Path, lose: Callable[[Path], str]) -> None:
    database = workspace / STATE / "missions.db"
    lose(database)
    with pytest.raises(StoreError) as caught:
        MissionStore.open(workspace)
    refused(caught.value, "S452", "S456")
    with pytest.raises(StoreError) as caught:
        MissionStore(database)
    refused(caught.value, "S452", "S456")


def test_a_new_database_is_not_made_beside_backups(workspace: Path, lose: Callable[[Path], str]) -> None:
    database = workspace / STATE / "missions.db"
    lose(database)
    with pytest.raises(StoreError) as caught:
        open_store(database, load("missions").plan)
    refused(caught.value, "S452", "S456")


COMMANDS = [
    "import document.json --mapping missions --no-backup",
    "import document.json --no-backup",
    "export --all",
    "validate",
    "diff {db} missions",
    "diff missions@1 missions@2 --check",
    "migrate plan --to missions",
    "migrate apply --to missions",
    "migrate down --to missions@1",
    "migrate history",
    "backup",
    "archive --where true",
    "archive --list",
    "restore --key m-1",
    "maintain",
    "promote {db}",
]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("lose", ["gone", "no_tables", "no_plan"], indirect=True)
def test_commands(workspace: Path, command: str, lose: Callable[[Path], str], monkeypatch: pytest.MonkeyPatch) -> None:
    database = workspace / STATE / "missions.db"
    (workspace / "document.json").write_text(DOCUMENT)
    monkeypatch.chdir(workspace)
    lose(database)
    before = sorted(path.name for path in backups(database))
    arguments = command.format(db=database).split()
    if "{db}" not in command:
        arguments += ["--db", str(database)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1, result.output
    assert (
        "`docrel restore --db " in result.stderr and "missions.db.000001-20251120T100000Z-backup.db" in result.stderr
    ), result.stderr
    assert sorted(path.name for path in backups(database)) == before, "an empty backup would push out whole ones"


def test_doctor_tells(workspace: Path, lose: Callable[[Path], str]) -> None:
    lose(workspace / STATE / "missions.db")
    result = CliRunner().invoke(main, ["doctor", "--db", str(workspace / STATE / "missions.db")])
    assert result.exit_code == 1 and "missions.db.000001-20251120T100000Z-backup.db" in result.output


def test_the_command_that_is_named_brings_it_back(workspace: Path, lose: Callable[[Path], str]) -> None:
    database = workspace / STATE / "missions.db"
    lose(database)
    with pytest.raises(StoreError) as caught:
        open_store(database)
    command = caught.value.diagnostics[0].help.split("`")[1].split()
    result = CliRunner().invoke(main, command[1:])
    assert result.exit_code == 0, result.output
    with Workspace(workspace) as opened:
        assert opened.read("active_mission") == {"mission_id": "m-1", "status": "active"}


def test_without_backups(tmp_path: Path, lose: Callable[[Path], str]) -> None:
    """A new database is made where the caller says so; not over tables that have lost their plan."""
    database = tmp_path / "missions.db"
    MissionStore(database).close()
    code = lose(database)
    with pytest.raises(StoreError, match=code):
        open_store(database)
    if code == "S456":
        with pytest.raises(StoreError, match=code):
            open_store(database, load("missions").plan)
    else:
        open_store(database, load("missions").plan).close()
        assert len(open_store(database)) == 0


def test_a_log_whose_database_is_gone(tmp_path: Path) -> None:
    """SQLite would throw the log away as soon as it makes a new file."""
    database = tmp_path / "missions.db"
    with MissionStore(database) as store:
        store.insert_mission("m-1", "CODING", "in_progress")
        shutil.copy(f"{database}-wal", tmp_path / "log")
    database.write_bytes(b"")
    shutil.copy(tmp_path / "log", f"{database}-wal")
    with pytest.raises(StoreError, match="S455"):
        open_store(database, load("missions").plan)
    with pytest.raises(StoreError, match="S455"):
        MissionStore(database)
    assert Path(f"{database}-wal").read_bytes() == (tmp_path / "log").read_bytes()
