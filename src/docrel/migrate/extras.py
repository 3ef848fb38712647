"""Extras: indexes, views and triggers of the user's own, and whether they outlive a migration.

In: a database and the plans. Out: `Extra` values, and those that would not work any more, found out in a
database in memory that holds nothing. Never changes the user's database.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from docrel.backends import Backend
from docrel.migrate.steps import Extra
from docrel.plan import Plan, is_own
from docrel.sql import Dialect, ddl, schema_of

_ALL = (
    "SELECT type, name, tbl_name, sql FROM sqlite_master "
    "WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid"
)
KINDS = ("index", "view", "trigger")


@dataclass(frozen=True, slots=True)
class Lost:
    """An object of the user's that does not work with the new tables, and what SQLite says."""

    extra: Extra
    why: str


def extras_of(backend: Backend, plan: Plan) -> tuple[Extra, ...]:
    """Return the user's own views and triggers, and indexes on mapped tables, in the order they were made."""
    schema = schema_of(plan, backend.dialect)
    mapped = {i.name for i in schema.indexes} | {v.name for v in schema.views} | {t.name for t in schema.triggers}
    tables = {t.name for t in schema.tables}
    found = []
    for kind, name, table, sql in backend.execute(_ALL):
        known = name in mapped or is_own(name)
        if kind in KINDS and not known and (kind != "index" or table in tables):
            found.append(Extra(kind, name, sql))
    return tuple(found)


def lost_extras(backend: Backend, old: Plan, new: Plan, extras: Sequence[Extra]) -> list[Lost]:
    """Return those of `extras` that work with the tables of `old` and not with those of `new`."""
    if not extras:
        return []
    mapped = {t.name for t in schema_of(old, backend.dialect).tables}
    own = [sql for kind, name, _, sql in backend.execute(_ALL) if kind == "table" and name not in mapped]
    before, after = (_failures(plan, backend.dialect, own, extras) for plan in (old, new))
    return [Lost(extra, after[extra.name]) for extra in extras if extra.name in after and extra.name not in before]


def _failures(plan: Plan, dialect: Dialect, own: Sequence[str], extras: Sequence[Extra]) -> dict[str, str]:
    """Return what fails, with SQLite's words, in an empty database of `plan` with the user's own tables."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)  # the texts are of a file that anybody may have written
    try:
        failed: dict[str, str] = {}
        for statement in ddl(plan, dialect):
            connection.execute(statement.sql)
        for sql in own:
            _tried(connection, sql)
        for extra in sorted(extras, key=lambda e: KINDS.index(e.kind)):
            why = _tried(connection, extra.sql)
            if why:
                failed[extra.name] = why
        for extra in extras:
            if extra.name not in failed and (why := _used(connection, dialect, extra)):
                failed[extra.name] = why
                _tried(connection, f"DROP {extra.kind.upper()} IF EXISTS {dialect.quote_identifier(extra.name)}")
        return failed
    finally:
        connection.close()


def _used(connection: sqlite3.Connection, dialect: Dialect, extra: Extra) -> str:
    """Compile what uses the object; SQLite looks at names only then."""
    quote = dialect.quote_identifier
    if extra.kind == "view":
        return _tried(connection, f"EXPLAIN SELECT * FROM {quote(extra.name)}")
    if extra.kind == "trigger":
        found = connection.execute("SELECT tbl_name FROM sqlite_master WHERE name = ?", [extra.name]).fetchall()
        table = quote(found[0][0])
        columns = [c for (c,) in connection.execute("SELECT name FROM pragma_table_info(?)", [found[0][0]])]
        sets = ", ".join(f"{quote(c)} = {quote(c)}" for c in columns)
        uses = (f"INSERT INTO {table} DEFAULT VALUES", f"UPDATE {table} SET {sets}", f"DELETE FROM {table}")
        words = extra.sql.upper()
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
