"""Sources: from which file each document came, which files are not read again, and what a folder has no longer."""

from __future__ import annotations

import gzip
import json
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from docrel.cli import main
from docrel.store import open_store
from docrel.upkeep import prune, survey

THINGS = """\
mapping: things
version: 1
document: {key: id}
tables:
  things:
    columns:
      id: {type: integer, required: true, unique: true}
      m: text
      rest: {rest: true}
    tables:
      parts:
        each: parts[*]
        columns: {name: {from: '@', type: text}}
"""
SURROGATE = THINGS.replace(
    "    columns:\n      id", "    columns:\n      num: {type: integer, surrogate: true}\n      id", 1
)
NATURAL = """\
mapping: days
document: {key: [symbol, day]}
tables:
  days:
    primary_key: [symbol, day]
    columns:
      symbol: {type: text, required: true}
      day: {type: integer, required: true}
      rest: {rest: true}
"""
TWO = """\
mapping: both
document: {key: id}
tables:
  as:
    when: {kind: a}
    columns: {id: {type: text, required: true, unique: true}, kind: text, rest: {rest: true}}
  bs:
    when: {kind: b}
    columns: {id: {type: text, required: true, unique: true}, kind: text, rest: {rest: true}}
"""
ALL = "SELECT document, file, line FROM _docrel_source ORDER BY document"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s").mkdir()
    return tmp_path


def run(*arguments: str, status: int = 0, input_: Any = None) -> Result:
    result = CliRunner().invoke(main, arguments, input=input_)
    assert result.exit_code == status, result.output
    return result


def facts(*arguments: str, status: int = 0) -> Any:
    return json.loads(run("--format", "json", *arguments, status=status).stdout)


def put(name: str, *documents: Any) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(one) + "\n" for one in documents))
    return path


def bring(*paths: str, mapping: str = THINGS, more: tuple[str, ...] = (), status: int = 0) -> Any:
    Path("m.yaml").write_text(mapping)
    return facts("import", *paths, "--db", "x.db", "--mapping", "m.yaml", "--no-backup", *more, status=status)


def sql(text: str, *values: Any, db: str = "x.db") -> list[Any]:
    with closing(sqlite3.connect(db)) as connection, connection:
        return connection.execute(text, values).fetchall()


def start_anew() -> None:
    Path("x.db").unlink()
    shutil.rmtree("backups", ignore_errors=True)


def sources() -> list[Any]:
    return sql(ALL)


def rows() -> list[Any]:
    return sql('SELECT "table", "row", "line" FROM _docrel_source_row ORDER BY 1, 2')


# -- where documents came from -------------------------------------------------------------------------------------


@pytest.mark.parametrize("mapping", [THINGS, SURROGATE])
def test_each_document_tells_its_file_line_and_time(mapping: str) -> None:
    put("s/a.json", {"id": 1})
    put("s/deep/b.jsonl", {"id": 2}, {"id": 3})
    Path("s/c.jsonl.gz").write_bytes(gzip.compress(b'\n\n{"id": 4}\n'))
    with zipfile.ZipFile("s/d.zip", "w") as archive:
        archive.writestr("in/e.json", '{"id": 5}')
    Path("s/f.json").write_text('{\n "id": 6\n}\n{"id": 7}')
    bring("s", mapping=mapping)
    assert sources() == [
        (1, "s/a.json", 1), (2, "s/deep/b.jsonl", 1), (3, "s/deep/b.jsonl", 2), (4, "s/c.jsonl.gz", 3),
        (5, "s/d.zip/in/e.json", 1), (6, "s/f.json", 1), (7, "s/f.json", 4),
    ]  # fmt: skip
    assert all(at.endswith("Z") for (at,) in sql("SELECT imported_at FROM _docrel_source"))
    assert sql('SELECT DISTINCT "table" FROM _docrel_source') == [("things",)]


