"""Rewriting: every document from the old tables into the new ones, page by page, in constant memory.

In: a database within a transaction whose old tables have stepped aside (`docrel.migrate.steps.OLD`) and whose new
ones are empty. Out: full new tables, and the digest of each document, by which `check_documents` shows that
none has changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any

import orjson

from docrel.backends import Backend, ForbiddenError
from docrel.diagnostics import Diagnostic, DocumentError, command
from docrel.diff import Diff
from docrel.documents import shown_key
from docrel.layout import document_key
from docrel.migrate.documents_aside import DocumentsAside
from docrel.migrate.first_times import FirstTimes
from docrel.migrate.identities import Identities
from docrel.migrate.new_asides import NewAsides
from docrel.migrate.sources_along import Moved, SourcesAlong
from docrel.migrate.steps import OLD
from docrel.migrate.tables import carried_tables
from docrel.plan import Plan, Table
from docrel.store import Agreement, Batch, Place, Progress, Row, Store, StoredDocument, highest_ids
from docrel.values import jsontext

REFUSED_SHOWN = 20
_DIGESTS = {"root": "integer", "row": "text", "digest": "base64"}


class RefusedError(DocumentError):
    """The new mapping forbids documents that the database holds; at most `REFUSED_SHOWN` are told."""


class Rewriting:
    """One pass over all documents."""

    def __init__(
        self,
        backend: Backend,
        diff: Diff,
        clock: Callable[[], str],
        sources: SourcesAlong,
        progress: Progress | None = None,
    ) -> None:
        self.backend, self._diff, self._progress = backend, diff, progress or (lambda _: None)
        self._sources = sources
        carried = carried_tables(diff, backend.dialect)
        self._old = DocumentsAside(backend, diff.old, {t.name for t in diff.old.tables} - carried)
        numbers = {t.name: n for n, t in enumerate(diff.old.tables)}
        self._carried = [(n, numbers[t.name]) for n, t in enumerate(diff.new.tables) if t.name in carried]
        self._new = Store(backend, diff.new, clock=clock, migrating=True)
        self._times = FirstTimes(diff, self._new.layout)
        self.digest = digester(diff.new)
        self.digests = backend.temporary("digest", _DIGESTS, ("root", "row"))
        self.documents = 0
        self.asides = NewAsides(diff)
        self._refused: list[Diagnostic] = []

    def run(self) -> int:
        """Move all documents; returns how many there are.

        Raises:
            RefusedError: The new mapping forbids some of them.
            UnreadableError: S439, some of them have rows that would be lost.
        """
        highest = self._highest()
        identities = Identities(self._diff, self._new, highest)
        for page in self._old.pages(Agreement(self._diff.old, self.asides.before.add)):
            self._page(page, identities)
            self.documents += len(page)
            self._progress(len(page))
        for root, other in combinations(self._diff.new.roots, 2):
            sql = self._new.dml.select_shared_keys(root, other)
            shared = self.backend.execute(sql, [REFUSED_SHOWN])
            self._refuse([_named_alike(document_key(key), root, other, self._diff.new) for key in shared])
        if self._refused:
            raise RefusedError(diagnostics=self._refused)
        for table in self._diff.new.tables:
            old = OLD + self._diff.renames.old_table(table.name)
            if table.surrogate is not None and old in highest:
                self.backend.ids_used(table.name, highest[old])
        return self.documents

    def _page(self, page: list[StoredDocument], identities: Identities) -> None:
        batch = self._new.start()
        digests, moved = [], list[Moved]()
        for stored in page:
            try:
                identities.add(stored, batch, self._times)
            except DocumentError as e:
                self._refuse(e.diagnostics)
                continue
            new = batch.rows.documents[-1]
            moved.append((*self._root_row(stored), self._diff.new.tables[new.root], new.row))
            self.asides.after.add(new)
            digests.append((new.root, str(self._new.name_of(Place(new.root, new.row))), self.digest(stored.document)))
        if self._refused:
            return  # what follows is only looked at
        try:
            self._leave_alone(batch, page)
            self._new.insert(batch)
            self._sources.bring(moved)
            self.backend.execute_many(f"INSERT INTO {self.digests} (root, row, digest) VALUES (?, ?, ?)", digests)
        except ForbiddenError as e:
            self._refuse([_forbidden(page, self._diff.old, e, self.backend.name)])

    def _root_row(self, stored: StoredDocument) -> tuple[Table, Row]:
        """Return the root table that a document was in, and its row's key."""
        number = next(n for n, table in enumerate(self._diff.old.tables) if table.parent is None and stored.rows[n])
        return self._diff.old.tables[number], self._old.layout.tables[number].primary_key(stored.rows[number][0])

    def _leave_alone(self, batch: Batch, page: list[StoredDocument]) -> None:
        """Take out of the batch the rows that carried tables hold already; delete those that they should not."""
        for number, old_number in self._carried:
            table, rows = self._diff.new.tables[number], batch.rows.rows[number]
            there = {row for stored in page for row in stored.rows[old_number]}
            gone = there.difference(rows)
            if gone:
                key = self._new.layout.tables[number].primary_key
                self.backend.execute_many(self._new.dml.delete(table), [key(row) for row in gone])
            batch.rows.rows[number] = [row for row in rows if row not in there]

    def _refuse(self, diagnostics: Sequence[Diagnostic]) -> None:
        self._refused.extend(diagnostics[: max(0, REFUSED_SHOWN - len(self._refused))])

    def _highest(self) -> dict[str, int]:
        """The highest id ever given, by the old table's own name and by the name it has now."""
        names = {table.name for plan in (self._diff.old, self._diff.new) for table in plan.tables}
        called = {OLD + name: name for name in names} | {name: name for name in names}
        highest: dict[str, int] = {}
        for table, last in highest_ids(self.backend, called).items():
            for name in (table, called[table]):
                highest[name] = max(highest.get(name, 0), last)
        return highest


