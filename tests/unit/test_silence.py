"""Silence has a kind: what filled a column is noted, and only what the clock filled is held as a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from docrel.compile import compile as compile_spec
from docrel.diagnostics import StoreError
from docrel.migrate import apply
from docrel.rows import Filled, Override, complement
from docrel.spec import loads
from docrel.store import Store, open_store
from docrel.values import NOTHING, jsontext

HEAD = """\
mapping: cups
version: {version}
document: {{key: k}}
{more}tables:
  cups:
    columns:
      k: {{required: true, unique: true}}
{columns}"""


def years() -> Iterator[str]:
    """Yield the first second of 2031, of 2032 and so on."""
    return (f"{year}-01-01T00:00:00Z" for year in count(2031))


class Cups:
    """A store whose clock is a year later at each look, and what SQL sees in it."""

    def __init__(self, path: Path, columns: str, more: str = "", *, below: str = "") -> None:
        path.mkdir(exist_ok=True)
        self.path, self._years = path / "cups.db", years()
        self.store = self.opened(columns, more, below)

    def opened(self, columns: str | None = None, more: str = "", below: str = "") -> Store:
        plan = None if columns is None else compile_spec(loads(mapping(columns, more=more) + below))
        return open_store(self.path, plan, clock=lambda: next(self._years))

    def put(self, document: Any) -> str:
        return self.store.put(document, "given").kind

    def sql(self, statement: str) -> list[Any]:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            return connection.execute(statement).fetchall()

    def migrate(self, columns: str) -> None:
        self.store.close()
        apply(self.path, compile_spec(loads(mapping(columns, 2))), backup=False, clock=lambda: next(self._years))
        self.store = self.opened()


UNCHECKED = "constraints: declared\n"
"""So that SQL may do what a check forbids."""


def mapping(columns: str, version: int = 1, more: str = "") -> str:
    lines = "".join(f"      {line}\n" for line in columns.splitlines())
    return HEAD.format(version=version, columns=lines, more=more)


# -- the notes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("default", "body"),
    [
        ("{value: tea, written: true}", {"constant": {"of": ["tea"]}}),
        ("{from: other, written: true}", {"computed": {"of": ["milk"]}}),
        ("{cases: [{when: other, is: milk, then: cocoa}], written: true}", {"case": {"of": ["cocoa"]}}),
        ("{given: true}", {"given": {"of": ["given"]}}),
        ("{now: true}", {"clock": {"of": ["2031-01-01T00:00:00Z"]}}),
        ("{from: another, now: true}", {"clock": {"of": ["2031-01-01T00:00:00Z"]}}),
        ("{from: other, now: true}", None),
        ("tea", None),
    ],
)
def test_what_filled_a_column_is_noted(tmp_path: Path, default: str, body: Any) -> None:
    cups = Cups(tmp_path, f"of: {{type: text, default: {default}}}\nother: text")
    document = {"k": "1", "other": "milk"}
    cups.put(document)
    assert cups.store.get("1") == document
    assert cups.sql("SELECT body FROM cups_complement") == ([] if body is None else [(jsontext.dumps(body),)])


def test_a_null_that_a_default_has_filled_is_of_that_kind(tmp_path: Path) -> None:
    cups = Cups(tmp_path, "of: {type: text, required: true, default: {from: other, now: true}}\nother: text")
    cups.put({"k": "1", "of": None})
    cups.put({"k": "2", "of": None, "other": "milk"})
    bodies = ['{"clock":{"of":["2031-01-01T00:00:00Z",null]}}', '{"computed":{"of":["milk",null]}}']
    assert [body for (body,) in cups.sql("SELECT body FROM cups_complement")] == bodies
    cups.put({"k": "2", "of": None})
    assert cups.sql("SELECT of FROM cups") == [("2031-01-01T00:00:00Z",), ("2033-01-01T00:00:00Z",)]


def test_notes_of_format_1_keep_their_meaning_and_their_text() -> None:
    text = '{"override":{"a":["x"],"b":["y",null],"c":["1",1]}}'
    notes = complement.load(None, text)
    assert notes == [Filled("a", "x", "untold"), Filled("b", "y", "untold", null=True), Override("c", "1", 1)]
    assert [note.value for note in notes.of(Filled)] == [NOTHING, None]
    assert notes.dump() == (None, text)


# -- what is no time ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", [1, "1", "2020-01-01T00:00:00Z", None, True])
def test_what_a_document_no_longer_says_is_not_taken_for_the_time(tmp_path: Path, said: Any) -> None:
    cups = Cups(tmp_path, "at: {type: text, default: {now: true}}")
    cups.put({"k": "1", "at": said})
    cups.put({"k": "1"})
    assert cups.sql("SELECT at FROM cups") == [("2032-01-01T00:00:00Z",)]
    assert cups.put({"k": "1"}) == "unchanged"


@pytest.mark.parametrize("before", ["{from: other, now: true}", "{given: true, now: true}", "{value: old, now: true}"])
def test_another_default_before_the_clock_is_not_taken_for_the_time(tmp_path: Path, before: str) -> None:
    cups = Cups(tmp_path, f"at: {{type: text, default: {before}}}\nother: text")
    cups.store.put({"k": "1", "other": "milk"}, None if "value" in before else "given")
    cups.store.put({"k": "1"})
    assert cups.sql("SELECT at FROM cups")[0][0].startswith("203")


@pytest.mark.parametrize("kind", ["text", "timestamp", "scalar"])
def test_the_clock_of_the_first_write_stays_in_a_column_of_any_type(tmp_path: Path, kind: str) -> None:
    cups = Cups(tmp_path, f"at: {{type: {kind}, default: {{now: true}}}}\nsize: integer")
    cups.put({"k": "1"})
    assert cups.put({"k": "1"}) == "unchanged"
    assert cups.put({"k": "1", "size": 1}) == "updated"
    held = "2031-01-01T00:00:00.000000000Z" if kind == "timestamp" else "2031-01-01T00:00:00Z"
    assert cups.sql("SELECT at FROM cups") == [(held,)]


@pytest.mark.parametrize("default", ["{value: old, written: true}", "old", "{given: true}", "{cases: [{then: old}]}"])
def test_a_migration_takes_no_other_default_for_the_time(tmp_path: Path, default: str) -> None:
    cups = Cups(tmp_path, f"at: {{type: text, default: {default}}}")
    cups.store.put({"k": "1"}, "old")
    cups.migrate("at: {type: text, default: {now: true}}")
    assert cups.sql("SELECT at FROM cups")[0][0] > "2031"


SIPS = """\
    tables:
      sips:
        each: sips[*]
        columns:
          at: {default: {now: true}}
          of: text