def test_paths_are_those_from_the_folder_of_the_database(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put("s/a.json", {"id": 1})
    (here / "elsewhere").mkdir()
    Path("m.yaml").write_text(THINGS)
    monkeypatch.chdir(here / "elsewhere")
    run("import", str(here / "s"), "--db", "../x.db", "--mapping", "../m.yaml")
    monkeypatch.chdir(here)
    assert sources() == [(1, "s/a.json", 1)]
    assert facts("import", "s/../s/a.json", "--db", "x.db")["files_not_read"] == 1


def test_natural_keys_and_several_root_tables() -> None:
    put("s/a.jsonl", {"symbol": "A'b", "day": 1}, {"symbol": "B", "day": 2})
    bring("s", mapping=NATURAL)
    assert sql("SELECT file, line FROM _docrel_source ORDER BY line") == [("s/a.jsonl", 1), ("s/a.jsonl", 2)]
    sql("UPDATE days SET day = 9 WHERE day = 1")
    assert bring("s", mapping=NATURAL)["files_not_read"] == 1
    assert sql("SELECT document FROM _docrel_source WHERE line = 1") == [('["A\'b", 9]',)]
    sql("DELETE FROM days WHERE day = 9")
    assert bring("s", mapping=NATURAL)["inserted"] == 1
    start_anew()
    put("s/a.jsonl", {"id": "1", "kind": "a"}, {"id": "2", "kind": "b"})
    bring("s", mapping=TWO)
    assert sources() == [("1", "s/a.jsonl", 1), ("2", "s/a.jsonl", 2)]
    sql("DELETE FROM bs")
    assert sources() == [("1", "s/a.jsonl", 1)]


def test_records_and_folders_of_parts_and_standard_input() -> None:
    Path("s/r.json").write_text('[{"id": 1},\n {"id": 2}]')
    bring("s/r.json", more=("--records",))
    assert sources() == [(1, "s/r.json", 1), (2, "s/r.json", 2)]
    again = facts("import", "s/r.json", "--db", "x.db", "--records")
    assert (again["files_not_read"], again["unchanged"]) == (1, 2)
    run("import", "-", "--db", "x.db", input_=b'{"id": 3}\n{"id": 4}')
    assert sources()[2:] == [(3, "-", 1), (4, "-", 2)]
    parts = THINGS.replace("{key: id}", "{key: id, parts: {a: a.json, b: b.json}}").replace(
        "id: {type", "id: {from: a.id, type"
    )
    start_anew()
    put("s/one/a.json", {"id": 1})
    put("s/one/b.json", {"m": 2})
    Path("s/r.json").unlink()
    bring("s", mapping=parts)
    assert sources() == [(1, "s/one", None)]
    assert facts("import", "s", "--db", "x.db")["files_not_read"] == 1
    put("s/one/b.json", {"m": 3})
    assert facts("import", "s", "--db", "x.db")["updated"] == 1


@pytest.mark.parametrize("mapping", [THINGS, SURROGATE, NATURAL.replace("[symbol, day]", "id").replace(
    "symbol: {type: text, required: true}\n      day:", "id:")])  # fmt: skip
def test_sources_go_with_their_documents_whatever_sql_does(mapping: str) -> None:
    table = "days" if "days" in mapping else "things"
    put("s/a.jsonl", *({"id": n} for n in range(1, 5)))
    bring("s", mapping=mapping)
    sql(f"UPDATE {table} SET id = 40 WHERE id = 4")
    sql(f"DELETE FROM {table} WHERE id = 1")
    sql(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE id = 2")
    assert sources() == [(3, "s/a.jsonl", 3), (40, "s/a.jsonl", 4)]
    sql(f"DELETE FROM {table}")
    assert rows() == []


def test_what_python_puts_comes_from_no_file() -> None:
    put("s/a.jsonl", *({"id": n, "m": "a"} for n in range(1, 6)))
    bring("s")
    with open_store("x.db") as store:
        store.put({"id": 9})
        store.put({"id": 1, "m": "a"})
        assert [one[0] for one in sources()] == [1, 2, 3, 4, 5], "what is the same is as it was"
        store.put({"id": 2, "m": "b"})
        store.import_([{"id": 3, "m": "b"}, {"id": 4, "m": "a"}])
        store.edit(5, lambda d: {**d, "m": "c"})
        assert [one[0] for one in sources()] == [1, 4, 5]
        store.delete(1)
    assert [one[0] for one in sources()] == [4, 5]
    assert len(rows()) == 2


# -- files that are not read again ---------------------------------------------------------------------------------


def test_files_that_did_not_change_are_not_read_and_edits_by_sql_stay() -> None:
    put("s/a.json", {"id": 1, "m": "a"})
    put("s/b.jsonl", {"id": 2, "m": "b"}, {"id": 3})
    bring("s")
    sql("UPDATE things SET m = 'mine' WHERE id = 2")
    before = Path("x.db").read_bytes()
    again = run("import", "s", "--db", "x.db")
    assert again.stdout == (
        "x.db: nothing to do, all 3 documents are stored already\n"
        "2 files are as they were at their import, not read (--again reads them)\n"
    )
    assert Path("x.db").read_bytes() == before
    assert sql("SELECT m FROM things WHERE id = 2") == [("mine",)]
    put("s/a.json", {"id": 1, "m": "b"})
    some = facts("import", "s", "--db", "x.db")
    assert (some["updated"], some["unchanged"], some["files_not_read"]) == (1, 2, 1)
    assert facts("import", "s", "--db", "x.db", "--again")["updated"] == 1
    assert sql("SELECT m FROM things WHERE id = 2") == [("b",)]


def test_content_decides_and_no_time() -> None:
    path = put("s/a.json", {"id": 1, "m": "a"})
    status = path.stat()
    bring("s")
    put("s/a.json", {"id": 1, "m": "b"})
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_size == status.st_size
    assert facts("import", "s", "--db", "x.db")["updated"] == 1
    os.utime(path)
    assert facts("import", "s", "--db", "x.db")["files_not_read"] == 1
    path.rename("s/c.json")
    moved = facts("import", "s", "--db", "x.db")
    assert (moved["unchanged"], moved["files_not_read"]) == (1, 0)
    assert sources() == [(1, "s/c.json", 1)]
    assert sql("SELECT path FROM _docrel_source_file") == [("s/c.json",)]


@pytest.mark.parametrize("size", [10, 40_000], ids=["small", "large"])
def test_a_change_anywhere_in_a_file_is_seen(size: int) -> None:
    path = put("s/a.jsonl", *({"id": n, "m": "a" * size} for n in range(40)))
    bring("s")
    assert facts("import", "s", "--db", "x.db")["files_not_read"] == 1
    text = path.read_bytes()
    path.write_bytes(text[:-5] + b'b"}\n' + b" ")
    assert facts("import", "s", "--db", "x.db")["updated"] == 1
    path.write_bytes(text)
    back = facts("import", "s", "--db", "x.db")
    assert (back["updated"], back["files_not_read"]) == (1, 0)


def test_a_file_is_read_again_until_all_of_it_is_stored() -> None:
    put("s/a.jsonl", {"id": 1}, {"id": None}, {"id": 3})
    assert bring("s", status=1)["refused"] == 1
    assert bring("s", status=1)["refused"] == 1
    put("s/a.jsonl", {"id": 1}, {"id": 2}, {"id": 3})
    assert bring("s")["inserted"] == 1
    assert bring("s")["files_not_read"] == 1
    sql("DELETE FROM things WHERE id = 1")
    assert bring("s")["inserted"] == 1
    put("s/b.json", {"id": 1, "m": "other"})
    skipped = bring("s", more=("--on-conflict", "skip"))
    assert (skipped["skipped"], skipped["files_not_read"]) == (1, 1)
    assert bring("s", more=("--on-conflict", "skip"))["skipped"] == 1
    assert bring("s", more=("--on-conflict", "replace"))["files_not_read"] == 0


def test_a_document_that_another_file_took_over_lets_its_file_be_read() -> None:
    put("s/a.json", {"id": 1, "m": "a"})
    put("t/b.json", {"id": 1, "m": "b"})
    bring("s")
    bring("t")
    assert sources() == [(1, "t/b.json", 1)]
    back = bring("s")
    assert (back["updated"], back["files_not_read"]) == (1, 0)


def test_another_way_of_reading_and_another_mapping_read_again() -> None:
    put("s/a.json", {"id": 1})
    bring("s")
    assert bring("s", more=("--key-from-name",))["files_not_read"] == 0
    assert bring("s", more=("--key-from-name",))["files_not_read"] == 1
    Path("m2.yaml").write_text(THINGS.replace("version: 1", "version: 2").replace("m: text", "m: text\n      k: text"))
    run("migrate", "apply", "--db", "x.db", "--to", "m2.yaml")
    assert facts("import", "s", "--db", "x.db")["files_not_read"] == 0
    assert facts("import", "s", "--db", "x.db")["files_not_read"] == 1


def test_archives_are_told_by_all_that_they_are() -> None:
    def pack(*documents: int) -> None:
        with zipfile.ZipFile("s/d.zip", "w") as archive:
            for number in documents:
                archive.writestr(f"{number}.json", json.dumps({"id": number}))

    pack(1, 2)
    bring("s")
    assert bring("s")["files_not_read"] == 2
    pack(1, 3)
    changed = bring("s")
    assert (changed["inserted"], changed["unchanged"], changed["files_not_read"]) == (1, 1, 0)


def test_standard_input_and_pipes_are_always_read() -> None:
    Path("m.yaml").write_text(THINGS)
    for _ in range(2):
        first = run("--format", "json", "import", "-", "--db", "x.db", "--mapping", "m.yaml", input_=b'{"id": 1}')
        assert json.loads(first.stdout)["files_not_read"] == 0
    for _ in range(2):
        with put("a.json", {"id": 2}).open("rb") as file:
            words = [sys.executable, "-m", "docrel", "--format", "json", "import", "-", "--db", "x.db"]
            done = subprocess.run(words, stdin=file, capture_output=True, check=True)
        assert json.loads(done.stdout)["files_not_read"] == 0


def test_a_dry_run_notes_nothing() -> None:
    put("s/a.json", {"id": 1})
    bring("s")
    put("s/a.json", {"id": 2})
    assert bring("s", more=("--dry-run",))["inserted"] == 1
    assert sources() == [(1, "s/a.json", 1)]
    assert bring("s")["inserted"] == 1


@pytest.mark.parametrize("count", [499, 500, 501, 1000])
def test_a_file_is_known_with_its_last_documents(count: int) -> None:
    put("s/z.json", {"id": 0})
    bring("s")
    put("s/a.jsonl", *({"id": n} for n in range(1, count + 1)))
    assert bring("s")["inserted"] == count
    assert bring("s")["files_not_read"] == 2


REFERRING = THINGS.replace("      m: text\n", "      m: text\n      of: {type: integer, references: things.id}\n")


def test_documents_that_wait_for_others_have_sources_too() -> None:
    put("s/a.jsonl", {"id": 1, "of": 3}, {"id": 2, "of": 99})
    put("s/b.jsonl", {"id": 3}, {"id": 4})
    assert bring("s", mapping=REFERRING, status=1)["refused"] == 1
    assert sources() == [(1, "s/a.jsonl", 1), (3, "s/b.jsonl", 1), (4, "s/b.jsonl", 2)]
    assert bring("s", mapping=REFERRING, status=1)["files_not_read"] == 1
    put("s/a.jsonl", {"id": 1, "of": 4}, {"id": 2, "of": 1})
    changed = bring("s", mapping=REFERRING)
    assert (changed["inserted"], changed["updated"]) == (1, 1)
    assert bring("s", mapping=REFERRING)["files_not_read"] == 2
    assert [one[0] for one in sources()] == [1, 2, 3, 4]


def test_mended_documents_come_from_the_quarantine() -> None:
    put("s/a.jsonl", {"id": 1}, {"id": None})
    bring("s", more=("--quarantine", "q.jsonl"), status=1)
    Path("q.jsonl").write_text(Path("q.jsonl").read_text().replace('"id":null', '"id":2'))
    done = bring("q.jsonl", more=("--quarantine", "q.jsonl"))
    assert done["inserted"] == 1
    assert sources() == [(1, "s/a.jsonl", 1), (2, "q.jsonl", 1)]
    assert not Path("q.jsonl").exists()


OTHERS = """\
mapping: things
version: 1
document: {key: id}
tables:
  others:
    when: {kind: o}
    columns: {id: {type: integer, required: true, unique: true}, rest: {rest: true}}
"""


KINDS = OTHERS + THINGS[THINGS.index("  things:") :].replace("    columns", "    when: {kind: t}\n    columns", 1)


# -- migrations ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (THINGS, THINGS.replace("  things:", "  stuff:\n    renamed_from: things")),
        (THINGS, THINGS.replace("m: text", "m: text\n      k: text")),
        (THINGS, SURROGATE),
        (SURROGATE, THINGS),
        (SURROGATE, SURROGATE.replace("  things:", "  stuff:\n    renamed_from: things")),
        (THINGS, THINGS.replace("id: {type: integer", "id: {type: scalar")),
        (THINGS.replace("  things:", "  things:\n    primary_key: [id]"), SURROGATE),
        (THINGS, KINDS),
        (KINDS, THINGS),
    ],
)  # fmt: skip
def test_a_migration_brings_sources_along(old: str, new: str) -> None:
    put("s/a.jsonl", {"id": 1, "kind": "t", "m": "a", "parts": ["x"]}, {"id": 2, "kind": "t"})
    bring("s", mapping=old)
    before = sources()
    assert len(before) == 2
    Path("m2.yaml").write_text(new.replace("version: 1", "version: 2"))
    run("migrate", "apply", "--db", "x.db", "--to", "m2.yaml")
    assert sources() == before
    root = "stuff" if "stuff" in new else "things"
    run("validate", "--db", "x.db")
    sql(f"DELETE FROM {root} WHERE id = 2")
    assert sources() == before[:1]
    run("import", "s", "--db", "x.db")
    assert facts("import", "s", "--db", "x.db")["files_not_read"] == 1
    run("migrate", "down", "--db", "x.db", "--to", "1")
    assert sources() == before


