"""Spellings: how a document spells a number within a string, a time, and a boolean that a column holds as a text.

In: such a text, or what a column holds. Out: what the text means, the form of its spelling, and the text in a form
again. A *form* says nothing of the value, so that many rows share one: for numbers in strings how many decimals there
are at least, `number` for one that is no string; for times the pattern of the text, such as `Ts.3+02:00`; `boolean`.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

Form = int | str

NUMBER = "number"
"""The form of a number that is no string."""
MAX_DECIMALS = 64
"""The most decimals that a form asks for."""
_MAX_CHARACTERS = 4300
_MAX_PLACES = 20
"""How far from its point a number is still spelled without an exponent."""
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?\Z", re.ASCII)
_PLAIN = re.compile(r"-?\d+(?:\.(\d+))?\Z", re.ASCII)


def number_in(text: str) -> Decimal | None:
    """Return the number that a text spells, in any way that people and programs do; None: none, or one out of reach.

    >>> number_in("9.50"), number_in("1e3"), number_in("12 or so")
    (Decimal('9.50'), Decimal('1E+3'), None)
    """
    if len(text) > _MAX_CHARACTERS or not _NUMBER.match(text):
        return None
    number = Decimal(text)
    return number if abs(number.adjusted()) <= _MAX_CHARACTERS else None


def number_form(value: Any) -> Form | None:
    """Return the form of a number, whether within a string or not; None: it is none."""
    if not isinstance(value, str):
        return None if isinstance(value, bool) else NUMBER
    plain = _PLAIN.match(value)
    fraction = plain[1] if plain is not None else None
    return len(fraction) if fraction is not None and fraction.endswith("0") and len(fraction) <= MAX_DECIMALS else 0


def spelled_number(stored: Any, form: Form) -> Any:
    """Return a number, or text that spells it exactly and has as many decimals as the form says, or more.

    >>> spelled_number(9.5, 2), spelled_number(7.0, 0), spelled_number(7, "number")
    ('9.50', '7', 7)

    Raises:
        ValueError: That is no form of a number.
    """
    if form == NUMBER:
        return stored
    if not isinstance(form, int) or not 0 <= form <= MAX_DECIMALS:
        raise ValueError(f"{form!a} is no form of a number")
    if isinstance(stored, int):
        whole, fraction = str(stored), ""
    elif isinstance(stored, float):
        digits = Decimal(repr(stored))
        if not digits.is_finite() or abs(digits.adjusted()) > _MAX_PLACES:
            return repr(stored)
        whole, _, fraction = format(digits, "f").partition(".")
    else:
        return stored
    fraction = fraction.rstrip("0").ljust(form, "0")
    return f"{whole}.{fraction}" if fraction else whole


# -- booleans ---------------------------------------------------------------------------------------------------

BOOLEAN = "boolean"
"""The form of a boolean among texts."""


def boolean_form(value: Any) -> Form | None:
    """Return the form of a boolean; None: it is none."""
    return BOOLEAN if isinstance(value, bool) else None


def spelled_boolean(stored: Any, form: Form) -> Any:
    """Return the boolean that a text is the name of; anything else as it is.

    >>> spelled_boolean("true", "boolean"), spelled_boolean("yes", "boolean")
    (True, 'yes')

    Raises:
        ValueError: That is no form of a boolean.
    """
    if form != BOOLEAN:
        raise ValueError(f"{form!a} is no form of a boolean")
    return {"true": True, "false": False}.get(stored, stored) if isinstance(stored, str) else stored


# -- times ------------------------------------------------------------------------------------------------------

_ZONE = r"(Z|z|[-+]\d\d(?::?\d\d)?)?\Z"
_TIME = re.compile(rf"(\d{{4}}-\d\d-\d\d)([Tt ])(\d\d:\d\d)(?:(:\d\d)(?:([.,])(\d{{1,9}}))?)?{_ZONE}", re.ASCII)
_FORM = re.compile(rf"([Tt ])(?:(s)(?:([.,])([1-9]))?)?{_ZONE}", re.ASCII)
WHOLE_SECOND = ".000000000Z"
"""What follows the seconds of a time without a fraction."""


def time_in(text: str) -> str | None:
    """Return the time that a text spells, in UTC and to the nanosecond, so that times sort as texts do; None: none.

    >>> time_in("2025-11-23T10:00:00.5+02:00")
    '2025-11-23T08:00:00.500000000Z'
    """
    if text[19:] == "Z" and _is_usual(text[:19]):
        return text[:19] + WHOLE_SECOND
    parts = _TIME.match(text)
    if parts is None:
        return None
    day, _, minute, second, _, fraction, zone = parts.groups()
    try:
        at = datetime.fromisoformat(f"{day}T{minute}{second or ':00'}")
        if zone and zone not in "Zz":
            at -= _offset(zone)
    except (ValueError, OverflowError):
        return None
    return f"{at.isoformat()}.{fraction or '':0<9}Z"


def _is_usual(text: str) -> bool:
    """Say whether a text is a time to the second, spelled as most are."""
    try:
        return datetime.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _offset(zone: str) -> timedelta:
    hours, minutes = int(zone[1:3]), int(zone[-2:]) if len(zone) > 3 else 0
    if hours > 23 or minutes > 59:
        raise ValueError(f"{zone} is no offset")
    offset = timedelta(hours=hours, minutes=minutes)
    return -offset if zone[0] == "-" else offset


def usual_time(stored: Any) -> Any:
    """Return a time as most programs spell it: in UTC, with no fraction or one of 3, 6 or 9 digits.

    >>> usual_time("2025-11-23T08:00:00.500000000Z")
    '2025-11-23T08:00:00.500Z'
    """
    if not isinstance(stored, str) or len(stored) != 30:
        return stored
    if stored.endswith(WHOLE_SECOND):
        return stored[:19] + "Z"
    end = 23 if stored.endswith("000000Z") else 26 if stored.endswith("000Z") else 29
    return stored[:end] + "Z"


def time_form(value: Any) -> Form | None:
    """Return the form of a time; None: it is none."""
    parts = _TIME.match(value) if isinstance(value, str) else None
    if parts is None:
        return None
    _, separator, _, second, mark, fraction, zone = parts.groups()
    return f"{separator}{'s' if second else ''}{f'{mark}{len(fraction)}' if fraction else ''}{zone or ''}"


def spelled_time(stored: Any, form: Form) -> Any:
    """Return a time in a form, with more digits where it takes them.

    >>> spelled_time("2025-11-23T08:00:00.500000000Z", "Ts.3+0200")
    '2025-11-23T10:00:00.500+0200'

    Raises:
        ValueError: That is no form of a time.
    """
    parts = _FORM.match(form) if isinstance(form, str) else None
    if parts is None:
        raise ValueError(f"{form!a} is no form of a time")
    separator, second, mark, length, zone = parts.groups()
    if not isinstance(stored, str) or time_in(stored) != stored:
        return stored
    at = datetime.fromisoformat(stored[:19])
    try:
        if zone and zone not in "Zz":
            at += _offset(zone)
    except OverflowError:
        return usual_time(stored)
    fraction = stored[20:29].rstrip("0").ljust(int(length or 0), "0")
    text = at.isoformat(separator)
    if not (second or fraction or at.second):
        text = text[:16]
    return f"{text}{(mark or '.') + fraction if fraction else ''}{zone or ''}"
