"""The small closed set of nodes that a selector is made of, and their canonical text.

In: nothing but plain values. Out: frozen nodes, equal when they mean the same path. Never reads a document.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias, assert_never
from typing import Literal as Choice

from docrel.values import quoted, step_text

Operator = Choice["==", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Name:
    """The member of an object with this name."""

    name: str


@dataclass(frozen=True, slots=True)
class Index:
    """The element of an array at this index; a negative one counts from the end."""

    index: int


@dataclass(frozen=True, slots=True)
class Elements:
    """`[*]`: every element of an array."""


@dataclass(frozen=True, slots=True)
class Members:
    """`.*`: every member of an object."""


@dataclass(frozen=True, slots=True)
class Names:
    """Several members of one object, in the order given; `["a", "b"]`."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Indexes:
    """Several elements of one array, in the order given; `[0, 2]`."""

    indexes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """`[start:stop:step]` of an array, as RFC 9535 section 2.3.4 has it."""

    start: int | None
    stop: int | None
    step: int | None


@dataclass(frozen=True, slots=True)
class Filter:
    """`[?test]`: the children of an array or object for which the test holds."""

    test: Test


@dataclass(frozen=True, slots=True)
class Descend:
    """`..`: the step, taken from the node and from each of its descendants."""

    step: Reach


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant in a comparison, kept as its JSON text so that `1`, `1.0` and `true` stay three literals."""

    text: str

    @property
    def value(self) -> Any:
        """The JSON value."""
        return _decoded(self.text)


@dataclass(frozen=True, slots=True)
class Exists:
    """True when the selector selects anything at all, `null` included."""

    selector: Selector


@dataclass(frozen=True, slots=True)
class Absent:
    """True when the selector selects nothing; `!@.a`."""

    selector: Selector


@dataclass(frozen=True, slots=True)
class Compare:
    """Two values compared as RFC 9535 section 2.3.5.2.2 has it: never across types."""

    left: Comparand
    operator: Operator
    right: Comparand


@dataclass(frozen=True, slots=True)
class AllOf:
    """`&&` of two tests or more."""

    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """`||` of two tests or more."""

    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Selector:
    """A path from `$`, the document (`root`), or from `@`, the row's node."""

    root: bool
    steps: tuple[Step, ...]

    @property
    def path(self) -> Path | None:
        """The steps, where a value can be put back where they found it, so that it may fill a column; else None."""
        steps = tuple(step for step in self.steps if isinstance(step, PathStep) and not _from_the_end(step))
        return steps if len(steps) == len(self.steps) else None

    @property
    def names(self) -> tuple[str, ...] | None:
        """The names that lead to the node; None where there is any other step."""
        return names_of(self.steps)

    @property
    def single(self) -> bool:
        """Whether this selects one node at most."""
        return all(isinstance(step, Name | Index) for step in self.steps)

    def __str__(self) -> str:
        return path_text(self.steps, "$" if self.root else "")


PathStep: TypeAlias = Name | Index | Elements | Members
Path: TypeAlias = tuple[PathStep, ...]
Reach: TypeAlias = Name | Index | Elements | Members | Names | Indexes | Slice | Filter
Step: TypeAlias = Reach | Descend
Comparand: TypeAlias = Literal | Selector
Test: TypeAlias = Exists | Absent | Compare | AllOf | AnyOf


@lru_cache(maxsize=1024)
def _decoded(text: str) -> Any:
    return json.loads(text)


def names_of(steps: Iterable[Step]) -> tuple[str, ...] | None:
    """Return the names that steps consist of; None where there is any other step."""
    names = [step.name if isinstance(step, Name) else None for step in steps]
    return None if None in names else tuple(name for name in names if name is not None)


def path_text(steps: Sequence[Step], start: str = "") -> str:
    """Return steps behind a start, `$` or `@`, as text; without one as an author writes them from a row's node."""
    text = "".join(map(_step_text, steps))
    if start or not steps or isinstance(steps[0], Descend):
        return (start or "@") + text
    return text.removeprefix(".")


def _from_the_end(step: Step) -> bool:
    return isinstance(step, Index) and step.index < 0


def _step_text(step: Step) -> str:
    match step:
        case Name(name):
            return step_text(name)
        case Index(index):
            return step_text(index)
        case Elements():
            return "[*]"
        case Members():
            return ".*"
        case Names(names):
            return f"[{', '.join(quoted(name) for name in names)}]"
        case Indexes(indexes):
            return f"[{', '.join(map(str, indexes))}]"
        case Slice(start, stop, stride):
            bounds = [start, stop] if stride is None else [start, stop, stride]
            return f"[{':'.join('' if bound is None else str(bound) for bound in bounds)}]"
        case Filter(test):
            return f"[?{_test_text(test)}]"
        case Descend(inner):
            return ".." + _step_text(inner).removeprefix(".")
    assert_never(step)


def _test_text(test: Test) -> str:
    match test:
        case Exists(selector):
            return _selector_text(selector)
        case Absent(selector):
            return f"!{_selector_text(selector)}"
        case Compare(left, operator, right):
            return f"{_comparand_text(left)} {operator} {_comparand_text(right)}"
        case AllOf(tests):
            return " && ".join(
                f"({_test_text(inner)})" if isinstance(inner, AnyOf) else _test_text(inner) for inner in tests
            )
        case AnyOf(tests):
            return " || ".join(_test_text(inner) for inner in tests)
    assert_never(test)


def _comparand_text(comparand: Comparand) -> str:
    return comparand.text if isinstance(comparand, Literal) else _selector_text(comparand)


def _selector_text(selector: Selector) -> str:
    return path_text(selector.steps, "$" if selector.root else "@")
