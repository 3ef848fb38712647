"""Introspection: what a SQLite database really consists of.

In: an open sqlite3 connection. Out: a `Schema`, to be held against `docrel.sql.schema_of`. Reads the
catalogue only, names enter as parameters; never writes, and never looks at a mapping.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from docrel.sql import Sql, schema, table_text, target


def introspect(connection: sqlite3.Connection) -> schema.Schema:
    """Return the schema of the connection's main database; SQLite's own objects are left out.

    Raises:
        sqlite3.Error: The database cannot be read.
    """
    tables, indexes, views, triggers = [], [], [], []
    for kind, name, sql in _rows(
        connection,
        "SELECT type, name, sql FROM main.sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    ):
        match kind:
            case "table":
                tables.append(_table(connection, name, sql or ""))
            case "index" if sql is not None:  # an index without text belongs to a constraint
                indexes.append(schema.Index(name, Sql.of(sql), target(sql)))
            case "view":
                views.append(schema.View(name, Sql.of(sql)))
            case "trigger":
                triggers.append(schema.Trigger(name, Sql.of(sql), target(sql)))
    version = _rows(connection, "PRAGMA main.user_version")[0][0]
    return schema.Schema.of(version, tables, indexes, views, triggers)


def _rows(connection: sqlite3.Connection, sql: str, *parameters: str) -> list[tuple[Any, ...]]:
    cursor = connection.cursor()
    cursor.row_factory = None  # plain tuples, whatever the caller has set
    return cursor.execute(sql, parameters).fetchall()


def _table(connection: sqlite3.Connection, name: str, sql: str) -> schema.Table:
    text = table_text(sql)
    found = _rows(
        connection,
        "SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_xinfo(?, 'main') ORDER BY cid",
        name,
    )
    columns = tuple(
        schema.Column(
            column,
            declared,
            bool(not_null),
            None if default is None else Sql.of(default),
            key,
            generated=bool(key) and text.autoincrement,
        )
        for column, declared, not_null, default, key in found
    )
    checks = [schema.Check(named, condition) for named, condition in text.checks]
    uniques, keys = _uniques(connection, name), _foreign_keys(connection, name)
    options = {"small": "without" in text.options, "typed": "strict" in text.options}
    return schema.Table.of(name, columns, uniques, keys, checks, **options)


def _uniques(connection: sqlite3.Connection, table: str) -> set[tuple[str, ...]]:
    by_index: dict[str, list[str]] = {}
    for index, column in _rows(
        connection,
        "SELECT list.name, part.name FROM pragma_index_list(?, 'main') AS list, "
        "pragma_index_info(list.name, 'main') AS part WHERE list.origin = 'u' ORDER BY list.name, part.seqno",
        table,
    ):
        by_index.setdefault(index, []).append(column)
    return {tuple(columns) for columns in by_index.values()}


def _foreign_keys(connection: sqlite3.Connection, table: str) -> set[schema.ForeignKey]:
    by_number: dict[int, list[tuple[Any, ...]]] = {}
    for number, *part in _rows(
        connection,
        'SELECT id, "table", "from", "to", on_delete FROM pragma_foreign_key_list(?, \'main\') ORDER BY id, seq',
        table,
    ):
        by_number.setdefault(number, []).append(tuple(part))
    return {
        schema.ForeignKey(
            tuple(part[1] for part in parts),
            parts[0][0],
            tuple(part[2] for part in parts if part[2] is not None),
            parts[0][3],
        )
        for parts in by_number.values()
    }
