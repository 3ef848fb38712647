"""The layout is the plan resolved: JSON both ways, and of every row it says what the plan says."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from row_model import RowModel
from test_getput import SHIPPED, a_plan

from docrel import compile, layout, spec
from docrel import plan as plans
from docrel.layout import Layout, layout_of
from docrel.mapping import load
from docrel.plan import Plan
from docrel.testing.documents import Documents
from docrel.testing.laws import Flat, Laws

MODEST = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
CASES = [
    path
    for path in sorted((Path(__file__).parents[1] / "cases").glob("*/mapping.yaml"))
    if path.parent.name != "type-registered"  # needs a type of its own
]


def there_and_back(plan: Plan) -> None:
    found = layout_of(plan)
    text = layout.dump(found)
    assert layout.load(text) == found
    assert layout.dump(layout.load(text)) == text
    assert layout_of(plan) is found


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_layout_is_json_both_ways(name: str) -> None:
    there_and_back(load(name).plan)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_the_layout_of_a_case_is_json_both_ways(path: Path) -> None:
    there_and_back(compile.compile(spec.load(path)))


@MODEST
@given(st.integers(0, 2**32))
def test_a_layout_is_json_both_ways(seed: int) -> None:
    there_and_back(a_plan(Random(seed)))


def test_what_is_no_layout_is_refused() -> None:
    for text in (
        '{"is":"Claim"}',
        '{"is":"Layout","tables":[]}',
        '{"is":"Leaf","column":1,"alternative":0,"whole":true}',
    ):
        with pytest.raises(ValueError, match="not a"):
            layout.load(text)


@pytest.mark.parametrize(
    ("written", "other"),
    [('"numbered":true', '"numbered":1'), ('"root":0', '"root":false'), ('"is":"Link"', '"is":"Claim"')],
)
def test_a_layout_with_something_else_in_its_place_is_refused(written: str, other: str) -> None:
    text = layout.dump(layout_of(load("missions").plan))
    assert written in text
    with pytest.raises(ValueError, match=r"not a layout .*: at \.tables\["):
        layout.load(text.replace(written, other, 1))


@pytest.mark.parametrize("text", ['"00"', '{"is":"bytes"}', '{"is":"bytes","hex":"ZZ"}', '{"is":"bytes","hex":"AB"}'])
def test_bytes_are_spelled_in_one_way(text: str) -> None:
    assert plans.decoded('{"is":"bytes","hex":"ab"}', int | bytes) == b"\xab"
    with pytest.raises(ValueError, match="wanted"):
        plans.decoded(text, int | bytes)


def agrees(laws: Laws, found: Layout, flat: Flat, random: Random) -> int:
    """Hold what the layout says of rows against the model, links to other rows and edges struck out at random."""
    model, looked_at = RowModel(laws.plan), 0
    names = [table.name for table in laws.plan.tables]
    for table, own, rows in zip(laws.plan.tables, found.tables, flat.rows, strict=True):
        edges: list[str | None] = [None, "no such source", *(source.name for source in table.sources)]
        for row in rows[:8]:
            note = flat.notes.get((own.number, own.row_key(row)))
            changed = list(row)
            for held in own.keys_above:
                changed[held.column] = None if random.random() < 0.3 else row[held.column]
            for values, edge in ((row, None if note is None else note.edge), (changed, random.choice(edges))):
                named = model.named(table, values)
                assert own.row_key(values) == model.key(table, named)
                above = own.parent_key(values)
                assert (None if above is None else (names[above[0]], above[1])) == model.parent(table, named)
                source = own.source_of(values, edge)
                if above is not None or table.parent is None:  # else it hangs below nothing
                    assert (None if source is None else table.sources[source]) == model.source(table, named, edge)
                looked_at += 1
    return looked_at


def rounds(laws: Laws, found: Layout, seeds: range) -> int:
    made, looked_at = Documents(laws.plan), 0
    for seed in seeds:
        flat = laws.flatten(made.one(Random(seed)))
        looked_at += 0 if flat is None else agrees(laws, found, flat, Random(seed))
    return looked_at


@MODEST
@given(st.integers(0, 2**32))
def test_a_layout_says_of_rows_what_the_plan_says(seed: int) -> None:
    plan = a_plan(Random(seed))
    rounds(Laws(plan), layout_of(plan), range(seed, seed + 4))


@pytest.mark.parametrize("name", ["cyclonedx", "missions@2", "ocds"])
def test_a_shipped_layout_says_of_rows_what_the_plan_says(name: str) -> None:
    plan = load(name).plan
    assert rounds(Laws(plan), layout_of(plan), range(8)) > 20


@pytest.mark.parametrize("field", ["parents", "precedence"])
def test_a_layout_that_takes_what_encloses_a_row_for_what_it_hangs_below_is_caught(field: str) -> None:
    plan = load("cyclonedx").plan
    laws, found = Laws(plan), layout_of(plan)
    turned: list[dict[str, Any]] = [{field: tuple(reversed(getattr(table, field)))} for table in found.tables]
    wrong = tuple(dataclasses.replace(t, **change) for t, change in zip(found.tables, turned, strict=True))
    with pytest.raises(AssertionError):
        rounds(laws, dataclasses.replace(found, tables=wrong), range(20))


def test_the_text_holds_numbers_and_no_code() -> None:
    text = layout.dump(layout_of(load("missions").plan))
    assert {"Layout", "TableLayout", "SourceLayout", "Claim"} <= set(_kinds(json.loads(text)))
    assert "function" not in text


def _kinds(value: object) -> list[str]:
    if isinstance(value, dict):
        return [str(value.get("is")), *(kind for inner in value.values() for kind in _kinds(inner))]
    return [kind for inner in value for kind in _kinds(inner)] if isinstance(value, list) else []
