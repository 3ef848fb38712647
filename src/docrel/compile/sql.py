"""SQL text: the raw SQL of a mapping, by dialect.

In: the texts of a view, statement or check. Out: pairs of dialect and text, and findings. Never runs
anything.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping

from docrel.spec import Findings, near
from docrel.spec import Path as Place

DIALECTS = ("any", "sqlite", "postgresql", "duckdb")
_CREATE = re.compile(
    r"CREATE\s+(?:TRIGGER|UNIQUE\s+INDEX|INDEX|VIEW)\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    r'(?:"(?P<quoted>(?:[^"]|"")+)"|(?P<plain>[^\s(";]+))',
    re.IGNORECASE,
)
_SELECT = re.compile(r"(?:SELECT|WITH)\b", re.IGNORECASE)


def dialects_of(sql: Mapping[str, str], where: Place, findings: Findings | None) -> tuple[tuple[str, str], ...]:
    """Return the texts by dialect, blanks around them and a last semicolon of a SELECT left out."""
    for dialect in sql:
        if findings is not None and dialect not in DIALECTS:
            guess = near(dialect, DIALECTS)
            findings.add(
                "M225", (*where, dialect), f"`{dialect}` is not a dialect",
                f"did you mean `{guess}`?" if guess else f"use one of: {', '.join(DIALECTS)}", key=True,
            )  # fmt: skip
    return tuple((dialect, text.strip()) for dialect, text in sql.items())


def check_view(name: str, text: str, where: Place, findings: Findings) -> None:
    """Note what keeps a text from being the SELECT of a view."""
    if not _SELECT.match(text):
        findings.add("M224", where, f"the view `{name}` is not a SELECT", "begin the text with SELECT or WITH")
    elif not _single(text if text.endswith(";") else text + ";"):
        findings.add("M224", where, f"the view `{name}` is more than one statement", "keep one SELECT")


def check_statement(name: str, text: str, where: Place, findings: Findings) -> None:
    """Note what keeps a text from being the one CREATE statement of an object of this name."""
    found = _CREATE.match(text)
    if found is None:
        findings.add(
            "M224", where, f"the statement `{name}` creates neither a trigger, an index nor a view",
            "begin with CREATE TRIGGER, CREATE INDEX, CREATE UNIQUE INDEX or CREATE VIEW",
        )  # fmt: skip
        return
    created = (found["quoted"] or "").replace('""', '"') or found["plain"]
    if created != name:
        findings.add("M224", where, f"the statement `{name}` creates `{created}`", f"write `CREATE … {name}`")
    whole = text if text.endswith(";") else text + ";"
    if not sqlite3.complete_statement(whole):
        findings.add("M224", where, f"the statement `{name}` is not complete", "end a trigger's body with `END`")
    elif not _single(whole):
        findings.add("M224", where, f"`{name}` is more than one statement", "give each statement an entry of its own")


def _single(text: str) -> bool:
    """Say whether the first complete statement is all of the text."""
    at = text.find(";")
    while at >= 0:
        if sqlite3.complete_statement(text[: at + 1]):
            return not text[at + 1 :].strip()
        at = text.find(";", at + 1)
    return False
