"""JSON text in and out: three readers and two writers that must agree, and refusals with positions."""

from __future__ import annotations

import enum
import json
import math
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docrel.diagnostics import Diagnostic, DocumentError
from docrel.values import jsontext
from docrel.values.json_path import json_path
from docrel.values.jsonnumber import MAX_DIGITS
from docrel.values.jsonscan import scan
from docrel.values.jsontext import dumps, dumps_bytes, first_difference, loads, loads_text, same
from docrel.values.jsonvalue import JSON, MAX_DEPTH, check_value, too_deep
from docrel.values.jsonwrite import write

HOSTILE = [
    "",
    "a.b",
    "it's",
    '"',
    "\\",
    "$ref",
    "*",
    "\u0000",
    "\ud800",
    "\udc00x",
    "é",
    "\U0001f600",
    " ",
    "a b",
]
HOSTILE += ["ab", "null", "-0", "[{", "\u2028", "\x7f", "\\u0041", "\ufeff", "/", "\\ "]

strings = st.sampled_from(HOSTILE) | st.text(st.characters(codec="utf-8"), max_size=8)
exact_decimals = st.decimals(allow_nan=False, allow_infinity=False, places=25).filter(
    lambda number: abs(number) > 0 and Decimal(repr(float(number))) != number
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**40), 10**40)
    | st.sampled_from([Decimal("-0"), -0.0, 0.0, 1.0, 1, 1e16, 1e-7, 5e-324, 2**63, 2**64, -(2**63) - 1, 10**4299])
    | st.floats(allow_nan=False, allow_infinity=False)
    | exact_decimals
    | strings
)
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(strings, inner, max_size=4),
    max_leaves=12,
)
number_texts = st.from_regex(
    r"-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?",
    fullmatch=True,
    alphabet=st.characters(codec="ascii"),
)
pieces = st.lists(
    st.sampled_from([*'[]{},:"\\ \n\tau0-.e', "1", "-0", '"a"', '"a b":', "null", "NaN", '"\\ud83d\\ude00"', "\r\n"]),
    max_size=14,
).map("".join)


def refusal(call: Callable[[], object]) -> Diagnostic:
    with pytest.raises(DocumentError) as caught:
        call()
    return caught.value.diagnostics[0]


def outcome(read: Callable[..., JSON], data: bytes, **options: str) -> tuple[str, JSON]:
    try:
        return "read", read(data, **options)
    except DocumentError as error:
        return str(error), None


def nested(depth: int) -> tuple[JSON, JSON]:
    array: JSON = []
    member: JSON = {}
    for _ in range(depth - 1):
        array, member = [array], {"a": member}
    return array, member


@given(values)
def test_what_is_written_reads_back_the_same(value: JSON) -> None:
    check_value(value)
    assert same(loads(dumps(value).encode()), value)
    assert same(loads_text(dumps(value)), value)
    assert same(loads(dumps_bytes(value)), value)
    assert same(loads(dumps_bytes(value, indent=2)), value)
    assert same(loads(dumps_bytes(value, indent=3)), value)
    assert same(scan(dumps_bytes(value)), value)


@given(values)
def test_both_writers_write_the_same_text(value: JSON) -> None:
    assert dumps(value) == write(value)
    assert dumps_bytes(value, indent=2).decode() == write(value, 2)


@given(values, st.booleans(), st.sampled_from([None, 0, 1, "\t"]))
def test_all_readers_agree_on_other_spellings(value: JSON, ascii_only: bool, indent: int | str | None) -> None:
    text = json.dumps(value, ensure_ascii=True, indent=indent, default=float)
    read = loads(text.encode())
    assert same(read, scan(text.encode()))
    assert same(read, json.loads(text))


@given(pieces)
def test_all_readers_agree_on_arbitrary_text(text: str) -> None:
    data = text.encode()
    for keys in ("refuse", "last"):
        (how, value), (how_slow, value_slow) = (outcome(r, data, duplicate_keys=keys) for r in (loads, scan))
        assert how == how_slow
        assert same(value, value_slow)
    try:
        standard = json.loads(text)
    except ValueError:
        assert outcome(loads, data)[0] != "read"
    else:
        how, value = outcome(loads, data, duplicate_keys="last")
        if "-0" not in text:
            assert how != "read" or same(value, standard)
        assert how == "read" or "D303" in how, text


@given(st.binary(max_size=12))
def test_no_bytes_crash_a_reader(data: bytes) -> None:
    assert outcome(loads, data) == outcome(scan, data)


@given(number_texts, st.sampled_from(["{}", "[{}]", ' {{"a b": {} }}']))
def test_numbers_keep_their_value_or_are_refused(text: str, frame: str) -> None:
    data = frame.format(text).encode()
    how, value = outcome(loads, data)
    assert (how, repr(value)) == (outcome(scan, data)[0], repr(outcome(scan, data)[1]))
    if how != "read":
        assert "D303" in how
        assert float(text) in {0.0, math.inf, -math.inf}
        return
    number: Any = value[0] if isinstance(value, list) else value["a b"] if isinstance(value, dict) else value
    assert Decimal(repr(number) if isinstance(number, float) else number) == Decimal(text)
    assert math.copysign(1, number) == (-1 if text.startswith("-") else 1)
    assert same(loads(dumps(value).encode()), value)


