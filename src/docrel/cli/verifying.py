"""The command that holds a mapping against documents: verify."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click
from click.exceptions import Exit

from docrel.cli.completing import mapping_names
from docrel.cli.options import part_of, reading_options
from docrel.cli.root import Command
from docrel.cli.session import ERRORS, current_session, table
from docrel.cli.telling import Arrays, asides, files_facts, nothing, strict_option, surroundings, surroundings_facts
from docrel.diagnostics import counted

if TYPE_CHECKING:
    from docrel.authoring import Coverage, Report, Share, Verdict
    from docrel.documents import InputDocument

_MEANING = {
    "nulls": "null where a column is NULL",
    "integers": "an integer in a real column",
    "spellings": "another spelling than the usual one of what its column holds",
    "overrides": "a value that its column cannot hold",
    "defaults": "a default that is not computed again: from clock or caller, or usually written out",
    "explicit": "a default that is written out",
    "via": "another place than the first of a column's alternatives",
    "edge": "which of several sources a row came by",
    "order": "an order of members that is not the usual one",
    "empty": "an empty object or array where a column or table looks",
    "strays": "an element that could not be a row",
    "rest": "content that no column takes",
}


@click.command("verify", cls=Command)
@click.argument("mapping", metavar="MAPPING", shell_complete=mapping_names)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@reading_options()
@strict_option()
@click.option("--each", is_flag=True, help="Name every document, not only those with something to tell.")
def verify_command(mapping: str, paths: tuple[str, ...], each: bool, strict: bool, **options: Any) -> None:
    """Flatten and rebuild every document, without a database, and compare.

    Tells each document that is refused or does not come back exactly, and where the values live: in typed
    columns, in JSON or rest columns, or in the complement. What is in no column and no row is counted, with an
    example; tables without a row and columns that nothing fills are named. A document without a name of its own
    takes that of its file.

    Examples:
      $ docrel verify orders.yaml orders/
      $ docrel verify orders.yaml orders.jsonl --each --strict
    """
    from docrel.authoring import verify
    from docrel.documents import FoundFiles, Surroundings, read_documents
    from docrel.mapping import load

    session = current_session()
    plan = load(mapping).plan
    part_of(plan, options["part"])

    around, arrays, files = list[Surroundings](), Arrays(), FoundFiles()
    reading = session.reading("verified", paths, plan, options["globs"])
    with session.leaving("nothing was written"), session.causes() as tell, reading as (watch, meter):

        def on_verdict(verdict: Verdict) -> None:
            if not each:
                tell(d for d in verdict.diagnostics if d.severity == "error")
                return
            session.diagnose(verdict.diagnostics)
            if verdict.kind == "exact":
                session.remark(f"{verdict.origin}: exact")

        documents = read_documents(
            paths, plan, on_surroundings=around.append, on_found=files.add, meter=meter, **options
        )
        report = verify(plan, _passing(arrays.watch(documents), watch), on_verdict)
    told = [*files.lines, *surroundings(around), *arrays.lines()]
    facts = {"surroundings": surroundings_facts(around), "arrays": list(arrays.lines())}
    facts |= files_facts(files)
    session.report(_report_text(report, told), _report_facts(report) | facts)
    if not report.good or (strict and report.set_aside):
        raise Exit(ERRORS)


def _passing(documents: Iterator[InputDocument], watch: Any) -> Iterator[InputDocument]:
    for document in documents:
        yield document
        watch(1)


def _report_text(report: Report, told: Sequence[str]) -> str:
    outcomes = (
        f"{report.exact:,} come back exactly, {report.different:,} different, {report.refused:,} refused, "
        f"{report.unreadable:,} unreadable"
    )
    lines = [f"{counted(report.documents, 'document')}: {outcomes}"]
    if report.named:
        lines.append(f"{counted(report.named, 'document')} without a name of its own took that of its file")
    lines += [*told, *asides(report.set_aside), *nothing(report.unfilled)]
    coverage = report.coverage
    if coverage.all.total:
        lines += ["", f"Where the {counted(coverage.all.total, 'value')} of the exact ones live:", _shares(coverage)]
    used = [(kind, use) for kind, use in coverage.kinds.items() if use.documents]
    if used:
        stored = coverage.row_bytes + coverage.complement_bytes
        share = _percent(coverage.complement_bytes, stored)
        lines += ["", f"The complement is {share} of the {stored:,} bytes stored. What it is needed for:"]
        rows = [(_MEANING[k], f"{u.documents:,}", _percent(u.bytes, stored)) for k, u in used]
        lines.append(table(("", "documents", "of the bytes"), rows))
    return "\n".join(lines)


def _shares(coverage: Coverage) -> str:
    rows = [("all", *_cells(coverage.all))]
    rows += [(name, *_cells(share)) for name, share in coverage.tables.items() if share.total]
    return table(("table", "values", "typed", "json", "rest", "complement"), rows)


def _cells(share: Share) -> tuple[str, str, str, str, str]:
    typed, json, rest, complement = (
        _percent(part, share.total) for part in (share.typed, share.json, share.rest, share.complement)
    )
    return f"{share.total:,}", typed, json, rest, complement


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if part and whole else "–"


def _report_facts(report: Report) -> dict[str, Any]:
    coverage = report.coverage
    kinds = {kind: use for kind, use in coverage.kinds.items() if use.documents}
    return {
        "documents": report.documents,
        "exact": report.exact,
        "different": report.different,
        "refused": report.refused,
        "unreadable": report.unreadable,
        "named_by_file": report.named,
        "set_aside": report.set_aside,
        "unfilled": report.unfilled,
        "values": coverage.all,
        "tables": {name: share for name, share in coverage.tables.items() if share.total},
        "complement": {"bytes": coverage.complement_bytes, "row_bytes": coverage.row_bytes, "kinds": kinds},
    }
