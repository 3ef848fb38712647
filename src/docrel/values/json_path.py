"""JSON paths: a place in a JSON value as text, in the one spelling that selectors have: it can be pasted back.

In: names and indexes. Out: text on one line. Never reads a value, nor a path.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

BARE = re.compile(r"[A-Za-z_\u0080-\ud7ff\ue000-\U0010ffff][A-Za-z0-9_\-\u0080-\ud7ff\ue000-\U0010ffff]*")
"""A name that needs no quotes."""


def quoted(text: str) -> str:
    r"""Return the text in quotes, as JSON; what cannot be seen or encoded becomes `\uXXXX`."""
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in json.dumps(text, ensure_ascii=False))


def step_text(step: str | int) -> str:
    """Return the step to a member or an element as it stands in a path."""
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if BARE.fullmatch(step) and step.isprintable() else f"[{quoted(step)}]"


def json_path(steps: Sequence[str | int]) -> str:
    """Return the path of names and 0-based indexes from the document's root.

    >>> json_path(["a", "b", 0, "odd key"])
    '$.a.b[0]["odd key"]'
    """
    return "$" + "".join(map(step_text, steps))
