"""Trial: which indexes, views and triggers work with some tables, found out in a database in memory that holds nothing.

In: the SQL of tables, and objects that somebody made. Out: those that fail, with SQLite's words. Changes no database.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing

from docrel.backends.protocol import SqlObject
from docrel.sql import SQLITE

quote = SQLITE.quote_identifier
_ORDER = ("table", "index", "view", "trigger")


def failing(statements: Iterable[str], objects: Sequence[SqlObject]) -> dict[str, str]:
    """Return which objects do not work in a database of these statements, by name."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)  # the texts are of a file that anybody may have written
        for sql in statements:
            connection.execute(sql)
        failed: dict[str, str] = {}
        for made in sorted(objects, key=lambda made: _ORDER.index(made.kind)):
            if why := _tried(connection, made.sql):
                failed[made.name] = why
        for made in objects:
            if made.name not in failed and (why := _used(connection, made)):
                failed[made.name] = why
                _tried(connection, f"DROP {made.kind.upper()} IF EXISTS {quote(made.name)}")
        return failed


def _used(connection: sqlite3.Connection, made: SqlObject) -> str:
    """Compile what uses the object; SQLite looks at names only then."""
    if made.kind == "view":
        return _tried(connection, f"EXPLAIN SELECT * FROM {quote(made.name)}")
    if made.kind == "trigger":
        table = quote(made.table)
        columns = [c for (c,) in connection.execute("SELECT name FROM pragma_table_info(?)", [made.table])]
        sets = ", ".join(f"{quote(c)} = {quote(c)}" for c in columns)
        uses = (f"INSERT INTO {table} DEFAULT VALUES", f"UPDATE {table} SET {sets}", f"DELETE FROM {table}")
        words = made.sql.upper()
        for verb, use in zip(("INSERT", "UPDATE", "DELETE"), uses, strict=True):
            if verb in words and (why := _tried(connection, f"EXPLAIN {use}")) and "cannot modify" not in why:
                return why
    return ""


def _tried(connection: sqlite3.Connection, sql: str) -> str:
    try:
        connection.execute(sql).fetchall()
    except sqlite3.Error as e:
        return str(e)
    return ""