# -- what a folder has no longer -----------------------------------------------------------------------------------


def keys() -> list[int]:
    with open_store("x.db") as store:
        return sorted(store.keys())


def gone(*more: str) -> list[Any]:
    return [one["key"] for one in facts("prune", "--db", "x.db", *(more or ("s",)))["gone"]]


def test_prune_shows_first_and_deletes_when_told() -> None:
    put("s/a.json", {"id": 1})
    put("s/b.jsonl", {"id": 2}, {"id": 3}, {"id": 4})
    bring("s")
    assert run("prune", "--db", "x.db", "s").stdout == (
        "x.db: nothing to do, s has all 4 documents that came from there\n"
    )
    Path("s/a.json").unlink()
    put("s/b.jsonl", {"id": 2}, {"id": 4})
    shown = run("prune", "--db", "x.db", "s").stdout
    assert shown == (
        "1: from s/a.json:1\n3: from s/b.jsonl:2\nx.db: 2 documents of 4 are no longer in s; --yes deletes them\n"
    )
    assert keys() == [1, 2, 3, 4]
    deleted = facts("prune", "--db", "x.db", "s", "--yes")
    assert (deleted["deleted"], [one["file"] for one in deleted["gone"]]) == (2, ["s/a.json", "s/b.jsonl"])
    assert keys() == [2, 4]
    run("restore", "--db", "x.db", "--backup", deleted["backup"])
    assert keys() == [1, 2, 3, 4]


