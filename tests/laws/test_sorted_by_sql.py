"""Law 7: SQL finds, sorts and sums a typed column as its type says, whatever the spelling in the documents.

The oracle reads the documents by itself: Python's decimals, and times as whole nanoseconds.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docrel import compile, spec
from docrel.engine import flatten_columns
from docrel.store import open_store
from docrel.values import CODECS, jsontext

MAPPING = "mapping: m\ntables:\n  t:\n    columns: {{k: {{required: true, unique: true}}, v: {column}}}\n"
LIMIT = 2**63
_EPOCH = datetime(1, 1, 1)

# -- numbers ---------------------------------------------------------------------------------------------------


@st.composite
def numbers(draw: st.DrawFn, *, whole: bool = False) -> Any:
    """A number as documents have it: as JSON has it, or within a string, in a way that people write it."""
    digits = draw(st.one_of(st.integers(-20, 20), st.integers(-(2**70), 2**70), st.integers(2**63 - 3, 2**64 + 3)))
    places = 0 if whole else draw(st.integers(0, 4))
    number = Decimal(digits).scaleb(-places)
    way = draw(st.sampled_from(("json", "plain", "zeros", "exponent", "leading")))
    match way:
        case "json":
            return digits if places == 0 else float(number)
        case "plain":
            return f"{number:f}"
        case "zeros":
            return f"{number:f}" + ("00" if places else ".00")
        case "exponent":
            return f"{digits}e-{places}"
    return f"{'-' * (digits < 0)}00{abs(number):f}"


def number(value: Any) -> Fraction:
    return Fraction(Decimal(value)) if isinstance(value, str) else Fraction(value)


def held_as_integer(value: Any) -> Fraction | None:
    exact = number(value)
    return exact if exact.denominator == 1 and -LIMIT <= exact < LIMIT else None


def held_as_real(value: Any) -> Fraction:
    return Fraction(float(number(value)))


def held_as_decimal(value: Any) -> Fraction:
    return held_as_integer(value) or held_as_real(value)


# -- times -----------------------------------------------------------------------------------------------------


@st.composite
def times(draw: st.DrawFn) -> str:
    at = draw(st.one_of(
        st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)),
        st.datetimes(datetime(2025, 1, 1), datetime(2025, 1, 1, 0, 0, 2)),
    )).replace(microsecond=0)  # fmt: skip
    text = at.isoformat(draw(st.sampled_from("T tT")))
    if draw(st.booleans()):
        text += draw(st.sampled_from(".,.")) + draw(st.text("0123456789", min_size=1, max_size=9))
    elif at.second == 0 and draw(st.booleans()):
        text = text[:-3]
    zone = draw(st.sampled_from(("", "Z", "z", "{}", "{}", "{}")))
    sign, hour, minute = draw(st.sampled_from("+-")), draw(st.integers(0, 14)), draw(st.sampled_from((0, 30, 45)))
    spelled = draw(st.sampled_from((f"{hour:02}:{minute:02}", f"{hour:02}{minute:02}", f"{hour:02}")))
    return text + zone.format(sign + spelled)


def nanoseconds(value: str) -> int:
    parts = re.fullmatch(r"(.{10}).(\d\d):(\d\d)(?::(\d\d))?(?:[.,](\d+))?(.*)", value)
    assert parts is not None
    day, hour, minute, second, fraction, zone = parts.groups()
    at = datetime.fromisoformat(day) + timedelta(hours=int(hour), minutes=int(minute), seconds=int(second or 0))
    if zone not in ("", "Z", "z"):
        offset = int(zone[1:3]) * 60 + int(zone[3:].lstrip(":") or 0)
        at -= timedelta(minutes=-offset if zone[0] == "-" else offset)
    return int((at - _EPOCH).total_seconds()) * 10**9 + int(f"{fraction or '':0<9}")


# -- the law ---------------------------------------------------------------------------------------------------

Oracle = Callable[[Any], Any]
COLUMNS: dict[str, tuple[st.SearchStrategy[Any], Oracle]] = {
    "integer": (numbers(whole=True), held_as_integer),
    "{type: integer, quoted: true}": (numbers(), held_as_integer),
    "real": (numbers(), held_as_real),
    "{type: real, scale: 2}": (numbers(), held_as_real),
    "decimal": (numbers(), held_as_decimal),
    "{type: decimal, quoted: false}": (numbers(whole=True), held_as_decimal),
    "timestamp": (times(), nanoseconds),
}
LISTS = {column: st.lists(values, min_size=2, max_size=8) for column, (values, _) in COLUMNS.items()}


@pytest.mark.parametrize("column", COLUMNS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_sql_sorts_a_column_as_its_type_says(column: str, data: st.DataObject) -> None:
    values, meaning = data.draw(LISTS[column]), COLUMNS[column][1]
    documents = [{"k": str(n), "v": value} for n, value in enumerate(values)]
    with open_store(":memory:", compile.compile(spec.loads(MAPPING.format(column=column)))) as store:
        for document in documents:
            store.put(document)
        assert [store.get(document["k"]) for document in documents] == documents
        execute = store.backend.execute
        held = {k: v for k, v in execute("SELECT k, v FROM t") if v is not None}
        meant = {document["k"]: meaning(document["v"]) for document in documents}
        meant = {k: v for k, v in meant.items() if v is not None}
        assert held.keys() == meant.keys()
        ranked = [meant[k] for (k,) in execute("SELECT k FROM t WHERE v IS NOT NULL ORDER BY v")]
        assert ranked == sorted(meant.values())
        for one, value in held.items():
            same = {k for (k,) in execute("SELECT k FROM t WHERE v = ?", [value])}
            assert same == {k for k, v in meant.items() if v == meant[one]}
        if column != "timestamp":
            found = {k: Fraction(v) for k, v in held.items()}
            assert found == meant
            (total,) = execute("SELECT total(v) FROM t")[0]
            size = float(sum(map(abs, meant.values())))
            assert total == pytest.approx(float(sum(meant.values())), abs=1e-12 * size)
        else:
            seconds = execute("SELECT k, CAST(strftime('%s', v) AS INTEGER) FROM t")
            epoch = int((datetime(1970, 1, 1) - _EPOCH).total_seconds())
            assert {k: s + epoch for k, s in seconds} == {k: v // 10**9 for k, v in meant.items()}


# -- numbers among texts ---------------------------------------------------------------------------------------

JSON_NUMBERS = st.one_of(
    st.integers(-20, 20), st.integers(-LIMIT, LIMIT - 1), st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-20, 20).map(float), st.integers(2**63 - 3, 2**66),
)  # fmt: skip
TEXTS = st.one_of(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), st.integers().map(str))
MIXED = st.lists(st.one_of(JSON_NUMBERS, JSON_NUMBERS, TEXTS, st.booleans()), min_size=2, max_size=8)


def rank(value: Any) -> tuple[int, Any]:
    """Return where SQL has a value: numbers come first, as numbers."""
    if isinstance(value, bool):
        return 1, str(value).lower()
    return (1, value) if isinstance(value, str) else (0, held_as_decimal(value))


def check_mixed(values: list[Any], table: str = "") -> None:
    documents = [{"k": str(n), "v": value} for n, value in enumerate(values)]
    with open_store(":memory:", compile.compile(spec.loads(table + MAPPING.format(column="scalar")))) as store:
        for document in documents:
            store.put(document)
        assert list(map(repr, map(store.get, map(str, range(len(values)))))) == list(map(repr, documents))
        execute, meant = store.backend.execute, {document["k"]: rank(document["v"]) for document in documents}
        assert [meant[k] for (k,) in execute("SELECT k FROM t ORDER BY v")] == sorted(meant.values())
        for k, value in execute("SELECT k, v FROM t"):
            assert {k for (k,) in execute("SELECT k FROM t WHERE v = ?", [value])} == {
                one for one, at in meant.items() if at == meant[k]
            }
        numbers = [number for at, number in meant.values() if at == 0]
        of = "FROM t WHERE typeof(v) <> 'text'"
        ((count, total),) = execute(f"SELECT count(*), total(v) {of}")
        assert count == len(numbers)
        size = sum(map(abs, numbers))
        assert size > 10**300 or abs(Fraction(total) - sum(numbers)) <= size / 10**12
        least = execute(f"SELECT min(v), max(v) {of}")[0] if numbers else ()
        assert [Fraction(v) for v in least] == [f(numbers) for f in (min, max) if numbers]


@pytest.mark.parametrize("table", ["", "constraints: declared\n"])
@settings(max_examples=60, deadline=None)
@given(values=MIXED)
def test_sql_sorts_and_sums_numbers_among_texts(table: str, values: list[Any]) -> None:
    check_mixed(values, table)


def test_the_law_sees_numbers_that_are_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: as texts 10 is before 9."""
    monkeypatch.setitem(CODECS, "scalar", replace(CODECS["scalar"], encode=jsontext.dumps))
    monkeypatch.setattr(flatten_columns, "_exact", lambda column, value, **_: None)
    with pytest.raises(AssertionError):
        check_mixed([10, 9, 0.5])


def test_a_number_beyond_64_bits_is_found_as_it_is_written() -> None:
    large = 18446744073709551615
    with open_store(
        ":memory:", compile.compile(spec.loads(MAPPING.format(column="{type: decimal, quoted: false}")))
    ) as store:
        for n, value in enumerate((5, large, 2**63 - 1, 10**30, -(2**64), 2**63)):
            store.put({"k": str(n), "v": value})
        assert store.backend.execute(f"SELECT k FROM t WHERE v = {large}") == [("1",)]
        assert [k for (k,) in store.backend.execute("SELECT k FROM t ORDER BY v")] == list("402513")
        assert store.get("1") == {"k": "1", "v": large}


def test_the_law_sees_times_that_are_not_of_one_width() -> None:
    """The negative control: where a fraction is there only if it is not 0, texts do not sort as times do."""
    said = [f"2025-11-23T10:00:00{fraction}Z" for fraction in (".5", "", ".250")]
    by_text, by_time = sorted(said), sorted(said, key=nanoseconds)
    assert by_text != by_time
    assert [nanoseconds(time) for time in by_text] != sorted(map(nanoseconds, said))
