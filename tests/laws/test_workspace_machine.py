"""The transition against a plain dictionary: no acknowledged write is ever lost, whatever happens around it.

A random walk over writes, appends, edits of files by hand and of rows by SQL, phases forwards and
backwards, restarts, crashes in the middle of a write, and databases that are locked, read-only, full,
damaged or gone. After each step the workspace must say what the dictionary says, and where the machine says
that files and database agree, they must.

DOCREL_MACHINE=500 walks more; DOCREL_SHRINK=1 looks for the shortest walk that fails.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from docrel.backends.sqlite.file import SQLiteFile
from docrel.diagnostics import DocrelError, StoreError
from docrel.store import backup, backups, restore_backup
from docrel.transition import PHASES, Workspace, current, files, link, moves
from docrel.transition.verification import verify
from docrel.values import jsontext

PHASES_OF_A_TEST = tuple(Phase) if "DOCREL_SHRINK" in os.environ else (Phase.reuse, Phase.generate)
EXAMPLES = int(os.environ.get("DOCREL_MACHINE", "25"))
SQL = {"sql-primary", "sql-only"}
FILES_LEAD = {"dual-write", "hybrid-read"}
MEMBERS = ("manifest", "memory", "active_mission", "session_handoff", "records")

odd = st.sampled_from(
    [
        None,
        True,
        0,
        1,
        1.0,
        -0.0,
        Decimal("-0"),
        "",
        "it's",
        "x\ud800",
        "a\0b",
        [],
        {},
        [1, [2]],
        {"": 0, "a.b": None},
        10**30,
    ]
)
call = st.fixed_dictionaries(
    {"tool_name": st.sampled_from(["read", "write"]), "args": odd, "success": st.booleans()},
    optional={"timestamp": st.just("2025-11-20T00:00:00Z"), "duration_ms": st.integers(0, 9), "x": odd},
)
manifest = st.fixed_dictionaries(
    {
        "metadata": st.fixed_dictionaries(
            {"projectId": st.just("m-1")}, optional={"owner": st.sampled_from(["a", "b"]), "odd": odd}
        )
    },
    optional={
        "status": st.fixed_dictionaries(
            {"projectPhase": st.sampled_from(["CODING", "PLANNING"])}, optional={"message": odd}
        ),
        "artifacts": st.fixed_dictionaries(
            {"code": st.dictionaries(st.sampled_from(["a", "b.c"]), st.fixed_dictionaries({"ref": odd}))}
        ),
        "budget": st.fixed_dictionaries({"max_cost_usd": st.sampled_from([1, 2.5, None])}),
        "extra": odd,
    },
)
memory = st.fixed_dictionaries(
    {},
    optional={
        "narrative": st.lists(
            st.one_of(
                odd,
                st.fixed_dictionaries(
                    {
                        "session": st.integers(0, 3),
                        "summary": st.just("s"),
                        "date": st.just("d"),
                        "phase": st.just("CODING"),
                    }
                ),
            ),
            max_size=3,
        ),
        "domain": st.fixed_dictionaries(
            {}, optional={"concepts": st.lists(st.sampled_from(["api", "db", 5]), max_size=3)}
        ),
        "trajectory": st.one_of(
            odd, st.fixed_dictionaries({"phase": st.just("CODING"), "blockers": st.lists(odd, max_size=2)})
        ),
    },
)
active = st.fixed_dictionaries(
    {"mission_id": st.just("m-1")}, optional={"status": st.sampled_from(["active", "failed"]), "context": odd}
)
records = st.fixed_dictionaries(
    {}, optional={"tool_calls": st.lists(call, max_size=3), "decisions": st.just([]), "odd": odd}
)
VALUES = {"manifest": manifest, "memory": memory, "active_mission": active, "session_handoff": odd, "records": records}
member_and_value = st.sampled_from(MEMBERS).flatmap(lambda m: st.tuples(st.just(m), VALUES[m]))


Change = tuple[str, Any]
"""A member of the document and its new value."""


class CrashError(BaseException):
    """Stands for the end of the process: nothing but cleanup by the system happens after it."""


class WorkspaceMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="docrel-machine-"))
        self.model: dict[str, Any] = {}
        self.now = 1_700_000_000

    @initialize()
    def begin(self) -> None:
        self.open()
        self.workspace.write("manifest", {"metadata": {"projectId": "m-1"}})
        self.model["manifest"] = {"metadata": {"projectId": "m-1"}}

    def open(self) -> None:
        self.workspace = Workspace(self.folder)

    @property
    def phase(self) -> str:
        return self.workspace.phase

    @property
    def database(self) -> Path:
        return self.workspace.link.database

    def teardown(self) -> None:
        if hasattr(self, "workspace"):
            self.workspace.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    # -- what programs do

    @rule(change=member_and_value)
    def write(self, change: Change) -> None:
        member, value = change
        self.workspace.write(member, deepcopy(value))
        self.model[member] = value

    @rule(change=st.dictionaries(st.sampled_from(MEMBERS[1:]), st.just(0), max_size=3), data=st.data())
    def write_mission(self, change: Change, data: st.DataObject) -> None:
        document = {"manifest": data.draw(manifest)} | {m: data.draw(VALUES[m]) for m in change}
        self.workspace.write_mission(deepcopy(document))
        self.model = document

    @rule(member=st.sampled_from(MEMBERS[1:]))
    def remove(self, member: str) -> None:
        self.workspace.remove(member)
        self.model.pop(member, None)

    @rule(item=call)
    def append(self, item: Any) -> None:
        found = self.model.get("records", {})
        self.workspace.append("$.records.tool_calls", deepcopy(item))
        self.model["records"] = {**found, "tool_calls": [*found.get("tool_calls", []), item]}

    # -- what others do

    @precondition(lambda self: self.phase != "sql-only")
    @rule(change=member_and_value)
    def edit_a_file(self, change: Change) -> None:
        member, value = change
        path = self.workspace.link.files.paths[member]
        if self.phase == "sql-primary" and not path.exists():
            return  # a file that only an old program has is read, which another test shows
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(jsontext.dumps_bytes(value))
        if self.phase != "sql-primary":
            self.model[member] = value

    @precondition(lambda self: self.phase in FILES_LEAD)
    @rule(member=st.sampled_from(MEMBERS), garbage=st.sampled_from([b"", b"{", b"\xff", b'{"a":1,"a":2}']))
    def damage_a_file(self, member: str, garbage: bytes) -> None:
        self.sync()
        if member in self.model:
            self.workspace.link.files.paths[member].write_bytes(garbage)

    @precondition(lambda self: self.phase in FILES_LEAD)
    @rule()
    def lose_all_files(self) -> None:
        self.sync()
        for path in self.workspace.link.files.paths.values():
            path.unlink(missing_ok=True)
        self.sync()

    @precondition(lambda self: self.phase != "json-only")
    @rule(owner=st.sampled_from(["sql-1", "sql-2"]))
    def edit_by_sql(self, owner: str) -> None:
        if self.phase in FILES_LEAD:
            self.sync()
        connection = sqlite3.connect(self.database)
        changed = connection.execute("UPDATE missions SET owner = ? WHERE mission_uuid = 'm-1'", [owner]).rowcount
        connection.commit()
        connection.close()
        assert changed == 1
        if self.phase in FILES_LEAD:
            self.sync()
        wanted = deepcopy(self.model.get("manifest", {}))
        wanted.setdefault("metadata", {})["owner"] = owner
        found = self.workspace.read("manifest")
        assert jsontext.same(sorted_deep(found), sorted_deep(wanted))
        self.model["manifest"] = found  # where among its siblings a new member stands is the mapping's to say

    # -- what goes wrong

    def failing(self, change: Change) -> None:
        """Write while the database cannot: the caller hears of it exactly where the database leads."""
        member, value = change
        before = self.phase
        try:
            self.workspace.write(member, deepcopy(value))
        except DocrelError:
            assert before in SQL, "a failing database failed a caller while files lead"
        else:
            self.model[member] = value

    @precondition(lambda self: self.phase != "json-only")
    @rule(change=member_and_value)
    def locked(self, change: Change) -> None:
        holder = sqlite3.connect(self.database, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        self.workspace.link.close_store()
        try:
            self.failing(change)
        finally:
            holder.rollback()
            holder.close()
            self.workspace.link.close_store()

    @precondition(lambda self: self.phase != "json-only")
    @rule(change=member_and_value)
    def read_only(self, change: Change) -> None:
        self.where_it_may_be_gone(self.workspace.link.store)
        backend = self.workspace.link.store().backend
        backend.execute("PRAGMA query_only = ON")
        self.failing(change)
        self.workspace.link.close_store()

    @precondition(lambda self: self.phase != "json-only")
    @rule(change=member_and_value)
    def full(self, change: Change) -> None:
        member, value = change
        self.where_it_may_be_gone(self.workspace.link.store)
        backend = self.workspace.link.store().backend
        pages = backend.execute("PRAGMA page_count")[0][0]
        backend.execute(f"PRAGMA max_page_count = {pages}")
        self.failing(("session_handoff", {"long": "x" * 20_000, "then": value}) if member != "manifest" else change)
        self.workspace.link.close_store()

    @precondition(lambda self: self.phase != "json-only")
    @rule(seed=st.integers(0, 2**32), change=member_and_value)
    def damaged(self, seed: int, change: Change) -> None:
        """Pages of the file overwritten: files carry on, or the error is heard and a backup brought back."""
        if self.phase in FILES_LEAD:
            self.sync()
        store = self.workspace.link.store()
        made = backup(store.backend)
        store.backend.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.workspace.link.close_store()
        damage(self.database, random.Random(seed))
        was = self.phase
        try:
            found = self.workspace.read_mission()
            assert jsontext.same(in_order(found), in_order(self.model)), "damage was read as if it were truth"
            self.workspace.write(change[0], deepcopy(change[1]))
            self.model[change[0]] = change[1]
        except DocrelError:
            assert was in SQL
        if self.phase != "json-only":
            self.workspace.link.close_store()
            assert made is not None
            restore_backup(self.database, made)
            if self.phase in SQL and change[0] in self.model and self.workspace.read(change[0], ...) is not ...:
                self.workspace.write_mission(deepcopy(self.model))  # what came after the backup is the user's to repeat
            elif self.phase in SQL:
                self.workspace.write_mission(deepcopy(self.model))

    @precondition(lambda self: self.phase in FILES_LEAD)
    @rule()
    def database_gone(self) -> None:
        self.sync()
        self.workspace.link.close_store()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.database}{suffix}").unlink(missing_ok=True)

    @rule(
        change=member_and_value, where=st.sampled_from(["before-file", "after-file", "in-database", "before-agreeing"])
    )
    def crash_in_a_write(self, change: Change, where: str) -> None:
        """The process ends within a write: afterwards it has happened or not, and nothing else has."""
        member, value = change
        patched = {
            "before-file": (files, "write_file"), "after-file": (current, "read"),
            "in-database": (current, "read_back"), "before-agreeing": (current, "remember"),
        }[where]  # fmt: skip
        crashed = False
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(*patched, crash)
            try:
                self.workspace.write(member, deepcopy(value))
            except CrashError:
                crashed = True
        self.abandon()
        if not crashed:
            self.model[member] = value
            return
        found = self.workspace.read_mission()
        written = {**self.model, member: value}
        assert any(jsontext.same(in_order(found), in_order(m)) for m in (self.model, written))
        if jsontext.same(in_order(found), in_order(written)):
            self.model[member] = value

    def abandon(self) -> None:
        """Go on as another process would that finds what this one left."""
        if self.workspace.link._store is not None:
            backend = self.workspace.link._store.backend
            assert isinstance(backend, SQLiteFile)
            connection = backend.connection
            if connection.in_transaction:
                connection.rollback()  # the system does: an uncommitted log is ignored
        self.workspace.link.close_store()
        self.open()

    @rule()
    def restart(self) -> None:
        self.workspace.close()
        self.open()

    # -- phases

    def sync(self) -> None:
        self.where_it_may_be_gone(self.workspace.sync)

    def where_it_may_be_gone(self, act: Callable[[], object]) -> None:
        """Do what needs the database, which may be gone or set aside as damaged: none is made beside its backups."""
        try:
            act()
        except StoreError as e:
            assert e.diagnostics[0].code == "S452"
            restore_backup(self.database, backups(self.database)[-1])
            act()

    @precondition(lambda self: self.phase != "sql-only")
    @rule()
    def advance(self) -> None:
        found = self.phase
        self.where_it_may_be_gone(lambda: self.workspace.advance(force=True))
        assert PHASES.index(self.phase) == PHASES.index(found) + 1

    @precondition(lambda self: self.phase != "json-only")
    @rule(data=st.data())
    def rollback(self, data: st.DataObject) -> None:
        target = data.draw(st.sampled_from(PHASES[: PHASES.index(self.phase)]))
        self.workspace.rollback(target)
        assert self.phase == target

    @precondition(lambda self: self.phase != "sql-only")
    @rule(where=st.sampled_from(["save", "finish"]), forwards=st.booleans())
    def crash_in_a_move(self, where: str, forwards: bool) -> None:
        found = self.phase
        move = partial(self.workspace.advance, force=True) if forwards else self.workspace.rollback
        with pytest.MonkeyPatch.context() as patch:
            if where == "save":
                patch.setattr(link.Link, "save", crash)
            else:
                patch.setattr(moves, "_set_aside", crash)
                patch.setattr(files.Files, "archive", crash)
            try:
                move()
            except CrashError:
                pass
            except StoreError as e:
                assert e.diagnostics[0].code == "S452" if forwards else found == "json-only"
        self.abandon()

    # -- what always holds

    @invariant()
    def says_what_was_written(self) -> None:
        if not hasattr(self, "workspace"):
            return
        found = self.workspace.read_mission()
        difference = jsontext.first_difference(in_order(self.model), in_order(found))
        assert difference is None, (self.phase, difference)

    @invariant()
    def agrees_when_it_says_so(self) -> None:
        if hasattr(self, "workspace") and self.phase in FILES_LEAD and verify(self.workspace.link).ok:
            stored = current.read(self.workspace.link.store()).document
            on_disk = {
                m: jsontext.loads(p.read_bytes()) for m, p in self.workspace.link.files.paths.items() if p.exists()
            }
            assert jsontext.same(in_order(stored), in_order(on_disk))

    @invariant()
    def the_log_can_be_read(self) -> None:
        log = self.folder / ".vibe/state/transition/log.jsonl"
        for line in log.read_text().splitlines() if log.exists() else ():
            json.loads(line)


def crash(*args: object, **kwargs: object) -> NoReturn:
    raise CrashError


def sorted_deep(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: sorted_deep(value[name]) for name in sorted(value)}
    return [sorted_deep(v) for v in value] if isinstance(value, list) else value


def in_order(document: dict[str, Any]) -> dict[str, Any]:
    return {member: document[member] for member in MEMBERS if member in document}


def damage(path: Path, chance: random.Random) -> None:
    """Overwrite a page in the middle, the header, or cut the file short."""
    data = bytearray(path.read_bytes())
    kind = chance.randrange(4)
    if kind == 0:
        data[:100] = bytes(chance.randrange(256) for _ in range(100))
    elif kind == 1:
        del data[chance.randrange(1, len(data)) :]
    else:
        for _ in range(1 if kind == 2 else 6):
            at = chance.randrange(len(data) // 4096) * 4096
            data[at + (100 if at == 0 else 0) : at + 4096] = bytes(
                chance.randrange(256) for _ in range(4096 - (100 if at == 0 else 0))
            )
    path.write_bytes(data)


def test_nothing_acknowledged_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "_SHADOW_TIMEOUT_S", 0.02)
    monkeypatch.setattr(link, "_LEAD_TIMEOUT_S", 0.02)
    run_state_machine_as_test(
        WorkspaceMachine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=PHASES_OF_A_TEST,
            print_blob=False,
        ),
    )
