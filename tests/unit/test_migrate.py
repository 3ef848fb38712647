"""Migrate: steps as values, and what `apply` does to ids, edits, users' own objects, and refusals."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from versions import DOCUMENTS, V1, edited, plan

from docrel.authoring import edited as promoted
from docrel.authoring import promotion, survey
from docrel.backends import open_backend
from docrel.diagnostics import DocrelError, MappingError
from docrel.diff import diff
from docrel.migrate import apply, lint, prepare
from docrel.migrate.planning import migrate
from docrel.plan import Plan
from docrel.sql import SQLITE
from docrel.store import Book, Store, carried_plan, open_store
from docrel.values import jsontext

OLD = plan(V1)
PRICE = edited(("note: text", "note: text\n      price: real"))
STATE = edited(("      rest: {rest: true}", "      rest: {rest: true}\n      urgent: {type: boolean, default: false}"))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "shop.db"
    with open_store(path, OLD) as store:
        for document in DOCUMENTS:
            store.put(document)
    yield path


def documents(path: Path, plan: Plan | None = None) -> dict[str, str]:
    with open_store(path, plan, create=False) as store:
        return {key: jsontext.dumps(document) for key, document in store.scan()}


def sql(path: Path, text: str, *parameters: Any) -> list[Any]:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        return connection.execute(text, parameters).fetchall()
    finally:
        connection.close()


def fails(code: str, path: Path, new: Plan, **options: Any) -> str:
    before = path.read_bytes()
    with pytest.raises(DocrelError) as caught:
        apply(path, new, backup=False, **options)
    assert {d.code for d in caught.value.diagnostics} == {code}
    assert path.read_bytes() == before, "nothing was changed"
    return str(caught.value)


# -- steps ----------------------------------------------------------------------------------------------


def test_a_plain_column_is_two_lines_of_sql() -> None:
    found = migrate(diff(OLD, STATE), SQLITE)
    assert not found.rewrites and found.guards
    assert [s.sql for s in found.steps] == [
        ('ALTER TABLE "orders" ADD COLUMN "urgent" INTEGER DEFAULT 0 CHECK ("urgent" IN (0, 1))',),
        ("PRAGMA user_version = 2",),
    ]
    assert [s.reverse for s in found.steps] == [
        'ALTER TABLE "orders" DROP COLUMN "urgent"',
        "PRAGMA user_version = 1",
    ]
    assert not any(s.loses for s in found.steps)


def test_what_moves_values_goes_by_documents_and_says_why() -> None:
    found = migrate(diff(OLD, edited(("note: text", "note: {from: remark, type: text}"))), SQLITE)
    assert found.rewrites and "orders.note is from @.remark" in found.why
    (step,) = [s for s in found.steps if s.rewrite]
    assert step.cost == "rewrites every document" and not step.loses


PLAIN_EDITS = [
    ("[open, paid]", "[open, paid, lost]"),
    ("note: text", "remark: {from: note, type: text, renamed_from: note}"),
    ("      lines:\n", "      items:\n        renamed_from: lines\n"),
    ("idx_state: state", "idx_state: [state, note]"),
    ("WHERE state = 'open'", "WHERE state <> 'paid'"),
    (
        "      rest: {rest: true}",
        "      kind: {unsourced: true, type: text, default: web}\n      rest: {rest: true}",
    ),
    ("      note: text\n      rest: {rest: true}", "      rest: {rest: true}\n      note: text"),
]
"""What plain SQL does, each an edit of the mapping's text."""


@pytest.mark.parametrize("edit", PLAIN_EDITS)
def test_a_step_names_the_tables_that_it_makes_touches_and_drops(db: Path, edit: tuple[str, str]) -> None:
    def stored() -> set[tuple[Any, ...]]:
        return set(sql(db, "SELECT tbl_name, type, name, sql, rootpage FROM sqlite_master WHERE type <> 'view'"))

    before = stored()
    for step in migrate(diff(OLD, edited(edit)), SQLITE).steps:
        assert not step.rewrite
        with sqlite3.connect(db, isolation_level=None) as connection:
            for statement in step.sql:
                connection.execute(statement)
        connection.close()
        if {"CREATE TABLE", "ALTER TABLE", "CREATE INDEX"} & {" ".join(s.split()[:2]) for s in step.sql}:
            changed = {row[0] for row in stored() - before}
            assert changed == {*step.touches, *step.makes} - {OLD.notes}
            assert set(step.drops) <= {row[0] for row in before}
        before = stored()


