"""No command writes to what it reads, however the two are spelled."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest
from click.testing import CliRunner

from docrel.backends import refuse_same
from docrel.cli import main
from docrel.diagnostics import StoreError
from docrel.documents import Quarantine, reader, write_file, write_new, write_workspace
from docrel.files import identity, link_new, move_new, rename_new
from docrel.mapping import load
from docrel.spec import mapping_file
from docrel.store import open_store, restore_backup
from docrel.upkeep import open_archive

DOCUMENT = '{"active_mission": {"mission_id": "m-1", "status": "active"}}'


def plain(path: Path) -> str:
    return str(path)


def relative(path: Path) -> str:
    return f"../{path.parent.name}/./{path.name}"


def symbolic(path: Path) -> str:
    link = path.with_name(f"symbolic{path.suffix}")
    link.symlink_to(path)
    return str(link)


def hard(path: Path) -> str:
    link = path.with_name(f"hard{path.suffix}")
    os.link(path, link)
    return str(link)


def through_a_folder(path: Path) -> str:
    link = path.parent.parent / "folder"
    link.symlink_to(path.parent)
    return str(link / path.name)


def log(path: Path) -> str:
    return f"{path}-wal"


def index(path: Path) -> str:
    return f"{through_a_folder(path)}-shm"


SPELLINGS = [plain, relative, symbolic, hard, through_a_folder]
COMPANIONS = [log, index]

OVER_THE_DATABASE = [
    "export --db q.db --output {same}",
    "export --db q.db --all --output {same}",
    "export --db q.db --key m-1 --part $ --output {same}",
    "export --db q.db --table missions --output {same}",
    "get --db q.db m-1 --output {same}",
    "archive --db q.db --archive {same} --where true",
    "missions export --db q.db --output {same}",
    "missions import document.json --db q.db --quarantine {same}",
    "archive --db q.db --archive {same} --list",
    "restore --db q.db --archive {same} --key m-1",
    "restore --db q.db --backup {same}",
    "import document.json --db q.db --quarantine {same}",
    "import {same} --db q.db",
    "import --input {same} --db q.db",
    "promote q.db $.x --mapping mapping.yaml --output {same}",
    "promote q.db --output {same}",
]
"""The database is q.db; what is written or read beside it is the same file under another name."""
TEXT_OVER_A_DATABASE = ["schema --output {same}", "infer document.json --output {same}"]
OVER_OTHERS = [
    ("mapping.yaml", "import document.json --db q.db --mapping mapping.yaml --quarantine {same}"),
    ("mapping.yaml", "import document.json --db {same} --mapping mapping.yaml"),
    ("document.json", "import document.json --db q.db --quarantine {same}"),
    ("document.json", "import document.json --db {same} --mapping missions"),
    ("document.json", "infer document.json --output {same}"),
    ("docs/errors.md", "docs docs/errors.md --output docs"),
]
WITHOUT_A_SECOND_PLACE = {"confirm-key",
    "check", "explain", "ddl", "validate", "verify", "diff", "migrate", "transition", "backup", "maintain", "doctor",
    "query", "tables", "delete", "prune", "list", "completion",
}  # fmt: skip
"""They read, or write to a place of their own making, or change the one database that they are given."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    with open_store(folder / "q.db", load("missions").plan) as store:
        store.put({"active_mission": {"mission_id": "m-1", "status": "active"}, "x": 1})
    (folder / "document.json").write_text(DOCUMENT)
    shutil.copy(mapping_file("missions"), folder / "mapping.yaml")
    return folder


