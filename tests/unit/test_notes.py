"""Notes belong to their row: whatever SQL does to rows, each note goes where its row goes, and no row gets another's.

SQL acts as any client does: foreign keys off, no recursive triggers.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from docrel import compile, spec
from docrel.migrate import apply
from docrel.plan import Plan
from docrel.rows import shape_id
from docrel.sql import DIALECTS, SQLITE, ddl, row_name
from docrel.store import open_store
from docrel.upkeep import maintain, validate
from docrel.values import jsontext

LIST = """\
mapping: m
document: {key: k}
tables:
  r:
    row: r
    columns: {k: {required: true, unique: true}, alias: {unique: true}}
    tables:
      l: {each: 'l[*]', row: l, columns: {t: text}, tables: {w: {each: 'w[*]', columns: {t: text}}}}
"""
SLOTS = """\
mapping: m
document: {key: k}
tables:
  r:
    row: r
    columns: {k: {required: true, unique: true}}
    primary_key: [k]
    tables:
      s:
        each: s[*]
        columns: {place: {position: true}, t: text}
        primary_key: [r_id, place]
      p:
        each: p.*
        columns: {name: {key: each}, t: text}
        primary_key: [r_id, name]
"""
ROOTS = """\
mapping: m
document: {key: k}
tables:
  a:
    when: {kind: A}
    columns: {k: {required: true, unique: true}}
  b:
    when: {kind: B}
    columns: {org: {required: true}, k: {required: true, unique: true}}
    primary_key: [org, k]
