"""SQL text: the raw SQL of a mapping, by dialect.

In: the texts of a view, statement or check. Out: pairs of dialect and text, and findings. Never runs
anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from docrel.diagnostics import suggestion
from docrel.plan import Fault
from docrel.spec import Findings
from docrel.spec import Path as Place
from docrel.sql import DIALECT_NAMES


def sql_of(
    sql: Mapping[str, str], where: Place, findings: Findings, fault_of: Callable[[str], Fault | None]
) -> tuple[tuple[str, str], ...]:
    """Return the texts by dialect without blanks around them; note what keeps one from being what it has to be."""
    for dialect, text in sql.items():
        if dialect not in DIALECT_NAMES:
            help_ = suggestion(dialect, DIALECT_NAMES)
            findings.add("M225", (*where, dialect), f"`{dialect}` is not a dialect", help_, key=True)
        if (fault := fault_of(text.strip())) is not None:
            findings.add("M224", (*where, dialect), *fault)
    return tuple((dialect, text.strip()) for dialect, text in sql.items())
