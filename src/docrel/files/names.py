"""Names: whether two are of one file, and new ones that never replace another file.

In: paths. Out: what a file is told by, whatever it is called; files under other names.
"""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Iterator
from pathlib import Path

_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}


def identity(path: str | os.PathLike[str]) -> tuple[int, int] | None:
    """Return what is the same for all names of a file, None where there is no file."""
    try:
        status = (path if isinstance(path, Path) else Path(path)).stat()
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino


def is_one_name(a: Path, b: Path) -> bool:
    """Say whether two spellings are the same name in the same folder, rather than two names of a file."""
    return a.name == b.name and identity(a.parent) == identity(b.parent)


def is_second_name(a: Path, b: Path) -> bool:
    """Say whether both are names of one file by themselves, and neither by a symbolic link to it."""
    try:
        return os.path.samestat(a.lstat(), b.lstat())
    except OSError:
        return False


def link_new(source: Path, target: Path) -> None:
    """Give a file a second name, never that of another file; done again it changes nothing.

    Raises:
        FileExistsError: There is another file of this name, or a symbolic link, were it to this file.
        OSError: The disk knows no second names, or the system refuses.
    """
    try:
        os.link(source, target)
    except FileExistsError:
        if not is_second_name(source, target):
            raise


def name_new(source: Path, target: Path) -> bool:
    """Give a file a second name, or where the disk knows none another one; never that of another file.

    A file that has the name already keeps it.

    Returns:
        Whether it has both.

    Raises:
        FileExistsError: There is another file of this name, or a symbolic link, were it to this file.
    """
    if is_one_name(source, target):
        return False
    try:
        link_new(source, target)
    except OSError as e:
        if e.errno not in _NO_LINKS:
            raise
        if target.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from e
        source.rename(target)
        return False
    return True


def rename_new(source: Path, target: Path) -> None:
    """Rename a file, never over another one. Cut short it has both names, and is renamed when it is done again.

    Raises:
        FileExistsError: There is another file of this name.
    """
    if name_new(source, target):
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
