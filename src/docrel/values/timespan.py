"""Time spans, as people write them: `30d`, `12h`.

In: text. Out: seconds.
"""

from __future__ import annotations

from datetime import UTC, datetime


def seconds(text: str) -> float:
    """Return a time span in seconds: `30d`, `12h`, `5m`, `10s`, or a plain number of seconds.

    >>> seconds("2d")
    172800.0
    """
    units = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
    number, unit = (text[:-1], units[text[-1]]) if text[-1:] in units else (text, 1)
    return float(number) * unit


def compact(time: str) -> str:
    """Return a time as it can stand in a file's name.

    >>> compact("2025-11-20T10:00:00Z")
    '20251120T100000Z'
    """
    return "".join(c for c in time if c.isalnum())


def utc_now() -> str:
    """Return the time, ISO 8601 in UTC to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
