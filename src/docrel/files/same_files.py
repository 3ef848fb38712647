"""Same files: whether two names are one file, and new names that never replace another file.

In: paths, whatever they are spelled like: relative, through symbolic links, as hard links. Out: nothing, or an
error that names both. A database is its log and its index too: `m.db-wal` is `m.db`.
"""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Iterator
from pathlib import Path

from docrel.diagnostics import StoreError

COMPANIONS = ("", "-wal", "-shm", "-journal")
"""What SQLite keeps beside a database, by what its name ends with."""
_NO_FILES = {":memory:", "-"}
_MAGIC = b"SQLite format 3\0"
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}

AnyPath = str | os.PathLike[str]


def identity(path: AnyPath) -> tuple[int, int] | None:
    """Return what is the same for all names of a file, None where there is no file."""
    try:
        found = Path(path).stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


def refuse_same(written: AnyPath, *read: AnyPath, called: str = "") -> None:
    """Refuse to write to a file that is read, or that belongs to a database that is read; or the other way round.

    `called` is what the user calls the one that is read, where that is not its path.

    Raises:
        StoreError: S450, both are one file.
    """
    mine = _names(written)
    for other in read:
        if mine & _names(other):
            name = called or os.fspath(other)
            message = f"this would be written, and {name} is read: both are one file, or of one database"
            advice = "name another file; nothing was written"
            raise StoreError.one("S450", message, subject=os.fspath(written), help=advice)


def _names(path: AnyPath) -> set[object]:
    """Return all that a file and its companions can be told by: their paths without links, and their identities."""
    if os.fspath(path) in _NO_FILES:
        return set()
    files = [os.path.realpath(path) + suffix for suffix in COMPANIONS]
    return {*files, *(found for file in files if (found := identity(file)) is not None)}


def refuse_database(written: AnyPath) -> None:
    """Refuse to write a text in the place of a database, or of its log.

    Raises:
        StoreError: S451, it is one.
    """
    name = os.path.realpath(written)
    for suffix in COMPANIONS:
        database = name[: len(name) - len(suffix)]
        if name.endswith(suffix) and is_database(database):
            message = f"this belongs to the database {database}" if suffix else "this is a database"
            advice = "name another file, or remove the database first if it is not wanted any more"
            raise StoreError.one("S451", message, subject=os.fspath(written), help=advice)


def is_database(path: AnyPath) -> bool:
    """Say whether a file is an SQLite database; an empty file is none.

    Not for a database that this program has open: reading the file by itself ends SQLite's locks on it.
    """
    try:
        if not Path(path).is_file():
            return False
        with Path(path).open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except (OSError, ValueError):
        return False


def link_new(source: Path, target: Path) -> None:
    """Give a file a second name, never that of another file; done again it changes nothing.

    Raises:
        FileExistsError: There is another file of this name.
        OSError: The disk knows no second names, or the system refuses.
    """
    try:
        os.link(source, target)
    except FileExistsError:
        if identity(source) != identity(target):
            raise


def rename_new(source: Path, target: Path) -> None:
    """Rename a file, never over another one. Cut short it has both names, and is renamed when it is done again.

    Raises:
        FileExistsError: There is another file of this name.
    """
    try:
        link_new(source, target)
    except OSError as e:
        if e.errno not in _NO_LINKS:
            raise
        if target.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from e
        source.rename(target)
    else:
        source.unlink()


def move_new(source: Path, target: Path) -> Path:
    """Rename a file, to the first numbered name that no other file has; returns it."""
    for path in numbered(target):
        try:
            rename_new(source, path)
        except FileExistsError:
            continue
        return path
    raise AssertionError("numbers do not end")


def free(path: Path) -> Path:
    """Return the path, or the first numbered one beside it that no file has now."""
    return next(found for found in numbered(path) if not found.exists())


def numbered(path: Path) -> Iterator[Path]:
    """Yield the path, then numbered ones beside it."""
    yield path
    for number in itertools.count(2):
        yield path.with_name(f"{path.stem}_{number}{path.suffix}")