def test_no_word_within_a_rule_is_taken_for_a_step() -> None:
    drops = "      drops: {each: 'drops[*]', columns: {what: {type: text, one_of: [DROP]}}}\n"
    found = migrate(diff(OLD, edited(("      lines:\n", f"{drops}      lines:\n"))), SQLITE)
    assert [s.reason for s in found.steps] == [
        "docrel's own view and triggers go or change", "new table drops", "index drops_orders_id_idx",
        "docrel's own view and triggers, which keep and show notes", "the version",
    ]  # fmt: skip
    assert found.steps[1].makes == ("drops",) and not found.steps[1].drops


def test_a_step_says_what_it_loses() -> None:
    tagged = edited(("note: text", "note: text\n      tag: {unsourced: true, type: text}"), version=1)
    assert [s.loses for s in migrate(diff(tagged, edited()), SQLITE).steps if s.loses] == [
        "what SQL has set in orders.tag"
    ]
    rewritten = migrate(diff(tagged, edited(("note: text", "note: {from: remark, type: text}"))), SQLITE)
    assert [s.loses for s in rewritten.steps if s.rewrite] == ["what SQL has set in orders.tag"]
    free = migrate(
        diff(OLD, edited(("document: {key: number}", "document: {key: number, forget: [key-order]}"))), SQLITE
    )
    assert [s.loses for s in free.steps if s.loses] == ["the order of members, which the new mapping forgets"]


@pytest.mark.parametrize("edit", PLAIN_EDITS)
def test_plain_sql_keeps_documents_and_ids_both_ways(db: Path, edit: tuple[str, str]) -> None:
    new = edited(edit)
    before, ids = documents(db), sql(db, "SELECT id, number FROM orders")
    done = apply(db, new, backup=False)
    assert done is not None and not done.rewritten
    assert documents(db, new) == before
    assert sql(db, "SELECT id, number FROM orders") == ids
    back = apply(db, OLD, back=True, backup=False)
    assert back is not None and documents(db, OLD) == before


# -- data -------------------------------------------------------------------------------------------------


def test_a_document_that_holds_the_new_value_makes_it_go_by_documents(db: Path) -> None:
    before = documents(db)
    done = apply(db, PRICE)
    assert done is not None and done.rewritten and done.documents == 3
    assert sql(db, "SELECT number, price FROM orders ORDER BY 1") == [("a", None), ("b", 1.5), ("c", None)]
    assert sql(db, "SELECT rest FROM orders WHERE number = 'b'") == [(None,)]
    assert documents(db, PRICE) == before
    assert done.backup is not None and documents(done.backup) == before


def test_a_value_beside_the_deepest_is_found_too(tmp_path: Path) -> None:
    old, new = (
        edited(("      rest: {rest: true}", more), version=n) for n, more in ((1, ""), (2, "      price: real"))
    )
    deep: Any = 1
    for _ in range(jsontext.MAX_DEPTH - 1):
        deep = [deep]
    path = tmp_path / "deep.db"
    with open_store(path, old) as store:
        store.put({"number": "a", "price": 1.5, "deep": deep})
    before = documents(path)
    done = apply(path, new)
    assert done is not None and done.rewritten
    assert sql(path, "SELECT price FROM orders") == [(1.5,)]
    assert documents(path, new) == before


def test_ids_rows_edited_by_sql_and_sequences_survive(db: Path) -> None:
    sql(db, "UPDATE orders SET note = 'by SQL' WHERE number = 'a'")
    sql(db, "INSERT INTO lines (order_id, sku) SELECT id, 'late' FROM orders WHERE number = 'a'") if False else None
    sql(db, "INSERT INTO lines (orders_id, sku) SELECT id, 'late' FROM orders WHERE number = 'a'")
    sql(db, "INSERT INTO lines (id, orders_id, sku) VALUES (900, 2, 'gone')")
    sql(db, "DELETE FROM lines WHERE id = 900")
    before, lines = documents(db), sql(db, "SELECT id, orders_id, sku FROM lines ORDER BY id")
    apply(db, PRICE)
    assert documents(db, PRICE) == before and '"note":"by SQL"' in before["a"] and '"late"' in before["a"]
    assert sql(db, "SELECT id, orders_id, sku FROM lines ORDER BY id") == lines
    assert sql(db, "SELECT seq FROM sqlite_sequence WHERE name = 'lines'") == [(900,)]


