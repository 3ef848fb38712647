"""`docrel infer`: what it decides, and that it never fails (issue 3, item 3)."""

from __future__ import annotations

import dataclasses
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docrel import compile as compiler
from docrel import spec
from docrel.authoring import infer
from docrel.authoring.infer_names import Names
from docrel.authoring.infer_words import joined, singular, snake
from docrel.engine import Flattened, Flattener, Rebuilder
from docrel.plan import Elements, Members, Name, Plan, Position, Table, Value
from docrel.rows import complement
from docrel.store import open_store
from docrel.values import jsontext

NOW = "2026-01-01T00:00:00Z"


def plan_of(documents: list[Any], **options: Any) -> Plan:
    return compiler.compile(spec.loads(infer(documents, name="docs", **options)))


def flattened(plan: Plan, document: Any) -> Flattened:
    flattener = Flattener(plan)
    return flattener.add(document, flattener.start(), given="given", now=NOW)


def round_trip(plan: Plan, document: Any) -> Any:
    flattener = Flattener(plan)
    state = flattener.start()
    problems = flattener.add(document, state, given="given", now=NOW).problems
    if problems and plan.tables[0].column(str(plan.key)).type == "integer":
        assert [p.column for p in problems] == [plan.key]  # no name that a caller gives is a number
        return document
    assert problems == ()
    notes = {key: complement.load(*note.dump()) for key, note in state.notes.items()}
    return Rebuilder(plan).documents(state.rows, notes)[0][2]


def assert_exact(plan: Plan, documents: list[Any]) -> None:
    for document in documents:
        back = round_trip(plan, document)
        assert jsontext.same(document, back), jsontext.first_difference(document, back)


def names(plan: Plan) -> list[str]:
    return [table.name for table in plan.tables]


def types(table: Table) -> dict[str, str]:
    return {c.name: c.type for c in table.columns if isinstance(c.role, Value)}


def deep(levels: int, kind: str) -> Any:
    document: Any = 1
    for level in range(levels):
        document = (
            {"a": document} if kind == "object" else [document] if kind == "array" else {"n": level, "c": [document]}
        )
    return document


# -- keys ------------------------------------------------------------------------------------------


def test_the_key_is_a_text_that_every_document_has_and_no_two_share() -> None:
    documents = [{"kind": "a", "title": f"t{n % 2}", "id": f"x{n}"} for n in range(4)]
    assert plan_of(documents).key == "id"


@pytest.mark.parametrize(
    "documents",
    [
        [{"id": "a", "n": 1}, {"id": "a", "n": 2}], [{"id": "a"}, {}], [{"id": "a"}, {"id": 1}], [{"id": True}],
        [{"name": "Paris"}, {"name": "Oslo"}], [{"title": f"t{n}"} for n in range(50)], [{"note": "one-off"}],
        [{"customer_id": f"c{n}"} for n in range(50)], [{"code": "a"}, {"code": "b"}],
        [{"at": {"id": f"{n}"}} for n in range(9)], [{"id": 2**70}, {"id": 1}], [{"_id": {"$oid": 1.5}}],
    ],
)  # fmt: skip
def test_without_a_key_the_caller_names_the_document(documents: list[Any]) -> None:
    plan = plan_of(documents)
    assert plan.key == "document"
    assert_exact(plan, [*documents, {"other": 1}])


@pytest.mark.parametrize(
    ("documents", "path", "kind"),
    [
        ([{"name": "a", "id": 7}, {"name": "b", "id": -8}], ["id"], "integer"),
        ([{"title": "t", "_id": {"$oid": f"65f0c0ffee0000000000000{n}"}} for n in range(3)], ["_id", "$oid"], "text"),
        ([{"id": "a"}, {"id": "b"}, {"id": "a"}], ["id"], "text"),  # the same document twice
        ([{"customerId": f"{n}", "docNumber": f"{n}"} for n in range(3)], ["docNumber"], "text"),
        ([{"code": f"A-{n}"} for n in range(3)], ["code"], "text"),
        ([{"metadata": {"uid": f"123e4567-e89b-42d3-a456-42661417400{n}"}} for n in range(3)], ["metadata", "uid"],
         "text"),
    ],
)  # fmt: skip
def test_a_name_and_values_that_say_key_are_one_that_is_called_inferred(
    documents: list[Any], path: list[str], kind: str
) -> None:
    plan = plan_of(documents)
    assert plan.key_inferred
    column = plan.tables[0].column(str(plan.key))
    assert column.type == kind
    assert column.role == Value((tuple(map(Name, path)),))
    assert_exact(plan, documents)


def test_a_key_that_the_author_names_is_not_inferred() -> None:
    documents = [{"id": 1, "at": {"name": "a"}}, {"id": 2, "at": {"name": "b"}}, {"id": 3}]
    plan = plan_of(documents, key=["at", "name"])
    assert (plan.key, plan.key_inferred) == ("at_name", False)
    assert_exact(plan, documents)
    with pytest.raises(ValueError, match="no document has a member nope"):
        plan_of(documents, key=["nope"])


