"""Manipulation: the statements (DML) that read, change and delete the rows of a plan.

In: a plan and a dialect. Out: SQL text with parameters; values never enter it. Reads of nested tables walk
from the root downwards along foreign keys. INSERTs of rows are `Backend.load`'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from docrel.layout import Link, layout_of
from docrel.plan import Plan, Table
from docrel.sql.dialect import Dialect


class Dml:
    """The statements for one plan; tables go by their number in the plan."""

    def __init__(self, plan: Plan, dialect: Dialect) -> None:
        self.plan, self._layout = plan, layout_of(plan)
        self._dialect, self._quote = dialect, dialect.quote_identifier
        self.selects = {(t.name, r.name): self._select(t, r) for r in plan.roots for t in plan.family(r)}
        several = len(plan.roots) > 1
        complement, shapes = self._quote(plan.complement), self._quote(plan.shapes)
        rooted = '"root" = ? AND ' if several else ""
        self._select_notes = f'SELECT "table", "row", "shape", "body" FROM {complement} WHERE {rooted}"document" IN '
        self.select_note = (
            f'SELECT "shape", "body" FROM {complement} WHERE {rooted}"document" = ? AND "table" = ? AND "row" = ?'
        )
        self.delete_note = f'DELETE FROM {complement} WHERE {rooted}"document" = ? AND "table" = ? AND "row" = ?'
        self.delete_notes = f'DELETE FROM {complement} WHERE {rooted}"document" = ?'
        self.insert_shape = f'INSERT INTO {shapes} ("id", "body") VALUES (?, ?) ON CONFLICT DO NOTHING'
        self.select_shape = f'SELECT "body" FROM {shapes} WHERE "id" = ?'
        unused = f'FROM {shapes} WHERE "id" NOT IN (SELECT "shape" FROM {complement} WHERE "shape" IS NOT NULL)'
        self.count_shapes, self.delete_shapes = f"SELECT count(*) {unused}", f"DELETE {unused}"

    def select_notes(self, documents: int) -> str:
        """Notes on the rows of `documents` documents, each named as the complement names its root row."""
        return self._select_notes + _marks(documents)

    def _select(self, table: Table, root: Table) -> str:
        """Rows of `table` that belong to documents whose root row's key lies between two keys."""
        quote = self._quote
        between = f"BETWEEN {_key_marks(root)} AND {_key_marks(root)}"
        if table is root:
            columns = ", ".join(quote(c.name) for c in table.columns)
            return f"SELECT {columns} FROM {quote(table.name)} WHERE {self._key(root)} {between}"
        way = self._way_down(table, root)
        held = {theirs: own for own, theirs in way[0][1]}
        top = [f"t0.{quote(held[name])}" for name in root.primary_key]
        columns = ", ".join(f"t{len(way) - 1}.{quote(c.name)}" for c in table.columns)
        joins = self._joins(way[1:], self._dialect.join)
        return f"SELECT {columns} FROM {quote(way[0][0])} AS t0{joins} WHERE {_row_value(top)} {between}"

    def _way_down(self, table: Table, root: Table) -> list[tuple[str, list[tuple[str, str]]]]:
        """The tables from the one that holds the root's key down to `table`, each with its columns and those above."""
        tables = self.plan.tables
        way = self._layout.way_down(self._layout.number(root.name), self._layout.number(table.name))
        return [
            (tables[n].name, [(tables[n].columns[own].name, theirs) for own, theirs in self._links(link)])
            for n, link in way
        ]

    def _links(self, link: Link) -> Iterator[tuple[int, str]]:
        return zip(link.columns, self.plan.tables[link.table].primary_key, strict=True)

    def _joins(self, way: Sequence[tuple[str, list[tuple[str, str]]]], join: str, above: str = "t0") -> str:
        """Join the tables of a way downwards to the one called `above`; they are called `t…`, by their place."""
        quote, sql = self._quote, ""
        for n, (name, links) in enumerate(way, above == "t0"):
            on = " AND ".join(f"t{n}.{quote(own)} = {above}.{quote(theirs)}" for own, theirs in links)
            sql, above = f"{sql} {join} {quote(name)} AS t{n} ON {on}", f"t{n}"
        return sql

    def select_one_row(self, table: Table, root: Table, unless: Sequence[Sequence[str]]) -> str:
        """One row of a nested table that belongs to a document, but none that has all of some columns' values."""
        quote = self._quote
        depth = len(self._way_down(table, root)) - 1
        sql = self.selects[table.name, root.name]
        for names in unless:
            same = " AND ".join(f"t{depth}.{quote(name)} {self._dialect.same} ?" for name in names)
            sql += f" AND NOT ({same})"
        return sql + " LIMIT 1"

    def select_lost(self, table: Table, root: Table) -> str:
        """Keys of rows of a nested table that lie below no document, so many at most."""
        quote = self._quote
        way = self._way_down(table, root)
        last = len(way) - 1
        joins = ""
        for n in range(last, -1, -1):
            above, name = (f"t{n - 1}", way[n - 1][0]) if n else ("r", root.name)
            on = " AND ".join(f"{above}.{quote(theirs)} = t{n}.{quote(own)}" for own, theirs in way[n][1])
            joins += f" LEFT JOIN {quote(name)} AS {above} ON {on}"
        keys = ", ".join(f"t{last}.{quote(name)}" for name in table.primary_key)
        gone = f"r.{quote(root.primary_key[0])} IS NULL"
        return f"SELECT {keys} FROM {quote(table.name)} AS t{last}{joins} WHERE {gone} LIMIT ?"

    def select_broken(self, table: Table, root: Table, column: str, target: tuple[str, str]) -> str:
        """Keys of root rows and of documents, and values of a column that stand nowhere in the column `target`."""
        quote = self._quote
        way = [] if table is root else self._way_down(table, root)
        sql = f"FROM {quote(root.name)} AS r{self._joins(way, 'JOIN', 'r')}"
        value = f"{f't{len(way) - 1}' if way else 'r'}.{quote(column)}"
        keys = ", ".join(f"r.{quote(name)}" for name in (*root.primary_key, self.plan.key_of(root)))
        there = f"SELECT 1 FROM {quote(target[0])} AS there WHERE there.{quote(target[1])} = {value}"
        return f"SELECT DISTINCT {keys}, {value} {sql} WHERE {value} IS NOT NULL AND NOT EXISTS ({there})"

    def select_keys(self, root: Table, count: int) -> str:
        """The root row's key and the document's key of those of `count` documents that are stored."""
        document = self._quote(self.plan.key_of(root))
        return f"{self._select_places(root)} WHERE {document} IN {_marks(count)}"

    def select_page(self, root: Table) -> str:
        """Keys of root rows and of documents of a page behind a root row's key, in order."""
        behind = f"{self._key(root)} > {_key_marks(root)}"
        return f"{self._select_places(root)} WHERE {behind} ORDER BY {self._key_columns(root)} LIMIT ?"

    def select_first_page(self, root: Table) -> str:
        """The first page of `select_page`."""
        return f"{self._select_places(root)} ORDER BY {self._key_columns(root)} LIMIT ?"

    def select_ends(self, root: Table, order: Literal["ASC", "DESC"]) -> str:
        """Keys of so many root rows from one end."""
        by = ", ".join(f"{self._quote(name)} {order}" for name in root.primary_key)
        return f"SELECT {self._key_columns(root)} FROM {self._quote(root.name)} ORDER BY {by} LIMIT ?"

    def select_shared_keys(self, root: Table, other: Table) -> str:
        """The keys that documents of both root tables have, so many at most."""
        quote = self._quote
        one, two = (f"{alias}.{quote(self.plan.key_of(root))}" for alias in "ab")
        tables = f"{quote(root.name)} AS a JOIN {quote(other.name)} AS b ON {one} = {two}"
        same_type = " = ".join(f"{self._dialect.type_of}({key})" for key in (one, two))
        return f"SELECT {one} FROM {tables} WHERE {same_type} LIMIT ?"

    def select_twice(self) -> str:
        """The keys that documents of several root tables have."""
        type_of = self._dialect.type_of
        keys = (f"SELECT {self._quote(self.plan.key_of(r))} AS k FROM {self._quote(r.name)}" for r in self.plan.roots)
        return f"SELECT k FROM ({' UNION ALL '.join(keys)}) GROUP BY k, {type_of}(k) HAVING count(*) > 1"

    def select_where(self, root: Table, condition: str) -> str:
        """Keys of root rows and of documents where the caller's own SQL condition holds."""
        return f"{self._select_places(root)} WHERE {condition}\nORDER BY {self._key_columns(root)}"

    def select_of_row(self, root: Table) -> str:
        """Keys of the root row and of the document of one primary key."""
        return f"{self._select_places(root)} WHERE {self._by_key(root)}"

    def _select_places(self, root: Table) -> str:
        document = self._quote(self.plan.key_of(root))
        return f"SELECT {self._key_columns(root)}, {document} FROM {self._quote(root.name)}"

    def _key_columns(self, root: Table) -> str:
        return ", ".join(self._quote(name) for name in root.primary_key)

    def _key(self, root: Table) -> str:
        return _row_value([self._quote(name) for name in root.primary_key])

    def select_rows(self, table: Table, condition: str) -> str:
        """All columns of the rows of a table for which the caller's own SQL condition holds."""
        columns = ", ".join(self._quote(c.name) for c in table.columns)
        return f"SELECT {columns} FROM {self._quote(table.name)} WHERE {condition}"

    def select_row(self, table: Table) -> str:
        """Whether there is a row of one primary key."""
        return f"SELECT 1 FROM {self._quote(table.name)} WHERE {self._by_key(table)}"

    def update(self, table: Table, columns: Sequence[str]) -> str:
        """UPDATE of `columns` in the row of one primary key."""
        values = ", ".join(f"{self._quote(name)} = ?" for name in columns)
        return f"UPDATE {self._quote(table.name)} SET {values} WHERE {self._by_key(table)}"

    def delete(self, table: Table) -> str:
        """DELETE of the row of one primary key."""
        return f"DELETE FROM {self._quote(table.name)} WHERE {self._by_key(table)}"

    def _by_key(self, table: Table) -> str:
        return " AND ".join(f"{self._quote(name)} = ?" for name in table.primary_key)

    def count_orphans(self, table: Table) -> str:
        """How many notes there are on rows of a table, named by the parameter, that are gone."""
        key, name = self._quote(table.surrogate or ""), self._quote(table.name)
        return (
            f'SELECT count(*) FROM {self._quote(self.plan.complement)} WHERE "table" = ? '
            f'AND CAST("row" AS {self._dialect.types["integer"]}) NOT IN (SELECT {key} FROM {name})'
        )

    def delete_orphans(self, table: Table) -> str:
        """Delete the notes that `count_orphans` counts."""
        return self.count_orphans(table).replace("SELECT count(*)", "DELETE", 1)


def _row_value(terms: Sequence[str]) -> str:
    return terms[0] if len(terms) == 1 else f"({', '.join(terms)})"


def _key_marks(table: Table) -> str:
    return _row_value(["?"] * len(table.primary_key))


def _marks(count: int) -> str:
    return f"({', '.join('?' * count)})"
