"""Confirming: somebody says that a database's inferred key is the key.

In: a database. Out: the plan that it carries from then on, with a line in its history. One transaction; no
document and no table changes. A mapping that still calls the key inferred does not take that back.
"""

from __future__ import annotations

from dataclasses import replace

from docrel.backends import Backend
from docrel.diff import diff
from docrel.plan import Plan, Table
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


def confirmed(old: Plan, new: Plan, *, back: bool) -> Plan:
    """Return the plan that a migration from `old` to `new` ends with: what is said to be the key stays so.

    Raises:
        MappingError: X501, a `renamed_from` matches nothing.
    """
    if old.key_inferred or not new.key_inferred or old.name != new.name:
        return new
    before = diff(old, new, back=back).before
    return replace(new, key_inferred=False) if _key(before) == _key(new) else new


def _key(plan: Plan) -> list[list[object]]:
    """Return what identifies a document: for each root table where its columns are read from."""
    return [[plan.key_names, *_roles(root, plan)] for root in plan.roots]


def _roles(root: Table, plan: Plan) -> list[object]:
    return [root.column(name).role for name in plan.key_of(root)]