SYMBOLS: list[dict[str, Any]] = [{"symbol": f"S{n}", "day": f"d{n}", "n": n} for n in range(12)]


@pytest.mark.parametrize(
    ("documents", "key", "types_of_key", "words"),
    [
        ([*SYMBOLS, {"symbol": 7, "day": "d"}], ["symbol", "day"], ["text", "text"],
         "`symbol` is text in 12 of 13 documents: `import` refuses the others."),
        ([*SYMBOLS, {"symbol": True, "day": "d"}], ["symbol"], ["text"], "`symbol` is text in 12 of 13 documents: "),
        ([*SYMBOLS, {"n": "many"}], ["n"], ["integer"], "`n` is integer in 12 of 13 documents: "),
        ([*SYMBOLS, {"n": 2**70}], ["n"], ["integer"], "`n` is integer in 12 of 13 documents: "),
        ([{"a": 1}, {"a": "x"}], ["a"], ["json"],
         "`a` is now integer, now text: its column is json, where SQL finds a text in quotes only."),
        ([*SYMBOLS, {"day": "e"}, {"symbol": None}], ["symbol"], ["text"],
         "`symbol` is missing in 2 of 14 documents: they take the name that the caller gives them."),
        ([*SYMBOLS, {"day": "e"}], ["n"], ["integer"],
         "`n` is missing in 1 of 13 documents: `import` refuses them."),
        ([*SYMBOLS, {"symbol": "S1"}], ["symbol", "day"], ["text", "text"],
         "`symbol`, `day` is missing in 1 of 13 documents: `import` refuses them."),
        ([*SYMBOLS, {"symbol": "S1", "n": 99}, {"symbol": "S1"}], ["symbol"], ["text"],
         "`symbol` is in 2 of 14 documents what it is in an earlier, different one: the later replaces the earlier."),
        ([*SYMBOLS, SYMBOLS[3] | {"n": 0}], ["symbol", "day"], ["text", "text"],
         "`symbol`, `day` is in 1 of 13 documents what it is in an earlier, different one: "),
    ],
)  # fmt: skip
def test_a_key_that_the_author_names_and_that_is_none_is_told(
    documents: list[Any], key: list[str], types_of_key: list[str], words: str
) -> None:
    told: list[str] = []
    text = infer(documents, name="docs", key=[[name] for name in key], tell=told.append)
    assert [sentence for sentence in told if sentence.startswith(words)] == told != []
    assert f"# {words}" in text
    table = compiler.compile(spec.loads(text)).tables[0]
    assert [table.column(name).type for name in key] == types_of_key


@pytest.mark.parametrize("key", [["symbol"], ["symbol", "day"], ["n"]])
def test_a_key_that_the_author_names_and_that_is_one_is_not_spoken_of(key: list[str]) -> None:
    infer([*SYMBOLS, SYMBOLS[0]], name="docs", key=[[name] for name in key], tell=pytest.fail)


def test_a_document_without_the_key_is_still_taken() -> None:
    assert_exact(plan_of([{"id": "a"}, {"id": "b"}]), [{"id": None}, {"id": [5]}, {}, [], 3])


def test_a_document_whose_key_only_looks_like_the_inferred_ones_is_refused() -> None:
    flattener = Flattener(plan_of([{"id": "5"}, {"id": "b"}]))
    assert [problem.rule for problem in flattener.add({"id": 5}, flattener.start(), now=NOW).problems] == ["exact"]


def test_a_key_is_text_however_the_samples_look() -> None:
    uuids = [{"id": f"123e4567-e89b-42d3-a456-42661417400{n}"} for n in range(9)]
    assert_exact(plan_of(uuids), [*uuids, {"id": "not one"}, {}])


def test_a_time_or_a_sentence_is_no_key_just_because_it_is_unique() -> None:
    documents = [{"at": f"2024-01-{n + 10}", "said": f"a sentence {n}", "n": n} for n in range(20)]
    assert plan_of(documents).key == "document"


# -- tables ----------------------------------------------------------------------------------------


def test_arrays_are_tables_and_objects_are_inlined() -> None:
    documents = [{"id": f"{n}", "owner": {"firstName": "A"}, "tags": ["x", "y"], "lines": [{"n": 1}]} for n in range(3)]
    plan = plan_of(documents)
    assert names(plan) == ["docs", "lines", "tags"] or names(plan) == ["docs", "tags", "lines"]
    assert "owner_first_name" in types(plan.table("docs"))
    assert types(plan.table("tags")) == {"tag": "text"}


def test_objects_whose_names_are_data_are_maps() -> None:
    documents = [
        {"id": str(n), "deps": {f"pkg-{n * 5 + m}": {"version": "1", "dev": True} for m in range(5)}} for n in range(10)
    ]
    plan = plan_of(documents)
    table = plan.table("deps")
    assert table.sources[0].each == (Name("deps"), Members())
    assert types(table) == {"version": "text", "dev": "boolean"}


