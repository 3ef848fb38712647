"""The Python API: lazily imported, a mapping by path or name, documents as rows and back."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from small_mapping import TEXT

import docrel
from docrel.spec import mapping_file, shipped
from docrel.values import jsontext


@pytest.fixture
def projects(tmp_path: Path) -> docrel.Mapping:
    (tmp_path / "projects.yaml").write_text(TEXT)
    return docrel.load(tmp_path / "projects.yaml")


def test_a_document_becomes_rows_and_comes_back(projects: docrel.Mapping) -> None:
    document: Any = {"odd": 1.0, "plan": {"meta": {"name": "a"}, "tasks": [{"title": "t\n"}, 7]}}
    rows = projects.flatten(document)
    assert rows.tables["tasks"] == ((1, 1, "t\n", None),)
    assert rows.columns["tasks"][-2:] == ("title", "done")
    assert jsontext.same(projects.rebuild(rows), document)
    assert "t\\n" in str(rows)
    assert "complement" in str(rows)
    assert projects.rebuild(projects.flatten({}, key="k")) == {}


def test_rows_of_none_are_no_document(projects: docrel.Mapping) -> None:
    empty = docrel.Rows({}, {}, ())
    with pytest.raises(ValueError, match="0 documents"):
        projects.rebuild(empty)


def test_what_is_refused_is_a_document_error(projects: docrel.Mapping) -> None:
    with pytest.raises(docrel.DocumentError, match="D312"):
        projects.flatten({"state": {"phase": "x"}}, key="k")
    with pytest.raises(docrel.DocumentError, match="D306"):
        projects.flatten({"x": (1,)})


def test_the_mapping_in_other_forms(projects: docrel.Mapping) -> None:
    assert "CREATE TABLE" in projects.ddl("postgresql")
    assert "projects" in projects.explain()
    assert repr(projects) == "<Mapping projects@1>"
    with pytest.raises(ValueError, match="there are sqlite"):
        projects.ddl("oracle")


def test_shipped_mappings_go_by_name() -> None:
    versions = shipped()["missions"]
    assert mapping_file("missions") == versions[max(versions)]
    assert mapping_file("missions@1") == mapping_file("missions@v1") == versions[1]
    for wrong, words in (
        ("mision", "did you mean `missions`"),
        ("missions@99", "not in version 99"),
        ("x.yaml", "Y101"),
    ):
        with pytest.raises(docrel.MappingError, match=words):
            docrel.load(wrong)


def test_a_database_opens_by_its_own_plan(projects: docrel.Mapping, tmp_path: Path) -> None:
    with docrel.open(tmp_path / "p.db", projects) as store:
        assert store.put({"state": {}}, "k").kind == "inserted"
    with docrel.open(tmp_path / "p.db") as store:
        assert store.get("k") == {"state": {}}
    with docrel.open(tmp_path / "p.db", tmp_path / "projects.yaml") as store:
        assert list(store.keys()) == ["k"]


def test_everything_is_imported_at_its_first_use() -> None:
    assert set(docrel.__all__) <= set(dir(docrel))
    assert all(hasattr(docrel, name) for name in docrel.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nix'"):
        docrel.nix  # noqa: B018
    script = "import sys, docrel; print(sorted(m for m in sys.modules if m.startswith('docrel')))"
    environment = os.environ | {"PYTHONPATH": str(Path(docrel.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "['docrel']"
