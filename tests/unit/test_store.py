"""The store: put, get, delete, scan and find, and what each write touches."""

from __future__ import annotations

import copy
import json
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from docrel import compile as compiling
from docrel import spec
from docrel.diagnostics import DocumentError, StoreError
from docrel.engine import Flattened, Flattener
from docrel.plan import Plan
from docrel.store import Store, etag, open_store
from docrel.values import jsontext

ORDERS = """
mapping: orders
document: {key: number}
tables:
  orders:
    row: order
    columns:
      number: {type: text, required: true, unique: true}
      state: {type: text, required: true, one_of: [open, paid], default: open}
      placed_at: {type: text, required: true, default: {now: true}}
      rest: {rest: true}
    tables:
      lines:
        each: lines[*]
        columns:
          sku: {type: text, required: true}
          amount: integer
        unique: [[order_id, sku]]
        tables:
          notes: {each: 'notes[*]', columns: {note: {from: '@', type: text}}}
      tags:
        each: tags[*]
        columns: {tag: {from: '@', type: text}, place: {position: true}}
"""
Written = tuple[int, int, int]
"""How many rows were inserted, updated and deleted."""
NOON = "2026-01-01T12:00:00Z"


def plan(text: str = ORDERS) -> Plan:
    return compiling.compile(spec.loads(text, "orders.yaml"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "orders.db", plan(), clock=lambda: NOON) as opened:
        yield opened


def order(number: str = "A1", **members: Any) -> dict[str, Any]:
    lines = [{"sku": "x", "amount": 1, "notes": ["a", "b"]}, {"sku": "y", "amount": 2}]
    return {"number": number, "state": "paid", "lines": lines, "tags": ["red", "blue"], **members}


def rows(store: Store, table: str) -> list[tuple[Any, ...]]:
    return store.backend.execute(f'SELECT * FROM "{table}" ORDER BY 1')


def written(store: Store) -> dict[str, Written]:
    return {
        name: (c.inserted, c.updated, c.deleted)
        for name, c in store.written.items()
        if c.inserted or c.updated or c.deleted
    }


def changes_of(store: Store, document: dict[str, Any]) -> dict[str, Written]:
    for counts in store.written.values():
        counts.inserted = counts.updated = counts.deleted = 0
    store.put(document)
    return written(store)


def test_a_document_comes_back_as_it_was_put(store: Store) -> None:
    document = order(unknown={"deep": [1, 1.0, None, "\ud800", "\0"]}, lines=[{"amount": 1, "sku": "x"}, 7])
    assert store.put(document).kind == "inserted"
    assert jsontext.same(store.get("A1"), document)
    assert store.put(document).kind == "unchanged"


def test_a_missing_document_is_an_error_that_says_what_to_do(store: Store) -> None:
    with pytest.raises(StoreError) as caught:
        store.get("nobody")
    assert caught.value.diagnostics[0].code == "S420"
    assert "nobody" not in store


def test_a_refused_document_leaves_nothing_behind(store: Store) -> None:
    with pytest.raises(DocumentError) as caught:
        store.put(order(state="lost"))
    assert "$.state" in str(caught.value)
    assert [rows(store, t.name) for t in store.plan.tables] == [[], [], [], []]


def test_an_appended_element_is_one_inserted_row(store: Store) -> None:
    store.put(order())
    longer = order(tags=["red", "blue", "green"])
    assert changes_of(store, longer) == {"tags": (1, 0, 0)}
    assert store.get("A1") == longer


def test_a_changed_member_is_one_updated_row(store: Store) -> None:
    store.put(order())
    document = order()
    document["lines"][1]["amount"] = 3
    assert changes_of(store, document) == {"lines": (0, 1, 0)}


def test_a_removed_element_takes_its_nested_rows_along(store: Store) -> None:
    store.put(order())
    document = order()
    del document["lines"][0]
    assert changes_of(store, document) == {"lines": (0, 0, 1), "notes": (0, 0, 2)}
    assert [line[2] for line in rows(store, "lines")] == ["y"]


def test_kept_rows_keep_their_ids(store: Store) -> None:
    store.put(order())
    before = rows(store, "tags")
    store.put(order(tags=["green", "red", "blue"]))
    after = {row[2]: row[0] for row in rows(store, "tags")}
    assert all(after[row[2]] == row[0] for row in before)


def test_unique_values_may_change_places(store: Store) -> None:
    store.put(order(lines=[{"sku": "x"}, {"sku": "y"}]))
    swapped = order(lines=[{"sku": "y"}, {"sku": "x"}])
    store.put(swapped)
    assert store.get("A1") == swapped


def test_the_clock_of_the_first_write_stays(tmp_path: Path) -> None:
    times = iter([f"2026-01-0{day}T00:00:00Z" for day in range(1, 9)])
    with open_store(tmp_path / "orders.db", plan(), clock=lambda: next(times)) as store:
        store.put(order())
        store.put(order(state="open"))
        assert rows(store, "orders")[0][3] == "2026-01-01T00:00:00Z"
        assert store.get("A1") == order(state="open")


CLOCKED = """
mapping: notes
document: {{key: name}}
tables:
  notes:
    columns:
      name: {{type: text, required: true, unique: true}}
      {column}: {{from: at, type: text, default: {{now: true}}}}
      rest: {{rest: true}}
"""


@pytest.mark.parametrize("column", ["at", 'say "x"', "naïf", "a\\b", "\U0001f600", "tab\there"])
def test_the_clock_of_a_column_of_any_name_stays(tmp_path: Path, column: str) -> None:
    times = iter(["2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"])
    mapping = plan(CLOCKED.format(column=json.dumps(column)))
    with open_store(tmp_path / "notes.db", mapping, clock=lambda: next(times)) as store:
        store.put({"name": "a"})
        assert store.put({"name": "a"}).kind == "unchanged"
        assert store.get("a") == {"name": "a"}


def test_a_member_called_as_the_column_is_no_note_on_it(tmp_path: Path) -> None:
    text = CLOCKED.format(column="at").replace("from: at", "from: when").replace("      rest: {rest: true}\n", "")
    times = iter(["2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"])
    with open_store(tmp_path / "notes.db", plan(text), clock=lambda: next(times)) as store:
        store.put({"name": "a", "when": "2026-01-01T00:00:00Z", "other": {"at": [1]}})
        store.put({"name": "a", "other": {"at": [1]}})
        assert rows(store, "notes")[0][2] == "2027-01-01T00:00:00Z", "as a fresh put would leave it"


def test_a_time_that_sql_has_set_is_not_taken_for_the_clock(tmp_path: Path) -> None:
    times = iter(["2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"])
    with open_store(tmp_path / "notes.db", plan(CLOCKED.format(column="at")), clock=lambda: next(times)) as store:
        store.put({"name": "a"})
        store.backend.execute("UPDATE notes SET at = 'by SQL'")
        assert store.get("a") == {"name": "a", "at": "by SQL"}
        store.put({"name": "a"})
        assert rows(store, "notes")[0][2] == "2027-01-01T00:00:00Z"
        assert store.get("a") == {"name": "a"}


def test_an_edit_by_sql_shows_in_the_document(store: Store) -> None:
    store.put(order(lines=[{"sku": "x", "amount": 1.0}]))
    store.backend.execute("UPDATE lines SET sku = 'z'")
    assert store.get("A1")["lines"] == [{"sku": "z", "amount": 1.0}]
    store.backend.execute("UPDATE lines SET amount = 5")
    assert store.get("A1")["lines"] == [{"sku": "z", "amount": 5}]
    store.backend.execute("INSERT INTO lines (order_id, sku) SELECT id, 'new' FROM orders")
    assert store.get("A1")["lines"][1] == {"sku": "new"}
    store.backend.execute("DELETE FROM orders")
    assert list(store.keys()) == []
    assert store.backend.execute('SELECT * FROM "orders_complement"') == []


def test_an_etag_is_the_same_from_rows_and_document_and_guards_writes(store: Store) -> None:
    store.put(order())
    seen = store.etag("A1")
    assert seen == etag(order())
    store.backend.execute("UPDATE orders SET state = 'open'")
    with pytest.raises(StoreError) as caught:
        store.put(order(tags=[]), if_match=seen)
    assert caught.value.diagnostics[0].code == "S421"
    store.put(order(tags=[]), if_match=store.etag("A1"))
    with pytest.raises(StoreError):
        store.delete("A1", if_match=seen)
    store.delete("A1")
    assert len(store) == 0


def test_find_takes_a_condition_and_scan_gives_all(store: Store) -> None:
    for n in range(450):
        store.put({"number": f"N{n}", "state": "paid" if n % 2 else "open"})
    assert len(list(store.find("state = ?", ["paid"]))) == 225
    assert [key for key, _ in store.scan()] == [f"N{n}" for n in range(450)]
    assert all(document["number"] == key for key, document in store.scan())


def test_a_transaction_is_all_or_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError), store.transaction():
        store.put(order("A1"))
        store.put(order("A2"))
        raise RuntimeError
    assert len(store) == 0


