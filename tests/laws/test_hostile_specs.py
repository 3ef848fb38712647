"""Whatever a mapping says, `check` finds what is wrong with it, or all that comes of it works: it is read back as the
plan that it was, and has DDL and pages.

The texts are those of cases, of shipped and of random mappings, with some values made hostile, moved, or said twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mappings import Mappings

from docrel import compile, spec
from docrel import plan as plans
from docrel.compile import load_plan
from docrel.diagnostics import Diagnostic, MappingError, render
from docrel.pages import pages
from docrel.plan import Plan
from docrel.sql import DIALECTS, ddl, script

SLOW = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
ROOT = Path(__file__).parents[2]
HOSTILE: tuple[Any, ...] = (
    "", " ", "\ud800", "a\ud800", "\udc00b", "\0", "a\0", "\\", "a\\b", "'", '"', "`", ";", "--", "/*", "%s", "{}",
    "x" * 70, "x" * 300, "é" * 40, ".", "./", "..", "../a", "/a", "a/../b", "a/./b", "a//b", "C:\\a", "@", "$", "*",
    ".*", "[*]", "a.b", "@.a", "$.a", "['a']", "a[0]", "[1000000]", "a[-1]", "..a", "a[?@.b]", ".".join(["a"] * 257),
    "sqlite_a", "_docrel", "id", "rest", "ID", "ctid", "text", "integer", "real", "boolean", "json", "scalar",
    "timestamp", "base64", "uuid", "decimal", "a > 1", "a > 1 /* \ud800 */", "SELECT 1", "SELECT 1 -- \ud800",
    "SELECT '\0'", "CREATE TRIGGER t \ud800", "t.k", 0, 1, -1, -0.0, 0.0, 1.0, 1.5, 1e308, 1.5e308, -1.7e308, 10**308,
    10**400, -(10**309), 2**31, 2**53, 2**63, 2**64, True, False, None, [], {}, [[]], [""], ["a", "a"],
    [1, 1.0, True], {"a": 1}, {"value": 1}, {"value": True}, {"from": []}, {"key": "each"},
    {"key": "repeat", "join": ""}, {"rest": True}, {"surrogate": True}, {"position": True}, {"edge": True},
    {"unsourced": True}, {"derived": "$..a"}, {"parent": "t"}, {"from": "@", "type": "json"},
    {"type": "real", "min": 1e309},
)  # fmt: skip
Pointer = tuple[str | int, ...]


@cache
def bases() -> list[str]:
    """Return the texts that are changed, as JSON."""
    files = [*sorted(ROOT.glob("tests/cases/*/mapping.yaml")), *sorted(ROOT.glob("mappings/*/v1.yaml"))]
    texts = [json.dumps(yaml.safe_load(file.read_text())) for file in files]
    return [text for text in texts if len(text) < 20_000 and not compile.check(spec.loads(text))]


def a_text(random: Random) -> str:
    if random.random() < 0.4:
        return Mappings(random).text()
    return random.choice(bases())


def places(value: Any, at: Pointer = ()) -> Iterator[Pointer]:
    if at:
        yield at
    for step, inner in (
        value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
    ):
        yield from places(inner, (*at, step))


def at(content: Any, pointer: Pointer) -> Any:
    for step in pointer:
        content = content[step]
    return content


def replaced(content: Any, pointer: Pointer, random: Random) -> None:
    at(content, pointer[:-1])[pointer[-1]] = random.choice(HOSTILE)


def swapped(content: Any, pointer: Pointer, random: Random) -> None:
    """Put a value of the same key from elsewhere here."""
    others = [other for other in places(content) if other[-1] == pointer[-1]]
    at(content, pointer[:-1])[pointer[-1]] = json.loads(json.dumps(at(content, random.choice(others))))


def renamed(content: Any, pointer: Pointer, random: Random) -> None:
    """Give a key another name: a hostile one, or the same path spelt otherwise."""
    among = at(content, pointer[:-1])
    if isinstance(among, dict):
        key = str(pointer[-1])
        names = [name for name in HOSTILE if isinstance(name, str)]
        new = random.choice([f"@.{key}", f"['{key}']", key.upper(), random.choice(names), random.choice(names)])
        items = [(new if name == key else name, value) for name, value in among.items()]
        among.clear()
        among.update(items)


def said_twice(content: Any, pointer: Pointer, random: Random) -> None:
    among, last = at(content, pointer[:-1]), pointer[-1]
    if isinstance(among, list):
        among.append(among[int(last)])
    else:
        among[random.choice([f"@.{last}", f"['{last}']", f"{last}2", str(last).upper()])] = json.loads(
            json.dumps(among[last])
        )


def removed(content: Any, pointer: Pointer, random: Random) -> None:
    del at(content, pointer[:-1])[pointer[-1]]


def added(content: Any, pointer: Pointer, random: Random) -> None:
    """Say more of a table or a column."""
    among = at(content, pointer)
    if isinstance(among, dict):
        key, value = random.choice(MORE)
        among[key] = json.loads(json.dumps(value)) if value is not ... else random.choice(HOSTILE)


MORE: tuple[tuple[str, Any], ...] = (
    *((key, ...) for key in ("min", "max", "one_of", "default", "map", "type", "join", "references", "description")),
    *((key, ...) for key in ("renamed_from", "each", "repeat", "row_if", "primary_key", "unique", "otherwise", "row")),
    ("required", True), ("unique", True), ("otherwise", "rest"), ("soft", True),
    ("when", {"kind": "a", "@.kind": "b"}), ("key_order", {"a": ["x"], "@.a": ["y"]}),
    ("checks", {"c": "1 > 0 /* \ud800 */"}), ("min", 1.5e308), ("max", -1e308), ("one_of", [1, True, 1.0]),
    ("one_of", ["a", "\ud800"]), ("map", {"a": "\ud800"}), ("default", "\ud800"), ("default", {"value": 10**400}),
    ("default", {"time": "k", "plus_seconds": "k"}), ("views", {"v": "SELECT 1 /* \ud800 */"}),
    ("views", {"\ud800": "SELECT 1"}),
    ("statements", {"s": "CREATE TRIGGER s AFTER DELETE ON t BEGIN SELECT '\ud800'; END"}),
    ("parts", {"a": "./", "b": "."}), ("parts", {"a": "x\ud800"}),
    ("parts", {"a": {"file": "a", "any_of": ["a", "@.a"]}}), ("parts", {"a": "x/y", "b": "x//y"}),
    ("parts", {"\ud800": "x"}), ("indexes", {"\ud800": ["k"]}), ("unique", [["k"], ["k"]]),
    ("default", {"cases": [{"when": {"a": ["\ud800", 1, True]}, "then": "\ud800"}]}), ("description", "a\ud800b\0"),
)  # fmt: skip
CHANGES: tuple[Callable[[Any, Pointer, Random], None], ...] = (
    replaced, replaced, swapped, renamed, said_twice, removed, added, added,
)  # fmt: skip


def hostile(random: Random) -> str:
    """Return the text of a mapping with one or two changes."""
    content = json.loads(a_text(random))
    for _ in range(random.choice((1, 1, 2))):
        pointers = list(places(content))
        if pointers:
            random.choice(CHANGES)(content, random.choice(pointers), random)
    return json.dumps(content)


def works(plan: Plan) -> None:
    """Assert that all works that comes of a mapping which `check` has nothing against."""
    assert load_plan(plans.dump(plan)) == plan
    for dialect in DIALECTS.values():
        script(ddl(plan, dialect)).encode()
    for text in pages(plan).values():
        text.encode()


def tried(text: str) -> Plan | None:
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
    works(plan)
    return plan


def said(diagnostics: Iterable[Diagnostic]) -> None:
    for diagnostic in diagnostics:
        assert diagnostic.code != "M230", f"a rule without a place: {diagnostic.message}"
        render(diagnostic).encode(errors="backslashreplace")


@SLOW
@given(st.integers(0, 2**40))
def test_what_check_lets_pass_works(seed: int) -> None:
    tried(hostile(Random(seed)))


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
