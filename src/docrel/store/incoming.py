"""Incoming: the documents of one import, batch by batch: which go in, and what becomes of the others.

In: batches of `InputDocument`s, each within a transaction of the caller's. Out: an `ImportReport`. A batch of new
documents is written in one go; where one of them is stored already or refused, each of the batch is dealt with by
itself. A document is flattened once, but for one that waits for others that it may refer to (`docrel.store.settling`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from docrel.backends import ForbiddenError
from docrel.diagnostics import Diagnostic, DocumentError, StoreError, render
from docrel.documents import InputDocument, NewMember, SetAside, SetAsides, Unfilled, UnnamedMembers, unfilled
from docrel.engine import Flattened
from docrel.layout import typed_key
from docrel.store.conflicts import OnConflict, Rule, guessed_key, repeated_key
from docrel.store.errors import UnreadableError, unseen_member
from docrel.store.known_members import KnownMembers
from docrel.store.record_files import RecordNotes
from docrel.store.seen_keys import SeenKeys
from docrel.store.settling import Settling, Verdict, origin_text
from docrel.store.sources import ImportSources
from docrel.store.store import Store
from docrel.store.unfilled_columns import unfilled_columns
from docrel.store.writing import Batch, Counts
from docrel.values import NOTHING

OnNewMembers = Literal["rest", "refuse"]
MAX_REFUSALS = 10_000
"""So many refused documents a report names; `on_refused` hears of every one."""
OnRefused = Callable[[InputDocument, tuple[Diagnostic, ...]], None]


@dataclass(frozen=True, slots=True)
class RefusedDocument:
    """A document that was not stored: where it is (`folder/a.json`, `a.jsonl:12`, `#3` of those handed in), and why."""

    origin: str
    diagnostics: tuple[Diagnostic, ...]

    def __str__(self) -> str:
        return "\n".join(map(render, self.diagnostics))


@dataclass(slots=True)
class ImportReport:
    """What an import did.

    Attributes:
        unchanged: Documents that were stored already, also those of files that are as they were at their import.
        skipped: Documents that gave way to a stored one.
        files_not_read: Files that are as they were at their import, so that they were not read.
        refusals: The documents that were refused, each with where it is and why; 10,000 at most.
        tables: Row writes.
        set_aside: What of the documents that are stored now the tables do not show.
        new_members: Their members that neither the mapping nor a document of before has; they are in the rest.
        unfilled: Where something was written: tables without a row, and columns without a value, in the database.
    """

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    skipped: int = 0
    files_not_read: int = 0
    tables: dict[str, Counts] = field(default_factory=dict)
    set_aside: tuple[SetAside, ...] = ()
    new_members: tuple[NewMember, ...] = ()
    unfilled: tuple[Unfilled, ...] = ()
    refusals: list[RefusedDocument] = field(default_factory=list)

    @property
    def written(self) -> int:
        """Documents that were inserted or updated."""
        return self.inserted + self.updated


class Incoming:
    """One import under way, of this number; `on_refused` and `on_skipped` hear of the documents that stay out."""

    def __init__(
        self,
        store: Store,
        number: int,
        on_conflict: OnConflict | None,
        on_refused: OnRefused | None,
        on_skipped: OnRefused | None,
        new_members: OnNewMembers = "rest",
        *,
        key_said: bool,
        sources: ImportSources | None = None,
    ) -> None:
        self.store, self.report = store, ImportReport()
        self._key_said = key_said
        self._new_members, self._known = new_members, KnownMembers(store)
        self._asides = SetAsides(store.plan, filled=store.count_filled)
        self._unnamed = UnnamedMembers(store.plan, self._known)
        self._on_conflict, self._on_refused, self._on_skipped = on_conflict, on_refused, on_skipped
        self._seen = SeenKeys(store, number)
        self._records = RecordNotes(store)
        self._sources = sources or ImportSources(store)
        self._settling = Settling(store, self._seen, number) if store.references else None
        store.written = self.report.tables = {table.name: Counts() for table in store.plan.tables}

    @property
    def is_one_transaction(self) -> bool:
        """Whether it takes the whole import to say what goes in: what a document refers to may come after it."""
        return self._settling is not None

    @property
    def leaves_files(self) -> bool:
        """Whether files may be left of which no document is there any more."""
        return self._sources.leaves_files

    def all_at_once(self) -> None:
        """Expect that the whole import is one transaction, which fills an empty database."""
        self._sources.at_once = True

    def batch(self, batch: Sequence[InputDocument]) -> None:
        """Bring one batch in; what is refused of it is told in its order."""
        before = len(self.report.refusals)
        self._records.begin(batch)
        fresh, good = self._flattened([document for document in batch if not self._unreadable(document)])
        if not self._all_new(fresh, good):
            self._one_by_one(fresh, good)
        self._sources.write(final=not self.is_one_transaction)
        if len(self.report.refusals) > before:
            place = {document.origin: number for number, document in enumerate(batch)}
            self.report.refusals[before:] = sorted(
                self.report.refusals[before:], key=lambda one: place.get(one.origin, 0)
            )

    def settle(self) -> None:
        """Bring all references in order, in the end of the transaction that holds the whole import, or at its end."""
        if self._settling is not None:
            self._settling.finish(self._bring_alone, self._tell)
            self._sources.write(final=True)
        self._sources.finish()

    def tell(self) -> None:
        """Put into the report what the tables do not show."""
        report, sources = self.report, self._sources
        report.files_not_read, report.unchanged = sources.passed, report.unchanged + sources.left
        report.set_aside, report.new_members = tuple(self._asides), tuple(self._unnamed)
        if report.written:
            left = unfilled_columns(self.store)
            report.unfilled = tuple(unfilled(self.store.plan, left, self._unnamed, report.set_aside))

    def _flattened(self, readable: Sequence[InputDocument]) -> tuple[Batch, list[InputDocument]]:
        """Flatten documents as new ones, and return them with those that were not refused."""
        fresh = self.store.start()
        self._seen.begins(fresh)
        good = []
        for document in readable:
            try:
                self._flatten(document, fresh)
                good.append(document)
            except DocumentError as e:
                self._tell(document, Verdict("refused", e.diagnostics))
        return fresh, good

    def _flatten(self, document: InputDocument, batch: Batch) -> None:
        given, clean, origin = document.key, document.clean, document.origin
        ids = batch.rows.next_ids.copy()
        found = self.store.add(document.document, batch, given=given, clean=clean, origin=origin)
        if found.unnamed or found.asides:
            if self._new_members == "refuse" and (new := next(self._known.new_of(found), None)) is not None:
                batch.rows.take_back(ids)
                raise DocumentError(diagnostics=[unseen_member(*new, self.store.plan, origin)])
            self._known.settle(found.unnamed)

    def _all_new(self, fresh: Batch, good: Sequence[InputDocument]) -> bool:
        """Write a batch if all of its documents are new; if not, nothing is written."""
        keys = fresh.keys
        if len(set(map(typed_key, keys))) < len(keys) or self.store.locate_all(keys) or self._wait(keys):
            return False
        try:
            with self.store.savepoint():
                self.store.insert(fresh)
                self._seen.add_new(fresh, self._origins(good))
        except ForbiddenError:
            return False
        self._records.add(zip(good, keys, strict=True))
        self._sources.add_new(good, fresh.places)
        self.report.inserted += len(keys)
        for found in fresh.rows.documents:
            self._told(found)
        return True

    def _told(self, found: Flattened) -> None:
        """Count what the tables do not show of a document that is stored."""
        if found.asides:
            self._asides.add(found)
        if found.unnamed:
            self._unnamed.see(found)

    def _wait(self, keys: Sequence[Any]) -> bool:
        return self._settling is not None and self._settling.waits(keys)

    def _origins(self, good: Sequence[InputDocument]) -> list[str] | None:
        return None if self._settling is None else [origin_text(document) for document in good]

    def _one_by_one(self, fresh: Batch, good: Sequence[InputDocument]) -> None:
        places = self.store.locate_all(fresh.keys)
        documents = dict(self.store.documents_at(places.values()))
        stored = {key: documents[place] for key, place in places.items() if place in documents}
        for number, document in enumerate(good):
            one = fresh.alone(number)
            key = typed_key(one.keys[0])
            before = stored.get(key, NOTHING)
            if self._settling is not None:
                verdict = self._bring_or_wait(document, one, before, self._settling)
            else:
                verdict = self._bring(document, one, before)
            if verdict is not None:
                self._tell(document, verdict)
                if verdict.is_written:
                    stored[key] = document.document

    def _bring_or_wait(self, document: InputDocument, one: Batch, stored: Any, settling: Settling) -> Verdict | None:
        """Bring a document in, or decide only that nothing has to be done; None: what becomes of it is seen later."""
        key = one.keys[0]
        if not settling.waits([key]):
            if stored is NOTHING:
                verdict = self._bring(document, one, stored)
                if verdict.is_written:
                    self._seen.add_new(one, self._origins([document]))
                    return verdict
            elif self._seen.origin(key) is None and self._is_same(stored, document.document):
                return self._bring(document, one, stored)
        settling.wait(key, document)
        return None

    def _bring_alone(self, document: InputDocument) -> Verdict:
        """Bring in a document that waited."""
        one = self.store.start()
        self._flatten(document, one)
        place = self.store.locate(one.keys[0])
        stored = NOTHING if place is None else dict(self.store.documents_at([place])).get(place, NOTHING)
        return self._bring(document, one, stored)

    def _bring(self, document: InputDocument, one: Batch, stored: Any) -> Verdict:
        """Bring in the document of a batch of one, in the place of the stored one if it may.

        `stored` is a StoreError where that cannot be read.
        """
        key = one.keys[0]
        if stored is not NOTHING:
            if self._is_same(stored, document.document):
                self._seen.add(key)
                return Verdict("unchanged", flattened=one.rows.documents[0])
            place = self.store.locate(key) if len(self.store.plan.roots) > 1 else None
            alike = None if place is None else self.store.alike(one, place, document.origin)
            if alike is not None:
                return Verdict("refused", (alike,), beside=key)
            conflict = self._conflict(document, one.rows.documents[0], stored)
            if conflict is not None:
                return Verdict("skipped" if self._on_conflict == "skip" else "refused", (conflict,), beside=key)
        try:
            with self.store.savepoint():
                outcome = self.store.write_flattened(one, document.origin)
        except (DocumentError, UnreadableError) as e:
            return Verdict("refused", e.diagnostics, beside=NOTHING if stored is NOTHING else key)
        self._seen.add(key)
        return Verdict(outcome.kind, flattened=one.rows.documents[0])

    def _conflict(self, document: InputDocument, new: Flattened, stored: Any) -> Diagnostic | None:
        """Return what forbids that a document takes the place of a different one, None if it may.

        For a put `Writer.write` decides it; `conflicts` has the words of both.
        """
        if self._on_conflict == "replace":
            return None
        key, origin = new.key, document.origin
        is_made, contested = document.key_from_name and new.given_used, document.contested
        may_replace = self._is_said(document, key) and not is_made and not contested and self._on_conflict is None
        if isinstance(stored, StoreError):
            return None if may_replace else stored.diagnostics[0]
        if key in self._seen:
            return repeated_key(key, stored, document.document, origin, self.store.plan)
        if may_replace:
            return None
        rule, database = self._rule(document, is_made), self.store.backend.name
        return guessed_key(key, stored, document.document, origin, self.store.plan, rule, database)

    def _is_said(self, document: InputDocument, key: Any) -> bool:
        """Say whether somebody said what the document's key is, and that it may replace another one."""
        is_given = key == document.key and not document.key_from_name
        return self._key_said or is_given or not self.store.plan.key_inferred

    def _rule(self, document: InputDocument, is_made: bool) -> Rule:
        if is_made or document.contested:
            return "name of a file" if is_made else "repeated"
        return "inferred" if self.store.plan.key_inferred else "said"

    def _is_same(self, stored: Any, document: Any) -> bool:
        return not isinstance(stored, StoreError) and self.store.same(stored, document)

    def _unreadable(self, document: InputDocument) -> bool:
        if document.diagnostics:
            self._tell(document, Verdict("refused", document.diagnostics))
        return bool(document.diagnostics)

    def _tell(self, document: InputDocument, verdict: Verdict) -> None:
        """Count what became of a document, and say why if it stays out."""
        setattr(self.report, verdict.kind, getattr(self.report, verdict.kind) + 1)
        if verdict.took_out:
            self.report.inserted -= 1
            self._records.drop(document)
            self._sources.drop(document)
            if verdict.flattened is not None:
                self._asides.take_back(verdict.flattened)
                self._unnamed.take_back(verdict.flattened)
        elif verdict.flattened is not None:
            self._told(verdict.flattened)
            self._records.add([(document, verdict.flattened.key)])
            self._sources.add(document, verdict.flattened.key, is_written=verdict.is_written)
        elif verdict.beside is not NOTHING:
            self._records.give_way(document, verdict.beside)
        if verdict.kind == "refused":
            if len(self.report.refusals) < MAX_REFUSALS:
                self.report.refusals.append(RefusedDocument(document.origin, verdict.diagnostics))
            if self._on_refused is not None:
                self._on_refused(document, verdict.diagnostics)
        elif verdict.kind == "skipped" and self._on_skipped is not None:
            notes = [replace(d, severity="note", help="the stored one stays as it is") for d in verdict.diagnostics]
            self._on_skipped(document, tuple(notes))