DATA = {
    "paths": ["src/a.py", "src/b.py", "docs/index.md"], "arns": ["arn:aws:s3:::a", "arn:aws:iam::1:role/x", "arn:c:d"],
    "mail": ["ann@x.org", "bob@y.org", "cid@z.org"], "hosts": ["a.example.org", "b.io", "10.0.0.1"],
    "times": ["08:30", "09:00", "2024-01-01"], "versions": ["v1.0", "v1.2", "v2.0"],
    "firebase": ["-NxY12abcDEF34ghiJKL", "-NxY12abcDEF34ghiJKM", "-NxY12abcDEF34ghiJKN"],
    "slack": ["U012AB3CD", "C024BE91L", "W1234ABCD"], "drawn": ["kP3xQ9aZb1", "cus_Nf1xK9", "aQ3xQ9aZb2"],
    "numbered": ["user1", "user2", "user3", "user40"],
}  # fmt: skip
HELD: dict[str, Any] = {"objects": {"v": 1, "w": "x"}, "numbers": 5, "texts": "x", "lists": [1, 2, 3]}


@pytest.mark.parametrize("held", HELD.values(), ids=HELD)
@pytest.mark.parametrize("made_up", DATA.values(), ids=DATA)
def test_names_that_look_like_data_are_rows_of_a_map(made_up: list[str], held: Any) -> None:
    documents = [{"id": str(n), "things": dict.fromkeys(made_up, held)} for n in range(2)]
    plan = plan_of(documents)
    assert plan.table("things").sources[0].each == (Name("things"), Members())
    assert_exact(plan, documents)


@pytest.mark.parametrize(
    "documents",
    [
        [{"a": dict.fromkeys(("one", "two", "three", *(f"p{d}-{m}" for m in range(d + 1))), "^1")} for d in range(5)],
        [{"a": {f"{w}{d}": 1 for w in ("ann", "bob", "cid")}} for d in ("", "x", "y")],
        [{"a": {"at": 3, "glue": "^1"} | {f"p{d}-{m}": "*" for m in range(5)}} for d in range(5)] + [{"a": {"at": 1}}],
        [{"a": {f"n{m}x": [m] for m in (d % 9, d * 2 % 9, d * 5 % 9)}} for d in range(9)],
    ],
)  # fmt: skip
def test_no_map_is_half_columns_and_half_rows(documents: list[Any]) -> None:
    plan = plan_of(documents)
    kept = {c.name for c in plan.tables[0].columns if isinstance(c.role, Value)}
    assert names(plan)[:2] == ["docs", "a"]
    assert kept <= {"at", "a_at"}
    assert_exact(plan, documents)


@pytest.mark.parametrize(
    "members",
    [
        ["street", "city", "zip"],
        ["line1", "line2", "line3"],
        ["dc:title", "dc:creator", "@id"],
        ["sha256", "md5", "utf8"],
    ],
)
def test_names_of_members_are_no_data(members: list[str]) -> None:
    assert names(plan_of([{"id": str(n), **dict.fromkeys(members, "x")} for n in range(20)])) == ["docs"]


def test_members_of_one_object_that_look_alike_are_no_map_when_few() -> None:
    documents = [
        {"id": str(n), "home": {"street": "a", "city": "b"}, "work": {"street": "a", "city": "b"}} for n in range(9)
    ]
    assert names(plan_of(documents)) == ["docs"]


def test_recursion_is_one_table() -> None:
    tree = {
        "name": "r",
        "children": [{"name": "a", "children": [{"name": "b", "children": []}]}, {"name": "c"}],
    }
    plan = plan_of([tree, tree])
    assert names(plan) == ["docs", "children"]
    assert plan.table("children").sources[1].each == (Name("children"), Elements())
    assert_exact(plan, [tree, deep(90, "both")])


def test_recursion_through_two_tables_stays_two_tables() -> None:
    item = {"link": "1", "answer": [{"value": 1, "item": [{"link": "2", "answer": [{"value": 2}]}]}]}
    plan = plan_of([{"id": "a", "item": [item]}, {"id": "b", "item": [item, item]}])
    assert sorted(names(plan)) == ["answer", "docs", "item"]


def test_nodes_of_a_recursive_map_are_one_table() -> None:
    def feature(*inner: str) -> dict[str, Any]:
        return {"_info": {"url": "u", "ok": True}} | {name: {"_info": {"url": "v", "ok": False}} for name in inner}

    documents = [
        {"css": {"props": {f"p{n}": feature(f"a{n}", f"b{n}")}}, "html": {"tags": {f"t{n}": feature()}}}
        for n in range(12)
    ]
    plan = plan_of(documents)
    assert names(plan) == ["documents", "docs"]
    assert_exact(plan, documents)


def test_arrays_of_mixed_kinds_are_split() -> None:
    click = {"type": "click", "id": "1", "x": 1, "y": 2, "target": "a"}
    buy = {"type": "buy", "id": "2", "sku": "s", "price": 1.5, "currency": "EUR"}
    documents = [{"id": str(n), "events": [click, buy] * 4} for n in range(4)]
    plan = plan_of(documents)
    assert sorted(names(plan)) == ["buy", "click", "docs"]
    assert_exact(plan, [*documents, {"id": "x", "events": [buy, {"type": "new"}, 5, click]}])


