"""Compile: from a spec to the plan that everything else reads.

In: a `Spec`. Out: a frozen `Plan`, or every problem of the mapping at once. The passes, in order: the
outline of tables; columns, sources and constraints of each; what belongs to the whole mapping; names;
claims on the document.
"""

from __future__ import annotations

from docrel.compile.check_claims import check_claims
from docrel.compile.check_defaults import check_defaults
from docrel.compile.check_kinds import check_switches
from docrel.compile.check_names import check_names
from docrel.compile.columns import columns_of
from docrel.compile.constraints import checks_of, indexes_of, key_order_of, primary_key_of, unique_of
from docrel.compile.document import key_inferred, key_of, parts_of, statements_of
from docrel.compile.outline import Entry, Outline, outline
from docrel.compile.sources import sources_of
from docrel.diagnostics import Diagnostic, MappingError
from docrel.layout import claim_trees
from docrel.plan import Plan, Table
from docrel.spec import Findings, Spec


def compile(spec: Spec) -> Plan:
    """Return the plan that a mapping means.

    Raises:
        MappingError: With every problem found, sorted by place.
    """
    plan, found = _compiled(spec)
    if found:
        raise MappingError(diagnostics=found)
    return plan


def check(spec: Spec) -> list[Diagnostic]:
    """Return every problem of a mapping, sorted by place; empty when there is none."""
    return _compiled(spec)[1]


def _compiled(spec: Spec) -> tuple[Plan, list[Diagnostic]]:
    findings = Findings(spec.text)
    tables = outline(spec.mapping)
    plan = Plan(
        spec.mapping.mapping,
        spec.mapping.version,
        tuple(_table(entry, tables, findings) for entry in tables.entries),
        key_of(spec, tables, findings),
        parts=parts_of(spec, findings),
        statements=statements_of(spec, findings),
        forget=tuple(dict.fromkeys(spec.mapping.document.forget)),
        description=spec.mapping.description,
        key_inferred=key_inferred(spec),
    )
    check_names(plan, spec, tables, findings)
    check_switches(plan, tables, findings)
    claims = claim_trees(plan)
    check_claims(plan, claims, tables, findings)
    check_defaults(plan, claims, tables, findings)
    return plan, findings.sorted()


def _table(entry: Entry, tables: Outline, findings: Findings) -> Table:
    columns = columns_of(entry, tables, findings)
    sources = sources_of(entry, columns, tables, findings)
    spec = entry.spec
    return Table(
        entry.name,
        columns,
        primary_key_of(entry, columns, sources, tables, findings),
        sources,
        parent=entry.parent.name if entry.parent is not None else None,
        unique=unique_of(entry, columns, findings),
        indexes=indexes_of(entry, columns, findings),
        checks=checks_of(entry, findings),
        otherwise=spec.otherwise,
        key_order=key_order_of(entry, findings),
        renamed_from=spec.renamed_from,
        description=spec.description,
        origin=str(findings.position(entry.path, key=True)),
    )
