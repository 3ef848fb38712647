"""A key that is JSON is shown as that JSON, wherever a message names a document."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from docrel.compile import compile
from docrel.diagnostics import DocrelError
from docrel.documents import shown_key
from docrel.migrate import apply
from docrel.plan import Plan
from docrel.spec import loads
from docrel.store import open_store
from docrel.upkeep import move, open_archive, validate

MAPPING = """\
mapping: m
document: {key: KEY}
tables:
  m:
    each: $
    columns:
      id: {type: json, required: true, unique: true}
      day: {type: text, default: d, required: true}
      v: integer
      kept: json
    tables:
      parts:
        each: parts.*
        columns: {name: {key: each}, size: integer}
"""


def plan(key: str = "id", **edits: str) -> Plan:
    text = MAPPING.replace("KEY", key)
    for old, new in edits.items():
        text = text.replace(old, new)
    return compile(loads(text))


@pytest.mark.parametrize(
    ("document", "key", "shown"),
    [
        ({"id": "a"}, "id", '"a"'),
        ({"id": 1}, "id", "1"),
        ({"id": [1, "x"]}, "id", '[1,"x"]'),
        ({"id": "a", "day": "b"}, "[id, day]", '["a", "b"]'),
    ],
)
def test_a_key_is_spelt_once(tmp_path: Path, document: dict[str, Any], key: str, shown: str) -> None:
    of, path = plan(key), tmp_path / "m.db"
    with open_store(path, of, create=True) as store, open_archive(store) as archive:
        name = store.put(document | {"parts": {"p": {"size": 1}}}).key
        assert shown_key(name, of) == shown
        archive.put(document | {"v": 5})
        with pytest.raises(DocrelError, match="is there already") as e:
            move([name], store, archive)
        assert f"the document {shown} is there already" in e.value.diagnostics[0].message
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("UPDATE m SET kept = '{'")
    with open_store(path) as store:
        wrong = [check for check in validate(store) if not check.ok]
        assert any(f"the document {shown} cannot be read" in check.text for check in wrong)


def test_an_unreadable_document_is_named_by_its_key(tmp_path: Path) -> None:
    with open_store(tmp_path / "m.db", plan(), create=True) as store:
        store.put({"id": "a"})
        store.put({"id": "b", "v": 1})
        store.backend.execute("PRAGMA ignore_check_constraints = ON")
        store.backend.execute("UPDATE m SET id = '\"a\"x' WHERE v IS NULL")
        for read in (lambda: store.get('"a"x'), lambda: list(store.scan())):
            with pytest.raises(DocrelError) as e:
                read()
            assert "the document '\"a\"x' cannot be read" in e.value.diagnostics[0].message


def test_a_migration_that_refuses_names_documents_by_their_keys(tmp_path: Path) -> None:
    with open_store(tmp_path / "m.db", plan(), create=True) as store:
        store.put({"id": "a"})
    with pytest.raises(DocrelError) as e:
        apply(tmp_path / "m.db", plan(**{"v: integer": "v: {type: integer, required: true}"}))
    assert 'document "a"' in str(e.value)