def test_kinds_that_share_most_members_stay_one_table() -> None:
    common = {"id": "1", "name": "n", "created": "c", "modified": "m"}
    documents = [
        {"id": str(n), "objects": [common | {"type": "a"}, common | {"type": "b", "extra": 1}] * 9} for n in range(3)
    ]
    assert names(plan_of(documents)) == ["docs", "objects"]


def test_the_same_rows_in_several_places_are_one_table() -> None:
    paper = {"title": "t", "url": "u", "format": "f"}
    documents = [
        {"id": str(n), "tender": {"documents": [paper]}, "awards": [{"documents": [paper] * 2}]} for n in range(3)
    ]
    plan = plan_of(documents)
    assert names(plan).count("documents") == 1
    assert len(plan.table("documents").sources) == 2
    assert_exact(plan, documents)


def test_a_top_level_array_is_a_table_below_its_file() -> None:
    plan = plan_of([[{"a": 1}, {"a": 2}], [{"a": 3}]])
    assert names(plan) == ["documents", "docs"]
    assert_exact(plan, [[{"a": 1}, 2, [3], None], [], {"b": 1}])


# -- columns ---------------------------------------------------------------------------------------


def test_types_are_those_that_hold_every_sample_exactly() -> None:
    documents = [
        {"id": str(n), "i": n, "r": n / 3 if n else 0, "b": n > 1, "d": f"2024-01-{n + 1:02}",
         "t": f"2024-01-{n + 1:02}T00:00:00Z", "z": f"2024-01-{n + 1:02}T00:00:00+02:00",
         "big": 10**30 + n, "m": "x" if n else True}
        for n in range(9)
    ]  # fmt: skip
    found = types(plan_of(documents).table("docs"))
    assert found | {"id": "text"} == {
        "id": "text", "i": "integer", "r": "real", "b": "boolean", "d": "date", "t": "timestamp",
        "z": "timestamp", "big": "decimal", "m": "text",
    }  # fmt: skip
    assert_exact(plan_of(documents), documents)


@pytest.mark.parametrize(
    ("times", "type_name"),
    [
        (("2024-03-30T23:30:00.000+0100", "2024-03-31T04:00:00.000+0200", "2024-03-31T02:30:00Z"), "timestamp"),
        (("2024-03-30T23:30:00.1234567Z", "2024-03-30T23:30:00.12Z", "2024-03-30T23:30:00z"), "timestamp"),
        (("2024-03-30 23:30-05", "2024-03-31 01:30+05"), "timestamp"),
        (("2024-03-30 23:30:00", "2024-03-31 01:30:00"), "text"),  # of what zone, nobody says
        (("2024-03-30T23:30:00+01:00", "2024-03-31T01:30:00"), "text"),
        (("2024-03-30T23:30:00+01:00", "soon"), "text"),
    ],
)
def test_times_that_say_their_offset_are_times_and_sort_so(times: tuple[str, ...], type_name: str) -> None:
    documents = [{"id": str(n), "at": time} for n, time in enumerate(times)]
    assert types(plan_of(documents).table("docs"))["at"] == type_name
    assert_exact(plan_of(documents), documents)


GOOD_TIMES = [f"2024-03-{n + 1:02}T{n:02}:30:00{'Z' if n % 2 else '+02:00'}" for n in range(20)]
GOOD_DATES = [f"2024-03-{n + 1:02}" for n in range(20)]


