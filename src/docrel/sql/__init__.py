"""SQL: schemas, the statements that make them and those that read and write rows, by dialect.

In: a plan and a dialect. Out: SQL text, and values that say what a database is to have. Never acts.

In reading order:

- `dialect`: what databases spell differently. `schema`: what one consists of.
- `structure` makes a schema from a plan, with what no document can say, which `document_rules` tells, and with the
  engine's own tables of `bookkeeping`; `definition` writes it as CREATE statements, with `templating`; `drift` compares
  two.
- `manipulation`: the statements that read, change and delete rows, along `ways`; `notes`: how they find the notes of a
  row, and what keeps these together; `sources`: from which files documents came.
- `author_sql`: what a mapping may hold of SQL, by `tokens`.
"""

from __future__ import annotations

from docrel.sql import schema
from docrel.sql.author_sql import DIALECT_NAMES, check_fault, statement_fault, view_fault
from docrel.sql.bookkeeping import BOOKKEEPING, engine_tables
from docrel.sql.definition import SqlStatement, column_sql, ddl, script, table_sql
from docrel.sql.dialect import DIALECTS, SQLITE, Dialect
from docrel.sql.drift import Difference, Differs, Extra, Missing, difference
from docrel.sql.manipulation import Dml
from docrel.sql.notes import NOTE_COLUMNS, NOTE_KEY, is_numbered, note_triggers, row_name
from docrel.sql.schema import Schema
from docrel.sql.sources import (
    SOURCE_COLUMNS,
    SOURCE_FILES,
    SOURCE_IMPORTS,
    SOURCE_KEY,
    SOURCE_ROWS,
    SOURCES,
    delete_source,
    delete_stale_sources,
    insert_source,
    insert_there,
    move_source,
    renumber_sources,
    select_gone,
    source_objects,
    source_tables,
)
from docrel.sql.structure import for_dialect, parent_keys, schema_of
from docrel.sql.templating import render
from docrel.sql.tokens import Sql, placed_tokens, table_text, target

__all__ = [
    "BOOKKEEPING",
    "DIALECTS",
    "DIALECT_NAMES",
    "NOTE_COLUMNS",
    "NOTE_KEY",
    "SOURCES",
    "SOURCE_COLUMNS",
    "SOURCE_FILES",
    "SOURCE_IMPORTS",
    "SOURCE_KEY",
    "SOURCE_ROWS",
    "SQLITE",
    "Dialect",
    "Difference",
    "Differs",
    "Dml",
    "Extra",
    "Missing",
    "Schema",
    "Sql",
    "SqlStatement",
    "check_fault",
    "column_sql",
    "ddl",
    "delete_source",
    "delete_stale_sources",
    "difference",
    "engine_tables",
    "for_dialect",
    "insert_source",
    "insert_there",
    "is_numbered",
    "move_source",
    "note_triggers",
    "parent_keys",
    "placed_tokens",
    "render",
    "renumber_sources",
    "row_name",
    "schema",
    "schema_of",
    "script",
    "select_gone",
    "source_objects",
    "source_tables",
    "statement_fault",
    "table_sql",
    "table_text",
    "target",
    "view_fault",
]
