"""Causes: many diagnostics are told as one of each cause, with how many more there are, and where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from docrel.cli import main
from docrel.diagnostics import Causes, Diagnostic, Position, told

MAPPING = """
mapping: orders
version: 1
document: {key: id}
tables:
  orders:
    columns:
      id: {from: id, type: text, required: true, unique: true}
      status: {from: status, type: text, one_of: [NEW, DONE]}
      qty: {from: qty, type: integer, min: 0}
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)))


def broken(line: int, column: str = "status", rule: str = "one_of") -> Diagnostic:
    facts = {"rule": rule, "table": "orders", "column": column}
    return Diagnostic("D312", f'"{line}" is wrong', subject=f"many.jsonl:{line}: $.{column}", facts=facts)


def test_one_cause_is_shown_once_and_then_counted() -> None:
    causes = Causes()
    assert [n for n in range(1, 20) if causes.is_first(broken(n))] == [1]
    assert list(causes.lines()) == ["… and 18 more like it (many.jsonl:2, :3, :4, :5, :6, …)"]


def test_several_causes_are_each_shown_and_named_in_the_end() -> None:
    causes = Causes()
    shown = [causes.is_first(one) for one in (broken(1), broken(2, "qty", "minimum"), broken(3), broken(4, "qty"))]
    assert shown == [True, True, False, True]
    assert list(causes.lines()) == ["… and 1 more like it: error[D312] of orders.status (many.jsonl:3)"]


def test_there_is_a_limit_to_what_is_shown_and_kept() -> None:
    causes = Causes()
    shown = [causes.is_first(broken(n, f"c{n}")) for n in range(3000)]
    assert sum(shown) == 20
    assert list(causes.lines()) == ["… and 2,980 more, of 1,000 other causes or more"]


def test_values_and_numbers_in_words_are_no_other_cause() -> None:
    one = Diagnostic("D301", """"}" stands where 'x' is expected, at 1:7""", subject="a.json")
    other = Diagnostic("D301", """"]" stands where 'y z' is expected, at 12:70""", subject="b.json")
    third = Diagnostic("D301", "the end stands where a comma is expected", subject="c.json")
    causes = Causes()
    assert [causes.is_first(d) for d in (one, other, third, other)] == [True, False, True, False]


def test_what_a_person_wrote_is_of_one_cause_only_where_the_words_are_the_same() -> None:
    def at(line: int, key: str, file: str = "m.yaml") -> Diagnostic:
        return Diagnostic("M201", f'"{key}" is no key', position=Position(file, line, 3))

    lines = list(told([at(1, "oneof"), at(2, "minn"), at(3, "oneof"), at(9, "oneof"), at(9, "oneof", "n.yaml")]))
    assert lines == [
        'm.yaml:1:3: error[M201]: "oneof" is no key',
        "… and 3 more like it (m.yaml:3, :9, n.yaml:9)",
        'm.yaml:2:3: error[M201]: "minn" is no key',
    ]


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    (tmp_path / "m.yaml").write_text(MAPPING)
    lines = [{"id": f"o-{n}", "status": "OLD" if n % 2 else "NEW", "qty": -1 if n == 4 else 1} for n in range(100)]
    path = tmp_path / "many.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@pytest.mark.parametrize("command", ["import", "verify"])
def test_commands_tell_each_cause_once(documents: Path, command: str) -> None:
    where = documents.parent
    ends: list[str | Path] = ["--mapping", where / "m.yaml", "--db", where / "o.db"] if command == "import" else []
    begins: list[str | Path] = [] if command == "import" else [where / "m.yaml"]
    done = run(command, *begins, documents, *ends)
    assert done.exit_code == 1
    assert done.stderr.count("error[D312]:") == done.stderr.count("error[D313]:") == 1, done.stderr
    assert f"… and 49 more like it: error[D312] of orders.status ({documents}:4, :6, :8, :10, :12, …)" in done.stderr


def test_programs_hear_of_all(documents: Path) -> None:
    where = documents.parent
    done = run("--format", "json", "import", documents, "--mapping", where / "m.yaml", "--db", where / "o.db")
    assert [json.loads(line)["code"] for line in done.stderr.splitlines()].count("D312") == 50


def test_infer_tells_what_it_cannot_read_by_cause(tmp_path: Path) -> None:
    for n in range(9):
        (tmp_path / f"f{n}.json").write_text(f'{{"a": {n},}}')
    done = run("infer", tmp_path)
    assert done.stderr.count("error[D301]") == 1 and "… and 8 more like it (" in done.stderr, done.stderr


def test_check_tells_what_several_mappings_have_in_common_once(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.yaml").write_text(MAPPING.replace("one_of", "oneof"))
    done = run("check", tmp_path / "a.yaml", tmp_path / "b.yaml")
    assert done.stderr.count("error[M201]") == 1 and f"… and 1 more like it ({tmp_path}/b.yaml:9)" in done.stderr
