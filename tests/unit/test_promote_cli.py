"""`promote` on the command line: paths that it prints are paths that it takes, as many as one likes."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from docrel.authoring import path_of, place_of
from docrel.cli import main
from docrel.compile import compile as compile_spec
from docrel.mapping import load
from docrel.spec import loads

MAPPING = """\
mapping: shop
document: {key: id}
tables:
  orders:
    each: $
    columns:
      id: {type: text, required: true, unique: true}
      rest: {rest: true}
    tables:
      lines:
        each: lines[*]
        columns:
          sku: text
          rest: {rest: true}
        tables:
          parts:
            each: made["of it"][*]
            columns:
              name: text
              rest: {rest: true}
      comments:
        each: comments[*]
        repeat: replies[*]
        columns: {by: text, rest: {rest: true}}
"""
ORDER: dict[str, Any] = {
    "id": "a",
    "it's": {"shipTo": {"zip": 7}},
    "billTo": {"zip": 8},
    "lines": [{"sku": "s", "off label": True, "made": {"of it": [{"name": "n", "weightKg": 1.5}]}}],
    "comments": [{"by": "x", "mood": "good", "replies": [{"by": "y", "mood": "bad"}]}],
}
PLACES = {
    "$.billTo.zip": ("orders", ("billTo", "zip")),
    '$["it\'s"].shipTo.zip': ("orders", ("it's", "shipTo", "zip")),
    '$.lines[*]["off label"]': ("lines", ("off label",)),
    '$.lines[*].made["of it"][*].weightKg': ("parts", ("weightKg",)),
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.yaml").write_text(MAPPING)
    (tmp_path / "a.json").write_text(json.dumps(ORDER))
    run("import", "a.json", "--db", "d.db", "--mapping", "m.yaml")


def run(*arguments: str, status: int = 0) -> Result:
    done = CliRunner().invoke(main, list(arguments))
    assert done.exit_code == status, (done.stdout, done.stderr, done.exception)
    return done


def listed() -> list[list[str]]:
    """The words of each path that is listed, as a shell takes them."""
    lines = run("promote", "d.db").stdout.splitlines()[1:]
    return [shlex.split(re.split(r"  +\d+  ", line.strip())[0]) for line in lines]


def test_each_path_that_is_printed_can_be_given_back() -> None:
    found = listed()
    assert {words[0] for words in found} == {*PLACES, "@.mood"}
    for words in found:
        assert "add below `columns` of" in run("promote", "d.db", *words).stdout


def test_all_of_them_become_columns_in_one_go_called_as_infer_calls_them() -> None:
    done = run("promote", "d.db", *PLACES, "--mapping", "m.yaml", "-o", "n.yaml")
    assert "$.billTo.zip is in 1 document: integer (1)" in done.stdout
    plan = load("n.yaml").plan
    assert (plan.version, [c.name for c in plan.table("orders").columns][-2:]) == (2, ["bill_to_zip", "ship_to_zip"])
    run("migrate", "apply", "--db", "d.db", "--to", "n.yaml")
    shown = run("query", "d.db", "SELECT bill_to_zip, ship_to_zip, weight_kg, off_label FROM orders, lines, parts")
    assert shown.stdout.splitlines()[-1].split() == ["8", "7", "1.5", "1"]
    assert json.loads(run("get", "--db", "d.db", "a").stdout) == ORDER


def test_a_file_that_cannot_be_edited_is_told() -> None:
    Path("m.yaml").write_text(
        MAPPING.replace(
            "        columns:\n          sku: text\n          rest: {rest: true}\n",
            "        columns: {sku: text, rest: {rest: true}}\n",
        )
    )
    done = run("promote", "d.db", '$.lines[*]["off label"]', "--mapping", "m.yaml", status=1)
    assert done.stderr == "Error: m.yaml cannot be edited: write the `columns` of lines with one entry a line first\n"


def test_two_paths_of_one_name_get_two_columns() -> None:
    (Path("b.json")).write_text(json.dumps({"id": "b", "unitPrice": 1, "unit_price": 2}))
    run("import", "b.json", "--db", "d.db")
    run("promote", "d.db", "$.unitPrice", "$.unit_price", "--mapping", "m.yaml", "-o", "n.yaml")
    names = [c.name for c in load("n.yaml").plan.table("orders").columns]
    assert names[-2:] == ["unit_price", "unit_price_2"]


@pytest.mark.parametrize(
    ("paths", "words"),
    [
        (("$.billTo", "$.billTo.zip"), "is within"),
        (("$.lines[*]",), "of no table with names"),
        (("$..zip",), "more than names"),
        (("$.comments[*].mood.",), "is no path"),
        (("@.mood", "--table", "coments"), "there is no table 'coments'"),
    ],
)
def test_what_is_no_place_is_wrong_usage(paths: tuple[str, ...], words: str) -> None:
    assert words in run("promote", "d.db", *paths, status=2).stderr


def test_what_no_document_has_is_told() -> None:
    assert "X511" in run("promote", "d.db", "$.billTo.zip", "$.nix", status=1).stderr


def test_places_of_paths_and_back() -> None:
    plan = compile_spec(loads(MAPPING, "m.yaml"))
    for text, (table, names) in PLACES.items():
        assert (path_of(plan, table, names), place_of(plan, text)) == (text, (table, names))
    assert path_of(plan, "comments", ("mood",)) is None
