"""Flattened: what is told of each document among fresh rows, and that nothing else passes from one to the next."""

from __future__ import annotations

from typing import Any

import pytest

from docrel import compile, spec
from docrel.engine import Flattened, Flattener, FreshRows, Rebuilder
from docrel.plan import Plan

NOW = "2026-01-01T00:00:00Z"


def plan_of(text: str) -> Plan:
    return compile.compile(spec.loads(text))


ORDERS = plan_of("""\
mapping: orders
document: {key: number}
tables:
  orders:
    columns:
      number: {from: number, type: text, required: true, unique: true, default: {given: true}}
      at: {from: at, type: text, default: {now: true}}
      paid: {type: boolean}
    tables:
      lines:
        each: lines[*]
        columns: {sku: {type: text, required: true}}
""")
KINDS = plan_of("""\
mapping: kinds
document: {key: k}
tables:
  a:
    when: {type: a}
    primary_key: [k, of]
    columns:
      k: {type: text, required: true, unique: true}
      of: {type: text, required: true}
  b:
    when: {type: b}
    columns: {k: {type: text, required: true, unique: true}}
""")


def order(number: str | None = None, *lines: Any, **more: Any) -> dict[str, Any]:
    named = {} if number is None else {"number": number}
    return {**named, "lines": [{"sku": sku} for sku in lines], **more}


def flattened(flattener: Flattener, to: FreshRows, document: Any, given: str | None = None) -> Flattened:
    found = flattener.add(document, to, given=given, now=NOW)
    assert found.problems == ()
    return found


def test_a_document_says_its_root_and_its_key() -> None:
    flattener = Flattener(KINDS)
    to = flattener.start()
    first = flattened(flattener, to, {"type": "b", "k": "x"})
    second = flattened(flattener, to, {"type": "a", "k": "y", "of": "z"})
    assert (first.root, first.row, first.key) == (1, (1,), "x")
    assert (second.root, second.row, second.key) == (0, ("y", "z"), "y")
    assert to.documents == [first, second]


@pytest.mark.parametrize(
    ("number", "given", "key", "used"),
    [("A", None, "A", False), ("A", "B", "A", False), ("A", "A", "A", False), (None, "B", "B", True)],
)
def test_whether_the_given_key_was_used_is_told(number: str | None, given: str | None, key: str, used: bool) -> None:
    flattener = Flattener(ORDERS)
    found = flattened(flattener, flattener.start(), order(number), given)
    assert (found.key, found.given_used) == (key, used)


def test_null_in_place_of_a_key_takes_the_given_one() -> None:
    flattener = Flattener(ORDERS)
    found = flattened(flattener, flattener.start(), {"number": None}, "B")
    assert (found.key, found.given_used) == ("B", True)


def test_nothing_of_one_document_passes_to_the_next() -> None:
    flattener = Flattener(ORDERS)
    to = flattener.start()
    flattener.add(order(None, "a"), to, given="A", now=NOW)
    unnamed = flattener.add(order(None, "b"), to, now=NOW)
    assert [problem.rule for problem in unnamed.problems] == ["required"]
    later = flattener.add(order("C"), to, now="2027-01-01T00:00:00Z")
    assert not later.given_used
    assert [row[2] for row in to.rows[0]] == [NOW, "2027-01-01T00:00:00Z"]


def test_a_document_that_is_refused_leaves_the_batch_as_it_was() -> None:
    flattener = Flattener(ORDERS)
    to = flattener.start()
    flattened(flattener, to, order("A", "a", paid="no"))
    before = ([list(rows) for rows in to.rows], list(to.next_ids), list(to.documents), list(to.notes))
    found = flattener.add({"number": "B", "paid": None, "lines": [{"sku": "b"}, {}]}, to, now=NOW)
    assert [(problem.column, problem.rule, problem.path) for problem in found.problems] == [
        ("sku", "required", ("lines", 1, "sku"))
    ]
    assert (to.rows, to.next_ids, to.documents, list(to.notes)) == before


def test_the_rows_of_one_document_can_be_taken_out_of_a_batch() -> None:
    flattener, rebuilder = Flattener(ORDERS), Rebuilder(ORDERS)
    documents = [order("A", "a", "b", paid=None), order("B"), order("C", "c", 5, x=[1])]
    to = flattener.start()
    for document in documents:
        flattened(flattener, to, document)
    for number, document in enumerate(documents):
        one = to.alone(number)
        assert [(1, key, back) for _, key, back in rebuilder.documents(one.rows, one.notes)] == [
            (1, number + 1, document)
        ]
        assert (one.documents[0].row, one.documents[0].starts) == ((number + 1,), (0, 0))
    whole = flattener.start()
    for number in range(len(documents)):
        whole.extend(to.alone(number))
    assert (whole.rows, whole.documents) == (to.rows, to.documents)
