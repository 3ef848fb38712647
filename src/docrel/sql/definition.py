"""DDL: the statements that make a database for a plan.

In: a plan and a dialect. Out: `SqlStatement` values in executable order, each one statement without its
semicolon. Returns text, never runs it; the layout is in `templates/<dialect>`, the constraints are from
`docrel.sql.structure`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from docrel.plan import Plan, once_a_plan
from docrel.sql import schema
from docrel.sql.bookkeeping import engine_tables
from docrel.sql.dialect import Dialect
from docrel.sql.notes import note_triggers
from docrel.sql.structure import complement_sql, schema_of, statement_sql

Kind = Literal["table", "index", "view", "statement", "complement", "trigger", "version"]


@dataclass(frozen=True, slots=True)
class SqlStatement:
    """One statement; `name` is the object that it makes, `table` the table that it belongs to."""

    kind: Kind
    name: str
    sql: str
    table: str | None = None


@once_a_plan
def ddl(plan: Plan, dialect: Dialect) -> tuple[SqlStatement, ...]:
    """Return the statements that make an empty database for `plan`.

    Order: tables (parents first), forward foreign keys, the engine's tables, indexes by table, the engine's view and
    triggers, views and other statements as written, the version.

    Raises:
        ValueError: A name or constant that the dialect cannot spell, or an unknown column type.

    Law: 5, what is introspected from the result is `schema_of(plan, dialect)`
    (tests/unit/test_introspect.py).
    """
    return tuple(_statements(plan, dialect))


def script(statements: tuple[SqlStatement, ...]) -> str:
    """Return the statements as one SQL script, a blank line between them."""
    return "\n\n".join(_ended(statement.sql) for statement in statements) + "\n"


def _ended(sql: str) -> str:
    """End the statement; on a new line where the author's last one may be a comment."""
    return f"{sql}\n;" if "--" in sql.rsplit("\n", 1)[-1] else f"{sql};"


def _statements(plan: Plan, dialect: Dialect) -> Iterator[SqlStatement]:
    wanted = schema_of(plan, dialect)
    before: set[str] = set()
    forward: list[tuple[schema.Table, schema.ForeignKey]] = []
    for table in plan.tables:
        before.add(table.name)
        shape = wanted.table(table.name)
        later = _forward(shape, before) if dialect.foreign_keys == "alter" else ()
        forward += [(shape, key) for key in later]
        yield SqlStatement("table", table.name, table_sql(shape, dialect, without=later), table.name)
    for shape, key in forward:
        yield SqlStatement("table", shape.name, _foreign_key_sql(shape, key, dialect), shape.name)
    for shape in engine_tables(plan, dialect):
        yield SqlStatement("complement", shape.name, table_sql(shape, dialect), shape.name)
    written = {statement.name for statement in plan.statements}
    order = {table.name: number for number, table in enumerate(plan.tables)}
    for index in sorted(wanted.indexes, key=lambda index: order.get(index.table, len(order))):
        if index.name not in written:
            yield SqlStatement("index", index.name, index.sql.text, index.table)
    yield SqlStatement("view", plan.complement, complement_sql(plan, dialect))
    for trigger in note_triggers(plan, dialect):
        yield SqlStatement("trigger", trigger.name, trigger.sql, trigger.table)
    tables = {t.name: t.table for t in wanted.triggers} | {i.name: i.table for i in wanted.indexes}
    for kind in ("view", "statement"):
        for statement in plan.statements:
            text = statement_sql(statement, dialect)
            if statement.kind == kind and text is not None:
                yield SqlStatement(statement.kind, statement.name, text, tables.get(statement.name))
    if wanted.version is not None:
        yield SqlStatement("version", "user_version", dialect.version.format(wanted.version))


def _forward(table: schema.Table, before: set[str]) -> tuple[schema.ForeignKey, ...]:
    return tuple(key for key in table.foreign_keys if key.table not in before)


def table_sql(table: schema.Table, dialect: Dialect, without: tuple[schema.ForeignKey, ...] = ()) -> str:
    """Return the CREATE TABLE, one column a line; the foreign keys of `without` are left out."""
    from docrel.sql.templating import render

    quote = dialect.quote_identifier
    keys = tuple(key for key in table.foreign_keys if key not in without)
    columns = [
        {"name": quote(c.name), "type": c.type, "rest": " ".join(_column_words(c, table, keys, dialect))}
        for c in table.columns
    ]
    return render(
        f"{dialect.name}/table.sql.j2",
        name=quote(table.name),
        columns=columns,
        constraints=list(_constraints(table, keys, dialect)),
        options=", ".join(filter(None, [dialect.small_table * table.small, dialect.typed_table * table.typed])),
        name_width=max(len(c["name"]) for c in columns),
        type_width=max(len(c["type"]) for c in columns),
    )


def column_sql(column: schema.Column, table: schema.Table, dialect: Dialect) -> str:
    """Return the definition of one column as ALTER TABLE … ADD COLUMN wants it."""
    words = _column_words(column, table, table.foreign_keys, dialect)
    return " ".join(filter(None, (dialect.quote_identifier(column.name), column.type, *words)))


def _column_words(
    column: schema.Column, table: schema.Table, keys: tuple[schema.ForeignKey, ...], dialect: Dialect
) -> Iterator[str]:
    if column.generated:
        yield dialect.surrogate_rest
    if column.not_null:
        yield "NOT NULL"
    if column.default is not None:
        text = column.default.text
        yield f"DEFAULT {text}"
    if table.primary_key == (column.name,) and not column.generated:
        yield "PRIMARY KEY"
    if (column.name,) in table.uniques:
        yield "UNIQUE"
    for check in table.checks:
        if check.column == column.name:
            yield f"CHECK ({check.sql.text})"
    for key in keys:
        if key.columns == (column.name,):
            yield _references(key, dialect)


def _constraints(table: schema.Table, keys: tuple[schema.ForeignKey, ...], dialect: Dialect) -> Iterator[str]:
    quote = dialect.quote_identifier
    if len(table.primary_key) > 1:
        yield f"PRIMARY KEY ({_list(table.primary_key, dialect)})"
    for unique in table.uniques:
        if len(unique) > 1:
            yield f"UNIQUE ({_list(unique, dialect)})"
    for key in keys:
        if len(key.columns) > 1:
            yield f"FOREIGN KEY ({_list(key.columns, dialect)}) {_references(key, dialect)}"
    for check in table.checks:
        if check.column is None:
            named = f"CONSTRAINT {quote(check.name)} " if check.name else ""
            # On a line of its own: the author's text may end in a comment.
            yield f"{named}CHECK (\n    {check.sql.text}\n  )"


def _references(key: schema.ForeignKey, dialect: Dialect) -> str:
    action = f" ON DELETE {key.on_delete}" if key.on_delete != "NO ACTION" else ""
    return f"REFERENCES {dialect.quote_identifier(key.table)} ({_list(key.targets, dialect)}){action}"


def _foreign_key_sql(table: schema.Table, key: schema.ForeignKey, dialect: Dialect) -> str:
    from docrel.sql.templating import render

    return render(
        f"{dialect.name}/foreign_key.sql.j2",
        table=dialect.quote_identifier(table.name),
        columns=_list(key.columns, dialect),
        references=_references(key, dialect),
    )


def _list(names: tuple[str, ...], dialect: Dialect) -> str:
    return ", ".join(dialect.quote_identifier(name) for name in names)
