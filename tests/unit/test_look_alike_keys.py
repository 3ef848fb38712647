"""Keys of several root tables that look alike: a document is never taken for another one's."""

from __future__ import annotations

from typing import Any

import pytest

from docrel import compile, spec
from docrel.diagnostics import DocumentError
from docrel.layout import typed_key
from docrel.store import Store, open_store
from docrel.values import jsontext

Documents = list[dict[str, Any]]


def opened(one: str, other: str, *, inferred: bool = False, more: str = "") -> Store:
    """Return an empty store of two root tables, `a` and `b`, whose keys are of two kinds."""
    text = f"mapping: m\ndocument: {{key: {{column: id, inferred: {str(inferred).lower()}}}}}\ntables:\n"
    for name, kind in (("a", one), ("b", other)):
        text += f"  {name}:\n    when: {{kind: {name}}}\n    columns:\n"
        text += f"      id: {{{kind}, required: true, unique: true}}\n      v: text\n{more}"
    return open_store(":memory:", compile.compile(spec.loads(text)))


def bring(store: Store, documents: Documents, **options: Any) -> tuple[dict[str, int], list[tuple[Any, str]]]:
    """Import documents; returns what became of how many, and which were refused with which code."""
    refused: list[tuple[Any, str]] = []
    report = store.import_(documents, on_refused=lambda f, why: refused.append((f.document, why[0].code)), **options)
    kinds = ("inserted", "updated", "unchanged", "refused", "skipped")
    return {kind: getattr(report, kind) for kind in kinds if getattr(report, kind)}, refused


def holds(store: Store, documents: Documents) -> bool:
    """Say whether the store has exactly these documents, in any order."""
    return sorted(store.export()) == sorted(map(jsontext.dumps_bytes, documents))


A, B = {"kind": "a", "id": 1, "v": "A"}, {"kind": "b", "id": 1.0, "v": "B"}
NEW = {**B, "v": "new"}


@pytest.mark.parametrize("inferred", [False, True])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=str)
def test_an_integer_and_a_real_are_two_keys(inferred: bool, order: tuple[int, int]) -> None:
    with opened("type: integer", "type: real", inferred=inferred) as store:
        assert bring(store, [[A, B][n] for n in order]) == ({"inserted": 2}, [])
        assert store.locate_all([1, 1.0]).keys() == {typed_key(1), typed_key(1.0)}
        assert bring(store, [[A, NEW][n] for n in order], on_conflict="skip") == ({"unchanged": 1, "skipped": 1}, [])
        assert holds(store, [A, B])
        done = bring(store, [[A, NEW][n] for n in order])
        assert done == (
            ({"unchanged": 1, "refused": 1}, [(NEW, "D325")]) if inferred else ({"updated": 1, "unchanged": 1}, [])
        )
        done = bring(store, [NEW, {**A, "v": "A2"}, {**B, "v": "last"}], on_conflict="replace")
        assert done[1] == [] and holds(store, [{**A, "v": "A2"}, {**B, "v": "last"}])


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=str)
def test_a_broken_reference_is_that_of_its_own_document(order: tuple[int, int]) -> None:
    with opened("type: integer", "type: real", more="      above: {type: integer, references: a.id}\n") as store:
        bring(store, [A, B])
        broken = {**A, "above": 9}
        done = bring(store, [[broken, NEW][n] for n in order])
        assert done == ({"updated": 1, "refused": 1}, [(broken, "D320")])
        assert holds(store, [A, NEW])
    with opened("type: integer", "type: real", more="      above: {type: integer, references: a.id}\n") as store:
        first, second = {**A, "above": 8}, {**B, "above": 9}
        done = bring(store, [first, second])
        assert done[0] == {"refused": 2} and holds(store, [])
        assert sorted(map(repr, done[1])) == sorted(map(repr, [(first, "D320"), (second, "D320")]))


REFERENCE = "      above: {type: integer, references: a.row_no}\n      row_no: {type: integer, unique: true}\n"
HELD_ALIKE = [
    ("text", "1", "json", 1), ("text", '{"a":1}', "json", {"a": 1}), ("text, map: {one: x}", "one", "scalar", "x"),
    ("decimal", "1.5", "scalar", 1.5), ("json", '"', "text", '"\\""'), ("decimal", "1.5", "real", 1.5),
    ("decimal", "1", "integer", 1), ("integer", 1, "boolean", True), ("json", "a", "scalar", '"a"'),
    ("text, map: {one: x}", "one", "text", "x"), ("text, map: {one: x}", "one", "text, map: {two: x}", "two"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "first", "other", "second"), HELD_ALIKE)
@pytest.mark.parametrize("inferred", [False, True])
def test_two_keys_that_would_be_held_alike_are_never_one(
    one: str, first: Any, other: str, second: Any, inferred: bool
) -> None:
    documents = [{"kind": "a", "id": first, "v": "A"}, {"kind": "b", "id": second, "v": "B"}]
    for stored, new in (documents, reversed(documents)):
        for more in ("", REFERENCE):
            with opened(f"type: {one}", f"type: {other}", inferred=inferred, more=more) as store:
                assert bring(store, [stored, new]) == ({"inserted": 1, "refused": 1}, [(new, "D326")])
                assert holds(store, [stored])
                for conflict in ("refuse", "replace"):
                    with pytest.raises(DocumentError, match=r"D326.*two keys"):
                        store.put(new, on_conflict=conflict)
                for conflict in ("refuse", "replace", "skip"):
                    assert bring(store, [new], on_conflict=conflict) == ({"refused": 1}, [(new, "D326")])
                assert holds(store, [stored])


@pytest.mark.parametrize(
    ("one", "other"), [("text", "uuid"), ("json", "json"), ("text", "text"), ("integer", "integer")]
)
def test_a_document_still_moves_from_table_to_table(one: str, other: str) -> None:
    key: Any = 1 if one in ("json", "integer") else "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
    with opened(f"type: {one}", f"type: {other}") as store:
        store.put({"kind": "a", "id": key})
        assert store.put({"kind": "b", "id": key}).kind == "updated"
        assert bring(store, [{"kind": "a", "id": key}])[0] == {"updated": 1}
        assert holds(store, [{"kind": "a", "id": key}])
