"""Documents as real projects changed them: mappings inferred before and after, the database migrated, a fresh
import compared."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "laws"))  # for the comparison of rows
from same_rows import rows_of

from docrel import compile as compiling
from docrel import spec
from docrel.authoring import infer
from docrel.diagnostics import DocrelError
from docrel.migrate import apply
from docrel.plan import Plan
from docrel.store import Store, open_store
from docrel.values import jsontext

CLOCK = "2030-01-01T00:00:00Z"


def inferred(documents: list[Any], version: int) -> Plan:
    """Return the plan of the mapping inferred from documents, as a version."""
    text = infer(documents, name="files")
    assert "\nversion:" not in text
    return compiling.compile(spec.loads(text.replace("mapping: files", f"mapping: files\nversion: {version}", 1)))


def a_store(plan: Plan, documents: list[tuple[str, Any]]) -> Store:
    store = open_store(":memory:", plan, clock=lambda: CLOCK)
    for key, document in documents:
        store.put(document, key)
    return store


def texts(store: Store) -> list[str]:
    return sorted(jsontext.dumps(document) for _, document in store.scan())


def square(old: Plan, new: Plan, documents: list[tuple[str, Any]]) -> None:
    """Migrate the documents from `old` to `new` and back; compare with fresh imports."""
    store, before = a_store(old, documents), a_store(old, documents)
    fresh = a_store(new, list(store.scan()))  # called as they were: another column may name them now
    wanted = texts(store)
    done = apply(store.backend, new, clock=lambda: CLOCK)
    assert done is not None and done.documents == len(documents)
    migrated = Store(store.backend, new, clock=lambda: CLOCK)
    assert texts(migrated) == wanted
    assert rows_of(migrated) == rows_of(fresh)
    apply(store.backend, old, back=True, clock=lambda: CLOCK)
    again = Store(store.backend, old, clock=lambda: CLOCK)
    assert texts(again) == wanted
    assert rows_of(again) == rows_of(before)


def pairs(folder: Path) -> list[tuple[str, Any, Any]]:
    lines = (folder / "MIGRATION_PAIRS.tsv").read_text().splitlines()
    head = lines[0].split("\t")
    rows = [dict(zip(head, line.split("\t"), strict=True)) for line in lines[1:]]
    return [
        (
            row["after"],
            jsontext.loads((folder / row["before"]).read_bytes()),
            jsontext.loads((folder / row["after"]).read_bytes()),
        )
        for row in rows
    ]


def test_the_natural_pairs_of_vibe_agency(shared_data: Callable[[str], Path]) -> None:
    found = pairs(shared_data("vibe-agency"))
    assert len(found) == 9
    for name, before, after in found:
        old, new = inferred([before], 1), inferred([before, after], 2)
        square(old, new, [(name, before)])
        try:
            square(new, inferred([after, before], 3), [("before", before), ("after", after)])
        except DocrelError as error:
            pytest.fail(f"{name}: {error}")


@pytest.mark.slow
def test_two_releases_of_stix(shared_data: Callable[[str], Path]) -> None:
    folder = shared_data("stix-ics-attack") / "ics-attack"
    releases: list[Any] = [
        jsontext.loads((folder / f"ics-attack-{name}.json").read_bytes()) for name in ("8.2", "10.1")
    ]
    first, second = ([(o["id"], o) for o in release["objects"]] for release in releases)
    both = dict((*first, *second))
    old = inferred([document for _, document in first], 1)
    new = inferred(list(both.values()), 2)
    square(old, new, list(dict(first).items()))
