"""Keys: what identifies a document.

In: documents, one at a time. Out: the member that identifies one, if there is one that says so by its name and its
values, or two that do so together; that no two samples share a value is no proof, only its lack is. Keeps a bounded
number of values; more documents can only rule a member out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice, permutations
from typing import Any, Literal

from docrel.authoring.infer_words import snake
from docrel.values import INTEGER_MAX, INTEGER_MIN, clean_text, jsontext, value_at

Names = tuple[str, ...]
KeyType = Literal["text", "integer", "json"]
MAX_KEPT = 200_000
MAX_KEPT_PAIRS = 50_000
MAX_PAIRS = 8
MAX_LENGTH = 200

_ID = re.compile(r"[@$_]*(id|uuid|guid|uid|oid|ulid|urn|identifier|key|pk)", re.I)
_OWN = re.compile(r"id|uuid|guid|key|identifier|number|num|nr|no|code|ref|slug")
_CODE = re.compile(r"serial_?number|number|code|isbn(_?1[03])?|issn|doi|sku|ean|gtin|purl|slug|ur[il]", re.I)
_HEADER = re.compile(r"_?(meta|metadata|header)", re.I)
_WRAPPED = re.compile(r"\$(oid|uuid|numberLong|numberInt)")  # MongoDB's extended JSON
_TOKEN = re.compile(r"(?!\d{4}-\d\d-\d\d)\S{1,200}")  # no prose and no time
_TOKEN_OR_TIME = re.compile(r"\S{1,200}|\d{4}-\d\d-\d\d \S{1,40}")
_HEX = "[0-9a-fA-F]"
_OPAQUE = re.compile(
    rf"(urn:uuid:)?\{{?{_HEX}{{8}}-({_HEX}{{4}}-){{3}}{_HEX}{{12}}\}}?|({_HEX}{{8}}){{3,8}}|[0-9A-HJKMNP-TV-Z]{{26}}"
)
_WHAT = re.compile(r"(\w+_)?(code|symbol|ticker|sku|isbn|station|sensor|device|country|currency|package|module|slug)")
_WHICH = re.compile(
    r"(\w+_)?(date|day|week|month|quarter|year|hour|time|timestamp|period|seq|sequence|lang|language|locale)"
)
_VERSION = re.compile(r"(\w+_)?(version|revision|rev)")
_BY_ID, _BY_OWN_NAME, _BY_CODE, _BY_HEADER, _NO_KEY = range(5)
FEW = 3  # documents from which on a name like `code` is believed


@dataclass(frozen=True, slots=True)
class KeyMember:
    """The member that identifies a document: its path, and the type that holds its values as they are."""

    path: Names
    type: KeyType
    inferred: bool = True


Key = tuple[KeyMember, ...]
"""What identifies a document: one member, or several together; none: its caller has to name it."""


@dataclass(slots=True)
class _Candidate:
    """What was seen at a path; by each value the document that it came in."""

    kind: type
    documents: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Pair:
    """Two members that may identify a document together, such as a symbol and a day."""

    paths: tuple[Names, Names]
    kinds: tuple[type, type]
    documents: dict[int, int] = field(default_factory=dict)
    first: set[int] = field(default_factory=set)

    def allows(self, values: dict[Names, Any], mark: int) -> bool:
        """Look at one document's values; False: these two are no key."""
        found = tuple(values.get(path) for path in self.paths)
        if tuple(map(type, found)) != self.kinds:
            return False
        at = hash(found)
        if self.documents.get(at, mark) != mark:
            return False
        if len(self.documents) < MAX_KEPT_PAIRS:
            self.documents[at] = mark
            self.first.add(hash(found[0]))
        return True

    @property
    def is_likely(self) -> bool:
        """Whether there are enough documents, of which some share the first value."""
        return len(self.documents) >= FEW and len(self.first) < len(self.documents)


