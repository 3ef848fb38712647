"""Mending: what a database can be rid of, or given back, without anybody's judgement.

In: an open store. Out: what was done, in words; a backup comes first, and it is one transaction. Documents stay as they
are: what is removed lies below none of them, or has kept one from being read, which is told. What needs a person stays,
for `validate` to name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from docrel.backends import as_file
from docrel.diagnostics import StoreError, counted
from docrel.documents import spelt
from docrel.plan import Table
from docrel.sql import note_triggers, schema_of
from docrel.store import Store, StoredDocuments, saved

_SHOWN = 20
"""So many documents are named in a line."""


def mend(store: Store) -> tuple[list[str], Path | None]:
    """Remove rows below no document and notes on rows that are gone; make again what the plan has and somebody dropped.

    Returns what was done, and the backup; None: there was nothing to do.

    Law: no document changes, and a second time there is nothing to do (tests/laws/test_mended_damage.py).

    Raises:
        StoreError: As for `docrel.store.backup`; nothing was done then.
    """
    with saved(store.backend, "mend", clock=store.clock) as held:
        with store.transaction():
            done = [*_objects(store), *_orphans(store), *_stale(store)]
        if not done:
            held.discard()
        return done, as_file(store.backend).as_written(held.path) if done else None


def _objects(store: Store) -> Iterator[str]:
    """Make the indexes, triggers and the view of the plan that are missing; a trigger of another text is replaced."""
    dialect, quote = store.backend.dialect, store.backend.dialect.quote_identifier
    actual, wanted = store.backend.catalogue(), schema_of(store.plan, dialect)
    there = {trigger.name: trigger for trigger in actual.triggers}
    own = {trigger.name for trigger in note_triggers(store.plan, dialect)}
    for trigger in wanted.triggers:
        if trigger.name in there and trigger.name in own and there[trigger.name] != trigger:
            store.backend.execute(f"DROP TRIGGER {quote(there.pop(trigger.name).name)}")
        if trigger.name not in there:
            yield from _made(store, "trigger", trigger.name, trigger.sql.text)
    for kind, objects, known in (("index", wanted.indexes, actual.indexes), ("view", wanted.views, actual.views)):
        names = {one.name for one in known}
        for one in objects:
            if one.name not in names:
                yield from _made(store, kind, one.name, one.sql.text)


def _made(store: Store, kind: str, name: str, sql: str) -> Iterator[str]:
    try:
        with store.savepoint():
            store.backend.execute(sql)
    except StoreError:  # the rows forbid a unique index, say: it is still missing then, which `validate` says
        return
    yield f"{kind} {name} was missing, and is made"


class _ReferredToError(Exception):
    """Leaves rows where they are; never leaves this module."""


def _orphans(store: Store) -> Iterator[str]:
    """Remove the rows whose row above is gone, and those below them, but for what others refer to."""
    if not _has_orphans(store):
        return
    unreadable, first = _unreadable(store), _counts(store)
    links = Counter(store.backend.broken_links())
    try:
        with _if_none_breaks(store, links):
            _remove(store, _remove_all)
    except _ReferredToError:
        _remove(store, partial(_remove_each, links))
    now = _counts(store)
    for name, count in first.items():
        if count != now[name]:
            yield f"{counted(count - now[name], 'row')} of {name} removed, as the row above was gone"
    yield from _readable_again(store, unreadable)


def _has_orphans(store: Store) -> bool:
    selects = (sql for table in store.plan.tables for sql in store.dml.select_orphans(table))
    return any(store.backend.execute(sql, [1]) for sql in selects)


def _remove(store: Store, once: Callable[[Store, Table], None]) -> None:
    now = _counts(store)
    before: dict[str, int] = {}
    while now != before:  # those below them are orphans next
        before = now
        for table in store.plan.tables:
            once(store, table)
        now = _counts(store)


def _remove_all(store: Store, table: Table) -> None:
    for statement in store.dml.delete_orphans(table):
        store.backend.execute(statement)


def _remove_each(links: Counter[Any], store: Store, table: Table) -> None:
    """Remove those to which nothing refers that stays."""
    for select in store.dml.select_orphans(table):
        for key in store.backend.execute(select, [-1]):
            with suppress(_ReferredToError), _if_none_breaks(store, links):
                store.backend.execute(store.dml.delete(table), key)


@contextmanager
def _if_none_breaks(store: Store, links: Counter[Any]) -> Iterator[None]:
    """Take what is done back where more links lead nowhere then; the database itself counts only their number.

    Raises:
        _ReferredToError: So it is.
    """
    with store.savepoint():
        yield
        if Counter(store.backend.broken_links()) - links:
            raise _ReferredToError


def _unreadable(store: Store) -> set[Any]:
    """Return the keys of the documents that cannot be read."""
    pages = StoredDocuments(store.backend, store.plan).examined()
    return {key for page in pages for key, found in page if isinstance(found, StoreError)}


def _readable_again(store: Store, unreadable: Set[Any]) -> Iterator[str]:
    found = sorted(map(spelt, unreadable - _unreadable(store))) if unreadable else []
    if found:
        shown = ", ".join(found[:_SHOWN]) + ", …" * (len(found) > _SHOWN)
        yield f"{counted(len(found), 'document')} can be read again, without such rows: {shown}"


def _counts(store: Store) -> dict[str, int]:
    quote = store.backend.dialect.quote_identifier
    count = "SELECT count(*) FROM {}".format
    return {t.name: int(store.backend.execute(count(quote(t.name)))[0][0]) for t in store.plan.tables}


def _stale(store: Store) -> Iterator[str]:
    stale = 0
    for table in store.plan.tables:
        ((count,),) = store.backend.execute(store.dml.count_stale(table))
        stale += int(count)
        store.backend.execute(store.dml.delete_stale(table))
    if stale:
        yield f"{counted(stale, 'note')} on rows that are gone, removed"
