"""The generated SQL: its layout, that it runs, and that hostile names and constants in it are inert."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from dataclasses import replace

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docrel.plan import (
    CheckConstraint,
    Column,
    Default,
    Elements,
    IndexDefinition,
    Members,
    Name,
    ParentKey,
    Plan,
    Position,
    Rest,
    Scalar,
    Source,
    Statement,
    Surrogate,
    Table,
    Value,
)
from docrel.sql import DIALECTS, SQLITE, ddl, schema_of, script
from docrel.sql.dialect import DUCKDB, POSTGRESQL, Dialect
from docrel.sql.tokens import is_one_piece, normal
from strategies_plan import HOSTILE_NAMES, plans, texts

ID = Column("id", "integer", Surrogate())


def value(name: str, type_name: str = "text") -> Column:
    return Column(name, type_name, Value(((Name(name),),)))


def each(parent: str | None, *path: Name | Elements | Members) -> tuple[Source, ...]:
    return (Source("each", parent, path),)


ORDERS = Table(
    "orders",
    (
        ID,
        replace(value("number"), required=True, unique=True),
        replace(value("status"), required=True, one_of=("new", "it's"), default=Default(constant="new")),
        replace(value("paid", "boolean"), default=Default(constant=False)),
        replace(value("total", "real"), minimum=0),
        replace(value("share", "decimal"), minimum=0, maximum=1.5),
        Column("more", "json", Rest()),
    ),
    ("id",),
    each(None),
    indexes=(IndexDefinition("by_status", ("status", "paid")),),
    checks=(
        CheckConstraint("paid_has_total", (("any", "NOT paid OR total > 0 -- money"), ("postgresql", "paid = 0"))),
    ),
)
LINES = Table(
    "lines",
    (
        Column("order_id", "integer", ParentKey("orders", "id"), required=True),
        Column("place", "integer", Position(), required=True),
        replace(value("sku"), references=("orders", "number")),
    ),
    ("order_id", "place"),
    each("orders", Name("lines"), Elements()),
    parent="orders",
    unique=(("order_id", "sku"),),
)
NOTES = Table(
    "notes",
    (
        ID,
        Column("order_id", "integer", ParentKey("lines", "order_id"), required=True),
        Column("line_place", "integer", ParentKey("lines", "place"), required=True),
        Column("parent_note_id", "integer", ParentKey("notes", "id")),
        value("body"),
    ),
    ("id",),
    each("lines", Name("notes"), Elements()),
    parent="lines",
)
SHOP = Plan(
    "shop",
    3,
    (ORDERS, LINES, NOTES),
    "number",
    statements=(
        Statement("view", "open_orders", (("any", "SELECT number FROM orders WHERE paid = 0;"),)),
        Statement(
            "statement",
            "stamp",
            (("sqlite", "CREATE TRIGGER stamp AFTER INSERT ON orders BEGIN SELECT 1; END;"),),
        ),
    ),
)

GOLDEN_SQLITE = """\
CREATE TABLE "orders" (
  "id"     INTEGER PRIMARY KEY AUTOINCREMENT,
  "number" TEXT    NOT NULL UNIQUE,
  "status" TEXT    NOT NULL DEFAULT 'new' CHECK ("status" IN ('new', 'it''s')),
  "paid"   INTEGER DEFAULT 0 CHECK ("paid" IN (0, 1)),
  "total"  REAL    CHECK ("total" >= 0),
  "share"  ANY     CHECK ("share" BETWEEN 0 AND 1.5),
  "more"   TEXT,
  CONSTRAINT "paid_has_total" CHECK (
    NOT paid OR total > 0 -- money
  )
);

CREATE TABLE "lines" (
  "order_id" INTEGER NOT NULL REFERENCES "orders" ("id") ON DELETE CASCADE,
  "place"    INTEGER NOT NULL,
  "sku"      TEXT    REFERENCES "orders" ("number"),
  PRIMARY KEY ("order_id", "place"),
  UNIQUE ("order_id", "sku")
);

