"""Record files: the files whose records are documents, so that they can be given back.

In: the records of an import as they are stored, and what surrounds them. Out: a file's JSON text, from its records as
they are stored now. The tables are the engine's own and made when they are first needed; records are found by the keys
of their documents, in constant memory.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from docrel.diagnostics import StoreError, counted, near
from docrel.documents import InputDocument, Surroundings
from docrel.layout import key_parts, typed_key
from docrel.plan import OWN
from docrel.store.errors import damaged_book
from docrel.store.reading import Reader, etag
from docrel.store.store import Store
from docrel.values import jsontext

_FILES, _RECORDS = f"{OWN}_record_file", f"{OWN}_record"
_MAKE = (
    f"CREATE TABLE IF NOT EXISTS {_FILES} (id INTEGER PRIMARY KEY, file TEXT NOT NULL UNIQUE, path TEXT, pieces TEXT)",
    f"""CREATE TABLE IF NOT EXISTS {_RECORDS} (
  file INTEGER NOT NULL, number INTEGER NOT NULL, key TEXT NOT NULL, etag TEXT NOT NULL, PRIMARY KEY (file, number)
)""",
)
_BEGIN = f"INSERT INTO {_FILES} (file) VALUES (?) ON CONFLICT (file) DO UPDATE SET pieces = NULL"
_FINISH = (
    f"INSERT INTO {_FILES} (file, path, pieces) VALUES (?, ?, ?) "
    "ON CONFLICT (file) DO UPDATE SET path = excluded.path, pieces = excluded.pieces"
)
_ID = f"SELECT id FROM {_FILES} WHERE file = ?"
_CLEAR = f"DELETE FROM {_RECORDS} WHERE file = ? AND number >= ?"
_ADD = (
    f"INSERT INTO {_RECORDS} (file, number, key, etag) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (file, number) DO UPDATE SET key = excluded.key, etag = excluded.etag"
)
_DROP = f"DELETE FROM {_RECORDS} WHERE file = ? AND number = ?"
_PAGE = f"SELECT number, key, etag FROM {_RECORDS} WHERE file = ? AND number >= ? ORDER BY number LIMIT ?"
_COUNT = f"SELECT count(*) FROM {_RECORDS} WHERE file = ? AND number < ?"
_PAGE_RECORDS = 500
_SHOWN = 5


class RecordNotes:
    """Notes of one import which documents are records of files; within transactions of the caller's."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ids: dict[str, int] = {}

    def begin(self, documents: Iterable[InputDocument]) -> None:
        """Forget what is known of a file of which the first record is read."""
        for document in documents:
            if document.record is not None and not document.source and document.record[0] not in self._ids:
                self._ids[document.record[0]] = _begun(self._store, document.record[0])

    def add(self, stored: Iterable[tuple[InputDocument, Any]]) -> None:
        """Note documents that are stored, each with its key; a record out of a quarantine goes into its file again."""
        rows = [
            (number, document.record[1], _key_text(key), _etag(self._store, document.document))
            for document, key in stored
            if document.record is not None and (number := self._number(document.record[0])) is not None
        ]
        if rows:
            self._store.backend.execute_many(_ADD, rows)

    def drop(self, document: InputDocument) -> None:
        """Take a note back: the document is refused after all."""
        if document.record is not None:
            self._store.backend.execute(_DROP, [self._number(document.record[0]), document.record[1]])

    def _number(self, file: str) -> int | None:
        """Return the number of a file, None where nothing is known of it."""
        if file not in self._ids:
            known = _known(self._store)
            if file not in known:
                return None
            self._ids[file] = known[file][0]
        return self._ids[file]


