"""Law 3 for `append`: it leaves what a put of the longer document leaves: same document, same rows, same complement."""

from __future__ import annotations

import copy
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mappings import Mappings
from same_rows import rows_of

from docrel import compile, spec
from docrel.diagnostics import DocrelError, DocumentError, MappingError, StoreError
from docrel.layout import Layout, layout_of
from docrel.plan import Elements, Name, Plan, Source, Table
from docrel.selectors import path_text
from docrel.store import Store, appending, open_store
from docrel.testing.documents import Documents, junk
from docrel.values import jsontext

CLOCK = "2030-01-01T00:00:00Z"
Names = tuple[str, ...]


def a_plan(random: Random) -> Plan:
    """Return a plan, mostly one with an array to which the store appends without a look at the whole document."""
    any_plan = random.random() < 0.3
    while True:
        try:
            plan = compile.compile(spec.loads(Mappings(random).text()))
        except MappingError:
            continue
        if not plan.forget and (any_plan or any(_is_routed(plan, names) for names, _, _ in _fed(plan))):
            return plan


def _is_routed(plan: Plan, names: Names) -> bool:
    return bool(names) and any(appending.route_of(plan, root, names) for root in plan.roots)


def _fed(plan: Plan) -> list[tuple[Names, Table, Source]]:
    """Return the arrays of documents whose elements are rows: the names on the way, the table and its source."""
    roots = {root.name for root in plan.roots}
    return [
        (tuple(step.name for step in source.each[:-1] if isinstance(step, Name)), table, source)
        for table in plan.tables
        for source in table.sources
        if source.each[-1:] == (Elements(),) and source.parent in roots
        and all(isinstance(step, Name) for step in source.each[:-1])
    ]  # fmt: skip


def a_store(plan: Plan) -> Store:
    return open_store(":memory:", plan, clock=lambda: CLOCK)


def an_array(random: Random, plan: Plan, documents: Documents, document: dict[str, Any]) -> tuple[Names, Any]:
    """Return the names on the way to an array, and an element for it."""
    fed = _fed(plan)
    fed = [one for one in fed if _is_routed(plan, one[0])] or fed
    if fed and random.random() < 0.85:
        names, table, source = random.choice(fed)
        item = documents.node(random, table, source, 1) if random.random() < 0.85 else junk(random, 2)
    else:
        names, item = random.choice([*_arrays(document), ("a",)]), junk(random, 2)
    there = _at(document, names)
    if isinstance(there, list) and there and random.random() < 0.2:
        item = copy.deepcopy(random.choice(there))
    return names, item


def _arrays(value: Any, names: Names = ()) -> list[Names]:
    if isinstance(value, list):
        return [names]
    inner = value.items() if isinstance(value, dict) else ()
    return [found for name, member in inner for found in _arrays(member, (*names, name))]


def _at(document: Any, names: Names) -> Any:
    for name in names:
        document = document.get(name) if isinstance(document, dict) else None
    return document


def longer(document: dict[str, Any], names: Names, item: Any) -> dict[str, Any] | None:
    """Return the document with the element at the end of the array; None where something else stands there."""
    document = copy.deepcopy(document)
    node: Any = document
    for name in names[:-1]:
        node = node.setdefault(name, {})
        if not isinstance(node, dict):
            return None
    array = node.setdefault(names[-1], [])
    if not isinstance(array, list):
        return None
    array.append(item)
    return document


def put(store: Store, document: Any) -> Any:
    """Put, and return the key; None: it is refused."""
    try:
        jsontext.check_value(document)
        return store.put(document, "given").key
    except DocumentError:
        return None


def append(store: Store, key: Any, names: Names, item: Any) -> Any:
    """Append, and return the key; None: it is refused."""
    try:
        store.append(key, "$" + _selector(names), item)
    except (DocumentError, StoreError) as e:
        assert not isinstance(e, StoreError) or e.diagnostics[0].code == "S430"
        return None
    return key


def _selector(names: Names) -> str:
    text = path_text(tuple(Name(name) for name in names))
    return text if text.startswith("[") else f".{text}"


def one_round(random: Random) -> bool:
    """Compare both ways on one document; returns whether there was anything to compare."""
    plan = a_plan(random)
    documents = Documents(plan)
    first = documents.one(random)
    if not isinstance(first, dict):
        return False
    with a_store(plan) as store, a_store(plan) as fresh:
        for _ in range(random.randint(2, 4)):
            names, item = an_array(random, plan, documents, first)
            second = longer(first, names, item)
            key = put(store, first)
            if key is None or second is None or not names:
                return False
            fresh_key = put(fresh, second)
            appended = append(store, key, names, item)
            assert appended == (fresh_key if fresh_key == key else None)
            if appended is None:
                return False
            assert jsontext.same(store.get(key), second)
            assert rows_of(store) == rows_of(fresh)
            first = second
            fresh.delete(key)
    return True


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_append_leaves_what_a_put_of_the_longer_document_leaves(seed: int) -> None:
    one_round(Random(seed))


def _nested(plan: Plan) -> Layout:
    """Return a layout that knows only nested tables, as if rows of others could not lie below a table's rows."""
    layout = layout_of(plan)
    tables = []
    for table in layout.tables:
        below = {table.number}
        while more := {t.number for t in layout.tables if t.parent in below} - below:
            below |= more
        tables.append(replace(table, below=tuple(sorted(below - {table.number}))))
    return replace(layout, tables=tuple(tables))


def test_an_append_that_knows_only_nested_tables_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(appending, "layout_of", _nested)
    with pytest.raises((AssertionError, DocrelError)):
        for seed in range(120, 400):
            one_round(Random(seed))
