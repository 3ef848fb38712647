"""Evaluation: selectors parsed once, and evaluated where a column is derived.

In: a selector's text, or a `Selector` and a document. Out: the frozen `Selector`, or the values that it selects. Never
changes a document, and never recurses by a document's depth.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, assert_never

from docrel.selectors.nodes import (
    Absent,
    AllOf,
    AnyOf,
    Comparand,
    Compare,
    Descend,
    Elements,
    Exists,
    Filter,
    Index,
    Indexes,
    Literal,
    Members,
    Name,
    Names,
    Operator,
    Selector,
    Slice,
    Step,
    Test,
)
from docrel.selectors.tokens import SelectorError
from docrel.values import NOTHING


@lru_cache(maxsize=4096)
def parse(text: str) -> Selector:
    """Return the selector that a text stands for; `parse(str(selector)) == selector`.

    Raises:
        SelectorError: the text is no JSONPath, or one that has no certain meaning here.
    """
    from docrel.selectors.parsing import read  # jsonpath-ng costs a tenth of a second; only those who parse pay it

    return read(text)


def parse_names(text: str) -> tuple[str, ...]:
    """Return the names that a text leads to as a selector; none where it has any other step, or is no selector."""
    try:
        return parse(text).names or ()
    except SelectorError:
        return ()


def evaluate(selector: Selector, node: Any, document: Any) -> list[Any]:
    """Return the values that a selector selects from a row's node within its document.

    *Order*: RFC 9535's; where it leaves the order of members open, the document's. `[*]` and `.*` both select
    the children of arrays and objects alike, as RFC 9535 has it.
    """
    nodes = [document if selector.root else node]
    for step in selector.steps:
        nodes = [found for node in nodes for found in _taken(step, node, document)]
    return nodes


def _taken(step: Step, node: Any, document: Any) -> list[Any]:
    match step:
        case Name(name):
            return [node[name]] if isinstance(node, dict) and name in node else []
        case Index(index):
            return _elements(node, (index,))
        case Elements() | Members():
            return list(_children(node))
        case Names(names):
            return [node[name] for name in names if name in node] if isinstance(node, dict) else []
        case Indexes(indexes):
            return _elements(node, indexes)
        case Slice(start, stop, stride):
            return node[start:stop:stride] if isinstance(node, list) and stride != 0 else []
        case Filter(test):
            return [child for child in _children(node) if _holds(test, child, document)]
        case Descend(inner):
            return [found for each in _descendants(node) for found in _taken(inner, each, document)]
    assert_never(step)


def _elements(node: Any, indexes: tuple[int, ...]) -> list[Any]:
    if not isinstance(node, list):
        return []
    return [node[index] for index in indexes if -len(node) <= index < len(node)]


def _children(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []


def _descendants(node: Any) -> Iterator[Any]:
    """Yield the node and all below it, each before its children."""
    ahead = [node]
    while ahead:
        node = ahead.pop()
        yield node
        ahead.extend(reversed(_children(node)))


def _holds(test: Test, node: Any, document: Any) -> bool:
    match test:
        case Exists(selector):
            return bool(evaluate(selector, node, document))
        case Absent(selector):
            return not evaluate(selector, node, document)
        case Compare(left, operator, right):
            return _compared(_value(left, node, document), operator, _value(right, node, document))
        case AllOf(tests):
            return all(_holds(inner, node, document) for inner in tests)
        case AnyOf(tests):
            return any(_holds(inner, node, document) for inner in tests)
    assert_never(test)


def _value(comparand: Comparand, node: Any, document: Any) -> Any:
    if isinstance(comparand, Literal):
        return comparand.value
    found = evaluate(comparand, node, document)
    return found[0] if found else NOTHING


def _compared(left: Any, operator: Operator, right: Any) -> bool:
    match operator:
        case "==":
            return _equal(left, right)
        case "!=":
            return not _equal(left, right)
        case "<":
            return _less(left, right)
        case ">":
            return _less(right, left)
        case "<=":
            return _less(left, right) or _equal(left, right)
        case ">=":
            return _less(right, left) or _equal(left, right)
    assert_never(operator)


def _less(left: Any, right: Any) -> bool:
    ordered = (_is_number(left) and _is_number(right)) or (isinstance(left, str) and isinstance(right, str))
    return bool(left < right) if ordered else False


def _equal(left: Any, right: Any) -> bool:
    pairs = [(left, right)]
    while pairs:
        left, right = pairs.pop()
        if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
            pairs.extend(zip(left, right, strict=True))
        elif isinstance(left, dict) and isinstance(right, dict) and left.keys() == right.keys():
            pairs.extend((value, right[name]) for name, value in left.items())
        elif isinstance(left, list | dict) or isinstance(right, list | dict):
            return False
        elif (_is_number(left) and _is_number(right)) or type(left) is type(right):
            if left != right:
                return False
        else:
            return False
    return True


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
