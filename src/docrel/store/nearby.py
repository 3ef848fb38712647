"""Nearby: the databases of docrel in a folder and below it.

In: a folder. Out: their paths, the nearest first. Reads only, and leaves no file behind: what another program
has in its log is not looked at.
"""

from __future__ import annotations

import os
import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from docrel.sql import BOOKKEEPING
from docrel.store.backup_files import folder_of

DEPTH, LIMIT_ENTRIES = 3, 5000
_SQLITE = b"SQLite format 3\x00"


def databases_below(folder: Path) -> Iterator[Path]:
    """Yield the databases of docrel in a folder and `DEPTH` levels below it, among the first `LIMIT_ENTRIES` files.

    Backups are left out, and names that a terminal cannot show.
    """
    waiting, seen = deque([(folder, 0)]), 0
    while waiting:
        place, depth = waiting.popleft()
        for entry in _entries(place):
            path, seen = Path(entry.path), seen + 1
            if seen > LIMIT_ENTRIES:
                return
            if entry.is_dir(follow_symlinks=False):
                if depth < DEPTH and path != folder_of(path):
                    waiting.append((path, depth + 1))
            elif entry.is_file() and entry.path.isprintable() and _is_database(path):
                yield path


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError:
        return []


def _is_database(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            if file.read(len(_SQLITE)) != _SQLITE:
                return False
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"  # so that SQLite makes no log beside it
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [BOOKKEEPING]).fetchall()
        return bool(known)
    except (OSError, sqlite3.Error):
        return False
