"""Document keys: what identifies a document.

In: documents, one at a time. Out: the path of a text that every one of them has and no two share, if there
is one that a person would take for its name. Keeps a bounded number of values; more documents can only rule
a path out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from docrel.values import clean_text

MAX_KEPT = 200_000
MAX_LENGTH = 200
_RANKS = (
    re.compile(r"[@$_]?(id|uuid|guid|uri|urn|identifier|key)", re.I),
    re.compile(r".*([a-z]I[dD]|[_-]id|UUID|[_-]uuid|[a-z]Uuid|serialNumber|[_-]key|[a-z]Key)", re.DOTALL),
    re.compile(r"(full_?|display_?)?name|slug|title|code|path|url|href|purl", re.I),
)
_OTHER = len(_RANKS)
_WORD = re.compile(r"(?!\d{4}-\d\d-)\S{1,80}")  # without such a name, it has to look like one: no time, no prose
MANY = 10  # so many documents make any unique short text a key


@dataclass(slots=True)
class KeyFinder:
    """Rules out what cannot be the document's key."""

    documents: int = 0
    seen: dict[tuple[str, ...], set[int]] = field(default_factory=dict)

    def observe(self, document: Any) -> None:
        """Look at one document."""
        found = dict(_texts(document)) if isinstance(document, dict) else {}
        if not self.documents:
            self.seen = {path: set() for path in found}
        self.documents += 1
        for path in list(self.seen):
            value = found.get(path)
            mark = hash(value)
            if value is None or mark in self.seen[path]:
                del self.seen[path]
            elif len(self.seen[path]) < MAX_KEPT:
                self.seen[path].add(mark)

    @property
    def best(self) -> tuple[str, ...] | None:
        """The path that identifies a document, None: its caller has to name it."""
        ranked = sorted((len(path), _rank(path[-1]), n, path) for n, path in enumerate(self.seen))
        last = _OTHER if self.documents >= MANY else _OTHER - 1
        return next((path for depth, rank, _, path in ranked if rank <= (last if depth == 1 else 1)), None)


def _texts(document: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, value in islice(document.items(), 200):
        if _may_be_key(value):
            if _rank(name) < _OTHER or _WORD.fullmatch(value):
                yield (name,), value
        elif isinstance(value, dict):
            for inner, text in islice(value.items(), 50):
                if _rank(inner) <= 1 and _may_be_key(text):
                    yield (name, inner), text


def _may_be_key(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_LENGTH and "\n" not in value and clean_text(value)


def _rank(name: str) -> int:
    return next((n for n, pattern in enumerate(_RANKS) if pattern.fullmatch(name)), _OTHER)