"""


def test_each_row_keeps_its_own_time_through_a_migration(tmp_path: Path) -> None:
    columns = "size: {}\nat: {{type: text, default: {{now: true}}}}".format
    plans = [compile_spec(loads(mapping(columns(kind), n) + SIPS)) for n, kind in ((1, "text"), (2, "json"))]
    clock, path, document = years(), tmp_path / "cups.db", {"k": "1", "sips": [{"of": "tea"}]}
    with open_store(path, plans[0], clock=lambda: next(clock)) as store:
        store.put(document)
        store.append("1", "$.sips", {"of": "milk"})
    apply(path, plans[1], backup=False, rewrite=True, clock=lambda: next(clock))
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT at FROM cups").fetchall() == [("2031-01-01T00:00:00Z",)]
        assert [at[:4] for (at,) in connection.execute("SELECT at FROM sips")] == ["2031", "2032"]


# -- a time counted from the clock ------------------------------------------------------------------------------

COUNTED = """\
at: {type: text, default: {now: true}}
ttl: integer
gone: {type: text, default: {time: at, plus_seconds: ttl}}
size: integer"""


def test_a_time_counted_from_a_held_one_is_held_too(tmp_path: Path) -> None:
    cups = Cups(tmp_path, COUNTED)
    for document in ({"k": "1", "ttl": 9}, {"k": "1", "ttl": 9, "size": 1}, {"k": "1", "ttl": 8, "size": 1}):
        cups.put(document)
        assert cups.store.get("1") == document
        assert cups.put(document) == "unchanged"
    assert cups.sql("SELECT gone FROM cups") == [("2031-01-01T00:00:08Z",)]


@pytest.mark.parametrize(
    "gone", ["2031-01-01T00:00:09Z", "2032-01-01T00:00:09Z", "2033-01-01T00:00:09Z", "never", None, 1]
)
def test_a_document_that_says_a_counted_time_says_it_still(tmp_path: Path, gone: Any) -> None:
    cups = Cups(tmp_path, COUNTED)
    cups.put({"k": "1", "ttl": 9})
    document = {"k": "1", "ttl": 9, "gone": gone}
    for _ in range(2):
        cups.put(document)
        assert cups.store.get("1") == document
    cups.put({"k": "1", "ttl": 9})
    assert cups.store.get("1") == {"k": "1", "ttl": 9}


# -- SQL clears what it sees ------------------------------------------------------------------------------------

DEFAULTS = {
    "none": "",
    "constant": "default: tea",
    "written": "default: {value: tea, written: true}",
    "clock": "default: {now: true}",
    "given": "default: {given: true}",
    "path": "default: {from: other}",
    "path and constant": "default: {from: other, value: tea}",
    "path, written": "default: {from: other, written: true}",
    "cases": "default: {cases: [{when: other, is: milk, then: cocoa}, {then: tea}]}",
    "path and clock": "default: {from: other, now: true}",
    "counted": "default: {time: at, plus_seconds: ttl}",
}
PLACES = ["of", "a.of", "'f[0]'", "'f[1]'", "'f[0].of'", "[of, a.of]"]
SAID: list[Any] = [
    {},
    {"of": "x"},
    {"a": {"of": "x"}},
    {"f": ["x", "y"]},
    {"f": [{"of": "x"}]},
    {"of": 1, "f": [1, 2, 3]},
]


@pytest.mark.parametrize("default", DEFAULTS.values(), ids=DEFAULTS)
@pytest.mark.parametrize("place", PLACES)
def test_a_column_that_sql_clears_stays_null(tmp_path: Path, place: str, default: str) -> None:
    given = ", ".join(filter(None, [f"from: {place}", "type: text", default]))
    cups = Cups(tmp_path, f"at: text\nttl: integer\nother: text\nof: {{{given}}}")
    for said in SAID:
        if place.startswith("'f") and isinstance(said.get("f", [{}])[0], dict) != place.endswith("of'"):
            continue  # what else stands at the place is no text, so that nothing can be said there
        cups.put({"k": "1", "at": "2030-01-01T00:00:00Z", "ttl": 5, "other": "milk"} | said)
        cups.sql("UPDATE cups SET of = NULL")
        cleared = cups.store.get("1")
        cups.put(cleared)
        assert cups.sql("SELECT of FROM cups") == [(None,)], said
        assert jsontext.same(cups.store.get("1"), cleared)
        assert cups.put(cleared) == "unchanged"


def test_a_null_is_said_in_its_place(tmp_path: Path) -> None:
    cups = Cups(tmp_path, "of: {from: a.of, default: {from: other, written: true}}\nmilk: {from: a.milk}\nother: text")
    cups.put({"a": {"of": "x", "milk": "y"}, "k": "1", "other": "z"})
    cups.put({"k": "2", "a": {"milk": "y"}, "other": "z"})
    cups.sql("UPDATE cups SET of = NULL")
    assert list(cups.store.get("1")["a"].items()) == [("of", None), ("milk", "y")]
    assert list(cups.store.get("2")["a"].items()) == [("of", None), ("milk", "y")]


def test_an_override_that_sql_has_undone_does_not_come_back(tmp_path: Path) -> None:
    cups = Cups(tmp_path, "of: text")
    cups.put({"k": "1", "of": 1})
    cups.sql("UPDATE cups SET of = 'tea'")
    cups.sql("UPDATE cups SET of = '1'")
    assert cups.store.get("1") == {"k": "1", "of": 1}, "an edit undone is no edit"
    cups.sql("UPDATE cups SET of = 'tea'")
    cups.put(cups.store.get("1"))
    cups.sql("UPDATE cups SET of = '1'")
    assert cups.store.get("1") == {"k": "1", "of": "1"}


NOTED: dict[str, tuple[Any, str, str]] = {
    "of: text": ({"of": 1}, "'tea'", "'1'"),
    "of: integer": ({"of": "many"}, "5", "NULL"),
    "of: real": ({"of": 5}, "5.5", "5.0"),
    "of: {type: text}": ({"of": None}, "'tea'", "NULL"),
    "of: {type: text, default: tea}": ({"of": "tea"}, "'milk'", "'tea'"),
    "of: {type: text, default: {value: tea, written: true}}": ({}, "'milk'", "'tea'"),
    "of: {type: text, default: {given: true}}": ({}, "'milk'", "'given'"),
    "of: {type: text, default: {now: true}}": ({}, "'milk'", "'2031-01-01T00:00:00Z'"),
    "of: base64": ({"of": "AB=="}, "x'01'", "x'00'"),
}
"""Columns, what a document says, and an edit by SQL that is undone after a write."""


@pytest.mark.parametrize("column", NOTED)
@pytest.mark.parametrize("write", ["append", "put_part", "edit", "update_row", "import"])
def test_what_a_note_says_does_not_come_back_after_any_write(tmp_path: Path, column: str, write: str) -> None:
    said, edit, undo = NOTED[column]
    cups = [Cups(tmp_path / name, f"{column}\nsize: integer", below=SIPS) for name in ("by", "whole")]
    for one in cups:
        one.put({"k": "1", "size": 1, "sips": [{"of": "tea"}], **said})
        assert one.store.get("1") == {"k": "1", "size": 1, "sips": [{"of": "tea"}], **said}
        one.sql(f"UPDATE cups SET of = {edit}")
        one.sql(f"UPDATE cups SET of = {undo}")
        assert one.store.get("1") == {"k": "1", "size": 1, "sips": [{"of": "tea"}], **said}, "an edit undone is no edit"
        one.sql(f"UPDATE cups SET of = {edit}")
    by, whole = cups
    new = by.store.get("1") | {"size": 2}
    match write:
        case "append":
            new |= {"size": 1, "sips": [{"of": "tea"}, {"of": "milk"}]}
            by.store.append("1", "$.sips", {"of": "milk"})
        case "put_part":
            by.store.put_part("1", "size", 2)
        case "edit":
            by.store.edit("1", lambda _: new)
        case "update_row":
            by.store.update_row("cups", 1, {"size": 2})
        case "import":
            by.store.import_([jsontext.dumps_bytes(new)])
    whole.put(new)
    for one in cups:
        assert jsontext.same(one.store.get("1"), new)
        one.sql(f"UPDATE cups SET of = {undo}")
    assert jsontext.same(by.store.get("1"), whole.store.get("1"))
    assert not jsontext.same(by.store.get("1"), new | said)


def test_a_note_is_stale_after_a_write_of_its_own_column(tmp_path: Path) -> None:
    cups = Cups(tmp_path, "size: integer", below=SIPS.replace("{default: {now: true}}", "{type: integer, default: 3}"))
    cups.put({"k": "1", "sips": [{"of": 1}, {"of": 2, "at": 3}]})
    for value in ("tea", "1"):
        cups.store.update_row("sips", 1, {"of": value})
    assert cups.store.get("1")["sips"] == [{"of": "1"}, {"of": 2, "at": 3}]
    cups.sql("UPDATE sips SET of = 'tea', at = 4 WHERE id = 2")
    cups.store.update_row("sips", 2, {"of": "2", "at": 3})
    assert cups.store.get("1")["sips"] == [{"of": "1"}, {"of": "2"}]


def test_a_row_that_is_written_keeps_the_notes_that_apply(tmp_path: Path) -> None:
    cups = Cups(tmp_path, "of: integer\nsize: integer", below=SIPS)
    document: Any = {"sips": [{"of": 1, "odd": [1]}, 7, {"of": "2"}], "more": {}, "size": None, "of": "x", "k": "1"}
    cups.put(document)
    notes = cups.sql("SELECT * FROM cups_complement")
    for table, row, values in (("sips", 1, {"of": "1"}), ("cups", 1, {"size": None})):
        cups.store.update_row(table, row, values)
        assert jsontext.same(cups.store.get("1"), document)
    assert cups.sql("SELECT * FROM cups_complement") == notes
    cups.store.append("1", "$.sips", {"of": 3})
    assert cups.sql("SELECT * FROM cups_complement")[:-1] == notes


# -- an array where an object might be --------------------------------------------------------------------------


ROWS = """\
    tables:
      rows:
        each: rows[*]
        columns:
          num: {from: '[1].b', type: real}
          s: {type: scalar, default: {from: q, value: 1}}
