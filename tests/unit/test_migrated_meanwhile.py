"""A store that is open across a migration: every path refuses or follows, none works by the old plan.

The two mappings have the same tables and say different things by them: `left` and `right` are exchanged, so that work
by the old plan would be wrong without any error.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from versions import plan

from docrel.authoring import promotion, survey
from docrel.backends import Backend, open_backend
from docrel.cli import main
from docrel.diagnostics import DocrelError, StoreError
from docrel.migrate import StoredDocuments, apply, lint, prepare
from docrel.migrate import applying as migration
from docrel.plan import Plan
from docrel.store import Book, Store, carried_plan, followed, importing, incoming, open_store, reading
from docrel.transition import current
from docrel.upkeep import keys_where, maintain, move, validate

TEXT = """\
mapping: pairs
version: {version}
document: {{key: name}}
tables:
  pairs:
    columns:
      name: {{type: text, required: true, unique: true}}
      a: {{from: {a}, type: text}}
      b: {{from: {b}, type: text}}
      rest: {{rest: true}}
    tables:
      items: {{each: 'items[*]', columns: {{item: {{from: '@', type: text}}}}}}
"""


def pairs(version: int) -> Plan:
    """Return the mapping of pairs; from one version to the next, its columns change places."""
    a, b = ("left", "right") if version % 2 else ("right", "left")
    return plan(TEXT.format(version=version, a=a, b=b))


OLD, NEW, NEWEST = pairs(1), pairs(2), pairs(3)
OTHER = plan(TEXT.format(version=1, a="right", b="left"))


def pair(name: str, **members: Any) -> dict[str, Any]:
    return {"name": name, "left": "L", "right": "R", "items": ["x"], **members}


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.db"
    with open_store(path, OLD) as store:
        for name in "abcde":
            store.put(pair(name))
    return path


@pytest.fixture
def store(db: Path) -> Iterator[Store]:
    """A store that was open while another program migrated the database."""
    with open_store(db) as opened:
        apply(db, NEW, backup=False)
        yield opened


def migrate_beside(path: Path) -> None:
    """Migrate while somebody reads, who keeps the log from being emptied in the end: that is not waited for."""
    backend = open_backend(path, timeout_s=0.1)
    apply(backend, NEW, backup=False)
    backend.close()


def documents(path: Path) -> dict[str, Any]:
    with open_store(path, create=False) as store:
        return dict(store.scan())


def content(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def code_of(work: Callable[[], Any]) -> str:
    try:
        work()
    except DocrelError as e:
        return e.diagnostics[0].code
    return "done"


def written(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "left": "changed"}


def in_memory(*names: str) -> Store:
    store = open_store(":memory:", OLD)
    for name in names:
        store.put(pair(name))
    return store


PATHS: dict[str, Callable[[Store], Any]] = {
    "get": lambda s: s.get("a"),
    "etag": lambda s: s.etag("a"),
    "contains": lambda s: "a" in s,
    "locate": lambda s: s.locate("a"),
    "locate_all": lambda s: s.locate_all(["a", "b"]),
    "len": len,
    "keys": lambda s: list(s.keys()),
    "scan": lambda s: list(s.scan()),
    "export": lambda s: list(s.export()),
    "find": lambda s: list(s.find("a = ?", ["L"])),
    "find nothing": lambda s: list(s.find("FALSE")),
    "rows": lambda s: s.rows("items", "a"),
    "rows_where": lambda s: s.rows_where("items"),
    "snapshot": lambda s: s.snapshot().__enter__(),
    "put": lambda s: s.put(pair("z")),
    "put over": lambda s: s.put(pair("a", left="changed")),
    "transaction": lambda s: s.transaction().__enter__(),
    "edit": lambda s: s.edit("a", written),
    "put_part": lambda s: s.put_part("a", "left", "changed"),
    "delete": lambda s: s.delete("a"),
    "append": lambda s: s.append("a", "$.items", "y"),
    "update_row": lambda s: s.update_row("pairs", 1, {"a": "changed"}),
    "import": lambda s: s.import_([pair("z")]),
    "import, dry": lambda s: s.import_([pair("z")], dry_run=True),
    "archive": lambda s: move(["a"], s, in_memory()),
    "restore": lambda s: move(["z"], in_memory("z"), s),
    "keys_where": lambda s: keys_where(s, "TRUE"),
    "maintain": maintain,
    "validate": validate,
    "rows of documents": lambda s: list(StoredDocuments(s.backend, s.plan).pages()),
    "survey": lambda s: survey(s.backend, s.plan),
    "promote": lambda s: promotion(s.backend, s.plan, "pairs", ("extra",)),
    "lint": lambda s: lint(s.backend, s.plan, NEWEST),
    "current document": current.read,
    "key of the current document": current.key_of,
    "remember the current document": lambda s: current.remember(s, "a", {}),
    "write the current document": lambda s: current.write(s, pair("z"), "z"),
}


@pytest.mark.parametrize("path", PATHS)
def test_every_path_refuses_and_changes_nothing(store: Store, db: Path, path: str) -> None:
    before = content(db)
    with pytest.raises(StoreError) as caught:
        PATHS[path](store)
    (told,) = caught.value.diagnostics
    assert told.code == "S440"
    assert "migrated meanwhile, from pairs version 1 to version 2" in told.message and "open it again" in told.help
    assert content(db) == before


@pytest.mark.parametrize("path", PATHS)
def test_the_look_at_the_plan_is_what_refuses(store: Store, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading.Reader, "is_current", lambda self: True)
    assert code_of(lambda: PATHS[path](store)) != "S440"


def test_work_by_the_old_plan_would_be_wrong_without_an_error(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading.Reader, "is_current", lambda self: True)
    with open_store(db) as store:
        apply(db, NEW, backup=False)
        store.put(pair("z"))
        assert store.get("a")["left"] == "R"
    assert documents(db)["z"]["left"] == "R"


@pytest.mark.parametrize("path", PATHS)
def test_a_store_that_is_opened_again_works(store: Store, db: Path, path: str) -> None:
    with open_store(db) as again:
        assert code_of(lambda: PATHS[path](again)) in {"done", "S420"}


def test_a_database_that_came_back_to_the_plan_is_used_again(store: Store, db: Path) -> None:
    apply(db, OLD, back=True, backup=False)
    store.put(pair("z"))
    assert store.get("z") == pair("z") and len(store) == 6


def test_another_plan_of_the_same_version_is_told(db: Path) -> None:
    with open_store(db) as store:
        apply(db, OTHER, backup=False)
        with pytest.raises(StoreError, match="from pairs version 1 to version 1 as it is now"):
            store.get("a")


# -- pages ----------------------------------------------------------------------------------------------


PAGED: dict[str, Callable[[Store], Iterator[Any]]] = {
    "scan": lambda s: s.scan(),
    "keys": lambda s: s.keys(),
    "export": lambda s: s.export(),
    "find": lambda s: s.find("TRUE"),
    "rows of documents": lambda s: StoredDocuments(s.backend, s.plan).pages(),
}


@pytest.mark.parametrize("path", PAGED)
def test_pages_of_one_reading_never_mix_two_plans(db: Path, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PAGE_DOCUMENTS", 1)
    with open_store(db) as store:
        found = PAGED[path](store)
        next(found)
        apply(db, NEW, backup=False)
        assert code_of(lambda: next(found)) == "S440"


def test_a_reading_across_up_and_down_has_every_document_once(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PAGE_DOCUMENTS", 1)
    with open_store(db) as store:
        found = store.scan()
        first = next(found)
        apply(db, NEW, backup=False)
        apply(db, OLD, back=True, backup=False)
        assert dict([first, *found]) == {name: pair(name) for name in "abcde"}


def test_a_snapshot_that_began_before_sees_the_old_tables_whole(db: Path) -> None:
    with open_store(db) as store:
        with store.snapshot():
            migrate_beside(db)
            assert store.get("a") == pair("a")
        assert code_of(lambda: store.get("a")) == "S440"


NATURAL = """\
mapping: names
document: {key: name}
tables:
  names:
    primary_key: [name]
    columns: {name: {type: text, required: true}, rest: {rest: true}}
