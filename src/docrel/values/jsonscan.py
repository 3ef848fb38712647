"""The exact JSON reader that knows positions: linear, without recursion, in Python alone.

In: bytes. Out: the JSON value they denote (RFC 8259), or a `DocumentError` whose position is a line and a
column, both from 1. Never guesses: the first fault ends the reading. It is the reference for the faster
readers, and what they hand over to.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from docrel.diagnostics import Diagnostic, DocumentError, Position, shortened
from docrel.values.jsonnumber import NumberRefusedError, integer, real
from docrel.values.jsonvalue import JSON, MAX_DEPTH, string_text

DuplicateKeys: TypeAlias = Literal["refuse", "last"]

_SPACE = re.compile(r"[ \t\r\n]*")
_WORD = re.compile(r"[-+.\w]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_HEX = re.compile(r"[0-9a-fA-F]{4}")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LITERALS: dict[str, JSON] = {"null": None, "true": True, "false": False}
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_NOT_FINITE = {"nan", "inf", "infinity"}
_WRONG_WORDS = {"none": "null", "nil": "null", "undefined": "null", "null": "null", "true": "true", "false": "false"}
_EXCERPT_WIDTH = 160


class NotJsonError(DocumentError):
    """D301: the text breaks JSON's grammar."""


class NotUtf8Error(DocumentError):
    """D305: the text is not UTF-8."""


_KINDS: dict[str, type[DocumentError]] = {"D301": NotJsonError, "D305": NotUtf8Error}


