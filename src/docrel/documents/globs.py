"""Globs: patterns that say which files of a folder are read.

In: patterns. Out: whether a file's path below the folder matches one. `*` and `?` stay within a name, `**` does not; a
pattern without a slash is for names at any depth. Touches no file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath

_PARTS = re.compile(
    r"(?P<any>\*\*/)|(?P<rest>\*\*)|(?P<some>\*)|(?P<one>\?)|\[(?P<not>!?)(?P<set>\]?[^]]*)\]", re.DOTALL
)


@dataclass(frozen=True)
class Globs:
    """Patterns, or none: each file is read whose name says that it is JSON."""

    patterns: tuple[str, ...] = ()

    @cached_property
    def _expressions(self) -> tuple[tuple[bool, re.Pattern[str]], ...]:
        return tuple(("/" in p.strip("/"), re.compile(_translated(p.lstrip("/")), re.DOTALL)) for p in self.patterns)

    def __bool__(self) -> bool:
        return bool(self.patterns)

    def match(self, path: PurePath) -> bool:
        """Say whether a path below the folder, or its name, matches a pattern.

        >>> [Globs(("*.txt", "logs/**/*.log")).match(PurePath(p)) for p in ("a/b.txt", "logs/x.log", "x.log")]
        [True, True, False]
        """
        return any(
            pattern.fullmatch(path.as_posix() if whole else path.name) is not None
            for whole, pattern in self._expressions
        )


ALL = Globs()


def _translated(pattern: str) -> str:
    """Return the regular expression for a pattern."""
    pieces, at = list[str](), 0
    for part in _PARTS.finditer(pattern):
        pieces += [re.escape(pattern[at : part.start()]), _expression(part)]
        at = part.end()
    return "".join([*pieces, re.escape(pattern[at:])])


def _expression(part: re.Match[str]) -> str:
    if part["set"] is not None:
        inside = part["set"].replace("\\", r"\\").replace("]", r"\]").replace("[", r"\[").replace("^", r"\^")
        return f"(?!/)[{'^' if part['not'] else ''}{inside}]"
    return {"any": "(?:.*/)?", "rest": ".*", "some": "[^/]*", "one": "[^/]"}[part.lastgroup or ""]
