"""Lines: a text of one document a line, of documents one after another in any layout, or of a single one.

In: a text. Out: its lines; where one is no JSON by itself, the values that begin on it, cut out where each ends.
Memory is that of a line or a value, and of a few megabytes. It finds where values end, and nothing else: whether they
are JSON, `docrel.values.jsontext` has to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BufferedReader
from typing import NamedTuple

from docrel.diagnostics import Diagnostic, DocumentError, Position
from docrel.documents.files import Place, cannot_read, faults
from docrel.documents.record_texts import At, Move, Text, behind
from docrel.values import jsontext

_PLACE = re.compile(r"\b(\d+):(\d+)\Z")
_HELD_BYTES = 4 << 20
"""So much of a text, or of a line, is looked at to see whether several values are in it."""
_GROWN_BYTES = 64 << 20
"""A value of several lines among others ends within so much, or its first line is one cut short."""
_SEPARATOR = b"\x1e"
_MARK = b"\xef\xbb\xbf"
_CONTAINERS = (b"{", b"[")
_BEGINNINGS = frozenset(bytes([byte]) for byte in b'{["-0123456789tfn')
_WITHIN = (b"}", b"]", b",", b":")
_DUE = (b"[", b":", b",")


class Line(NamedTuple):
    """A line with its number, from 1; blank ones may be one, with the last's. `open`: it goes on in the next one."""

    number: int
    text: bytes
    open: bool = False


class Piece(NamedTuple):
    """A value that was cut out, and where it begins; `first`: nothing but space is before it on its line."""

    text: bytes
    at: At
    first: bool


