"""The backend protocol: what every backend keeps to, run on each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from docrel.backends import ForbiddenError, SQLite


@pytest.fixture(params=["a file", "in memory"])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SQLite]:
    found = SQLite(":memory:" if request.param == "in memory" else tmp_path / "m.db")
    found.execute("CREATE TABLE a (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)")
    found.execute("CREATE TABLE b (a INTEGER REFERENCES a (id) DEFERRABLE INITIALLY DEFERRED)")
    yield found
    found.close()


def test_what_a_constraint_forbids_is_an_error_of_our_own(backend: SQLite) -> None:
    with pytest.raises(ForbiddenError, match=r"NOT NULL constraint failed: a\.text"):
        backend.execute("INSERT INTO a VALUES (1, NULL)")
    with pytest.raises(ForbiddenError, match=r"UNIQUE constraint failed: a\.text"):
        backend.execute_many("INSERT INTO a VALUES (?, ?)", [(1, "x"), (2, "x")])
    with pytest.raises(ForbiddenError, match="FOREIGN KEY"), backend.transaction():
        backend.execute("INSERT INTO b VALUES (7)")
    assert backend.execute("SELECT * FROM b") == []


def test_rows_are_loaded_many_at_a_time_and_take_the_place_of_those_of_their_key(backend: SQLite) -> None:
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


def test_ids_that_were_used_are_not_given_again(backend: SQLite) -> None:
    assert backend.highest_ids() == {}
    backend.execute("CREATE TABLE c (id INTEGER PRIMARY KEY AUTOINCREMENT)")
    backend.ids_used("c", 7)
    backend.execute("INSERT INTO c DEFAULT VALUES")
    backend.ids_used("c", 3)
    assert backend.highest_ids() == {"c": 8}
