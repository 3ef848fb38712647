"""The engine on extreme documents: deep, long and wide ones, in time that grows with their size, without recursion."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from docrel.compile import compile
from docrel.mapping import Mapping
from docrel.spec import loads
from docrel.values import jsontext

TREES = """
mapping: trees
document: {key: name}
tables:
  trees:
    columns: {name: {required: true, unique: true}, rest: {rest: true}}
    tables:
      nodes:
        each: nodes[*]
        repeat: nodes[*]
        columns: {label: text}
      leaves: {each: 'leaves[*]', columns: {leaf: {from: '@', type: integer}}}
      members: {each: members.*, columns: {member: {key: each}, value: {from: '@', type: integer}}}
"""


def mapping(text: str) -> Mapping:
    return Mapping(compile(loads(text, "trees.yaml")))


def exact(found: Mapping, document: Any) -> None:
    assert jsontext.same(found.rebuild(found.flatten(document)), document)


def nested(levels: int) -> dict[str, Any]:
    document: dict[str, Any] = {"label": str(levels)}
    for level in range(levels - 1, 0, -1):
        document = {"label": str(level), "nodes": [document]}
    return document


@pytest.mark.parametrize("levels", [1, 100, 120])
def test_a_document_nested_deep_through_rows(levels: int) -> None:
    document: dict[str, Any] = {"name": "t", "nodes": [nested(levels)]}
    found = mapping(TREES)
    rows = found.flatten(document)
    assert len(rows.tables["nodes"]) == levels
    assert jsontext.same(found.rebuild(rows), document)


def test_a_document_nested_deep_in_the_rest() -> None:
    value: Any = 1
    for _ in range(220):
        value = [value]
    exact(mapping(TREES), {"name": "t", "odd": value})


def test_depth_costs_no_stack_of_python() -> None:
    found = mapping(TREES)
    document: dict[str, Any] = {"name": "t", "nodes": [nested(120)]}
    found.rebuild(found.flatten(document))  # generated and compiled
    depth, frame = 0, sys._getframe()
    while frame is not None:
        depth, frame = depth + 1, frame.f_back  # type: ignore[assignment]
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + 60)
    try:
        rows = found.flatten(document)
        again = found.rebuild(rows)
    finally:
        sys.setrecursionlimit(limit)
    assert jsontext.same(again, document)


@pytest.mark.slow
def test_an_array_of_a_million_elements() -> None:
    exact(mapping(TREES), {"name": "t", "leaves": list(range(1_000_000))})


def test_an_object_of_a_hundred_thousand_keys() -> None:
    members = {f"key {n}": n for n in range(100_000)}
    exact(mapping(TREES), {"name": "t", "members": members})
    exact(mapping(TREES), {"name": "t", **members})


def test_a_table_of_two_hundred_columns() -> None:
    columns = "\n".join(f"      c{n}: integer" for n in range(200))
    head = "mapping: wide\ndocument: {key: name}\ntables:\n  wide:\n    columns:\n"
    text = f"{head}      name: {{required: true, unique: true}}\n{columns}\n"
    exact(mapping(text), {"name": "w", **{f"c{n}": n for n in range(200)}})
