"""Documents with keys of their own, so that many of them are stored beside each other.

In: a plan, a document and its number. Out: the document with another key, where its key is in a member of its root.
"""

from __future__ import annotations

from typing import Any

from docrel.plan import Name, Plan, Value


def with_own_key(plan: Plan, document: Any, number: int) -> Any:
    """Return a copy of a document whose key no other number gives; of one that is no object, itself."""
    if not isinstance(document, dict):
        return document
    for root in plan.roots:
        for name in plan.key_of(root)[:1]:
            column = root.column(name)
            paths = column.role.paths if isinstance(column.role, Value) else ()
            members = [step.name for path in paths[:1] for step in path if isinstance(step, Name)]
            document = _with(document, members, _key(column.type, number))
    return document


def _with(node: Any, members: list[str], value: Any) -> Any:
    if not members:
        return value
    inner = node if isinstance(node, dict) else {}
    return {**inner, members[0]: _with(inner.get(members[0]), members[1:], value)}


def _key(type_name: str, number: int) -> Any:
    match type_name:
        case "integer":
            return 5000 + number
        case "uuid":
            return f"00000000-0000-0000-0000-{number:012}"
    return f"own {number}"
