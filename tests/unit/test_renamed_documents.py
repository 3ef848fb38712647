"""Documents that SQL gives another name: what they hold stays, also where it has no place for the name."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from docrel import compile, spec
from docrel.migrate import applying
from docrel.store import Store, open_store
from docrel.upkeep import validate
from docrel.values import jsontext

HEAD = """\
mapping: m
document: {key: k}
tables:
  t:
    columns:
      k: {from: K, required: true, unique: true}
"""
BELOW = "      a: text\n    tables: {rows: {each: '@[*]', columns: {v: {from: '@', type: scalar}}}}\n"
MAPPINGS = {
    "nothing else": HEAD,
    "a column": HEAD + "      a: text\n",
    "a rest": HEAD + "      a: text\n      more: {rest: true}\n",
    "an element": HEAD + "      a: {from: '[0]'}\n",
    "a scalar": HEAD + "      a: {from: '@', type: scalar}\n",
    "rows": HEAD + BELOW,
}
NO_OBJECTS: list[Any] = [[1, 2], [], [{"k": "x"}], [[1], None], "text", "", 5, 1.5, True, None]


@pytest.fixture(params=MAPPINGS)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "d.db"
    stored(path, MAPPINGS[request.param]).close()
    yield path


def stored(path: Path, mapping: str, place: str = "k") -> Store:
    return open_store(path, compile.compile(spec.loads(mapping.replace("K", place))))


def sql(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


@pytest.mark.parametrize("document", NO_OBJECTS, ids=repr)
def test_a_renamed_document_that_is_no_object_keeps_what_it_holds(path: Path, document: Any) -> None:
    with open_store(path) as store:
        store.put(document, "old")
        sql(path, "UPDATE t SET k = 'new'")
        assert list(store.keys()) == ["new"]
        for _ in range(2):
            assert jsontext.same(store.get("new"), document)
            assert [check.text for check in validate(store) if not check.ok] == []
            assert store.put(document, "new").kind in {"updated", "unchanged"}  # what the note says is another name
        assert store.put(document, "new").kind == "unchanged"


@pytest.mark.parametrize("document", NO_OBJECTS, ids=repr)
def test_a_migration_keeps_a_renamed_document(tmp_path: Path, document: Any) -> None:
    mapping, path = MAPPINGS["rows"], tmp_path / "d.db"
    with stored(path, mapping) as store:
        store.put(document, "old")
    sql(path, "UPDATE t SET k = 'new'")
    later = mapping.replace("\ndocument", "\nversion: 2\ndocument").replace("type: scalar", "type: json")
    applying.apply(path, compile.compile(spec.loads(later.replace("K", "k"))), backup=False, rewrite=True)
    with open_store(path) as store:
        assert jsontext.same(store.get("new"), document)


@pytest.mark.parametrize("place", ["id.k", "'[0]'", "'id[1]'", "[id.k, key]"])
@pytest.mark.parametrize("taken", [[7], [], "x", 7, None, [[7], [8]]], ids=repr)
def test_what_stands_where_the_name_would_be_stays(tmp_path: Path, place: str, taken: Any) -> None:
    document = {"id": taken, "x": 1}
    with stored(tmp_path / "d.db", HEAD, place) as store:
        store.put(document, "old")
        sql(tmp_path / "d.db", "UPDATE t SET k = 'new'")
        found = store.get("new")
        if place == "'id[1]'" and taken in ([], [7]):
            assert found == {"id": [taken[0] if taken else None, "new"], "x": 1}
        else:
            assert jsontext.same(found, document)
        store.put(found, "new")
        assert jsontext.same(store.get("new"), found)


@pytest.mark.parametrize("place", ["k", "id.k", "[k, key]"])
@pytest.mark.parametrize("document", [{}, {"x": 1}, {"x": 1, "z": {}, "a": "b"}], ids=repr)
def test_an_object_says_its_new_name(tmp_path: Path, document: Any, place: str) -> None:
    with stored(tmp_path / "d.db", MAPPINGS["a rest"], place) as store:
        store.put(document, "old")
        sql(tmp_path / "d.db", "UPDATE t SET k = 'new'")
        assert store.get("new") == document | ({"id": {"k": "new"}} if place == "id.k" else {"k": "new"})
        sql(tmp_path / "d.db", "UPDATE t SET k = 'old'")
        assert jsontext.same(store.get("old"), document)


@pytest.mark.parametrize("document", [[1, 2], [{"k": "x"}], "text", "", 5, 1.5, True, None], ids=repr)
@pytest.mark.parametrize(
    ("edit", "says"),
    [
        ("a = 'x'", {"a": "x"}),
        ("more = '{\"b\": 1}'", {"b": 1}),
        ("k = 'new', a = 'x'", {"k": "new", "a": "x"}),
    ],
)
def test_what_sql_sets_takes_the_place_of_a_document_that_is_no_object(
    tmp_path: Path, document: Any, edit: str, says: Any
) -> None:
    path = tmp_path / "d.db"
    with stored(path, MAPPINGS["a rest"]) as store:
        store.put(document, "old")
        store.put({"k": "beside"})
        sql(path, f"UPDATE t SET {edit} WHERE k = 'old'")
        key = "new" if "new" in edit else "old"
        assert store.get(key) == says
        assert store.get("beside") == {"k": "beside"}
        sql(path, "UPDATE t SET a = NULL, more = NULL")  # undone before a write
        assert jsontext.same(store.get(key), document)
