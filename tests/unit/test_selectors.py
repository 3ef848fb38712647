"""Selectors: every text that is taken means what RFC 9535 says, and every name can be selected."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import jsonpath_rfc9535
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from docrel.selectors import Name, SelectorError, evaluate, names_of, parse, path_text
from docrel.selectors.nodes import (
    Absent,
    AllOf,
    AnyOf,
    Compare,
    Descend,
    Elements,
    Exists,
    Filter,
    Index,
    Indexes,
    Literal,
    Members,
    Names,
    Selector,
    Slice,
    Step,
    Test,
)
from docrel.values import quoted
from docrel.values.json_path import json_path

HOSTILE = (
    *(
        "",
        " ",
        "*",
        "$",
        "@",
        "$ref",
        "@type",
        "a.b",
        "it's",
        'say "hi"',
        "\\",
        "a\nb",
        "\x00",
        "\x7f",
        "\u00a0",
    ),
    *(
        "😀",
        "größe",
        "☺",
        "日本",
        "\ud800",
        "\udc00x",
        "\u2028",
        "where",
        "wherenot",
        "parent",
        "len",
        "null",
        "true",
    ),
    *("_0", "0", "1st", "-1", "a-b", "[0]", "]", "`this`", "a|b", "sorted", "\U000e0001", "\ud800\U000e0001"),
)


def _is_json_string(name: str) -> bool:
    """JSON cannot spell a high surrogate followed by a low one: that is one character."""
    return not re.search("[\ud800-\udbff][\udc00-\udfff]", name)


names = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(codec=None, exclude_categories=()), max_size=8))
json_names = names.filter(_is_json_string)
# What the oracle takes as well: no lone surrogates, which RFC 9535 does not have.
plain_names = st.sampled_from(["a", "b", "", "$", "x y", "it's", '"', "\n", "é", "0", "_0", "null", "\\"])
small = st.integers(-4, 4)
bound = st.none() | small
# No 0 or 1 beside the booleans: the oracle takes `[true]` and `[1]` for equal (CTS has no such case).
scalars = st.sampled_from([None, True, False, 2, -1, 2.0, 0.5, "", "a", "b", "é", "0"])
truthy = st.sampled_from([None, True, 2, -1, 2.0, 0.5, "a", "b"])


def _documents(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(plain_names, inner, max_size=4),
        max_leaves=20,
    )


def _steps(tests: st.SearchStrategy[Test] | None = None) -> st.SearchStrategy[Step]:
    reach: list[st.SearchStrategy[Any]] = [
        st.builds(Name, plain_names),
        st.builds(Index, small),
        st.builds(Elements),
        st.builds(Members),
        st.lists(plain_names, min_size=2, max_size=3).map(lambda found: Names(tuple(found))),
        st.lists(small, min_size=2, max_size=3).map(lambda found: Indexes(tuple(found))),
        st.builds(Slice, bound, bound, bound),
    ]
    if tests is not None:
        reach.append(st.builds(Filter, tests))
    inner = st.one_of(reach)
    return st.one_of(inner, inner, st.builds(Descend, inner))


def _selectors(tests: st.SearchStrategy[Test] | None = None) -> st.SearchStrategy[Selector]:
    return st.builds(Selector, st.booleans(), st.lists(_steps(tests), max_size=3).map(tuple))


single = st.builds(
    Selector,
    st.booleans(),
    st.lists(st.builds(Name, plain_names) | st.builds(Index, small), max_size=2).map(tuple),
)
literals = scalars.map(lambda value: Literal(quoted(value) if isinstance(value, str) else json.dumps(value)))
comparands = st.one_of(literals, single)
comparisons = st.builds(Compare, comparands, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), comparands)
# The oracle takes the existence of `@` itself for its truthiness; test_existence_is_not_truthiness has that.
sought = _selectors().filter(lambda selector: selector.root or selector.steps)
plain_tests = st.one_of(comparisons, st.builds(Exists, sought), st.builds(Absent, sought))
ors = st.lists(plain_tests, min_size=2, max_size=3).map(lambda found: AnyOf(tuple(found)))
ands = st.lists(plain_tests | ors, min_size=2, max_size=3).map(lambda found: AllOf(tuple(found)))
any_tests = st.one_of(
    plain_tests, ors, ands, st.builds(Exists, _selectors(plain_tests).filter(lambda found: found.steps))
)
rooted = st.lists(_steps(any_tests), max_size=4).map(lambda steps: Selector(True, tuple(steps)))


def _same(left: Any, right: Any) -> bool:
    return json.dumps(left) == json.dumps(right)


@pytest.mark.parametrize(
    ("text", "steps", "canonical"),
    [
        ("manifest.metadata.projectId", (Name("manifest"), Name("metadata"), Name("projectId")), None),
        ("@", (), None),
        ("*", (Members(),), None),
        ("@.*", (Members(),), "*"),
        ("manifest.artifacts.*", (Name("manifest"), Name("artifacts"), Members()), None),
        ("lines[*].qty", (Name("lines"), Elements(), Name("qty")), None),
        ('["odd key"].x', (Name("odd key"), Name("x")), None),
        ("'odd key'", (Name("odd key"),), '["odd key"]'),
        ("x[0]", (Name("x"), Index(0)), None),
        ("[-1]", (Index(-1),), None),
        ('metadata["$ref"]', (Name("metadata"), Name("$ref")), None),
        ("größe.a-b._0.☺", (Name("größe"), Name("a-b"), Name("_0"), Name("☺")), None),
        ("where.parent.len.null.true", tuple(map(Name, ("where", "parent", "len", "null", "true"))), None),
        (r"['a\nb\u00e9\ud83d\ude00\'\\\/']", (Name("a\nbé😀'\\/"),), '["a\\nbé😀\'\\\\/"]'),
        ('["\\ud800"]', (Name("\ud800"),), None),
        ("..a", (Descend(Name("a")),), "@..a"),
        ("a..b[1:2]", (Name("a"), Descend(Name("b")), Slice(1, 2, None)), None),
        ("a [ 0 , 2 ] [ 'b' , 'c' ]", (Name("a"), Indexes((0, 2)), Names(("b", "c"))), 'a[0, 2]["b", "c"]'),
    ],
)
def test_texts_as_users_write_them(text: str, steps: tuple[Step, ...], canonical: str | None) -> None:
    selector = parse(text)
    assert selector == Selector(False, steps)
    assert str(selector) == (canonical or text)
    assert parse("$" + ("." if str(selector)[0] not in "[@" else "") + str(selector).removeprefix("@")).root


def test_filter_is_lowered_with_its_precedence() -> None:
    text = "lines[?@.kind == 'x' || !@.a && (@.b || 1 < $.c)]"
    of = {name: Selector(False, (Name(name),)) for name in ("kind", "a", "b")}
    either = AnyOf((Exists(of["b"]), Compare(Literal("1"), "<", Selector(True, (Name("c"),)))))
    test = AnyOf((Compare(of["kind"], "==", Literal('"x"')), AllOf((Absent(of["a"]), either))))
    assert parse(text) == Selector(False, (Name("lines"), Filter(test)))
    assert str(parse(text)) == 'lines[?@.kind == "x" || !@.a && (@.b || 1 < $.c)]'


@pytest.mark.parametrize(
    ("text", "is_two_way", "is_single"),
    [
        ("$", True, True),
        ("a[0].b", True, True),
        ("a[-1]", False, True),
        ("a[*].b.*", True, False),
        ("a..b", False, False),
        ("a[0, 1]", False, False),
        ("a['x', 'y']", False, False),
        ("a[:]", False, False),
        ("a[?@]", False, False),
    ],
)
def test_two_way_and_single(text: str, is_two_way: bool, is_single: bool) -> None:
    selector = parse(text)
    assert selector.single == is_single
    assert selector.path == (selector.steps if is_two_way else None)


@given(st.lists(json_names, max_size=5))
@example(list(HOSTILE))
def test_names_are_told_where_there_are_only_names(names: list[str]) -> None:
    steps = tuple(map(Name, names))
    assert Selector(False, steps).names == names_of(steps) == tuple(names)
    for other in (Index(0), Elements(), Members(), Descend(Name("a"))):
        assert Selector(False, (*steps, other)).names is None


@given(st.lists(json_names | st.integers(0, 999), max_size=5))
@example(list(HOSTILE))
def test_a_path_has_one_spelling_that_can_be_pasted_back(path: list[str | int]) -> None:
    steps = tuple(Name(step) if isinstance(step, str) else Index(step) for step in path)
    assert json_path(path) == path_text(steps, "$") == str(Selector(True, steps))
    assert parse(json_path(path)) == Selector(True, steps)
    assert parse(path_text(steps, "@")) == parse(path_text(steps)) == Selector(False, steps)


@pytest.mark.parametrize(
    ("text", "offset", "words"),
    [
        ("", 0, "empty"),
        ("a.$ref", 2, '["$ref"]'),
        ("@type", 0, '["@type"]'),
        ("a.1st", 2, '["1st"]'),
        ("a.'b c'", 2, '["b c"]'),
        ("a.b+c", 3, '["b+c"]'),
        ("größe.`parent`", 6, "no meaning"),
        ("a where b", 2, "cannot follow"),
        ("a | b", 2, "no meaning"),
        ("$.orders[*].lines[?@.qty > ]", 27, "value is expected"),
        ("a[b]", 2, '["b"]'),
        ('a["b', 2, "closing quote"),
        ('a["b"', 5, "close the bracket"),
        ("a[0,'b']", 4, "several names or several indexes"),
        ("a[?@.x, 1]", 6, "several names or several indexes"),
        ("a[?length(@.x) == 1]", 3, "functions"),
        ("a[?@..b == 1]", 6, "one value at most"),
        ("a[?!(@.b == 1)]", 9, "!="),
        ("a[?(@.b).c]", 8, "cannot follow `)`"),
        ("a[?@.b == 1e999]", 10, "too large"),
        ("a[?@.b = 1]", 7, "not a comparison"),
        (r'a["\q"]', 3, "escape"),
        ("a ", 1, "blanks"),
        ("a. b", 2, "blank"),
        ("a[01]", 3, "JSON"),
        ("a" + "[?@" * 40 + "]" * 40, 97, "brackets"),
    ],
)
def test_refusals_name_the_place_and_a_way_out(text: str, offset: int, words: str) -> None:
    with pytest.raises(SelectorError) as caught:
        parse(text)
    assert caught.value.offset == offset
    assert caught.value.help
    assert words in caught.value.message + caught.value.help


@given(st.booleans(), st.lists(json_names, max_size=5))
@example(True, list(HOSTILE))
def test_every_name_can_be_selected(root: bool, path: list[str]) -> None:
    selector = Selector(root, tuple(map(Name, path)))
    assert parse(str(selector)) == selector
    str(selector).encode()
    document: Any = "here"
    for name in reversed(path):
        document = {"other": 1, name: document}
    assert evaluate(parse(str(selector)), document, document) == ["here"]


@given(json_names)
def test_both_quotes_spell_the_same_name(name: str) -> None:
    single_quoted = "'" + quoted(name)[1:-1].replace("'", "\\'").replace('\\"', '"') + "'"
    assert parse(f"$[{single_quoted}]") == parse(f"$[{quoted(name)}]") == Selector(True, (Name(name),))


@given(rooted)
@settings(deadline=None)
def test_a_text_comes_back(selector: Selector) -> None:
    assert parse(str(selector)) == selector


@given(rooted, _documents(scalars))
@settings(deadline=None, max_examples=300)
def test_evaluate_agrees_with_the_oracle(selector: Selector, document: Any) -> None:
    expected = [node.value for node in jsonpath_rfc9535.find(str(selector), document)]
    assert _same(evaluate(selector, document, document), expected)


SOUP = [
    "$",
    "@",
    ".",
    "..",
    "[",
    "]",
    "(",
    ")",
    ",",
    ":",
    "*",
    "?",
    "!",
    "&&",
    "||",
    "==",
    "<",
    "a",
    "b",
    "null",
]
SOUP += [
    "0",
    "[-1]",
    ":-1",
    "1.5",
    "'a'",
    '"b"',
    " ",
    "[?",
    "[?@.a",
    "$.a",
    "@.b",
    "['a']",
    "[0]",
    "[*]",
    ".*",
    "..a",
]


@given(st.lists(st.sampled_from(SOUP), max_size=9), _documents(truthy))
@settings(deadline=None, max_examples=500)
def test_no_text_is_taken_that_the_oracle_refuses(pieces: list[str], document: Any) -> None:
    text = "$" + "".join(pieces)
    try:
        selector = parse(text)
    except SelectorError as error:
        assert 0 <= error.offset <= len(text)
        return
    expected = [node.value for node in jsonpath_rfc9535.find(text, document)]
    assert _same(evaluate(selector, document, document), expected)


def test_the_oracle_would_catch_a_type_loose_comparison() -> None:
    """The negative control: `true == 1` in Python, never in JSONPath."""
    document: list[dict[str, Any]] = [{"a": True}, {"a": 1}, {"a": 1.0}, {"a": "1"}]
    loose = [element for element in document if element["a"] == 1]
    expected = [node.value for node in jsonpath_rfc9535.find("$[?@.a == 1]", document)]
    assert not _same(loose, expected)
    assert _same(evaluate(parse("$[?@.a == 1]"), document, document), expected)


def test_existence_is_not_truthiness() -> None:
    document: list[Any] = [None, False, 0, "", [], {}]
    assert evaluate(parse("$[?@]"), document, document) == document
    assert evaluate(parse("$[?!@]"), document, document) == []


def test_equality_is_strict_at_every_depth() -> None:
    document = {
        "x": [[True], {"a": 1}],
        "rows": [[[True], {"a": 1.0}], [[1], {"a": 1}], [[True], {"a": "1"}]],
    }
    assert evaluate(parse("rows[?@ == $.x]"), document, document) == [[[True], {"a": 1.0}]]


def test_a_relative_selector_starts_at_the_node() -> None:
    document: Any = {"limit": 2, "rows": [{"n": [1, 2, 3]}]}
    row = document["rows"][0]
    assert evaluate(parse("n[?@ > $.limit]"), row, document) == [3]
    assert evaluate(parse("@"), row, document) == [row]
    assert evaluate(parse("$.limit"), row, document) == [2]


def test_deep_documents_need_no_recursion() -> None:
    document: Any = {"a": 1}
    for _ in range(20_000):
        document = [document]
    assert evaluate(parse("$..a"), document, document) == [1]
    assert evaluate(parse("$[?@ == @]"), document, document) == document


def test_jsonpath_ng_is_imported_by_parse_only() -> None:
    program = "import sys, docrel.selectors; sys.exit('jsonpath_ng' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
