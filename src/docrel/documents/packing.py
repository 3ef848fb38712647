"""Packing: a text as the name of its file says, compressed or not.

In: the pieces of a text, and a name. Out: the bytes of the file; the same text gives the same ones.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Protocol

from docrel.documents.unpacking import zstd_of


class _Packer(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


_GZIP = 31
"""The kind of zlib's that is gzip, without a time."""
_PACKERS: dict[str, Callable[[Path], _Packer]] = {
    ".gz": lambda _: zlib.compressobj(9, wbits=_GZIP),
    ".bz2": lambda _: bz2.BZ2Compressor(),
    ".xz": lambda _: lzma.LZMACompressor(),
    ".lzma": lambda _: lzma.LZMACompressor(lzma.FORMAT_ALONE),
    ".zst": lambda path: zstd_of(str(path)).ZstdCompressor(),
    ".zstd": lambda path: zstd_of(str(path)).ZstdCompressor(),
}


def packed(pieces: Iterable[bytes], path: Path) -> Iterable[bytes]:
    """Return the content of the file that is to hold a text.

    Raises:
        DocumentError: D351, nothing is there that compresses so.
    """
    packer = _PACKERS.get(path.suffix.lower())
    return pieces if packer is None else _through(packer(path), pieces)


def _through(packer: _Packer, pieces: Iterable[bytes]) -> Iterator[bytes]:
    yield from (packer.compress(piece) for piece in pieces)
    yield packer.flush()