@pytest.mark.parametrize(
    ("values", "odd", "type_name"),
    [
        *((GOOD_TIMES, odd, "timestamp") for odd in (
            "", "2016-12-31T23:59:60Z", "0001-01-01T00:00:00+14:00", "2024-03-05", "n/a", 0, False, "\0", "x" * 99,
        )),
        *((GOOD_DATES, odd, "date") for odd in ("", "2024-02-30", "0000-00-00", "2024", "soon", 20240301)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("at", [0, 20])
def test_a_time_or_date_among_which_one_is_odd_is_one_still(
    values: list[Any], odd: Any, type_name: str, at: int
) -> None:
    documents = [{"id": str(n), "at": value} for n, value in enumerate([*values[:at], odd, *values[at:]])]
    plan = plan_of(documents)
    assert types(plan.table("docs"))["at"] == type_name
    assert f"no {type_name} in 1" in infer(documents, name="docs")
    assert [aside.value for document in documents for aside in flattened(plan, document).asides] == [odd]
    assert_exact(plan, documents)
    assert_exact(plan_of([{"id": "x", "rows": documents * 3}], strict=True), [{"id": "x", "rows": documents * 3}])


@pytest.mark.parametrize(
    "values", [[*GOOD_TIMES[:3], "soon"], [*GOOD_DATES[:7], *GOOD_TIMES[:7]], [*GOOD_DATES[:7], "", "", ""]]
)
def test_texts_of_which_too_many_are_no_times_are_texts(values: list[Any]) -> None:
    assert types(plan_of([{"id": str(n), "at": value} for n, value in enumerate(values)]).table("docs"))["at"] == "text"


@pytest.mark.parametrize(
    ("prices", "column"),
    [
        (("9.50", "10.00", "3.25"), "{type: real, scale: 2}"),
        (("1.25", "3.75"), "{type: real, scale: 2}"),
        (("1.0", "2.25", "3.5"), "{type: real, scale: 1}"),
        (("9.50", "10.125"), "{type: real, scale: 2}"),
        (("1.5", "2.25"), "{type: real, quoted: true}"),
        (("1.50", "2.0"), "{type: real, quoted: true}"),
        (("1.50", "2"), "{type: real, quoted: true}"),
        (("1.50", "2e3"), "{type: real, quoted: true}"),
        (("0." + "1" * 65,) * 2, "{type: real, quoted: true}"),
        (("7", "12"), "{type: integer, quoted: true}"),
        (("9.50", 1.5), "real"),
    ],
)
def test_numbers_in_texts_say_how_many_decimals_they_have(prices: tuple[Any, ...], column: str) -> None:
    documents = [{"id": str(n), "price": price} for n, price in enumerate(prices)]
    assert f"price: {column}" in infer(documents, name="docs")
    assert_exact(plan_of(documents), documents)


@pytest.mark.parametrize(
    ("prices", "column", "inexact"),
    [
        (("0.10", "0.20", "12345678901234567.89"), "{type: decimal, scale: 2}", 1),
        (("0.10", "0.20", "12345678901234567890.25"), "{type: decimal, scale: 2}", 1),
        (("0.10", "0.2", "-99999999999999999999999.5"), "decimal", 1),
        (("1.5", "2.25", "9007199254740993.5"), "decimal", 1),
        (("7", "12", "3", "5", "12345678901234567891"), "decimal", 1),
        (("7", "12", "9223372036854775807"), "{type: integer, quoted: true}", 0),
        (("7", "12", "3", "5", "9223372036854775808"), "decimal", 0),
        (("0.5", "9007199254740993"), "decimal", 0),
        ((0.5, "0.25", "12345678901234567.89"), "{type: decimal, quoted: false}", 1),
    ],
)
def test_numbers_in_texts_beyond_a_double_are_numbers_still(prices: tuple[Any, ...], column: str, inexact: int) -> None:
    documents = [{"id": str(n), "price": price} for n, price in enumerate(prices)]
    assert f"price: {column}" in infer(documents, name="docs")
    told = [aside.rule for document in documents for aside in flattened(plan_of(documents), document).asides]
    assert told == ["inexact"] * inexact
    assert_exact(plan_of(documents), documents)


def test_what_was_always_there_or_few_words_is_a_fact_and_no_rule() -> None:
    rows = [{"a": 1, "b": None, "state": "open"}, {"a": 2, "b": 1, "state": "shut"}] * 8
    documents = [{"id": str(n), "always": 1, "rows": rows} for n in range(10)]
    text = infer(documents, name="docs")
    table = compiler.compile(spec.loads(text)).table("rows")
    assert not any(c.required or c.one_of for c in table.columns if isinstance(c.role, Value))
    assert "a: integer   # always there in 160 of 160" in text
    assert "state: text  # always there in 160 of 160; one of 2 words: open, shut" in text


def test_strict_makes_rules_of_rows_but_not_of_documents() -> None:
    documents = [{"id": str(n), "always": 1, "rows": [{"a": 1, "b": None}] * 10} for n in range(10)]
    plan = plan_of(documents, strict=True)
    assert not plan.table("docs").column("always").required
    assert plan.table("rows").column("a").required
    assert not plan.table("rows").column("b").required
    assert_exact(plan, [{"id": "x", "rows": [{}, {"a": None}, {"a": 2}]}])


def test_strict_makes_a_soft_one_of_of_few_words() -> None:
    states = [{"state": "open"}, {"state": "shut"}]
    documents = [{"id": str(n), "rows": states * 8} | states[n % 2] for n in range(100)]
    plan = plan_of(documents, strict=True)
    assert plan.tables[0].column("state").one_of == plan.table("rows").column("state").one_of == ("open", "shut")
    assert_exact(plan, [{"id": "x", "state": "ajar", "rows": [{"state": "ajar"}]}])


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("price", ["9.50", "100.00", 20.25], "real"), ("qty", ["7", "12", "-3"], "integer"), ("x", [1, 2.5], "real"),
        ("size", [1, 2, 3, 4, "n/a"], "integer"), ("size", [1, "n/a"], "scalar"), ("size", ["1", "2", "n/a"], "text"),
        ("zip", ["1", "22"], "text"), ("orderId", ["1", "22"], "text"), ("phone2", ["1", "22"], "text"),
        ("orderid", ["1", "22"], "text"), ("version", ["1.0", "2.10"], "text"), ("x", ["10115", "80331"], "text"),
        ("x", ["7", "07"], "text"), ("x", ["1e5", "1.5"], "real"), ("bid", ["1.5", "22"], "real"), ("x", ["9"], "text"),
        ("numberOfSeats", ["1", "22"], "integer"), ("x", ["1" * 30, "2"], "text"), ("x", ["+1", "2"], "text"),
    ],
)  # fmt: skip
def test_numbers_in_texts_are_numbers_unless_they_are_codes(name: str, values: list[Any], kind: str) -> None:
    documents = [{"id": f"d{n}", name: value} for n, value in enumerate(values)]
    (found,) = [c.type for c in plan_of(documents).tables[0].columns if c.role == Value(((Name(name),),))]
    assert found == kind


# -- records and positions ---------------------------------------------------------------------------


def test_the_places_of_a_point_are_columns() -> None:
    plan = plan_of([{"id": str(n), "at": {"coordinates": [n + 0.5, n]}} for n in range(5)])
    assert names(plan) == ["docs"]
    assert types(plan.tables[0]) == {"id": "text", "coordinates_0": "real", "coordinates_1": "integer"}
    assert_exact(
        plan, [{"id": "x", "at": {"coordinates": value}} for value in ([], [1], [1, "2", 3], None, 5, {"a": 1})]
    )


def test_rows_that_are_arrays_have_a_column_a_place() -> None:
    plan = plan_of([{"id": "a", "klines": [[n, f"{n}.50", None] for n in range(5)]}])
    assert types(plan.table("klines")) == {"kline_0": "integer", "kline_1": "real", "kline_2": "text"}
    assert_exact(plan, [{"id": "b", "klines": [[], [1, "1.5"], [1, "x", 2, 3], 5, None, {"a": 1}, [[1], 2, 3]]}])


def test_points_within_lines_are_rows_of_rows() -> None:
    line = [[[1.5, 2.5], [3.5, 4.5], [5.5, 6.5]], [[1.5, 2.5]]]
    plan = plan_of([{"id": str(n), "rings": line} for n in range(3)])
    assert [len(types(table)) for table in plan.tables] == [1, 0, 2]
    assert_exact(plan, [{"id": "x", "rings": [[[1]], [[]], [], 5, [[1, 2, 3]]]}])


@pytest.mark.parametrize(
    "arrays", [[["a", "b"]] * 9, [[1, 2], [1, 2, 3]] * 9, [[1, 2]], [[1, "a"], ["a", 1]] * 9, [list(range(12))] * 9]
)
def test_lists_are_rows_with_a_position(arrays: list[Any]) -> None:
    plan = plan_of([{"id": str(n), "list": array} for n, array in enumerate(arrays)])
    assert names(plan) == ["docs", "list"]
    assert [c.name for c in plan.table("list").columns if isinstance(c.role, Position)] == ["position"]


def test_rows_of_a_map_have_no_position() -> None:
    documents = [{"id": str(n), "deps": {f"pkg-{n * 5 + m}": {"v": "1"} for m in range(5)}} for n in range(10)]
    assert not any(isinstance(c.role, Position) for c in plan_of(documents).table("deps").columns)


# -- the order of members --------------------------------------------------------------------------------


def test_objects_that_leave_members_out_need_no_complement() -> None:
    members = [f"m{n}" for n in range(12)]
    chosen = Random(7)
    documents = [{"id": f"{n}"} | {m: 1 for m in members if chosen.random() < 0.5} for n in range(200)]
    plan = plan_of(documents)
    flattener = Flattener(plan)
    state = flattener.start()
    for document in documents:
        flattener.add(document, state, now=NOW)
    assert [c.name for c in plan.tables[0].columns if isinstance(c.role, Value)] == ["id", *members]
    assert not state.notes


# -- what a person asks for ----------------------------------------------------------------------------


def test_the_name_is_that_of_the_documents_table() -> None:
    plan = plan_of([{"region": "r", "docs": [{"sku": "a"}], "Doc": {"docs": [{"other": 1}]}}])
    assert (names(plan)[0], "region" in types(plan.table("docs"))) == ("docs", True)


def test_what_is_rare_stays_in_the_rest_where_a_least_share_is_asked_for() -> None:
    documents = [{"id": str(n)} | ({"rare": 1, "list": [{"a": 1}]} if not n else {}) for n in range(20)]
    assert names(plan_of(documents, min_share=0.1)) == ["docs"]
    assert types(plan_of(documents, min_share=0.1).tables[0]) == {"id": "text"}
    assert names(plan_of(documents, min_share=0.05)) == ["docs", "list"]


@pytest.mark.parametrize(
    ("documents", "words"),
    [
        ([{"type": "order", "number": "1", "lines": [], "paid": True}, {"type": "bill", "code": "1", "due": "x"}] * 9,
         "told apart by `type`: 9 `order`, 9 `bill`"),
        ([{"id": 1, "user": "a", "mail": "b"}, {"id": 2, "sku": "a", "qty": 1, "at": 3, "by": 4}],
         "1 with `user`, `mail`; 1 with `sku`, `qty`, `at` …"),
    ],
)  # fmt: skip
def test_documents_of_several_kinds_are_said_to_be(documents: list[Any], words: str) -> None:
    told: list[str] = []
    assert words in infer(documents, name="docs", tell=told.append)
    assert [words in sentence for sentence in told] == [True]


@pytest.mark.parametrize("documents", [[], [1], [{"a": 1}, {"b": 1}], [{"a": 1, "b": 1}, {"b": 2, "c": 3, "d": 1}] * 5])
def test_documents_of_one_kind_are_no_kinds(documents: list[Any]) -> None:
    infer(documents, name="docs", tell=pytest.fail)


@pytest.mark.parametrize("wrap", [list, lambda rows: {"count": 12, "data": rows}])
def test_rows_of_several_kinds_are_said_to_be(wrap: Any) -> None:
    people = [{"id": n, "name": f"n{n}", "mail": "m"} for n in range(6)]
    orders = [{"order": n, "lines": [{"sku": "x"}], "total": n} for n in range(6)]
    told: list[str] = []
    text = infer([wrap(people + orders)], name="things", tell=told.append)
    (sentence,) = told
    assert "are of 2 kinds: 6 with `id`, `name`, `mail`; 6 with `order`, `lines`, `total`." in sentence
    assert f"# {sentence.split('. ')[0]}" in text
    infer([wrap(people)], name="things", tell=pytest.fail)


def test_what_is_said_of_members_is_a_comment_however_they_are_called() -> None:
    kinds = [{"a\nb: 1": n, "x": n} for n in range(6)] + [{"c\u2028d": n, "y": n} for n in range(6)]
    assert "\\nb" in infer(kinds, name="docs", key=["a\nb: 1"])
    assert_exact(plan_of(kinds), kinds)


def test_the_first_line_is_for_the_editor() -> None:
    assert infer([], name="docs").startswith("# yaml-language-server: $schema=mapping.schema.json\n")


def test_comments_say_what_was_seen() -> None:
    text = infer([{"id": "a", "size": 1}, {"id": "b", "size": None}, {"id": "c"}], name="docs")
    assert "size: integer  # in 2 of 3; null in 1" in text
    assert "Inferred by docrel from 3 documents" in text


# -- names -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "name"),
    [("packageName", "package_name"), ("XMLHttpRequest", "xml_http_request"), ("bom-ref", "bom_ref"),
     ("$schema", "schema"), ("__compat", "compat"), ("", "member"), ("😀", "member"), ("1:30", "n_1_30"),
     ("a b.c", "a_b_c"), ("podIPs", "pod_ips"), ("URLsByHost", "urls_by_host"), ("IPv4Address", "ipv4_address"),
     ("IDs", "ids"), ("APIs", "apis"), ("Größe", "größe"), ("sqlite_master", "x_sqlite_master"), ("x" * 100, "x" * 56)],
)  # fmt: skip
def test_snake(key: str, name: str) -> None:
    assert snake(key) == name


