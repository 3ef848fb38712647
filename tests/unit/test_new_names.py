"""A file that is renamed to a name it has already stays, and a symbolic link is never taken for a second name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from versions import V1, plan

from docrel.backends import set_aside
from docrel.files import link_new, rename_new
from docrel.store import open_store


@pytest.mark.parametrize("linked", [False, True])
def test_a_file_is_not_renamed_to_its_own_name(linked: bool, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("precious")
    (tmp_path / "folder").symlink_to(tmp_path)
    (tmp_path / "sub").mkdir()
    if linked:
        os.link(path, tmp_path / "b")
    for target in (path, tmp_path / "folder/a", tmp_path / "sub/../a"):
        rename_new(path, target)
        assert path.read_text() == "precious"


def test_a_rename_that_was_cut_short_is_completed(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("precious")
    link_new(tmp_path / "a", tmp_path / "b")
    rename_new(tmp_path / "a", tmp_path / "b")
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


def test_a_symbolic_link_to_the_file_is_no_second_name(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("precious")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(FileExistsError):
        rename_new(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_text() == "precious"


def test_a_database_is_not_set_aside_under_its_own_name(tmp_path: Path) -> None:
    path = tmp_path / "m.db"
    (tmp_path / "link.db").symlink_to(path)
    with open_store(path, plan(V1)) as store:
        store.put({"number": "a"})
        before = sorted(tmp_path.iterdir())
        for target in (path, tmp_path / "link.db"):
            set_aside(path, target)
            assert sorted(tmp_path.iterdir()) == before
    with open_store(path) as store:
        assert list(store.keys()) == ["a"]
