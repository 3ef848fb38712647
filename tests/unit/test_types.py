"""Each list of column types has all of them: a further type is seen to be missing where it was forgotten."""

from __future__ import annotations

import json
import math
import re
from contextlib import suppress
from pathlib import Path

import pytest

from docrel.authoring.infer_shapes import FORMATS
from docrel.compile import compile, types
from docrel.diagnostics import DocumentError
from docrel.engine import flatten_columns
from docrel.plan import Column, Value, fits, rules, wording
from docrel.spec import loads
from docrel.spec.columns import ColumnSpec
from docrel.store import open_store
from docrel.testing.documents import _TYPICAL
from docrel.values.codecs import _BUILT_IN, CODECS

ROOT = Path(__file__).parents[2]
BUILT_IN = tuple(codec.name for codec in _BUILT_IN)
OF_SCALARS = tuple(name for name in BUILT_IN if not CODECS[name].container)


def test_the_schema_for_editors_has_all_types() -> None:
    schema = json.loads((ROOT / "mapping.schema.json").read_text())["$defs"]["ColumnSpec"]["properties"]["type"]
    assert tuple(schema["examples"]) == BUILT_IN
    assert not [name for name in BUILT_IN if not re.search(rf"\b{name}\b", schema["description"])]
    assert ColumnSpec.model_fields["type"].json_schema_extra == {"examples": list(BUILT_IN)}


def test_the_language_has_all_types_in_a_table_and_a_case() -> None:
    page = (ROOT / "docs/language.md").read_text().split("\n## Types\n")[1].split("\n## ")[0]
    assert tuple(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == BUILT_IN
    assert not [name for name in OF_SCALARS if not (ROOT / f"tests/cases/type-{name}/mapping.yaml").exists()]


def test_pages_say_of_all_types_what_they_do_not_hold() -> None:
    assert tuple(wording._INEXACT) == OF_SCALARS


def test_random_documents_have_values_of_all_types() -> None:
    assert tuple(_TYPICAL) == OF_SCALARS
    assert not [name for name in OF_SCALARS if not any(fits(name, value) for value in _TYPICAL[name])]


@pytest.mark.parametrize("name", BUILT_IN)
def test_hot_types_are_tried_without_their_codec(name: str) -> None:
    assert (flatten_columns._exact(Column("c", name, Value(())), "v") is not None) == CODECS[name].native


def test_what_some_types_only_have_is_of_types_that_are_there() -> None:
    assert {*types._MEANT.values(), *rules.ORDERED, *FORMATS} <= {*BUILT_IN}


@pytest.mark.parametrize("name", [name for name in BUILT_IN if not CODECS[name].container])
def test_what_sql_leaves_in_a_column_is_held_or_is_not(name: str) -> None:
    """SQL may write what no document says: then the codec still answers, or says in our words what it is not."""
    for stored in (math.inf, -math.inf, 1e308, -0.0, 2**63 - 1, "", "x", "1e999", "9" * 5000, "2025-99-99T00:00:00Z"):
        with suppress(DocumentError):
            CODECS[name].encode(CODECS[name].decode(stored))


# -- spellings -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "held", "form"),
    [
        ("2025-11-23T10:00:00+0200", "2025-11-23T08:00:00.000000000Z", "Ts+0200"),
        ("2025-11-23T10:00:00+02:00", "2025-11-23T08:00:00.000000000Z", "Ts+02:00"),
        ("2025-11-23T10:00:00.000+0000", "2025-11-23T10:00:00.000000000Z", "Ts.3+0000"),
        ("2025-11-23t10:00:00.123456789z", "2025-11-23T10:00:00.123456789Z", "ts.9z"),
        ("2025-11-23 10:00:00,5-01", "2025-11-23T11:00:00.500000000Z", " s,1-01"),
        ("2025-11-23T10:00", "2025-11-23T10:00:00.000000000Z", "T"),
        ("2025-02-30T10:00", None, "T"), ("2025-11-23T10:00:60Z", None, "TsZ"),
        ("0001-01-01T00:00+01:00", None, "T+01:00"),
        ("2025-11-23T10:00:00.1234567890Z", None, None), ("2025-11-23", None, None), (1763892000, None, None),
    ],
)  # fmt: skip
def test_a_time_is_held_in_one_width_and_its_form_is_told(said: object, held: str | None, form: str | None) -> None:
    codec = CODECS["timestamp"]
    assert codec.form is not None and codec.spell is not None
    assert (codec.encode(said), codec.form(said)) == (held, form)
    if held is not None and form is not None:
        assert codec.spell(held, form) == said


@pytest.mark.parametrize("said", ["2025-11-23T10:00:00Z", "2025-11-23T10:00:00.120Z", "2025-11-23T10:00:00.000001Z"])
def test_a_usual_time_needs_no_form(said: str) -> None:
    codec = CODECS["timestamp"]
    assert codec.decode(codec.encode(said)) == said


@pytest.mark.parametrize(
    ("kind", "said", "held"),
    [
        ("integer", "7", 7), ("integer", "007", 7), ("integer", "+7", 7), ("integer", "7.0", 7),
        ("integer", "7.5", None), ("integer", "9223372036854775808", None),
        ("integer", "1_000", None), ("integer", "٧", None), ("integer", "", None),
        ("real", "9.50", 9.5), ("real", ".5", 0.5), ("real", "1e400", None), ("real", "NaN", None),
        ("real", " 1", None), ("decimal", "9.50", 9.5), ("decimal", 2**64 - 1, 1.8446744073709552e19),
        ("decimal", 2**53 + 1, 2**53 + 1),
        ("decimal", "1e999999999", None), ("decimal", True, None), ("decimal", "-0", 0),
    ],
)  # fmt: skip
def test_a_number_within_a_string_is_a_number(kind: str, said: object, held: float | None) -> None:
    found = CODECS[kind].encode(said)
    assert (found, type(found)) == (held, type(held))


def test_an_edit_by_sql_keeps_the_form() -> None:
    number, time = CODECS["real"].spell, CODECS["timestamp"].spell
    assert number is not None and time is not None
    assert [number(8.0, 2), number(8.125, 2), number(8.0, 0), number(1e-7, 8)] == ["8.00", "8.125", "8", "0.00000010"]
    assert time("2026-01-01T00:00:07.250000000Z", "T+02:00") == "2026-01-01T02:00:07.25+02:00"
    for spell, form in ((number, -1), (number, 10**9), (number, "T"), (time, "Ts.0Z"), (time, 2), (time, "T{0}")):
        with pytest.raises(ValueError, match="is no form"):
            spell(8.0, form)


@pytest.mark.parametrize("type_name", ["text", "integer", "real", "decimal", "scalar", "json", "boolean", "timestamp"])
def test_minus_zero_comes_back_as_the_integer_that_it_is(type_name: str) -> None:
    columns = f"{{id: {{unique: true, required: true}}, v: {type_name}}}"
    plan = compile(loads(f"mapping: m\ntables: {{m: {{columns: {columns}}}}}"))
    lines = [f'{{"id":"{text}","v":{text}}}'.encode() for text in ("-0", "-0.0", "0", "0.0")]
    with open_store(":memory:", plan) as store:
        store.import_(lines)
        assert list(store.export()) == lines
        held = dict[str, object](store.backend.execute("SELECT id, v FROM m"))
        if type_name in {"integer", "decimal", "scalar"}:
            assert [held["-0"].__class__, held["-0"]] == [int, 0]
