"""Source text: a file's lines, and the place of each character.

In: the text of a file. Out: positions for diagnostics (lines and columns from 1, columns in characters) and
the lines to show. Lines end at LF, CR LF or CR, as editors count them; never at U+2028 and its like.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from docrel.diagnostics import Position

_LINE_END = re.compile(r"\r\n|\n|\r")
_SHOWN_COLUMNS = 300


@dataclass(frozen=True, slots=True)
class SourceText:
    """The text of a file; `starts` are the indexes at which its lines start."""

    file: str
    lines: tuple[str, ...]
    starts: tuple[int, ...]

    def position(self, index: int) -> Position:
        """Return the place of the character at `index` (counted from 0 over the whole text)."""
        line = bisect_right(self.starts, index)
        return Position(self.file, line, index - self.starts[line - 1] + 1)


def source_text(text: str, file: str) -> SourceText:
    """Return `text` split into lines, none with its line end."""
    starts = (0, *(end.end() for end in _LINE_END.finditer(text)))
    return SourceText(file, tuple(_LINE_END.split(text)), starts)


def shown_line(lines: tuple[str, ...], position: Position) -> str:
    """Return the line to show above a caret; cut when very long, empty when the caret would stand beyond.

    What a terminal cannot print (control characters, lone surrogates) is shown as U+FFFD.
    """
    if not 1 <= position.line <= len(lines) or position.column > _SHOWN_COLUMNS:
        return ""
    line = lines[position.line - 1][:_SHOWN_COLUMNS]
    return "".join(c if c.isprintable() or c == "\t" else "\ufffd" for c in line)
