"""The generated documentation: what it tells, and that nothing in a plan can break its markup."""

from __future__ import annotations

import re
import sqlite3

import pytest
from hypothesis import HealthCheck, given, settings

from docrel.diagnostics import bare_words, code, prose
from docrel.files import shipped_folders
from docrel.pages import explain, pages
from docrel.plan import (
    Case,
    Column,
    Default,
    Derived,
    EdgeName,
    Elapsed,
    Elements,
    Index,
    IndexDefinition,
    JoinedKey,
    MemberKey,
    Members,
    Name,
    ParentKey,
    Part,
    Plan,
    Position,
    Read,
    Rest,
    Source,
    Statement,
    Surrogate,
    Table,
    Unsourced,
    Value,
)
from docrel.selectors import path_text
from docrel.sql import render
from strategies_plan import plans

ID = Column("id", "integer", Surrogate())
PLAN = Plan(
    "missions",
    2,
    (
        Table(
            "missions",
            (
                ID,
                Column(
                    "uuid",
                    "text",
                    Value(((Name("manifest"), Name("project id")), (Name("id"),))),
                    required=True,
                    unique=True,
                    description="who | what",
                ),
                Column(
                    "status",
                    "text",
                    Value(((Name("status"),),)),
                    one_of=("in_progress", "completed"),
                    map=(("active", "in_progress"),),
                    default=Default(
                        (Read(True, (Name("state"),)),),
                        (Case(((Read(False, (Name("done"),)), None),), "completed"),),
                        now=True,
                    ),
                ),
                Column("cost", "real", Value(((Name("cost"),),)), minimum=0, soft=True),
                Column("words", "json", Derived("$..word")),
                Column("more", "json", Rest()),
            ),
            ("id",),
            (Source("each", None, ()),),
            indexes=(IndexDefinition("idx_status", ("status",)),),
            description="One mission.",
        ),
        Table(
            "artifacts",
            (
                ID,
                Column("mission_id", "integer", ParentKey("missions", "id"), required=True),
                Column("kind", "text", MemberKey()),
                Column("name", "text", JoinedKey(".")),
                Column("place", "integer", Position()),
                Column("ref", "text", Value(((Name("ref"),),))),
                Column("ends", "text", Unsourced(), default=Default(elapsed=Elapsed("a", "b"))),
            ),
            ("id",),
            (Source("each", "missions", (Name("artifacts"), Members()), tree=True, row_if=("ref", "path")),),
            parent="missions",
            otherwise="rest",
        ),
        Table(
            "notes",
            (
                ID,
                Column("mission_id", "integer", ParentKey("missions", "id"), required=True, unique=True),
                Column("parent_note_id", "integer", ParentKey("notes", "id")),
                Column("edge", "text", EdgeName()),
                Column("author", "text", Unsourced()),
                Column("body", "text", Value(((Name("body"),),))),
            ),
            ("id",),
            (
                Source(
                    "each",
                    "missions",
                    (Name("notes"), Elements()),
                    when=(((Name("type"),), ("note", "remark")),),
                    constants=(("author", "me"),),
                ),
                Source("children", "notes", (Name("children"), Elements()), values=(("body", ((),)),)),
            ),
            parent="missions",
        ),
    ),
    "uuid",
    parts=(Part("manifest", "project_manifest.json"),),
    statements=(Statement("view", "active", (("sqlite", "SELECT * FROM missions"), ("any", "SELECT 1"))),),
)


def rows_of(markdown: str) -> dict[str, list[str]]:
    """Return the cells of each table row by its first cell; escaped bars do not divide."""
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in markdown.splitlines() if line.startswith("| `")]
    return {cells[0].strip(): [cell.strip() for cell in cells[1:]] for cells in rows}


def test_the_pages() -> None:
    made = pages(PLAN)
    assert sorted(made) == [
        "diagram.md",
        "dictionary.md",
        "schema.duckdb.sql",
        "schema.postgresql.sql",
        "schema.sqlite.sql",
    ]
    assert made == pages(PLAN)
    assert all(text.endswith("\n") and not text.endswith("\n\n") for text in made.values())
    connection = sqlite3.connect(":memory:")
    connection.executescript(made["schema.sqlite.sql"])
    assert connection.execute("SELECT count(*) FROM active").fetchone() == (0,)