def test_prune_keeps_what_came_from_elsewhere() -> None:
    put("s/a.jsonl", {"id": 1}, {"id": 2}, {"id": 3}, {"id": 4, "m": "a"})
    put("t/b.jsonl", {"id": 5}, {"id": 2})
    put("sa/c.json", {"id": 8})
    bring("s", "t", "sa")
    with open_store("x.db") as store:
        store.put({"id": 6})
        store.put({"id": 4, "m": "mine"})
        store.edit(3, lambda one: one | {"m": "mine"})
    put("s/a.jsonl", {"id": 7})
    assert gone() == [1, 3], "2 is t's by now, 4 is Python's"
    put("s/deep/er.json", {"id": 1})
    assert gone() == [3], "it moved"
    put("s/a.jsonl", {"id": 7}, {"id": 3})
    assert gone() == []
    assert facts("prune", "--db", "x.db", "nowhere", "--incomplete")["known"] == 0


@pytest.mark.parametrize("how", ["gone", "empty", "broken", "cut short", "no key"])
def test_prune_refuses_a_folder_that_may_be_incomplete(how: str) -> None:
    put("s/a.json", {"id": 1})
    put("s/b.json", {"id": 2})
    bring("s")
    Path("s/a.json").unlink()
    match how:
        case "gone" | "empty":
            shutil.rmtree("s")
            if how == "empty":
                Path("s").mkdir()
        case "broken":
            Path("s/b.json").unlink()
            Path("s/b.json").symlink_to("nowhere")
        case "cut short":
            Path("s/b.json").write_text('{"id": 2')
        case _:
            Path("s/b.json").write_text('{"m": "a"}')
    refused = run("prune", "--db", "x.db", "s", "--yes", status=1)
    assert "S473" in refused.output
    assert keys() == [1, 2]
    run("prune", "--db", "x.db", "s", "--yes", "--incomplete")
    assert keys() == ([] if how in {"gone", "empty"} else [2])


