"""File locks: one program at a time, among all that use a folder.

In: the path of a lock file, which is made, or of a folder, for which nothing ever is. Out: a lock that the system
itself releases when its holder dies. The file stays, empty; only the lock on it counts. Where the system has no
`flock` (Windows) only the threads of this program are kept apart.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from docrel.diagnostics import StoreError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


class FileLock:
    """A lock on a file, which threads and processes share; the thread that holds it may take it again."""

    def __init__(self, path: Path, *, timeout_s: float = 30.0) -> None:
        self._path, self._timeout_s = path, timeout_s
        self._threads = threading.RLock()
        self._depth = 0
        self._file: int | None = None

    def __enter__(self) -> Self:
        if not self._threads.acquire(timeout=self._timeout_s):
            raise self._busy()
        try:
            if self._depth == 0:
                self._lock()
        except BaseException:
            self._threads.release()
            raise
        self._depth += 1
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, trace: TracebackType | None) -> None:
        self._depth -= 1
        if self._depth == 0 and self._file is not None:
            os.close(self._file)  # this releases it
            self._file = None
        self._threads.release()

    def _lock(self) -> None:
        if fcntl is None:
            return
        file = self._open()
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _Wait(file).until(self._timeout_s, self._busy)
        except BaseException:
            os.close(file)
            raise
        self._file = file

    def _open(self) -> int:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)

    def _busy(self) -> StoreError:
        message = f"another program has held this lock for {self._timeout_s:g} s"
        advice = "wait for it or end it; `fuser` on the file tells which one it is"
        return StoreError.one("S434", message, subject=self._path, help=advice)


class FolderLock(FileLock):
    """A lock on a folder itself, which has to be there: `OSError` where it is not, or is a file."""

    def _open(self) -> int:
        return os.open(self._path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)


def hold(file: int, *, alone: bool = False) -> bool:
    """Hold an open file until it is closed, `alone` or beside other holders; False where others do not let us."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class _Wait:
    """Waits for a lock in a thread of its own: the system lets waiters in by turns, but knows no time limit."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._got = threading.Event()
        self._end = threading.Lock()
        self._given_up = False

    def until(self, timeout_s: float, error: Callable[[], StoreError]) -> None:
        """Return with the lock, or close the file and raise."""
        threading.Thread(target=self._wait, daemon=True).start()
        try:
            if self._got.wait(timeout_s):
                return
        finally:
            with self._end:
                self._given_up = not self._got.is_set()
        raise error()

    def _wait(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_EX)
        with self._end:
            if self._given_up:
                os.close(self._file)
            else:
                self._got.set()
