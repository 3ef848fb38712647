"""Replacing: a copy of a database in the place of one that SQLite cannot open any more.

In: a database file, a whole database, names that are not taken. Out: the copy under the database's name; what was there
is under another one, together with its log.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path

from docrel.backends.sqlite.companions import LOGS, SIDES, is_open_elsewhere
from docrel.backends.sqlite.errors import not_replaced
from docrel.backends.sqlite.file import SQLiteFile
from docrel.files import Scratch, identity, name_new, rename_new, sync_folder


def replace_file(database: Path, source: Path, names: Iterable[Path]) -> Path | None:
    """Put a copy of `source` where there is no database, or a damaged one, which gets the first free of some names.

    A log without its database is moved away too: SQLite would take it for that of the new one. Where the disk knows no
    second names there is none of the database's name for a moment; killed then, the same restore does the rest.

    Returns:
        Where the damaged database is; None where there was none.

    Raises:
        StoreError: S462, another program has it open.
        OSError: The system refuses.
    """
    if database.exists() and is_open_elsewhere(database):
        raise not_replaced(str(database), "this database cannot be opened, and another program has it open")
    with closing(Scratch(database.parent, database.name, like=source)) as scratch:
        with closing(SQLiteFile(source)) as backend:
            backend.copy(scratch.path)
        aside = free_name(names)
        for suffix in (*LOGS, ""):
            with suppress(FileNotFoundError):
                name_new(Path(f"{database}{suffix}"), Path(f"{aside}{suffix}"))
        sync_folder(database.parent)
        for suffix in SIDES:
            Path(f"{database}{suffix}").unlink(missing_ok=True)
        if database.exists() and identity(database) == identity(aside):
            scratch.path.replace(database)
        else:
            rename_new(scratch.path, database)
        sync_folder(database.parent)
    return aside if aside.exists() else None


def free_name(names: Iterable[Path]) -> Path:
    """Return the first of some names that no file has, nor the log of a database of that name."""
    return next(path for path in names if not any(Path(f"{path}{suffix}").exists() for suffix in (*LOGS, "")))
