"""The commands that look into a database and take documents out of it: query, tables, get, delete, export --table."""

from __future__ import annotations

import csv
import json
import os
import pty
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import docrel
from docrel.cli import main
from docrel.store import backups

MAPPING = """\
mapping: orders
document: {key: number}
tables:
  orders:
    row: order
    columns:
      number: {type: text, required: true, unique: true}
      note: text
      rest: {rest: true}
    tables:
      lines:
        each: lines[*]
        columns: {sku: text, qty: integer}
"""
FIRST = {"number": "1", "note": "two, three", "lines": [{"sku": "a", "qty": 1}]}
SECOND = {"number": "2", "lines": [{"sku": "b", "qty": 2}, {"sku": "c"}]}
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.yaml").write_text(MAPPING)
    (tmp_path / "d.jsonl").write_text(f"{json.dumps(FIRST)}\n{json.dumps(SECOND)}\n")
    run("import", "d.jsonl", "--db", "d.db", "--mapping", "m.yaml")
    return tmp_path


def run(*arguments: str, status: int = 0, stdin: str | bytes | None = None) -> Result:
    done = CliRunner().invoke(main, list(arguments), input=stdin)
    assert done.exit_code == status, (done.stdout, done.stderr, done.exception)
    assert "Traceback" not in done.output
    return done


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from docrel.cli import main; main(prog_name='docrel')", *arguments]


HERE = os.environ | {"PYTHONPATH": str(Path(docrel.__file__).parents[1])}


# -- query ----------------------------------------------------------------------------------------------


def test_a_query_is_a_table_unless_told_otherwise(here: Path) -> None:
    done = run("query", "d.db", "SELECT number, note, 1.5 AS n, x'00' AS b FROM orders")
    assert done.stdout.splitlines() == [
        "number  note          n  b",
        "------  ----------  ---  -----",
        "1       two, three  1.5  x'00'",
        "2       NULL        1.5  x'00'",
    ]
    assert done.stderr == "2 rows\n"
    assert run("query", "d.db", "SELECT 1 AS a WHERE 0").stdout.splitlines() == ["a", "-"]


def test_formats_for_programs(here: Path) -> None:
    sql = "SELECT number, note FROM orders"
    rows = [{"number": "1", "note": "two, three"}, {"number": "2", "note": None}]
    assert run("query", "d.db", sql, "--format", "csv").stdout == 'number,note\n1,"two, three"\n2,\n'
    assert json.loads(run("query", "d.db", sql, "--format", "json").stdout) == rows
    assert json.loads(run("--format", "json", "query", "d.db", sql).stdout) == rows
    assert [json.loads(line) for line in run("query", "d.db", sql, "--format", "jsonl").stdout.splitlines()] == rows
    done = run("query", "d.db", "SELECT nosuch FROM orders", "--format", "json", status=1)
    assert json.loads(done.stderr)["code"] == "S481"


def test_sql_from_standard_input_and_values_for_parameters(here: Path) -> None:
    sql = "SELECT typeof(:a) AS a, typeof(:b) AS b, typeof(:c) AS c, typeof(:d) AS d, typeof(:e) AS e, :f AS f"
    given = [f"--param={text}" for text in ("a=1", "b=1.5", 'c="1"', "d=null", "e=01", "f=x=y")]
    done = run("query", "d.db", "-", *given, "--format", "jsonl", stdin=f"\ufeff{sql}\n".encode())
    assert json.loads(done.stdout) == {"a": "integer", "b": "real", "c": "text", "d": "null", "e": "text", "f": "x=y"}
    assert "NAME=VALUE" in run("query", "d.db", "SELECT 1", "--param", "a", status=2).stderr
    assert "`:a`" in run("query", "d.db", "SELECT :a", status=1).stderr
    assert "UTF-8" in run("query", "d.db", "-", stdin=b"\xff", status=2).stderr


