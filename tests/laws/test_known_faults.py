"""Faults that random mappings and edits once showed, each in its smallest form.

An edit by SQL that a document can say must show (`shows`); one that no document can say, a constraint forbids or
reading refuses, by name, while every other document stays readable (`is_not_said`).
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from edited_database import CLOCK, EditedDatabase, Refused, owed

from docrel import compile, spec
from docrel.diagnostics import DocrelError, DocumentError, MappingError, StoreError
from docrel.migrate import applying
from docrel.plan import Plan
from docrel.store import open_store
from docrel.values import jsontext

BESIDE = {"name": "beside"}
KEY = {"required": True, "unique": True}


def library(columns: Any = (), tables: Any = (), **more: Any) -> Plan:
    """Return a plan with one root table, whose documents are called by their `name`."""
    shelf = {"row": "shelf", "columns": {"name": KEY, **dict(columns)}, "tables": dict(tables), **more}
    return plan_of({"shelves": shelf})


def plan_of(tables: Any, version: int = 1) -> Plan:
    mapping = {"mapping": "library", "version": version, "document": {"key": "name"}, "tables": tables}
    return compile.compile(spec.loads(json.dumps(mapping)))


def edited(folder: Path, plan: Plan, documents: list[Any], *sql: str, foreign_keys: bool = True) -> Any:
    """Return the documents after an edit, None where the database forbids it."""
    database = EditedDatabase(folder / "library.db", plan)
    database.put(documents)
    return database.documents() if database.edit(*sql, foreign_keys=foreign_keys) else None


def shows(folder: Path, plan: Plan, documents: list[Any], *sql: str, wanted: list[Any]) -> None:
    """Check that the documents are these after an edit, members in this order."""
    found = edited(folder, plan, documents, *sql)
    assert isinstance(found, dict), found
    assert sorted(map(jsontext.dumps, found.values())) == sorted(map(jsontext.dumps, wanted))


def is_not_said(
    folder: Path, plan: Plan, document: Any, *sql: str, beside: Any = BESIDE, foreign_keys: bool = True
) -> None:
    """Check that a document is as it was, for the database forbids the edit; or is refused, and no other is."""
    found = edited(folder, plan, [document, beside], *sql, foreign_keys=foreign_keys)
    if found is not None:
        assert isinstance(found, Refused), found
        assert list(map(jsontext.dumps, found.readable.values())) == [jsontext.dumps(beside)]
        assert any(table.name in found.words for table in plan.tables), found.words


# -- a key is one value everywhere --------------------------------------------------------------------------------

KINDS = plan_of(
    {
        "members": {"when": {"kind": "member"}, "columns": {"name": KEY}},
        "clubs": {"when": {"kind": "club"}, "columns": {"name": KEY}, "primary_key": ["name"]},
    }
)


def test_roots_with_keys_of_two_kinds_keep_their_notes_in_a_scan(tmp_path: Path) -> None:
    members = [{"name": f"m{n}", "kind": "member", "joined": n} for n in range(12)]
    clubs = [{"name": f"c{n}", "kind": "club", "founded": n} for n in range(12)]
    shows(tmp_path, KINDS, members + clubs, wanted=members + clubs)


def test_a_key_of_two_columns_tells_documents_apart(tmp_path: Path) -> None:
    plan = library({"town": {"required": True}}, primary_key=["town", "name"])
    first, second = {"town": "Ulm", "name": "a", "n": 1}, {"town": "Ulm", "name": "b", "n": 2}
    database = EditedDatabase(tmp_path / "library.db", plan)
    database.put([first, second, second | {"n": 3}])
    assert database.documents() == {"a": first, "b": second | {"n": 3}}


@pytest.mark.parametrize(("one", "other"), [("\udc80", "?"), ("a\ud800", "a\ufffd"), ("x\0", "x")])
def test_keys_that_only_encode_alike_are_two(tmp_path: Path, one: str, other: str) -> None:
    with open_store(tmp_path / "library.db", library()) as store:
        kept = []
        for document in ({"name": one, "n": 1}, {"name": other, "n": 2}):
            try:
                store.put(document)
                kept.append(document)
            except DocumentError:
                continue
        assert list(dict(store.scan()).values()) == kept


def test_one_key_in_two_root_tables_is_refused(tmp_path: Path) -> None:
    beside = BESIDE | {"kind": "club"}
    is_not_said(
        tmp_path,
        KINDS,
        {"name": "x", "kind": "member"},
        "INSERT INTO clubs (name) VALUES ('x')",
        beside=beside,
    )


def test_a_document_is_itself_where_order_is_forgotten(tmp_path: Path) -> None:
    books = {"each": "books[*]", "columns": {"isbn": KEY}}
    loans = {"each": "loans[*]", "columns": {"isbn": {"references": "books.isbn"}}}
    mapping = {"mapping": "library", "document": {"key": "name", "forget": ["key-order"]}}
    shelves = {"columns": {"name": KEY, "wood": "text"}, "tables": {"books": books, "loans": loans}}
    plan = compile.compile(spec.loads(json.dumps({**mapping, "tables": {"shelves": shelves}})))
    with open_store(tmp_path / "library.db", plan) as store:
        report = store.import_([b'{"wood": "oak", "name": "a"}'] * 2)
        assert (report.inserted, report.unchanged, report.refused) == (1, 1, 0)


# -- notes belong to their row ------------------------------------------------------------------------------------

BOOKS = library(tables={"books": {"each": "books[*]", "columns": {"title": "text"}}})
PLACES = {"place": {"position": True}, "title": "text"}
PLACED = library(tables={"books": {"each": "books[*]", "columns": PLACES, "primary_key": ["shelf_id", "place"]}})
NAMED = library(primary_key=["name"])
ANN, BOB = {"title": "A", "lent": "ann"}, {"title": "B", "lent": "bob"}


def test_a_note_goes_with_its_row_when_positions_shift(tmp_path: Path) -> None:
    shift = "DELETE FROM books WHERE place = 0", "UPDATE books SET place = place - 1"
    shows(tmp_path, PLACED, [{"name": "a", "books": [ANN, BOB]}], *shift, wanted=[{"name": "a", "books": [BOB]}])


def test_a_note_goes_with_its_row_when_two_rows_change_places(tmp_path: Path) -> None:
    swap = [f"UPDATE books SET place = {new} WHERE place = {old}" for old, new in ((0, -1), (1, 0), (-1, 1))]
    shows(tmp_path, PLACED, [{"name": "a", "books": [ANN, BOB]}], *swap, wanted=[{"name": "a", "books": [BOB, ANN]}])


def test_a_note_goes_with_a_document_that_is_renamed(tmp_path: Path) -> None:
    rename = "UPDATE shelves SET name = 'b'"
    shows(tmp_path, NAMED, [{"name": "a", "wood": ["oak"]}], rename, wanted=[{"name": "b", "wood": ["oak"]}])


def test_a_note_goes_with_a_row_to_another_document(tmp_path: Path) -> None:
    documents = [{"name": "a", "books": [ANN]}, {"name": "b"}]
    move = "UPDATE books SET shelf_id = (SELECT id FROM shelves WHERE name = 'b')"
    shows(tmp_path, BOOKS, documents, move, wanted=[{"name": "a"}, {"name": "b", "books": [ANN]}])


@pytest.mark.parametrize("foreign_keys", [True, False])
def test_a_note_ends_with_its_row(tmp_path: Path, foreign_keys: bool) -> None:
    again = "DELETE FROM shelves", "INSERT INTO shelves (name) VALUES ('a')"
    found = edited(tmp_path, NAMED, [{"name": "a", "wood": ["oak"]}], *again, foreign_keys=foreign_keys)
    assert found == {"a": {"name": "a"}}


def test_a_note_ends_with_a_row_that_is_replaced(tmp_path: Path) -> None:
    replace = "REPLACE INTO shelves (name) VALUES ('a')"
    shows(tmp_path, NAMED, [{"name": "a", "wood": ["oak"]}], replace, wanted=[{"name": "a"}])


def test_a_note_goes_with_a_row_whose_id_changes(tmp_path: Path) -> None:
    document = {"name": "a", "books": [ANN]}
    shows(tmp_path, BOOKS, [document], "UPDATE books SET id = 99", wanted=[document])


# -- rebuild is injective or refuses ------------------------------------------------------------------------------

MAP = {"each": "books.*", "columns": {"code": {"key": "each"}, "title": "text"}}
CODED = library({"origin": {"from": "books.origin"}}, {"books": MAP})
LAMP = library(tables={"lamps": {"each": "lamp", "columns": {"watts": "text"}}})
BOXES = library(tables={"boxes": {"each": "boxes[*]", "repeat": "boxes[*]", "columns": {"label": "text"}}})
OWNER = library({"owner": "text", "owner_town": {"from": "owner.town"}})
IN_ORDER = library(tables={"books": {"each": "books[*]", "columns": PLACES}})
REST = library({"more": {"rest": True}})
TWO_BOOKS = {"name": "a", "books": {"x": {"title": "X"}, "y": {"title": "Y"}}}


def test_two_rows_for_one_member(tmp_path: Path) -> None:
    is_not_said(tmp_path, CODED, TWO_BOOKS, "UPDATE books SET code = 'x'")


def test_a_row_renamed_to_the_member_of_a_column(tmp_path: Path) -> None:
    document = {"name": "a", "books": {"x": {"title": "X"}, "origin": "gift"}}
    is_not_said(tmp_path, CODED, document, "UPDATE books SET code = 'origin'")


def test_two_rows_for_one_object(tmp_path: Path) -> None:
    document = {"name": "a", "lamp": {"watts": "5"}}
    second = "INSERT INTO lamps (shelf_id, watts) SELECT shelf_id, '9' FROM lamps"
    is_not_said(tmp_path, LAMP, document, second)


def test_a_row_below_itself(tmp_path: Path) -> None:
    document = {"name": "a", "boxes": [{"label": "x"}]}
    is_not_said(tmp_path, BOXES, document, "UPDATE boxes SET parent_boxes_id = id")


def test_two_rows_below_each_other(tmp_path: Path) -> None:
    document = {"name": "a", "boxes": [{"label": "x", "boxes": [{"label": "y"}]}]}
    circle = "UPDATE boxes SET parent_boxes_id = (SELECT id FROM boxes WHERE label = 'y') WHERE label = 'x'"
    is_not_said(tmp_path, BOXES, document, circle)


def test_a_scalar_and_an_object_at_one_place(tmp_path: Path) -> None:
    is_not_said(
        tmp_path, OWNER, {"name": "a", "owner": "Eve"}, "UPDATE shelves SET owner_town = 'Ulm' WHERE owner = 'Eve'"
    )


def test_a_row_without_a_position_hides_no_document(tmp_path: Path) -> None:
    row = "INSERT INTO books (shelf_id, title) SELECT id, 'B' FROM shelves WHERE name = 'a'"
    found = edited(tmp_path, IN_ORDER, [{"name": "a", "books": [{"title": "A"}]}, BESIDE], row)
    if isinstance(found, Refused):
        assert found.readable == {"beside": BESIDE}
    elif found is not None:
        assert found == {"a": {"name": "a", "books": [{"title": "A"}, {"title": "B"}]}, "beside": BESIDE}


@pytest.mark.parametrize("value", ["'5'", "'[1]'", "'null'", "'{'", "5"])
def test_a_rest_that_is_no_object(tmp_path: Path, value: str) -> None:
    is_not_said(tmp_path, REST, {"name": "a", "wood": "oak"}, f"UPDATE shelves SET more = {value} WHERE name = 'a'")


def test_a_migration_drops_no_row(tmp_path: Path) -> None:
    database = EditedDatabase(tmp_path / "library.db", CODED)
    database.put([TWO_BOOKS])
    if not database.edit("UPDATE books SET code = 'x'"):
        return
    retyped = {**MAP, "columns": {"code": {"key": "each"}, "title": "json"}}
    shelves = {
        "row": "shelf",
        "columns": {"name": KEY, "origin": {"from": "books.origin"}},
        "tables": {"books": retyped},
    }
    with pytest.raises(DocrelError, match="books"):
        applying.apply(database.path, plan_of({"shelves": shelves}, 2), backup=False, clock=lambda: CLOCK)
    assert database.query("SELECT title FROM books ORDER BY title") == [("X",), ("Y",)]


# -- ids and order ------------------------------------------------------------------------------------------------


def test_rows_from_within_others_are_not_lost_by_an_append(tmp_path: Path) -> None:
    boxes = {"each": "boxes[*]", "columns": {"label": "text"}}
    books = {
        "sources": {"loose": {"each": "books[*]"}, "boxed": {"each": "books[*]", "within": "boxes"}},
        "columns": {"title": "text"},
    }
    with open_store(tmp_path / "library.db", library(tables={"boxes": boxes, "books": books})) as store:
        store.put({"name": "a", "boxes": [{"label": "x"}]})
        store.append("a", "$.boxes", {"label": "y", "books": [{"title": "Y"}]})
        assert store.get("a") == {"name": "a", "boxes": [{"label": "x"}, {"label": "y", "books": [{"title": "Y"}]}]}


def test_unique_values_that_change_places(tmp_path: Path) -> None:
    columns = {"title": {"required": True}, "place": {"position": True}}
    books = {
        "each": "books[*]",
        "columns": columns,
        "primary_key": ["shelf_id", "title"],
        "unique": [["shelf_id", "place"]],
    }
    with open_store(tmp_path / "library.db", library(tables={"books": books})) as store:
        for titles in ("abc", "bac", "cab", "ba"):
            document = {"name": "a", "books": [{"title": title} for title in titles]}
            with owed("a put of what a fresh store takes"):
                store.put(document)
            assert store.get("a") == document


def test_a_row_added_to_a_switch_is_last(tmp_path: Path) -> None:
    novels, maps = ({"each": "media[*]", "when": {"kind": k}, "columns": {"title": "text"}} for k in ("novel", "map"))
    media = [{"kind": "map", "title": "0"}, *({"kind": "novel", "title": str(n)} for n in (1, 2, 3))]
    shows(
        tmp_path,
        library(tables={"novels": novels, "maps": maps}),
        [{"name": "a", "media": media}],
        "INSERT INTO maps (shelf_id, title) SELECT shelf_id, 'new' FROM maps",
        wanted=[{"name": "a", "media": [*media, {"title": "new", "kind": "map"}]}],
    )


def test_a_renamed_member_keeps_its_place(tmp_path: Path) -> None:
    books = {"x": {"title": "X"}, "count": 5, "z": {"title": "Z"}}
    renamed = {"X": {"title": "X"}, "count": 5, "z": {"title": "Z"}}
    rename = "UPDATE books SET code = 'X' WHERE code = 'x'"
    shows(
        tmp_path,
        library(tables={"books": MAP}),
        [{"name": "a", "books": books}],
        rename,
        wanted=[{"name": "a", "books": renamed}],
    )


# -- silence has a kind -------------------------------------------------------------------------------------------


def put_back(folder: Path, plan: Plan, documents: list[Any], *sql: str) -> tuple[dict[Any, Any], EditedDatabase]:
    """Return the documents after an edit, each put again as it was read."""
    database = EditedDatabase(folder / "library.db", plan)
    database.put(documents)
    assert database.edit(*sql)
    with database.store() as store:
        for key, document in list(store.scan()):
            store.put(document, key)
    found = database.documents()
    assert isinstance(found, dict), found
    return found, database


CASES = {"cases": [{"then": "open"}]}
WRITTEN = {"value": "open", "written": True}


@pytest.mark.parametrize(
    ("place", "default"),
    [(place, default) for place in ("state", "a.b") for default in ("open", CASES, WRITTEN)]
    + [("flags[0]", "open"), ("flags[0]", WRITTEN)]
    + [("flags[0]", CASES)],
)
def test_what_sql_clears_stays_clear(tmp_path: Path, place: str, default: Any) -> None:
    places: Any = {"state": {"state": "done"}, "flags[0]": {"flags": ["done"]}, "a.b": {"a": {"b": "done"}}}
    plan = library({"state": {"from": place, "default": default}})
    found, database = put_back(tmp_path, plan, [{"name": "a"} | places[place]], "UPDATE shelves SET state = NULL")
    assert "done" not in jsontext.dumps(found["a"])
    assert database.query("SELECT state FROM shelves") == [(None,)]


def test_a_written_default_is_not_the_time(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    default: Any = {"value": "never", "written": True}
    for version in (1, 2):
        shelves = {"columns": {"name": KEY, "dusted": {"default": default}}}
        plan = plan_of({"shelves": shelves}, version)
        if version == 1:
            EditedDatabase(path, plan).put([{"name": "a"}])
            default = {"now": True}
    applying.apply(path, plan, backup=False, clock=lambda: CLOCK)
    assert sqlite3.connect(path).execute("SELECT dusted FROM shelves").fetchall() == [(CLOCK,)]


@pytest.mark.parametrize("value", [1, True, [], "2025-01-01"])
def test_a_member_that_is_gone_does_not_stay_as_the_time(tmp_path: Path, value: Any) -> None:
    database = EditedDatabase(tmp_path / "library.db", library({"dusted": {"default": {"now": True}}}))
    database.put([{"name": "a", "dusted": value}, {"name": "a"}])
    assert database.query("SELECT dusted FROM shelves") == [(CLOCK,)]


@pytest.mark.parametrize("value", ["'five'", "5.5", "x'05'", "9e999"])
def test_a_value_that_the_type_has_not(tmp_path: Path, value: str) -> None:
    plan = library({"width": "integer"})
    is_not_said(tmp_path, plan, {"name": "a", "width": 5}, f"UPDATE shelves SET width = {value} WHERE name = 'a'")


@pytest.mark.parametrize("type_name", ["text", "timestamp", "json", "decimal"])
def test_bytes_are_no_text(tmp_path: Path, type_name: str) -> None:
    plan = library({"label": type_name})
    is_not_said(tmp_path, plan, {"name": "a"}, "UPDATE shelves SET label = x'00ff' WHERE name = 'a'")


# -- every exit has our error -------------------------------------------------------------------------------------


def test_a_broken_reference_refuses_its_document(tmp_path: Path) -> None:
    books = {"each": "books[*]", "columns": {"isbn": KEY}}
    loans = {"each": "loans[*]", "columns": {"isbn": {"references": "books.isbn"}}}
    with open_store(tmp_path / "library.db", library(tables={"books": books, "loans": loans})) as store:
        with pytest.raises(DocumentError, match="D320"):
            store.put({"name": "a", "loans": [{"isbn": "none"}]})
        with owed("an import of which one document is refused"):
            report = store.import_([b'{"name": "a", "loans": [{"isbn": "none"}]}', b'{"name": "b"}'])
        assert (report.inserted, report.refused) == (1, 1)
        assert dict(store.scan()) == {"b": {"name": "b"}}


@pytest.mark.parametrize("depth", [254, 255, 256, 257, 300])
@pytest.mark.parametrize("column", [{}, {"more": {"rest": True}}, {"in": {"type": "json"}}])
def test_a_document_is_kept_or_refused_by_its_depth_alone(tmp_path: Path, depth: int, column: Any) -> None:
    inner: Any = 1
    for _ in range(depth):
        inner = {"in": inner}
    document = {"name": "a", **inner}
    try:
        jsontext.check_value(document)
    except DocumentError:
        return
    with open_store(tmp_path / "library.db", library(column)) as store:
        with owed("a put of what is no deeper than documents may be"):
            store.put(document)
        assert jsontext.same(store.get("a"), document)


@pytest.mark.parametrize("steps", [20, 100, 256, 257])
@pytest.mark.parametrize("more", [{}, {"type": "json"}, {"default": {"now": True}}, {"default": CASES}])
def test_a_selector_of_many_names_is_built_or_refused(tmp_path: Path, steps: int, more: Any) -> None:
    try:
        plan = library({"deep": {"from": ".".join(["in"] * steps), **more}})
    except MappingError:
        assert steps > jsontext.MAX_DEPTH
        return
    document: Any = "x"
    for _ in range(steps):
        document = {"in": document}
    documents: list[Any] = [{"name": "a"}, {"name": "a", **document}]
    with owed("a store by a mapping that check lets pass"), open_store(tmp_path / "library.db", plan) as store:
        for whole in documents:
            store.put(whole)
            assert jsontext.same(store.get("a"), whole)


@pytest.mark.parametrize("sql", ["SELECT (SELECT 1", "DROP TABLE shelves", "", "SELECT 1; SELECT 2"])
def test_a_view_that_is_no_select_is_refused(tmp_path: Path, sql: str) -> None:
    mapping = {"mapping": "library", "tables": {"shelves": {"columns": {"name": KEY}}}, "views": {"seen": sql}}
    with owed("a refusal by name"), pytest.raises((MappingError, StoreError)):
        open_store(tmp_path / "library.db", compile.compile(spec.loads(json.dumps(mapping)))).close()