@pytest.mark.parametrize(
    ("plural", "one"),
    [("advisories", "advisory"), ("aliases", "alias"), ("hashes", "hash"), ("os", "os"), ("status", "status"),
     ("areas", "area"), ("children", "child"), ("boxes", "box"), ("cases", "case"), ("events", "event"),
     ("affected", "affected"), ("movies", "movie"), ("caches", "cache"), ("indices", "index"), ("cookies", "cookie"),
     ("addresses", "address"), ("series", "series"), ("old_matrices", "old_matrix"), ("image_urls", "image_url"),
     ("https", "https"), ("analyses", "analysis"), ("headaches", "headache"), ("leaves", "leaf"), ("größe", "größe")],
)  # fmt: skip
def test_singular(plural: str, one: str) -> None:
    assert singular(plural) == one


def test_joined_says_a_repeated_word_once() -> None:
    assert joined(["package", "package_name"]) == "package_name"
    assert joined(["a", "b"]) == "a_b"


def test_names_do_not_collide_whatever_their_case() -> None:
    given = Names(["id"])
    wanted = (("ID", "x"), ("x",), ("X", "y_x"), ("x",))
    assert [given.give(*names) for names in wanted] == ["x", "x_2", "y_x", "x_3"]


def test_odd_keys_get_columns_that_do_not_clash() -> None:
    document = {
        "": 1, "a.b": 2, "it's": 3, "$ref": 4, "A": 1, "a": 2, "_a": 3, "select": 1, "x" * 100: 1,
        "x" * 99 + "y": 2, "a\nb": 1, "a\\b": 2, "rest": 1, "row_id": 2, "foo": {"bar": 1}, "foo_bar": 2,
        "lastName": 1, "last_name": 2,
    }  # fmt: skip
    documents = [
        document | {"id": str(n), "doc_id": n, "items": [{"id": 1, "doc_id": 2, "rest": {}}]} for n in range(3)
    ]
    plan = plan_of(documents)
    for table in plan.tables:
        lower = [c.name.lower() for c in table.columns]
        assert len(set(lower)) == len(lower)
        assert all(0 < len(name.encode()) <= 63 for name in lower)
    assert_exact(plan, documents)