@given(strings, strings, scalars, st.sampled_from(["", " ", "\n  "]))
def test_duplicate_keys_never_pass_for_one(one: str, other: str, value: JSON, space: str) -> None:
    before = f"{{{space}{dumps(one)}:{space}{dumps(value)},{space}"
    data = f"{before}{dumps(other)}:{dumps(value)}{space}}}".encode()
    if one != other:
        assert same(loads(data), {one: value, other: value})
        return
    place = refusal(lambda: loads(data)).position
    assert place is not None
    assert (place.line, place.column) == (1 + before.count("\n"), len(before) - before.rfind("\n"))
    assert same(loads(data, duplicate_keys="last"), {one: value})


def test_the_proof_needs_the_writer_to_spell_the_value_exactly() -> None:
    """The negative control: what `orjson` alone would bend is seen not to be proven."""
    for bent in (
        b"[-0]",
        b"[18446744073709551616]",
        b'{"a":1, "a":1}',
        b"[0.1000000000000000055]",
        b"1.0e-400",
    ):
        assert not jsontext._proven(orjson.loads(bent), bent)
    for exact in (b'{"a b": 1, "ab": 1}', b"[ -0.0 ]", b"[18446744073709551615]"):
        assert jsontext._proven(orjson.loads(exact), exact)


def test_the_fast_writer_stops_before_our_depth_limit() -> None:
    for value in nested(MAX_DEPTH + 1):
        with pytest.raises(TypeError):
            orjson.dumps(value)


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        (b"", "D301", 1, 1),
        (b"[1,\n\t\xc3\xa9]", "D301", 2, 2),
        (b'["\xc3\xa9\xc3\xa9", x]', "D301", 1, 8),
        (b"[1,\r\n2,\r\n]", "D301", 3, 1),
        (b'{"a":1,\n "a":2}', "D302", 2, 2),
        (b'[{"a":[0,\n 1e400]}]', "D303", 2, 2),
        (b"[1e-400]", "D303", 1, 2),
        (b"[NaN]", "D303", 1, 2),
        (b"[-Infinity]", "D303", 1, 2),
        (b'["ok",\n"\xff"]', "D305", 2, 2),
        (b"\xef\xbb\xbf[]", "D301", 1, 1),
        (b'"a\x01"', "D301", 1, 3),
        (b"[] []", "D301", 1, 4),
        (b'["open', "D301", 1, 2),
        (b"[" * MAX_DEPTH + b"\n[", "D304", 2, 1),
    ],
)
def test_refusals_name_line_and_column(text: bytes, code: str, line: int, column: int) -> None:
    found = refusal(lambda: loads(text, file="some.json"))
    assert found.position is not None
    place = found.position
    assert (found.code, place.file, place.line, place.column) == (code, "some.json", line, column)


def test_numbers() -> None:
    assert same(loads(b"[-0, 0, -0.0, 1.0, 1]"), [Decimal("-0"), 0, -0.0, 1.0, 1])
    for text in ("-0", "-0.0", "0", "0.0"):
        assert dumps(loads(text.encode())) == text
    assert [dumps(loads(text)) for text in (b"-0e5", b"0e0", b"-0.00")] == ["-0.0", "0.0", "-0.0"]
    assert same(loads(b"0.1000000000000000055"), Decimal("0.1000000000000000055"))
    assert same(loads(b"1.50"), 1.5)
    assert same(loads(b"0e999999999999999999999"), 0.0)
    exact = Decimal("1000000000000000000000001")
    assert same(loads(dumps(exact).encode()), exact)


def test_integers_of_many_digits_whatever_the_interpreters_limit() -> None:
    longest = b"-" + b"7" * MAX_DIGITS
    limit = sys.get_int_max_str_digits()
    try:
        for other in (640, 0):
            sys.set_int_max_str_digits(other)
            assert dumps(loads(longest)).encode() == longest
            assert refusal(lambda: loads(longest + b"7")).code == "D303"
            assert refusal(lambda: dumps(10**MAX_DIGITS)).code == "D303"
    finally:
        sys.set_int_max_str_digits(limit)


