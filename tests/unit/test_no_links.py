"""Disks whose files have one name only: whatever makes or restores a backup works there as well."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from versions import V1, edited, plan

from docrel.backends import open_file
from docrel.backends.sqlite import replacing
from docrel.cli import main
from docrel.diagnostics import StoreError
from docrel.files import names_in
from docrel.migrate import apply
from docrel.store import backup, backups, catalogue, databases_put_aside, fault_of_file, open_store, restore_backup
from docrel.store.backup_files import folder_of


@pytest.fixture(autouse=True)
def no_links(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: object, target: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), str(source))

    monkeypatch.setattr(os, "link", refuse)


def database(path: Path, *keys: str) -> Path:
    with open_store(path, plan(V1)) as store:
        for key in keys:
            store.put({"number": key})
    return path


def keys(path: Path) -> list[str]:
    with open_store(path, create=False) as store:
        return sorted(store.keys())


def copied(path: Path, keep: int = 7) -> Path:
    with open_store(path, create=False) as store:
        made = backup(store.backend, keep=keep)
    assert made is not None
    return made


def made(path: Path) -> list[str]:
    """Return the kinds of the backups; they are whole, and all that there is."""
    assert names_in(folder_of(path)) == [each.path.name for each in catalogue(path)]
    assert [fault for each in catalogue(path) if (fault := fault_of_file(each.path))] == []
    return [each.kind for each in catalogue(path)]


def test_a_backup(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db", "a")
    first, second = copied(path), copied(path, keep=1)
    assert backups(path) == [second] and not first.exists() and keys(second) == ["a"]
    assert made(path) == ["backup"]


def test_an_import_over_data(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db", "a")
    (tmp_path / "b.json").write_text('{"number": "b"}')
    for kinds in (["import"], ["import"]):  # the second writes nothing and removes its own
        done = CliRunner().invoke(main, ["import", str(tmp_path / "b.json"), "--db", str(path)])
        assert done.exit_code == 0, done.output
        assert made(path) == kinds
    assert keys(path) == ["a", "b"]


def test_a_migration(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db", "a")
    with closing(open_file(path)) as backend:
        apply(backend, edited(("note: text", "note: text\n      more: text")))
    assert made(path) == ["migrate"] and keys(path) == ["a"]


def test_a_restore(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db", "a")
    source = copied(path)
    database(path, "b")
    aside = restore_backup(path, source)
    assert aside is not None and keys(aside) == ["a", "b"]
    assert keys(path) == ["a"] and made(path) == ["backup", "before-restore"]


def torn(path: Path) -> None:
    with path.open("rb+") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096)


def rubbish(path: Path) -> None:
    path.write_bytes(b"rubbish" * 1000)
    Path(f"{path}-wal").write_bytes(b"log")


@pytest.mark.parametrize("damage", [torn, rubbish])
def test_a_restore_over_a_damaged_database(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    path = database(tmp_path / "m.db", "a")
    source = copied(path)
    damage(path)
    before = path.read_bytes()
    aside = restore_backup(path, source)
    assert aside is not None and aside.name.startswith("m.db.damaged-") and len(aside.read_bytes()) == len(before)
    assert keys(path) == ["a"] and made(path) == ["backup"]
    logs = ["-wal"] if damage is rubbish else []
    assert names_in(tmp_path) == ["backups", "m.db", aside.name, *(f"{aside.name}{log}" for log in logs)]


def test_a_restore_where_no_database_is(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db", "a")
    source = copied(path)
    path.unlink()
    assert restore_backup(path, source) is None and keys(path) == ["a"]


def test_a_restore_that_was_cut_short_is_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = database(tmp_path / "m.db", "a")
    source = copied(path)
    rubbish(path)
    before = path.read_bytes()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(replacing, "rename_new", killed)
        restore_backup(path, source)
    assert not path.exists() and before in [each.read_bytes() for each in databases_put_aside(path)]
    assert restore_backup(path, source) is None and keys(path) == ["a"]


def test_a_file_that_came_between_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = database(tmp_path / "m.db", "a")
    source = copied(path)
    rubbish(path)
    monkeypatch.setattr(replacing, "sync_folder", lambda _: path.write_bytes(b"another"))
    with pytest.raises(StoreError, match="S461"):
        restore_backup(path, source)
    assert path.read_bytes() == b"another"
