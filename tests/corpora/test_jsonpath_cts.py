"""The JSONPath compliance test suite: for each selector the right answer or a refusal, never a wrong answer.

Run with `-rP` or `-s` to read the counts.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from docrel.selectors import SelectorError, evaluate, parse

RIGHT_AT_LEAST = 591  # support must not shrink silently

# RFC 9535 has no names with lone surrogates; JSON has, and every member of a document must be selectable.
# So docrel takes these escapes on purpose, and they select the member with exactly that name.
LONE_SURROGATES = {
    r'$["\uD800"]': "\ud800",
    r'$["\uDC00"]': "\udc00",
    r'$["\uD800\uD800"]': "\ud800\ud800",
    r'$["\uDC00\uDC00"]': "\udc00\udc00",
    r'$["\uD800\u1234"]': "\ud800\u1234",
    r'$["\u1234\uDC00"]': "\u1234\udc00",
    r'$["\uD800𝄞"]': "\ud800𝄞",
    r'$["𝄞\uDC00"]': "𝄞\udc00",
}


def _outcome(case: dict[str, Any]) -> str:
    try:
        selector = parse(case["selector"])
    except SelectorError:
        return "right" if case.get("invalid_selector") else "refused"
    if case.get("invalid_selector"):
        name = LONE_SURROGATES.get(case["selector"])
        extended = name is not None and evaluate(selector, {name: 1, "": 2}, {name: 1, "": 2}) == [1]
        return "extended" if extended else "wrong"
    if parse(str(selector)) != selector:
        return "wrong"
    found = json.dumps(evaluate(selector, case["document"], case["document"]))
    expected = case["results"] if "results" in case else [case["result"]]
    return "right" if found in [json.dumps(result) for result in expected] else "wrong"


def test_never_a_wrong_answer(shared_data: Callable[[str], Path]) -> None:
    cases = json.loads((shared_data("jsonpath-cts") / "cts.json").read_text("utf-8"))["tests"]
    names: dict[str, list[str]] = {"right": [], "refused": [], "extended": [], "wrong": []}
    for case in cases:
        names[_outcome(case)].append(f"{case['name']}: {case['selector']!r}")
    print(f"jsonpath-cts: {len(cases)} cases:", ", ".join(f"{len(names[kind])} {kind}" for kind in names))
    assert names["wrong"] == []
    assert len(names["extended"]) <= len(LONE_SURROGATES)
    assert len(names["right"]) >= RIGHT_AT_LEAST
