"""Formats: a database of every format that ever was is read, written and migrated; a later one is refused."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from small_mapping import TEXT

from docrel import compile, spec
from docrel.cli import main
from docrel.diagnostics import StoreError
from docrel.migrate import apply
from docrel.migrate.extras import extras_of
from docrel.plan import is_own
from docrel.sql import SQLITE, difference, schema_of
from docrel.store import backups, followed, open_store
from docrel.store.format import FORMAT
from docrel.upkeep import validate
from docrel.values import jsontext

FORMATS = Path(__file__).parents[1] / "formats"
FORMAT_IS = "INSERT OR REPLACE INTO _docrel VALUES ('format', ?)"
OWN = (
    "CREATE TABLE _docrel_note (a)", "CREATE INDEX _docrel_note_idx ON _docrel_note (a)",
    "CREATE INDEX _DOCREL_goals ON projects (goal)", "CREATE VIEW _docrel_view AS SELECT 1",
    "CREATE TRIGGER _docrel_kept AFTER DELETE ON projects BEGIN SELECT 1; END",
)  # fmt: skip
"""What a docrel might keep beside the mapped tables."""
Kept = tuple[Path, list[Any], int]
PROJECT: dict[str, Any] = {"plan": {"meta": {"name": "alpha"}}, "odd": [1.0, None]}


def sql(path: Path, statement: str, *parameters: Any) -> list[Any]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        return connection.execute(statement, parameters).fetchall()


def run(*arguments: str, status: int = 0) -> str:
    done = CliRunner().invoke(main, list(arguments))
    assert done.exit_code == status, (done.output, done.exception)
    return done.output


@pytest.fixture(params=[path.stem for path in sorted(FORMATS.glob("*.sql"))])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Kept:
    """Return a database of a format, as a docrel of its time wrote it, its documents and the format."""
    path = tmp_path / "kept.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((FORMATS / f"{request.param}.sql").read_text(encoding="utf-8"))
    lines = (FORMATS / f"{request.param}.jsonl").read_bytes().splitlines()
    return path, [jsontext.loads(line) for line in lines], int(request.param)


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """Return a database that is made now."""
    with open_store(tmp_path / "new.db", compile.compile(spec.loads(TEXT))) as store:
        store.put(PROJECT)
    return tmp_path / "new.db"


def test_a_database_of_each_format_is_kept() -> None:
    numbers = {str(number) for number in range(1, FORMAT + 1)}
    assert {path.stem for path in FORMATS.glob("*.sql")} == numbers
    listed = (Path(__file__).parents[2] / "docs/formats.md").read_text(encoding="utf-8")
    assert all(f"\n| {number} | " in listed for number in numbers)


def test_it_is_read_and_sound(kept: Kept) -> None:
    path, documents, number = kept
    with open_store(path) as store:
        assert [document for _, document in store.scan()] == documents
        assert [jsontext.loads(line) for line in store.export()] == documents
        assert all(check.ok for check in validate(store))
        assert store.book.format() == number


def test_it_is_written(kept: Kept) -> None:
    path, documents, _ = kept
    with open_store(path) as store:
        settled = [store.put(document).kind for document in documents]  # notes that are spelled otherwise by now
        assert set(settled) <= {"unchanged", "updated"}
        assert [store.put(document).kind for document in documents] == ["unchanged"] * len(documents)
        store.edit("d", lambda document: {**document, "num": [1], "more": None})
        store.append("plain", "$.items", {"name": "z", "size": "large"})
        store.delete("simple")
        assert store.get("d") == {**documents[0], "num": [1], "more": None}
        assert store.get("plain")["items"] == [*documents[1]["items"], {"name": "z", "size": "large"}]
        assert all(check.ok for check in validate(store))


def test_it_is_migrated_down_and_up(kept: Kept) -> None:
    path, documents, _ = kept
    with open_store(path) as store:
        later = store.plan
    assert "version 2 → 1" in run("migrate", "down", "--db", str(path), "--to", "1")
    with open_store(path) as store:
        assert store.plan.version == 1
        assert [document for _, document in store.scan()] == documents
        apply(store.backend, later, rewrite=True)
    with open_store(path) as store:
        assert store.plan == later
        assert [document for _, document in store.scan()] == documents
        assert all(check.ok for check in validate(store))


def test_a_new_database_says_its_format(new: Path) -> None:
    assert sql(new, "SELECT value FROM _docrel WHERE name = 'format'") == [(str(FORMAT),)]
    assert f"in format {FORMAT}" in run("doctor", "--db", str(new), status=1)


@pytest.mark.parametrize("number", [str(FORMAT + 1), "10", "9" * 5000])
def test_a_later_format_is_refused(number: str, new: Path) -> None:
    sql(new, FORMAT_IS, number)
    before = new.read_bytes()
    for arguments in (
        ("export", "--all"), ("import", str(FORMATS / "1.jsonl")), ("validate",), ("maintain",), ("backup",),
        ("archive", "--where", "true"), ("migrate", "history"), ("migrate", "down", "--to", "1"), ("confirm-key",),
    ):  # fmt: skip
        told = run(*arguments, "--db", str(new), status=1)
        assert "error[S413]: a later docrel wrote this database" in told and "update docrel" in told, told
        assert len(told) < 400
    assert "S413" in run("promote", str(new), status=1)
    assert "a later docrel wrote this database" in run("doctor", "--db", str(new), status=1)
    with pytest.raises(StoreError, match="S413"):
        open_store(new, compile.compile(spec.loads(TEXT)))
    assert new.read_bytes() == before
    assert not backups(new)


def test_a_store_that_is_open_meanwhile_stops(new: Path) -> None:
    with open_store(new) as store:
        sql(new, FORMAT_IS, str(FORMAT + 1))
        for use in (lambda: store.get("alpha"), lambda: store.put(PROJECT), lambda: list(store.scan())):
            with pytest.raises(StoreError, match="S440"):
                use()
        with pytest.raises(StoreError, match="S413"):
            followed(store)


def test_a_store_goes_on_where_the_number_is_one_that_it_reads(new: Path) -> None:
    with open_store(new) as store:
        sql(new, "DELETE FROM _docrel WHERE name = 'format'")
        assert store.get("alpha") == PROJECT
        assert store.book.format() == 1


def test_a_backup_of_the_time_before_is_brought_back(new: Path) -> None:
    run("backup", "--db", str(new))
    sql(new, FORMAT_IS, str(FORMAT + 1))
    run("restore", "--backup", "--db", str(new))
    with open_store(new) as store:
        assert store.get("alpha") == PROJECT


# -- what is docrel's own ------------------------------------------------------------------------------


def test_names_that_are_docrels_own() -> None:
    for name in ("_docrel", "_docrel_history", "_DOCREL_x", "orders_complement", "orders_shape"):
        assert is_own(name, "orders"), name
    for name in ("orders", "_orders", "orders_complement_idx", "books_shape", "docrel"):
        assert not is_own(name, "orders"), name
    assert not is_own("orders_shape")


def test_what_is_docrels_own_is_counted_nowhere(new: Path) -> None:
    with open_store(new) as store:
        before = validate(store)
        assert not extras_of(store.backend, store.plan)
    listed = run("doctor", "--db", str(new), status=1).splitlines()[:2]
    for statement in OWN:
        sql(new, statement)
    with open_store(new) as store:
        assert validate(store) == before
        assert not extras_of(store.backend, store.plan)
        assert not difference(schema_of(store.plan, SQLITE), store.backend.catalogue())
    assert run("doctor", "--db", str(new), status=1).splitlines()[:2] == listed
    sql(new, "CREATE TABLE _mine (a)")
    with open_store(new) as store:
        assert [f.text for f in validate(store) if f not in before] == [
            "Beside the plan: table _mine is not part of the mapping"
        ]
