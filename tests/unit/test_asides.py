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
from docrel.upkeep import validate

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
    told = json.loads(run("--format", "json", "import", "d.jsonl", "--db", "d.db", "--again").stdout)["set_aside"]
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


ODD = """\
mapping: odd
version: 1
document: {key: id}
tables:
  odd:
    each: $
    columns:
      id: {type: text, required: true, unique: true}
      name: text
      other: {from: [old, new], type: text}
      city: {from: address.city, type: text}
      whole: json
    tables:
      items:
        each: items[*]
        otherwise: rest
        columns:
          many: {type: integer, required: true, min: 3}
          inner: {from: a.b, type: text}
      tags:
        each: tags[*]
        columns: {tag: {from: '@', type: text}}
      limits:
        each: limits.*
        columns: {name: {key: each, type: text}, most: {from: '@', type: integer}}
      cats:
        each: pets[*]
        when: {kind: cat}
        columns: {called: text}
      nodes:
        each: nodes[*]
        repeat: nodes[*]
        columns:
          node_id: {type: integer, surrogate: true}
          parent_id: {parent: nodes}
          called: text
"""


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"name": {"first": "x"}}, "$.name.first"),
        ({"name": [[1], [{"first": 1}]]}, "$.name[1][0].first"),
        ({"old": "x", "new": {"deep": 1}}, "$.new.deep"),
        ({"address": [{"street": 1}]}, "$.address[0].street"),
        ({"address": {"city": {"zip": 1}}}, "$.address.city.zip"),
        ({"items": {"x": {"y": 1}}}, "$.items.x"),
        ({"items": [{"many": 5}, [{"many": 5}]]}, "$.items[1][0].many"),
        ({"items": [{"many": 1, "size": 2}]}, "$.items[0].size"),
        ({"items": [{"a": {"b": "", "c": 1}}]}, "$.items[0].a.c"),
        ({"tags": [{"label": "x"}]}, "$.tags[0].label"),
        ({"limits": {"cpu": {"soft": 1}}}, "$.limits.cpu.soft"),
        ({"pets": [{"kind": "cow", "called": "x", "milk": 1}]}, "$.pets[0].milk"),
        ({"nodes": [{"called": "a", "nodes": [{"called": {"first": 1}}]}]}, "$.nodes[0].nodes[0].called.first"),
    ],
)
def test_a_member_within_what_is_set_aside_is_new_as_well(here: Path, document: dict[str, Any], path: str) -> None:
    odd = {"id": "odd"} | document
    with open_store("d.db", compile(loads(ODD)), create=True) as store:
        store.import_([{"id": "usual"}])
        told: list[Any] = []
        report = store.import_([odd], new_members="refuse", on_refused=lambda _, found: told.extend(found))
        assert report.refused == 1
        assert [(one.code, one.subject) for one in told] == [("D327", f"#1: {path}")]
        assert not store.import_([odd]).refused
        again = store.import_([odd, odd | {"id": "too"}], new_members="refuse")
        assert (again.unchanged, again.inserted, again.refused) == (1, 1, 0)


def test_what_has_no_new_member_is_not_refused_where_it_is_set_aside(here: Path) -> None:
    odd: list[dict[str, Any]] = [
        {"name": [1, 2]}, {"address": "here"}, {"items": ["x", 1, []]}, {"items": [{"many": 1, "a": {"b": "x"}}]},
        {"tags": "one"}, {"limits": {"cpu": "much"}}, {"pets": [{"kind": "cow", "called": "x"}, 7]},
        {"whole": {"any": {"thing": 1}}}, {"nodes": [{"called": 1, "nodes": [{"called": [], "nodes": 7}]}]},
    ]  # fmt: skip
    with open_store(":memory:", compile(loads(ODD))) as store:
        report = store.import_([{"id": str(n)} | one for n, one in enumerate(odd)], new_members="refuse")
        assert (report.inserted, report.refused) == (len(odd), 0)


def test_new_members_of_a_document_that_is_taken_out_are_not_told() -> None:
    text = MAPPING.replace("total: integer", "total: integer\n      of: {type: text, references: orders.id}")
    with open_store(":memory:", compile(loads(text))) as store:
        report = store.import_(
            [
                GOOD | {"id": "a", "of": "nobody", "new": 1, "both": 1},
                GOOD | {"id": "b", "both": 2},
                GOOD | {"id": "c", "of": "b", "both": 3},
            ]
        )
        assert (report.inserted, report.refused) == (2, 1)
        assert [(one.name, one.count) for one in report.new_members] == [("both", 2)]
        assert " of a" not in report.new_members[0].text


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


NARROWED = """\
mapping: t
version: 1
document: {key: id}
tables:
  t:
    each: $
    columns:
      id: {type: text, required: true, unique: true}
      a: TYPE
      b: integer
      kind: {type: text}
    tables:
      parts:
        each: parts[*]
        columns: {size: {type: integer}}
"""


