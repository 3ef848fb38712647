"""Aside: a database set aside under another name, together with its log.

In: a database file and a name that no file has. Out: the database under that name, never over another file.
Killed at any call it is whole under at least one of the two names; done again, it is completed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from docrel.backends.sqlite.companions import SIDES
from docrel.backends.sqlite.file import SQLiteFile
from docrel.diagnostics import DocrelError, StoreError
from docrel.files import identity, is_one_name, is_second_name, link_new, rename_new, sync_folder

_TIMEOUT_S = 2.0


def set_aside(database: Path, target: Path) -> None:
    """Rename a database; nothing happens where another file or it itself has the new name, or there is no database.

    Raises:
        StoreError: S457, others have the database open and the disk cannot give its log a second name.
    """
    if is_one_name(database, target):
        return
    if database.exists() and (is_second_name(database, target) or not os.path.lexists(target)):
        with _held(database):
            for _, new in _companions(database, target):  # of a try that was cut short; the old names count
                new.unlink(missing_ok=True)
            for old, new in _companions(database, target):
                if old.exists():
                    _keep(old, new)
            rename_new(database, target)
    if not database.exists():
        for old, new in _companions(database, target):
            if old.exists() and identity(old) == identity(new):
                old.unlink()
    sync_folder(database.parent)


def _companions(database: Path, target: Path) -> list[tuple[Path, Path]]:
    return [(Path(f"{database}{suffix}"), Path(f"{target}{suffix}")) for suffix in SIDES]


@contextmanager
def _held(database: Path) -> Iterator[None]:
    """Bring the log into the database if nobody else has it open, and hold off writers meanwhile.

    A database that cannot be read goes as it is: that may be why it goes.
    """
    with ExitStack() as held:
        try:
            backend = SQLiteFile(database, timeout_s=_TIMEOUT_S)
            held.callback(backend.close)
            backend.journal("DELETE")
            held.enter_context(backend.transaction())
        except DocrelError:
            pass
        yield


def _keep(old: Path, new: Path) -> None:
    try:
        link_new(old, new)
    except OSError as e:
        message = f"another program has the database open, and {old.name} cannot get a second name: {e.strerror}"
        advice = "end the programs that use the database, then run this again"
        raise StoreError.one("S457", message, subject=old, help=advice) from e
