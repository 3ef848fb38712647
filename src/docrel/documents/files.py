"""Document files: the bytes of JSON and JSON Lines files, plain, compressed or from standard input.

In: paths. Out: the bytes of a file, or its lines one by one, in constant memory. What cannot be read is a
`DocumentError` that names the file and how far the reading came. Never looks at what the bytes mean.
"""

from __future__ import annotations

import gzip
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal, cast

from docrel.diagnostics import DocumentError, visible

Kind = Literal["json", "lines"]
STDIN = "-"
_CHUNK_BYTES = 1 << 18

_ENDINGS: tuple[tuple[str, Kind], ...] = ((".json", "json"), (".jsonl", "lines"), (".ndjson", "lines"))


def kind_of(name: str) -> Kind | None:
    """Return what a file's name says that it holds; `None`: its content has to tell."""
    bare = name.lower().removesuffix(".gz")
    return next((kind for ending, kind in _ENDINGS if bare.endswith(ending) and bare != ending), None)


def bare_name(name: str) -> str:
    """Return a file's name without the endings that say what it holds.

    >>> bare_name("fleet.jsonl.gz")
    'fleet'
    """
    bare = name[:-3] if name.lower().endswith(".gz") else name
    ending = next((ending for ending, _ in _ENDINGS if bare.lower().endswith(ending) and len(bare) > len(ending)), "")
    return bare[: len(bare) - len(ending)] if ending else Path(bare).stem


def shown_path(path: Path | str) -> str:
    """Return a path as messages show it: on one line, with what is not text as escapes."""
    text = str(path).encode("utf-8", "backslashreplace").decode()
    return visible(text)


def read_bytes(path: Path) -> bytes:
    """Return the whole content of a file, decompressed where its name ends in .gz.

    Raises:
        DocumentError: D331 or D333.
    """
    with opened(path) as stream, _faults(path, stream):
        return stream.read()


def read_lines(path: Path | None) -> Iterator[tuple[int, bytes]]:
    """Yield each line with its number, from 1; `None` is standard input. Line ends stay on.

    Raises:
        DocumentError: D331 or D333, after the lines that could be read.
    """
    with opened(path) as stream, _faults(path, stream):
        yield from enumerate(stream, 1)


def read_chunks(path: Path | None) -> Iterator[bytes]:
    """Yield the content of a file piece by piece; `None` is standard input.

    Raises:
        DocumentError: D331 or D333, after what could be read.
    """
    with opened(path) as stream, _faults(path, stream):
        while chunk := stream.read(_CHUNK_BYTES):
            yield chunk


@contextmanager
def read_again(path: Path | None) -> Iterator[Callable[[], Iterator[bytes]]]:
    """Give what reads the content of a file as often as it is called; what can be read once only is kept meanwhile.

    Raises:
        DocumentError: D331 or D333, where that cannot be read.
    """
    if path is not None and path.is_file():
        yield lambda: read_chunks(path)
        return
    with tempfile.TemporaryFile() as kept:
        kept.writelines(read_chunks(path))

        def chunks() -> Iterator[bytes]:
            kept.seek(0)
            yield from iter(lambda: kept.read(_CHUNK_BYTES), b"")

        yield chunks


@contextmanager
def opened(path: Path | None) -> Iterator[BinaryIO]:
    """Open a file for reading bytes, decompressing; `None` is standard input, which stays open.

    Raises:
        DocumentError: D331.
    """
    if path is None:
        yield sys.stdin.buffer
        return
    try:
        stream = gzip.open(path) if path.name.lower().endswith(".gz") else path.open("rb")  # noqa: SIM115
    except (OSError, ValueError) as error:
        raise cannot_read(path, error) from error
    with stream:
        yield cast("BinaryIO", stream)


def name_fault(path: Path) -> DocumentError | None:
    """Return the refusal of a path that the system does not even look for: too long a name, a link to itself, a NUL."""
    try:
        path.resolve()
        path.is_dir()
    except (OSError, RuntimeError, ValueError) as error:
        return cannot_read(path, error)
    return None


def cannot_read(path: Path | None, error: Exception) -> DocumentError:
    """Return the refusal of a file or folder that the system does not let us read."""
    reason = getattr(error, "strerror", None) or str(error)
    subject = STDIN if path is None else shown_path(path)
    return DocumentError.one(
        "D331", f"cannot be read: {reason}", subject=subject, help="check the path and its permissions"
    )


def cannot_write(path: Path, error: OSError) -> DocumentError:
    """Return the refusal of a file that the system does not let us write."""
    message = f"cannot be written: {error.strerror or error}"
    help_text = "choose another place, or make room and mend the permissions"
    return DocumentError.one("D331", message, subject=shown_path(path), help=help_text)


@contextmanager
def _faults(path: Path | None, stream: BinaryIO) -> Iterator[None]:
    """Turn what the system and the decompressor say into refusals; nothing the reader of the lines raises."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        ends = "ends in the middle" if isinstance(error, EOFError) else f"is damaged ({error})"
        message = f"the gzip file {ends}; {_told(stream)} of it could be read and were used"
        help_text = "copy or download it again and run the same command: what is stored already stays as it is"
        raise DocumentError.one("D333", message, subject=shown_path(path or STDIN), help=help_text) from error
    except OSError as error:
        raise cannot_read(path, error) from error


def _told(stream: BinaryIO) -> str:
    try:
        return f"{stream.tell():,} bytes"
    except (OSError, ValueError):
        return "some bytes"