@dataclass(slots=True)
class KeyFinder:
    """Rules out what cannot be the key of a document called `row`."""

    row: str
    documents: int = 0
    seen: dict[Names, _Candidate] = field(default_factory=dict)
    pairs: list[_Pair] = field(default_factory=list)

    def observe(self, document: Any) -> None:
        """Look at one document."""
        if not self.documents:
            self._begin(document)
        self.documents += 1
        if not self.seen and not self.pairs:
            return
        mark = hash(jsontext.dumps_known(document))
        if self.pairs:
            parts = dict(_parts(document)) if isinstance(document, dict) else {}
            self.pairs = [pair for pair in self.pairs if pair.allows(parts, mark)]
        for path, candidate in list(self.seen.items()):
            value = value_at(document, path)
            if type(value) is not candidate.kind or not _may_be_key(value, _rank(path, self.row)):
                del self.seen[path]
                continue
            at = value if isinstance(value, int) else hash(value)
            if candidate.documents.get(at, mark) != mark:  # the same document again proves nothing
                del self.seen[path]
            elif len(candidate.documents) < MAX_KEPT:
                candidate.documents[at] = mark

    def _begin(self, document: Any) -> None:
        """Take what may identify the first document."""
        if isinstance(document, dict):
            self.seen = {path: _Candidate(type(value)) for path, value in self._values(document)}
            self.pairs = list(_pairs(dict(_parts(document))))

    @property
    def best(self) -> Key:
        """What identifies a document: one member rather than two."""
        ranked = sorted((_rank(path, self.row), n, path) for n, path in enumerate(self.seen))
        for rank, _, path in ranked:
            if rank <= _BY_OWN_NAME or len(self.seen[path].documents) >= FEW:
                return (KeyMember(path, _type(self.seen[path].kind)),)
        pair = next((pair for pair in self.pairs if pair.is_likely), None)
        if pair is None:
            return ()
        return tuple(KeyMember(path, _type(kind)) for path, kind in zip(pair.paths, pair.kinds, strict=True))

    def _values(self, document: dict[str, Any]) -> Iterator[tuple[Names, str | int]]:
        for name, value in islice(document.items(), 200):
            members = islice(value.items(), 50) if isinstance(value, dict) else ()
            for path, given in (((name,), value), *(((name, n), inner) for n, inner in members)):
                if _may_be_key(given, _rank(path, self.row)):
                    yield path, given


def _parts(document: dict[str, Any]) -> Iterator[tuple[Names, str | int]]:
    """Yield the members that may be one of two which identify a document, as far as their values tell."""
    for name, value in islice(document.items(), 200):
        is_text = isinstance(value, str) and bool(_TOKEN_OR_TIME.fullmatch(value)) and clean_text(value)
        if is_text or (type(value) is int and INTEGER_MIN <= value <= INTEGER_MAX):
            yield (name,), value


def _pairs(parts: dict[Names, str | int]) -> Iterator[_Pair]:
    """Yield a member that says what a document is about with each that says which of several documents it is."""
    names = {path: snake(path[-1]) for path in parts}
    found = [
        (what, which)
        for what, which in permutations(names, 2)
        if (_WHAT.fullmatch(names[what]) and _WHICH.fullmatch(names[which]))
        or ((_WHAT.fullmatch(names[what]) or names[what] == "name") and _VERSION.fullmatch(names[which]))
    ]
    for what, which in found[:MAX_PAIRS]:
        yield _Pair((what, which), (type(parts[what]), type(parts[which])))


def _type(kind: type) -> KeyType:
    return "integer" if kind is int else "text"


def _may_be_key(value: Any, rank: int) -> bool:
    """Say whether a value looks like a key; it has to look the more so the less its name does."""
    if type(value) is int:
        return rank <= _BY_CODE and INTEGER_MIN <= value <= INTEGER_MAX
    if not isinstance(value, str) or not 0 < len(value) <= MAX_LENGTH or not clean_text(value) or "\n" in value:
        return False
    if rank <= _BY_OWN_NAME:
        return True
    return rank < _NO_KEY and bool((_TOKEN if rank == _BY_CODE else _OPAQUE).fullmatch(value))


@lru_cache(maxsize=4096)
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
