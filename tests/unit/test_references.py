"""References between documents: a broken one refuses its document, says where it leads, and stops no other."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from docrel import compile, spec
from docrel.diagnostics import DocumentError
from docrel.documents import InputDocument
from docrel.migrate import applying as migration
from docrel.plan import Plan
from docrel.store import Store, open_store
from docrel.upkeep import move, open_archive
from docrel.values import jsontext

ASKED = os.environ.get("DOCREL_FAULTS", "1")
ROUNDS = 40 * (20 if ASKED == "all" else int(ASKED))


def shop(version: int = 1, refers: str = "references: p.sku", key: str = "") -> Plan:
    """Return a plan of shops that make parts and need parts, their own or others'."""
    text = f"""
mapping: shop
version: {version}
document: {{key: k}}
tables:
  r:
    columns:
      k: {{required: true, unique: true}}
      boss: {{{refers and "references: r.k"}}}
{key}    tables:
      p:
        each: p[*]
        columns: {{sku: {{required: true, unique: true}}}}
        tables:
          need: {{each: 'need[*]', columns: {{sku: {{{refers}}}}}}}
"""
    return compile.compile(spec.loads(text))


def part(sku: str, *need: str) -> dict[str, Any]:
    return {"sku": sku, "need": [{"sku": n} for n in need]} if need else {"sku": sku}


def a_shop(k: str, *parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"k": k, "p": list(parts), "odd": k, **more}


