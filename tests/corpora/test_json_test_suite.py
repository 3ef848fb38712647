"""Every file of JSONTestSuite: accepted exactly, or refused with a position."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from docrel.diagnostics import Diagnostic, DocumentError
from docrel.values.jsonscan import scan
from docrel.values.jsontext import dumps, dumps_bytes, loads, same
from docrel.values.jsonvalue import JSON

SharedData = Callable[[str], Path]

DUPLICATES = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}
"""Valid by RFC 8259's grammar; refused here, as README.md, How it works, says, unless the last is asked for."""

OVERFLOW = "D303: beyond the largest double, and never bent to infinity"
UNDERFLOW = "D303: a double would be zero, and never bent to zero"
NOT_UTF8 = "D305: not UTF-8, which RFC 8259 section 8.1 demands"
BIG = "accept: integers are exact at any size"
LONE = "accept: a lone surrogate escape is kept as it is"

IMPLEMENTATION_DEFINED = {
    "i_number_double_huge_neg_exp.json": UNDERFLOW,
    "i_number_huge_exp.json": OVERFLOW,
    "i_number_neg_int_huge_exp.json": OVERFLOW,
    "i_number_pos_double_huge_exp.json": OVERFLOW,
    "i_number_real_neg_overflow.json": OVERFLOW,
    "i_number_real_pos_overflow.json": OVERFLOW,
    "i_number_real_underflow.json": UNDERFLOW,
    "i_number_too_big_neg_int.json": BIG,
    "i_number_too_big_pos_int.json": BIG,
    "i_number_very_big_negative_int.json": BIG,
    "i_object_key_lone_2nd_surrogate.json": LONE,
    "i_string_1st_surrogate_but_2nd_missing.json": LONE,
    "i_string_1st_valid_surrogate_2nd_invalid.json": LONE,
    "i_string_UTF-16LE_with_BOM.json": NOT_UTF8,
    "i_string_UTF-8_invalid_sequence.json": NOT_UTF8,
    "i_string_UTF8_surrogate_U+D800.json": NOT_UTF8,
    "i_string_incomplete_surrogate_and_escape_valid.json": LONE,
    "i_string_incomplete_surrogate_pair.json": LONE,
    "i_string_incomplete_surrogates_escape_valid.json": LONE,
    "i_string_invalid_lonely_surrogate.json": LONE,
    "i_string_invalid_surrogate.json": LONE,
    "i_string_invalid_utf-8.json": NOT_UTF8,
    "i_string_inverted_surrogates_U+1D11E.json": LONE,
    "i_string_iso_latin_1.json": NOT_UTF8,
    "i_string_lone_second_surrogate.json": LONE,
    "i_string_lone_utf8_continuation_byte.json": NOT_UTF8,
    "i_string_not_in_unicode_range.json": NOT_UTF8,
    "i_string_overlong_sequence_2_bytes.json": NOT_UTF8,
    "i_string_overlong_sequence_6_bytes.json": NOT_UTF8,
    "i_string_overlong_sequence_6_bytes_null.json": NOT_UTF8,
    "i_string_truncated-utf-8.json": NOT_UTF8,
    "i_string_utf16BE_no_BOM.json": NOT_UTF8,
    "i_string_utf16LE_no_BOM.json": NOT_UTF8,
    "i_structure_500_nested_arrays.json": "D304: deeper than our one stated limit",
    "i_structure_UTF-8_BOM_empty_object.json": "D301: RFC 8259 section 8.1 forbids to add a byte order mark",
}

PLACES = {
    "n_array_1_true_without_comma.json": (1, 4),
    "n_array_a_invalid_utf8.json": (1, 3),
    "n_array_newlines_unclosed.json": (3, 4),
    "n_array_extra_comma.json": (1, 5),
    "n_array_unclosed_with_new_lines.json": (3, 3),
    "n_number_-01.json": (1, 2),
    "n_number_NaN.json": (1, 2),
    "n_object_trailing_comma.json": (1, 9),
    "n_object_trailing_comment.json": (1, 10),
    "n_string_escape_x.json": (1, 3),
    "n_string_unescaped_newline.json": (1, 6),
    "n_string_unescaped_tab.json": (1, 3),
    "n_structure_100000_opening_arrays.json": (1, 257),
    "n_structure_no_data.json": (1, 1),
    "n_structure_open_array_string.json": (1, 5),
    "n_structure_whitespace_formfeed.json": (1, 2),
}

