"""The one table of diagnostic codes, each a Markdown text: what it means, an example, how to mend it.

In: the files `messages/<code>.md` beside this module. Out: the codes with their texts, and the page of the
documentation that has them all. A code is never reused for another meaning.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

RANGES = {
    "Y1": "The text of a YAML file",
    "M2": "The mapping",
    "D3": "Documents",
    "S4": "Store and database",
    "X5": "Migrations",
    "T6": "Transition",
}
"""What a code is about, by its first two characters, in the order of the pipeline."""

_MESSAGES = Path(__file__).resolve().parent / "messages"


@cache
def codes() -> dict[str, str]:
    """Return the text of each code, in the order of the pipeline; its first line is `# <code>: <title>`."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in _MESSAGES.glob("*.md")}
    return dict(sorted(texts.items(), key=lambda found: (tuple(RANGES).index(found[0][:2]), found[0])))


def code_page() -> str:
    """Return the page of all codes, one section a code."""
    parts = ["# Errors\n\nEvery error and warning has a code. A code keeps its meaning for ever.\n"]
    shown = ""
    for code, text in codes().items():
        if code[:2] != shown:
            shown = code[:2]
            parts.append(f"## {shown}xx: {RANGES[shown]}\n")
        parts.append(f"##{text}")
    return "\n".join(parts)