def test_the_database_is_the_first_word_or_an_option(here: Path) -> None:
    assert run("query", "--db", "d.db", "SELECT 1", "--format", "csv").stdout == "1\n1\n"
    assert "query --db d.db 'SELECT 1'" in run("query", "SELECT 1", status=2).stderr
    assert "SQL is missing" in run("query", "d.db", status=2).stderr
    assert "quotes" in run("query", "d.db", "SELECT", "1", status=2).stderr
    assert "S401" in run("query", "nix.db", "SELECT 1", status=1).stderr
    assert "S406" in run("query", "m.yaml", "SELECT 1", status=1).stderr
    assert not (here / "nix.db").exists()


def test_bad_sql_shows_its_place(here: Path) -> None:
    assert run("query", "d.db", "SELECT qt FROM lines", status=1).stderr == (
        "SQL:1:8: error[S481]: there is no column `qt`\n"
        "  1 | SELECT qt FROM lines\n"
        "    |        ^\n"
        "  help: did you mean `qty`?\n"
    )
    before = (here / "d.db").read_bytes()
    assert "S482" in run("query", "d.db", "DELETE FROM lines", status=1).stderr
    assert (here / "d.db").read_bytes() == before


def test_no_control_character_of_a_cell_reaches_a_terminal(here: Path) -> None:
    sql = "SELECT 'a' || char(27) || '[31m' || char(10) || char(8238) AS \"\x1b[1mx\", '日本' AS w, 1 AS n"
    shown = run("query", "d.db", sql).stdout
    assert shown.splitlines()[2] == "a\\x1b[31m\\n\\u202e  日本  1"
    ours, theirs = pty.openpty()
    subprocess.run(
        command("query", "d.db", sql), stdout=theirs, env=HERE | {"NO_COLOR": "1", "TERM": "dumb"}, check=True
    )
    os.close(theirs)
    seen = os.read(ours, 10_000).decode()
    os.close(ours)
    assert "\\x1b[31m" in seen and "\x1b" not in seen and "\u202e" not in seen


def test_a_table_goes_on_beyond_a_page(here: Path) -> None:
    sql = f"{ENDLESS} i FROM n LIMIT 2500"
    done = run("query", "d.db", sql)
    assert (len(done.stdout.splitlines()), done.stderr) == (2502, "2,500 rows\n")


