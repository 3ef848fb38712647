"""`docrel infer` on documents within documents: syntax trees, graphs of kinds, wide objects. It never fails."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from typing import Any

import pytest

from docrel import compile as compiler
from docrel import spec
from docrel.authoring import infer, verify
from docrel.documents import InputDocument
from docrel.plan import Plan

ROUNDS = int(os.environ.get("DOCREL_FAULTS", "8"))

THREE: list[Any] = [
    {"rows": [{"left": [{"rows": 1}]}]},
    {"rows": [{"size": 1}]},
    {"rows": [{"rows": [{"rows": [{"right": {"size": 1}}]}]}]},
]
KINDS = {
    "add": ["left", "right"], "neg": ["arg"], "call": ["fn", "args*"], "let": ["name", "value", "body"], "lit": [],
    "var": [], "if": ["test", "yes", "no"], "block": ["steps*"], "get": ["of", "key"],
}  # fmt: skip


def exact(documents: list[Any]) -> Plan:
    plan = compiler.compile(spec.loads(infer(documents, name="trees")))
    found = [InputDocument(f"#{n}", document, name=f"#{n}") for n, document in enumerate(documents)]
    assert verify(plan, found).good
    return plan


def syntax_trees(random: random.Random) -> list[Any]:
    """Trees whose nodes are of several kinds, each with children of its own."""

    def node(depth: int) -> dict[str, Any]:
        kind = random.choice(list(KINDS)) if depth else random.choice(["lit", "var"])
        found: dict[str, Any] = {"kind": kind}
        if kind == "lit":
            found["value"] = random.choice([1, "s", True, None])
        for child in KINDS[kind]:
            many = child.endswith("*")
            found[child.rstrip("*")] = (
                [node(depth - 1) for _ in range(random.randint(0, 3))] if many else node(depth - 1)
            )
        return found | {"span": [1, 2]}

    return [{"kind": "program", "steps": [node(random.randint(1, 4))], "span": [0, 9]} for _ in range(30)]


def values(random: random.Random, names: list[str], depth: int) -> Any:
    """Any JSON value with few names for its members, so that it has itself within it again and again."""
    if not depth or random.random() < 0.2:
        return random.choice([1, 2.5, "s", None, True, [], {}])
    if random.random() < 0.4:
        return [values(random, names, depth - 1) for _ in range(random.randint(0, 3))]
    return {n: values(random, names, depth - 1) for n in random.sample(names, random.randint(0, len(names)))}


def any_trees(random: random.Random) -> list[Any]:
    names = random.sample(["rows", "left", "right", "size", "kind", "a", "b-1", "1", "c/d"], random.randint(1, 4))
    return [values(random, names, random.randint(1, 7)) for _ in range(random.randint(1, 30))]


def graphs(random: random.Random) -> list[Any]:
    """Kinds that lie within each other as a random graph says: by a member, a list, or a map."""
    kinds = range(random.randint(1, 5))
    edges = {
        k: [(f"m{n}", random.choice(kinds), random.choice("o[{")) for n in range(random.randint(1, 4))] for k in kinds
    }

    def node(kind: int, depth: int) -> Any:
        found: dict[str, Any] = {f"p{kind}": depth, "name": f"n{random.randint(0, 9)}"}
        for member, inner, how in edges[kind]:
            if depth and random.random() < 0.7:
                few = [node(inner, depth - 1) for _ in range(random.randint(1, 2))]
                found[member] = few[0] if how == "o" else few if how == "[" else {f"k{id(x) % 99}": x for x in few}
        return found

    return [node(0, random.randint(1, 5)) for _ in range(20)]


def wide(random: random.Random) -> list[Any]:
    """Objects of many members, some with the same objects within them."""
    inner = {f"x{n}": n for n in range(15)}
    return [
        {f"m{random.randint(0, 120)}": random.choice([1, "s", inner, [inner], {"again": inner}]) for _ in range(60)}
        for _ in range(5)
    ]


def test_what_falls_together_may_be_the_object_itself() -> None:
    exact(THREE)


@pytest.mark.parametrize("make", [syntax_trees, any_trees, graphs, wide])
def test_any_documents_give_a_mapping_that_keeps_them(make: Callable[[random.Random], list[Any]]) -> None:
    for seed in range(ROUNDS):
        try:
            plan = exact(make(random.Random(seed)))
        except Exception as e:
            raise AssertionError(f"{make.__name__}, seed {seed}") from e
        assert len(plan.tables) <= 30
