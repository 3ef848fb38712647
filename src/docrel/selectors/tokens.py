"""The tokens of a selector's text, each with its offset, its role, and its exact value.

In: a selector as users write it. Out: a tuple of tokens whose neighbours RFC 9535 allows, names and literals
decoded. Never decides structure: that is jsonpath-ng's part, which sees placeholders where names stood.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from docrel.selectors.nodes import Literal
from docrel.values import BARE, quoted

LIMIT_DEPTH = 32  # brackets within brackets: a filter in a filter in a filter …
LIMIT_DIGITS = 1000  # of an integer to compare with
LIMIT_INDEX = 2**53 - 1  # RFC 9535 section 2.1

_TOKEN = re.compile(
    rf"""(?P<blank>[ \t\n\r]+)
    |(?P<word>{BARE.pattern})
    |(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
    |(?P<string>"(?:[^"\\\x00-\x1f]|\\[^\x00-\x1f])*"|'(?:[^'\\\x00-\x1f]|\\[^\x00-\x1f])*')
    |(?P<operator>==|!=|<=|>=|<|>)
    |(?P<symbol>\.\.|&&|\|\||[$@.\[\](),:*?!])""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"""\\(?:[bfnrt/\\]|u[0-9A-Fa-f]{4}|(?P<quote>["']))""")
_LONE = re.compile(r"""[^\s.\[\](),:*?!=<>&|]+""")
_WORD = re.compile(r"""[^\s.\[\](),:*?!]+|\s+""")

UNION = "one pair of brackets can hold several names or several indexes, nothing else"
START = "start"
_PATH = {"name", "]", "*", "$", "@"}
_TEST_START = {"?", "(", "!", "&&", "||"}
_TEST_END = _PATH | {"literal", ")"}
_FOLLOWS: dict[str, set[str]] = {  # role of a token -> roles that may stand before it
    "name": {".", "..", START},
    "*": {".", "..", START},
    "key": {"[", ","},
    "index": {"[", ",", ":"},
    "every": {"["},
    "literal": (_TEST_START - {"!"}) | {"operator"},
    "$": _TEST_START | {"operator", START},
    "@": _TEST_START | {"operator", START},
    ".": _PATH,
    "..": _PATH | {START},
    "[": _PATH | {"..", START},
    "]": _TEST_END | {"key", "index", "every", ":"},
    ",": {"key", "index"},
    ":": {"[", "index", ":"},
    "?": {"["},
    "(": _TEST_START,
    ")": _TEST_END,
    "!": _TEST_START - {"!"},
    "&&": _TEST_END,
    "||": _TEST_END,
    "operator": _PATH | {"literal"},
}


