"""The words of generated rebuild code: how its variables are called, and how it spells the key of a row.

In: a plan, and one source of one of its tables. Out: names and expressions. A variable is called by what it is and by
whose (`docrel.engine.names`), as in `cell_cost`:

- of a column of the row at hand `cell`, its content; `default`, what it holds for a silent document; `written`, where
  in the node its value went; `elsewhere`, whether the rest has something that silence would bring to light;
- of a claim `value`; `object`, the object under way; `items` and `fillers`, the elements at an index; `beside`, what
  the rest has there, `members` and `elements`, what is within that; `awaits`, whether rows will come to the object;
- of a group of sources (`docrel.engine.rebuild_places`) `places`, `parents`, `waiting`, `strays`; of a source `rows`;
- of a table `documents`, by root key, and `roots`, the root's key by a row's.

The row at hand has its `key`, `root`, `rest` (`own`: without what a note says of it), `complement` (None: no notes)
and `node`; `M` is nothing, `E` stands for an object.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from docrel.engine.names import Names, claim_endings
from docrel.layout import Claim, Code, Feeds, Layout, Pointer, SourceLayout, TableLayout, computed_default, is_computed
from docrel.plan import Column, Table, Value


@dataclass
class RebuildModule:
    """The function under way and what all its parts have in common."""

    layout: Layout
    code: Code
    names: Names
    document_defaults: dict[str, str] = field(default_factory=dict)

    def document_default(self, table: TableLayout, column: Column) -> str:
        """Return the name of the values of a default that is the same for all rows of a document, by root key."""
        what = repr((table.root, column.default, column.type, column.map))
        if what not in self.document_defaults:
            name = f"defaults_{len(self.document_defaults)}"
            self.document_defaults[what] = name
            compute = self.code.bind(computed_default(column), "compute")
            self.code.line(f"{name} = DocumentDefaults({compute}, documents{self.names.tables[table.root]})")
        return self.document_defaults[what]


@dataclass(frozen=True)
class Scope:
    """The rows of one source, as far as they are alike: `plain` ones, those with a `rest`, those with notes."""

    module: RebuildModule
    layout: TableLayout
    source: SourceLayout
    rows: Literal["plain", "rest", "noted"] = "plain"

    @property
    def code(self) -> Code:
        """The code that grows."""
        return self.module.code

    @property
    def table(self) -> Table:
        """The table in the plan."""
        return self.module.layout.plan.tables[self.layout.number]

    @property
    def noted(self) -> bool:
        """Whether the row has notes."""
        return self.rows == "noted"

    @property
    def has_rest(self) -> bool:
        """Whether the row may have a rest; that of a row with notes may be in them."""
        return self.rows != "plain"

    def on(self, column: int) -> str:
        """Return the ending of the names of variables for a column."""
        return self.module.names.column(self.layout.number, column)

    def cell(self, column: int) -> str:
        """Return the variable that has the content of a column."""
        return f"cell{self.on(column)}"

    def at(self, claim: Claim) -> str:
        """Return the ending of the names of variables for a claim."""
        return self._places[claim.number]

    def claim_at(self, pointer: Pointer) -> Claim:
        """Return what is claimed at a place of the node."""
        return next(claim for claim in self.source.claim.walk() if claim.pointer == pointer)

    @cached_property
    def _places(self) -> dict[int, str]:
        return claim_endings(self.source.claim)

    @cached_property
    def contested(self) -> list[Claim]:
        """Places where a column or an array may say something, and an object with a column told from the node.

        That column's value is written first, and taken out again where its default says as much.
        """
        told = [claim.pointer for number in self.source.after for _, claim in self.source.uses.get(number, ())]
        return [
            claim
            for claim in self.source.claim.walk()
            if claim.is_object
            and (claim.scalar or claim.whole or claim.is_array)
            and any(pointer[: len(claim.pointer)] == claim.pointer for pointer in told)
        ]

    def slot(self, feeds: Feeds) -> str:
        """Return the ending of the names of variables for feeds that share one array, object or member."""
        return self.module.names.slot(feeds)

    def slots(self, claim: Claim) -> list[str]:
        """Return those of the rows that are members of the object at a claim."""
        return [self.slot(feeds) for feeds in (claim.feeds("members"), claim.feeds("tree")) if feeds]


Spell = Callable[[int], str]
"""Returns the expression for a column of the row at hand."""


def in_row(column: int) -> str:
    """Return the expression for a column of a row called `r`."""
    return f"r[{column}]"


def parent_key(source: SourceLayout, column: Spell = in_row) -> str:
    """Return the expression for the key of a row's parent, as that parent spells its own in the complement."""
    link = source.link
    return "None" if link is None else _key(link.columns, column, numbered=link.numbered)


def row_key(table: TableLayout, column: Spell = in_row) -> str:
    """Return the expression for a row's own key."""
    return _key(table.key, column, numbered=table.surrogate is not None)


def _key(columns: Sequence[int], column: Spell, *, numbered: bool) -> str:
    """The expression for a key: its one number as it is, or all its columns."""
    terms = [column(number) for number in columns]
    return terms[0] if numbered else f"natural_key(({', '.join(terms)},))"


def needs_document(table: Table) -> bool:
    """Say whether a default of a nested table looks at the document."""
    return table.parent is not None and any(
        isinstance(column.role, Value) and is_computed(column) for column in table.columns
    )
