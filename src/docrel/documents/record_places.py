"""Record places: by what name a file of records is known to a database, from wherever it is named.

In: a file's name, as typed, and the database. Out: its path from the database's folder: two files have two, and one
has one, also where both were moved.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from docrel.documents.files import STDIN, shown_path


def record_place(file: str | Path, database: Path | None) -> str:
    """Return the name that a database, which may be in no file, knows a file of records by."""
    if database is None or str(file) == STDIN:
        return shown_path(file)
    folder, name = os.path.split(os.path.abspath(file))
    found = Path(os.path.realpath(folder), name)
    with suppress(ValueError):  # on another drive
        found = Path(os.path.relpath(found, os.path.realpath(database.absolute().parent)))
    return shown_path(found)
