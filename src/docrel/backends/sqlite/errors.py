"""SQLite's errors: what its exceptions are to everything above, each with one thing to do.

In: what `sqlite3` raised, and the database as its user calls it. Out: the exception to raise instead.
"""

from __future__ import annotations

import sqlite3

from docrel.backends.protocol import ForbiddenError, NotTakenError
from docrel.diagnostics import AbsentError, DamagedError, StoreError

BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_UNSTORABLE = (UnicodeEncodeError, OverflowError)
RAISED = (sqlite3.Error, UnicodeDecodeError, *_UNSTORABLE)
"""What `sqlite3` raises: UnicodeDecodeError where its own message quotes a damaged page, the last two of what it is
given."""
_HELP = {
    "locked": ("S402", "another program holds the database; try again, or raise the time to wait"),
    "readonly": (
        "S403",
        "the file or its folder may not be written: change its permissions, or copy it elsewhere",
    ),
    "full": (
        "S404",
        "the disk is full: free some space and run the same command again; nothing was half-written",
    ),
    "could not decode": ("S405", "the file is damaged: restore a backup, or run `docrel doctor`"),
    "malformed": ("S405", "the file is damaged: restore a backup, or run `docrel doctor`"),
    "not a database": ("S406", "this file is not an SQLite database; is the path right?"),
    "unable to open": ("S407", "the folder has to exist and be writable"),
    "disk i/o error": ("S408", "the disk failed to read or write; check it, then try again"),
}
_KINDS: dict[str, type[StoreError]] = {
    "S401": AbsentError,
    "S405": DamagedError,
    "S406": DamagedError,
    "S409": NotTakenError,
    "S455": AbsentError,
}


def own_error(e: Exception, name: str) -> StoreError | ForbiddenError:
    """Return the error of our own for one of `RAISED`."""
    if isinstance(e, sqlite3.IntegrityError):
        return ForbiddenError(str(e))
    if isinstance(e, _UNSTORABLE):
        advice = "give text without lone surrogates, and integers of 64 bits"
        return store_error("S409", name, f"no database can hold what it was given: {e}", advice)
    if "closed database" in str(e):
        return is_closed(name)
    text = "malformed" if isinstance(e, UnicodeDecodeError) else str(e).lower()
    known = (help_ for part, help_ in _HELP.items() if part in text)
    code, advice = next(known, ("S409", "run with --debug to see where it happened"))
    return store_error(code, name, str(e), advice)


def is_closed(name: str) -> StoreError:
    """Return S409: the store was closed before."""
    return store_error("S409", name, "the store is closed", "open it again, and use it before it is closed")


def not_replaced(name: str, message: str) -> StoreError:
    """Return S462: a database cannot be given other content."""
    advice = "end the programs that use it and run the same command again, or rename the file first"
    return store_error("S462", name, message, advice)


def store_error(code: str, name: str, message: str, advice: str) -> StoreError:
    """Return an error about a database, with one thing to do."""
    return _KINDS.get(code, StoreError).one(code, message, subject=name, help=advice)
