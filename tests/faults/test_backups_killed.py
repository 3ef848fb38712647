"""Backups and restores that are killed at a system call, overtaken by other processes, or beside writers."""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from strace import DOCREL, kill_points, needs_strace

from docrel.backends import open_file
from docrel.cli import main
from docrel.store import (
    backup,
    backups,
    catalogue,
    databases_put_aside,
    fault_of_file,
    open_or_make,
    open_store,
    restore_backup,
    unfinished_backups,
)

FORK = multiprocessing.get_context("fork")
PROCESSES = 6
OLD, LATE = [f"old-{n}" for n in range(12)], "late"


def put(path: Path, *names: str, crash: bool = False) -> None:
    """Store missions in another process, which with `crash` leaves its commits in the log."""

    def work() -> None:
        store = open_or_make(path, "missions")
        for name in names:
            store.put({"active_mission": {"mission_id": name}})
        if crash:
            os._exit(0)
        store.close()

    process = FORK.Process(target=work)
    process.start()
    process.join()
    assert process.exitcode == 0


def names(path: Path) -> list[str]:
    with open_store(path, create=False) as store:
        assert store.backend.execute("PRAGMA integrity_check") == [("ok",)]
        return sorted(store.keys())


def copy(path: Path) -> Path | None:
    with closing(open_file(path)) as backend:
        return backup(backend)


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A folder with a database, a backup of it, and a commit since that is in the log only."""
    folder = tmp_path / "template"
    folder.mkdir()
    put(folder / "m.db", *OLD)
    copy(folder / "m.db")
    put(folder / "m.db", LATE, crash=True)
    assert (folder / "m.db-wal").stat().st_size
    return folder


def tidy(path: Path) -> None:
    """What a killed run left is known, and the next backup removes it; whatever has a backup's name is whole."""
    assert [fault for each in catalogue(path) if (fault := fault_of_file(each.path))] == []
    assert copy(path) is not None
    assert unfinished_backups(path) == []
    strays = {each.name for each in path.parent.rglob("*") if each.is_file()}
    known = {each.path.name for each in catalogue(path)} | {each.name for each in databases_put_aside(path)}
    assert strays - known <= {"m.db", "m.db-wal", "m.db-shm"}


def told(what: str, kills: int) -> None:
    print(f"\n{what}: killed at {kills} system calls, 0 lost")
    assert kills


@needs_strace
@pytest.mark.slow
def test_a_backup_is_killed_at_each_call(template: Path, tmp_path: Path) -> None:
    def command(folder: Path) -> Sequence[str | Path]:
        return [*DOCREL, "backup", "--keep", "1", "--db", folder / "m.db"]

    kills = 0
    for kill in kill_points(command, template, tmp_path):
        kills += 1
        path = kill.folder / "m.db"
        assert backups(path), kill.call
        assert names(path) == sorted([*OLD, LATE]), kill.call
        tidy(path)
    told("backup", kills)


def restoring(folder: Path) -> Sequence[str | Path]:
    return [*DOCREL, "restore", "--backup", "--db", folder / "m.db"]


@needs_strace
@pytest.mark.slow
def test_a_restore_is_killed_at_each_call(template: Path, tmp_path: Path) -> None:
    kills, before = 0, 0
    for kill in kill_points(restoring, template, tmp_path):
        kills += 1
        path = kill.folder / "m.db"
        found = names(path)
        before += LATE in found
        assert found in (sorted([*OLD, LATE]), sorted(OLD)), kill.call
        kept = [names(each.path) for each in catalogue(path) if each.kind == "before-restore"]
        assert LATE in found or sorted([*OLD, LATE]) in kept, kill.call
        assert CliRunner().invoke(main, ["restore", "--backup", "--db", str(path)]).exit_code == 0
        assert names(path) == sorted(OLD), kill.call
        tidy(path)
    told(f"restore ({before} times as before)", kills)
    assert before


@needs_strace
@pytest.mark.slow
@pytest.mark.parametrize("state", ["rubbish", "no database"])
def test_a_restore_without_a_database_that_opens_is_killed_at_each_call(
    template: Path, tmp_path: Path, state: str
) -> None:
    path = template / "m.db"
    path.unlink()
    if state == "rubbish":
        path.write_bytes(b"rubbish" * 1000)
    kills = 0
    for kill in kill_points(restoring, template, tmp_path):
        kills += 1
        path = kill.folder / "m.db"
        assert not path.exists() or path.read_bytes()[:7] == b"rubbish" or names(path) == sorted(OLD), kill.call
        if state == "rubbish":
            rubbish = [each for each in (path, *databases_put_aside(path)) if each.read_bytes() == b"rubbish" * 1000]
            assert rubbish, kill.call
        assert CliRunner().invoke(main, ["restore", "--backup", "--db", str(path)]).exit_code == 0
        assert names(path) == sorted(OLD), kill.call
        tidy(path)
    told(f"restore, {state}", kills)


