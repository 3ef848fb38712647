"""Store errors: what can go wrong between a caller and a stored document, each with one thing to do.

In: a key, a database, what happened. Out: the exception to raise; what their codes mean is in `docrel.diagnostics`.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from docrel.diagnostics import DamagedError, Diagnostic, DocumentError, StoreError


class NoPlanError(StoreError):
    """S410: the database carries no plan, so it is not one of docrel's, or not yet."""


class OtherMappingError(StoreError):
    """S411: the database carries another plan than the one that was named."""


def missing(key: Any, path: str) -> StoreError:
    """Return S420: no document is called `key`."""
    advice = "`docrel export --all` lists what is there"
    return StoreError(diagnostics=[Diagnostic("S420", f"there is no document {key!r}", subject=path, help=advice)])


def unknown_table(name: str, path: str, known: list[str]) -> StoreError:
    """Return S431: the plan has no such table."""
    advice = f"the tables are {', '.join(known)}"
    return StoreError(diagnostics=[Diagnostic("S431", f"there is no table {name!r}", subject=path, help=advice)])


def no_row(table: str, what: Any, path: str) -> StoreError:
    """Return S437: the table has no row of this key, or no column of this name."""
    advice = "`store.rows` and `store.rows_where` give rows with their keys and columns"
    return StoreError(diagnostics=[Diagnostic("S437", f"{table} has no {what!r}", subject=path, help=advice)])


def no_array(at: str, path: str) -> StoreError:
    """Return S436: something that is no array stands where an element is to be added."""
    advice = "append to a path of names that leads to an array, as `$.records.tool_calls`"
    return StoreError(diagnostics=[Diagnostic("S436", f"{at} is no array", subject=path, help=advice)])


def other_identity(key: Any, found: Any, path: str) -> StoreError:
    """Return S430: a change to a part would give the document another key."""
    message = f"with this change the document {key!r} would call itself {found!r}"
    advice = "put the whole document as a new one, or leave what identifies it as it is"
    return StoreError(diagnostics=[Diagnostic("S430", message, subject=path, help=advice)])


def changed(key: Any, path: str) -> StoreError:
    """Return S421: `key` is not what it was when its ETag was taken."""
    message = f"the document {key!r} has changed since it was read"
    advice = "read it again, apply your change to what it says now, and put it with its new ETag"
    return StoreError(diagnostics=[Diagnostic("S421", message, subject=path, help=advice)])


def forbidden(key: Any, origin: str, e: sqlite3.IntegrityError) -> DocumentError:
    """Return D320: a constraint of the database forbids the document."""
    message = f"the database forbids the document {key!r}: {e}"
    advice = "another document has the same value, or a condition of the table does not hold; change either"
    return DocumentError(diagnostics=[Diagnostic("D320", message, subject=origin, help=advice)])


def unreadable(path: str, e: Exception) -> StoreError:
    """Return S439: rows or notes of a document hold what no document could have become."""
    advice = "did someone edit by SQL? `docrel export --all` names the document; else restore a backup"
    message = f"stored rows do not make a document: {type(e).__name__}: {e}"
    return StoreError(diagnostics=[Diagnostic("S439", message, subject=path, help=advice)])


def damaged(path: str, message: str) -> DamagedError:
    """Return S405: the database does not hold what it must."""
    advice = "restore a backup; `docrel validate` tells what else is wrong"
    return DamagedError(diagnostics=[Diagnostic("S405", message, subject=path, help=advice)])
