"""Damage that a client can do to a database with SQL, foreign keys off: what `doctor --fix` is for, and what it is not.

In: an `EditedDatabase` and a random. Out: SQL statements. What the database's own constraints forbid does not happen.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from edited_database import EditedDatabase, Statement
from edited_documents import ODD, quoted
from row_model import Row
from row_trees import rows_by_table

from docrel.plan import MemberKey, ParentKey, Plan, Position, Table, Value


class Damages:
    """Makes damage of one database."""

    def __init__(self, random: Random, database: EditedDatabase) -> None:
        self.random, self.database, self.plan = random, database, database.plan
        self.rows = rows_by_table(database.plan, database.query)

    def one(self) -> list[Statement]:
        """Return statements; none where the damage that was drawn does not apply."""
        return self.random.choice(KINDS)(self)

    def deleted_rows(self) -> list[Statement]:
        """Delete some rows of a table; those below them stay."""
        table, row = self._row()
        if self.random.random() < 0.2:
            return [(f"DELETE FROM {quoted(table.name)}", [])]
        return [(f"DELETE FROM {quoted(table.name)} WHERE {_where(table)}", _key(table, row))]

    def other_links(self) -> list[Statement]:
        """Let a row name a row above that is not there, or another one, or none."""
        return self._set(ParentKey, lambda column, table: self._link(column.role.table, column.role.column))

    def copied_rows(self) -> list[Statement]:
        """Add a row, like another one, that may be below a row that is not there."""
        table, row = self._row()
        row = {name: value for name, value in row.items() if name != table.surrogate}
        for column in table.columns:
            if isinstance(column.role, ParentKey) and self.random.random() < 0.5:
                row[column.name] = self._link(column.role.table, column.role.column)
            elif isinstance(column.role, MemberKey) and self.random.random() < 0.5:
                row[column.name] = "copied"
        names = ", ".join(map(quoted, row))
        if not row:
            return []
        return [(f"INSERT INTO {quoted(table.name)} ({names}) VALUES ({', '.join('?' * len(row))})", [*row.values()])]

    def positions(self) -> list[Statement]:
        """Give a row no position, one that is there already, or one far behind."""
        return self._set(Position, lambda column, table: self.random.choice((None, 0, 1, 99, -1, "x")))

    def odd_values(self) -> list[Statement]:
        """Put a value into a column that its type may not have."""
        return self._set((Value, MemberKey), lambda column, table: self.random.choice(ODD))

    def notes(self) -> list[Statement]:
        """Add a note on a row that is not there, or take one away."""
        table, _ = self._row()
        notes = quoted(self.plan.notes)
        row: Any = 10**6 + self.random.randrange(3)
        row = row if all(t.surrogate is not None for t in self.plan.tables) else str(row)
        if self.random.random() < 0.3:
            return [(f'DELETE FROM {notes} WHERE length("row") = 1', [])]
        body = '{"v":[["$",null]]}' if self.random.random() < 0.2 else None
        return [(f'INSERT INTO {notes} ("table", "row", "rank", "body") VALUES (?, ?, 5, ?)', [table.name, row, body])]

    def dropped(self) -> list[Statement]:
        """Drop an index, a trigger or a view; a trigger perhaps for another one of its name."""
        found = self.database.query(
            "SELECT type, name, tbl_name FROM sqlite_master WHERE type IN ('index', 'trigger', 'view') AND sql <> ''"
        )
        if not found:
            return []
        kind, name, table = self.random.choice(found)
        statements: list[Statement] = [(f"DROP {kind} {quoted(name)}", [])]
        if kind == "trigger" and self.random.random() < 0.2:
            other = f"CREATE TRIGGER {quoted(name)} AFTER DELETE ON {quoted(table)} BEGIN SELECT 1; END"
            statements.append((other, []))
        return statements

    def dropped_and_deleted(self) -> list[Statement]:
        """Delete rows where nothing cleans up behind them."""
        found = self.database.query("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_delete'")
        return [*((f"DROP TRIGGER {quoted(name)}", []) for (name,) in found), *self.deleted_rows()]

    def _link(self, table: str, column: str) -> Any:
        there = [row[column] for row in self.rows[table]]
        return self.random.choice([*there, None, 10**6, 10**6, "wild"])

    def _set(self, roles: Any, value: Callable[[Any, Table], Any]) -> list[Statement]:
        found = [
            (table, column, row)
            for table in self.plan.tables
            for column in table.columns
            if isinstance(column.role, roles)
            for row in self.rows[table.name]
        ]
        if not found:
            return []
        table, column, row = self.random.choice(found)
        sql = f"UPDATE {quoted(table.name)} SET {quoted(column.name)} = ? WHERE {_where(table)}"
        return [(sql, [value(column, table), *_key(table, row)])]

    def _row(self) -> tuple[Table, Row]:
        tables = [table for table in self.plan.tables if self.rows[table.name]]
        table = self.random.choice(tables)
        return table, self.random.choice(self.rows[table.name])


def _where(table: Table) -> str:
    return " AND ".join(f"{quoted(name)} IS ?" for name in table.primary_key)


def _key(table: Table, row: Row) -> list[Any]:
    return [row[name] for name in table.primary_key]


def reached(plan: Plan, rows: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Return the rows that lie below a document: they name its root row, or a row that lies below it."""
    there = {(root.name, *_key(root, row)) for root in plan.roots for row in rows[root.name]}
    size = -1
    while size < len(there):
        size = len(there)
        for table in plan.tables:
            there |= {(table.name, *_key(table, row)) for row in rows[table.name] if _above(plan, table, row) in there}
    return {t.name: [row for row in rows[t.name] if (t.name, *_key(t, row)) in there] for t in plan.tables}


def _above(plan: Plan, table: Table, row: Row) -> tuple[Any, ...]:
    """Return the row that a row is read with: its document's, if it names that, else the one that encloses it."""
    named: dict[str, Row] = {}
    for column in table.columns:
        if isinstance(column.role, ParentKey):
            named.setdefault(column.role.table, {}).setdefault(column.role.column, row[column.name])
    if table.parent is None:
        return (table.name, *_key(table, row))
    root = plan.root_of(table)
    name = root.name if set(named.get(root.name, ())) >= set(root.primary_key) else table.parent
    return (name, *(named[name][key] for key in plan.table(name).primary_key))


KINDS: tuple[Callable[[Damages], list[Statement]], ...] = (
    Damages.deleted_rows, Damages.deleted_rows, Damages.other_links, Damages.other_links, Damages.copied_rows,
    Damages.positions, Damages.odd_values, Damages.notes, Damages.dropped, Damages.dropped_and_deleted,
)  # fmt: skip
