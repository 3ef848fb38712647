"""Markup: names and texts of any kind, made harmless for Markdown tables and Mermaid diagrams.

In: any text. Out: text on one line that shows it and nothing else. Never shortens without saying so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_MERMAID_WORDS = frozenset(
    re.findall(
        r"\w+",
        "pk fk uk title direction style class classdef erdiagram acctitle accdescr one many only zero optionally to u",
    )
)


def visible(text: str) -> str:
    """Return the text on one line, with what cannot be seen or encoded as an escape."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


def prose(text: str) -> str:
    """Return the text for a cell or paragraph of Markdown, where none of it is markup."""
    escaped = re.sub(r"([\\`*_{}\[\]<>#|~$])", r"\\\1", " ".join(visible(line) for line in text.splitlines()))
    return escaped.replace("&", "&amp;")


def code(text: str) -> str:
    """Return the text as a code span that is safe in a table."""
    shown = visible(text).replace("|", "\\|")
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    pad = " " if shown[:1] in {"`", " ", ""} or shown[-1:] in {"`", " "} else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def fenced(text: str, language: str) -> str:
    """Return the text as a fenced block that nothing in it can close."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}{language}\n{text}\n{fence}"


def mermaid_text(text: str) -> str:
    """Return the text for between double quotes in Mermaid, which knows no escape for them."""
    return visible(text).replace('"', "'").replace("`", "'").replace("#", "＃").replace(";", "；")


def bare_words(names: Iterable[str]) -> dict[str, str]:
    """Return one bare word for each name, no two alike, none of them a word of Mermaid's."""
    words: dict[str, str] = {}
    taken = set(_MERMAID_WORDS)
    for name in names:
        word = re.sub(r"[^A-Za-z0-9_]", "_", name)
        word = word if re.match(r"[A-Za-z]", word) else f"x{word}"
        candidate, number = (word if word.lower() not in taken else f"{word}_"), 2
        while candidate.lower() in taken:
            candidate, number = f"{word}_{number}", number + 1
        taken.add(candidate.lower())
        words[name] = candidate
    return words
