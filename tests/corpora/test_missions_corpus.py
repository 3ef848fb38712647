"""The real mission documents of both generations, through a file database, by every version of the mapping."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from docrel.authoring import verify
from docrel.diagnostics import DocumentError
from docrel.documents import read_documents
from docrel.mapping import load
from docrel.store import open_store
from docrel.values import jsontext

Shared = Callable[[str], Path]
KINDS = {
    "manifest": ("project_manifest", "literal_project_manifest"),
    "memory": ("generated_project_memory", "literal_project_memory"),
    "active_mission": ("generated_active_mission", "literal_active_mission"),
    "session_handoff": ("session_handoff", "literal_session_handoff"),
    "roadmap": ("roadmap", "literal_roadmap"),
}
NOT_JSON = {"project_manifest/003_ad2b83d6.json"}
FORBIDDEN = {  # a phase that is none of the seven
    "literal_project_manifest/001_769d941d.json": "INITIALIZING",
    "literal_project_manifest/006_5b5d7c32.json": "INVALID_PHASE",
}


def files(folder: Path, member: str) -> list[Path]:
    found = sorted(f for kind in KINDS[member] for f in (folder / kind).glob("*.json"))
    return [f for f in found if f.relative_to(folder).as_posix() not in NOT_JSON]


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_every_valid_file_comes_back_from_a_file_database(shared_data: Shared, tmp_path: Path, version: int) -> None:
    folder = shared_data("vibe-agency")
    refused, count = {}, 0
    with open_store(tmp_path / "missions.db", load(f"missions@{version}").plan) as store:
        for member in KINDS:
            for file in files(folder, member):
                document = {member: jsontext.loads(file.read_bytes(), file=str(file))}
                name = file.relative_to(folder).as_posix()
                try:
                    key = store.put(document, name).key
                except DocumentError as e:
                    refused[name] = str(e)
                    continue
                count += 1
                assert jsontext.first_difference(document, store.get(key)) is None, name
                assert store.put(document, name).kind == "unchanged"
        assert store.backend.execute("PRAGMA foreign_key_check") == []
    assert set(refused) == set(FORBIDDEN)
    assert all(FORBIDDEN[name] in text and "PLANNING, " in text for name, text in refused.items())
    print(f"missions@{version}: {count} files exact, {len(refused)} refused for their phase")
    assert count >= 120


def test_a_file_that_is_not_json_is_refused_with_its_place(shared_data: Shared) -> None:
    folder = shared_data("vibe-agency")
    found = list(read_documents([folder / name for name in NOT_JSON], load("missions@2").plan))
    assert [d.position.line for f in found for d in f.diagnostics if d.position] == [22]


def test_what_the_mapping_names_is_in_its_column(shared_data: Shared) -> None:
    """Coverage on the real manifests and memories: the complement is a small part of what is stored."""
    folder, plan = shared_data("vibe-agency"), load("missions@2").plan
    paths = [f for member in ("manifest", "memory") for f in files(folder, member)]
    report = verify(plan, read_documents(paths, plan))
    share = report.coverage.all
    part = report.coverage.complement_bytes / report.coverage.row_bytes
    print(f"manifests and memories: {share}; the complement is {part:.1%} of the rows' bytes")
    assert report.different == 0
    assert share.complement <= share.total * 0.02
    assert share.typed >= share.total * 0.45
    assert part < 0.08
