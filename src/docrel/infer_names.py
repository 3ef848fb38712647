"""Names: what tables and columns are called after the keys of documents.

In: keys, of any kind. Out: names in snake case, which every dialect keeps whole, and which do not collide. The rule:
letters and digits of any script stay, a change of case or anything else is one `_`, all in lower case; a name that
is taken gets more of its path in front, then `_2`, `_3`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

LIMIT_BYTES = 56  # of 63: leaves room for `_id` and a number

_WORD_ENDS = (re.compile(r"([a-z0-9])([A-Z])"), re.compile(r"([A-Z]+)([A-Z][a-z])"))


def snake(key: str, empty: str = "member") -> str:
    """Return the key in snake case; `empty` where it has neither letter nor digit."""
    text = unicodedata.normalize("NFKC", key.encode("utf-8", "ignore").decode())
    for ends in _WORD_ENDS:
        text = ends.sub(r"\1_\2", text)
    text = "".join(c if c.isalnum() else "_" for c in text.lower())
    text = re.sub("_+", "_", text).strip("_") or empty
    if text[0].isdigit():
        text = f"n_{text}"
    if text.startswith("sqlite_"):
        text = f"x_{text}"
    return text.encode()[:LIMIT_BYTES].decode("utf-8", "ignore")


_SINGULAR = (
    (re.compile(r"(series|species|news|status|address|analysis|basis|bus|class|process|access|alias|https|css|os|as|is|us|ss)\Z"), None),
    (re.compile(r"(statuses|addresses|aliases|classes|processes|buses)\Z"), "es"),
    (re.compile(r"analyses\Z"), "analysis"),
    (re.compile(r"[^aeiou]ies\Z"), "ies"),
    (re.compile(r"(sh|ch|x|ss)es\Z"), "es"),
    (re.compile(r"children\Z"), "children"),
    (re.compile(r"people\Z"), "people"),
    (re.compile(r"[^s]s\Z"), "s"),
)  # fmt: skip


def singular(name: str) -> str:
    """Return what one row of the table `name` is called: its last word in the singular."""
    for pattern, ending in _SINGULAR:
        if not pattern.search(name):
            continue
        match ending:
            case None:
                return name
            case "ies":
                return name[:-3] + "y"
            case "es":
                return name[:-2]
            case "s":
                return name[:-1]
            case "children":
                return name[:-8] + "child"
            case "people":
                return name[:-6] + "person"
            case _:
                return name[: -len(ending)] + ending
    return name


def joined(parts: Sequence[str]) -> str:
    """Join the parts of a name; a part that repeats the end of the one before it is said once."""
    text = ""
    for part in parts:
        words = part.split("_")
        before = text.split("_") if text else []
        shared = next((n for n in range(len(words) - 1, 0, -1) if before[-n:] == words[:n]), 0)
        if before == words or (before and before[-len(words) :] == words):
            shared = len(words)
        text = "_".join([*before, *words[shared:]])
    return text.encode()[:LIMIT_BYTES].decode("utf-8", "ignore")


class Names:
    """The names of one name space; no two of them differ by case only."""

    def __init__(self, reserved: Sequence[str] = ()) -> None:
        self._taken = {name.casefold() for name in reserved}

    def reserve(self, name: str) -> None:
        """Keep a name from being given."""
        self._taken.add(name.casefold())

    def free(self, name: str) -> bool:
        """Say whether nothing has this name yet."""
        return name.casefold() not in self._taken

    def give(self, *wanted: str) -> str:
        """Return and take the first name that is free; the last one with a number if none is."""
        name = next((n for n in wanted if self.free(n)), None)
        number = 1
        while name is None:
            number += 1
            name = f"{wanted[0]}_{number}"
            name = name if self.free(name) else None
        self._taken.add(name.casefold())
        return name
