"""Documents and edits that an engine once got wrong, each as small as it gets."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from docrel.compile import compile
from docrel.diagnostics import DocumentError
from docrel.layout import join_names, split_names
from docrel.spec import loads
from docrel.testing.laws import Flat, Laws
from docrel.values import jsontext

KEY = {"k": {"from": "k", "required": True, "unique": True, "default": {"given": True}}}


def laws(tables: dict[str, Any], columns: dict[str, Any] | None = None, **root: Any) -> Laws:
    table = {"row": "root", "columns": {**KEY, **(columns or {})}, "tables": tables, **root}
    return Laws(compile(loads(json.dumps({"mapping": "m", "tables": {"roots": table}}))))


def each(each: str, columns: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"each": each, "columns": columns or {"v": "text"}, **more}


NAME = {"name": {"key": "each"}}
TREE = {"repeat": "*", "row_if": ["v"]}
TREE_COLUMNS = {"v": "text", "name": {"key": "each"}, "names": {"key": "repeat"}, "place": {"position": True}}
SAME_ARRAY = {
    kind: each("xs.*", {"v": "text", "place": {"position": True}, **NAME}, when={"kind": kind}) for kind in ("a", "b")
}
CASES: dict[str, tuple[Laws, Any]] = {
    "positions in a tree": (
        laws({"t": each("xs.*", TREE_COLUMNS, **TREE)}),
        {"xs": {"b": {"v": "1"}, "a": {"x": {"v": "2"}, "w": {"v": "3"}}}},
    ),
    "named members beside a tree": (
        laws({"t": each("xs.*", TREE_COLUMNS, **TREE)}, {"c": {"from": "xs.c.v"}}),
        {"xs": {"z": {"v": "1"}, "c": {"v": "taken", "w": 1}, "a": {}}},
    ),
    "a tree whose first name has no column": (
        laws({"t": each("xs.*", {"v": "text", "names": {"key": "repeat"}}, **TREE)}),
        {"xs": {"a": {"v": "1"}, "b": {"c.d": {"v": "2"}, "": {"v": "3"}}}},
    ),
    "two tables over one object": (
        laws(SAME_ARRAY),
        {"xs": {"z": {"kind": "b"}, "a": {"kind": "a", "v": "1"}, "y": {"kind": "c"}, "x": {"kind": "b"}}},
    ),
    "when of an object's members, and another value": (
        laws({"t": each("xs.*", {"v": "text", **NAME}, when={"kind": "a"})}),
        {"xs": {"p": {"kind": "b"}, "q": {"kind": "a"}, "r": {}}},
    ),
    "two tables over one member": (
        laws({n: each("x", when={"kind": n}) for n in ("a", "b")}), {"x": {"kind": "b", "v": "1"}},
    ),
    "a zero told apart from minus zero": (
        laws({"t": each("xs[*]", when={"n": 0.0})}), {"xs": [{"n": 0.0}, {"n": -0.0}, {"n": 0}]},
    ),
    "members that no row can hold, in a recursion beside named ones": (
        laws({"t": each("xs[*]", {"v": "text", "w": {"from": "in.w"}, **NAME}, repeat="in.*")}),
        {"xs": [{"in": {"b": 1, "w": "x", "a": {"v": "2"}}}]},
    ),
    "a recursion below an element": (
        laws({
            "t": each(
                "xs[*]", {"v": {"type": "integer", "required": True}, **NAME}, repeat="p[1].*", otherwise="rest"
            )
        }),
        {"xs": [{"v": 1, "p": [0, {"b": {"v": "no"}, "a": {"v": 2}}]}]},
    ),
    "an element that is one row": (laws({"t": each("xs[1]"), "u": each("ys[0].*", {**NAME, "v": "text"})}),
        {"xs": [1, {"v": "2"}, 3], "ys": [{"a": {"v": "1"}}]}),
    "members without surrogate or position": (
        laws({"t": each("xs.*", {"v": "text", **NAME}, primary_key=["root_id", "name"])}),
        {"xs": {"b": {}, "a": {"v": "1"}, "c": 5}},
    ),
    "a default of the node's own value": (
        laws({"t": each("xs[*]", {"v": {"from": "@", "default": {"from": "w", "value": "z"}}, "w": "text"})}),
        {"xs": ["z", "a", {"w": "b"}, {}, {"w": "z"}, None]},
    ),
    "defaults of elements": (
        laws({}, {"a": {"from": "p[0]", "default": "x"}, "b": {"from": "p[1]", "default": {"from": "c"}}}),
        {"k": "1", "p": [], "c": "d"},
    ),
    "a default of a scalar that shares its place": (
        laws({"t": each("x[*]")}, {"a": {"from": "x", "default": {"from": "y"}}, "b": {"from": "x.b"}}),
        {"y": "d", "x": {"b": "1", "z": 0}},
    ),
    "defaults that look at each other": (
        laws({}, {"a": {"default": {"from": "b"}}, "b": {"default": {"from": "a"}}}), {"b": "1"},
    ),
    "a default that looks at its own surroundings": (
        laws({}, {"a": {"from": "x.a", "default": {"cases": [{"when": "x", "then": "d"}], "value": "e"}}}), {"x": {}},
    ),
    "a default of a default": (
        laws({}, {"a": {"default": {"from": "b"}}, "b": {"default": {"from": "c"}}, "c": "text"}), {"c": "1"},
    ),
    "a default among members to come": (
        laws({"t": each("x.*", {"v": "text", **NAME})}, {"a": {"from": "x.a.a", "default": {"from": "y"}}}),
        {"x": {"n": {"v": "1"}}},
    ),
    "a default where a single row is looked at": (
        laws(
            {"t": each("x", {"v": {"default": {"cases": [{"when": "$.x", "then": "d"}]}}})}, {"x": {"type": "integer"}}
        ),
        {"x": {}},
    ),
    "a name given before a constant": (
        laws({}, {"a": {"default": {"given": True, "value": "c"}}, "b": {"default": {"now": True, "from": "c"}}}), {},
    ),
    "a document that is null": (laws({}, {"rest": {"rest": True}}), None),
    "constants as the column holds them": (
        laws({
            "t": {
                "sources": {
                    "a": {"each": "a[*]", "columns": {"b": {"value": True}, "j": {"value": "x"}}},
                    "c": {"each": "c[*]", "columns": {"b": {"value": False}, "j": {"value": 1}}},
                },
                "columns": {"b": "boolean", "j": "json", "v": "text"},
            }
        }),
        {"c": [{"v": "1"}], "a": [{}, 5]},
    ),
    "decimals have limits": (
        laws({"t": each("xs[*]", {"d": {"type": "decimal", "min": 0, "max": 10}}, otherwise="rest")}),
        {"xs": [{"d": "9.5"}, {"d": "-1"}, {"d": "1E2"}, {"d": Decimal("1.00000000000000000000001")}]},
    ),
    "a soft column with an object in its place": (
        laws(
            {"t": each("x.t[*]")},
            {"a": {"from": "x", "one_of": ["b"], "default": {"from": "c"}, "otherwise": "rest"}},
        ),
        {"c": "d", "x": {"t": [{"v": "1"}]}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_lost(name: str) -> None:
    found, document = CASES[name]
    assert found.getput(document, Random(0)) is not None


@pytest.mark.parametrize("name", CASES)
def test_edits_are_kept(name: str) -> None:
    found, document = CASES[name]
    for seed in range(40):
        found.putget(document, Random(seed))


def edited(found: Laws, document: Any, table: str, column: str, value: Any) -> Any:
    """Return the document after an UPDATE of the table's first row; flattening it again must give the same rows."""
    flat = found.flatten(document)
    assert flat is not None
    number = [t.name for t in found.plan.tables].index(table)
    at = found.plan.tables[number].index_of(column)
    row = flat.rows[number][0]
    flat.rows[number][0] = (*row[:at], value, *row[at + 1 :])
    result = found.rebuild(Flat(flat.rows, flat.notes))
    again = found.flatten(result)
    assert again is not None
    assert found.canonical(again.rows) == found.canonical(flat.rows)
    return result


