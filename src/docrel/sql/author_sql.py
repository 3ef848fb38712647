"""Author's SQL: the texts of SQL that a mapping may hold: a view's SELECT, one CREATE statement, a condition.

In: a text. Out: what keeps it from being that, and what to do. Never runs anything.
"""

from __future__ import annotations

import re

from docrel.sql.tokens import is_one_piece, statement_end
from docrel.values import clean_text

DIALECT_NAMES = ("any", "sqlite", "postgresql", "duckdb")
_CREATE = re.compile(
    r"CREATE\s+(?:TRIGGER|UNIQUE\s+INDEX|INDEX|VIEW)\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    r'(?:"(?P<quoted>(?:[^"]|"")+)"|(?P<plain>[^\s(";]+))',
    re.IGNORECASE,
)
_SELECT = re.compile(r"(?:SELECT|WITH)\b", re.IGNORECASE)
_UNCLEAN = "the SQL holds a character that no database takes", "remove it"


def view_fault(name: str, text: str) -> tuple[str, str] | None:
    """Return what keeps a text from being the SELECT of a view, and what to do."""
    if not clean_text(text):
        return _UNCLEAN
    if not _SELECT.match(text):
        return f"the view `{name}` is not a SELECT", "begin the text with SELECT or WITH"
    if not _single(text if text.endswith(";") else text + ";"):
        return f"the view `{name}` is more than one statement", "keep one SELECT"
    if not is_one_piece(text.rstrip("; \n\t")):
        return f"the view `{name}` is not one SELECT", "close all brackets, quotes and comments"
    return None


def check_fault(text: str) -> tuple[str, str] | None:
    """Return what keeps a text from being one SQL condition, and what to do."""
    if not clean_text(text):
        return _UNCLEAN
    if ";" in text or not is_one_piece(text):
        return "a check is one SQL condition", "write a condition such as `starts <= ends`, without `;`"
    return None


def statement_fault(name: str, text: str) -> tuple[str, str] | None:
    """Return what keeps a text from being the one CREATE statement of an object of this name, and what to do."""
    if not clean_text(text):
        return _UNCLEAN
    found = _CREATE.match(text)
    if found is None:
        return (
            f"the statement `{name}` creates neither a trigger, an index nor a view",
            "begin with CREATE TRIGGER, CREATE INDEX, CREATE UNIQUE INDEX or CREATE VIEW",
        )
    created = (found["quoted"] or "").replace('""', '"') or found["plain"]
    if created != name:
        return f"the statement `{name}` creates `{created}`", f"write `CREATE … {name}`"
    whole = text if text.endswith(";") else text + ";"
    if statement_end(whole) is None:
        return f"the statement `{name}` is not complete", "end a trigger's body with `END`"
    if not _single(whole):
        return f"`{name}` is more than one statement", "give each statement an entry of its own"
    return None


def _single(text: str) -> bool:
    """Say whether the first complete statement is all of the text."""
    end = statement_end(text)
    return end is not None and not text[end:].strip()
