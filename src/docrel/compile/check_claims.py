"""Ambiguity: two selectors of a mapping that claim one value of the document.

In: a plan and its outline. Out: findings, each with the smallest document that shows it. Scalars, objects
and arrays are disjoint, so a scalar column and a nested table may share a place (scalar-or-object,
one-or-many); named members go before `.*`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from docrel.compile.outline import Outline
from docrel.compile.paths import written
from docrel.compile.taken import Node, Taker, disjoint, example, taken_of
from docrel.plan import Index, Path, Plan
from docrel.spec import Findings

_FEEDS = ("single", "elements", "members")


def check_claims(plan: Plan, outline: Outline, findings: Findings) -> None:
    """Note each pair of selectors that claim one value (M212), once."""
    seen: set[tuple[object, object]] = set()
    for table in plan.tables:
        for source in table.sources:
            for one, other, path, value in _conflicts(taken_of(plan, table, source, outline)):
                first, second = sorted((one, other), key=lambda t: _order(t, findings))
                if (first.place, second.place) not in seen:
                    seen.add((first.place, second.place))
                    document = example(plan, table, source, path, value)
                    _report((first, second), path, document, findings)


def _order(taker: Taker, findings: Findings) -> tuple[int, int]:
    at = findings.position(taker.place)
    return (at.line, at.column)


def _report(pair: tuple[Taker, Taker], path: Path, document: str, findings: Findings) -> None:
    first, second = pair
    if first.what == second.what:
        message = f"{first.what} takes `{written(path)}` twice"
    else:
        message = f"{first.what} and {second.what} both take `{written(path)}`"
    findings.add("M212", second.place, message, f"keep one of the two; in {document} both would take the same value")


def _conflicts(root: Node) -> Iterator[tuple[Taker, Taker, Path, Any]]:
    for node in root.walk():
        for one, other in combinations(node.takers, 2):
            if (value := _at_one_place(one, other)) is not None:
                yield one, other, node.path, value[0]
        for taker in node.takers:
            yield from _below(taker, node)


def _below(taker: Taker, node: Node) -> Iterator[tuple[Taker, Taker, Path, Any]]:
    """Yield what reaches into a value that is taken whole, as one object, or element by element."""
    for step, inner in node.below.items():
        into = taker.kind in ("whole", "single") or (taker.kind == "elements" and isinstance(step, Index))
        if into:
            other = inner.first() or next((t for n in inner.walk() for t in n.takers), None)
            if other is not None:
                yield taker, other, other.path, 1


def _at_one_place(one: Taker, other: Taker) -> tuple[Any] | None:
    """Return an example of a value that both takers of one place take, in a tuple; None: there is none."""
    kinds = {one.kind, other.kind}
    if "when" in kinds:
        return None
    if "whole" in kinds:
        return (_value_of(one if one.kind != "whole" else other),)
    if kinds == {"scalar"}:
        return (1,)
    if "scalar" in kinds:
        feed = one if one.kind != "scalar" else other
        return (1,) if feed.self_kind else None
    return _two_feeds(one, other)


def _two_feeds(one: Taker, other: Taker) -> tuple[Any] | None:
    if one.source is not None and other.source is not None:
        trees = "members" in (one.kind, other.kind) and (one.source.tree or other.source.tree)
        if disjoint(one.source, other.source) and not trees:
            return None
    if one.kind == other.kind:
        return (_value_of(one),)
    kinds = {one.kind, other.kind}
    if kinds == {"elements", "members"}:
        return None
    if kinds == {"single", "members"}:
        return ({"x": 1},)
    single = one if one.kind == "single" else other
    return ([1],) if single.self_kind == "whole" else None


def _value_of(taker: Taker) -> Any:
    return {"scalar": 1, "whole": 1, "elements": [1], "members": {"x": 1}, "single": {"x": 1}, "when": 1}[taker.kind]