def test_a_value_set_to_the_default_does_not_bring_another_alternative_to_light() -> None:
    found = laws({}, {"s": {"from": ["a", "b"], "default": "d"}})
    assert edited(found, {"k": "1", "a": "x", "b": "y"}, "roots", "s", "d") == {"k": "1", "a": "d", "b": "y"}


def test_a_value_of_the_clock_stays_when_silence_would_mean_another() -> None:
    found = laws(
        {"t": each("t[*]", {"at": {"default": {"same_as": "roots.at"}}})},
        {"at": {"from": "at", "default": {"now": True}}},
    )
    document = edited(found, {"k": "1", "t": [{}]}, "roots", "at", "2000-01-01T00:00:00Z")
    assert document["at"] == "2000-01-01T00:00:00Z"
    assert document["t"] == [{"at": "2025-11-23T10:00:00Z"}]


def test_null_is_written_where_silence_means_the_clock() -> None:
    found = laws({}, {"at": {"default": {"now": True}}})
    assert edited(found, {"k": "1"}, "roots", "at", None) == {"k": "1", "at": None}


def test_the_last_value_of_a_single_row_may_go() -> None:
    found = laws({"t": each("t")})
    assert edited(found, {"k": "1", "t": {"v": "x"}}, "t", "v", None) == {"k": "1", "t": {}}


