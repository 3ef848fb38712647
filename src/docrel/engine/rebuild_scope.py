"""What the parts of the rebuild generator share.

In: a plan. Out: names of variables and expressions for generated code. A slot stands for one source, `2_0` the first
one of table 2: `h2_0` its rows, `l2_0` the places where they go, by the key of the row above. `c3` is the content of
column 3 of the row at hand, `x` its notes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from docrel.layout import Claim, Code, Feed, claims, computed_default, is_computed
from docrel.plan import Column, ParentKey, Plan, Source, Table, Value


@dataclass
class Module:
    """The function under way and what all its parts have in common."""

    plan: Plan
    code: Code
    number: dict[str, int] = field(default_factory=dict)
    document_defaults: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.number = {table.name: n for n, table in enumerate(self.plan.tables)}

    def slot(self, table: Table, source: Source) -> str:
        """Return the name of the place that rows of a source go to."""
        return f"{self.number[table.name]}_{table.sources.index(source)}"

    def feed_slot(self, feed: Feed) -> str:
        """Return the slot of a feed."""
        return self.slot(feed.table, feed.source)

    def claim_of(self, table: Table, source: Source) -> Claim:
        """Return the claims on the node of a row."""
        return claims(self.plan, table, source)

    def groups(self) -> Iterator[tuple[Claim, list[Feed]]]:
        """Yield feeds that share one array, object or member, each group once."""
        done: set[str] = set()
        for table in self.plan.tables:
            for source in table.sources:
                for claim in self.claim_of(table, source).walk():
                    for feeds in claim.groups:
                        if self.feed_slot(feeds[0]) not in done:
                            done.update(map(self.feed_slot, feeds))
                            yield claim, feeds

    def parent_key(self, table: Table, source: Source, column: str = "c{}") -> str:
        """Return the expression for the key of a row's parent, as that parent spells its own in the complement."""
        parent = self.plan.table(source.parent or "")
        columns = [
            next(n for n, c in enumerate(table.columns) if c.role == ParentKey(parent.name, key))
            for key in parent.primary_key
        ]
        return _key(parent, [column.format(n) for n in columns])

    def row_key(self, table: Table, column: str = "c{}") -> str:
        """Return the expression for a row's own key."""
        return _key(table, [column.format(table.index_of(name)) for name in table.primary_key])

    def links(self, table: Table, source: Source) -> list[int]:
        """Return the columns that hold the key of a row of the source's parent."""
        return [
            n for n, c in enumerate(table.columns) if isinstance(c.role, ParentKey) and c.role.table == source.parent
        ]

    def document_default(self, table: Table, column: Column) -> str:
        """Return the name of the values of a default that is the same for all rows of a document, by root key."""
        root = self.number[self.plan.root_of(table).name]
        what = repr((root, column.default, column.type, column.map))
        if what not in self.document_defaults:
            name = f"defaults_{len(self.document_defaults)}"
            self.document_defaults[what] = name
            self.code.line(
                f"{name} = DocumentDefaults({self.code.bind(computed_default(column), 'default')}, documents_{root})"
            )
        return self.document_defaults[what]


def _key(table: Table, terms: Sequence[str]) -> str:
    return terms[0] if table.surrogate is not None else f"natural_key(({', '.join(terms)},))"


def needs_document(table: Table) -> bool:
    """Say whether a default of a nested table looks at the document."""
    return table.parent is not None and any(
        isinstance(column.role, Value) and is_computed(column) for column in table.columns
    )