def scan(data: bytes, *, file: str = "<json>", duplicate_keys: DuplicateKeys = "refuse") -> JSON:
    """Return the JSON value that `data` denotes, exactly; see `docrel.values.jsontext.loads`.

    Raises:
        DocumentError: D301 to D305, with the position of the first fault.

    Source: RFC 8259.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
        at = len(data[: error.start].decode())
        raise _Scanner(data.decode(errors="replace"), file, duplicate_keys).refusal(
            "D305",
            at,
            f"the byte 0x{data[error.start]:02x} is not UTF-8",
            help_text=f"save the file as UTF-8{', not UTF-16' if utf16 else ''}",
        ) from error
    return _Scanner(text, file, duplicate_keys).document()


class _Scanner:
    """One reading of one text; every method that reads takes an offset and gives back the one behind."""

    __slots__ = ("duplicate_keys", "file", "text")

    def __init__(self, text: str, file: str, duplicate_keys: DuplicateKeys) -> None:
        self.text = text
        self.file = file
        self.duplicate_keys = duplicate_keys

    def document(self) -> JSON:
        """Read the whole text as one value."""
        if self.text.startswith("\ufeff"):
            raise self.refusal("D301", 0, "a byte order mark stands before the JSON", "save the file without it")
        open_containers: list[tuple[list[JSON] | dict[str, JSON], str, int]] = []  # each, its key now, its offset
        at = self.skip(0)
        while True:
            if self.text[at : at + 1] in {"[", "{"}:
                if len(open_containers) == MAX_DEPTH:
                    raise self.refusal("D304", at, f"arrays and objects are nested more than {MAX_DEPTH} deep")
                container: list[JSON] | dict[str, JSON] = [] if self.text[at] == "[" else {}
                inner = self.skip(at + 1)
                if self.text[inner : inner + 1] != _closing(container):
                    open_at = at
                    key, at = self.next_key(container, inner)
                    open_containers.append((container, key, open_at))
                    continue
                value: JSON = container
                at = inner + 1
            else:
                value, at = self.scalar(at)
            while True:  # a value is complete: put it where it belongs, and close what ends with it
                at = self.skip(at)
                if not open_containers:
                    self.expect_end(at)
                    return value
                container, key, open_at = open_containers[-1]
                if isinstance(container, list):
                    container.append(value)
                else:
                    container[key] = value
                char = self.text[at : at + 1]
                if char == ",":
                    key, at = self.next_key(container, self.skip(at + 1))
                    open_containers[-1] = (container, key, open_at)
                    break
                if char != _closing(container):
                    raise self.not_closed(container, at, open_at)
                value = open_containers.pop()[0]
                at += 1

    def skip(self, at: int) -> int:
        """Return the offset behind white space."""
        found = _SPACE.match(self.text, at)
        return found.end() if found else at

    def next_key(self, container: list[JSON] | dict[str, JSON], at: int) -> tuple[str, int]:
        """Read the key and the colon of an object's next member; for an array there is nothing to read."""
        if isinstance(container, list):
            return "", at
        if self.text[at : at + 1] != '"':
            stands = self.shown(at)
            help_text = "remove the comma before it" if stands == '"}"' and container else "put names in double quotes"
            help_text = self.too_early(at) or help_text
            raise self.refusal("D301", at, f"{stands} stands where an object's next name is expected", help_text)
        key, behind = self.string(at)
        if key in container and self.duplicate_keys == "refuse":
            raise self.refusal(
                "D302",
                at,
                f"the key {shortened(string_text(key))} stands twice in one object",
                "keep one of the two, or ask for the last with --duplicate-keys=last",
            )
        behind = self.skip(behind)
        if self.text[behind : behind + 1] != ":":
            message = f"{self.shown(behind)} stands where a colon is expected"
            raise self.refusal("D301", behind, message, self.too_early(behind))
        return key, self.skip(behind + 1)

    def scalar(self, at: int) -> tuple[JSON, int]:
        """Read a string, a number, `true`, `false` or `null`."""
        if self.text[at : at + 1] == '"':
            return self.string(at)
        found = _WORD.match(self.text, at)
        word = found.group() if found else ""
        if word in _LITERALS:
            return _LITERALS[word], at + len(word)
        number = _NUMBER.fullmatch(word)
        if number is None:
            raise self.no_value(at, word)
        try:
            value = real(word) if number.group(1) or number.group(2) else integer(word)
        except NumberRefusedError as refused:
            raise self.refusal("D303", at, f"the number {shortened(word)} {refused}") from refused
        return value, at + len(word)

    def string(self, at: int) -> tuple[str, int]:
        """Read a string from its opening quote; lone surrogate escapes stay as they are."""
        pieces: list[str] = []
        here = at + 1
        while True:
            found = _PLAIN.match(self.text, here)
            end = found.end() if found else here
            pieces.append(self.text[here:end])
            char = self.text[end : end + 1]
            if char == '"':
                return "".join(pieces), end + 1
            if char == "":
                raise self.refusal("D301", at, "the string that begins here is not closed")
            if char != "\\":
                escape = string_text(char)[1:-1]
                message = f"the control character U+{ord(char):04X} stands inside a string"
                raise self.refusal("D301", end, message, f"write it as {escape}")
            piece, here = self.escape(end)
            pieces.append(piece)

    def escape(self, at: int) -> tuple[str, int]:
        """Read an escape from its backslash, both halves of a surrogate pair as one."""
        char = self.text[at + 1 : at + 2]
        if char in _ESCAPES:
            return _ESCAPES[char], at + 2
        unit = self.code_unit(at)
        if unit is None:
            shown = shortened(ascii(self.text[at : at + (6 if char == "u" else 2)])[1:-1].replace("\\\\", "\\"))
            raise self.refusal("D301", at, f"{shown} is not an escape", r"a backslash itself is written \\")
        low = self.code_unit(at + 6) if 0xD800 <= unit <= 0xDBFF else None
        if low is not None and 0xDC00 <= low <= 0xDFFF:
            return chr(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)), at + 12
        return chr(unit), at + 6

    def code_unit(self, at: int) -> int | None:
        r"""Return the value of the `\uXXXX` that begins at an offset, if one does."""
        digits = _HEX.match(self.text, at + 2) if self.text.startswith("\\u", at) else None
        return int(digits.group(), 16) if digits else None

    def expect_end(self, at: int) -> None:
        """Refuse text behind the document."""
        if at < len(self.text):
            raise self.refusal("D301", at, f"{self.shown(at)} stands behind the end of the document")

    def not_closed(self, container: list[JSON] | dict[str, JSON], at: int, open_at: int) -> DocumentError:
        """Return the refusal of what follows a member and is neither a comma nor the closing bracket."""
        noun = "array" if isinstance(container, list) else "object"
        line, column = self.place(open_at)
        message = f'{self.shown(at)} stands where a comma or "{_closing(container)}" is expected'
        return self.refusal("D301", at, message, f"the {noun} was opened at {line}:{column}")

    def no_value(self, at: int, word: str) -> DocumentError:
        """Return the refusal of what is not a value."""
        bare = word.lstrip("+-").lower()
        if bare in _NOT_FINITE:
            return self.refusal("D303", at, f"{word} is not a number that JSON can hold")
        if word[:1].isdecimal() or word[:1] in {"-", "+", "."}:
            return self.refusal("D301", at, f"{shortened(ascii(word)[1:-1])} is not spelled as a JSON number")
        help_text = {"'": "put strings in double quotes", "/": "JSON has no comments"}.get(self.text[at : at + 1], "")
        if self.text[at : at + 1] == "]" and self.text[:at].rstrip().endswith(","):
            help_text = "remove the comma before it"
        if bare in _WRONG_WORDS:
            help_text = f"write {_WRONG_WORDS[bare]}"
        help_text = self.too_early(at) or help_text
        return self.refusal("D301", at, f"{self.shown(at)} stands where a value is expected", help_text)

    def too_early(self, at: int) -> str:
        """Return what to do where the text ends within a value, nothing anywhere else."""
        return "the text ends too early: get all of it" if at >= len(self.text) else ""

    def shown(self, at: int) -> str:
        """Return the word or character at an offset, as a message shows it."""
        if at >= len(self.text):
            return "the end of the text"
        found = _WORD.match(self.text, at)
        word = (found.group() if found else "") or self.text[at]
        return shortened(f'"{word}"' if word.isascii() and word.isprintable() else ascii(word))

    def place(self, at: int) -> tuple[int, int]:
        """Return line and column, both from 1, the column in characters."""
        line, start = 1, 0
        for found in _LINE_BREAK.finditer(self.text, 0, at):
            line, start = line + 1, found.end()
        return line, at - start + 1

    def refusal(self, code: str, at: int, message: str, help_text: str = "") -> DocumentError:
        """Return the error for a fault at an offset, with its line where that is short enough."""
        line, column = self.place(at)
        excerpt = ""
        if column <= _EXCERPT_WIDTH:
            start = at - column + 1
            excerpt = _LINE_BREAK.split(self.text[start : start + _EXCERPT_WIDTH], maxsplit=1)[0]
        diagnostic = Diagnostic(
            code=code,
            message=message,
            position=Position(self.file, line, column),
            help=help_text,
            excerpt=_UNPRINTABLE.sub("\ufffd", excerpt),
        )
        return _KINDS.get(code, DocumentError)(diagnostics=[diagnostic])


def _closing(container: list[JSON] | dict[str, JSON]) -> str:
    return "]" if isinstance(container, list) else "}"
