"""What the parts of the rebuild generator share.

In: a plan. Out: names of variables and expressions for generated code. A slot stands for one source, that of a table
`items` say: `h_items` its rows, `l_items` the places where they go, by the key of the row above. `c_cost` is the
content of a column of the row at hand, `x` its notes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from docrel.engine.names import Names
from docrel.layout import Code, Layout, SourceLayout, TableLayout, computed_default, is_computed
from docrel.plan import Column, Table, Value


@dataclass
class Module:
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
            compute = self.code.bind(computed_default(column), "default")
            self.code.line(f"{name} = DocumentDefaults({compute}, documents{self.names.tables[table.root]})")
        return self.document_defaults[what]


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
    terms = [column(n) for n in columns]
    return terms[0] if numbered else f"natural_key(({', '.join(terms)},))"


def needs_document(table: Table) -> bool:
    """Say whether a default of a nested table looks at the document."""
    return table.parent is not None and any(
        isinstance(column.role, Value) and is_computed(column) for column in table.columns
    )
