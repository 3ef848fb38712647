"""Law 3 for the other ways in: `import`, `put_part` and `edit` leave what `put` leaves, or refuse what it refuses.

`append` has a file of its own, `test_append.py`.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from copy import copy
from itertools import combinations
from random import Random
from typing import Any, Literal

import pytest
from mappings import Mappings
from own_keys import with_own_key
from row_trees import first_difference
from same_rows import rows_of
from test_minimal_writes import a_version

from docrel import compile, spec
from docrel.diagnostics import DocumentError, MappingError, StoreError
from docrel.documents import InputDocument
from docrel.plan import Plan
from docrel.store import Store, importing, open_store
from docrel.testing.documents import Documents
from docrel.values import jsontext

CLOCK = "2030-01-01T00:00:00Z"
ROUNDS = int(os.environ.get("DOCREL_SAME_AS_PUT", "40"))


def a_plan(random: Random) -> Plan:
    while True:
        try:
            return compile.compile(spec.loads(Mappings(random).text()))
        except MappingError:
            continue


def a_store(plan: Plan) -> Store:
    return open_store(":memory:", plan, clock=lambda: CLOCK)


def putable(random: Random, plan: Plan, count: int) -> list[tuple[str, Any]]:
    """Return documents with names, as many of them not refused; where there are many, most have keys of their own."""
    made, apart = Documents(plan), copy(random)
    found: list[tuple[str, Any]] = []
    for n in range(count):
        document = made.one(random)
        if count > 5 and apart.random() < 0.8:
            document = with_own_key(plan, document, n)
        try:
            jsontext.check_value(document)
        except DocumentError:
            continue
        found.append((f"given {n}", document))
    return found


def put_all(store: Store, documents: list[tuple[str, Any]]) -> tuple[list[Any], list[Any]]:
    """Put each that replaces none; returns the names of those that were refused, and of those that would replace.

    What is refused is tried again behind the others, for these may be what it refers to.
    """
    pending, replacing = documents, []
    while True:
        refused = []
        for one in pending:
            match put_new(store, one):
                case "refused":
                    refused.append(one)
                case "replaces":
                    replacing.append(one[0])
        if len(refused) == len(pending):
            return [name for name, _ in refused], replacing
        pending = refused


def put_new(store: Store, *documents: tuple[str, Any]) -> Literal["stored", "refused", "replaces"]:
    """Put documents together if each of them may go in and replaces none; else nothing is done."""
    try:
        with store.transaction():
            for name, document in documents:
                count = len(store)
                if store.put(document, name).kind == "updated" and len(store) == count:
                    raise _ReplacesError
    except DocumentError:
        return "refused"
    except _ReplacesError:
        return "replaces"
    return "stored"


class _ReplacesError(Exception):
    """Takes a put back."""


def compare(one: Store, other: Store) -> None:
    """Check that two stores hold the same documents, rows and notes."""
    difference = first_difference(rows_of(one), rows_of(other))
    assert difference is None, difference
    for key, document in other.scan():
        assert jsontext.same(one.get(key), document)


def imports(random: Random) -> bool:
    """Import a list of documents, some of them twice, some refused, and put them one by one elsewhere."""
    plan = a_plan(random)
    documents = putable(random, plan, random.choice((2, 5, 24)))
    if not plan.forget:
        documents += random.sample(documents, min(len(documents), random.randint(0, 2)))
    with a_store(plan) as store, a_store(plan) as fresh:
        said: list[str] = []
        found = [InputDocument(name, document, key=name) for name, document in documents]
        report = store.import_(found, on_refused=lambda one, _: said.append(one.origin))
        if store.references:
            put_the_rest(fresh, documents, said)
        else:
            refused, replacing = put_all(fresh, documents)
            assert sorted(said) == sorted(refused + replacing)
        assert report.inserted == len(fresh)
        compare(store, fresh)
    return bool(documents)


def put_the_rest(store: Store, documents: list[tuple[str, Any]], refused: list[str]) -> None:
    """Put the documents that were not refused, which may refer to each other, and see that no other one can be put."""
    left, good = Counter(refused), []
    for one in reversed(documents):
        if left[one[0]]:
            left[one[0]] -= 1
        else:
            good.append(one)
    assert put_new(store, *reversed(good)) == "stored"
    bad = [one for one in documents if one[0] in refused and not any(one[0] == name for name, _ in good)]
    assert not [one for one in (*((one,) for one in bad), *combinations(bad, 2)) if put_new(store, *one) == "stored"]


def parts(random: Random) -> bool:
    """Replace one member of a document, and put the whole one elsewhere."""
    return _changed(random, _with_another_member)


def edits(random: Random) -> bool:
    """Change a document where it is, and put the whole one elsewhere."""
    return _changed(random, _with_other_content)


def _with_another_member(random: Random, plan: Plan, document: Any) -> tuple[Any, Callable[[Store, Any], Any]]:
    other = Documents(plan).one(random)
    names = [*document, *(other if isinstance(other, dict) else ()), "one more"]
    member = random.choice(names)
    value = other.get(member) if isinstance(other, dict) and random.random() < 0.7 else a_version(random, document)
    return {**document, member: value}, lambda store, key: store.put_part(key, member, value)


def _with_other_content(random: Random, plan: Plan, document: Any) -> tuple[Any, Callable[[Store, Any], Any]]:
    version = a_version(random, document)
    return version, lambda store, key: store.edit(key, lambda _: version)


def _changed(random: Random, change: Callable[[Random, Plan, Any], tuple[Any, Callable[[Store, Any], Any]]]) -> bool:
    plan = a_plan(random)
    with a_store(plan) as store, a_store(plan) as fresh:
        documents = putable(random, plan, 3)
        for name, other in putable(random, plan, random.choice((0, 0, 3, 24))):
            both = [put_new(one, (f"other {name}", other)) for one in (store, fresh)]
            assert both[0] == both[1]
        before = set(store.keys())
        for name, document in documents:
            if not isinstance(document, dict) or put_all(store, [(name, document)]) != ([], []):
                continue
            if len(store) == len(before):  # the same as another one
                continue
            (key,) = set(store.keys()) - before
            wanted, act = change(random, plan, document)
            try:
                jsontext.check_value(wanted)
            except DocumentError:
                return False
            try:
                act(store, key)
                is_done = True
            except (DocumentError, StoreError):
                is_done = False
            is_new = put_all(fresh, [(str(key), wanted)]) == ([], [])
            assert is_done == (is_new and key in fresh)
            if is_done and not plan.forget:
                compare(store, fresh)
            return is_done
    return False


@pytest.mark.parametrize("way", [imports, parts, edits])
def test_it_leaves_what_put_leaves(way: Callable[[Random], bool]) -> None:
    if way is imports:
        way(Random(930047))  # a document refers to one that comes later
    assert sum(way(Random(seed)) for seed in range(ROUNDS)) > ROUNDS // 4


@pytest.mark.parametrize("size", [1, 3])
def test_batches_make_no_difference(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH_DOCUMENTS", size)
    for seed in range(ROUNDS // 4):
        imports(Random(1000 + seed))
