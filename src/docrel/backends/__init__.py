"""Backends: databases that act on SQL text.

In: SQL and parameters. Out: rows, transactions, errors that say what to do. A folder a database.

In reading order: `protocol` is what is asked of a database, and says what a further one takes; `opening` finds the
backend of an address; `same_files` refuses to write to what is read; `sqlite` is the one that there is. These act on
SQLite's files, and are in no protocol: `free_name`, `has_table`, `is_database`, `is_empty`, `lost_log`,
`replace_file`, `set_aside`.
"""

from __future__ import annotations

from docrel.backends.opening import as_file, file_of, is_file, open_backend, open_file
from docrel.backends.protocol import (
    Backend,
    Cursor,
    Fault,
    FileBackend,
    ForbiddenError,
    NotTakenError,
    QueryError,
    SqlObject,
)
from docrel.backends.same_files import DatabaseFiles, refuse_database, refuse_same
from docrel.backends.sqlite.aside import set_aside
from docrel.backends.sqlite.companions import has_table, is_database, is_empty, lost_log
from docrel.backends.sqlite.replacing import free_name, replace_file

__all__ = [
    "Backend",
    "Cursor",
    "DatabaseFiles",
    "Fault",
    "FileBackend",
    "ForbiddenError",
    "NotTakenError",
    "QueryError",
    "SqlObject",
    "as_file",
    "file_of",
    "free_name",
    "has_table",
    "is_database",
    "is_empty",
    "is_file",
    "lost_log",
    "open_backend",
    "open_file",
    "refuse_database",
    "refuse_same",
    "replace_file",
    "set_aside",
]
