"""Wording: names, numbers and values as messages say them.

In: what a message is about. Out: text; or, for a choice that there is not, its error. Never shortens without saying so.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from docrel.diagnostics.diagnostic import ArgumentError


def near(name: str, names: Iterable[str]) -> str | None:
    """Return the one of `names` that `name` is probably meant to be; upper and lower case are alike."""
    folded: dict[str, str] = {}
    for known in names:
        folded.setdefault(known.casefold(), known)
    nearest = difflib.get_close_matches(name.casefold(), folded, n=1)
    return folded[nearest[0]] if nearest else None


def suggestion(name: str, names: Iterable[str], otherwise: str = "") -> str:
    """Return the help for a name that is not known: the nearest of `names`, or else `otherwise`, or else all of them.

    >>> suggestion("mission", ["missions", "osv"])
    'did you mean `missions`?'
    >>> suggestion("x", ["missions", "osv"])
    'use one of: missions, osv'
    """
    known = list(names)
    nearest = near(name, known)
    return f"did you mean `{nearest}`?" if nearest else otherwise or f"use one of: {', '.join(known)}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun.

    >>> counted(1, "document"), counted(2000, "document")
    ('1 document', '2,000 documents')
    """
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def shortened(text: str, limit: int = 60) -> str:
    """Return the text, cut to so many characters where it is longer.

    >>> shortened("a value that is long", 10)
    'a value...'
    """
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def check_choice(name: str, value: object, choices: Iterable[str]) -> None:
    """Refuse what a program says for `name` if it is none of the choices.

    Raises:
        ArgumentError: S490, it is none.

    >>> check_choice("dialect", "sqlite", ["sqlite", "duckdb"])
    """
    known = list(choices)
    if value not in known:
        message = f"there is no {name} {value!r}; there are {', '.join(known) or 'none'}"
        raise ArgumentError.one("S490", message, help=suggestion(str(value), known, "" if known else "leave it out"))