# -- budgets and hostile input -----------------------------------------------------------------------

UNIONS: list[Any] = [1, "s", None, True, {}, [], {"b": 1}, [1], [{"b": 1}], {"b": {"c": []}}, [[1]], [[]]]
HOSTILE: dict[str, list[Any]] = {
    "none": [],
    "empty": [{}, [], {}],
    "scalars": [1, "a", None, True, 2.5, 10**40],
    "mixed roots": [{"a": 1}, [1, 2], "x", None, [{"b": 1}]],
    "deep objects": [deep(200, "object")],
    "deep arrays": [deep(200, "array")],
    "deep both": [deep(120, "both")] * 2,
    "wide": [{f"k{n}": n for n in range(10_000)}],
    "wide and deep": [{f"k{n}": {"x": n, "y": [str(n)]} for n in range(10_000)}],
    "wide documents": [{f"k{n}_{m}": m for m in range(300)} for n in range(50)],
    "names": [{"\0": 1, "\ud800": 2, "*": 3, "@": 4, "[*]": 5, "id": "x"}] * 2,
    "values": [{"a": 10**30, "b": -0.0, "c": "\ud800", "d": "\0", "f": [10**30, "x", {}]}, {"a": 1, "b": 1}],
    "unions": [{"a": value} for value in UNIONS],
    "reserved": [{"docs": [{"docs": [1]}], "docs_complement": [1], "docs_shape": [{}], "sqlite_x": [1]}] * 2,
}  # fmt: skip


