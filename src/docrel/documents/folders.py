"""Folders: which documents and files a folder or an archive holds, at any depth.

In: a folder, or the members of an archive, and a plan. Out: folders of parts, files to read, files to pass over and
refusals, by name. Reads no file; follows links, but never in a circle, and reads no folder twice.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from docrel.diagnostics import DocumentError
from docrel.documents.archives import Member
from docrel.documents.endings import kind_of
from docrel.documents.files import cannot_read, shown_path
from docrel.documents.found_files import PassedOver, passed_over
from docrel.documents.globs import Globs
from docrel.documents.parts import PartsFolder, parts_folder_around, parts_folder_in
from docrel.plan import Plan

Identity: TypeAlias = "tuple[int, int]"
Entry: TypeAlias = "Path | Member | PartsFolder[Path] | PartsFolder[Member] | PassedOver | DocumentError"

_APPLE = ("__MACOSX", "._")
"""The folder, and the beginning of the names, of what macOS puts beside files in archives and on other disks."""


def walk(folder: Path, plan: Plan, globs: Globs) -> Iterator[Entry]:
    """Yield what there is to read in a folder and below.

    A folder that has a file of the document's parts in its place is one document. Within it only other such folders
    are looked for, its other files are none of ours. Elsewhere each file is read that `globs` choose, or whose name
    says that it is JSON.

    Order: by name.
    """
    around = parts_folder_around(folder, plan)
    nothing = around is None
    if around is not None:
        yield around
    for entry in _below(folder, plan, globs, inside=around is not None):
        nothing = nothing and isinstance(entry, PassedOver)
        yield entry
    if nothing:
        yield _nothing(folder)


def walk_archive(
    members: Sequence[Member], path: Path, plan: Plan, globs: Globs, below: Path | None
) -> Iterator[Entry]:
    """Yield what there is to read in an archive, as in a folder; `below` is the folder that it was found in, if any."""
    parts = list(_parts_folders(members, plan))
    inner = {found.folder for found in parts}
    whole = globs if below is None or not globs.match(path.relative_to(below)) else Globs()
    yield from parts
    nothing = not parts
    for member in members:
        if inner.intersection(member.path.parents):
            continue
        if _is_apple(member.path):
            yield PassedOver(member.path, "of macOS")
        elif kind_of(member.path.name) == "archive":
            yield PassedOver(member.path, "archives within one")
        elif _is_read(member.path, below or path, whole):
            nothing = False
            yield member
        else:
            yield passed_over(member.path, by_glob=bool(whole))
    if nothing and below is None:
        yield _nothing(path)


def _parts_folders(members: Sequence[Member], plan: Plan) -> Iterator[PartsFolder[Member]]:
    """Yield the folders of an archive that are a document each."""
    there = {member.path: member for member in members}
    folders = dict.fromkeys(folder for path in there for folder in path.parents) if plan.parts else {}
    for folder in sorted(folders, key=lambda one: one.parts):
        places = ((part.member, folder.joinpath(*PurePosixPath(part.file).parts)) for part in plan.parts)
        files = tuple((member, there[path]) for member, path in places if path in there)
        if files:
            yield PartsFolder(folder, folder.name, files)


def _below(folder: Path, plan: Plan, globs: Globs, *, inside: bool) -> Iterator[Entry]:
    """Walk a folder without recursion; `inside` a folder of parts single files are passed over."""
    pending: list[tuple[Path, bool, tuple[Identity, ...]]] = [(folder, inside, ())]
    seen: set[Identity] = set()
    while pending:
        path, within, above = pending.pop()
        try:
            status = path.stat()
            if not stat.S_ISDIR(status.st_mode):
                if not within:
                    yield _file(path, folder, globs, is_regular=stat.S_ISREG(status.st_mode))
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
            if _is_folder(path) or (not within and _is_read(path, folder, globs)):
                yield cannot_read(path, error)
            elif not within:
                yield PassedOver(path, "that cannot be read")
            continue
        within, above = within or parts_folder is not None, (*above, identity)
        pending.extend((p, within, above) for p in inner)


def _file(path: Path, folder: Path, globs: Globs, *, is_regular: bool) -> Entry:
    """Return a file, or that it is passed over."""
    if _is_apple(path):
        return PassedOver(path, "of macOS")
    if _is_read(path, folder, globs):
        return path if is_regular else _special(path)
    return passed_over(path, by_glob=bool(globs)) if is_regular else PassedOver(path, "no regular file")


def _is_read(path: Path, folder: Path, globs: Globs) -> bool:
    kind = kind_of(path.name)
    return kind is not None if not globs or kind == "archive" else globs.match(path.relative_to(folder))


def _is_apple(path: Path) -> bool:
    return path.name.startswith(_APPLE[1]) or _APPLE[0] in path.parts


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a link into what may not be looked at
        return False


def _nothing(folder: Path) -> DocumentError:
    advice = "name a folder with JSON files, or files"
    return DocumentError.one("D334", "holds nothing to read", subject=shown_path(folder), help=advice)


def _loop(path: Path) -> DocumentError:
    message = "is a link that leads back to a folder that it is in; it is passed over"
    advice = "remove the link, or name the folders to read"
    return DocumentError.one("D335", message, subject=shown_path(path), help=advice)


def _special(path: Path) -> DocumentError:
    advice = "name it by itself to read it as a stream"
    return DocumentError.one("D331", "cannot be read: it is no file", subject=shown_path(path), help=advice)
