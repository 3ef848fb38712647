"""Moves between two places, by several programs at once and killed at any point: no document is ever lost.

Overlapping archives, restores and writers are processes, some of them killed. An archive and each kind of move
between phases are killed at every system call that changes a file (tests/faults/strace.py). Counts are printed
(pytest -s).
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from forked import TRIALS
from strace import DOCREL, kill_points, needs_strace
from test_killed import START, in_phase, same

from docrel.diagnostics import DocrelError
from docrel.missions import MissionStore
from docrel.store import Store, fault_of_file, open_or_make, open_store
from docrel.transition import Workspace
from docrel.upkeep import move, open_archive

KEYS = [f"m-{n}" for n in range(12)]
ROUNDS = 8


def opened(folder: Path) -> tuple[Store, Store]:
    store = open_store(folder / "missions.db")
    return store, open_archive(store)


def archiving(folder: Path, chance: random.Random, told: Callable[[str], None]) -> None:
    store, archive = opened(folder)
    for key in move(chance.sample(KEYS, 6), store, archive).moved:
        told(key)


def restoring(folder: Path, chance: random.Random, told: Callable[[str], None]) -> None:
    store, archive = opened(folder)
    for key in move(chance.sample(KEYS, 6), archive, store).moved:
        told(key)


def writing(folder: Path, chance: random.Random, told: Callable[[str], None]) -> None:
    """Count up in documents, wherever they are; each number that is told was committed."""
    for store in opened(folder):
        for key in chance.sample(KEYS, 4):
            with suppress(DocrelError), store.transaction():  # it may be in the other one
                document = store.get(key)
                count = document["records"]["count"] + 1
                store.put({**document, "records": {"count": count}})
                told(f"{key} {count}")


def started(work: Callable[..., None], folder: Path, seed: int) -> tuple[int, int]:
    """Start a process that works for some rounds; returns it, and where it tells what it did."""
    reader, writer = os.pipe()
    child = os.fork()
    if child:
        os.close(writer)
        return child, reader
    try:
        chance = random.Random(seed)
        lines: list[str] = []
        for _ in range(ROUNDS):
            try:
                work(folder, chance, lines.append)
            except DocrelError as e:
                if e.diagnostics[0].code != "S438":  # the other has it, with another number: told, and nothing done
                    raise
            os.write(writer, "".join(f"{line}\n" for line in lines).encode())
            lines.clear()
    except BaseException as e:
        os.write(2, f"{type(e).__name__}: {e}\n".encode())
        os._exit(3)
    os._exit(0)


def counts(folder: Path) -> list[dict[str, int]]:
    """Return what both databases have, at one moment at which nobody writes to either."""
    with ExitStack() as held:
        stores = opened(folder)
        for store in sorted(stores, key=lambda store: Path(store.backend.name).stat().st_ino):
            held.callback(store.close)
            held.enter_context(store.transaction())
        return [{key: document["records"]["count"] for key, document in store.scan()} for store in stores]


@pytest.mark.slow
def test_overlapping_moves(tmp_path: Path) -> None:
    with open_or_make(tmp_path / "missions.db", "missions") as store, open_archive(store):
        for key in KEYS:
            store.put({"active_mission": {"mission_id": key}, "records": {"count": 0}})
    chance, told, looks, kills = random.Random(1), Counter[str](), 0, 0
    highest = dict.fromkeys(KEYS, 0)
    works = [archiving, archiving, archiving, restoring, restoring, writing, writing]
    for _ in range(max(1, TRIALS // 12)):
        children = [(work, *started(work, tmp_path, chance.randrange(1 << 30))) for work in works]
        victims = [child for _, child, _ in chance.sample(children, 2)]
        running = {child for _, child, _ in children}
        while running:
            assert set().union(*counts(tmp_path)) == set(KEYS), "a document is nowhere"
            looks += 1
            if victims and looks % 3 == 0 and (victim := victims.pop()) in running:
                os.kill(victim, signal.SIGKILL)
                kills += 1
            running -= {child for child in running if ended(child)}
        for work, _, reader in children:
            with os.fdopen(reader) as pipe:
                lines = pipe.read().splitlines()
            told[work.__name__] += len(lines)
            if work is writing:
                for key, number in (line.split() for line in lines):
                    highest[key] = max(highest[key], int(number))
        live, old = counts(tmp_path)
        lost = [key for key in KEYS if max(live.get(key, -1), old.get(key, -1)) < highest[key]]
        assert not lost, "a write that was acknowledged is nowhere"
    print(f"\n{dict(told)}, {kills} kills, {looks} looks at both: 0 of {len(KEYS)} documents lost")
    assert told["archiving"]


def ended(child: int) -> bool:
    """Say whether a process has ended, by itself or killed."""
    found, status = os.waitpid(child, os.WNOHANG)
    assert not (os.WIFEXITED(status) and os.WEXITSTATUS(status)), "the work failed by itself"
    return bool(found)


# -- the transition, killed at every system call ----------------------------------------------------------


@pytest.fixture(scope="module")
def sql_only(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose database leads, and has a mission besides that of the files."""
    folder: Path = in_phase(tmp_path_factory.mktemp("sql-only"), "sql-only")
    with MissionStore(folder / ".vibe/state/missions.db") as store:
        store.insert_mission("history", "PRODUCTION", "completed")
    return folder


