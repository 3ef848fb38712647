"""DML: the statements that read and write the rows of a plan.

In: a layout and a dialect. Out: SQL text with parameters; values never enter it. Reads of nested tables walk
from the root downwards along foreign keys (CROSS JOIN keeps SQLite's planner from choosing an index of low
selectivity).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from docrel.layout import Layout, Link
from docrel.plan import Table
from docrel.sql.dialect import Dialect

ROWS_A_STATEMENT = 50
MAX_PARAMETERS = 30_000


class Dml:
    """The statements for one plan; tables go by their number in the plan."""

    def __init__(self, layout: Layout, dialect: Dialect) -> None:
        self.plan, self._layout = (plan := layout.plan), layout
        self._quote = dialect.quote_identifier
        self.selects = {(t.name, r.name): self._select(t, r) for r in plan.roots for t in plan.family(r)}
        several = len(plan.roots) > 1
        complement, shapes = self._quote(plan.complement), self._quote(plan.shapes)
        rooted = '"root" = ? AND ' if several else ""
        self.select_notes = (
            f'SELECT "document", "table", "row", "shape", "body" FROM {complement} '
            f'WHERE {rooted}"document" BETWEEN ? AND ?'
        )
        self.select_note = (
            f'SELECT "shape", "body" FROM {complement} WHERE {rooted}"document" = ? AND "table" = ? AND "row" = ?'
        )
        names = ('"root", ' if several else "") + '"document", "table", "row", "shape", "body"'
        self._insert_note = f"INSERT OR REPLACE INTO {complement} ({names}) VALUES "
        self.note_width = 6 if several else 5
        self.delete_note = f'DELETE FROM {complement} WHERE {rooted}"document" = ? AND "table" = ? AND "row" = ?'
        self.delete_notes = f'DELETE FROM {complement} WHERE {rooted}"document" = ?'
        self.insert_shape = f'INSERT OR IGNORE INTO {shapes} ("id", "body") VALUES (?, ?)'
        self.select_shape = f'SELECT "body" FROM {shapes} WHERE "id" = ?'
        self.collect_shapes = (
            f'DELETE FROM {shapes} WHERE "id" NOT IN (SELECT "shape" FROM {complement} WHERE "shape" IS NOT NULL)'
        )

    def _select(self, table: Table, root: Table) -> str:
        """Rows of `table` that belong to documents whose root key lies between two values."""
        quote = self._quote
        key = root.primary_key[0]
        if table is root:
            columns = ", ".join(quote(c.name) for c in table.columns)
            return f"SELECT {columns} FROM {quote(table.name)} WHERE {quote(key)} BETWEEN ? AND ?"
        steps = [(self.plan.tables[number], link) for number, link in self._way_down(table, root)]
        first, top = steps[0]
        sql = f"FROM {quote(first.name)} AS t0"
        for n, ((above, _), (inner, link)) in enumerate(pairwise(steps), 1):
            own = [inner.columns[column].name for column in link.columns]
            pairs = zip(own, above.primary_key, strict=True)
            on = " AND ".join(f"t{n}.{quote(a)} = t{n - 1}.{quote(b)}" for a, b in pairs)
            sql += f" CROSS JOIN {quote(inner.name)} AS t{n} ON {on}"
        columns = ", ".join(f"t{len(steps) - 1}.{quote(c.name)}" for c in table.columns)
        return f"SELECT {columns} {sql} WHERE t0.{quote(first.columns[top.columns[0]].name)} BETWEEN ? AND ?"

    def _way_down(self, table: Table, root: Table) -> tuple[tuple[int, Link], ...]:
        return self._layout.way_down(self._layout.number(root.name), self._layout.number(table.name))

    def select_one_row(self, table: Table, root: Table, unless: Sequence[Sequence[str]]) -> str:
        """One row of a nested table that belongs to a document, but none that has all of some columns' values."""
        quote = self._quote
        depth = len(self._way_down(table, root)) - 1
        sql = self.selects[table.name, root.name]
        for names in unless:
            same = " AND ".join(f"t{depth}.{quote(name)} IS ?" for name in names)
            sql += f" AND NOT ({same})"
        return sql + " LIMIT 1"

    def select_keys(self, root: Table, count: int) -> str:
        """Root key and document key of those of `count` documents that are stored."""
        quote = self._quote
        marks = ", ".join("?" * count)
        document = quote(self.plan.key or root.primary_key[0])
        return f"SELECT {quote(root.primary_key[0])}, {document} FROM {quote(root.name)} WHERE {document} IN ({marks})"

    def select_page(self, root: Table) -> str:
        """Root keys and document keys of a page of documents behind a root key, in order."""
        quote = self._quote
        key, document = quote(root.primary_key[0]), quote(self.plan.key or root.primary_key[0])
        return f"SELECT {key}, {document} FROM {quote(root.name)} WHERE {key} > ? ORDER BY {key} LIMIT ?"

    def select_first_page(self, root: Table) -> str:
        """The first page of `select_page`."""
        quote = self._quote
        key, document = quote(root.primary_key[0]), quote(self.plan.key or root.primary_key[0])
        return f"SELECT {key}, {document} FROM {quote(root.name)} ORDER BY {key} LIMIT ?"

    def select_where(self, root: Table, condition: str) -> str:
        """Root keys and document keys where the caller's own SQL condition holds."""
        quote = self._quote
        key, document = quote(root.primary_key[0]), quote(self.plan.key or root.primary_key[0])
        return f"SELECT {key}, {document} FROM {quote(root.name)} WHERE {condition}\nORDER BY {key}"

    def select_rows(self, table: Table, condition: str) -> str:
        """All columns of the rows of a table for which the caller's own SQL condition holds."""
        columns = ", ".join(self._quote(c.name) for c in table.columns)
        return f"SELECT {columns} FROM {self._quote(table.name)} WHERE {condition}"

    def rows_a_statement(self, width: int) -> int:
        """How many rows of `width` columns go into one INSERT."""
        return max(1, min(ROWS_A_STATEMENT, MAX_PARAMETERS // max(width, 1)))

    def insert(self, table: Table, rows: int) -> str:
        """INSERT of `rows` rows with all columns."""
        columns = ", ".join(self._quote(c.name) for c in table.columns)
        return f"INSERT INTO {self._quote(table.name)} ({columns}) VALUES {_marks(len(table.columns), rows)}"

    def insert_notes(self, rows: int) -> str:
        """INSERT of `rows` rows of the complement."""
        return self._insert_note + _marks(self.note_width, rows)

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
            f'AND CAST("row" AS INTEGER) NOT IN (SELECT {key} FROM {name})'
        )

    def delete_orphans(self, table: Table) -> str:
        """Delete the notes that `count_orphans` counts."""
        return self.count_orphans(table).replace("SELECT count(*)", "DELETE", 1)

    def highest_id(self, table: Table) -> str:
        """The highest surrogate id in a table."""
        key = self._quote(table.surrogate or "")
        return f"SELECT max({key}) FROM {self._quote(table.name)}"


def _marks(width: int, rows: int) -> str:
    one = f"({', '.join('?' * width)})"
    return ", ".join([one] * rows)
