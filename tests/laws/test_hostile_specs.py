"""Whatever a mapping says, `check` finds what is wrong with it, or all that comes of it works.

It is read back as the plan that it was, has DDL and pages, makes a database, and documents go in and come out as they
were; what is refused on the way is one of our errors. By default a sample is tried, another one in each run;
DOCREL_FAULTS=all tries 15,000 mappings, always the same.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from random import Random
from typing import Any

import pytest
from hostile_mappings import hostile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docrel import compile, spec
from docrel import plan as plans
from docrel.compile import load_plan
from docrel.diagnostics import Diagnostic, DocrelError, MappingError, as_json, render
from docrel.mapping import refused_sql
from docrel.pages import explain, pages
from docrel.plan import Plan
from docrel.sql import DIALECTS, ddl, script
from docrel.store import Store, open_store
from docrel.testing.documents import Documents
from docrel.testing.laws import Laws
from docrel.upkeep import validate
from docrel.values import jsontext

SLOW = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
ALL = os.environ.get("DOCREL_FAULTS") == "all"
MAPPINGS, SHARDS = 15_000, 60


def works(plan: Plan, random: Random) -> None:
    """Assert that all works that comes of a mapping which `check` has nothing against."""
    assert load_plan(plans.dump(plan)) == plan
    for dialect in DIALECTS.values():
        script(ddl(plan, dialect)).encode()
    for text in (explain(plan), *pages(plan).values()):
        text.encode()
    made, laws = Documents(plan), Laws(plan)
    documents = [made.one(random) for _ in range(3)]
    for document in documents:
        laws.getput(document, random)
    with open_store(":memory:", plan) as store:
        keeps(store, documents)
        refuses_by_itself(store)


def keeps(store: Store, documents: list[Any]) -> None:
    """Assert that each document is stored exactly or refused, and that nothing in the database is odd then."""
    by_key: dict[Any, Any] = {}
    for number, document in enumerate(documents):
        with suppress(DocrelError):
            by_key[store.put(document, f"d{number}").key] = document
    found = dict(store.scan())
    assert found.keys() == by_key.keys()
    for key, document in by_key.items():
        if not store.plan.forget:
            assert jsontext.same(store.get(key), document)
            assert jsontext.same(found[key], document)
    assert len(list(store.export())) == len(by_key)
    assert [check.text for check in validate(store) if not check.ok] == []


def refuses_by_itself(store: Store) -> None:
    """Assert that every other use of the documents works, or raises an error of ours."""
    for key in list(store.keys()):
        for use in uses(store, key):
            with suppress(DocrelError):
                use()


def uses(store: Store, key: Any) -> Iterator[Callable[[], object]]:
    yield lambda: [store.rows(table.name, key) for table in store.plan.tables]
    yield lambda: [store.rows_where(table.name) for table in store.plan.tables]
    yield lambda: list(store.find("TRUE"))
    yield lambda: store.put_part(key, "odd\ud800", [1])
    yield lambda: store.append(key, "$.items", {"name": "z"})
    yield lambda: store.append(key, "$.x.y", None)
    yield lambda: store.edit(key, lambda document: document)
    yield lambda: store.delete(key)


def tried(text: str, random: Random | None = None) -> Plan | None:
    """Return the plan of a mapping; None where `check` has something against it, which it can say."""
    try:
        loaded = spec.loads(text)
    except MappingError as e:
        said(e.diagnostics)
        return None
    found = compile.check(loaded)
    if found:
        said(found)
        return None
    plan = compile.compile(loaded)
    refused = refused_sql(plan, loaded)
    if refused:
        said(refused)
        return None
    works(plan, random or Random(0))
    return plan


def said(diagnostics: Iterable[Diagnostic]) -> None:
    for diagnostic in diagnostics:
        assert diagnostic.code != "M230", f"a rule without a place: {diagnostic.message}"
        render(diagnostic).encode(errors="backslashreplace")
        json.dumps(as_json(diagnostic))


@SLOW
@given(st.integers(0, 2**40))
def test_what_check_lets_pass_works(seed: int) -> None:
    random = Random(seed)
    tried(hostile(random), random)


@pytest.mark.skipif(not ALL, reason="takes half an hour; DOCREL_FAULTS=all runs it")
@pytest.mark.parametrize("shard", range(SHARDS))
def test_what_check_lets_pass_works_for_all(shard: int) -> None:
    for seed in range(shard, MAPPINGS, SHARDS):
        test_what_check_lets_pass_works.hypothesis.inner_test(seed)  # type: ignore[attr-defined]


# -- negative controls: a rule that only one side has is seen ----------------------------------------------------


TEXT = "mapping: m\ntables: {t: {columns: {k: {required: true, unique: true}, x: {type: real, max: 1.5e308}}}}"


def test_a_rule_that_only_the_stored_plan_is_held_to_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tried(TEXT) is None
    monkeypatch.setattr("docrel.compile.limits.bound_fault", lambda *given: None)
    with pytest.raises(AssertionError, match="a rule without a place"):
        tried(TEXT)


def test_a_check_without_a_look_at_the_plan_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docrel.compile.limits.bound_fault", lambda *given: None)
    monkeypatch.setattr("docrel.compile.passes._check_plan", lambda plan, findings: None)
    with pytest.raises(ValueError, match="beyond what databases can compare"):
        tried(TEXT)


def test_the_changes_reach_both_sides() -> None:
    """A good part of the changed texts are mappings still, and a good part are none."""
    passed = [tried(hostile(Random(seed))) is not None for seed in range(200)]
    assert 40 < sum(passed) < 160
