"""Compile: from a spec to the plan that everything else reads.

In: a `Spec`. Out: a frozen `Plan`, or every problem of the mapping at once. The passes, in order: the
outline of tables; columns, sources and constraints of each; what belongs to the whole mapping; names; keys;
switches; claims on the document; defaults; and the check that the plan which a database carries passes.
"""

from __future__ import annotations

from docrel.compile.check_claims import check_claims
from docrel.compile.check_defaults import check_defaults
from docrel.compile.check_keys import check_keys
from docrel.compile.check_kinds import check_switches
from docrel.compile.check_names import check_names
from docrel.compile.columns import columns_of
from docrel.compile.constraints import checks_of, indexes_of, key_order_of, primary_key_of, unique_of
from docrel.compile.document import key_inferred, key_of, parts_of, statements_of, unique_as_key
from docrel.compile.outline import Entry, Outline, outline
from docrel.compile.plan_check import load_plan
from docrel.compile.sources import sources_of
from docrel.diagnostics import Diagnostic, MappingError
from docrel.layout import claim_trees
from docrel.plan import Plan, Table, dump
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
    entries = outline(spec.mapping)
    tables = tuple(unique_as_key(_table(entry, entries, findings), spec) for entry in entries.entries)
    plan = Plan(
        spec.mapping.mapping,
        spec.mapping.version,
        tables,
        key_of(spec, tables, findings),
        parts=parts_of(spec, findings),
        statements=statements_of(spec, findings),
        forget=tuple(dict.fromkeys(spec.mapping.document.forget)),
        description=spec.mapping.description,
        key_inferred=key_inferred(spec),
        constraints=spec.mapping.constraints,
    )
    check_names(plan, spec, entries, findings)
    check_keys(plan, entries, findings)
    check_switches(plan, entries, findings)
    claims = claim_trees(plan)
    check_claims(plan, claims, entries, findings)
    check_defaults(plan, claims, entries, findings)
    if not findings.found:
        _check_plan(plan, findings)
    return plan, findings.sorted()


def _check_plan(plan: Plan, findings: Findings) -> None:
    """Note what would keep a database from carrying the plan: it is read back as it was, or it is none."""
    try:
        back = load_plan(dump(plan))
        fault = "" if back == plan else "it is read back as another one"
    except ValueError as e:
        fault = str(e)
    if fault:
        message = f"no database could carry this mapping: {fault}"
        findings.add("M230", ("mapping",), message, "write otherwise what this names", key=True)


def _table(entry: Entry, entries: Outline, findings: Findings) -> Table:
    columns = columns_of(entry, entries, findings)
    sources = sources_of(entry, columns, entries, findings)
    spec = entry.spec
    return Table(
        entry.name,
        columns,
        primary_key_of(entry, columns, sources, findings),
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
