"""`promote DB --mapping FILE` makes room for what is set aside: edits are shown, documents stay as they are."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from docrel.cli import main
from docrel.store import open_store
from docrel.values import jsontext

MAPPING = """\
mapping: orders
version: 1
document: {key: id}
tables:
  orders:
    columns:
      id: {type: text, required: true, unique: true}
      total: integer  # in cents
      weight: {from: weight, type: integer}
      street: {from: address.street}
      note:
        from: remark
        description: what was said
      stage: {type: text, one_of: [open, paid], otherwise: rest}
      kind:
        one_of:
          - a
          - b
        otherwise: rest
      only: {one_of: x, otherwise: rest}
      rest: {rest: true}
    tables:
      lines:
        each: lines[*]
        otherwise: rest
        columns:
          sku: {type: text, required: true}
          qty: integer
      marks:
        each: marks[*]
        otherwise: rest
        columns:
          name: {required: true}
          worth:
            required: true
            type: integer
      names:
        each: names
        columns: {first: text}
"""
GOOD: dict[str, Any] = {"id": "a", "total": 1, "stage": "open", "lines": [{"sku": "s", "qty": 1}]}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("m.yaml").write_text(MAPPING)


def run(*arguments: str, status: int = 0) -> Result:
    done = CliRunner().invoke(main, list(arguments))
    assert done.exit_code == status, (done.stdout, done.stderr, done.exception)
    return done


def imported(*documents: dict[str, Any]) -> None:
    Path("d.jsonl").write_text("".join(f"{json.dumps(d)}\n" for d in documents))
    run("import", "d.jsonl", "--db", "d.db", "--mapping", "m.yaml")


def stored() -> dict[str, str]:
    with open_store("d.db") as store:
        return {str(key): jsontext.dumps(document) for key, document in store.scan()}


def sql(text: str) -> list[Any]:
    connection = sqlite3.connect("d.db")
    try:
        return connection.execute(text).fetchall()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("more", "line", "query", "rows"),
    [
        ({"total": 1.5}, "      total: real  # in cents", "SELECT total FROM orders", [(1.5,)]),
        ({"total": "x"}, "      total: scalar  # in cents", "SELECT total FROM orders", [("x",)]),
        ({"total": [1]}, "      total: json  # in cents", "SELECT total FROM orders", [("[1]",)]),
        ({"weight": 2.5}, "      weight: {from: weight, type: real}", "SELECT weight FROM orders", [(2.5,)]),
        ({"address": {"street": {"a": 1}}}, "      street: {from: address.street, type: json}",
         "SELECT street FROM orders", [('{"a":1}',)]),
        ({"remark": []}, "        type: json\n        from: remark", "SELECT note FROM orders", [("[]",)]),
        ({"stage": "gone"}, "one_of: [open, paid, gone]", "SELECT stage FROM orders", [("gone",)]),
        ({"stage": "yes"}, "one_of: [open, paid, 'yes']", "SELECT stage FROM orders", [("yes",)]),
        ({"kind": "c, d"}, "          - b\n          - 'c, d'\n", "SELECT kind FROM orders", [("c, d",)]),
        ({"only": "z"}, "one_of: [x, z]", "SELECT only FROM orders", [("z",)]),
        ({"lines": [{"qty": 2}]}, "          sku: {type: text}\n", "SELECT sku, qty FROM lines", [(None, 2)]),
        ({"marks": [{"worth": 2}]}, "          name: {type: text}\n", "SELECT name, worth FROM marks", [(None, 2)]),
        ({"marks": [{"name": "n"}]}, "          worth:\n            type: integer\n", "SELECT name FROM marks",
         [("n",)]),
        ({"names": [{"first": "f"}, {"first": "g"}]}, "        each: 'names[*]'\n", "SELECT first FROM names",
         [("f",), ("g",)]),
    ],
)  # fmt: skip
def test_an_edit_makes_room_and_the_documents_stay(more: dict[str, Any], line: str, query: str, rows: Any) -> None:
    imported(GOOD | more)
    before = stored()
    shown = run("promote", "d.db", "--mapping", "m.yaml", "--output", "v2.yaml").stdout
    text = Path("v2.yaml").read_text()
    assert line in text and "version: 2\n" in text
    assert "-version: 1\n+version: 2" in shown and "left:" not in shown
    run("check", "v2.yaml")
    run("migrate", "apply", "--db", "d.db", "--to", "v2.yaml")
    assert stored() == before
    assert sql(query) == rows
    assert "nothing is set aside" in run("promote", "d.db", "--mapping", "v2.yaml").stdout
    assert Path("m.yaml").read_text() == MAPPING


def test_many_at_once_and_what_cannot_be_derived_is_left() -> None:
    imported(
        GOOD | {"total": 1.5, "stage": "gone", "lines": [{"qty": "many"}, 7]},
        GOOD | {"id": "b", "total": "x", "stage": "lost", "kind": "z", "names": [{"first": "f"}]},
    )
    before = stored()
    shown = run("promote", "d.db", "--mapping", "m.yaml", "--output", "v2.yaml").stdout
    text = Path("v2.yaml").read_text()
    for line in ("total: scalar", "[open, paid, gone, lost]", "- z", "sku: {type: text}", "qty: scalar", "names[*]"):
        assert line in text
    assert "left: 1 row missing: lines — 7 at lines[1] of a" in shown
    told = json.loads(run("--format", "json", "promote", "d.db", "--mapping", "m.yaml").stdout)
    assert {one["what"] for one in told["edits"]} == {"type", "one_of", "required", "each"}
    assert len(told["set_aside"]) == 1 and told["text"] == text
    run("migrate", "apply", "--db", "d.db", "--to", "v2.yaml")
    assert stored() == before


def test_an_array_that_is_an_object_elsewhere_is_no_gain() -> None:
    imported(GOOD | {"names": [{"first": f} for f in "fgh"]}, GOOD | {"id": "b", "names": {"first": "b"}})
    shown = run("promote", "d.db", "--mapping", "m.yaml").stdout
    assert "left: 1 row missing: names" in shown and "---" not in shown


def test_an_edit_that_the_language_forbids_is_not_made_and_the_others_are() -> None:
    Path("m.yaml").write_text(MAPPING.replace("weight, type: integer", "weight, type: integer, min: 0"))
    imported(GOOD | {"weight": "heavy", "total": 2.5})
    shown = run("promote", "d.db", "--mapping", "m.yaml", "--output", "v2.yaml").stdout
    assert "total: real" in Path("v2.yaml").read_text() and "min: 0" in Path("v2.yaml").read_text()
    assert "left: 1 value set aside: orders.weight" in shown
    run("check", "v2.yaml")


def test_an_array_of_objects_and_others_gives_the_rows_that_it_can() -> None:
    imported(GOOD | {"names": [{"first": "f"}, 7, {"first": "g"}]})
    shown = run("promote", "d.db", "--mapping", "m.yaml").stdout
    assert "+        each: 'names[*]'" in shown and "left: 1 row missing: names — 7 at names[1] of a" in shown


def test_more_words_than_a_one_of_is_for_are_left() -> None:
    imported(*(GOOD | {"id": str(n), "stage": f"s{n}"} for n in range(60)))
    assert "left: 60 values set aside: orders.stage" in run("promote", "d.db", "--mapping", "m.yaml").stdout


def test_the_list_says_how_and_the_mapping_may_stand_in_the_place_of_a_path() -> None:
    imported(GOOD | {"total": 1.5})
    assert "docrel promote d.db --mapping FILE` shows the edits" in run("promote", "d.db").stderr
    assert run("promote", "d.db", "m.yaml").stdout == run("promote", "d.db", "--mapping", "m.yaml").stdout


def test_a_mapping_without_a_version_gets_one() -> None:
    Path("m.yaml").write_text(MAPPING.replace("version: 1\n", ""))
    imported(GOOD | {"total": 1.5})
    run("promote", "d.db", "--mapping", "m.yaml", "--output", "v2.yaml")
    assert Path("v2.yaml").read_text().startswith("mapping: orders\nversion: 2\n")
