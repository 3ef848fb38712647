"""Seen keys: those that one import has met, so that a later document of one of them is known to be a repetition.

In: keys of documents as they are brought in or found unchanged. Out: whether the import has met a key, and where a new
document came from. Kept in a temporary table, under what Python writes for the key, which tells its type; so memory
stays constant and a savepoint takes it back with the rest. New documents whose root rows are numbered are told by their
numbers alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docrel.store.store import Store
from docrel.store.writing import Batch


class SeenKeys:
    """The keys that an import has met in `store`; `number` is that of the import."""

    def __init__(self, store: Store, number: int) -> None:
        self._store = store
        self._first_new: list[int] | None = None
        self._table = store.backend.temporary(f"seen_{number}", {"key": "text", "origin": "text"}, ("key",))

    def begins(self, batch: Batch) -> None:
        """Take the numbers of the first batch, which is empty yet, as the first that are new."""
        if self._first_new is None:
            self._first_new = list(batch.rows.next_ids)

    def add(self, key: Any) -> None:
        """Note a key."""
        sql = f"INSERT INTO {self._table} (key) VALUES (?) ON CONFLICT DO NOTHING"
        self._store.backend.execute(sql, [repr(key)])

    def add_new(self, batch: Batch, origins: Sequence[str] | None) -> None:
        """Note the documents of a batch, which are new in the database, with their origins if those are wanted."""
        keys = list(map(repr, batch.keys))
        told: list[tuple[str, str | None]]
        if origins is None:
            told = [(key, None) for key, place in zip(keys, batch.places, strict=True) if not self._numbers(place.root)]
        else:
            told = list(zip(keys, origins, strict=True))
        sql = f"INSERT INTO {self._table} (key, origin) VALUES (?, ?)"
        self._store.backend.execute_many(f"{sql} ON CONFLICT (key) DO UPDATE SET origin = excluded.origin", told)

    def forget(self, key: Any) -> None:
        """Take a note back: the document is refused after all."""
        self._store.backend.execute(f"DELETE FROM {self._table} WHERE key = ?", [repr(key)])

    def origin(self, key: Any) -> str | None:
        """Return where a document came from that was noted as new with its origin."""
        found = self._found(key)
        return found[0][0] if found else None

    def __contains__(self, key: Any) -> bool:
        if self._found(key):
            return True
        place = self._store.locate(key)
        if place is None or self._first_new is None or not self._numbers(place.root):
            return False
        return bool(place.row[0] >= self._first_new[self._store.layout.tables[place.root].sequence])

    def _found(self, key: Any) -> list[tuple[str | None]]:
        return self._store.backend.execute(f"SELECT origin FROM {self._table} WHERE key = ?", [repr(key)])

    def _numbers(self, root: int) -> bool:
        """Whether documents of a root table have numbers of the engine's, which tell new ones from old ones."""
        return self._store.plan.tables[root].surrogate is not None
