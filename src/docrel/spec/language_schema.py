"""Spec schema: the published JSON Schema of the mapping language.

In: the spec's models. Out: a JSON Schema that editors read for completion and hover. Deterministic.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON Schema of a model and all below it, without pydantic's generated titles."""
    schema = _tidied(model.model_json_schema(by_alias=True, mode="validation"))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "docrel mapping",
        **schema,
    }


def _tidied(node: Any) -> Any:
    """Leave out generated titles, empty defaults, and the null that stands for a key left out."""
    if isinstance(node, list):
        return [_tidied(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept: dict[str, Any] = {}
    for key, value in node.items():
        if key == "title" and isinstance(value, str):
            continue
        if key == "default" and value in (None, [], {}, "", False):
            continue
        if key in ("properties", "$defs"):
            kept[key] = {name: _tidied(inner) for name, inner in value.items()}
        elif key == "description" and isinstance(value, str):
            kept[key] = " ".join(value.split())
        else:
            kept[key] = _tidied(value)
    forms = kept.get("anyOf")
    if isinstance(forms, list) and {"type": "null"} in forms:
        rest = [form for form in forms if form != {"type": "null"}]
        del kept["anyOf"]
        kept = {**(rest[0] if len(rest) == 1 else {"anyOf": rest}), **kept}
    return kept
