"""SQLite's files: what belongs to a database beside it, and what can be told of one without opening it.

In: paths. Out: whether there is a database, what it has beside it, whether others have it open. Makes no file.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from docrel.diagnostics import StoreError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

LOGS = ("-journal", "-wal")
"""What SQLite puts beside a database and needs for its content, by what its name ends with."""
SIDES = (*LOGS, "-shm")
"""All that SQLite puts beside a database."""
_MAGIC = b"SQLite format 3\0"


def is_database(path: str | os.PathLike[str]) -> bool:
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


def has_table(path: Path, name: str) -> bool:
    """Say whether a file is an SQLite database with this table; what another program has in its log is not seen."""
    if not is_database(path):
        return False
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"  # so that SQLite makes no log beside it
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            return bool(connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [name]).fetchall())
    except sqlite3.Error:
        return False


def lost_log(path: Path) -> Path | None:
    """Return the log of a database that is gone or empty itself: SQLite would throw it away with the next file."""
    log = Path(f"{os.path.realpath(path)}-wal")
    return log if not is_empty(log) and is_empty(path) else None  # asked last: others may just have made it


def is_empty(path: Path) -> bool:
    """Say whether there is no file, or an empty one."""
    return not path.exists() or (path.is_file() and not path.stat().st_size)


def refuse_side(path: Path, name: str) -> None:
    """Refuse to make a database where SQLite would put, and throw away, the log of another one.

    Raises:
        StoreError: S465, the name is that of a log.
    """
    for suffix in SIDES:
        if path.name.endswith(suffix):
            message = f"a file of this name is what SQLite keeps beside a database {path.name.removesuffix(suffix)!r}"
            raise StoreError.one("S465", message, subject=name, help=f"give it a name that does not end in {suffix}")


def is_open_elsewhere(path: Path) -> bool:
    """Whether another process has a connection in WAL mode to a database, also one that cannot be opened any more.

    Source: https://www.sqlite.org/fileformat2.html#the_lock_byte_page; SHARED_FIRST and SHARED_SIZE of os.h. Lets go
    of the locks that this process has on the file.
    """
    if fcntl is None:
        return False
    descriptor = os.open(path, os.O_RDWR)
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 510, 0x40000002)
    except (BlockingIOError, PermissionError):
        return True
    finally:
        os.close(descriptor)
    return False
