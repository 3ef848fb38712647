"""Completed: which missions are over and done with, and may go into the archive.

In: a store and an age. Out: the keys of their documents. Reads only.
"""

from __future__ import annotations

from typing import Any

from docrel.store import Store
from docrel.upkeep import keys_where

_BEFORE = "status = 'completed' AND julianday(coalesce(completed_at, updated_at)) < julianday(?) - ? / 86400.0"


def completed(store: Store, *, older_than_s: float) -> list[Any]:
    """Return the missions that were completed longer ago than that."""
    return keys_where(store, _BEFORE, [store.clock(), older_than_s])
