"""Found files: which files of folders and archives are read, and which are passed over and why.

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


OnFound = Callable[[Path | PassedOver], None]
"""Hears of a file that is read, or passed over."""


@dataclass(frozen=True, slots=True)
class KindOfFile:
    """How many files of a kind were found, and the first of them."""

    kind: str
    files: int
    example: str


class FoundFiles:
    """Counts files that are read, and those that are passed over; each by kind, the most frequent first."""

    def __init__(self) -> None:
        self._read, self._passed = _Kinds(), _Kinds()
        self._by_glob = False

    def add(self, found: Path | PassedOver) -> None:
        """Count a file."""
        if isinstance(found, PassedOver):
            self._passed.add(found.kind, found.path)
            self._by_glob |= found.by_glob
        else:
            self._read.add(_kind(found.name), found)

    @property
    def read(self) -> list[KindOfFile]:
        """What was read."""
        return self._read.sorted()

    @property
    def passed(self) -> list[KindOfFile]:
        """What was passed over."""
        return self._passed.sorted()

    @property
    def lines(self) -> Iterator[str]:
        """All this in words: what was read, where it is of several kinds, and what was not."""
        read, passed = self.read, self.passed
        if len(read) > 1:
            yield f"read {_counted(read)}: {_listed([f'{one.files:,} {visible(one.kind)}' for one in read])}"
        if passed:
            listed = _listed([f"{one.files:,} {visible(one.kind)} ({one.example})" for one in passed])
            why = " that no --glob names" if self._by_glob else ""
            ending = next((one.kind for one in passed if one.kind.startswith(".")), None)
            advice = "" if self._by_glob or ending is None else f"; --glob '*{visible(ending)}' reads such"
            yield f"passed over {_counted(passed)}{why}: {listed}{advice}"


class _Kinds:
    """Counts files by kind."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, Path] = {}

    def add(self, kind: str, path: Path) -> None:
        self._counts[kind] += 1
        self._examples.setdefault(kind, path)

    def sorted(self) -> list[KindOfFile]:
        counts = sorted(self._counts.items(), key=lambda one: (-one[1], one[0]))
        return [KindOfFile(kind, files, shown_path(self._examples[kind])) for kind, files in counts]


def passed_over(path: Path, *, by_glob: bool = False) -> PassedOver:
    """Return a file that is not read for its name."""
    return PassedOver(path, _kind(path.name), by_glob)


def _kind(name: str) -> str:
    return shown_ending(name) or (name if name[:1] == "." else "without an ending")


def _counted(kinds: list[KindOfFile]) -> str:
    return counted(sum(one.files for one in kinds), "file")


def _listed(texts: list[str]) -> str:
    more = [f"{len(texts) - _SHOWN} more kinds"] if len(texts) > _SHOWN else []
    return ", ".join([*texts[:_SHOWN], *more])
