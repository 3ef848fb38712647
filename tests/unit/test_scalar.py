"""Scalar columns: a number is a number and a string a text, wherever a cell is compared or looked up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import duckdb
import pytest

from docrel import compile, spec
from docrel.authoring import infer
from docrel.backends import ForbiddenError
from docrel.diagnostics import DocumentError, StoreError
from docrel.layout import typed_key
from docrel.migrate import apply
from docrel.plan import Plan
from docrel.sql import DIALECTS, SQLITE, ddl, difference, schema_of
from docrel.store import Store, open_store
from docrel.store.key_text import key_of_text, text_of_key
from docrel.upkeep import validate
from docrel.values import jsontext

DECLARED = "constraints: declared\n"


def plan_of(columns: str, *, below: str = "", head: str = "", version: int = 1) -> Plan:
    lines = "".join(f"      {line}\n" for line in columns.splitlines())
    return compile.compile(
        spec.loads(
            f"mapping: m\nversion: {version}\ndocument: {{key: k}}\n{head}tables:\n  t:\n    columns:\n{lines}{below}"
        )
    )


def opened(columns: str, documents: Sequence[Any] = (), **more: Any) -> Store:
    store = open_store(":memory:", plan_of(columns, **more))
    for document in documents:
        store.put(document)
    return store


def exact(store: Store) -> list[str]:
    return [jsontext.dumps(document) for _, document in store.scan()]


K = "k: {required: true, unique: true}\n"
SCALAR_KEY = "k: {type: scalar, required: true, unique: true}\nv: text"


# -- keys ------------------------------------------------------------------------------------------------------


def test_a_number_and_its_text_are_two_keys() -> None:
    documents: list[Any] = [{"k": k, "v": repr(k)} for k in (7, "7", 2.5, "2.5", "true", -1)]
    with opened(SCALAR_KEY, documents) as store:
        assert [store.get(document["k"]) for document in documents] == documents
        assert [store.put(document).kind for document in documents] == ["unchanged"] * 6
        assert [k for (k,) in store.backend.execute("SELECT k FROM t ORDER BY k")] == [-1, 2.5, 7, "2.5", "7", "true"]
        for key, text in ((7, "7"), ("7", '"7"'), (2.5, "2.5"), ("2.5", '"2.5"'), ("true", "true"), (-1, "-1")):
            assert (text_of_key(store.plan, key), typed_key(key_of_text(store, text))) == (text, typed_key(key))
        assert all(check.ok for check in validate(store))
        store.delete(7)
        assert store.get("7") == documents[1]


@pytest.mark.parametrize("key", [True, 1.0, -0.0, 2**64, 10**400, "a\ud800"])
def test_a_key_that_sql_takes_for_another_one_is_refused(key: Any) -> None:
    with opened(SCALAR_KEY, [{"k": 1}, {"k": "true"}, {"k": 0}]) as store:
        before = exact(store)
        with pytest.raises(DocumentError):
            store.put({"k": key})
        assert exact(store) == before


PARTS = """\
    tables:
      parts:
        each: parts.*
        columns: {name: {key: each}, number: {type: scalar, required: true}, v: integer}
        primary_key: [t_id, number]
