"""Import without a mapping: it is inferred, kept and written, wholly or not at all."""

from __future__ import annotations

import gzip
import json
import os
import re
import shlex
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import docrel
from docrel import store as stores
from docrel.authoring import first_mapping
from docrel.cli import main
from docrel.diagnostics import DocumentError
from docrel.documents import InputDocument, read_twice
from docrel.mapping import load
from docrel.store import has_mapping, open_store, write_mapping

HERE = {"PYTHONPATH": str(Path(docrel.__file__).parents[1])}
ORDERS = [{"number": f"A{n}", "state": "new" if n % 3 else "paid", "lines": [{"sku": "x"}] * n} for n in range(9)]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders").mkdir()
    for order in ORDERS:
        (tmp_path / "orders" / f"{order['number']}.json").write_text(json.dumps(order))
    (tmp_path / "orders.jsonl").write_text(text(ORDERS))
    return tmp_path


def text(documents: list[Any]) -> str:
    return "".join(json.dumps(document) + "\n" for document in documents)


def run(*arguments: str, status: int = 0, stdin: str | None = None) -> Result:
    done = CliRunner().invoke(main, list(arguments), input=stdin)
    assert done.exit_code == status, (done.stdout, done.stderr, done.exception)
    assert "Traceback" not in done.output
    return done


def facts(*arguments: str, status: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("--format", "json", *arguments, status=status).stdout)
    return found


