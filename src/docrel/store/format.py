"""The format: in which form a database holds its plans, its notes and their shapes, as a number in its bookkeeping.

In: what a database says of its format. Out: whether this docrel reads it, or an error that says why not. What the
formats are is in `docs/formats.md`. Whoever changes one of the three forms, or what columns of a type hold, counts
`FORMAT` up, lets `docrel.store.upgrading` bring the one before to it, and puts a database of the new one into
`tests/formats`.
"""

from __future__ import annotations

import re
from typing import Any

from docrel.diagnostics import StoreError
from docrel.store.errors import damaged_book

FORMAT = 4
"""The format that is read and written; databases of those before are brought to it when they are opened."""
UNNUMBERED = "1"
"""What a database is of that says no format: it was made before formats had numbers."""
_NUMBER = re.compile("[1-9][0-9]*")
_SHOWN = 12


def is_current(number: Any) -> bool:
    """Say whether a format, given as a database keeps it, is the one that this docrel reads and writes."""
    return bool(number == str(FORMAT))


def check_format(path: str, number: Any) -> None:
    """See that this docrel knows the format that the database at `path` says it is of.

    Raises:
        StoreError: S412, that is no format; S413, a later docrel wrote it.
    """
    if not _is_number(number):
        raise damaged_book(path, "the format", f"{ascii(number)[:80]} is none")
    if len(number) > len(str(FORMAT)) or int(number) > FORMAT:
        raise _later(path, number)


def _is_number(number: Any) -> bool:
    return isinstance(number, str) and _NUMBER.fullmatch(number) is not None


def _later(path: str, number: str) -> StoreError:
    shown = number if len(number) <= _SHOWN else f"{number[:_SHOWN]}…"
    message = f"a later docrel wrote this database: it is of format {shown}, and this docrel reads up to {FORMAT}"
    advice = "update docrel: `pip install --upgrade docrel`; or restore a backup of the time before"
    return StoreError.one("S413", message, subject=path, help=advice)
