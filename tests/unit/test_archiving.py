"""Moving documents between two databases, with other programs in between: after the copy, before the delete."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from docrel.cli import main
from docrel.compile import compile
from docrel.diagnostics import StoreError
from docrel.spec import load
from docrel.store import Store, open_store
from docrel.upkeep import archiving, move, open_archive

MAPPINGS = {
    "surrogate": "{id: {type: integer, surrogate: true}, name: {from: name, type: text, required: true, unique: true}}",
    "natural": "{name: {from: name, type: text, required: true}}",
}
Meanwhile = Callable[[Callable[[], object]], None]


def document(name: str, number: int = 1) -> dict[str, Any]:
    return {"name": name, "number": number}


@pytest.fixture(params=MAPPINGS)
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    mapping = tmp_path / "mapping.yaml"
    key = "" if request.param == "surrogate" else "    primary_key: [name]\n"
    mapping.write_text(
        "mapping: things\nversion: 1\ndocument:\n  key: name\ntables:\n  things:\n    each: $\n"
        f"{key}    columns: {MAPPINGS[request.param]}\n"
    )
    with open_store(tmp_path / "live.db", compile(load(mapping))) as store, open_archive(store) as archive:
        for name in "abc":
            store.put(document(name))
        yield store, archive


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Let something happen once, when documents are copied and committed and not deleted yet."""

    def arrange(happen: Callable[[], object]) -> None:
        copy = archiving._copy
        todo = [happen]

        def copied(*arguments: Any) -> Any:
            result = copy(*arguments)
            if todo:
                todo.pop()()
            return result

        monkeypatch.setattr(archiving, "_copy", copied)

    return arrange


def places(*stores: Store) -> list[dict[str, Any]]:
    return [dict(store.scan()) for store in stores]


def test_another_archive_of_the_same(stores: tuple[Store, Store], meanwhile: Meanwhile) -> None:
    store, archive = stores
    meanwhile(lambda: move(["a", "b"], store, archive))
    report = move(["a", "b"], store, archive)
    assert (report.moved, report.gone, report.stayed) == ([], ["a", "b"], [])
    assert places(store, archive) == [{"c": document("c")}, {"a": document("a"), "b": document("b")}]


def test_a_restore_of_what_is_archived(stores: tuple[Store, Store], meanwhile: Meanwhile) -> None:
    store, archive = stores
    meanwhile(lambda: move(["a"], archive, store))
    report = move(["a", "b"], store, archive)
    assert (report.moved, report.stayed) == (["b"], ["a"])
    assert places(store, archive) == [{"a": document("a"), "c": document("c")}, {"b": document("b")}]


def test_an_archive_of_what_is_restored(stores: tuple[Store, Store], meanwhile: Meanwhile) -> None:
    store, archive = stores
    move(["a"], store, archive)
    meanwhile(lambda: move(["a"], store, archive))
    report = move(["a"], archive, store)
    assert report.stayed == ["a"]
    assert places(store, archive) == [{"b": document("b"), "c": document("c")}, {"a": document("a")}]


def test_a_change_in_the_source(stores: tuple[Store, Store], meanwhile: Meanwhile) -> None:
    store, archive = stores
    meanwhile(lambda: store.put(document("a", 2)))
    report = move(["a", "b"], store, archive)
    assert (report.moved, report.stayed) == (["b"], ["a"])
    assert places(store, archive) == [{"a": document("a", 2), "c": document("c")}, {"b": document("b")}]
    assert move(["a"], store, archive).moved == ["a"]


def test_a_change_in_the_target(stores: tuple[Store, Store], meanwhile: Meanwhile) -> None:
    store, archive = stores
    meanwhile(lambda: archive.put(document("a", 2)))
    report = move(["a", "b"], store, archive)
    assert (report.moved, report.stayed) == (["b"], ["a"])
    assert places(store, archive) == [
        {"a": document("a"), "c": document("c")},
        {"a": document("a", 2), "b": document("b")},
    ]


def test_a_deletion_in_the_target(stores: tuple[Store, Store], meanwhile: Meanwhile) -> None:
    store, archive = stores
    meanwhile(lambda: archive.delete("a"))
    assert move(["a"], store, archive).stayed == ["a"]
    assert places(store, archive)[0] == {name: document(name) for name in "abc"}


def test_a_copy_of_an_earlier_run_is_left_alone(stores: tuple[Store, Store], meanwhile: Meanwhile) -> None:
    store, archive = stores
    archive.put(document("a"))
    meanwhile(lambda: store.put(document("a", 2)))
    assert move(["a"], store, archive).stayed == ["a"]
    assert [found.get("a") for found in places(store, archive)] == [document("a", 2), document("a")]


@pytest.mark.parametrize("stores", ["surrogate"], indirect=True)
def test_moved_by_another_and_made_anew(stores: tuple[Store, Store], meanwhile: Meanwhile) -> None:
    """The copy that this run made has become the archived document of another run."""
    store, archive = stores

    def happen() -> None:
        move(["a"], store, archive)
        store.put(document("a", 2))

    meanwhile(happen)
    assert move(["a"], store, archive).stayed == ["a"]
    assert [found.get("a") for found in places(store, archive)] == [document("a", 2), document("a")]


def test_nobody_has_it(stores: tuple[Store, Store]) -> None:
    store, archive = stores
    move(["a"], store, archive)
    assert move(["a"], store, archive).gone == ["a"], "moved already"
    with pytest.raises(StoreError, match="S420"):
        move(["b", "nobody"], store, archive)
    assert "b" in store


def test_the_database_is_replaced_meanwhile(stores: tuple[Store, Store], meanwhile: Meanwhile) -> None:
    store, archive = stores
    path = Path(archive.backend.path)

    def replace() -> None:
        archive.backend.backup(path.with_name("other.db"))
        path.with_name("other.db").replace(path)

    meanwhile(replace)
    with pytest.raises(StoreError, match="S454"):
        move(["a"], store, archive)
    assert "a" in store


def test_within_a_transaction(stores: tuple[Store, Store]) -> None:
    store, archive = stores
    for held in stores:
        with held.transaction(), pytest.raises(StoreError, match="S453"):
            move(["a"], store, archive)
    assert "a" in store and len(archive) == 0


def test_another_program_holds_one_of_them(stores: tuple[Store, Store]) -> None:
    store, archive = stores
    store.backend.timeout_s = 0.05
    with open_store(store.backend.path) as other, other.transaction(), pytest.raises(StoreError, match="S402"):
        move(["a"], store, archive)
    assert move(["a"], store, archive).moved == ["a"]


def test_what_others_did_is_told(tmp_path: Path, stores: tuple[Store, Store], meanwhile: Meanwhile) -> None:
    store, _ = stores

    def happen() -> None:
        store.put(document("a", 2))
        with open_archive(store) as archive:
            move(["b"], store, archive)

    meanwhile(happen)
    names = ["--db", str(tmp_path / "live.db"), "--key", "a", "--key", "b", "--key", "c"]
    told = CliRunner().invoke(main, ["archive", *names]).output
    assert "1 document moved" in told
    assert "1 stayed, as they were changed meanwhile; 1 were moved by another program" in told