def stored(db: str, table: str = "orders") -> int:
    with closing(sqlite3.connect(db)) as connection:
        return int(connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# -- the mapping ----------------------------------------------------------------------------------------


def read(*documents: Any) -> list[InputDocument]:
    return [InputDocument(f"#{n}", document) for n, document in enumerate(documents)]


def test_a_first_mapping_is_one_for_what_can_be_read() -> None:
    bad = InputDocument("bad", diagnostics=DocumentError.one("D332", "is empty").diagnostics)
    heard: list[Any] = []
    found = first_mapping([bad, *read({"id": "a"}, {"id": "b"})], name="things", on_unreadable=heard.append)
    assert (found.documents, found.unreadable, found.plan.name, found.plan.key) == (2, 1, "things", "id")
    assert heard == [bad.diagnostics]


@pytest.mark.parametrize("key", [None, ["id"]])
def test_of_nothing_there_is_no_mapping(key: list[str] | None) -> None:
    with pytest.raises(DocumentError) as caught:
        first_mapping([], name="things", key=key)
    assert caught.value.diagnostics[0].code == "D361"


@pytest.mark.parametrize("value", [None, False, 0, "", [], {}])
def test_a_document_may_be_any_value(value: Any) -> None:
    assert first_mapping(read(value), name="things").documents == 1


# -- its file -------------------------------------------------------------------------------------------


def test_the_text_is_in_the_database_until_it_is_in_a_file(tmp_path: Path) -> None:
    found = first_mapping(read({"id": "a"}), name="things")
    open_store(tmp_path / "x.db", found.plan, mapping=found.text).close()  # killed before the file was written
    with open_store(tmp_path / "x.db") as store:
        assert write_mapping(store) == tmp_path / "x.yaml"
        assert write_mapping(store) is None
    assert (tmp_path / "x.yaml").read_text() == found.text


def test_a_file_that_came_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    found = first_mapping(read({"id": "a"}), name="things")
    (tmp_path / "x.yaml").write_text("mine")
    with open_store(tmp_path / "x.db", found.plan, mapping=found.text) as store:
        assert write_mapping(store) == tmp_path / "x_2.yaml"
    assert (tmp_path / "x.yaml").read_text() == "mine"
    assert (tmp_path / "x_2.yaml").read_text() == found.text


def test_a_file_that_was_written_before_a_kill_is_the_one(tmp_path: Path) -> None:
    found = first_mapping(read({"id": "a"}), name="things")
    (tmp_path / "x.yaml").write_text(found.text)
    with open_store(tmp_path / "x.db", found.plan, mapping=found.text) as store:
        assert write_mapping(store) == tmp_path / "x.yaml"
    assert "x_2.yaml" not in files(tmp_path)


def test_a_database_named_as_a_mapping_keeps_its_name(here: Path) -> None:
    run("import", "orders.jsonl", "--db", "x.yaml")
    assert stored("x.yaml") == 9
    assert load(here / "x.yaml.yaml").plan.name == "orders"


@pytest.mark.parametrize("content", [None, b"", "foreign"])
def test_whether_there_is_a_mapping(tmp_path: Path, content: bytes | str | None) -> None:
    path = tmp_path / "x.db"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE mine (x)")
    assert not has_mapping(path)
    open_store(path, first_mapping(read({"id": "a"}), name="things").plan).close()
    assert has_mapping(path)


# -- import ---------------------------------------------------------------------------------------------


def test_one_command_makes_a_database(here: Path) -> None:
    done = run("import", "orders/", "--db", "x.db")
    assert "9 documents inserted" in done.stdout
    assert "inferred from 9 documents: it is kept in x.db, and written to x.yaml" in done.stdout
    assert "`number` is the key, as far as these documents tell: until `docrel confirm-key --db x.db`" in done.stdout
    assert (stored("x.db"), stored("x.db", "lines")) == (9, 36)
    assert load(here / "x.yaml").plan.name == "orders"
    before = files(here), (here / "x.yaml").read_bytes()
    assert "nothing to do, all 9 documents" in run("import", "orders/", "--db", "x.db").stdout
    assert ([name for name in files(here) if name != "backups"], (here / "x.yaml").read_bytes()) == before
    run("validate", "--db", "x.db")


def test_what_it_says_to_do_next_can_be_done(here: Path) -> None:
    lines = run("import", "orders/", "--db", "my x.db").stdout.splitlines()
    following = [line.strip() for line in lines[lines.index("Next:") + 1 :]]
    assert [shlex.split(line)[1] for line in following] == ["tables", "query", "export", "migrate"]
    for line in following:
        done = run(*shlex.split(line, comments=True)[1:])
        if "query" in line:
            assert re.search(r"new +6\npaid +3", done.stdout)
    assert len(files(here / "again")) == 9


def test_for_programs(here: Path) -> None:
    found = facts("import", "orders/", "--db", "x.db")["mapping"]
    assert (found["name"], found["file"], found["documents"]) == ("orders", "x.yaml", 9)
    assert (found["key"], found["key_inferred"]) == (["number"], True)
    assert len(found["next"]) == 4
    assert facts("import", "orders/", "--db", "x.db")["mapping"] is None


def test_what_the_second_run_completes(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(store: Any) -> None:
        raise DocumentError.one("D331", "cannot be written: the disk is full", subject="x.yaml")

    with monkeypatch.context() as patched:
        patched.setattr(stores, "write_mapping", fails)
        run("import", "orders/", "--db", "x.db", status=1)
    assert "x.yaml" not in files(here)
    assert "The mapping that x.db was made by is written to x.yaml" in run("import", "orders/", "--db", "x.db").stdout
    assert stored("x.db") == 9
    assert load(here / "x.yaml").plan.name == "orders"


def test_the_mapping_is_as_infer_writes_it(here: Path) -> None:
    run("import", "orders/", "--db", "x.db", "--min-share", "0.9", "--max-tables", "1", "--name", "buys")
    run("infer", "orders/", "--min-share", "0.9", "--max-tables", "1", "--name", "buys", "--output", "i.yaml")
    assert (here / "x.yaml").read_text() == (here / "i.yaml").read_text()


def test_a_key_that_is_said_is_not_inferred(here: Path) -> None:
    done = run("import", "orders/", "--db", "x.db", "--key", "number")
    assert "as far as these documents tell" not in done.stdout
    run("import", "orders/", "--db", "y.db", "--key", "nix", status=2)
    assert not [name for name in files(here) if name.startswith("y")]


@pytest.mark.parametrize(
    ("paths", "db", "name"),
    [
        (["orders.jsonl"], "x.db", "orders"),
        (["orders/"], "x.db", "orders"),
        (["orders/A1.json", "orders/A2.json"], "x.db", "orders"),
        (["orders/A1.json", "page/1.json"], "all.db", "all"),
        (["-"], "bought.db", "bought"),
        (["."], "../x.db", "orders"),
        (["12 month's.v1.jsonl.gz"], "x.db", "n_12_month_s_v1"),
        (["sqlite_.jsonl"], "x.db", "x_sqlite"),
    ],
)
def test_it_is_named_after_what_is_read(
    here: Path, paths: list[str], db: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "12 month's.v1.jsonl.gz").write_bytes(gzip.compress(text(ORDERS).encode()))
    (here / "sqlite_.jsonl").write_text(text(ORDERS))
    (here / "page").mkdir()
    (here / "page" / "1.json").write_text("{}")
    if paths == ["."]:
        monkeypatch.chdir(here / "orders")
    found = json.loads(run("--format", "json", "import", *paths, "--db", db, stdin=text(ORDERS)).stdout)
    assert found["mapping"]["name"] == name
    assert found["inserted"] == (2 if len(paths) > 1 else 9)


@pytest.mark.parametrize(
    "name", ["a" * 80, "größe" * 20, "sqlite", "_docrel", "orders_note", "group", "it's", "\U0001f600"]
)
def test_any_name_is_made_a_fit_one(here: Path, name: str) -> None:
    run("import", "orders.jsonl", "--db", "x.db", "--name", name)
    run("validate", "--db", "x.db")
    run("check", "x.yaml")


def test_records_are_documents(here: Path) -> None:
    (here / "page.json").write_text(json.dumps({"next": None, "data": ORDERS}))
    found = facts("import", "page.json", "--records", "$.data[*]", "--db", "x.db")
    assert (found["inserted"], found["mapping"]["documents"]) == (9, 9)


def test_a_dry_run_shows_it_and_writes_nothing(here: Path) -> None:
    before = files(here)
    done = run("import", "orders/", "--db", "x.db", "--dry-run")
    assert "9 documents would be inserted" in done.stdout
    assert "was inferred from 9 documents: it would be kept" in done.stdout
    (here / "x.db").write_bytes(b"")
    run("import", "orders/", "--db", "x.db", "--dry-run")
    assert (here / "x.db").read_bytes() == b""
    (here / "x.db").unlink()
    assert files(here) == before


def test_a_database_in_memory_has_no_file(here: Path) -> None:
    before = files(here)
    assert "9 documents inserted" in run("import", "orders/", "--db", ":memory:").stdout
    assert files(here) == before


def test_what_is_passed_over_is_told_where_nothing_is_read(here: Path) -> None:
    (here / "notes").mkdir()
    (here / "notes" / "a.txt").write_text("{}")
    assert ".txt" in run("import", "notes", "--db", "x.db", status=1).stderr
    run("import", "notes", "--db", "x.db", "--glob", "*.txt")
    assert stored("x.db", "notes") == 1


def test_one_bad_document_does_not_stop_the_others(here: Path) -> None:
    (here / "orders" / "bad.json").write_text('{"number": ')
    done = run("import", "orders/", "--db", "x.db", status=1)
    assert done.stderr.count("bad.json") == 1
    assert "9 documents inserted, 0 updated, 0 unchanged, 1 refused" in done.stdout
    assert (here / "x.yaml").exists()


@pytest.mark.parametrize("path", ["empty", "bad.json", "nix", "-"])
def test_where_nothing_can_be_read_nothing_is_made(here: Path, path: str) -> None:
    (here / "empty").mkdir()
    (here / "bad.json").write_text('{"number": ')
    before = files(here)
    done = run("import", path, "--db", "x.db", status=1, stdin='{"a":')
    assert "D361" in done.stderr
    assert "D361" in run("infer", path, "--output", "m.yaml", status=1, stdin="").stderr
    assert files(here) == before


def test_a_file_that_is_there_is_left_alone(here: Path) -> None:
    (here / "x.yaml").write_text("mine")
    before = files(here)
    done = run("import", "orders/", "--db", "x.db", status=2)
    assert "say --mapping x.yaml if" in done.stderr
    assert "another name for --db" in done.stderr
    assert files(here) == before
    assert (here / "x.yaml").read_text() == "mine"


def test_where_a_mapping_is_there_none_is_inferred(here: Path) -> None:
    run("import", "orders/", "--db", "x.db")
    both = ["--name", "buys", "--max-tables", "2"]
    assert "x.db has its own" in run("import", "orders/", "--db", "x.db", *both, status=2).stderr
    done = run("import", "orders/", "--db", "y.db", "--mapping", "x.yaml", *both, status=2)
    assert "--name, --max-tables are for a mapping that is inferred, and --mapping x.yaml says it" in done.stderr
    assert "y.db" not in files(here)


def test_a_database_called_as_a_shipped_mapping_has_that_unless_another_is_asked_for(here: Path) -> None:
    run("import", "orders/", "--db", "osv.db", "--name", "orders")
    assert stored("osv.db") == 9


def test_a_database_of_others_gets_tables_of_its_own(here: Path) -> None:
    with closing(sqlite3.connect("x.db")) as connection:
        connection.execute("CREATE TABLE mine (x)")
    run("import", "orders/", "--db", "x.db")
    assert (stored("x.db"), stored("x.db", "mine")) == (9, 0)
    with closing(sqlite3.connect("y.db")) as connection:
        connection.execute("CREATE TABLE lines (x)")
    assert "S410" in run("import", "orders/", "--db", "y.db", status=1).stderr
    assert "y.yaml" not in files(here)


def test_documents_come_back(here: Path) -> None:
    run("import", "orders.jsonl", "--db", "x.db")
    run("export", "--db", "x.db", "--all", "--output", "again.jsonl")
    assert [json.loads(line) for line in (here / "again.jsonl").read_text().splitlines()] == ORDERS


# -- what can be read only once -------------------------------------------------------------------------


def test_standard_input_is_read_twice(here: Path) -> None:
    command = [sys.executable, "-m", "docrel", "import", "-", "--db", "x.db"]
    done = subprocess.run(command, input=text(ORDERS).encode(), env={**os.environ, **HERE}, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert stored("x.db", "x") == 9


def test_a_pipe_is_read_twice(here: Path) -> None:
    os.mkfifo(here / "orders.pipe")
    writer = threading.Thread(target=(here / "orders.pipe").write_text, args=[text(ORDERS)])
    writer.start()
    assert facts("import", "orders.pipe", "--db", "x.db")["inserted"] == 9
    writer.join()


def test_standard_input_is_itself_again(here: Path) -> None:
    before = sys.stdin
    with read_twice(["orders.jsonl"]) as again:
        assert again() == again() == ["orders.jsonl"]
        assert sys.stdin is before


# -- list -----------------------------------------------------------------------------------------------


def test_the_mappings_that_come_with_docrel_are_listed() -> None:
    lines = run("list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["cyclonedx", "missions", "ocds", "osv", "stix"]
    assert "  @1, @2, @3, @4  The state of software missions" in lines[1]
    found = facts("list")["mappings"]
    assert found[3]["name"] == "osv"
    assert found[3]["versions"] == [1]
    assert load(f"{found[3]['name']}@{found[3]['versions'][-1]}").plan.version == 1
