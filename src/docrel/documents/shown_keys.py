"""Shown keys: a document's key as messages have it.

In: a key, and the plan of its documents. Out: a text; not always one that can be typed: `docrel.store.key_text`.
"""

from __future__ import annotations

import json
from typing import Any

from docrel.diagnostics import shortened, visible
from docrel.plan import Plan
from docrel.values import jsontext


def shown_key(key: Any, plan: Plan) -> str:
    """Return a document's key as `spelt` does, but what a JSON column holds as it is: that is JSON text already."""
    of_roots = ([root.column(name).type for name in plan.key_of(root)] for root in plan.roots)
    json_at = [set(types) == {"json"} for types in zip(*of_roots, strict=False)]
    if isinstance(key, tuple) and len(key) == len(json_at):
        parts = zip(key, json_at, strict=True)
        return f"[{', '.join(part if held and _is_json(part) else _spelt_part(part) for part, held in parts)}]"
    return str(key) if json_at == [True] and _is_json(key) else spelt(key)


def named(key: Any, plan: Plan) -> str:
    """Return a key as it stands behind `of`: a text bare, cut where it is long."""
    return shortened(visible(shown_key(key, plan) if isinstance(key, tuple) else str(key)))


def spelt(key: Any) -> str:
    """Return a key as messages have it, also an integer that Python does not spell; one of several values as JSON."""
    if isinstance(key, tuple):
        return f"[{', '.join(map(_spelt_part, key))}]"
    try:
        return repr(key)
    except ValueError:
        return f"an integer of {key.bit_length()} bits"


def _spelt_part(part: Any) -> str:
    return json.dumps(part, ensure_ascii=False) if isinstance(part, str) else spelt(part)


def _is_json(text: Any) -> bool:
    if not isinstance(text, str):
        return False
    try:
        jsontext.loads_text(text)
    except ValueError:
        return False
    return True
