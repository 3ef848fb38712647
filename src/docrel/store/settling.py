"""Settling: the end of an import into a mapping with references, when all of its documents are there.

In: documents as an import brings them in. New ones are written at once and noted; changed ones wait, as what they
refer to may come later. Out: in the end every document is written whose references lead somewhere, whatever the order
was; the others are refused and leave nothing behind. What is kept meanwhile is in temporary tables, so that memory
stays constant.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from docrel.diagnostics import Diagnostic, DocumentError
from docrel.documents import Found
from docrel.store.errors import broken_references
from docrel.store.reading import Place
from docrel.store.references import SHOWN, Broken, Target
from docrel.store.store import Store
from docrel.store.writing import Outcome
from docrel.values import jsontext

_TABLES = (
    "CREATE TEMP TABLE IF NOT EXISTS docrel_new(root, row, origin, PRIMARY KEY(root, row)) WITHOUT ROWID",
    "CREATE TEMP TABLE IF NOT EXISTS docrel_waiting(id INTEGER PRIMARY KEY, origin, document)",
    "DELETE FROM temp.docrel_new",
    "DELETE FROM temp.docrel_waiting",
)
_ORIGIN = ("origin", "key", "key_from_name", "clean", "name", "member", "files", "told", "source")
Refuse = Callable[[Found, tuple[Diagnostic, ...]], None]


@dataclass(frozen=True, slots=True)
class _Written:
    """A waiting document as it was written, and what others could refer to before and cannot now."""

    number: int
    found: Found
    outcome: Outcome
    place: Place | None
    gone: set[Target]


class _TakeBackError(Exception):
    """Ends a savepoint; never leaves this module."""


class Settling:
    """The references of one import, within its transaction; `refuse` hears of documents that are refused in the end.

    Attributes:
        taken_out: New documents that were written and are refused in the end.
    """

    def __init__(self, store: Store, refuse: Refuse) -> None:
        self._store, self._refuse = store, refuse
        self._dropped: set[int] = set()
        self.taken_out = 0
        for sql in _TABLES:
            store.backend.execute(sql)

    def added(self, place: Place, found: Found) -> None:
        """Note a document that is new in the database."""
        values = (place.root, self._store.name_of(place), _origin_text(found))
        self._store.backend.execute("INSERT OR REPLACE INTO temp.docrel_new VALUES (?, ?, ?)", values)

    def write(self, found: Found, name: Any) -> Outcome | None:
        """Write a document called `name`; None: it waits."""
        try:
            with self._store.backend.savepoint():
                written = self._written(0, found, name)
                place = written.place
                waits = bool(written.gone) or (place and self._store.references.refers(self._store.rows_at(place)))
                if written.outcome.kind == "updated" and waits:
                    raise _TakeBackError
        except _TakeBackError:
            text = jsontext.dumps(found.document).encode("utf-8", "surrogatepass")
            sql = "INSERT INTO temp.docrel_waiting(origin, document) VALUES (?, ?)"
            self._store.backend.execute(sql, (_origin_text(found), text))
            return None
        if written.outcome.kind == "inserted" and place is not None:
            self.added(place, found)
        return written.outcome

    def finish(self) -> list[Outcome]:
        """Write what waits and take out what refers to nothing; returns what the former did in the end."""
        while True:
            guilty: list[tuple[_Written, list[Broken]]] = []
            new: dict[Place, list[Broken]] = {}
            try:
                with self._store.backend.savepoint():
                    written = list(self._write_waiting())
                    guilty, new = self._guilty(written)
                    if guilty or new:
                        raise _TakeBackError
                return [one.outcome for one in written]
            except _TakeBackError:
                for one, broken in guilty:
                    self._drop(one.number, one.found, broken_references(broken[:SHOWN], one.found.origin))
                for place, broken in new.items():
                    self._take_out(place, broken[:SHOWN])

    def _write_waiting(self) -> Iterator[_Written]:
        rows = self._store.backend.execute("SELECT id, origin FROM temp.docrel_waiting ORDER BY id")
        for number, origin in rows:
            if number in self._dropped:
                continue
            sql = "SELECT document FROM temp.docrel_waiting WHERE id = ?"
            ((text,),) = self._store.backend.execute(sql, [number])
            found = _found(origin, jsontext.loads_text(text.decode("utf-8", "surrogatepass")))
            try:
                with self._store.backend.savepoint():
                    written = self._written(number, found, self._store.key_of(found.document, found.key))
            except DocumentError as e:
                self._drop(number, found, e)
                continue
            yield written

    def _written(self, number: int, found: Found, name: Any) -> _Written:
        store = self._store
        before = store.locate(name)
        targets = store.references.targets(store.rows_at(before)) if before is not None else set()
        outcome = store.write(found.document, found.key, on_conflict="replace", clean=found.clean, origin=found.origin)
        place = store.locate(name)
        if place is not None and targets:
            targets -= store.references.targets(store.rows_at(place))
        return _Written(number, found, outcome, place, targets)

    def _guilty(
        self, written: Sequence[_Written]
    ) -> tuple[list[tuple[_Written, list[Broken]]], dict[Place, list[Broken]]]:
        """Return which documents of the import break references, waiting and new ones; none where one may mend another.

        First those that take away what a document of before refers to, then waiting ones that refer to nothing,
        then new ones: to refuse the former may give back what the latter refer to.
        """
        waiting = {one.place for one in written}
        strangers, own, new = list[Broken](), list[Broken](), dict[Place, list[Broken]]()
        for broken in self._store.references.broken():
            place = Place(broken.root, broken.row)
            if place in waiting:
                own.append(broken)
            elif self._origin(place) is not None:
                new.setdefault(place, []).append(broken)
            else:
                strangers.append(broken)
        takers = [(one, [b for b in strangers if b.target in one.gone]) for one in written]
        refers = [(one, [b for b in own if Place(b.root, b.row) == one.place]) for one in written]
        guilty = [pair for pair in takers if pair[1]] or [pair for pair in refers if pair[1]]
        return guilty, {} if guilty else new

    def _drop(self, number: int, found: Found, e: DocumentError) -> None:
        self._dropped.add(number)
        self._refuse(found, e.diagnostics)

    def _take_out(self, place: Place, broken: Sequence[Broken]) -> None:
        """Remove a new document again, as if it had never been there."""
        store, origin = self._store, self._origin(place)
        rows = store.rows_at(place)
        found = _found(str(origin), store.document_at(place))
        store.remove(place)
        for table, gone in zip(store.plan.tables, rows, strict=True):
            store.written[table.name].inserted -= len(gone)
        self.taken_out += 1
        self._refuse(found, broken_references(broken, found.origin).diagnostics)

    def _origin(self, place: Place) -> str | None:
        sql = "SELECT origin FROM temp.docrel_new WHERE root = ? AND row = ?"
        found = self._store.backend.execute(sql, (place.root, self._store.name_of(place)))
        return found[0][0] if found else None


def _origin_text(found: Found) -> str:
    return json.dumps({name: getattr(found, name) for name in _ORIGIN})


def _found(origin: str, document: Any) -> Found:
    said = json.loads(origin)
    return Found(**said | {"files": tuple((member, file) for member, file in said["files"])}, document=document)
