"""Law 3: a put over a stored document leaves what a fresh put would leave, and touches only what differs.

Surrogate ids are aside, and so is the place of a row among its siblings where a position column tells it. The clock
is held still.
"""

from __future__ import annotations

import copy
from contextlib import suppress
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mappings import Mappings
from same_rows import rows_of

from docrel import compile, spec
from docrel.diagnostics import DocrelError, MappingError
from docrel.plan import Plan
from docrel.store import Store, UnreadableError, open_store
from docrel.store import row_changes as changes
from docrel.testing.documents import Documents, junk
from docrel.values import jsontext

CLOCK = "2030-01-01T00:00:00Z"
MODEST = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


def a_plan(random: Random) -> Plan:
    while True:
        try:
            return compile.compile(spec.loads(Mappings(random).text()))
        except MappingError:
            continue


def a_store(plan: Plan) -> Store:
    return open_store(":memory:", plan, clock=lambda: CLOCK)


def a_version(random: Random, document: Any) -> Any:
    """Return the document with some of its parts changed, added, taken away or moved."""
    document = copy.deepcopy(document)
    for _ in range(random.randint(1, 3)):
        containers = [document] if isinstance(document, (dict, list)) else []
        for container in containers:
            inner = container.values() if isinstance(container, dict) else container
            containers.extend(value for value in inner if isinstance(value, (dict, list)))
        if not containers:
            return junk(random, 2)
        container = random.choice(containers)
        if isinstance(container, list):
            _change_array(random, container)
        elif container:
            name = random.choice(list(container))
            if random.random() < 0.3:
                del container[name]
            else:
                container[name] = junk(random, 2)
    return document


def _change_array(random: Random, array: list[Any]) -> None:
    match random.randint(0, 3):
        case 0 if array:
            del array[random.randrange(len(array))]
        case 1:
            random.shuffle(array)
        case 2 if array:
            array.insert(random.randrange(len(array)), copy.deepcopy(random.choice(array)))
        case _:
            array.append(junk(random, 2))


def put(store: Store, document: Any, key: str) -> bool:
    try:
        jsontext.check_value(document)
        store.put(document, key)
    except DocrelError:
        return False
    return True


def rows_written(store: Store) -> int:
    return sum(c.inserted + c.updated + c.deleted for c in store.written.values())


def one_round(random: Random) -> None:
    plan = a_plan(random)
    first = Documents(plan).one(random)
    second = a_version(random, first)
    with a_store(plan) as store, a_store(plan) as fresh:
        if not put(store, first, "given") or not put(fresh, second, "given"):
            return
        keys = list(fresh.keys())
        if list(store.keys()) != keys or not put(store, second, "given"):
            return
        assert jsontext.same(store.get(keys[0]), second) or plan.forget
        assert rows_of(store) == rows_of(fresh)
        before = rows_written(store)
        assert store.put(second, "given").kind == "unchanged"
        assert rows_written(store) == before


@MODEST
@given(st.integers(0, 2**32))
def test_a_put_leaves_what_a_fresh_put_would_leave(seed: int) -> None:
    one_round(Random(seed))


@pytest.mark.parametrize("broken", ["updates", "deletes", "notes_new", "notes_gone"])
def test_a_store_that_forgets_a_kind_of_change_is_caught(monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    whole = changes.Changer.changes

    def forgetful(self: changes.Changer, *given: Any) -> changes.RowChanges:
        found = whole(self, *given)
        getattr(found, broken).clear()
        return found

    monkeypatch.setattr(changes.Changer, "changes", forgetful)
    with pytest.raises(AssertionError):
        for seed in range(600):
            with suppress(UnreadableError):  # rows that make no document are refused: seen too, but go on to wrong ones
                one_round(Random(seed))
