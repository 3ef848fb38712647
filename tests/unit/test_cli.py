"""The command line: what it prints where, its exit status, and that nothing hostile gets through."""

from __future__ import annotations

import gzip
import json
import os
import pty
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from small_mapping import SINGLE_TEXT, TEXT

import docrel
from docrel.cli import HOMES, main
from docrel.cli.progress import watched
from docrel.cli.session import table
from docrel.diagnostics import counted
from docrel.store import backups

HERE = {"PYTHONPATH": str(Path(docrel.__file__).parents[1])}
ALPHA = {
    "plan": {"meta": {"name": "alpha"}, "goal": "win", "tasks": [{"title": "t"}]},
    "state": {"phase": "OPEN"},
}
BETA = {"plan": {"meta": {"name": "beta"}, "x": [1, None]}, "side_notes": []}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "projects.yaml").write_text(TEXT)
    (tmp_path / "notes.yaml").write_text(SINGLE_TEXT)
    (tmp_path / "p.jsonl").write_text(f"{json.dumps(ALPHA)}\n{json.dumps(BETA)}\n")
    return tmp_path


def run(*arguments: str, status: int = 0, stdin: str | bytes | None = None) -> Result:
    done = CliRunner().invoke(main, list(arguments), input=stdin)
    assert done.exit_code == status, (done.stdout, done.stderr, done.exception)
    assert "Traceback" not in done.output
    return done


def facts(*arguments: str, status: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("--format", "json", *arguments, status=status).stdout)
    return found


def imported(here: Path) -> None:
    run("import", "p.jsonl", "--db", "p.db", "--mapping", "projects.yaml")


# -- mappings -----------------------------------------------------------------------------------------


def test_check_sums_up_what_is_good_and_tells_all_that_is_wrong(here: Path) -> None:
    (here / "bad.yaml").write_text("mapping: x\ntables: {t: {colums: {}}}\n")
    done = run("check", "projects.yaml", "bad.yaml", "nix", status=1)
    assert done.stdout.startswith("projects.yaml: good. projects version 1: 2 tables, ")
    assert "bad.yaml:2:14: error[" in done.stderr
    assert "2 mappings of 3 cannot be used as written" in done.stderr
    (line,) = run("check", "bad.yaml", "--format", "json", status=1).stderr.splitlines()[:1]
    assert json.loads(line)["file"] == "bad.yaml"


def test_explain_ddl_and_schema_print_what_they_are_for(here: Path) -> None:
    assert "goal" in run("explain", "projects.yaml").stdout
    assert "CREATE TABLE" in run("ddl", "projects.yaml", "--dialect", "duckdb").stdout
    assert json.loads(run("schema").stdout)["title"] == "docrel mapping"
    run("ddl", "projects.yaml", "--dialect", "oracle", status=2)
    run("explain", "nix", status=1)


def test_schema_and_docs_know_when_they_are_stale(here: Path) -> None:
    run("schema", "--check", status=2)
    run("schema", "--output", "s.json", "--check", status=3)
    run("schema", "--output", "s.json")
    run("schema", "--output", "s.json", "--check")
    run("docs", "projects.yaml", "--check", status=3)
    assert "5 files written" in run("docs", "projects.yaml", "--output", "docs").stdout
    assert "0 files written, 5 up to date" in run("docs", "projects.yaml").stdout
    (here / "docs/projects/v1/dictionary.md").write_text("old")
    done = run("docs", "projects.yaml", "--check", status=3)
    assert "dictionary.md: is out of date" in done.stderr
    assert (here / "docs/projects/v1/dictionary.md").read_text() == "old"


def test_docs_of_all_that_is_shipped_have_the_errors(here: Path) -> None:
    run("docs")
    assert "D312" in (here / "docs/errors.md").read_text()
    assert (here / "docs/missions/v1/schema.sqlite.sql").exists()


def test_a_mapping_with_a_hostile_name_stays_in_its_folder(here: Path) -> None:
    (here / "h.yaml").write_text(SINGLE_TEXT.replace("mapping: notes", 'mapping: "../../x"'))
    if CliRunner().invoke(main, ["docs", "h.yaml"]).exit_code == 0:
        assert [p.name for p in (here / "docs").iterdir()] == ["%2E.%2F..%2Fx"]
    assert not (here.parent / "x").exists()


# -- import -------------------------------------------------------------------------------------------


