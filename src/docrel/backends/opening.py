"""Opening: the backend of a database, by how its user calls it.

In: an address: the path of a file, or `:memory:`. Out: an open backend, or an error with one thing to do.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeGuard

from docrel.backends.protocol import Backend, FileBackend
from docrel.backends.sqlite.file import SQLiteFile
from docrel.backends.sqlite.memory import MEMORY, SQLiteInMemory
from docrel.diagnostics import StoreError


def open_backend(address: str | Path, *, create: bool = False, timeout_s: float = 30.0) -> Backend:
    """Return the backend of a database; one that is not there, or empty, is made only with `create`.

    Raises:
        StoreError: S401, there is none; S455, it is empty; S40x, it cannot be used.
    """
    path = file_of(address)
    return SQLiteInMemory(timeout_s=timeout_s) if path is None else open_file(path, create=create, timeout_s=timeout_s)


def open_file(path: str | Path, *, create: bool = False, timeout_s: float = 30.0) -> FileBackend:
    """Return the backend of a database that is a file, as `open_backend` does."""
    _refuse_unusable(path)
    return SQLiteFile(path, create=create, timeout_s=timeout_s)


def file_of(address: str | Path) -> Path | None:
    """Return the file that an address names, None where it names none.

    Raises:
        StoreError: S407, no file can have this name.
    """
    if str(address) == MEMORY:
        return None
    _refuse_unusable(address)
    return Path(address)


def _refuse_unusable(path: str | Path) -> None:
    """Refuse what the system does not even look for: a name that is too long, a link to itself, a NUL."""
    try:
        Path(path).absolute().stat()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        pass  # whoever opens it says so
    except (OSError, ValueError) as e:
        message = f"no file can be called so: {getattr(e, 'strerror', None) or e}"
        raise StoreError.one("S407", message, subject=ascii(str(path))[1:-1][:200], help="give another path") from e


def is_file(backend: Backend) -> TypeGuard[FileBackend]:
    """Say whether a database is a file."""
    return backend.path is not None


def as_file(backend: Backend) -> FileBackend:
    """Return a backend as that of a file.

    Raises:
        StoreError: S464, the database is in none.
    """
    if is_file(backend):
        return backend
    advice = "copy it into a file of its own with `store.backup(path)`"
    message = "this database is in no file, and has no backups"
    raise StoreError.one("S464", message, subject=backend.name, help=advice)
