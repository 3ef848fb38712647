"""The commands about missions, and upkeep of their database, as a user types them in a workspace."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from docrel.cli import main
from docrel.missions import MissionStore
from docrel.transition import DATABASE

MISSION = {
    "mission_id": "genesis",
    "status": "active",
    "created_at": "2025-11-20T00:00:00Z",
    "phase": "CODING",
}
DB = ".vibe/state/missions.db"


def run(*arguments: str, status: int = 0) -> str:
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == status, result.output + result.stderr
    return result.output


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".vibe/state").mkdir(parents=True)
    (tmp_path / ".vibe/state/active_mission.json").write_text(json.dumps(MISSION, indent=4))
    return tmp_path


@pytest.fixture
def filled(workspace: Path) -> Path:
    with MissionStore(workspace / DB) as store:
        store.insert_mission("old", "PRODUCTION", "completed", completed_at="2025-01-01T00:00:00Z")
        store.insert_mission("new", "CODING", "in_progress")
        store.set_memory("new", "k", 1, ttl=0)
    return workspace


@pytest.mark.parametrize("db", [("--db", DB), ()])
def test_the_seed_plans_command_lines(db: tuple[str, ...], workspace: Path) -> None:
    run("missions", "import", "--input", ".vibe/state/", *db, "--dry-run")
    assert not Path(DB).exists()
    run("missions", "import", "--input", ".vibe/state/", *db)
    assert "nothing to do" in run("missions", "import", "--input", ".vibe/state/", *db)
    back = ".vibe/state/active_mission_rollback.json"
    run("missions", "export", *db, "--mission-uuid", "genesis", "--output", back)
    assert json.loads((workspace / back).read_text()) == MISSION
    run("missions", "export", *db, "--output", "exported.json")
    assert json.loads((workspace / "exported.json").read_text()) == MISSION
    assert "Table 'missions' exists" in run("validate", "--db", DB)


def test_a_mission_that_does_not_name_itself(workspace: Path) -> None:
    (workspace / ".vibe/project_memory.json").write_text('{"narrative": []}')
    run("missions", "import", ".vibe/project_memory.json", "--mission-uuid", "it's")
    assert json.loads(run("missions", "export", "--mission-uuid", "it's")) == {"narrative": []}


def test_the_database_is_that_of_the_workspace() -> None:
    assert str(DATABASE) == DB
    for name in ("import", "export", "archive", "expire"):
        assert f"default: {DB}" in " ".join(run("missions", name, "--help").split())


def test_other_databases_are_refused(workspace: Path) -> None:
    isbn = "{isbn: {type: text, required: true, unique: true}}"
    (workspace / "books.yaml").write_text(
        f"mapping: books\ndocument: {{key: isbn}}\ntables: {{books: {{columns: {isbn}}}}}\n"
    )
    (workspace / "book.json").write_text('{"isbn": "1"}')
    run("import", "book.json", "--mapping", "books.yaml", "--db", "books.db")
    for name, *more in (("import", "book.json"), ("export",), ("archive",), ("expire",)):
        assert "is a database of books, not of missions" in run("missions", name, *more, "--db", "books.db", status=2)


def test_archive_and_restore(filled: Path) -> None:
    assert "1 document would move" in run("missions", "archive", "--dry-run")
    assert "0 documents would move" in run("missions", "archive", "--older-than", "10000d")
    assert "1 document moved" in run("missions", "archive", "--older-than", "30d")
    assert run("archive", "--list", "--db", DB).strip() == "old"
    with MissionStore(filled / DB) as store:
        assert store.get_mission("old") is None
    assert "1 document restored" in run("restore", "--key", "old", "--db", DB)
    with MissionStore(filled / DB) as store:
        assert store.get_mission("old").status == "completed"
    assert "archive is empty" in run("archive", "--list", "--db", DB)
    run("archive", "--db", DB, status=2)
    assert "S420" in CliRunner().invoke(main, ["restore", "--key", "nobody", "--db", DB]).stderr


def test_backup_keeps_some_and_restores(filled: Path) -> None:
    run("backup", "--db", DB)
    assert "recent enough" in run("backup", "--every", "1d", "--db", DB)
    for _ in range(3):
        run("backup", "--keep", "2", "--db", DB)
    assert len(list((filled / ".vibe/state/backups").iterdir())) == 2
    with MissionStore(filled / DB) as store:
        store.delete_mission("new")
    assert "before-restore" in run("restore", "--backup", "--db", DB)
    with MissionStore(filled / DB) as store:
        assert store.get_mission("new") is not None


def test_maintain_and_expire(filled: Path) -> None:
    output = run("maintain", "--vacuum", "--alert", "0.001", "--db", DB)
    assert "vacuumed" in output and "memor" not in output
    assert "1 memory forgotten" in run("missions", "expire")
    assert json.loads(run("missions", "expire", "--format", "json")) == {"expired": 0}


def test_doctor(workspace: Path) -> None:
    run("transition", "advance")
    assert f"there is no backup\n   `docrel backup --db {DB}` makes one" in run("missions", "doctor", status=1)
    run("backup", "--db", DB)
    run("missions", "doctor")
    (workspace / ".vibe/state/active_mission.json").write_text("{}")
    assert "active_mission" in run("missions", "doctor", status=1)
    assert "active_mission" not in run("doctor", "--db", DB)
    run("transition", "sync")
    run("missions", "doctor")
    with sqlite3.connect(workspace / DB) as connection:
        connection.execute("DROP INDEX idx_missions_phase")
    assert "idx_missions_phase" in run("missions", "doctor", status=1)
    assert "idx_missions_phase" in run("doctor", "--db", DB, status=1)


def test_doctor_of_a_damaged_database(filled: Path) -> None:
    run("backup", "--db", DB)
    (filled / DB).write_bytes(b"no database at all" * 500)
    assert "cannot be used" in run("missions", "doctor", status=1)
    run("restore", "--backup", "--db", DB)
    run("missions", "doctor")
