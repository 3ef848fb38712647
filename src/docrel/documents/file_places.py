"""File places: by what name a file is known to a database, from wherever it is named.

In: a file's name, as typed, and the database. Out: its path from the database's folder: two files have two, and one
has one, also where both were moved.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from docrel.documents.files import STDIN, shown_path

_NO_NAMES = ("", ".", "..")


class FilePlaces:
    """The names by which a database, which may be in no file, knows files; folders are looked up once."""

    def __init__(self, database: Path | None) -> None:
        self._base = None if database is None else os.path.realpath(database.absolute().parent)
        self._folders: dict[str, str] = {}

    def of(self, file: str | Path) -> str:
        """Return the name of a file, or of a folder that is a document."""
        if self._base is None or str(file) == STDIN:
            return shown_path(file)
        folder, name = os.path.split(file)
        if name in _NO_NAMES:
            folder, name = os.path.split(os.path.abspath(file))
        if folder not in self._folders:
            self._folders[folder] = _from(self._base, os.path.abspath(folder))
        above = self._folders[folder]
        return shown_path(name if above == "." else f"{above}{os.sep}{name}")

    def below(self, folder: str | Path) -> str:
        """Return what the names of all files in and below a folder begin with."""
        path = shown_path(Path(folder if self._base is None else _from(self._base, str(folder))))
        return "" if path == "." else path.rstrip("/") + "/"


def _from(base: str, folder: str) -> str:
    """Return the path of a folder from another one."""
    found = os.path.realpath(folder)
    with suppress(ValueError):  # on another drive
        found = os.path.relpath(found, base)
    return found
