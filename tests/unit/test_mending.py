"""Mending: what is below no document goes, what was dropped comes again, and no document changes."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from docrel import compile, spec
from docrel.cli import main
from docrel.diagnostics import StoreError
from docrel.store import backups, open_store
from docrel.upkeep import mend, validate

MAPPING = """
mapping: shop
document: {key: number}
tables:
  orders:
    row: order
    columns: {number: {required: true, unique: true}, more: {rest: true}}
    indexes: {by_number: [number]}
    tables:
      lines:
        each: lines[*]
        columns: {sku: text}
        tables: {tags: {each: 'tags.*', columns: {name: {key: each}, value: {from: '@'}}}}
      comments:
        each: comments[*]
        repeat: replies[*]
        row: comment
        columns: {author: text}
"""
OTHER_TRIGGER = """
DROP TRIGGER _docrel_tags_delete;
CREATE TRIGGER _docrel_tags_delete AFTER DELETE ON tags BEGIN SELECT 1; END;
"""


def order(number: str) -> dict[str, Any]:
    replies = [{"author": "bo", "replies": [{"author": "cy"}]}]
    lines = [{"sku": "s", "tags": {"a": "1"}, "odd": 1}]
    return {"number": number, "lines": lines, "comments": [{"author": "al", "replies": replies}]}


@pytest.fixture
def db(tmp_path: Path) -> Path:
    with open_store(tmp_path / "shop.db", compile.compile(spec.loads(MAPPING))) as store:
        for number in "ab":
            store.put(order(number))
    return tmp_path / "shop.db"


def edit(db: Path, script: str) -> None:
    with closing(sqlite3.connect(db)) as connection:
        connection.executescript(script)


def doctor(db: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["doctor", "--db", str(db), *options])


def readable(db: Path) -> dict[str, Any]:
    """Return the documents, but those that SQL has left so that nobody can read them."""
    found = {}
    with open_store(db) as store:
        for key in list(store.keys()):
            with suppress(StoreError):
                found[key] = store.get(key)
    return found


def is_sound(db: Path) -> bool:
    with open_store(db) as store:
        return all(check.ok for check in validate(store))


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("DELETE FROM orders WHERE number = 'a'", ["1 row of lines", "1 row of tags", "3 rows of comments"]),
        ("DELETE FROM lines WHERE id = 1", ["1 row of tags"]),
        ("DELETE FROM comments WHERE author = 'al' AND order_id = 1", ["2 rows of comments"]),
        ("UPDATE lines SET order_id = 99 WHERE id = 1", ["1 row of lines", "1 row of tags"]),
        ("DROP INDEX by_number", ["index by_number was missing"]),
        ("DROP TRIGGER _docrel_lines_delete; DELETE FROM lines WHERE id = 1", ["trigger", "1 note"]),
        (OTHER_TRIGGER, ["trigger _docrel_tags_delete"]),
        ("DROP VIEW shop_complement", ["view shop_complement was missing"]),
    ],
)
def test_it_mends_this(db: Path, script: str, told: list[str]) -> None:
    edit(db, script)
    assert not is_sound(db)
    before = readable(db)
    done = doctor(db, "--fix")
    assert done.exit_code == 0, done.output
    assert all(f"mended: {words}" in done.output or words in done.output for words in told)
    assert is_sound(db)
    assert before.items() <= readable(db).items()
    assert [path.name for path in backups(db) if "mend" in path.name]


def test_documents_that_can_be_read_again_are_named(db: Path) -> None:
    edit(db, "DELETE FROM comments WHERE author = 'al' AND order_id = 2")
    assert readable(db).keys() == {"a"}
    done = doctor(db, "--fix")
    assert "mended: 2 rows of comments removed, as the row above was gone" in done.output
    assert "mended: 1 document can be read again, without such rows: 'b'" in done.output
    assert readable(db).keys() == {"a", "b"}


REFERRING = """
mapping: shop
document: {key: number}
tables:
  orders:
    columns: {number: {required: true, unique: true}, of: {type: text, references: lines.sku}}
    tables: {lines: {each: 'lines[*]', columns: {sku: {type: text, unique: true}}}}