@pytest.fixture(scope="module")
def rolled_back(sql_only: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("json-only") / "workspace"
    shutil.copytree(sql_only, folder)
    with Workspace(folder) as workspace:
        workspace.rollback("json-only")
    MissionStore.open(folder).close()  # makes an empty database, which has to give way
    return folder


def databases(folder: Path) -> Iterator[Path]:
    for path in (folder / ".vibe/state").glob("*.db"):
        if "unused" not in path.name:
            yield path


def keys_in(path: Path) -> set[Any]:
    """Return the keys of a database; each opens, or says in words what is wrong."""
    with open_store(path) as store:
        return set(store.keys())


def whole_again(folder: Path, phases: set[str]) -> None:
    """The state says which phase it is; the mission is read; the other one is in a database that is whole."""
    state = json.loads((folder / ".vibe/state/transition.json").read_text())
    assert state["phase"] in phases
    with Workspace(folder) as workspace:
        assert workspace.phase == state["phase"] and workspace.state.finish == ""
        assert same(workspace.read_mission(), START)
        assert workspace.verify().ok, workspace.verify().faults
    for path in databases(folder):
        assert fault_of_file(path) == "", path
    assert any("history" in keys_in(path) for path in databases(folder))
    with Workspace(folder) as workspace:
        while workspace.phase != "sql-only":
            workspace.advance(force=True)
        assert same(workspace.read_mission(), START)
        assert "history" in workspace.link.store()


@pytest.fixture(scope="module")
def sql_primary(sql_only: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sql-primary") / "workspace"
    shutil.copytree(sql_only, folder)
    with Workspace(folder) as workspace:
        workspace.rollback("sql-primary")
    return folder


MOVES = {
    "rollback --to json-only": ("sql_only", {"sql-only", "json-only"}),
    "advance": ("rolled_back", {"json-only", "dual-write"}),
    "advance --force": ("sql_primary", {"sql-primary", "sql-only"}),
}


@needs_strace
@pytest.mark.slow
@pytest.mark.parametrize("command", MOVES)
def test_a_phase_change_killed_at_any_call(command: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    template, phases = MOVES[command]
    line = (*DOCREL, "transition", *command.split(), "--workspace")
    kills = 0
    for kill in kill_points(lambda folder: (*line, folder), request.getfixturevalue(template), tmp_path):
        kills += 1
        whole_again(kill.folder, phases)
    print(f"\n{command}: killed at {kills} calls, 0 missions lost")
    assert kills


@needs_strace
@pytest.mark.slow
def test_an_archive_killed_at_any_call(tmp_path: Path) -> None:
    template = tmp_path / "template"
    template.mkdir()
    with open_or_make(template / "missions.db", "missions") as store:
        for key in KEYS:
            store.put({"active_mission": {"mission_id": key}, "records": {"count": 1}})
    kills = 0
    command = (*DOCREL, "archive", "--where", "true", "--db")
    for kill in kill_points(lambda folder: (*command, folder / "missions.db"), template, tmp_path):
        kills += 1
        live, old = counts(kill.folder)
        assert {**live, **old} == dict.fromkeys(KEYS, 1)
        store, archive = opened(kill.folder)
        with store, archive:
            move(list(live), store, archive)
            assert len(store) == 0 and len(archive) == len(KEYS)
    print(f"\narchive: killed at {kills} calls, 0 documents lost")
    assert kills


def test_a_rollback_while_others_have_the_database_open(sql_only: Path, tmp_path: Path) -> None:
    """The log cannot be brought in: it goes along, and what is in it is not lost."""
    folder = tmp_path / "workspace"
    shutil.copytree(sql_only, folder)
    with MissionStore(folder / ".vibe/state/missions.db") as other, Workspace(folder) as workspace:
        reader = sqlite3.connect(folder / ".vibe/state/missions.db")
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM missions").fetchall()
        other.insert_mission("late", "CODING", "in_progress")
        workspace.rollback("json-only")
        assert not (folder / ".vibe/state/missions.db").exists()
        reader.close()
    with Workspace(folder) as workspace:
        workspace.advance(force=True)
        assert {"history", "late"} <= set(workspace.link.store().keys())
