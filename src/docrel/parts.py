"""Parts: documents that are kept as several files, one member each.

In: a plan, folders, file names and contents. Out: which folder is a document, and which member a file is.
Reads nothing but whether files are there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from docrel.document_files import bare_name, refused, shown_path
from docrel.plan import Part, Plan

WHOLE = "$"
"""Stands for the whole document where a member is asked for."""

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder that is one document: its members' files that are there, in the plan's order."""

    folder: Path
    name: str
    files: tuple[tuple[str, Path], ...]


def part_path(folder: Path, part: Part) -> Path:
    """Return where a part is kept below a document's folder.

    Raises:
        DocumentError: D338, the plan's file is not below the folder.
    """
    file = PurePosixPath(part.file)
    if file.is_absolute() or ".." in file.parts or not file.parts or "\0" in part.file or "\\" in part.file:
        message = (
            f"the mapping keeps {part.member!r} in {part.file!r}, which is not within the document's folder"
        )
        raise refused("D338", message, shown_path(folder), "write a relative path in the mapping's `parts:`")
    return folder.joinpath(*file.parts)


def workspace_in(folder: Path, plan: Plan) -> Workspace | None:
    """Return the document that a folder is, if at least one part's file is there."""
    return _workspace(folder, folder, plan)


def workspace_around(folder: Path, plan: Plan) -> Workspace | None:
    """Return the document that a folder is a part of, with the files in this folder alone.

    A user may name the folder in which the state is kept (`.vibe/state`) instead of the one above it.
    """
    here = folder.resolve().parts
    inner = {PurePosixPath(part.file).parent.parts for part in plan.parts} - {()}
    for tail in sorted(inner, key=lambda parts: (-len(parts), parts)):
        if len(here) > len(tail) and here[-len(tail) :] == tail:
            found = _workspace(Path(*here[: -len(tail)]), folder, plan)
            if found is not None:
                return found
    return None


def _workspace(root: Path, within: Path, plan: Plan) -> Workspace | None:
    tail = within.resolve().parts[len(root.resolve().parts) :]
    files = []
    for part in plan.parts:
        steps = part_path(root, part).parts[len(root.parts) :]
        if steps[: len(tail)] == tail:
            path = within.joinpath(*steps[len(tail) :])
            if path.is_symlink() or path.exists():
                files.append((part.member, path))
    return Workspace(within, root.resolve().name, tuple(files)) if files else None


def member_of(plan: Plan, path: Path | None, content: Any) -> str | None:
    """Return which member a file is, `WHOLE` where it is the whole document, `None` where nothing tells.

    Order: the file's exact name; a content whose members are all parts; the member's name as a word in the
    file's name, then in its folder's (where the content does not tell otherwise); what the content has.
    """
    if not plan.parts:
        return WHOLE
    if path is not None:
        for part in plan.parts:
            if PurePosixPath(part.file).name == path.name:
                return part.member
    members = {part.member for part in plan.parts}
    known = sum(name in members for name in content) if isinstance(content, dict) else 0
    if known and known == len(content):
        return WHOLE
    by_content = [part.member for part in plan.parts if any(_has(content, names) for names in part.any_of)]
    if path is not None:
        by_name = _by_words(plan, bare_name(path.name))
        if by_name is not None:
            return by_name
        by_folder = _by_words(plan, path.resolve().parent.name)
        if by_folder is not None and (not by_content or by_folder in by_content):
            return by_folder
    if by_content:
        return by_content[0]
    return WHOLE if known * 2 > len(content or ()) else None


def document_name(path: Path, plan: Plan) -> str:
    """Return what a document is called by its file: the name of its workspace, else that of the file."""
    full = path.resolve().parts
    for part in plan.parts:
        tail = PurePosixPath(part.file).parts
        if len(full) > len(tail) + 1 and full[-len(tail) :] == tail:
            return full[-len(tail) - 1]
    return bare_name(path.name)


def _by_words(plan: Plan, name: str) -> str | None:
    """Return the one member whose words stand side by side in a name; of two, the one of more words."""
    words = _words(name)
    found = [part.member for part in plan.parts if _within(_words(part.member), words)]
    longest = max((len(_words(member)) for member in found), default=0)
    best = [member for member in found if len(_words(member)) == longest]
    return best[0] if len(best) == 1 else None


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _within(some: list[str], words: list[str]) -> bool:
    return bool(some) and any(words[n : n + len(some)] == some for n in range(len(words) - len(some) + 1))


def _has(content: Any, names: tuple[str, ...]) -> bool:
    for name in names:
        if not isinstance(content, dict) or name not in content:
            return False
        content = content[name]
    return True