def check_documents(store: Store, made: Rewriting, *, one_in: int = 1) -> list[str]:
    """Return the keys of stored documents that are not what they were before the migration; ten at most.

    With `one_in` only one page of documents in so many is read, all are counted.
    """
    wrong: list[str] = []
    seen = 0
    checked = _Checked(store.backend, store.plan, migrating=True)
    for number, keys in checked.pages():
        rows = list(keys)
        if (seen // len(rows)) % one_in == 0:
            names = {row: str(store.name_of(Place(number, row))) for row in rows}
            marks = ", ".join("?" * len(names))
            sql = f"SELECT row, digest FROM {made.digests} WHERE root = ? AND row IN ({marks})"
            known: dict[str, bytes] = dict(store.backend.execute(sql, [number, *names.values()]))
            for row, document in checked.read(number, rows):
                if known.get(names[row]) != made.digest(document) and len(wrong) < 10:
                    wrong.append(shown_key(keys[row], store.plan))
        seen += len(rows)
    wanted = store.backend.execute(f"SELECT count(*) FROM {made.digests}")[0][0]
    store.backend.execute(f"DROP TABLE {made.digests}")
    return wrong if wrong or seen == wanted else [f"{wanted - seen} missing"]


class _Checked(Store):
    """The new tables, read by pages."""

    def pages(self) -> Iterator[tuple[int, dict[Row, Any]]]:
        """Yield the number of a root table and document keys by root row, some at a time."""
        for root in self.plan.roots:
            number = self.plan.tables.index(root)
            yield from ((number, keys) for keys in self._pages(root, dict[Any, Any]))

    def read(self, number: int, rows: list[Row]) -> list[tuple[Row, Any]]:
        """Return the documents of a page by root row."""
        return self._documents(Place(number, rows[0]), rows[-1])


def digester(plan: Plan) -> Callable[[Any], bytes]:
    """Return the function by which documents of `plan` are compared: exact, but for what the plan forgets."""
    free = not plan.ordered

    def digest(document: Any) -> bytes:
        value = jsontext.in_order(document) if free else document
        try:
            exact = orjson.dumps(value)  # says every type, order and number that it does not refuse
        except TypeError:
            exact = jsontext.dumps(value).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(exact, digest_size=16).digest()

    return digest


def _named_alike(key: Any, root: Table, other: Table, plan: Plan) -> Diagnostic:
    message = f"two documents would have the key {shown_key(key, plan)}, one in {root.name}, one in {other.name}"
    return Diagnostic("X510", message, help="give one of them another key, or a place in the mapping that names it")


def _forbidden(page: list[StoredDocument], plan: Plan, e: ForbiddenError, database: str) -> Diagnostic:
    first, last = shown_key(page[0].key, plan), shown_key(page[-1].key, plan)
    message = f"the new mapping's tables refuse one of the documents {first} to {last}: {e}"
    advice = f"{command('diff --check OLD NEW', database)} names each such document"
    return Diagnostic("X510", message, help=advice)
