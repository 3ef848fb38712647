"""The files of a workspace: one JSON file for each member of its document.

In: a folder and a plan. Out: the members as they are in the files, and files written whole or not at all:
temporary file, fsync, rename, fsync of the folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docrel.diagnostics import Diagnostic, DocumentError
from docrel.documents import part_path, pretty, read_bytes, write_file, write_new
from docrel.files import sync_folder
from docrel.plan import Plan
from docrel.store import etag
from docrel.values import NOTHING, jsontext

ARCHIVE = Path(".vibe/archive")


@dataclass(slots=True)
class Members:
    """The members of a document as the files have them; `broken` are files that cannot be read, and why."""

    values: dict[str, Any] = field(default_factory=dict)
    broken: dict[str, Diagnostic] = field(default_factory=dict)


class Files:
    """The files of one workspace."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.folder = folder
        self.paths = {part.member: part_path(folder, part) for part in plan.parts}

    def read(self, member: str) -> Any:
        """Return what a member's file says, NOTHING where there is none.

        Raises:
            DocumentError: It cannot be read, or is not JSON.
        """
        path = self.paths[member]
        return jsontext.loads(read_bytes(path), file=str(path)) if path.exists() else NOTHING

    def all(self) -> Members:
        """Return what all files say, in the order of the mapping's parts."""
        members = Members()
        for member in self.paths:
            try:
                value = self.read(member)
            except DocumentError as e:
                members.broken[member] = e.diagnostics[0]
            else:
                if value is not NOTHING:
                    members.values[member] = value
        return members

    def write(self, member: str, value: Any) -> None:
        """Write a member's file, atomically; what cannot be read there now is kept beside it.

        Raises:
            DocumentError: It cannot be written; the file is as it was.
        """
        path = self.paths[member]
        try:
            if self.read(member) is NOTHING:
                path.parent.mkdir(parents=True, exist_ok=True)
        except DocumentError:
            if path.is_file():
                write_new(path.with_name(f"{path.stem}_damaged{path.suffix}"), [path.read_bytes()])
        write_file(path, [pretty(value)])

    def remove(self, member: str) -> None:
        """Remove a member's file."""
        path = self.paths[member]
        if path.exists():
            path.unlink()
            sync_folder(path.parent)

    def protect(self, *, writable: bool) -> None:
        """Let the files be changed, or not: a sign to old programs that nobody reads them any more."""
        for path in self.paths.values():
            if path.is_file():
                mode = path.stat().st_mode & 0o7777
                path.chmod(mode | 0o200 if writable else mode & ~0o222)

    def archive(self) -> list[Path]:
        """Move the files to `.vibe/archive/<name>_legacy.json`: each is copied and synced before it goes."""
        moved = []
        for member, path in self.paths.items():
            if path.is_file():
                folder = self.folder / ARCHIVE
                folder.mkdir(parents=True, exist_ok=True)
                target, content = folder / f"{path.stem.lstrip('.')}_legacy{path.suffix}", path.read_bytes()
                if not (target.exists() and target.read_bytes() == content):
                    target = write_new(target, [content])
                self.remove(member)
                moved.append(target)
        return moved


def etags(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the ETag of each member."""
    return {member: etag(value) for member, value in values.items()}
