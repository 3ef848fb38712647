"""`import --new-members column`: a member that nobody had seen before is a column, in the database and for the file."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from docrel.cli import main
from docrel.compile import compile
from docrel.plan import checksum
from docrel.spec import loads
from docrel.store import carried_plan, open_store
from docrel.values import jsontext

MAPPING = """\
mapping: shop
version: 3
document: {key: id}
tables:
  orders:
    columns:
      id: {type: text, required: true, unique: true}
      total: integer
      street: {from: address.street, type: text}
      rest: {rest: true}
    tables:
      lines:
        each: lines[*]
        columns:
          sku: text
"""
GOOD: dict[str, Any] = {"id": "a", "total": 1, "address": {"street": "x"}, "lines": [{"sku": "s"}]}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("m.yaml").write_text(MAPPING)


def run(*arguments: str, status: int = 0) -> Result:
    done = CliRunner().invoke(main, list(arguments))
    assert done.exit_code == status, (done.stdout, done.stderr, done.exception)
    return done


def brought(*documents: dict[str, Any], status: int = 0, more: tuple[str, ...] = ()) -> Result:
    Path("d.jsonl").write_text("".join(f"{json.dumps(d)}\n" for d in documents))
    arguments = ("import", "d.jsonl", "--db", "d.db", "--mapping", "m.yaml") if not Path("d.db").exists() else (
        "import", "d.jsonl", "--db", "d.db")  # fmt: skip
    return run(*arguments, "--new-members", "column", *more, status=status)


def sql(text: str) -> list[Any]:
    connection = sqlite3.connect("d.db")
    try:
        return connection.execute(text).fetchall()
    finally:
        connection.close()


def stored() -> dict[str, str]:
    with open_store("d.db") as store:
        return {key: jsontext.dumps(document) for key, document in store.scan()}


def edited(stdout: str, text: str = MAPPING) -> str:
    """Do by hand what was told: the version, and lines at the end of a table's columns."""
    lines, ends = stdout.splitlines(), {"orders": "      rest: {rest: true}\n", "lines": "          sku: text\n"}
    (version,) = (line.split("`")[1] for line in lines if line.startswith("put into the mapping file"))
    text = text.replace("version: 3", version)
    for number, line in enumerate(lines):
        if line.startswith("and below `columns` of "):
            table = line.removeprefix("and below `columns` of ").removesuffix(":")
            own = []
            for one in lines[number + 1 :]:
                if not one.startswith("    "):
                    break
                own.append(" " * (6 if table == "orders" else 10) + one.strip() + "\n")
            text = text.replace(ends[table], ends[table] + "".join(own))
    return text


def test_a_new_member_is_a_column_and_told_as_the_mapping_file_says_it() -> None:
    labelled = [{"sku": "t", "off label": True}]
    new = [
        GOOD | {"colour": "red", "size": 1},
        GOOD | {"id": "b", "size": 1.5, "address": {"street": "y", "zip": 7}, "lines": labelled},
        GOOD | {"id": "c", "meta": {"a": 1}},
    ]  # fmt: skip
    done = brought(*new)
    assert "new column orders.colour (text): $.colour of a, in 1 document" in done.stdout
    assert "    size: {from: size, type: real}\n" in done.stdout
    assert sql("SELECT id, colour, size, address_zip, meta FROM orders ORDER BY id") == [
        ("a", "red", 1.0, None, None),
        ("b", None, 1.5, 7, None),
        ("c", None, None, None, '{"a":1}'),
    ]
    assert sql("SELECT off_label FROM lines ORDER BY id") == [(None,), (1,), (None,)]
    assert stored() == {d["id"]: jsontext.dumps(d) for d in new}
    text = edited(done.stdout)
    plan = compile(loads(text))
    with open_store("d.db") as store:
        assert plan.version == 4 and checksum(carried_plan(store.backend)) == checksum(plan)
    Path("m.yaml").write_text(text)
    assert "is at shop version 4 already" in run("migrate", "apply", "--db", "d.db", "--to", "m.yaml").stdout
    assert run("validate", "--db", "d.db")


def test_a_name_too_long_for_a_database_is_cut_as_infer_cuts_it() -> None:
    assert f"new column orders.{'x' * 56} (integer)" in brought(GOOD | {"x" * 70: 1}).stdout
    assert stored() == {"a": jsontext.dumps(GOOD | {"x" * 70: 1})}


def test_only_members_that_are_new_in_this_import_and_after_a_backup() -> None:
    Path("old.json").write_text(json.dumps(GOOD | {"old": 1}))
    run("import", "old.json", "--db", "d.db", "--mapping", "m.yaml")
    done = brought(GOOD | {"id": "b", "old": 2, "fresh": 3})
    assert sql("SELECT id, fresh FROM orders ORDER BY id") == [("a", None), ("b", 3)]
    assert "old" not in {name for _, name, *_ in sql("PRAGMA table_info(orders)")}
    (line,) = (one for one in done.stdout.splitlines() if one.startswith("The database as it was before it had"))
    backup = Path(line.split(": ", 1)[1])
    with open_store(backup) as store:
        assert store.plan.version == 3 and len(store) == 2
    again = brought(GOOD | {"id": "c", "fresh": 4, "old": 1})
    assert "new column" not in again.stdout and "put into" not in again.stdout
    with open_store("d.db") as store:
        assert store.plan.version == 4


