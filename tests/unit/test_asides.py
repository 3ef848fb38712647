"""What no table shows is told by import, put, verify, promote and doctor alike, with what would make room for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from docrel.cli import main
from docrel.compile import compile
from docrel.diagnostics import StoreError
from docrel.documents import SetAside, SetAsides
from docrel.engine import Flattener
from docrel.spec import loads
from docrel.store import open_store

MAPPING = """\
mapping: orders
document: {key: id}
tables:
  orders:
    columns:
      id: {type: text, required: true, unique: true}
      total: integer
      street: {from: address.street, type: text}
      stage: {type: text, one_of: [open, paid], otherwise: rest}
      rest: {rest: true}
    tables:
      lines:
        each: lines[*]
        otherwise: rest
        columns:
          sku: {type: text, required: true}
          qty: integer
      attrs:
        each: attrs.*
        columns: {name: {key: each}, value: {from: '@', type: text}}
      buyer: {each: buyer, columns: {name: text}}
"""
GOOD = {"id": "a", "total": 1, "address": {"street": "x"}, "stage": "open", "lines": [{"sku": "s", "qty": 1}],
        "attrs": {"a": "b"}, "buyer": {"name": "n"}}  # fmt: skip


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("m.yaml").write_text(MAPPING)
    return tmp_path


def run(*arguments: str, status: int = 0) -> Result:
    done = CliRunner().invoke(main, list(arguments))
    assert done.exit_code == status, (done.stdout, done.stderr, done.exception)
    return done


def put(more: dict[str, Any]) -> tuple[SetAside, ...]:
    with open_store(":memory:", compile(loads(MAPPING))) as store:
        return store.put(GOOD | more).set_aside


WIDEN = "widen: a column of lines: `{from: '@', type: scalar}`"
QTY, SKU = "widen: type: scalar", "widen: no `required` on lines.sku"
APPENDED = [
    ("lines", {"sku": "t", "qty": "x"}, f'1 value set aside: lines.qty (integer) — "x" at lines[3].qty of a; {QTY}'),
    ("lines", 7, f"1 row missing: lines — 7 at lines[3] of a; {WIDEN}"),
    ("lines", {"qty": 1}, f"1 row missing: lines (required sku) — an object of 1 member at lines[3] of a; {SKU}"),
    ("lines", {"sku": "t", "qty": 2}, ""),
    ("tags", 7, ""),
]  # fmt: skip


@pytest.mark.parametrize("stray", [True, False])
@pytest.mark.parametrize(("path", "item", "text"), APPENDED)
def test_append_returns_what_of_the_element_is_in_no_table(path: str, item: Any, text: str, stray: bool) -> None:
    lines = [{"sku": "s", "qty": "one"}, 5 if stray else {"sku": "u", "qty": 5}, {"sku": "v", "qty": 1.5}]
    with open_store(":memory:", compile(loads(MAPPING))) as store:
        store.put(GOOD | {"lines": lines, "total": "none"})
        appended = store.append("a", f"$.{path}", item)
        assert [one.text for one in appended.set_aside] == [text] * bool(text)
        assert (appended.row is not None) == (path == "lines" and isinstance(item, dict) and "sku" in item)


@pytest.mark.parametrize(("type_name", "value"), [("real", 2**60 + 1), ("decimal", 2**70 + 1), ("integer", 1.5)])
def test_update_row_sets_nothing_aside_it_refuses(type_name: str, value: Any) -> None:
    with open_store(":memory:", compile(loads(MAPPING.replace("total: integer", f"total: {type_name}")))) as store:
        store.put(GOOD)
        with pytest.raises(StoreError, match="S470"):
            store.update_row("orders", 1, {"total": value})
        assert store.get("a") == GOOD


def test_a_document_that_is_all_in_its_tables_tells_nothing() -> None:
    assert put({}) == ()


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"total": "five"}, '1 value set aside: orders.total (integer) — "five" at total of a; widen: type: scalar'),
        ({"total": 1.5}, "1 value set aside: orders.total (integer) — 1.5 at total of a; widen: type: real"),
        ({"total": []},
         "1 value set aside: orders.total (integer) — an array of 0 elements at total of a; widen: type: json"),
        ({"stage": "gone"}, ('1 value set aside: orders.stage (one_of) — "gone" at stage of a; '
         'widen: "gone" among the `one_of` of orders.stage, or no `one_of`')),
        ({"address": "here"}, ('1 value set aside: orders.street — "here" at address of a; '
         "widen: a column: `{from: address, type: scalar}`")),
        ({"lines": [{"sku": "s"}, {"qty": 1}]}, ("1 row missing: lines (required sku) — an object of 1 member at "
         "lines[1] of a; widen: no `required` on lines.sku")),
        ({"lines": [7, None]}, ("2 rows missing: lines — 7 at lines[0] of a; "
         "widen: a column of lines: `{from: '@', type: scalar}`")),
        ({"lines": {"sku": "s"}}, ("1 row missing: lines — an object of 1 member at lines of a; widen: `lines` is an "
         "object: a table with `each: lines`, or a column `{from: lines, type: json}`")),
        ({"buyer": [{"name": "n"}]},
         "1 row missing: buyer — an array of 1 element at buyer of a; widen: `buyer` is an array: write `buyer[*]`"),
        ({"attrs": {"x\0": "b"}}, '1 value held inexactly: attrs.name (text) — "x\\u0000" at attrs["x\\u0000"] of a'),
        ({"attrs": {"x": "\ud800"}}, ('1 value held inexactly: attrs.value (text) — "\\ud800" at attrs.x of a; '
         "widen: type: json")),
    ],
)  # fmt: skip
def test_put_returns_what_is_in_no_column_and_no_row(more: dict[str, Any], text: str) -> None:
    assert [one.text for one in put(more)] == [text]


@pytest.mark.parametrize("more", [{"total": None}, {"buyer": None}, {"buyer": []}, {"lines": []}, {"address": None}])
def test_what_is_empty_is_not_set_aside(more: dict[str, Any]) -> None:
    assert put(more) == ()


@pytest.mark.parametrize(
    ("column", "totals", "widen"),
    [
        ("integer", [2**64], "type: decimal, quoted: false"),
        ("integer", [-(2**70), 1.5], "type: decimal, quoted: false"),
        ("integer", [2**64, 2**65, "n/a"], "type: decimal, quoted: false"),
        ("integer", [1.5, 2.5, "n/a"], "type: real"),
        ("integer", [1.5, 2.5, []], "type: real"),
        ("integer", ["n/a", "?", 2**64], "type: scalar"),
        ("integer", [[], {}, 2**64], "type: json"),
        ("integer", [10**400], ""),
        ("integer", [10**400, 2**64], "type: decimal, quoted: false"),
        ("{type: integer, quoted: true}", [str(2**64)], "type: decimal"),
        ("{type: integer, quoted: true}", ["1.5"], "type: real, quoted: true"),
        ("boolean", [2**64], "type: decimal, quoted: false"),
        ("boolean", [2, 1.5], "type: real"),
        ("boolean", [2], "type: integer"),
        ("boolean", ["yes"], "type: scalar"),
        ("real", [2**60 + 1], "type: decimal, quoted: false"),
        ("real", [2**70 + 1], ""),
        ("real", [10**400], ""),
        ("decimal", [2**70 + 1], ""),
        ("decimal", ["12345678901234567.89"], ""),
        ("{type: real, scale: 2}", ["1152921504606846977.00"], "type: decimal"),
        ("decimal", [10**400, "n/a"], "type: scalar"),
        ("scalar", [2**70 + 1, "n/a"], ""),
        ("scalar", [10**400, 0.5], ""),
        ("scalar", ["a\0"], "type: json"),
        ("scalar", [[1]], "type: json"),
    ],
)
def test_no_type_is_advised_that_makes_numbers_texts(column: str, totals: list[Any], widen: str) -> None:
    plan = compile(loads(MAPPING.replace("total: integer", f"total: {column}")))
    flattener, asides = Flattener(plan), SetAsides(plan)
    for number, total in enumerate(totals):
        found = flattener.add(GOOD | {"id": str(number), "total": total}, flattener.start(), given=None, now="")
        asides.add(found)
    assert {one.widen for one in asides} == {widen}


def test_what_is_taken_back_is_no_part_of_the_advice() -> None:
    plan = compile(loads(MAPPING))
    flattener, asides = Flattener(plan), SetAsides(plan)
    for total in ("n/a", 1.5):
        asides.add(flattener.add(GOOD | {"total": total}, flattener.start(), given=None, now=""))
    asides.take_back(flattener.add(GOOD | {"total": "n/a"}, flattener.start(), given=None, now=""))
    assert [one.widen for one in asides] == ["type: real"]


def test_all_commands_tell_the_same(here: Path) -> None:
    documents = [GOOD, GOOD | {"id": "b", "total": "five"}, GOOD | {"id": "c", "total": 7.5}]
    Path("d.jsonl").write_text("".join(f"{json.dumps(d)}\n" for d in documents))
    line = '2 values set aside: orders.total (integer) — "five" at total of b; widen: type: scalar'
    assert line in run("verify", "m.yaml", "d.jsonl").stdout
    run("verify", "m.yaml", "d.jsonl", "--strict", status=1)
    done = run("import", "d.jsonl", "--mapping", "m.yaml", "--db", "d.db")
    assert line in done.stdout
    assert line in run("import", "d.jsonl", "--db", "d.db", "--strict", status=1).stdout
    assert line in run("promote", "d.db").stdout
    assert "nothing: every value" not in run("promote", "d.db").stdout
    assert line in run("doctor", "--db", "d.db", status=1).stdout
    assert line in run("validate", "--db", "d.db").stdout
    told = json.loads(run("--format", "json", "import", "d.jsonl", "--db", "d.db").stdout)["set_aside"]
    assert [(one["table"], one["columns"], one["rule"], one["count"]) for one in told] == [
        ("orders", ["total"], "type", 2)
    ]


def test_verify_has_words_for_whatever_is_noted(here: Path) -> None:
    mapping = MAPPING.replace(
        "total: integer", "total: integer\n      at: timestamp\n      cost: {type: real, default: 1.5}"
    )
    Path("m.yaml").write_text(mapping)
    odd: list[dict[str, Any]] = [
        {"total": "5"}, {"total": None}, {"at": "2024-01-01"}, {"cost": 2}, {"cost": 1.5}, {"lines": []},
        {"lines": [1]}, {"address": 7}, {"total": "five"},
    ]  # fmt: skip
    documents = [GOOD | more | {"id": str(n)} for n, more in enumerate(odd)]
    Path("d.jsonl").write_text("".join(f"{json.dumps(d)}\n" for d in documents))
    told = run("verify", "m.yaml", "d.jsonl").stdout
    assert "another spelling than the usual one" in told and "an integer in a real column" in told


def test_members_that_nobody_has_seen_are_told_once_or_refused(here: Path) -> None:
    for number, name in enumerate(("a", "b", "c")):
        Path(f"{name}.json").write_text(json.dumps(GOOD | {"id": name, "colour": number}))
    Path("d.json").write_text(json.dumps(GOOD | {"id": "d", "size": 1, "colour": 1}))
    told = 'new member "colour" in 1 object, kept in the rest of orders: $.colour of a'
    assert told in run("import", "a.json", "--mapping", "m.yaml", "--db", "d.db").stdout
    assert "new member" not in run("import", "b.json", "--db", "d.db").stdout
    run("import", "c.json", "--db", "d.db", "--new-members", "refuse")
    refused = run("import", "d.json", "--db", "d.db", "--new-members", "refuse", "--quarantine", "q", status=1)
    assert "d.json: $.size: error[D327]" in refused.stderr
    assert '"size"' in run("import", "q", "--db", "d.db").stdout


def test_refused_documents_leave_no_ids_behind() -> None:
    plan = compile(loads(MAPPING))
    with open_store(":memory:", plan) as store, open_store(":memory:", plan) as other:
        store.import_([GOOD | {"id": "x", "new": 1}, GOOD], new_members="refuse")
        other.import_([GOOD])
        assert list(store.rows("lines", "a")) == list(other.rows("lines", "a"))


def test_what_nothing_fills_is_named_with_what_was_meant(here: Path) -> None:
    text = MAPPING.replace("from: address.street", "from: adress.street").replace("each: lines[*]", "each: lines")
    Path("m.yaml").write_text(text.replace("total: integer", "total: integer\n      paid: boolean"))
    Path("d.json").write_text(json.dumps(GOOD))
    for command in (("verify", "m.yaml", "d.json"), ("import", "d.json", "--mapping", "m.yaml", "--db", "d.db")):
        told = run(*command).stdout
        assert "orders.street is never filled: nothing is at adress.street; there is `address`" in told
        assert "lines has no row: what is at lines is set aside; `lines` is an array: write `lines[*]`" in told
        assert "1 column never filled so far: orders.paid" in told


def test_documents_that_are_all_refused_do_not_pass(here: Path) -> None:
    Path("m.yaml").write_text(MAPPING.replace("total: integer", "total: {type: integer, required: true}"))
    Path("d.json").write_text('{"id": "a"}')
    run("verify", "m.yaml", "d.json", status=1)