@pytest.mark.parametrize("documents", HOSTILE.values(), ids=HOSTILE)
def test_hostile_samples_give_a_mapping_that_keeps_anything(documents: list[Any]) -> None:
    plan = plan_of(documents)
    others = [
        1,
        [],
        {"a": [{"b": {"c": [1, [2, {"d": None}]]}}]},
        {"id": "5"},
        None,
        deep(90, "both"),
        deep(150, "array"),
    ]
    assert_exact(plan, [*documents, *others])


def test_the_budget_of_tables_leaves_the_least_filled_to_the_rest() -> None:
    documents = [{"id": str(n)} | {f"list{m}": [{f"a{m}": m}] * (m + 1) for m in range(12)} for n in range(3)]
    plan = plan_of(documents, max_tables=5)
    assert names(plan)[0] == "docs"
    assert len(plan.tables) == 5
    assert "list11" in names(plan)
    assert_exact(plan, documents)


def test_the_budget_of_columns_leaves_rare_ones_to_the_rest() -> None:
    documents = [{"id": str(n)} | {f"c{m}": m for m in range(30) if n % (m + 1) == 0} for n in range(40)]
    plan = plan_of(documents, max_columns=10)
    assert len(plan.table("docs").columns) <= 13
    assert_exact(plan, documents)


def test_documents_are_read_once_as_they_come() -> None:
    reads = []

    def stream() -> Any:
        for n in range(5):
            reads.append(n)
            yield {"id": str(n)}

    infer(stream(), name="docs")
    assert reads == [0, 1, 2, 3, 4]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["id", "type", "a", "b", "c", "", "x y", "A"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def test_a_broken_engine_is_caught() -> None:
    """The negative control: a mapping that forgets what it does not know is not exact."""
    plan = plan_of([{"id": "a", "n": 1}])
    forgetful = dataclasses.replace(
        plan,
        tables=tuple(dataclasses.replace(t, columns=tuple(c for c in t.columns if c.name != "n")) for t in plan.tables),
    )
    state = Flattener(plan).start()
    Flattener(plan).add({"id": "a", "n": 1}, state, now=NOW)
    rows = [[tuple(v for v, c in zip(r, plan.tables[0].columns, strict=True) if c.name != "n") for r in state.rows[0]]]
    assert Rebuilder(forgetful).documents(rows, {})[0][2] == {"id": "a"}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(JSON, max_size=8), st.lists(JSON, max_size=3))
def test_whatever_the_samples_the_mapping_is_exact(samples: list[Any], others: list[Any]) -> None:
    plan = plan_of(samples)
    assert_exact(plan, [*samples, *others])


def test_a_name_that_is_no_unicode_has_a_column_and_is_no_news() -> None:
    odd = {"\ud800": 1, "a": {"b\udc00": 2}, "rows": [{"\ud83d": "x"}, {"\ud83d": "y"}], "s": ["x"]}
    text = infer([odd | {"id": n} for n in range(3)], name="odd")
    with open_store(":memory:", compiler.compile(spec.loads(text))) as store:
        report = store.import_([odd | {"id": n} for n in range(3)])
        assert (report.inserted, report.new_members, report.set_aside) == (3, (), ())
        assert [document for _, document in store.scan()] == [odd | {"id": n} for n in range(3)]
