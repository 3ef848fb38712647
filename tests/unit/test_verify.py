"""Verifying: what comes back different is found, what is refused is told, and every value is counted once."""

from __future__ import annotations

from typing import Any

import pytest
from small_mapping import project_plan

from docrel.authoring import Report, Verdict, verify
from docrel.authoring.coverage import scalars
from docrel.diagnostics import DocumentError, render
from docrel.documents import InputDocument
from docrel.engine import Rebuilder
from docrel.mapping import Mapping

PROJECTS = project_plan()


def input_document(document: Any, name: str = "alpha", **more: Any) -> InputDocument:
    return InputDocument(f"{name}.json", document, name=name, **more)


def verified(*documents: InputDocument) -> tuple[Report, list[Verdict]]:
    verdicts: list[Verdict] = []
    return verify(PROJECTS, documents, verdicts.append), verdicts


GOOD = {
    "plan": {
        "meta": {"name": "a", "x": [1, 2]},
        "goal": "win",
        "tasks": [{"title": "t", "done": True}, "stray"],
    },
    "state": {"cost": 3, "phase": None},
}


def test_a_document_comes_back_and_every_value_is_counted_once() -> None:
    report, verdicts = verified(input_document(GOOD))
    assert report.good
    assert [v.kind for v in verdicts] == ["exact"]
    coverage = report.coverage
    assert coverage.all.total == scalars(GOOD) == 9
    assert (coverage.all.typed, coverage.all.rest, coverage.all.complement) == (5, 2, 2)
    assert (coverage.tables["tasks"].typed, coverage.tables["projects"].typed) == (2, 3)
    assert coverage.tables["projects"].complement == 2  # the stray, and the null that is no default
    assert coverage.kinds["strays"].documents == 1
    assert coverage.kinds["integers"].documents == 1
    assert 0 < coverage.complement_bytes < 500


def test_defaults_are_no_values_of_the_document() -> None:
    report, _ = verified(
        input_document({"plan": {"meta": {"name": "a"}}}), input_document({"plan": {"meta": {"name": "b"}}})
    )
    assert (report.coverage.all.typed, report.coverage.all.total) == (2, 2)


def test_a_shape_is_weighed_once() -> None:
    swapped = [input_document({"plan": {"goal": "x", "meta": {"name": str(n)}}, "odd": None}) for n in range(3)]
    one, three = verified(swapped[0])[0].coverage, verified(*swapped)[0].coverage
    assert three.kinds["order"].bytes == one.kinds["order"].bytes
    assert three.kinds["order"].documents == 3 * one.kinds["order"].documents


def test_a_document_without_a_name_takes_that_of_its_file() -> None:
    report, verdicts = verified(input_document({"plan": {}}), input_document({"plan": {}}, key="given"))
    assert (report.exact, report.named) == (2, 1)
    assert [d.code for v in verdicts for d in v.diagnostics] == ["D342"]


def test_what_is_refused_never_stops_the_others() -> None:
    bad = input_document({"state": {"phase": "CLOSE", "cost": -1}}, "b")
    broken = InputDocument("c.json", diagnostics=verified(bad)[1][0].diagnostics)
    report, verdicts = verified(bad, broken, input_document(GOOD))
    assert [v.kind for v in verdicts] == ["refused", "unreadable", "exact"]
    assert not report.good
    assert [d.code for d in verdicts[0].diagnostics] == ["D312", "D313"]
    assert render(verdicts[0].diagnostics[0]) == (
        'b.json: $.state.phase: error[D312]: "CLOSE" is not one of OPEN, CLOSED '
        "(projects.phase, projects.yaml:14:7)\n"
        '  help: did you mean "CLOSED"?'
    )


def test_paths_are_those_of_the_file_that_the_value_is_in() -> None:
    single = input_document({"state": {"phase": 1}}, member="state")
    folder = input_document(
        {"plan": {}, "state": {"phase": 1}}, files=(("plan", "w/plan.json"), ("state", "w/.state/now.json"))
    )
    subjects = [v.diagnostics[0].subject for v in verified(single, folder)[1]]
    assert subjects == ["alpha.json: $.phase", "w/.state/now.json: $.phase"]


def test_a_required_value_says_everything_that_would_fill_it() -> None:
    with pytest.raises(DocumentError) as refused:
        Mapping(PROJECTS).flatten({"plan": {"goal": "x"}})
    (missing,) = refused.value.diagnostics
    assert (missing.code, missing.subject) == ("D311", "$.plan.meta.name")
    assert (
        missing.help
        == "give a value at $.plan.meta.name, or name the document with --document-key NAME or --key-from-name"
    )


@pytest.mark.parametrize("broken", ["other", "raises", "none"])
def test_an_engine_that_loses_something_is_caught(monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    good = Rebuilder.documents

    def bad(self: Rebuilder, rows: Any, notes: Any) -> Any:
        if broken == "raises":
            raise KeyError("x")
        if broken == "none":
            return []
        ((table, key, document),) = good(self, rows, notes)
        document["plan"]["tasks"].pop()
        return [(table, key, document)]

    monkeypatch.setattr(Rebuilder, "documents", bad)
    report, verdicts = verified(input_document(GOOD))
    assert (report.different, report.good) == (1, False)
    assert [d.code for d in verdicts[0].diagnostics] == ["D341"]
    assert verdicts[0].diagnostics[0].subject.startswith("alpha.json")
    if broken == "other":
        assert verdicts[0].diagnostics[0].subject == "alpha.json: $.plan.tasks"