def test_an_import_tells_what_it_did_and_a_second_has_nothing_to_do(here: Path) -> None:
    done = run("import", "p.jsonl", "--db", "p.db", "--mapping", "projects.yaml")
    assert done.stdout.splitlines() == [
        "p.db: 2 documents inserted, 0 updated, 0 unchanged, 0 refused",
        "  table     inserted  updated  deleted",
        "  projects         2        0        0",
        "  tasks            1        0        0",
        'new member "side_notes" in 1 object, kept in the rest of projects: $.side_notes of beta',
        'new member "x" in 1 object, kept in the rest of projects: $.plan.x of beta',
        "2 columns never filled so far: projects.cost, tasks.done",
    ]
    again = run("import", "p.jsonl", "--db", "p.db")
    assert again.stdout == "p.db: nothing to do, all 2 documents are stored as they are\n"
    assert [p.name for p in here.glob("p.db*")] == ["p.db"]


def test_a_dry_run_writes_nothing(here: Path) -> None:
    done = run(
        "import",
        "p.jsonl",
        "--db",
        "p.db",
        "--mapping",
        "projects.yaml",
        "--dry-run",
        "--quarantine",
        "q.jsonl",
    )
    assert "2 documents would be inserted" in done.stdout
    assert not list(here.glob("p.db*"))
    imported(here)
    before = (here / "p.db").read_bytes()
    (here / "p.jsonl").write_text(json.dumps(ALPHA | {"state": {"phase": "CLOSED"}}))
    assert "1 would be updated" in run("import", "p.jsonl", "--db", "p.db", "--dry-run").stdout
    assert (here / "p.db").read_bytes() == before


def test_a_backup_is_there_after_a_change_only(here: Path) -> None:
    imported(here)
    (here / "c.jsonl").write_text(json.dumps(ALPHA | {"state": {"phase": "CLOSED"}}))
    done = run("import", "c.jsonl", "--db", "p.db")
    (copy,) = backups(here / "p.db")
    assert copy.name in done.stdout
    with closing(sqlite3.connect(copy)) as old:
        assert old.execute("SELECT phase FROM projects ORDER BY id").fetchall() == [("OPEN",), ("OPEN",)]
    (here / "c.jsonl").write_text(json.dumps(ALPHA))
    run("import", "c.jsonl", "--db", "p.db", "--no-backup")
    run("import", "c.jsonl", "--db", "p.db")  # nothing to do: no copy of it stays
    assert backups(here / "p.db") == [copy]


def test_one_bad_document_never_stops_the_others_and_can_be_mended(here: Path) -> None:
    with (here / "p.jsonl").open("a") as file:
        file.write('{"plan": {"meta": {"name": "gamma"}}, "state": {"phase": "CLOSE"}}\n{"plan": \n')
    arguments = ("--db", "p.db", "--quarantine", "q.jsonl")
    done = run("import", "p.jsonl", *arguments, "--mapping", "projects.yaml", status=1)
    assert "2 documents inserted, 0 updated, 0 unchanged, 2 refused" in done.stdout
    assert "docrel import q.jsonl --db p.db --quarantine q.jsonl" in done.stdout
    assert 'did you mean "CLOSED"?' in done.stderr
    assert "p.jsonl:4:10: error[D301]" in done.stderr
    text = (here / "q.jsonl").read_text().replace('"CLOSE"', '"CLOSED"')
    (here / "q.jsonl").write_text(text)
    assert "1 document inserted" in run("import", "q.jsonl", *arguments, status=1).stdout
    (left,) = (here / "q.jsonl").read_text().splitlines()
    assert json.loads(left)["text"] == '{"plan": \n'
    (here / "q.jsonl").write_text(left.replace('{\\"plan\\": ', '{\\"plan\\": {\\"meta\\": {\\"name\\": \\"d\\"}}}'))
    run("import", "q.jsonl", *arguments)
    assert not (here / "q.jsonl").exists()


def test_an_import_for_programs(here: Path) -> None:
    (here / "p.jsonl").write_text('{"state": {"phase": 1}}\n')
    done = run("import", "p.jsonl", "--db", "p.db", "--mapping", "projects.yaml", "--format", "json", status=1)
    assert json.loads(done.stdout)["refused"] == 1
    assert [json.loads(line)["code"] for line in done.stderr.splitlines()] == ["D311", "D312"]


def test_keys_for_documents_without_a_name(here: Path) -> None:
    (here / "x.json").write_text('{"goal": 1}')
    base = ("--db", "p.db", "--mapping", "projects.yaml")
    assert "--key-from-name" in run("import", "x.json", *base, status=1).stderr
    run("import", "x.json", *base, "--key-from-name")
    run("import", "x.json", "--db", "p.db", "--key", "it's; DROP TABLE projects")
    assert facts("export", "--db", "p.db", "--key", "it's; DROP TABLE projects")["goal"] == 1
    assert "not text in UTF-8" in run("import", "x.json", *base, "--key", "\udcff", status=2).stderr
    run("import", "x.json", *base, "--part", "nix", status=2)


