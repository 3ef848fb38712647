"""Source files: the files that documents are read from, each told by its place and its content.

In: a file that is open. Out: its size and a digest of its bytes, and the same bytes to read. Only the content decides
whether two files are the same: no time and no size does.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import BinaryIO, Protocol

_HELD_BYTES = 1 << 20
"""So much of a file is read once, and held."""
_CHUNK_BYTES = 1 << 18
_DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file, or a folder of parts, as it is read now.

    Attributes:
        place: By what name a database knows it.
        size: How many bytes it has.
        digest: What its content is told by; None where that cannot be read twice: standard input, a pipe.
    """

    place: str
    size: int | None = None
    digest: bytes | None = None


class SourceFiles(Protocol):
    """What hears of each file before and after it is read."""

    def is_stored(self, file: SourceFile) -> bool:
        """Say whether all of a file is stored, so that it is passed over."""

    def ended(self, file: SourceFile, documents: int) -> None:
        """Hear that a file was read to its end, and how many documents it has, refused ones too."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A file under way: what it is, its content as a stream, and what changes when somebody writes to it."""

    file: SourceFile
    stream: BinaryIO
    stamp: tuple[int, ...] | None = None

    @classmethod
    def of(cls, place: str, stream: BinaryIO) -> Reading:
        """Look at the content of a file, and be ready to read it from the beginning."""
        stamp = _stamp(stream)
        if stamp is None:
            return cls(SourceFile(place), stream)
        head = stream.read(_HELD_BYTES)
        digest, size = hashlib.blake2b(head, digest_size=_DIGEST_BYTES), len(head)
        if size < _HELD_BYTES:
            return cls(SourceFile(place, size, digest.digest()), io.BytesIO(head))
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
        stream.seek(0)
        return cls(SourceFile(place, size, digest.digest()), stream, stamp)

    def at_end(self) -> SourceFile:
        """Return the file as it was read; without a digest where somebody wrote to it meanwhile."""
        is_same = self.stamp is None or self.stamp == _stamp(self.stream)
        return self.file if is_same else replace(self.file, digest=None)


def within(archive: SourceFile, place: str, size: int) -> SourceFile:
    """Return a file of an archive, which is the same as long as the archive is."""
    if archive.digest is None:
        return SourceFile(place, size)
    digest = hashlib.blake2b(place.encode("utf-8", "surrogatepass"), key=archive.digest, digest_size=_DIGEST_BYTES)
    return SourceFile(place, size, digest.digest())


def of_parts(place: str, texts: Iterable[tuple[str, bytes]]) -> SourceFile:
    """Return a folder whose parts have these texts."""
    digest, size = hashlib.blake2b(digest_size=_DIGEST_BYTES), 0
    for name, text in texts:
        digest.update(f"{len(name)} {len(text)} {name}".encode())
        digest.update(text)
        size += len(text)
    return SourceFile(place, size, digest.digest())


def _stamp(stream: BinaryIO) -> tuple[int, ...] | None:
    """Return what changes when somebody writes to a file; None where it is no file."""
    try:
        found = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return None
    return (found.st_size, found.st_mtime_ns, found.st_ctime_ns) if stat.S_ISREG(found.st_mode) else None