class Lines:
    """The lines of a text; those that are given back come again.

    Raises:
        DocumentError: where the text cannot be read further.
    """

    def __init__(self, text: BufferedReader, place: Place = None) -> None:
        self._text, self._place = text, place
        self._readline = text.readline
        self._number = 0
        self._open = False
        self._back: list[Line] = []
        self._fault: DocumentError | None = None

    def __iter__(self) -> Iterator[Line]:
        return self

    def __next__(self) -> Line:
        if self._back:
            return self._back.pop()
        if self._fault is not None:
            raise self._fault
        try:
            piece = self._readline(_HELD_BYTES)
        except (OSError, ValueError) as error:
            raise cannot_read(self._place, error) from error
        if not piece:
            raise StopIteration
        if self._open or len(piece) >= _HELD_BYTES or piece.isspace():
            return self._odd(piece)
        self._number += 1
        return Line(self._number, piece)

    def _odd(self, piece: bytes) -> Line:
        """Return a line that is long or blank."""
        begins, self._open = not self._open, len(piece) >= _HELD_BYTES and not piece.endswith(b"\n")
        self._number += begins
        if begins and self._open and not are_several(piece):
            piece, self._open = piece + self._rest_of_line(), False
        elif piece.isspace():
            piece += self._blank_lines()
        return Line(self._number, piece, self._open)

    def give_back(self, lines: Sequence[Line]) -> None:
        """Have lines come again, in their order."""
        self._back += reversed(lines)

    def filled(self, count: int) -> tuple[list[bytes], list[Line]]:
        """Take so many lines that are not blank, or fewer up to a long one; return these, and all that were taken."""
        filled: list[bytes] = []
        taken: list[Line] = []
        try:
            while len(filled) < count and (line := next(self, None)) is not None:
                taken.append(line)
                if not line.text.isspace():
                    filled.append(line.text)
                if line.open:
                    break
        except DocumentError as error:
            self._fault = error  # it comes in its place
        return filled, taken

    def whole(self, taken: Sequence[Line]) -> bytes | None:
        """Return a text of which these lines were taken; None where it goes on with more values: they come again."""
        if self._fault is not None:
            raise self._fault
        text = b"".join(line.text for line in taken)
        with faults(self._place):
            text += self._text.read(max(_HELD_BYTES - len(text), 0))
            if len(text) < _HELD_BYTES:
                return text
            if not are_several(text):
                return text + self._text.read()
        self.restart(text)
        return None

    def restart(self, text: bytes) -> None:
        """Have the beginning of the text, of which all that was taken was part, come again."""
        self._number, self._open = text.count(b"\n", 0, -1) + 1, not text.endswith(b"\n")
        self.give_back(_lines_up_to(Line(self._number, b"", self._open), text))

    def values(self, line: Line) -> Iterator[Piece]:
        """Yield the values that begin on a line, the last of which may end on a later one; exhaust it.

        What is no value is yielded up to the end of the line, or, where it is one cut short, up to a line that may
        be the beginning of another.
        """
        feed = _Feed(self, line)
        text, start = Text(feed), behind((line.number, 1))
        before, first = text.gap(), True
        while text.peek() not in {b"", b"\n"}:
            here = start(text.position())
            value, whole = text.value()
            gap = text.gap() if whole else b""
            next_byte = text.peek() if whole else b""
            if not value or not whole or not _may_follow(value, next_byte):
                grows = not whole and value[:1] in _CONTAINERS
                if first and not before.strip():
                    value, here = before + value, (here[0], 1)
                yield Piece(self._block(value + gap + text.left(), feed.last, grows=grows), here, first)
                return
            if first and not feed.crossed and not before.strip() and next_byte in {b"", b"\n"}:
                yield Piece(line.text, (line.number, 1), first)
            else:
                yield Piece(value, here, first)
            feed.grown = 0
            before, first = _next_line(text) if b"\n" in value else (b"", False)
        text.take(1)
        self.give_back(_lines_up_to(feed.last, text.left()))

    def are_cut_short(self, first: bytes) -> bool:
        """Say whether a value that does not end on its line never ends, as documents stand on the lines behind it."""
        filled, taken = self.filled(2)
        self.give_back(taken)
        if not filled or any(line.open for line in taken):
            return False
        return _is_cut_short(first, filled[0]) or (len(filled) == 2 and all(map(_is_json, filled)))

    def _blank_lines(self) -> bytes:
        """Take the blank lines that are at hand, all as one: a text can be little else."""
        with faults(self._place):
            ahead = self._text.peek()
            blank = ahead[: len(ahead) - len(ahead.lstrip(b" \t\r\n"))]
            taken = self._text.read(blank.rfind(b"\n") + 1)
        self._number += taken.count(b"\n")
        return taken

    def _rest_of_line(self) -> bytes:
        with faults(self._place):
            return self._text.readline()

    def _block(self, rest: bytes, last: Line, *, grows: bool) -> bytes:
        """Return what is no value, from its beginning, line by line; what is behind it comes again."""
        self.give_back(_lines_up_to(last, rest))
        block = [next(self)]
        indent, blank = _indent(block[0].text), list[Line]()
        while (line := next(self, None)) is not None:
            if not block[-1].open and (not grows or _begins_anew(line.text, indent)):
                self.give_back([line])
                break
            if line.text.isspace():
                blank.append(line)
            else:
                block += [*blank, line]
                blank = []
        return b"".join(line.text for line in block)


class _Feed:
    """The text of a line, and of those behind it for as long as a value may go on there.

    Attributes:
        last: The last line that was taken.
        grown: How much was taken of further lines for the present value.
        crossed: Whether more than the line was taken.
    """

    def __init__(self, lines: Lines, line: Line) -> None:
        self._lines, self.last = lines, line
        self._state = "new"
        self.grown, self.crossed = 0, False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._state == "new":
            self._state = "going on"
            return self.last.text
        if self._state == "ended" or not self._goes_on():
            self._state = "ended"
            raise StopIteration
        self.last, self.crossed = next(self._lines), True
        self.grown += len(self.last.text)
        return self.last.text

    def _goes_on(self) -> bool:
        if self.last.open:
            return True
        if not self.last.text.endswith(b"\n") or self.grown > _GROWN_BYTES:
            return False
        return self.crossed or not self._lines.are_cut_short(self.last.text)


