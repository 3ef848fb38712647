"""The one table of diagnostic codes, each a Markdown text: what it means, an example, how to mend it.

In: the files `messages/<code>.md` beside this module. Out: the codes with their texts, and the page of the
documentation that has them all. A code is never reused for another meaning.

A text begins with `# <code>: <title>`, then says in a paragraph or two what is wrong and what to do. Fenced blocks
show it, the cause first and then the same thing mended; the first line of each says how it is run
(`tests/unit/test_code_examples.py` does):

- `yaml fails`, `yaml passes`: a mapping, of which `check` says this code and no other, or nothing.
- `json refused`, `json accepted` (or `jsonl`): a document, or one a line, imported into a new database; by the
  `yaml mapping` above it, else by the mapping `books.yaml` of the folder below.
- `sh says`, `sh passes`: commands, of which the last says this code, or none does, in a folder with a small mapping
  `books.yaml`, a document `book.json` and the database `books.db` made of them. `python raises`, `python passes`:
  the same with `docrel` and the open `store`. A mend goes on in the folder that the cause has left.

A code whose cause cannot be shown like that stands in that test, with the reason.
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

_BEGINNING = """\
# Errors

Every error and note has a code. A code keeps its meaning for ever. Commands and Python among the examples
are run in a folder with a small mapping `books.yaml`, a document `book.json`, and the database `books.db` made
of them; `store` is that database, open.
"""
_MESSAGES = Path(__file__).resolve().parent / "messages"


@cache
def codes() -> dict[str, str]:
    """Return the text of each code, in the order of the pipeline; its first line is `# <code>: <title>`."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in _MESSAGES.glob("*.md")}
    return dict(sorted(texts.items(), key=lambda entry: (tuple(RANGES).index(entry[0][:2]), entry[0])))


def code_page() -> str:
    """Return the page of all codes, one section a code."""
    parts = [_BEGINNING]
    shown = ""
    for code, text in codes().items():
        if code[:2] != shown:
            shown = code[:2]
            parts.append(f"## {shown}xx: {RANGES[shown]}\n")
        parts.append(f"##{text}")
    return "\n".join(parts)
