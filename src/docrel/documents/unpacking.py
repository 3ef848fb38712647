"""Unpacking: the JSON text that a stream of bytes holds, compressed or not, in whatever Unicode encoding.

In: a stream, which is told by its first bytes and not by its name. Out: a stream of UTF-8 without a byte order mark,
in constant memory. What is damaged, grows beyond measure or is no text is a `DocumentError`, after what could be read.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any, BinaryIO, Protocol, cast

from docrel.diagnostics import DocumentError

CHUNK_BYTES = 1 << 18
FREE_BYTES = 100 << 20
"""So much may be unpacked of anything."""
RATIO = 200
"""What is unpacked beyond that is at most so many times as much as what it was packed in."""
_HEAD_BYTES = 8

_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_MARK = codecs.BOM_UTF8
_ENCODINGS = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_BY_ZEROS = {
    b"\1\1\1\0": "utf-32-be", b"\0\1\1\1": "utf-32-le", b"\1\0\1\0": "utf-16-be", b"\0\1\0\1": "utf-16-le",
}  # fmt: skip
"""The encoding by which of the first four bytes are NUL. Source: RFC 4627, section 3."""
_FOREIGN = (
    (b"SQLite f", "a SQLite database"), (b"7z\xbc\xaf'\x1c", "a 7z archive"), (b"Rar!", "a rar archive"),
    (b"\x04\x22M\x18", "compressed by lz4"), (b"\x1f\x9d", "compressed by compress (.Z)"), (b"PAR1", "Parquet"),
    (b"\xff\x06\x00\x00sNaP", "compressed by snappy"), (b"%PDF", "a PDF"), (b"\x89PNG", "a picture"),
)  # fmt: skip


class _Reads(Protocol):
    def read1(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Packed:
    """A stream of something that is compressed; `kind` is what messages call it, `faults` what reading it raises."""

    kind: str
    stream: _Reads
    faults: tuple[type[Exception], ...]


def peeked(stream: BinaryIO) -> tuple[bytes, io.BufferedReader]:
    """Return the first bytes of a stream, and the stream from its beginning."""
    if isinstance(stream, io.BufferedReader):
        head = stream.peek(_HEAD_BYTES)[:_HEAD_BYTES]
        if len(head) == _HEAD_BYTES:
            return head, stream
    head = stream.read(_HEAD_BYTES)
    return head, buffered(_Again(head, stream))


def is_archive(head: bytes) -> bool:
    """Say whether a file that begins so is a zip archive."""
    return head.startswith(_ARCHIVES)


def unpacked(stream: BinaryIO, shown: str, *, is_packed: bool = False) -> io.BufferedReader:
    """Return the text of a stream as UTF-8.

    `shown` is what the file is called in messages; `is_packed` says that its name is that of a compressed one.

    Raises:
        DocumentError: D351, it is no JSON text; from reading, D333 and D352, D305.
    """
    head, stream = peeked(stream)
    counted = _Counted(stream)
    packed = _packed(head, counted, shown)
    if packed is not None:
        head, stream = peeked(buffered(Unpacking(packed, lambda: counted.total, shown)))
        if _packed(head, counted, shown) is not None or is_archive(head):
            raise _not_read(shown, f"a {packed.kind} within which something compressed is")
    elif is_packed and head and not _is_text(head):
        message = "its name says that it is compressed, and it is neither that nor JSON"
        raise DocumentError.one("D333", message, subject=shown, help="copy or download it again, or name it otherwise")
    for beginning, what in _FOREIGN:
        if head.startswith(beginning):
            raise _not_read(shown, what)
    encoding = _encoding(head)
    if encoding is not None:
        return buffered(_Recoded(stream, encoding, shown))
    if head.startswith(_MARK):
        stream.read(len(_MARK))
    return stream


class Unpacking(io.RawIOBase):
    """What is unpacked of a stream, as long as it is sound and in proportion.

    `size` tells how many bytes it came from.
    """

    def __init__(self, packed: Packed, size: Callable[[], int], shown: str) -> None:
        self._packed, self._size, self._shown = packed, size, shown
        self._total = 0

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read on.

        Raises:
            DocumentError: D333, it is damaged; D351, there is no way to read it; D352, it is too large.
        """
        try:
            data = self._packed.stream.read1(len(buffer))
        except self._packed.faults as error:
            raise self._fault(error) from error
        self._total += len(data)
        if self._total > FREE_BYTES and self._total > RATIO * self._size():
            raise self._too_large()
        buffer[: len(data)] = data
        return len(data)

    def _fault(self, error: Exception) -> Exception:
        if isinstance(error, OSError) and error.errno is not None:
            return error
        ends = "ends in the middle" if isinstance(error, EOFError) else f"is damaged ({error})"
        message = f"the {self._packed.kind} {ends}; {self._total:,} bytes of it could be read and were used"
        advice = "copy or download it again and run the same command: what is stored already stays as it is"
        return DocumentError.one("D333", message, subject=self._shown, help=advice)

    def _too_large(self) -> DocumentError:
        message = (
            f"the {self._packed.kind} holds more than {RATIO} times its size: {self._total:,} bytes of it were read, "
            "the rest was not"
        )
        advice = "if it is meant to be so large, unpack it yourself and name what it holds"
        return DocumentError.one("D352", message, subject=self._shown, help=advice)


