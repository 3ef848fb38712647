"""Times: spans as people write and read them, and the time as documents say it.

In: text, or seconds. Out: seconds, or text.
"""

from __future__ import annotations

from datetime import UTC, datetime

_WORDS = (("d", 86_400), ("h", 3600), ("min", 60))


def seconds(text: str) -> float:
    """Return a time span in seconds: `30d`, `12h`, `5m`, `10s`, or a plain number of seconds.

    >>> seconds("2d")
    172800.0
    """
    units = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
    number, unit = (text[:-1], units[text[-1]]) if text[-1:] in units else (text, 1)
    return float(number) * unit


def span(seconds: float) -> str:
    """Return a time span in words; never more than it is.

    >>> span(9000), span(7 * 86_400), span(99_999_999)
    ('2.5 h', '7 d', '1157 d')
    """
    unit, size = next(((unit, size) for unit, size in _WORDS if seconds >= size), ("s", 1))
    number = int(10 * seconds / size) / 10
    return f"{number:g} {unit}" if number < 10 else f"{int(number)} {unit}"


def compact(time: str) -> str:
    """Return a time as it can stand in a file's name.

    >>> compact("2025-11-20T10:00:00Z")
    '20251120T100000Z'
    """
    return "".join(c for c in time if c.isalnum())


def utc_now() -> str:
    """Return the time, ISO 8601 in UTC to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