def test_objects_of_the_users_own_survive(db: Path) -> None:
    sql(db, "CREATE TABLE audit (order_id INTEGER REFERENCES orders(id), what TEXT)")
    sql(db, "INSERT INTO audit VALUES (1, 'seen')")
    sql(db, "CREATE VIEW mine AS SELECT number, note FROM orders")
    sql(db, "CREATE INDEX own_note ON orders (note)")
    sql(db, "CREATE TRIGGER heard AFTER UPDATE ON orders BEGIN INSERT INTO audit VALUES (NEW.id, 'new'); END")
    apply(db, PRICE)
    assert sql(db, "SELECT * FROM mine WHERE number = 'b'") == [("b", "soon")]
    assert sql(db, "SELECT count(*) FROM sqlite_master WHERE name = 'own_note'") == [(1,)]
    assert sql(db, "SELECT * FROM audit") == [(1, "seen")], "the trigger did not fire for the migration"
    assert "REFERENCES orders(id)" in sql(db, "SELECT sql FROM sqlite_master WHERE name = 'audit'")[0][0]
    sql(db, "UPDATE orders SET note = 'x' WHERE number = 'a'")
    assert len(sql(db, "SELECT * FROM audit")) == 2


def test_what_would_not_survive_is_told_before_anything_runs(db: Path) -> None:
    sql(db, "CREATE VIEW mine AS SELECT number, note FROM orders")
    new = edited(("      note: text\n", ""))
    assert "view mine (no such column: note)" in fails("X506", db, new)
    done = apply(db, new, drop_extra=True)
    assert done is not None
    assert sql(db, "SELECT count(*) FROM sqlite_master WHERE name = 'mine'") == [(0,)]
    assert '"note":"soon"' in documents(db, new)["b"]


def test_down_by_history_is_the_identity_on_documents(db: Path) -> None:
    before = documents(db)
    apply(db, PRICE, backup=False)
    backend = open_backend(db)
    earlier = Book(backend).earlier_plan(1)
    assert earlier is not None
    apply(backend, earlier, back=True, backup=False)
    assert [(e.direction, e.from_version, e.to_version, e.documents) for e in Book(backend).history()] == [
        ("up", 1, 2, 3),
        ("down", 2, 1, 3),
    ]
    backend.close()
    assert documents(db, OLD) == before
    assert sql(db, "PRAGMA user_version") == [(1,)]


def test_nothing_to_do(db: Path) -> None:
    assert apply(db, OLD) is None


# -- refusals -----------------------------------------------------------------------------------------------


def test_other_mappings_and_wrong_directions_are_refused(db: Path) -> None:
    fails("X503", db, edited(("mapping: shop", "mapping: store")))
    apply(db, STATE, backup=False)
    assert "docrel migrate down --to 1" in fails("X504", db, OLD)
    fails("X504", db, edited(version=3), back=True)


def test_a_drifted_database_is_refused_with_the_difference(db: Path) -> None:
    sql(db, "DROP INDEX idx_state")
    assert "index idx_state is missing" in fails("X505", db, STATE)


def test_a_rename_of_nothing_is_refused(db: Path) -> None:
    with pytest.raises(MappingError):
        apply(db, edited(("note: text", "remark: {from: note, type: text, renamed_from: nope}")), backup=False)


