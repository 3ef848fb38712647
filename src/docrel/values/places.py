"""Places: what a JSON value holds at a path of names and indexes.

In: a value and a path from it. Out: the value there, or one more element there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docrel.values.jsonvalue import NOTHING


def value_at(value: Any, path: Sequence[str | int]) -> Any:
    """Return the value at a path, NOTHING where there is none.

    >>> value_at({"a": [{"b": None}]}, ["a", 0, "b"]), value_at({"a": []}, ["a", "b"])
    (None, NOTHING)
    """
    for step in path:
        if isinstance(value, dict):
            value = value.get(step, NOTHING)
        elif isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
            value = value[step]
        else:
            return NOTHING
    return value


def append_at(value: Any, names: Sequence[str], item: Any) -> bool:
    """Add an element to the array at a path of names; what is not there yet is made. Says whether it could be.

    >>> value = {}
    >>> append_at(value, ["a", "b"], 1), value, append_at(value, ["a"], 2)
    (True, {'a': {'b': [1]}}, False)
    """
    node = value
    for name in names[:-1]:
        node = node.setdefault(name, {}) if isinstance(node, dict) else None
    elements = node.setdefault(names[-1], []) if isinstance(node, dict) else None
    if not isinstance(elements, list):
        return False
    elements.append(item)
    return True