"""


@pytest.mark.parametrize(
    "value", [[0, {"b": 1.5}], [], [1], {"s": 1}, {"q": 2}, {}, 5, [None, {"b": None}], [0, {"b": 1}, 2]]
)
def test_an_array_beside_a_computed_default_comes_back(tmp_path: Path, value: Any) -> None:
    inline = "num: {from: 'p[1].b', type: real}\ns: {from: p.s, type: scalar, default: {from: p.q, value: 1}}"
    with open_store(tmp_path / "rows.db", compile_spec(loads(mapping("of: text") + ROWS))) as store:
        store.put({"k": "1", "rows": [value, value]})
        assert jsontext.same(store.get("1"), {"k": "1", "rows": [value, value]})
    with open_store(tmp_path / "inline.db", compile_spec(loads(mapping(inline)))) as store:
        store.put({"k": "1", "p": value})
        assert jsontext.same(store.get("1"), {"k": "1", "p": value})


@pytest.mark.parametrize("value", [[{"b": 1.5}], [], [1, 2], {"n": "x"}, {"n": "y"}, {}, None, [[], {"b": None}]])
def test_rows_of_an_array_beside_a_computed_default_come_back(tmp_path: Path, value: Any) -> None:
    columns = "of: {from: p.n, default: {from: other, value: x}}\nother: text"
    table = "    tables:\n      rows:\n        each: p[*]\n        columns:\n          num: {from: b, type: real}\n"
    with open_store(tmp_path / "rows.db", compile_spec(loads(mapping(columns) + table))) as store:
        store.put({"k": "1", "p": value})
        assert jsontext.same(store.get("1"), {"k": "1", "p": value})


# -- what a column holds and no document gives -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "stored"),
    [
        ("{type: timestamp}", "'yesterday'"),
        ("{type: timestamp}", "'2025-11-23 10:00'"),
        ("{type: timestamp}", "'2025-11-23T10:00:00+01:00'"),
        ("{type: date}", "'2025-2-3'"),
        ("{type: decimal}", "'1,000'"),
        ("{type: uuid}", "'6BA7B810-9DAD-11D1-80B4-00C04FD430C8'"),
        ("{type: base64}", "'AAEC'"),
        ("{type: scalar}", "x'31'"),
        ("{type: text, map: {active: in_progress}}", "'active'"),
        ("{type: integer, map: {one: 1}}", "'one'"),
        ("{type: timestamp, default: {now: true}}", "'then'"),
    ],
)
def test_a_value_that_no_document_gives_is_refused(tmp_path: Path, column: str, stored: str) -> None:
    cups = Cups(tmp_path, f"of: {column}", UNCHECKED)
    cups.put({"k": "1", "keep": 1})
    cups.sql(f"UPDATE cups SET of = {stored}")
    with pytest.raises(StoreError, match="S439"):
        cups.store.get("1")
    cups.sql("UPDATE cups SET of = NULL")
    assert cups.store.get("1")["keep"] == 1


@pytest.mark.parametrize(
    ("column", "stored", "said"),
    [
        ("{type: timestamp}", "'2025-11-23T10:00:00.250000000Z'", "2025-11-23T10:00:00.250Z"),
        ("{type: decimal}", "9.99", "9.99"),
        ("{type: base64}", "x'01ff'", "Af8="),
        ("{type: scalar}", "-1.5", -1.5),
        ("{type: scalar}", "'-1.5'", "-1.5"),
        ("{type: scalar}", "'true'", "true"),
        ("{type: json}", "'{\"a\": 1}'", {"a": 1}),
        ("{type: text, map: {active: in_progress, current: in_progress}}", "'in_progress'", "active"),
        ("{type: boolean, map: {'yes': true}}", "1", "yes"),
    ],
)
def test_a_value_that_a_document_gives_is_said(tmp_path: Path, column: str, stored: str, said: Any) -> None:
    cups = Cups(tmp_path, f"of: {column}")
    cups.put({"k": "1"})
    cups.sql(f"UPDATE cups SET of = {stored}")
    assert jsontext.same(cups.store.get("1"), {"k": "1", "of": said})


# -- empty places -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "p",
    [
        {},
        None,
        {"q": {}},
        {"q": None},
        {"q": []},
        [],
        [None, "x"],
        [None, None, "x"],
        ["y", None, "x"],
        [[], None, "x"],
    ],
)
def test_an_edit_leaves_nothing_of_what_was_empty(tmp_path: Path, p: Any) -> None:
    table = "    tables:\n      sips:\n        each: p.q[*]\n        columns:\n          of: text\n"
    plan = compile_spec(loads(mapping("of: {from: 'p[2]'}\nmore: {rest: true}") + table))
    path = tmp_path / "cups.db"
    with open_store(path, plan) as store:
        store.put({"k": "1", "p": p})
        assert jsontext.same(store.get("1"), {"k": "1", "p": p})
    with closing(sqlite3.connect(path)) as connection, connection:
        if isinstance(p, list) and p:
            connection.execute("UPDATE cups SET more = NULL")
        else:
            connection.execute("INSERT INTO sips (cups_id, of) VALUES (1, 'tea')")
        rows = connection.execute("SELECT of, more FROM cups").fetchall()
    with open_store(path) as store, open_store(tmp_path / "fresh.db", plan) as fresh:
        fresh.put(store.get("1"))
        assert fresh.backend.execute("SELECT of, more FROM cups") == rows


def test_a_row_sql_inserts_says_null_at_an_index_that_has_a_default(tmp_path: Path) -> None:
    cups = Cups(tmp_path, "of: {from: 'b[2]', default: tea}\nmore: {rest: true}")
    cups.sql("INSERT INTO cups (k, of) VALUES ('1', NULL)")
    assert cups.store.get("1") == {"k": "1", "b": [None, None, None]}
    assert cups.put(cups.store.get("1")) in {"updated", "unchanged"}
    assert cups.sql("SELECT of, more FROM cups") == [(None, None)]


def test_an_unsourced_time_is_kept_and_anything_else_that_sql_has_set_is_not(tmp_path: Path) -> None:
    cups = Cups(tmp_path, "at: {unsourced: true, default: {now: true}}\nsize: integer")
    cups.put({"k": "1"})
    cups.put({"k": "1", "size": 1})
    assert cups.sql("SELECT at FROM cups") == [("2031-01-01T00:00:00Z",)]
    for stored in ("NULL", "'wild'"):
        cups.sql(f"UPDATE cups SET at = {stored}")
        cups.put({"k": "1", "size": 2})
        assert cups.sql("SELECT at FROM cups")[0][0] > "2032"


def test_a_default_that_a_value_map_never_gives_may_be_silent(tmp_path: Path) -> None:
    cases = "{cases: [{when: other, is: milk, then: a}, {then: b}]}"
    cups = Cups(
        tmp_path,
        f"of: {{map: {{a: b}}, default: {cases}}}\nother: text\nat: {{from: 'f[0]', map: {{a: b}}, default: a}}",
    )
    for document in ({"k": "1", "other": "milk"}, {"k": "1"}, {"k": "1", "of": "a"}, {"k": "1", "of": "c"}):
        cups.put(document)
        assert cups.store.get("1") == document
    cups.sql("UPDATE cups SET of = 'a'")
    with pytest.raises(StoreError, match="S439"):
        cups.store.get("1")


@pytest.mark.parametrize("f", [[7], [7, "x"], [7, None], [7, None, 8], [None, "x"], [None, None, 8, "y"]])
def test_what_the_rest_has_of_an_array_ends_with_its_last_element(tmp_path: Path, f: list[Any]) -> None:
    cups = Cups(tmp_path, "of: {from: 'f[1]'}\nby: {from: 'f[3]'}\nmore: {rest: true}")
    for edit in ("of = NULL", "by = NULL", "of = 'tea'", "by = 'tea'", "of = NULL, by = NULL"):
        cups.put({"k": "1", "f": f})
        assert jsontext.same(cups.store.get("1"), {"k": "1", "f": f})
        cups.sql(f"UPDATE cups SET {edit}")
        rows = cups.sql("SELECT * FROM cups")
        cups.put(cups.store.get("1"))
        assert cups.sql("SELECT * FROM cups") == rows


@pytest.mark.parametrize(
    "default",
    [
        "{from: other, written: true}",
        "{from: other, value: tea}",
        "{from: other, now: true}",
        "{cases: [{when: other, is: milk, then: milk}], written: true}",
    ],
)
@pytest.mark.parametrize("place", ["of", "'f[1]'", "a.of"])
def test_an_edit_of_what_a_default_looks_at_changes_no_other_column(tmp_path: Path, place: str, default: str) -> None:
    cups = Cups(tmp_path, f"of: {{from: {place}, type: text, default: {default}}}\nother: text")
    for document in ({"k": "1", "other": "milk"}, {"k": "1"}):
        for statement in ("other = 'rum'", "other = NULL", "other = 'milk'"):
            cups.store.delete("1") if "1" in cups.store else None
            cups.put(document)
            cups.sql(f"UPDATE cups SET {statement}")
            rows = cups.sql("SELECT of, other FROM cups")
            edited = cups.store.get("1")
            cups.put(edited)
            assert cups.sql("SELECT of, other FROM cups") == rows
            assert cups.store.get("1") == edited


@pytest.mark.parametrize("more", ["", "\nmore: {rest: true}"])
def test_a_column_of_two_places_is_not_cleared_while_the_other_has_a_value(tmp_path: Path, more: str) -> None:
    cups = Cups(tmp_path, f"of: {{from: [a, b]}}{more}")
    for document in ({"k": "1", "a": "x", "b": "y"}, {"k": "1", "a": None, "b": 1}, {"k": "1", "a": "x", "b": None}):
        cups.put(document)
        assert cups.store.get("1") == document
        cups.sql("UPDATE cups SET of = NULL")
        if document["a"] == "x":
            with pytest.raises(StoreError, match=r"S439.*the rest has @.b, which belongs into column of"):
                cups.store.get("1")


JSON_DEFAULTS = ["default: 1", "default: {now: true}", "default: {given: true}", "default: {value: 1, written: true}"]


@pytest.mark.parametrize("default", [*JSON_DEFAULTS, "default: {from: other}", "default: {from: other, written: true}"])
@pytest.mark.parametrize("place", ["of", "a.of", "'f[1]'"])
def test_null_is_not_the_json_null(tmp_path: Path, place: str, default: str) -> None:
    columns = f"of: {{from: {place}, type: json, {default}}}\nother: text"
    cups = Cups(tmp_path, columns, UNCHECKED)
    for said in ({}, {"of": None, "a": {"of": None}, "f": [1, None]}, {"of": 2, "a": {"of": [2]}, "f": [0, {}]}):
        cups.put({"k": "1", "other": "milk"} | said)
        assert cups.store.get("1") == {"k": "1", "other": "milk"} | said
        cups.sql("UPDATE cups SET of = NULL")
        with pytest.raises(StoreError, match="S439"):
            cups.store.get("1")
    if "other" not in default and "given" not in default:
        (tmp_path / "checked").mkdir()
        checked = Cups(tmp_path / "checked", columns)
        checked.put({"k": "1"})
        with pytest.raises(sqlite3.IntegrityError):
            checked.sql("UPDATE cups SET of = NULL")


@pytest.mark.parametrize("constraints", ["", UNCHECKED])
@pytest.mark.parametrize("rest", ["", ", more: {rest: true}"])
@pytest.mark.parametrize("each", ["'sips[*]'", "sips", "'sips.*'"])
def test_a_column_of_the_whole_node_is_never_null(tmp_path: Path, each: str, rest: str, constraints: str) -> None:
    key = ", name: {key: each}" if "*'" in each and "[" not in each else ""
    table = f"    tables:\n      sips: {{each: {each}, columns: {{all: {{from: '@', type: json}}{key}{rest}}}}}\n"
    cups = Cups(tmp_path, "size: integer", constraints, below=table)
    document = {"k": "1", "sips": {"a": None} if key else [None] if "[" in each else None}
    cups.put(document)
    assert cups.store.get("1") == document
    assert cups.sql('SELECT "all" FROM sips') == [("null",)]
    if constraints:
        cups.sql('UPDATE sips SET "all" = NULL')
        with pytest.raises(StoreError, match=r"S439.*all is NULL"):
            cups.store.get("1")
    else:
        with pytest.raises(sqlite3.IntegrityError, match="NOT NULL"):
            cups.sql('UPDATE sips SET "all" = NULL')


def test_a_whole_node_that_is_set_aside_is_null(tmp_path: Path) -> None:
    columns = "{all: {from: '@', type: json, otherwise: rest, one_of: [1]}}"
    table = f"    tables:\n      sips: {{each: 'sips[*]', columns: {columns}}}\n"
    cups = Cups(tmp_path, "size: integer", below=table)
    cups.put({"k": "1", "sips": [1, [2], None]})
    assert cups.store.get("1") == {"k": "1", "sips": [1, [2], None]}
    cups.sql("INSERT INTO sips (cups_id) VALUES (1)")
    with pytest.raises(StoreError, match=r"S439.*all is NULL"):
        cups.store.get("1")


@pytest.mark.parametrize("node", [{"a": 1}, {"\ud800": "\0"}, {"": {}}, {"a": None, "b": [{}]}], ids=repr)
@pytest.mark.parametrize("each", ["'sips[*]'", "sips", "'sips.*'"])
def test_a_rest_alone_takes_the_whole_object(tmp_path: Path, each: str, node: Any) -> None:
    key = "name: {key: each}, " if "*'" in each and "[" not in each else ""
    table = f"    tables:\n      sips: {{each: {each}, columns: {{{key}more: {{rest: true}}}}}}\n"
    cups = Cups(tmp_path, "size: integer", below=table)
    whole = {"a": node, "b": {}} if key else [node, {}] if "[" in each else node
    cups.put({"k": "1", "sips": whole})
    assert cups.store.get("1") == {"k": "1", "sips": whole}
    assert cups.sql("SELECT more FROM sips")[0] == (jsontext.dumps(node),)
    cups.sql("UPDATE sips SET more = json_set(coalesce(more, '{}'), '$.by', 'SQL')")
    rows = cups.sql("SELECT * FROM sips")
    edited = cups.store.get("1")
    assert jsontext.dumps(edited).count("SQL") == len(rows)
    cups.put(edited)
    assert cups.sql("SELECT * FROM sips") == rows


@pytest.mark.parametrize("default", ["1", "{from: other}", "{from: $.size}"])
@pytest.mark.parametrize("said", [5, 5.5, 1])
def test_a_rest_beside_a_scalar_is_refused(tmp_path: Path, said: Any, default: str) -> None:
    columns = f"{{one: {{from: '@', type: integer, default: {default}}}, more: {{rest: true}}}}"
    cups = Cups(tmp_path, "size: integer", below=f"    tables:\n      sips: {{each: 'sips[*]', columns: {columns}}}\n")
    cups.put({"k": "1", "sips": [said]})
    cups.sql("UPDATE sips SET more = '{\"a\": 1}'")
    with pytest.raises(StoreError, match="S439"):
        cups.store.get("1")
    cups.sql("UPDATE sips SET more = NULL")
    assert cups.store.get("1") == {"k": "1", "sips": [said]}


def test_a_json_default_in_an_array_is_there_where_a_later_element_is(tmp_path: Path) -> None:
    columns = ["of: {from: 'f[0]', type: json, default: 1}", "by: {from: 'f[1]'}"]
    columns += ["size: {from: 'g[0]', type: json}", "more: {from: 'g[1]'}"]
    cups = Cups(tmp_path, "\n".join(columns))
    cups.put({"k": "1", "f": [2, "x"], "g": [2, "x"]})
    cups.sql("UPDATE cups SET of = '1'")
    assert cups.store.get("1")["f"] == [1, "x"]
    cups.sql("UPDATE cups SET size = NULL")
    with pytest.raises(StoreError, match=r"S439.*size"):
        cups.store.get("1")


@pytest.mark.parametrize("p", [["a", "b"], [1, 2], [None, "b"], [None, None], ["a", None], "a", [], [["a"], "b"]])
def test_an_array_of_which_a_column_takes_one_element_or_the_whole_comes_back(tmp_path: Path, p: Any) -> None:
    cups = Cups(tmp_path, "of: {from: ['p[0]', p], type: text}")
    cups.put({"k": "1", "p": p})
    assert jsontext.same(cups.store.get("1"), {"k": "1", "p": p})


def test_an_array_whose_last_row_goes_is_an_array_still(tmp_path: Path) -> None:
    below = (
        "    tables:\n      sips:\n        each: sips[*]\n        columns: {of: text, more: {rest: true}}\n"
        "        tables: {drops: {each: '[*]', columns: {of: {from: '@'}}}}\n"
    )
    cups = Cups(tmp_path, "of: text", below=below)
    cups.put({"k": "1", "sips": [["a"], {"of": "b"}, [], [None]]})
    cups.sql("DELETE FROM drops")
    assert cups.store.get("1") == {"k": "1", "sips": [[], {"of": "b"}, [], []]}
    cups.sql("DELETE FROM sips WHERE id > 2")
    cups.sql("UPDATE sips SET of = NULL")
    cups.put(cups.store.get("1"))
    assert cups.store.get("1") == {"k": "1", "sips": [[], {}]}


@pytest.mark.parametrize(
    "document",
    [
        {"k": "1", "a": "x", "b": {"q": 1}},
        {"k": "1", "b": [1], "c": "x"},
        {"k": "1", "b": {"q": 1}, "c": [1]},
        {"k": "1", "a": None, "b": {"q": 1}, "c": "x"},
        {"k": "1", "a": "x", "b": 1, "c": []},
    ],
)
@pytest.mark.parametrize("edit", ["of = 'y'", "of = NULL", """more = '{"b":[2],"c":{"r":2}}'""", "more = NULL"])
def test_what_is_no_scalar_in_a_later_place_of_a_column_is_in_the_rest(
    tmp_path: Path, document: dict[str, Any], edit: str
) -> None:
    cups = Cups(tmp_path, "of: {from: [a, b, c]}\nmore: {rest: true}")
    cups.put(document)
    assert jsontext.same(cups.store.get("1"), document)
    shown: Any = jsontext.loads_text(cups.sql("SELECT more FROM cups")[0][0])
    assert all(name in shown for name in ("b", "c") if isinstance(document.get(name), dict | list))
    cups.sql(f"UPDATE cups SET {edit}")
    rows = cups.sql("SELECT of, more FROM cups")
    try:
        edited = cups.store.get("1")
    except StoreError as e:
        assert "S439" in str(e)  # two have one place now
    else:
        cups.put(edited)
        assert cups.sql("SELECT of, more FROM cups") == rows


@pytest.mark.parametrize("b", [{"q": 1}, ["tea", {"of": "x"}], [], {}, 7, {"of": "y"}])
@pytest.mark.parametrize("each", ["b[*]", "b"])
def test_what_is_beside_rows_in_a_later_place_of_a_column_is_said_once(tmp_path: Path, b: Any, each: str) -> None:
    below = f"    tables:\n      sips:\n        each: {each}\n        columns: {{of: {{required: true}}}}\n"
    below += "        otherwise: rest\n"
    cups = Cups(tmp_path, "of: {from: [a, b]}\nmore: {rest: true}", below=below)
    document = {"k": "1", "a": "x", "b": b}
    cups.put(document)
    assert jsontext.same(cups.store.get("1"), document)
    cups.sql("UPDATE cups SET more = NULL")
    cups.sql("DELETE FROM sips")
    rows = cups.sql("SELECT * FROM cups")
    cups.put(cups.store.get("1"))
    assert cups.sql("SELECT * FROM cups") == rows
