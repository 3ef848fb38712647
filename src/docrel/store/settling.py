"""Settling: the end of an import into a mapping with references, when all of its documents are there.

In: documents as an import brings them in. New ones are written at once; any other waits, as what it refers to may come
later, and so does every one whose key is that of a document that waits or is new. Out: in the end the waiting ones are
brought in, in their order, as if the refused ones had never come: every document is there whose references lead
somewhere, the others are refused and leave nothing behind. One that is refused is tried again, behind all others, when
what it refers to has come after all. What waits is in a temporary table; in memory are only its keys, and what those
that are refused refer to.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import count
from typing import Any, Literal

from docrel.diagnostics import Diagnostic
from docrel.documents import InputDocument
from docrel.engine import Flattened
from docrel.layout import typed_key
from docrel.store.continuation import Row
from docrel.store.errors import broken_references
from docrel.store.reading import Place, TypedKey
from docrel.store.references import SHOWN, BrokenReference, Target
from docrel.store.seen_keys import SeenKeys
from docrel.store.store import Store
from docrel.values import NOTHING, jsontext

_COLUMNS = {"id": "integer", "origin": "text", "document": "base64"}
_ORIGIN = (
    "origin",
    "key",
    "key_from_name",
    "clean",
    "name",
    "member",
    "files",
    "told",
    "source",
    "record",
    "contested",
    "file_line",
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a document, and why if it stays out.

    Attributes:
        flattened: What became of it, where it is written or stored already.
        beside: The key by which a different document stays stored while this one stays out.
    """

    kind: Literal["inserted", "updated", "unchanged", "refused", "skipped"]
    diagnostics: tuple[Diagnostic, ...] = ()
    flattened: Flattened | None = None
    beside: Any = NOTHING

    @property
    def is_written(self) -> bool:
        """Whether the document stands in the database by this."""
        return self.kind in {"inserted", "updated"}


Bring = Callable[[InputDocument], Verdict]
Tell = Callable[[InputDocument, Verdict], None]
TakeBack = Callable[[InputDocument, Flattened], None]
BrokenByNumber = dict[int, list[BrokenReference]]
BrokenByKey = dict[TypedKey, list[BrokenReference]]


@dataclass(frozen=True, slots=True)
class _Brought:
    """A waiting document as it was brought in, what nobody can refer to since, and what a stored one referred to."""

    number: int
    key: Any
    verdict: Verdict
    gone: set[Target]
    referred: set[Target]


@dataclass(frozen=True, slots=True)
class _Refused:
    """A document that is out for its references, until what they lead to is there after all."""

    key: Any
    broken: list[BrokenReference]


class _TakeBackError(Exception):
    """Ends a savepoint; never leaves this module."""


