"""Backends: databases that act on SQL text.

In: SQL and parameters. Out: rows, transactions, errors that say what to do. A folder a database.
"""

from __future__ import annotations

from docrel.backends.protocol import ForbiddenError, Size
from docrel.backends.sqlite.backend import SQLite, is_open_elsewhere

__all__ = ["ForbiddenError", "SQLite", "Size", "is_open_elsewhere"]
