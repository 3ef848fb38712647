"""Writer: files whose content is there whole or not at all.

In: a path and bytes, or a document and a folder. Out: files, written beside their place, synced and moved
into it; a reader sees the old content or the new one, also after a crash.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docrel.backends import refuse_database
from docrel.diagnostics import DocumentError
from docrel.documents.files import cannot_write, shown_path
from docrel.documents.parts import part_path
from docrel.files import move_new, sync_folder
from docrel.plan import Plan
from docrel.values import jsontext


@dataclass(frozen=True, slots=True)
class WrittenFiles:
    """The files that were written, and those of parts that are there but not in the document."""

    files: tuple[Path, ...]
    leftover: tuple[Path, ...]


def pretty(document: Any) -> bytes:
    """Return a document as an indented text that ends with a line break."""
    return jsontext.dumps_bytes(document, indent=2) + b"\n"


def write_file(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file, atomically; what is no regular file (a pipe, a device) is written to directly.

    Raises:
        DocumentError: D331, it cannot be written.
        StoreError: S451, a database is there.
    """
    refuse_database(path)
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as stream:
                stream.writelines(pieces)
            return
        path = Path(os.path.realpath(path))
        temporary = _written(path, pieces)
        _move([(temporary, path)])
    except OSError as error:
        raise cannot_write(path, error) from error


def write_new(path: Path, pieces: Iterable[bytes]) -> Path:
    """Write a file that is not there yet, under a numbered name where one is; returns its name.

    Raises:
        DocumentError: D331, it cannot be written.
    """
    try:
        path = Path(os.path.realpath(path))
        written = move_new(_written(path, pieces), path)
        sync_folder(path.parent)
        return written
    except OSError as error:
        raise cannot_write(path, error) from error


def write_workspace(document: Any, plan: Plan, folder: Path) -> WrittenFiles:
    """Write each member of a document to its file below a folder; the inverse of reading the folder.

    All files are written and synced before the first is moved into place. Files of parts that the document
    does not have are left alone and told. The order of the members among each other is not kept, as files
    have none.

    Raises:
        DocumentError: D338, a member has no file; D331, a file cannot be written.
        StoreError: S451, a database is in the place of one.
    """
    parts = {part.member: part for part in plan.parts}
    if not isinstance(document, dict) or not document or any(member not in parts for member in document):
        odd = [m for m in document if m not in parts] if isinstance(document, dict) else []
        what = f"the member {odd[0]!r} has no file" if odd else "the document has no members that are files"
        message, advice = f"{what} in this mapping", "export it as one document"
        raise DocumentError.one("D338", message, subject=shown_path(folder), help=advice)
    moves: list[tuple[Path, Path]] = []
    path = folder
    try:
        for member, content in document.items():
            path = part_path(folder, parts[member])
            refuse_database(path)
            path.parent.mkdir(parents=True, exist_ok=True)
            path = Path(os.path.realpath(path))
            moves.append((_written(path, [pretty(content)]), path))
        _move(moves)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        for temporary, _ in moves:
            temporary.unlink(missing_ok=True)
    others = (part_path(folder, part) for part in plan.parts if part.member not in document)
    return WrittenFiles(tuple(path for _, path in moves), tuple(path for path in others if path.exists()))


def _written(path: Path, pieces: Iterable[bytes]) -> Path:
    """Write and sync a file beside its place and return it."""
    temporary = path.with_name(f".{path.name[:200]}.{os.getpid()}.partial")
    try:
        with temporary.open("wb") as stream:
            stream.writelines(pieces)
            stream.flush()
            os.fsync(stream.fileno())
        if path.exists():
            temporary.chmod(path.stat().st_mode & 0o7777)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _move(moves: Sequence[tuple[Path, Path]]) -> None:
    """Move files into their places, and sync the folders so that the moves last."""
    for temporary, path in moves:
        temporary.replace(path)
    for folder in dict.fromkeys(path.parent for _, path in moves):
        sync_folder(folder)