def test_the_dictionary() -> None:
    text = pages(PLAN)["dictionary.md"]
    rows = rows_of(text)
    assert rows["`uuid`"] == [
        "text", "no", "two-way", '`$.manifest["project id"]`<br>`$.id`', "unique", "who \\| what",
    ]  # fmt: skip
    assert rows["`status`"][4] == (
        'one of "in\\_progress", "completed"; written as "in\\_progress" for "active"; '
        'where the document says nothing: \\$.state, else "completed" when @.done is there, '
        "else the time of writing"
    )
    assert rows["`words`"][2:4] == ["derived", "`$..word`"]
    assert rows["`more`"][2] == "rest"
    assert rows["`kind`"][2:4] == ["key", "the member's name at the last .\\*"]
    assert rows["`place`"][2] == "position"
    assert rows["`ends`"][2] == "default"
    assert rows["`author`"][3] == '"me" for each'
    assert rows["`body`"][3] == "`@.body`<br>`@ for children`"
    assert rows["`parent_note_id`"][2:4] == ["parent", "notes.id of the row above"]
    for part in (
        "One mission.",
        "| `manifest` | `project_manifest.json` |",
        '- index: `CREATE INDEX "idx_status" ON "missions" ("status")`',
        '`each: $.notes[*], where @.type is "note" or "remark"`; `children: @.children[*] of a row of notes`',
        "`$.artifacts.*, and each object below that has one of ref, path`",
        "```sql\n-- sqlite\nSELECT * FROM missions\n```",
        "## The engine's own tables",
        "`missions_complement`",
    ):
        assert part in text


def test_the_diagram() -> None:
    text = pages(PLAN)["diagram.md"]
    assert '  missions ||--o| notes : "mission_id"' in text
    assert '  notes |o--o{ notes : "parent_note_id"' in text
    assert "    text uuid UK" in text
    assert "    integer mission_id FK, UK" in text


def test_explain() -> None:
    text = explain(PLAN)
    for line in (
        '    uuid    text     two-way  $.manifest["project id"] | $.id',
        "    words   json     derived  $..word",
        "  a document needs missions_complement only where it holds",
        "    - a member that no column and no table takes",
        "    - a row that a constraint forbids",
    ):
        assert line in text.splitlines()
    assert "    - null, where absent is what NULL means: status, cost" in text.splitlines()
    assert "    - a value at more than one of its places, or not at the first: uuid" in text.splitlines()
    assert 'one of several spellings of "in_progress"' in text
    assert "an integer (1 rather than 1.0)" in text


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plans())
def test_nothing_in_a_plan_breaks_the_markup(plan: Plan) -> None:
    made = pages(plan)
    dictionary = made["dictionary.md"].splitlines()
    headings = [line for line in dictionary if line.startswith("## `")]
    assert len(headings) == len(plan.tables)
    columns = [line for line in dictionary if line.startswith("| `")]
    assert len(columns) == sum(len(table.columns) for table in plan.tables)
    assert all(len(re.findall(r"(?<!\\)\|", line)) == 8 for line in columns)
    block = made["diagram.md"].split("```")
    assert len(block) == 3
    attribute = re.compile(r'    [A-Za-z]\w* [A-Za-z]\w*( (PK|FK|UK)(, (FK|UK))*)?( "[^"]*")?', re.ASCII)
    entity = re.compile(r'  [A-Za-z]\w*(\["[^"]+"\])? \{|  \}', re.ASCII)
    link = re.compile(r'  [A-Za-z]\w* [|o]{2}--o[|{] [A-Za-z]\w* : "[^"]*"', re.ASCII)
    for line in block[1].splitlines()[2:]:
        assert attribute.fullmatch(line) or entity.fullmatch(line) or link.fullmatch(line), line
    assert "\n\n\n" not in explain(plan)
    connection = sqlite3.connect(":memory:")
    connection.executescript(made["schema.sqlite.sql"])
    connection.close()


@pytest.mark.parametrize(
    ("text", "expected"), [("a|b", "`a\\|b`"), ("a`b", "``a`b``"), ("`", "`` ` ``"), ("a\nb", "`a\\nb`")]
)
def test_code_spans(text: str, expected: str) -> None:
    assert code(text) == expected


def test_prose_and_words() -> None:
    assert prose("a *b*\n<i> & |") == "a \\*b\\* \\<i\\> &amp; \\|"
    assert bare_words(["a b", "a-b", "PK", "1", "A_B"]) == {
        "a b": "a_b", "a-b": "a_b_", "PK": "PK_", "1": "x1", "A_B": "A_B_2",
    }  # fmt: skip


def test_paths() -> None:
    assert path_text((Name("a"), Index(0), Elements(), Members(), Name("it's\n")), "@") == '@.a[0][*].*["it\'s\\n"]'


def test_templates_name_their_inputs() -> None:
    found = [path for folder in shipped_folders("templates") for path in folder.glob("*/*.j2")]
    assert len(found) >= 13
    for path in found:
        assert path.read_text(encoding="utf-8").startswith("{# Inputs: "), path


def test_a_missing_input_is_an_error() -> None:
    with pytest.raises(Exception, match="undefined"):
        render("sqlite/view.sql.j2", name='"v"')
