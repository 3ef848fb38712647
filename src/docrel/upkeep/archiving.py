"""Archiving: whole documents moved to another database of the same mapping, and back.

In: two stores and keys. Out: the documents in the second store only. A document is copied and committed first.
Then the writers of both databases are held off, and it leaves the one place only where it is seen, equal, in
the other. So overlapping moves in either direction, writers of either database and a crash at any moment leave
it whole in at least one of the two; moving it again completes the move. Both databases are always held in the
same order, that of their files, so that no two moves wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from docrel.diagnostics import Diagnostic, DocumentError, StoreError
from docrel.files import identity, refuse_same
from docrel.store import Place, Store, missing, open_store
from docrel.values import jsontext

BATCH_DOCUMENTS = 100


@dataclass(slots=True)
class Moved:
    """What a move did, by key.

    Attributes:
        moved: They are in the target, and no longer in the source.
        stayed: They are in the source, as another program changed them in one of the two meanwhile.
        gone: Another program had taken them out of the source before; nothing was done.
    """

    moved: list[Any] = field(default_factory=list)
    stayed: list[Any] = field(default_factory=list)
    gone: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Copy:
    """A document as it was copied, the row it was read from, and whether this move brought it into the target."""

    key: Any
    document: Any
    place: Place
    is_ours: bool = False


def archive_of(database: Path) -> Path:
    """Return where the archive of a database is."""
    return database.with_name(f"{database.stem}_archive{database.suffix}")


def open_archive(store: Store, path: Path | None = None, *, create: bool = True) -> Store:
    """Open, or make, the archive of a store.

    Raises:
        StoreError: S450, that is the database of the store itself.
    """
    place = path or archive_of(Path(store.backend.path))
    refuse_same(place, store.backend.path)
    return open_store(place, store.plan if create else None, clock=store.clock)


def keys_where(store: Store, where: str, parameters: Sequence[Any] = ()) -> list[Any]:
    """Return the keys of the documents for whose root row an SQL condition holds."""
    with store.snapshot():
        return [
            key
            for root in store.plan.roots
            for *_, key in store.backend.execute(store.dml.select_where(root, where), parameters)
        ]


def move(keys: Iterable[Any], source: Store, target: Store) -> Moved:
    """Move documents from one store to another.

    Raises:
        StoreError: S402, another program holds one of the databases; S420, neither has a document of a key; S438, the
            target has another document of this key; S450, both are one database; S453, a transaction of the caller's
            is open; S454, another file was put in the place of a database.
        DocumentError: D320, a reference from or to one of them would lead nowhere; those stay.
    """
    refuse_same(target.backend.path, source.backend.path)
    for store in (source, target):
        if store.backend.in_transaction:
            raise _within_transaction(store)
    report = Moved()
    rest = iter(keys)
    while batch := list(islice(rest, BATCH_DOCUMENTS)):
        documents, absent = _read(batch, source)
        if absent:
            _without(absent, source, target, report)
        copies = _copy(documents, target)
        try:
            with _both_held(source, target):
                for copy in copies:
                    _settle(copy, source, target, report)
        except DocumentError:  # others refer to one of them
            _take_back(copies, source, target)
            raise
    return report


def _read(keys: Sequence[Any], source: Store) -> tuple[list[_Copy], list[Any]]:
    """Return the documents that the source has, and the keys of which it has none."""
    found: list[_Copy] = []
    absent: list[Any] = []
    for key in dict.fromkeys(keys):
        with source.backend.snapshot():
            place = source.locate(key)
            if place is None:
                absent.append(key)
            else:
                found.append(_Copy(key, source.get(key), place))
    return found, absent


def _without(keys: Sequence[Any], source: Store, target: Store, report: Moved) -> None:
    """Sort out keys of which the source had no document: another program moves them, or nobody knows them."""
    with _both_held(source, target):
        for key in keys:
            if key in source:
                report.stayed.append(key)
            elif key in target:
                report.gone.append(key)
            else:
                raise missing(key, source.backend.path)


def _copy(documents: Sequence[_Copy], target: Store) -> list[_Copy]:
    copies: list[_Copy] = []
    with target.transaction():
        for read in documents:
            key, document = read.key, read.document
            if key in target and not jsontext.same(target.get(key), document):
                raise _refused(key, "is there already and says something else", target)
            outcome = target.put(document, str(key))
            if outcome.key != key:
                raise _refused(key, f"would be called {outcome.key!r} there", target)
            if not jsontext.same(target.get(key), document):
                raise _refused(key, "would not be copied exactly; nothing was deleted", target)
            copies.append(_Copy(key, document, read.place, outcome.kind == "inserted"))
    return copies


@contextmanager
def _both_held(source: Store, target: Store) -> Iterator[None]:
    """Hold off the writers of both databases; what others have committed is seen."""
    with ExitStack() as held:
        for store in sorted((source, target), key=lambda store: identity(store.backend.path) or (0, id(store.backend))):
            held.enter_context(store.transaction())
            if not store.backend.in_place:
                raise _replaced(store)
        yield


def _settle(copy: _Copy, source: Store, target: Store, report: Moved) -> None:
    """Take a document out of one of the two places, while both are held; never out of both."""
    place, there = source.locate(copy.key), copy.key in target
    if place is None:
        report.gone.append(copy.key)
        return
    here, copied = source.get(copy.key), target.get(copy.key) if there else None
    if there and jsontext.same(here, copied):
        source.remove(place)
        report.moved.append(copy.key)
        return
    report.stayed.append(copy.key)
    # It changed after it was copied. The row is still the one it was read from, so nobody moved it away and made
    # another of its key, whose archived form this copy would then be: the copy is this move's alone.
    if there and copy.is_ours and place == copy.place and jsontext.same(copied, copy.document):
        target.delete(copy.key)


def _take_back(copies: Sequence[_Copy], source: Store, target: Store) -> None:
    """Delete copies that this move made, where the source has the documents still."""
    with _both_held(source, target):
        for copy in copies:
            there = copy.is_ours and copy.key in source and copy.key in target
            if there and jsontext.same(target.get(copy.key), copy.document):
                target.delete(copy.key)


def _refused(key: Any, message: str, target: Store) -> StoreError:
    advice = "`docrel export --db … --key …` shows what each of them has; delete or rename one"
    found = Diagnostic("S438", f"the document {key!r} {message}", subject=target.backend.path, help=advice)
    return StoreError(diagnostics=[found])


def _within_transaction(store: Store) -> StoreError:
    message = "a document cannot be moved within a transaction: its copy has to be committed before it is deleted"
    advice = "end the transaction before `move`"
    return StoreError(diagnostics=[Diagnostic("S453", message, subject=store.backend.path, help=advice)])


def _replaced(store: Store) -> StoreError:
    message = "another file was put in the place of this database meanwhile; no document was deleted"
    return StoreError(diagnostics=[Diagnostic("S454", message, subject=store.backend.path, help="run it again")])
