"""Queries and selections: SQL that only reads, its errors with their place, and tables for other libraries."""

from __future__ import annotations

import csv
import io
import json
import math
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import docrel
from docrel.backends import open_backend
from docrel.diagnostics import Diagnostic, DocrelError, StoreError
from docrel.store import Selection, Store, column_contents, query, table_contents, table_pieces, text_pieces

ORDERS = """\
mapping: orders
document: {key: number}
tables:
  orders:
    row: order
    columns:
      number: {type: text, required: true, unique: true}
      note: text
      paid: boolean
      at: timestamp
      day: date
      price: decimal
      picture: base64
      more: json
      rest: {rest: true}
    tables:
      lines:
        each: lines[*]
        columns: {sku: text, qty: integer}
"""
FIRST = {
    "number": "1", "note": 'two, "three"', "paid": True, "at": "2024-01-02T03:04:05Z", "day": "2024-01-02",
    "price": "9.5", "picture": "AP8=", "more": {"a": [1]}, "lines": [{"sku": "a", "qty": 1}],
}  # fmt: skip
SECOND = {"number": "2", "note": "", "paid": False, "x": 1, "lines": [{"sku": "b", "qty": 2}, {"sku": "c"}]}


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    (tmp_path / "orders.yaml").write_text(ORDERS)
    where = tmp_path / "orders.db" if request.param == "file" else ":memory:"
    with docrel.open(where, tmp_path / "orders.yaml") as made:
        made.put(FIRST)
        made.put(SECOND)
        yield made


def said(act: Callable[[], Any]) -> Diagnostic:
    with pytest.raises(StoreError) as caught:
        act()
    return caught.value.diagnostics[0]


# -- what a query gives ---------------------------------------------------------------------------------