def test_threads_may_share_a_store(store: Store) -> None:
    def write(start: int) -> None:
        for n in range(start, start + 20):
            store.put(order(f"T{n}"))
            store.get(f"T{n}")

    threads = [threading.Thread(target=write, args=(n * 100,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store) == 80


def test_a_database_knows_its_plan_and_refuses_another(store: Store, tmp_path: Path) -> None:
    store.put(order())
    with open_store(tmp_path / "orders.db") as again:
        assert again.plan == store.plan
        assert again.get("A1") == order()
    with pytest.raises(StoreError) as caught:
        open_store(tmp_path / "orders.db", plan(ORDERS.replace("orders\n", "orders\nversion: 2\n", 1)))
    assert caught.value.diagnostics[0].code == "S411"


@pytest.mark.parametrize("content", [b"", b"not a database, but long enough to be taken for one" * 9])
def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    with pytest.raises(StoreError):
        open_store(path)
    assert path.read_bytes() == content


def test_a_foreign_database_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE orders (x)")
    with pytest.raises(StoreError) as caught:
        open_store(tmp_path / "other.db", plan())
    assert caught.value.diagnostics[0].code == "S410"


def test_the_stored_document_is_not_shared_with_the_caller(store: Store) -> None:
    document = order()
    store.put(document)
    snapshot = copy.deepcopy(document)
    store.get("A1")["tags"].append("x")
    assert store.get("A1") == document == snapshot


@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        (None, "a", "inserted"),
        ("a", "a", "unchanged"),
        ("a", "b", "updated"),
    ],
)
def test_an_import_flattens_each_document_once(
    store: Store, monkeypatch: pytest.MonkeyPatch, first: str | None, second: str, outcome: str
) -> None:
    def fleet(title: str) -> list[dict[str, Any]]:
        return [order(f"A{n}", title=title) for n in range(20)]

    if first is not None:
        store.import_(fleet(first))
    flattened: list[Any] = []
    add = Flattener.add

    def counted(self: Flattener, document: Any, *arguments: Any, **named: Any) -> Flattened:
        flattened.append(document["number"])
        return add(self, document, *arguments, **named)

    monkeypatch.setattr(Flattener, "add", counted)
    report = store.import_(fleet(second))
    assert getattr(report, outcome) == 20
    assert sorted(flattened) == sorted(f"A{n}" for n in range(20))


def test_documents_that_an_import_leaves_alone_take_no_ids(store: Store) -> None:
    fleet = [order(f"A{n}") for n in range(20)]
    store.import_(fleet)
    with open_store(":memory:", store.plan, clock=store.clock) as fresh:
        news = [order(f"B{n}", tags=["x", 7, "y"]) for n in range(3)]
        for document in [*fleet, *news]:
            fresh.put(document)
        report = store.import_([*fleet[:9], news[0], news[0], *fleet[9:], *news[1:]])
        assert (report.inserted, report.unchanged) == (3, 21)
        for table in (*(t.name for t in store.plan.tables), store.plan.complement):
            select = f"SELECT * FROM {table} ORDER BY 1, 2, 3"
            assert store.backend.execute(select) == fresh.backend.execute(select)
