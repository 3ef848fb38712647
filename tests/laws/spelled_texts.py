"""JSON texts as people and programs spell them: white space, escapes and zeros that mean nothing.

In: a value and a random. Out: a text that is the same value.
"""

from __future__ import annotations

from random import Random
from typing import Any

from docrel.values import jsontext

_SPACES = ("", "", "", " ", "\n", "\r\n\t", "  ")


def spelled(random: Random, value: Any) -> str:
    """Return a text of a value."""
    space = random.choice(_SPACES)
    if isinstance(value, dict):
        members = (f"{_string(random, name)}{space}:{spelled(random, inner)}" for name, inner in value.items())
        return f"{space}{{{','.join(members)}{space}}}"
    if isinstance(value, list):
        return f"{space}[{f'{space},'.join(spelled(random, inner) for inner in value)}{space}]{space}"
    if isinstance(value, str):
        return f"{space}{_string(random, value)}{space}"
    text = jsontext.dumps(value)
    zeros = "0" * random.choice((0, 0, 2)) if isinstance(value, float) and "." in text and "e" not in text else ""
    return f"{space}{text}{zeros}{space}"


def _string(random: Random, text: str) -> str:
    often = random.choice((0.0, 0.0, 0.3, 1.0))
    return f'"{"".join(_character(one, is_escaped=random.random() < often) for one in text)}"'


def _character(one: str, *, is_escaped: bool) -> str:
    if not is_escaped:
        return jsontext.dumps(one)[1:-1]
    units = one.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