CREATE TABLE "notes" (
  "id"             INTEGER PRIMARY KEY AUTOINCREMENT,
  "order_id"       INTEGER NOT NULL,
  "line_place"     INTEGER NOT NULL,
  "parent_note_id" INTEGER REFERENCES "notes" ("id") ON DELETE CASCADE,
  "body"           TEXT,
  FOREIGN KEY ("order_id", "line_place") REFERENCES "lines" ("order_id", "place") ON DELETE CASCADE
);

CREATE TABLE "shop_note" (
  "table" TEXT NOT NULL,
  "row"   TEXT NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "shop_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "by_status" ON "orders" ("status", "paid");

CREATE INDEX "notes_order_id_line_place_idx" ON "notes" ("order_id", "line_place");

CREATE INDEX "notes_parent_note_id_idx" ON "notes" ("parent_note_id");

CREATE VIEW "open_orders" AS
SELECT number FROM orders WHERE paid = 0;

CREATE TRIGGER stamp AFTER INSERT ON orders BEGIN SELECT 1; END;

PRAGMA user_version = 3;
"""

GOLDEN_NOTES_OF_ORDERS = """\
CREATE TRIGGER "_docrel_orders_insert" AFTER INSERT ON "orders" BEGIN
  DELETE FROM "p_note" WHERE "table" = 'orders' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_orders_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "orders"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "p_note" WHERE "table" = 'orders' AND "row" = NEW."id";
  UPDATE "p_note" SET "row" = NEW."id" WHERE "table" = 'orders' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('orders') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_orders_delete" AFTER DELETE ON "orders" BEGIN
  DELETE FROM "p_note" WHERE "table" = 'orders' AND "row" = OLD."id";
END;
"""
GOLDEN_COMPLEMENT = """\
CREATE VIEW "p_complement" AS
SELECT r."number" AS "document", n."table", n."row", n."shape", n."body"
  FROM "orders" AS r
  JOIN "p_note" AS n ON n."table" = 'orders' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL"""

GOLDEN_POSTGRESQL_ORDERS = """\
CREATE TABLE "orders" (
  "id"     bigint           GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  "number" text             NOT NULL UNIQUE,
  "status" text             NOT NULL DEFAULT 'new' CHECK ("status" IN ('new', 'it''s')),
  "paid"   smallint         DEFAULT 0 CHECK ("paid" IN (0, 1)),
  "total"  double precision CHECK ("total" >= 0),
  "share"  numeric          CHECK ("share" BETWEEN 0 AND 1.5),
  "more"   text,
  CONSTRAINT "paid_has_total" CHECK (
    paid = 0
  )
)"""


def sqlite(plan: Plan) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA foreign_keys = ON")
    for statement in ddl(plan, SQLITE):
        connection.execute(statement.sql)
    return connection


def test_golden_sqlite_and_it_runs_as_one_script() -> None:
    made = ddl(SHOP, SQLITE)
    assert script(tuple(s for s in made if s.kind != "trigger" and s.name != SHOP.complement)) == GOLDEN_SQLITE
    connection = sqlite3.connect(":memory:")
    connection.executescript(script(made))
    assert connection.execute("PRAGMA user_version").fetchone() == (3,)


def test_golden_sqlite_of_notes() -> None:
    made = ddl(Plan("p", 1, (ORDERS,), "number"), SQLITE)
    assert script(tuple(s for s in made if s.kind == "trigger")) == GOLDEN_NOTES_OF_ORDERS
    assert [s.sql for s in made if s.name == "p_complement"] == [GOLDEN_COMPLEMENT]


def test_golden_postgresql() -> None:
    made = ddl(SHOP, POSTGRESQL)
    assert made[0].sql == GOLDEN_POSTGRESQL_ORDERS
    assert {statement.kind for statement in made} == {"table", "complement", "index", "view"}


def test_order_and_belonging() -> None:
    made = ddl(SHOP, SQLITE)
    assert [(s.kind, s.name, s.table) for s in made] == [
        ("table", "orders", "orders"),
        ("table", "lines", "lines"),
        ("table", "notes", "notes"),
        ("complement", "shop_note", "shop_note"),
        ("complement", "shop_shape", "shop_shape"),
        ("complement", "_docrel", "_docrel"),
        ("index", "by_status", "orders"),
        ("index", "notes_order_id_line_place_idx", "notes"),
        ("index", "notes_parent_note_id_idx", "notes"),
        ("view", "shop_complement", None),
        *(
            ("trigger", f"_docrel_{table}_{event}", table)
            for table in ("orders", "lines", "notes")
            for event in ("insert", "update", "delete")
        ),
        ("trigger", "_docrel_notes_move", "notes"),
        ("view", "open_orders", None),
        ("statement", "stamp", "orders"),
        ("version", "user_version", None),
    ]


def test_constraints_work() -> None:
    connection = sqlite(SHOP)
    connection.execute("INSERT INTO orders (id, number) VALUES (1, 'A')")
    assert connection.execute("SELECT status, paid FROM orders").fetchall() == [("new", 0)]
    connection.execute("INSERT INTO lines VALUES (1, 0, 'A')")
    connection.execute("INSERT INTO notes VALUES (1, 1, 0, NULL, 'n'), (2, 1, 0, 1, 'm')")
    connection.execute(
        """INSERT INTO shop_note VALUES ('orders', '1', NULL, NULL, '{}'), ('notes', 2, 1.5, NULL, '{}')"""
    )
    assert connection.execute("SELECT * FROM shop_complement").fetchall() == [
        ("A", "orders", "1", None, "{}"), ("A", "notes", "2", None, "{}"),
    ]  # fmt: skip
    for wrong in (
        "INSERT INTO orders (number) VALUES ('A')",
        "INSERT INTO orders (number, status) VALUES ('B', 'other')",
        "INSERT INTO orders (number, total) VALUES ('B', -0.5)",
        "INSERT INTO orders (number, share) VALUES ('B', 10)",
        "INSERT INTO orders (number, paid) VALUES ('B', 2)",
        "INSERT INTO lines VALUES (NULL, 1, NULL)",
        "INSERT INTO notes VALUES (9, 1, 7, NULL, NULL)",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(wrong)
    connection.execute("UPDATE lines SET sku = NULL")
    connection.execute("DELETE FROM orders")
    for table in ("lines", "notes", "shop_note"):
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_only_links_that_nothing_serves_get_an_index() -> None:
    children = (ID, Column("order_id", "integer", ParentKey("orders", "id"), required=True), value("k"))
    bare = Table("c", children, ("id",), each("orders"), parent="orders")
    served = [
        replace(bare, indexes=(IndexDefinition("mine", ("order_id", "k")),)),
        replace(bare, unique=(("order_id", "k"),)),
        replace(bare, columns=(ID, replace(children[1], unique=True), children[2])),
    ]

    def indexes(table: Table) -> list[str]:
        return [s.name for s in ddl(Plan("p", 1, (ORDERS, table), None), SQLITE) if s.kind == "index"]

    assert indexes(bare) == ["by_status", "c_order_id_idx"]
    assert [indexes(table)[1:] for table in served] == [["mine"], [], []]
    not_first = replace(bare, unique=(("k", "order_id"),))
    assert indexes(not_first) == ["by_status", "c_order_id_idx"]


def test_an_added_index_takes_no_name_that_is_taken_or_too_long() -> None:
    link = Column("order_id", "integer", ParentKey("orders", "id"), required=True)
    child = Table("c", (ID, link), ("id",), each("orders"), parent="orders")
    other = replace(ORDERS, indexes=(IndexDefinition("C_ORDER_ID_IDX", ("status",)),))
    names = [s.name for s in ddl(Plan("p", 1, (other, child), None), SQLITE) if s.kind == "index"]
    assert len({name.casefold() for name in names}) == 2
    long = replace(child, name="ä" * 31)
    (_, name) = [s.name for s in ddl(Plan("p", 1, (ORDERS, long), None), POSTGRESQL) if s.kind == "index"]
    assert len(name.encode()) <= 63
    assert name.endswith("_idx")


def test_notes_call_rows_by_number_where_all_have_one() -> None:
    other = replace(ORDERS, name="returns", indexes=())
    code = Table("r", (replace(value("code"), required=True), value("x")), ("code",), each(None))
    for roots, type_ in (((ORDERS, other), "INTEGER"), ((ORDERS, code), "TEXT"), ((code,), "TEXT")):
        table = schema_of(Plan("p", 1, roots, None), SQLITE).table("p_note")
        assert table.primary_key == ("table", "row")
        assert table.foreign_keys == ()
        assert {c.name: c.type for c in table.columns}["row"] == type_
    assert schema_of(Plan("p", 1, (code,), "code"), SQLITE).table("r").columns[0].not_null


def test_notes_have_a_table_that_nothing_of_the_mapping_is_called_by() -> None:
    assert Plan("p", 1, (ORDERS,), None).notes == "p_note"
    for taken in (
        (replace(ORDERS, name="P_note"),), (replace(ORDERS, indexes=(IndexDefinition("p_note", ("status",)),)),),
    ):  # fmt: skip
        plan = Plan("p", 1, taken, None)
        assert plan.notes == "_docrel_note"
        assert sqlite(plan).execute("SELECT * FROM _docrel_note").fetchall() == []


def test_triggers_have_short_names_of_their_own() -> None:
    long = replace(ORDERS, name="ä" * 31, indexes=())
    other = replace(long, name="ä" * 30 + "b")
    names = [s.name for s in ddl(Plan("p", 1, (long, other), None), SQLITE) if s.kind == "trigger"]
    assert len(set(names)) == 6
    assert all(len(name.encode()) <= 63 and name.startswith("_docrel_ä") for name in names)


def test_forward_links_come_afterwards_in_postgresql() -> None:
    a = Table("a", (ID, Column("b_id", "integer", ParentKey("b", "id"))), ("id",), each(None))
    b = Table("b", (ID, Column("a_id", "integer", ParentKey("a", "id"))), ("id",), each("a"), parent="a")
    plan = Plan("p", 1, (a, b), None)
    sql = [s.sql for s in ddl(plan, POSTGRESQL)]
    assert "REFERENCES" not in sql[0]
    assert sql[2] == 'ALTER TABLE "a" ADD FOREIGN KEY ("b_id") REFERENCES "b" ("id") ON DELETE CASCADE'
    assert 'REFERENCES "b"' in ddl(plan, SQLITE)[0].sql


def test_null_in_one_of_does_not_open_the_constraint() -> None:
    allowed: list[tuple[tuple[Scalar, ...], str]] = [
        ((None, "a"), "IN ('a')"),
        ((None,), "IS NULL"),
        ((), "IS NULL"),
    ]
    for one_of, expected in allowed:
        root = replace(ORDERS, columns=(ID, replace(value("x"), one_of=one_of)), indexes=(), checks=())
        (check,) = schema_of(Plan("p", 1, (root,), None), SQLITE).table("orders").checks
        assert check.sql.text == f'"x" {expected}'


def test_only_a_constant_alone_is_a_default_of_sql() -> None:
    mixed = replace(value("x"), default=Default(now=True, constant="a"))
    root = replace(ORDERS, columns=(ID, mixed), indexes=(), checks=())
    assert schema_of(Plan("p", 1, (root,), None), SQLITE).table("orders").columns[1].default is None


@pytest.mark.parametrize("text", ["1) ; DROP TABLE x", "(a", "a)", "a ; b", "a /* b", "'a", '"a', "", "-- a"])
def test_a_condition_that_could_leave_its_place_is_refused(text: str) -> None:
    assert not is_one_piece(text)
    root = replace(ORDERS, checks=(CheckConstraint("c", (("any", text),)),))
    with pytest.raises(ValueError, match="not one condition"):
        ddl(Plan("p", 1, (root,), None), SQLITE)
    with pytest.raises(ValueError, match="not one SELECT"):
        ddl(replace(SHOP, statements=(Statement("view", "v", (("any", text),)),)), SQLITE)


@pytest.mark.parametrize("text", ["a = ')'", "a /* ( */ > 1 -- ;", "(a) AND [b;] > `c(`", "a = ';'"])
def test_a_condition_with_odd_but_closed_text_is_taken(text: str) -> None:
    assert is_one_piece(text)


@pytest.mark.parametrize("hostile", HOSTILE_NAMES)
def test_hostile_names_and_constants_are_inert(hostile: str) -> None:
    names = [f"{hostile}{n}" for n in range(6)]
    columns = (
        replace(ID, name=names[0]),
        replace(value(names[1]), one_of=(hostile, "b"), default=Default(constant=hostile)),
    )
    root = Table(names[2], columns, (names[0],), each(None), indexes=(IndexDefinition(names[3], (names[1],)),))
    link = Column(names[1], "integer", ParentKey(names[2], names[0]), required=True)
    child = Table(names[4], (replace(ID, name=names[0]), link), (names[0],), each(names[2]), parent=names[2])
    quoted = SQLITE.quote_identifier(names[2])
    plan = Plan(hostile, 1, (root, child), None, statements=(
        Statement("view", names[5], (("any", f"SELECT * FROM {quoted}"),)),))  # fmt: skip
    connection = sqlite(plan)
    connection.execute(f"INSERT INTO {quoted} DEFAULT VALUES")
    assert connection.execute(f"SELECT * FROM {SQLITE.quote_identifier(names[5])}").fetchall() == [(1, hostile)]
    found = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE sql IS NOT NULL")}
    assert {*names[2:], f"{hostile}_complement", f"{hostile}_shape", "_docrel"} <= found
    duck = duckdb.connect()
    for statement in ddl(plan, DUCKDB):
        duck.execute(statement.sql)
    assert (names[4],) in duck.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    for statement in ddl(plan, POSTGRESQL):
        assert is_one_piece(statement.sql)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plans())
def test_the_sql_for_duckdb_runs(plan: Plan) -> None:
    with duckdb.connect() as connection:
        for statement in ddl(plan, DUCKDB):
            connection.execute(statement.sql)


scalars = st.one_of(
    texts,
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(-1000, 1000, places=7).map(float),
    st.binary(max_size=5),
    st.booleans(),
    st.none(),
)


@settings(max_examples=800, deadline=None)
@given(scalars)
def test_literals_are_exact(constant: object) -> None:
    text = SQLITE.quote_literal(constant)
    (found,) = LITERALS.execute(f"SELECT {text}").fetchone()
    assert found == constant
    assert type(found) is (int if isinstance(constant, bool) else type(constant))


LITERALS = sqlite3.connect(":memory:")


@settings(max_examples=100, deadline=None)
@given(scalars)
def test_literals_are_exact_in_duckdb(constant: object) -> None:
    kind = {float: "DOUBLE", str: "VARCHAR", bytes: "BLOB"}.get(type(constant), "BIGINT")
    found = DUCK.execute(f"SELECT CAST({DUCKDB.quote_literal(constant)} AS {kind})").fetchone()
    assert found == (constant,)


DUCK = duckdb.connect()


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=lambda dialect: dialect.name)
def test_what_sql_cannot_spell_is_refused(dialect: Dialect) -> None:
    for name in ("", "a\0b", "\ud800"):
        with pytest.raises(ValueError, match=r"name|surrogate"):
            dialect.quote_identifier(name)
    for constant in ("a\0b", "\ud800", float("nan"), float("inf"), 2**63, [1]):
        with pytest.raises(ValueError, match=r"SQL|64 bits"):
            dialect.quote_literal(constant)
    with pytest.raises(ValueError, match="no column type"):
        dialect.storage_type("money")


def test_postgresql_refuses_a_name_that_it_would_cut() -> None:
    assert POSTGRESQL.quote_identifier("ä" * 31)
    with pytest.raises(ValueError, match="longer than the 63 bytes"):
        POSTGRESQL.quote_identifier("ä" * 32)


def test_normal_form() -> None:
    assert normal('CREATE  INDEX IF NOT EXISTS "A" ON [b] (`c d`) ; -- x') == 'create index a on b ( "c d" )'
    assert normal("'It''s' || X'0F'") == "'It''s' || X'0F'"
    assert normal("'a b'") != normal("'a  b'")


def test_jinja_is_not_imported_before_it_is_needed() -> None:
    code = "import sys, docrel.sql, docrel.backends, docrel.pages; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
