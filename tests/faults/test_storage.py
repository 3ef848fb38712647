"""Storage that fails: a full disk, a log cut short, pages overwritten, files edited by hand, clocks that go back.

The faults are real: file size limits of the system, a small tmpfs where one may be mounted, bytes changed
on disk. Their number is printed (pytest -s).
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from forked import TRIALS
from test_killed import ITEM, START, in_phase, same

from docrel.diagnostics import DamagedError, DocrelError
from docrel.store import Store, backup, backups, restore_backup
from docrel.transition import PHASES, Phase, Workspace, link


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[Phase, Path]:
    return {phase: in_phase(tmp_path_factory.mktemp(phase), phase) for phase in PHASES}


def appends_until_full(folder: Path) -> int:
    """Append until the disk is full, in a child; returns how many appends were acknowledged."""
    with Workspace(folder) as workspace:
        done = 0
        try:
            for n in range(60):
                workspace.append("$.records.tool_calls", {**ITEM, "args": {"n": n, "text": "x" * 12_000}})
                done += 1
        except DocrelError:
            pass
        return done


def in_child(work: Callable[[], int]) -> int:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writer, str(work()).encode())
        except BaseException as e:
            os.write(2, f"{type(e).__name__}: {e}\n".encode())
            os._exit(3)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        found = pipe.read()
    assert os.waitpid(child, 0)[1] == 0, "an error of another kind reached the caller"
    return int(found)


def whole(folder: Path, phase: Phase, done: int) -> None:
    """Everything acknowledged is there, nothing is half-written, and it goes on once there is room."""
    with Workspace(folder) as workspace:
        calls = workspace.read("records")["tool_calls"]
        assert [call["args"]["n"] for call in calls] == list(range(len(calls)))
        assert done <= len(calls) <= done + 1
        workspace.append("$.records.tool_calls", ITEM)
        workspace.sync()
        assert workspace.verify().ok, workspace.verify().faults
        assert len(workspace.read("records")["tool_calls"]) == len(calls) + 1


@pytest.mark.parametrize("phase", PHASES)
def test_a_file_may_not_grow(templates: dict[Phase, Path], tmp_path: Path, phase: Phase) -> None:
    """RLIMIT_FSIZE: the system refuses to let any file grow beyond a limit, in the middle of whatever is written."""
    chance, refused = random.Random(phase), 0

    def limited(folder: Path, size: int) -> int:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        return appends_until_full(folder)

    for number in range(max(4, TRIALS // 4)):
        folder = tmp_path / str(number)
        shutil.copytree(templates[phase], folder)
        size = chance.randrange(20_000, 400_000)
        done = in_child(partial(limited, folder, size))
        refused += done < 60
        whole(folder, phase, done)
        shutil.rmtree(folder)
    print(f"\n{phase}: {refused} times full by a limit")


def test_a_full_disk(templates: dict[Phase, Path], tmp_path: Path) -> None:
    """A tmpfs of one megabyte, where the system lets us mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = shutil.which("mount") and os.geteuid() == 0
    if (
        not mounted
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", disk], capture_output=True, check=False
        ).returncode
    ):
        assert "CI" not in os.environ, "there the disk has to be had"
        pytest.skip("no tmpfs may be mounted here")
    try:
        for phase in PHASES:
            folder = disk / phase
            shutil.copytree(templates[phase], folder)
            done = in_child(partial(appends_until_full, folder))
            with Workspace(folder) as workspace:
                calls = workspace.read("records")["tool_calls"]
                assert done <= len(calls) <= done + 1 and len(calls) < 60
            kept = tmp_path / phase
            shutil.copytree(folder, kept)  # a larger disk
            whole(kept, phase, done)
            shutil.rmtree(folder)
        print(f"\n{len(PHASES)} times a full tmpfs")
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.parametrize("phase", ["dual-write", "hybrid-read", "sql-primary", "sql-only"])
def test_a_log_cut_short(templates: dict[Phase, Path], tmp_path: Path, phase: Phase) -> None:
    """A truncated WAL: files lose nothing; the database alone is as it was after one of the writes."""
    chance, cut = random.Random(phase), 0
    for number in range(TRIALS // 2):
        folder = tmp_path / str(number)
        shutil.copytree(templates[phase], folder)

        def work(folder: Path = folder) -> None:
            workspace = Workspace(folder)
            for n in range(8):
                workspace.append("$.records.tool_calls", {**ITEM, "args": {"n": n}})
            os._exit(0)  # no checkpoint, no close: the log stays

        child = os.fork()
        if child == 0:
            work()
        os.waitpid(child, 0)
        log = folder / ".vibe/state/missions.db-wal"
        if log.exists() and log.stat().st_size:
            cut += 1
            os.truncate(log, chance.randrange(log.stat().st_size))
            (folder / ".vibe/state/missions.db-shm").unlink(missing_ok=True)
        with Workspace(folder) as workspace:
            calls = workspace.read("records")["tool_calls"]
            assert [call["args"]["n"] for call in calls] == list(range(len(calls)))
            assert len(calls) == 8 or phase in {"sql-primary", "sql-only"}
            workspace.sync()
            assert workspace.verify().ok
        shutil.rmtree(folder)
    print(f"\n{phase}: {cut} logs cut short")
    assert cut


@pytest.mark.parametrize("phase", ["dual-write", "hybrid-read", "sql-primary", "sql-only"])
def test_pages_overwritten(templates: dict[Phase, Path], tmp_path: Path, phase: Phase) -> None:
    """Damage is never read as truth: files carry on, or the error is told and the backup has it all."""
    chance, told = random.Random(phase), 0
    for number in range(TRIALS // 2):
        folder = tmp_path / str(number)
        shutil.copytree(templates[phase], folder)
        database = folder / ".vibe/state/missions.db"
        with Workspace(folder) as workspace:
            backup(workspace.link.store().backend)
            workspace.link.store().backend.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        data = bytearray(database.read_bytes())
        for _ in range(chance.randrange(1, 8)):
            at = chance.randrange(len(data) - 512)
            data[at : at + 512] = bytes(chance.randrange(256) for _ in range(512))
        database.write_bytes(data)
        try:
            with Workspace(folder) as workspace:
                assert same(workspace.read_mission(), START)
                if phase in {"dual-write", "hybrid-read"}:
                    workspace.append("$.records.tool_calls", ITEM)
                told += workspace.phase == "json-only"
        except DocrelError:
            assert phase in {"sql-primary", "sql-only"}
            told += 1
            restore_backup(database, backups(database)[-1])
            with Workspace(folder) as workspace:
                assert same(workspace.read_mission(), START)
        shutil.rmtree(folder)
    print(f"\n{phase}: {told} of {TRIALS // 2} times damage was noticed; never read as truth")


def test_a_page_is_damaged_while_it_is_read(templates: dict[Phase, Path], tmp_path: Path) -> None:
    """The plan's first trigger: back to files by itself, with the database set aside."""
    shutil.copytree(templates["hybrid-read"], tmp_path / "w")
    with Workspace(tmp_path / "w") as workspace:
        workspace.link.close_store()
        (tmp_path / "w/.vibe/state/missions.db").write_bytes(b"this is no database" * 1000)
        assert same(workspace.read_mission(), START)
        assert workspace.phase == "json-only"
        assert workspace.state.history[-1].reason.startswith("automatic: ")
        assert (tmp_path / "w/.vibe/state" / workspace.state.set_aside).exists()


def test_damage_shows_while_something_is_appended(
    templates: dict[Phase, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Back to files by itself, where the element then is; it counts as one write."""

    def damaged(*_: Any) -> None:
        raise DamagedError.one("S407", "a page is damaged", subject="missions.db", help="restore a backup")

    shutil.copytree(templates["sql-primary"], tmp_path / "w")
    with Workspace(tmp_path / "w") as workspace:
        monkeypatch.setattr(Store, "append", damaged)
        workspace.append("$.records.tool_calls", ITEM)
        assert workspace.phase == "json-only"
        assert workspace.read("records")["tool_calls"][-1] == ITEM
        assert workspace.status().metrics.counts["write"] == 1


def test_a_database_that_loses_data(templates: dict[Phase, Path], tmp_path: Path) -> None:
    """The plan's second trigger: what is read back is not what was written."""
    shutil.copytree(templates["sql-primary"], tmp_path / "w")
    with Workspace(tmp_path / "w") as workspace:
        connection = sqlite3.connect(workspace.link.database)
        connection.execute(
            "CREATE TRIGGER wrong AFTER UPDATE OF owner ON missions "
            "BEGIN UPDATE missions SET owner = 'wrong' WHERE id = NEW.id; END"
        )
        connection.commit()
        connection.close()
        changed = {"status": {"projectPhase": "CODING"}, "metadata": {"projectId": "m-1", "owner": "b"}}
        workspace.write("manifest", changed)
        assert workspace.phase == "json-only"
        assert workspace.read("manifest") == changed


def test_queries_that_take_too_long(templates: dict[Phase, Path], tmp_path: Path) -> None:
    """The plan's third trigger."""
    shutil.copytree(templates["sql-primary"], tmp_path / "w")
    times = iter(range(1000))
    with Workspace(tmp_path / "w", timer=lambda: next(times) * 0.6) as workspace:
        for _ in range(3):
            workspace.read("manifest")
        assert workspace.phase == "dual-write"
        assert "600" not in workspace.state.history[-1].reason and "500 ms" in workspace.state.history[-1].reason
        assert same(workspace.read_mission(), START)


def test_a_clock_that_goes_back(tmp_path: Path) -> None:
    """No criterion is met by a clock, no backup is skipped or thrown away, no name is taken twice."""
    now = ["2025-11-20T10:00:00Z"]
    with Workspace(tmp_path, clock=lambda: now[0]) as workspace:
        workspace.write_mission(START)
        workspace.advance()
        now[0] = "2025-11-01T00:00:00Z"
        assert [c.wanted for c in workspace.status().unmet] == ["no errors in dual-write mode for 7 d"]
        backend = workspace.link.store().backend
        first = backup(backend, every_s=86_400, clock=lambda: "2025-11-20T10:00:00Z")
        second = backup(backend, every_s=86_400, clock=lambda: now[0])
        third = backup(backend, keep=3, clock=lambda: now[0])
        assert len({first, second, third, None}) == 4
        assert third in backups(workspace.link.database)
        fourth = backup(backend, every_s=86_400, clock=lambda: "2025-11-20T11:00:00Z")  # the newest says 1 November
        assert backups(workspace.link.database)[-2:] == [third, fourth]
        assert backup(backend, every_s=86_400, clock=lambda: "2025-11-20T12:00:00Z") is None


def test_a_program_that_holds_the_lock(
    templates: dict[Phase, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "_SHADOW_TIMEOUT_S", 0.05)
    shutil.copytree(templates["dual-write"], tmp_path / "w")
    holder = sqlite3.connect(tmp_path / "w/.vibe/state/missions.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with Workspace(tmp_path / "w") as workspace:
        workspace.append("$.records.tool_calls", ITEM)
        assert workspace.status().owed == 1
        holder.execute("ROLLBACK")
        workspace.append("$.records.tool_calls", ITEM)
        assert workspace.status().owed == 0
        assert [event["kind"] for event in workspace.link.log.events()][-2:] == ["error", "caught-up"]
        assert workspace.verify().ok
    holder.close()
