"""Moving documents between two databases, with other programs in between: when the one has committed, not the other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from docrel.cli import main
from docrel.compile import compile
from docrel.diagnostics import DocumentError, StoreError
from docrel.spec import load
from docrel.store import Store, open_store
from docrel.upkeep import archiving, move, open_archive

MAPPINGS = {
    "surrogate": "{id: {type: integer, surrogate: true}, name: {from: name, type: text, required: true, unique: true}}",
    "natural": "{name: {from: name, type: text, required: true}}",
}
Meanwhile = Callable[[Store, Callable[[], object]], None]


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
    """Let something happen once, when the target has committed the copies, and the source not yet that they left."""

    def arrange(target: Store, happen: Callable[[], object]) -> None:
        transaction, todo = target.transaction, [happen]

        @contextmanager
        def committed() -> Iterator[None]:
            is_part = target.backend.in_transaction
            with transaction():
                yield
            if todo and not is_part:
                todo.pop()()

        monkeypatch.setattr(target, "transaction", committed)

    return arrange


@pytest.fixture
def others(stores: tuple[Store, Store]) -> Iterator[tuple[Store, Store]]:
    """The same databases, as another program has them open; it waits for nobody."""
    with beside(stores[0]) as store, beside(stores[1]) as archive:
        yield store, archive


def beside(store: Store) -> Store:
    return open_store(store.backend.name, timeout_s=0)


def places(*stores: Store) -> list[dict[str, Any]]:
    return [dict(store.scan()) for store in stores]


def test_others_wait_who_would_change_the_source(
    stores: tuple[Store, Store], others: tuple[Store, Store], meanwhile: Meanwhile
) -> None:
    store, archive = stores
    other, other_archive = others
    actions: list[Callable[[], object]] = [
        lambda: other.put(document("a", 2)),
        lambda: other.delete("a"),
        lambda: move(["a", "b"], other, other_archive),
        lambda: move(["a", "b"], other_archive, other),
    ]

    def happen() -> None:
        for action in actions:
            with pytest.raises(StoreError, match="S402"):
                action()

    meanwhile(archive, happen)
    assert move(["a", "b"], store, archive).moved == ["a", "b"]
    assert places(store, archive) == [{"c": document("c")}, {"a": document("a"), "b": document("b")}]
    assert move(["a", "b"], other, other_archive).gone == ["a", "b"]
    assert move(["a", "b"], other_archive, other).moved == ["a", "b"]


def test_a_change_in_the_target_stands(
    stores: tuple[Store, Store], others: tuple[Store, Store], meanwhile: Meanwhile
) -> None:
    store, archive = stores
    meanwhile(archive, lambda: others[1].put(document("a", 2)))
    assert move(["a", "b"], store, archive).moved == ["a", "b"]
    assert places(store, archive) == [{"c": document("c")}, {"a": document("a", 2), "b": document("b")}]


def test_a_copy_that_is_deleted_at_once_is_made_again(
    stores: tuple[Store, Store], others: tuple[Store, Store], meanwhile: Meanwhile
) -> None:
    store, archive = stores
    meanwhile(archive, lambda: others[1].delete("a"))
    report = move(["a", "b"], store, archive)
    assert (report.moved, report.gone) == (["a", "b"], [])
    assert places(store, archive) == [{"c": document("c")}, {"a": document("a"), "b": document("b")}]


def test_what_was_cut_short_is_completed(stores: tuple[Store, Store], meanwhile: Meanwhile) -> None:
    store, archive = stores

    def happen() -> None:
        raise KeyboardInterrupt

    meanwhile(archive, happen)
    with pytest.raises(KeyboardInterrupt):
        move(["a", "b"], store, archive)
    assert places(store, archive) == [{k: document(k) for k in "abc"}, {k: document(k) for k in "ab"}]
    assert move(["a", "b"], store, archive).moved == ["a", "b"]
    assert places(store, archive) == [{"c": document("c")}, {k: document(k) for k in "ab"}]


def test_two_forms_are_left_to_a_person(
    tmp_path: Path, stores: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was cut short and changed since cannot be told from an archived document: the error says what to do."""
    store, archive = stores
    archive.put(document("a"))
    store.put(document("a", 2))
    before = places(store, archive)
    with pytest.raises(StoreError, match=r"S438[^\n]*\n.*import the one that is right into the other"):
        move(["b", "a"], store, archive)
    assert places(store, archive) == before
    monkeypatch.chdir(tmp_path)
    for command in (
        "export --db live.db --key a --output a.json",
        "import --db live_archive.db --on-conflict replace a.json",
    ):
        assert CliRunner().invoke(main, command.split()).exit_code == 0
    assert move(["b", "a"], store, archive).moved == ["b", "a"]
    assert archive.get("a") == document("a", 2)


