"""Asides: what of a document is not where the mapping puts it, so that nobody who asks in SQL sees it.

In: values, elements and members as generated code comes upon them, in its rare branches only. Out: an `Aside` for each,
with the place in the document. The document itself loses nothing: it keeps them in its rest or its notes. Law: 7, the
tables tell the truth, `tests/laws/test_told.py`.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from docrel.layout import Pointer

Rule = Literal[
    "type",  # the column's type cannot hold it: NULL
    "inexact",  # the column holds the next best: a number that was rounded, a text without what no database takes
    "place",  # it stands where the mapping looks into an object or an array
    "kind",  # rows are made of values of another kind
    "case",  # no `when` of the tables that share its place takes it
    "mistakable",  # its row would be read back as that of another source
    "unique",  # an earlier row of the document has its values
    "required",
    "one_of",
    "minimum",
    "maximum",
]
Location = tuple[Any, ...] | None  # (location of the row above, its place, Reporter of its source, pointer)


class Aside(NamedTuple):
    """A value that is not in its columns, or a node that became no row.

    Attributes:
        table: The number of the table.
        columns: The numbers of the columns that say less than the document; of a node those that kept it out, if any.
        rule: Why.
        is_row: A row is missing, not only what columns hold.
        value: What the document says.
        at: Where it is.
    """

    table: int
    columns: tuple[int, ...]
    rule: Rule
    is_row: bool
    value: Any
    at: Location

    @property
    def path(self) -> tuple[str | int, ...]:
        """The steps from the document to the value."""
        return path_of(self.at)


Place = tuple[int, Pointer]  # the number of a table, and where an object is in its rows' node
Unnamed = tuple[Place, tuple[str, ...], Location]
"""An object's members that no selector names, one tuple for all objects of one place and these names; where it is.

Many documents have some, in every row: so it is a bare tuple.
"""


def path_of(location: Location) -> tuple[str | int, ...]:
    """Return the steps from the document to a location."""
    here: list[str | int] = []
    while location is not None:
        location, place, reporter, pointer = location
        here[:0] = (*reporter.steps(place), *pointer)
    return tuple(here)
