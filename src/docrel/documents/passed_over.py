"""Passed over: the files of folders that are not read, and why.

In: files, one by one. Out: how many there are of each kind, with an example. Memory grows with the kinds only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from docrel.diagnostics import counted, visible
from docrel.documents.endings import shown_ending
from docrel.documents.files import shown_path

_SHOWN = 8


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A file that is not read.

    Attributes:
        path: Where it is.
        kind: What is passed over with it: its ending, or why it is no file to read.
        by_glob: Whether it is the caller's patterns that leave it out.
    """

    path: Path
    kind: str
    by_glob: bool = False


OnPassed = Callable[[PassedOver], None]


@dataclass(frozen=True, slots=True)
class PassedKind:
    """How many files of a kind were passed over, and the first of them."""

    kind: str
    files: int
    example: str


class PassedFiles:
    """Counts files that are passed over; iterating gives each kind, the most frequent first."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, str] = {}
        self._by_glob = False

    def add(self, found: PassedOver) -> None:
        """Count a file."""
        self._counts[found.kind] += 1
        self._by_glob |= found.by_glob
        if found.kind not in self._examples:
            self._examples[found.kind] = shown_path(found.path)

    def __iter__(self) -> Iterator[PassedKind]:
        for kind, files in sorted(self._counts.items(), key=lambda one: (-one[1], one[0])):
            yield PassedKind(kind, files, self._examples[kind])

    @property
    def text(self) -> str:
        """All this in a line; nothing where every file was read."""
        kinds = list(self)
        if not kinds:
            return ""
        listed = [f"{one.files:,} {visible(one.kind)} ({one.example})" for one in kinds[:_SHOWN]]
        more = [f"{len(kinds) - _SHOWN} more kinds"] if len(kinds) > _SHOWN else []
        why = " that no --glob names" if self._by_glob else ""
        ending = next((one.kind for one in kinds if one.kind.startswith(".")), None)
        advice = "" if self._by_glob or ending is None else f"; --glob '*{visible(ending)}' reads such"
        return f"passed over {counted(self._counts.total(), 'file')}{why}: {', '.join([*listed, *more])}{advice}"


def passed_over(path: Path, *, by_glob: bool = False) -> PassedOver:
    """Return a file that is not read for its name."""
    name = path.name
    kind = shown_ending(name) or (name if name[:1] == "." else "without an ending")
    return PassedOver(path, kind, by_glob)