def test_what_an_import_needs_to_know(here: Path) -> None:
    assert "there is nothing to import" in run("import", "--db", "p.db", status=2).stderr
    assert "--mapping" in run("import", "p.jsonl", "--db", "p.db", status=2).stderr
    run("import", "p.jsonl", "--db", "no/p.db", "--mapping", "projects.yaml", status=2)
    run("import", "p.jsonl", "--db", "projects.yaml", status=1)
    (here / "p.db").write_bytes(b"")
    assert not (here / "no").exists()


# -- export -------------------------------------------------------------------------------------------


def test_an_export_is_what_was_imported(here: Path) -> None:
    imported(here)
    assert json.loads(run("export", "--db", "p.db", "--key", "alpha").stdout) == ALPHA
    lines = run("export", "--db", "p.db", "--all").stdout.splitlines()
    assert [json.loads(line) for line in lines] == [ALPHA, BETA]
    assert list(json.loads(lines[1])) == list(BETA)
    run("export", "--db", "p.db", "--all", "--output", "all.jsonl.gz")
    assert gzip.decompress((here / "all.jsonl.gz").read_bytes()).decode().splitlines() == lines
    assert "nothing to do" in run("import", "all.jsonl.gz", "--db", "p.db").stdout
    run("export", "--db", "p.db", "--all", "--output", "folder")
    assert sorted(p.name for p in (here / "folder").iterdir()) == ["alpha.json", "beta.json"]
    assert "nothing to do" in run("import", "folder", "--db", "p.db").stdout
    run("export", "--db", "p.db", "--all", "--workspace", "--output", "w")
    assert json.loads((here / "w/alpha/.state/now.json").read_text()) == ALPHA["state"]
    assert "nothing to do" in run("import", "w", "--db", "p.db").stdout


def test_a_single_file_goes_back_as_that_file(here: Path) -> None:
    (here / "plan.json").write_text('{"goal": 1, "meta": {"name": "a"}}')
    (here / "now.json").write_text('{"zzz": 1}')
    run("import", "plan.json", "--db", "a.db", "--mapping", "projects.yaml")
    run("import", "now.json", "--db", "b.db", "--mapping", "projects.yaml", "--key", "b")
    assert json.loads(run("export", "--db", "a.db").stdout) == {"goal": 1, "meta": {"name": "a"}}
    assert "plan" in json.loads(run("export", "--db", "a.db", "--part", "$").stdout)
    assert json.loads(run("export", "--db", "b.db").stdout) == {"state": {"zzz": 1}}
    assert json.loads(run("export", "--db", "b.db", "--part", "state").stdout) == {"zzz": 1}
    run("export", "--db", "b.db", "--output", "out/now.json")
    assert json.loads((here / "out/now.json").read_text()) == {"zzz": 1}
    run("export", "--db", "b.db", "--part", "plan", status=2)


def test_keys_as_file_names_stay_in_the_folder(here: Path) -> None:
    keys = ["../../evil", "/etc/x", "A", "a", ".", "CON", "", "x" * 400]
    (here / "n.jsonl").write_text("".join(json.dumps({"id": key}) + "\n" for key in keys))
    run("import", "n.jsonl", "--db", "n.db", "--mapping", "notes.yaml")
    run("export", "--db", "n.db", "--all", "--output", "out")
    names = [p.name for p in (here / "out").rglob("*")]
    assert len({name.casefold() for name in names}) == len(keys)
    assert "nothing to do" in run("import", "out", "--db", "n.db").stdout
    run("export", "--db", "n.db", "--key", "../../evil", "--output", "out/")
    assert len(list((here / "out").rglob("*"))) == len(keys)


def test_what_an_export_needs_to_know(here: Path) -> None:
    run("export", "--db", "nix.db", status=1)
    assert not (here / "nix.db").exists()
    imported(here)
    assert "choose one with --key" in run("export", "--db", "p.db", status=2).stderr
    assert "S420" in run("export", "--db", "p.db", "--key", "nix", status=1).stderr
    for wrong in (("--key", "a", "--all"), ("--all", "--part", "plan"), ("--key", "alpha", "--workspace")):
        run("export", "--db", "p.db", *wrong, status=2)
    run("export", "--db", "p.db", "--all", "--output", "one.json", status=2)
    (here / "p.jsonl").write_text('{"plan": {"meta": {"name": "odd"}}, "more": 1}\n')
    run("import", "p.jsonl", "--db", "p.db", "--part", "$")
    done = run("export", "--db", "p.db", "--key", "odd", "--workspace", "--output", "w", status=1)
    assert "'more' has no file" in done.stderr


