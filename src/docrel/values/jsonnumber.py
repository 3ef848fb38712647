"""JSON numbers: from their text to the Python value that keeps them exactly, and back.

In: the text of one number, already known to be spelled as JSON allows. Out: `int`, `float` or `Decimal`.
Never rounds, never reads or changes the interpreter's own limit on digits (`sys.set_int_max_str_digits`).

Policy: an integer is an `int` of any size up to `MAX_DIGITS`, except `-0`, which is `MINUS_ZERO`, a `Decimal`,
because an `int` has no sign to keep. A number with a fraction or an exponent is a `float` where the shortest spelling
of that float denotes the same value, else a `Decimal`. What a double would make infinite or zero is refused.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import orjson

MAX_DIGITS = 4300
"""The longest number that is read, in characters after the sign; Python's own default limit for integers."""

MINUS_ZERO = Decimal("-0")
"""The integer `-0`; `-0.0` is a float."""

_BEYOND_MAX_DIGITS = 10**MAX_DIGITS


class NumberRefusedError(ValueError):
    """A number that no Python value keeps exactly; its text says why, as the end of a sentence."""


def integer(text: str) -> int | Decimal:
    """Return the integer that `text` denotes; `-0` keeps its sign as `MINUS_ZERO`.

    Raises:
        NumberRefusedError: it has more than `MAX_DIGITS` digits.
    """
    if text == "-0":
        return MINUS_ZERO
    _refuse_long(text)
    try:
        return int(text)
    except ValueError:  # the user lowered the interpreter's limit; Decimal has none
        return int(Decimal(text))


def real(text: str) -> float | Decimal:
    """Return the number with a fraction or an exponent that `text` denotes, exactly.

    Raises:
        NumberRefusedError: a double would be infinite or zero, or it has more than `MAX_DIGITS` characters.
    """
    _refuse_long(text)
    nearest = float(text)
    if nearest == 0.0:
        if text.lower().partition("e")[0].strip("-0."):
            raise NumberRefusedError("is closer to zero than any double but zero")
        return nearest
    if math.isinf(nearest):
        raise NumberRefusedError("is beyond the largest double, about 1.8e308")
    exact = Decimal(text)
    return nearest if exact == Decimal(repr(nearest)) else exact


def number_text(number: int | float | Decimal) -> str:
    """Return the JSON text that `integer` or `real` reads back as exactly `number`, which must be finite."""
    if isinstance(number, Decimal):
        text = str(number)
        return (
            text if is_minus_zero(number) or "." in text or "E" in text.upper() else f"{text}E+0"
        )  # else it would read as an integer
    if isinstance(number, float):
        return orjson.dumps(number).decode()  # not repr: one spelling, 1e-7 or 1e-07, in all that we write
    try:
        return str(number)
    except ValueError:
        return str(Decimal(number))


def number_fault(number: int | float | Decimal) -> str:
    """Return why `number` cannot stand in JSON text and come back the same, or `""` where it can."""
    if isinstance(number, int):
        long = number.bit_length() > 14_284 and abs(number) >= _BEYOND_MAX_DIGITS
        return f"has more than {MAX_DIGITS} digits" if long else ""
    if not (number.is_finite() if isinstance(number, Decimal) else math.isfinite(number)):
        return "is not a finite number"
    if isinstance(number, float) or is_minus_zero(number):
        return ""
    try:
        back = real(number_text(number))
    except NumberRefusedError as refused:
        return str(refused)
    return "" if isinstance(back, Decimal) else "is a Decimal whose value a float keeps exactly"


def is_minus_zero(number: Any) -> bool:
    """Tell whether a value is the integer `-0`."""
    return type(number) is Decimal and number.as_tuple() == MINUS_ZERO.as_tuple()


def _refuse_long(text: str) -> None:
    if len(text) - text.startswith("-") > MAX_DIGITS:
        raise NumberRefusedError(f"has more than {MAX_DIGITS} digits")
