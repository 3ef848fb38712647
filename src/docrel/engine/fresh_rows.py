"""Fresh rows: what documents became, before anybody stores it.

In: documents, one by one, by `Flattener.add`. Out: `FreshRows`, which only grow, and for each document a `Flattened`,
which tells its own rows among them. Knows nothing of SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from docrel.engine.asides import Aside, Unnamed
from docrel.layout import RowKey
from docrel.rows import RowComplement

Row = tuple[Any, ...]
Notes = dict[tuple[int, RowKey], RowComplement]


@dataclass(frozen=True, slots=True)
class Problem:
    """A constraint that a document breaks: the JSON value at `path` cannot stand in `table.column`."""

    table: str
    column: str
    path: tuple[str | int, ...]
    rule: str  # required, exact, one_of, minimum, maximum; when: no root table takes the document
    value: Any  # NOTHING: the document says nothing there


class Flattened(NamedTuple):
    """What became of one document.

    Attributes:
        problems: What its constraints forbid. Where there are some, no row is added and nothing else is said.
        root: The number of its root table.
        row: The whole primary key of its root row.
        key: What identifies it.
        given_used: It does not say its key itself, the one that the caller gave was taken.
        starts: Per table, how many rows were there before its own.
        notes: The notes on its rows, by table number and row key.
        asides: What of it is not where the mapping puts it.
        unnamed: Its members that the mapping does not name.
    """

    problems: tuple[Problem, ...]
    root: int
    row: Row
    key: Any
    given_used: bool
    starts: tuple[int, ...]
    notes: Notes
    asides: Sequence[Aside] = ()
    unnamed: Sequence[Unnamed] = ()


def refused(problems: Iterable[Problem]) -> Flattened:
    """Return what became of a document that its constraints forbid."""
    return Flattened(tuple(problems), -1, (), None, False, (), {})


@dataclass(slots=True)
class FreshRows:
    """Rows of new documents as they grow.

    Attributes:
        rows: Per table, in plan order, its rows as tuples in column order.
        next_ids: The next surrogate number of each sequence.
        documents: What became of each document that is in here.
    """

    rows: list[list[Row]]
    next_ids: list[int]
    documents: list[Flattened] = field(default_factory=list)

    @property
    def notes(self) -> Notes:
        """The notes on rows of all documents."""
        return {of_row: note for document in self.documents for of_row, note in document.notes.items()}

    def take_back(self, next_ids: Sequence[int]) -> None:
        """Remove the last document, before which the next ids were these."""
        for rows, start in zip(self.rows, self.documents.pop().starts, strict=True):
            del rows[start:]
        self.next_ids[:] = next_ids

    def alone(self, number: int) -> FreshRows:
        """Return a copy of the rows of one document, by its number among the documents."""
        document = self.documents[number]
        behind = self.documents[number + 1 : number + 2]
        ends: Sequence[int] = behind[0].starts if behind else list(map(len, self.rows))
        rows = [rows[start:end] for rows, start, end in zip(self.rows, document.starts, ends, strict=True)]
        return FreshRows(rows, list(self.next_ids), [document._replace(starts=(0,) * len(rows))])

    def extend(self, more: FreshRows) -> None:
        """Append documents from elsewhere, whose ids no document here has."""
        before = list(map(len, self.rows))
        for rows, others in zip(self.rows, more.rows, strict=True):
            rows.extend(others)
        for document in more.documents:
            starts = tuple([count + start for count, start in zip(before, document.starts, strict=True)])
            self.documents.append(document._replace(starts=starts))
