"""Key text: a document's key as a person types it, and as it is shown to be typed.

In: an open store, or its plan, and a text or a key. Out: the key as its column holds it, for the text of what the
document itself says: `101` is a number where the key is one, and a text where it is a text; `true` is a boolean,
`{"a": 1}` a JSON value, and the text of bytes is the document's base64. And back. A text that says nothing which the
column could hold is no document's key.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from docrel.diagnostics import StoreError
from docrel.layout import key_decoder, mapped, typed_key
from docrel.plan import Column, Plan
from docrel.store.reading import DocumentKey, Reader
from docrel.values import CODECS, jsontext

_STORED: dict[str, type] = {"text": str, "integer": int, "real": float, "blob": bytes}
_SCALAR = (str, bool, int, float, Decimal)


def key_of_text(store: Reader, text: str) -> DocumentKey:
    """Return the key that `text` spells: that of a stored document if there is one.

    Raises:
        StoreError: S422, two documents are meant, as the keys of two root tables are of different types.
    """
    spelled = {typed_key(key): key for key in (_spelled(column, text) for column in _key_columns(store.plan))}
    if len(spelled) == 1:
        return next(iter(spelled.values()))
    stored = store.locate_all(list(spelled.values()))
    if len(stored) > 1:
        raise _ambiguous(store, text, [spelled[typed] for typed in stored])
    return spelled[next(iter(stored or spelled))]


def text_of_key(plan: Plan, key: DocumentKey) -> str:
    """Return the text that spells a key, which is what the document says of itself."""
    for column in _key_columns(plan):
        for text in _shown(column, key):
            if typed_key(_spelled(column, text)) == typed_key(key):
                return text
    return str(key)


def _key_columns(plan: Plan) -> list[Column]:
    return [root.column(plan.key_of(root)) for root in plan.roots]


def _spelled(column: Column, text: str) -> DocumentKey:
    codec = CODECS[column.type]
    encode = codec.encode if codec.container else mapped(column)
    for value in _values(column.type, text):
        stored = encode(value)
        if isinstance(stored, str | int | float | bytes):
            return stored
    return text


def _values(kind: str, text: str) -> list[Any]:
    """Return what a text may say as a value of a type, the likeliest first."""
    try:
        value = jsontext.loads_text(text)
    except ValueError:
        return [text]
    match kind:
        case "json":
            return [value]
        case "integer" | "real" if isinstance(value, bool):
            return [text]
        case "scalar" if isinstance(value, str):
            return [text]
        case "integer" | "real" | "boolean" | "scalar" if isinstance(value, _SCALAR):
            return [value, text]
        case _:
            return [text, *([value] if isinstance(value, _SCALAR) else [])]


def _shown(column: Column, key: DocumentKey) -> list[str]:
    """Return texts that may spell a key, the plainest first."""
    if type(key) is not _STORED[CODECS[column.type].storage]:
        return []
    try:
        value = key_decoder(column)(key)
    except ValueError:  # no JSON, after an edit by SQL
        return []
    return [*([value] if isinstance(value, str) else []), jsontext.dumps(value)]


def _ambiguous(store: Reader, text: str, keys: list[DocumentKey]) -> StoreError:
    message = f"{text!r} names two documents: {' and '.join(map(repr, keys))}"
    advice = "say which by a condition (`docrel archive --where`), or in Python, where keys have types"
    return StoreError.one("S422", message, subject=store.backend.name, help=advice)
