"""Scratch files: where a copy is made before it gets its name.

In: a folder and the name of the file that is copied. Out: an empty file `.<name>.<random>.making`, which its maker
holds as long as it lives: one that nobody holds was left by a program that was killed.
"""

from __future__ import annotations

import errno
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from docrel.files.lock import FolderLock, hold

_ABSENT = (FileNotFoundError, NotADirectoryError)
"""What the system says where a file, or the folder that it was in, is not there."""


class Scratch:
    """A file of one's own to make a copy in; `close` removes its name and lets go of it."""

    def __init__(self, folder: Path, name: str, *, like: Path) -> None:
        mode = like.stat().st_mode & 0o777
        with FolderLock(folder):  # made and held before anybody looks for leftovers
            self._descriptor, path = tempfile.mkstemp(".making", f".{name}.", folder)
            hold(self._descriptor)
        self.path = Path(path)
        try:
            self.path.chmod(mode)
        except OSError:
            self.close()
            raise

    def is_at(self, path: Path) -> bool:
        """Whether `path` is another name of this file."""
        try:
            return os.path.samestat(os.fstat(self._descriptor), path.stat())
        except _ABSENT:
            return False

    def check(self) -> None:
        """Raise FileNotFoundError where it is no longer under its name: others moved it, or its folder, away."""
        if not self.is_at(self.path):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self.path))

    def close(self) -> None:
        """Remove the name that it was made under, and let go."""
        try:
            _remove(self.path)
        finally:
            os.close(self._descriptor)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold a file, so that nobody prunes it meanwhile."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        hold(descriptor)
        yield
    finally:
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Whether somebody holds a file; one that may not be read is another user's."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except _ABSENT:
        return False
    except OSError:
        return True
    try:
        return not hold(descriptor, alone=True)
    finally:
        os.close(descriptor)


def leftovers_in(folder: Path, name: str) -> list[Path]:
    """Return the scratch files for `name` whose makers were killed."""
    pattern = re.compile(rf"\.{re.escape(name)}\.[a-z0-9_]{{8}}\.making")
    found = (folder / each for each in names_in(folder) if pattern.fullmatch(each))
    return [path for path in found if not is_held(path)]


def names_in(folder: Path) -> list[str]:
    """Return the names in a folder, sorted; none where there is no folder."""
    try:
        return sorted(path.name for path in folder.iterdir())
    except _ABSENT:
        return []


def clear(folder: Path, name: str) -> None:
    """Remove what killed makers left of copies of `name`."""
    with FolderLock(folder):
        for path in leftovers_in(folder, name):
            _remove(path)


def sync_folder(folder: Path) -> None:
    """Let what was made, renamed and removed in a folder last."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _remove(path: Path) -> None:
    """Remove a scratch file, and whatever was made beside it: that first, as it is found by its name."""
    sides = [name for name in names_in(path.parent) if name.startswith(f"{path.name}-")]
    for name in (*sides, path.name):
        with suppress(*_ABSENT):
            (path.parent / name).unlink()
