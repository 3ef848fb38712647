"""Files: names, locks and places on a disk that nothing else is to take or lose.

In: paths. Out: whether two are one file, files made exclusively, locks that the system releases, where shipped folders
are. Of a database it knows the files only.
"""

from __future__ import annotations

from docrel.files.lock import FileLock, FolderLock
from docrel.files.same_files import (
    COMPANIONS,
    free,
    identity,
    is_database,
    link_new,
    move_new,
    refuse_database,
    refuse_same,
    rename_new,
)
from docrel.files.scratch import LOGS, SIDES, Scratch, clear, held, is_held, leftovers_in, names_in, sync_folder
from docrel.files.shipped import shipped_folders

__all__ = [
    "COMPANIONS",
    "LOGS",
    "SIDES",
    "FileLock",
    "FolderLock",
    "Scratch",
    "clear",
    "free",
    "held",
    "identity",
    "is_database",
    "is_held",
    "leftovers_in",
    "link_new",
    "move_new",
    "names_in",
    "refuse_database",
    "refuse_same",
    "rename_new",
    "shipped_folders",
    "sync_folder",
]
