"""SQL text: just enough of a tokenizer to compare statements and to find the conditions of a CREATE TABLE.

In: SQL that a database has accepted or that we generated. Out: tokens, a normal form in which layout,
comments, letter case of words and needless quotes do not count, and the CHECK conditions of a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

_TOKEN = re.compile(
    r"""(?P<blank>\s+|--[^\n]*|/\*.*?(?:\*/|\Z))
      |(?P<string>[xX]?'(?:[^']|'')*')
      |(?P<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])
      |(?P<word>[^\W\d][\w$]*)
      |(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
      |(?P<sign>\|\||->>|->|<<|>>|<=|>=|<>|!=|==|::|.)""",
    re.VERBOSE | re.DOTALL,
)
_SIMPLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


class Token(NamedTuple):
    """One token; a `name` is an identifier that stood in quotes, its text without them."""

    kind: Literal["string", "name", "word", "number", "sign"]
    text: str

    @property
    def normal(self) -> str:
        """The token's spelling in the normal form."""
        if self.kind == "string":
            return self.text
        if self.kind == "name" and not _SIMPLE.match(self.text):
            return '"' + self.text.replace('"', '""') + '"'
        return self.text.lower()


def placed_tokens(sql: str) -> Iterator[tuple[int, Token]]:
    """Yield the tokens of the text with where each begins, without blanks and comments."""
    for match in _TOKEN.finditer(sql):
        text = match.group()
        match match.lastgroup:
            case "name":
                yield match.start(), Token("name", text[1:-1].replace(text[0] * 2, text[0]))
            case "string" | "word" | "number" | "sign" as kind:
                yield match.start(), Token(kind, text)


def tokens(sql: str) -> list[Token]:
    """Return the tokens of the text, without blanks and comments."""
    return [token for _, token in placed_tokens(sql)]


def normal(sql: str) -> str:
    """Return the text in normal form: what two spellings of one statement have in common."""
    words = [token.normal for token in tokens(sql)]
    while words and words[-1] == ";":
        words.pop()
    for start in (2, 3):
        if words[start : start + 3] == ["if", "not", "exists"]:
            del words[start : start + 3]
    return " ".join(words)


_normal = lru_cache(1000)(normal)


@dataclass(frozen=True, slots=True, eq=False)
class Sql:
    """SQL text; equal to other text with the same normal form, which is mostly its own. Make it with `Sql.of`."""

    text: str
    known_normal: str | None = None

    @classmethod
    def of(cls, text: str) -> Sql:
        """Return the text with its own normal form."""
        return cls(text)

    @property
    def normal(self) -> str:
        """The normal form; it is made only where somebody compares."""
        return _normal(self.text) if self.known_normal is None else self.known_normal

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sql) and self.normal == other.normal

    def __hash__(self) -> int:
        return hash(self.normal)


def is_one_piece(sql: str) -> bool:
    """Say whether the text can stand inside a statement: all brackets, quotes and comments closed, no `;`."""
    depth, found = 0, tokens(sql)
    for token in found:
        depth += (token == ("sign", "(")) - (token == ("sign", ")"))
        if depth < 0 or (token.kind == "sign" and token.text in {";", "'", '"', "`", "\0"}):
            return False
    last = [m.group() for m in _TOKEN.finditer(sql)][-1:]
    opened = any(text.startswith("/*") and not (text.endswith("*/") and len(text) > 3) for text in last)
    return bool(found) and depth == 0 and not opened


def statement_end(sql: str) -> int | None:
    """Return where the first statement of the text ends, with its semicolon; None where it does not.

    That of a CREATE TRIGGER is the one behind the END of its body.
    """
    words: list[str] = []
    for match in _TOKEN.finditer(sql):
        if match.lastgroup == "blank":
            continue
        words.append(match.group().lower())
        if words[-1] in {"'", '"', "`", "["}:  # never closed
            return None
        if words[-1] == ";" and (words[:2] != ["create", "trigger"] or words[-3:-1] == [";", "end"]):
            return match.end()
    return None


def target(sql: str) -> str:
    """Return the table that a CREATE INDEX or CREATE TRIGGER is on, as it is spelt there."""
    found = tokens(sql)
    for token, after in pairwise(found):
        if token == ("word", token.text) and token.normal == "on":
            return after.text
    return ""


@dataclass(frozen=True, slots=True)
class TableText:
    """What only the text of a CREATE TABLE tells: its conditions with their names, its options."""

    checks: tuple[tuple[str | None, Sql], ...]
    autoincrement: bool
    options: tuple[str, ...]


def table_text(sql: str) -> TableText:
    """Read the text of a CREATE TABLE as SQLite keeps it."""
    found = tokens(sql)
    opening = next((i for i, token in enumerate(found) if token == ("sign", "(")), len(found))
    closing = _closing(found, opening)
    body = found[opening + 1 : closing]
    rest = tuple(token.normal for token in found[closing + 1 :] if token.text not in {",", ";"})
    given = any(token.kind == "word" and token.normal == "autoincrement" for token in body)
    return TableText(tuple(_checks(body)), given, rest)


def _closing(found: Sequence[Token], opening: int) -> int:
    depth = 0
    for i in range(opening, len(found)):
        depth += (found[i] == ("sign", "(")) - (found[i] == ("sign", ")"))
        if depth == 0:
            return i
    return len(found)


def _checks(body: Sequence[Token]) -> Iterator[tuple[str | None, Sql]]:
    i = 0
    while i < len(body):
        if body[i] == ("sign", "("):
            i = _closing(body, i)
        elif body[i].kind == "word" and body[i].normal == "check" and body[i + 1 : i + 2] == [("sign", "(")]:
            end = _closing(body, i + 1)
            named = i >= 2 and body[i - 2].kind == "word" and body[i - 2].normal == "constraint"
            text = " ".join(token.normal for token in body[i + 2 : end])
            yield body[i - 1].text if named else None, Sql(text, text)
            i = end
        i += 1