class _Counted(io.RawIOBase):
    """A stream that knows how much of it was read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self.total = stream, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = self._stream.readinto(buffer)  # type: ignore[attr-defined]
        self.total += count or 0
        return int(count or 0)


class _Again(io.RawIOBase):
    """A stream of which the first bytes were read, from its beginning."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head, self._stream = head, stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._head:
            read = getattr(self._stream, "read1", self._stream.read)
            data = read(len(buffer))
        else:
            data, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)


class _Recoded(io.RawIOBase):
    """A text in another encoding of Unicode, as UTF-8 without a byte order mark."""

    def __init__(self, stream: BinaryIO, encoding: str, shown: str) -> None:
        self._stream, self._encoding, self._shown = stream, encoding, shown
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._ready, self._read = b"", 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready:
            data = self._stream.read(CHUNK_BYTES)
            try:
                self._ready = self._decoder.decode(data, final=not data).encode()
            except UnicodeDecodeError as error:
                message = f"the text is not {self._encoding.upper()}: {error.reason} near byte {self._read:,}"
                advice = "save the file again, best as UTF-8"
                raise DocumentError.one("D305", message, subject=self._shown, help=advice) from error
            self._read += len(data)
            if not data:
                break
        data, self._ready = self._ready[: len(buffer)], self._ready[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)


def _encoding(head: bytes) -> str | None:
    """Return the encoding of a text that is not UTF-8: it has a mark, or NULs as no JSON in UTF-8 has."""
    for mark, encoding in _ENCODINGS:
        if head.startswith(mark):
            return encoding
    if len(head) < 4:
        return None
    return _BY_ZEROS.get(bytes(byte == 0 for byte in head[:4]))


def _is_text(head: bytes) -> bool:
    """Say whether a file that begins so, though it is called compressed, may be JSON: some programs unpack unasked."""
    return head.lstrip()[:1] in {b"{", b"[", b"\x1e"} or head.startswith(_MARK) or _encoding(head) is not None


def _packed(head: bytes, stream: _Counted, shown: str) -> Packed | None:
    """Open what is compressed and begins so; None where it is not."""
    file = cast("BinaryIO", stream)
    if head.startswith(b"\x1f\x8b"):
        return Packed("gzip file", gzip.GzipFile(fileobj=file, mode="rb"), (EOFError, OSError, zlib.error))
    if head.startswith(b"BZh"):
        return Packed("bzip2 file", bz2.BZ2File(file), (EOFError, OSError, ValueError))
    if head.startswith((b"\xfd7zXZ\x00", b"\x5d\x00\x00")):
        return Packed("xz file", lzma.LZMAFile(file), (EOFError, OSError, lzma.LZMAError))
    if head.startswith(b"\x28\xb5\x2f\xfd") or (head[1:4] == b"\x2a\x4d\x18" and 0x50 <= head[0] <= 0x5F):
        zstd = zstd_of(shown)
        return Packed("zstd file", zstd.ZstdFile(file), (EOFError, OSError, zstd.ZstdError))
    return None


def zstd_of(shown: str) -> Any:
    """Return the module that reads zstd: Python's own, where it has one.

    Raises:
        DocumentError: D351, there is none.
    """
    for name in ("compression.zstd", "backports.zstd"):
        with suppress(ImportError):
            return import_module(name)
    message = "zstd (.zst) needs a package that is missing"
    raise DocumentError.one(
        "D351", message, subject=shown, help="run `pip install backports.zstd`, or do without that compression"
    )


def _not_read(shown: str, what: str) -> DocumentError:
    advice = "unpack or convert it, and name the JSON that comes of it"
    return DocumentError.one("D351", f"is {what}: docrel does not read that", subject=shown, help=advice)


def buffered(raw: io.RawIOBase) -> io.BufferedReader:
    """Return a stream that is read line by line."""
    return io.BufferedReader(raw, CHUNK_BYTES)
