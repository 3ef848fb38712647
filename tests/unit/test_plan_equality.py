"""Equal plans mean the same: 1, 1.0 and true are three constants, 0.0 and -0.0 two, for whoever compares plans."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from docrel import compile, layout, spec
from docrel import plan as plans
from docrel.diagnostics import StoreError
from docrel.diff import diff
from docrel.engine import flattener_of, rebuilder_of
from docrel.layout import layout_of
from docrel.migrate import apply
from docrel.plan import Plan
from docrel.store import open_store
from docrel.values import jsontext

MAPPING = """\
mapping: orders
version: {version}
document: {{key: number}}
tables:
  orders:
    columns:
      number: {{type: text, required: true, unique: true}}
      given: {{type: scalar, default: {given}}}
      case: {{type: scalar, default: {{cases: [{{when: {{a: {case}}}, then: {then}}}]}}}}
      one: {{type: scalar, one_of: [{one}, other]}}
      said: {{type: scalar, map: {{word: {said}}}}}
    tables:
      items: {{each: 'items[*]', when: {{kind: {kind}}}, columns: {{a: text}}}}
      ways:
        sources:
          first: {{each: 'first[*]', columns: {{way: {{value: {way}}}}}}}
          second: {{each: 'second[*]'}}
        columns: {{way: {{type: scalar, default: other}}, b: text}}
"""
PLACES = ("given", "case", "then", "one", "said", "kind", "way")
ALIKE = (("1", "1.0"), ("1", "true"), ("1.0", "true"), ("0", "false"), ("0", "0.0"), ("0.0", "-0.0"))


def a_plan(place: str, constant: str, version: int = 1) -> Plan:
    words = dict.fromkeys(PLACES, "word") | {place: constant}
    return compile.compile(spec.loads(MAPPING.format(version=version, **words)))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("alike", ALIKE, ids="~".join)
def test_plans_with_constants_alike_to_python_are_different_plans(place: str, alike: tuple[str, str]) -> None:
    one, other = (a_plan(place, constant) for constant in alike)
    assert one != other and one == a_plan(place, alike[0])
    assert len({one, other, a_plan(place, alike[0])}) == 2
    assert plans.checksum(one) != plans.checksum(other)
    assert diff(one, other).changes and diff(other, one).changes and not diff(one, one).changes


MAKERS: tuple[Callable[[Plan], Any], ...] = (layout_of, flattener_of, rebuilder_of, plans.checksum)


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("place", PLACES)
def test_what_is_made_of_a_plan_is_made_once_and_for_no_other_one(place: str, make: Callable[[Plan], Any]) -> None:
    made = {constant: make(a_plan(place, constant)) for constant in ("1", "true", "1.0")}
    for one, other in permutations(made, 2):
        assert made[one] is not made[other]
    assert make(a_plan(place, "1")) is made["1"]


def test_the_layout_of_a_plan_is_of_that_plan() -> None:
    for constant in ("1", "true", "1.0"):
        plan = a_plan("given", constant)
        assert layout_of(plan).plan == plan
        assert layout.dump(layout_of(plan)) == plans.to_text(layout_of(plan))


def test_a_database_of_another_plan_is_not_opened_and_is_migrated(tmp_path: Path) -> None:
    path, old, new = tmp_path / "orders.db", a_plan("given", "1"), a_plan("given", "true")
    with open_store(path, old) as store:
        store.put({"number": "a"})
        store.put({"number": "b", "given": True})
        before = list(store.scan())
    with pytest.raises(StoreError, match="S411"):
        open_store(path, new)
    assert apply(path, a_plan("given", "true", 2)) is not None
    with open_store(path) as store:
        assert list(store.scan()) == before
        assert store.backend.execute("SELECT DISTINCT given FROM orders") == [("true",)]


def test_two_databases_made_in_one_process_are_whole_in_the_next(tmp_path: Path) -> None:
    paths = [str(tmp_path / f"{word}.db") for word in ("int", "bool")]
    for path, word in zip(paths, ("1", "true"), strict=True):
        with open_store(path, a_plan("given", word)) as store:
            store.put({"number": "a"})
    code = "import sys, docrel\nfor path in sys.argv[1:]: docrel.open(path).close()"
    subprocess.run([sys.executable, "-c", code, *paths], check=True)


@pytest.mark.parametrize(("was", "becomes"), list(permutations(("1", "true", "1.0"), 2)))
@pytest.mark.parametrize("place", ["kind", "way"])
def test_no_document_changes_by_a_constant_that_is_alike(place: str, was: str, becomes: str, tmp_path: Path) -> None:
    values: dict[str, Any] = {"1": 1, "true": True, "1.0": 1.0}
    member, name = ("items", "kind") if place == "kind" else ("first", "way")
    path = tmp_path / "orders.db"
    with open_store(path, a_plan(place, was)) as store:
        for n in range(300):  # more than the sample that a migration compares
            inside = [{name: values[was], "a": "x"}] if 120 < n < 150 else []
            store.put({"number": str(n), member: inside})
        before = [(key, jsontext.dumps(document)) for key, document in store.scan()]
    apply(path, a_plan(place, becomes, 2), backup=False)
    with open_store(path) as store:
        assert [(key, jsontext.dumps(document)) for key, document in store.scan()] == before
