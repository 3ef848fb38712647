"""Keys: what identifies a document.

In: documents, one at a time. Out: the member that identifies one, if there is one that says so by its name and its
values; that no two samples share a value is no proof, only its lack is. Keeps a bounded number of values; more
documents can only rule a member out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal

from docrel.authoring.infer_words import snake
from docrel.values import INTEGER_MAX, INTEGER_MIN, NOTHING, clean_text, jsontext, value_at

Names = tuple[str, ...]
MAX_KEPT = 200_000
MAX_LENGTH = 200

_ID = re.compile(r"[@$_]*(id|uuid|guid|uid|oid|ulid|urn|identifier|key|pk)", re.I)
_OWN = re.compile(r"id|uuid|guid|key|identifier|number|num|nr|no|code|ref|slug")
_CODE = re.compile(r"serial_?number|number|code|isbn(_?1[03])?|issn|doi|sku|ean|gtin|purl|slug|ur[il]", re.I)
_HEADER = re.compile(r"_?(meta|metadata|header)", re.I)
_WRAPPED = re.compile(r"\$(oid|uuid|numberLong|numberInt)")  # MongoDB's extended JSON
_TOKEN = re.compile(r"(?!\d{4}-\d\d-\d\d)\S{1,200}")  # no prose and no time
_HEX = "[0-9a-fA-F]"
_OPAQUE = re.compile(
    rf"(urn:uuid:)?\{{?{_HEX}{{8}}-({_HEX}{{4}}-){{3}}{_HEX}{{12}}\}}?|({_HEX}{{8}}){{3,8}}|[0-9A-HJKMNP-TV-Z]{{26}}"
)
_BY_ID, _BY_OWN_NAME, _BY_CODE, _BY_HEADER, _NO_KEY = range(5)
FEW = 3  # documents from which on a name like `code` is believed


@dataclass(frozen=True, slots=True)
class KeyMember:
    """The member that identifies a document: its path, and the type that holds its values as they are."""

    path: Names
    type: Literal["text", "integer"]
    inferred: bool = True


@dataclass(slots=True)
class _Candidate:
    """What was seen at a path; by each value the document that it came in."""

    kind: type
    documents: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class KeyFinder:
    """Rules out what cannot be the key of a document called `row`."""

    row: str
    documents: int = 0
    seen: dict[Names, _Candidate] = field(default_factory=dict)

    def observe(self, document: Any) -> None:
        """Look at one document."""
        values = dict(self._values(document)) if isinstance(document, dict) else {}
        if not self.documents:
            self.seen = {path: _Candidate(type(value)) for path, value in values.items()}
        self.documents += 1
        if not self.seen:
            return
        mark = hash(jsontext.dumps_known(document))
        for path, candidate in list(self.seen.items()):
            value = values.get(path)
            at = value if isinstance(value, int) else hash(value)
            known = candidate.documents.get(at, mark)
            if type(value) is not candidate.kind or known != mark:  # the same document again proves nothing
                del self.seen[path]
            elif len(candidate.documents) < MAX_KEPT:
                candidate.documents[at] = mark

    @property
    def best(self) -> KeyMember | None:
        """What identifies a document, None: its caller has to name it."""
        ranked = sorted((_rank(path, self.row), n, path) for n, path in enumerate(self.seen))
        for rank, _, path in ranked:
            if rank <= _BY_OWN_NAME or len(self.seen[path].documents) >= FEW:
                return KeyMember(path, "integer" if self.seen[path].kind is int else "text")
        return None

    def _values(self, document: dict[str, Any]) -> Iterator[tuple[Names, str | int]]:
        for name, value in islice(document.items(), 200):
            members = islice(value.items(), 50) if isinstance(value, dict) else ()
            for path, given in (((name,), value), *(((name, n), inner) for n, inner in members)):
                if _may_be_key(given, _rank(path, self.row)):
                    yield path, given


@dataclass(slots=True)
class NamedKey:
    """The member at `path`, which the author says is the key: only its type is to be found."""

    path: Names
    kinds: set[str] = field(default_factory=set)

    def observe(self, document: Any) -> None:
        """Look at one document."""
        value = value_at(document, self.path)
        if value is not NOTHING:
            exact = type(value) is int and INTEGER_MIN <= value <= INTEGER_MAX
            self.kinds.add("integer" if exact else "text")

    @property
    def best(self) -> KeyMember:
        """The key with its type."""
        return KeyMember(self.path, "integer" if self.kinds == {"integer"} else "text", inferred=False)


def _may_be_key(value: Any, rank: int) -> bool:
    """Say whether a value looks like a key; it has to look the more so the less its name does."""
    if type(value) is int:
        return rank <= _BY_CODE and INTEGER_MIN <= value <= INTEGER_MAX
    if not isinstance(value, str) or not 0 < len(value) <= MAX_LENGTH or not clean_text(value) or "\n" in value:
        return False
    if rank <= _BY_OWN_NAME:
        return True
    return rank < _NO_KEY and bool((_TOKEN if rank == _BY_CODE else _OPAQUE).fullmatch(value))


def _rank(path: Names, row: str) -> int:
    """Return how plainly the name of a member says that it is the key of a `row`."""
    name = path[-1]
    if len(path) == 2:
        if _WRAPPED.fullmatch(name):
            return _BY_ID if _ID.fullmatch(path[0]) else _NO_KEY
        return _BY_HEADER if _HEADER.fullmatch(path[0]) and _ID.fullmatch(name) else _NO_KEY
    if _ID.fullmatch(name):
        return _BY_ID
    words = snake(name)
    if words.startswith(f"{row}_") and _OWN.fullmatch(words.removeprefix(f"{row}_")):
        return _BY_OWN_NAME
    return _BY_CODE if _CODE.fullmatch(name) else _NO_KEY
