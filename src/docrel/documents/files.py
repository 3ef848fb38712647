"""Document files: the text of JSON and JSON Lines files, plain, compressed, in an archive or from standard input.

In: places. Out: the text of a file, whole, or piece by piece in constant memory. What cannot be read is a
`DocumentError` that names the file and how far the reading came. Never looks at what the text means.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, TypeAlias

from docrel.diagnostics import DocumentError, visible
from docrel.documents.archives import Member
from docrel.documents.endings import is_packed
from docrel.documents.unpacking import CHUNK_BYTES, unpacked

STDIN = "-"

Place: TypeAlias = "Path | Member | None"
"""Where a text is: in a file, in an archive, or on standard input, which is `None`."""


def shown_path(path: Path | str) -> str:
    """Return a path as messages show it: on one line, with what is not text as escapes."""
    text = str(path).encode("utf-8", "backslashreplace").decode()
    return visible(text)


def path_of(place: Place) -> Path | None:
    """Return the path of a place; standard input has none."""
    return place.path if isinstance(place, Member) else place


def shown(place: Place) -> str:
    """Return a place as messages show it."""
    path = path_of(place)
    return STDIN if path is None else shown_path(path)


def read_bytes(place: Place) -> bytes:
    """Return the whole text of a file, unpacked.

    Raises:
        DocumentError: D331, D333, D351 or D352.
    """
    with opened(place) as stream:
        return b"".join(chunks_of(text_of(stream, place), place))


def read_chunks(place: Place) -> Iterator[bytes]:
    """Yield the text of a file piece by piece.

    Raises:
        DocumentError: as `read_bytes`, after what could be read.
    """
    with opened(place) as stream:
        yield from chunks_of(text_of(stream, place), place)


def text_of(stream: BinaryIO, place: Place) -> BufferedReader:
    """Return the text of a file that is open, unpacked and as UTF-8.

    Raises:
        DocumentError: D331, D333, D351 or D352.
    """
    path = path_of(place)
    with faults(place):
        return unpacked(stream, shown(place), is_packed=path is not None and is_packed(path.name))


def chunks_of(text: BinaryIO, place: Place) -> Iterator[bytes]:
    """Yield a text piece by piece.

    Raises:
        DocumentError: as `read_bytes`, after what could be read.
    """
    with faults(place):
        while chunk := text.read(CHUNK_BYTES):
            yield chunk


@contextmanager
def read_again(text: BinaryIO, place: Place) -> Iterator[Callable[[], Iterator[bytes]]]:
    """Give what reads a text as often as it is called; what can be read once only is kept meanwhile.

    Raises:
        DocumentError: D331 or D333, where that cannot be read.
    """
    if isinstance(place, Member) or (place is not None and place.is_file()):
        yield lambda: read_chunks(place)
        return
    with tempfile.TemporaryFile() as kept:
        kept.writelines(chunks_of(text, place))

        def chunks() -> Iterator[bytes]:
            kept.seek(0)
            yield from iter(lambda: kept.read(CHUNK_BYTES), b"")

        yield chunks


@contextmanager
def opened(place: Place) -> Iterator[BinaryIO]:
    """Open a file for reading bytes as they are; standard input stays open.

    Raises:
        DocumentError: D331; D333 or D351 in an archive.
    """
    if place is None:
        yield sys.stdin.buffer
        return
    with faults(place):
        stream = place.opened(shown(place)) if isinstance(place, Member) else place.open("rb")
    with stream:
        yield stream


def name_fault(path: Path) -> DocumentError | None:
    """Return the refusal of a path that the system does not even look for: too long a name, a link to itself, a NUL."""
    try:
        path.resolve()
        path.is_dir()
    except (OSError, RuntimeError, ValueError) as error:
        return cannot_read(path, error)
    return None


def cannot_read(place: Place, error: Exception) -> DocumentError:
    """Return the refusal of a file or folder that the system does not let us read."""
    reason = getattr(error, "strerror", None) or str(error)
    return DocumentError.one(
        "D331", f"cannot be read: {reason}", subject=shown(place), help="check the path and its permissions"
    )


def cannot_write(path: Path, error: OSError) -> DocumentError:
    """Return the refusal of a file that the system does not let us write."""
    message = f"cannot be written: {error.strerror or error}"
    help_text = "choose another place, or make room and mend the permissions"
    return DocumentError.one("D331", message, subject=shown_path(path), help=help_text)


@contextmanager
def faults(place: Place) -> Iterator[None]:
    """Turn what the system says into refusals; nothing that is raised elsewhere."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise cannot_read(place, error) from error
