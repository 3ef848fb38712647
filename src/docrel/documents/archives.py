"""Archives: the files within a zip archive, read where they are.

In: a zip file, also one that can be read only once. Out: its members, each a file with a path below the archive's.
Nothing is ever written: a name that leads out of the archive is a name and no place.
"""

from __future__ import annotations

import shutil
import stat
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from docrel.diagnostics import DocumentError
from docrel.documents.unpacking import Packed, Unpacking, buffered

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

_ENCRYPTED = 0x1
_AES = 99


@dataclass(frozen=True, slots=True)
class Member:
    """A file within an archive that is open; `path` is the archive's, and its own behind it."""

    archive: ZipFile
    entry: ZipInfo
    path: Path

    def opened(self, shown: str) -> BinaryIO:
        """Open it for reading, unpacked.

        Raises:
            DocumentError: D351, it is encrypted, or compressed in a way that nobody reads; D333, it is damaged.
        """
        from zipfile import BadZipFile

        if self.entry.flag_bits & _ENCRYPTED or self.entry.compress_type == _AES:
            advice = "unpack the archive with its password, and name the files"
            raise DocumentError.one("D351", "is encrypted: docrel does not read that", subject=shown, help=advice)
        try:
            stream = self.archive.open(self.entry)
        except (NotImplementedError, RuntimeError) as error:
            message, advice = f"is not read: {error}", "unpack the archive, and name the files"
            raise DocumentError.one("D351", message, subject=shown, help=advice) from error
        except (BadZipFile, EOFError, OSError, ValueError) as error:
            raise _damaged(shown, error) from error
        packed = Packed("zip member", cast("Any", stream), (EOFError, OSError, ValueError, BadZipFile, zlib.error))
        return buffered(Unpacking(packed, lambda: self.entry.compress_size, shown))


@contextmanager
def archive(stream: BinaryIO, path: Path, shown: str) -> Iterator[list[Member]]:
    """Open a zip archive, and give the files in it.

    Order: by name, as in a folder.

    Raises:
        DocumentError: D333, it is damaged, or its files lie over each other.
    """
    from zipfile import BadZipFile, ZipFile

    with tempfile.TemporaryFile() as kept:
        if not stream.seekable():
            shutil.copyfileobj(stream, kept)
            stream = kept
        try:
            opened = ZipFile(stream)
        except (BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
            raise _damaged(shown, error) from error
        with opened:
            entries = [entry for entry in opened.infolist() if not entry.is_dir() and not _is_link(entry)]
            if sum(entry.compress_size for entry in entries) > stream.seek(0, 2):
                raise _damaged(shown, ValueError("its files lie over each other"))
            members = [Member(opened, entry, path.joinpath(*_steps(entry.filename))) for entry in entries]
            yield sorted(members, key=lambda member: member.path.parts)


def _steps(name: str) -> list[str]:
    """Return the names that lead to a member, none of which leads out of the archive."""
    return [step for step in name.replace("\\", "/").split("/") if step not in {"", ".", ".."}]


def _is_link(entry: ZipInfo) -> bool:
    return stat.S_ISLNK(entry.external_attr >> 16)


def _damaged(shown: str, error: Exception) -> DocumentError:
    advice = "copy or download it again"
    return DocumentError.one("D333", f"the zip file is damaged ({error})", subject=shown, help=advice)