"""
HOSTILE = ["a", 'quo"te', "it's", "back\\slash", '\\"', "é", "\U0001f600", "", "x'00'", "[1, 2]", "1", " "]


def compiled(text: str, version: int = 1) -> Plan:
    return compile.compile(spec.loads(text.replace("document:", f"version: {version}\ndocument:", 1)))


def filled(path: Path, text: str, *documents: Any) -> None:
    with open_store(path, compiled(text)) as store:
        for document in documents:
            store.put(document)


def sql(path: Path, *statements: str, pragmas: Iterable[str] = ("foreign_keys = OFF",)) -> list[Any]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        return [connection.execute(statement).fetchall() for statement in statements][-1]


def holds(path: Path, *wanted: Any) -> None:
    """Assert that every way of reading gives these documents, and that they can be put again and migrated."""
    with open_store(path) as store:
        found = {key: store.get(key) for key in store.keys()}  # noqa: SIM118
        assert found == {document["k"]: document for document in wanted}
        assert all(jsontext.same(document, found[key]) for key, document in store.scan())
        assert sorted(store.export()) == sorted(map(jsontext.dumps_bytes, found.values()))
        assert all(jsontext.same(d, found[key]) for k in found for key, d in store.find("k = ?", [k]))
        assert {store.put(document, key).kind for key, document in found.items()} <= {"unchanged", "updated"}
        assert {store.put(document, key).kind for key, document in found.items()} <= {"unchanged"}
        assert all(check.ok for check in validate(store) if "notes" in check.text.lower())
        plan, clock = store.plan, store.clock
    later = compile.load_plan(_later(plan))
    for goal, back in ((later, False), (plan, True)):
        apply(path, goal, back=back, rewrite=True, backup=False, clock=clock)
        with open_store(path) as store:
            assert sorted(store.export()) == sorted(map(jsontext.dumps_bytes, found.values()))


def _later(plan: Plan) -> str:
    from docrel.plan import dump

    return dump(plan).replace('"version":1', '"version":2')


# -- rows that change their name --------------------------------------------------------------------------------


def test_an_id_that_changes(tmp_path: Path) -> None:
    document = {"k": "1", "l": [{"t": "a", "keep": 1, "w": [{"t": "x", "keep": 2}]}, {"t": "b"}], "more": [1]}
    filled(tmp_path / "db", LIST, document, {"k": "2"})
    sql(
        tmp_path / "db",
        "UPDATE l SET id = 90 WHERE id = 2", "UPDATE l SET id = 50 WHERE id = 1", "UPDATE w SET l_id = 50",
        "UPDATE r SET rowid = 77 WHERE id = 1", "UPDATE l SET r_id = 77", "UPDATE w SET _rowid_ = 5, t = 'x'",
    )  # fmt: skip
    holds(tmp_path / "db", document, {"k": "2"})


def test_ids_that_are_swapped(tmp_path: Path) -> None:
    filled(tmp_path / "db", LIST, {"k": "1", "l": [{"t": "a", "by": "ann"}, {"t": "b", "by": "bob"}, {"t": "c"}]})
    sql(
        tmp_path / "db",
        "UPDATE l SET id = -1 WHERE id = 1", "UPDATE l SET id = 1 WHERE id = 2", "UPDATE l SET id = 2 WHERE id = -1",
        "UPDATE l SET id = id + 10",
    )  # fmt: skip
    holds(tmp_path / "db", {"k": "1", "l": [{"t": "b", "by": "bob"}, {"t": "a", "by": "ann"}, {"t": "c"}]})


def test_a_row_that_moves_to_another_document_takes_what_lies_below_it_along(tmp_path: Path) -> None:
    moved = {"t": "a", "keep": 1, "w": [{"t": "x", "keep": 2}, 7]}
    filled(tmp_path / "db", LIST, {"k": "1", "l": [moved, 5], "own": 1}, {"k": "2"})
    sql(tmp_path / "db", "UPDATE l SET r_id = 2")
    holds(tmp_path / "db", {"k": "1", "l": [5], "own": 1}, {"k": "2", "l": [moved]})


def test_places_in_a_key_that_shift(tmp_path: Path) -> None:
    elements = [{"t": name, "by": f"by {name}"} for name in "abcd"]
    filled(tmp_path / "db", SLOTS, {"k": "1", "s": elements})
    sql(tmp_path / "db", "DELETE FROM s WHERE place = 1", "UPDATE s SET place = place - 1 WHERE place > 1")
    holds(tmp_path / "db", {"k": "1", "s": [elements[0], *elements[2:]]})


def test_a_key_that_changes_with_those_of_the_rows_below(tmp_path: Path) -> None:
    content = {"s": [{"t": "a", "by": 1}], "p": {"x": {"t": "b", "by": 2}}, "keep": [None]}
    filled(tmp_path / "db", SLOTS, {"k": "1", **content}, {"k": "2"})
    sql(tmp_path / "db", *(f"UPDATE {table} SET {key} = 'new' WHERE {key} = '1'" for table, key in KEYS_OF_SLOTS))
    holds(tmp_path / "db", {"k": "new", **content}, {"k": "2"})


KEYS_OF_SLOTS = (("r", "k"), ("s", "r_id"), ("p", "r_id"))


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_whatever_a_key_spells(name: str, tmp_path: Path) -> None:
    others: Any = {"k": "other", "p": {other: {"t": "o", "by": other} for other in HOSTILE}}
    content = {"s": [{"t": "a", "by": 1}], "p": {name: {"t": "b", "by": 2}, f"{name}\\": {"t": "c", "by": 3}}, "x": 1}
    filled(tmp_path / "db", SLOTS, {"k": "1", **content}, others)
    with closing(sqlite3.connect(tmp_path / "db")) as connection, connection:
        for table, key in KEYS_OF_SLOTS:
            connection.execute(f"UPDATE {table} SET {key} = ? WHERE {key} = '1'", [f"new {name}"])
        connection.execute("UPDATE p SET name = name || ? WHERE r_id = 'other' AND name <> ''", [name])
    renamed = {o + name if o else o: v for o, v in others["p"].items()}
    holds(tmp_path / "db", {"k": f"new {name}", **content}, {"k": "other", "p": renamed})


def test_a_composite_key_that_changes(tmp_path: Path) -> None:
    filled(tmp_path / "db", ROOTS, *({"k": f"{n}", "org": "o", "kind": "AB"[n % 2], "by": n} for n in range(30)))
    sql(tmp_path / "db", "UPDATE b SET org = org || k", "UPDATE a SET id = id + 100")
    holds(
        tmp_path / "db",
        *({"k": f"{n}", "org": f"o{n}" if n % 2 else "o", "kind": "AB"[n % 2], "by": n} for n in range(30)),
    )


# -- rows that go, and others that come in their place ------------------------------------------------------------

Change = Callable[[str], tuple[str, ...]]
TAKE_THE_PLACE: dict[str, tuple[str, ...]] = {
    "delete and insert": ("DELETE FROM r", "INSERT INTO r (k) VALUES ('1')"),
    "replace": ("REPLACE INTO r (k) VALUES ('1')",),
    "insert or replace": ("INSERT OR REPLACE INTO r (k) VALUES ('1')",),
    "update onto it": (
        "INSERT INTO r (k) VALUES ('9')", "DELETE FROM r WHERE k = '1'", "UPDATE r SET k = '1' WHERE k = '9'",
    ),
    "update or replace": ("INSERT INTO r (k) VALUES ('9')", "UPDATE OR REPLACE r SET k = '1' WHERE k = '9'"),
}  # fmt: skip


@pytest.mark.parametrize("statements", TAKE_THE_PLACE.values(), ids=TAKE_THE_PLACE)
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_a_row_in_the_place_of_another_has_nothing_of_it(
    statements: tuple[str, ...], recursive: str, tmp_path: Path
) -> None:
    filled(tmp_path / "db", SLOTS, {"k": "1", "old": 1})
    sql(tmp_path / "db", *statements, pragmas=("foreign_keys = OFF", f"recursive_triggers = {recursive}"))
    holds(tmp_path / "db", {"k": "1"})


def test_an_id_that_is_used_again(tmp_path: Path) -> None:
    filled(tmp_path / "db", LIST, {"k": "1", "l": [{"t": "a", "old": 1}, {"t": "b", "keep": 2}]})
    sql(
        tmp_path / "db",
        "REPLACE INTO l (id, r_id, t) VALUES (1, 1, 'new')",
        "DELETE FROM l WHERE id = 2", "INSERT INTO l (id, r_id, t) VALUES (2, 1, 'other')",
    )  # fmt: skip
    holds(tmp_path / "db", {"k": "1", "l": [{"t": "new"}, {"t": "other"}]})


def test_what_a_row_leaves_that_goes_without_a_word_comes_back_never(tmp_path: Path) -> None:
    """REPLACE lets the row of another unique value go, and no trigger fires."""
    filled(tmp_path / "db", LIST, {"k": "1", "alias": "x", "old": 1})
    sql(tmp_path / "db", "INSERT OR REPLACE INTO r (id, k, alias) VALUES (7, '2', 'x')")
    assert sql(tmp_path / "db", 'SELECT "row" FROM m_note') == [(1,)]
    sql(tmp_path / "db", "INSERT INTO r (id, k) VALUES (1, '3')", "UPDATE r SET id = 99 WHERE id = 7")
    holds(tmp_path / "db", {"k": "2", "alias": "x"}, {"k": "3"})
    sql(tmp_path / "db", 'INSERT INTO m_note ("table", "row", body) VALUES (\'r\', 1000, \'{"rest":{"old":1}}\')')
    with open_store(tmp_path / "db") as store:
        maintain(store)
    assert sql(tmp_path / "db", "SELECT * FROM m_note") == []


@pytest.mark.parametrize("text", [LIST, SLOTS, ROOTS], ids=["list", "slots", "roots"])
@pytest.mark.parametrize("foreign_keys", ["ON", "OFF"])
def test_notes_go_with_their_rows(text: str, foreign_keys: str, tmp_path: Path) -> None:
    content = {"l": [{"t": "a", "keep": 1, "w": [{"keep": 1}]}], "s": [{"by": 1}], "p": {"x": {"by": 1}}, "o": 1}
    filled(tmp_path / "db", text, *({"k": key, "org": key, "kind": kind, **content} for key, kind in ("1A", "2B")))
    assert sql(tmp_path / "db", "SELECT count(*) FROM m_note") != [(0,)]
    tables = [table.name for table in compiled(text).tables]
    pragma = f"foreign_keys = {foreign_keys}"
    deletes = [f"DELETE FROM {name}" for name in (tables if foreign_keys == "OFF" else tables[:1])]
    sql(tmp_path / "db", *deletes, *(f"DELETE FROM {name}" for name in tables[1:2] if name == "b"), pragmas=[pragma])
    assert sql(tmp_path / "db", "SELECT * FROM m_note") == []


# -- a database as a whole --------------------------------------------------------------------------------------


def test_a_vacuum_changes_nothing(tmp_path: Path) -> None:
    document = {"k": "1", "s": [{"t": "a", "by": 1}, {"t": "b", "by": 2}], "keep": 1}
    filled(tmp_path / "db", SLOTS, {"k": "0"}, document, {"k": "2", "keep": 2})
    sql(tmp_path / "db", "DELETE FROM r WHERE k = '0'", "VACUUM")
    holds(tmp_path / "db", document, {"k": "2", "keep": 2})


@pytest.mark.parametrize("text", [LIST, SLOTS, ROOTS], ids=["list", "slots", "roots"])
def test_a_database_that_is_dumped_and_made_again(text: str, tmp_path: Path) -> None:
    documents = [{"k": key, "org": key, "kind": kind, "l": [{"t": "a", "by": 1}], "o": 1} for key, kind in ("1A", "2B")]
    filled(tmp_path / "db", text, *documents)
    with closing(sqlite3.connect(tmp_path / "db")) as old, closing(sqlite3.connect(tmp_path / "new")) as new:
        new.executescript("\n".join(old.iterdump()))
        new.execute("PRAGMA user_version = 1")
    holds(tmp_path / "new", *documents)


def test_a_load_makes_no_trigger_later_where_there_are_notes(tmp_path: Path) -> None:
    filled(tmp_path / "db", SLOTS)
    note = 'INSERT INTO m_note ("table", "row", body) VALUES (\'r\', \'["1"]\', \'{"rest":{"old":1}}\')'
    sql(tmp_path / "db", note)
    with open_store(tmp_path / "db") as store:
        store.import_([{"k": "1"}, {"k": "2", "new": 1}])
    holds(tmp_path / "db", {"k": "1"}, {"k": "2", "new": 1})


def test_the_complement_shows_notes_by_document(tmp_path: Path) -> None:
    filled(tmp_path / "db", LIST, {"k": "one", "l": [{"t": "a", "w": [{"t": 5}]}]}, {"a": 1, "k": "two"})
    shape = shape_id('{"order":[[[],["a","k"]]]}')
    assert sql(tmp_path / "db", "SELECT * FROM m_complement ORDER BY document") == [
        ("one", "w", 1, None, '{"override":{"t":["5",5]}}'), ("two", "r", 2, shape, '{"rest":{"a":1}}'),
    ]  # fmt: skip


@pytest.mark.parametrize("name", [*HOSTILE, "\n\r\t\b\f\v\x7f\x1f", "ä\ufffd\U0010ffff\ue000"], ids=ascii)
def test_the_complement_calls_a_row_as_json_spells_its_key(name: str, tmp_path: Path) -> None:
    text = SLOTS.replace(
        "{name: {key: each}, t: text}", "{name: {key: each}, t: text, b: {type: base64, required: true}}"
    )
    filled(
        tmp_path / "db", text.replace("r_id, name", "r_id, b, name"), {"k": name, "p": {name: {"t": 5, "b": "AP8="}}}
    )
    key = json.dumps([name, "00ff", name])
    assert sql(tmp_path / "db", 'SELECT document, "table", "row" FROM m_complement') == [(name, "p", key)]


# -- names of rows ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("type_", ["text", "integer", "real", "base64"])
@pytest.mark.parametrize("constraints", ["declared", "all"])
def test_two_keys_have_two_names_and_a_key_has_one(type_: str, constraints: str) -> None:
    """Whatever types SQL puts there; values that a key takes for one have one name."""
    columns = f"{{name: {{type: {type_}, required: true}}, place: {{position: true}}}}"
    text = SLOTS.replace("p.*", "p[*]").replace("{name: {key: each}, t: text}", columns)
    plan = compiled(f"constraints: {constraints}\n{text}")
    table = plan.table("p")
    values: list[Any] = [*HOSTILE, 0, 1, -1, 2**62, -(2**63), 0.1, 1.5, 1e300, -1e-300, 5e-324, float("inf"), b"", b"a"]
    values += [b"1", "null", "1.5", b"\0", 'x"00"', "Inf", 0.1 + 0.2, 0.3, "a', 'b", '", "', '""', "X'61'"]
    values += ["nul\0byte", "nul"] if type_ == "text" else []
    with closing(sqlite3.connect(":memory:")) as connection:
        for statement in ddl(plan, SQLITE):
            if statement.name == "p":
                connection.execute(statement.sql)
        for pair in ((a, b) for a in values for b in values):
            with suppress(sqlite3.IntegrityError):  # what the table forbids, as text in a column of numbers
                connection.execute("INSERT OR IGNORE INTO p (r_id, name, place) VALUES (?, ?, 0)", pair)
        name = row_name(table, "p.{}".format, plan, SQLITE)
        ((rows, names),) = connection.execute(f"SELECT count(*), count(DISTINCT {name}) FROM p").fetchall()
        assert rows == names > (600 if constraints == "declared" else 100)
        given = row_name(table, "k.{}".format, plan, SQLITE)
        same = f"SELECT {given} FROM (SELECT ? AS r_id, ? AS name) AS k"
        for *pair, stored in connection.execute(f"SELECT r_id, name, {name} FROM p").fetchall()[::7]:
            assert connection.execute(same, pair).fetchall() == [(stored,)]


def test_a_plain_key_is_named_as_json_spells_it() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        name = row_name(compiled(SLOTS).table("s"), "k.{}".format, compiled(SLOTS), SQLITE)
        found = connection.execute(f"""SELECT {name} FROM (SELECT 'a\\ "b' AS r_id, 5 AS place) AS k""").fetchall()
    assert found == [(json.dumps(['a\\ "b', 5]),)]


def test_a_note_is_found_by_the_key_of_the_table_of_notes() -> None:
    from docrel.sql import Dml

    for text in (LIST, SLOTS, ROOTS):
        plan = compiled(text)
        with closing(sqlite3.connect(":memory:")) as connection:
            for statement in ddl(plan, SQLITE):
                connection.execute(statement.sql)
            for found in Dml(plan, SQLITE).select_notes.values():
                for select, times in found:
                    steps = connection.execute(f"EXPLAIN QUERY PLAN {select}", [1] * select.count("?")).fetchall()
                    looked_up = [
                        step for *_, step in steps if step.startswith("SEARCH n USING PRIMARY KEY (table=? AND row=?)")
                    ]
                    assert len(looked_up) == times


@pytest.mark.parametrize("name", DIALECTS)
def test_every_dialect_spells_names_of_rows(name: str) -> None:
    plan = compiled(SLOTS)
    for table in plan.tables:
        assert row_name(table, DIALECTS[name].quote_identifier, plan, DIALECTS[name]).startswith("'['")