def test_a_key_that_is_named_twice(stores: tuple[Store, Store]) -> None:
    store, archive = stores
    report = move(["a", "b", "a"], store, archive)
    assert (report.moved, report.gone) == (["a", "b"], [])


def test_nobody_has_it(stores: tuple[Store, Store]) -> None:
    store, archive = stores
    move(["a"], store, archive)
    assert move(["a"], store, archive).gone == ["a"], "moved already"
    with pytest.raises(StoreError, match="S420"):
        move(["b", "nobody"], store, archive)
    assert "b" in store


@pytest.mark.parametrize("which", [0, 1], ids=["source", "target"])
def test_the_database_is_replaced_before(stores: tuple[Store, Store], which: int) -> None:
    store, archive = stores
    replace(stores[which])
    with pytest.raises(StoreError, match="S454"):
        move(["a"], store, archive)
    assert "a" in store


def test_the_database_is_replaced_meanwhile(stores: tuple[Store, Store], meanwhile: Meanwhile) -> None:
    store, archive = stores
    meanwhile(archive, lambda: replace(archive))
    with pytest.raises(StoreError, match="S454"):
        move(["a"], store, archive)
    assert "a" in store


def replace(store: Store) -> None:
    path = Path(store.backend.name)
    store.backend.backup(path.with_name("other.db"))
    path.with_name("other.db").replace(path)


def test_within_a_transaction(stores: tuple[Store, Store]) -> None:
    store, archive = stores
    for held in stores:
        with held.transaction(), pytest.raises(StoreError, match="S453"):
            move(["a"], store, archive)
    assert "a" in store and len(archive) == 0


def test_another_program_holds_one_of_them(stores: tuple[Store, Store]) -> None:
    store, archive = stores
    store.backend.timeout_s = 0.05
    with open_store(store.backend.name) as other, other.transaction(), pytest.raises(StoreError, match="S402"):
        move(["a"], store, archive)
    assert move(["a"], store, archive).moved == ["a"]


def test_what_others_did_is_told(tmp_path: Path, stores: tuple[Store, Store]) -> None:
    move(["b"], *stores)
    told = CliRunner().invoke(main, ["archive", "--db", str(tmp_path / "live.db"), "--key", "a", "--key", "b"]).output
    assert "1 document moved" in told
    assert "1 were moved by another program" in told


