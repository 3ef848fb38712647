"""The meter: how much of the files was read, and how much there is.

In: files as they are opened. Out: bytes, at any moment and from any thread, at no cost to who reads.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from docrel.documents.files import STDIN, name_fault
from docrel.documents.folders import walk
from docrel.documents.globs import Globs
from docrel.documents.parts import PartsFolder
from docrel.plan import Plan


class Meter:
    """Counts the bytes of files that were read, packed ones as they are packed; `on_file` hears of each file first."""

    def __init__(self, on_file: Callable[[Path], None] | None = None) -> None:
        self._on_file = on_file
        self._before = 0
        self._stream: BinaryIO | None = None
        self._size = 0

    def begin(self, path: Path, stream: BinaryIO) -> None:
        """Hear of a file that is read from now on, the one before having been read."""
        self._before += self._size
        self._size, self._stream = _size(stream), stream
        self._tell(path)

    def passed(self, path: Path) -> None:
        """Hear of a file that is read at once."""
        self._before += _size(path)
        self._tell(path)

    def _tell(self, path: Path) -> None:
        if self._on_file is not None:
            self._on_file(path)

    @property
    def done(self) -> int:
        """The bytes read by now."""
        try:
            here = 0 if self._stream is None else self._stream.tell()
        except (OSError, ValueError):  # closed, or a pipe
            here = self._size
        return self._before + min(here, self._size)


def bytes_of(paths: Iterable[str | Path], plan: Plan, globs: Iterable[str] = ()) -> int | None:
    """Return the bytes of what `read_documents` reads of these paths; None where nobody knows."""
    paths = list(paths)
    if STDIN in map(str, paths):
        return None
    return sum(map(_size, _files(map(Path, paths), plan, Globs(tuple(globs)))))


def _files(paths: Iterable[Path], plan: Plan, globs: Globs) -> Iterator[Path]:
    for path in paths:
        if name_fault(path) is not None or not path.is_dir():
            yield path
            continue
        for entry in walk(path, plan, globs):
            if isinstance(entry, Path):
                yield entry
            elif isinstance(entry, PartsFolder):
                yield from (file for _, file in entry.files if isinstance(file, Path))


def _size(file: Path | BinaryIO) -> int:
    try:
        return file.stat().st_size if isinstance(file, Path) else os.fstat(file.fileno()).st_size
    except (OSError, ValueError):
        return 0
