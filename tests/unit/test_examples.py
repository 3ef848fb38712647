"""The examples: their documents come back exactly, and their questions have the answers that they show."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

import docrel
from docrel.authoring import verify
from docrel.cli import main
from docrel.documents import read_documents
from docrel.values import jsontext

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FOLDERS = sorted(file.parent for file in EXAMPLES.glob("*/questions.sql"))
SHIPPED = {"osv", "cyclonedx", "stix", "ocds"}


def mapping_of(folder: Path) -> str:
    """Return the mapping of an example: a file of its own, or the shipped one of the folder's name."""
    own = folder / "mapping.yaml"
    return str(own) if own.exists() else folder.name


def questions(folder: Path) -> list[str]:
    """Return the questions of an example: blocks of a comment and one statement."""
    return (folder / "questions.sql").read_text(encoding="utf-8").strip().split("\n\n")


def as_list(cursor: sqlite3.Cursor) -> list[str]:
    """Return the lines that `sqlite3 -header` prints; nothing where there are no rows."""
    names = [column[0] for column in cursor.description]
    rows = [["" if value is None else str(value) for value in row] for row in cursor]
    return ["|".join(row) for row in ([names, *rows] if rows else [])]


def run(*arguments: str) -> None:
    done = CliRunner().invoke(main, list(arguments))
    assert done.exit_code == 0, (done.stdout, done.stderr, done.exception)


def test_the_shipped_mappings_have_examples() -> None:
    assert {folder.name for folder in FOLDERS} >= SHIPPED


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def example(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Path]:
    """Return an example's folder and the database that its documents were imported into."""
    folder: Path = request.param
    db = tmp_path / "example.db"
    run(
        *("import", str(folder / "documents"), "--db", str(db)),
        *("--mapping", mapping_of(folder), "--key-from-name"),
    )
    return folder, db


def test_questions_have_the_expected_answers(example: tuple[Path, Path]) -> None:
    folder, db = example
    with closing(sqlite3.connect(db)) as connection:
        lines = [line for question in questions(folder) for line in as_list(connection.execute(question))]
    assert lines == (folder / "expected.txt").read_text(encoding="utf-8").splitlines()


def test_documents_come_back(example: tuple[Path, Path], tmp_path: Path) -> None:
    folder, db = example
    run("export", "--db", str(db), "--all", "--output", str(tmp_path / "back"))
    for file in (folder / "documents").glob("*.json"):
        back = (tmp_path / "back" / file.name).read_bytes()
        assert jsontext.same(jsontext.loads(file.read_bytes()), jsontext.loads(back))


def test_documents_are_in_typed_columns() -> None:
    """An example shows what its mapping is for: nothing of it is left over."""
    for name in SHIPPED:
        plan = docrel.load(name).plan
        report = verify(plan, read_documents([EXAMPLES / name / "documents"], plan, key_from_name=True))
        assert report.good
        assert report.coverage.all.typed == report.coverage.all.total


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_readme_asks_the_same_questions(folder: Path) -> None:
    readme = (folder / "README.md").read_text(encoding="utf-8")
    asked = questions(folder)
    assert len(asked) >= 3
    for question in asked:
        title, statement = question.split("\n", 1)
        assert f"**{title.removeprefix('-- ')}**\n\n```sql\n{statement}\n```\n" in readme
