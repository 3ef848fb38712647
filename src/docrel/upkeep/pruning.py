"""Pruning: documents that came from files which have them no longer.

In: an open store, and the paths that documents were imported from. Out: which documents are gone there, and, when
somebody says so, from the store. A document is gone where its file is, or where its file is read and no file of the
paths has it. What came from elsewhere, was put by a program, or is from a file that is there and was not read, stays.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from docrel.diagnostics import Diagnostic, DocumentError, StoreError, counted
from docrel.documents import FilePlaces, InputDocument, PassedOver, SourceFile, path_of_records, read_documents
from docrel.layout import row_and_key
from docrel.sql import SOURCE_FILES, SOURCE_IMPORTS, SOURCE_ROWS, insert_there, select_gone
from docrel.store import DocumentKey, Progress, Store, tidy_sources

_BATCH_DOCUMENTS = 500
_SHOWN_FAULTS = 20
_NOTHING = "D334"


@dataclass(frozen=True, slots=True)
class GoneDocument:
    """A document that is gone, the file and the line that it came from, and the number of that file's import."""

    key: DocumentKey
    file: str
    line: int | None
    source: int


@dataclass(frozen=True, slots=True)
class Survey:
    """What paths have of what came from them.

    Attributes:
        gone: The documents that they have no longer, by file and line.
        known: How many documents there are that came from them.
        kept: How many of those are from files that are there, but cannot be read or were not.
        faults: What cannot be read.
        look: Returns those that are gone, as it is now.
    """

    gone: tuple[GoneDocument, ...]
    known: int
    kept: int
    faults: tuple[Diagnostic, ...]
    look: Callable[[], Iterator[GoneDocument]]


@dataclass(slots=True)
class _Read:
    """The files that were read, by their places, those that were passed over, and those that could not be read."""

    files: set[str] = field(default_factory=set)
    passed: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    faults: list[Diagnostic] = field(default_factory=list)

    def is_stored(self, file: SourceFile) -> bool:
        """Let every file be read: what it has may be known from another."""
        del file
        return False

    def ended(self, file: SourceFile, documents: int) -> None:
        """Hear that a file was read."""
        del documents
        self.files.add(file.place)

    def found(self, file: Path | PassedOver, places: FilePlaces) -> None:
        """Hear of a file in a folder, which may be passed over."""
        if isinstance(file, PassedOver):
            self.passed.add(places.of(file.path))

    def refused(self, document: InputDocument, diagnostics: Sequence[Diagnostic]) -> None:
        """Hear of what cannot be read."""
        self.faults += diagnostics
        if document.file_line is not None:
            self.broken.add(document.file_line[0])
        elif all(one.code != _NOTHING for one in diagnostics):
            self.broken.add(document.origin)

    def has_broken(self, place: str) -> bool:
        """Say whether a file, or a folder that it is in, could not be read."""
        return any(place == one or place.startswith(f"{one}/") for one in self.broken)


def survey(
    store: Store,
    paths: Sequence[str | Path],
    *,
    incomplete: bool = False,
    progress: Progress | None = None,
    reading: Mapping[str, Any] | None = None,
    globs: Iterable[str] = (),
) -> Survey:
    """Find the documents that came from `paths`, files and folders, and are there no longer.

    With `incomplete` a path may be gone or empty, and what cannot be read keeps its documents. `reading` are options of
    `read_documents`; without, files are read as they were when they were imported.

    Raises:
        StoreError: S473, a path is gone or empty, or something there cannot be read.
        ValueError: As `read_documents`.
    """
    places, read = FilePlaces(store.backend.path), _Read()
    files = _files(store, paths, places)
    there = store.backend.temporary("pruned_there", {"table": "integer", "row": "integer"}, ("table", "row"))
    known = sum(count for _, count in files.values())
    if files:
        present = [path for path in paths if not (incomplete and not os.path.lexists(path))]
        options = _reading(store, files) if reading is None else dict(reading)
        documents = read_documents(
            present, store.plan, database=store.backend.path, globs=globs, files=read,
            on_found=lambda one: read.found(one, places), **options,
        )  # fmt: skip
        for batch in _batches(documents):
            _note(store, batch, there, read)
            (progress or (lambda _: None))(len(batch))
    if read.faults and not incomplete:
        raise _not_sure(store, paths, read.faults)
    base = Path() if store.backend.path is None else store.backend.path.parent

    def look() -> Iterator[GoneDocument]:
        for root in store.plan.roots:
            sql = select_gone(root, there, chosen, store.plan, store.backend.dialect)
            for *names, file, line, source in store.backend.execute(sql):
                if source in files:
                    yield GoneDocument(row_and_key(root, names)[1], file, line, source)

    chosen = _chosen(store, files)
    left = list(look())
    stays = {file: _stays(file, base, read) for file in {one.file for one in left}}
    gone = tuple(sorted((one for one in left if not stays[one.file]), key=lambda one: (one.file, one.line or 0)))
    return Survey(gone, known, len(left) - len(gone), tuple(one for one in read.faults if one.code != _NOTHING), look)