def test_prune_reads_as_the_import_did() -> None:
    Path("s/r.json").write_text('{"data": [{"id": 1}, {"id": 2}]}')
    bring("s", more=("--records", "$.data[*]"))
    Path("s/r.json").write_text('{"data": [{"id": 2}]}')
    assert gone() == [1]
    assert gone("s/r.json") == [1]
    assert gone("s", "--records", "$.data[*]") == [1]
    assert "S473" in run("prune", "--db", "x.db", "s", "--records", "$.other[*]", status=1).output


def test_prune_keeps_documents_of_files_that_were_not_read() -> None:
    put("s/a.txt", {"id": 1})
    put("s/b.json", {"id": 2})
    put("s/c.json", {"id": 3})
    with zipfile.ZipFile("s/d.zip", "w") as archive:
        archive.writestr("4.json", '{"id": 4}')
    bring("s", more=("--glob", "*.txt", "--glob", "*.json", "--glob", "*.zip"))
    Path("s/c.json").unlink()
    found = facts("prune", "--db", "x.db", "s", "--glob", "b.json")
    assert ([one["key"] for one in found["gone"]], found["kept"]) == ([3], 2)
    with zipfile.ZipFile("s/d.zip", "w") as archive:
        archive.writestr("5.json", '{"id": 5}')
    assert gone() == [3, 4]


