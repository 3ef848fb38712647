"""Migrations up and down beside programs that go on working: every acknowledged write is there afterwards, exactly.

Writers, an importer and a reader work in processes of their own, each with a store that stays open; one that is refused
with S440 opens it again and goes on. DOCREL_FAULTS=24 (the default) gives a sixth of that many migrations to each
kind; how much was done is printed (pytest -s).
"""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.synchronize import Event
from operator import methodcaller
from pathlib import Path
from typing import Any

import pytest

from docrel import compile, spec
from docrel.diagnostics import StoreError
from docrel.mapping import load
from docrel.migrate import apply
from docrel.missions import MissionStore
from docrel.plan import Plan
from docrel.store import Store, open_store, reading
from docrel.transition import Workspace
from docrel.upkeep import validate
from docrel.values import jsontext

ROUNDS = max(2, int(os.environ.get("DOCREL_FAULTS", "24")) // 6)
FORK = multiprocessing.get_context("fork")
IMPORTED = 900
PATIENCE_S = 120.0  # of a busy machine; nothing is decided by time
TEXT = """\
mapping: pairs
version: {version}
document: {{key: name}}
tables:
  pairs:
    columns:
      name: {{type: text, required: true, unique: true}}
      a: {{from: {a}, type: text}}
      b: {{from: {b}, type: text}}
      rest: {{rest: true}}
    tables:
      items:
        each: items[*]
        columns:
          c: {{from: {a}, type: integer}}
          d: {{from: {b}, type: integer}}
          rest: {{rest: true}}
"""


def pairs(version: int) -> Plan:
    """Return a mapping whose columns change places with each version: rows by another plan silently differ."""
    a, b = ("left", "right") if version % 2 else ("right", "left")
    return compile.compile(spec.loads(TEXT.format(version=version, a=a, b=b)))


PAIRS = [pairs(1), pairs(2), pairs(3)]
MISSIONS = [load(f"missions@{version}").plan for version in (2, 3, 4)]


@dataclass
class Told:
    """What a process had acknowledged: the documents as they are to be, how many calls, and how many were refused."""

    documents: dict[str, Any] = field(default_factory=dict)
    acknowledged: int = 0
    refused: int = 0


def pair(name: str, number: int) -> dict[str, Any]:
    return {"name": name, "left": f"L{number}", "right": f"R{number}", "items": [item(number)]}


def item(number: int) -> dict[str, Any]:
    return {"left": number, "right": -number, "more": number}


class Opened:
    """A store that stays open until a migration is met; then it is opened again."""

    def __init__(self, path: Path, told: Told) -> None:
        self._path, self._told = path, told
        self.store = open_store(path, create=False, timeout_s=PATIENCE_S)

    def until_done(self, work: Callable[[Store], Any]) -> Any:
        """Do some work, again where it was refused."""
        while True:
            try:
                return work(self.store)
            except StoreError as e:
                assert e.diagnostics[0].code == "S440", e
                self._told.refused += 1
                self.store.close()
                self.store = open_store(self._path, create=False, timeout_s=PATIENCE_S)

    def close(self) -> None:
        """Close the store."""
        self.store.close()


def write(path: Path, name: str, stop: Event) -> Told:
    """Put, append, edit and delete documents of its own."""
    told, n = Told(), 0
    with closing(Opened(path, told)) as opened:
        while not stop.is_set():
            key = f"{name}-{n}"
            document = pair(key, n)
            opened.until_done(methodcaller("put", document))
            told.documents[key] = document
            opened.until_done(methodcaller("append", key, "$.items", item(n + 1)))
            document["items"].append(item(n + 1))
            opened.until_done(methodcaller("put_part", key, "left", "changed"))
            document["left"] = "changed"
            if n % 5 == 4:
                gone = f"{name}-{n - 2}"
                opened.until_done(methodcaller("delete", gone))
                del told.documents[gone]
            n += 1
            told.acknowledged += 3 + (n % 5 == 0)
    return told


def bring_in(path: Path, name: str, stop: Event) -> Told:
    """Import many documents, some over those of the import before; what is cut short is run again."""
    told, n = Told(), 0
    with closing(Opened(path, told)) as opened:
        while not stop.is_set():
            found = [pair(f"{name}-{m}", n) for m in range(n, n + IMPORTED)]
            report = opened.until_done(methodcaller("import_", found, on_conflict="replace"))
            assert report.refused == 0
            told.documents.update((document["name"], document) for document in found)
            told.acknowledged += len(found)
            n += IMPORTED // 3
    return told


def read(path: Path, name: str, stop: Event) -> Told:
    """Read in every way, and see that each document says what its writer made it say."""
    told = Told()
    with closing(Opened(path, told)) as opened:
        while not stop.is_set():
            for way in (scanned, one_by_one, asked):
                told.acknowledged += opened.until_done(way)
    return told


def scanned(store: Store) -> int:
    return sum(sound(document) for _, document in store.scan())


def one_by_one(store: Store) -> int:
    seen = 0
    for key in list(store.keys())[:50]:
        try:
            seen += sound(store.get(key))
        except StoreError as e:
            if e.diagnostics[0].code != "S420":  # deleted since
                raise
    return seen


def asked(store: Store) -> int:
    """Ask in SQL, by the column that the store's plan has for `left`."""
    column = "a" if store.plan.version % 2 else "b"
    wrong = store.rows_where("pairs", f"{column} LIKE 'R%' LIMIT 5")
    assert not wrong, f"columns of another plan: {wrong[0]}"
    return sum(sound(document) for _, document in store.find(f"{column} = 'changed' AND id % 9 = 0"))


def sound(document: dict[str, Any]) -> int:
    number = int(document["right"][1:])
    assert document["left"] in {f"L{number}", "changed"}, document
    assert document["items"] == [item(number + n) for n in range(len(document["items"]))], document
    return 1


def in_processes(
    path: Path, works: Mapping[str, Callable[[Path, str, Event], Told]], migrate: Callable[[], int]
) -> tuple[dict[str, Told], int]:
    """Let processes work while this one migrates; returns what each was told, and how many migrations there were."""
    stop = FORK.Event()
    results = {name: FORK.Queue() for name in works}

    def run(name: str) -> None:
        try:
            results[name].put(works[name](path, name, stop))
        except BaseException as e:
            results[name].put(f"{type(e).__name__}: {e}")

    processes = [FORK.Process(target=run, args=(name,)) for name in works]
    for process in processes:
        process.start()
    try:
        migrations = migrate()
    finally:
        stop.set()
    told = {name: result.get(timeout=PATIENCE_S) for name, result in results.items()}
    for process in processes:
        process.join()
    assert [one for one in told.values() if isinstance(one, str)] == []
    return told, migrations


def up_and_down(path: Path, plans: list[Plan], rounds: int) -> int:
    """Migrate a database through versions, up and down again and again; in between others get something written."""
    way = [*plans[1:], *reversed(plans[:-1])]
    at = plans[0]
    for n in range(rounds):
        wait_for_writers(path)
        to = way[n % len(way)]
        done = apply(path, to, back=to.version < at.version, backup=n == 0, rewrite=n % 3 == 2)
        assert done is not None and done.entry.from_version == at.version
        at = to
    wait_for_writers(path)
    return rounds


def wait_for_writers(path: Path, commits: int = 5) -> None:
    """Wait until other programs have committed something, a few times."""
    with closing(sqlite3.connect(path)) as connection:
        before, until = None, time.monotonic() + PATIENCE_S
        while commits >= 0 and time.monotonic() < until:
            ((version,),) = connection.execute("PRAGMA data_version").fetchall()
            commits -= version != before
            before = version
            time.sleep(0.002)
    assert commits < 0, "no program writes any more"


def wrong_documents(path: Path, wanted: dict[str, Any]) -> list[str]:
    """Return the keys of documents that are not what they are to be, lost, or that should not be there."""
    with open_store(path, create=False) as store:
        found = dict(store.scan())
        assert all(finding.ok for finding in validate(store))
    differing = [key for key in found.keys() & wanted.keys() if not jsontext.same(found[key], wanted[key])]
    return [*differing, *(found.keys() ^ wanted.keys())]


def started(path: Path) -> dict[str, Any]:
    documents = {f"first-{n}": pair(f"first-{n}", n) for n in range(300)}
    with open_store(path, PAIRS[0]) as store:
        store.import_(documents.values())
    return documents


@pytest.mark.slow
def test_stores_beside_migrations(tmp_path: Path) -> None:
    path = tmp_path / "pairs.db"
    wanted = started(path)
    works = {"w1": write, "w2": write, "import": bring_in, "read": read}
    told, migrations = in_processes(path, works, lambda: up_and_down(path, PAIRS, ROUNDS))
    for one in told.values():
        wanted |= one.documents
    wrong = wrong_documents(path, wanted)
    shown = ", ".join(f"{name} {one.acknowledged:,} ({one.refused} refused)" for name, one in told.items())
    print(f"\n{migrations} migrations beside {shown}; {len(wanted):,} documents, {len(wrong)} lost or changed")
    assert wrong == []
    assert sum(one.refused for one in told.values()) > 0, "no store was open across a migration: nothing was tried"


@pytest.mark.slow
def test_without_the_look_at_the_plan_documents_are_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "pairs.db"
    wanted = started(path)
    monkeypatch.setattr(reading.Reader, "is_current", lambda self: True)
    told, _ = in_processes(path, {"w1": write, "w2": write}, lambda: up_and_down(path, PAIRS, 1))
    assert wrong_documents(path, wanted | told["w1"].documents | told["w2"].documents)


def record(path: Path, name: str, stop: Event) -> Told:
    """Record tool calls on a mission of its own, and more, by the verbs of the mission store."""
    told = Told()
    calls: list[dict[str, Any]] = []
    with MissionStore(path, timeout_s=PATIENCE_S) as missions:
        while not stop.is_set():
            n = len(calls)
            missions.insert_tool_call(name, f"tool {n}", {"n": n}, timestamp="t")
            missions.set_memory(name, "n", n)
            missions.set_trajectory(name, "CODING", f"focus {n}")
            assert missions.get_active_mission() is not None
            calls.append({"tool_name": f"tool {n}", "args": {"n": n}, "timestamp": "t", "success": True})
            told.acknowledged += 3
    told.documents = {"calls": calls, "memory": len(calls) - 1}
    return told


@pytest.mark.slow
def test_missions_beside_migrations(tmp_path: Path) -> None:
    path = tmp_path / "missions.db"
    with open_store(path, MISSIONS[0]):
        pass
    with MissionStore(path, timeout_s=PATIENCE_S) as missions:
        for name in ("m1", "m2"):
            missions.insert_mission(name, "CODING", "in_progress")
    told, migrations = in_processes(path, {"m1": record, "m2": record}, lambda: up_and_down(path, MISSIONS, ROUNDS))
    lost = 0
    with MissionStore(path, timeout_s=PATIENCE_S) as missions:
        for name, one in told.items():
            found = missions.get_document(name)
            calls = [{k: c[k] for k in ("tool_name", "args", "timestamp", "success")}
                     for c in found["records"]["tool_calls"]]  # fmt: skip
            lost += calls != one.documents["calls"]
            lost += missions.get_memory(name, "n") != one.documents["memory"]
            lost += found["memory"]["trajectory"]["current_focus"] != f"focus {one.documents['memory']}"
    shown = ", ".join(f"{name} {one.acknowledged:,}" for name, one in told.items())
    print(f"\n{migrations} migrations of missions beside {shown} verbs, none refused; {lost} lost or changed")
    assert lost == 0


def counted(name: str, n: int, found: dict[str, Any]) -> dict[str, Any]:
    return {**found, name: n}


def keep_counting(path: Path, name: str, stop: Event) -> Told:
    """Count up a number of its own in a member of a workspace that all share."""
    told = Told()
    with Workspace(path) as workspace:
        while not stop.is_set():
            n = told.acknowledged + 1
            workspace.update("session_handoff", partial(counted, name, n), {})
            workspace.append("$.records.tool_calls", {"tool_name": name, "args": {"n": n}})
            workspace.read_mission()
            told.acknowledged = n
    return told


@pytest.mark.slow
@pytest.mark.parametrize("phase", ["dual-write", "sql-primary"])
def test_workspaces_beside_migrations(tmp_path: Path, phase: str) -> None:
    with Workspace(tmp_path) as workspace:
        workspace.write_mission({"active_mission": {"mission_id": "m", "status": "active"}, "session_handoff": {}})
        while workspace.phase != phase:
            workspace.advance(force=True)
        database, newest = workspace.link.database, workspace.link.store().plan
    plans = sorted({p.version: p for p in (newest, *MISSIONS)}.values(), key=lambda p: -p.version)
    told, migrations = in_processes(
        tmp_path, {"p1": keep_counting, "p2": keep_counting}, lambda: up_and_down(database, plans, ROUNDS)
    )
    with Workspace(tmp_path) as workspace:
        workspace.sync()
        assert workspace.verify().ok, workspace.verify().faults
        found = workspace.read_mission()
        if phase != "sql-primary":
            assert dict(workspace.link.store().scan())["m"] == found
    assert found["session_handoff"] == {name: one.acknowledged for name, one in told.items()}
    calls = sorted((c["tool_name"], c["args"]["n"]) for c in found["records"]["tool_calls"])
    assert calls == sorted((name, n + 1) for name, one in told.items() for n in range(one.acknowledged))
    print(f"\n{migrations} migrations beside {phase}: {len(calls):,} appends, none lost")


@pytest.mark.slow
def test_migrations_beside_migrations(tmp_path: Path) -> None:
    """Several programs bring one database to several versions: each step is there, or refused with a reason."""
    path = tmp_path / "pairs.db"
    wanted = started(path)
    codes: list[str] = []

    def migrate(plans: list[Plan]) -> None:
        for n in range(ROUNDS):
            for back in (False, True):
                try:
                    done = apply(path, plans[n % len(plans)], back=back, backup=False)
                    codes.append("done" if done else "there already")
                except StoreError as e:
                    codes.append(e.diagnostics[0].code)

    threads = [threading.Thread(target=migrate, args=(plans,)) for plans in (PAIRS, PAIRS[::-1], PAIRS[1:])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counts = {code: codes.count(code) for code in sorted(set(codes))}
    print(f"\nmigrations beside migrations: {counts}")
    assert set(codes) <= {"done", "there already", "S440", "X504"}
    assert wrong_documents(path, wanted) == []
