"""Generated code: what a mapping says enters it as literals and bound values, never as code."""

from __future__ import annotations

import ast
import dataclasses
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
from dead_lines import dead_lines
from test_getput import SHIPPED, a_plan

from docrel import plan as plans
from docrel.compile import load_plan
from docrel.engine import Flattener, Rebuilder
from docrel.engine.names import distinct, word
from docrel.layout import Code, literal
from docrel.mapping import load
from docrel.plan import Index, Name, Plan

MARK = "__import__('sys').modules.update(docrel_ran=1)"
CLOSED = {
    "type",
    "selector",
    "kind",
    "otherwise",
    "separator",
    "constraints",
}  # what generators choose by, or read as another language


def marked(value: Any, mark: Callable[[str], str], field: str = "") -> Any:
    """Return a plan with every text of it marked, names that stand for one thing alike."""
    if isinstance(value, str):
        return value if field in CLOSED else mark(value)
    if isinstance(value, tuple):
        return tuple(marked(part, mark, field) for part in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = {f.name: marked(getattr(value, f.name), mark, f.name) for f in dataclasses.fields(value)}
        return dataclasses.replace(value, **parts)
    return value


def sources(monkeypatch: pytest.MonkeyPatch, plan: Plan) -> Iterator[str]:
    """Yield the text of every module that is generated for a plan, those of its defaults too."""
    made: list[str] = []
    compiled = Code.compile

    def noted(self: Code, title: str) -> dict[str, Any]:
        made.append(self.source)
        return compiled(self, title)

    with monkeypatch.context() as patched:
        patched.setattr(Code, "compile", noted)
        Flattener(plan)
        Rebuilder(plan)
    yield from made


def in_literals(source: str, mark: str) -> int:
    """Return how often a mark stands in the texts that a module's source has as literals."""
    constants = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    return sum(value.count(mark) for value in constants if isinstance(value, str))


def held(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> int:
    """Assert that the mark stands nowhere in a plan's code but in literals; returns how often it stands there."""
    texts = 0
    for source in sources(monkeypatch, plan):
        texts += (there := in_literals(source, "docrel_ran"))
        assert source.count("docrel_ran") == there
    return texts


@pytest.mark.parametrize("name", SHIPPED)
def test_a_text_of_a_shipped_mapping_is_a_literal_in_its_code(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert held(marked(load(name).plan, lambda text: text + MARK), monkeypatch) > 50


def test_a_text_of_any_mapping_is_a_literal_in_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = (
        "{}" + MARK,
        MARK + "'",
        '"' + MARK + '"""',
        "\n" + MARK + "\n",
        "%s{0}" + MARK,
        "\\" + MARK,
        "# " + MARK,
    )
    texts = 0
    for seed in range(21):
        more = hostile[seed % len(hostile)]
        texts += held(marked(a_plan(Random(seed)), lambda text, more=more: text + more), monkeypatch)  # type: ignore[misc]
    assert texts > 500


class Text(str):
    """A text that spells itself as code."""

    __slots__ = ()

    def __repr__(self) -> str:
        return MARK


class Number(int):
    """A number that spells itself as code."""

    def __repr__(self) -> str:
        return MARK

    __str__ = __format__ = __repr__  # type: ignore[assignment]


@pytest.mark.parametrize("value", [Text("a"), Number(1), True, 1.5, None, ["a"], ("a", 1.5), b"a", float("nan")])
def test_the_door_takes_texts_integers_and_tuples_of_such_only(value: object) -> None:
    with pytest.raises(TypeError):
        literal(value)


@pytest.mark.parametrize(
    "value", ["", "it's", '"', "\\", "\n\0\ud800\u2028", "{}", 0, -1, 10**30, (), ("a",), ("a", 1, ())]
)
def test_what_passes_the_door_is_read_back(value: object) -> None:
    assert ast.literal_eval(literal(value)) == value


def shape(source: str) -> str:
    """Return the code with all names and literals alike."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        match node:
            case ast.Name():
                node.id = "name"
            case ast.arg():
                node.arg = "name"
            case ast.FunctionDef():
                node.name = "name"
            case ast.Constant(value=str() | int()):
                node.value = 0
    return ast.dump(tree)


@pytest.mark.parametrize("name", SHIPPED)
def test_what_a_mapping_calls_things_changes_names_and_literals_only(name: str) -> None:
    plan = load(name).plan
    other = marked(plan, lambda text: text + MARK)
    assert shape(Flattener(plan).source) == shape(Flattener(other).source)
    assert shape(Rebuilder(plan).source) == shape(Rebuilder(other).source)


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("status", "_status"),
        ("projectPhase", "_project_phase"),
        ("2nd", "_2nd"),
        ("été", "_t"),
        ("", "_"),
        ("$", "_"),
        (MARK, "_import_sys_modules_upda"),
        ("a\nimport os", "_a_import_os"),
        ("__class__", "_class"),
        ("İ\u0130\0\ud800", "_i_i"),
    ],
)
def test_a_name_in_code_is_of_letters_digits_and_underscores(name: str, ending: str) -> None:
    assert word(name) == ending


def test_no_two_things_share_a_name_in_code() -> None:
    wanted = [["_a"], ["_a", "_b_a"], ["_a", "_b_a"], ["_a_2"], ["_a"]]
    assert distinct(wanted) == ["_a", "_b_a", "_b_a_2", "_a_2", "_a_3"]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_traceback_tells_which_column_and_place_it_is_about(name: str) -> None:
    plan = load(name).plan
    for source in (Flattener(plan).source, Rebuilder(plan).source):
        stored = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
        assert not [variable for variable in stored if re.fullmatch("[a-z][0-9]+", variable) and variable[0] != "u"]
    assert f"c_{plan.key}" in Flattener(plan).source


@pytest.mark.parametrize("name", SHIPPED)
def test_no_variable_that_a_mapping_names_can_hide_what_the_code_runs_on(name: str) -> None:
    code = Rebuilder(load(name).plan)._documents.__code__
    words = tuple({variable.partition("_")[0] + "_" for variable in code.co_varnames if "_" in variable[1:]})
    assert "cell_" in words
    assert not [used for used in code.co_names if used.startswith(words)]


def replaced(value: Any, kind: type, make: Callable[[Any], Any]) -> Any:
    """Return a plan with all values of one class made into something else, whatever the class allows."""
    if isinstance(value, kind):
        return make(value)
    if isinstance(value, tuple):
        return tuple(replaced(part, kind, make) for part in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = {f.name: replaced(getattr(value, f.name), kind, make) for f in dataclasses.fields(value)}
        return dataclasses.replace(value, **parts)
    return value


@pytest.fixture(scope="module")
def indexed() -> list[Plan]:
    """Some plans with names and indexes."""
    plans_ = (a_plan(Random(seed)) for seed in range(30))
    return [plan for plan in plans_ if replaced(plan, Index, lambda _: Index(-1)) != plan][:4]


@pytest.mark.parametrize("hostile", [MARK, Number(3), Text("x"), 1.5, None, (MARK,)])
@pytest.mark.parametrize("kind", [Index, Name])
def test_a_plan_that_nobody_checked_runs_nothing(
    kind: type, hostile: Any, indexed: list[Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert indexed
    for plan in indexed:
        with suppress(AttributeError, LookupError, TypeError, ValueError):  # it need not work
            held(replaced(plan, kind, lambda _: kind(hostile)), monkeypatch)
        assert "docrel_ran" not in sys.modules


def test_a_generator_with_another_door_would_be_seen() -> None:
    for source in (f"x = {MARK}", f"x = 1  # {MARK}"):
        assert source.count("docrel_ran") > in_literals(source, "docrel_ran")
    assert in_literals(f"x = {MARK!r}", "docrel_ran") == 1


@pytest.mark.parametrize("name", SHIPPED)
def test_no_line_of_the_code_of_a_shipped_mapping_is_dead(name: str) -> None:
    plan = load(name).plan
    assert dead_lines(Flattener(plan).source) == []
    assert dead_lines(Rebuilder(plan).source) == []


def test_no_line_of_the_code_of_any_mapping_is_dead() -> None:
    for seed in range(60):
        plan = a_plan(Random(seed))
        found = [*dead_lines(Flattener(plan).source), *dead_lines(Rebuilder(plan).source)]
        assert [fault for fault in found if "f is not None" not in fault] == []  # a required column that nothing fills


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (["c = None", "if c is not None: g(c)"], "3: c is not None is always False"),
        (["c = 5 if v is M else None", "if c is None: c = M", "if v is M: c = 1"], ""),
        (["if v is M: c = None", "elif v.__class__ in C:", "    if v is not M: g(v)"], "4: v is not M is always True"),
        (["for n in v:", "    c = None", "    if n: c = n", "    if c is None: continue"], ""),
        (["if v.__class__ is dict: c = v", "else: return", "o = c if c.__class__ is dict else E"], "4: c.__class__ is"),
        (["return v", "c = None"], "3: nothing leads to c = None"),
    ],
)
def test_a_dead_line_would_be_seen(lines: list[str], fault: str) -> None:
    found = dead_lines("def f(v):\n" + "\n".join(f"    {line}" for line in lines))
    assert [text[: len(fault)] for text in found] == ([fault] if fault else [])


def test_the_plan_is_the_same_when_read_back() -> None:
    for seed in range(60):
        plan = a_plan(Random(seed))
        assert load_plan(plans.dump(plan)) == plan
    for path in sorted((Path(__file__).parents[2] / "mappings").glob("*/v*.yaml")):
        plan = load(str(path)).plan
        assert load_plan(plans.dump(plan)) == plan
