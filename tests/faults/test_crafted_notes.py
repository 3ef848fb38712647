"""Crafted notes: what docrel keeps beside the mapped tables and somebody has changed is one clear error, never a guess.

Notes, shapes and the history of a database are changed into what is hostile. Each time every way of reading gives the
document that was stored, or one StoreError that names the table and the row. By default a sample is tried, the same in
each run; DOCREL_FAULTS=all tries everything.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner

from docrel import compile, spec
from docrel.cli import main
from docrel.diagnostics import DocrelError, StoreError
from docrel.plan import Plan
from docrel.rows import shape_id
from docrel.store import StoredDocuments, open_store
from docrel.upkeep import validate
from docrel.values import jsontext

ALL = os.environ.get("DOCREL_FAULTS") == "all"

MAPPING = """\
mapping: noted
document: {key: k}
tables:
  t:
    columns:
      k: {type: text, required: true, unique: true}
      num: {from: [num, other.num], type: integer}
      cost: real
      words: {from: words, default: none}
    tables:
      items:
        each: items[*]
        otherwise: rest
        columns: {name: {type: text, required: true}, size: integer}
      members:
        each: members.*
        primary_key: [t_id, key]
        columns: {key: {key: each}, v: {from: '@', type: integer}}
"""
DOCUMENT: Any = {
    "odd": [1, {"a": None}], "k": "d", "num": "many", "cost": 2, "words": "none", "other": {"num": 1},
    "items": [{"name": "a", "size": None}, 5, {"size": 1}, {"name": "b", "size": 1.5, "more": {"deep": [1]}}],
    "members": {"x": 1, "y": "two", "z": None},
}  # fmt: skip
PLAIN: Any = {"k": "plain", "num": "7", "cost": 2, "items": [3], "members": {"x": "one"}}
LATER = MAPPING.replace("document:", "version: 2\ndocument:").replace("cost: real", "cost: text")

DEEP = "[" * 5000 + "]" * 5000
VALUES: tuple[Any, ...] = (
    None, 0, -1, 1, 2**62, 1.5, "", "x", "{}", "[]", "null", "5", '"x"', "{", "not JSON", '{"is": "Name"}', DEEP,
    '{"null": ["nobody"]}', '{"null": 5}', '{"null": [5]}', '{"via": {"num": 9}}', '{"via": {"num": true}}',
    '{"via": {"nobody": 1}}', '{"edge": "nobody"}', '{"edge": 5}', '{"order": [[["a"], ["b", 5]]]}', '{"order": [5]}',
    '{"order": [[[], ["a", "a"]]]}', '{"stray": [[["a"], []], [["a"], []]]}',
    '{"order": [[[true], []]]}', '{"explicit": {"words": 1}}', '{"integer": "cost"}', '{"later": 1}',
    '{"override": {"nobody": [null, 1]}}', '{"override": {"num": []}}', '{"override": {"num": [1, 2, 3]}}',
    '{"override": {"num": [[1], 2]}}', '{"override": {"num": [true, 2]}}', '{"override": [["num", 1]]}',
    '{"override": {"t_id": [null, 1]}}', '{"override": {"key": ["x", 5]}}', '{"stray": [[["nowhere"], [[null, 1]]]]}',
    '{"stray": [[["items"], [[true, 1]]]]}', '{"stray": [[["items"], [[[1], 1]]]]}', '{"stray": [[["items"], 5]]}',
    '{"stray": [[["items"], [[1]]]]}', '{"text": {"rest": 5}}', '{"text": 5}', '{"text": {"rest": "{"}}',
    '{"rest": 1, "rest": 2}', '{"rest": NaN}', '{"rest": 1e999}', f'{{"rest": {DEEP}}}', '{"rest": "\\ud83d"}',
    b"", b"x", b"\xff\xfe", b'{"rest": 1}', b"0123456789abcdef", "t", "items", "members", "_docrel", '["a", 1]', "[1]",
    "__import__('os')", '"; DROP TABLE t; --', "a\x00b",
)  # fmt: skip
UNDECODABLE = "CAST(x'7bff22' AS TEXT)"


def compiled(text: str) -> Plan:
    return compile.compile(spec.loads(text))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with two documents that need notes of every kind, migrated once."""
    path = tmp_path_factory.mktemp("whole") / "whole.db"
    with open_store(path, compiled(MAPPING)) as store:
        store.put(DOCUMENT)
        store.put(PLAIN)
        assert store.get("d") == DOCUMENT
    return path


