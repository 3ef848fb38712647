"""Keys: what the columns that hold keys of other rows refer to.

In: a plan and its outline. Out: findings for references to what is not unique, and for keys that hold themselves.
"""

from __future__ import annotations

from docrel.compile.check_claims import table_place
from docrel.compile.outline import Outline
from docrel.plan import Plan, key_faults
from docrel.spec import Findings


def check_keys(plan: Plan, outline: Outline, findings: Findings) -> None:
    """Note references to columns that are not unique (M209), and keys that are no keys (M219)."""
    tables = {table.name: table for table in plan.tables}
    for table in plan.tables:
        for column in table.columns:
            match column.references:
                case (name, key) if (key,) not in tables[name].keys:
                    findings.add(
                        "M209", (*table_place(outline, table.name), "columns", column.name, "references"),
                        f"several rows of `{name}` may hold the same `{key}`", f"add `unique: true` to `{name}.{key}`",
                    )  # fmt: skip
    for table, column, fault in key_faults(tables):
        findings.add("M219", (*table_place(outline, table.name), "columns", column.name), *fault, key=True)
