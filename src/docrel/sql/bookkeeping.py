"""The engine's own tables: the complement, the interned shapes and the bookkeeping, beside the mapped tables.

In: a plan and a dialect. Out: their `schema.Table` values. Users may read them, only the engine writes them.
"""

from __future__ import annotations

from docrel.plan import OWN, Plan
from docrel.sql import schema
from docrel.sql.dialect import Dialect
from docrel.values import CODECS

BOOKKEEPING = OWN
"""The table in which a database says what it is: the plan as JSON, and the like, by name."""


def complement_columns(plan: Plan) -> tuple[str, ...]:
    """Return the names of the complement's columns; with several root tables the first tells them apart."""
    several = ("root",) if len(plan.roots) > 1 else ()
    return (*several, "document", "table", "row", "shape", "body")


def engine_tables(plan: Plan, dialect: Dialect) -> tuple[schema.Table, ...]:
    """Return the engine's tables in the order in which they are made."""
    return _complement(plan, dialect), _shapes(plan, dialect), _bookkeeping(dialect)


def document_type(plan: Plan) -> str:
    """Return the mapping type of what stands for a document in the complement, as `is_named_by_value` says."""
    root = plan.roots[0]
    return root.column(root.primary_key[0]).type if is_named_by_value(plan) else "text"


def is_named_by_value(plan: Plan) -> bool:
    """Say whether the complement names a document by the value of its root row's key, in a column of that type.

    Else, where keys are of different kinds or of several columns, by what it calls the root row, in a text.
    """
    kinds = {CODECS[root.column(name).type].storage for root in plan.roots for name in root.primary_key}
    return len(kinds) == 1 and all(len(root.primary_key) == 1 for root in plan.roots)


def _complement(plan: Plan, dialect: Dialect) -> schema.Table:
    types = {
        "document": document_type(plan),
        "row": "integer" if all(table.surrogate for table in plan.tables) else "text",
        "shape": "base64",
    }
    key = complement_columns(plan)[:-2]
    columns = tuple(
        schema.Column(
            name,
            dialect.storage_type(types.get(name, "text")),
            not_null=name in key,
            key=key.index(name) + 1 if name in key else 0,
        )
        for name in complement_columns(plan)
    )
    root = plan.roots[0]
    owned = len(plan.roots) == 1 and root.surrogate is not None and dialect.foreign_keys != "none"
    parent = schema.ForeignKey(("document",), root.name, (root.surrogate or "",), "CASCADE")
    return schema.Table.of(
        plan.complement, columns, set(), {parent} if owned else set(), [], small=bool(dialect.small_table)
    )


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
