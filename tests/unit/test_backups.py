"""Backups: whose they are, their order, which of them stay, and what a restore does to a database and to its users."""

from __future__ import annotations

import os
import re
import resource
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from versions import V1, edited, plan

from docrel.backends import open_file
from docrel.cli import main
from docrel.diagnostics import DocrelError, StoreError
from docrel.files import Scratch, names_in
from docrel.migrate import apply
from docrel.store import (
    backup,
    backups,
    catalogue,
    databases_put_aside,
    fault_of_file,
    open_store,
    restore_backup,
    saved,
    unfinished_backups,
)
from docrel.store.backup_files import folder_of

NAMES = (
    "missions.db", "missions_archive.db", "missions.db.db", "missions", "missions.sqlite", "MISSIONS-2.db",
    "missions_20251120T101500Z.db", "missions.db.000001-20251120T101500Z-backup.db", "m*.db", "m[12].db", "m1.db",
    "m?.db", "m.+.db", "new\nline.db", "-", "é.db",
)  # fmt: skip


def clock() -> str:
    return "2025-11-20T10:15:00Z"


def database(path: Path, *keys: str) -> Path:
    with open_store(path, plan(V1)) as store:
        for key in keys:
            store.put({"number": key})
    return path


def keys(path: Path) -> list[str]:
    with open_store(path, create=False) as store:
        return sorted(store.keys())


def copied(path: Path, count: int = 1, keep: int = 7) -> list[Path]:
    with closing(open_file(path)) as backend:
        made = [backup(backend, keep=keep, clock=clock) for _ in range(count)]
    return [path for path in made if path is not None]


def fails(code: str, database: Path, source: Path) -> str:
    with pytest.raises(StoreError) as caught:
        restore_backup(database, source, timeout_s=0.1)
    assert [found.code for found in caught.value.diagnostics] == [code]
    return caught.value.diagnostics[0].help


# -- whose they are, and their order --------------------------------------------------------------------------


def test_a_backup_belongs_to_one_database_whatever_their_names(tmp_path: Path) -> None:
    made = {name: copied(database(tmp_path / name, name), 2) for name in NAMES}
    assert {name: backups(tmp_path / name) for name in NAMES} == made
    assert len(names_in(tmp_path / "backups")) == 2 * len(NAMES)
    last = {name: copied(tmp_path / name, keep=1) for name in NAMES}
    assert {name: backups(tmp_path / name) for name in NAMES} == last
    for name in NAMES:
        database(tmp_path / name, "late")
        restore_backup(tmp_path / name, backups(tmp_path / name)[-1])
        assert keys(tmp_path / name) == [name]