def test_a_reader_may_go_away(here: Path) -> None:
    asking = subprocess.Popen(
        command("query", "d.db", f"{ENDLESS} i FROM n", "--format", "csv"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=HERE,
    )  # fmt: skip
    assert asking.stdout is not None and asking.stderr is not None
    assert asking.stdout.read(6) == b"i\n1\n2\n"
    asking.stdout.close()
    assert asking.wait(30) == 1
    assert asking.stderr.read() == b""
    asking.stderr.close()


def test_a_query_that_takes_long_says_so_and_can_be_ended(here: Path) -> None:
    ours, theirs = pty.openpty()
    asking = subprocess.Popen(
        command("query", "d.db", f"{ENDLESS} count(*) FROM n"), stdout=subprocess.PIPE, stderr=theirs, env=HERE
    )
    os.close(theirs)
    seen = b""
    while b"asking" not in seen:
        seen += os.read(ours, 10_000)
    asking.send_signal(signal.SIGINT)
    try:
        assert asking.wait(30) == 130
    finally:
        asking.kill()
    rest = os.read(ours, 10_000)
    os.close(ours)
    assert (
        rest.endswith(b"interrupted: nothing was changed\r\n")
        and asking.stdout is not None
        and asking.stdout.read() == b""
    )
    asking.stdout.close()


# -- tables ---------------------------------------------------------------------------------------------


def test_tables_are_told_with_their_rows_and_columns(here: Path) -> None:
    assert run("tables", "d.db").stdout.splitlines() == [
        "table   rows  columns  from",
        "------  ----  -------  ----------",
        "orders     2        4  $",
        "lines      3        4  $.lines[*]",
    ]
    assert "docrel's own" in run("tables", "--db", "d.db", "--all").stdout
    found = json.loads(run("--format", "json", "tables", "d.db").stdout)["tables"]
    assert [(t["name"], t["rows"], t["columns"], t["kind"]) for t in found] == [
        ("orders", 2, 4, "table"), ("lines", 3, 4, "table"),
    ]  # fmt: skip


def test_columns_are_told_with_where_they_are_from_and_how_often_filled(here: Path) -> None:
    done = run("tables", "d.db", "lines")
    assert "qty       integer       2  $.lines[*].qty" in done.stdout.splitlines()
    assert done.stderr == "lines: 3 rows\n"
    found = json.loads(run("tables", "d.db", "lines", "--format", "json").stdout)
    assert (found["rows"], found["columns"][3]["filled"]) == (3, 2)
    assert "did you mean `lines`?" in run("tables", "d.db", "line", status=1).stderr
    run("tables", "d.db", "lines", "--all", status=2)


# -- export --table -------------------------------------------------------------------------------------


def test_a_table_is_written_in_the_format_that_is_told_or_that_its_file_is_called(here: Path) -> None:
    lines = ["1,1,a,1", "2,2,b,2", "3,2,c,"]
    assert run("export", "--db", "d.db", "--table", "lines").stdout.splitlines() == ["id,order_id,sku,qty", *lines]
    for output, first in (
        ("l.csv", b"id,"),
        ("l.jsonl", b'{"id":1'),
        ("l.json", b"[\n"),
        ("sub/l.csv.gz", b"\x1f\x8b"),
    ):
        run("export", "--db", "d.db", "--table", "lines", "--output", output)
        assert (here / output).read_bytes().startswith(first)
    run("export", "--db", "d.db", "--table", "lines", "--output", "out/", "--format", "jsonl")
    assert len((here / "out/lines.jsonl").read_text().splitlines()) == 3
    assert json.loads(run("--format", "json", "export", "--db", "d.db", "--table", "lines").stdout)[2]["qty"] is None
    done = run("export", "--db", "d.db", "--table", "line", "--output", "x.csv", status=1)
    assert "did you mean `lines`?" in done.stderr and not (here / "x.csv").exists()
    for wrong in (["--output", "l.xlsx"], ["--all"], ["--key", "1"], ["--output", "d.db", "--format", "csv"]):
        assert run("export", "--db", "d.db", "--table", "lines", *wrong, status=1 if "d.db" in wrong else 2)
    assert "--table" in run("export", "--db", "d.db", "--all", "--format", "csv", status=2).stderr


def test_a_table_as_parquet(here: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    run("export", "--db", "d.db", "--table", "lines", "--output", "l.parquet")
    assert parquet.read_table(here / "l.parquet").column("qty").to_pylist() == [1, 2, None]


def test_parquet_without_its_library_is_told(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    done = run("export", "--db", "d.db", "--table", "lines", "--output", "l.parquet", status=1)
    assert "pip install 'docrel[parquet]'" in done.stderr and not list(here.glob("*parquet*"))


# -- where documents are written ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["out.csv", "out.tsv", "out.parquet", "out.xlsx", "out.txt", "a.b/out.CSV", "out.7z"])
def test_no_folder_is_called_like_a_file(here: Path, name: str) -> None:
    done = run("export", "--db", "d.db", "--all", "--output", name, status=2)
    assert "--table" in done.stderr and ".jsonl" in done.stderr
    assert not (here / name).exists()
    run("export", "--db", "d.db", "--all", "--output", f"{name}/")
    assert (here / name / "1.json").exists()
    run("export", "--db", "d.db", "--all", "--output", name)


@pytest.mark.parametrize("name", ["out", "out/deep", "v1.2", ".hidden", "2024.01"])
def test_folders_need_no_slash(here: Path, name: str) -> None:
    run("export", "--db", "d.db", "--all", "--output", name)
    assert (here / name / "1.json").exists()


def test_one_document_is_no_table(here: Path) -> None:
    assert "--table" in run("get", "--db", "d.db", "1", "--output", "one.csv", status=2).stderr
    run("get", "--db", "d.db", "1", "--output", "one.txt")
    assert json.loads((here / "one.txt").read_text()) == FIRST


# -- get, delete ----------------------------------------------------------------------------------------


def test_get_prints_a_document(here: Path) -> None:
    assert json.loads(run("get", "--db", "d.db", "2").stdout) == SECOND
    assert run("get", "--db", "d.db", "--document-key", "2").stdout == run("get", "--db", "d.db", "2").stdout
    run("get", "--db", "d.db", "2", "--output", "two.json")
    assert json.loads((here / "two.json").read_text()) == SECOND
    assert "did you mean `2`?" in run("get", "--db", "d.db", "22", status=1).stderr
    for wrong in ([], ["1", "--document-key", "2"]):
        assert "--document-key K" in run("get", "--db", "d.db", *wrong, status=2).stderr


def test_delete_deletes_documents_and_says_which(here: Path) -> None:
    assert run("delete", "--db", "d.db", "1", "--dry-run").stdout == "1: 2 rows\n1 document would go\n"
    assert not backups(here / "d.db")
    done = run("delete", "--db", "d.db", "1", "--document-key", "2", "2")
    (backup,) = backups(here / "d.db")
    assert done.stdout == f"1: 2 rows\n2: 3 rows\n2 documents deleted; the database as it was: backups/{backup.name}\n"
    with closing(sqlite3.connect("d.db")) as db:
        assert db.execute("SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM lines)").fetchall() == [(0, 0)]
    run("restore", "--db", "d.db", "--backup")
    assert json.loads(run("get", "--db", "d.db", "2").stdout) == SECOND
    found = json.loads(run("--format", "json", "delete", "--db", "d.db", "2", "--no-backup").stdout)
    assert found == {"deleted": [{"key": "2", "rows": 3}], "dry_run": False, "backup": None}


def test_nothing_goes_where_one_is_not_there(here: Path) -> None:
    assert "did you mean `1`?" in run("delete", "--db", "d.db", "2", "11", status=1).stderr
    assert json.loads(run("get", "--db", "d.db", "2").stdout) == SECOND
    assert not backups(here / "d.db")
    assert "KEY" in run("delete", "--db", "d.db", status=2).stderr


def test_nothing_goes_where_another_document_refers_to_it(here: Path) -> None:
    (here / "r.yaml").write_text(
        "mapping: people\ndocument: {key: id}\ntables:\n  people:\n    columns:\n"
        "      id: {required: true, unique: true}\n      chief: {references: people.id}\n"
    )
    run("import", "-", "--db", "r.db", "--mapping", "r.yaml", stdin='{"id": "a"}\n{"id": "b", "chief": "a"}\n')
    assert "D320" in run("delete", "--db", "r.db", "a", status=1).stderr
    assert not backups(here / "r.db")
    assert "2 documents deleted" in run("delete", "--db", "r.db", "a", "b").stdout


@pytest.mark.parametrize(
    ("columns", "key", "document", "text"),
    [
        ("id: {type: integer, required: true, unique: true}", "id", {"id": -5}, "-5"),
        ("id: {type: boolean, required: true, unique: true}", "id", {"id": True}, "true"),
        ("a: {required: true}, b: {type: integer, required: true}", "[a, b]", {"a": "x", "b": 1}, '["x", 1]'),
        ("a: {required: true}, b: {type: integer, required: true}", "[a, b]", {"a": "x", "b": 1}, "a=x,b=1"),
        ("id: {type: base64, required: true, unique: true}", "id", {"id": "AP8="}, "AP8="),
    ],
)
def test_keys_of_all_kinds(here: Path, columns: str, key: str, document: dict[str, Any], text: str) -> None:
    unique = "unique: [[a, b]], " if key != "id" else ""
    (here / "k.yaml").write_text(
        f"mapping: k\ndocument: {{key: {key}}}\ntables: {{k: {{{unique}columns: {{{columns}}}}}}}\n"
    )
    (here / "k.json").write_text(json.dumps(document))
    run("import", "k.json", "--db", "k.db", "--mapping", "k.yaml")
    assert json.loads(run("get", "--db", "k.db", f"--document-key={text}").stdout) == document
    assert "1 document deleted" in run("delete", "--db", "k.db", "--", text).stdout
    assert list(csv.reader(run("export", "--db", "k.db", "--table", "k").stdout.splitlines()))[1:] == []
