"""Members: the parts of a document by name, and paths within them.

In: names and JSONPaths as callers write them. Out: the member that is meant, or an error that names those
there are.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docrel.diagnostics import StoreError
from docrel.selectors import parse_names
from docrel.store import no_array
from docrel.transition.files import Files
from docrel.values import NOTHING, append_at


def known_member(files: Files, member: str) -> None:
    """Refuse what is no member.

    Raises:
        StoreError: T606.
    """
    if member not in files.paths:
        advice = f"the members are {', '.join(files.paths)}"
        raise StoreError.one("T606", f"there is no member {member!r}", subject=files.folder, help=advice)


def member_and_names(path: str, folder: Path) -> tuple[str, tuple[str, ...]]:
    """Return the member and the names below it that a path of names leads to.

    Raises:
        StoreError: S436, the path has something else in it, or ends at a member.
    """
    names = parse_names(path)
    if len(names) < 2:
        raise no_array(path, str(folder))
    return names[0], names[1:]


def longer(value: Any, names: tuple[str, ...], item: Any, path: str, folder: Path) -> Any:
    """Return a member with one more element in the array at `names`; made where there is none.

    Raises:
        StoreError: S436, what is there is no array.
    """
    member = {} if value is NOTHING else value
    if not append_at(member, names, item):
        raise no_array(path, str(folder))
    return member
