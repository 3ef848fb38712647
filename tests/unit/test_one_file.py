"""An open database is one file: wherever the program goes, and whatever becomes of its name meanwhile."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import pytest
from click.testing import CliRunner
from versions import V1, edited, plan

from docrel.backends import open_file
from docrel.backends.sqlite.file import SQLiteFile
from docrel.cli import main
from docrel.diagnostics import StoreError
from docrel.files import names_in
from docrel.migrate import apply
from docrel.store import Store, backup, backups, carried_plan, open_store, saved
from docrel.transition import Workspace

T = TypeVar("T")


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to go to; the program is beside it, in another."""
    for name in ("here", "elsewhere"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "elsewhere"


def made(path: str | Path) -> Store:
    store = open_store(path, plan(V1))
    store.put({"number": "a"})
    return store


def in_a_thread(work: Callable[[], T]) -> T:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


# -- the program goes elsewhere -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["m.db", "./m.db", "../here/m.db", "link/../m.db", "file:m.db?mode=memory", "m%41#é?.db"]
)
def test_a_new_thread_has_the_same_file(elsewhere: Path, path: str) -> None:
    Path("link").symlink_to(elsewhere / "deep/er")
    (elsewhere / "deep/er").mkdir(parents=True)
    with made(path) as store:
        os.chdir(elsewhere)
        assert in_a_thread(lambda: store.get("a")) == {"number": "a"}
        in_a_thread(lambda: store.put({"number": "b"}))
        assert list(store.keys()) == ["a", "b"] and store.backend.in_place
        assert names_in(elsewhere) == ["deep"]


def test_backups_stay_beside_the_database(elsewhere: Path) -> None:
    here = Path.cwd()
    with made("m.db") as store:
        os.chdir(elsewhere)
        assert store.backend.size().log > 0
        first = backup(store.backend)
        with saved(store.backend, "import") as kept:
            os.chdir(here.parent)
            kept.discard()
        os.chdir(elsewhere)
        done = apply(store.backend, edited(("note: text", "note: text\n      pages: integer")))
    assert done is not None and done.backup is not None and first is not None
    assert backups(here / "m.db") == [first, done.backup]
    assert names_in(elsewhere) == []


def test_commands_name_them_as_their_user_does(elsewhere: Path) -> None:
    made("m.db").close()
    Path("d.json").write_text('{"number": "b"}')
    Path("v2.yaml").write_text(
        V1.replace("version: 1", "version: 2").replace("note: text", "note: text\n      of: text")
    )
    for command in ("backup", "import d.json", "migrate apply --to v2.yaml", "restore --backup"):
        done = CliRunner().invoke(main, [*command.split(), "--db", "m.db"])
        assert done.exit_code == 0 and re.search(r"(?<!/)\bbackups/m\.db\.00000\d-", done.stdout), done.output


def test_errors_name_it_as_its_user_does(elsewhere: Path) -> None:
    here = Path.cwd()
    with made("m.db") as store:
        backup(store.backend)
        os.chdir(elsewhere)
        with pytest.raises(StoreError, match=r"^m\.db: error\[S420\]"):
            store.get("nothing")
        with pytest.raises(StoreError, match=r"S450.*and m\.db is read"):
            store.backup(here / "m.db")
        store.backend.execute("DELETE FROM _docrel")
        with pytest.raises(StoreError, match=r"^m\.db: error\[S456\](.|\n)*--db m\.db --backup backups/m\.db\.000001-"):
            carried_plan(store.backend)
        (here / "backups").rename(here / "b")
        (here / "backups").write_text("")
        with pytest.raises(StoreError, match=r"^backups: error\[S461\]: backups cannot be written"):
            backup(store.backend)


# -- its name goes elsewhere ----------------------------------------------------------------------------------


def renamed(path: Path) -> None:
    path.rename(path.with_name("renamed.db"))


def removed(path: Path) -> None:
    path.unlink()


def its_folder_renamed(path: Path) -> None:
    path.parent.rename(path.parent.with_name("renamed"))


def replaced_by_another(path: Path) -> None:
    renamed(path)
    made(path).close()


def replaced_by_an_empty_file(path: Path) -> None:
    renamed(path)
    path.write_bytes(b"")


def replaced_by_a_folder(path: Path) -> None:
    renamed(path)
    path.mkdir()


WAYS = [renamed, removed, its_folder_renamed, replaced_by_another, replaced_by_an_empty_file, replaced_by_a_folder]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("create", [True, False])
def test_a_new_thread_refuses_another_file_and_makes_none(
    elsewhere: Path, way: Callable[[Path], None], *, create: bool
) -> None:
    made(elsewhere / "m.db").close()
    with open_store(elsewhere / "m.db", plan(V1), create=create) as store:
        way(elsewhere / "m.db")
        before = {each: names_in(each) for each in (elsewhere, elsewhere.with_name("renamed"))}
        for _ in range(2):
            with pytest.raises(StoreError, match=r"m\.db: error\[S458\]"):
                in_a_thread(lambda: store.get("a"))
        assert {each: names_in(each) for each in before} == before
        assert store.get("a") == {"number": "a"}, "who has it open goes on"
        assert not store.backend.in_place


def test_where_the_name_comes_back_new_threads_go_on(elsewhere: Path) -> None:
    path = elsewhere / "m.db"
    with made(path) as store:
        path.rename(elsewhere / "other.db")
        with pytest.raises(StoreError, match="S458"):
            in_a_thread(lambda: store.get("a"))
        (elsewhere / "other.db").rename(path)
        assert in_a_thread(lambda: store.get("a")) == {"number": "a"}


def test_a_database_that_is_expected_is_never_made(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not either where it goes just after it was seen."""
    monkeypatch.setattr(SQLiteFile, "_refuse_absent", lambda self: None)
    with pytest.raises(StoreError), closing(open_file(elsewhere / "m.db")):
        pass
    assert names_in(elsewhere) == []


def test_a_workspace_stays_the_folder_that_it_was_opened_as(elsewhere: Path) -> None:
    with Workspace(".") as workspace:
        workspace.write("manifest", {"metadata": {"projectId": "a"}})
        before = sorted(Path.cwd().rglob("*"))
        here = Path.cwd()
        os.chdir(elsewhere)
        workspace.write("memory", {"narrative": []})
        assert workspace.read("manifest") == {"metadata": {"projectId": "a"}}
        assert len(sorted(here.rglob("*"))) > len(before)
        assert list(elsewhere.iterdir()) == []