def are_lines(filled: Sequence[bytes], *, strictly: bool) -> bool:
    """Tell whether a text is one document a line, by its first three lines that are not blank.

    It is where the first is a document by itself; also where it is one cut short, and the second begins as
    one: no JSON text goes on like that, unless the first line ends where a value is due. `strictly`: only where the
    others make it certain.
    """
    if filled and filled[0][:1] == _SEPARATOR:
        return True
    if len(filled) < 2:
        return False
    try:
        jsontext.loads(filled[0].removeprefix(_MARK))
    except jsontext.NotUtf8Error:
        return False
    except jsontext.NotJsonError:
        certain = len(filled) == 3 and all(map(_is_json, filled[1:]))
        return certain or (not strictly and _is_cut_short(filled[0], filled[1]))
    except DocumentError:
        pass
    return not strictly or _may_follow(filled[0].strip(), filled[1].lstrip(_SEPARATOR + b" \t")[:1])


def are_several(text: bytes) -> bool:
    """Tell whether a text that is no JSON, or only the beginning of one, has a value and then another one."""
    pieces = Text([text])
    pieces.space()
    if pieces.peek() == _SEPARATOR:
        return True
    value, whole = pieces.value()
    if not value or not whole:
        return False
    while pieces.gap() or pieces.space():
        pass
    next_byte = pieces.peek()
    return bool(next_byte) and _may_follow(value, next_byte)


def moved(diagnostic: Diagnostic, move: Move) -> Diagnostic:
    """Move a diagnostic about a text that is a part of a file to the place in the file."""
    at = diagnostic.position
    if at is None:
        return diagnostic
    line, column = move((at.line, at.column))
    help_text = _PLACE.sub(lambda found: "{}:{}".format(*move((int(found[1]), int(found[2])))), diagnostic.help)
    excerpt = diagnostic.excerpt if column == at.column else ""
    return replace(diagnostic, position=Position(at.file, line, column), help=help_text, excerpt=excerpt)


def _next_line(text: Text) -> tuple[bytes, bool]:
    """Go on to the line on which the next value begins; return what is before it there, and whether it is another."""
    before, first = b"", False
    while text.peek() == b"\n":
        text.take(1)
        before, first = text.gap(), True
    return before, first


def _may_follow(value: bytes, next_byte: bytes) -> bool:
    """Say whether what begins so behind a value is another one, or nothing is there."""
    if next_byte in {b"", b"\n"}:
        return True
    if value[:1] in _CONTAINERS:
        return next_byte in _CONTAINERS
    return next_byte in _BEGINNINGS and _is_json(value)


def _is_json(text: bytes) -> bool:
    try:
        jsontext.loads(text)
    except (jsontext.NotUtf8Error, jsontext.NotJsonError):
        return False
    except DocumentError:
        pass
    return True


def _is_cut_short(first: bytes, second: bytes) -> bool:
    return first[:1] == b"{" and second[:1] == b"{" and first.rstrip()[-1:] not in _DUE


def _begins_anew(line: bytes, indent: bytes) -> bool:
    """Say whether a line may be the first of another value than one of which the first line has this indent."""
    return len(_indent(line)) <= len(indent) and line.lstrip()[:1] not in _WITHIN


def _indent(line: bytes) -> bytes:
    return line[: len(line) - len(line.lstrip(b" \t"))]


def _lines_up_to(last: Line, text: bytes) -> list[Line]:
    """Return the lines of a text that ends with the last one."""
    texts = [part + b"\n" for part in text.split(b"\n")]
    texts[-1] = texts[-1][:-1]
    if not texts[-1]:
        texts.pop()
    count = len(texts)
    return [Line(last.number - count + n, part, open=last.open and n == count) for n, part in enumerate(texts, 1)]
