"""Archiving: whole documents moved to another database of the same mapping, and back.

In: two stores and keys. Out: the documents in the second store only. While the writers of both databases are held off,
documents are written to the one and deleted in the other. Nothing is committed before both are known to allow it: then
what was written, and, once it is seen there, what was deleted. The source is held from before a document is read until
it has left, so no copy is ever out of date; who changes a document in the target from its commit on changes one that
was moved. So overlapping moves in either direction, writers of either database and a crash at any moment leave it whole
in at least one of the two; what is refused is left as it was, and what was cut short is completed by moving again.
Both databases are always held in the same order, that of their files, so that no two moves wait for each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from docrel.backends import ForbiddenError, as_file, refuse_same
from docrel.diagnostics import Diagnostic, DocumentError, StoreError
from docrel.documents import shown_key
from docrel.files import identity
from docrel.layout import row_and_key, typed_key
from docrel.store import SHOWN, Row, Store, broken_references, missing, open_store

BATCH_DOCUMENTS = 100
_DIFFERENT = (
    "`docrel export --db … --key …` shows what each of them has; import the one that is right into the other, "
    "with `--on-conflict replace`, and move it again"
)
_AS_IT_IS = "it can only stay where it is; `docrel validate` says what is odd about it"


@dataclass(slots=True)
class MoveReport:
    """What a move did, by key.

    Attributes:
        moved: They are in the target, and no longer in the source.
        gone: Another program had taken them out of the source before; nothing was done.
    """

    moved: list[Any] = field(default_factory=list)
    gone: list[Any] = field(default_factory=list)


class _DeletedAgainError(Exception):
    """Leaves the source as it was; never leaves this module."""


def archive_of(database: Path) -> Path:
    """Return where the archive of a database is."""
    return database.parent / f"{database.stem}_archive{database.suffix}"


def open_archive(store: Store, path: Path | None = None, *, create: bool = True) -> Store:
    """Open, or make, the archive of a store.

    Raises:
        StoreError: S450, that is the database of the store itself.
    """
    place = path or archive_of(as_file(store.backend).path)
    refuse_same(place, store.backend.path, called=store.backend.name)
    return open_store(place, store.plan if create else None, clock=store.clock)


def keys_where(store: Store, where: str, parameters: Sequence[Any] = ()) -> list[Any]:
    """Return the keys of the documents for whose root row an SQL condition holds."""
    with store.snapshot():
        return [
            row_and_key(root, found)[1]
            for root in store.plan.roots
            for found in store.backend.execute(store.dml.select_where(root, where), parameters)
        ]


def move(keys: Iterable[Any], source: Store, target: Store) -> MoveReport:
    """Move documents from one store to another.

    Some at a time, each time all or none; all at once where the mapping has references. Who would write to one of the
    databases waits for so long.

    Raises:
        StoreError: S402, another program holds one of the databases; S420, neither has a document of a key; S438, the
            target has another document of this key; S450, both are one database; S453, a transaction of the caller's
            is open; S454, another file was put in the place of a database.
        DocumentError: D320, a reference from or to one of them would lead nowhere.

    Law: nothing is lost, `tests/faults/test_moves.py`, `tests/faults/test_moves_disturbed.py`.
    """
    refuse_same(target.backend.path, source.backend.path, called=source.backend.name)
    for store in (source, target):
        if store.backend.in_transaction:
            raise _within_transaction(store)
    report = MoveReport()
    together = source.references or target.references
    rest = iter(keys)
    while batch := list(islice(rest, None if together else BATCH_DOCUMENTS)):
        distinct = list({typed_key(key): key for key in batch}.values())
        while not _move_once(distinct, source, target, report):
            pass
    return report


def _move_once(keys: Sequence[Any], source: Store, target: Store, report: MoveReport) -> bool:
    """Move documents in one transaction on each side; False: a copy was deleted by others as soon as it was there."""
    moved, gone = list[Any](), list[Any]()
    try:
        with ExitStack() as leaving:
            with ExitStack() as arriving:
                for store in sorted((source, target), key=_rank):
                    leaving.enter_context(store.backend.lock)  # in memory, who reads needs it too
                    (arriving if store is target else leaving).enter_context(store.transaction())
                    if not store.backend.in_place:
                        raise _replaced(store)
                before = _dangling(source)
                for key in keys:
                    (moved if _hand_over(key, source, target) else gone).append(key)
                if dangling := _dangling(source) - before:
                    raise _referred_to(source, dangling)
            if not target.backend.in_place:
                raise _replaced(target)
            if not all(key in target for key in moved):
                raise _DeletedAgainError
    except _DeletedAgainError:
        return False
    report.moved += moved
    report.gone += gone
    return True


def _rank(store: Store) -> tuple[int, int]:
    """Return by what stores are ordered that are held at once: their files, in each program alike."""
    file = store.backend.path
    return (None if file is None else identity(file)) or (0, id(store.backend))


def _hand_over(key: Any, source: Store, target: Store) -> bool:
    """Write a document to the target and take it out of the source; says whether the source had it."""
    place = source.locate(key)
    if place is None:
        if key not in target:
            raise missing(key, source.plan, source.backend.name)
        return False
    document = source.get(key)
    if key not in target:
        outcome = target.put(document, str(key))
        if outcome.key != key:
            raise _refused(key, f"would be called {shown_key(outcome.key, target.plan)} there", _AS_IT_IS, target)
        if not target.same(target.get(key), document):
            raise _refused(key, "would not be copied exactly", _AS_IT_IS, target)
    elif not target.same(target.get(key), document):
        raise _refused(key, "is there already and says something else", _DIFFERENT, target)
    try:
        source.remove(place)
    except ForbiddenError as e:
        raise _not_let_go(key, source, e) from e
    return True


def _dangling(store: Store) -> Counter[Row]:
    """Return the references that lead nowhere, of documents and of tables beside the plan's."""
    return Counter(store.backend.broken_links(loose=True))


