"""Backends: databases that act on SQL text.

In: SQL and parameters. Out: rows, transactions, errors that say what to do. A folder a database.
"""

from __future__ import annotations

from docrel.backends.protocol import ForbiddenError
from docrel.backends.sqlite.backend import SQLite, is_open_elsewhere
from docrel.backends.sqlite.introspection import introspect

__all__ = ["ForbiddenError", "SQLite", "introspect", "is_open_elsewhere"]
