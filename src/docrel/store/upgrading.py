"""Upgrading: a database of an earlier format comes to the one of now, after a backup, all or nothing.

In: a database and the plan that it carries. Out: the same documents in the format that is read and written. In format 1
notes were found by their document and the row's key as Python spells it; from format 2 on by the row alone, as the
database spells its key (`docrel.sql.notes`). From formats 3 and 4 on columns hold some values
otherwise (`docrel.store.retyping`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any

from docrel.backends import Backend
from docrel.diagnostics import StoreError
from docrel.layout import RowKey, key_values, layout_of, natural_key
from docrel.plan import OWN, Plan, Table
from docrel.sql import Dml, ddl
from docrel.store import backup_files
from docrel.store.book import Book
from docrel.store.errors import damaged_book, damaged_note
from docrel.store.format import FORMAT
from docrel.store.retyping import retype
from docrel.store.shared_ids import share_ids
from docrel.values import utc_now

_NOTES_BY_ROW = 2
_ASIDE = f"{OWN}_old_"
_PAGE_NOTES = 1000


def upgrade(backend: Backend, plan: Plan, clock: Callable[[], str] = utc_now) -> None:
    """Bring a database to the format of now, unless it is there.

    Killed at any moment, it is as it was, or as it should be.

    Raises:
        StoreError: S410, a table of the user's has the name of one that is needed, or two rows
            that were told apart hold the same; S412, it is of another
            format than it says; S445, a note is on no row that could be; S40x, S441, S461, the file cannot be written.
            Nothing was changed.
    """
    book = Book(backend)
    with backend.snapshot():
        if book.format() == FORMAT:
            return
    with ExitStack() as stack:
        saved = None
        if backend.path is not None:
            saved = stack.enter_context(backup_files.saved(backend, "upgrade", clock=clock))
        done = False
        try:
            with backend.migration():
                done = book.format() != FORMAT and book.is_of(plan)  # another program may have been there first
                if done:
                    before = book.format()
                    if before < _NOTES_BY_ROW:
                        _Notes(backend, plan).move()
                    retype(backend, plan, before)
                    book.keep_format()
        except BaseException:
            done = False
            raise
        finally:
            if saved is not None and not done:
                saved.discard()


class _Notes:
    """The notes of a database of format 1 on their way to those of format 2."""

    def __init__(self, backend: Backend, plan: Plan) -> None:
        self._backend, self._plan, self._dml = backend, plan, Dml(plan, backend.dialect)
        quote = backend.dialect.quote_identifier
        self._aside = quote(_ASIDE + plan.complement)
        root = ["root"] if len(plan.roots) > 1 else []
        self._key = (*root, "document", "table", "row")
        self._names = ", ".join(map(quote, self._key))
        self._tables = {table.name: table for table in plan.tables}

    def move(self) -> None:
        """Make what format 2 has, fill it, and drop what format 1 had."""
        backend, plan = self._backend, self._plan
        kinds = backend.names()
        if kinds.get(plan.complement) != "table":
            raise damaged_book(backend.name, "the format", f"the database has no table {plan.complement}")
        if plan.notes in kinds:
            message = f"it has a table {plan.notes}, which docrel is about to make for notes"
            raise StoreError.one("S410", message, subject=backend.name, help="rename the table by SQL, and try again")
        for sql in backend.dialect.renamed([(plan.complement, _ASIDE + plan.complement)]):
            backend.execute(sql)
        for statement in ddl(plan, backend.dialect):
            if statement.name in (plan.notes, plan.complement) or statement.kind == "trigger":
                backend.execute(statement.sql)
        disputed = self._disputed()
        for page in self._pages():
            rows: dict[str, list[tuple[Any, ...]]] = {}
            for *root, document, table, row, shape, body in page:
                key = self._values(table, row)
                own = self._tables[table]
                if (table, row) not in disputed or self._is_own(own, key, document, *root):
                    rows.setdefault(table, []).append((shape, body, *key))
            for name, found in rows.items():
                backend.execute_many(self._dml.copy_note(self._tables[name]), found)
        backend.execute(f"DROP TABLE {self._aside}")
        share_ids(backend, layout_of(plan))

    def _pages(self) -> Iterator[list[tuple[Any, ...]]]:
        select, end = f'SELECT {self._names}, "shape", "body" FROM {self._aside}', f"ORDER BY {self._names} LIMIT ?"
        behind = f"WHERE ({self._names}) > ({', '.join('?' * len(self._key))})"
        page = self._backend.execute(f"{select} {end}", [_PAGE_NOTES])
        while page:
            yield page
            last = page[-1][: len(self._key)]
            page = self._backend.execute(f"{select} {behind} {end}", [*last, _PAGE_NOTES])

    def _values(self, name: Any, row: Any) -> tuple[Any, ...]:
        """Return the primary key of the row that a note is on."""
        table = self._tables.get(name) if isinstance(name, str) else None
        if table is None:
            raise damaged_note(self._backend.name, name, row, "there is no such table")
        try:
            return key_values(table, row if table.surrogate is None else int(row))
        except (TypeError, ValueError, RecursionError) as e:
            raise damaged_note(self._backend.name, name, row, "rows have keys of another kind") from e

    def _disputed(self) -> set[tuple[str, RowKey]]:
        """Return the rows that more than one document has notes on, since SQL moved them."""
        sql = f'SELECT "table", "row" FROM {self._aside} GROUP BY "table", "row" HAVING count(*) > 1'
        return {(table, row) for table, row in self._backend.execute(sql)}

    def _is_own(self, table: Table, key: Sequence[Any], document: Any, root: str | None = None) -> bool:
        """Say whether a row is of the document that a note on it says."""
        top = self._plan.root_of(table)
        names = (
            name
            for found in self._backend.execute(self._dml.select_root_of(table, top), key)
            for name in (found[0], str(found[0]), natural_key(found))
        )
        return root in (None, top.name) and any(name == document and type(name) is type(document) for name in names)