def test_the_walk_down_a_tree_ends_at_a_member_that_is_a_row() -> None:
    below = {"m": each("*", {**NAME, "w": "text"})}
    found = laws({"t": each("xs.*", {**NAME, "names": {"key": "repeat"}}, **TREE, tables=below)})
    found.getput({"k": "1", "xs": {"a": {"x": {"v": {"w": "1"}, "y": {"w": "2"}}}, "b": {"v": {}}}})


def test_an_array_has_no_gaps() -> None:
    found = laws({}, {"a": {"from": "p[0]", "default": "d"}, "b": {"from": "p[1]"}})
    assert edited(found, {"k": "1", "p": ["x", "y"]}, "roots", "a", "d") == {"k": "1", "p": ["d", "y"]}


def test_rows_take_the_place_of_null() -> None:
    found = laws({"t": each("x.y[*]")}, {"x": "text"})
    flat = found.flatten({"k": "1", "x": None})
    assert flat is not None
    flat.rows[1].append((1, 1, "new"))
    assert found.rebuild(flat) == {"k": "1", "x": {"y": [{"v": "new"}]}}


@pytest.mark.parametrize("depth", [253, 254, 255, 256])
def test_what_is_as_deep_as_a_document_may_be_can_be_noted(depth: int) -> None:
    found = laws({"t": each("t[*]")}, {"n": "integer"})
    value: Any = 1
    for _ in range(depth):
        value = [value]
    for document in (value, {"n": value}, {"t": [value]}, {"t": value}):
        try:
            jsontext.check_value(document)
        except DocumentError:
            continue
        assert found.getput(document) is not None


@pytest.mark.parametrize("depth", [20, 120])
def test_a_selector_may_have_many_names(depth: int) -> None:
    path = ".".join(f"a{n}" for n in range(depth))
    found = laws({"t": each(f"{path}.t[*]")}, {"x": {"from": f"{path}.x"}})
    document: Any = {"x": "1", "t": [{"v": "2"}, 3], "z": {}}
    for n in reversed(range(depth)):
        document = {f"a{n}": document}
    assert found.getput({"k": "1", **document}) is not None


def test_recursions_of_every_kind_cost_no_stack_of_python() -> None:
    found = laws({
        "t": {
            "sources": {"top": {"each": "a[*]", "when": {"q": 1}}, "in": {"each": "u", "within": "u"}},
            "columns": {"v": "text"},
            "tables": {
                "u": each("a[*]", when={"q": 1}),
                "w": each("a[*]", when={"q": 2}),
            },
        }
    })  # fmt: skip
    document: Any = {"q": 2}
    for _ in range(60):
        document = {"q": 1, "u": {"a": [document, {"q": 2, "v": "x"}]}}
    document = {"k": "1", "a": [{"q": 1, "a": [document]}]}
    found.getput(document)
    frame, used = sys._getframe(), 0
    while frame is not None:
        frame, used = frame.f_back, used + 1  # type: ignore[assignment]
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(used + 60)
    try:
        flat = found.flatten(document)
        assert flat is not None
        back = found.rebuild(flat)
    finally:
        sys.setrecursionlimit(limit)
    assert jsontext.same(document, back)


@pytest.mark.parametrize("separator", [".", "/", "::", "0", "--"])
@pytest.mark.parametrize(
    "names", [("a:", "b"), (":", ""), ("0", "", "0"), ("", ""), ("-", "-a"), ("\\", "\\0"), ("a.b",)]
)
def test_joined_names_can_be_split(names: tuple[str, ...], separator: str) -> None:
    assert split_names(join_names(names, separator), separator) == names


def test_rows_below_another_table_know_their_enclosing_one() -> None:
    found = laws({
        "t": {
            "sources": {"top": {"each": "a[*]"}, "in": {"each": "b[*]", "within": "u"}},
            "columns": {"v": {"default": {"from": "$.d"}}},
            "tables": {"u": each("c[*]")},
        }
    })  # fmt: skip
    flat = found.getput({"k": "1", "d": "x", "a": [{"c": [{"b": [{}, {"c": [{"b": [{"v": "y"}]}]}]}]}]})
    assert flat is not None
    columns = [column.name for column in found.plan.tables[1].columns]
    assert [row[columns.index("root_id")] for row in flat.rows[1]] == [1, 1, 1, 1]


@pytest.mark.parametrize("type_name", ["real", "scalar"])
@pytest.mark.parametrize("value", [1, 1.0, 0, -0.0, 2, 2.0, 2.5, "1"])
def test_an_integer_is_not_the_number_that_a_map_writes_as_it(type_name: str, value: Any) -> None:
    column = f"{{type: {type_name}, map: {{2.5: 1, 0.0: 2}}}}"
    text = f"mapping: m\ntables: {{t: {{columns: {{k: {{required: true, unique: true}}, v: {column}}}}}}}"
    Laws(compile(loads(text))).getput({"k": "1", "v": value})