def test_threads_that_move_against_each_other(stores: tuple[Store, Store]) -> None:
    """A database in memory has one connection for all threads: who waits for it waits without end."""
    one, two = (open_store(":memory:", stores[0].plan) for _ in range(2))
    one.put(document("a"))

    def back_and_forth(source: Store, target: Store) -> None:
        for _ in range(50):
            move(["a"], source, target)
            move(["a"], target, source)

    threads = [threading.Thread(target=back_and_forth, args=pair, daemon=True) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive(), "both wait for each other"
    assert [*one.scan(), *two.scan()] == [("a", document("a"))]


# -- documents that refer to each other, and tables beside the mapping's ------------------------------------


def linked(name: str, *to: str, number: int = 1) -> dict[str, Any]:
    return {**document(name, number), "to": list(to)}


@pytest.fixture
def graphs(tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    mapping = tmp_path / "graph.yaml"
    mapping.write_text(
        "mapping: graph\nversion: 1\ndocument: {key: name}\ntables:\n  things:\n"
        f"    columns: {MAPPINGS['surrogate']}\n"
        "    tables:\n      links: {each: 'to[*]', columns: {name: {from: '@', references: things.name}}}\n"
    )
    with open_store(tmp_path / "graph.db", compile(load(mapping))) as store, open_archive(store) as archive:
        yield store, archive


@pytest.mark.parametrize("back", [False, True], ids=["archive", "restore"])
@pytest.mark.parametrize("user", [[], [linked("user", "b")]], ids=["nobody", "user"])
@pytest.mark.parametrize("to", [["b"], []], ids=["linked", "loose"])
def test_a_change_in_a_cycle_meanwhile(
    graphs: tuple[Store, Store], meanwhile: Meanwhile, back: bool, user: list[Any], to: list[str]
) -> None:
    """Another program changes a document that is copied already: whatever comes of both, moving again completes it."""
    source, target = graphs[::-1] if back else graphs
    source.import_([linked("a", "b"), linked("b", "a"), *user])
    changed = linked("a", *to, number=2)
    with beside(source) as other:

        def change() -> None:
            with suppress(StoreError):
                other.edit("a", lambda _: changed)

        meanwhile(target, change)
        with suppress(DocumentError):
            move(["a", "b"], source, target)
        assert not {*source.keys()} & {*target.keys()}
        change()
        last = source.get("a") if "a" in source else target.get("a")
        move(["a", "b", *(found["name"] for found in user)], source, target)
    assert places(source, target) == [{}, {"a": last, "b": linked("b", "a"), **{d["name"]: d for d in user}}]


@pytest.mark.parametrize("back", [False, True], ids=["archive", "restore"])
def test_a_refused_move_has_done_nothing(graphs: tuple[Store, Store], back: bool) -> None:
    source, target = graphs[::-1] if back else graphs
    source.import_([linked("a", "b"), linked("b", "a"), linked("user", "b")])
    before = places(source, target)
    with pytest.raises(DocumentError, match=r"D320.*'user'[^\n]*\n.*move the documents that refer to it along"):
        move(["a", "b"], source, target)
    with pytest.raises(DocumentError, match=r"D320.*'user'"):
        move(["user"], source, target)
    assert places(source, target) == before


def test_many_documents_that_refer_to_each_other(graphs: tuple[Store, Store]) -> None:
    store, archive = graphs
    count = archiving.BATCH_DOCUMENTS * 5 // 2
    store.import_([linked(f"n{n}", f"n{(n + 1) % count}", f"n{n * 7 % count}") for n in range(count)])
    keys = list(store.keys())
    assert move(iter(keys), store, archive).moved == keys
    assert len(store) == 0
    assert move(keys[::-1], archive, store).moved == keys[::-1]
    assert len(archive) == 0


def test_a_reference_that_led_nowhere_before_is_no_obstacle(graphs: tuple[Store, Store]) -> None:
    store, archive = graphs
    store.import_([linked("a"), linked("b", "a"), linked("c")])
    store.backend.execute("PRAGMA foreign_keys = OFF")
    store.backend.execute("DELETE FROM things WHERE name = 'a'")
    store.backend.execute("PRAGMA foreign_keys = ON")
    assert move(["c"], store, archive).moved == ["c"]


BESIDE = {
    "CREATE TABLE notes (thing TEXT REFERENCES things(name))": "a row of notes refers to a row of things",
    "CREATE TRIGGER no BEFORE DELETE ON things WHEN old.name = 'a' BEGIN SELECT raise(ABORT, 'not a'); END": (
        "does not let the document 'a' go: not a"
    ),
}


@pytest.mark.parametrize("sql", BESIDE, ids=["table", "trigger"])
def test_a_table_beside_the_mapping_s_keeps_a_document(stores: tuple[Store, Store], sql: str) -> None:
    store, archive = stores
    store.backend.execute(sql)
    if "notes" in sql:
        store.backend.execute("INSERT INTO notes VALUES ('a')")
    with pytest.raises(DocumentError, match=f"D320.*{BESIDE[sql]}"):
        move(["b", "a"], store, archive)
    assert places(store, archive) == [{name: document(name) for name in "abc"}, {}]
    assert move(["b"], store, archive).moved == ["b"]
