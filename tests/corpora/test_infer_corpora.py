"""`docrel infer` on documents that nobody here wrote: exact, in few tables, hardly anything in the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from docrel import compile as compiler
from docrel import spec
from docrel.authoring import infer
from docrel.engine import Flattener, FreshRows, Rebuilder
from docrel.plan import Plan, Rest, Value
from docrel.rows import Override, Strays, complement
from docrel.values import CODECS, NOTHING, jsontext


@dataclass(frozen=True, slots=True)
class Corpus:
    """What is asked: `tables` at most, `coverage` of the scalars at least, `held_out` on the other half."""

    folder: str
    name: str
    tables: int
    coverage: float
    held_out: float


# Where a place holds now texts, now numbers, only a type `scalar` keeps each in its column.
SCALAR = "scalar" in CODECS
CORPORA = (
    Corpus("osv-rustsec", "advisories", 11, 0.99, 0.99),
    Corpus("stix-ics-attack", "bundles", 15, 0.99, 0.99),
    Corpus("cyclonedx-bom", "boms", 30, 0.97, 0.80),  # each test file shows a feature that no other has
    Corpus("ocds-sample", "releases", 30, 0.95, 0.85),
    Corpus("mdn-bcd", "features", 8, 0.99, 0.99),
    Corpus("exercism-canonical", "exercises", 7, 0.90 if SCALAR else 0.70, 0.85 if SCALAR else 0.50),
    Corpus("json-schema-test-suite", "schema_tests", 30, 0.90 if SCALAR else 0.75, 0.85 if SCALAR else 0.70),
)


def scalars(value: Any) -> int:
    """Count the scalars in a JSON value."""
    count, pending = 0, [value]
    while pending:
        inner = pending.pop()
        if isinstance(inner, dict):
            pending.extend(inner.values())
        elif isinstance(inner, list):
            pending.extend(inner)
        else:
            count += 1
    return count


def left_over(plan: Plan, state: FreshRows) -> int:
    """Count the scalars that are not in typed columns: in JSON and rest columns, and in the complement."""
    count = 0
    for table, rows in zip(plan.tables, state.rows, strict=True):
        whole = [
            n
            for n, c in enumerate(table.columns)
            if isinstance(c.role, Rest) or (isinstance(c.role, Value) and CODECS[c.type].container)
        ]
        count += sum(scalars(jsontext.loads_text(row[n])) for row in rows for n in whole if row[n] is not None)
    for note in state.notes.values():
        count += sum(override.value is not NOTHING for override in note.of(Override))
        count += sum(scalars(value) for strays in note.of(Strays) for _, value in strays.elements)
        count += 0 if note.rest is NOTHING else scalars(note.rest)
    return count


def coverage(text: str, documents: list[Any]) -> tuple[Plan, float]:
    """Hold every document against the mapping, which must be exact; return the share in typed columns."""
    plan = compiler.compile(spec.loads(text))
    flattener, rebuilder = Flattener(plan), Rebuilder(plan)
    total = left = 0
    for number, document in enumerate(documents):
        state = flattener.start()
        assert flattener.add(document, state, given=f"document {number}", now="2026-01-01T00:00:00Z").problems == ()
        notes = {key: complement.load(*note.dump()) for key, note in state.notes.items()}
        back = rebuilder.documents(state.rows, notes)[0][2]
        assert jsontext.same(document, back), (number, jsontext.first_difference(document, back))
        total += scalars(document)
        left += left_over(plan, state)
    return plan, 1 - left / total


@pytest.mark.parametrize("corpus", CORPORA, ids=lambda corpus: corpus.folder)
def test_infer_and_verify(corpus: Corpus, shared_data: Callable[[str], Path]) -> None:
    files = sorted(shared_data(corpus.folder).rglob("*.json"))
    documents = [jsontext.loads(file.read_bytes(), file=str(file)) for file in files]
    plan, share = coverage(infer(documents, name=corpus.name), documents)
    assert len(plan.tables) <= corpus.tables
    assert share >= corpus.coverage
    for half in (0, 1):
        held_out = documents[1 - half :: 2]
        _, share = coverage(infer(documents[half::2], name=corpus.name), held_out)
        assert share >= corpus.held_out
