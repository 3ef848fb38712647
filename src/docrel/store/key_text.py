"""DocumentKey text: a document's key as a person types it, and as it is shown to be typed.

In: an open store, or its plan, and a text or a key. Out: the key as its column holds it, for the text of what the
document itself says: `101` is a number where the key is one, and a text where it is a text; `true` is a boolean,
`{"a": 1}` a JSON value, and the text of bytes is the document's base64. And back. A text that says nothing which the
column could hold is no document's key.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from docrel.diagnostics import StoreError
from docrel.layout import key_decoder, mapped, typed_key
from docrel.plan import Column, Plan
from docrel.store.reading import DocumentKey, Reader
from docrel.values import CODECS, jsontext

_STORED: dict[str, tuple[type, ...]] = {
    "text": (str,), "integer": (int,), "real": (float,), "number": (int, float), "blob": (bytes,),
}  # fmt: skip
_SCALAR = (str, bool, int, float, Decimal)
_INEXACT = 2  # behind the two values that a text may be, itself and as JSON


def key_of_text(store: Reader, text: str) -> DocumentKey:
    """Return the key that `text` spells: that of a stored document if there is one.

    Raises:
        StoreError: S422, two documents are meant, as the keys of two root tables are of different types.
    """
    stored = _stored(store, text)
    if len(stored) > 1:
        raise _ambiguous(store, text, stored)
    return stored[0] if stored else _spelled(_key_columns(store.plan)[0], text)


def _stored(store: Reader, text: str) -> list[DocumentKey]:
    """Return the keys of documents that a text spells, those that it spells best."""
    readings = [reading for column in _key_columns(store.plan) for reading in _readings(column, text)]
    for rank in range(_INEXACT + 1):
        spelled = {typed_key(key): key for of, key in readings if of == rank}
        found = store.locate_all(list(spelled.values()))
        if found:
            return [spelled[typed] for typed in found]
    return []


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
    return next((key for _, key in _readings(column, text)), text)


def _readings(column: Column, text: str) -> list[tuple[int, DocumentKey]]:
    """Return what a column may hold for a text, each with its rank: exactly what the document says comes first."""
    codec, decode = CODECS[column.type], key_decoder(column)
    encode = codec.encode if codec.container else mapped(column)
    found: list[tuple[int, DocumentKey]] = []
    for value in _values(column.type, text):
        stored = encode(value)
        if not isinstance(stored, str | int | float | bytes):
            continue
        is_exact = jsontext.same(decode(stored), value)
        if isinstance(value, str) and isinstance(stored, int | float) and not is_exact:
            continue  # a string is another key than the number that it spells
        if is_exact or not found:
            found.append((len(found) if is_exact else _INEXACT, stored))
    return found


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
    if type(key) not in _STORED[CODECS[column.type].storage]:
        return []
    try:
        value = key_decoder(column)(key)
    except ValueError:  # no JSON, after an edit by SQL
        return []
    return [*([value] if isinstance(value, str) else []), jsontext.dumps(value)]


def _ambiguous(store: Reader, text: str, keys: list[DocumentKey]) -> StoreError:
    message = f"{text!r} names {len(keys)} documents: {' and '.join(map(repr, keys))}"
    return StoreError.one("S422", message, subject=store.backend.name, help="; ".join(_told_apart(store, keys)))


def _told_apart(store: Reader, keys: list[DocumentKey]) -> Iterator[str]:
    """Yield how to name each document: its key as JSON, which begins with a space where it is no text."""
    for key in keys:
        shown = dict.fromkeys(text for column in _key_columns(store.plan) for text in _shown(column, key))
        texts = [text for one in shown for text in (one, f" {one}")]
        only = next((text for text in texts if list(map(typed_key, _stored(store, text))) == [typed_key(key)]), None)
        if only is None:
            yield f"{key!r} can only be named in Python, where keys have types"
        else:
            yield f"`--key {shlex.quote(only)}` is {key!r}"
