"""Formats: a database of every format that ever was is upgraded, read, written and migrated; a later one is refused."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from small_mapping import TEXT

from docrel import compile, spec
from docrel.backends.sqlite.file import SQLiteFile
from docrel.cli import main
from docrel.diagnostics import StoreError
from docrel.migrate import apply
from docrel.migrate.extras import extras_of
from docrel.plan import is_own
from docrel.sql import SQLITE, difference, schema_of
from docrel.store import backups, catalogue, followed, open_store
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
        assert store.book.format() == FORMAT
    assert [backup.kind for backup in catalogue(path)] == (["upgrade"] if number < FORMAT else [])


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


@pytest.mark.parametrize(
    ("rest", "left"),
    [
        ({"plan": {"goal": {"a": 1}, "other": [2]}, "x": 1}, {"plan": {"other": [2]}, "x": 1}),
        ({"plan": {"goal": [1], "tasks": "none"}, "state": 7}, None),
    ],
)
def test_what_is_at_places_of_others_is_in_no_rest_column(new: Path, rest: Any, left: Any) -> None:
    with open_store(new) as store:
        store.delete("alpha")
        store.put({"plan": {"meta": {"name": "alpha"}}})
    sql(new, "UPDATE projects SET extra = ?", json.dumps(rest))
    sql(new, FORMAT_IS, "2")
    with open_store(new) as store:
        meta = {"meta": {"name": "alpha"}}
        assert store.get("alpha") == {**rest, "plan": {**meta, **rest["plan"]}}
        assert all(check.ok for check in validate(store))
    assert [json.loads(text) if text else None for (text,) in sql(new, "SELECT extra FROM projects")] == [left]


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


def test_a_store_that_is_open_stops_where_the_format_goes_back(kept: Kept, tmp_path: Path) -> None:
    """As a restore lets it: the backup of an upgrade is of the format before."""
    path, documents, number = kept
    with open_store(path) as store:
        if number < FORMAT:
            run("restore", "--backup", "--db", str(path))
            with pytest.raises(StoreError, match="S440"):
                store.get("d")
        with followed(store) as again:
            assert again.get("d") == documents[0]
            assert again.book.format() == FORMAT


def test_a_backup_of_the_time_before_is_brought_back(new: Path) -> None:
    run("backup", "--db", str(new))
    sql(new, FORMAT_IS, str(FORMAT + 1))
    run("restore", "--backup", "--db", str(new))
    with open_store(new) as store:
        assert store.get("alpha") == PROJECT


# -- what is docrel's own ------------------------------------------------------------------------------


def test_names_that_are_docrels_own() -> None:
    for name in ("_docrel", "_docrel_history", "_DOCREL_x", "orders_complement", "orders_shape", "orders_note"):
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


# -- from format 1 to 2 ------------------------------------------------------------------------------------


OLD_COMPLEMENT = (
    "DROP VIEW m_complement", "DROP TABLE m_note",
    ('CREATE TABLE m_complement (root TEXT, document TEXT, "table" TEXT, "row" TEXT, shape BLOB, body TEXT,'
    ' PRIMARY KEY (root, document, "table", "row")) WITHOUT ROWID'),
    "DELETE FROM _docrel WHERE name = 'format'",
)  # fmt: skip
KEYED = """\
mapping: m
document: {key: k}
tables:
  a:
    when: {kind: A}
    columns: {k: {required: true, unique: true}}
    tables: {l: {each: 'l[*]', columns: {t: text}}}
  b:
    when: {kind: B}
    columns: {org: {required: true}, k: {required: true, unique: true}}
    primary_key: [org, k]
    tables:
      p:
        each: p.*
        columns: {name: {key: each}, code: {type: base64, required: true}, t: text}
        primary_key: [b_org, b_k, code]