def _refused(key: Any, message: str, advice: str, target: Store) -> StoreError:
    return StoreError.one(
        "S438", f"the document {shown_key(key, target.plan)} {message}", subject=target.backend.name, help=advice
    )


def _not_let_go(key: Any, source: Store, e: ForbiddenError) -> DocumentError:
    message = f"the database does not let the document {shown_key(key, source.plan)} go: {e}"
    advice = "a trigger or a table beside the mapping's forbids it: change what refers to it there"
    return DocumentError.one("D320", message, subject=source.backend.name, help=advice)


def _referred_to(source: Store, dangling: Iterable[Row]) -> DocumentError:
    """Return D320: what stays in the source refers to what would leave; within the transaction in which it leaves."""
    path, parents = source.backend.name, {table: parent for table, _, parent in dangling}
    broken = list(islice((b for b in source.references.broken() if b.table in parents), SHOWN))
    advice = "move the documents that refer to it along, or change what refers to it"
    if broken:
        diagnostics = broken_references(broken, source.plan, path).diagnostics
        return DocumentError(diagnostics=[replace(one, help=advice) for one in diagnostics])
    messages = [f"a row of {table} refers to a row of {parent} that would leave" for table, parent in parents.items()]
    return DocumentError(diagnostics=[Diagnostic("D320", m, subject=path, help=advice) for m in messages])


def _within_transaction(store: Store) -> StoreError:
    message = "a document cannot be moved within a transaction: its copy has to be committed before it is deleted"
    advice = "end the transaction before `move`"
    return StoreError.one("S453", message, subject=store.backend.name, help=advice)


def _replaced(store: Store) -> StoreError:
    message = "another file was put in the place of this database meanwhile; no document was deleted"
    return StoreError.one("S454", message, subject=store.backend.name, help="run it again")
