"""Archiving: whole documents moved to another database of the same mapping, and back.

In: two stores and keys. Out: the documents in the second store only. Copied and committed, read back and
compared, and only then deleted: killed at any moment, a document is in at least one of the two, and moving
it again completes the move.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from docrel import jsontext
from docrel.diagnostics import Diagnostic, DocumentError, StoreError
from docrel.opening import open_store
from docrel.store import Store

BATCH_DOCUMENTS = 100


@dataclass(slots=True)
class Moved:
    """What a move did: the keys that moved, and those that stayed as another program changed them meanwhile."""

    moved: list[Any] = field(default_factory=list)
    stayed: list[Any] = field(default_factory=list)


def archive_of(database: Path) -> Path:
    """Return where the archive of a database is."""
    return database.with_name(f"{database.stem}_archive{database.suffix}")


def open_archive(store: Store, path: Path | None = None, *, create: bool = True) -> Store:
    """Open, or make, the archive of a store."""
    return open_store(path or archive_of(Path(store.backend.path)), store.plan if create else None, clock=store.clock)


def keys_where(store: Store, where: str, parameters: Sequence[Any] = ()) -> list[Any]:
    """Return the keys of the documents for whose root row an SQL condition holds."""
    return [
        key
        for root in store.plan.roots
        for *_, key in store.backend.execute(store.dml.select_where(root, where), parameters)
    ]


def move(keys: Iterable[Any], source: Store, target: Store) -> Moved:
    """Move documents from one store to another.

    Raises:
        StoreError: S420, the source has none of a key; S438, the target has another document of this key.
        DocumentError: D320, a reference from or to one of them would lead nowhere; those stay.
    """
    report = Moved()
    rest = iter(keys)
    while batch := list(islice(rest, BATCH_DOCUMENTS)):
        documents = {key: source.get(key) for key in batch}
        _copy(documents, target)
        for key, document in documents.items():
            if not jsontext.same(target.get(key), document):
                raise _refused(key, "was not copied exactly; nothing was deleted", target)
        try:
            moved = _remove(documents, source)
        except DocumentError:  # others refer to one of them
            _forget(documents, target)
            raise
        stayed = [key for key in documents if key not in moved]
        _forget(stayed, target)
        report.moved += moved
        report.stayed += stayed
    return report


def _remove(documents: dict[Any, Any], source: Store) -> list[Any]:
    """Delete those documents that are still the same; returns their keys."""
    with source.transaction():
        places = source.locate_all(list(documents))
        moved = [key for key, place in places.items() if jsontext.same(source.document_at(place), documents[key])]
        for key in moved:
            source.remove(places[key])
    return moved


def _forget(keys: Iterable[Any], target: Store) -> None:
    with target.transaction():
        for place in target.locate_all(list(keys)).values():
            target.remove(place)


def _copy(documents: dict[Any, Any], target: Store) -> None:
    with target.transaction():
        for key, document in documents.items():
            if key in target and not jsontext.same(target.get(key), document):
                raise _refused(key, "is there already and says something else", target)
            outcome = target.put(document, str(key))
            if outcome.key != key:
                raise _refused(key, f"would be called {outcome.key!r} there", target)


def _refused(key: Any, message: str, target: Store) -> StoreError:
    advice = "`docrel export --db … --key …` shows what each of them has; delete or rename one"
    found = Diagnostic("S438", f"the document {key!r} {message}", subject=target.backend.path, help=advice)
    return StoreError(diagnostics=[found])