def test_those_of_an_earlier_docrel_are_seen_come_first_and_stay(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db", "a")
    (tmp_path / "backups").mkdir()
    old = [
        tmp_path / "m.db.v2-20251118T101500Z.bak",
        tmp_path / "m.db.v2-20251118T101500Z.2.bak",
        tmp_path / "m.db.backup-20251119T101500Z",
        tmp_path / "m.db.backup-20251119T101500Z-2",
        tmp_path / "m.db.backup-20251119T101500Z-10",
        tmp_path / "backups/m_20251120T101500Z.db",
        tmp_path / "backups/m_20251120T101500Z-2.db",
    ]
    others = ["m.db.backup-x", "m.db.bak", "backups/m_archive_20251120T101500Z.db", "backups/m_20251120T101500Z.db~"]
    for name in [*old, *(tmp_path / name for name in others)]:
        name.write_bytes(path.read_bytes())
    made = copied(path, 3, keep=1)
    assert backups(path) == [*old, made[-1]]
    assert [b.kind for b in catalogue(path)] == ["migrate"] * 2 + ["import"] * 3 + ["backup"] * 3
    assert backups(tmp_path / "m_archive.db") == [tmp_path / "backups/m_archive_20251120T101500Z.db"]
    assert backups(tmp_path / "m.sqlite") == [] == backups(tmp_path / "M.db")


def test_the_newest_is_the_last_one_made_also_within_a_second_and_when_clocks_go_back(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db")
    times = iter(["2025-11-20T10:15:00Z"] * 3 + ["2025-11-01T00:00:00Z"] * 2 + ["no time at all"])
    with closing(open_file(path)) as backend:
        made = [backup(backend, clock=lambda: next(times)) for _ in range(6)]
    assert backups(path) == made
    assert [b.number for b in catalogue(path)] == [1, 2, 3, 4, 5, 6]


def test_a_number_is_higher_than_any_that_is_there(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db")
    first, *_ = copied(path)
    first.rename(first.with_name(first.name.replace("000001", "999999")))
    copied(path)
    assert [b.number for b in catalogue(path)] == [999_999, 1_000_000]


def test_it_is_as_open_as_the_database_and_one_file(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db", "a")
    path.chmod(0o640)
    with open_store(path):  # in WAL mode
        (made,) = copied(path)
    assert made.stat().st_mode & 0o777 == 0o640
    assert fault_of_file(made) == "" and names_in(made.parent) == [made.name]


# -- which of them stay ---------------------------------------------------------------------------------------


def test_each_kind_has_its_own_seven(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db")
    daily = copied(path)
    with closing(open_file(path)) as backend:
        for _ in range(9):
            with saved(backend, "import"):
                pass
    assert backups(path)[0] == daily[0]
    assert [b.number for b in catalogue(path)] == [1, *range(4, 11)]


def test_one_that_is_in_use_is_not_pruned(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db")
    with closing(open_file(path)) as backend, closing(open_file(path)) as other:
        with saved(backend, "import", keep=1) as first:
            for _ in range(3):
                with saved(other, "import", keep=1) as last:
                    pass
            assert backups(path) == [first.path, last.path]
        with saved(backend, "import", keep=1) as last:
            pass
        assert backups(path) == [last.path]


def test_one_that_a_migration_names_is_not_pruned(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db", "a")
    texts = [edited(("      rest:", f"      n{n}: integer\n      rest:"), version=n) for n in range(2, 6)]
    made = [done.backup for new in texts if (done := apply(path, new)) is not None]
    with closing(open_file(path)) as backend, saved(backend, "migrate", keep=1) as late:
        pass
    assert backups(path) == [*made, late.path]
    with closing(open_file(path)) as backend:
        backend.execute("DROP TABLE _docrel_history")
        with saved(backend, "migrate", keep=1) as last:
            pass
    assert backups(path) == [last.path]


def test_a_migration_that_fails_leaves_no_backup(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db", "a")
    with pytest.raises(DocrelError, match="D3"):
        apply(path, edited(("note: text", "note: {type: text, required: true}")))
    assert folder_of(path).exists() and backups(path) == []


def test_only_its_maker_discards_a_backup(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db")
    with closing(open_file(path)) as backend:
        with saved(backend, "import", clock=clock) as mine:
            mine.path.unlink()
            with saved(backend, "import", clock=clock) as others:
                assert mine.path == others.path
                mine.discard()
            assert backups(path) == [others.path]
        with saved(backend, "import", clock=clock) as again:
            again.discard()
    assert backups(path) == [others.path]


def test_what_a_killed_maker_left_is_told_and_removed_by_the_next_backup(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db")
    folder_of(path).mkdir()
    left = [tmp_path / ".m.db.abcdefgh.making", folder_of(path) / ".m.db.ijklmnop.making"]
    others = [tmp_path / ".m_archive.db.abcdefgh.making", tmp_path / ".m.db.making"]
    for name in [*left, *others, Path(f"{left[0]}-wal")]:
        name.write_bytes(b"half")
    with closing(Scratch(tmp_path, "m.db", like=path)) as alive:
        assert sorted(unfinished_backups(path)) == sorted(left)
        copied(path)
        assert unfinished_backups(path) == [] and alive.path.exists()
    assert sorted(tmp_path.glob(".*")) == sorted(others)


def test_on_a_full_disk_nothing_half_written_has_a_name(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db", *map(str, range(50)))
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
        done = CliRunner().invoke(main, ["backup", "--db", str(path)])
        os._exit(0 if done.exit_code == 1 and "error[S40" in done.stderr else 3)
    assert os.waitpid(child, 0)[1] == 0
    assert backups(path) == [] and unfinished_backups(path) == [] and names_in(folder_of(path)) == []


def test_a_restore_onto_a_full_disk_changes_nothing(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db", *(f"{n}-{'long' * 5000}" for n in range(20)))
    copied(path)
    with closing(open_file(path)) as backend:
        backend.execute("DELETE FROM orders")
        backend.execute("INSERT INTO orders (number) VALUES ('b')")
        backend.execute("VACUUM")
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))  # for the copy of the old, not for the new
        done = CliRunner().invoke(main, ["restore", "--backup", "--db", str(path)])
        os._exit(0 if done.exit_code == 1 and "error[S40" in done.stderr else 3)
    assert os.waitpid(child, 0)[1] == 0
    assert keys(path) == ["b"] and fault_of_file(path) == "" and unfinished_backups(path) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db")
    (tmp_path / "backups").write_text("no folder")
    with closing(open_file(path)) as backend, pytest.raises(StoreError, match=r"(?s)S461.*move the file away"):
        backup(backend)
    assert (tmp_path / "backups").read_text() == "no folder"


def test_a_damaged_database_gives_no_backup(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db", "a")
    damage(path)
    with closing(open_file(path)) as backend, pytest.raises(StoreError, match="S441"):
        backup(backend)
    assert names_in(folder_of(path)) == []


# -- restore --------------------------------------------------------------------------------------------------


def damage(path: Path) -> None:
    """Overwrite the root page of an index, so that SQLite still opens the file."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        ((page,),) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'idx_state'")
        ((size,),) = connection.execute("PRAGMA page_size")
    data = bytearray(path.read_bytes())
    data[(page - 1) * size : page * size] = b"\xff" * size
    path.write_bytes(data)
    assert fault_of_file(path)


@contextmanager
def process_with(path: Path, *statements: str) -> Iterator[None]:
    """Another process that is connected to a database and has run statements."""
    ready, told = os.pipe()
    ending, end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(end)
        connection = sqlite3.connect(path, isolation_level=None)
        for statement in statements:
            connection.execute(statement).fetchall()
        os.write(told, b".")
        os.read(ending, 1)
        os._exit(0)
    os.close(ending)
    os.read(ready, 1)
    try:
        yield
    finally:
        os.close(end)
        os.waitpid(child, 0)


def test_what_was_there_is_kept_with_its_last_commits(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db", "a")
    (made,) = copied(path)
    with open_store(path) as store:  # its commits are in the log only
        store.put({"number": "b"})
        aside = restore_backup(path, made, clock=clock)
        assert aside == folder_of(path) / "m.db.000002-20251120T101500Z-before-restore.db"
        assert keys(aside) == ["a", "b"] and list(store.keys()) == ["a"]
        store.put({"number": "c"})
    assert keys(path) == ["a", "c"]
    assert backups(path) == [made], "what a restore kept is no choice of the next one"


def test_the_newest_backup_is_one_that_still_says_what_it_is(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db", "a")
    (made,) = copied(path)
    database(path, "b")
    later = copied(path)[-1]
    with closing(sqlite3.connect(later)) as db, db:
        db.execute("DELETE FROM _docrel WHERE name = 'plan'")
    done = CliRunner().invoke(main, ["restore", "--backup", "--db", str(path)])
    assert (done.exit_code, keys(path)) == (0, ["a"]), done.output
    assert f"{path} is as in {made}" in done.output


def test_the_same_restore_twice_gives_the_same(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db", "a")
    copied(path)
    database(path, "b")
    for _ in range(2):
        done = CliRunner().invoke(main, ["restore", "--backup", "--db", str(path)])
        assert done.exit_code == 0 and "000001" in done.stdout
        assert keys(path) == ["a"]


def test_the_oldest_can_be_restored_though_newer_ones_are_kept_meanwhile(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db", "a")
    (made,) = copied(path)
    asides = []
    for n in range(8):
        database(path, str(n))
        asides.append(restore_backup(path, made))
    database(path, "last")
    oldest = next(aside for aside in asides if aside is not None and aside.exists())
    restore_backup(path, oldest)
    assert keys(path) == ["1", "a"] and oldest.exists()


def test_who_reads_goes_on_and_then_sees_the_backup(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db", "a")
    (made,) = copied(path)
    with open_store(path) as store:
        store.put({"number": "b"})
        with closing(open_file(path)) as reader:
            with reader.snapshot():
                assert reader.execute("SELECT count(*) FROM orders") == [(2,)]
                restore_backup(path, made)
                assert reader.execute("SELECT count(*) FROM orders") == [(2,)]
            assert reader.execute("SELECT count(*) FROM orders") == [(1,)]


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_who_writes_is_waited_for_and_then_told(tmp_path: Path, mode: str) -> None:
    path = database(tmp_path / "m.db", "a")
    (made,) = copied(path)
    write = ("BEGIN IMMEDIATE", "UPDATE orders SET note = 'x'")
    with process_with(path, f"PRAGMA journal_mode = {mode}", *write):
        fails("S402" if mode == "WAL" else "S462", path, made)
    assert keys(path) == ["a"] and databases_put_aside(path) == []
    assert len(names_in(folder_of(path))) == 1


def test_an_error_while_the_old_content_is_kept_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = database(tmp_path / "m.db", "a")
    (made,) = copied(path)
    database(path, "b")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    assert "make room" in fails("S461", path, made)
    assert keys(path) == ["a", "b"] and unfinished_backups(path) == []


def test_a_database_with_a_damaged_page_is_put_aside_as_it_is(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db", "a")
    (made,) = copied(path)
    database(path, "b")
    damage(path)
    aside = restore_backup(path, made, clock=clock)
    assert aside == tmp_path / "m.db.damaged-20251120T101500Z" and fault_of_file(aside)
    assert keys(path) == ["a"] and backups(path) == [made]


def test_one_that_is_no_database_is_renamed_and_nothing_is_replaced(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db", "a")
    (made,) = copied(path)
    for n in (1, 2):
        path.write_bytes(b"rubbish %d" % n * 1000)
        Path(f"{path}-wal").write_bytes(b"log %d" % n)
        assert restore_backup(path, made, clock=clock) is not None
        assert keys(path) == ["a"]
    first, second, other_log, log = databases_put_aside(path)
    assert (first.read_bytes()[:9], log.read_bytes()) == (b"rubbish 1", b"log 1")
    assert (second.read_bytes()[:9], other_log.read_bytes()) == (b"rubbish 2", b"log 2")


def test_one_that_cannot_be_opened_but_is_still_written_to_stays(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db", "a")
    (made,) = copied(path)
    with process_with(path, "PRAGMA journal_mode = WAL", "SELECT count(*) FROM orders"):
        with path.open("rb+") as file:
            file.write(b"rubbish" * 100)
        Path(f"{path}-wal").unlink()
        fails("S462", path, made)
    assert restore_backup(path, made) is not None and keys(path) == ["a"]


def test_where_no_database_is_an_old_log_is_not_taken_for_its_own(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db", "a")
    (made,) = copied(path)
    with open_store(path) as store:
        store.put({"number": "b"})
        log = Path(f"{path}-wal").read_bytes()
    path.unlink()
    Path(f"{path}-wal").write_bytes(log)
    assert restore_backup(path, made) is None
    assert keys(path) == ["a"]


def test_an_empty_file_gets_the_content_and_nothing_is_kept_of_it(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db", "a")
    (made,) = copied(path)
    path.write_bytes(b"")
    assert restore_backup(path, made) is None
    assert keys(path) == ["a"] and databases_put_aside(path) == []


def test_a_link_to_a_database_stays_one(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    target = database(tmp_path / "disk/real.db", "a")
    path = tmp_path / "m.db"
    path.symlink_to(target)
    (made,) = copied(path)
    target.write_bytes(b"rubbish" * 1000)
    restore_backup(path, made)
    assert path.is_symlink() and keys(target) == ["a"]


@pytest.mark.parametrize("content", [b"", b"rubbish" * 1000, None])
def test_what_is_no_whole_backup_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path, source = database(tmp_path / "m.db", "a"), tmp_path / "source.db"
    if content is not None:
        source.write_bytes(content)
    fails("S401" if content is None else "S441", path, source)
    assert keys(path) == ["a"]


def test_pages_of_another_size_are_refused(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db", "a")
    (made,) = copied(path)
    with closing(sqlite3.connect(made)) as connection:
        connection.executescript("PRAGMA page_size = 8192; VACUUM")
    assert "rename the file first" in fails("S462", path, made)
    path.rename(tmp_path / "old.db")
    restore_backup(path, made)
    assert keys(path) == ["a"]


# -- doctor ---------------------------------------------------------------------------------------------------


def test_doctor_lists_them_all(tmp_path: Path) -> None:
    path = database(tmp_path / "m.db", "a")
    (first,) = copied(path)
    with closing(open_file(path)) as backend:
        second = backup(backend)
    (tmp_path / "m.db.backup-20251119T101500Z").write_bytes(b"")
    path.write_bytes(b"rubbish" * 1000)
    assert second is not None
    restore_backup(path, second)
    (folder_of(path) / ".m.db.ijklmnop.making").write_bytes(b"half")
    done = CliRunner().invoke(main, ["doctor", "--db", str(path)])
    text = " ".join(done.stdout.split())
    assert re.search(r"m\.db\.backup-20251119T101500Z: before an import, \d+ d old, damaged: [a-z ]*empty", text)
    assert f"{first.name}: made by `docrel backup`, " in text
    assert re.search(rf"{second.name}: made by `docrel backup`, \d+ s old, whole", text)
    assert "m.db.damaged-" in text and "1 backups that were never finished" in text
    copied(path)
    assert "never finished" not in CliRunner().invoke(main, ["doctor", "--db", str(path)]).stdout
