"""Nearby: the databases of docrel in a folder and below it.

In: a folder. Out: their paths, the nearest first. Reads only, and leaves no file behind: what another program
has in its log is not looked at.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from docrel.backends import has_table
from docrel.sql import BOOKKEEPING
from docrel.store.backup_files import folder_of

DEPTH, LIMIT_ENTRIES = 3, 5000


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
            elif entry.is_file() and entry.path.isprintable() and has_table(path, BOOKKEEPING):
                yield path


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError:
        return []
