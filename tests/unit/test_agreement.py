"""Agreement: a rewriting goes over all documents whose rows come back, whatever does not count in them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from docrel.compile import compile
from docrel.migrate import apply
from docrel.plan import Plan
from docrel.spec import loads
from docrel.store import open_store
from docrel.upkeep import validate
from docrel.values import jsontext

HEAD = """\
mapping: trips
version: {version}
document: {{key: k{more}}}
tables:
  trips:
    columns:
      k: {{required: true, unique: true}}
      rest: {{rest: true}}
    tables:
"""
STOPS = """\
      stops:
        each: stops[*]
        primary_key: [trips_id, place]
        columns: {place: {position: true}, name: text}
        tables:
          calls: {each: 'calls[*]', columns: {at: text}, tables: {notes: {each: 'notes[*]', columns: {text: text}}}}
"""
NAMED = """\
      stops:
        each: stops.*
        primary_key: [trips_id, place]
        columns: {place: {position: true}, name: {key: each}, at: {unique: true}}
"""


def plan(tables: str, version: int = 1, more: str = "") -> Plan:
    return compile(loads(HEAD.format(version=version, more=more) + tables))


def edited(path: Path, tables: str, document: Any, *statements: str, more: str = "") -> Any:
    """Rewrite the document after an edit; return what it was and is."""
    with open_store(path, plan(tables, 1, more)) as store:
        store.put(document)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA foreign_keys = ON")
        for statement in statements:
            connection.execute(statement)
    with open_store(path) as store:
        before = store.get("1")
        assert [check.text for check in validate(store) if not check.ok] == []
    apply(path, plan(tables, 2, more), rewrite=True, backup=False)
    with open_store(path) as store:
        assert jsontext.same(store.get("1"), before)
    return before


CALLS = [{"name": name, "calls": [{"at": at, "notes": [{"text": at}]} for at in name]} for name in ("ab", "cd", "ef")]


def test_places_in_keys_may_have_gaps(tmp_path: Path) -> None:
    found = edited(tmp_path / "m.db", STOPS, {"k": "1", "stops": CALLS}, "DELETE FROM stops WHERE place = 0")
    assert found == {"k": "1", "stops": CALLS[1:]}


def test_places_of_members_whose_order_is_forgotten_do_not_count(tmp_path: Path) -> None:
    document = {"k": "1", "stops": {"b": {"at": "1"}, "a": {"x": 1, "at": "2"}, "c": 5}}
    edited(tmp_path / "m.db", NAMED, document, "UPDATE stops SET place = 7 - place", more=", forget: [key-order]")


def test_what_a_unique_kept_out_may_come_in(tmp_path: Path) -> None:
    document = {"k": "1", "stops": {"a": {"at": "1"}, "b": {"at": "1"}}}
    tables = NAMED.replace("columns:", "otherwise: rest\n        columns:")
    edited(tmp_path / "m.db", tables, document, "UPDATE stops SET at = '2'")
    with open_store(tmp_path / "m.db") as store:
        assert store.backend.execute("SELECT name, at FROM stops ORDER BY name") == [("a", "2"), ("b", "1")]
