"""Findings: the problems of a mapping file, collected with their places.

In: a YAML path and words. Out: diagnostics sorted by place. Never raises.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from docrel.diagnostics import Diagnostic, Position
from docrel.spec.yaml_reader import Path, YamlText, excerpt


@dataclass(slots=True)
class Findings:
    """Collects the diagnostics of one mapping file."""

    text: YamlText
    found: list[Diagnostic] = field(default_factory=list)

    def add(
        self,
        code: str,
        path: Path,
        message: str,
        help: str,
        *,
        key: bool = False,
        offset: int = 0,
        caret: str = "",
    ) -> None:
        """Note a problem at the value (or the `key`) at `path`; `offset` characters into a text."""
        at = self.position(path, key=key, offset=offset)
        self.found.append(
            Diagnostic(code, message, position=at, help=help, caret=caret, excerpt=excerpt(self.text, at))
        )

    def position(self, path: Path, *, key: bool = False, offset: int = 0) -> Position:
        """Return the place of the node at `path`, or of the nearest node around it."""
        for length in range(len(path), -1, -1):
            places = self.text.keys if key and length == len(path) else self.text.values
            at = places.get(path[:length]) or self.text.values.get(path[:length])
            if at is not None:
                return self._within(at, offset) if length == len(path) else at
        return Position(self.text.file, 1, 1)

    def _within(self, at: Position, offset: int) -> Position:
        if not offset:
            return at
        line = self.text.lines[at.line - 1] if at.line <= len(self.text.lines) else ""
        start = line[at.column - 1 : at.column]
        if start in ("|", ">"):
            return at
        column = at.column + offset + (start in ("'", '"'))
        return Position(at.file, at.line, column) if column <= len(line) + 1 else at

    def sorted(self) -> list[Diagnostic]:
        """Return what was found, by place; what was found twice, once."""
        once = {(d.position, d.code, d.message): d for d in self.found}
        return sorted(
            once.values(),
            key=lambda d: ((d.position.line, d.position.column) if d.position else (0, 0), d.code),
        )
