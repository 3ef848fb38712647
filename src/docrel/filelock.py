"""File locks: one program at a time, among all that use a folder.

In: the path of a lock file. Out: a lock that the system itself releases when its holder dies. The file
stays, empty; only the lock on it counts. Where the system has no `flock` (Windows) only the threads of this
program are kept apart.
"""

from __future__ import annotations

import os
import random
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from docrel.diagnostics import Diagnostic, StoreError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


class FileLock:
    """A lock that threads and processes share; the thread that holds it may take it again."""

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
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        deadline = time.monotonic() + self._timeout_s
        try:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() >= deadline:
                        raise self._busy() from None
                time.sleep(random.uniform(0.000_3, 0.002))
        except BaseException:
            os.close(file)
            raise
        self._file = file

    def _busy(self) -> StoreError:
        message = f"another program has held this lock for {self._timeout_s:g} s"
        advice = "wait for it or end it; `fuser` on the file tells which one it is"
        return StoreError(diagnostics=[Diagnostic("S434", message, subject=str(self._path), help=advice)])
