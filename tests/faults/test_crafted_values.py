"""Crafted values: whatever stands in a column, every use of the database gives an exact answer or one of our errors.

Columns of the mapped tables, of docrel's own and of SQLite's counters are set by SQL to NULL, blobs, infinities, text
that is no UTF-8 and what no type of the mapping has, in one row or in all, with constraints looked at or not. By
default a sample is tried, the same in each run; DOCREL_FAULTS=all tries everything.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext, suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest

from docrel import compile, spec
from docrel.authoring import survey
from docrel.diagnostics import DocrelError, DocumentError, render
from docrel.mapping import load
from docrel.migrate import apply
from docrel.plan import Plan
from docrel.store import Store, open_store
from docrel.testing.documents import Documents
from docrel.upkeep import examine_database, validate
from docrel.values import jsontext

ALL = os.environ.get("DOCREL_FAULTS") == "all"
TRIALS = 10**9 if ALL else 40

MAPPING = """\
mapping: odd
document: {key: k}
tables:
  t:
    columns:
      k: {type: text, required: true, unique: true}
      num: integer
      cost: real
      sure: {type: boolean}
      at: {type: timestamp, default: {now: true}}
      day: {type: date}
      sum: {type: decimal}
      data: {type: base64}
      any: {type: scalar}
      tree: {type: json}
      state: {one_of: [open, paid], map: {o: open}}
      more: {rest: true}
    tables:
      items:
        each: items[*]
        repeat: ['sub[*]', 'other.sub[*]']
        otherwise: rest
        columns: {place: {position: true}, way: {edge: true}, name: {type: text, unique: true}, of: {references: t.k}}
      members: {each: members.*, primary_key: [t_id, key], columns: {key: {key: each}, v: {from: '@', type: integer}}}
      walk: {each: walk.*, repeat: '*', row_if: [ref], columns: {a: {key: each}, b: {key: repeat, join: .}, ref: text}}
      first: {each: 'mixed[*]', when: {type: a}, columns: {v: text}}
      second: {each: 'mixed[*]', when: {type: b}, columns: {v: text}}
"""
NATURAL = """\
mapping: natural
document: {key: b}
tables:
  t:
    columns: {a: {type: integer, required: true}, b: {type: integer, required: true, unique: true}}
    primary_key: [a, b]
    tables:
      s: {each: 's[*]', columns: {place: {position: true}, v: text}, primary_key: [t_a, t_b, place]}
