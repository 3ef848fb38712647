"""Lint: stored documents that a new mapping would refuse, found before anything runs.

In: a database and a plan. Out: how many documents there are, and why those that would be refused would be.
Every document is flattened into a scratch database of the new mapping, so what is found is what a migration
would run into: rules of columns, unique values across documents, and conditions written in SQL. The database
itself is only read.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from docrel.backends import Backend
from docrel.diagnostics import Diagnostic
from docrel.documents import InputDocument, shown_key
from docrel.plan import Plan
from docrel.store import Progress, Store, import_documents, open_store

SHOWN = 20
_ADVICE = "mend the document, or let the new mapping allow it: a wider rule, or `otherwise: rest` to keep it aside"


@dataclass(slots=True)
class LintReport:
    """What a lint found; `told` has the diagnostics of the first refused documents."""

    documents: int = 0
    refused: int = 0
    told: list[Diagnostic] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


def lint(backend: Backend, old: Plan, new: Plan, *, progress: Progress | None = None) -> LintReport:
    """Return which stored documents `new` would refuse, with the diagnostics of the first of them."""
    result = LintReport()

    def refused(document: InputDocument, diagnostics: tuple[Diagnostic, ...]) -> None:
        result.refused += 1
        if len(result.keys) < SHOWN:
            result.keys.append(document.name or document.origin)
            result.told.extend(d if d.help else replace(d, help=_ADVICE) for d in diagnostics)

    with (
        tempfile.TemporaryDirectory(prefix="docrel-lint-") as folder,
        open_store(Path(folder) / "scratch.db", new) as scratch,
    ):
        report = import_documents(scratch, _documents(backend, old), on_refused=refused, progress=progress)
    result.documents = report.written + report.unchanged + report.refused
    return result


def _documents(backend: Backend, plan: Plan) -> Iterator[InputDocument]:
    for key, document in Store(backend, plan).scan():
        name = key if isinstance(key, str) else None
        yield InputDocument(f"document {shown_key(key, plan)}", document, key=name, name=str(key))
