"""How commands behave to a person: quiet, verbose, in colour or not, interrupted, and with the reader gone."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import click
import pytest
from click.testing import CliRunner, Result
from small_mapping import SINGLE_TEXT, note_plan

import docrel
from docrel.cli import main
from docrel.cli.terminal import painted
from docrel.diagnostics import Diagnostic, render
from docrel.documents import Meter, bytes_of, read_documents

HERE = {"PYTHONPATH": str(Path(docrel.__file__).parents[1])}
MANY = 4000


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "m.yaml").write_text(SINGLE_TEXT)
    (tmp_path / "n.yaml").write_text(SINGLE_TEXT.replace("      extra", "      a: integer\n      extra"))
    (tmp_path / "a.json").write_text('{"id": "a", "a": 1}')
    return tmp_path


def run(*arguments: str, status: int = 0, **more: Any) -> Result:
    done = CliRunner().invoke(main, list(arguments), **more)
    assert done.exit_code == status, (done.stdout, done.stderr, done.exception)
    return done


def imported() -> None:
    run("import", "a.json", "--db", "d.db", "--mapping", "m.yaml")


def every(command: click.Command = main) -> Iterator[click.Command]:
    yield command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from every(found)


# -- short options ---------------------------------------------------------------------------------------


def test_every_output_has_a_short_name_and_every_command_can_be_quiet_or_verbose() -> None:
    for command in every():
        options = {name: one for one in command.params for name in one.opts}
        assert {"-q", "--quiet", "-v", "--verbose"} <= options.keys(), command.name
        assert ("-o" in options) == ("--output" in options), command.name
    assert run("-V").stdout == run("--version").stdout


def test_quiet_says_errors_only_and_what_was_asked_for(here: Path) -> None:
    silent = [
        ("import", "a.json", "--db", "d.db", "--mapping", "m.yaml"),
        ("check", "m.yaml"),
        ("verify", "m.yaml", "a.json"),
        ("validate", "--db", "d.db"),
        ("backup", "--db", "d.db"),
        ("doctor", "--db", "d.db"),
        ("migrate", "apply", "--db", "d.db", "--to", "n.yaml"),
        ("export", "--db", "d.db", "--all", "-o", "out/"),
        ("infer", "a.json", "-o", "new.yaml"),
    ]
    for arguments in silent:
        assert run(*arguments, "-q").output == "", arguments
        assert run("-q", *arguments, status=2 if arguments[0] == "infer" else 0).stdout == ""
    assert json.loads(run("get", "--db", "d.db", "a", "-q").stdout)["id"] == "a"
    shown = run("query", "d.db", "SELECT id FROM notes", "--format", "csv", "-q")
    assert (shown.stdout, shown.stderr) == ("id\na\n", "")
    (here / "bad.json").write_text("{")
    done = run("import", "bad.json", "--db", "d.db", "-q", status=1)
    assert done.stdout == "" and "error[D301]" in done.stderr
    done = run("validate", "--db", "nix.db", "-q", status=1)
    assert done.stdout == "" and "S401" in done.stderr


def test_quiet_checks_show_what_is_wrong_only(here: Path) -> None:
    imported()
    done = run("doctor", "--db", "d.db", "-q", status=1)
    assert done.stdout.splitlines()[0].endswith("there is no backup") and len(done.stdout.splitlines()) == 2


def test_verbose_names_each_file_and_the_time(here: Path) -> None:
    (here / "more").mkdir()
    (here / "more/b.json").write_text('{"id": "b"}')
    (here / "more/c.jsonl").write_text('{"id": "c"}\n{"id": "d"}\n')
    done = run("import", "a.json", "more", "--db", "d.db", "--mapping", "m.yaml", "-v")
    read = [line for line in done.stderr.splitlines() if line.startswith("reading ")]
    assert read == [f"reading {name}" for name in ("a.json", Path("more/b.json"), Path("more/c.jsonl"))]
    assert re.search(r"^done in \d+\.\d\d s$", done.stderr, re.MULTILINE)
    assert "reading a.json" in run("-v", "verify", "m.yaml", "a.json").stderr
    assert "reading" not in run("verify", "m.yaml", "a.json").stderr
    assert run("verify", "m.yaml", "a.json", "-v", "--format", "json").stderr == ""


# -- colour ----------------------------------------------------------------------------------------------

RED = "\x1b["


def in_terminal(*arguments: str, **environment: str) -> str:
    """Run a command as a person would; return what stands on standard error."""
    ours, theirs = pty.openpty()
    program = [sys.executable, "-m", "docrel", *arguments]
    clean = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "FORCE_COLOR"}}
    subprocess.run(
        program, stdout=theirs, stderr=theirs, check=False, env=clean | {"TERM": "xterm"} | HERE | environment
    )
    os.close(theirs)
    shown = b""
    try:
        while more := os.read(ours, 100_000):
            shown += more
    except OSError:  # the end
        pass
    os.close(ours)
    return shown.decode()


def test_colour_is_for_a_person(here: Path) -> None:
    (here / "bad.yaml").write_text("mapping: x\ntables: {t: {colums: {}}}\n")
    assert "\x1b[31m" in in_terminal("check", "bad.yaml")
    assert RED not in in_terminal("check", "bad.yaml", NO_COLOR="1")
    assert RED not in in_terminal("check", "bad.yaml", TERM="dumb")
    imported()
    rows = ("query", "d.db", "SELECT id, NULL AS n FROM notes")
    assert RED not in in_terminal(*rows, NO_COLOR="1") and RED not in in_terminal(*rows, TERM="dumb")
    assert RED not in run("check", "bad.yaml", status=1).stderr


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False)],
)
def test_pipes_get_colour_by_force_only(here: Path, environment: dict[str, str], coloured: bool) -> None:
    (here / "bad.yaml").write_text("mapping: x\ntables: {t: {colums: {}}}\n")
    assert (RED in run("check", "bad.yaml", status=1, env=environment).stderr) is coloured


def test_a_painted_diagnostic_says_the_same() -> None:
    told = render(Diagnostic("D301", "error[D301] is no word of a help: text", subject="a.json", help="do this"))
    shown = painted(told)
    assert click.unstyle(shown) == told and shown.count("\x1b[31m") == 1 and "\x1b[36mhelp:" in shown


# -- progress --------------------------------------------------------------------------------------------


def test_a_meter_counts_the_bytes_of_files(here: Path) -> None:
    (here / "more/deep").mkdir(parents=True)
    (here / "more/b.json").write_text('{"id": "b"}')
    (here / "more/deep/c.jsonl").write_text('{"id": "c"}\n{"id": "d"}\n' * 3)
    (here / "more/x.txt").write_text("none of ours")
    total = bytes_of(["a.json", "more"], note_plan())
    assert total == 19 + 11 + 72
    meter, seen = Meter(), [0]
    for _ in read_documents(["a.json", "more"], note_plan(), meter=meter):
        seen.append(meter.done)
    assert seen == sorted(seen) and seen[1] <= 19 and meter.done == total
    assert bytes_of(["-"], note_plan()) is None
    assert bytes_of(["nix.json"], note_plan()) == 0


def test_progress_has_the_whole_and_what_is_left_of_it(here: Path) -> None:
    with (here / "many.jsonl").open("w") as stream:
        stream.writelines(json.dumps({"id": str(n), "x": ["y"] * 20}) + "\n" for n in range(MANY))
    shown = click.unstyle(in_terminal("import", "many.jsonl", "--db", "d.db", "--mapping", "m.yaml"))
    assert "documents read" in shown and " % " in shown


# -- Ctrl-C ----------------------------------------------------------------------------------------------


def interrupted(*arguments: str, stdin: bytes) -> tuple[int, str]:
    """Interrupt a command that waits for more on standard input."""
    running = subprocess.Popen(
        [sys.executable, "-m", "docrel", *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | HERE,
    )  # fmt: skip
    assert running.stdin is not None and running.stderr is not None and running.stdout is not None
    running.stdin.write(stdin)
    running.stdin.flush()
    wait_until_idle(running.pid, running.stdin)
    running.send_signal(signal.SIGINT)
    running.wait(30)
    told = running.stderr.read().decode()
    for stream in (running.stdin, running.stdout, running.stderr):
        stream.close()
    return running.returncode, told


def wait_until_idle(process: int, pipe: IO[bytes]) -> None:
    """Wait until a process has read all of a pipe and sleeps, at several looks after each other."""
    looks = 0
    while looks < 5:
        time.sleep(0.1)
        unread = struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4))[0]
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        looks = looks + 1 if unread == 0 and state == "S" else 0


def many(start: int) -> bytes:
    return b"".join(json.dumps({"id": str(n), "x": "y" * 200}).encode() + b"\n" for n in range(start, start + MANY))


def test_an_import_that_is_interrupted_says_what_it_has_kept(here: Path) -> None:
    status, told = interrupted("import", "-", "--db", "d.db", "--mapping", "m.yaml", stdin=many(0))
    assert (status, told.splitlines()[-1]) == (
        130, "interrupted: 0 new documents of whole batches kept in d.db; the same command again goes on from there"
    )  # fmt: skip
    imported()
    status, told = interrupted("import", "-", "--db", "d.db", stdin=many(0))
    found = re.search(r"^interrupted: ([\d,]+) new documents of whole batches kept in d\.db; ", told, re.MULTILINE)
    assert status == 130 and found is not None, told
    kept = int(found[1].replace(",", ""))
    shown = run("query", "d.db", "SELECT count(*) FROM notes", "--format", "csv").stdout.split()[-1]
    assert kept > 0 and kept % 500 == 0 and int(shown) == kept + 1
    assert run("validate", "--db", "d.db")


@pytest.mark.parametrize(
    "arguments",
    [("verify", "m.yaml", "-"), ("infer", "-"), ("import", "-", "--db", "d.db", "--mapping", "m.yaml", "--dry-run")],
)
def test_commands_that_write_nothing_say_so(here: Path, arguments: tuple[str, ...]) -> None:
    status, told = interrupted(*arguments, stdin=many(0))
    assert (status, told.splitlines()[-1]) == (130, "interrupted: nothing was written")


def test_an_export_that_is_interrupted_says_what_it_has_written(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "two.jsonl").write_text('{"id": "a"}\n{"id": "b"}\n{"id": "c"}\n')
    run("import", "two.jsonl", "--db", "d.db", "--mapping", "m.yaml")
    from docrel import documents

    real = documents.write_file

    def write(path: Path, pieces: Any) -> None:
        if path.name == "c.json":
            raise KeyboardInterrupt
        real(path, pieces)

    monkeypatch.setattr(documents, "write_file", write)
    done = run("export", "--db", "d.db", "--all", "-o", "out/", status=130)
    assert done.stderr == "interrupted: 2 documents written into out, each of them whole\n"
    assert sorted(path.name for path in (here / "out").iterdir()) == ["a.json", "b.json"]


@pytest.mark.parametrize(
    ("arguments", "target", "words"),
    [
        (("migrate", "apply", "--db", "d.db", "--to", "n.yaml"), "docrel.migrate.apply", "d.db is as it was"),
        (("backup", "--db", "d.db"), "docrel.store.backup", "no backup was made"),
        (("delete", "--db", "d.db", "a"), "docrel.store.delete_documents", "nothing was deleted"),
    ],
)
def test_other_commands_that_are_interrupted(
    here: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], target: str, words: str
) -> None:
    imported()

    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(target, stop)
    assert run(*arguments, status=130).stderr.endswith(f"interrupted: {words}\n")


# -- pipes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("export", "--db", "d.db", "--all"),
        ("ddl", "missions"),
        ("--help",),
        ("export", "--db", "d.db", "--table", "notes"),
    ],
)
def test_a_reader_that_goes_away_is_no_fault(here: Path, arguments: tuple[str, ...]) -> None:
    (here / "many.jsonl").write_bytes(many(0))
    run("import", "many.jsonl", "--db", "d.db", "--mapping", "m.yaml")
    line = f"'{sys.executable}' -m docrel {' '.join(arguments)} | head -n 1"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, env=os.environ | HERE)
    assert done.stderr == "" and len(done.stdout.splitlines()) == 1


# -- standard input, versions ------------------------------------------------------------------------------


def test_a_mapping_may_come_on_standard_input(here: Path) -> None:
    assert run("check", "-", input=SINGLE_TEXT).stdout.startswith("-: good. notes version 1: ")
    assert "CREATE TABLE" in run("ddl", "-", input=SINGLE_TEXT).stdout
    done = run("check", "-", status=1, input="mapping: x\ntables: {t: {colums: {}}}\n")
    assert done.stderr.startswith("-:2:14: error[")
    (here / "-").write_text(SINGLE_TEXT)
    assert docrel.load(Path("-")).plan.name == "notes"


def test_two_mappings_of_one_version_are_told_by_their_checksums(here: Path) -> None:
    imported()
    told = run("diff", "m.yaml", "n.yaml").stdout.splitlines()[0]
    found = re.fullmatch(r"notes version 1 \(([0-9a-f]{8})\) → notes version 1 \(([0-9a-f]{8})\): 1 change", told)
    assert found is not None and found[1] != found[2], told
    plan = run("migrate", "plan", "--db", "d.db", "--to", "n.yaml")
    assert f"version 1 ({found[1]}) → version 1 ({found[2]})" in plan.stdout
    assert f"both mappings are version 1 ({found[1]} and {found[2]})" in plan.stderr
    assert json.loads(run("diff", "m.yaml", "n.yaml", "--format", "json").stdout)["checksums"] == [found[1], found[2]]
