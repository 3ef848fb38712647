"""Settling: the end of an import into a mapping with references, when all of its documents are there.

In: documents as an import brings them in. New ones are written at once; any other waits, as what it refers to may come
later, and so does every one whose key is that of a document that waits or is new. Out: in the end the waiting ones are
brought in, in their order, as if the refused ones had never come: every document is there whose references lead
somewhere, the others are refused and leave nothing behind. What waits is in a temporary table, and only its keys in
memory, which hardly grows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Any, Literal, TypeVar

from docrel.diagnostics import Diagnostic, DocumentError
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
        took_out: It had been written, and counted as inserted, before it was refused.
        flattened: What became of it, where it is written or stored already; of one that was taken out, what had.
        beside: The key by which a different document stays stored while this one stays out.
    """

    kind: Literal["inserted", "updated", "unchanged", "refused", "skipped"]
    diagnostics: tuple[Diagnostic, ...] = ()
    took_out: bool = False
    flattened: Flattened | None = None
    beside: Any = NOTHING

    @property
    def is_written(self) -> bool:
        """Whether the document stands in the database by this."""
        return self.kind in {"inserted", "updated"}


Bring = Callable[[InputDocument], Verdict]
Tell = Callable[[InputDocument, Verdict], None]
Of = TypeVar("Of")
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
        text = jsontext.dumps(document.document).encode("utf-8", "surrogatepass")
        number = next(self._numbers)
        self._waits[number] = key
        self._keys.add(typed_key(key))
        sql = f"INSERT INTO {self._table} (id, origin, document) VALUES (?, ?, ?)"
        self._store.backend.execute(sql, (number, origin_text(document), text))

    def waits(self, keys: Sequence[Any]) -> bool:
        """Say whether a document of one of the keys waits."""
        return not self._keys.isdisjoint(map(typed_key, keys))

    def finish(self, bring: Bring, tell: Tell) -> None:
        """Bring in what waits, with `bring`, and take out what refers to nothing; `tell` hears the final verdicts."""
        while True:
            brought: list[_Brought] = []
            guilty, new = BrokenByNumber(), BrokenByKey()
            try:
                with self._store.savepoint():
                    brought.extend(self._brought(bring))
                    guilty, new = self._guilty(brought)
                    if guilty or new:
                        raise _TakeBackError
            except _TakeBackError:
                for number, broken in guilty.items():
                    self._drop(number, broken[:SHOWN], tell)
                for broken in new.values():
                    self._take_out(broken[:SHOWN], tell)
                continue
            for one in brought:
                tell(self._waiting(one.number), one.verdict)
            return

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
        new ones: to refuse the former may give back what the latter refer to. For the same reason those come last that
        refer to what only documents would give that are kept out as yet.
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
        hoped = self._hoped(brought) if own or new else set[Target]()
        guilty = {number: broken for number, broken in takers.items() if broken} or _beyond_hope(own, hoped)
        return guilty, {} if guilty else _beyond_hope(new, hoped)

    def _hoped(self, brought: Sequence[_Brought]) -> set[Target]:
        """Return what could be referred to if the waiting documents that are kept out were there."""
        found = set[Target]()
        for one in brought:
            if one.verdict.kind == "refused":
                document, alone = self._waiting(one.number), self._store.start()
                with suppress(DocumentError):
                    self._store.add(document.document, alone, given=document.key)
                    found |= self._store.references.targets(alone.rows.rows)
        return found

    def _drop(self, number: int, broken: Sequence[BrokenReference], tell: Tell) -> None:
        """Refuse a waiting document."""
        document = self._waiting(number)
        del self._waits[number]
        tell(document, Verdict("refused", broken_references(broken, self._store.plan, document.origin).diagnostics))

    def _take_out(self, broken: Sequence[BrokenReference], tell: Tell) -> None:
        """Remove a new document again, as if it had never been there."""
        store, key, place = self._store, broken[0].key, Place(broken[0].root, broken[0].row)
        rows = store.rows_at(place)
        document = _with_origin(str(self._seen.origin(key)), store.document_at(place))
        flattened = store.add(document.document, store.start(), given=document.key)
        store.remove(place)
        self._seen.forget(key)
        for table, gone in zip(store.plan.tables, rows, strict=True):
            store.written[table.name].inserted -= len(gone)
        diagnostics = broken_references(broken, store.plan, document.origin).diagnostics
        tell(document, Verdict("refused", diagnostics, took_out=True, flattened=flattened))

    def _waiting(self, number: int) -> InputDocument:
        sql = f"SELECT origin, document FROM {self._table} WHERE id = ?"
        ((origin, text),) = self._store.backend.execute(sql, [number])
        return _with_origin(origin, jsontext.loads_text(text.decode("utf-8", "surrogatepass")))


def _beyond_hope(found: dict[Of, list[BrokenReference]], hoped: set[Target]) -> dict[Of, list[BrokenReference]]:
    """Return those of which a reference leads nowhere whatever comes in yet, or all, where there are none such."""
    return {of: refers for of, refers in found.items() if any(one.target not in hoped for one in refers)} or found


def origin_text(document: InputDocument) -> str:
    """Return all that is known of a document but itself."""
    return json.dumps({name: getattr(document, name) for name in _ORIGIN})


def _with_origin(origin: str, document: Any) -> InputDocument:
    said = json.loads(origin)
    files = tuple((member, file) for member, file in said["files"])
    record = None if said["record"] is None else tuple(said["record"])
    file_line = None if said["file_line"] is None else tuple(said["file_line"])
    return InputDocument(**said | {"files": files, "record": record, "file_line": file_line}, document=document)