"""


@pytest.mark.parametrize("head", ["", DECLARED])
def test_a_row_keeps_its_notes_whatever_number_or_text_its_key_becomes(head: str) -> None:
    document: Any = {"k": "a", "parts": {"x": {"number": 1, "v": "odd"}, "y": {"number": "1", "v": "odder"}}}
    with opened(K.strip(), [document], below=PARTS, head=head) as store:
        for sql in ("number = 1.0 WHERE number = 1", "number = 3 WHERE number = 1", "number = '3' WHERE number = '1'"):
            store.backend.execute(f"UPDATE parts SET {sql}")
            found = store.get("a")["parts"]
            assert [part["v"] for part in found.values()] == ["odd", "odder"]
        assert [part["number"] for part in found.values()] == [3, "3"]
        changed: Any = {"k": "a", "parts": {"x": {"number": 3.0, "v": "odd"}, "y": {"number": "3", "v": "odder"}}}
        store.put(changed)
        assert exact(store) == [jsontext.dumps(changed)]
        assert all(check.ok for check in validate(store))


# -- constraints -----------------------------------------------------------------------------------------------


ONE = "w: {type: scalar, one_of: [1, '2', true]}"


@pytest.mark.parametrize("head", ["", DECLARED])
def test_constraints_tell_numbers_from_texts(head: str) -> None:
    columns = K + "u: {type: scalar, unique: true}\nof: {type: scalar, references: t.u}\n" + ONE
    with opened(
        columns, [{"k": "a", "u": 7, "of": 7, "w": 1}, {"k": "b", "u": "7", "of": "7", "w": "2"}], head=head
    ) as store:
        held = store.backend.execute("SELECT typeof(u), typeof(of), typeof(w) FROM t")
        assert held == [("integer", "integer", "integer"), ("text", "text", "text")]
        for wrong in ({"u": "7"}, {"of": "8"}, {"of": 8}, {"w": "1"}, {"w": 2}):
            with pytest.raises((DocumentError, StoreError)):
                store.put({"k": "c", **wrong})
        for number in (7, 7.0):
            with pytest.raises((DocumentError, StoreError)):
                store.put({"k": "c", "u": number})
        store.put({"k": "c", "w": True, "u": "x"})
        assert store.get("c") == {"k": "c", "w": True, "u": "x"}
        with pytest.raises(ForbiddenError):
            store.backend.execute("UPDATE t SET w = '1'")
        assert all(check.ok for check in validate(store))


def test_when_tells_numbers_from_texts() -> None:
    text = (
        "mapping: m\ndocument: {key: k}\ntables:\n"
        "  a: {when: {kind: 1}, columns: {k: {required: true, unique: true}, kind: scalar}}\n"
        "  b: {when: {kind: ['1', true]}, columns: {k: {required: true, unique: true}, kind: scalar}}\n"
    )
    documents: list[Any] = [{"k": str(n), "kind": kind} for n, kind in enumerate((1, "1", True))]
    with open_store(":memory:", compile.compile(spec.loads(text))) as store:
        for document in documents:
            store.put(document)
        assert [store.get(document["k"]) for document in documents] == documents
        assert store.backend.execute("SELECT kind FROM a") == [(1,)]
        assert store.backend.execute("SELECT kind FROM b ORDER BY k") == [("1",), ("true",)]
        with pytest.raises(ForbiddenError):
            store.backend.execute("UPDATE a SET kind = '1'")


def test_a_default_tells_numbers_from_texts() -> None:
    columns = K + "".join(
        f"{n}: {{type: scalar, default: {{value: {v}}}}}\n" for n, v in (("i", 7), ("s", "'7'"), ("b", "true"))
    )
    documents: list[Any] = [
        {"k": "a"},
        {"k": "b", "i": 7, "s": "7", "b": True},
        {"k": "c", "i": "7", "s": 7, "b": "true"},
    ]
    with opened(columns, documents) as store:
        assert exact(store) == [jsontext.dumps(document) for document in documents]
        assert store.backend.execute("SELECT i, s, b FROM t") == [(7, "7", "true")] * 2 + [("7", 7, "true")]
        store.backend.execute("INSERT INTO t (k) VALUES ('d')")
        assert store.get("d") == {"k": "d"}


# -- what SQL writes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("head", ["", DECLARED])
@pytest.mark.parametrize(
    ("written", "said"),
    [("5", 5), ("'5'", "5"), ("5.0", 5.0), ("'5.0'", "5.0"), ("1e30", 1e30), ("'true'", "true"), ("''", ""), ("9", 9)],
)
def test_what_sql_writes_is_what_it_is(written: str, said: Any, head: str) -> None:
    for before in (1, "1", 2**64, "x"):
        with opened(K + "v: scalar", [{"k": "a", "v": before}], head=head) as store:
            store.backend.execute(f"UPDATE t SET v = {written}")
            assert exact(store) == [jsontext.dumps({"k": "a", "v": said})]
            assert store.put({"k": "a", "v": said}).kind in ("unchanged", "updated")
            assert all(check.ok for check in validate(store))


def test_a_row_takes_numbers_and_texts_but_no_boolean() -> None:
    with opened(K + "v: scalar", [{"k": "a", "v": 1}]) as store:
        for value in ("7", 7, 7.5, "true", None):
            store.update_row("t", 1, {"v": value})
            assert store.rows("t", "a")[0].v == value
            assert store.get("a")["v"] == value if value is not None else "v" not in store.get("a")
        for value in (True, 2**64 + 1, "a\0"):
            with pytest.raises(StoreError, match=r"S470.*t\.v cannot hold"):
                store.update_row("t", 1, {"v": value})


def test_what_no_document_says_is_named_where_it_is_not_forbidden() -> None:
    with opened(K + "v: scalar", [{"k": "a", "v": 1}], head=DECLARED) as store:
        store.backend.execute("UPDATE t SET v = x'01'")
        assert [c.text for c in validate(store) if not c.ok and "column v" in c.text]
        with pytest.raises(StoreError, match="S439"):
            store.get("a")


# -- migrations ------------------------------------------------------------------------------------------------

VALUES = (7, "7", 2.5, "2.50", True, "true", None, -0.0, 2**64, "a\0", [1], "2025-11-23T10:00:00Z")
TYPES = ("scalar", "text", "integer", "real", "boolean", "json", "decimal", "timestamp")


@pytest.mark.parametrize("other", [name for name in TYPES if name != "scalar"])
@pytest.mark.parametrize("head", ["", DECLARED])
def test_a_column_becomes_a_scalar_and_again_what_it_was(other: str, head: str) -> None:
    documents: list[Any] = [{"k": str(n), "v": value} for n, value in enumerate(VALUES)]
    plans = [plan_of(f"{K}v: {name}", head=head, version=n) for n, name in enumerate((other, "scalar", other), 1)]
    with open_store(":memory:", plans[0]) as store:
        for document in documents:
            store.put(document)
        said = exact(store)
        for plan in plans[1:]:
            apply(store.backend, plan, rewrite=True)
            again = Store(store.backend, plan)
            assert exact(again) == said
            assert not difference(schema_of(plan, SQLITE), store.backend.catalogue())
            with open_store(":memory:", plan) as fresh:
                for document in documents:
                    fresh.put(document)
                rows = "SELECT k, v, typeof(v) FROM t ORDER BY k"
                assert store.backend.execute(rows) == fresh.backend.execute(rows)


# -- DDL and infer ---------------------------------------------------------------------------------------------


def test_other_databases_have_texts() -> None:
    plan = plan_of(K + "w: {type: scalar, one_of: [1, '2', true], default: 1}\nv: {type: scalar, unique: true}")
    for name in ("postgresql", "duckdb"):
        text = "\n".join(s.sql for s in ddl(plan, DIALECTS[name]))
        assert "IN ('1', '2', 'true')" in text and "DEFAULT '1'" in text
    with duckdb.connect() as connection:
        for statement in ddl(plan, DIALECTS["duckdb"]):
            connection.execute(statement.sql)
        connection.execute("INSERT INTO t (id, k, w) VALUES (1, 'a', '2')")


def test_infer_says_what_sql_sees_of_numbers_among_texts() -> None:
    found = infer([{"id": f"a{n}", "size": size} for n, size in enumerate((1, "n/a", 2, "?"))], name="things")
    line = next(line for line in found.splitlines() if line.strip().startswith("size:"))
    assert line.split("#")[0].strip() == "size: scalar"
    assert line.endswith("SQL sorts numbers first, then texts")


def test_a_value_map_of_a_scalar_says_numbers_texts_and_booleans() -> None:
    columns = K + "v: {type: scalar, map: {low: 1, high: '2', 'yes': true}}"
    documents: list[Any] = [
        {"k": str(n), "v": v} for n, v in enumerate(("low", "high", "yes", 1, "2", True, 2, "1", 1.0))
    ]
    with opened(columns, documents) as store:
        assert exact(store) == [jsontext.dumps(document) for document in documents]
        assert [v for (v,) in store.backend.execute("SELECT v FROM t ORDER BY k LIMIT 3")] == [1, "2", "true"]
        for written, said in (("2", 2), ("'2'", "high"), ("1", "low"), ("'true'", "yes")):
            store.backend.execute(f"UPDATE t SET v = {written} WHERE k = '7'")
            assert json.loads(jsontext.dumps(store.get("7")["v"])) == said