@pytest.mark.parametrize(
    ("edit", "keys"),
    [
        (("[open, paid]", "[open]"), ["b"]),
        (("note: text", "note: {type: text, required: true}"), ["a", "c"]),
        (("        otherwise: rest\n", ""), ["b"]),
        (("note: text", "note: {type: text, unique: true, default: x}"), ["c"]),
        (
            (
                "    indexes:",
                "    checks: {paid: \"state = 'open' OR note IS NOT NULL OR number = 'c'\"}\n    indexes:",
            ),
            [],
        ),
        (("    indexes:", "    checks: {noted: note IS NOT NULL OR state IS 'open'}\n    indexes:"), ["c"]),
    ],
)
def test_lint_finds_what_apply_would_refuse(db: Path, edit: tuple[str, str], keys: list[str]) -> None:
    new = edited(edit)
    backend = open_backend(db)
    found = lint(backend, OLD, new)
    assert (found.documents, found.refused, found.keys) == (3, len(keys), keys)
    assert len(found.told) >= len(keys) and all(d.help for d in found.told)
    backend.close()
    if keys:
        before = documents(db)
        with pytest.raises(DocrelError):
            apply(db, new, backup=False)
        assert documents(db) == before
    else:
        assert apply(db, new, backup=False) is not None


def test_prepare_writes_nothing(db: Path) -> None:
    before = db.read_bytes()
    backend = open_backend(db)
    assert prepare(backend, PRICE).migration.why == "a row of orders has price in its rest"
    assert not prepare(backend, STATE).migration.rewrites
    backend.close()
    assert db.read_bytes() == before


# -- promote ------------------------------------------------------------------------------------------------


def test_survey_and_promote(db: Path) -> None:
    backend = open_backend(db)
    found = {(k.table, k.path): (k.documents, dict(k.types)) for k in survey(backend, OLD)}
    assert found["orders", ("price",)] == (1, {"real": 1})
    assert found["orders", ("nested", "deep", "er")] == (1, {"integer": 1})
    assert found["orders", ("tags",)] == (1, {"array of text": 1})
    assert found["orders", ("lines",)][0] == 1, "an element that is no row; an empty array leaves nothing"
    price, tags = (promotion(backend, OLD, "orders", (name,)) for name in ("price", "tags"))
    assert price is not None and price.lines == ("price: {from: price, type: real}",)
    assert tags is not None and tags.below == "tables"
    assert promotion(backend, OLD, "orders", ("nothing",)) is None
    text = promoted(V1, OLD, price)
    assert "      rest: {rest: true}\n      price: {from: price, type: real}\n    indexes" in text
    text = promoted(text, OLD, tags)
    new = plan(text)
    assert new.version == 2 and new.table("tags").parent == "orders"
    before = {k: jsontext.dumps(d) for k, d in Store(backend, OLD).scan()}
    apply(backend, new, backup=False)
    assert {k: jsontext.dumps(d) for k, d in Store(backend, new).scan()} == before
    assert sql(db, "SELECT value FROM tags ORDER BY id") == [("t",), ("u",)]
    assert carried_plan(backend) == new
    backend.close()


# -- text becomes a number -----------------------------------------------------------------------------------------

SPELLED = ["9.50", "7", "10.000", "cheap", "1e2", "-0", "007"]
PRICED = "mapping: m\nversion: {}\ntables: {{t: {{columns: {{k: {{required: true, unique: true}}, p: {}}}}}}}\n"


@pytest.mark.parametrize("kind", ["real", "decimal", "integer", "{type: real, scale: 2}"])
def test_texts_that_spell_numbers_become_numbers_and_texts_again(tmp_path: Path, kind: str) -> None:
    held = "SELECT k, p, typeof(p) FROM t ORDER BY k"
    kept = "SELECT document, shape, body FROM m_complement ORDER BY document"
    old, new = plan(PRICED.format(1, "text")), plan(PRICED.format(2, kind))
    path, documents = tmp_path / "db", [{"k": str(n), "p": p} for n, p in enumerate(SPELLED)]
    with open_store(path, old) as store, open_store(":memory:", new) as fresh:
        for document in documents:
            store.put(document)
            fresh.put(document)
        apply(store.backend, new, backup=False)
        wanted = [fresh.backend.execute(query) for query in (held, kept)]
    assert [sql(path, held), sql(path, kept)] == wanted
    with open_store(path) as store:
        assert [document for _, document in store.scan()] == documents
        apply(store.backend, old, back=True, backup=False)
    assert [p for (p,) in sql(path, "SELECT p FROM t ORDER BY k")] == SPELLED
    assert sql(path, kept) == []
