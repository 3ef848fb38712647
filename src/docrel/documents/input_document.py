"""Input document: a document as it was read, or what is wrong with it, together with where it came from.

In: what `docrel.documents` reads. Out: frozen values for the store, the verifier and the quarantine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from docrel.diagnostics import ArgumentError, Diagnostic, DocumentError
from docrel.documents.refusals import problem_diagnostic
from docrel.engine import Problem
from docrel.plan import Plan
from docrel.values import jsontext


@dataclass(frozen=True, slots=True)
class InputDocument:
    """One document as it was read, readable or not.

    Attributes:
        origin: Where it is: `folder/genesis.json`, `fleet.jsonl:12`, `-:3`.
        document: The parsed document, its parts put together; where it cannot be read, the parts that can.
        diagnostics: Why it cannot be read; empty where it can.
        key: The name that the caller gives it, for documents that do not name themselves.
        key_from_name: The caller did not say the key: it was made from the name of the file, and the line.
        clean: The text has no escapes, so no string of it holds U+0000 or a lone surrogate.
        name: What its file or folder is called.
        member: The one part that it consists of, where it came from that part's file.
        files: The origin of each part, where it is a folder of files.
        broken: The bytes of each part that is not JSON; for a single file its member is `None`.
        told: Whether `document` is the document; else it is the content of a file of which no part is known.
        source: Where it was first found, if it came out of a quarantine file.
        unread: Nothing is at hand of it, or not all: a file or folder has to be mended in its place.
        record: The file that it is a record of, and its number there, from 0.
        file_line: By what name the database knows the file that it is in, and its line; a folder of files has none.
        contested: It was kept out as a different document has its key, and only the caller can say which is to stay.
    """

    origin: str
    document: Any = None
    diagnostics: tuple[Diagnostic, ...] = ()
    key: str | None = None
    key_from_name: bool = False
    clean: bool = False
    name: str = ""
    member: str | None = None
    files: tuple[tuple[str, str], ...] = ()
    broken: tuple[tuple[str | None, bytes], ...] = ()
    told: bool = True
    source: str = ""
    unread: bool = False
    record: tuple[str, int] | None = None
    contested: bool = False
    file_line: tuple[str, int | None] | None = None

    @property
    def readable(self) -> bool:
        """Whether there is a document to use."""
        return not self.diagnostics

    def refusals(self, problems: Sequence[Problem], plan: Plan) -> tuple[Diagnostic, ...]:
        """Return what the constraints of a plan have against the document, at the files that it came from."""
        found = []
        for problem in problems:
            top = str(problem.path[0]) if problem.path else None
            file = dict(self.files).get(top) if top is not None else None
            member = self.member if file is None else top
            found.append(problem_diagnostic(problem, plan, file or self.origin, member))
        return tuple(found)


def several(documents: Iterable[Any]) -> Iterable[Any]:
    """Return the documents that a program hands in; one alone is refused, for what is in it are none.

    Raises:
        ArgumentError: S490, it is one document, or a text.
    """
    if isinstance(documents, str | bytes | bytearray | Mapping):
        kind = type(documents).__name__
        advice = "give a list of documents, `[document]`; what is in files is read by `store.import_files(paths)`"
        raise ArgumentError.one("S490", f"these are no documents, but one {kind}", subject="documents", help=advice)
    return documents


def as_input_document(number: int, given: Any) -> InputDocument:
    """Return what a program hands in as if it were read; bytes are parsed, a value is looked at."""
    origin = f"#{number + 1}"
    if isinstance(given, InputDocument):
        return given
    try:
        if isinstance(given, bytes):
            return InputDocument(origin, jsontext.loads(given, file=origin), clean=b"\\u" not in given)
        return InputDocument(origin, given, clean=jsontext.check_value(given))
    except DocumentError as e:
        return InputDocument(origin, diagnostics=e.diagnostics)
