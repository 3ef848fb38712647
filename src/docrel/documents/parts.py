"""Parts: documents that are kept as several files, one member each.

In: a plan, folders, file names and contents. Out: which folder is a document, and which member a file is.
Reads nothing but whether files are there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Generic, TypeVar

from docrel.diagnostics import DocumentError
from docrel.documents.endings import bare_name
from docrel.documents.files import Place, shown_path
from docrel.plan import Part, Plan, file_fault
from docrel.values import NOTHING, value_at

_Place = TypeVar("_Place", bound=Place)

WHOLE = "$"
"""Stands for the whole document where a member is asked for."""

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class PartsFolder(Generic[_Place]):
    """A folder that is one document: its members' files that are there, in the plan's order."""

    folder: Path
    name: str
    files: tuple[tuple[str, _Place], ...]


def part_path(folder: Path, part: Part) -> Path:
    """Return where a part is kept below a document's folder.

    Raises:
        DocumentError: D338, the plan's file is not below the folder.
    """
    if file_fault(part.file) is not None:
        message = f"the mapping keeps {part.member!r} in {part.file!r}, which is not within the document's folder"
        advice = "write a relative path in the mapping's `parts:`"
        raise DocumentError.one("D338", message, subject=shown_path(folder), help=advice)
    return folder.joinpath(*PurePosixPath(part.file).parts)


def parts_folder_in(folder: Path, plan: Plan) -> PartsFolder[Path] | None:
    """Return the document that a folder is, if at least one part's file is there."""
    return _parts_folder(folder, folder, plan)


def parts_folder_around(folder: Path, plan: Plan) -> PartsFolder[Path] | None:
    """Return the document that a folder is a part of, with the files in this folder alone.

    A user may name the folder in which the state is kept instead of the one above it.
    """
    here = folder.resolve().parts
    inner = {PurePosixPath(part.file).parent.parts for part in plan.parts} - {()}
    for tail in sorted(inner, key=lambda parts: (-len(parts), parts)):
        if len(here) > len(tail) and here[-len(tail) :] == tail:
            around = _parts_folder(Path(*here[: -len(tail)]), folder, plan)
            if around is not None:
                return around
    return None


def _parts_folder(root: Path, within: Path, plan: Plan) -> PartsFolder[Path] | None:
    tail = within.resolve().parts[len(root.resolve().parts) :]
    files = []
    for part in plan.parts:
        steps = part_path(root, part).parts[len(root.parts) :]
        if steps[: len(tail)] == tail:
            path = within.joinpath(*steps[len(tail) :])
            if path.is_symlink() or path.exists():
                files.append((part.member, path))
    return PartsFolder(within, root.resolve().name, tuple(files)) if files else None


@dataclass(frozen=True, slots=True)
class Hint:
    """What the place of a file tells about its content, found once for a file of many documents.

    Attributes:
        name: What a document is called by its file: the name of its folder of parts, else that of the file.
        exact: The member whose file has just this name.
        by_name: The member whose words are in the file's name.
        by_folder: The member whose words are in its folder's name.
        members: All parts' members.
        file: By what name a database knows the file.
    """

    plan: Plan
    name: str
    exact: str | None
    by_name: str | None
    by_folder: str | None
    members: frozenset[str]
    file: str = ""


def hint_of(plan: Plan, path: Path | None, file: str = "") -> Hint:
    """Return what a path tells; `None` is standard input, which tells nothing."""
    members = frozenset(part.member for part in plan.parts)
    if path is None:
        return Hint(plan, "stdin", None, None, None, members, file)
    if not plan.parts:
        return Hint(plan, bare_name(path.name), None, None, None, members, file)
    exact = next((part.member for part in plan.parts if PurePosixPath(part.file).name == path.name), None)
    by_folder = _by_words(plan, path.resolve().parent.name)
    name = _document_name(path, plan)
    return Hint(plan, name, exact, _by_words(plan, bare_name(path.name)), by_folder, members, file)


def member_of(plan: Plan, path: Path | None, content: Any) -> str | None:
    """Return which member a file is, as `member_told` does."""
    return member_told(hint_of(plan, path), content)


def member_told(hint: Hint, content: Any) -> str | None:
    """Return which member a content is, `WHOLE` where it is the whole document, `None` where nothing tells.

    Order: the file's exact name; a content whose members are all parts; the member's name as a word in the
    file's name, then in its folder's (where the content does not tell otherwise); what the content has.
    """
    if not hint.members:
        return WHOLE
    if hint.exact is not None:
        return hint.exact
    known = sum(name in hint.members for name in content) if isinstance(content, dict) else 0
    if known and known == len(content):
        return WHOLE
    if hint.by_name is not None:
        return hint.by_name
    parts = hint.plan.parts
    by_content = [
        part.member for part in parts if any(value_at(content, names) is not NOTHING for names in part.any_of)
    ]
    if hint.by_folder is not None and (not by_content or hint.by_folder in by_content):
        return hint.by_folder
    if by_content:
        return by_content[0]
    return WHOLE if known and known * 2 > len(content) else None


def _document_name(path: Path, plan: Plan) -> str:
    full = path.resolve().parts
    for part in plan.parts:
        tail = PurePosixPath(part.file).parts
        if len(full) > len(tail) + 1 and full[-len(tail) :] == tail:
            return full[-len(tail) - 1]
    return bare_name(path.name)


def _by_words(plan: Plan, name: str) -> str | None:
    """Return the one member whose words stand side by side in a name; of two, the one of more words."""
    words = _words(name)
    members = [part.member for part in plan.parts if _within(_words(part.member), words)]
    longest = max((len(_words(member)) for member in members), default=0)
    best = [member for member in members if len(_words(member)) == longest]
    return best[0] if len(best) == 1 else None


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _within(some: list[str], words: list[str]) -> bool:
    return bool(some) and any(words[n : n + len(some)] == some for n in range(len(words) - len(some) + 1))
