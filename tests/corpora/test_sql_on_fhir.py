"""The shared tests of SQL on FHIR: views of plain paths give the same rows out of docrel's tables.

A test that needs FHIRPath functions is counted as not translatable. None may be wrong in silence: a view that
was translated gives exactly the rows that are expected, and one that is to fail, fails.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from view_definitions import InvalidViewError, UntranslatableError, translate

import docrel
from docrel import compile as compiler
from docrel import spec
from docrel.values import jsontext


def shared_tests(folder: Path) -> Iterator[tuple[str, list[Any], Any]]:
    """Yield each test's title, its resources and itself."""
    for file in sorted((folder / "tests").glob("*.json")):
        content = json.loads(file.read_text(encoding="utf-8"))
        for test in content["tests"]:
            yield f"{file.stem}: {test['title']}", content["resources"], test


def answer(view: Any, resources: list[Any]) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the columns and rows of a view, out of a database; the resources come back from it too."""
    translation = translate(view, resources)
    plan = compiler.compile(spec.loads(translation.mapping))
    with docrel.open(":memory:", plan) as store:
        for resource in resources:
            if resource["resourceType"] == view["resource"]:
                store.put(resource, key=resource["id"])
                assert jsontext.same(store.get(resource["id"]), resource)
        rows = store.backend.execute(translation.sql)
    return [c.name for c in translation.columns], [translation.row(tuple(row)) for row in rows]


def result(resources: list[Any], test: Any) -> str:
    """Return what came of a test: right, refused as it should be, or not translatable."""
    try:
        columns, rows = answer(test["view"], resources)
    except UntranslatableError:
        return "not translatable"
    except InvalidViewError:
        assert test.get("expectError"), f"{test['title']}: refused, but it has an answer"
        return "refused as expected"
    assert not test.get("expectError"), f"{test['title']}: an error is expected, not {rows}"
    assert sorted(map(canonical, rows)) == sorted(map(canonical, test["expect"])), test["title"]
    if "expectColumns" in test:
        assert columns == test["expectColumns"]
    return "same rows"


def canonical(row: dict[str, Any]) -> str:
    return json.dumps(row, sort_keys=True)


def test_shared_tests(shared_data: Callable[[str], Path]) -> None:
    counts: Counter[str] = Counter()
    for title, resources, test in shared_tests(shared_data("sql-on-fhir-v2")):
        found = result(resources, test)
        counts[found] += 1
        if found == "not translatable":
            print(f"  not translatable: {title}")
    print(", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())))
    assert counts["same rows"] >= 26
    assert counts["refused as expected"] >= 7


PATIENTS = [
    {"resourceType": "Patient", "id": "1", "name": [{"family": "A", "given": ["x", "y"]}], "active": False},
    {"resourceType": "Patient", "id": "2", "deceasedBoolean": True},
]


def view(*columns: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"resource": "Patient", "select": [{"column": list(columns)}], **more}


@pytest.mark.parametrize(
    "path",
    [
        "name.family.first()",
        "deceased",
        "name.where(use = 'x').family",
        "name",
        "a + b",
        "name[0].given[0].x[1]()",
    ],
)
def test_what_is_not_plain_is_not_guessed(path: str) -> None:
    with pytest.raises(UntranslatableError):
        translate(view({"name": "c", "path": path}), PATIENTS)


def test_two_values_are_not_one() -> None:
    with pytest.raises(InvalidViewError):
        answer(view({"name": "given", "path": "name.given"}), PATIENTS)


def test_a_wrong_answer_is_seen() -> None:
    """The control: were a row missing or other than expected, the comparison would say so."""
    wrong = {
        "title": "wrong",
        "view": view({"name": "id", "path": "id"}),
        "expect": [{"id": "1"}, {"id": "3"}],
    }
    with pytest.raises(AssertionError, match="wrong"):
        result(PATIENTS, wrong)
