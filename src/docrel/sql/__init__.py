"""SQL: schemas, the statements that make them and those that read and write rows, by dialect.

In: a plan and a dialect. Out: SQL text, and values that say what a database is to have. Never acts.
"""

from __future__ import annotations

from docrel.sql import schema
from docrel.sql.bookkeeping import BOOKKEEPING, engine_tables
from docrel.sql.definition import SqlStatement, column_sql, ddl, script, table_sql
from docrel.sql.dialect import DIALECTS, SQLITE
from docrel.sql.drift import Difference, Differs, Extra, Missing, difference
from docrel.sql.manipulation import Dml
from docrel.sql.schema import Schema
from docrel.sql.structure import for_dialect, parent_keys, schema_of
from docrel.sql.templating import render
from docrel.sql.tokens import Sql, table_text, target

__all__ = [
    "BOOKKEEPING",
    "DIALECTS",
    "SQLITE",
    "Difference",
    "Differs",
    "Dml",
    "Extra",
    "Missing",
    "Schema",
    "Sql",
    "SqlStatement",
    "column_sql",
    "ddl",
    "difference",
    "engine_tables",
    "for_dialect",
    "parent_keys",
    "render",
    "schema",
    "schema_of",
    "script",
    "table_sql",
    "table_text",
    "target",
]
