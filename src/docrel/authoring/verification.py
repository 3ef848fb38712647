"""Verification: every document flattened and rebuilt, without a database, and what of it lives where.

In: a plan and `InputDocument`s. Out: a `Report`. A document that is refused or comes back different never
stops the others. Law: GetPut, `tests/laws/test_getput.py`, on the user's own documents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from docrel.authoring.coverage import Counter, Coverage
from docrel.diagnostics import Diagnostic, DocumentError
from docrel.documents import (
    InputDocument,
    SetAside,
    SetAsides,
    Unfilled,
    UnnamedMembers,
    Unseen,
    shown_members,
    unfilled,
)
from docrel.engine import FreshRows, Problem, flattener_of, rebuilder_of
from docrel.plan import Column, Plan, Table
from docrel.rows import complement
from docrel.values import jsontext, utc_now

Kind = Literal["exact", "different", "refused", "unreadable"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found about one document; `named` says that it took its file's name for want of its own."""

    origin: str
    kind: Kind
    diagnostics: tuple[Diagnostic, ...] = ()
    named: bool = False


@dataclass(slots=True)
class Report:
    """How many documents of each kind there were, and the coverage of those that are exact.

    Attributes:
        set_aside: What of these the tables do not show.
        unfilled: Tables without a row, and columns without a value, over all of them.
    """

    exact: int = 0
    different: int = 0
    refused: int = 0
    unreadable: int = 0
    named: int = 0
    coverage: Coverage = field(default_factory=Coverage)
    set_aside: tuple[SetAside, ...] = ()
    unfilled: tuple[Unfilled, ...] = ()

    @property
    def documents(self) -> int:
        """All documents."""
        return self.exact + self.different + self.refused + self.unreadable

    @property
    def good(self) -> bool:
        """Whether every document came back exactly as it was; of none nothing is known."""
        return self.exact == self.documents > 0


def verify(
    plan: Plan, documents: Iterable[InputDocument], on_verdict: Callable[[Verdict], None] | None = None
) -> Report:
    """Round-trip each document without a database; `on_verdict` hears about each.

    A document that does not name itself takes the name of its file, and its verdict says so.
    """
    work = _Verifier(plan)
    report = Report(coverage=work.counter.coverage)
    for document in documents:
        verdict = work.verdict(document)
        setattr(report, verdict.kind, getattr(report, verdict.kind) + 1)
        report.named += verdict.named
        if on_verdict is not None:
            on_verdict(verdict)
    report.set_aside = tuple(work.asides)
    if report.exact:
        report.unfilled = tuple(unfilled(plan, work.unseen, work.unnamed, report.set_aside))
    return report


class _Verifier:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.counter = Counter(plan)
        self._rows = dict.fromkeys((table.name for table in plan.tables), 0)
        self.asides, self.unnamed, self.unseen = SetAsides(plan, filled=self._count), UnnamedMembers(plan), Unseen(plan)
        self._flattener, self._rebuilder = flattener_of(plan), rebuilder_of(plan)

    def verdict(self, document: InputDocument) -> Verdict:
        if not document.readable:
            return Verdict(document.origin, "unreadable", document.diagnostics)
        to = self._flattener.start()
        problems = self._problems(document, to)
        named = document.key is None and any(self._names(p) for p in problems)
        if named:
            document = replace(document, key=document.name)
            problems = self._problems(document, to)
        if problems:
            return Verdict(document.origin, "refused", document.refusals(problems, self.plan))
        remarks = (_unnamed(document),) if named else ()
        difference = self._difference(document, to)
        if difference is not None:
            return Verdict(document.origin, "different", (*remarks, difference), named)
        self.counter.add(document.document, document.key, to.rows, to.notes)
        self._tell(to)
        return Verdict(document.origin, "exact", remarks, named)

    def _tell(self, to: FreshRows) -> None:
        """Take note of what the tables do not show of a document."""
        self.unseen.see(to.rows)
        for table, rows in zip(self.plan.tables, to.rows, strict=True):
            self._rows[table.name] += len(rows)
        for found in to.documents:
            self.asides.add(found)
            self.unnamed.see(found)

    def _count(self, table: Table, _: Column | None) -> int:
        """Return how many rows a table has had."""
        return self._rows[table.name]

    def _problems(self, document: InputDocument, to: FreshRows) -> tuple[Problem, ...]:
        """Flatten a document; if its constraints forbid it, say why."""
        given, clean = document.key, document.clean
        return self._flattener.add(document.document, to, given=given, clean=clean, now=utc_now()).problems

    def _names(self, problem: Problem) -> bool:
        """Whether a document is refused for want of a name."""
        if problem.rule != "required" or not problem.table:
            return False
        table = self.plan.table(problem.table)
        default = table.column(problem.column).default
        given = default is not None and default.given
        return given or (table.parent is None and problem.column == self.plan.key)

    def _difference(self, document: InputDocument, to: FreshRows) -> Diagnostic | None:
        """Say where the document that comes back differs, through the complement's text form."""
        try:
            notes = {place: complement.load(*note.dump()) for place, note in to.notes.items()}
            documents = self._rebuilder.documents(to.rows, notes)
        except (DocumentError, ValueError, LookupError, TypeError) as error:
            return _different(document.origin, f"it cannot be rebuilt: {error!r}")
        if len(documents) != 1:
            return _different(document.origin, f"its rows are those of {len(documents)} documents")
        difference = jsontext.first_difference(document.document, documents[0][2])
        if difference is None:
            return None
        path, before, after = difference
        return _different(f"{document.origin}: {path}", f"{shown_members(before)} comes back as {shown_members(after)}")


def _different(subject: str, message: str) -> Diagnostic:
    help_text = "this is a fault of docrel: please report it with the document"
    return Diagnostic("D341", message, subject=subject, help=help_text)


def _unnamed(document: InputDocument) -> Diagnostic:
    message = f"does not name itself; its file's name {document.key!r} is taken"
    help_text = "`docrel import` takes it with --key-from-name"
    return Diagnostic("D342", message, severity="note", subject=document.origin, help=help_text)