def prune(store: Store, found: Survey) -> int:
    """Delete the documents that are gone, in one transaction; return how many.

    One that was imported again meanwhile, or put by a program, stays.

    Raises:
        DocumentError: D320, another document refers to one; nothing was deleted.
    """
    with store.transaction():
        still = set(found.look())
        gone = [one for one in found.gone if one in still]
        for one in gone:
            store.delete(one.key)
        tidy_sources(store)
    return len(gone)


def _files(store: Store, paths: Iterable[str | Path], places: FilePlaces) -> dict[int, tuple[str, int]]:
    """Return the files that are at or below some paths, by their ids: place, and how many documents are from each."""
    if SOURCE_ROWS not in store.backend.names():
        return {}
    exact = {places.of(path) for path in paths}
    below = tuple({*(f"{place}/" for place in exact), *(places.below(path) for path in paths)})
    counts: dict[int, int] = dict(store.backend.execute(f'SELECT "file", count(*) FROM {SOURCE_ROWS} GROUP BY "file"'))
    return {
        number: (place, counts[number])
        for number, place in store.backend.execute(f'SELECT "id", "path" FROM {SOURCE_FILES}')
        if number in counts and place != "-" and (place in exact or _is_below(place, below))
    }


def _is_below(place: str, folders: tuple[str, ...]) -> bool:
    return any(place.startswith(one) if one else not place.startswith(("../", "/")) for one in folders)


def _reading(store: Store, files: Iterable[int]) -> dict[str, Any]:
    """Return how the last imported of some files was read."""
    sql = f'SELECT i."reading" FROM {SOURCE_IMPORTS} AS i JOIN {SOURCE_FILES} AS f ON f."import" = i."id" '
    ((text,),) = store.backend.execute(f'{sql} WHERE f."id" = ?', [max(files)])
    said = json.loads(text)
    options = {name: said[name] for name in ("part", "key", "key_from_name", "duplicate_keys") if name in said}
    return options | ({"records": path_of_records(said["records"])} if "records" in said else {})


def _batches(documents: Iterable[InputDocument]) -> Iterator[list[InputDocument]]:
    rest = iter(documents)
    while batch := list(islice(rest, _BATCH_DOCUMENTS)):
        yield batch


def _note(store: Store, documents: Iterable[InputDocument], there: str, read: _Read) -> None:
    """Note which stored documents some files have."""
    batch, keys = store.start(), []
    for document in documents:
        try:
            if document.diagnostics:
                raise DocumentError(diagnostics=document.diagnostics)
            given, clean, origin = document.key, document.clean, document.origin
            keys.append(store.add(document.document, batch, given=given, clean=clean, origin=origin).key)
        except DocumentError as e:
            read.refused(document, e.diagnostics)
    rows: dict[int, list[tuple[Any, ...]]] = {}
    for place in store.locate_all(keys).values():
        rows.setdefault(place.root, []).append(place.row)
    for number, among in rows.items():
        sql = insert_there(store.plan.tables[number], there, store.plan, store.backend.dialect)
        store.backend.execute_many(sql, among)


def _chosen(store: Store, files: Iterable[int]) -> str:
    """Put the ids of files into a table, and return its name."""
    table = store.backend.temporary("pruned_files", {"id": "integer"}, ("id",))
    store.backend.execute_many(f"INSERT INTO {table} (id) VALUES (?)", [(number,) for number in files])
    return table


def _stays(place: str, base: Path, read: _Read) -> bool:
    """Say whether a file, or the archive that it is in, is there and was not read to its end."""
    if place in read.files:
        return read.has_broken(place)
    path = Path(place)
    nearest = next((one for one in (path, *path.parents) if os.path.lexists(base / one)), Path())
    is_unread_file = not (base / nearest).is_dir() and str(nearest) not in read.files
    return place in read.passed or is_unread_file or read.has_broken(place)


def _not_sure(store: Store, paths: Sequence[str | Path], faults: Sequence[Diagnostic]) -> StoreError:
    named = ", ".join(map(str, paths))
    what = "nothing is read" if all(one.code == _NOTHING for one in faults) else "not all can be read"
    message = f"what {named} has no longer cannot be told: {what}, in {counted(len(faults), 'place')}"
    advice = "mend what is said below; is a disk not there? With --incomplete what cannot be read keeps its documents"
    told = Diagnostic("S473", message, subject=store.backend.name, help=advice)
    more = [one for one in faults if one.code != _NOTHING][:_SHOWN_FAULTS]
    return StoreError(diagnostics=(told, *more))
