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
