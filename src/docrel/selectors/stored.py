"""Selectors as JSON values, the form in which a plan stores them.

In: a `Selector`, or the JSON that `to_json` gave. Out: the other of the two, exactly. Never parses JSONPath.
"""

from __future__ import annotations

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
    Reach,
    Selector,
    Slice,
    Step,
    Test,
)


def to_json(selector: Selector) -> list[Any]:
    """Return `"$"` or `"@"`, then one JSON value a step: a name's text, an index's number, an object else.

    Example:
        >>> to_json(Selector(True, (Name("lines"), Elements(), Name("$"))))
        ['$', 'lines', {'every': 'element'}, '$']
    """
    return ["$" if selector.root else "@", *(_step_to_json(step) for step in selector.steps)]


def from_json(stored: list[Any]) -> Selector:
    """Return the selector that `to_json` made this of; the inverse of `to_json`.

    Raises:
        ValueError: the value is none that `to_json` gives.
    """
    if not isinstance(stored, list) or not stored or stored[0] not in ("$", "@"):
        raise ValueError(f"not a stored selector: {stored!r}")
    return Selector(stored[0] == "$", tuple(_step_from_json(step) for step in stored[1:]))


def _step_to_json(step: Step) -> Any:
    match step:
        case Name(name):
            return name
        case Index(index):
            return index
        case Elements():
            return {"every": "element"}
        case Members():
            return {"every": "member"}
        case Names(names):
            return {"names": list(names)}
        case Indexes(indexes):
            return {"indexes": list(indexes)}
        case Slice(start, stop, stride):
            return {"slice": [start, stop, stride]}
        case Filter(test):
            return {"filter": _test_to_json(test)}
        case Descend(inner):
            return {"descend": _step_to_json(inner)}
    assert_never(step)


def _step_from_json(stored: Any) -> Step:
    match stored:
        case {"descend": inner}:
            return Descend(_reach_from_json(inner))
        case _:
            return _reach_from_json(stored)


def _reach_from_json(stored: Any) -> Reach:
    match stored:
        case str(name):
            return Name(name)
        case int(index) if not isinstance(index, bool):
            return Index(index)
        case {"every": "element"}:
            return Elements()
        case {"every": "member"}:
            return Members()
        case {"names": [*names]}:
            return Names(tuple(names))
        case {"indexes": [*indexes]}:
            return Indexes(tuple(indexes))
        case {"slice": [start, stop, stride]}:
            return Slice(start, stop, stride)
        case {"filter": test}:
            return Filter(_test_from_json(test))
        case _:
            raise ValueError(f"not a stored step of a selector: {stored!r}")


def _test_to_json(test: Test) -> Any:
    match test:
        case Exists(selector):
            return {"exists": to_json(selector)}
        case Absent(selector):
            return {"absent": to_json(selector)}
        case Compare(left, operator, right):
            return {"compare": [_comparand_to_json(left), operator, _comparand_to_json(right)]}
        case AllOf(tests):
            return {"all": [_test_to_json(inner) for inner in tests]}
        case AnyOf(tests):
            return {"any": [_test_to_json(inner) for inner in tests]}
    assert_never(test)


def _test_from_json(stored: Any) -> Test:
    match stored:
        case {"exists": selector}:
            return Exists(from_json(selector))
        case {"absent": selector}:
            return Absent(from_json(selector))
        case {"compare": [left, ("==" | "!=" | "<" | "<=" | ">" | ">=") as operator, right]}:
            return Compare(_comparand_from_json(left), operator, _comparand_from_json(right))
        case {"all": [*tests]}:
            return AllOf(tuple(map(_test_from_json, tests)))
        case {"any": [*tests]}:
            return AnyOf(tuple(map(_test_from_json, tests)))
        case _:
            raise ValueError(f"not a stored test of a filter: {stored!r}")


def _comparand_to_json(comparand: Comparand) -> Any:
    return {"literal": comparand.text} if isinstance(comparand, Literal) else to_json(comparand)


def _comparand_from_json(stored: Any) -> Comparand:
    match stored:
        case {"literal": str(text)}:
            return Literal(text)
        case _:
            return from_json(stored)