# -- validate, verify ---------------------------------------------------------------------------------


def test_validate_in_the_manner_of_the_seed_plan(here: Path) -> None:
    imported(here)
    lines = run("validate", "--db", "p.db").stdout.splitlines()
    assert "✅ Schema version: 1" in lines
    assert any(line.startswith("✅ Table 'projects' exists (6 columns)") for line in lines)
    assert "✅ Foreign keys enabled" in lines
    with closing(sqlite3.connect(here / "p.db")) as db, db:
        db.execute("ALTER TABLE tasks DROP COLUMN done")
    done = run("validate", "--db", "p.db", status=1)
    assert "❌" in done.stdout
    assert facts("validate", "--db", "p.db", status=1)["good"] is False


def test_validate_and_doctor_tell_programs_the_same_of_what_they_looked_at(here: Path) -> None:
    imported(here)
    for command in ("validate", "doctor"):
        told = facts(command, "--db", "p.db", status=int(command == "doctor"))
        assert {tuple(finding) for finding in told["findings"]} == {("ok", "text", "advice", "damage", "set_aside")}


def test_verify_tells_what_lives_where(here: Path) -> None:
    done = run("verify", "projects.yaml", "p.jsonl", "--each")
    assert "2 documents: 2 come back exactly" in done.stdout
    assert "typed" in done.stdout
    assert "p.jsonl:2: exact" in done.stderr
    found = facts("verify", "projects.yaml", "p.jsonl")
    assert (found["documents"], found["exact"], found["values"]["typed"]) == (2, 2, 5)
    (here / "x.json").write_text("{")
    run("verify", "projects.yaml", "x.json", status=1)


# -- the whole ----------------------------------------------------------------------------------------


