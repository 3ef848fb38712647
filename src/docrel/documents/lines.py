"""JSON Lines: one document a line, told apart from a text that is one document.

In: numbered lines. Out: what they are; never reads a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from docrel.diagnostics import Diagnostic, DocumentError, Position
from docrel.documents.record_texts import Move
from docrel.values import jsontext

Line = tuple[int, bytes]

_PLACE = re.compile(r"\b(\d+):(\d+)\Z")


def guarded(lines: Iterable[Line]) -> Iterator[Line | DocumentError]:
    """Yield lines, and last the fault that ended them early, if one did."""
    try:
        yield from lines
    except DocumentError as error:
        yield error


def are_documents(first: bytes, second: bytes) -> bool:
    """Tell whether a text is one document a line, by its first two lines that are not blank.

    It is where the first is a document by itself; also where it is one cut short, and the second begins as
    one: no JSON text goes on like that, unless the first line ends where a value is due.
    """
    try:
        jsontext.loads(first)
    except jsontext.NotUtf8Error:
        return False
    except jsontext.NotJsonError:
        due = first.rstrip()[-1:] in {b"[", b":", b","}
        return first[:1] == b"{" and second[:1] == b"{" and not due
    except DocumentError:
        return True
    return True


def moved(diagnostic: Diagnostic, move: Move) -> Diagnostic:
    """Move a diagnostic about a text that is a part of a file to the place in the file."""
    at = diagnostic.position
    if at is None:
        return diagnostic
    line, column = move((at.line, at.column))
    help_text = _PLACE.sub(lambda found: "{}:{}".format(*move((int(found[1]), int(found[2])))), diagnostic.help)
    excerpt = diagnostic.excerpt if column == at.column else ""
    return replace(diagnostic, position=Position(at.file, line, column), help=help_text, excerpt=excerpt)
