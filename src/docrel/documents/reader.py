"""Reader: documents from files, folders and standard input, one after the other, in constant memory.

In: paths and a plan. Out: an `InputDocument` for each document, also for one that cannot be read: a bad one never
stops the others. Never writes, and never holds more than one document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from io import BufferedReader
from pathlib import Path as FilePath
from typing import Any, BinaryIO, assert_never

from docrel.backends import DatabaseFiles
from docrel.diagnostics import Diagnostic, DocumentError, check_choice
from docrel.documents.archives import Member, archive
from docrel.documents.endings import Kind, kind_of, other_format
from docrel.documents.file_places import FilePlaces
from docrel.documents.files import (
    STDIN,
    Place,
    chunks_of,
    faults,
    name_fault,
    opened,
    path_of,
    read_again,
    read_bytes,
    shown,
    shown_path,
    text_of,
)
from docrel.documents.folders import Entry, walk, walk_archive
from docrel.documents.found_files import OnFound, PassedOver
from docrel.documents.globs import ALL, Globs
from docrel.documents.input_document import InputDocument
from docrel.documents.lines import Lines, are_lines, are_several, moved
from docrel.documents.meter import Meter
from docrel.documents.names import FileNames, named
from docrel.documents.parts import WHOLE, Hint, PartsFolder, hint_of, member_told
from docrel.documents.quarantine import QuarantineLine, is_quarantine, line_in
from docrel.documents.record_texts import At, RecordTexts, behind
from docrel.documents.records import OnSurroundings, Surroundings, cut_off, lines_are_documents, surroundings
from docrel.documents.source_files import Reading, SourceFile, SourceFiles, of_parts, within
from docrel.documents.unpacking import is_archive, peeked
from docrel.plan import Plan
from docrel.selectors import Path
from docrel.values import NOTHING, DuplicateKeys, jsontext

_LINE = re.compile(r"(:\d+){1,2}\Z")
_NOT_JSON = "D301"
OnRead = Callable[[FilePath, bytes], None]
Contents = dict[str | None, Any]
Faults = tuple[Diagnostic, ...]
Broken = tuple[tuple[str | None, bytes], ...]


def read_documents(
    paths: Iterable[str | FilePath],
    plan: Plan,
    *,
    part: str | None = None,
    key: str | None = None,
    key_from_name: bool = False,
    duplicate_keys: DuplicateKeys = "refuse",
    database: FilePath | None = None,
    on_read: OnRead | None = None,
    records: Path | None = None,
    on_surroundings: OnSurroundings | None = None,
    globs: Iterable[str] = (),
    on_found: OnFound | None = None,
    meter: Meter | None = None,
    files: SourceFiles | None = None,
) -> Iterator[InputDocument]:
    """Yield every document of `paths`: files, folders, `-` for standard input.

    What a file holds, its content tells: one document, one a line, or some after each other in any layout; packed by
    gzip, bzip2, xz or zstd, or many files in a zip archive; in any Unicode encoding. Of folders and archives those
    files are read whose names say that they are JSON, or with `globs` those that match one of these; `on_found` hears
    of each, and of those that are passed over. `meter` counts the bytes.

    `part` says which member single files are, `$` that each is a whole document. `key` is the caller's name for the
    one document there is, or for the standard input that holds records; with `key_from_name` each is called as its
    file, by its path below the folder that was named. The files of `database`, which is open, are not read, by whatever
    name they are found: that would end its locks. `on_read` hears of each file's text, whole or line by line, before
    what is found in it is yielded. With `records`, a path that ends in `[*]`, each element there is a document;
    `on_surroundings` hears of what surrounds them, once a file, behind all of its records. JSON Lines are refused then,
    but for a quarantine. `files` is asked before each file whether it is stored, which is passed over then, and hears
    when one was read.

    Order: that of `paths`; in a folder by name.

    Raises:
        ArgumentError: S490, `part` is no part of the plan's documents.
    """
    if part is not None and part != WHOLE and part not in {p.member for p in plan.parts}:
        check_choice("part", part, [p.member for p in plan.parts])
    paths = list(paths)
    of_records = key is not None and records is not None and STDIN in map(str, paths)
    reading = _Reading(
        plan, part, duplicate_keys, database, on_read, records, on_surroundings, key if of_records else None,
        Globs(tuple(globs)), on_found, meter or Meter(), files, FilePlaces(database),
    )  # fmt: skip
    documents = reading.all(paths)
    return named(documents, None if of_records else key, key_from_name=key_from_name or _named_by_file(plan))


def _named_by_file(plan: Plan) -> bool:
    """Whether the mapping says that a document without a key is called as its file (`default: {given: true}`)."""
    keys = [column for root in plan.roots for column in root.columns if (column.name,) == plan.key_of(root)]
    return any(column.default is not None and column.default.given for column in keys)


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where in a file a text stands that is one of several: as names of documents have it, and where it begins.

    `ends` are the bytes that may end it and are none of it.
    """

    text: str
    at: At
    ends: bytes = b""


