"""The backend protocol: what every backend keeps to, run on each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from docrel.backends import Backend, ForbiddenError, SqlObject, as_file, is_file, open_backend
from docrel.diagnostics import StoreError


@pytest.fixture(params=["a file", "in memory"])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    found = open_backend(":memory:" if request.param == "in memory" else tmp_path / "m.db", create=True)
    found.execute("CREATE TABLE a (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)")
    found.execute("CREATE TABLE b (a INTEGER REFERENCES a (id) DEFERRABLE INITIALLY DEFERRED)")
    yield found
    found.close()


def test_what_a_constraint_forbids_is_an_error_of_our_own(backend: Backend) -> None:
    with pytest.raises(ForbiddenError, match=r"NOT NULL constraint failed: a\.text"):
        backend.execute("INSERT INTO a VALUES (1, NULL)")
    with pytest.raises(ForbiddenError, match=r"UNIQUE constraint failed: a\.text"):
        backend.execute_many("INSERT INTO a VALUES (?, ?)", [(1, "x"), (2, "x")])
    with pytest.raises(ForbiddenError, match="FOREIGN KEY"), backend.transaction():
        backend.execute("INSERT INTO b VALUES (7)")
    assert backend.execute("SELECT * FROM b") == []


def test_rows_are_loaded_many_at_a_time_and_take_the_place_of_those_of_their_key(backend: Backend) -> None:
    rows = [(number, f"row {number}") for number in range(1, 120)]
    backend.load("a", ("id", "text"), rows)
    assert backend.execute("SELECT * FROM a ORDER BY id") == rows
    with pytest.raises(ForbiddenError):
        backend.load("a", ("id", "text"), rows[:1])
    backend.load("a", ("id", "text"), [(1, "first"), (120, "new")], key=("id",))
    assert backend.execute("SELECT text FROM a WHERE id IN (1, 2, 120) ORDER BY id") == [
        ("first",),
        ("row 2",),
        ("new",),
    ]
    backend.load("a", ("id", "text"), [])


def test_foreign_keys_are_checked_in_the_end_of_a_transaction(backend: Backend) -> None:
    """Also those that are not deferred by themselves; of many rows none is written twice."""
    backend.execute("CREATE TABLE d (a INTEGER REFERENCES a (id))")
    rows = [(None,), (7,), (8,), (None,), (9,)]
    with backend.transaction():
        backend.execute_many("INSERT INTO d VALUES (?)", rows)
        backend.load("a", ("id", "text"), [(7, "x"), (8, "y"), (9, "z")])
        backend.load("d", ("a",), rows[:1])
    assert backend.execute("SELECT a FROM d") == [*rows, (None,)]
    with backend.transaction():
        backend.execute("DELETE FROM a WHERE id = 7")
        backend.execute("INSERT INTO a VALUES (7, 'again')")
    for write in (
        lambda: backend.execute("DELETE FROM a WHERE id = 8"),
        lambda: backend.execute_many("INSERT INTO d VALUES (?)", [(None,), (1,)]),
        lambda: backend.load("d", ("a",), [(1,)]),
    ):
        with pytest.raises(ForbiddenError, match="FOREIGN KEY"):
            write()
        with pytest.raises(ForbiddenError, match="FOREIGN KEY"), backend.transaction():
            write()
    assert len(backend.execute("SELECT a FROM d WHERE a IS NOT NULL")) == 3


def test_ids_that_were_used_are_not_given_again(backend: Backend) -> None:
    assert backend.highest_ids() == {}
    backend.execute("CREATE TABLE c (id INTEGER PRIMARY KEY AUTOINCREMENT)")
    backend.ids_used("c", 7)
    backend.execute("INSERT INTO c DEFAULT VALUES")
    backend.ids_used("c", 3)
    assert backend.highest_ids() == {"c": 8}


def test_what_a_database_consists_of(backend: Backend) -> None:
    backend.execute("CREATE INDEX i ON b (a)")
    backend.execute("CREATE VIEW v AS SELECT 1")
    backend.execute("CREATE TRIGGER t AFTER DELETE ON a BEGIN SELECT 1; END")
    assert backend.names() == {"a": "table", "b": "table", "i": "index", "v": "view", "t": "trigger"}
    found = backend.catalogue()
    assert [table.name for table in found.tables] == ["a", "b"]
    assert [(index.name, index.table) for index in found.indexes] == [("i", "b")]
    assert [(trigger.name, trigger.table) for trigger in found.triggers] == [("t", "a")]


def test_whether_a_database_is_sound(backend: Backend) -> None:
    assert backend.check() == backend.check(["a"]) == backend.check([]) == backend.check(thorough=False) == []
    assert backend.broken_links() == []
    backend.execute("PRAGMA foreign_keys = OFF")
    backend.execute("INSERT INTO b VALUES (7)")
    assert backend.broken_links() == [("b", 1, "a")]


def test_space_that_nobody_uses_is_given_back(backend: Backend) -> None:
    backend.load("a", ("id", "text"), [(number, "x" * 500 + str(number)) for number in range(500)])
    backend.execute("DELETE FROM a")
    before = backend.size()
    backend.tidy(vacuum=True)
    after = backend.size()
    assert before.free > 200_000 > after.bytes and after.free == after.log == 0


def test_where_a_database_is(backend: Backend, tmp_path: Path) -> None:
    assert backend.in_place
    if not is_file(backend):
        assert backend.name == ":memory:"
        with pytest.raises(StoreError, match="S464"):
            as_file(backend)
        return
    assert backend.path == tmp_path / "m.db" and as_file(backend) is backend
    backend.share()
    assert backend.execute("PRAGMA journal_mode") == [("wal",)]
    backend.path.rename(tmp_path / "other.db")
    assert not backend.in_place


def test_a_temporary_table_is_empty_whenever_it_is_made_and_nobody_else_sees_it(backend: Backend) -> None:
    backend.execute("CREATE TABLE t (a)")
    for _ in range(2):
        table = backend.temporary("t", {"name": "text", "number": "integer", "body": "base64"}, ("name", "number"))
        backend.execute_many(f"INSERT INTO {table} VALUES (?, ?, ?)", [("1", 1, b"1"), ("1", 2, b"2")])
        assert backend.execute(f"SELECT * FROM {table}") == [("1", 1, b"1"), ("1", 2, b"2")]
        with pytest.raises(ForbiddenError):
            backend.execute(f"INSERT INTO {table} VALUES ('1', 2, NULL)")
    assert set(backend.names()) == {"a", "b", "t"}
    backend.execute(f"DROP TABLE {table}")
    assert backend.execute("SELECT * FROM t") == []


def test_within_a_migration_foreign_keys_forbid_nothing_and_an_error_undoes_all(backend: Backend) -> None:
    with backend.migration():
        backend.execute("INSERT INTO b VALUES (7)")
    assert backend.broken_links() == backend.broken_links(loose=True) == [("b", 1, "a")]
    with pytest.raises(ZeroDivisionError), backend.migration():
        backend.execute("DROP TABLE a")
        raise ZeroDivisionError
    assert "a" in backend.names()
    with pytest.raises(ForbiddenError):
        backend.execute("INSERT INTO a VALUES (1, NULL)")
    with pytest.raises(ForbiddenError), backend.transaction():
        backend.execute("INSERT INTO b VALUES (8)")


def test_links_that_cascade_are_not_loose(backend: Backend) -> None:
    with backend.migration():
        backend.execute("CREATE TABLE c (a INTEGER REFERENCES a (id) ON DELETE CASCADE)")
        backend.execute("INSERT INTO c VALUES (7)")
    assert backend.broken_links() == [("c", 1, "a")] and backend.broken_links(loose=True) == []


def test_which_objects_work_with_other_tables(backend: Backend) -> None:
    before = ["CREATE TABLE mapped (id INTEGER PRIMARY KEY, gone TEXT)"]
    made = [
        SqlObject("view", "fine", "fine", "CREATE VIEW fine AS SELECT text FROM a"),
        SqlObject("view", "lost", "lost", "CREATE VIEW lost AS SELECT gone FROM mapped"),
        SqlObject("index", "i", "mapped", "CREATE INDEX i ON mapped (gone)"),
        SqlObject("trigger", "t", "mapped", "CREATE TRIGGER t AFTER DELETE ON mapped BEGIN SELECT old.gone; END"),
    ]
    for sql in (*before, *(each.sql for each in made)):
        backend.execute(sql)
    found = backend.objects()
    assert [each for each in found if each.kind != "table"] == made
    tables = [each for each in found if each.name in {"a", "b"}]
    assert backend.failing(before, [*tables, *made]) == {}
    after = ["CREATE TABLE mapped (id INTEGER PRIMARY KEY)"]
    assert backend.failing(after, [*tables, *made]).keys() == {"lost", "i", "t"}


def test_a_bulk_load_leaves_a_database_that_many_read(backend: Backend) -> None:
    with backend.bulk(), backend.transaction():
        backend.load("a", ("id", "text"), [(1, "x")])
    assert backend.execute("SELECT * FROM a") == [(1, "x")]
    if is_file(backend):
        assert backend.execute("PRAGMA journal_mode") == [("wal",)]
