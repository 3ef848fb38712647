"""The engine's own tables: the notes on rows, the interned shapes and the bookkeeping, beside the mapped tables.

In: a plan and a dialect. Out: their `schema.Table` values. Users may read them, only the engine writes them.
"""

from __future__ import annotations

from docrel.plan import OWN, Plan
from docrel.sql import schema
from docrel.sql.dialect import Dialect
from docrel.sql.notes import NOTE_COLUMNS, NOTE_KEY, is_numbered

BOOKKEEPING = OWN
"""The table in which a database says what it is: the plan as JSON, and the like, by name."""


def engine_tables(plan: Plan, dialect: Dialect) -> tuple[schema.Table, ...]:
    """Return the engine's tables in the order in which they are made."""
    return _notes(plan, dialect), _shapes(plan, dialect), _bookkeeping(dialect)


def _notes(plan: Plan, dialect: Dialect) -> schema.Table:
    types = {"row": "integer" if is_numbered(plan) else "text", "rank": "real", "shape": "base64"}
    columns = tuple(
        schema.Column(
            name,
            dialect.storage_type(types.get(name, "text")),
            not_null=name in NOTE_KEY,
            key=NOTE_KEY.index(name) + 1 if name in NOTE_KEY else 0,
        )
        for name in NOTE_COLUMNS
    )
    return schema.Table.of(plan.notes, columns, set(), set(), [], small=bool(dialect.small_table))


def _shapes(plan: Plan, dialect: Dialect) -> schema.Table:
    columns = (
        schema.Column("id", dialect.storage_type("base64"), not_null=True, key=1),
        schema.Column("body", dialect.storage_type("text"), not_null=True),
    )
    return schema.Table.of(plan.shapes, columns, set(), set(), [], small=bool(dialect.small_table))


def _bookkeeping(dialect: Dialect) -> schema.Table:
    columns = (
        schema.Column("name", dialect.storage_type("text"), not_null=True, key=1),
        schema.Column("value", dialect.storage_type("text")),
    )
    return schema.Table.of(BOOKKEEPING, columns, set(), set(), [])
