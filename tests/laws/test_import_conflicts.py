"""Law 8, identity is never guessed silently: what an import does where another document has the key.

Every way to know the key (the author's, inferred, confirmed, the caller's, the name of the file), `--on-conflict`, and
lines, files and records, one import after the other; a dictionary stands for the database. `test_import_order.py` has
references as well. DOCREL_FAULTS=all tries more.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest

from docrel import compile, spec
from docrel.documents import InputDocument, read_documents
from docrel.migrate import confirm_key
from docrel.plan import Plan
from docrel.selectors import parse
from docrel.store import OnConflict, Store, import_documents, importing, incoming, open_store
from docrel.values import jsontext

ROUNDS = 300 if os.environ.get("DOCREL_FAULTS") == "all" else 4
MAPPING = """
mapping: things
document: {key: KEY}
tables:
  things:
    columns: {k: {type: TYPE, required: true, unique: true}, z: {type: integer, max: 8}, more: {rest: true}}
"""
KINDS = ("said", "inferred", "confirmed", "by the caller", "named")
Document = dict[str, Any]
Verdict = tuple[str, str]  # what became of a document, and the code of why


def mapping(kind: str, type_name: str) -> Plan:
    text = MAPPING.replace(
        "KEY", "{column: k, inferred: true}" if kind in {"inferred", "confirmed", "by the caller"} else "k"
    )
    if kind == "named":
        text = text.replace("unique: true}, z", "unique: true, default: {given: true}}, z")
    return compile.compile(spec.loads(text.replace("TYPE", type_name)))


@dataclass
class Model:
    """A dictionary of documents, and what an import makes of each that comes."""

    kind: str
    how: OnConflict | None
    state: dict[str, Document] = field(default_factory=dict)

    def brought(self, documents: Iterable[InputDocument]) -> list[Verdict]:
        """Import documents; returns what becomes of each."""
        met: set[str] = set()
        return [self._put(document, met) for document in documents]

    def _put(self, one: InputDocument, met: set[str]) -> Verdict:
        document, is_named = one.document, "k" not in one.document and self.kind == "named"
        if "k" not in document and not is_named or document.get("z", 0) > 8:
            return "refused", "D31"
        key = repr(document.get("k", one.key))
        there = self.state.get(key)
        if there is not None and jsontext.same(there, document):
            met.add(key)
            return "unchanged", ""
        if there is not None and (code := self._conflict(key in met, is_named=is_named)):
            return "skipped" if self.how == "skip" else "refused", code
        self.state[key] = document
        met.add(key)
        return ("inserted" if there is None else "updated"), ""

    def _conflict(self, is_repeated: bool, *, is_named: bool) -> str:
        """Return the code of what forbids that a document takes the place of a different one."""
        if self.how == "replace":
            return ""
        if is_repeated:
            return "D321"
        is_said = self.kind in {"said", "confirmed", "by the caller", "named"} and not is_named
        return "" if is_said and self.how is None else "D325"


def a_document(random: Random, keys: list[Any]) -> Document:
    document: Document = {"k": random.choice(keys), "z": random.choice((0, 1, 1, 9))}
    if random.random() < 0.3:
        document["x"] = random.choice((1, 1.0, None, [1]))
    if random.random() < 0.2:
        document = dict(reversed(document.items()))
    return {name: value for name, value in document.items() if random.random() > (0.25 if name == "k" else 0.1)}


def written(folder: Path, way: str, documents: list[Document]) -> tuple[Path, dict[str, Any]]:
    """Write documents; returns what to read, and how."""
    if way == "files":
        place = folder / "in"
        place.mkdir(exist_ok=True)
        for old in place.iterdir():
            old.unlink()
        for number, document in enumerate(documents):
            (place / f"{number}.json").write_text(json.dumps(document))
        return place, {}
    file = folder / ("in.jsonl" if way == "lines" else "in.json")
    file.write_text("\n".join(map(json.dumps, documents)) if way == "lines" else json.dumps({"data": documents}))
    return file, {"records": parse("$.data[*]").path} if way == "records" else {}


def imported(store: Store, documents: list[InputDocument], how: OnConflict | None, kind: str) -> tuple[list[Any], Any]:
    """Import as the command does; returns of each document that stays out what became of it, and the report."""
    told: dict[int, Verdict] = {}

    def hear(word: str) -> Any:
        def of(document: InputDocument, diagnostics: Any) -> None:
            number = next(n for n, one in enumerate(documents) if one.origin == document.origin)
            assert number not in told
            code = diagnostics[0].code
            told[number] = word, "D31" if code.startswith("D31") else code  # what the constraints forbid

        return of

    report = import_documents(
        store,
        documents,
        on_conflict=how,
        key_said=kind == "by the caller",
        on_refused=hear("refused"),
        on_skipped=hear("skipped"),
    )
    return [told.get(n) for n in range(len(documents))], report


def one_round(folder: Path, random: Random, kind: str, how: OnConflict | None, way: str, ends: Counter[str]) -> None:
    type_name = random.choice(("text", "json")) if kind != "named" else "text"
    plan = mapping(kind, type_name)
    keys: list[Any] = ["a", "b", "c", "d"] if type_name == "text" else ["7", 7, "a", True, 7.5]
    with open_store(":memory:", plan) as first:
        if kind == "confirmed":
            confirm_key(first.backend)
        store = Store(first.backend, confirm_key(first.backend)[0] if kind == "confirmed" else plan)
        model = Model(kind, how)
        for _ in range(2):
            place, options = written(folder, way, [a_document(random, keys) for _ in range(random.randint(1, 7))])
            documents = list(read_documents([place], plan, **options))
            told, report = imported(store, documents, how, kind)
            verdicts = model.brought(documents)
            case = f"{kind}, {how}, {way}: {[one.document for one in documents]} into {model.state}"
            wanted = [one if one[0] in {"refused", "skipped"} else None for one in verdicts]
            assert told == wanted, f"{told}, not {verdicts}, {case}"
            for word, count in Counter(word for word, _ in verdicts).items():
                assert getattr(report, word) == count, f"{word}: {report}, {case}"
            found = {repr(document.get("k", key)): document for key, document in store.scan()}
            assert found.keys() == model.state.keys(), case
            assert all(jsontext.same(found[key], document) for key, document in model.state.items()), case
            ends.update(f"{word} {code}".strip() for word, code in verdicts)


def all_rounds(
    folder: Path, rounds: int, ends: Counter[str], ways: tuple[str, ...] = ("lines", "files", "records")
) -> None:
    for kind in KINDS:
        for how in (None, "refuse", "replace", "skip"):
            for way in ways:
                for seed in range(rounds):
                    one_round(folder, Random(f"{seed} {kind} {how} {way}"), kind, how, way, ends)


@pytest.mark.parametrize("size", [1, 500])
def test_conflicts_end_as_the_dictionary_says(size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH_DOCUMENTS", size)
    ends: Counter[str] = Counter()
    all_rounds(tmp_path, ROUNDS, ends)
    words = ("inserted", "updated", "unchanged", "refused D31", "refused D321", "refused D325", "skipped D321")
    assert all(ends[word] for word in (*words, "skipped D325"))


BROKEN: dict[str, tuple[str, Any]] = {
    "an inferred key is taken for said": ("_is_said", lambda *_: True),
    "no key is taken for said": ("_is_said", lambda *_: False),
    "every document that comes takes the place": ("_conflict", lambda *_: None),
    "a document that is the same is a conflict": ("_is_same", lambda *_: False),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_caught(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incoming.Incoming, *BROKEN[name])
    with pytest.raises(AssertionError):
        all_rounds(tmp_path, 12, Counter(), ("lines",))
