"""Law 7, the tables tell the truth: what documents say where the mapping looks is in the tables, or it is told.

The paths of a plan are read by a plain interpreter, which shares nothing with the engine. What it finds is counted
against the rows: each node is a row or told, each value is in its column or told; and what a column holds of plain
values is what the documents say.
"""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import pytest
from document_model import _is_typical
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain_reading import Truth
from test_getput import SHIPPED, a_plan

from docrel.engine import Flattened, Flattener
from docrel.mapping import load
from docrel.plan import Plan, Value
from docrel.testing.documents import Documents
from docrel.values import CODECS

MODEST = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
NOW = "2026-01-01T00:00:00Z"


def check(plan: Plan, document: Any, flattener: Flattener) -> bool:
    """Hold a document against its rows and what was told; False: it is refused."""
    to = flattener.start()
    found = flattener.add(document, to, given="g", now=NOW)
    if found.problems:
        return False
    truth = Truth(plan, document, found.root, list(found.asides))
    wanted = Counter(number for number, _, _ in truth.nodes)
    for number, table in enumerate(plan.tables):
        rows = to.rows[number]
        assert len(rows) == wanted[number], f"{table.name}: {len(rows)} rows, {wanted[number]} nodes in {document}"
        for n, column in enumerate(table.columns):
            if isinstance(column.role, Value) and column.default is None and not column.map and column.name != plan.key:
                _check_column(plan, (number, n), truth, found, [row[n] for row in rows])
    return True


def _check_column(plan: Plan, at: tuple[int, int], truth: Truth, found: Flattened, cells: list[Any]) -> None:
    number, n = at
    table, column = plan.tables[number], plan.tables[number].columns[n]
    if any(column.name in dict(source.constants) for source in table.sources):
        return
    told = {one.path: one.rule for one in found.asides if one.table == number and n in one.columns and not one.is_row}
    said = list(truth.values(number, n))
    in_column = [(place, value) for place, value in said if told.get(place, "inexact") == "inexact"]
    held = [value for _, value in in_column if CODECS[column.type].container or not truth.is_taken_apart(at, value)]
    where = f"{table.name}.{column.name} of {truth.document}"
    assert len([c for c in cells if c is not None]) == len(held), f"{where}: {cells} for {said}, told {told}"
    typical = Counter(v for p, v in said if p not in told and _is_typical(column.type, v))
    assert not typical - Counter(c for c in cells if c is not None), f"{where}: {cells} for {said}, told {told}"


def one_round(seed: int, documents: int = 12) -> int:
    plan = a_plan(Random(seed))
    flattener, made = Flattener(plan), Documents(plan)
    return sum(check(plan, made.one(Random(seed * 1000 + number)), flattener) for number in range(documents))


@MODEST
@given(st.integers(0, 2**32))
def test_what_no_table_shows_is_told(seed: int) -> None:
    one_round(seed)


@pytest.mark.parametrize("mapping", SHIPPED)
def test_what_no_table_of_a_shipped_mapping_shows_is_told(mapping: str) -> None:
    plan = load(mapping).plan
    flattener, made = Flattener(plan), Documents(plan)
    tried = [check(plan, made.one(Random(seed)), flattener) for seed in range(25)]
    assert any(tried)


@pytest.mark.parametrize("rule", ["type", "kind", "case", "required", "unique", "one_of", "minimum"])
def test_an_engine_that_does_not_tell_is_caught(monkeypatch: pytest.MonkeyPatch, rule: str) -> None:
    whole = Flattener.add

    def silent(self: Flattener, *arguments: Any, **named: Any) -> Flattened:
        found = whole(self, *arguments, **named)
        return found._replace(asides=[one for one in found.asides if one.rule != rule])

    monkeypatch.setattr(Flattener, "add", silent)
    with pytest.raises(AssertionError):
        for seed in range(400):
            one_round(seed)