"""
DEEP = "[" * 5000 + "]" * 5000
VALUES = (
    "NULL", "x''", "x'00ff'", "9e999", "-9e999", "-0.0", "0.0", "1.5", "1e308", "''", "'x'", "'{'", "'{}'", "'[]'",
    "'[1'", "'null'", "'1'", "'\"x\"'", "CAST(x'ff00fe' AS TEXT)", "CAST(x'eda080' AS TEXT)", "CAST(x'00' AS TEXT)",
    "'true'", "9223372036854775807", "-9223372036854775808", "-1", "0", "1", "2", "'1e999'", "'NaN'",
    '\'{"a": 1, "a": 2}\'', f"'{DEEP}'", f"'{'9' * 5000}'", "'" + "1" * 20_000 + "e5'", "hex(zeroblob(50000))",
    "'2025-99-99T00:00:00Z'", "'%s'", "'{\"\\ud800\": 1}'", "'" + '[{"a": ' * 200 + "1" + "}]" * 200 + "'",
)  # fmt: skip


def plans() -> dict[str, tuple[Plan, Plan]]:
    """Return plans by name, each with one to migrate to by way of the documents."""
    found = {}
    for name, text in (("odd", MAPPING), ("natural", NATURAL)):
        later = text.replace("\ndocument", "\nversion: 2\ndocument", 1).replace("v: text", "v: json")
        found[name] = compile.compile(spec.loads(text)), compile.compile(spec.loads(later))
    return found | {"missions": (load("missions@1").plan, load("missions@4").plan)}


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def written(document: Any) -> str:
    """Return the text of a document that was read; whatever is no JSON, as bytes or an infinity, is a failure."""
    try:
        jsontext.check_value(document)
    except DocumentError as e:
        raise AssertionError(f"a document is no JSON: {e}") from e
    return jsontext.dumps(document)


class Crafted:
    """A database with some documents, and a copy of it with odd values."""

    def __init__(self, plan: Plan, later: Plan, folder: Path) -> None:
        self.plan, self.later = plan, later
        self.whole, self.path = folder / "whole.db", folder / "crafted.db"
        self.documents: list[Any] = []
        self.counts: Counter[str] = Counter()
        with open_store(self.whole, plan) as store:
            made = map(Documents(plan).one, map(Random, range(100)))
            while len(self.documents) < 4:
                with suppress(DocumentError):
                    document = next(made)
                    store.put(document, f"d{len(self.documents)}")
                    self.documents.append(document)
        with closing(sqlite3.connect(self.whole)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def columns(self) -> list[tuple[str, str]]:
        with closing(sqlite3.connect(self.whole)) as connection:
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            sql = "SELECT name FROM pragma_table_info(?)"
            return [(table, column) for table in names for (column,) in connection.execute(sql, [table])]

    def change(self, table: str, column: str, value: str, *, one: bool, checked: bool) -> bool:
        """Set a column in a fresh copy; says whether the database let it happen."""
        for end in ("-wal", "-shm", ""):
            Path(f"{self.path}{end}").unlink(missing_ok=True)
        shutil.copy(self.whole, self.path)
        sql = f"UPDATE {quoted(table)} SET {quoted(column)} = {value}"
        if one:
            sql += f" WHERE {quoted(column)} IS (SELECT {quoted(column)} FROM {quoted(table)} LIMIT 1)"
        with closing(sqlite3.connect(self.path, isolation_level=None)) as connection:
            connection.execute("PRAGMA foreign_keys = OFF")
            connection.execute(f"PRAGMA ignore_check_constraints = {'OFF' if checked else 'ON'}")
            try:
                return connection.execute(sql).rowcount > 0
            except sqlite3.Error:
                return False

    def hold(self, what: str) -> None:
        """Assert that each use of the copy works, or raises errors of ours that can be shown."""
        for use in self.uses():
            try:
                use()
                self.counts["works"] += 1
            except DocrelError as e:
                self.counts["refused"] += 1
                for diagnostic in e.diagnostics:
                    assert diagnostic.code != "S409", f"{what}: {diagnostic.message}"
                    render(diagnostic).encode(errors="backslashreplace")
            except Exception as e:
                raise AssertionError(f"{what}: {type(e).__name__}: {e}") from e

    def uses(self) -> Iterator[Callable[[], object]]:
        texts = [jsontext.dumps_bytes(document) for document in self.documents]

        def by(use: Callable[[Store, Any], object]) -> Callable[[], None]:
            def used() -> None:
                with open_store(self.path) as store:
                    for key in list(store.keys()):
                        use(store, key)

            return used

        def once(use: Callable[[Store], object]) -> Callable[[], None]:
            def used() -> None:
                with open_store(self.path) as store:
                    use(store)

            return used

        yield once(lambda store: [written(document) for _, document in store.scan()])
        yield by(lambda store, key: written(store.get(key)))
        yield by(lambda store, key: store.etag(key))
        yield once(lambda store: [jsontext.loads(text) for text in store.export()])
        yield once(lambda store: [written(document) for _, document in store.find("TRUE")])
        yield by(lambda store, key: [store.rows(table.name, key) for table in self.plan.tables])
        yield once(lambda store: [store.rows_where(table.name) for table in self.plan.tables])
        yield once(lambda store: [json.dumps(check.text) for check in validate(store)])
        yield once(lambda store: survey(store.backend, self.plan))
        yield lambda: examine_database(self.path)
        yield once(lambda store: [store.put(document, f"d{n}") for n, document in enumerate(self.documents)])
        yield once(lambda store: store.import_(texts))
        yield by(lambda store, key: store.append(key, "$.items", {"name": "z"}))
        yield by(lambda store, key: store.put_part(key, "odd", 1))
        yield lambda: apply(self.path, self.later, backup=False)
        yield by(lambda store, key: store.delete(key))


@pytest.mark.parametrize("name", plans())
def test_an_odd_value_is_refused_or_given_back(name: str, tmp_path: Path) -> None:
    crafted, random = Crafted(*plans()[name], tmp_path), Random(name)
    trials = [(table, column, value) for table, column in crafted.columns() for value in VALUES]
    random.shuffle(trials)
    for table, column, value in trials[:TRIALS]:
        for one, checked in ((False, True), (True, False)) if ALL else [(random.random() < 0.5, random.random() < 0.5)]:
            if crafted.change(table, column, value, one=one, checked=checked):
                crafted.hold(f"{table}.{column} = {value[:60]}")
    print(name, dict(crafted.counts))
    assert crafted.counts["refused"]
    assert crafted.counts["works"]


def test_what_python_raises_of_a_value_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crafted = Crafted(*plans()["odd"], tmp_path)
    assert crafted.change("t", "tree", "'{'", one=False, checked=False)
    for module in [name for name in sys.modules if name.startswith("docrel.store")]:
        monkeypatch.setattr(f"{module}.made_of_stored", lambda path: nullcontext(), raising=False)
    with pytest.raises(AssertionError, match="MisfitError"):
        crafted.hold("t.tree")


@pytest.mark.parametrize("value", [b"", float("inf"), {"a": [float("nan")]}, {"a": (1,)}])
def test_a_document_that_is_no_json_would_be_seen(value: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crafted = Crafted(*plans()["odd"], tmp_path)
    assert crafted.change("t", "num", "1", one=False, checked=True)
    monkeypatch.setattr(Store, "get", lambda store, key: value)
    with pytest.raises(AssertionError, match="no JSON"):
        crafted.hold("t.num")
