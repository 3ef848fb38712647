"""What no document can say: which constraints the tables of a mapping get for it, and what they do not forbid."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from docrel import migrate, spec
from docrel.compile import check, compile, load_plan
from docrel.diff import diff, effect, sentence
from docrel.plan import Plan, dump
from docrel.sql import DIALECTS, SQLITE, difference, schema_of
from docrel.sql.schema import Table
from docrel.store import Store, open_store

HEAD = """
mapping: m
document: {key: k}
tables:
  r:
    row: r
    columns:
      k: {required: true, unique: true}
"""
MAP = HEAD + "    tables:\n      p: {each: p.*, columns: {name: {key: each}, v: text}}\n"


def a_plan(text: str) -> Plan:
    return compile(spec.loads(text))


def a_table(text: str, name: str, dialect: str = "sqlite") -> Table:
    return schema_of(a_plan(text), DIALECTS[dialect]).table(name)


def checks(text: str, name: str) -> list[str]:
    return [check.sql.text for check in a_table(text, name).checks]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "m.db", a_plan(MAP)) as opened:
        yield opened


def test_a_map_has_one_row_for_each_name_and_no_further_index() -> None:
    found = a_table(MAP, "p")
    assert found.uniques == (("r_id", "name"),)
    assert [c.not_null for c in found.columns if c.name == "name"] == [True]
    assert not [index for index in schema_of(a_plan(MAP), SQLITE).indexes if index.table == "p"]


@pytest.mark.parametrize("dialect", ["postgresql", "duckdb"])
def test_other_databases_have_the_constraints_that_all_spell_alike(dialect: str) -> None:
    found = a_table(MAP, "p", dialect)
    assert found.uniques == (("r_id", "name"),)
    assert not found.typed


def test_declared_constraints_are_all_that_there_are() -> None:
    found = a_table(MAP.replace("document:", "constraints: declared\ndocument:"), "p")
    assert (found.uniques, found.checks, found.typed) == ((), (), False)


def test_a_key_that_the_mapping_says_is_not_said_again() -> None:
    text = MAP.replace("v: text}}", "v: text}, unique: [[name, r_id]]}")
    assert a_table(text, "p").uniques == (("name", "r_id"),)


SEVERAL = (
    HEAD
    + """
    tables:
      o: {each: 'o[*]', columns: {x: text}}
      p:
        sources:
          top: {each: p.*}
          inner: {each: p.*, within: o}
        columns: {name: {key: each}, v: text}
