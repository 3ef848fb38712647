"""Each list of column types has all of them: a further type is seen to be missing where it was forgotten."""

from __future__ import annotations

import json
import math
import re
from contextlib import suppress
from pathlib import Path

import pytest

from docrel.authoring.infer_shapes import FORMATS
from docrel.compile import types
from docrel.diagnostics import DocumentError
from docrel.engine import flatten_columns
from docrel.plan import Column, Value, fits, rules, wording
from docrel.spec.columns import ColumnSpec
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
