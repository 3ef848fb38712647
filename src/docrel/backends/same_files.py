"""Same files: what is read is never written to, and no text replaces a database.

In: paths, whatever they are spelled like: relative, through symbolic links, as hard links. Out: nothing, or an
error that names both. A database is what lies beside it too: its log is the database.
"""

from __future__ import annotations

import os
from pathlib import Path

from docrel.backends.sqlite.companions import SIDES, is_database
from docrel.backends.sqlite.memory import MEMORY
from docrel.diagnostics import StoreError
from docrel.files import identity

_NO_FILES = {MEMORY, "-"}
_ENDS = ("", *SIDES)

AnyPath = str | os.PathLike[str]


def refuse_same(written: AnyPath | None, *read: AnyPath | None, called: str = "") -> None:
    """Refuse to write to a file that is read, or that belongs to a database that is read; or the other way round.

    `called` is what the user calls the one that is read, where that is not its path. None is in no file.

    Raises:
        StoreError: S450, both are one file.
    """
    for other in read:
        if written is not None and other is not None and _names(written) & _names(other):
            name = called or os.fspath(other)
            message = f"this would be written, and {name} is read: both are one file, or of one database"
            advice = "name another file; nothing was written"
            raise StoreError.one("S450", message, subject=os.fspath(written), help=advice)


class DatabaseFiles:
    """The files of a database: its own, and what lies beside it as a part of it. Asked for each file of an import."""

    def __init__(self, database: AnyPath) -> None:
        name = os.path.realpath(database)
        self._paths = [] if os.fspath(database) in _NO_FILES else [Path(name + suffix) for suffix in _ENDS]

    def __contains__(self, file: AnyPath) -> bool:
        """Say whether a file is one of them, whatever it is called; which there are changes all the time."""
        found = identity(file) if self._paths else None
        return found is not None and found in map(identity, self._paths)


def _names(path: AnyPath) -> set[object]:
    """Return all that a file and its companions can be told by: their paths without links, and their identities."""
    if os.fspath(path) in _NO_FILES:
        return set()
    try:
        files = [os.path.realpath(path) + suffix for suffix in _ENDS]
    except ValueError:  # no file is called so
        return set()
    return {*files, *(found for file in files if (found := identity(file)) is not None)}


def refuse_database(written: AnyPath) -> None:
    """Refuse to write a text in the place of a database, or of its log.

    Raises:
        StoreError: S451, it is one.
    """
    name = os.path.realpath(written)
    for suffix in _ENDS:
        database = name[: len(name) - len(suffix)]
        if name.endswith(suffix) and is_database(database):
            message = f"this belongs to the database {database}" if suffix else "this is a database"
            advice = "name another file, or remove the database first if it is not wanted any more"
            raise StoreError.one("S451", message, subject=os.fspath(written), help=advice)
