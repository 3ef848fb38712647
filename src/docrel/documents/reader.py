"""Reader: documents from files, folders and standard input, one after the other, in constant memory.

In: paths and a plan. Out: an `InputDocument` for each document, also for one that cannot be read: a bad one never
stops the others. Never writes, and never holds more than one document (a JSON file is one document).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path as FilePath
from typing import Any

from docrel.backends import belongs_to
from docrel.diagnostics import Diagnostic, DocumentError
from docrel.documents.files import (
    STDIN,
    Kind,
    kind_of,
    name_fault,
    read_again,
    read_bytes,
    read_chunks,
    read_lines,
    shown_path,
)
from docrel.documents.folders import walk
from docrel.documents.input_document import InputDocument
from docrel.documents.lines import Line, are_documents, guarded, moved
from docrel.documents.names import FileNames, named
from docrel.documents.parts import WHOLE, Hint, PartsFolder, hint_of, member_told
from docrel.documents.quarantine import QuarantineLine, is_quarantine, line_in
from docrel.documents.record_places import record_place
from docrel.documents.record_texts import At, RecordTexts, behind
from docrel.documents.records import OnSurroundings, Surroundings, cut_off, lines_are_documents, surroundings
from docrel.plan import Plan
from docrel.selectors import Path
from docrel.values import NOTHING, DuplicateKeys, jsontext

_LINE = re.compile(r":\d+\Z")
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
) -> Iterator[InputDocument]:
    """Yield every document of `paths`: JSON files, JSON Lines (also .gz), folders, `-` for standard input.

    `part` says which member single files are, `$` that each is a whole document. `key` is the caller's name for the
    one document there is, or for the standard input that holds records; with `key_from_name` each is called as its
    file, by its path below the folder that was named. The files of `database`, which is open, are not read, by whatever
    name they are found: that would end its locks. `on_read` hears of each file's text, whole or line by line, before
    what is found in it is yielded. With `records`, a path that ends in `[*]`, each element there is a document;
    `on_surroundings` hears of what surrounds them, once a file, behind all of its records. JSON Lines are refused then,
    but for a quarantine.

    Order: that of `paths`; in a folder by name.

    Raises:
        ValueError: `part` is no part of the plan's documents.
    """
    if part is not None and part != WHOLE and part not in {p.member for p in plan.parts}:
        raise ValueError(f"{part!r} is none of the parts {', '.join(p.member for p in plan.parts) or '(none)'}")
    paths = list(paths)
    of_records = key is not None and records is not None and STDIN in map(str, paths)
    called = key if of_records else None
    reading = _Reading(plan, part, duplicate_keys, database, on_read, records, on_surroundings, called)
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
    names: FileNames = field(default_factory=FileNames)

    def all(self, paths: Iterable[str | FilePath]) -> Iterator[InputDocument]:
        for path in paths:
            if str(path) == STDIN and self.records is not None:
                hint = hint_of(self.plan, None)
                hint = hint if self.called is None else replace(hint, name=self.called)
                yield from self.records_of(None, hint, self.records)
            elif str(path) == STDIN:
                yield from self.stream(None, hint_of(self.plan, None))
            elif fault := name_fault(FilePath(path)):
                yield InputDocument(shown_path(path), diagnostics=fault.diagnostics, unread=True)
            elif FilePath(path).is_dir():
                yield from self.folder(FilePath(path))
            else:
                yield from self.file(FilePath(path))

    def folder(self, folder: FilePath) -> Iterator[InputDocument]:
        for entry in walk(folder, self.plan):
            match entry:
                case FilePath():
                    yield from self.file(entry, folder)
                case PartsFolder():
                    yield self.parts_folder(entry)
                case DocumentError():
                    yield InputDocument(_subject(entry), diagnostics=entry.diagnostics, unread=True)

    def file(self, path: FilePath, below: FilePath | None = None) -> Iterator[InputDocument]:
        kind, hint = kind_of(path.name), hint_of(self.plan, path)
        hint = replace(hint, name=self.names.give(path, hint.name, below))
        if self.is_of_database(path):
            yield InputDocument(shown_path(path), diagnostics=(self.of_database(path),), unread=True)
        elif self.records is not None and not (kind == "lines" and is_quarantine(path)):
            yield from self.records_of(path, hint, self.records, kind)
        elif kind == "lines":
            yield from self.lines(guarded(read_lines(path)), path, hint)
        elif kind == "json":
            yield self.whole(path, hint)
        else:
            yield from self.stream(path, hint)

    def is_of_database(self, path: FilePath) -> bool:
        """Whether a file must not be opened, as the database is in it."""
        return self.database is not None and belongs_to(path, self.database)

    def of_database(self, path: FilePath) -> Diagnostic:
        """Return S450: what is written to would be read."""
        message = f"this belongs to the database {self.database}, which is written to: it is not read"
        advice = "keep the database, and links to it, out of the folders that are imported"
        return Diagnostic("S450", message, subject=shown_path(path), help=advice)

    def whole(self, path: FilePath, hint: Hint) -> InputDocument:
        """Read a file as one document."""
        try:
            data = read_bytes(path)
        except DocumentError as error:
            return InputDocument(shown_path(path), diagnostics=error.diagnostics, unread=True)
        self.hear(path, data)
        return self.parsed(data, shown_path(path), hint)

    def stream(self, path: FilePath | None, hint: Hint) -> Iterator[InputDocument]:
        """Read text whose name does not say whether it is one document or one a line."""
        lines = guarded(read_lines(path))
        before: list[Line] = []
        filled: list[Line] = []
        for line in lines:
            if isinstance(line, DocumentError):
                lines = chain((line,), lines)
                break
            before.append(line)
            if line[1].strip():
                filled.append(line)
            if len(filled) == 2:
                break
        if len(filled) == 2 and are_documents(filled[0][1], filled[1][1]):
            yield from self.lines(chain(before, lines), path, hint)
            return
        rest = list(lines)
        fault = next((line for line in rest if isinstance(line, DocumentError)), None)
        if fault is not None:
            yield InputDocument(_shown(path), diagnostics=fault.diagnostics, unread=True)
            return
        data = b"".join(line[1] for line in chain(before, rest) if not isinstance(line, DocumentError))
        self.hear(path, data)
        yield self.parsed(data, _shown(path), hint)

    def lines(
        self, lines: Iterable[Line | DocumentError], path: FilePath | None, hint: Hint
    ) -> Iterator[InputDocument]:
        """Read one document a line; blank lines are none."""
        file = _shown(path)
        for line in lines:
            if isinstance(line, DocumentError):
                yield InputDocument(file, diagnostics=line.diagnostics, unread=True)
            elif not line[1].isspace():
                self.hear(path, line[1])
                yield self.parsed(line[1], file, hint, _Spot(f":{line[0]}", (line[0], 1), b"\r\n"))

    def records_of(
        self, path: FilePath | None, hint: Hint, records: Path, kind: Kind | None = None
    ) -> Iterator[InputDocument]:
        """Read each record of a file as a document."""
        file = self.called if path is None and self.called is not None else _shown(path)
        if kind == "lines":
            yield InputDocument(file, diagnostics=(lines_are_documents(file),), unread=True)
            return
        place = file if path is None else record_place(path, self.database)
        try:
            with self.record_texts(path, records) as texts:
                for number, record in enumerate(texts):
                    found = self.parsed(record.text, file, hint, _Spot(jsontext.json_path(record.place)[1:], record.at))
                    told = found.diagnostics if record.whole else cut_off(found.diagnostics)
                    yield replace(found, diagnostics=told, record=(place, number), unread=not record.whole)
            if texts.whole:
                self.hear_around(replace(surroundings(texts, file, records, self.duplicate_keys), place=place))
        except DocumentError as error:
            yield InputDocument(file, diagnostics=error.diagnostics, unread=True)

    @contextmanager
    def record_texts(self, path: FilePath | None, records: Path) -> Iterator[RecordTexts]:
        """Give the records of a file; where the last of a name counts, what is below an earlier one is no record."""
        if self.duplicate_keys == "refuse":
            yield RecordTexts(read_chunks(path), records)
            return
        with read_again(path) as chunks:
            before = RecordTexts(chunks(), records)
            with suppress(DocumentError):  # the second reading tells it
                for _ in before:
                    pass
            yield RecordTexts(chunks(), records, before.repeated)

    def hear_around(self, found: Surroundings) -> None:
        if self.on_surroundings is not None:
            self.on_surroundings(found)

    def hear(self, path: FilePath | None, data: bytes) -> None:
        if self.on_read is not None and path is not None:
            self.on_read(path, data)

    def parsed(self, data: bytes, file: str, hint: Hint, spot: _Spot | None = None) -> InputDocument:
        """Return the document that the text of a file, a line or a record is."""
        origin, name = file, hint.name
        if spot is not None:
            origin, name = f"{file}{spot.text}", f"{name}{spot.text}"
        try:
            content = self.content(data if spot is None else data.rstrip(spot.ends), file, spot)
            kept = line_in(content, origin)
        except DocumentError as error:
            return InputDocument(origin, diagnostics=error.diagnostics, name=name, broken=((None, data),))
        if kept is not None:
            return self.released(kept, origin)
        document, member, unknown = self.told(content, hint, origin)
        clean = b"\\u" not in data
        return InputDocument(origin, document, unknown, clean=clean, name=name, member=member, told=not unknown)

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

    def parts_folder(self, entry: PartsFolder) -> InputDocument:
        """Read a folder's files as one document."""
        texts: dict[str | None, tuple[str, bytes]] = {}
        faults: list[Diagnostic] = []
        for member, path in entry.files:
            if self.is_of_database(path):
                faults.append(self.of_database(path))
                continue
            try:
                texts[member] = shown_path(path), read_bytes(path)
            except DocumentError as error:
                faults += error.diagnostics
        contents, more, broken = self.contents(texts)
        return InputDocument(
            shown_path(entry.folder),
            {str(member): content for member, content in contents.items()},
            diagnostics=(*faults, *more),
            clean=not any(b"\\u" in data for _, data in texts.values()),
            name=self.names.give(entry.folder, entry.name),
            files=tuple((member, shown_path(path)) for member, path in entry.files),
            broken=broken,
            unread=bool(faults),
        )

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


def _subject(error: DocumentError) -> str:
    return error.diagnostics[0].subject


def _shown(path: FilePath | None) -> str:
    return STDIN if path is None else shown_path(path)