def test_without_a_backup_or_in_a_dry_run() -> None:
    done = brought(GOOD | {"new": 1}, more=("--dry-run",))
    assert 'new member "new" in 1 object, kept' in done.stdout and not Path("d.db").exists()
    before = set(Path().iterdir())
    brought(GOOD | {"new": 1}, more=("--no-backup",))
    assert {p.name for p in set(Path().iterdir()) - before} <= {"d.db", "d.db-wal", "d.db-shm"}
    assert sql("SELECT new FROM orders") == [(1,)]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"parts": [{"a": 1}]}, "an array of objects, which takes a table"),
        ({"tags": ["x"]}, "an array, which takes a table"),
        ({"TOTAL": 5}, "another column or table is called total"),
        ({"lines_": 1, "lines": [], "Lines": 2}, "another column or table is called lines"),
        ({f"n{n}": n for n in range(250)}, "their names are data"),
    ],
)
def test_where_no_column_can_be_the_member_stays_in_the_rest_and_that_is_said(more: dict[str, Any], why: str) -> None:
    document = GOOD | more
    done = brought(document)
    assert why in done.stdout and "; no column: " in done.stdout
    assert stored() == {"a": jsontext.dumps(document)}
    assert run("validate", "--db", "d.db")


def test_two_members_of_one_name_are_one_column() -> None:
    done = brought(GOOD | {"Size": 1, "size": 2})
    assert sum(line.startswith("new column") for line in done.stdout.splitlines()) == 1
    assert "no column: another column or table is called" in done.stdout


def test_the_exit_status_is_as_else_and_programs_hear_all() -> None:
    done = brought(GOOD | {"new": 1, "parts": [{"a": 1}]}, {"total": 1}, status=1)
    assert sql("SELECT new FROM orders") == [(1,)]
    assert "new column orders.new (integer)" in done.stdout
    Path("e.json").write_text(json.dumps(GOOD | {"id": "e", "other": "x", "list": [[1]]}))
    told = json.loads(run("--format", "json", "import", "e.json", "--db", "d.db", "--new-members", "column").stdout)
    columns = told["columns"]
    assert columns["version"] == 5 and [c["line"] for c in columns["given"]] == [
        "other: {from: other, type: text}",
        "list: {from: list, type: json}",
    ]
    rest = json.loads(run("--format", "json", "import", "e.json", "--db", "d.db").stdout)
    assert rest["columns"] is None


def test_a_table_without_a_rest_and_one_within_another() -> None:
    Path("m.yaml").write_text(MAPPING.replace("      rest: {rest: true}\n", ""))
    done = brought(GOOD | {"new": None, "lines": [{"sku": "s", "qty": {"deep": 1}}]})
    assert "    new: {from: new, type: json}" in done.stdout
    assert sql("SELECT qty FROM lines") == [('{"deep":1}',)]


def test_where_the_database_cannot_be_migrated_the_documents_are_in_and_it_is_an_error() -> None:
    brought(GOOD)
    connection = sqlite3.connect("d.db")
    connection.execute("ALTER TABLE orders ADD COLUMN mine TEXT")
    connection.commit()
    connection.close()
    document = GOOD | {"id": "b", "fresh": 1}
    done = brought(document, status=1)
    assert "error[X5" in done.stderr and "1 document inserted" in done.stdout
    assert 'new member "fresh" in 1 object, kept in the rest of orders' in done.stdout and "put into" not in done.stdout
    assert stored()["b"] == jsontext.dumps(document)


def test_a_source_that_takes_the_whole_node_leaves_no_place_for_the_column() -> None:
    whole = "        sources:\n          all: {each: all, columns: {kind: {value: all}, body: '@'}}\n"
    whole += "          some: {each: 'lines[*]', columns: {kind: {value: some}}}\n"
    text = MAPPING.replace("        each: lines[*]\n", whole).replace(
        "sku: text", "sku: text\n          kind: text\n          body: json"
    )
    Path("m.yaml").write_text(text)
    document = GOOD | {"all": {"new": 1, "sku": 2}, "lines": [{"sku": "s", "new": 3}]}
    done = brought(document)
    assert sql("SELECT body, new FROM lines ORDER BY new IS NULL") == [(None, 3), ('{"new":1,"sku":2}', None)]
    assert stored() == {"a": jsontext.dumps(document)}
    text = text.replace("version: 3", "version: 4").replace("body: json", "body: json\n" + " " * 10 + _line(done))
    with open_store("d.db") as store:
        assert checksum(carried_plan(store.backend)) == checksum(compile(loads(text)))


def test_what_was_renamed_is_not_renamed_again() -> None:
    text = MAPPING.replace("total: integer", "total: {type: integer, renamed_from: sum}")
    Path("m.yaml").write_text(text)
    done = brought(GOOD | {"new": 1})
    assert "and take every `renamed_from` out" in done.stdout
    with open_store("d.db") as store:
        assert checksum(carried_plan(store.backend)) == checksum(compile(loads(edited(done.stdout))))


def _line(done: Result) -> str:
    (line,) = (one.strip() for one in done.stdout.splitlines() if one.startswith("    "))
    return line
