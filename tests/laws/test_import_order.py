"""An import into a mapping with references ends as if the refused documents had never come.

A dictionary stands for the database: the documents that were not refused for a reference are put into it one by one, in
their order, by the rules of the import. Database, verdicts and counts have to be the same, and no reference is broken.
"""

from __future__ import annotations

import os
from collections import Counter
from random import Random
from typing import Any

import pytest

from docrel import compile, spec
from docrel.documents import InputDocument
from docrel.store import Store, importing, open_store
from docrel.store.conflicts import OnConflict
from docrel.values import jsontext

ASKED = os.environ.get("DOCREL_FAULTS", "1")
ROUNDS = 150 * (20 if ASKED == "all" else int(ASKED))
TABLES = ("shop", "gives", "needs")
MAPPING = """
mapping: shop
document: {key: KEY}
tables:
  shop:
    PRIMARY
    columns: {k: {required: true, unique: true}, z: integer}
    tables:
      gives: {each: 'gives[*]', columns: {sku: {from: '@', required: true, unique: true}}}
      needs: {each: 'needs[*]', columns: {sku: {from: '@', references: gives.sku}}}
"""
Shop = dict[str, Any]
Verdict = tuple[str, str]  # what became of a document, and the code of why


def mapping(*, natural: bool, inferred: bool) -> Any:
    text = MAPPING.replace("KEY", "{column: k, inferred: true}" if inferred else "k")
    return compile.compile(
        spec.loads(text.replace("PRIMARY", "primary_key: [k]" if natural else "description: Shops."))
    )


def a_shop(random: Random) -> Shop:
    """Return a small document; few values, so that they meet, but what it gives is its own."""
    k = random.choice("abcd")
    own = [f"{k}{n}" for n in random.sample(range(3), random.randint(0, 2))]
    needs = random.choices([f"{other}{n}" for other in "abcd" for n in range(3)], k=random.choice([0, 0, 1, 1, 2]))
    return {"k": k, "gives": own, "needs": needs, "z": random.randint(0, 1)}


def sound(random: Random) -> list[Shop]:
    """Return documents that can be stored together, with no broken reference."""
    found = {shop["k"]: shop for shop in (a_shop(random) for _ in range(random.randint(0, 5)))}
    given = [sku for shop in found.values() for sku in shop["gives"]]
    for shop in found.values():
        shop["needs"] = random.sample(given, min(len(given), random.randint(0, 2)))
    return list(found.values())


def one_by_one(
    there: list[Shop], documents: list[Shop], refused: set[int], how: OnConflict | None, *, inferred: bool
) -> tuple[dict[str, Shop], dict[int, Verdict]]:
    """Put all documents but the refused ones into a dictionary, and say what became of each."""
    state = {shop["k"]: shop for shop in there}
    met: set[str] = set()
    verdicts: dict[int, Verdict] = {}
    for number, shop in enumerate(documents):
        if number not in refused:
            verdicts[number] = _put(state, met, shop, how, inferred=inferred)
    return state, verdicts


def _put(state: dict[str, Shop], met: set[str], shop: Shop, how: OnConflict | None, *, inferred: bool) -> Verdict:
    key = shop["k"]
    before = state.get(key)
    if before is not None and jsontext.same(before, shop):
        met.add(key)
        return "unchanged", ""
    if before is not None and how != "replace" and (key in met or inferred or how is not None):
        return "skipped" if how == "skip" else "refused", "D321" if key in met else "D325"
    state[key] = shop
    met.add(key)
    return ("inserted" if before is None else "updated"), ""


def broken(state: dict[str, Shop]) -> set[str]:
    given = {sku for shop in state.values() for sku in shop["gives"]}
    return {sku for shop in state.values() for sku in shop["needs"]} - given


def imported(store: Store, documents: list[Shop], how: Any) -> tuple[set[int], dict[int, Verdict], Any]:
    """Import; returns which were refused for a reference, what became of each that was told of, and the report."""
    refused: set[int] = set()
    told: dict[int, Verdict] = {}

    def hear(kind: str) -> Any:
        def of(document: InputDocument, diagnostics: Any) -> None:
            number = int(document.origin)
            assert number not in told | dict.fromkeys(refused)
            assert jsontext.same(document.document, documents[number])
            if "would lead nowhere" in diagnostics[0].message:
                refused.add(number)
            else:
                told[number] = kind, diagnostics[0].code

        return of

    found = [InputDocument(str(n), document) for n, document in enumerate(documents)]
    report = store.import_(found, on_conflict=how, on_refused=hear("refused"), on_skipped=hear("skipped"))
    return refused, told, report