@pytest.mark.parametrize(
    ("before", "edit", "wanted"),
    [
        ("a: text", ("a: text", "a: integer"), [("t", ("a",), "type", 2)]),
        ("a: scalar", ("a: scalar", "a: integer"), [("t", ("a",), "type", 2)]),
        ("a: scalar", ("a: scalar", "a: timestamp"), [("t", ("a",), "type", 3)]),
        ("a: json", ("a: json", "a: text"), []),
        ("a: text", ("kind: {type: text}", "kind: {type: text, one_of: [x], otherwise: rest}"),
         [("t", ("kind",), "one_of", 1)]),
        ("a: text", ("each: parts[*]", "each: parts[*]\n        otherwise: rest\n        unique: [[size]]"),
         [("parts", ("size",), "unique", 1)]),
        ("a: text", ("b: integer", "b: real"), []),
    ],
)  # fmt: skip
def test_a_migration_tells_what_it_sets_aside(
    here: Path, before: str, edit: tuple[str, str], wanted: list[tuple[str, tuple[str, ...], str, int]]
) -> None:
    text = NARROWED.replace("a: TYPE", before)
    Path("m.yaml").write_text(text)
    Path("n.yaml").write_text(text.replace("version: 1", "version: 2").replace(*edit))
    documents = [
        {"id": "1", "a": "5", "b": "no number", "kind": "x", "parts": [{"size": 1}, {"size": 1}]},
        {"id": "2", "a": "five", "kind": "y"},
        {"id": "3", "a": "six"},
    ]
    Path("d.jsonl").write_text("".join(f"{json.dumps(d)}\n" for d in documents))
    run("import", "d.jsonl", "--mapping", "m.yaml", "--db", "d.db")
    planned = json.loads(run("--format", "json", "migrate", "plan", "--db", "d.db", "--to", "n.yaml").stdout)
    lines = run("migrate", "plan", "--db", "d.db", "--to", "n.yaml").stdout.splitlines()
    done = json.loads(run("--format", "json", "migrate", "apply", "--db", "d.db", "--to", "n.yaml").stdout)
    assert planned["set_aside"] == done["set_aside"]
    told = [(one["table"], tuple(one["columns"]), one["rule"], one["count"]) for one in done["set_aside"]]
    assert told == wanted
    assert all(one["text"] in lines for one in planned["set_aside"])
    assert "b" not in {name for one in done["set_aside"] for name in one["columns"]}  # that was aside before
    back = json.loads(run("--format", "json", "migrate", "down", "--db", "d.db", "--to", "1").stdout)
    assert back["set_aside"] == []


def test_what_a_migration_sets_aside_is_told_with_its_lines(here: Path) -> None:
    Path("m.yaml").write_text(NARROWED.replace("TYPE", "scalar"))
    Path("n.yaml").write_text(NARROWED.replace("TYPE", "integer").replace("version: 1", "version: 2"))
    Path("d.json").write_text(json.dumps({"id": "1", "a": "five"}))
    run("import", "d.json", "--mapping", "m.yaml", "--db", "d.db")
    line = '1 value set aside: t.a (integer) — "five" at a of 1; widen: type: scalar'
    assert line in run("migrate", "apply", "--db", "d.db", "--to", "n.yaml").stdout
    assert line in run("validate", "--db", "d.db").stdout


@pytest.mark.parametrize(
    ("odd", "widen"),
    [
        ({"a": [1]}, "a table beside a: `each: a[*]`"),
        ({"a": {"first": 1}}, "a column beside a: `{from: a.first}`"),
        ({"b": {"x y": 1}}, "a column beside b: `{from: 'b[\"x y\"]'}`"),
        ({"a": {}}, ""),
        ({"tags": [{"name": "x"}]}, "a column beside tag: `{from: name}`"),
        ({"tags": [["x"]]}, "a table beside tag: `each: '@[*]'`"),
    ],
)
def test_no_column_is_widened_for_one_odd_array_or_object(here: Path, odd: dict[str, Any], widen: str) -> None:
    text = (
        NARROWED.replace("a: TYPE", "a: text").replace("kind: {type: text}", "kind: text").replace("version: 1\n", "")
    )
    text += "      tags: {each: 'tags[*]', columns: {tag: {from: '@'}}}\n"
    usual = [{"id": str(n), "a": "x", "b": n, "tags": ["t"]} for n in range(60)]
    with open_store("d.db", compile(loads(text)), create=True) as store:
        (told,) = store.import_([*usual, {"id": "odd"} | odd]).set_aside
        assert told.widen == widen
        (again,) = (check.set_aside for check in validate(store) if check.set_aside is not None)
        assert again.widen == widen
        (few,) = store.put({"id": "odd"} | odd).set_aside
        assert few.count == told.count
    with open_store(":memory:", compile(loads(text))) as store:
        (told,) = store.import_([usual[0], {"id": "odd"} | odd]).set_aside
        assert "json" in told.widen
    Path("m.yaml").write_text(text)
    assert "type: json" not in run("promote", "d.db", "--mapping", "m.yaml").stdout
