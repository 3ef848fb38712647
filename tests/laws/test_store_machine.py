"""The store against a dictionary: put, put_part, append, delete, edits by SQL, archives, restarts, failing batches.

After every step each document is what the dictionary says; at the end the rows are those of a fresh
database, surrogate ids aside (law 3), append included.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

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
from same_rows import rows_of

from docrel.compile import compile
from docrel.diagnostics import DocumentError, StoreError
from docrel.spec import load, mapping_file
from docrel.store import etag, open_store
from docrel.upkeep import move, open_archive
from docrel.values import jsontext

EXAMPLES = int(os.environ.get("DOCREL_MACHINE", "25"))
PHASES_OF_A_TEST = tuple(Phase) if "DOCREL_SHRINK" in os.environ else (Phase.reuse, Phase.generate)
PLAN = compile(load(mapping_file("missions")))
KEYS = ("m-1", "m-2", "m-3")
NOW = "2025-11-20T00:00:00Z"
odd = st.sampled_from(
    [None, True, 0, 1, 1.0, -0.0, Decimal("-0"), "", "it's", "x\ud800", [], {}, [1, [2]], {"": 0, "a.b": None}, 10**30]
)
items = {
    "$.records.tool_calls": st.one_of(
        odd,
        st.fixed_dictionaries(
            {"tool_name": odd, "args": odd, "success": odd}, optional={"timestamp": odd, "x": odd, "duration_ms": odd}
        ),
    ),
    "$.records.decisions": st.fixed_dictionaries(
        {"decision_type": st.just("scope")}, optional={"context": odd, "agent_name": odd}
    ),
    "$.records.agent_memory": st.one_of(
        odd,
        st.fixed_dictionaries(
            {"key": st.sampled_from("abc"), "value": odd}, optional={"ttl": odd, "timestamp": st.just(NOW)}
        ),
    ),
    "$.records.quality_gates": st.fixed_dictionaries({"gate_name": odd, "status": st.sampled_from(["passed", "odd"])}),
    "$.memory.narrative": st.one_of(
        odd,
        st.fixed_dictionaries(
            {"session": odd, "summary": st.just("s"), "date": st.just("d"), "phase": st.just("CODING")}
        ),
    ),
    "$.memory.domain.concepts": odd,
    "$.memory.intent_history": odd,
    "$.manifest.spec.list": odd,
}
path_and_item = st.sampled_from(sorted(items)).flatmap(lambda p: st.tuples(st.just(p), items[p]))


def at(path: str, item: Any) -> dict[str, Any]:
    *names, last = path.split(".")[1:]
    found: dict[str, Any] = {last: [item]}
    for name in reversed(names):
        found = {name: found}
    return found


parts = path_and_item.map(lambda found: at(*found))
body = st.lists(parts, max_size=5).map(lambda found: merge(*found))


def merge(*documents: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for document in documents:
        for name, value in document.items():
            if name not in result:
                result[name] = deepcopy(value)
            elif isinstance(value, dict):
                result[name] = merge(result[name], value)
            else:
                result[name] = result[name] + deepcopy(value)
    return result


class StoreMachine(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="docrel-store-"))
        self.store = open_store(self.folder / "a.db", PLAN, clock=lambda: NOW)
        self.archive = open_archive(self.store)
        self.model: dict[str, dict[str, Any]] = {}
        self.archived: dict[str, dict[str, Any]] = {}

    def teardown(self) -> None:
        if not hasattr(self, "store"):
            return
        found = rows_of(self.store)
        with open_store(":memory:", PLAN, clock=lambda: NOW) as fresh:
            for key in found:
                fresh.put(self.model[key], key)
            assert found == rows_of(fresh)
        self.store.close()
        self.archive.close()

    @rule(key=st.sampled_from(KEYS), document=body)
    def put(self, key: str, document: dict[str, Any]) -> None:
        if key not in self.archived:
            self.store.put(deepcopy(document), key)
            self.model[key] = document

    @precondition(lambda self: self.model)
    @rule(data=st.data(), member=st.sampled_from(["records", "memory", "manifest", "session_handoff"]), found=body)
    def put_part(self, data: st.DataObject, member: str, found: dict[str, Any]) -> None:
        key = data.draw(st.sampled_from(sorted(self.model)))
        value = found.get(member)
        tag = etag(self.model[key])
        self.store.put_part(key, member, deepcopy(value), if_match=tag)
        self.model[key] = {**self.model[key], member: value}
        if etag(self.model[key]) != tag:
            with pytest.raises(StoreError, match="S421"):
                self.store.put_part(key, member, "lost", if_match=tag)

    @precondition(lambda self: self.model)
    @rule(data=st.data(), found=path_and_item)
    def append(self, data: st.DataObject, found: tuple[str, Any]) -> None:
        key = data.draw(st.sampled_from(sorted(self.model)))
        path, item = found
        longer = deepcopy(self.model[key])
        node = longer
        *names, last = path.split(".")[1:]
        try:
            for name in names:
                node = node.setdefault(name, {})
            node.setdefault(last, []).append(deepcopy(item))
        except AttributeError:
            with pytest.raises(StoreError, match="S436"):
                self.store.append(key, path, item)
            return
        self.store.append(key, path, deepcopy(item))
        self.model[key] = longer

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.model)))
        self.store.delete(key)
        del self.model[key]

    @precondition(lambda self: self.model)
    @rule(data=st.data(), value=st.sampled_from(["a", "b"]))
    def edit_by_sql(self, data: st.DataObject, value: Any) -> None:
        key = data.draw(st.sampled_from(sorted(self.model)))
        with sqlite3.connect(self.folder / "a.db") as connection:
            connection.execute("UPDATE missions SET owner = ? WHERE mission_uuid = ?", [value, key])
        connection.close()
        found = self.store.get(key)
        assert found["manifest"]["metadata"]["owner"] == value
        self.store.put(found, key)  # the notes that no longer hold go with it
        self.model[key] = found

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def batch_that_fails(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.model)))
        with pytest.raises(DocumentError), self.store.transaction():
            self.store.put({"records": {"odd": 1}}, key)
            self.store.append(key, "$.records.decisions", {"decision_type": "x"})
            self.store.put({"manifest": {"status": {"projectPhase": "NO SUCH PHASE"}}}, "m-9")

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def to_the_archive(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.model)))
        if key not in self.archived:
            assert move([key], self.store, self.archive).moved == [key]
            self.archived[key] = self.model.pop(key)

    @precondition(lambda self: self.archived)
    @rule()
    def back_from_the_archive(self) -> None:
        assert set(move(list(self.archived), self.archive, self.store).moved) == set(self.archived)
        self.model |= self.archived
        self.archived = {}

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.store = open_store(self.folder / "a.db", clock=lambda: NOW)

    @invariant()
    def says_what_was_put(self) -> None:
        if not hasattr(self, "store"):
            return
        found = dict(self.store.scan())
        assert set(found) == set(self.model)
        for key, document in self.model.items():
            assert jsontext.first_difference(document, found[key]) is None
        assert self.store.backend.execute("PRAGMA foreign_key_check") == []


def test_the_store_is_a_dictionary() -> None:
    run_state_machine_as_test(
        StoreMachine,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck),
            phases=PHASES_OF_A_TEST, print_blob=False,
        ),
    )  # fmt: skip
