"""Sources: the files that documents were imported from, so that people can ask, and what is the same is not read again.

In: the documents of an import as they are stored, and the files as they are read. Out: which files are stored as they
are: their content is one that was imported in the same way, and every document of it is still there and from it. What
SQL has changed in these since stays so. A file that is read anew is another file here: documents that it has no longer
stay with the one of before, which is how `docrel prune` finds them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from docrel import plan as plans
from docrel.documents import InputDocument, SourceFile
from docrel.layout import typed_key
from docrel.sql import (
    SOURCE_COLUMNS,
    SOURCE_FILES,
    SOURCE_IMPORTS,
    SOURCE_KEY,
    SOURCE_ROWS,
    delete_source,
    insert_source,
    source_objects,
    source_tables,
)
from docrel.store.reading import DocumentKey, Place, Reader
from docrel.store.record_files import is_whole
from docrel.values import jsontext

if TYPE_CHECKING:
    from docrel.store.store import Store

_UNCHANGED = {"digest": "base64", "path": "text", "documents": "integer"}
_FILL = f"""INSERT INTO {{}} (digest, path, documents)
SELECT f."digest", f."path", f."documents" FROM {SOURCE_FILES} AS f
  JOIN {SOURCE_IMPORTS} AS i ON i."id" = f."import"
  JOIN (SELECT "file", count(*) AS "there" FROM {SOURCE_ROWS} GROUP BY "file") AS r ON r."file" = f."id"
  WHERE f."digest" IS NOT NULL AND r."there" = f."documents" AND i."reading" = ? ON CONFLICT DO NOTHING"""
_NEXT = 'SELECT coalesce(max("id"), 0) + 1 FROM {}'
_IMPORT = f'INSERT INTO {SOURCE_IMPORTS} ("id", "at", "reading") VALUES (?, ?, ?)'
_FILE = (
    f'INSERT INTO {SOURCE_FILES} ("id", "path", "import", "size", "digest", "documents") VALUES (?, ?, ?, ?, ?, ?) '
    'ON CONFLICT ("id") DO UPDATE SET "size" = excluded."size", "digest" = excluded."digest", '
    '"documents" = excluded."documents"'
)
_TIDY = (
    f'DELETE FROM {SOURCE_FILES} WHERE "id" NOT IN (SELECT "file" FROM {SOURCE_ROWS})',
    f'DELETE FROM {SOURCE_IMPORTS} WHERE "id" NOT IN (SELECT "import" FROM {SOURCE_FILES})',
)
_numbers = count()


@dataclass(slots=True)
class _File:
    """A file of which documents were stored: its id, if it has one yet, how many, and as what it ended."""

    id: int = 0
    stored: int = 0
    documents: int = 0
    ended: SourceFile | None = None

    @property
    def digest(self) -> bytes | None:
        """What its content is told by, where all of it is stored."""
        return self.ended.digest if self.ended is not None and self.stored == self.documents else None


class ImportSources:
    """The sources of one import: `is_stored` and `ended` are for who reads, the rest for who writes.

    `reading` is how files are read, but for the mapping: what was read in another way is read again; with `again` all
    is. With `records` what surrounds these has to be kept as well. `passed` are the files that were not read as they
    are stored, `left` their documents. `at_once`: all is one transaction, in the end of which triggers are made.
    """

    def __init__(
        self, store: Store, reading: Mapping[str, Any] | None = None, *, records: bool = False, again: bool = False
    ) -> None:
        self.passed = self.left = 0
        self.at_once = False
        self._store, self._records, self._again = store, records, again
        self._reading = jsontext.dumps({"mapping": plans.checksum(store.plan), **(reading or {})})
        self._known: str | None = None
        self._import = 0
        self._is_first = False
        self._files: dict[str, _File] = {}
        self._placed: list[tuple[Place, tuple[str, int | None]]] = []
        self._named: list[tuple[DocumentKey, tuple[str, int | None] | None]] = []

    def is_stored(self, file: SourceFile) -> bool:
        """Say whether all of a file is stored, so that it is not read."""
        if file.digest is None or self._again:
            return False
        if self._known is None:
            self._known = self._unchanged()
        if not self._known:
            return False
        sql = f"SELECT documents FROM {self._known} WHERE digest = ? AND path = ?"
        found = self._store.backend.execute(sql, [file.digest, file.place])
        if self._records and found and not is_whole(self._store, file.place):
            return False
        self.passed += len(found)
        self.left += sum(documents for (documents,) in found)
        return bool(found)

    def _unchanged(self) -> str:
        """Put into a table which files are stored as a whole, and return its name; none where there are none."""
        backend = self._store.backend
        if SOURCE_ROWS not in backend.names():
            return ""
        table = backend.temporary(f"unchanged_{next(_numbers)}", _UNCHANGED, ("digest", "path"))
        backend.execute(_FILL.format(table), [self._reading])
        return table

    def ended(self, file: SourceFile, documents: int) -> None:
        """Hear that a file was read to its end, and how many documents it has, refused ones too."""
        known = self._files.setdefault(file.place, _File())
        known.documents += documents
        known.ended = file

    def add_new(self, documents: Iterable[InputDocument], places: Iterable[Place]) -> None:
        """Note documents that were stored as new ones, and where."""
        name, file = "", _File()
        for document, place in zip(documents, places, strict=True):
            at = document.file_line
            if at is not None:
                if at[0] != name:
                    name, file = at[0], self._files.setdefault(at[0], _File())
                file.stored += 1
                self._placed.append((place, at))

    def add(self, document: InputDocument, key: DocumentKey, *, is_written: bool) -> None:
        """Note a document that is stored; one that came from no file has none from now on if it was written."""
        if document.file_line is not None:
            self._count(document.file_line[0], 1)
        if document.file_line is not None or is_written:
            self._named.append((key, document.file_line))

    def drop(self, document: InputDocument) -> None:
        """Take a note back: the document is refused after all."""
        if document.file_line is not None:
            self._count(document.file_line[0], -1)

    def _count(self, file: str, more: int) -> None:
        self._files.setdefault(file, _File()).stored += more

    def write(self, *, final: bool) -> None:
        """Write what was noted within a transaction of the caller's; `final`: nothing of it is taken back any more."""
        store = self._store
        there = store.locate_all([key for key, _ in self._named])
        placed = self._placed
        for key, at in self._named:
            place = there.get(typed_key(key))
            if place is not None and at is not None:
                placed.append((place, at))
            elif place is not None:
                forget_source(store, place)
        self._placed, self._named = [], []
        if placed or (final and any(file.id for file in self._files.values())):
            self._write(placed, final=final)
        if final:
            self._files = {name: file for name, file in self._files.items() if file.ended is None}

    def _write(self, placed: Sequence[tuple[Place, tuple[str, int | None]]], *, final: bool) -> None:
        self._begin()
        backend = self._store.backend
        ((new,),) = backend.execute(_NEXT.format(SOURCE_FILES))
        changed = dict.fromkeys(at[0] for _, at in placed)
        ended = (name for name, file in self._files.items() if final and file.ended is not None)
        rows = []
        for name in dict.fromkeys((*changed, *ended)):
            file = self._files[name]
            if not file.id and name in changed:
                file.id, new = new, new + 1
            if file.id:
                size, digest = (file.ended.size, file.digest) if final and file.ended is not None else (None, None)
                rows.append((file.id, name, self._import, size, digest, file.stored))
        backend.execute_many(_FILE, rows)
        self._write_rows(placed)

    def _write_rows(self, placed: Iterable[tuple[Place, tuple[str, int | None]]]) -> None:
        backend, plan = self._store.backend, self._store.plan
        roots = {plan.tables.index(root): n for n, root in enumerate(plan.roots) if root.surrogate is not None}
        numbered: list[tuple[Any, ...]] = []
        named: dict[int, list[tuple[Any, ...]]] = {}
        ids = {name: file.id for name, file in self._files.items()}
        for place, (file, line) in placed:
            root = roots.get(place.root)
            if root is None:
                named.setdefault(place.root, []).append((ids[file], line, *place.row))
            else:
                numbered.append((root, place.row[0], ids[file], line))
        backend.load(SOURCE_ROWS, SOURCE_COLUMNS, numbered, SOURCE_KEY)
        for root, rows in named.items():
            backend.execute_many(insert_source(plan.tables[root], plan, backend.dialect), rows)

    def _begin(self) -> None:
        """Make the tables if they are not there, and note the import, once."""
        if self._import:
            return
        backend = self._store.backend
        self._is_first = SOURCE_ROWS not in backend.names()
        make_sources(self._store, triggers=not self.at_once)
        ((self._import,),) = backend.execute(_NEXT.format(SOURCE_IMPORTS))
        backend.execute(_IMPORT, [self._import, self._store.clock(), self._reading])

    @property
    def leaves_files(self) -> bool:
        """Whether files of before may have lost all of their documents."""
        return self._import > 0 and not self._is_first

    def finish(self) -> None:
        """Forget files of which no document is there any more; make triggers that had to wait."""
        if self._import and self.at_once:
            make_sources(self._store)
        if self.leaves_files:
            tidy_sources(self._store)


def reading_of(
    records: str | None, part: str | None, key: str | None, duplicate_keys: str, *, key_from_name: bool
) -> dict[str, Any]:
    """Return how files are read, as the database keeps it."""
    said = {"records": records, "part": part, "key": key, "key_from_name": key_from_name}
    return {name: value for name, value in said.items() if value} | {"duplicate_keys": duplicate_keys}


def make_sources(store: Store, *, triggers: bool = True) -> None:
    """Make the tables, the view and the triggers that are not there."""
    backend = store.backend
    for sql in source_tables(backend.dialect):
        backend.execute(sql)
    there = backend.names()
    for made in source_objects(store.plan, backend.dialect):
        if made.name not in there and (triggers or made.kind != "trigger"):
            backend.execute(made.sql)


def tidy_sources(store: Reader) -> None:
    """Forget files of which no document is there, and imports of which no file is."""
    for sql in _TIDY:
        store.backend.execute(sql)


def forget_source(store: Reader, place: Place) -> None:
    """Let a document, by its place, come from no file."""
    if SOURCE_ROWS in store.backend.names():
        store.backend.execute(
            delete_source(store.plan.tables[place.root], store.plan, store.backend.dialect), place.row
        )