@pytest.fixture
def folder(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(template, tmp_path / "folder-1")
    monkeypatch.chdir(tmp_path / "folder-1")
    return tmp_path / "folder-1"


def run(folder: Path, command: str, status: int = 1) -> str:
    """Run a command that is to be refused, and see that it changed no file and made none."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    result = CliRunner().invoke(main, command.split())
    assert result.exit_code == status, result.output
    after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert after == before
    return result.stderr


@pytest.mark.parametrize("spelled", [plain, hard, log])
@pytest.mark.parametrize("command", OVER_THE_DATABASE)
def test_over_the_database(folder: Path, command: str, spelled: Callable[[Path], str]) -> None:
    error = run(folder, command.format(same=spelled(folder / "q.db")))
    assert "error[S450]" in error and "Traceback" not in error


@pytest.mark.parametrize("spelled", [relative, hard])
@pytest.mark.parametrize(("file", "command"), OVER_OTHERS[:-1])
def test_over_what_else_is_read(folder: Path, file: str, command: str, spelled: Callable[[Path], str]) -> None:
    assert "error[S450]" in run(folder, command.format(same=spelled(folder / file)))


def test_pages_over_a_mapping(folder: Path) -> None:
    mapping = folder / "docs/missions/v4/ddl.sql"
    mapping.parent.mkdir(parents=True)
    names = [path.name for path in _pages(folder)]
    for name in names:
        shutil.copy(folder / "mapping.yaml", mapping.with_name(name))
        assert "error[S450]" in run(folder, f"docs {mapping.with_name(name)} --output docs")


def _pages(folder: Path) -> list[Path]:
    CliRunner().invoke(main, ["docs", "mapping.yaml", "--output", "elsewhere"])
    pages = list((folder / "elsewhere").rglob("v4/*"))
    assert pages
    return pages


@pytest.mark.parametrize("spelled", [plain, symbolic, log])
def test_a_text_never_replaces_a_database(folder: Path, spelled: Callable[[Path], str]) -> None:
    name = spelled(folder / "q.db")
    assert "error[S451]" in run(folder, f"schema --output {name}")
    (folder / "other.db").write_bytes((folder / "q.db").read_bytes())
    assert "error[S451]" in run(folder, f"export --db other.db --output {name}")
    assert "error[S451]" in run(folder, f"import document.json --db other.db --quarantine {name}")
    with pytest.raises(StoreError, match="S451"):
        write_file(Path(name), [b"{}"])


def test_a_document_is_not_exported_over_its_database(folder: Path) -> None:
    """The files of a folder are named after documents, or by the mapping."""
    (folder / "q.db").rename(folder / "m-1.json")
    assert "error[S451]" in run(folder, f"export --db m-1.json --all --output {folder}")
    assert "error[S450]" in run(folder, "export --db m-1.json --output m-1.json")
    plan = load("missions").plan
    (folder / "m-1.json").rename(folder / "project_manifest.json")
    with pytest.raises(StoreError, match="S451"):
        write_workspace({"manifest": {}}, plan, folder)


def test_every_command_is_looked_at() -> None:
    commands = [*OVER_THE_DATABASE, *TEXT_OVER_A_DATABASE, *(command for _, command in OVER_OTHERS)]
    context = main.make_context("docrel", ["check", "missions"])
    assert {command.split()[0] for command in commands} | WITHOUT_A_SECOND_PLACE == set(main.list_commands(context))


@pytest.mark.parametrize("spelled", [*SPELLINGS, *COMPANIONS])
def test_functions(folder: Path, spelled: Callable[[Path], str]) -> None:
    same = Path(spelled(folder / "q.db"))
    with open_store(folder / "q.db") as store:
        with pytest.raises(StoreError, match="S450"):
            store.backup(same)
        with pytest.raises(StoreError, match="S450"):
            open_archive(store, same)
    with pytest.raises(StoreError, match="S450"):
        restore_backup(folder / "q.db", same)
    if same.exists():
        with pytest.raises(StoreError, match="S451"):
            Quarantine(same)
    with open_store(folder / "q.db") as store:
        assert len(store) == 1


def test_the_target_may_not_be_there_yet(folder: Path) -> None:
    (folder / "link.db").symlink_to(folder / "new.db")
    with pytest.raises(StoreError, match="S450"):
        refuse_same("new.db", folder / "link.db")
    refuse_same("new.db", "q.db", "-", ":memory:")
    refuse_same("-", "-")
    refuse_same(":memory:", ":memory:")


def test_a_quarantine_is_imported_into_itself(folder: Path) -> None:
    (folder / "bad.json").write_text('{"active_mission": {"mission_id": "m-2", "status": "no status"}}')
    CliRunner().invoke(main, ["import", "bad.json", "--db", "q.db", "--quarantine", "q.jsonl"])
    kept = (folder / "q.jsonl").read_text()
    (folder / "q.jsonl").write_text(kept.replace("no status", "active"))
    result = CliRunner().invoke(main, ["import", "q.jsonl", "--db", "q.db", "--quarantine", "q.jsonl"])
    assert result.exit_code == 0, result.output
    assert not (folder / "q.jsonl").exists()


@pytest.mark.parametrize("name", ["mapping.yaml", "docs/document.json", "q.jsonl.gz"])
def test_a_quarantine_is_refused_before_anything_is_imported(folder: Path, name: str) -> None:
    """The mapping is not named, as the database knows its own; a document is in a folder that is named."""
    (folder / "docs").mkdir()
    (folder / "document.json").rename(folder / "docs" / "document.json")
    assert "error[D343]" in run(folder, f"import docs --db q.db --quarantine {name}")
    assert "error[D343]" in run(folder, f"import docs --db new.db --mapping missions --quarantine {name}")


# -- new names never replace a file ------------------------------------------------------------------------


@pytest.fixture(params=["links", "no links"])
def disk(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A disk that knows second names of files, and one that does not."""

    def no_link(source: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    if request.param == "no links":
        monkeypatch.setattr("os.link", no_link)
    (tmp_path / "a").write_text("a")
    return tmp_path


def test_rename_new(disk: Path) -> None:
    rename_new(disk / "a", disk / "b")
    assert [path.name for path in disk.iterdir()] == ["b"]
    (disk / "a").write_text("another")
    with pytest.raises(FileExistsError):
        rename_new(disk / "a", disk / "b")
    assert ((disk / "a").read_text(), (disk / "b").read_text()) == ("another", "a")
    assert move_new(disk / "a", disk / "b") == disk / "b_2"
    assert ((disk / "b").read_text(), (disk / "b_2").read_text()) == ("a", "another")


def test_a_rename_that_was_cut_short(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    link_new(tmp_path / "a", tmp_path / "b")
    rename_new(tmp_path / "a", tmp_path / "b")
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


def test_write_new(disk: Path) -> None:
    assert write_new(disk / "a", [b"new"]) == disk / "a_2"
    assert ((disk / "a").read_text(), (disk / "a_2").read_text()) == ("a", "new")
    assert {path.name for path in disk.iterdir()} == {"a", "a_2"}


# -- a database among the documents, or under the name of a log ------------------------------------------------


@pytest.mark.parametrize("spell", [plain, symbolic, hard])
def test_a_database_in_the_folder_that_is_imported_is_not_read(
    tmp_path: Path, spell: Callable[[Path], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "z.json").write_text(DOCUMENT)
    database = folder / "all.json"
    importing = ["import", str(folder), "--mapping", "missions", "--db", str(database), "--key-from-name"]
    assert CliRunner().invoke(main, importing).exit_code in {0, 1}
    spell(database)
    opened: list[object] = []

    def watched(path: Path) -> BinaryIO:
        opened.append(identity(path))
        return path.open("rb")

    monkeypatch.setattr(reader, "opened", watched)
    result = CliRunner().invoke(main, importing)
    assert "error[S450]" in result.stderr and "it is not read" in result.stderr
    assert result.exit_code == 1
    assert opened == [identity(folder / "z.json")]
    with open_store(database, create=False) as store:
        assert len(store) == 1


@pytest.mark.parametrize("suffix", ["-wal", "-journal", "-shm"])
def test_no_database_is_made_under_the_name_of_a_log(tmp_path: Path, suffix: str) -> None:
    with open_store(tmp_path / "m.db", load("missions").plan) as store:
        store.put({"active_mission": {"mission_id": "m-1"}})
        other = tmp_path / f"other.db{suffix}"
        for make in (
            lambda: open_store(other, store.plan),
            lambda: open_archive(store, other),
            lambda: store.backup(other),
        ):
            with pytest.raises(StoreError, match="S465"):
                make()
        assert not other.exists()
        assert len(store) == 1
