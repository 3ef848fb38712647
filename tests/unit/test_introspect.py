"""Law 5: what is read from a new database is what the plan asks for; and how drift is told."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from docrel.backends.sqlite.introspection import introspect
from docrel.plan import Column, Default, IndexDefinition, Name, ParentKey, Plan, Source, Surrogate, Table, Value
from docrel.sql import SQLITE, Differs, Extra, Missing, ddl, difference, schema, schema_of
from strategies_plan import plans

quick = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _value(name: str, type_name: str = "text") -> Column:
    return Column(name, type_name, Value(((Name(name),),)))


def _each(parent: str | None) -> tuple[Source, ...]:
    return (Source("each", parent, ()),)


MISSIONS = Plan(
    "missions",
    2,
    (
        Table(
            "missions",
            (
                Column("id", "integer", Surrogate()),
                replace(_value("mission_uuid"), required=True, unique=True),
                replace(_value("phase"), one_of=("PLANNING", "CODING"), default=Default(constant="PLANNING")),
                _value("name"),
            ),
            ("id",),
            _each(None),
            indexes=(IndexDefinition("idx_phase", ("phase",)),),
        ),
        Table(
            "artifacts",
            (
                Column("id", "integer", Surrogate()),
                Column("mission_id", "integer", ParentKey("missions", "id"), required=True),
                _value("ref"),
            ),
            ("id",),
            _each("missions"),
            parent="missions",
            unique=(("mission_id", "ref"),),
        ),
    ),
    "mission_uuid",
)


def database(plan: Plan) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    for statement in ddl(plan, SQLITE):
        connection.execute(statement.sql)
    return connection


@quick
@given(plans())
def test_a_new_database_is_what_the_plan_asks_for(plan: Plan) -> None:
    connection = database(plan)
    assert difference(schema_of(plan, SQLITE), introspect(connection)) == []
    assert introspect(connection) == schema_of(plan, SQLITE)
    connection.close()


BROKEN = [
    ("NOT NULL", ""),
    ("NOT NULL UNIQUE", "NOT NULL"),
    ("CASCADE", "SET NULL"),
    ("'CODING'", "'CODED'"),
    (" DEFAULT 'PLANNING'", ""),
    ("user_version = 2", "user_version = 1"),
    (' ON "missions" ("phase")', ' ON "missions" ("name")'),
    (" AUTOINCREMENT", ""),
    (" WITHOUT ROWID", ""),
    (',\n  UNIQUE ("mission_id", "ref")', ""),
    ('"name"         TEXT', '"Name" TEXT'),
]


@pytest.mark.parametrize(("text", "instead"), BROKEN)
def test_a_ddl_that_is_wrong_in_one_place_is_caught(text: str, instead: str) -> None:
    connection = sqlite3.connect(":memory:")
    touched = False
    for statement in ddl(MISSIONS, SQLITE):
        own = statement.kind == "trigger" or statement.name == MISSIONS.complement
        touched |= text in statement.sql and not own
        connection.execute(statement.sql if own else statement.sql.replace(text, instead))
    assert touched
    assert introspect(connection) != schema_of(MISSIONS, SQLITE)
    assert difference(schema_of(MISSIONS, SQLITE), introspect(connection)) != []


def test_an_introspection_that_sees_less_is_caught() -> None:
    found = introspect(database(MISSIONS))
    blind = replace(found, tables=tuple(replace(table, checks=()) for table in found.tables))
    assert blind != schema_of(MISSIONS, SQLITE)


def drift(*sql: str) -> list[str]:
    connection = database(MISSIONS)
    for statement in sql:
        connection.execute(statement)
    return [str(found) for found in difference(schema_of(MISSIONS, SQLITE), introspect(connection))]


def test_drift_is_told_in_words() -> None:
    assert drift() == []
    assert drift("ALTER TABLE missions DROP COLUMN name") == ["table missions lacks the column name"]
    assert drift("ALTER TABLE missions ADD COLUMN more TEXT") == [
        "table missions has the column more, which is not part of the mapping"
    ]
    assert drift("DROP INDEX idx_phase") == ["index idx_phase is missing"]
    assert drift("DROP TABLE artifacts") == ["table artifacts is missing"]
    assert drift("PRAGMA user_version = 7") == ["database: the version is 7, not 2"]
    assert drift("DROP INDEX idx_phase", "CREATE INDEX idx_phase ON missions (phase) WHERE name > 1") == [
        (
            "index idx_phase: the definition is create index idx_phase on missions ( phase ) where name > 1, "
            "not create index idx_phase on missions ( phase )"
        )
    ]


def test_what_users_add_is_extra_and_not_drift() -> None:
    connection = database(MISSIONS)
    connection.execute("CREATE TABLE mine (a)")
    connection.execute("CREATE INDEX fast ON missions (name)")
    connection.execute("CREATE VIEW short AS SELECT name FROM missions")
    connection.execute("CREATE TRIGGER t AFTER INSERT ON missions BEGIN SELECT 1; END")
    connection.execute("CREATE TABLE _docrel_log (a)")
    connection.execute("ANALYZE")
    found = difference(schema_of(MISSIONS, SQLITE), introspect(connection))
    assert found == [
        Extra("table", "mine"),
        Extra("index", "fast", "missions"),
        Extra("view", "short"),
        Extra("trigger", "t", "missions"),
    ]
    assert all(one.extra for one in found)
    assert not Missing("view", "short").extra
    assert str(found[1]) == "index fast is not part of the mapping"


def test_spelling_and_renaming_do_not_count() -> None:
    connection = database(MISSIONS)
    connection.execute("ALTER TABLE missions RENAME COLUMN phase TO stage")
    connection.execute("ALTER TABLE missions RENAME COLUMN stage TO phase")
    connection.execute("ALTER TABLE artifacts RENAME TO things")
    connection.execute("ALTER TABLE things RENAME TO artifacts")
    connection.execute("DROP INDEX idx_phase")
    connection.execute("create  index IDX_PHASE /* mine */ on MISSIONS ([phase]) ".replace("IDX_PHASE", "idx_phase"))
    assert introspect(connection) == schema_of(MISSIONS, SQLITE)


def test_the_order_of_columns_counts() -> None:
    connection = database(MISSIONS)
    connection.execute("ALTER TABLE missions DROP COLUMN name")
    table = MISSIONS.table("missions")
    moved = replace(table, columns=(*table.columns[:2], table.columns[3], table.columns[2]))
    plan = replace(MISSIONS, tables=(moved, MISSIONS.tables[1]))
    connection.execute("ALTER TABLE missions ADD COLUMN name TEXT")
    (found,) = difference(schema_of(plan, SQLITE), introspect(connection))
    assert isinstance(found, Differs)
    assert found.property == "column order"


def test_every_property_of_a_column_is_told() -> None:
    wanted, found = schema_of(MISSIONS, SQLITE), introspect(database(MISSIONS))
    table = found.table("missions")
    other = schema.Column("name", "INTEGER", not_null=True, default=table.columns[2].default, key=2)
    changed = replace(table, columns=(*table.columns[:3], other))
    broken = replace(found, tables=tuple(changed if t is table else t for t in found.tables))
    assert [str(one) for one in difference(wanted, broken)] == [
        "column name of table missions: the type is INTEGER, not TEXT",
        "column name of table missions: the presence is required, not optional",
        "column name of table missions: the default is 'PLANNING', not none",
        "column name of table missions: the primary key is place 2, not none",
    ]


def test_a_row_factory_of_the_caller_does_no_harm() -> None:
    connection = database(MISSIONS)
    connection.row_factory = lambda cursor, row: {"row": row}
    assert introspect(connection) == schema_of(MISSIONS, SQLITE)