@pytest.fixture(params=["", "    primary_key: [k]\n"], ids=["numbered", "natural"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return open_store(tmp_path / "shop.db", shop(key=request.param))


def whole(store: Store) -> dict[str, Any]:
    """Return all documents, once the database is seen to be sound and to hold nothing else."""
    found = dict(store.scan())
    assert store.backend.execute("PRAGMA foreign_key_check") == []
    with open_store(":memory:", store.plan) as fresh:
        with fresh.transaction():
            for document in found.values():
                fresh.put(document)
        for table in ("r", "p", "need", "shop_complement"):
            count = f"SELECT count(*) FROM {table}"
            assert store.backend.execute(count) == fresh.backend.execute(count)
    return found


A = a_shop("a", part("a1", "b1"))
B = a_shop("b", part("b1", "a1"))
LONE = a_shop("lone", part("l1"))
BROKEN = a_shop("x", part("x1", "nothing"))


@pytest.mark.parametrize(
    "write",
    [
        lambda store: store.put(BROKEN),
        lambda store: store.put({**LONE, "boss": "nobody"}),
        lambda store: store.edit("lone", lambda d: {**d, "p": [part("l1", "nothing")]}),
        lambda store: store.put_part("lone", "p", [part("l1", "nothing")]),
        lambda store: store.put_part("new", "p", [part("n1", "nothing")]),
        lambda store: store.append("lone", "$.p", part("l2", "nothing")),
        lambda store: store.update_row("r", _id(store, "lone"), {"boss": "nobody"}),
        lambda store: store.put(a_shop("a", part("a2", "b1"))),
        lambda store: store.edit("a", lambda d: {name: value for name, value in d.items() if name != "p"}),
        lambda store: store.delete("a"),
    ],
)
def test_a_write_that_would_break_a_reference_is_refused(store: Store, write: Callable[[Store], Any]) -> None:
    with store:
        store.import_([A, B, LONE])
        before = whole(store)
        with pytest.raises(DocumentError, match=r"D320.* refers to (p\.sku|r\.k), where no row has that value"):
            write(store)
        assert jsontext.same(whole(store)["lone"], before["lone"])
        assert whole(store) == before


def _id(store: Store, key: str) -> Any:
    place = store.locate(key)
    assert place is not None
    return place.row[0]


def test_a_transaction_says_in_the_end_which_documents_it_is(store: Store) -> None:
    with store:
        with store.transaction():
            store.put(A)
            store.put(B)
        with pytest.raises(DocumentError) as refused, store.transaction():
            store.put(LONE)
            store.put(BROKEN)
        (said,) = refused.value.diagnostics
        assert said.code == "D320"
        assert "'x'" in said.message
        assert "need.sku 'nothing' refers to p.sku" in said.message
        assert whole(store) == {"a": A, "b": B}


def refused_of(store: Store, documents: list[Any], **options: Any) -> list[str]:
    """Import and return the keys of those that were refused, each with a reason."""
    refused: list[str] = []

    def hear(document: InputDocument, diagnostics: Any) -> None:
        assert diagnostics
        assert {d.code for d in diagnostics} == {"D320"}
        key = document.document["k"]
        refused.append(key)
        assert jsontext.same(document.document, next(d for d in documents if d["k"] == key))

    report = store.import_(documents, on_refused=hear, **options)
    assert report.refused == len(refused)
    assert report.inserted + report.updated + report.unchanged + report.refused == len(documents)
    return sorted(refused)


CHAIN = [a_shop(f"c{n}", part(f"c{n}", f"c{n + 1}")) for n in range(5)]


@pytest.mark.parametrize("there", [[], [a_shop("old", part("o1"))]], ids=["empty", "in use"])
@pytest.mark.parametrize(
    ("documents", "wrong"),
    [
        ([A, B, LONE], []),
        ([A, LONE], ["a"]),
        ([BROKEN, LONE, A, B], ["x"]),
        ([*CHAIN, LONE], ["c0", "c1", "c2", "c3", "c4"]),
        ([*CHAIN, a_shop("c5", part("c5"))], []),
        ([a_shop("w", boss="w"), a_shop("v", boss="u")], ["v"]),
    ],
)
def test_in_an_import_the_order_does_not_matter(
    store: Store, there: list[Any], documents: list[Any], wrong: list[str]
) -> None:
    with store:
        for order in (documents, documents[::-1]):
            store.import_(there)
            assert refused_of(store, order, dry_run=True) == wrong
            assert refused_of(store, order) == wrong
            found = whole(store)
            assert sorted(found) == sorted({*(d["k"] for d in [*there, *documents])} - set(wrong))
            assert refused_of(store, order) == wrong
            with store.transaction():
                for key in list(found):
                    store.delete(key)


def test_an_import_changes_documents_only_where_all_references_hold(store: Store) -> None:
    first = [A, B, a_shop("user", part("u1", "t1")), a_shop("giver", part("t1"))]
    with store:
        store.import_(first)
        taken = [a_shop("giver", part("t2"))]
        assert refused_of(store, taken) == ["giver"]
        assert refused_of(store, [*taken, a_shop("user", part("u1", "t2"))]) == []
        both = [a_shop("a", part("a9", "b9")), a_shop("b", part("b9", "a9"))]
        assert refused_of(store, both) == []
        assert refused_of(store, [a_shop("a", part("a8", "b8")), BROKEN]) == ["a", "x"]
        assert refused_of(store, [a_shop("b", part("b9", "x1")), BROKEN]) == ["b", "x"]
        found = whole(store)
        assert [found["a"], found["b"], found["giver"]] == [*both, *taken]


def test_thousands_of_documents_that_refer_to_later_ones(store: Store) -> None:
    documents = [a_shop(f"d{n}", part(f"s{n}", f"s{(n * 7 + 3) % 1300}")) for n in range(1200)]
    wrong = {f"d{n}" for n in range(1200) if _leads_out(n, {})}
    with store:
        store.put(LONE)
        assert set(refused_of(store, documents)) == wrong
        assert len(whole(store)) == 1201 - len(wrong)


def _leads_out(n: int, seen: dict[int, bool]) -> bool:
    while n < 1200 and n not in seen:
        seen[n] = True
        n = (n * 7 + 3) % 1300
    return n >= 1200


def test_many_small_imports_end_the_same_whatever_the_order() -> None:
    for seed in range(ROUNDS):
        random = Random(seed)
        there = [_random_shop(random, k) for k in "abc"]
        documents = [_random_shop(random, k) for k in random.sample("abcdef", random.randint(1, 5))]
        ends = []
        for order in itertools.islice(itertools.permutations(documents), 0, 24, 7):
            with open_store(":memory:", shop()) as store:
                store.import_(there)
                kept = set(store.keys())
                report = store.import_(order)
                assert len(store) == len(kept) + report.inserted
                ends.append(sorted((k, jsontext.dumps(d)) for k, d in whole(store).items()))
        assert all(end == ends[0] for end in ends), seed


def _random_shop(random: Random, k: str) -> dict[str, Any]:
    own = [f"{k}{n}" for n in random.sample(range(3), random.randint(1, 2))]
    return a_shop(k, *(part(sku, *random.choices([f"{o}{n}" for o in "abcdef" for n in range(3)], k=1)) for sku in own))


def test_a_unique_index_is_held_in_an_empty_database_too(tmp_path: Path) -> None:
    text = "mapping: m\ntables:\n  r:\n    columns: {k: {required: true, unique: true}, v: text}\n"
    text += "    indexes: {u: {columns: [v], unique: true}}\n"
    with open_store(tmp_path / "m.db", compile.compile(spec.loads(text))) as store:
        report = store.import_([{"k": "1", "v": "x"}, {"k": "2", "v": "x"}, {"k": "3", "v": "y"}])
        assert (report.inserted, report.refused) == (2, 1)


def test_documents_that_others_refer_to_are_not_archived(store: Store) -> None:
    with store, open_archive(store) as archive:
        store.import_([A, B, LONE, a_shop("user", part("u1", "l1"))])
        before = whole(store)
        for keys in (["lone"], ["a", "lone"], ["user"]):
            with pytest.raises(DocumentError, match="D320"):
                move(keys, store, archive)
            assert whole(store) == before
            assert len(archive) == 0
        assert move(["a", "b"], store, archive).moved == ["a", "b"]
        assert move(["a", "b"], archive, store).moved == ["a", "b"]
        assert whole(store) == before


@pytest.mark.parametrize("rewrite", [False, True])
def test_a_migration_refuses_references_that_lead_nowhere(tmp_path: Path, rewrite: bool) -> None:
    with open_store(tmp_path / "shop.db", shop(refers="")) as store:
        store.import_([BROKEN, LONE])
    with pytest.raises(DocumentError, match=r"D320.*'x'.*need\.sku 'nothing' refers to p\.sku"):
        migration.apply(tmp_path / "shop.db", shop(2), rewrite=rewrite, backup=False)
    with open_store(tmp_path / "shop.db") as store:
        assert store.plan.version == 1
        assert len(store) == 2
        store.delete("x")
    migration.apply(tmp_path / "shop.db", shop(2), rewrite=rewrite, backup=False)
