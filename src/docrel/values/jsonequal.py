"""Exact equality of JSON values, where Python's own `==` takes 1, 1.0 and True for one value.

In: two JSON values. Out: whether they are the same, or the first place where they are not; in order, where the order of
members is nobody's matter. Never recurses in Python's own stack.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import count
from typing import Any, TypeAlias

import orjson

from docrel.values.json_path import json_path
from docrel.values.jsonvalue import JSON

_Pair: TypeAlias = "tuple[str | int, str | int, JSON, JSON]"


def same(a: JSON, b: JSON) -> bool:
    """Tell whether two JSON values are exactly the same: types, signs of zero, key order and all."""
    return first_difference(a, b) is None


def first_difference(a: JSON, b: JSON) -> tuple[str, JSON, JSON] | None:
    """Return the JSON path of the first difference and the two values there, or `None` where there is none.

    Order: that of `a`'s text. Where one array or object ends early, or a name differs (missing, added or
    moved), the path is that of the whole array or object.
    """
    if _is_soon_same(a, b):
        return None
    steps: list[str | int] = []
    owners: list[tuple[JSON, JSON]] = []
    pairs: list[Iterator[_Pair]] = [iter((("", "", a, b),))]
    while pairs:
        for step, other_step, x, y in pairs[-1]:
            if step != other_step:
                return (json_path(steps[1:]), *owners[-1])
            if x is y:
                continue
            if isinstance(x, (list, dict)) and type(x) is type(y):
                steps.append(step)
                owners.append((x, y))
                pairs.append(iter(_member_pairs(x, y)))
                break
            if not same_scalar(x, y):
                return json_path([*steps, step][1:]), x, y
        else:
            pairs.pop()
            if owners:
                x, y = owners.pop()
                if len(x) != len(y):  # type: ignore[arg-type]
                    return json_path(steps[1:]), x, y
                steps.pop()
    return None


def _is_soon_same(a: JSON, b: JSON) -> bool:
    """Tell whether two values are the same, as far as Python and `orjson` tell: mostly they are, or it is soon seen.

    Python takes 1, 1.0 and True for one value and overlooks the order of keys, and `orjson` takes NaN for null; values
    that are equal to both are the same.
    """
    try:
        return a == b and orjson.dumps(a) == orjson.dumps(b)
    except (TypeError, RecursionError):  # what `orjson` does not write, and deep nesting
        return False


def _member_pairs(x: JSON, y: JSON) -> Iterable[_Pair]:
    if isinstance(x, dict) and isinstance(y, dict):
        return zip(x, y, x.values(), y.values(), strict=False)
    assert isinstance(x, list)
    assert isinstance(y, list)
    return zip(count(), count(), x, y, strict=False)


def same_scalar(a: Any, b: Any) -> bool:
    """Tell whether two scalars are the same JSON value."""
    if type(a) is not type(b) or a != b:
        return False
    if type(a) is float:
        return a != 0 or repr(a) == repr(b)
    return not isinstance(a, Decimal) or a.as_tuple() == b.as_tuple()


def in_order(value: Any) -> Any:
    """Return a JSON value with the members of each object sorted by name."""
    top: list[Any] = [value]
    pending: list[tuple[Any, Any]] = [(top, 0)]
    while pending:
        holder, at = pending.pop()
        inner = holder[at]
        if isinstance(inner, dict):
            holder[at] = {name: inner[name] for name in sorted(inner)}
            pending.extend((holder[at], name) for name in holder[at])
        elif isinstance(inner, list):
            holder[at] = list(inner)
            pending.extend((holder[at], n) for n in range(len(inner)))
    return top[0]
