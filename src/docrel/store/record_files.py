"""Record files: the files whose records are documents, so that they can be given back.

In: the records of an import as they are stored, and what surrounds them. Out: a file's JSON text, from its records as
they are stored now. The tables are the engine's own and made when they are first needed; records are found by the keys
of their documents, in constant memory.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docrel.diagnostics import StoreError, counted, near
from docrel.documents import STDIN, InputDocument, Surroundings
from docrel.layout import key_parts, typed_key
from docrel.plan import OWN
from docrel.store.errors import damaged_book
from docrel.store.reading import Reader, etag
from docrel.values import jsontext

if TYPE_CHECKING:
    from docrel.store.store import Store

_FILES, _NEXT, _RECORDS = f"{OWN}_record_file", f"{OWN}_record_file_next", f"{OWN}_record"
_MAKE = (
    *(
        f"CREATE TABLE IF NOT EXISTS {table} "
        "(id INTEGER PRIMARY KEY, file TEXT NOT NULL UNIQUE, path TEXT, pieces TEXT)"
        for table in (_FILES, _NEXT)
    ),
    f"""CREATE TABLE IF NOT EXISTS {_RECORDS} (
  file INTEGER NOT NULL, number INTEGER NOT NULL, key TEXT NOT NULL, etag TEXT NOT NULL, PRIMARY KEY (file, number)
)""",
)
_FREE = f"SELECT coalesce(max(id), 0) + 1 FROM (SELECT id FROM {_FILES} UNION ALL SELECT id FROM {_NEXT})"
_BEGIN = f"INSERT INTO {_NEXT} (id, file) VALUES (?, ?)"
_FINISH = f"UPDATE {_NEXT} SET path = ?, pieces = ? WHERE id = ?"
_TAKE_PLACE = f"INSERT INTO {_FILES} (id, file, path, pieces) SELECT id, file, path, pieces FROM {_NEXT} WHERE id = ?"
_CLEAR = f"DELETE FROM {_RECORDS} WHERE file = ? AND number >= ?"
_ADD = (
    f"INSERT INTO {_RECORDS} (file, number, key, etag) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (file, number) DO UPDATE SET key = excluded.key, etag = excluded.etag"
)
_GAVE_WAY = ""  # in the place of an ETag
_DROP = f"DELETE FROM {_RECORDS} WHERE file = ? AND number = ?"
_PAGE = f"SELECT number, key, etag FROM {_RECORDS} WHERE file = ? AND number >= ? ORDER BY number LIMIT ?"
_COUNT = f"SELECT count(*) FROM {_RECORDS} WHERE file = ? AND number < ?"
_LEFT = f"SELECT count(*) FROM {_RECORDS} WHERE file = ? AND etag = '{_GAVE_WAY}'"
_LEFT_KEYS = f"SELECT key FROM {_RECORDS} WHERE file = ? AND etag = '{_GAVE_WAY}' ORDER BY number LIMIT ?"
_GONE = (
    f"SELECT count(*) FROM (SELECT key FROM {_RECORDS} WHERE file = ? EXCEPT SELECT key FROM {_RECORDS} WHERE file = ?)"
)
_PAGE_RECORDS = 500
_SHOWN = 5


class RecordNotes:
    """Notes of one import which documents are records of files; within transactions of the caller's."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ids: dict[str, int | None] = {}
        self._begun: set[str] = set()

    def begin(self, documents: Iterable[InputDocument]) -> None:
        """Begin to note a file of which the first record is read, beside what is known of it."""
        for document in documents:
            if document.record is not None and not document.source and document.record[0] not in self._begun:
                self._ids[document.record[0]] = _begun(self._store, document.record[0])
                self._begun.add(document.record[0])

    def add(self, stored: Iterable[tuple[InputDocument, Any]]) -> None:
        """Note documents that are stored, each with its key; a record out of a quarantine goes into its file again."""
        self._note(
            (document, key, _etag(self._store, document.document)) for document, key in stored if document.record
        )

    def give_way(self, document: InputDocument, key: Any) -> None:
        """Note that a document stays out, as a different one is stored as `key`."""
        self._note([(document, key, _GAVE_WAY)])

    def drop(self, document: InputDocument) -> None:
        """Take a note back: the document is refused after all."""
        if document.record is not None:
            self._store.backend.execute(_DROP, [self._number(document.record[0]), document.record[1]])

    def _note(self, documents: Iterable[tuple[InputDocument, Any, str]]) -> None:
        rows = [
            (number, document.record[1], _key_text(key), tag)
            for document, key, tag in documents
            if document.record is not None and (number := self._number(document.record[0])) is not None
        ]
        if rows:
            self._store.backend.execute_many(_ADD, rows)

    def _number(self, file: str) -> int | None:
        """Return the number of a file that is not whole yet, None where there is none such."""
        if file not in self._ids:
            version = _version(self._store, _NEXT, file)
            self._ids[file] = None if version is None else version.number
        return self._ids[file]


