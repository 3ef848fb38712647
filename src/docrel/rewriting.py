"""Rewriting: every document from the old tables into the new ones, page by page, in constant memory.

In: a database within a transaction whose old tables have stepped aside (`docrel.steps.OLD`) and whose new ones are empty. Out:
full new tables, and the digest of each document, by which `check_documents` shows that none has changed.
"""

from __future__ import annotations

import hashlib
import marshal
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from docrel import complement, jsontext
from docrel.changes import Row
from docrel.complement import RowComplement, RowKey, holds
from docrel.diagnostics import Diagnostic, DocumentError
from docrel.diff import Diff
from docrel.dialect import SQLITE
from docrel.dml import Dml
from docrel.flattening import natural_key
from docrel.identities import Identities
from docrel.plan import ParentKey, Plan, Table
from docrel.renames import Renames, renamed
from docrel.sqlite import SQLite
from docrel.steps import OLD
from docrel.store import Place, Store
from docrel.table_steps import keep_sequence

Progress = Callable[[str, int], None]
REFUSED_SHOWN = 20
_DIGESTS = "CREATE TEMP TABLE docrel_digest (root, row, digest, PRIMARY KEY (root, row)) WITHOUT ROWID"


class RefusedError(DocumentError):
    """The new mapping forbids documents that the database holds; at most `REFUSED_SHOWN` are told."""


class Rewriting:
    """One pass over all documents."""

    def __init__(self, backend: SQLite, found: Diff, clock: Callable[[], str], progress: Progress) -> None:
        self.backend, self._found, self._progress = backend, found, progress
        self._old = _Aside(backend, found.old)
        self._new = Store(backend, found.new, clock=clock)
        self._clock = _Clock(found.old)
        self.digest = digester(found.new)
        self.documents = 0
        self._refused: list[Diagnostic] = []

    def run(self) -> int:
        """Move all documents; returns how many there are.

        Raises:
            RefusedError: The new mapping forbids some of them.
        """
        self.backend.execute("DROP TABLE IF EXISTS temp.docrel_digest")
        self.backend.execute(_DIGESTS)
        highest = self._highest()
        identities = Identities(self._found, self._new, highest)
        for page in self._old.pages():
            self._page(page, identities)
            self.documents += len(page)
            self._progress("documents", self.documents)
        if self._refused:
            raise RefusedError(diagnostics=self._refused)
        for table in self._found.new.tables:
            old = OLD + self._found.renames.old_table(table.name)
            if table.surrogate is not None and old in highest:
                for sql in _higher(old, table.name):
                    self.backend.execute(sql)
        return self.documents

    def _page(self, page: list[_Stored], identities: Identities) -> None:
        batch = self._new.start()
        now = batch.rows.now
        digests = []
        for stored in page:
            batch.rows.given = stored.key if isinstance(stored.key, str) else None
            batch.rows.now = self._clock.of(stored) or now
            try:
                identities.add(stored.document, stored.rows, batch, f"document {stored.key!r}")
            except DocumentError as e:
                self._refuse(e.diagnostics)
                continue
            place = batch.places[-1]
            digests.append((place.root, place.row, self.digest(stored.document)))
        if self._refused:
            return  # what follows is only looked at
        try:
            self._new.insert(batch)
        except sqlite3.IntegrityError as e:
            self._refuse([_forbidden(page, e)])
        self.backend.execute_many("INSERT OR REPLACE INTO temp.docrel_digest VALUES (?, ?, ?)", digests)

    def _refuse(self, diagnostics: Sequence[Diagnostic]) -> None:
        self._refused.extend(diagnostics[: max(0, REFUSED_SHOWN - len(self._refused))])

    def _highest(self) -> dict[str, int]:
        """The highest id ever given, by the old table's own name and by the name it has now."""
        known = self.backend.execute("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_sequence'")
        if not known[0][0]:
            return {}
        found = {n: int(s) for n, s in self.backend.execute("SELECT name, seq FROM sqlite_sequence") if n.startswith(OLD)}
        return {**found, **{name.removeprefix(OLD): seq for name, seq in found.items()}}


