"""Confirming: somebody says that a database's inferred key is the key.

In: a database. Out: the plan that it carries from then on, with a line in its history. One transaction; no
document and no table changes.
"""

from __future__ import annotations

from dataclasses import replace

from docrel.backends import Backend
from docrel.plan import Plan
from docrel.store import Book, Store, carried_plan
from docrel.values import utc_now


def confirm_key(backend: Backend) -> tuple[Plan, bool]:
    """Let the database's plan say that its key is the key; returns the plan, and whether it was inferred before.

    Raises:
        StoreError: S410, it carries no plan; S412, a later docrel wrote it.
    """
    with backend.transaction():
        old = carried_plan(backend)
        if not old.key_inferred:
            return old, False
        new = replace(old, key_inferred=False)
        book = Book(backend)
        book.carry(new)
        book.record(utc_now(), "up", old, new, documents=len(Store(backend, new)), backup=None)
    return new, True
