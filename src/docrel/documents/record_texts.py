"""Record texts: a JSON text whose records are cut out of it one by one, in constant memory.

In: the bytes of a text, piece by piece, and the path of its records. Out: the text of each record with its place and
where it stands, and in the end what surrounds them. It finds where values end, and nothing else: whether a record is
JSON, and what surrounds them, `docrel.values.jsontext` has to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from typing import assert_never

from docrel.diagnostics import DocumentError
from docrel.selectors import Elements, Index, Members, Name, Path
from docrel.values import jsontext

At = tuple[int, int]
"""A line and a column, both from 1, the column in characters."""
Move = Callable[[At], At]
"""Turns a place in a text that was cut out into the place in its file."""

_BODY = rb'(?:[^"\\\x00-\x1f]++|\\[^\x00-\x1f])*+'
_PLAIN = re.compile(rb'(?:[^"\[\]{}]++|"' + _BODY + rb'")*+')
_SCALAR = re.compile(rb'"' + _BODY + rb'"|[^\s\[\]{},:"]++')
_BROKEN_STRING = re.compile(rb'"' + _BODY + rb"\\?[\x00-\x1f]")
_SPACE = re.compile(rb"[ \t\r\n]*+")
_GAP = re.compile(rb"(?:[ \t\r\x1e]|\xef\xbb\xbf)*+")
_MARK_BEGINS = (b"\xef", b"\xef\xbb")
_CLOSING = {b"[": b"]", b"{": b"}"}
_NOT_ASCII = bytes(range(0x80, 0x100))
_SHOWN_BYTES = 4096


@dataclass(frozen=True, slots=True)
class RecordText:
    """The text of one record.

    Attributes:
        place: The names and indexes that lead to it.
        at: Where it begins in the file.
        whole: Whether its end was found; else nothing behind it can be read.
    """

    place: tuple[str | int, ...]
    text: bytes
    at: At
    whole: bool


class _FaultError(Exception):
    """Ends the reading where no JSON text goes on; never leaves this module."""


class _BrokenOffError(Exception):
    """Ends the reading behind a record without an end; never leaves this module."""


class RecordTexts:
    """The records at `path`, which ends in `[*]`, of the text that `chunks` are; iterate once, then ask `around`.

    `passed` are places of values that hold no records: those that come again, as `repeated` of an earlier reading.

    Attributes:
        repeated: Where the values begin whose names come again in their objects.
        pieces: What surrounds the records: each text with how many records stand behind it.
        whole: Whether every record had an end.
        ended: Whether the end of the text was reached.
    """

    def __init__(self, chunks: Iterable[bytes], path: Path, passed: Container[At] = ()) -> None:
        self.repeated: set[At] = set()
        self.pieces: list[tuple[bytes, int]] = []
        self.whole = self.ended = True
        self._text, self._path, self._passed = Text(chunks), path, passed
        self._piece: list[bytes] = []
        self._starts: list[At] = [(1, 1)]  # where in the file each piece begins

    @property
    def around(self) -> bytes:
        """What surrounds the records; it is the JSON text without them, or has the fault that ended the reading."""
        return b"".join(text for text, _ in self.pieces)

    def moved(self, at: At) -> At:
        """Return where in the file a place in `around` is."""
        here, found = (1, 1), at
        for (text, _), start in zip(self.pieces, self._starts, strict=True):
            if here <= at:
                found = behind(start)((at[0] - here[0] + 1, at[1] - here[1] + 1 if at[0] == here[0] else at[1]))
            here = advanced(here, text)
        return found

    def __iter__(self) -> Iterator[RecordText]:
        try:
            self._space()
            yield from self._value((), 0)
            self._space()
            if self._text.peek():
                raise _FaultError
        except _FaultError:
            self.ended = False
            self._piece.append(self._text.rest(_SHOWN_BYTES))
        except _BrokenOffError:
            self.whole = self.ended = False
        self.pieces.append((b"".join(self._piece), 0))

    def _value(self, place: tuple[str | int, ...], depth: int) -> Iterator[RecordText]:
        """Go through the value that begins here, and is at the first `depth` steps of the path."""
        step, char = self._path[depth], self._text.peek()
        if char == b"[" and isinstance(step, Elements | Index):
            last = depth == len(self._path) - 1
            yield from self._records(place) if last else self._array(place, depth)
        elif char == b"{" and isinstance(step, Name | Members):
            yield from self._object(place, depth)
        else:
            self._pass_over()

    def _object(self, place: tuple[str | int, ...], depth: int) -> Iterator[RecordText]:
        more, before = self._opens(b"}"), dict[str, At]()
        while more:
            name = self._name()
            if _leads(self._path[depth], name) and not self._is_passed(name, before):
                yield from self._value((*place, name), depth + 1)
            else:
                self._pass_over()
            more = self._goes_on(b"}")

    def _is_passed(self, name: str, before: dict[str, At]) -> bool:
        """Take note of where the value of a name begins; say whether it is to be passed over."""
        at = self._text.position()
        if name in before:
            self.repeated.add(before[name])
        before[name] = at
        return at in self._passed

    def _array(self, place: tuple[str | int, ...], depth: int) -> Iterator[RecordText]:
        more, index = self._opens(b"]"), 0
        while more:
            if _leads(self._path[depth], index):
                yield from self._value((*place, index), depth + 1)
            else:
                self._pass_over()
            more, index = self._goes_on(b"]"), index + 1

    def _records(self, place: tuple[str | int, ...]) -> Iterator[RecordText]:
        """Go through the array whose elements are the records; its inside is none of what surrounds them."""
        text, count = self._text, 0
        self._keep(text.take(1))
        text.space()
        if text.peek() != b"]":
            while True:
                at = text.position()
                found, whole = text.value()
                if not found:
                    raise self._fault(b"0, " if count else b"")
                yield RecordText((*place, count), found, at, whole)
                if not whole:
                    raise _BrokenOffError
                count += 1
                text.space()
                if text.peek() != b",":
                    break
                text.take(1)
                text.space()
        if text.peek() != b"]":
            raise self._fault(b"0 ")
        self._cut(count)
        self._keep(text.take(1))

    def _fault(self, stand_in: bytes) -> _FaultError:
        """Leave so much in the place of records that a reader sees what is wrong behind them."""
        self._keep(stand_in)
        self._cut(0)
        return _FaultError()

    def _cut(self, count: int) -> None:
        self.pieces.append((b"".join(self._piece), count))
        self._piece = []
        self._starts.append(self._text.position())

    def _opens(self, closing: bytes) -> bool:
        """Take an opening bracket; say whether anything is behind it."""
        self._keep(self._text.take(1))
        self._space()
        return self._text.peek() != closing or self._closes()

    def _goes_on(self, closing: bytes) -> bool:
        """Take what stands behind a member or an element; say whether another one comes."""
        self._space()
        char = self._text.peek()
        if char == closing:
            return self._closes()
        if char != b",":
            raise _FaultError
        self._keep(self._text.take(1))
        self._space()
        return True

    def _closes(self) -> bool:
        self._keep(self._text.take(1))
        return False

    def _name(self) -> str:
        """Take the name of a member, and the colon behind it."""
        text = self._text.value()[0] if self._text.peek() == b'"' else b""
        self._keep(text)
        self._space()
        if not text or self._text.peek() != b":":
            raise _FaultError
        self._keep(self._text.take(1))
        self._space()
        try:
            return str(jsontext.loads(text))
        except DocumentError as error:
            raise _FaultError from error

    def _pass_over(self) -> None:
        """Take a value that holds no records."""
        text, whole = self._text.value()
        self._keep(text)
        if not text or not whole:
            raise _FaultError

    def _space(self) -> None:
        self._keep(self._text.space())

    def _keep(self, text: bytes) -> None:
        self._piece.append(text)


class Text:
    """A text that is read as far as it is needed; `take` what was looked at."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._buffer = b""
        self._at = 0
        self._told, self._place = 0, (1, 1)

    def peek(self) -> bytes:
        """Return the next byte, none at the end."""
        while self._at == len(self._buffer) and self._more():
            pass
        return self._buffer[self._at : self._at + 1]

    def take(self, length: int) -> bytes:
        """Return so many bytes of those that were read, and go behind them."""
        start, self._at = self._at, self._at + length
        return self._buffer[start : self._at]

    def rest(self, limit: int) -> bytes:
        """Return what follows, at most so much of it, and no character cut in two."""
        while len(self._buffer) - self._at < limit and self._more():
            pass
        text = self._buffer[self._at : self._at + limit]
        return text if self._at + limit >= len(self._buffer) else text.rstrip(_NOT_ASCII)

    def space(self) -> bytes:
        """Take white space."""
        return self.take(self._end(_SPACE, self._at) - self._at)

    def gap(self) -> bytes:
        """Take what may stand between two values on a line: white space, RFC 7464's separator, a byte order mark."""
        taken = self.take(self._end(_GAP, self._at) - self._at)
        while len(self._buffer) - self._at < 3 and self._buffer[self._at :] in _MARK_BEGINS and self._more():
            taken += self.take(self._end(_GAP, self._at) - self._at)
        return taken

    def left(self) -> bytes:
        """Take all that was read and not taken."""
        return self.take(len(self._buffer) - self._at)

    def position(self) -> At:
        """Return where in the text the next byte stands."""
        self._place = advanced(self._place, self._buffer[self._told : self._at])
        self._told = self._at
        return self._place

    def value(self) -> tuple[bytes, bool]:
        """Take the value that begins here; nothing where none does. False: it has no end."""
        if self.peek() not in _CLOSING:
            end = self._end(_SCALAR, self._at)
            whole = end > self._at or self._buffer[end : end + 1] != b'"'
            return self.take((end if whole else self._fault(end)) - self._at), whole
        expected: list[bytes] = []
        here = self._at
        while True:
            here = self._end(_PLAIN, here)
            char = self._buffer[here : here + 1]
            if char in _CLOSING:
                expected.append(_CLOSING[char])
            elif char in {b"", b'"'} or expected.pop() != char:
                return self.take(self._fault(here) - self._at), False
            here += 1
            if not expected:
                return self.take(here - self._at), True

    def _end(self, pattern: re.Pattern[bytes], start: int) -> int:
        """Return where the match ends that begins at `start`, all that it takes read."""
        while True:
            found = pattern.match(self._buffer, start)
            end = start if found is None else found.end()
            if end < len(self._buffer) and not self._is_open(pattern, start, end):
                return end
            start = (end if pattern is _PLAIN else start) - self._at
            if not self._more():
                return end
            start += self._at

    def _is_open(self, pattern: re.Pattern[bytes], start: int, end: int) -> bool:
        """Say whether a string begins where a match ended, and may end in what is not read yet."""
        due = pattern is _PLAIN or (pattern is _SCALAR and end == start)
        return due and self._buffer.startswith(b'"', end) and not _BROKEN_STRING.match(self._buffer, end)

    def _fault(self, at: int) -> int:
        """Return what is to be taken such that the fault, which is at `at` or in the string there, is seen."""
        string = _BROKEN_STRING.match(self._buffer, at)
        if string is not None:
            return string.end()
        return len(self._buffer) if self._buffer.startswith(b'"', at) else min(at + 1, len(self._buffer))

    def _more(self) -> bool:
        """Read on: at least as much again as is held, so that long values are not gone through time and again."""
        rest, found = self._buffer[self._at :], list[bytes]()
        wanted = max(len(rest), 1)
        for chunk in self._chunks:
            found.append(chunk)
            wanted -= len(chunk)
            if wanted <= 0:
                break
        if any(found):
            self.position()
            self._buffer, self._at, self._told = b"".join((rest, *found)), 0, 0
        return any(found)


def advanced(at: At, text: bytes) -> At:
    """Return where one is behind a text that begins at a place."""
    breaks = text.count(b"\n") + text.count(b"\r") - text.count(b"\r\n")
    line, column = at
    if breaks:
        line, column = line + breaks, 1
        text = text[max(text.rfind(b"\n"), text.rfind(b"\r")) + 1 :]
    return line, column + len(text.decode(errors="replace"))


def behind(start: At) -> Move:
    """Return what moves a place in a text that begins at `start` into the file."""
    return lambda at: (at[0] + start[0] - 1, at[1] + start[1] - 1 if at[0] == 1 else at[1])


def _leads(step: Name | Index | Elements | Members, taken: str | int) -> bool:
    match step:
        case Elements() | Members():
            return True
        case Name(name):
            return name == taken
        case Index(index):
            return index == taken
    assert_never(step)