"""


def test_what_documents_refer_to_stays_and_is_named(tmp_path: Path) -> None:
    db = tmp_path / "shop.db"
    with open_store(db, compile.compile(spec.loads(REFERRING))) as store:
        store.put({"number": "a", "lines": [{"sku": "s"}, {"sku": "t"}]})
        store.put({"number": "b", "of": "t"})
    edit(db, "DELETE FROM orders WHERE number = 'a'")
    done = doctor(db, "--fix")
    assert done.exit_code == 1 and "mended: 1 row of lines removed, as the row above was gone" in done.output
    assert "Table 'lines', row 2, lies below no document" in done.output
    assert readable(db) == {"b": {"number": "b", "of": "t"}}
    edit(db, "UPDATE orders SET of = NULL")
    assert doctor(db, "--fix").exit_code == 0 and is_sound(db)


def test_nothing_to_mend_leaves_no_backup(db: Path) -> None:
    assert "there was nothing to mend" in doctor(db, "--fix").output
    assert backups(db) == []


def test_without_the_option_nothing_changes(db: Path) -> None:
    edit(db, "DELETE FROM orders WHERE number = 'a'")
    kept = db.read_bytes()
    done = doctor(db)
    assert done.exit_code == 1 and "doctor --db" in done.output and "--fix` removes" in done.output
    assert db.read_bytes() == kept


def test_what_needs_a_person_stays_and_is_named(db: Path) -> None:
    edit(db, "DROP INDEX by_number; CREATE TABLE other (x)")
    edit(db, "PRAGMA writable_schema = ON; UPDATE lines SET sku = CAST(x'ff' AS TEXT) WHERE id = 1")
    with open_store(db) as store:
        done, backup = mend(store)
    assert done == ["index by_number was missing, and is made"] and backup is not None
    found = json.loads(CliRunner().invoke(main, ["--format", "json", "doctor", "--db", str(db)]).stdout)
    assert not found["good"]
    with closing(sqlite3.connect(db)) as connection:
        assert connection.execute("SELECT count(*) FROM other").fetchone() == (0,)


def test_import_says_of_a_new_database_what_other_programs_have_to_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("m.yaml").write_text(MAPPING)
    Path("flat.yaml").write_text(MAPPING.partition("    tables:")[0])
    Path("d.json").write_text(json.dumps(order("a")))

    def told(*arguments: str) -> int:
        done = CliRunner().invoke(main, ["import", "d.json", *arguments])
        assert done.exit_code == 0, done.output
        return done.stderr.count("say `PRAGMA foreign_keys = ON` before you delete rows, else rows of lines stay")

    assert told("--db", "new.db", "--mapping", "m.yaml", "--dry-run") == 0
    assert told("--db", "new.db", "--mapping", "m.yaml") == 1
    assert told("--db", "new.db") == 0
    assert told("--db", "flat.db", "--mapping", "flat.yaml") == 0


def test_a_cell_that_a_rule_forbids_is_no_damage_and_no_hindrance(db: Path) -> None:
    edit(
        db,
        "PRAGMA ignore_check_constraints = ON; UPDATE orders SET more = '[' WHERE number = 'b'; DROP INDEX by_number",
    )
    done = doctor(db, "--fix")
    assert "mended: index by_number was missing" in done.output
    assert "restore" not in done.output and "column more" in done.output
    assert CliRunner().invoke(main, ["backup", "--db", str(db)]).exit_code == 0


def test_what_is_missing_of_one_kind_is_one_finding(db: Path) -> None:
    with closing(sqlite3.connect(db)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")]
    edit(db, "".join(f"DROP TRIGGER {name};" for name in names) + "DROP INDEX by_number")
    lines = [line for line in doctor(db).output.splitlines() if line.startswith("❌") and "issing" in line]
    assert len(names) > 8 and len(lines) == 2
