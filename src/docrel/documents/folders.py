"""Folders: which documents and files a folder holds, at any depth.

In: a folder and a plan. Out: folders of parts, files to read and refusals, by name. Reads no file; follows links,
but never in a circle, and reads no folder twice.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from docrel.diagnostics import DocumentError
from docrel.documents.files import cannot_read, kind_of, shown_path
from docrel.documents.parts import PartsFolder, parts_folder_around, parts_folder_in
from docrel.plan import Plan

Identity: TypeAlias = "tuple[int, int]"
Entry: TypeAlias = "Path | PartsFolder | DocumentError"


def walk(folder: Path, plan: Plan) -> Iterator[Entry]:
    """Yield what there is to read in a folder and below.

    A folder that has a file of the document's parts in its place is one document. Within it only other such folders
    are looked for, its other files are none of ours. Elsewhere each JSON or JSON Lines file
    is read.

    Order: by name.
    """
    around = parts_folder_around(folder, plan)
    nothing = around is None
    if around is not None:
        yield around
    for entry in _below(folder, plan, inside=around is not None):
        nothing = False
        yield entry
    if nothing:
        advice = "name a folder with JSON files, or files"
        yield DocumentError.one("D334", "holds nothing to read", subject=shown_path(folder), help=advice)


def _below(folder: Path, plan: Plan, *, inside: bool) -> Iterator[Entry]:
    """Walk a folder without recursion; `inside` a folder of parts single files are passed over."""
    pending: list[tuple[Path, bool, tuple[Identity, ...]]] = [(folder, inside, ())]
    seen: set[Identity] = set()
    while pending:
        path, within, above = pending.pop()
        try:
            status = path.stat()
            if not stat.S_ISDIR(status.st_mode):
                if not within and kind_of(path.name):
                    yield path if stat.S_ISREG(status.st_mode) else _special(path)
                continue
            identity = (status.st_dev, status.st_ino)
            if identity in seen:
                if identity in above:
                    yield _loop(path)
                continue
            seen.add(identity)
            parts_folder = parts_folder_in(path, plan)
            if parts_folder is not None:
                yield parts_folder
            inner = sorted(path.iterdir(), key=lambda p: p.name, reverse=True)
        except OSError as error:
            if _is_folder(path) or (not within and kind_of(path.name)):
                yield cannot_read(path, error)
            continue
        within, above = within or parts_folder is not None, (*above, identity)
        pending.extend((p, within, above) for p in inner)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a link into what may not be looked at
        return False


def _loop(path: Path) -> DocumentError:
    message = "is a link that leads back to a folder that it is in; it is passed over"
    advice = "remove the link, or name the folders to read"
    return DocumentError.one("D335", message, subject=shown_path(path), help=advice)


def _special(path: Path) -> DocumentError:
    advice = "name it by itself to read it as a stream"
    return DocumentError.one("D331", "cannot be read: it is no file", subject=shown_path(path), help=advice)
