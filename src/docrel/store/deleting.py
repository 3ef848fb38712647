"""Deleting: documents that somebody names, all of them or none.

In: a store, keys of documents that are there. Out: how many rows each had.
"""

from __future__ import annotations

from collections.abc import Iterable

from docrel.layout import typed_key
from docrel.store.reading import DocumentKey
from docrel.store.store import Store


def delete_documents(
    store: Store, keys: Iterable[DocumentKey], *, dry_run: bool = False
) -> list[tuple[DocumentKey, int]]:
    """Delete documents in one transaction; return the key of each and how many rows it had.

    With `dry_run` they stay, and this says what would go.

    Raises:
        StoreError: S420, one of them is not there; nothing was deleted.
        DocumentError: D320, another document refers to one; nothing was deleted.
    """
    chosen = {typed_key(key): key for key in keys}.values()
    with store.snapshot() if dry_run else store.transaction():
        counted = [(key, store.size_of(key)) for key in chosen]
        if not dry_run:
            for key in chosen:
                store.delete(key)
    return counted