"""


def of_format_1(path: Path, *notes: tuple[Any, ...]) -> list[Any]:
    """Make a database as docrel made it once, with two documents, and return these."""
    documents = [
        {"k": "1", "kind": "A", "l": [{"t": "x"}, {"t": "y"}]},
        {"k": 'ä"\\', "kind": "B", "org": "ö\n", "p": {"m": {"code": "AAEC", "t": "z"}}},
    ]
    with open_store(path, compile.compile(spec.loads(KEYED))) as store:
        for document in documents:
            store.put(document)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        for statement in OLD_COMPLEMENT:
            connection.execute(statement)
        connection.executemany("INSERT INTO m_complement VALUES (?, ?, ?, ?, NULL, ?)", notes)
    return documents


def content(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def rest(value: Any) -> str:
    return f'{{"rest":{{"more":{jsontext.dumps(value)}}}}}'


B = json.dumps(["ö\n", 'ä"\\'])
NOTES = (
    ("a", "1", "a", "1", rest("root")), ("a", "1", "l", "1", rest("row")), ("b", B, "b", B, rest("named")),
    ("b", B, "p", f'{B[:-1]}, "000102"]', rest("bytes")),
)  # fmt: skip


def test_notes_of_every_kind_of_key_come_to_their_rows(tmp_path: Path) -> None:
    first, other = of_format_1(tmp_path / "db", *NOTES)
    first["more"] = "root"
    first["l"][0]["more"] = "row"
    other["more"] = "named"
    other["p"]["m"]["more"] = "bytes"
    with open_store(tmp_path / "db") as store:
        assert [document for _, document in store.scan()] == [first, other]
        assert all(check.ok for check in validate(store))
        assert not difference(schema_of(store.plan, SQLITE), store.backend.catalogue())


def test_a_note_on_a_row_that_is_gone_or_another_documents_stays_behind(tmp_path: Path) -> None:
    gone = ("a", "1", "l", "99", rest("gone"))
    moved = ("a", "7", "l", "1", rest("moved by SQL"))
    stale = [("a", "7", "l", "2", rest("of another")), ("b", "1", "l", "2", rest("of another"))]
    first, other = of_format_1(tmp_path / "db", gone, moved, *stale, ("a", "1", "l", "2", rest("own")))
    first["l"][0]["more"] = "moved by SQL"
    first["l"][1]["more"] = "own"
    with open_store(tmp_path / "db") as store:
        assert [document for _, document in store.scan()] == [first, other]
        assert len(store.backend.execute("SELECT * FROM m_note")) == 2


@pytest.mark.parametrize(
    ("note", "code"),
    [
        (("a", "1", "l", "x", "{}"), "S445"),
        (("b", B, "b", "[1]", "{}"), "S445"),
        (("b", B, "b", "no key", "{}"), "S445"),
        (("a", "1", "gone", "1", "{}"), "S445"),
        ("CREATE TABLE m_note (mine)", "S410"),
        ("DROP TABLE m_complement", "S412"),
    ],
)
def test_what_cannot_be_brought_over_stays_as_it_is(note: Any, code: str, tmp_path: Path) -> None:
    of_format_1(tmp_path / "db", *NOTES, *([note] if isinstance(note, tuple) else []))
    if isinstance(note, str):
        sql(tmp_path / "db", note)
    before = content(tmp_path / "db")
    with pytest.raises(StoreError, match=code):
        open_store(tmp_path / "db")
    assert f"error[{code}]" in run("migrate", "history", "--db", str(tmp_path / "db"), status=1)
    assert content(tmp_path / "db") == before
    assert not catalogue(tmp_path / "db")


def test_an_upgrade_that_is_cut_short_has_done_nothing_or_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    of_format_1(tmp_path / "db", *NOTES)
    before, execute, tries = content(tmp_path / "db"), SQLiteFile.execute, 0

    def cut(at: int) -> Callable[..., Any]:
        left = at

        def short(self: Any, sql: str, parameters: Any = ()) -> Any:
            nonlocal left
            left -= sql.startswith(("CREATE", "ALTER", "DROP", "INSERT", "SELECT", "COMMIT"))
            if left == 0:
                raise KeyboardInterrupt
            return execute(self, sql, parameters)

        return short

    while True:
        tries += 1
        monkeypatch.setattr(SQLiteFile, "execute", cut(tries))
        try:
            open_store(tmp_path / "db").close()
            break
        except KeyboardInterrupt:
            monkeypatch.setattr(SQLiteFile, "execute", execute)
            if content(tmp_path / "db") != before:
                break
    monkeypatch.setattr(SQLiteFile, "execute", execute)
    assert tries > 30
    with open_store(tmp_path / "db") as store:
        assert store.get("1")["more"] == "root"
        assert store.book.format() == FORMAT


def test_of_two_who_open_it_at_once_one_upgrades(tmp_path: Path) -> None:
    of_format_1(tmp_path / "db", *NOTES)
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(lambda _: open_store(tmp_path / "db"), range(4)))
    for store in stores:
        with store:
            assert store.get("1")["more"] == "root"
    assert len(catalogue(tmp_path / "db")) == 1


# -- from format 2 to 3 ------------------------------------------------------------------------------------

HELD = """\
SELECT at, until, price, qty, weight, once FROM sales ORDER BY id;
SELECT at, cost FROM lines ORDER BY id; SELECT code, rate FROM rates ORDER BY rate
"""


def made(path: Path, script: str) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((FORMATS / script).read_text(encoding="utf-8"))
    return path


@pytest.fixture
def values(tmp_path: Path) -> Path:
    """Return a database of format 2 with columns that hold other values from format 3 on."""
    return made(tmp_path / "values.db", "values/2.sql")


def test_times_and_numbers_come_to_be_what_sql_takes_them_for(values: Path) -> None:
    documents = [jsontext.loads(line) for line in (FORMATS / "values/2.jsonl").read_bytes().splitlines()]
    with open_store(values) as store:
        assert [document for _, document in store.scan()] == documents
        extra = difference(schema_of(store.plan, SQLITE), store.backend.catalogue())
        assert [found.name for found in extra] == ["mine"]
        assert store.put(documents[2]).kind == "unchanged"
        refused = [f.text for f in validate(store) if not f.ok]
    held = [row for statement in HELD.split(";") for row in sql(values, statement)]
    zero = ":00.000000000Z"
    assert held == [
        (f"2025-11-23T10:00{zero}", "2025-11-23T10:00:00.500000000Z", 1.5, 7, 9.5, None),
        (f"2025-11-23T08:00{zero}", "2026-11-30T11:15:08.000000000Z", 12345678901234567000.0, None, None, 1),
        (f"2025-11-23T10:00{zero}", None, 2, 7, 7.0, None),
        ("2025-11-23T10:00:00.120000000Z", 1000), (f"2025-11-23T09:00{zero}", 0.1), ("EUR", 1.1), ("USD", 2),
    ]  # fmt: skip
    assert len(refused) == 2  # what the rules of a column forbid of the new values stays beside it: 101 and a second 1


def test_what_equals_a_default_now_is_still_said_and_what_no_number_holds_is_beside(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "d.db")) as connection:
        connection.executescript((FORMATS / "defaults/2.sql").read_text(encoding="utf-8"))
    documents = [jsontext.loads(line) for line in (FORMATS / "defaults/2.jsonl").read_bytes().splitlines()]
    with open_store(tmp_path / "d.db") as store:
        assert [document for _, document in store.scan()] == documents
        assert all(check.ok for check in validate(store))
    assert sql(tmp_path / "d.db", "SELECT num, d, c FROM t WHERE k IN ('fraction', 'case') ORDER BY k") == [
        (5, 5, 7), (5, 5, 4),
    ]  # fmt: skip
    assert sql(tmp_path / "d.db", "SELECT d FROM t WHERE k = 'beyond'") == [(None,)]


def test_a_document_that_its_rules_forbid_by_now_is_not_called_unreadable(values: Path) -> None:
    with open_store(values) as store:
        refused = [check.text for check in validate(store) if not check.ok]
        assert len(refused) == 2
        assert all("can be read, but would not be written as it is" in text for text in refused)
        assert len(list(store.scan())) == len(store)


def test_a_timestamp_of_another_width_is_refused_from_then_on(values: Path) -> None:
    open_store(values).close()
    with pytest.raises(sqlite3.IntegrityError):
        sql(values, "UPDATE sales SET at = '2025-11-23T10:00:00Z'")


# -- from format 3 to 4 ------------------------------------------------------------------------------------

MIXED = """\
SELECT k, v, other, "like", "set", word, flag, level, named, code, above FROM mixed ORDER BY id;
SELECT mixed_id, nr, v FROM parts ORDER BY mixed_id, nr; SELECT parts_nr, size FROM bits ORDER BY id;
SELECT kind, v FROM from_two ORDER BY id
"""


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Return a database of format 3 with scalar columns, which held all as texts."""
    return made(tmp_path / "mixed.db", "values/3.sql")


