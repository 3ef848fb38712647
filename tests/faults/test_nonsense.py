"""Nonsense on the command line: whatever is typed and whatever the files are, an exit status and words, no traceback.

Arguments of every command are drawn from good ones, files of every wrong kind, and text of every wrong kind. By
default a sample is tried, the same in each run; DOCREL_FAULTS=all tries more.
"""

from __future__ import annotations

import gzip
import os
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from docrel.cli import main
from docrel.diagnostics import DocrelError

RUNS = 6000 if os.environ.get("DOCREL_FAULTS") == "all" else 150
LEFT_AS_IT_WAS = 25
"""So many commands are run in a folder before it is made anew."""
MAPPING = """\
mapping: books
document: {key: k}
tables:
  books:
    row: book
    columns: {k: {from: id, required: true, unique: true}, title: text, rest: {rest: true}}
    tables: {tags: {each: 'tags[*]', columns: {tag: {from: '@'}}}}
"""
DEEP = b"[" * 300 + b"]" * 300
FILES: dict[str, bytes] = {
    "books.yaml": MAPPING.encode(),
    "books2.yaml": MAPPING.replace("document:", "version: 2\ndocument:").replace("title: text", "title: json").encode(),
    "view.yaml": f"{MAPPING}views: {{v: SELECT FROM}}\n".encode(),
    "anchors.yaml": b"a: &x 1\nb: *x\n",
    "list.yaml": b"- 1\n",
    "deep.yaml": b"a: " + b"[" * 1000 + b"]" * 1000,
    "one.json": b'{"id": "1", "title": "t", "tags": ["a"]}',
    "two.json": b'{"id": "2", "title": [1], "x": {"y": 1}}',
    "deep.json": DEEP,
    "digits.json": b"9" * 200_000,
    "infinite.json": b'{"id": 1e400}',
    "nan.json": b'{"id": NaN}',
    "twice.json": b'{"id": "1", "id": "2"}',
    "surrogate.json": b'{"id": "\\ud800", "\\udc00": 1}',
    "scalar.json": b"5",
    "cut.json": b'{"id": "1"',
    "no.json.gz": b"not compressed",
    "cut.json.gz": gzip.compress(b'{"id": "1"}' * 100)[:-9],
    "lines.jsonl": b'{"id": "7"}\n\n{"id":\n[]\n' + DEEP + b"\n",
    "folder/a.json": b"{}",
    "odd\nname\x1b[31m.json": b'{"id": "9"}',
    "no\udcff.json": b'{"id": "10"}',
    "empty": b"",
    "binary": bytes(range(256)) * 50,
    "latin": "é: ü".encode("latin-1"),
    "marked": b"\xef\xbb\xbf{}",
    "wide": '{"a": 1}'.encode("utf-16"),
    "head.db": b"SQLite format 3\0" + b"\0" * 200,
}
PATHS = (
    *FILES, "books.db", "other.db", "cut.db", "garbled.db", "plain.db", "folder", "nothing", "loop", "dangling",
    "nowhere", "nowhere/deep", "one.json/x", ".", "/dev/null", "-", "", "a" * 300, "a/" * 3000, "missions",
    "missions@9", "osv@1", f"osv@{'9' * 5000}", "@", ":memory:", "books.db-wal", "nul\0", "\ud800",
)  # fmt: skip
KEYS = ("1", "2", "9", "", '"1"', "1.5", "null", "[1]", "\ud800", "a\0b", "1e400", "9" * 5000, "{", "[[" * 400, "true")
SQL = (
    "1",
    "",
    "k = '1'",
    "nonsense",
    "1; DROP TABLE books",
    "?",
    "(",
    "TRUE ORDER BY 1",
    "\0",
    "1) UNION SELECT 1, 2 --",
)
NUMBERS = ("1", "0", "-1", "x", "", "1e9", "9" * 5000, "nan", "inf", "1.5")
NAMES = ("x", "", "\ud800", "a b", "../x", "9" * 300, "sqlite_x", "$", "a.b", "[", "*")
SPANS = ("1d", "", "x", "-1d", "9" * 400 + "d", "1e400d", "0s", "1.5h")
WORDS = {
    "DB": PATHS, "FILE": PATHS, "MAPPING": PATHS, "PATH": PATHS, "FILE|DIR|-": PATHS, "FILE|-": PATHS, "DIR": PATHS,
    "DIRECTORY": PATHS, "K": KEYS, "SPAN": SPANS, "SQL": SQL, "MB": NUMBERS, "MEMBER": NAMES, "TABLE": NAMES,
    "NAME": NAMES,
}  # fmt: skip
GOOD = {"DB": ("books.db",), "MAPPING": ("books.yaml", "books2.yaml"), "PATH": ("one.json", "two.json"), "K": ("1",)}


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        inner = command.get_command(context, name)
        assert inner is not None
        yield from commands(inner, (*path, name))