def sizes(store: Store) -> Counter[str]:
    return Counter({name: store.backend.execute(f"SELECT count(*) FROM {name}")[0][0] for name in TABLES})


@pytest.mark.parametrize("how", [None, "refuse", "replace", "skip"])
@pytest.mark.parametrize("inferred", [False, True], ids=["said", "inferred"])
@pytest.mark.parametrize("natural", [False, True], ids=["numbered", "natural"])
@pytest.mark.parametrize("size", [1, 3, 500])
def test_refused_documents_leave_nothing_behind(
    size: int, natural: bool, inferred: bool, how: OnConflict | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH_DOCUMENTS", size)
    plan = mapping(natural=natural, inferred=inferred)
    ends: Counter[str] = Counter()
    for seed in range(ROUNDS // 12):
        random = Random(f"{seed} {size} {natural} {inferred} {how}")
        there, documents = sound(random), [a_shop(random) for _ in range(random.randint(1, 8))]
        with open_store(":memory:", plan) as store:
            store.import_(there)
            before = sizes(store)
            refused, told, report = imported(store, documents, how)
            state, verdicts = one_by_one(there, documents, refused, how, inferred=inferred)
            case = f"seed {seed}: {there} and {documents}"
            assert dict(store.scan()) == state, case
            assert not broken(state), case
            assert store.backend.execute("PRAGMA foreign_key_check") == []
            assert told == {n: v for n, v in verdicts.items() if v[0] in {"refused", "skipped"}}, case
            counts = Counter(kind for kind, _ in verdicts.values()) + Counter(refused=len(refused))
            for kind in ("inserted", "updated", "unchanged", "refused", "skipped"):
                assert getattr(report, kind) == counts[kind], case
            grown = {name: of.inserted - of.deleted for name, of in report.tables.items()}
            assert grown == {name: count - before[name] for name, count in sizes(store).items()}, case
            if not broken(one_by_one(there, documents, set(), how, inferred=inferred)[0]):
                assert not refused, case
            ends.update(counts)
    assert ends["refused"] and ends["inserted"]


@pytest.mark.parametrize("size", [1, 500])
def test_a_value_that_a_refused_document_took_is_free(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH_DOCUMENTS", size)
    first, second = {"k": "a", "gives": ["t"], "needs": ["nothing"]}, {"k": "b", "gives": ["t"]}
    with open_store(":memory:", mapping(natural=False, inferred=False)) as store:
        refused, told, report = imported(store, [first, second, second, {"k": "c", "gives": ["t"]}], "refuse")
        assert (refused, told) == ({0}, {3: ("refused", "D320")})
        assert (report.inserted, report.unchanged, report.refused) == (1, 1, 2)
        assert dict(store.scan()) == {"b": second}


@pytest.mark.parametrize("size", [1, 500])
def test_what_is_referred_to_may_be_free_only_when_another_document_is_refused(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH_DOCUMENTS", size)
    first = {"k": "a", "gives": ["t"], "needs": ["nothing"]}
    second, third = {"k": "b", "gives": ["t", "u"]}, {"k": "c", "needs": ["u"]}
    with open_store(":memory:", mapping(natural=False, inferred=False)) as store:
        refused, told, _ = imported(store, [first, second, third], "refuse")
        assert (refused, told) == ({0}, {})
        assert dict(store.scan()) == {"b": second, "c": third}


def test_the_dictionary_tells_a_wrong_end_from_a_right_one() -> None:
    there: list[Shop] = [{"k": "c", "gives": [], "needs": [], "z": 0}]
    documents = [there[0] | {"z": 1}, there[0] | {"z": 2}]
    right = one_by_one(there, documents, set(), "replace", inferred=False)[0]
    assert right["c"]["z"] == 2
    assert one_by_one(there, documents, {1}, "replace", inferred=False)[0] != right
    assert one_by_one(there, documents[::-1], set(), "replace", inferred=False)[0] != right