"""


def test_what_has_no_column_is_listed_while_others_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "names.db"
    with open_store(path, plan(NATURAL)) as store, open_store(path) as other:
        for name in ("a", "c"):
            store.put({"name": name, "extra": 1})
        read = StoredDocuments._with_rows

        def beside(*given: Any) -> Any:
            thread = threading.Thread(target=lambda: other.put({"name": "b", "extra": 1}))
            thread.start()
            thread.join()
            return read(*given)

        monkeypatch.setattr(StoredDocuments, "_with_rows", beside)
        assert [kept.documents for kept in survey(store.backend, store.plan)] == [2]


# -- imports --------------------------------------------------------------------------------------------


def migrating_in_between(db: Path, count: int, at: int) -> Iterator[dict[str, Any]]:
    for n in range(count):
        if n == at:
            apply(db, NEW, backup=False)
        yield pair(f"n{n}")


def test_an_import_under_way_says_what_was_committed_and_can_be_continued(
    db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH_DOCUMENTS", 10)
    with open_store(db) as store, pytest.raises(StoreError) as caught:
        store.import_(migrating_in_between(db, 40, 25))
    (told,) = caught.value.diagnostics
    assert told.code == "S440" and "run the same import again" in told.help
    assert "has committed 20 new documents and 0 changed ones, and left 0 as they were" in told.message
    committed = {**{name: pair(name) for name in "abcde"}, **{f"n{n}": pair(f"n{n}") for n in range(20)}}
    assert documents(db) == committed
    with open_store(db) as store:
        report = store.import_(pair(f"n{n}") for n in range(40))
    assert (report.unchanged, report.inserted, report.refused) == (20, 20, 0)
    assert documents(db) == {**committed, **{f"n{n}": pair(f"n{n}") for n in range(20, 40)}}


def test_a_bulk_load_holds_the_migration_off(tmp_path: Path) -> None:
    path = tmp_path / "pairs.db"
    migrating: list[threading.Thread] = []

    def found() -> Iterator[dict[str, Any]]:
        for n in range(30):
            if n == 10:  # within the one transaction of the load
                migrating.append(threading.Thread(target=lambda: apply(path, NEW, backup=False)))
                migrating[0].start()
            yield pair(f"n{n}")

    with open_store(path, OLD) as store:
        assert store.import_(found()).inserted == 30
        migrating[0].join()
        assert code_of(lambda: len(store)) == "S440"
    assert documents(path) == {f"n{n}": pair(f"n{n}") for n in range(30)}


def test_a_bulk_load_after_a_migration_leaves_the_database_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "pairs.db"
    with open_store(path, OLD) as store:
        bulk = store.backend.bulk

        @contextmanager
        def late() -> Iterator[None]:  # after the look whether the database is empty, before the transaction
            with bulk():
                apply(path, NEW, backup=False)
                yield

        monkeypatch.setattr(store.backend, "bulk", late)
        assert code_of(lambda: store.import_([pair("z")])) == "S440"
        with open_store(path) as again:
            assert all(check.ok for check in validate(again)) and len(again) == 0
            assert again.backend.execute("PRAGMA journal_mode") == [("wal",)]


def test_the_command_that_imports_tells_it(db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = tmp_path / "more.jsonl"
    lines.write_text("".join(json.dumps(pair(f"n{n}")) + "\n" for n in range(30)))
    monkeypatch.setattr(importing, "BATCH_DOCUMENTS", 10)
    batch = incoming.Incoming.batch
    done: list[int] = []

    def then_migrated(self: Any, found: Any) -> None:
        batch(self, found)
        done.append(len(found))

    def look(self: Store) -> bool:
        if sum(done) == 20:
            done.append(0)
            self.backend.execute("UPDATE _docrel SET value = 'x' WHERE name = 'checksum'")
            self.backend.execute("PRAGMA user_version = 2")
        return current_then(self)

    current_then = reading.Reader.is_current
    monkeypatch.setattr(incoming.Incoming, "batch", then_migrated)
    monkeypatch.setattr(reading.Reader, "is_current", look)
    result = CliRunner().invoke(main, ["import", str(lines), "--db", str(db), "--no-backup"])
    assert result.exit_code == 1 and "error[S440]" in result.stderr
    assert "has committed 20 new documents" in result.stderr and "Traceback" not in result.output


# -- opening and migrating ------------------------------------------------------------------------------


def test_a_migration_between_reading_the_plan_and_the_first_use_is_seen(
    db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from docrel.store import opening

    many_readers = opening._many_readers

    def late(backend: Backend) -> None:
        many_readers(backend)
        apply(db, NEW, backup=False)

    monkeypatch.setattr(opening, "_many_readers", late)
    with open_store(db) as store:
        assert code_of(lambda: store.put(pair("z"))) == "S440"


def test_a_plan_that_does_not_fit_its_checksum_is_damage(db: Path) -> None:
    backend = open_backend(db)
    ((text,),) = backend.execute("SELECT value FROM _docrel WHERE name = 'plan'")
    for name, value in (("plan", text.replace('"left"', '"lefy"')), ("checksum", "0" * 64), ("checksum", None)):
        ((kept,),) = backend.execute("SELECT value FROM _docrel WHERE name = ?", [name])
        backend.execute("UPDATE _docrel SET value = ? WHERE name = ?", [value, name])
        for work in (lambda: open_store(db), lambda: carried_plan(backend), lambda: apply(db, NEW)):
            with pytest.raises(StoreError) as caught:
                work()
            assert caught.value.diagnostics[0].code == "S405"
            assert "`docrel restore --db " in caught.value.diagnostics[0].help
        backend.execute("UPDATE _docrel SET value = ? WHERE name = ?", [kept, name])
    backend.close()
    assert len(documents(db)) == 5, "and the control: as it was it is no damage"


@pytest.mark.parametrize(("text", "words"), [(None, "version 2"), ("no JSON", "another one"), ("{}", "another one")])
def test_what_a_database_was_migrated_to_is_told_as_far_as_it_can_be_read(
    store: Store, text: str | None, words: str
) -> None:
    if text is not None:
        store.backend.execute("UPDATE _docrel SET value = ? WHERE name = 'plan'", [text])
    with pytest.raises(StoreError, match=f"S440.*from pairs version 1 to {words}"):
        store.get("a")


def meanwhile(monkeypatch: pytest.MonkeyPatch, work: Callable[[], Any]) -> None:
    """Let another program do something once, between a migration's first look and its transaction."""
    attempts = migration._Apply._attempts
    left = [work]

    def late(self: Any, *given: Any) -> Any:
        if left:
            left.pop()()
        return attempts(self, *given)

    monkeypatch.setattr(migration._Apply, "_attempts", late)


