"""What no document fills: tables without a row and columns that are NULL in all rows, with the name that was meant.

In: which these are, and what was found of the documents. Out: an `Unfilled` each, in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from docrel.diagnostics import visible
from docrel.documents.asides import SetAside
from docrel.documents.unnamed import UnnamedMembers
from docrel.layout import Layout, SourceLayout, TableLayout, layout_of
from docrel.plan import Derived, Plan, Value
from docrel.values import jsontext

Column = tuple[int, int | None]  # a table and its column; None: it has no row


@dataclass(frozen=True, slots=True)
class Unfilled:
    """A table without a row, or a column (else None) that no row fills.

    Attributes:
        path: Where the mapping looks.
        is_set_aside: Something is there; it is told as a `SetAside` too.
        advice: What was probably meant, if anything was.
    """

    table: str
    column: str | None
    path: str
    is_set_aside: bool
    advice: str

    @property
    def text(self) -> str:
        """This in a line."""
        what = f"{self.table} has no row" if self.column is None else f"{self.table}.{self.column} is never filled"
        why = f"what is at {self.path} is set aside" if self.is_set_aside else f"nothing is at {self.path}"
        return visible(f"{what}: {why}" + (f"; {self.advice}" if self.advice else ""))


class Unseen:
    """What of a plan no row has filled yet, as rows come by."""

    def __init__(self, plan: Plan) -> None:
        self._tables = [list(columns) for columns in fillable(plan)]
        self._empty = [True] * len(plan.tables)

    def see(self, rows: Sequence[Sequence[Sequence[Any]]]) -> None:
        """Look at some rows of each table."""
        for number, own in enumerate(rows):
            if own:
                self._empty[number] = False
                left = self._tables[number]
                if left:
                    self._tables[number] = [n for n in left if all(row[n] is None for row in own)]

    def __iter__(self) -> Iterator[Column]:
        for number, left in enumerate(self._tables):
            if self._empty[number]:
                yield number, None
            else:
                yield from ((number, column) for column in left)


def fillable(plan: Plan) -> Iterator[list[int]]:
    """Yield for each table the columns that only documents fill."""
    for table in layout_of(plan).tables:
        columns = plan.tables[table.number].columns
        told = {column for source in table.sources for column, _ in source.constants}
        yield [n for n, c in enumerate(columns) if isinstance(c.role, Value | Derived) and n not in told]


def unfilled(plan: Plan, left: Iterable[Column], unnamed: UnnamedMembers, asides: Iterable[SetAside]) -> list[Unfilled]:
    """Say what is not filled; a table without a row says it for all below it."""
    layout, found, empty = layout_of(plan), list[Unfilled](), set[int]()
    asides = list(asides)
    for number, column in left:
        table = layout.tables[number]
        if column is None:
            empty.add(number)
        if column is not None or table.parent not in empty:
            found.append(_in_words(layout, table, column, unnamed, asides))
    return found


def _in_words(
    layout: Layout, table: TableLayout, column: int | None, unnamed: UnnamedMembers, asides: Sequence[SetAside]
) -> Unfilled:
    of = layout.plan.tables[table.number]
    name = None if column is None else of.columns[column].name
    ways = list(_ways(layout, table, column))
    path = " or ".join(dict.fromkeys(_path(source, pointer) for source, _, pointer in ways)) or "its place"
    advice = next((a for _, number, pointer in ways if (a := _meant(unnamed, number, pointer))), "")
    aside = next((a for a in asides if a.table == of.name and (name in a.columns if name else a.is_row)), None)
    if aside is not None:
        advice = aside.widen
    return Unfilled(of.name, name, path, aside is not None, advice)


def _ways(layout: Layout, table: TableLayout, column: int | None) -> Iterator[tuple[str, int, tuple[str | int, ...]]]:
    """Yield where the mapping looks: what ends the path, the table of whose rows' nodes it starts at, and the way."""
    for source in table.sources:
        if column is not None:
            yield from (("", table.number, claim.pointer) for _, claim in source.uses.get(column, ()))
        elif source.parent is not None:
            yield _ending(source), source.parent, source.pointer


def _ending(source: SourceLayout) -> str:
    return {"elements": "[*]", "members": ".*"}.get(source.kind, "")


def _path(ending: str, pointer: tuple[str | int, ...]) -> str:
    return jsontext.json_path(pointer).removeprefix("$").removeprefix(".") + ending or "@"


def _meant(unnamed: UnnamedMembers, number: int, pointer: tuple[str | int, ...]) -> str:
    """Return the name that is there in the place of one that is not."""
    for n, step in enumerate(pointer):
        there = unnamed.near((number, pointer[:n]), step) if isinstance(step, str) else None
        if there is not None:
            return f"there is `{there}`"
    return ""