def test_a_query_gives_rows_with_the_names_of_their_columns(store: Store) -> None:
    found = store.query("SELECT number, note FROM orders WHERE number = :n", {"n": "1"})
    assert found.columns == ("number", "note")
    assert list(found) == [("1", 'two, "three"')]
    assert list(found) == []
    assert list(store.query("SELECT sku FROM lines WHERE qty > ? ORDER BY sku;", [0]).records()) == [
        {"sku": "a"}, {"sku": "b"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    "sql",
    ["VALUES (1)", "WITH t AS (SELECT 1) SELECT * FROM t", "EXPLAIN SELECT 1", "EXPLAIN QUERY PLAN SELECT 1",
     "SELECT value FROM json_each('[1]')", "SELECT name FROM pragma_table_info('lines')", "PRAGMA table_info(lines)",
     "PRAGMA user_version", "PRAGMA integrity_check", "SELECT * FROM orders_note", "SELECT name FROM sqlite_master",
     "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT * FROM n", " ; SELECT 1"],
)  # fmt: skip
def test_whatever_only_reads_is_a_query(store: Store, sql: str) -> None:
    assert store.query(sql).columns


def test_names_are_told_apart(store: Store) -> None:
    found = store.query("SELECT 1 AS a, 2 AS a, 3 AS a_2, 4 AS a")
    assert found.columns == ("a", "a_3", "a_2", "a_4")
    assert list(found.records()) == [{"a": 1, "a_3": 2, "a_2": 3, "a_4": 4}]


def test_text_that_is_none_comes_as_bytes_and_numbers_may_have_no_end(store: Store) -> None:
    sql = "SELECT CAST(x'ff41' AS TEXT), 9e999, x'00', 'a' || char(0) || 'b', -9223372036854775808"
    assert list(store.query(sql)) == [(b"\xffA", math.inf, b"\x00", "a\0b", -(2**63))]


def test_rows_are_read_as_they_are_asked_for(store: Store) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    with store.query(endless) as found:
        assert [next(found) for _ in range(1000)][-1] == (1000,)
    assert list(found) == []


def test_documents_may_be_put_while_rows_are_read(store: Store) -> None:
    for (number,) in store.query("SELECT number FROM orders"):
        store.put({"number": f"{number}0"})
    assert {"10", "20"} <= set(store.keys())


def test_a_query_sees_what_the_transaction_around_it_has_written(store: Store) -> None:
    counted = "SELECT count(*) FROM orders"
    with store.transaction():
        store.put({"number": "3"})
        assert list(store.query(counted)) == [(3,)]
        assert said(lambda: store.query("DELETE FROM orders")).code == "S482"
        store.put({"number": "4"})
    assert list(store.query(counted)) == [(4,)]


def test_threads_ask_at_once(store: Store) -> None:
    counts: list[Any] = []

    def ask() -> None:
        counts.extend(store.query("SELECT count(*) FROM lines"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [(3,)] * 8


def test_a_closed_store_answers_nothing(store: Store) -> None:
    store.close()
    assert said(lambda: store.query("SELECT 1")).code == "S409"


def test_a_file_is_as_it_was_and_alone_after_a_query(tmp_path: Path) -> None:
    (tmp_path / "orders.yaml").write_text(ORDERS)
    docrel.open(tmp_path / "orders.db", tmp_path / "orders.yaml").close()
    before = (tmp_path / "orders.db").read_bytes()
    with closing(open_backend(tmp_path / "orders.db")) as backend:
        held = query(backend, "SELECT * FROM lines")
    assert (tmp_path / "orders.db").read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"orders.db", "orders.yaml"}
    held.close()


def test_any_database_is_asked_whoever_made_it(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as made, made:
        made.execute("CREATE TABLE t (a)")
    with closing(open_backend(tmp_path / "other.db")) as backend:
        assert list(query(backend, "SELECT count(*) FROM t")) == [(0,)]
        assert said(lambda: query(backend, "SELECT b FROM t")).help == "there are a"


# -- what a query cannot do -----------------------------------------------------------------------------


WRITES = [
    "DELETE FROM lines", "UPDATE lines SET qty = 0", "INSERT INTO lines (sku) VALUES ('x')", "DROP TABLE lines",
    "CREATE TABLE t (a)", "CREATE TEMP TABLE t (a)", "CREATE VIEW v AS SELECT 1", "CREATE INDEX i ON lines (sku)",
    "ALTER TABLE lines ADD COLUMN x", "REPLACE INTO lines (sku) VALUES ('x')", "EXPLAIN DELETE FROM lines",
    "WITH t AS (SELECT 1) DELETE FROM lines", "DELETE FROM lines RETURNING *", "VACUUM", "VACUUM INTO 'copy.db'",
    "ATTACH 'copy.db' AS c", "DETACH main", "BEGIN", "BEGIN EXCLUSIVE", "SAVEPOINT s", "ANALYZE",
    "PRAGMA user_version = 9", "PRAGMA user_version(9)", "PRAGMA journal_mode = DELETE", "PRAGMA writable_schema = ON",
    "PRAGMA query_only = OFF", "PRAGMA wal_checkpoint", "PRAGMA optimize", "PRAGMA foreign_keys = OFF",
    "SELECT load_extension('x')", "CREATE VIRTUAL TABLE f USING fts5(x)", "UPDATE sqlite_master SET sql = 'x'",
]  # fmt: skip


@pytest.mark.parametrize("sql", WRITES)
def test_a_query_changes_nothing(store: Store, sql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    before = [list(store.scan()), sorted(store.backend.names())]
    assert said(lambda: list(store.query(sql))).code == ("S481" if "sqlite_master" in sql else "S482")
    assert [list(store.scan()), sorted(store.backend.names())] == before
    assert not (tmp_path / "copy.db").exists()
    store.put(FIRST | {"note": "still written"})


def test_a_statement_that_the_store_runs_itself_is_refused_too(store: Store) -> None:
    with store.transaction():
        store.put({"number": "3"})
        for sql in [store.dml.delete(table) for table in store.plan.tables]:
            store.backend.execute(sql, [-1])
            assert said(lambda sql=sql: store.query(sql, [1])).code == "S482"  # type: ignore[misc]


# -- what is wrong with a query -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "place", "message", "advice"),
    [
        ("SELECT nte FROM orders", (1, 8), "no column `nte`", "did you mean `note`?"),
        ("SELECT\n  o.nte\nFROM orders o", (2, 5), "no column `o.nte`", "did you mean `note`?"),
        ("SELECT 'nte', nte FROM orders", (1, 15), "no column `nte`", "did you mean `note`?"),
        ("SELECT zzz FROM lines", (1, 8), "no column `zzz`", "there are id, order_id, sku, qty"),
        ("SELECT * FROM ordrs", (1, 15), "no table `ordrs`", "did you mean `orders`?"),
        ("SELECT foo(1)", (1, 8), "no function `foo`", "functions are"),
        ("SELEC 1", (1, 1), "makes no sense from `SELEC` on", "did you mean `SELECT`?"),
        ("SELECT 1 WHERE 1 WHERE 2", (1, 18), "makes no sense from `WHERE` on", ""),
        ("SELECT '1 )', (1)) FROM lines", (1, 18), "makes no sense from `)` on", ""),
        ("SELECT (1", (1, 10), "ends before", "bracket"),
        ("SELECT 'a", (1, 8), "makes no sense from `'a` on", ""),
        ("SELECT :n, 1", (1, 8), "no value for the parameter `:n`", "--param n=VALUE"),
        ("SELECT ?", (1, 8), "no value for the parameter `?`", "`:name`"),
        ("SELECT 1; SELECT 2", None, "more than one statement", "one query at a time"),
        ("", None, "no query", "SELECT"),
        ("-- nothing", None, "no query", "SELECT"),
        ("SELECT json('x')", None, "malformed JSON", ""),
        ("SELECT \0", None, "null character", ""),
        ("SELECT '\ud800'", None, "surrogates", ""),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    store: Store, sql: str, place: tuple[int, int] | None, message: str, advice: str
) -> None:
    found = said(lambda: store.query(sql))
    at = found.position
    assert (found.code, at and (at.line, at.column)) == ("S481", place)
    assert message in found.message and advice in found.help
    store.put(FIRST)


def test_what_goes_wrong_while_rows_are_read_is_told(store: Store) -> None:
    big = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) SELECT "
    found = store.query(big + "CASE i WHEN 300 THEN abs(-9223372036854775808) ELSE i END FROM n")
    assert "integer overflow" in said(lambda: list(found)).message


def test_a_value_without_its_parameter_is_told(store: Store) -> None:
    found = said(lambda: store.query("SELECT :number", {"number": 1, "numbr": 2}))
    assert ("numbr" in found.message, found.help) == (True, "did you mean `number`?")


def test_no_control_character_of_sql_reaches_the_message(store: Store) -> None:
    for sql in (
        'SELECT "a\x1b[31m"\t.b FROM \x1b[31m',
        'SELECT * FROM "\x1b[31m"',
        'SELECT lines."\x1b[31m" FROM lines',
    ):
        with pytest.raises(StoreError) as caught:
            store.query(sql)
        assert "\x1b" not in str(caught.value)


def test_a_query_that_takes_long_can_be_ended(store: Store) -> None:
    calls = 0

    def watch() -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            signal.raise_signal(signal.SIGINT)

    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    with pytest.raises(KeyboardInterrupt):
        query(store.backend, endless, watch=watch)
    assert list(store.query("SELECT 1")) == [(1,)]


# -- tables ---------------------------------------------------------------------------------------------


def test_a_table_has_what_its_columns_mean(store: Store) -> None:
    first, second = store.table("orders").records()
    assert first | {"id": 0} == {
        "id": 0, "number": "1", "note": 'two, "three"', "paid": True, "at": "2024-01-02T03:04:05Z",
        "day": "2024-01-02", "price": "9.5", "picture": "AP8=", "more": {"a": [1]}, "rest": None,
    }  # fmt: skip
    assert (second["paid"], second["more"], second["rest"]) == (False, None, {"x": 1})
    assert said(lambda: store.table("line")).help == "did you mean `lines`?"


def test_rows_of_a_document_are_dicts_a_table(tmp_path: Path) -> None:
    (tmp_path / "orders.yaml").write_text(ORDERS)
    records = docrel.load(tmp_path / "orders.yaml").flatten(SECOND).records()
    assert [line["sku"] for line in records["lines"]] == ["b", "c"]
    assert records["orders"][0]["number"] == "2"


def test_contents_count_rows_and_what_is_filled(store: Store) -> None:
    assert [(t.name, t.rows, t.columns, t.places) for t in table_contents(store)] == [
        ("orders", 2, 10, ("$",)), ("lines", 3, 4, ("$.lines[*]",)),
    ]  # fmt: skip
    others = {t.name: t.kind for t in table_contents(store, everything=True)}
    assert (others["_docrel"], others["orders_note"], others["lines"]) == ("engine", "engine", "table")
    rows, columns = column_contents(store, "lines")
    assert rows == 3
    assert [(c.name, c.type, c.filled, c.places) for c in columns[2:]] == [
        ("sku", "text", 3, ("$.lines[*].sku",)), ("qty", "integer", 2, ("$.lines[*].qty",)),
    ]  # fmt: skip


# -- texts ----------------------------------------------------------------------------------------------


ODD = (
    "SELECT 1 AS n, NULL AS gone, '' AS blank, 'a,b' AS \"co,l\", 'q\"' AS q, 'l' || char(10) || char(13) AS l, "
    "x'00ff' AS b, 9e999 AS i, -9e999 AS j, 1.0 AS r, 'é' AS e UNION ALL SELECT 2, NULL, 'x', 'y', 'z', 'l', NULL, "
    "1e300, 0.1, -0.0, ' ' "
)


def text(found: Selection, format_: Any) -> str:
    return b"".join(text_pieces(found, format_)).decode()


def test_csv_is_read_by_csv_readers(store: Store) -> None:
    lines = text(store.query(ODD), "csv")
    assert lines.startswith('n,gone,blank,"co,l",q,l,b,i,j,r,e\n1,,"",')
    read = list(csv.reader(io.StringIO(lines, newline="")))
    assert read[1:] == [
        ["1", "", "", "a,b", 'q"', "l\n\r", "AP8=", "Infinity", "-Infinity", "1.0", "é"],
        ["2", "", "x", "y", "z", "l", "", "1e+300", "0.1", "-0.0", " "],
    ]


def test_a_row_of_one_empty_field_is_a_row(store: Store) -> None:
    read = list(csv.DictReader(io.StringIO(text(store.query("SELECT NULL AS a UNION ALL SELECT ''"), "csv"))))
    assert read == [{"a": ""}, {"a": ""}]


def test_json_is_the_same_as_an_array_and_line_by_line(store: Store) -> None:
    array = json.loads(text(store.query(ODD), "json"))
    assert array == [json.loads(line) for line in text(store.query(ODD), "jsonl").splitlines()]
    assert (array[0]["gone"], array[0]["b"], array[0]["i"], array[0]["r"]) == (None, "AP8=", "Infinity", 1.0)
    assert json.loads(text(store.query("SELECT 1 WHERE 0"), "json")) == []
    assert text(store.query("SELECT 1 WHERE 0"), "jsonl") == ""


def test_a_table_as_text_has_booleans_and_json(store: Store) -> None:
    lines = b"".join(table_pieces(store, "orders", "csv")).decode().splitlines()
    assert lines[1] == '1,1,"two, ""three""",true,2024-01-02T03:04:05Z,2024-01-02,9.5,AP8=,"{""a"":[1]}",'
    first = json.loads(b"".join(table_pieces(store, "orders", "jsonl")).splitlines()[0])
    assert (first["paid"], first["more"]) == (True, {"a": [1]})


# -- other libraries --------------------------------------------------------------------------------------


def test_a_library_that_is_not_installed_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pyarrow", "pandas"):
        monkeypatch.setitem(sys.modules, name, None)
    for use in (store.table("lines").arrow, lambda: list(table_pieces(store, "lines", "parquet"))):
        found = said(use)
        assert (found.code, "docrel[parquet]" in found.help) == ("S483", True)
    assert "docrel[pandas]" in said(store.table("lines").pandas).help


@pytest.fixture
def pyarrow() -> ModuleType:
    found = pytest.importorskip("pyarrow")
    assert isinstance(found, ModuleType)
    return found


def test_arrow_has_the_types_of_the_columns(store: Store, pyarrow: Any) -> None:
    found = store.table("orders").arrow()
    assert {field.name: str(field.type) for field in found.schema} == {
        "id": "int64", "number": "string", "note": "string", "paid": "bool", "at": "timestamp[us, tz=UTC]",
        "day": "date32[day]", "price": "double", "picture": "binary", "more": "string", "rest": "string",
    }  # fmt: skip
    row = found.to_pylist()[0]
    assert (row["paid"], row["price"], row["picture"], row["more"]) == (True, 9.5, b"\x00\xff", '{"a":[1]}')
    assert (row["at"].isoformat(), row["day"].isoformat()) == ("2024-01-02T03:04:05+00:00", "2024-01-02")


@pytest.mark.parametrize(
    ("values", "type_", "held"),
    [
        ("(1), (NULL), (2)", "int64", [1, None, 2]),
        ("(1), (2.5)", "double", [1.0, 2.5]),
        ("(9007199254740993), (2.5)", "string", ["9007199254740993", "2.5"]),
        ("(1), ('1')", "string", ["1", "1"]),
        ("('a'), (x'ff')", "string", ["a", "/w=="]),
        ("(x'ff'), (NULL)", "binary", [b"\xff", None]),
        ("(NULL)", "string", [None]),
        ("(9e999)", "double", [math.inf]),
    ],
)
def test_a_column_of_a_query_is_what_its_values_are(
    store: Store, pyarrow: Any, values: str, type_: str, held: list[Any]
) -> None:
    found = store.query(f"SELECT column1 AS a FROM (VALUES {values})").arrow()
    assert (str(found.schema.field("a").type), found.column("a").to_pylist()) == (type_, held)


def test_times_that_are_finer_than_microseconds_are_text(store: Store, pyarrow: Any) -> None:
    store.put({"number": "3", "at": "2024-01-02T03:04:05.123456789Z"})
    assert str(store.table("orders").arrow().schema.field("at").type) == "string"
    store.put({"number": "3", "at": "0001-01-02T03:04:05.123456Z"})
    assert str(store.table("orders").arrow().schema.field("at").type) == "timestamp[us, tz=UTC]"


def test_parquet_is_what_arrow_has_page_by_page(
    store: Store, pyarrow: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyarrow import parquet

    monkeypatch.setattr("docrel.store.handing_over.ROWS_A_GROUP", 2)
    for name in ("orders", "lines"):
        (tmp_path / "t.parquet").write_bytes(b"".join(table_pieces(store, name, "parquet")))
        assert parquet.read_table(tmp_path / "t.parquet").equals(store.table(name).arrow())
    store.delete("1")
    store.delete("2")
    (tmp_path / "t.parquet").write_bytes(b"".join(table_pieces(store, "orders", "parquet")))
    assert parquet.read_table(tmp_path / "t.parquet").num_rows == 0


def test_pandas_keeps_integers_and_booleans_beside_nothing(store: Store) -> None:
    pytest.importorskip("pandas")
    frame = store.table("lines").pandas()
    assert [str(kind) for kind in frame.dtypes] == ["Int64", "Int64", "string", "Int64"]
    assert frame["qty"].tolist()[:2] == [1, 2] and frame["qty"].isna().tolist() == [False, False, True]
    orders = store.table("orders").pandas()
    assert (orders["paid"].tolist(), str(orders["at"].dtype)) == ([True, False], "datetime64[us, UTC]")
    assert store.query("SELECT 1 AS a, 2 AS a WHERE 0").pandas().columns.tolist() == ["a", "a_2"]


def test_every_error_is_one_of_our_own(store: Store) -> None:
    for parameters in ([object()], [2**70], ["\ud800"], {"a": 1}, [1, 2]):
        with pytest.raises(DocrelError):
            store.query("SELECT ?", parameters)
