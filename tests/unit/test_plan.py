"""The plan's JSON: what is read back is what a mapping can mean, or it is refused with the place."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from docrel import compile, spec
from docrel import plan as plans
from docrel.compile import load_plan
from docrel.diagnostics import MappingError

MAPPING = """\
mapping: shop
document: {key: number, parts: {order: order.json}}
tables:
  orders:
    columns:
      number: {type: text, required: true, unique: true}
      state: {from: ['a.state', 'states[0]'], type: text, one_of: [open, paid], default: open}
      total: {type: real, min: 0}
    indexes: {by_state: [state]}
    tables:
      lines:
        each: lines[*]
        columns: {sku: {type: text, references: orders.number}, amount: {derived: '$..amount'}}
views: {paid: SELECT number FROM orders WHERE state = 'paid'}
"""


def content() -> Any:
    return json.loads(plans.dump(compile.compile(spec.loads(MAPPING))))


def _tables(plan: Any) -> Any:
    return plan["tables"]


def _state(plan: Any) -> Any:
    return next(c for c in plan["tables"][0]["columns"] if c["name"] == "state")


def _link(plan: Any) -> Any:
    return next(c for c in plan["tables"][1]["columns"] if c["role"]["is"] == "ParentKey")


CHANGES: tuple[tuple[str, Callable[[Any], object]], ...] = (
    (r"at \.version: an integer is wanted", lambda p: p.update(version=True)),
    (r"the version is out of range", lambda p: p.update(version=2**31)),
    (r"Plan has no 'odd'", lambda p: p.update(odd=1)),
    (r"Plan lacks tables", lambda p: p.pop("tables")),
    (r"0 tables", lambda p: p.update(tables=[])),
    (r"at \.tables\[1\]\.otherwise: one of refuse, rest", lambda p: _tables(p)[1].update(otherwise="ignore")),
    (r"\.paths\[1\]\[1\]\.index: an integer", lambda p: _state(p)["role"]["paths"][1][1].update(index="0")),
    (r"there is no element -1", lambda p: _state(p)["role"]["paths"][1][1].update(index=-1)),
    (r"there is no element 1,000,000", lambda p: _state(p)["role"]["paths"][1][1].update(index=10**6)),
    (r"leads to many", lambda p: _state(p)["role"]["paths"][0].append({"is": "Elements"})),
    (r"300 steps", lambda p: _state(p)["role"]["paths"][0].extend([{"is": "Name", "name": "a"}] * 298)),
    (r"two columns take one value", lambda p: _state(p)["role"]["paths"].extend([[], []])),
    (r"'varchar' is not a type", lambda p: _state(p).update(type="varchar")),
    (r"5 is not of type text", lambda p: _state(p).update(one_of=[5])),
    (r"has no meaning for a column of type text", lambda p: _state(p).update(minimum=1)),
    (r"`one_of` does not have", lambda p: _state(p)["default"].update(constant="gone")),
    (r"no number of JSON", lambda p: _tables(p)[0]["columns"][-1].update(maximum=float("1e999"))),
    (r"there twice", lambda p: _tables(p)[1].update(name="ORDERS")),
    (r"there twice", lambda p: _state(p).update(name="NUMBER")),
    (r"is reserved", lambda p: _tables(p)[1].update(name="_docrel")),
    (r"no database takes", lambda p: _state(p).update(name="a\0b")),
    (r"not behind the table that encloses", lambda p: _tables(p).reverse()),
    (r"not behind the table that encloses", lambda p: _tables(p)[1].update(parent="lines")),
    (r"columns that are not there", lambda p: _tables(p)[0]["indexes"][0].update(columns=["gone"])),
    (r"a key that no table has", lambda p: _link(p)["role"].update(column="number")),
    (r"never lie below", lambda p: _tables(p)[0]["columns"].append(_link(p))),
    (r"of another type than the key", lambda p: _link(p).update(type="text")),
    (r"lacks the key of a table above", lambda p: _link(p).update(role={"is": "Unsourced"})),
    (r"not there or not unique", lambda p: _tables(p)[1]["columns"][2].update(references=["orders", "state"])),
    (r"is no selector", lambda p: _tables(p)[1]["columns"][3]["role"].update(selector="$[")),
    (r"two Surrogate columns", lambda p: _state(p).update(role={"is": "Surrogate"}, type="integer", one_of=None)),
    (r"the surrogate is not the primary key", lambda p: _tables(p)[1].update(primary_key=["sku"])),
    (r"one row a document", lambda p: _tables(p)[0]["sources"][0].update(parent="lines")),
    (r"lies nowhere", lambda p: _tables(p)[1]["sources"][0].update(each=[])),
    (r"identifies no document", lambda p: p.update(key="gone")),
    (r"not a file within", lambda p: p["parts"][0].update(file="../../etc/passwd")),
    (r"is not a SELECT", lambda p: p["statements"][0].update(sql=[["any", "ATTACH 'x' AS y"]])),
    (r"more than one statement", lambda p: p["statements"][0].update(sql=[["any", "SELECT 1; DROP TABLE orders"]])),
    (r"is no dialect", lambda p: p["statements"][0].update(sql=[["oracle", "SELECT 1"]])),
)  # fmt: skip


@pytest.mark.parametrize(("said", "change"), CHANGES, ids=[f"{n}-{said[:30]}" for n, (said, _) in enumerate(CHANGES)])
def test_what_no_mapping_can_mean_is_refused(said: str, change: Callable[[Any], object]) -> None:
    plan = content()
    change(plan)
    with pytest.raises(ValueError, match=said):
        load_plan(json.dumps(plan))


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "{}", '{"is": "Table"}', "[" * 10**5, '{"is": "Plan", "is": "Plan"}', "NaN", "9" * 5000,
     b"{}", None, 5, " " * (16 * 1024 * 1024 + 1)],
    ids=lambda text: repr(text)[:20],
)  # fmt: skip
def test_what_is_no_plan_is_refused(text: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        load_plan(text)


def test_a_plan_is_read_back() -> None:
    plan = compile.compile(spec.loads(MAPPING))
    assert load_plan(plans.dump(plan)) == plan


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("states[0]", "states[1000000]", "M217"),
        ("a.state", ".".join(["a"] * 257), "M217"),
        ("mapping: shop", "mapping: shop\nversion: 2147483648", "M204"),
        ("SELECT number FROM orders WHERE state = 'paid'", "SELECT (number FROM orders", "M224"),
    ],
)  # fmt: skip
def test_a_mapping_that_could_not_be_read_back_is_refused(old: str, new: str, said: str) -> None:
    with pytest.raises(MappingError, match=said):
        compile.compile(spec.loads(MAPPING.replace(old, new)))