def test_a_migration_that_another_program_has_done_is_not_done_again(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    meanwhile(monkeypatch, lambda: apply(db, NEW, backup=False))
    assert apply(db, NEW) is None
    backend = open_backend(db)
    assert [(e.from_version, e.to_version) for e in Book(backend).history()] == [(1, 2)]
    backend.close()
    assert not list(db.parent.glob("backups/*.db")), "nothing was changed: no backup stays"
    assert documents(db) == {name: pair(name) for name in "abcde"}


@pytest.mark.parametrize(
    ("first", "wanted", "back"), [(NEW, NEWEST, False), (NEWEST, NEW, False), (NEWEST, OTHER, True)]
)
def test_a_migration_from_a_plan_that_is_no_more_is_refused(
    db: Path, monkeypatch: pytest.MonkeyPatch, first: Plan, wanted: Plan, back: bool
) -> None:
    meanwhile(monkeypatch, lambda: apply(db, first, backup=False))
    with pytest.raises(StoreError, match=f"from pairs version 1 to version {first.version}") as caught:
        apply(db, wanted, back=back)
    assert caught.value.diagnostics[0].code == "S440"
    with open_store(db, first) as store:
        assert dict(store.scan()) == {name: pair(name) for name in "abcde"}


def test_the_look_before_a_migration_sees_one_state(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the new tables would be held against the old plan, and called drift."""
    from docrel.migrate import preparing
    from docrel.store import opening

    carried = opening.carried_plan

    def late(backend: Backend) -> Plan:
        found = carried(backend)
        if not migrated:
            migrated.append(True)
            migrate_beside(db)
        return found

    migrated: list[bool] = []
    monkeypatch.setattr(preparing, "carried_plan", late)
    backend = open_backend(db)
    assert prepare(backend, NEWEST).migration.diff.old == OLD
    backend.close()


# -- threads --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["file", ":memory:"])
def test_threads_share_a_store_while_one_of_them_migrates(db: Path, place: str) -> None:
    store = in_memory(*"abcde") if place == ":memory:" else open_store(db)
    acknowledged: dict[str, Any] = {}
    codes: set[str] = set()
    ready = threading.Barrier(5)

    def work(name: str) -> None:
        ready.wait()
        for n in range(60):
            document = pair(f"{name}{n}")
            code = code_of(lambda document=document: store.put(document))  # type: ignore[misc]
            codes.add(code)
            if code == "done":
                acknowledged[document["name"]] = document

    threads = [threading.Thread(target=work, args=(f"t{n}-",)) for n in range(4)]
    for thread in threads:
        thread.start()
    ready.wait()
    apply(store.backend, NEW, backup=False)
    for thread in threads:
        thread.join()
    assert codes <= {"done", "S440"}
    now = followed(store)
    assert now.plan == NEW and followed(now) is now
    assert dict(now.scan()) == {**{name: pair(name) for name in "abcde"}, **acknowledged}
    assert now.backend.execute("PRAGMA foreign_keys") == [(1,)]
    store.close()