def mixed_lines() -> list[str]:
    return [jsontext.dumps(jsontext.loads(line)) for line in (FORMATS / "values/3.jsonl").read_bytes().splitlines()]


def test_numbers_among_texts_come_to_be_numbers(mixed: Path) -> None:
    with open_store(mixed) as store:
        assert [jsontext.dumps(document) for _, document in store.scan()] == mixed_lines()
        assert not difference(schema_of(store.plan, SQLITE), store.backend.catalogue())
        assert [store.put(jsontext.loads(line.encode())).kind for line in mixed_lines()[4:]] == ["unchanged"] * 5
    held = [row for statement in MIXED.split(";") for row in sql(mixed, statement)]
    level, code, above = "1", 9, "9"  # one_of has the text; no row has the code "9"
    usual: tuple[Any, ...] = (7, "7", "true")
    wanted = [
        (1, 10, "5", "5", *usual, level, 1, code, above), ("b", "10", 5, "5", "7", 7, "true", 2, "2", "10", 10),
        (2.5, 9, None, None, *usual, "true", "true", 1, None),
        (3, 2.0**64, None, None, *usual, "low", 1, "1.0", None),  # 1 is another row's
        (4, "false", None, None, *usual, None, "2", "x", None),
        (5, 1.0, None, None, *usual, None, "true", "true", "true"),
        (6, None, "true", "true", *usual, None, None, None, None),
        *((k, None, None, None, *usual, None, None, None, None) for k in (7, 8)),
        (1, 1, "1e2"), (1, "2", "true"), (2, 1.0, 0.0), (8, 9, None), (8, 10, None), (8, "10x", None), (8, "8", None),
        (9, 9, None), (9, 10, None),
        (1, 1), (1, "true"), ("2", 1.5), (9, 1), (9, "1"), ("8", 1), ("8", "1"), ("8", "true"), (1, 9.5), ("2", "9.5"),
    ]  # fmt: skip
    assert list(map(repr, held)) == list(map(repr, wanted))


def test_an_upgrade_of_scalars_that_is_cut_short_has_done_nothing(mixed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, execute = content(mixed), SQLiteFile.execute
    for at in range(1, 60, 7):
        left = at

        def short(self: Any, sql: str, parameters: Any = ()) -> Any:
            nonlocal left
            left -= sql.startswith(("CREATE", "ALTER", "DROP", "INSERT", "UPDATE"))
            if left == 0:
                raise KeyboardInterrupt
            return execute(self, sql, parameters)

        monkeypatch.setattr(SQLiteFile, "execute", short)
        with pytest.raises(KeyboardInterrupt):
            open_store(mixed)
        monkeypatch.setattr(SQLiteFile, "execute", execute)
        assert content(mixed) == before
    with open_store(mixed) as store:
        assert [jsontext.dumps(document) for _, document in store.scan()] == mixed_lines()
