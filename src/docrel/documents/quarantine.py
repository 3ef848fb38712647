"""The quarantine: refused documents, kept exactly until someone has mended them.

In: `InputDocument` values and why they were refused. Out: a JSON Lines file, one object for each, that reading
documents takes as input again. Nothing of a document is lost in it: what is no JSON is kept as text, what
is no text as base64.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import tempfile
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self, TypeGuard

from docrel.backends import refuse_database
from docrel.diagnostics import Diagnostic, DocumentError, as_json
from docrel.documents.endings import is_packed, kind_of
from docrel.documents.files import cannot_write, shown_path
from docrel.documents.input_document import InputDocument
from docrel.documents.writer import write_file
from docrel.files import FolderLock, identity
from docrel.values import NOTHING, jsontext

_MARK = "quarantine"
_MARK_VALUE = "docrel"
_CONTENTS = ("document", "file", "text", "base64")


@dataclass(frozen=True, slots=True)
class QuarantineLine:
    """What a line of a quarantine file keeps.

    Attributes:
        origin: Where the document was first found.
        name: What its file or folder was called.
        key: The name that its caller gave it, or that was made from the file's (`key_from_name`).
        content: The document, or the content of a file; NOTHING where there is only text.
        told: Whether `content` is the document, and not a file of which the part was not known.
        texts: What is not JSON, by the member whose file it was; `None`: of the only file.
        record: The file that it is a record of, and its number there.
        contested: A different document had its key, and nobody has said which is to stay.
    """

    origin: str
    name: str
    key: str | None
    key_from_name: bool
    content: Any
    told: bool
    texts: tuple[tuple[str | None, bytes], ...] = ()
    record: tuple[str, int] | None = None
    contested: bool = False


class Quarantine:
    """A quarantine file under way; use it as a context manager.

    Refusals are collected in a file beside it. At the end they are brought in, each once, and what was read of the
    file meanwhile (`read`) is taken out: nothing else that is in it then, whoever put it there. Nothing changes
    where an exception ends the block, and no file is made, or stays, where nothing is kept.

    Raises:
        StoreError: S451, there is a database.
        DocumentError: D343, there is another file, or the name is that of a compressed one.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        refuse_other(self.path)
        self.count = 0
        self._read: set[bytes] = set()
        self._last: tuple[Path, bool] = (self.path, True)
        self._collected: BinaryIO | None = None
        self._partial = self.path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            self.close()
        elif self._collected is not None:
            self._collected.close()
            self._partial.unlink(missing_ok=True)

    def read(self, path: Path, text: bytes) -> None:
        """Hear what was read of a file: where it is this one, it is taken out at the end."""
        if path != self._last[0]:
            own = identity(path)
            self._last = path, own is not None and own == identity(self.path)
        if self._last[1]:
            self._read.update(_digest(line) for line in text.split(b"\n"))

    def add(self, document: InputDocument, diagnostics: Sequence[Diagnostic] = ()) -> bool:
        """Keep a refused document; `diagnostics` say why, if its own do not.

        Returns:
            Whether there was something to keep: what could not be read, in whole or in part, is to be mended
            in its place.

        Raises:
            DocumentError: D331, the quarantine cannot be written.
        """
        if document.unread:
            return False
        line = jsontext.dumps(line_of(document, diagnostics)).encode() + b"\n"
        try:
            if self._collected is None:
                descriptor, name = tempfile.mkstemp(".partial", f".{self.path.name[:200]}.", self.path.parent)
                self._collected, self._partial = os.fdopen(descriptor, "w+b"), Path(name)
            self._collected.write(line)
        except OSError as error:
            raise cannot_write(self.path, error) from error
        self.count += 1
        return True

    def close(self) -> None:
        """Bring what was collected into the quarantine file, and take out what was read of it, safely.

        Raises:
            DocumentError: D331, it cannot be written; what was collected stays in the file beside it.
        """
        collected, self._collected = self._collected, None
        if collected is None and not self._read:
            return
        try:
            with collected or nullcontext():
                self._bring_in(collected)
            if collected is not None:
                self._partial.unlink()
        except OSError as error:
            raise cannot_write(self.path, error) from error

    def _bring_in(self, collected: BinaryIO | None) -> None:
        place = Path(os.path.realpath(self.path))
        with FolderLock(place.parent):
            lines = self._lines(place, collected)
            first = next(lines, None)
            if first is not None:
                write_file(place, chain((first,), lines))
            elif place.is_file():
                place.unlink()

    def _lines(self, place: Path, collected: BinaryIO | None) -> Iterator[bytes]:
        """Yield what the file is to hold: lines that were not read of it, then new ones, each once and ended."""
        known: set[bytes] = set()
        for line in chain(self._unread(place), _from_start(collected)):
            digest = _digest(line)
            if line.strip() and digest not in known:
                known.add(digest)
                yield line.rstrip(b"\n") + b"\n"

    def _unread(self, place: Path) -> Iterator[bytes]:
        if place.is_file():
            with place.open("rb") as file:
                yield from (line for line in file if _digest(line) not in self._read)


