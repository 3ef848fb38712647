"""SQL text: the raw SQL of a mapping, by dialect.

In: the texts of a view, statement or check. Out: pairs of dialect and text, and findings. Never runs
anything.
"""

from __future__ import annotations

from collections.abc import Mapping

from docrel.spec import Findings, near
from docrel.spec import Path as Place
from docrel.sql import DIALECT_NAMES, statement_fault, view_fault


def dialects_of(sql: Mapping[str, str], where: Place, findings: Findings | None) -> tuple[tuple[str, str], ...]:
    """Return the texts by dialect, blanks around them and a last semicolon of a SELECT left out."""
    for dialect in sql:
        if findings is not None and dialect not in DIALECT_NAMES:
            guess = near(dialect, DIALECT_NAMES)
            findings.add(
                "M225", (*where, dialect), f"`{dialect}` is not a dialect",
                f"did you mean `{guess}`?" if guess else f"use one of: {', '.join(DIALECT_NAMES)}", key=True,
            )  # fmt: skip
    return tuple((dialect, text.strip()) for dialect, text in sql.items())


def check_view(name: str, text: str, where: Place, findings: Findings) -> None:
    """Note what keeps a text from being the SELECT of a view."""
    fault = view_fault(name, text)
    if fault is not None:
        findings.add("M224", where, *fault)


def check_statement(name: str, text: str, where: Place, findings: Findings) -> None:
    """Note what keeps a text from being the one CREATE statement of an object of this name."""
    fault = statement_fault(name, text)
    if fault is not None:
        findings.add("M224", where, *fault)
