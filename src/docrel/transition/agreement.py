"""Agreement: what to do where a file and the database say different things about one member.

In: what the file says, what the database says, and what both said when they last agreed. Out: which of them
has moved. As three-way merges do it: the side that is as it was gives way. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from docrel.store import etag
from docrel.values import NOTHING

Moved = Literal["file", "database", "both"]


@dataclass(frozen=True, slots=True)
class Difference:
    """A member that file and database disagree about, and which of them has moved since they agreed."""

    member: str
    file: Any
    database: Any
    moved: Moved

    @property
    def leader(self) -> Literal["file", "database"]:
        """Which side is right: the one that moved; the file where both did, as files are written first."""
        return "database" if self.moved == "database" else "file"

    @property
    def value(self) -> Any:
        """What the member is to be on both sides."""
        return self.database if self.leader == "database" else self.file


def differences(
    files: Mapping[str, Any], database: Mapping[str, Any], agreed: Mapping[str, str], members: list[str]
) -> list[Difference]:
    """Return the members that differ, in the order of `members`.

    Shapes: `agreed` has the ETag of each member as it was when both sides had it.
    """
    found = []
    for member in members:
        file, stored = files.get(member, NOTHING), database.get(member, NOTHING)
        tag, stored_tag, before = _tag(file), _tag(stored), agreed.get(member)
        if tag != stored_tag:
            moved: Moved = "database" if tag == before else "file" if stored_tag == before else "both"
            found.append(Difference(member, file, stored, moved))
    return found


def _tag(value: Any) -> str | None:
    return None if value is NOTHING else etag(value)