# -- several processes ----------------------------------------------------------------------------------------


def at_once(work: Sequence[tuple[str, ...]]) -> None:
    """Run functions of this module, each with its arguments, in processes that begin together."""
    start = FORK.Event()

    def begin(function: str, *arguments: str) -> None:
        start.wait()
        globals()[function](*arguments)

    processes = [FORK.Process(target=begin, args=each) for each in work]
    for process in processes:
        process.start()
    start.set()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0] * len(work)


def several_copies(path: str, told: str) -> None:
    with closing(open_file(path)) as backend:
        made = [backup(backend, keep=1000, clock=lambda: "2025-11-20T10:15:00Z") for _ in range(4)]
    Path(told).write_text("".join(f"{each}\n" for each in made))


def test_backups_of_several_processes_in_one_second(tmp_path: Path) -> None:
    path = tmp_path / "m.db"
    put(path, *OLD)
    work = [("several_copies", str(path), str(tmp_path / f"told-{n}")) for n in range(PROCESSES)]
    at_once(work)
    made = [Path(line) for *_, name in work for line in Path(name).read_text().splitlines()]
    assert sorted(made) == backups(path) and len(set(made)) == 4 * PROCESSES
    assert [each.number for each in catalogue(path)] == [*range(1, 4 * PROCESSES + 1)]
    assert [fault_of_file(each) for each in made] == [""] * len(made)
    print(f"\n{len(made)} backups by {PROCESSES} processes in one second, 0 lost")


def importing(path: str, source: str, told: str) -> None:
    done = CliRunner().invoke(main, ["--format", "json", "import", source, "--db", path])
    assert done.exit_code == 0, done.stderr
    Path(told).write_text(done.stdout)


def test_imports_of_several_processes_in_one_second(tmp_path: Path) -> None:
    """Every import that says it has a backup has one, from before it; one that wrote nothing leaves none."""
    path = tmp_path / "m.db"
    put(path, *OLD)
    work = []
    for n in range(PROCESSES):
        source = tmp_path / f"{n}.jsonl"
        mission = f"new-{n}" if n % 2 else OLD[n]
        source.write_text(f'{{"active_mission": {{"mission_id": "{mission}"}}}}\n')
        work.append(("importing", str(path), str(source), str(tmp_path / f"told-{n}")))
    at_once(work)
    facts = [json.loads(Path(name).read_text()) for *_, name in work]
    made = [Path(each["backup"]) for each in facts if each["backup"]]
    assert len(made) == len(set(made)) == PROCESSES // 2 and sorted(made) == backups(path)
    for n, each in enumerate(facts):
        assert each["backup"] is None or f"new-{n}" not in names(Path(each["backup"]))
    assert names(path) == sorted([*OLD, *(f"new-{n}" for n in range(1, PROCESSES, 2))])
    print(f"\n{PROCESSES} imports in one second, {len(made)} backups, 0 lost")


def writing(path: str, writer: str, told: str) -> None:
    """Store missions, in one store that stays open, and say of each that it is stored."""
    with open_store(path, create=False) as store, Path(told).open("w") as file:
        for n in range(40):
            store.put({"active_mission": {"mission_id": f"{writer}-{n}"}})
            file.write(f"{writer}-{n}\n")
            file.flush()


def restores(path: str, source: str) -> None:
    for _ in range(6):
        restore_backup(Path(path), Path(source))


def test_writers_beside_restores(tmp_path: Path) -> None:
    """What was acknowledged is in the database, or in what one of the restores has kept."""
    path = tmp_path / "m.db"
    put(path, *OLD)
    source = copy(path)
    files = [tmp_path / f"told-{n}" for n in range(3)]
    work = [("writing", str(path), f"w{n}", str(files[n])) for n in range(3)]
    at_once([*work, ("restores", str(path), str(source))])
    acknowledged = {line for file in files for line in file.read_text().splitlines()}
    kept = [set(names(each.path)) for each in catalogue(path) if each.kind == "before-restore"]
    assert len(kept) == 6
    found = set(names(path)).union(*kept)
    assert acknowledged - found == set() and len(acknowledged) == 120
    assert set(OLD) <= set(names(path))
    print(
        f"\n{len(acknowledged)} writes beside 6 restores, 0 lost; {len(acknowledged & set(names(path)))} since the last"
    )
