"""Ways: how SQL gets from the rows of one table down to those of a table below, along foreign keys.

In: a plan and a dialect. Out: the tables of a way with the columns that link them, and their joins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from docrel.layout import Link, layout_of
from docrel.plan import Plan, Table
from docrel.sql.dialect import Dialect

Way = list[tuple[str, list[tuple[str, str]]]]
"""Tables downwards, each with its columns and those above that they name."""


class Ways:
    """The ways of one plan."""

    def __init__(self, plan: Plan, dialect: Dialect) -> None:
        self._plan, self._layout, self._quote = plan, layout_of(plan), dialect.quote_identifier

    def down(self, table: Table, root: Table) -> Way:
        """The tables from the one that holds the root's key down to `table`."""
        tables = self._plan.tables
        way = self._layout.way_down(self._layout.number(root.name), self._layout.number(table.name))
        return [
            (tables[n].name, [(tables[n].columns[own].name, theirs) for own, theirs in self._links(link)])
            for n, link in way
        ]

    def _links(self, link: Link) -> Iterator[tuple[int, str]]:
        return zip(link.columns, self._plan.tables[link.table].primary_key, strict=True)

    def joins(self, way: Sequence[tuple[str, list[tuple[str, str]]]], join: str, above: str = "t0") -> str:
        """Join the tables of a way downwards to the one called `above`; they are called `t…`, by their place."""
        quote, sql = self._quote, ""
        for n, (name, links) in enumerate(way, above == "t0"):
            on = " AND ".join(f"t{n}.{quote(own)} = {above}.{quote(theirs)}" for own, theirs in links)
            sql, above = f"{sql} {join} {quote(name)} AS t{n} ON {on}", f"t{n}"
        return sql
