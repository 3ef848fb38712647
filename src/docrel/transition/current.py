"""The current document: the one in the database that a workspace's files are.

In: a store with perhaps many documents. Out: the document of this workspace, and its members written. The
database itself remembers, in the same transaction as the document, which one that is and what each member
was when files and database last agreed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docrel.diagnostics import DamagedError, shortened
from docrel.layout import row_and_key
from docrel.store import Store, damaged_book
from docrel.transition.files import etags
from docrel.values import is_storable, jsontext

_NAME = "workspace"


@dataclass(frozen=True, slots=True)
class CurrentDocument:
    """The document of a workspace as the database has it; `key` None: none yet; `lost`: it had one, and it is gone."""

    key: Any = None
    document: dict[str, Any] = field(default_factory=dict)
    agreed: Mapping[str, str] = field(default_factory=dict)
    lost: bool = False


@dataclass(frozen=True, slots=True)
class _Remembered:
    """What the database carries of the current document: its key, its root row, the ETags that were agreed on."""

    key: Any
    row: list[Any] | None
    agreed: dict[str, str]


def key_of(store: Store) -> Any:
    """Return the key of the current document, None where there is none.

    Raises:
        StoreError: S412, what the database carries of it is damaged or of a later docrel.
    """
    with store.snapshot():
        known = _remembered(store)
        return None if known is None else _key_now(store, known)


def read(store: Store) -> CurrentDocument:
    """Return the current document; raises as `key_of` does."""
    with store.snapshot():
        known = _remembered(store)
        if known is None:
            return CurrentDocument()
        key = _key_now(store, known)
        if key is None:
            return CurrentDocument(known.key, agreed=known.agreed, lost=True)
        return CurrentDocument(key, store.get(key), known.agreed)


def adopted(store: Store, members: Mapping[str, Any], name: str) -> CurrentDocument:
    """Return the document that a workspace's files are, where the database has it from elsewhere (an import, say)."""
    if not members:
        return CurrentDocument()
    key = store.key_of(dict(members), name)
    with store.snapshot():
        return CurrentDocument(key, store.get(key)) if key in store else CurrentDocument()


def write(store: Store, document: dict[str, Any], name: str, *, verify: bool = True) -> Any:
    """Put the current document and remember that files and database agree on it; returns its key.

    `name` is the key of a document that does not name itself. With `verify` it is read back before it is
    committed.

    Raises:
        DocumentError: A constraint forbids it; nothing was written.
        StoreError: S412, as for `key_of`.
        DamagedError: T610, what was read back is not what was written; nothing was written.
    """
    with store.transaction():
        known = _remembered(store)
        given = name if known is None else str(known.key)
        key = store.put(document, given).key
        if verify:
            read_back(store, key, document)
        remember(store, key, etags(document))
    return key


def remember(store: Store, key: Any, agreed: Mapping[str, str]) -> None:
    """Let the database carry which document is the current one, and on what files and database agree."""
    with store.transaction():
        place = store.locate(key)
        row = None if place is None else list(place.row)
        store.book.keep(_NAME, json.dumps({"key": key, "row": row, "agreed": dict(agreed)}))


def read_back(store: Store, key: Any, document: Any) -> None:
    """Compare a document with what the database makes of it.

    Raises:
        DamagedError: T610, they differ.
    """
    difference = jsontext.first_difference(document, store.get(key))
    if difference is not None:
        path, wanted, read = difference
        advice = "please report this with the document: it must never happen; nothing was written"
        message = f"{path} was written as {_text(wanted)} and is read as {_text(read)}"
        raise DamagedError.one("T610", message, subject=store.backend.name, help=advice)


def name_of(folder: Path) -> str:
    """Return what a document is called that does not name itself: as its folder."""
    return folder.resolve().name


def _remembered(store: Store) -> _Remembered | None:
    text: Any = store.book.value(_NAME)
    if text is None:
        return None
    try:
        known: Any = jsontext.loads_text(text) if isinstance(text, str) else text
    except ValueError as e:
        raise damaged_book(store.backend.name, "the workspace", e) from e
    if not _is_remembered(store, known):
        raise damaged_book(store.backend.name, "the workspace", f"{shortened(ascii(known), 80)} is none")
    key = known["key"]
    return _Remembered(tuple(key) if isinstance(key, list) else key, known["row"], known["agreed"])


def _is_remembered(store: Store, known: Any) -> bool:
    """Say whether a value is what `remember` writes."""
    if not isinstance(known, dict) or known.keys() != {"key", "row", "agreed"}:
        return False
    key, row, agreed = known["key"], known["row"], known["agreed"]
    columns, is_composite = len(store.plan.key_of(store.plan.roots[0])), isinstance(key, list)
    parts = key if is_composite else [key]
    return (
        len(parts) == columns
        and is_composite == (columns > 1)
        and all(map(is_storable, parts))
        and (row is None or (isinstance(row, list) and _is_row(store, row)))
        and isinstance(agreed, dict)
        and all(isinstance(tag, str) for tag in agreed.values())
    )


def _is_row(store: Store, row: list[Any]) -> bool:
    return len(row) in {len(root.primary_key) for root in store.plan.roots} and all(map(is_storable, row))


def _key_now(store: Store, known: _Remembered) -> Any:
    """Return the key that the document has now, also where SQL has changed it; None where it is gone."""
    if known.key in store:
        return known.key
    root = store.plan.roots[0]
    if known.row is None or len(known.row) != len(root.primary_key):
        return None
    rows = store.backend.execute(store.dml.select_of_row(root), known.row)
    return row_and_key(root, rows[0])[1] if rows else None


def _text(value: Any) -> str:
    return shortened(jsontext.dumps(value))
