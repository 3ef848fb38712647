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
from docrel.diagnostics import Diagnostic, StoreError
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
    """
    report = Moved()
    rest = iter(keys)
    while batch := list(islice(rest, BATCH_DOCUMENTS)):
        documents = {key: source.get(key) for key in batch}
        _copy(documents, target)
        for key, document in documents.items():
            if not jsontext.same(target.get(key), document):
                raise _refused(key, "was not copied exactly; nothing was deleted", target)
        with source.transaction():
            for key, document in documents.items():
                place = source.locate(key)
                if place is not None and jsontext.same(source.get(key), document):
                    source.remove(place)
                    report.moved.append(key)
                else:
                    report.stayed.append(key)
        with target.transaction():
            for key in report.stayed:
                if key in documents and key in target:
                    target.delete(key)
    return report


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