@dataclass(frozen=True, slots=True)
class _Reading:
    """How documents are read; each method yields what it finds, refusals included."""

    plan: Plan
    part: str | None
    duplicate_keys: DuplicateKeys
    database: FilePath | None = None
    on_read: OnRead | None = None
    records: Path | None = None
    on_surroundings: OnSurroundings | None = None
    called: str | None = None
    globs: Globs = ALL
    on_found: OnFound | None = None
    meter: Meter = field(default_factory=Meter)
    files: SourceFiles | None = None
    places: FilePlaces = field(default_factory=lambda: FilePlaces(None))
    names: FileNames = field(default_factory=FileNames)
    database_files: DatabaseFiles = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "database_files", DatabaseFiles(self.database or STDIN))

    def all(self, paths: Iterable[str | FilePath]) -> Iterator[InputDocument]:
        for path in paths:
            if str(path) == STDIN:
                yield from self.file(None)
            elif fault := name_fault(FilePath(path)):
                yield InputDocument(shown_path(path), diagnostics=fault.diagnostics, unread=True)
            elif FilePath(path).is_dir():
                yield from self.entries(walk(FilePath(path), self.plan, self.globs), FilePath(path))
            else:
                yield from self.file(FilePath(path))

    def entries(
        self, entries: Iterable[Entry], below: FilePath | None, archive: SourceFile | None = None
    ) -> Iterator[InputDocument]:
        """Read what a folder or an archive holds."""
        for entry in entries:
            match entry:
                case FilePath() | Member():
                    yield from self.file(entry, below, archive)
                case PartsFolder():
                    yield from self.parts_folder(entry)
                case PassedOver():
                    self.hear_found(entry)
                case DocumentError():
                    yield InputDocument(_subject(entry), diagnostics=entry.diagnostics, unread=True)
                case _:
                    assert_never(entry)

    def file(
        self, place: Place, below: FilePath | None = None, archive: SourceFile | None = None
    ) -> Iterator[InputDocument]:
        known = self.places.of(path_of(place) or STDIN)
        if isinstance(place, FilePath) and self.is_of_database(place):
            yield _unread(place, known, (self.of_database(place),))
            return
        try:
            with opened(place) as stream:
                if isinstance(place, FilePath):
                    self.meter.begin(place, stream)
                with faults(place):
                    reading = self.begun(place, known, stream, archive)
                if self.files is not None and self.files.is_stored(reading.file):
                    return
                if below is not None and (path := path_of(place)) is not None:
                    self.hear_found(path)
                if self.files is None:
                    yield from self.content_of(reading, place, below)
                else:
                    yield from self.counted(reading, place, below, self.files)
        except DocumentError as error:
            yield _unread(place, known, error.diagnostics)

    def begun(self, place: Place, known: str, stream: BinaryIO, archive: SourceFile | None) -> Reading:
        """Begin to read a file; where nobody asks for it, its content is not looked at before."""
        if isinstance(place, Member):
            size = place.entry.file_size
            return Reading(SourceFile(known, size) if archive is None else within(archive, known, size), stream)
        is_looked_at = self.files is not None and place is not None
        return Reading.of(known, stream) if is_looked_at else Reading(SourceFile(known), stream)

    def counted(
        self, reading: Reading, place: Place, below: FilePath | None, files: SourceFiles
    ) -> Iterator[InputDocument]:
        """Read a file, and let hear how many documents it has; of a quarantine's nobody is to rely on that."""
        documents, is_own = 0, True
        for found in self.content_of(reading, place, below):
            documents += 1
            is_own = is_own and not found.source
            yield found
        file = reading.at_end()
        files.ended(file if is_own else replace(file, digest=None), documents)

    def content_of(self, reading: Reading, place: Place, below: FilePath | None) -> Iterator[InputDocument]:
        """Read what a file holds."""
        with faults(place):
            head, stream = peeked(reading.stream)
        if is_archive(head) and not isinstance(place, Member):
            yield from self.archive(stream, place, below, reading.file)
        else:
            yield from self.text(text_of(stream, place), place, below, reading.file.place)

    def archive(
        self, stream: BinaryIO, place: FilePath | None, below: FilePath | None, file: SourceFile
    ) -> Iterator[InputDocument]:
        """Read what an archive holds, as if it were a folder."""
        path = place or FilePath("stdin.zip")
        with archive(stream, path, shown(place)) as members:
            yield from self.entries(walk_archive(members, path, self.plan, self.globs, below), below or path, file)

    def text(self, text: BufferedReader, place: Place, below: FilePath | None, known: str) -> Iterator[InputDocument]:
        """Read the text of a file: one document, several, or records."""
        path = path_of(place)
        kind, hint = None if path is None else kind_of(path.name), hint_of(self.plan, path, known)
        if path is not None:
            hint = replace(hint, name=self.names.give(path, hint.name, below))
        if self.records is not None and not (kind == "lines" and isinstance(place, FilePath) and is_quarantine(place)):
            yield from self.records_of(text, place, hint, self.records, kind)
        else:
            yield from self.documents(Lines(text, place), place, hint, kind)

    def is_of_database(self, path: FilePath) -> bool:
        """Whether a file must not be opened, as the database is in it."""
        return path in self.database_files

    def of_database(self, path: FilePath) -> Diagnostic:
        """Return S450: what is written to would be read."""
        message = f"this belongs to the database {self.database}, which is written to: it is not read"
        advice = "keep the database, and links to it, out of the folders that are imported"
        return Diagnostic("S450", message, subject=shown_path(path), help=advice)

    def documents(self, lines: Lines, place: Place, hint: Hint, kind: Kind | None) -> Iterator[InputDocument]:
        """Read a text that is one document, unless it shows more; or one document a line, as its name may say."""
        if kind != "lines":
            is_json = kind == "json"
            filled, taken = lines.filled(3 if is_json else 2)
            if are_lines(filled, strictly=is_json):
                lines.give_back(taken)
            elif (data := lines.whole(taken)) is not None:
                found = _named_format(self.parsed(data, shown(place), hint), place)
                if not (_is_broken(found) and are_several(data)):
                    self.hear(place, data)
                    yield found
                    return
                lines.restart(data)
        yield from self.lines(lines, place, hint)

    def lines(self, lines: Lines, place: Place, hint: Hint) -> Iterator[InputDocument]:
        """Read documents one after the other, most of them one a line; blank lines are none."""
        file = shown(place)
        for line in lines:
            number, data = line.number, line.text
            if data.isspace():
                continue
            if not line.open:
                found = self.parsed(data, file, hint, _Spot(f":{number}", (number, 1), b"\r\n"))
                if not _is_broken(found):
                    self.hear(place, data)
                    yield found
                    continue
            for text, at, first in lines.values(line):
                spot = _Spot(f":{at[0]}" if first else f":{at[0]}:{at[1]}", at, b"\r\n")
                self.hear(place, text)
                yield self.parsed(text, file, hint, spot)

    def records_of(
        self, text: BinaryIO, place: Place, hint: Hint, records: Path, kind: Kind | None = None
    ) -> Iterator[InputDocument]:
        """Read each record of a file as a document."""
        file = shown(place)
        if place is None and self.called is not None:
            file = self.called
            hint = replace(hint, name=file, file=file)
        if kind == "lines":
            yield InputDocument(file, diagnostics=(lines_are_documents(file),), unread=True)
            return
        try:
            with self.record_texts(text, place, records) as texts:
                for number, record in enumerate(texts):
                    found = self.parsed(record.text, file, hint, _Spot(jsontext.json_path(record.place)[1:], record.at))
                    told = found.diagnostics if record.whole else cut_off(found.diagnostics)
                    yield replace(found, diagnostics=told, record=(hint.file, number), unread=not record.whole)
            if texts.whole:
                self.hear_around(replace(surroundings(texts, file, records, self.duplicate_keys), place=hint.file))
        except DocumentError as error:
            yield InputDocument(file, diagnostics=error.diagnostics, unread=True)

    @contextmanager
    def record_texts(self, text: BinaryIO, place: Place, records: Path) -> Iterator[RecordTexts]:
        """Give the records of a file; where the last of a name counts, what is below an earlier one is no record."""
        if self.duplicate_keys == "refuse":
            yield RecordTexts(chunks_of(text, place), records)
            return
        with read_again(text, place) as chunks:
            before = RecordTexts(chunks(), records)
            with suppress(DocumentError):  # the second reading tells it
                for _ in before:
                    pass
            yield RecordTexts(chunks(), records, before.repeated)

    def hear_around(self, found: Surroundings) -> None:
        if self.on_surroundings is not None:
            self.on_surroundings(found)

    def hear(self, place: Place, data: bytes) -> None:
        if self.on_read is not None and isinstance(place, FilePath):
            self.on_read(place, data)

    def hear_found(self, found: FilePath | PassedOver) -> None:
        if self.on_found is not None and not (isinstance(found, PassedOver) and self.is_of_database(found.path)):
            self.on_found(found)

    def parsed(self, data: bytes, file: str, hint: Hint, spot: _Spot | None = None) -> InputDocument:
        """Return the document that the text of a file, a line or a record is."""
        origin, name, line = file, hint.name, (hint.file, 1)
        if spot is not None:
            origin, name, line = f"{file}{spot.text}", f"{name}{spot.text}", (hint.file, spot.at[0])
        try:
            content = self.content(data if spot is None else data.rstrip(spot.ends), file, spot)
            kept = line_in(content, origin)
        except DocumentError as error:
            broken = ((None, data),)
            return InputDocument(origin, diagnostics=error.diagnostics, name=name, broken=broken, file_line=line)
        if kept is not None:
            return replace(self.released(kept, origin), file_line=line)
        document, member, unknown = self.told(content, hint, origin)
        clean = b"\\u" not in data
        return InputDocument(
            origin, document, unknown, clean=clean, name=name, member=member, told=not unknown, file_line=line
        )

    def content(self, data: bytes, file: str, spot: _Spot | None = None) -> Any:
        """Parse one text; positions are those in the whole file.

        Raises:
            DocumentError: D30x, or D332 where there is none.
        """
        if not data or data.isspace():
            raise DocumentError.one("D332", "is empty", subject=file, help="write a document into it, or remove it")
        try:
            return jsontext.loads(data, file=file, duplicate_keys=self.duplicate_keys)
        except DocumentError as error:
            if spot is None:
                raise
            raise DocumentError(diagnostics=[moved(d, behind(spot.at)) for d in error.diagnostics]) from error

    def told(self, content: Any, hint: Hint, origin: str) -> tuple[Any, str | None, Faults]:
        """Put a file's content into the place of its part; return the document, the part and faults."""
        member = self.part or member_told(hint, content)
        if member == WHOLE:
            return content, None, ()
        if member is not None:
            return {member: content}, member, ()
        listed = ", ".join(part.member for part in self.plan.parts)
        unknown = Diagnostic(
            "D336", f"neither its name nor its content tells which part of a document it is: {listed}",
            subject=origin, help=f"say so with --part, for example --part {self.plan.parts[0].member}",
        )  # fmt: skip
        return content, None, (unknown,)

    def released(self, kept: QuarantineLine, line: str) -> InputDocument:
        """Return the document that a line of a quarantine file keeps, mended or not."""
        origin = f"{line} ({kept.origin})"
        content = None if kept.content is NOTHING else kept.content
        released = InputDocument(
            origin, content, key=kept.key, key_from_name=kept.key_from_name, name=kept.name, source=kept.origin,
            record=kept.record, contested=kept.contested,
        )  # fmt: skip
        contents, faults, broken = self.contents({m: (line, data) for m, data in kept.texts})
        more = {member: content for member, content in contents.items() if member is not None}
        if more and isinstance(kept.content, dict):
            released = replace(released, document=kept.content | more)
        if faults:
            return replace(released, diagnostics=faults, broken=broken)
        if None in contents or not kept.told:
            first = None if kept.origin.startswith(STDIN) else FilePath(_LINE.sub("", kept.origin))
            content = contents.get(None, kept.content)
            document, member, unknown = self.told(content, hint_of(self.plan, first), origin)
            return replace(released, document=document, member=member, diagnostics=unknown, told=not unknown)
        return released

    def parts_folder(self, entry: PartsFolder[FilePath] | PartsFolder[Member]) -> Iterator[InputDocument]:
        """Read a folder's files as one document."""
        texts: dict[str | None, tuple[str, bytes]] = {}
        told: list[Diagnostic] = []
        for member, place in entry.files:
            if isinstance(place, FilePath) and self.is_of_database(place):
                told.append(self.of_database(place))
                continue
            try:
                texts[member] = shown(place), read_bytes(place)
                if isinstance(place, FilePath):
                    self.meter.passed(place)
            except DocumentError as error:
                told += error.diagnostics
        file = of_parts(self.places.of(entry.folder), ((str(member), data) for member, (_, data) in texts.items()))
        if self.files is not None and not told and self.files.is_stored(file):
            return
        contents, more, broken = self.contents(texts)
        yield InputDocument(
            shown_path(entry.folder),
            {str(member): content for member, content in contents.items()},
            diagnostics=(*told, *more),
            clean=not any(b"\\u" in data for _, data in texts.values()),
            name=self.names.give(entry.folder, entry.name),
            files=tuple((member, shown(place)) for member, place in entry.files),
            broken=broken,
            unread=bool(told),
            file_line=(file.place, None),
        )
        if self.files is not None:
            self.files.ended(file, 1)

    def contents(self, texts: Mapping[str | None, tuple[str, bytes]]) -> tuple[Contents, Faults, Broken]:
        """Parse the texts of several members; those that are no JSON come back as they are."""
        contents: Contents = {}
        faults: list[Diagnostic] = []
        broken: list[tuple[str | None, bytes]] = []
        for member, (file, data) in texts.items():
            try:
                contents[member] = self.content(data, file)
            except DocumentError as error:
                faults += error.diagnostics
                broken.append((member, data))
        return contents, tuple(faults), tuple(broken)


def _unread(place: Place, known: str, diagnostics: Faults) -> InputDocument:
    return InputDocument(shown(place), diagnostics=diagnostics, unread=True, file_line=(known, None))


def _subject(error: DocumentError) -> str:
    return error.diagnostics[0].subject


def _named_format(found: InputDocument, place: Place) -> InputDocument:
    """Add to what is no JSON that its name says so already."""
    path = path_of(place)
    other = None if path is None or not _is_broken(found) else other_format(path.name)
    if other is None:
        return found
    advice = f"its name says that it is {other}, which is no JSON: convert it first"
    return replace(found, diagnostics=tuple(replace(one, help=advice) for one in found.diagnostics))


def _is_broken(found: InputDocument) -> bool:
    """Say whether a text is no JSON, so that it may be several."""
    return found.broken != () and found.diagnostics[0].code == _NOT_JSON