def check_documents(store: Store, digest: Callable[[Any], bytes], progress: Progress) -> list[str]:
    """Return the keys of stored documents that are not what they were before the migration; ten at most."""
    wrong: list[str] = []
    seen = 0
    sql = "SELECT row, digest FROM temp.docrel_digest WHERE root = ? AND row BETWEEN ? AND ?"
    for number, keys, found in _Checked(store.backend, store.plan).pages():
        rows = list(keys)
        known = dict(store.backend.execute(sql, [number, rows[0], rows[-1]]))
        for row, document in found:
            if known.get(row) != digest(document) and len(wrong) < 10:
                wrong.append(repr(keys[row]))
        seen += len(rows)
        progress("check", seen)
    wanted = store.backend.execute("SELECT count(*) FROM temp.docrel_digest")[0][0]
    return wrong if wrong or seen == wanted else [f"{wanted - seen} missing"]


class _Checked(Store):
    """The new tables, read by pages."""

    def pages(self) -> Iterator[tuple[int, dict[Any, Any], list[tuple[Any, Any]]]]:
        """Yield the number of a root table, keys by root row, and documents by root row, some at a time."""
        for root in self.plan.roots:
            number = self.plan.tables.index(root)
            for page in self._pages(root):
                yield number, dict(page), self._documents(Place(number, page[0][0]), page[-1][0])


def digester(plan: Plan) -> Callable[[Any], bytes]:
    """Return the function by which documents of `plan` are compared: exact, but for what the plan forgets."""
    free = "key-order" in plan.forget

    def digest(document: Any) -> bytes:
        value = in_order(document) if free else document
        try:
            exact = marshal.dumps(value, 2)  # types, order and bits of numbers; this format knows no references
        except ValueError:  # a number that no machine type holds
            exact = jsontext.dumps(value).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(exact, digest_size=16).digest()

    return digest


def in_order(document: Any) -> Any:
    """Return the document with the members of each object sorted by name."""
    top: list[Any] = [document]
    pending: list[tuple[Any, Any]] = [(top, 0)]
    while pending:
        holder, at = pending.pop()
        value = holder[at]
        if isinstance(value, dict):
            holder[at] = {name: value[name] for name in sorted(value)}
            pending.extend((holder[at], name) for name in holder[at])
        elif isinstance(value, list):
            holder[at] = list(value)
            pending.extend((holder[at], n) for n in range(len(value)))
    return top[0]


class _Stored:
    """One document as the old tables have it."""

    __slots__ = ("document", "key", "notes", "rows")

    def __init__(self, key: Any, document: Any, rows: list[list[Row]], notes: dict[tuple[int, RowKey], RowComplement]):
        self.key, self.document, self.rows, self.notes = key, document, rows, notes


class _Aside(Store):
    """The old tables, under the names they have while they go."""

    def __init__(self, backend: SQLite, plan: Plan) -> None:
        super().__init__(backend, plan)
        self.dml = _AsideDml(plan)
        self._owners = [_Owner(plan, table) for table in plan.tables]

    def pages(self) -> Iterator[list[_Stored]]:
        """Yield every document with its rows, some at a time."""
        for root in self.plan.roots:
            number = self.plan.tables.index(root)
            for page in self._pages(root):
                yield self._with_rows(root, number, page)

    def _with_rows(self, root: Table, number: int, page: list[Row]) -> list[_Stored]:
        rows, texts = self._rows(Place(number, page[0][0]), page[-1][0])
        notes = {at: complement.load(*note) for at, note in texts.items()}
        at = root.index_of(root.primary_key[0])
        documents = {self._row_key(root, row): row[at] for row in rows[number]}
        found = {documents[key]: document for _, key, document in self._rebuilder.documents(rows, notes)}
        keys = dict(page)
        stored = {row: _Stored(keys[row], found[row], [[] for _ in rows], {}) for row in found}
        owner: dict[tuple[str, Any], _Stored] = {}
        for table, own, among in zip(self.plan.tables, self._owners, rows, strict=True):
            n = own.number
            for row in among:
                whose = stored[row[at]] if n == number else owner[own.above(row)]
                whose.rows[n].append(row)
                if own.has_below:
                    owner[table.name, own.key(row)] = whose
                if (n, name := own.name(row)) in notes:
                    whose.notes[n, name] = notes[n, name]
        return list(stored.values())


