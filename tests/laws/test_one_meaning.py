"""Two plans mean the same or they do not, and all say so alike: `==` and checksum, diff, and the migration square.

The plans are those of shipped and of random mappings, and of each the ones in which a constant has become one that
Python takes for the same (1, 1.0, true), or a list stands in another order.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import astuple
from itertools import chain, product
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_getput import SHIPPED, a_plan
from test_migration_square import square

from docrel import compile, spec
from docrel import plan as plans
from docrel.compile import load_plan
from docrel.diagnostics import DocrelError, MappingError
from docrel.diff import comparison, diff
from docrel.mapping import load
from docrel.plan import Plan
from docrel.plan.model import Exact

MODEST = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
ALIKE: tuple[Any, ...] = (1, 1.0, True, 0, 0.0, -0.0, False, "1")
CONSTANTS = {"constant", "then", "one_of", "map", "minimum", "maximum", "when", "constants", "conditions"}
"""The fields of a plan's classes that hold constants."""
Pointer = tuple[str | int, ...]

EVERYTHING = compile.compile(
    spec.loads("""\
mapping: m
document: {key: k, parts: {p: {file: p.json, any_of: [a.b, c]}, q: q.json}}
tables:
  t:
    columns:
      k: {type: text, required: true, unique: true}
      num: {from: [a.num, 'b[1]'], type: real, min: 0, max: 1, otherwise: rest}
      s: {type: scalar, one_of: [1, x], map: {ex: x, one: 1}, default: {cases: [{when: {a: [1, 0]}, then: 1}]}}
      copy: {type: scalar, default: {from: ['a.num', s], value: 1}}
      x: text
    unique: [[num, s], [s, copy]]
    indexes: {i: [s, num], j: [num]}
    checks: {c: num >= 0, d: num < 9}
    key_order: {'@': [k, s], a: [num, c]}
    tables:
      items: {each: 'items[*]', when: {kind: [1, b], sort: 0}, columns: {a: text}}
      ways:
        sources:
          one: {each: 'one[*]', columns: {kind: {value: 1}, v: w, u: x}}
          two: {each: 'two[*]', columns: {kind: {value: 0}}}
        columns: {kind: {unsourced: true, type: scalar}, v: text, u: text}
views: {all_s: SELECT s FROM t, all_t: SELECT s FROM t}
statements: {trig: CREATE TRIGGER trig AFTER DELETE ON t BEGIN SELECT 1; END}
""")
)


def places(value: Any, at: Pointer = ()) -> Iterator[tuple[Pointer, Any]]:
    """Yield each value of plan JSON with its place."""
    yield at, value
    for step, inner in (
        value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
    ):
        yield from places(inner, (*at, step))


def with_value(content: Any, at: Pointer, value: Any) -> Any:
    content = copy.deepcopy(content)
    inner = content
    for step in at[:-1]:
        inner = inner[step]
    inner[at[-1]] = value
    return content


def is_constant(at: Pointer, value: Any) -> bool:
    fields = [step for step in at if isinstance(step, str)]
    return bool(fields) and fields[-1] in CONSTANTS and not isinstance(value, list | dict)


def loaded(content: Any) -> Plan | None:
    try:
        return load_plan(json.dumps(content))
    except ValueError:
        return None


def alike(plan: Plan, random: Random, count: int) -> Iterator[list[Plan]]:
    """Yield plans that differ in one constant only, for some of the constants of a plan."""
    content = json.loads(plans.dump(plan))
    constants = [at for at, value in places(content) if is_constant(at, value)]
    for at in random.sample(constants, min(count, len(constants))):
        yield [found for value in ALIKE if (found := loaded(with_value(content, at, value))) is not None]


def reordered(plan: Plan, random: Random, count: int) -> Iterator[list[Plan]]:
    """Yield a plan and itself with the other order of one of its lists, for some of them."""
    content = json.loads(plans.dump(plan))
    lists = [(at, value) for at, value in places(content) if isinstance(value, list) and len(value) > 1]
    for at, value in random.sample(lists, min(count, len(lists))):
        if (other := loaded(with_value(content, at, value[::-1]))) is not None:
            yield [plan, other]


def agree(one: Plan, other: Plan) -> None:
    """Hold what compares plans against each other."""
    same = plans.checksum(one) == plans.checksum(other)
    assert same == (one == other) == (plans.dump(one) == plans.dump(other))
    with suppress(MappingError):  # a `renamed_from` that is fulfilled already
        assert same != bool(diff(one, other).changes)


def all_agree(plan: Plan, random: Random, count: int) -> int:
    """Check some families of plans; return how many pairs there were."""
    pairs = 0
    for family in chain(alike(plan, random, count), reordered(plan, random, count)):
        for one, other in product(family, family):
            agree(one, other)
            pairs += one is not other
    return pairs


def test_whatever_is_changed_in_a_plan_of_everything() -> None:
    assert all_agree(EVERYTHING, Random(1), 100) > 100


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_plans_mean_the_same_or_not(name: str) -> None:
    assert all_agree(load(name).plan, Random(name), 4)


@MODEST
@given(st.integers(0, 2**32))
def test_random_plans_mean_the_same_or_not(seed: int) -> None:
    random = Random(seed)
    all_agree(a_plan(random), random, 6)


def with_version(plan: Plan, version: int) -> Plan:
    return load_plan(json.dumps(json.loads(plans.dump(plan)) | {"version": version}))


def pairs_alike(random: Random) -> Iterator[tuple[Plan, Plan]]:
    """Yield pairs of versions of a mapping, a random one or that of everything, that differ in one constant."""
    while True:
        plan = EVERYTHING if random.random() < 0.3 else a_plan(random)
        for family in alike(plan, random, 2):
            if len(family) > 1:
                one, other = random.sample(family, 2)
                yield one, with_version(other, 2)


@MODEST
@given(st.integers(0, 2**32), st.booleans())
def test_a_migration_gives_what_the_new_plan_gives(seed: int, rewrite: bool) -> None:
    random = Random(seed)
    old, new = next(pairs_alike(random))
    square(old, new, random, rewrite=rewrite)


# -- negative controls: who compares as Python does is seen ----------------------------------------------------


def test_a_diff_that_compares_as_python_does_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Exact, "__eq__", lambda one, other: type(one) is type(other) and astuple(one) == astuple(other))
    with pytest.raises(AssertionError):
        all_agree(EVERYTHING, Random(1), 100)


def test_a_migration_that_compares_as_python_does_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "_table", lambda was, table: iter(()))
    with pytest.raises((AssertionError, DocrelError)):
        for seed in range(60):
            random = Random(seed)
            square(*next(pairs_alike(random)), random)
