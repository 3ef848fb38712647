"""A database that is put aside, or brought back, never replaces another one and is never half renamed."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from versions import V1, plan

from docrel.backends import set_aside
from docrel.backends.sqlite import aside
from docrel.diagnostics import StoreError
from docrel.files import rename_new
from docrel.store import open_store
from docrel.transition import Workspace, moves

MISSION = {"metadata": {"projectId": "a"}}


def test_a_log_that_cannot_get_a_second_name_keeps_the_database_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(old: Path, new: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(aside, "link_new", refuse)
    with open_store(tmp_path / "m.db", plan(V1)) as store:
        store.put({"number": "a"})
        before = sorted(tmp_path.iterdir())
        with pytest.raises(StoreError, match=r"S457.*m\.db-wal cannot get a second name: Operation not permitted"):
            set_aside(tmp_path / "m.db", tmp_path / "old.db")
        assert sorted(tmp_path.iterdir()) == before
        store.put({"number": "b"})
        assert list(store.keys()) == ["a", "b"]


def test_a_database_that_came_between_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Workspace(tmp_path) as workspace:
        workspace.write("manifest", MISSION)
        workspace.advance(force=True)
        workspace.rollback("json-only")
        put_aside = tmp_path / ".vibe/state" / workspace.link.state.set_aside
        before = put_aside.read_bytes()

        def come_between(old: Path, new: Path) -> None:
            with open_store(new, plan(V1)) as other:
                other.put({"number": "a"})
            rename_new(old, new)

        with monkeypatch.context() as patch:
            patch.setattr(moves, "rename_new", come_between)
            with pytest.raises(StoreError, match=r"T612.*another program made a database meanwhile"):
                workspace.advance(force=True)
        assert put_aside.read_bytes() == before
        assert workspace.read("manifest") == MISSION
    with open_store(tmp_path / ".vibe/state/missions.db", create=False) as other:
        assert list(other.keys()) == ["a"]