COMMANDS = list(commands(main))


def arguments(random: Random) -> list[str]:
    """Return the arguments of a command, some of them nonsense."""
    path, command = random.choice(COMMANDS)
    good = random.choice((0.3, 0.6, 0.9))
    found = list(path)
    for parameter in command.params:
        if parameter.name in {"debug", "format"}:
            continue
        if isinstance(parameter, click.Argument):
            count = 1 if parameter.nargs == 1 else random.choice((0, 1, 1, 2))
            found += [value(parameter, random, good) for _ in range(count)]
        elif isinstance(parameter, click.Option) and random.random() < (0.97 if parameter.required else 0.3):
            found.append(random.choice(parameter.opts))
            found += [] if parameter.is_flag else [value(parameter, random, good)]
    return [*found, "--format", "json"] if random.random() < 0.3 else found


def value(parameter: click.Parameter, random: Random, good: float) -> str:
    if isinstance(parameter.type, click.Choice):
        return str(random.choice((*parameter.type.choices, "", "x")))
    kind = (parameter.metavar or parameter.name or "").upper().rstrip(".")
    if kind in GOOD and random.random() < good:
        return random.choice(GOOD[kind])
    if isinstance(parameter.type, click.types.IntParamType | click.types.FloatParamType):
        return random.choice(NUMBERS)
    return random.choice(WORDS.get(kind, (*PATHS, *NAMES)))


def make(folder: Path) -> None:
    """Make a folder with files of every kind, and go there."""
    folder.mkdir()
    os.chdir(folder)
    for name, content in FILES.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_bytes(content)
    Path("nothing").mkdir()
    Path("loop").symlink_to("loop")
    Path("dangling").symlink_to("gone")
    run("import", "--db", "books.db", "--mapping", "books.yaml", "one.json", "two.json")
    for name, sql in (("other.db", "CREATE TABLE t(a)"), ("plain.db", "CREATE TABLE _docrel(a)")):
        with closing(sqlite3.connect(name)) as connection:
            connection.execute(sql)
    whole = Path("books.db").read_bytes()
    Path("cut.db").write_bytes(whole[:5000])
    Path("garbled.db").write_bytes(whole[:100] + Random(0).randbytes(20_000))


def run(*typed: str, text: str | None = None) -> Result:
    """Run a command, whose errors are raised."""
    return CliRunner().invoke(main, ["--debug", *typed], input=text)


def is_told(error: BaseException | None) -> bool:
    """Say whether the command line tells an error in words by itself: ours, and what the system says of files."""
    return error is None or isinstance(error, SystemExit | DocrelError | OSError)


def test_nonsense_ends_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    counts: Counter[Any] = Counter()
    for seed in range(RUNS):
        random = Random(seed)
        if seed % LEFT_AS_IT_WAS == 0:
            make(tmp_path / str(seed))
        typed = arguments(random)
        result = run(*typed, text=random.choice((None, "", "{}", '{"id": "3"}', "\0")))
        shown = [argument[:40] for argument in typed]
        assert is_told(result.exception), f"{shown}: {result.exception!r}"
        counts[result.exit_code if isinstance(result.exception, SystemExit) else type(result.exception).__name__] += 1
    print(dict(counts))
    assert counts["NoneType"] > RUNS / 20, "some of it has to work"


def test_an_argument_that_no_system_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for odd in ("nul\0", "\ud800"):
        result = CliRunner().invoke(main, ["validate", "--db", odd])
        assert result.exit_code == 2
        assert "no command line can hold" in result.output


@pytest.mark.parametrize("alert", ["nan", "inf", "1e400", "0", "1e-9"])
def test_a_size_to_warn_at(alert: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "here")
    assert run("maintain", "--db", "books.db", "--alert", alert).exit_code == 0


def test_a_version_beyond_all_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "here")
    result = CliRunner().invoke(main, ["migrate", "down", "--db", "books.db", "--to", "9" * 5000])
    assert "X508" in result.output


def test_what_no_code_catches_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise KeyError("a result")

    monkeypatch.setattr("docrel.cli.session.Session.result", fails)
    with pytest.raises(AssertionError, match="KeyError"):
        test_nonsense_ends_in_words(tmp_path, monkeypatch)
