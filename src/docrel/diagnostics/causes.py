"""Causes: many diagnostics, told as few: the first of each cause in full, and of the others how many and where.

In: diagnostics, one by one. Out: whether each is to be shown, and a line for those that were not. Memory grows with
the causes, not with the diagnostics.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from docrel.diagnostics.diagnostic import Diagnostic, render
from docrel.diagnostics.wording import counted

SHOWN_CAUSES = 20
COUNTED_CAUSES = 1000
SHOWN_PLACES = 5
KNOWN_PLACES = 20
_FACTS = ("table", "column", "rule", "member")
_VALUES = re.compile(r""""(?:\\.|[^"\\])*"|(?<!\w)'(?:\\.|[^'\\])*'|\d+(?:\.\d+)?""")
_LINE = re.compile(r"(.*)(:\d+)", re.DOTALL)

Cause = tuple[str, ...]


def cause(diagnostic: Diagnostic) -> Cause:
    """Return what diagnostics of one cause have in common: code and rule of a column, or words without values.

    What is wrong with a file that a person writes is one cause only where the words are the same.
    """
    rule = tuple(str(diagnostic.facts[name]) for name in _FACTS if name in diagnostic.facts)
    words = str(diagnostic.facts.get("reason", "")) if rule else diagnostic.message
    if diagnostic.position is None:
        words = _VALUES.sub("…", words)
    return (diagnostic.severity, diagnostic.code, *rule, words)


@dataclass(slots=True)
class _More:
    """What is like a diagnostic that was shown: how many, and where the first ones are."""

    first: Diagnostic
    count: int = 0
    places: list[str] = field(default_factory=list)

    def add(self, diagnostic: Diagnostic) -> None:
        place = _place(diagnostic)
        self.count += 1
        if len(self.places) <= KNOWN_PLACES and place not in {"", _place(self.first), *self.places}:
            self.places.append(place)

    def text(self, limit: int, *, named: bool) -> str:
        """Return the line, with so many places; `named` where others stand between it and what was shown."""
        name = f": {_name(self.first)}" if named else ""
        return f"… and {self.count:,} more like it{name}{_listed(self.places, limit)}"


class Causes:
    """Tells the first diagnostic of each cause from the others, and counts these."""

    def __init__(self) -> None:
        self._more: dict[Cause, _More] = {}
        self._beyond: set[Cause] = set()
        self._left = 0

    def is_first(self, diagnostic: Diagnostic) -> bool:
        """Count a diagnostic; whether it is to be shown, as the first of its cause."""
        key = cause(diagnostic)
        if key in self._more:
            self._more[key].add(diagnostic)
        elif len(self._more) < SHOWN_CAUSES:
            self._more[key] = _More(diagnostic)
            return True
        else:
            self._left += 1
            if len(self._beyond) < COUNTED_CAUSES:
                self._beyond.add(key)
        return False

    def lines(self) -> Iterator[str]:
        """Yield a line for each cause that has more than was shown, and one for the causes beyond the first."""
        several = len(self._more) > 1
        yield from (more.text(SHOWN_PLACES, named=several) for more in self._more.values() if more.count)
        if self._left:
            or_more = " or more" if len(self._beyond) == COUNTED_CAUSES else ""
            yield f"… and {self._left:,} more, of {counted(len(self._beyond), 'other cause')}{or_more}"


def told(diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
    """Yield the text of diagnostics: of each cause the first, and right below it that there are more like it."""
    groups: dict[Cause, _More] = {}
    for one in diagnostics:
        key = cause(one)
        if key in groups:
            groups[key].add(one)
        else:
            groups[key] = _More(one)
    for more in groups.values():
        yield render(more.first)
        if more.count:
            yield more.text(KNOWN_PLACES, named=False)


def _name(diagnostic: Diagnostic) -> str:
    """Return what is wrong in few characters: the code, and the column."""
    facts = diagnostic.facts
    where = ".".join(str(facts[name]) for name in ("table", "column") if name in facts)
    return f"{diagnostic.severity}[{diagnostic.code}]" + (f" of {where}" if where else "")


def _place(diagnostic: Diagnostic) -> str:
    at = diagnostic.position
    return f"{at.file}:{at.line}" if at else diagnostic.subject.partition(": $")[0]


def _listed(places: list[str], limit: int) -> str:
    """Return where the others are; a file is named once for the lines in it that follow each other."""
    words, file = list[str](), ""
    for place in places[:limit]:
        line = _LINE.fullmatch(place)
        words.append(line[2] if line and line[1] == file else place)
        file = line[1] if line else ""
    dots = ", …" if len(places) > limit else ""
    return f" ({', '.join(words)}{dots})" if words else ""
