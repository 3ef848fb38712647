"""Named keys: what the author says identifies a document, and whether the samples agree.

In: documents, one at a time. Out: the key with its types, and a sentence for each reason to doubt it. Keeps a bounded
number of values: of more documents it may only say less.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from docrel.authoring import infer_limits as limits
from docrel.authoring.infer_keys import MAX_KEPT, Key, KeyMember, Names
from docrel.diagnostics import counted
from docrel.values import INTEGER_MAX, INTEGER_MIN, NOTHING, jsontext, value_at

_KINDS = {str: "text", bool: "boolean", int: "integer", float: "real", dict: "object", list: "array"}


@dataclass(slots=True)
class NamedMember:
    """The member at `path`: how many of its values are of a kind; null is none."""

    path: Names
    is_there: bool = False
    kinds: Counter[str] = field(default_factory=Counter)

    def observe(self, document: Any) -> Any:
        """Look at one document; returns the value there, None where there is none."""
        value = value_at(document, self.path)
        self.is_there |= value is not NOTHING
        if value is NOTHING or value is None:
            return None
        is_large = type(value) is int and not INTEGER_MIN <= value <= INTEGER_MAX
        self.kinds["large number" if is_large else _KINDS.get(type(value), "real")] += 1
        return value

    @property
    def best(self) -> KeyMember:
        """The member with the type of nearly all of its values, or one that holds all."""
        kind, count = (self.kinds or Counter(["text"])).most_common(1)[0]
        is_sure = count >= limits.NUMBER_SHARE * self.kinds.total()
        if is_sure and kind in {"text", "integer"}:
            return KeyMember(self.path, "text" if kind == "text" else "integer", inferred=False)
        return KeyMember(self.path, "json", inferred=False)

    @property
    def doubt(self) -> str:
        """What is to be said of its type."""
        if len(self.kinds) < 2:
            return ""
        held = self.best.type
        if held == "json":
            kinds = ", now ".join(self.kinds)
            return f"{_said(self.path)} is now {kinds}: its column is json, where SQL finds a text in quotes only."
        number = f"{self.kinds[held]:,} of {counted(self.kinds.total(), 'document')}"
        return f"{_said(self.path)} is {held} in {number}: `import` refuses the others."


@dataclass(slots=True)
class NamedKey:
    """The members that the author says identify a document, together.

    Attributes:
        documents: How many there are.
        missing: How many lack a member, or have null there.
        again: How many have what an earlier document has, and differ from it.
        known: A document for each key.
    """

    members: tuple[NamedMember, ...]
    documents: int = 0
    missing: int = 0
    again: int = 0
    known: dict[int, int] = field(default_factory=dict)

    def observe(self, document: Any) -> None:
        """Look at one document."""
        self.documents += 1
        values = [member.observe(document) for member in self.members]
        if any(value is None for value in values):
            self.missing += 1
            return
        at, mark = hash(jsontext.dumps_known(values)), hash(jsontext.dumps_known(document))
        if self.known.get(at, mark) != mark:
            self.again += 1
        if at in self.known or len(self.known) < MAX_KEPT:
            self.known[at] = mark

    @property
    def best(self) -> Key:
        """The key. Raises ValueError: No document has one of its members."""
        for member in self.members:
            if not member.is_there:
                raise ValueError(f"no document has a member {'.'.join(member.path)}")
        return tuple(member.best for member in self.members)

    @property
    def doubts(self) -> Iterator[str]:
        """Yield what a person should know of the key before taking it."""
        yield from filter(None, (member.doubt for member in self.members))
        said, of = ", ".join(_said(member.path) for member in self.members), counted(self.documents, "document")
        if self.missing:
            is_given = len(self.members) == 1 and self.members[0].best.type == "text"
            then = "they take the name that the caller gives them" if is_given else "`import` refuses them"
            yield f"{said} is missing in {self.missing:,} of {of}: {then}."
        if self.again:
            same = "what it is in an earlier, different one"
            yield f"{said} is in {self.again:,} of {of} {same}: the later replaces the earlier."


def _said(path: Names) -> str:
    return f"`{'.'.join(path)}`"
