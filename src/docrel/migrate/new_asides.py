"""New asides: what a migration leaves in no column and no row that was in one before.

In: a `Diff`, and what the documents become by both of its plans. Out: a `SetAside` for each table, column and reason of
which there are more by the new plan than by the old one. Plain SQL sets nothing aside: where it would, documents are
rewritten. Law: 7, the tables tell the truth.
"""

from __future__ import annotations

from collections.abc import Iterator

from docrel.backends import Backend
from docrel.diff import Diff
from docrel.documents import SetAside, SetAsides
from docrel.engine import flattener_of
from docrel.store import Agreement, Progress, StoredDocument, StoredDocuments
from docrel.values import utc_now


class NewAsides:
    """Counts what is set aside `before` and `after`; iterating gives what is new."""

    def __init__(self, diff: Diff) -> None:
        self._renames = diff.renames
        self.before, self.after = SetAsides(diff.old), SetAsides(diff.new)

    def __iter__(self) -> Iterator[SetAside]:
        known = {self._place(one): one.count for one in self.before}
        return (one for one in self.after if one.count > known.get((one.table, one.columns, one.rule), 0))

    def _place(self, one: SetAside) -> tuple[str, tuple[str, ...], str]:
        """Return where something was set aside, by the new names."""
        columns = tuple(self._renames.column(one.table, name) for name in one.columns)
        return self._renames.table(one.table), columns, one.rule


def foreseen(backend: Backend, diff: Diff, *, progress: Progress | None = None) -> tuple[SetAside, ...]:
    """Return what a rewriting would set aside; documents that are refused or cannot be read are passed over."""
    asides, flattener, now = NewAsides(diff), flattener_of(diff.new), utc_now()
    stored = StoredDocuments(backend, diff.old)
    for page in stored.examined(Agreement(diff.old, asides.before.add)):
        for _, one in page:
            if isinstance(one, StoredDocument):
                found = flattener.add(one.document, flattener.start(), given=str(one.key), now=now)
                if not found.problems:
                    asides.after.add(found)
        if progress is not None:
            progress(len(page))
    return tuple(asides)