def refuse_other(path: Path) -> None:
    """Refuse to keep refused documents in the place of anything but a quarantine.

    Raises:
        StoreError: S451, there is a database.
        DocumentError: D343, there is another file, or the name is that of a compressed one.
    """
    refuse_database(path)
    if is_packed(path.name) or kind_of(path.name) == "archive":
        message = "a quarantine is not compressed, and this is the name of a file that is"
        advice = f"leave out `{path.suffix.lower()}`"
    elif path.is_file() and path.stat().st_size and not is_quarantine(path):
        message, advice = "this file is there and is no quarantine", "name another file; nothing was written"
    else:
        return
    raise DocumentError.one("D343", message, subject=shown_path(path), help=advice)


def line_of(document: InputDocument, diagnostics: Sequence[Diagnostic] = ()) -> dict[str, Any]:
    """Return the object that keeps a refused document."""
    line: dict[str, Any] = {_MARK: _MARK_VALUE, "origin": document.source or document.origin}
    line |= {"name": document.name, "key": document.key}
    if document.key_from_name:
        line["key_from_name"] = True
    if document.record is not None:
        line["record"] = list(document.record)
    if document.contested:
        line["contested"] = True
    line["problems"] = [as_json(d) for d in diagnostics or document.diagnostics]
    single = dict(document.broken).get(None)
    if single is not None:
        return line | _text_of(single)
    if document.broken:
        line["texts"] = {member: _text_of(data) for member, data in document.broken}
    return line | {"document" if document.told else "file": document.document}


def is_quarantine(path: Path) -> bool:
    """Say whether a file is a quarantine: each line of one says so, and its first is looked at."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            first = next((line for line in file if line.strip()), b"")
        content = jsontext.loads(first.removeprefix(BOM_UTF8))
    except (OSError, DocumentError):
        return False
    return _is_marked(content)


def line_in(content: Any, origin: str) -> QuarantineLine | None:
    """Return what a line of a quarantine file keeps; `None` where the content is another document.

    Raises:
        DocumentError: D339, the line is damaged.
    """
    if not _is_marked(content):
        return None
    present = [name for name in _CONTENTS if name in content]
    texts = content.get("texts", {})
    if len(present) != 1 or not isinstance(texts, dict):
        listed = " and ".join(present) or "no document"
        message = f"this line of a quarantine file holds {listed}"
        help_text = f"leave one of {', '.join(_CONTENTS)} in it, or remove the line"
        raise DocumentError.one("D339", message, subject=origin, help=help_text)
    first, name, key = content.get("origin"), content.get("name"), content.get("key")
    pieces: list[tuple[str | None, bytes]] = [(member, _bytes_of(text, origin)) for member, text in texts.items()]
    inner: Any = NOTHING
    if present[0] in {"text", "base64"}:
        pieces = [(None, _bytes_of(content, origin))]
    else:
        inner = content[present[0]]
    return QuarantineLine(
        first if isinstance(first, str) else origin,
        name if isinstance(name, str) else "",
        key if isinstance(key, str) else None,
        content.get("key_from_name") is True,
        inner,
        present[0] == "document",
        tuple(pieces),
        _record_in(content.get("record")),
        content.get("contested") is True or _is_contested(content["problems"]),
    )


def _record_in(said: Any) -> tuple[str, int] | None:
    match said:
        case [str() as file, int() as number]:
            return file, number
        case _:
            return None


_CONTESTED = ("repeated", "said")
"""The rules by which a document does not replace another of its key."""


def _is_contested(problems: Any) -> bool:
    """Say whether a document was refused for another one that the author's key does not let it replace."""
    listed = [problem for problem in problems if isinstance(problem, dict)] if isinstance(problems, list) else []
    for problem in listed:
        facts = problem.get("facts")
        rule = facts.get("rule") if isinstance(facts, dict) else None
        if rule in _CONTESTED:
            return True
    return False


def _is_marked(content: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(content, dict) and content.get(_MARK) == _MARK_VALUE and "problems" in content


def _digest(line: bytes) -> bytes:
    return hashlib.blake2b(line.removeprefix(BOM_UTF8).strip(), digest_size=16).digest()


def _from_start(file: BinaryIO | None) -> Iterator[bytes]:
    if file is not None:
        file.seek(0)
        yield from file


def _text_of(data: bytes) -> dict[str, str]:
    try:
        return {"text": data.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def _bytes_of(holder: Any, origin: str) -> bytes:
    text = holder.get("text") if isinstance(holder, dict) else holder
    coded = holder.get("base64") if isinstance(holder, dict) else None
    try:
        if isinstance(text, str):
            return text.encode("utf-8", "surrogatepass")
        if isinstance(coded, str):
            return base64.b64decode(coded, validate=True)
    except binascii.Error:
        pass
    message = "this line of a quarantine file holds neither text nor base64 where it should"
    raise DocumentError.one("D339", message, subject=origin, help="mend or remove the line")
