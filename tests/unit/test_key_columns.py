"""A document's key of several columns: one value everywhere, as a tuple in Python and as JSON or `a=…,b=…` typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from docrel import plan, spec
from docrel.cli import main
from docrel.compile import check, compile, load_plan
from docrel.diagnostics import DocumentError, MappingError, StoreError
from docrel.plan import Plan
from docrel.store import Store, key_of_text, open_store, text_of_key
from docrel.upkeep import move

PRICES = """\
mapping: prices
document: {key: [symbol, day]}
tables:
  prices:
    columns:
      symbol: {type: text, required: true}
      day: {type: date, required: true}
      close: real
      rest: {rest: true}
    tables:
      trades: {each: 'trades[*]', columns: {size: integer}}
"""
A1: dict[str, Any] = {"symbol": "AAA", "day": "2024-01-01", "close": 1.5, "trades": [{"size": 3}]}
A2: dict[str, Any] = {"symbol": "AAA", "day": "2024-01-02", "close": 2.5, "more": None}
B1: dict[str, Any] = {"symbol": "B,day=C", "day": "2024-01-01", "close": 9.5}
NUMBERED = PRICES.replace("day: {type: date", "day: {type: integer")


def plan_of(text: str) -> Plan:
    return compile(spec.loads(text))


@pytest.fixture
def store() -> Store:
    made = open_store(":memory:", plan_of(PRICES))
    for document in (A1, A2, B1):
        made.put(document)
    return made


def run(*arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == status, result.output
    return result


# -- the mapping ------------------------------------------------------------------------------------------


def test_the_plan_has_the_columns_and_makes_them_unique_together() -> None:
    made = plan_of(PRICES)
    assert made.key == ("symbol", "day")
    assert made.table("prices").unique == (("symbol", "day"),)
    assert load_plan(plan.dump(made)) == made
    assert plan_of(PRICES.replace("[symbol, day]", "{column: [symbol, day]}")) == made


@pytest.mark.parametrize("written", ["unique: [[symbol, day]]", "primary_key: [day, symbol]"])
def test_columns_that_are_unique_already_are_so_once(written: str) -> None:
    table = plan_of(PRICES.replace("prices:\n    columns", f"prices:\n    {written}\n    columns")).table("prices")
    assert len(table.keys) == (2 if written.startswith("unique") else 1)


@pytest.mark.parametrize(
    ("key", "columns", "message"),
    [
        ("[symbol, close]", {}, "`close` identifies a document but is not required"),
        ("[symbol, nay]", {}, "has no column `nay`"),
        ("[symbol, symbol]", {}, "`symbol` is named twice"),
        ("[symbol, rest]", {}, "docrel fills it"),
        ("[symbol]", {}, "a list of one column"),
        ("[]", {}, "an empty list"),
        ("[symbol, day]", {"type: date": "type: date, default: {given: true}"}, "only a part"),
    ],
)
def test_what_cannot_be_a_part_of_a_key_is_said(key: str, columns: dict[str, str], message: str) -> None:
    text = PRICES.replace("[symbol, day]", key)
    for old, new in columns.items():
        text = text.replace(old, new)
    with pytest.raises(MappingError, match=message):
        plan_of(text)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"key": ["symbol"]}, "not several"),
        ({"key": ["symbol", "symbol"]}, "not several"),
        ({"key": ["symbol", "close"]}, "'close' is not required"),
        ({"key": []}, "not several"),
    ],
)
def test_a_stored_plan_is_held_against_the_same(change: dict[str, Any], message: str) -> None:
    content = json.loads(plan.dump(plan_of(PRICES))) | change
    with pytest.raises(ValueError, match=message):
        load_plan(json.dumps(content))


# -- the store --------------------------------------------------------------------------------------------


def test_documents_are_put_found_and_deleted_by_a_tuple(store: Store) -> None:
    assert list(store.keys()) == [("AAA", "2024-01-01"), ("AAA", "2024-01-02"), ("B,day=C", "2024-01-01")]
    assert store.get(("AAA", "2024-01-02")) == A2
    assert ("AAA", "2024-01-03") not in store
    assert "AAA" not in store
    assert ("AAA",) not in store
    outcome = store.put(A1 | {"close": 1.75})
    assert (outcome.kind, outcome.key) == ("updated", ("AAA", "2024-01-01"))
    assert [key for key, _ in store.find("close > ?", [2])] == [("AAA", "2024-01-02"), ("B,day=C", "2024-01-01")]
    assert store.append(("AAA", "2024-01-01"), "$.trades", {"size": 4}).row is not None
    store.edit(("AAA", "2024-01-01"), lambda document: document | {"close": 2.0})
    store.put_part(("AAA", "2024-01-01"), "extra", 1)
    assert store.get(("AAA", "2024-01-01")) == A1 | {"close": 2.0, "trades": [{"size": 3}, {"size": 4}], "extra": 1}
    assert [row.size for row in store.rows("trades", ("AAA", "2024-01-01"))] == [3, 4]
    store.delete(("AAA", "2024-01-01"))
    with pytest.raises(StoreError, match=r"S420.*\[\"AAA\", \"2024-01-01\"\]"):
        store.get(("AAA", "2024-01-01"))
    assert len(store) == 2


def test_a_change_to_one_part_is_another_key(store: Store) -> None:
    with pytest.raises(StoreError, match="S430"):
        store.edit(("AAA", "2024-01-01"), lambda document: document | {"day": "2024-02-01"})


def test_values_of_each_column_are_told_by_their_type() -> None:
    store = open_store(":memory:", plan_of(NUMBERED))
    store.put({"symbol": "7", "day": 7})
    assert ("7", 7) in store
    for other in (("7", "7"), (7, 7), ("7", 7.0), ("7", True)):
        assert other not in store
    with pytest.raises(DocumentError, match="D31"):
        store.put({"symbol": 7, "day": 7})


def test_each_part_has_to_be_there(store: Store) -> None:
    for lacking in ({"symbol": "AAA"}, {"symbol": "AAA", "day": None}, {"day": "2024-01-01"}):
        with pytest.raises(DocumentError, match="D311") as refused:
            store.put(lacking, "name")
        assert "--document-key" not in str(refused.value.diagnostics[0].help)


def test_a_document_is_found_by_an_index(store: Store) -> None:
    for count in (1, 2, 500):
        sql = store.dml.select_keys(store.plan.roots[0], count)
        steps = store.backend.execute(f"EXPLAIN QUERY PLAN {sql}", ["A", "B"] * count)
        assert any("SEARCH r USING" in str(step) for step in steps)
    assert len(store.locate_all([("AAA", "2024-01-01")] * 700 + [("AAA", "2024-01-02")] * 700)) == 2


def test_sql_cannot_give_two_rows_one_key(store: Store) -> None:
    with pytest.raises(Exception, match="UNIQUE"), store.backend.transaction():
        store.backend.execute("INSERT INTO prices (symbol, day) VALUES ('AAA', '2024-01-01')")


def test_a_conflict_of_an_inferred_key_is_refused_until_it_is_confirmed() -> None:
    store = open_store(":memory:", plan_of(PRICES.replace("[symbol, day]", "{column: [symbol, day], inferred: true}")))
    store.put(A1)
    with pytest.raises(DocumentError, match="`symbol` and `day` together are the key"):
        store.put(A1 | {"close": 0.5})
    assert store.put(A1 | {"close": 0.5}, on_conflict="replace").kind == "updated"


def test_the_complement_names_a_document_by_its_whole_key(store: Store) -> None:
    store.put(A1 | {"trades": [{"size": "many"}]})
    (document,) = {row[0] for row in store.backend.execute("SELECT document FROM prices_complement")}
    assert json.loads(document)[:2] == ["AAA", "2024-01-01"]


def test_documents_of_several_root_tables_share_no_key() -> None:
    bonds = PRICES.replace("\n    columns", "\n    when: {kind: share}\n    columns")
    bonds += (
        bonds[bonds.index("  prices:") :]
        .replace("prices:", "bonds:")
        .replace("share", "bond")
        .replace("trades:", "deals:")
    )
    store = open_store(":memory:", plan_of(bonds))
    store.put(A1 | {"kind": "share"})
    assert store.put(A1 | {"kind": "bond"}).kind == "updated"
    assert [key for key, _ in store.scan()] == [("AAA", "2024-01-01")]
    store.backend.execute("INSERT INTO prices (symbol, day) VALUES ('AAA', '2024-01-01')")
    with pytest.raises(StoreError, match="S439"):
        list(store.scan())


def test_documents_move_to_an_archive_and_back(tmp_path: Path) -> None:
    source, target = (open_store(tmp_path / name, plan_of(PRICES)) for name in ("a.db", "b.db"))
    source.put(A1)
    assert move([("AAA", "2024-01-01")], source, target).moved == [("AAA", "2024-01-01")]
    assert target.get(("AAA", "2024-01-01")) == A1
    assert len(source) == 0


def test_a_reference_that_leads_nowhere_names_the_document() -> None:
    text = PRICES.replace(
        "close: real", "close: real\n      base: {type: text, unique: true}\n      of: {references: prices.base}"
    )
    store = open_store(":memory:", plan_of(text))
    report = store.import_([A1 | {"of": "x"}])
    assert report.refused == 1


# -- the command line -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ('["AAA","2024-01-01"]', ("AAA", "2024-01-01")),
        ('[ "AAA", "2024-01-01" ]', ("AAA", "2024-01-01")),
        ("symbol=AAA,day=2024-01-02", ("AAA", "2024-01-02")),
        ("day=2024-01-02, symbol=AAA", ("AAA", "2024-01-02")),
        ('["B,day=C","2024-01-01"]', ("B,day=C", "2024-01-01")),
    ],
)
def test_a_key_is_typed(store: Store, typed: str, key: tuple[str, str]) -> None:
    assert key_of_text(store, typed) == key
    assert key_of_text(store, text_of_key(store.plan, key)) == key


@pytest.mark.parametrize(
    "typed", ["AAA", "symbol=AAA", '["AAA"]', '["AAA","2024-01-01",1]', "", "{}", "symbol=AAA,symbol=B"]
)
def test_a_text_that_says_less_is_no_key(store: Store, typed: str) -> None:
    assert key_of_text(store, typed) not in store


def test_numbers_within_a_key_are_typed_as_they_are() -> None:
    store = open_store(":memory:", plan_of(NUMBERED))
    store.put({"symbol": "7", "day": 7})
    for typed in ('["7",7]', "symbol=7,day=7"):
        assert key_of_text(store, typed) == ("7", 7)
    assert key_of_text(store, "[7,7]") not in store or text_of_key(store.plan, ("7", 7)) == '["7",7]'


def test_commands_take_and_show_the_whole_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("m.yaml").write_text(PRICES)
    Path("d.jsonl").write_text("".join(json.dumps(document) + "\n" for document in (A1, A2, B1)))
    run("import", "d.jsonl", "--mapping", "m.yaml", "--db", "d.db")
    key = '["AAA","2024-01-01"]'
    assert json.loads(run("export", "--db", "d.db", "--key", key).stdout) == A1
    assert "symbol=…,day=…" in run("export", "--db", "d.db", "--key", "AAA", status=1).output
    run("export", "--db", "d.db", "--all", "--output", "out")
    names = ["AAA,2024-01-01.json", "AAA,2024-01-02.json", "B%2Cday%3DC,2024-01-01.json"]
    assert sorted(path.name for path in Path("out").iterdir()) == names
    assert "nothing to do" in run("import", "out", "--db", "d.db").stdout
    run("archive", "--db", "d.db", "--key", key)
    assert key in run("archive", "--db", "d.db", "--list").stdout
    run("restore", "--db", "d.db", "--key", "symbol=AAA,day=2024-01-01")
    assert json.loads(run("export", "--db", "d.db", "--key", key).stdout) == A1
    run("validate", "--db", "d.db")


# -- versions ---------------------------------------------------------------------------------------------


def test_a_key_gets_a_second_column_and_a_renamed_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("1.yaml").write_text(
        PRICES.replace("[symbol, day]", "symbol").replace("symbol: {type: text", "symbol: {unique: true, type: text")
    )
    Path("2.yaml").write_text(PRICES.replace("prices\n", "prices\nversion: 2\n", 1))
    third = PRICES.replace("prices\n", "prices\nversion: 3\n", 1).replace("[symbol, day]", "[ticker, day]")
    Path("3.yaml").write_text(third.replace("symbol: {type", "ticker: {renamed_from: symbol, from: symbol, type"))
    Path("a.json").write_text(json.dumps(A1))
    Path("b.json").write_text(json.dumps(A2))
    run("import", "a.json", "--mapping", "1.yaml", "--db", "d.db")
    run("migrate", "apply", "--to", "2.yaml", "--db", "d.db")
    run("import", "b.json", "--db", "d.db")
    run("migrate", "apply", "--to", "3.yaml", "--db", "d.db")
    assert json.loads(run("export", "--db", "d.db", "--key", "ticker=AAA,day=2024-01-02").stdout) == A2
    run("validate", "--db", "d.db")
    run("migrate", "down", "--to", "2", "--db", "d.db")
    assert json.loads(run("export", "--db", "d.db", "--key", "symbol=AAA,day=2024-01-01").stdout) == A1


def test_checking_it_says_nothing() -> None:
    assert check(spec.loads(PRICES)) == []