class SelectorError(ValueError):
    """A selector that docrel does not take: what is wrong, and one way out.

    `offset` is the place in the selector's text, in characters from 0.
    """

    def __init__(self, *, message: str, offset: int, help: str) -> None:
        self.message = message
        self.offset = offset
        self.help = help
        super().__init__(f"{message} (at character {offset + 1})")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text; `role` is a key of the table of neighbours, `text` as written.

    `value` is the decoded name of a `name` or `key`, the number of an `index`, the constant of a `literal`.
    """

    role: str
    text: str
    offset: int
    value: str | int | Literal | None = None


def tokenize(text: str) -> tuple[Token, ...]:
    """Return the tokens of a selector, none of them blank.

    Raises:
        SelectorError: a character, a name or a neighbourhood that RFC 9535 does not have.
    """
    if not text:
        raise SelectorError(message="the selector is empty", offset=0, help="`@` is the node itself")
    found: list[Token] = []
    depth, at = 0, 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _unknown(text, at)
        if match.lastgroup == "blank":
            _check_blank(text, match, found)
        else:
            token = _classify(match, found[-1].role if found else START, depth)
            _check_neighbours(token, found, text)
            depth += (token.text in ("[", "(")) - (token.text in ("]", ")"))
            if depth > LIMIT_DEPTH:
                message = f"more than {LIMIT_DEPTH} brackets within each other"
                raise SelectorError(message=message, offset=at, help="use fewer nested brackets")
            found.append(token)
        at = match.end()
    return tuple(found)


def _classify(match: re.Match[str], before: str, depth: int) -> Token:
    group, text, at = match.lastgroup, match.group(), match.start()
    bracketed = before in ("[", ",", ":")
    if group == "word":
        if depth and before not in (".", "..") and text in ("true", "false", "null"):
            return Token("literal", text, at, Literal(text))
        return Token("name", text, at, text)
    if group == "string":
        name = _decode(text, at)
        if before == START:
            return Token("name", text, at, name)
        return Token("key", text, at, name) if bracketed else Token("literal", text, at, Literal(quoted(name)))
    if group == "number":
        if bracketed:
            return Token("index", text, at, _index(text, at))
        return Token("literal", text, at, _number(text, at))
    if group == "operator":
        return Token("operator", text, at)
    return Token("every" if text == "*" and bracketed else text, text, at)


def _decode(text: str, offset: int) -> str:
    """Return the string between the quotes, every escape as JSON has it; lone surrogates are kept."""
    quote, body = text[0], text[1:-1]
    at, escaped = 0, []
    while (at := body.find("\\", at)) >= 0:
        match = _ESCAPE.match(body, at)
        if match is None or match.group("quote") not in (None, quote):
            message = f"`{body[at : at + 2]}` is no escape between {quote} quotes"
            hint = f"JSON's escapes are \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX and \\{quote}"
            raise SelectorError(message=message, offset=offset + 1 + at, help=hint)
        escaped.append((at, match.end()))
        at = match.end()
    as_json = _requoted(body, escaped) if quote == "'" else body
    decoded: str = json.loads(f'"{as_json}"')
    return decoded


def _requoted(body: str, escaped: list[tuple[int, int]]) -> str:
    """Return a body from between single quotes as it would stand between double ones."""
    pieces, at = [], 0
    for start, end in escaped:
        pieces.append(body[at:start].replace('"', '\\"'))
        pieces.append("'" if body[start:end] == "\\'" else body[start:end])
        at = end
    pieces.append(body[at:].replace('"', '\\"'))
    return "".join(pieces)


def _index(text: str, offset: int) -> int:
    if not re.fullmatch(r"0|-?[1-9][0-9]*", text):
        hint = "write it without a sign before zero, a fraction or an exponent"
        raise SelectorError(message=f"`{text}` is not an index", offset=offset, help=hint)
    if len(text) > len(str(-LIMIT_INDEX)) or abs(int(text)) > LIMIT_INDEX:
        message = f"the index {text} is beyond what RFC 9535 allows"
        raise SelectorError(message=message, offset=offset, help=f"at most {LIMIT_INDEX}")
    return int(text)


def _number(text: str, offset: int) -> Literal:
    fractional = "." in text or "e" in text.lower()
    beyond = float(text) in (float("inf"), float("-inf")) if fractional else len(text) > LIMIT_DIGITS
    vanished = fractional and float(text) == 0 and re.match("-?[0.]*[1-9]", text)
    if beyond or vanished:
        message = f"the number {text[:20]} is too {'large' if beyond else 'small'} to compare with"
        raise SelectorError(message=message, offset=offset, help="give one that fits 64 bits")
    return Literal(text)


def _check_blank(text: str, match: re.Match[str], found: list[Token]) -> None:
    if not found or match.end() == len(text):
        message = "blanks before or after the selector"
    elif found[-1].role in (".", ".."):
        message = f"a blank after `{found[-1].role}`"
    else:
        return
    raise SelectorError(message=message, offset=match.start(), help="remove them")


def _check_neighbours(token: Token, found: list[Token], text: str) -> None:
    before = found[-1] if found else Token(START, "", 0)
    if before.role not in _FOLLOWS[token.role]:
        message, offset, hint = _misplaced(token, before, text)
        raise SelectorError(message=message, offset=offset, help=hint)


def _misplaced(token: Token, before: Token, text: str) -> tuple[str, int, str]:
    """Return what is wrong with a token after the one before it, where, and what to write instead."""
    shown, at = token.text, token.offset
    named = token.role in ("name", "literal", "index", "$", "@", "?", "!")
    if "," in (before.role, token.role) and before.role != START:
        return UNION, at, "use one selector for each"
    if before.role in ("$", "@") and named:
        return _odd_name(text, before)
    if before.role in (".", "..", START) and named:
        return _odd_name(text, token)
    if token.role == "name" and text.startswith("(", at + len(shown)):
        return f"functions such as `{shown}()` are not supported", at, "test the value itself"
    if token.role == "name" and before.role in ("[", ":"):
        return f"`{shown}` needs quotes between brackets", at, f'write `["{shown}"]`'
    if before.role in (_TEST_START | {"operator"}):
        hint = 'a path begins with `@` or `$`, such as `@.price`; a text has quotes, such as `"x"`'
        return f"a path or a value is expected after `{before.text}`", at, hint
    if before.role == ")":
        return f"`{shown}` cannot follow `)`", at, "leave the brackets out; they only group `&&` and `||`"
    if before.role in ("index", "literal"):
        return (
            f"`{shown}` cannot follow `{before.text}`",
            at,
            "numbers are written as in JSON: `10`, `-1`, `0.5`",
        )
    if before.role in _PATH and token.role in ("name", "literal"):
        hint = 'names are joined by `.`; one with blanks or other signs is written `["…"]`'
        return f"`{shown}` cannot follow `{before.text}`", at, hint
    hint = f'if it is part of a name, put the name into quotes and brackets: `["a{shown}b"]`'
    return f"`{shown}` cannot stand here", at, hint


def _odd_name(text: str, token: Token) -> tuple[str, int, str]:
    """Return the advice to quote the name that begins at a token."""
    word = _LONE.match(text, token.offset)
    shown = name = word.group() if word else token.text
    if isinstance(token.value, Literal) and token.text[0] in "'\"":
        shown, name = token.text, token.value.value
    hint = f"write `[{quoted(name)}]`, with no `.` before it"
    return f"`{shown}` is not a name that can stand without brackets", token.offset, hint


def _unknown(text: str, offset: int) -> SelectorError:
    character = text[offset]
    if character in "'\"":
        closed = text.find(character, offset + 1) > 0
        message = "a control character in quotes" if closed else "the closing quote is missing"
        hint = "write it as an escape, such as `\\n`" if closed else f"end the name with {character}"
        return SelectorError(message=message, offset=offset, help=hint)
    if character == "=":
        hint = "the comparisons are == != < <= > >="
        return SelectorError(message="`=` is not a comparison", offset=offset, help=hint)
    word = next(w for w in _WORD.finditer(text) if w.start() <= offset < w.end())
    hint = f"if it is part of a name, write `[{quoted(word.group())}]`"
    return SelectorError(message=f"`{character}` has no meaning here", offset=offset, help=hint)