class _Owner:
    """How the rows of a table name the row that encloses them."""

    def __init__(self, plan: Plan, table: Table) -> None:
        self.number = plan.tables.index(table)
        self._parent = table.parent
        above = plan.table(table.parent).primary_key if table.parent is not None else ()
        links = {(c.role.table, c.role.column): n for n, c in enumerate(table.columns) if isinstance(c.role, ParentKey)}
        self._link = [links[table.parent, name] for name in above if table.parent is not None]
        self._key = [table.index_of(name) for name in table.primary_key]
        self._numbered = self._key[0] if table.surrogate is not None else None
        self.has_below = any(t.parent == table.name for t in plan.tables)

    def above(self, row: Row) -> tuple[str | None, Any]:
        return self._parent, tuple([row[n] for n in self._link])

    def key(self, row: Row) -> tuple[Any, ...]:
        return tuple([row[n] for n in self._key])

    def name(self, row: Row) -> RowKey:
        """Return what the complement calls the row."""
        if self._numbered is not None:
            number: int = row[self._numbered]
            return number
        return natural_key(self.key(row))


class _AsideDml(Dml):
    """Reads from tables whose names begin with `OLD`."""

    def __init__(self, plan: Plan) -> None:
        away = renamed(plan, Renames({t.name: OLD + t.name for t in plan.tables}, {}))
        super().__init__(replace(away, name=OLD + plan.name), SQLITE)
        self._away = away
        self.selects = {(a.removeprefix(OLD), b.removeprefix(OLD)): sql for (a, b), sql in self.selects.items()}

    def select_page(self, root: Table) -> str:
        return super().select_page(self._away.table(OLD + root.name))

    def select_first_page(self, root: Table) -> str:
        return super().select_first_page(self._away.table(OLD + root.name))


class _Clock:
    """Finds the time at which a document was first stored, where a column got it from the clock."""

    def __init__(self, plan: Plan) -> None:
        self._clocked = [
            (n, k, c.name)
            for n, t in enumerate(plan.tables)
            for k, c in enumerate(t.columns)
            if c.default is not None and c.default.now
        ]
        self._owners = [_Owner(plan, table) for table in plan.tables]

    def of(self, stored: _Stored) -> str | None:
        for number, k, name in self._clocked:
            for row in stored.rows[number] if stored.notes else ():
                note = stored.notes.get((number, self._owners[number].name(row)))
                override = None if note is None else note.overrides.get(name)
                if override is not None and isinstance(row[k], str) and holds(override, row[k]):
                    return row[k]
        return None



def _higher(old: str, new: str) -> Iterator[str]:
    """Let the numbers of `new` never go back behind those of `old`."""
    a, b = SQLITE.quote_literal(old), SQLITE.quote_literal(new)
    yield (
        f"UPDATE sqlite_sequence SET seq = max(seq, (SELECT seq FROM sqlite_sequence WHERE name = {a})) WHERE name = {b}"
    )
    delete, insert = keep_sequence(old, new)
    del delete
    yield f"{insert} AND NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = {b})"


def _forbidden(page: list[_Stored], e: sqlite3.IntegrityError) -> Diagnostic:
    message = f"the new mapping's tables refuse one of the documents {page[0].key!r} to {page[-1].key!r}: {e}"
    advice = "`docrel diff --check OLD NEW --db DB` names each such document"
    return Diagnostic("X510", message, help=advice)