class Settling:
    """The references of one import, of this number, within its transaction."""

    def __init__(self, store: Store, seen: SeenKeys, number: int) -> None:
        self._store, self._seen = store, seen
        self._table = store.backend.temporary(f"waiting_{number}", _COLUMNS, ("id",))
        self._waits: dict[int, Any] = {}
        self._keys: set[TypedKey] = set()
        self._numbers = count()

    def wait(self, key: Any, document: InputDocument) -> None:
        """Let a document wait for the end."""
        self._waits[self._keep(next(self._numbers), document)] = key
        self._keys.add(typed_key(key))

    def _keep(self, number: int, document: InputDocument) -> int:
        text = jsontext.dumps(document.document).encode("utf-8", "surrogatepass")
        sql = f"INSERT INTO {self._table} (id, origin, document) VALUES (?, ?, ?)"
        self._store.backend.execute(sql, (number, origin_text(document), text))
        return number

    def waits(self, keys: Sequence[Any]) -> bool:
        """Say whether a document of one of the keys waits."""
        return not self._keys.isdisjoint(map(typed_key, keys))

    def finish(self, bring: Bring, tell: Tell, take_back: TakeBack) -> None:
        """Bring in what waits, with `bring`, and take out what refers to nothing.

        `tell` hears the final verdicts, `take_back` of each new document that was written and is taken out.
        """
        refused: dict[int, _Refused] = {}
        tried_again = sys.maxsize
        while True:
            brought: list[_Brought] = []
            guilty, new, again = BrokenByNumber(), BrokenByKey(), list[int]()
            try:
                with self._store.savepoint():
                    brought.extend(self._brought(bring))
                    guilty, new = self._guilty(brought)
                    if not (guilty or new) and len(refused) < tried_again:
                        written = {typed_key(one.key) for one in brought if one.verdict.is_written}
                        again = [number for number, one in refused.items() if self._may_come(one, written)]
                    if guilty or new or again:
                        raise _TakeBackError
            except _TakeBackError:
                for number, broken in guilty.items():
                    refused[number] = _Refused(self._waits.pop(number), broken[:SHOWN])
                for broken in new.values():
                    refused[self._take_out(broken[0], take_back)] = _Refused(broken[0].key, broken[:SHOWN])
                if again:
                    tried_again = len(refused)
                    self._waits |= {number: refused.pop(number).key for number in again}  # behind all others
                continue
            for number, one in refused.items():
                self._refuse(number, one.broken, tell)
            for found in brought:
                tell(self._waiting(found.number), found.verdict)
            return

    def _may_come(self, refused: _Refused, written: Set[TypedKey]) -> bool:
        """Say whether what a refused document refers to is there by now, and no other document has its key."""
        is_free = typed_key(refused.key) not in written
        return is_free and all(self._store.references.is_there(one.target) for one in refused.broken)

    def _brought(self, bring: Bring) -> Iterator[_Brought]:
        references = self._store.references
        for number, key in self._waits.items():
            before = self._rows(key)
            verdict = bring(self._waiting(number))
            if not verdict.is_written:
                yield _Brought(number, key, verdict, set(), set())
                continue
            gone = references.targets(before) - references.targets(self._rows(key)) if before else set()
            referred = references.referred(before) if before and self._seen.origin(key) is None else set()
            yield _Brought(number, key, verdict, gone, referred)

    def _rows(self, key: Any) -> list[list[Row]]:
        place = self._store.locate(key)
        return [] if place is None else self._store.rows_at(place)

    def _guilty(self, brought: Sequence[_Brought]) -> tuple[BrokenByNumber, BrokenByKey]:
        """Return which documents of the import break references: waiting ones by number, new ones by key.

        First those that take away what a document of before refers to, then waiting ones that refer to nothing, then
        new ones: to refuse the former may give back what the latter refer to.
        """
        last = {typed_key(one.key): one for one in brought if one.verdict.is_written}
        referred: dict[TypedKey, set[Target]] = {}
        for one in brought:
            if one.verdict.is_written:
                referred.setdefault(typed_key(one.key), one.referred)
        strangers, own, new = list[BrokenReference](), BrokenByNumber(), BrokenByKey()
        for broken in self._store.references.broken():
            key = typed_key(broken.key)
            if key in last and broken.target not in referred[key]:
                own.setdefault(last[key].number, []).append(broken)
            elif key in last or self._seen.origin(broken.key) is None:
                strangers.append(broken)
            else:
                new.setdefault(key, []).append(broken)
        takers = {one.number: [b for b in strangers if b.target in one.gone] for one in brought}
        guilty = {number: broken for number, broken in takers.items() if broken} or own
        return guilty, {} if guilty else new

    def _refuse(self, number: int, broken: Sequence[BrokenReference], tell: Tell) -> None:
        document = self._waiting(number)
        diagnostics = broken_references(broken, self._store.plan, document.origin).diagnostics
        tell(document, Verdict("refused", diagnostics))

    def _take_out(self, broken: BrokenReference, take_back: TakeBack) -> int:
        """Remove a new document again, as if it had never been there; returns its number."""
        store, place = self._store, Place(broken.root, broken.row)
        rows = store.rows_at(place)
        origin = str(self._seen.origin(broken.key))
        document = _with_origin(origin, store.document_at(place))
        flattened = store.add(document.document, store.start(), given=document.key)
        store.remove(place)
        self._seen.forget(broken.key)
        for table, gone in zip(store.plan.tables, rows, strict=True):
            store.written[table.name].inserted -= len(gone)
        take_back(document, flattened)
        return self._keep(next(self._numbers), document)

    def _waiting(self, number: int) -> InputDocument:
        sql = f"SELECT origin, document FROM {self._table} WHERE id = ?"
        ((origin, text),) = self._store.backend.execute(sql, [number])
        return _with_origin(origin, jsontext.loads_text(text.decode("utf-8", "surrogatepass")))


def origin_text(document: InputDocument) -> str:
    """Return all that is known of a document but itself."""
    return json.dumps({name: getattr(document, name) for name in _ORIGIN})


def _with_origin(origin: str, document: Any) -> InputDocument:
    said = json.loads(origin)
    files = tuple((member, file) for member, file in said["files"])
    record = None if said["record"] is None else tuple(said["record"])
    file_line = None if said["file_line"] is None else tuple(said["file_line"])
    return InputDocument(**said | {"files": files, "record": record, "file_line": file_line}, document=document)
