"""Extras: indexes, views and triggers of the user's own, and whether they outlive a migration.

In: a database and the plans. Out: the user's objects, and those that would not work any more. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from docrel.backends import Backend, SqlObject
from docrel.plan import Plan, is_own
from docrel.sql import ddl, schema_of


@dataclass(frozen=True, slots=True)
class LostExtra:
    """An object of the user's that does not work with the new tables, and what the database says."""

    extra: SqlObject
    why: str


def extras_of(backend: Backend, plan: Plan) -> tuple[SqlObject, ...]:
    """Return the user's own views and triggers, and indexes on mapped tables, in the order they were made."""
    schema = schema_of(plan, backend.dialect)
    mapped = {i.name for i in schema.indexes} | {v.name for v in schema.views} | {t.name for t in schema.triggers}
    tables = {t.name for t in schema.tables}
    own = (made for made in backend.objects() if made.name not in mapped and not is_own(made.name))
    return tuple(
        made for made in own if made.kind in {"view", "trigger"} or (made.kind == "index" and made.table in tables)
    )


def lost_extras(backend: Backend, old: Plan, new: Plan, extras: Sequence[SqlObject]) -> list[LostExtra]:
    """Return those of `extras` that work with the tables of `old` and not with those of `new`."""
    if not extras:
        return []
    mapped = {table.name for table in schema_of(old, backend.dialect).tables}
    own = [made for made in backend.objects() if made.kind == "table" and made.name not in mapped]
    before, after = (
        backend.failing([made.sql for made in ddl(plan, backend.dialect)], [*own, *extras]) for plan in (old, new)
    )
    return [LostExtra(extra, after[extra.name]) for extra in extras if extra.name in after and extra.name not in before]