def test_prune_of_parts_natural_keys_and_the_folder_of_the_database() -> None:
    put("s/a.jsonl", {"symbol": "A", "day": 1}, {"symbol": "A", "day": 2})
    bring("s", mapping=NATURAL)
    put("s/a.jsonl", {"symbol": "A", "day": 2})
    assert gone(".") == [["A", 1]]
    start_anew()
    shutil.rmtree("s")
    put("s/one/a.json", {"id": 1})
    put("s/two/a.json", {"id": 2})
    bring(
        "s", mapping=THINGS.replace("{key: id}", "{key: id, parts: {a: a.json}}").replace("id: {", "id: {from: a.id, ")
    )
    assert gone() == []
    Path("s/one/a.json").unlink()
    assert gone("s") == [1]
    shutil.rmtree("s/one")
    run("prune", "--db", "x.db", "s", "--yes")
    assert keys() == [2]


def test_prune_is_all_or_nothing() -> None:
    put("s/a.jsonl", {"id": 1}, {"id": 2, "of": 1}, {"id": 3})
    bring("s", mapping=REFERRING)
    put("s/a.jsonl", {"id": 2, "of": 1})
    refused = run("prune", "--db", "x.db", "s", "--yes", status=1)
    assert "D320" in refused.output
    assert keys() == [1, 2, 3]


def test_prune_leaves_what_was_imported_again_since() -> None:
    put("s/a.jsonl", {"id": 1}, {"id": 2}, {"id": 3})
    bring("s")
    put("s/a.jsonl", {"id": 3})
    with open_store("x.db") as store:
        found = survey(store, ["s"])
        assert [one.key for one in found.gone] == [1, 2]
        put("s/b.json", {"id": 1})
        bring("s")
        put("s/c.json", {"id": 9})
        bring("s")
        Path("s/c.json").unlink()
        assert prune(store, found) == 1
        assert sorted(store.keys()) == [1, 3, 9]


def test_the_query_in_the_documentation_is_run() -> None:
    text = (Path(__file__).parents[2] / "docs/formats.md").read_text(encoding="utf-8")
    command, *shown = re.findall(r"^\$ docrel (query .*?)\n(.*?)^```", text, re.M | re.S)[0]
    put("orders.jsonl", {"id": "A-1"}, {"id": "A-2"})
    bring("orders.jsonl", mapping=THINGS.replace("integer", "text"))
    Path("x.db").rename("orders.db")
    assert run(*shlex.split(command)).stdout == "".join(shown)