"""
)


def test_rows_that_hang_below_several_tables_are_unique_where_a_link_tells_them() -> None:
    """Those of `inner` have a key of `r` too, so that `(r_id, name)` would tell nothing."""
    assert a_table(SEVERAL, "p").uniques == (("o_id", "name"),)


def test_sources_are_told_apart_by_their_edge() -> None:
    text = SEVERAL.replace("within: o", "within: o, when: {a: 1}").replace("v: text", "v: text, by: {edge: true}")
    assert checks(text, "p")[0] == '("by" = \'top\' AND "o_id" IS NULL) OR ("by" = \'inner\' AND "o_id" IS NOT NULL)'


def test_constants_of_sources_are_all_that_their_columns_hold() -> None:
    sources = "sources: {a: {each: a, columns: {kind: {value: A}}}, b: {each: b, columns: {kind: {value: B}}}}"
    text = HEAD + f"    tables:\n      p: {{{sources}, columns: {{kind: text, v: text}}}}\n"
    assert a_table(text, "p").uniques == (("r_id", "kind"),)
    assert checks(text, "p") == ["\"kind\" IN ('A', 'B')"]


def test_a_source_has_nothing_where_it_has_no_place() -> None:
    sources = "sources: {a: {each: a, columns: {v: []}}, b: {each: b.*}}"
    text = (
        HEAD + f"    tables:\n      p: {{{sources}, columns: {{by: {{edge: true}}, name: {{key: each}}, v: text}}}}\n"
    )
    a, b = '"by" = \'a\' AND "name" IS NULL AND "v" IS NULL', '"by" = \'b\' AND "name" IS NOT NULL'
    assert checks(text, "p") == [f"({a}) OR ({b})"]


def test_arrays_have_no_such_key() -> None:
    assert a_table(MAP.replace("p.*", "'p[*]'").replace("name: {key: each}, ", ""), "p").uniques == ()


def test_a_name_that_another_selector_takes_is_no_row_of_a_map() -> None:
    text = MAP.replace("    tables:", "      url: {from: p.url}\n      odd: {from: 'p[\"a?\"]'}\n    tables:")
    assert checks(text, "p") == ["\"name\" <> 'url'"]  # "a?" also stands for names that no database can hold


def test_a_map_of_values_forbids_only_texts_that_no_document_gives() -> None:
    column = "map: {open: active, 'true': yes it is, 'a?': b, both: both}"
    assert checks(HEAD + f"      s: {{{column}}}\n", "r") == ["\"s\" <> 'open'"]
    assert checks(HEAD + f"      s: {{{column}, default: open}}\n", "r") == []


def test_a_scalar_and_an_object_exclude_each_other_where_silence_leaves_both_empty() -> None:
    text = HEAD + "      a: text\n      b: {from: a.b}\n      c: {from: a.c, default: x}\n"
    assert checks(text, "r") == ['"a" IS NULL OR "b" IS NULL']


def test_names_that_no_database_can_hold_and_that_look_alike_do_not_collide(store: Store) -> None:
    names = ["a?", *(f"a{chr(lone)}" for lone in (0xD800, 0xDFFF))]
    document = {"k": "1", "p": {name: {"v": str(n)} for n, name in enumerate(names)}}
    store.put(document)
    assert store.get("1") == document
    assert store.backend.execute("SELECT name, v FROM p") == [("a?", "0")]


@pytest.mark.parametrize("document", [5, None, "x", [], [1], {"a": 1}])
def test_a_document_that_is_no_object_is_not_in_the_rest_column(tmp_path: Path, document: object) -> None:
    plan = a_plan(HEAD + "      more: {rest: true}\n")
    with open_store(tmp_path / "m.db", plan) as opened:
        opened.put(document, "1")
        assert opened.get("1") == document
        is_object = isinstance(document, dict)
        assert opened.backend.execute("SELECT more IS NOT NULL FROM r") == [(int(is_object),)]


def test_names_swap_in_one_put(store: Store) -> None:
    store.put({"k": "1", "p": {"a": {"v": "1"}, "b": {"v": "2"}, "c": {"v": "3"}}})
    swapped = {"k": "1", "p": {"b": {"v": "1"}, "a": {"v": "2"}, "d": {"v": "3"}}}
    store.put(swapped)
    assert store.get("1") == swapped


def test_a_time_is_not_counted_into_a_column_that_holds_none() -> None:
    columns = "      at: text\n      s: integer\n      end: {type: integer, default: {time: at, plus_seconds: s}}\n"
    (found,) = check(spec.loads(HEAD + columns))
    assert (found.code, found.message) == ("M220", "a time does not fit into a column of type integer")


# -- from one to the other ----------------------------------------------------------------------------------------

DECLARED = MAP.replace("document:", "constraints: declared\ndocument:")


def test_a_plan_of_before_has_the_constraints_that_it_says() -> None:
    text = dump(a_plan(DECLARED))
    assert "constraints" not in text
    assert load_plan(text).constraints == "declared"


def test_the_change_is_told() -> None:
    (change,) = diff(a_plan(DECLARED), a_plan(MAP)).changes
    assert effect(change) == "narrowing"
    assert sentence(change) == (
        "constraints of the database: all that documents keep, were those that the mapping says"
    )
    (back,) = diff(a_plan(MAP), a_plan(DECLARED)).changes
    assert effect(back) == "widening"


def test_a_migration_adds_them_and_takes_them_away(tmp_path: Path) -> None:
    path, document = tmp_path / "m.db", {"k": "1", "p": {"a": {"v": "A"}, "b": {"v": "B", "more": 1}}}
    with open_store(path, a_plan(DECLARED)) as opened:
        opened.put(document)
    for plan, back in ((a_plan(MAP), False), (a_plan(DECLARED), True)):
        migrate.apply(path, plan, backup=False, back=back)
        with open_store(path) as opened:
            assert difference(schema_of(plan, SQLITE), opened.backend.catalogue()) == []
            assert opened.get("1") == document


def test_conditions_follow_a_column_that_is_renamed(tmp_path: Path) -> None:
    columns = "      day: date\n      state: {map: {open: active}}\n"
    renamed = columns.replace("day: date", "date: {from: day, type: date, renamed_from: day}")
    path, new = tmp_path / "m.db", a_plan((HEAD + renamed).replace("mapping: m", "mapping: m\nversion: 2"))
    with open_store(path, a_plan(HEAD + columns)) as opened:
        opened.put({"k": "1", "day": "2024-02-03"})
    migrate.apply(path, new, backup=False)
    with open_store(path) as opened:
        assert difference(schema_of(new, SQLITE), opened.backend.catalogue()) == []
    with sqlite3.connect(path) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("UPDATE r SET date = '2024-02-30'")