@dataclass(frozen=True, slots=True)
class _Version:
    """A file as an import brought it; `pieces` is None where that did not come to its end."""

    number: int
    file: str
    pieces: tuple[tuple[str, int], ...] | None

    @property
    def records(self) -> int:
        return sum(count for _, count in self.pieces or ())


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A file of records as it is kept: its number, its name, and its text piece by piece, records between.

    `left_out` is how many records the last import of it could not store, where this is the file of before that.
    """

    number: int
    file: str
    pieces: tuple[tuple[str, int], ...]
    left_out: int = 0

    @property
    def records(self) -> int:
        """How many records it has."""
        return sum(count for _, count in self.pieces)


@dataclass(frozen=True, slots=True)
class Replaced:
    """A file in the place of one that had records which are none of its own; `gone` is how many."""

    file: str
    gone: int

    @property
    def text(self) -> str:
        """All this in a line."""
        left = counted(self.gone, "record")
        verbs = "is not in it, and stays" if self.gone == 1 else "are not in it, and stay"
        name = "; `--document-key` gives standard input a name" if self.file == STDIN else ""
        return f"{self.file} was another file before: {left} of that {verbs}; it is not given back any more{name}"


def keep_surroundings(store: Store, files: Sequence[Surroundings]) -> list[Replaced]:
    """Keep what surrounds the records of files that were imported as a whole.

    A file takes the place of the one of before as soon as every record of it is stored.
    """
    if not files and _NEXT not in store.backend.names():
        return []
    replaced = list[Replaced]()
    with store.transaction():
        _make(store)
        for one in files:
            name = one.place or one.file
            begun = _version(store, _NEXT, name)
            number = begun.number if begun is not None else _begun(store, name)
            store.backend.execute(_FINISH, [one.path, jsontext.dumps(list(map(list, one.pieces))), number])
            store.backend.execute(_CLEAR, [number, one.records])
        for name in _names(store, _NEXT):
            version = _version(store, _NEXT, name)
            if version is not None and version.pieces is not None and not _left_out(store, version):
                replaced += _take_place(store, version)
    return replaced


def record_file(store: Reader, name: str, place: str = "") -> RecordFile:
    """Return the file of records that is at `place`, or is known by `name`, or by a name that ends so.

    Where a record of its last import gave way to what is stored, it is the file of before.

    Raises:
        StoreError: S471, there is none, or several; S472, its import did not come to its end, or left records out.
    """
    known = sorted({*_names(store, _FILES), *_names(store, _NEXT)})
    files = [file for file in (place, name) if file in known][:1]
    files = files or [file for file in known if file.endswith(f"/{name}")]
    if len(files) != 1:
        raise _no_file(store, name, files or known, several=bool(files))
    before, last = _version(store, _FILES, files[0]), _version(store, _NEXT, files[0])
    found = last or before
    if found is None or found.pieces is None:
        raise _not_whole(store, files[0], "the import of the file did not come to its end")
    if before is None or before.pieces is None or last is None or not _gave_way(store, last, before):
        return RecordFile(found.number, found.file, found.pieces)
    return RecordFile(before.number, before.file, before.pieces, _left_out(store, last))


def is_whole(store: Reader, place: str) -> bool:
    """Say whether the records of the file at `place` are known with what surrounds them, of the last import of it."""
    found = _version(store, _FILES, place)
    return found is not None and found.pieces is not None and _version(store, _NEXT, place) is None


def _gave_way(store: Reader, last: _Version, before: _Version) -> bool:
    """Say whether a record of the last import was to take the place of one that is stored, and is left out."""
    ((noted,),) = store.backend.execute(_COUNT, [last.number, before.records])
    return noted < min(before.records, last.records) or _left(store, last.number) > 0


def _left_out(store: Reader, version: _Version) -> int:
    """Return how many records of a file are not stored."""
    ((noted,),) = store.backend.execute(_COUNT, [version.number, version.records])
    return version.records - int(noted) + _left(store, version.number)


def _left(store: Reader, number: int) -> int:
    ((left,),) = store.backend.execute(_LEFT, [number])
    return int(left)


def _take_place(store: Store, version: _Version) -> Iterator[Replaced]:
    before = _version(store, _FILES, version.file)
    if before is not None:
        ((gone,),) = store.backend.execute(_GONE, [before.number, version.number])
        _forget(store, _FILES, before)
        if gone:
            yield Replaced(version.file, int(gone))
    store.backend.execute(_TAKE_PLACE, [version.number])
    store.backend.execute(f"DELETE FROM {_NEXT} WHERE id = ?", [version.number])


def _forget(store: Store, table: str, version: _Version) -> None:
    store.backend.execute(f"DELETE FROM {table} WHERE id = ?", [version.number])
    store.backend.execute(_CLEAR, [version.number, 0])


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
    left = _left(store, file.number)
    if left:
        keys = [_key(store, key) for (key,) in store.backend.execute(_LEFT_KEYS, [file.number, _SHOWN])]
        message = f"{counted(left, 'record')} of it gave way to another document of its key: {_listed(keys, left)}"
        advice = "let it replace that: import the file again with `--on-conflict replace`; or mend the file"
        raise _not_whole(store, file.file, message, advice)
    gone = [key for page in _pages(store, file) for key in _gone(store, [key for key, _ in page])]
    if gone:
        verb = "is" if len(gone) == 1 else "are"
        message = f"{counted(len(gone), 'record')} of it {verb} no more: {_listed(gone, len(gone))}"
        raise _not_whole(store, file.file, message)


def _listed(keys: Sequence[Any], count: int) -> str:
    return ", ".join(str(key) for key in keys[:_SHOWN]) + (", …" if count > _SHOWN else "")


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
    before = _version(store, _NEXT, file)
    if before is not None:
        _forget(store, _NEXT, before)
    ((number,),) = store.backend.execute(_FREE)
    store.backend.execute(_BEGIN, [number, file])
    return int(number)


def _make(store: Store) -> None:
    for sql in _MAKE:
        store.backend.execute(sql)


def _names(store: Reader, table: str) -> list[str]:
    if table not in store.backend.names():
        return []
    return [str(file) for (file,) in store.backend.execute(f"SELECT file FROM {table}")]


def _version(store: Reader, table: str, file: str) -> _Version | None:
    if table not in store.backend.names():
        return None
    for number, pieces in store.backend.execute(f"SELECT id, pieces FROM {table} WHERE file = ?", [file]):
        return _Version(int(number), file, None if pieces is None else _pieces(store, file, pieces))
    return None


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


def _not_whole(store: Reader, file: str, why: str, mend: str = "import the file again") -> StoreError:
    message = f"{file} cannot be given back: {why}"
    advice = f"{mend}; `docrel export --all` gives the records that are there"
    return StoreError.one("S472", message, subject=store.backend.name, help=advice)
