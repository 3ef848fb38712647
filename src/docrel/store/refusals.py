"""Refusals: the documents that a reading of many cannot give, kept until the others are read.

In: keys, with what is wrong with each. Out: one error in the end.
"""

from __future__ import annotations

from typing import Any

from docrel.diagnostics import StoreError
from docrel.documents import shown_key
from docrel.plan import Plan
from docrel.store.errors import all_unreadable, unreadable

SHOWN = 10


class Refusals:
    """What cannot be read of one database."""

    def __init__(self, path: str, plan: Plan) -> None:
        self._path, self._plan, self.count = path, plan, 0
        self._told: list[StoreError] = []

    def add(self, key: Any, e: StoreError) -> None:
        """Keep that the document of a key cannot be read."""
        self.count += 1
        if len(self._told) < SHOWN:
            self._told.append(unreadable(self._path, e, shown_key(key, self._plan)))

    def tell(self) -> None:
        """Say what was kept.

        Raises:
            UnreadableError: S439, there was something.
        """
        if self.count:
            raise all_unreadable(self._path, self._told, self.count)
