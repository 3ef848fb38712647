"""Trial: whether a database understands the SQL that a mapping writes, found out in one in memory.

In: a plan that was compiled, and its spec. Out: what the database refuses, as a diagnostic. Changes nothing.
"""

from __future__ import annotations

from docrel.diagnostics import Diagnostic
from docrel.plan import Plan
from docrel.spec import Findings, Path, Spec


def refused_sql(plan: Plan, spec: Spec) -> list[Diagnostic]:
    """Return what a database refuses of the mapping's SQL: one finding at most, as the rest is not looked at then.

    A mapping that writes none costs nothing.
    """
    if not plan.statements and not any(table.checks for table in plan.tables):
        return []
    from docrel.backends import NotTakenError
    from docrel.store import open_store

    try:
        open_store(":memory:", plan).close()
    except NotTakenError as e:
        (found,) = e.diagnostics
        findings = Findings(spec.text)
        findings.add("M231", _place(spec, found.facts["name"]), found.message, _MEND, key=True)
        return findings.sorted()
    return []


_MEND = "mend the SQL; names in it are those of tables and columns, and `docrel ddl` prints the whole statement"


def _place(spec: Spec, name: str) -> Path:
    """Return where a view, a statement or a table is written."""
    places = (path for path in spec.text.keys if path[-2:-1] in {("views",), ("statements",), ("tables",)})
    return next((path for path in places if path[-1] == name), ("mapping",))