class Crafted:
    """A copy of the database, with one thing changed in it by SQL."""

    def __init__(self, whole: Path, folder: Path) -> None:
        self.whole, self.path = whole, folder / "crafted.db"
        self.counts: Counter[str] = Counter()

    def change(self, sql: str, *parameters: Any) -> bool:
        """Run the statement on a fresh copy; says whether the database let it happen."""
        for end in ("", "-wal", "-shm"):
            Path(f"{self.path}{end}").unlink(missing_ok=True)
        shutil.copy(self.whole, self.path)
        with closing(sqlite3.connect(self.path, isolation_level=None)) as connection:
            connection.execute("PRAGMA foreign_keys = OFF")
            try:
                return bool(connection.execute(sql, parameters).rowcount)
            except (sqlite3.Error, UnicodeEncodeError):
                return False

    def hold(self, *, seen_by_validate: bool = True) -> None:
        """Assert that each use gives what was stored or one StoreError; that `validate` sees it, where a read did."""
        refused = []
        with open_store(self.path) as store:
            seen = not seen_by_validate or not all(finding.ok for finding in validate(store))
        for use in self._uses():
            with open_store(self.path) as store:
                try:
                    use(store)
                    self.counts["works"] += 1
                except StoreError as e:
                    refused.append(e.diagnostics[0])
                    self.counts["refused"] += 1
        assert all(found.code in {"S405", "S445"} for found in refused), refused
        assert all("damaged" in found.message or "decode" in found.message for found in refused), refused
        assert all("restore" in found.help for found in refused)
        assert seen or not refused, refused

    def _uses(self) -> Iterator[Callable[[Any], object]]:
        def same(store: Any) -> None:
            assert jsontext.same(store.get("d"), DOCUMENT)

        def exported(store: Any) -> None:
            assert [jsontext.loads(line) for line in store.export()] == [DOCUMENT, PLAIN]

        yield same
        yield exported
        yield lambda store: list(StoredDocuments(store.backend, store.plan).pages())
        yield lambda store: store.put(DOCUMENT)
        yield lambda store: store.put({**PLAIN, "num": 8})
        yield lambda store: store.edit("d", lambda document: {**document, "num": 5})
        yield lambda store: store.append("d", "$.items", {"name": "c"})
        yield lambda store: store.delete("d")


