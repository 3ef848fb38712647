"""YAML scalars: what a plain (unquoted) word means, under a strict reading of the YAML 1.2 core schema.

In: the text of one plain scalar. Out: its value, or a `Refusal`. Words that YAML 1.1 reads as something else
than text (`no`, `1:30`, a bare date) are refused: whoever wrote one meant either text or a number, and a
reader cannot tell which. Never guesses, and never sees quoted text.

Source: YAML 1.2.2, section 10.3.2 (core schema); YAML 1.1 type repository (the words that are refused).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

Scalar = str | int | float | bool | None

_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
_BASED_INTEGER = re.compile(r"0(?:x[0-9a-fA-F]+|o[0-7]+)\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")

_SURPRISES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern + r"\Z"), meaning)
    for pattern, meaning in (
        (r"(?i:y|n|yes|no|on|off)", "a boolean"),
        (r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ \t]+)[0-9].*)?", "a date"),
        (r"[-+]?[0-9][0-9_]*(?::[0-9]{1,2})+(?:\.[0-9_]*)?", "a number in base 60"),
        (r"[-+]?0[bB][01_]+", "a binary number"),
        (r"[-+]?0[xX][0-9a-fA-F_]+", "a hexadecimal number"),
        (r"[-+]?0[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?", "an octal number or a padded one"),
        (r"[-+]?(?:[0-9][0-9_]*_[0-9_]*(?:\.[0-9_]*)?|[0-9][0-9_]*\.[0-9_]+|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?",
         "a number with underscores"),
        (r"[-+]?\.(?i:inf)|\.(?i:nan)", "a number that JSON does not have"),
        (r"=", "a default value"),
        (r"<<", "a merge key"),
    )
)  # fmt: skip

_MAX_DIGITS = 4000
"""Below Python's own limit for `int(text)` (4300 unless configured otherwise)."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a plain scalar has no value; `reason` follows the word, `surprise`: YAML 1.1 reads it otherwise."""

    reason: str
    surprise: bool


def read_plain(text: str) -> Scalar | Refusal:
    """Return the value of a plain scalar.

    An example that is run: `read_plain("1e3")` is `1000.0`, `read_plain("no")` is a `Refusal`.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        if len(text) > _MAX_DIGITS:
            return Refusal(f"is a number of more than {_MAX_DIGITS} digits", surprise=False)
        return int(text)
    if _BASED_INTEGER.match(text):
        return int(text, 0)
    if _FLOAT.match(text):
        number = float(text)
        return number if math.isfinite(number) else Refusal("is too large for a number", surprise=False)
    for pattern, meaning in _SURPRISES:
        if pattern.match(text):
            return Refusal(f"is {meaning} to some YAML readers and text to others", surprise=True)
    return text


def join_surrogates(text: str) -> str:
    r"""Return quoted text with escaped surrogate pairs (`"\ud83d\ude00"`, as JSON writes them) joined.

    Lone surrogates stay as they are.
    """
    if text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
