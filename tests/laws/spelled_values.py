"""How a document spells what SQL has written, told without the engine: as its value there was spelled before.

In: a column, what SQL wrote, and the value that the document had. Out: what the document may have now.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from docrel.plan import Column

NUMERIC = ("integer", "real", "decimal")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\Z", re.ASCII)
_TIME = re.compile(r"(.{10})([Tt ])(\d\d:\d\d)(:\d\d)?([.,]\d{1,9})?(Z|z|[-+]\d\d:?\d\d|[-+]\d\d)?\Z", re.ASCII)


def usual(column: Column, stored: Any) -> Any:
    """Return what a document without a value there says."""
    if stored is None:
        return None
    if column.type == "timestamp":
        return _usual_time(stored)
    if column.type in NUMERIC and _is_quoted(column) and isinstance(stored, int | float):
        return _text(stored, column.scale or 0)
    return stored


def said(column: Column, stored: Any, before: Any) -> list[Any]:
    """Return what the document may say for a new content of a column, where it said `before`."""
    value = usual(column, stored)
    if stored is None or column.map:
        return [value]
    if column.type == "timestamp" and isinstance(before, str) and _TIME.match(before):
        return [_time_like(stored, before), value]
    if column.type in NUMERIC and isinstance(stored, int | float):
        if isinstance(before, str) and _NUMBER.match(before):
            places = {column.scale or 0, _places(before)} if _is_quoted(column) else {_places(before)}
            same = [before] if float(before) == stored else []  # then nothing was changed
            return same + [_text(stored, n) for n in sorted(places)]
        if not isinstance(before, bool) and isinstance(before, int | float | Decimal):
            return [stored]
    return [value]


def held(column: Column, constant: Any) -> Any:
    """Return what a column of numbers or times holds for a constant of the mapping."""
    if column.type == "timestamp":
        day, _, minute, second, fraction, zone = _TIME.fullmatch(constant).groups()  # type: ignore[union-attr]
        at = datetime.fromisoformat(f"{day}T{minute}{second or ':00'}") - _offset(zone)
        return f"{at.isoformat()}.{(fraction or '.')[1:]:0<9}Z"
    number = float(constant)
    return int(number) if column.type == "decimal" and number.is_integer() else number


def _is_quoted(column: Column) -> bool:
    if column.quoted is not None or column.scale is not None:
        return column.quoted is not False
    return column.type == "decimal"


def _places(text: str) -> int:
    plain = re.fullmatch(r"-?\d+\.(\d*0)", text)
    return len(plain[1]) if plain else 0


def _text(stored: float, places: int) -> str:
    digits = Decimal(repr(stored))
    if abs(digits.adjusted()) > 20:
        return repr(stored)
    whole, _, fraction = f"{digits:f}".partition(".")
    fraction = fraction.rstrip("0")
    fraction += "0" * (places - len(fraction))
    return f"{whole}.{fraction}" if fraction else whole


def _offset(zone: str | None) -> timedelta:
    if not zone or zone in "Zz":
        return timedelta()
    minutes = int(zone[1:3]) * 60 + int(zone[3:].strip(":") or 0)
    return timedelta(minutes=-minutes if zone[0] == "-" else minutes)


def _usual_time(stored: str) -> str:
    fraction = next((stored[20 : 20 + n] for n in (0, 3, 6, 9) if not stored[20 + n : -1].strip("0")), "")
    return f"{stored[:19]}{'.' + fraction if fraction else ''}Z"


def _time_like(stored: str, before: str) -> str:
    _, separator, _, second, fraction, zone = _TIME.fullmatch(before).groups()  # type: ignore[union-attr]
    at = (datetime.fromisoformat(stored[:19]) + _offset(zone)).isoformat(separator)
    digits = stored[20:29].rstrip("0").ljust(len(fraction or "."[:1]) - 1, "0")
    mark = fraction[0] if fraction else "."
    if not second and not digits and at.endswith(":00"):
        at = at[:-3]
    return f"{at}{mark + digits if digits else ''}{zone or ''}"