def notes_of(path: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute('SELECT "table", "row", shape, body FROM noted_note').fetchall()


def test_a_note_that_is_changed_is_named(whole: Path, tmp_path: Path) -> None:
    crafted, random = Crafted(whole, tmp_path), Random(1)
    changes = [(note, column, value) for note in notes_of(whole) for column in ("shape", "body") for value in VALUES]
    for note, column, value in changes if ALL else random.sample(changes, 120):
        sql = f'UPDATE noted_note SET "{column}" = ? WHERE "table" = ? AND "row" = ?'
        before = dict(zip(("table", "row", "shape", "body"), note, strict=True))
        if crafted.change(sql, value, *note[:2]) and before[column] != value:
            _held_unless_it_is_another_note(crafted, column, value)
    print(dict(crafted.counts))
    assert crafted.counts["refused"] > 100


def _held_unless_it_is_another_note(crafted: Crafted, column: str, value: Any) -> None:
    """A well-formed note that says something else, or is on a row that is gone, is no damage that could be told."""
    try:
        crafted.hold()
    except AssertionError:
        well_formed = {
            "shape": value is None, "body": value in (None, "{}", '{"rest": 1}', '{"rest": "\\ud83d"}'),
        }  # fmt: skip
        if not well_formed[column]:
            raise
        crafted.counts["says something else"] += 1


def test_a_shape_that_is_changed_is_named(whole: Path, tmp_path: Path) -> None:
    crafted, random = Crafted(whole, tmp_path), Random(2)
    with closing(sqlite3.connect(whole)) as connection:
        shapes = [identity for (identity,) in connection.execute("SELECT id FROM noted_shape")]
    for identity in shapes:
        for value in VALUES if ALL else random.sample(VALUES, 12):
            for column in ("id", "body"):
                if crafted.change(f"UPDATE noted_shape SET {column} = ? WHERE id = ?", value, identity):
                    crafted.hold()
        assert crafted.change("DELETE FROM noted_shape WHERE id = ?", identity)
        crafted.hold()
    assert crafted.counts["refused"] > 50


@pytest.mark.parametrize("text", [value for value in VALUES if isinstance(value, str) and value.startswith("{")])
def test_a_shape_of_its_own_name_is_read_as_strictly(text: str, whole: Path, tmp_path: Path) -> None:
    crafted = Crafted(whole, tmp_path)
    note = next(n for n in notes_of(whole) if n[0] == "t" and n[2] is not None)
    assert crafted.change("UPDATE noted_shape SET body = ?, id = ? WHERE id = ?", text, shape_id(text), note[2])
    with closing(sqlite3.connect(crafted.path)) as connection, connection:
        connection.execute("UPDATE noted_note SET shape = ? WHERE shape = ?", [shape_id(text), note[2]])
    with open_store(crafted.path) as store:
        if text == "{}":
            store.get("d")
            return
        with pytest.raises(StoreError, match=r"S445.*row 1 of table 't'"):
            store.get("d")


def test_bytes_that_are_no_text(whole: Path, tmp_path: Path) -> None:
    crafted = Crafted(whole, tmp_path)
    if crafted.change(f"UPDATE noted_note SET body = {UNDECODABLE} WHERE \"table\" = 't' AND \"row\" = '1'"):
        crafted.hold(seen_by_validate=False)


@pytest.mark.parametrize("table", ["gone", "", "T", b"t", "_docrel"])
def test_a_note_of_no_table_is_seen_by_validate(table: Any, whole: Path, tmp_path: Path) -> None:
    crafted = Crafted(whole, tmp_path)
    assert crafted.change('UPDATE noted_note SET "table" = ? WHERE "table" = \'t\'', table)
    with open_store(crafted.path) as store:
        assert any("which there is not" in finding.text for finding in validate(store) if not finding.ok)
    assert run("doctor", "--db", str(crafted.path))[0] == 1


@pytest.mark.parametrize("row", ["9", "", "[1]", '["1", "x"]', b"1", 1.5])
def test_a_note_on_no_row_is_seen_by_the_doctor(row: Any, whole: Path, tmp_path: Path) -> None:
    crafted = Crafted(whole, tmp_path)
    assert crafted.change('UPDATE noted_note SET "row" = ? WHERE "table" = \'t\' AND "row" = \'1\'', row)
    told = CliRunner().invoke(main, ["doctor", "--db", str(crafted.path)]).output
    assert "1 notes on rows that are gone" in told


HISTORY: tuple[tuple[str, Any], ...] = tuple(
    (column, value)
    for column in ("at", "direction", "from_version", "to_version", "from_checksum", "documents", "backup", "from_plan")
    for value in (5, "sideways", b"\xff", 1.5, -1, 2**62, DEEP, "[]")
)


@pytest.fixture(scope="module")
def migrated(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("migrated")
    (folder / "later.yaml").write_text(LATER)
    shutil.copy(whole, folder / "whole.db")
    assert run("migrate", "apply", "--db", str(folder / "whole.db"), "--to", str(folder / "later.yaml")) == (0, "")
    return folder / "whole.db"


def run(*arguments: str) -> tuple[int, str]:
    """Run a command; returns its status and what it says of errors."""
    result = CliRunner().invoke(main, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "fault of docrel" not in result.stderr
    return result.exit_code, result.stderr


@pytest.mark.parametrize(("column", "value"), HISTORY)
def test_a_history_that_is_changed_is_refused(column: str, value: Any, migrated: Path, tmp_path: Path) -> None:
    crafted = Crafted(migrated, tmp_path)
    if not crafted.change(f"UPDATE _docrel_history SET {column} = ?", value):
        return
    for arguments in (("history",), ("plan", "--to", "1"), ("down", "--to", "1", "--no-backup")):
        status, said = run("migrate", *arguments, "--db", str(crafted.path))
        assert status == 0 or (status == 1 and "error[S412]" in said) or "error[X508]" in said, said


def test_commands_on_a_crafted_database_say_one_error(whole: Path, tmp_path: Path) -> None:
    crafted, db = Crafted(whole, tmp_path), str(tmp_path / "crafted.db")
    out = str(tmp_path / "out")
    for sql, code in (
        ("UPDATE _docrel SET value = '[]' WHERE name = 'plan'", "S412"),
        ("UPDATE _docrel SET value = x'00' WHERE name = 'plan'", "S412"),
        (f"UPDATE _docrel SET value = '{DEEP}' WHERE name = 'plan'", "S412"),
        ("UPDATE noted_note SET body = '5'", "S445"),
        ("DELETE FROM noted_shape", "S445"),
    ):
        assert crafted.change(sql)
        for arguments in (("export", "--all", "--output", out), ("export", "--key", "d")):
            status, said = run(*arguments, "--db", db)
            assert status == 1
            assert f"error[{code}]" in said
        status, said = run("validate", "--db", db)
        assert status == 1
        status, said = run("migrate", "history", "--db", db)
        assert (status == 1 and "error[S412]" in said) if code == "S412" else status == 0
        assert run("doctor", "--db", db)[0] == 1


NO_FORMATS: tuple[Any, ...] = (
    *VALUES, "0", "-1", "01", "1.0", " 1", "1 ", "1\n", "+1", "1e3", "0x1", "½", "١", "Infinity", "2", "9" * 18,
    "9" * 5000,
)  # fmt: skip


@pytest.mark.parametrize("value", NO_FORMATS, ids=lambda value: ascii(value)[:20])
def test_a_format_that_is_none_is_one_error(value: Any, whole: Path, tmp_path: Path) -> None:
    """Text, negative, huge or NULL: damaged or later, said once, by whatever is asked first."""
    crafted, db = Crafted(whole, tmp_path), str(tmp_path / "crafted.db")
    if not crafted.change("INSERT OR REPLACE INTO _docrel VALUES ('format', ?)", value):
        return
    told = one_error(lambda: open_store(crafted.path).close())
    if value == "2":
        assert not told
        return
    later = value != 1  # whose tables those of format 2 are not; a column of text keeps it as the text `1`
    later &= str(value).isascii() and str(value).isdigit() and not str(value).startswith("0")
    assert told == ("S413" if later else "S412")
    for arguments in (("export", "--all"), ("validate",), ("migrate", "history"), ("maintain",)):
        status, said = run(*arguments, "--db", db)
        assert status == 1
        assert said.count("error[") == 1 and f"error[{told}]" in said and len(said) < 500, said


def test_a_format_of_bytes_that_are_no_text(whole: Path, tmp_path: Path) -> None:
    crafted = Crafted(whole, tmp_path)
    assert crafted.change(f"INSERT OR REPLACE INTO _docrel VALUES ('format', {UNDECODABLE})")
    assert one_error(lambda: open_store(crafted.path).close()) == "S405"


def one_error(use: Callable[[], object]) -> str:
    """Return the code of the one error that a use ends with, the empty text where it works."""
    try:
        use()
    except StoreError as e:
        (found,) = e.diagnostics
        return found.code
    return ""


def test_a_sequence_that_is_no_number(whole: Path, tmp_path: Path) -> None:
    crafted = Crafted(whole, tmp_path)
    for value in ("x", -5, 2**63 - 1, 1.5, b"\xff"):
        assert crafted.change("UPDATE sqlite_sequence SET seq = ?", value)
        with open_store(crafted.path) as store, pytest.raises(DocrelError, match="S405"):
            store.put({"k": "new", "items": [{"name": "a"}]})


def test_the_plan_text_is_never_run(whole: Path, tmp_path: Path) -> None:
    """Statements of a plan that are no CREATE are refused before anything of the plan is used."""
    crafted = Crafted(whole, tmp_path)
    with closing(sqlite3.connect(whole)) as connection:
        plan = json.loads(connection.execute("SELECT value FROM _docrel WHERE name = 'plan'").fetchone()[0])
    for kind, sql in (
        ("statement", f"ATTACH '{tmp_path}/ran.db' AS s"), ("view", "SELECT load_extension('x')); DROP TABLE t; --"),
        ("statement", "CREATE TRIGGER s AFTER DELETE ON t BEGIN SELECT 1; END; DROP TABLE t"),
        ("view", "DELETE FROM t"),
    ):  # fmt: skip
        plan["statements"] = [{"is": "Statement", "kind": kind, "name": "s", "sql": [["sqlite", sql]]}]
        assert crafted.change("UPDATE _docrel SET value = ? WHERE name = 'plan'", json.dumps(plan))
        with pytest.raises(StoreError, match="S412"), open_store(crafted.path):
            pass
    assert not (tmp_path / "ran.db").exists()
