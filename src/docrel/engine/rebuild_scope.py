"""What the parts of the rebuild generator share.

In: a plan. Out: names of variables and expressions for generated code. A slot stands for one source, `2_0` the first
one of table 2: `h2_0` its rows, `l2_0` the places where they go, by the key of the row above. `c3` is the content of
column 3 of the row at hand, `x` its notes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from docrel.layout import Code, Feeds, Layout, SourceLayout, TableLayout, computed_default, is_computed
from docrel.plan import Column, Table, Value


def slot_of(table: int, source: int) -> str:
    """Return the name of the place that rows of a source go to."""
    return f"{table}_{source}"


def shared_slot(feeds: Feeds) -> str:
    """Return the slot of feeds that share one array, object or member: that of the first."""
    return slot_of(feeds[0].table, feeds[0].source)


@dataclass
class Module:
    """The function under way and what all its parts have in common."""

    layout: Layout
    code: Code
    document_defaults: dict[str, str] = field(default_factory=dict)

    def document_default(self, table: TableLayout, column: Column) -> str:
        """Return the name of the values of a default that is the same for all rows of a document, by root key."""
        what = repr((table.root, column.default, column.type, column.map))
        if what not in self.document_defaults:
            name = f"defaults_{len(self.document_defaults)}"
            self.document_defaults[what] = name
            compute = self.code.bind(computed_default(column), "default")
            self.code.line(f"{name} = DocumentDefaults({compute}, documents_{table.root})")
        return self.document_defaults[what]


def parent_key(source: SourceLayout, column: str = "c{}") -> str:
    """Return the expression for the key of a row's parent, as that parent spells its own in the complement."""
    link = source.link
    return "None" if link is None else _key(link.columns, column, numbered=link.numbered)


def row_key(table: TableLayout, column: str = "c{}") -> str:
    """Return the expression for a row's own key."""
    return _key(table.key, column, numbered=table.surrogate is not None)


def _key(columns: Sequence[int], column: str, *, numbered: bool) -> str:
    terms = [column.format(n) for n in columns]
    return terms[0] if numbered else f"natural_key(({', '.join(terms)},))"


def needs_document(table: Table) -> bool:
    """Say whether a default of a nested table looks at the document."""
    return table.parent is not None and any(
        isinstance(column.role, Value) and is_computed(column) for column in table.columns
    )