def test_our_depth_limit_holds_on_every_path_and_in_a_deep_stack() -> None:
    def deep_in_the_stack(levels: int, call: Callable[[], None]) -> None:
        if levels:
            deep_in_the_stack(levels - 1, call)
        else:
            call()

    def check() -> None:
        for depth in (200, 254, 255, MAX_DEPTH):
            for value in nested(depth):
                check_value(value)
                assert same(loads(dumps(value).encode()), value)
                respelled = dumps(value).replace("[]", '["\\u0041"]').replace("{}", '{"\\u0041":-0}')
                assert same(loads(respelled.encode()), scan(respelled.encode()))
                assert same(loads_text(dumps_bytes(value, indent=2).decode()), value)
        for value in nested(MAX_DEPTH + 1):
            assert refusal(lambda value=value: dumps(value)).code == "D304"  # type: ignore[misc]
            assert refusal(lambda value=value: check_value(value)).code == "D304"  # type: ignore[misc]
            assert too_deep(value)
        assert refusal(lambda: loads(b"[" * 257 + b"-0" + b"]" * 257)).code == "D304"
        last = b'{"a":' + b"[" * 300 + b"]" * 300 + b',"a":1}'
        assert refusal(lambda: loads(last, duplicate_keys="last")).code == "D304"

    check()
    frame, used = sys._getframe(), 0
    while frame.f_back:
        frame, used = frame.f_back, used + 1
    deep_in_the_stack(max(0, sys.getrecursionlimit() - used - 120), check)


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 100_000,
        b'[{"":' * 50_000,
        b'"' + b"\\ud800" * 50_000,
        b"9" * 500_000,
        b" " * 500_000,
        b"[1," * 100_000,
    ],
    ids=lambda data: data[:6].decode(),
)
def test_huge_faulty_texts_are_refused_quickly(data: bytes) -> None:
    began = time.monotonic()
    refusal(lambda: loads(data))
    assert time.monotonic() - began < 5


def test_column_text_is_read_as_strictly() -> None:
    for text in ("", "[1,]", '{"a":1,"a":2}', "NaN", "1e400", "\ufeff1", '"\ud800"', "[" * 300):
        with pytest.raises(ValueError, match=r"."):
            loads_text(text)
    with pytest.raises(ValueError, match=r"^1:4: "):
        loads_text("[1,]")


class Colour(enum.Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "code", "subject"),
    [
        (math.nan, "D303", "$"),
        ([1, {"a b": [math.inf]}], "D303", '$[1]["a b"][0]'),
        ({"a": {1: 2}}, "D306", "$.a"),
        ({"a": (1,)}, "D306", "$.a"),
        ([Colour.RED], "D306", "$[0]"),
        ([{"x": b""}], "D306", "$[0].x"),
        ("\ud83d\ude00", "D306", "$"),
        ({"\ud83d\ude00": 1}, "D306", "$"),
        ([Decimal("1.5")], "D306", "$[0]"),
        ([Decimal("1e400")], "D303", "$[0]"),
        ([Decimal("NaN")], "D303", "$[0]"),
        ([10**MAX_DIGITS], "D303", "$[0]"),
    ],
)
def test_values_that_are_not_json_are_refused(value: Any, code: str, subject: str) -> None:
    found = refusal(lambda: check_value(value))
    assert (found.code, found.subject) == (code, subject)
    assert refusal(lambda: write(value)).code == code


@given(values)
def test_a_clean_value_has_no_text_that_a_database_cannot_hold(value: JSON) -> None:
    assert not check_value(value) or "\\u" not in dumps(value)


def test_a_plain_value_is_known_to_be_clean() -> None:
    assert check_value({"a": [1, 2.5, None, True, "é", "\\ \n"]})
    assert not check_value(["\0"])
    assert not check_value({"\ud800": 1})


def test_nothing_is_written_as_null_that_is_not_null() -> None:
    for value in ([None, math.nan], {"a": math.inf}, [None, -math.inf]):
        assert refusal(lambda value=value: dumps(value)).code == "D303"  # type: ignore[misc]
    assert dumps([None]) == "[null]"


def test_a_value_that_contains_itself_is_refused() -> None:
    loop: list[Any] = [1]
    loop += [{"again": loop}, loop]
    found = refusal(lambda: check_value(loop))
    assert (found.code, "contains itself" in found.message) == ("D306", True)
    shared: list[Any] = []
    check_value([shared, shared])


@given(values, values)
def test_same_is_the_equality_of_texts(a: JSON, b: JSON) -> None:
    assert same(a, b) == (dumps(a) == dumps(b))
    assert same(a, loads(dumps(a).encode()))


def test_differences_that_pythons_equality_overlooks() -> None:
    for a, b in (
        (1, 1.0),
        (1, True),
        (0, False),
        (0.0, -0.0),
        (Decimal("-0"), 0),
        (Decimal("-0"), -0.0),
        (1.0, True),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    ):
        assert a == b
        assert not same(a, b)  # type: ignore[arg-type]
    assert not same([math.nan], [None])
    assert first_difference([0, {"a": [1]}], [0, {"a": [1.0]}]) == ("$[1].a[0]", 1, 1.0)
    assert first_difference({"x": [1, 2]}, {"x": [1]}) == ("$.x", [1, 2], [1])
    assert first_difference({"x y": {"a": 1}}, {"x y": {"b": 1}}) == ('$["x y"]', {"a": 1}, {"b": 1})
    assert first_difference([], {}) == ("$", [], {})
    assert first_difference([[], None], [[], None]) is None


def test_json_paths() -> None:
    assert json_path([]) == "$"
    assert json_path(["a", "b", 0, "odd key", "it's", "", "é", "a-b", "\ud800", "\u200b"]) == (
        '$.a.b[0]["odd key"]["it\'s"][""].é.a-b["\\ud800"]["\\u200b"]'
    )
