"""Key text: a document's key as a person types it.

In: a plan and a text. Out: the key as its column holds it, so that `101` finds the document whose id is the number
101 where the key is a number, and the text "101" where it is a text. Never fails: what is no number is no key.
"""

from __future__ import annotations

from docrel.plan import Plan
from docrel.values import CODECS, jsontext

Key = str | int | float
_NUMERIC = frozenset({"integer", "real"})


def key_of_text(plan: Plan, text: str) -> Key:
    """Return the key that `text` spells for the documents of `plan`."""
    root = plan.roots[0]
    column = root.column(plan.key_of(root))
    value: object = text
    if column.type in _NUMERIC:
        try:
            value = jsontext.loads_text(text)
        except ValueError:
            return text
    stored = CODECS[column.type].encode(value)
    return stored if isinstance(stored, str | int | float) else text
