"""The quarantine: refused documents, kept exactly until someone has mended them.

In: `Found` values and why they were refused. Out: a JSON Lines file, one object for each, that reading
documents takes as input again. Nothing of a document is lost in it: what is no JSON is kept as text, what
is no text as base64.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from docrel.backends import refuse_database
from docrel.diagnostics import Diagnostic, DocumentError, as_json
from docrel.documents.files import shown_path
from docrel.documents.found import Found
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
    """

    origin: str
    name: str
    key: str | None
    key_from_name: bool
    content: Any
    told: bool
    texts: tuple[tuple[str | None, bytes], ...] = ()


class Quarantine:
    """A quarantine file under way; use it as a context manager.

    Refusals are collected in a file beside it. At the end they are appended, each once; with `replaces`
    (the file was itself an input) they take its place. Nothing changes where an exception ends the block,
    and no file is made where nothing was refused.

    Raises:
        StoreError: S451, there is a database.
    """

    def __init__(self, path: str | Path, *, replaces: bool = False) -> None:
        refuse_database(path)
        self.path, self.replaces = Path(path), replaces
        self.count = 0
        self._partial = self.path.with_name(f".{self.path.name[:200]}.{os.getpid()}.partial")
        self._stream: BinaryIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            self.close()
        elif self._stream is not None:
            self._stream.close()
            self._partial.unlink(missing_ok=True)

    def add(self, found: Found, diagnostics: Sequence[Diagnostic] = ()) -> bool:
        """Keep a refused document; `diagnostics` say why, if its own do not.

        Returns:
            Whether there was something to keep: what could not be read, in whole or in part, is to be mended
            in its place.

        Raises:
            DocumentError: D331, the quarantine cannot be written.
        """
        if found.unread:
            return False
        line = jsontext.dumps(line_of(found, diagnostics)).encode() + b"\n"
        try:
            if self._stream is None:
                self._stream = self._partial.open("wb")
            self._stream.write(line)
        except OSError as error:
            raise cannot_write(self.path, error) from error
        self.count += 1
        return True

    def close(self) -> None:
        """Bring what was collected into the quarantine file, safely.

        Raises:
            DocumentError: D331, it cannot be written; what was collected stays in the file beside it.
        """
        stream, self._stream = self._stream, None
        try:
            if stream is not None:
                with stream:
                    stream.flush()
                    os.fsync(stream.fileno())
            if self.replaces:
                self._replace(empty=stream is None)
            elif stream is not None:
                self._append()
        except OSError as error:
            raise cannot_write(self.path, error) from error

    def _replace(self, *, empty: bool) -> None:
        if empty:
            self.path.unlink(missing_ok=True)
        else:
            self._partial.replace(self.path)

    def _append(self) -> None:
        """Add the lines that the file does not have yet; a line that was cut short before is ended first."""
        known: set[bytes] = set()
        last = b"\n"
        if self.path.exists():
            with self.path.open("rb") as old:
                for last in old:
                    known.add(hashlib.blake2b(last.strip(), digest_size=16).digest())
        with self._partial.open("rb") as new, self.path.open("ab") as target:
            if not last.endswith(b"\n"):
                target.write(b"\n")
            for line in new:
                digest = hashlib.blake2b(line.strip(), digest_size=16).digest()
                if digest not in known:
                    known.add(digest)
                    target.write(line)
            target.flush()
            os.fsync(target.fileno())
        self._partial.unlink()


def line_of(found: Found, diagnostics: Sequence[Diagnostic] = ()) -> dict[str, Any]:
    """Return the object that keeps a refused document."""
    line: dict[str, Any] = {_MARK: _MARK_VALUE, "origin": found.source or found.origin, "name": found.name}
    line["key"] = found.key
    if found.key_from_name:
        line["key_from_name"] = True
    line["problems"] = [as_json(d) for d in diagnostics or found.diagnostics]
    single = dict(found.broken).get(None)
    if single is not None:
        return line | _text_of(single)
    if found.broken:
        line["texts"] = {member: _text_of(data) for member, data in found.broken}
    return line | {"document" if found.told else "file": found.document}


def is_quarantine(path: Path) -> bool:
    """Say whether a file is a quarantine: each line of one says so."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            first = next((line for line in file if line.strip()), b"")
        content = jsontext.loads(first)
    except (OSError, DocumentError):
        return False
    return isinstance(content, dict) and content.get(_MARK) == _MARK_VALUE


def line_in(content: Any, origin: str) -> QuarantineLine | None:
    """Return what a line of a quarantine file keeps; `None` where the content is another document.

    Raises:
        DocumentError: D339, the line is damaged.
    """
    if not isinstance(content, dict) or content.get(_MARK) != _MARK_VALUE or "problems" not in content:
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
    )


def cannot_write(path: Path, error: OSError) -> DocumentError:
    """Return the refusal of a file that the system does not let us write."""
    message = f"cannot be written: {error.strerror or error}"
    help_text = "choose another place, or make room and mend the permissions"
    return DocumentError.one("D331", message, subject=shown_path(path), help=help_text)


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
