"""The renderer of diagnostics: the caret stands under its character; programs get the same facts."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import docrel
from docrel.diagnostics import Diagnostic, MappingError, Position, as_json, code_page, render, suggestion
from docrel.diagnostics.codes import RANGES, codes


def at(line: int, column: int) -> Position:
    return Position("m.yaml", line, column)


def test_a_full_error_reads_like_a_compilers() -> None:
    found = Diagnostic(
        "M203",
        "selector ends before the comparison does",
        position=Position("mappings/orders/v2.yaml", 5, 38),
        excerpt="    each: $.orders[*].lines[?@.qty > ]\n",
        caret="a value is expected here",
        help="give a value to compare with, for example `> 0`",
    )
    assert render(found) == (
        "mappings/orders/v2.yaml:5:38: error[M203]: selector ends before the comparison does\n"
        "  5 |     each: $.orders[*].lines[?@.qty > ]\n"
        "    |                                      ^ a value is expected here\n"
        "  help: give a value to compare with, for example `> 0`"
    )


def test_the_caret_follows_tabs_and_counts_characters() -> None:
    tabbed = render(Diagnostic("Y107", "tab", position=at(12, 3), excerpt="\t\tx: 1"))
    assert tabbed.splitlines()[1:] == ["  12 | \t\tx: 1", "     | \t\t^"]
    accented = render(Diagnostic("Y110", "twice", position=at(1, 6), excerpt="naïf: é"))
    assert accented.splitlines()[1:] == ["  1 | naïf: é", "    |      ^"]


def test_a_caret_may_stand_after_the_last_character() -> None:
    shown = render(Diagnostic("Y109", "open", position=at(1, 4), excerpt="abc\r\n"))
    assert shown.splitlines()[1:] == ["  1 | abc", "    |    ^"]


def test_without_a_file_the_subject_leads_and_without_either_the_severity() -> None:
    assert render(Diagnostic("S401", "is locked", subject="a.db")) == "a.db: error[S401]: is locked"
    assert render(Diagnostic("S401", "odd", severity="note")) == "note[S401]: odd"


def test_an_error_of_one_diagnostic_is_made_in_one_call() -> None:
    error = MappingError.one("Y101", "there is no file", subject=Path("m.yaml"), help="write it")
    assert error.diagnostics == (Diagnostic("Y101", "there is no file", subject="m.yaml", help="write it"),)


def test_what_was_meant_is_near_whatever_its_case_and_the_first_of_two_alike() -> None:
    assert suggestion("STATUS", ["Status", "status"]) == "did you mean `Status`?"
    assert suggestion("x", ["a", "b"], "leave it out") == "leave it out"


def test_json_has_every_field_for_programs() -> None:
    found = Diagnostic("Y110", "twice", position=at(3, 2), help="remove one", facts={"key": "a"})
    assert json.loads(json.dumps(as_json(found))) == {
        "severity": "error",
        "code": "Y110",
        "message": "twice",
        "file": "m.yaml",
        "line": 3,
        "column": 2,
        "subject": None,
        "help": "remove one",
        "facts": {"key": "a"},
    }
    bare = as_json(Diagnostic("S401", "is locked", subject="a.db"))
    assert (bare["file"], bare["line"], bare["subject"], "facts" in bare) == (None, None, "a.db", False)


def test_an_error_sorts_its_diagnostics_by_place() -> None:
    places = [at(10, 1), at(2, 9), at(2, 3)]
    error = MappingError(diagnostics=[Diagnostic("Y106", "x", position=place) for place in places])
    assert [found.position for found in error.diagnostics] == sorted(places)
    assert str(error).splitlines()[0] == "m.yaml:2:3: error[Y106]: x"


def test_each_code_is_in_a_known_range_and_on_the_page() -> None:
    page = code_page()
    for code, text in codes().items():
        assert code[:2] in RANGES
        title, blank, *body = text.splitlines()
        assert title.startswith(f"# {code}: ")
        assert blank == ""
        assert body
        assert all(len(line) <= 120 for line in body)
        assert f"##{text}" in page
    assert page.startswith("# Errors\n")
    assert page.count("## M2xx: ") == 1
    assert page.endswith("\n")


def test_each_code_that_the_program_says_has_a_text_and_each_text_is_said() -> None:
    source = Path(docrel.__file__).parent
    said = {c for path in source.rglob("*.py") for c in re.findall(r'"([YMDSXT][1-6][0-9]{2})"', path.read_text())}
    assert said == set(codes())


def steered(text: str) -> list[str]:
    """Return the comparisons with a code, and the sets of codes, of a module."""

    def codes_of(node: ast.AST) -> list[bool]:
        constants = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
        return [bool(re.fullmatch("[YMDSXT][1-6][0-9]{2}", str(value))) for value in constants]

    return [
        ast.unparse(node)
        for node in ast.walk(ast.parse(text))
        if (isinstance(node, ast.Compare) and any(codes_of(node)))
        or (isinstance(node, ast.Set) and codes_of(node) and all(codes_of(node)))
    ]


def test_no_code_steers_what_the_program_does() -> None:
    source = Path(docrel.__file__).parent
    assert {str(path): found for path in source.rglob("*.py") if (found := steered(path.read_text()))} == {}
    assert steered("if e.diagnostics[0].code != 'X510': raise") and steered("_UNREAD = {'D331'}")
