"""What random mappings and documents are made of: every construct that the laws are to be tried on does occur."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from random import Random
from typing import Any

import pytest
from mappings import Mappings

from docrel import compile, spec
from docrel.diagnostics import MappingError
from docrel.plan import (
    Derived,
    EdgeName,
    Elements,
    Index,
    JoinedKey,
    MemberKey,
    Members,
    ParentKey,
    Plan,
    Position,
    Rest,
    Source,
    Table,
    Unsourced,
    Value,
)
from docrel.testing.documents import Documents
from docrel.values import jsontext

MAPPINGS, OFTEN = 300, 3
Mapping = tuple[Any, Plan]


@cache
def mappings() -> list[Mapping]:
    """Return random mappings, as written and compiled."""
    found = []
    for seed in range(MAPPINGS):
        text = Mappings(Random(seed)).text()
        try:
            found.append((json.loads(text), compile.compile(spec.loads(text))))
        except MappingError:
            continue
    return found


def columns_of(written: Any) -> Iterator[Any]:
    """Yield the columns of all tables, as written."""
    pending = list(written["tables"].values())
    for table in pending:
        yield from (column for column in table["columns"].values() if isinstance(column, dict))
        pending.extend(table.get("tables", {}).values())


def some_table(holds: Callable[[Plan, Table], Any]) -> Callable[[Mapping], bool]:
    return lambda mapping: any(holds(mapping[1], table) for table in mapping[1].tables)


def some_column(holds: Callable[[Any], Any]) -> Callable[[Mapping], bool]:
    return lambda mapping: any(holds(column) for column in columns_of(mapping[0]))


def has_role(*roles: type) -> Callable[[Mapping], bool]:
    return some_table(lambda _, table: any(isinstance(column.role, roles) for column in table.columns))


def has_default(name: str) -> Callable[[Mapping], bool]:
    return some_column(lambda column: isinstance(column.get("default"), dict) and name in column["default"])


def has_source(holds: Callable[[Plan, Table, Source], Any]) -> Callable[[Mapping], bool]:
    return some_table(lambda plan, table: any(holds(plan, table, source) for source in table.sources))


def is_key(type_name: str) -> Callable[[Mapping], bool]:
    return some_table(
        lambda plan, table: table.parent is None and table.column(plan.key_of(table)[0]).type == type_name
    )


def keys_an_ancestor(plan: Plan, table: Table) -> bool:
    return any(
        isinstance(column.role, ParentKey) and column.role.table not in (table.parent, table.name)
        for column in table.columns
        if not any(isinstance(column.role, ParentKey) and column.role.table == s.parent for s in table.sources)
    )


def is_map(source: Source) -> bool:
    return source.each[-1:] == (Members(),)


def takes_mixed(plan: Plan, table: Table) -> bool:
    """Whether a scalar and rows, or a scalar and an object, may stand in one place."""
    places = {path for column in table.columns if isinstance(column.role, Value) for path in column.role.paths}
    ways = [s.each for t in plan.tables for s in t.sources if s.parent == table.name] + list(places)
    return any(way != place and way[: len(place)] == place for place in places for way in ways)


CONSTRUCTS: dict[str, Callable[[Mapping], bool]] = {
    "several roots": lambda mapping: len(mapping[1].roots) > 1,
    "roots with keys of two kinds": lambda mapping: len({bool(t.surrogate) for t in mapping[1].roots}) > 1,
    "an integer key": is_key("integer"),
    "a key that is a uuid": is_key("uuid"),
    "a natural key of a root": some_table(lambda _, table: table.parent is None and not table.surrogate),
    "a key of two columns": some_table(lambda _, table: table.parent is None and len(table.primary_key) > 1),
    "a natural key of an array": some_table(lambda _, t: not t.surrogate and t.position in t.primary_key),
    "a natural key of a map": some_table(
        lambda _, t: any(isinstance(t.column(name).role, MemberKey) for name in t.primary_key)
    ),
    "an ancestor's key": some_table(keys_an_ancestor),
    "references": some_column(lambda column: "references" in column),
    "checks": some_table(lambda _, table: table.checks),
    "a default that is written": has_default("written"),
    "a default of another column": has_default("same_as"),
    "a default that looks": has_default("from"),
    "a default with cases": has_default("cases"),
    "a default that is the time": has_default("now"),
    "a name that is given": has_default("given"),
    "a time counted from another": has_default("plus_seconds"),
    "a value map": some_column(lambda column: "map" in column),
    "alternatives": some_column(lambda column: isinstance(column.get("from"), list) and len(column["from"]) > 1),
    "a scalar of any kind": some_column(lambda column: column.get("type") == "scalar"),
    "otherwise: rest on a column": some_column(lambda column: column.get("otherwise") == "rest"),
    "unique columns beside strays": some_table(lambda _, table: table.otherwise == "rest" and table.keys),
    "a fixed index": some_table(
        lambda _, table: any(
            isinstance(step, Index)
            for column in table.columns
            if isinstance(column.role, Value)
            for path in column.role.paths
            for step in path
        )
    ),
    "a mixed place": some_table(takes_mixed),
    "rows from within a sibling": has_source(
        lambda plan, table, source: source.parent not in (None, table.parent, table.name)
    ),
    "several sources": some_table(lambda _, table: len(table.sources) > 1),
    "constants": has_source(lambda plan, table, source: source.constants),
    "a switch": has_source(lambda plan, table, source: source.when and table.parent is not None),
    "a map": has_source(lambda plan, table, source: is_map(source) and not source.tree),
    "an array": has_source(lambda plan, table, source: source.each[-1:] == (Elements(),)),
    "an array in an array": has_source(lambda plan, table, source: source.each == (Elements(),)),
    "a recursion": has_source(lambda plan, table, source: source.parent == table.name and not source.tree),
    "a tree": has_source(lambda plan, table, source: source.tree),
    "positions": has_role(Position),
    "edges": has_role(EdgeName),
    "joined names": has_role(JoinedKey),
    "a rest": has_role(Rest),
    "derived columns": has_role(Derived),
    "columns without a source": has_role(Unsourced),
    "an expected order": some_table(lambda _, table: table.key_order),
    "order forgotten": lambda mapping: bool(mapping[1].forget),
}


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_random_mappings_have(name: str) -> None:
    assert sum(map(CONSTRUCTS[name], mappings())) >= OFTEN


def test_nearly_all_of_them_are_valid() -> None:
    assert len(mappings()) > 0.85 * MAPPINGS


def documents() -> Iterator[Any]:
    for seed, (_, plan) in enumerate(mappings()):
        made = Documents(plan)
        yield from (made.one(Random(seed * 100 + n)) for n in range(4))


def depth_of(value: Any) -> int:
    """Return in how many containers the innermost value is."""
    depth, level = 0, [value]
    while level := [one for one in level if isinstance(one, dict | list)]:
        depth += 1
        level = [inner for one in level for inner in (one.values() if isinstance(one, dict) else one)]
    return depth


def test_random_documents_go_to_the_limit_of_depth_and_not_beyond() -> None:
    depths = [depth_of(document) for document in documents()]
    assert max(depths) == jsontext.MAX_DEPTH
    assert sum(depth > jsontext.MAX_DEPTH - 5 for depth in depths) >= OFTEN


def test_most_random_documents_are_taken() -> None:
    """Near the mapping and far from it: most are kept, and a good part of those need the complement."""
    from docrel.testing.laws import Laws

    taken, noted, tried = 0, 0, 0
    for seed, (_, plan) in enumerate(mappings()[:80]):
        made, laws = Documents(plan), Laws(plan)
        for n in range(4):
            tried += 1
            flat = laws.flatten(made.one(Random(seed * 100 + n)))
            taken += flat is not None
            noted += flat is not None and bool(flat.notes)
    assert taken > 0.5 * tried
    assert 0.2 * taken < noted
