"""The strict YAML reader: values, exact positions, and each refusal with its place and words."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from docrel.diagnostics import MappingError, Position
from docrel.diagnostics.codes import codes
from docrel.spec import read_plain
from docrel.spec.yaml_reader import MAX_BYTES, Pairs, excerpt, load_yaml, read_yaml
from docrel.spec.yaml_scalars import Refusal


def value(text: str) -> Any:
    return read_yaml(text, "m.yaml").value


def refusals(text: str) -> list[tuple[str, int, int]]:
    """Return code, line and column of every diagnostic of a refused text."""
    with pytest.raises(MappingError) as caught:
        read_yaml(text, "m.yaml")
    found = []
    for diagnostic in caught.value.diagnostics:
        assert diagnostic.code in codes()
        assert diagnostic.position is not None
        assert diagnostic.help
        found.append((diagnostic.code, diagnostic.position.line, diagnostic.position.column))
    return found


def message(text: str) -> tuple[str, str]:
    """Return message and help of the only diagnostic of a refused text."""
    with pytest.raises(MappingError) as caught:
        read_yaml(text, "m.yaml")
    (only,) = caught.value.diagnostics
    return only.message, only.help


# --- values


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        *((word, None) for word in ("", "~", "null", "Null", "NULL")),
        *((word, True) for word in ("true", "True", "TRUE")),
        *((word, False) for word in ("false", "False", "FALSE")),
        *(
            ("0", 0),
            ("-0", 0),
            ("+3", 3),
            ("-12", -12),
            ("0x1F", 31),
            ("0o17", 15),
            ("9" * 30, int("9" * 30)),
        ),
        *(("1.0", 1.0), ("1e3", 1000.0), (".5", 0.5), ("1.", 1.0), ("-0.0", -0.0), ("1E-2", 0.01)),
        *((word, word) for word in ("nope", "a:b", "$.a[*].b", "1.2.3", "v1", "12ab", "tRUE", "1:", "x=y", "$")),
    ],
)
def test_plain_words_follow_the_core_schema(word: str, meant: object) -> None:
    got = value(f"a: {word}\n")["a"] if not word.endswith(":") else read_plain(word)
    assert (type(got), repr(got)) == (type(meant), repr(meant))


SURPRISES = (
    "y", "Y", "n", "N", "yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off",
    "OFF", "2025-01-01", "2025-1-1", "2025-01-01T10:00:00Z", "1:30", "1:30:59", "-1:30", "1:30.5",
    "1_000", "1_000.5", "0x_1F", "-0x1F", "007", "010", "-01", "00.5", "0b101", ".inf", "-.INF",
    ".nan", ".NaN", "=", "<<",
)  # fmt: skip


@pytest.mark.parametrize("word", SURPRISES)
def test_yaml_11_surprises_are_refused_plain_and_taken_quoted(word: str) -> None:
    assert refusals(f"a:\n  b: {word}\n") == [("Y111", 2, 6)]
    assert message(f"a: {word}")[1] == f"put quotes around it: '{word}'"
    assert refusals(f"{word}: a\n")[0][1:] == (1, 1)
    assert value(f"a: '{word}'\n\"{word}\": b\n") == {"a": word, word: "b"}


def test_a_date_with_a_time_is_refused_whole() -> None:
    assert message("a: 2025-01-01 10:00:00")[0].startswith("2025-01-01 10:00:00 is a date to some")


@pytest.mark.parametrize(
    "word",
    [*SURPRISES, "1", "a", "190:20:30.15", "685_230.15", "+12e03", "0o7", "0", "-",
     "2001-12-14t21:59:43.10-05:00", "1__0", "_1", "0_7", "08", "09:30", "+.inf",
     "1e3_0", "6.8523015e+5", "12:30:45", "._1", "~a", "1.5_"],
)  # fmt: skip
def test_no_word_is_silently_text_that_pyyaml_takes_for_something_else(word: str) -> None:
    resolver = yaml.SafeLoader("")
    elsewhere = resolver.resolve(yaml.ScalarNode, word, (True, False))  # type: ignore[no-untyped-call]
    if elsewhere != "tag:yaml.org,2002:str":
        assert not isinstance(read_plain(word), str)


def test_numbers_beyond_the_limits_are_refused() -> None:
    assert message("a: 1e400") == ("1e400 is too large for a number", "put quotes around it: '1e400'")
    assert refusals("a: " + "9" * 5000) == [("Y118", 1, 4)]
    assert isinstance(read_plain("-1e999"), Refusal)
    assert math.isfinite(value("1e308"))


def test_quoted_and_block_text_is_text() -> None:
    text = "a: 'no'\nb: \"1\\t\\ud83d\\ude00 \\ud800\"\nc: |\n  yes\n  1:30\nd: >-\n  x\n  y\ne: ''\n"
    assert value(text) == {"a": "no", "b": "1\t\U0001f600 \ud800", "c": "yes\n1:30\n", "d": "x y", "e": ""}


def test_typed_keys_stay_apart_and_make_pairs() -> None:
    got = value("1: a\ntrue: b\n'1': c\n1.0: d\nnull: e\n")
    assert isinstance(got, Pairs)
    assert [(type(key), key, item) for key, item in got.entries] == [
        (int, 1, "a"),
        (bool, True, "b"),
        (str, "1", "c"),
        (float, 1.0, "d"),
        (type(None), None, "e"),
    ]
    assert value("{}") == {}
    assert value("[]") == []
    assert value("---\n...\n") is None


# --- positions


def places(text: str) -> dict[Any, tuple[int, int, int, int]]:
    read = read_yaml(text, "m.yaml")
    return {
        path: (key.line, key.column, read.values[path].line, read.values[path].column)
        for path, key in read.keys.items()
    }


def test_every_key_and_value_has_its_place() -> None:
    text = "a:\n  b: 1\n  'c d':   [x, {y1: z}]\n  e:\nf:\n- 1\n- g: |\n    t\n"
    assert places(text) == {
        ("a",): (1, 1, 2, 3),
        ("a", "b"): (2, 3, 2, 6),
        ("a", "c d"): (3, 3, 3, 12),
        ("a", "c d", 0): (3, 13, 3, 13),
        ("a", "c d", 1): (3, 16, 3, 16),
        ("a", "c d", 1, "y1"): (3, 17, 3, 21),
        ("a", "e"): (4, 3, 4, 5),
        ("f",): (5, 1, 6, 1),
        ("f", 0): (6, 3, 6, 3),
        ("f", 1): (7, 3, 7, 3),
        ("f", 1, "g"): (7, 3, 7, 6),
    }
    assert read_yaml(text, "m.yaml").values[()] == Position("m.yaml", 1, 1)


def test_entries_of_pairs_go_by_their_index() -> None:
    assert places("a: {1: x, true: {b: c}}") == {
        ("a",): (1, 1, 1, 4),
        ("a", 0): (1, 5, 1, 8),
        ("a", 1): (1, 11, 1, 17),
        ("a", 1, "b"): (1, 18, 1, 21),
    }


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_columns_count_characters_whatever_ends_the_lines(end: str) -> None:
    text = f'é: "a\tb" #\t{end}"😀": {{"ü\t": 1, b: 2}}{end}{end}z: 3'
    assert places(text) == {
        ("é",): (1, 1, 1, 4),
        ("😀",): (2, 1, 2, 6),
        ("😀", "ü\t"): (2, 7, 2, 13),
        ("😀", "b"): (2, 16, 2, 19),
        ("z",): (4, 1, 4, 4),
    }
    assert read_yaml(text, "m.yaml").lines == ('é: "a\tb" #\t', '"😀": {"ü\t": 1, b: 2}', "", "z: 3")


def test_an_excerpt_is_the_line_printable_and_not_endless() -> None:
    read = read_yaml("a: 1\r\nb: \u00a02\n" + "c: " + "x" * 5000, "m.yaml")
    assert excerpt(read, Position("m.yaml", 1, 4)) == "a: 1"
    assert excerpt(read, Position("m.yaml", 2, 1)) == "b: \ufffd2"
    assert len(excerpt(read, Position("m.yaml", 3, 4))) == 300
    assert excerpt(read, Position("m.yaml", 3, 4000)) == ""
    assert excerpt(read, Position("m.yaml", 99, 1)) == ""


# --- refusals


def test_all_problems_are_told_at_once_in_full() -> None:
    text = (
        "tables:\n"
        "  orders:\n"
        "    each: $.orders.*\n"
        "    columns:\n"
        "      id: {from: lines[*].id, type: text}\n"
        "      no: {from: '@', type: text}\n"
        "      sum: {type: real}\n"
        "      sum: {from: x[?@.q > 3], required}\n"
    )
    with pytest.raises(MappingError) as caught:
        read_yaml(text, "orders.yaml")
    assert str(caught.value) == (
        "orders.yaml:5:18: error[Y108]: the JSONPath lines[*].id must be quoted inside { } and [ ]\n"
        "  5 |       id: {from: lines[*].id, type: text}\n"
        "    |                  ^ begins here\n"
        "  help: put quotes around it: 'lines[*].id'\n"
        "orders.yaml:6:7: error[Y111]: no is a boolean to some YAML readers and text to others\n"
        "  6 |       no: {from: '@', type: text}\n"
        "    |       ^\n"
        "  help: put quotes around it: 'no'\n"
        "orders.yaml:8:7: error[Y110]: the key sum stands twice in one mapping, first on line 7\n"
        "  8 |       sum: {from: x[?@.q > 3], required}\n"
        "    |       ^ also on line 7\n"
        "  help: rename or remove one of the two\n"
        "orders.yaml:8:19: error[Y108]: the JSONPath x[?@.q > 3] must be quoted inside { } and [ ]\n"
        "  8 |       sum: {from: x[?@.q > 3], required}\n"
        "    |                   ^ begins here\n"
        "  help: put quotes around it: 'x[?@.q > 3]'\n"
        "orders.yaml:8:32: error[Y119]: the key required has no value\n"
        "  8 |       sum: {from: x[?@.q > 3], required}\n"
        "    |                                ^\n"
        "  help: write `required: ` and a value, `null` for none"
    )


@pytest.mark.parametrize(
    ("text", "column", "mended"),
    [
        ("a: {from: x[*].y}", 11, "'x[*].y'"),
        ("a: {from: x[*].y  # why\n  }", 11, "'x[*].y'"),
        ("a: {from: x[0]}", 11, "'x[0]'"),
        ("a: {from: $.a[?(@.b == 'c, d')], type: text}", 11, "\"$.a[?(@.b == 'c, d')]\""),
        ("a: {from: $['x, y'][*].z}", 11, "\"$['x, y'][*].z\""),
        ("a: {from: $[\"x\"]['y'][*]}", 11, "'$[\"x\"][''y''][*]'"),
        ("a: {from: [p, q[0].r]}", 15, "'q[0].r'"),
        ("a: {from: @}", 11, "'@'"),
        ("a: {each: *.y}", 11, "'*.y'"),
        ("a: {each: [*].x}", 11, "'[*].x'"),
        ("a: {repeat: [@, b]}", 14, "'@'"),
        ("a: {x[0]: b}", 5, "'x[0]'"),
        ("a: *", 4, "'*'"),
        ("a: @.x # c", 4, "'@.x'"),
        ("a: [*].x", 4, "'[*].x'"),
        ("a:\n - *", 4, "'*'"),
    ],
)
def test_an_unquoted_jsonpath_is_told_how_to_quote(text: str, column: int, mended: str) -> None:
    assert refusals(text) == [("Y108", text.count("\n - ") + 1, column)]
    told, help_ = message(text)
    assert told.startswith(f"the JSONPath {yaml.safe_load(mended)} must be quoted")
    assert help_ == f"put quotes around it: {mended}"
    assert yaml.safe_load(mended) in text


def test_what_yaml_can_hold_unquoted_is_taken() -> None:
    text = "a: $.a[*].b['c'][?@.d > 3]\nb: {from: $.a.*, to: $..x}\nc: $\nd: [a.b, $.c]\n"
    assert value(text) == {
        "a": "$.a[*].b['c'][?@.d > 3]",
        "b": {"from": "$.a.*", "to": "$..x"},
        "c": "$",
        "d": ["a.b", "$.c"],
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\n\na: 3\n'a': 4", [("Y110", 4, 1), ("Y110", 5, 1)]),
        ("{1: a, 0x1: b}", [("Y110", 1, 8)]),
        ("a: &x b1\nc: *x\n", [("Y112", 1, 4), ("Y112", 2, 4)]),
        ("a: &", [("Y112", 1, 4)]),
        ("a: !x b1\nc: ! d\ne: !!str 1", [("Y113", 1, 4), ("Y113", 2, 4), ("Y113", 3, 4)]),
        ("a: !<x", [("Y113", 1, 4)]),
        ("a: {<<: b}", [("Y114", 1, 5)]),
        ("a: 1\n---\nb: *x\n", [("Y115", 2, 1)]),
        ("%YAML 1.2\n---\na: 1", [("Y115", 1, 1)]),
        ("%NEW x\n---\na: 1", [("Y115", 1, 1)]),
        ("[a, b]: c\n{d: e}: f", [("Y116", 1, 1), ("Y116", 2, 1)]),
        ("? a\n: b", [("Y116", 1, 1)]),
        ("a: {b: [?c]}", [("Y116", 1, 9)]),
        ("a: {b:1}", [("Y119", 1, 5)]),
        ("a:\n\tb: 1", [("Y107", 2, 1)]),
        ("a:\n  \tb: 1", [("Y107", 2, 3)]),
        ("a:\tb", [("Y107", 1, 3)]),
        ("é:\r\n  ü: x\ty", [("Y107", 2, 7)]),
        ("a: b: c", [("Y106", 1, 5)]),
        ("a: 1\nfoo\nb: 2", [("Y106", 2, 1)]),
        ("a: 'b' c", [("Y106", 1, 8)]),
        ("a: > 0", [("Y106", 1, 4)]),
        ("a: `b", [("Y106", 1, 4)]),
        ('a: "\\d"', [("Y106", 1, 6)]),
        ('a: "\\xZZ"', [("Y106", 1, 7)]),
        ('a: "\\UFFFFFFFF"', [("Y106", 1, 7)]),
        ("a: - b", [("Y106", 1, 4)]),
        ("a: {b: c d: e}", [("Y106", 1, 11)]),
        ("a: [1, 2\nb: 3", [("Y106", 2, 2)]),
        ("a: 1\n}", [("Y106", 2, 1)]),
        ("a: 'b\nc: d\n", [("Y109", 1, 4)]),
        ('a: "b\n---\n', [("Y109", 1, 4)]),
        ("a: {b: [c, d", [("Y109", 1, 8)]),
        (
            "a: b\x00c\u2028\n\ufeffd: \ud800e",
            [("Y104", 1, 5), ("Y104", 1, 7), ("Y104", 2, 1), ("Y104", 2, 5)],
        ),
        ("", [("Y105", 1, 1)]),
        ("# only\n", [("Y105", 1, 1)]),
        ("a: no\nb: 1\nb: 2\nc: 'x", [("Y111", 1, 4), ("Y110", 3, 1), ("Y109", 4, 4)]),
    ],
)
def test_each_refusal_has_its_code_and_place(text: str, expected: list[tuple[str, int, int]]) -> None:
    assert refusals(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "a: 1\na: 2",
            ("the key a stands twice in one mapping, first on line 1", "rename or remove one of the two"),
        ),
        ("a:\n\tb: 1", ("a tab cannot indent a line", "indent with spaces")),
        ("{a:1}", ("the key a:1 has no value", "put a space after the ':'")),
        (
            "a: b: c",
            ("a ':' stands where no key can be", "quote a value that holds ': ', or mend the indentation"),
        ),
        (
            "a: \x1b",
            (
                "the character U+001B may not stand in a YAML file",
                'remove it, or write "\\x1b" inside double quotes',
            ),
        ),
        ("a: *x", ("*x is a YAML alias", "write the content out, or quote a JSONPath: '*x'")),
    ],
)
def test_messages_are_in_the_users_words(text: str, expected: tuple[str, str]) -> None:
    assert message(text) == expected


def test_an_unclosed_bracket_names_the_line_it_was_opened_on() -> None:
    with pytest.raises(MappingError, match=r"\^ inside the \[ of line 1\n"):
        read_yaml("a: [1, 2\nb: 3", "m.yaml")


def test_blanked_jsonpaths_are_not_taken_for_equal_keys() -> None:
    assert refusals("a: {x[0]: 1, y[0]: 2}") == [("Y108", 1, 5), ("Y108", 1, 14)]


# --- hostile input


def test_levels_are_counted_and_never_reach_pythons_stack() -> None:
    assert value("[" * 100 + "]" * 100)
    assert refusals("[" * 101 + "]" * 101) == [("Y117", 1, 101)]
    assert refusals("{a: " * 50_000) == [("Y117", 1, 401)]
    assert refusals("- " * 50_000) == [("Y117", 1, 201)]


@pytest.mark.parametrize(
    "text",
    [
        "\x01" * 100_000,
        "no: " * 1,
        "? " * 5_000,
        "a: [" + "x[*], " * 300 + "]",
        "a: {b: " + "'' " * 20_000 + "}",
    ],
)
def test_a_flood_of_problems_is_cut_and_quick(text: str) -> None:
    began = time.perf_counter()
    assert 1 <= len(refusals(text)) <= 200
    assert time.perf_counter() - began < 5


# --- files


def load_refusal(path: Path) -> str:
    with pytest.raises(MappingError) as caught:
        load_yaml(path)
    return str(caught.value).replace(str(path), "F")


def test_a_file_is_read_with_and_without_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: \xc3\xa9\r\nb: 2\r\n")
    read = load_yaml(path)
    assert (read.value, read.file, read.lines) == ({"a": "é", "b": 2}, str(path), ("a: é", "b: 2", ""))
    assert read.keys["a",] == Position(str(path), 1, 1)


def test_files_that_cannot_be_used_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    assert load_refusal(path).startswith("F: error[Y101]: the file cannot be read: No such file")
    assert load_refusal(tmp_path).startswith("F: error[Y101]: the file cannot be read: Is a directory")
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\n\xc3\xa9: \xe9\n")
    assert load_refusal(path).startswith("F:2:4: error[Y102]: the byte 0xE9 is not UTF-8\n")
    path.write_bytes("a: 1".encode("utf-16"))
    assert load_refusal(path).startswith("F: error[Y102]: the file is UTF-16 or UTF-32, not UTF-8\n")
    with path.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    assert load_refusal(path).startswith("F: error[Y103]: the file is larger than 16 MiB\n")