def test_errors_are_no_tracebacks_unless_asked_for(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise TypeError("odd")

    monkeypatch.setattr("docrel.mapping.load", broken)
    assert "error: TypeError: odd" in run("explain", "projects.yaml", status=1).stderr
    done = CliRunner().invoke(main, ["--debug", "explain", "projects.yaml"])
    assert isinstance(done.exception, TypeError)


def test_every_command_has_help_that_names_its_options() -> None:
    for name in HOMES:
        text = run(name, "--help").stdout
        if "COMMAND [ARGS]" in text:  # a group: its commands have the options
            continue
        assert "--format" in text
        assert "--debug" in text
    assert "did you mean `import`?" in run("imprt", status=2).stderr


# -- which database -----------------------------------------------------------------------------------


def test_a_command_without_its_database_names_those_that_are_near(here: Path) -> None:
    imported(here)
    (here / "a b/state").mkdir(parents=True)
    run("import", "p.jsonl", "--db", "a b/state/q.db", "--mapping", "projects.yaml")
    run("import", "p.jsonl", "--db", "a b/state/q.db", "--on-conflict", "replace")
    run("backup", "--db", "p.db")
    sqlite3.connect(here / "other.db").execute("CREATE TABLE t (a)").connection.close()
    before = sorted(here.rglob("*"))
    told = run("export", "--key", "al pha", status=2).stderr
    assert told.endswith(
        "Error: which database? Name it: --db DB, as in\n"
        "  docrel export --db p.db --key 'al pha'\n"
        "  docrel export --db 'a b/state/q.db' --key 'al pha'\n"
    )
    assert told.count(".db") == 2
    assert "Name it: DB, as in\n  docrel promote p.db\n" in run("promote", status=2).stderr
    assert "  docrel migrate history --db p.db\n" in run("migrate", "history", status=2).stderr
    assert sorted(here.rglob("*")) == before


@pytest.mark.parametrize("command", [name for name in HOMES if name not in {"missions", "transition"}])
def test_no_command_makes_a_database_up(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, [command])
    if command not in {"docs", "schema"}:
        assert done.exit_code == 2
        assert not list(tmp_path.iterdir())
    if "--db DB " in run(command, "--help").stdout:
        assert "Name it: --db DB. There is none" in done.stderr or command == "diff"


def test_databases_that_cannot_be_named_or_read_are_left_out(here: Path) -> None:
    imported(here)
    for name in ("line\nbreak.db", "\x1b[31m.db"):
        (here / name).write_bytes((here / "p.db").read_bytes())
    (here / "short.db").write_bytes(b"SQLite format 3\x00")
    os.mkfifo(here / "pipe")
    (here / "loop").symlink_to(here)
    for number in range(6):
        (here / f"z{number}.db").write_bytes((here / "p.db").read_bytes())
    lines = run("validate", status=2).stderr.splitlines()
    assert [line.split()[-1] for line in lines if line.startswith("  docrel")] == [
        "p.db", "z0.db", "z1.db", "z2.db", "z3.db",
    ]  # fmt: skip
    assert lines[-1] == "  … and more"


# -- words of missions ---------------------------------------------------------------------------------

OF_MISSIONS = re.compile(r"mission|\.vibe|memor(y|ies)|julianday", re.IGNORECASE)


def helps(command: click.Command, *path: str) -> Iterator[tuple[str, str]]:
    yield " ".join(path), run(*path, "--help").stdout
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            found = command.get_command(click.Context(command), name)
            if found is not None and name not in {"missions", "transition"}:
                yield from helps(found, *path, name)


def test_general_commands_know_nothing_of_missions() -> None:
    found = dict(helps(main))
    assert {"import", "migrate down", "doctor"} <= set(found)
    own = [line for line in found.pop("").splitlines() if not line.startswith(("  missions ", "  transition "))]
    assert not [line for line in own if OF_MISSIONS.search(line)]
    assert not [name for name, text in found.items() if OF_MISSIONS.search(text)]
    assert OF_MISSIONS.search(run("missions", "export", "--help").stdout)


def test_general_modules_know_nothing_of_missions() -> None:
    own = ("missions/", "transition/", "cli/missions.py", "cli/transitions.py")
    package = Path(docrel.__file__).parent
    for path in package.rglob("*.py"):
        name = path.relative_to(package).as_posix()
        words = re.compile(r"\.vibe|julianday|mission[-_]uuid|\bmemories\b|missions\.db", re.IGNORECASE)
        assert name.startswith(own) or name == "__init__.py" or not words.search(path.read_text()), name


def test_tables_and_counts() -> None:
    assert counted(1, "file") == "1 file"
    assert counted(1234, "body", "bodies") == "1,234 bodies"
    assert table(("a", "n"), [("xyz", "1"), ("b", "22")]) == "  a     n\n  xyz   1\n  b    22"


def test_progress_for_a_pipe_is_plain_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter([0.0, 1.0, 6.0, 7.0, 12.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    with watched("read") as watch:
        for _ in range(4):
            watch(500)
    assert capsys.readouterr().err.splitlines() == [
        "1,000 documents read, 167 a second", "2,000 documents read, 167 a second",
    ]  # fmt: skip


def command(*arguments: str, **more: Any) -> subprocess.CompletedProcess[bytes]:
    script = "from docrel.cli import main; main(prog_name='docrel')"
    environment = os.environ | HERE | more.pop("env", {})
    program = [sys.executable, "-c", script, *arguments]
    return subprocess.run(program, capture_output=True, check=False, env=environment, **more)


def test_a_real_run_through_pipes(here: Path) -> None:
    imported(here)
    lines = command("export", "--db", "p.db", "--all").stdout
    done = command("import", "-", "--db", "copy.db", "--mapping", "projects.yaml", input=lines)
    assert (done.returncode, done.stdout.startswith(b"copy.db: 2 documents inserted")) == (0, True)
    ascii_only = command("validate", "--db", "p.db", env={"PYTHONIOENCODING": "ascii"})
    assert b"Traceback" not in ascii_only.stderr
    assert b"ok: Foreign keys" in ascii_only.stdout


def test_a_person_sees_progress_that_moves(here: Path) -> None:
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-c", "from docrel.cli import main; main()", "verify", "projects.yaml", "p.jsonl"],
        stdout=subprocess.PIPE, stderr=theirs, check=False, env=os.environ | HERE,
    )  # fmt: skip
    os.close(theirs)
    shown = os.read(ours, 100_000)
    os.close(ours)
    assert done.returncode == 0
    assert b"documents verified" in shown


def test_help_imports_nothing_slow() -> None:
    script = (
        "import sys; from docrel.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "slow = {'yaml', 'pydantic', 'jinja2', 'rich', 'orjson', 'jsonpath_ng', 'sqlite3'}\n"
        "print(slow & set(sys.modules), file=sys.stderr)"
    )
    program = [sys.executable, "-c", script]
    done = subprocess.run(program, capture_output=True, text=True, check=True, env=os.environ | HERE)
    assert done.stderr.strip() == "set()"
