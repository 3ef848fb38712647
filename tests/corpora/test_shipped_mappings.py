"""The shipped mappings on documents that nobody here wrote: exact, alone and through a database file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import docrel
from docrel.authoring import Report, Verdict, verify
from docrel.documents import InputDocument
from docrel.mapping import Mapping
from docrel.values import jsontext

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@dataclass(frozen=True, slots=True)
class Corpus:
    """What is asked of a shipped mapping: `tables` at most, `coverage` of the scalars at least."""

    mapping: str
    folder: str
    documents: int
    tables: int
    coverage: float


CORPORA = (
    Corpus("osv", "osv-rustsec", 200, 11, 0.99),
    Corpus("cyclonedx", "cyclonedx-bom", 76, 37, 0.98),
    Corpus("stix", "stix-ics-attack", 2, 15, 0.99),
    Corpus("ocds", "ocds-sample", 27, 25, 0.95),
)


def documents_of(corpus: Corpus, shared_data: Callable[[str], Path]) -> list[InputDocument]:
    """Return the corpus's documents, each named by its path: the names of files occur twice."""
    root = shared_data(corpus.folder)
    found = []
    for file in sorted(root.rglob("*.json")):
        name = file.relative_to(root).as_posix()
        found.append(InputDocument(name, jsontext.loads(file.read_bytes(), file=str(file)), name=name))
    assert len(found) >= corpus.documents
    return found


def verified(mapping: Mapping, documents: list[InputDocument]) -> Report:
    verdicts: list[Verdict] = []
    report = verify(mapping.plan, documents, verdicts.append)
    assert report.good, [verdict for verdict in verdicts if verdict.kind != "exact"]
    return report


@pytest.fixture(params=CORPORA, ids=lambda corpus: corpus.folder)
def corpus(request: pytest.FixtureRequest) -> Corpus:
    found: Corpus = request.param
    return found


def test_every_document_is_exact_and_in_typed_columns(corpus: Corpus, shared_data: Callable[[str], Path]) -> None:
    mapping = docrel.load(corpus.mapping)
    assert len(mapping.plan.tables) <= corpus.tables
    documents = documents_of(corpus, shared_data)
    share = verified(mapping, documents).coverage.all
    print(
        f"{corpus.mapping}: {len(documents)} documents exact, {len(mapping.plan.tables)} tables, "
        f"{share.typed / share.total:.1%} of {share.total} scalars in typed columns"
    )
    assert share.typed / share.total >= corpus.coverage


def test_every_document_through_a_database(corpus: Corpus, shared_data: Callable[[str], Path], tmp_path: Path) -> None:
    """What the file has, once it was closed, is what was put."""
    documents = documents_of(corpus, shared_data)
    db = tmp_path / "corpus.db"
    names: list[Any] = []
    with docrel.open(db, corpus.mapping) as store, store.transaction():
        names = [store.put(found.document, key=found.name).key for found in documents]
    with docrel.open(db) as store:
        for found, name in zip(documents, names, strict=True):
            assert jsontext.same(found.document, store.get(name)), found.origin
        assert len(store) == len(documents)
    with closing(sqlite3.connect(db)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        _ask(connection, corpus)


def _ask(connection: sqlite3.Connection, corpus: Corpus) -> None:
    """Ask the example's questions and look into each view: there is an answer in real data too."""
    text = (EXAMPLES / corpus.mapping / "questions.sql").read_text(encoding="utf-8")
    for question in text.strip().split("\n\n"):
        assert connection.execute(question).fetchall(), question
    views = connection.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall()
    for (view,) in views:
        connection.execute(f'SELECT * FROM "{view}"').fetchall()
