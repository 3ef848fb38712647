"""Files: names, locks and places on a disk that nothing else is to take or lose.

In: paths. Out: whether two are one file, files made exclusively, locks that the system releases, where shipped folders
are. Knows no database.
"""

from __future__ import annotations

from docrel.files.lock import FileLock, FolderLock
from docrel.files.names import free, identity, is_one_name, is_second_name, link_new, move_new, name_new, rename_new
from docrel.files.scratch import Scratch, clear, held, is_held, leftovers_in, names_in, sync_folder
from docrel.files.shipped import shipped_folders

__all__ = [
    "FileLock",
    "FolderLock",
    "Scratch",
    "clear",
    "free",
    "held",
    "identity",
    "is_held",
    "is_one_name",
    "is_second_name",
    "leftovers_in",
    "link_new",
    "move_new",
    "name_new",
    "names_in",
    "rename_new",
    "shipped_folders",
    "sync_folder",
]
