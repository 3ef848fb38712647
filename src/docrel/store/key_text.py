"""DocumentKey text: a document's key as a person types it, and as it is shown to be typed.

In: an open store, or its plan, and a text or a key. Out: the key as its column holds it, for the text of what the
document itself says: `101` is a number where the key is one, and a text where it is a text; `true` is a boolean,
`{"a": 1}` a JSON value, and the text of bytes is the document's base64. A key of several columns is a JSON array of
what each says, or `symbol=ACME,day=2024-01-02`. And back. A text that says nothing which the columns could hold is no
document's key.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice, product
from typing import Any

from docrel.diagnostics import StoreError, near
from docrel.documents import spelt
from docrel.layout import key_decoder, key_parts, mapped, typed_key
from docrel.plan import Column, Plan
from docrel.store.errors import missing
from docrel.store.reading import DocumentKey, Reader
from docrel.values import CODECS, jsontext

Columns = tuple[Column, ...]
"""Those that identify a document of one root table."""
Part = str | int | float | bytes
_STORED: dict[str, tuple[type, ...]] = {
    "text": (str,), "integer": (int,), "real": (float,), "number": (int, float), "any": (str, int, float),
    "blob": (bytes,),
}  # fmt: skip
_SCALAR = (str, bool, int, float, Decimal)
LOOKED_AT = 10_000
"""Among so many keys the nearest is looked for."""
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


def known_key(store: Reader, text: str) -> DocumentKey:
    """Return the key that `text` spells, of a document that is there.

    Raises:
        StoreError: S420, there is none, with the nearest key that there is; S422, as for `key_of_text`.
    """
    key = key_of_text(store, text)
    if key in store:
        return key
    texts = (text_of_key(store.plan, there) for there in islice(store.keys(), LOOKED_AT))
    raise missing(key, store.plan, store.backend.name, near(text, texts))


def _stored(store: Reader, text: str) -> list[DocumentKey]:
    """Return the keys of documents that a text spells, those that it spells best."""
    readings = [reading for columns in _key_columns(store.plan) for reading in _key_readings(columns, text)]
    for rank in range(_INEXACT + 1):
        spelled = {typed_key(key): key for of, key in readings if of == rank}
        found = store.locate_all(list(spelled.values()))
        if found:
            return [spelled[typed] for typed in found]
    return []


def text_of_key(plan: Plan, key: DocumentKey) -> str:
    """Return the text that spells a key, which is what the document says of itself."""
    for columns in _key_columns(plan):
        for text in _shown(columns, key):
            if typed_key(_spelled(columns, text)) == typed_key(key):
                return text
    return spelt(key) if isinstance(key, tuple) else str(key)


def _key_columns(plan: Plan) -> list[Columns]:
    return [tuple(root.column(name) for name in plan.key_of(root)) for root in plan.roots]


def _spelled(columns: Columns, text: str) -> DocumentKey:
    return next((key for _, key in _key_readings(columns, text)), text)


def _key_readings(columns: Columns, text: str) -> list[tuple[int, DocumentKey]]:
    """Return what the columns may hold for a text, each with its rank; of several columns the worst of all."""
    if len(columns) == 1:
        return [*_readings(columns[0], _values(columns[0].type, text))]
    said = _several(columns, text)
    if said is None:
        return []
    found = product(*(_readings(column, values) for column, values in zip(columns, said, strict=True)))
    return [(max(rank for rank, _ in parts), tuple(key for _, key in parts)) for parts in found]


def _several(columns: Columns, text: str) -> list[list[Any]] | None:
    """Return what a text may say for each of several columns, None where it does not say one for each."""
    try:
        values = jsontext.loads_text(text)
    except ValueError:
        values = None
    if isinstance(values, list) and len(values) == len(columns):
        return [[value] for value in values]
    names = "|".join(re.escape(column.name) for column in columns)
    cut = re.split(rf"(?:\A|,)\s*({names})=", text)
    said = dict(zip(cut[1::2], cut[2::2], strict=True))
    if cut[0] or len(cut) != 2 * len(columns) + 1 or len(said) < len(columns):
        return None
    return [_values(column.type, said[column.name]) for column in columns]


def _readings(column: Column, values: Iterable[Any]) -> list[tuple[int, Part]]:
    """Return what a column may hold for values, each with its rank: exactly what the document says comes first."""
    codec, decode = CODECS[column.type], key_decoder(column)
    encode = codec.encode if codec.container else mapped(column)
    found: list[tuple[int, Part]] = []
    for value in values:
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
        case "scalar" if isinstance(value, str):  # quotes tell a text from the number that it spells
            return [value, text] if len(_values(kind, value)) > 1 else [text]
        case "integer" | "real" | "boolean" | "scalar" if isinstance(value, _SCALAR):
            return [value, text]
        case _:
            return [text, *([value] if isinstance(value, _SCALAR) else [])]


def _shown(columns: Columns, key: DocumentKey) -> list[str]:
    """Return texts that may spell a key, the plainest first."""
    parts = key_parts(key)
    kinds = [_STORED[CODECS[column.type].storage] for column in columns]
    if len(parts) != len(kinds) or not all(type(part) in kind for part, kind in zip(parts, kinds, strict=True)):
        return []
    try:
        values = [key_decoder(column)(part) for column, part in zip(columns, parts, strict=True)]
    except ValueError:  # no JSON, after an edit by SQL
        return []
    if len(values) > 1:
        return [jsontext.dumps(values)]
    return [*(values if isinstance(values[0], str) else []), jsontext.dumps(values[0])]


def _ambiguous(store: Reader, text: str, keys: list[DocumentKey]) -> StoreError:
    message = f"{text!r} names {len(keys)} documents: {' and '.join(map(spelt, keys))}"
    return StoreError.one("S422", message, subject=store.backend.name, help="; ".join(_told_apart(store, keys)))


def _told_apart(store: Reader, keys: list[DocumentKey]) -> Iterator[str]:
    """Yield how to name each document: its key as JSON, which begins with a space where it is no text."""
    for key in keys:
        shown = dict.fromkeys(text for columns in _key_columns(store.plan) for text in _shown(columns, key))
        texts = [text for one in shown for text in (one, f" {one}")]
        only = next((text for text in texts if list(map(typed_key, _stored(store, text))) == [typed_key(key)]), None)
        if only is None:
            yield f"{spelt(key)} can only be named in Python, where keys have types"
        else:
            yield f"`--key {shlex.quote(only)}` is {spelt(key)}"