TRANSFORMS: dict[str, JSON | str] = {
    "number_-9223372036854775808.json": [-9223372036854775808],
    "number_-9223372036854775809.json": [-9223372036854775809],
    "number_1.0.json": [1.0],
    "number_1.000000000000000005.json": [Decimal("1.000000000000000005")],
    "number_1000000000000000.json": [1000000000000000],
    "number_10000000000000000999.json": [10000000000000000999],
    "number_1e-999.json": "D303",
    "number_1e6.json": [1000000.0],
    "number_9223372036854775807.json": [9223372036854775807],
    "number_9223372036854775808.json": [9223372036854775808],
    "object_key_nfc_nfd.json": {"\u00e9": "NFC", "e\u0301": "NFD"},
    "object_key_nfd_nfc.json": {"e\u0301": "NFD", "\u00e9": "NFC"},
    "object_same_key_different_values.json": "D302",
    "object_same_key_same_value.json": "D302",
    "object_same_key_unclear_values.json": "D302",
    "string_1_escaped_invalid_codepoint.json": ["\ud800"],
    "string_1_invalid_codepoint.json": "D305",
    "string_2_escaped_invalid_codepoints.json": ["\ud800\ud800"],
    "string_2_invalid_codepoints.json": "D305",
    "string_3_escaped_invalid_codepoints.json": ["\ud800\ud800\ud800"],
    "string_3_invalid_codepoints.json": "D305",
    "string_with_escaped_NULL.json": ["A\u0000B"],
}


def refusal(data: bytes) -> Diagnostic:
    with pytest.raises(DocumentError) as caught:
        loads(data)
    return caught.value.diagnostics[0]


def assert_exact(data: bytes) -> None:
    value = loads(data)
    assert same(loads(dumps(value).encode()), value)
    assert same(loads(dumps_bytes(value, indent=2)), value)
    assert same(scan(data), value)


def test_valid_documents_round_trip(shared_data: SharedData) -> None:
    paths = sorted((shared_data("json-test-suite") / "test_parsing").glob("y_*.json"))
    assert len(paths) == 95
    for path in paths:
        data = path.read_bytes()
        if path.name in DUPLICATES:
            assert refusal(data).code == "D302"
            assert same(loads(data, duplicate_keys="last"), json.loads(data))
            continue
        assert_exact(data)
        if path.name == "y_number_negative_zero.json" or b"[-0]" in data:
            assert same(loads(data), [Decimal("-0")])
        else:
            assert same(loads(data), json.loads(data)), path.name


def test_invalid_documents_are_refused_with_a_position(shared_data: SharedData) -> None:
    paths = sorted((shared_data("json-test-suite") / "test_parsing").glob("n_*.json"))
    assert len(paths) == 188
    for path in paths:
        data = path.read_bytes()
        found = refusal(data)
        assert found.position is not None, path.name
        lines = data.decode(errors="replace").splitlines() or [""]
        assert 1 <= found.position.line <= len(lines) + 1, path.name
        if path.name in PLACES:
            assert (found.position.line, found.position.column) == PLACES[path.name], (path.name, found)


def test_implementation_defined_documents_follow_the_table(shared_data: SharedData) -> None:
    paths = sorted((shared_data("json-test-suite") / "test_parsing").glob("i_*.json"))
    assert {path.name for path in paths} == set(IMPLEMENTATION_DEFINED)
    for path in paths:
        policy = IMPLEMENTATION_DEFINED[path.name].partition(":")[0]
        if policy == "accept":
            assert_exact(path.read_bytes())
            assert same(loads(path.read_bytes()), json.loads(path.read_bytes())), path.name
        else:
            found = refusal(path.read_bytes())
            assert (found.code, found.position is not None) == (policy, True), path.name


def test_documents_that_parsers_read_differently(shared_data: SharedData) -> None:
    paths = sorted((shared_data("json-test-suite") / "test_transform").glob("*.json"))
    assert {path.name for path in paths} == set(TRANSFORMS)
    for path in paths:
        expected = TRANSFORMS[path.name]
        if isinstance(expected, str):
            assert refusal(path.read_bytes()).code == expected, path.name
        else:
            assert_exact(path.read_bytes())
            assert same(loads(path.read_bytes()), expected), path.name