def keep_surroundings(store: Store, files: Sequence[Surroundings]) -> None:
    """Keep what surrounds the records of files that were imported as a whole."""
    if not files:
        return
    with store.transaction():
        _make(store)
        for one in files:
            store.backend.execute(
                _FINISH, [one.place or one.file, one.path, jsontext.dumps(list(map(list, one.pieces)))]
            )
            ((number,),) = store.backend.execute(_ID, [one.place or one.file])
            store.backend.execute(_CLEAR, [number, one.records])


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A file of records as it is kept: its number, its name, and its text piece by piece, records between."""

    number: int
    file: str
    pieces: tuple[tuple[str, int], ...]

    @property
    def records(self) -> int:
        """How many records it has."""
        return sum(count for _, count in self.pieces)


def record_file(store: Reader, name: str, place: str = "") -> RecordFile:
    """Return the file of records that is at `place`, or is known by `name`, or by a name that ends so.

    Raises:
        StoreError: S471, there is none, or several; S472, its import did not come to its end.
    """
    known = _known(store)
    files = [file for file in (place, name) if file in known][:1]
    files = files or [file for file in known if file.endswith(f"/{name}")]
    if len(files) != 1:
        raise _no_file(store, name, files or list(known), several=bool(files))
    number, pieces = known[files[0]]
    if pieces is None:
        raise _not_whole(store, files[0], "the import of the file did not come to its end")
    return RecordFile(number, files[0], _pieces(store, files[0], pieces))


def text_of(store: Reader, file: RecordFile, on_changed: Callable[[Any], None]) -> Iterator[bytes]:
    """Yield the JSON text of a file of records, with these as they are stored now.

    `on_changed` hears of each that is not as it was, by its key.

    Raises:
        StoreError: S472, a record was refused, or is no more; S439, one cannot be read.
    """
    with store.snapshot():
        _check_all_there(store, file)
        records = _records(store, file, on_changed)
        for text, count in file.pieces:
            yield text.encode()
            for number in range(count):
                yield (b",\n" if number else b"\n") + next(records)
            yield b"\n" * bool(count)


def _check_all_there(store: Reader, file: RecordFile) -> None:
    ((noted,),) = store.backend.execute(_COUNT, [file.number, file.records])
    if noted < file.records:
        raise _not_whole(store, file.file, f"{counted(file.records - noted, 'record')} of it could not be stored")
    gone = [key for page in _pages(store, file) for key in _gone(store, [key for key, _ in page])]
    if gone:
        names = ", ".join(str(key) for key in gone[:_SHOWN]) + (", …" if len(gone) > _SHOWN else "")
        message = f"{counted(len(gone), 'record')} of it {'is' if len(gone) == 1 else 'are'} no more: {names}"
        raise _not_whole(store, file.file, message)


def _gone(store: Reader, keys: Sequence[Any]) -> Iterator[Any]:
    there = store.locate_all(keys)
    yield from (key for key in keys if typed_key(key) not in there)


def _records(store: Reader, file: RecordFile, on_changed: Callable[[Any], None]) -> Iterator[bytes]:
    for page in _pages(store, file):
        places = store.locate_all([key for key, _ in page])
        documents = dict(store.documents_at(places.values()))
        for key, tag in page:
            document = documents[places[typed_key(key)]]
            if isinstance(document, StoreError):
                raise document
            if _etag(store, document) != tag:
                on_changed(key)
            yield jsontext.dumps_bytes(document)


def _pages(store: Reader, file: RecordFile) -> Iterator[list[tuple[Any, str]]]:
    """Yield the key and the ETag of each record, some at a time."""
    start = 0
    while page := store.backend.execute(_PAGE, [file.number, start, min(_PAGE_RECORDS, file.records - start)]):
        if [number for number, _, _ in page] != list(range(start, start + len(page))):
            raise damaged_book(store.backend.name, f"the records of {file.file}", "their numbers are not in a row")
        yield [(_key(store, key), str(tag)) for _, key, tag in page]
        start += len(page)


def _begun(store: Store, file: str) -> int:
    _make(store)
    store.backend.execute(_BEGIN, [file])
    ((number,),) = store.backend.execute(_ID, [file])
    store.backend.execute(_CLEAR, [number, 0])
    return int(number)


def _make(store: Store) -> None:
    for sql in _MAKE:
        store.backend.execute(sql)


def _known(store: Reader) -> dict[str, tuple[int, str | None]]:
    if _FILES not in store.backend.names():
        return {}
    found = store.backend.execute(f"SELECT file, id, pieces FROM {_FILES} ORDER BY file")
    return {str(file): (int(number), pieces) for file, number, pieces in found}


def _etag(store: Reader, document: Any) -> str:
    return etag(document if store.plan.ordered else jsontext.in_order(document))


def _key_text(key: Any) -> str:
    parts: Any = [{"base64": b64encode(part).decode()} if isinstance(part, bytes) else part for part in key_parts(key)]
    return jsontext.dumps(parts)


def _key(store: Reader, text: Any) -> Any:
    try:
        parts: Any = jsontext.loads_text(text)
        values = tuple(b64decode(part["base64"]) if isinstance(part, dict) else part for part in parts)
    except (ValueError, TypeError, LookupError) as e:
        raise damaged_book(store.backend.name, "a record's key", e) from e
    return values[0] if len(values) == 1 else values


def _pieces(store: Reader, file: str, text: Any) -> tuple[tuple[str, int], ...]:
    try:
        said: Any = jsontext.loads_text(text)
        pieces = tuple((str(piece), int(count)) for piece, count in said)
    except (ValueError, TypeError) as e:
        raise damaged_book(store.backend.name, f"what surrounds the records of {file}", e) from e
    return pieces


def _no_file(store: Reader, name: str, files: Sequence[str], *, several: bool) -> StoreError:
    message = f"there is no file of records {name}{'' if files else ', nor any other'}"
    if several:
        message, advice = f"several files of records end in {name}", f"name one: {', '.join(files[:_SHOWN])}"
    elif files:
        advice = f"did you mean {near(name, files) or files[0]}?"
    else:
        advice = "`docrel import --records` makes the elements of a file documents, and keeps what surrounds them"
    return StoreError.one("S471", message, subject=store.backend.name, help=advice)


def _not_whole(store: Reader, file: str, why: str) -> StoreError:
    message = f"{file} cannot be given back: {why}"
    advice = "import the file again; `docrel export --all` gives the records that are there"
    return StoreError.one("S472", message, subject=store.backend.name, help=advice)
