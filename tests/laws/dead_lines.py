"""Dead lines: a branch of generated code that cannot be taken, as far as the lines before it tell.

In: Python text. Out: the conditions that are always or never true, each with its line. Facts are what `is` and
`__class__` say of names; they follow assignments and branches, and end where a name is assigned anew.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

Facts = dict[tuple[str, str], bool]  # (name, what is asked of it) -> whether that is so
CONTAINERS = ("is dict", "is list")


def dead_lines(source: str) -> list[str]:
    """Return each condition whose outcome is known beforehand."""
    found = _Finder()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            found.block(node.body, {})
    return found.faults


class _Finder:
    def __init__(self) -> None:
        self.faults: list[str] = []

    def block(self, body: Sequence[ast.stmt], facts: Facts) -> Facts | None:
        """Return what holds after a block, None where nothing comes after it."""
        known: Facts | None = facts
        for statement in body:
            if known is None:
                self.faults.append(f"{statement.lineno}: nothing leads to {ast.unparse(statement)[:60]}")
                return None
            known = self.statement(statement, dict(known))
        return known

    def statement(self, node: ast.stmt, facts: Facts) -> Facts | None:
        match node:
            case ast.If(test, body, orelse):
                self.look(test, facts)
                taken = self.block(body, _given(test, True, facts))
                return _both(taken, self.block(orelse, _given(test, False, facts)))
            case ast.For(target, _, body):
                inside = _without(facts, {*_names(target), *(name for s in body for name in _assigned(s))})
                self.block(body, inside)
                return inside
            case ast.Try(body, handlers):
                after = self.block(body, facts)
                for handler in handlers:
                    after = _both(after, self.block(handler.body, _without(facts, set(_assigned(node)))))
                return after
            case ast.Return() | ast.Continue():
                return None
            case ast.Assign(targets, value):
                if isinstance(value, ast.IfExp):
                    self.look(value.test, facts)
                told = _told(value, facts)
                names = {name for target in targets for name in _names(target)}
                facts = _without(facts, names)
                plain = {target.id for target in targets if isinstance(target, ast.Name)}
                return facts | {(name, asked): answer for name in plain for asked, answer in told.items()}
        return _without(facts, set(_assigned(node)))

    def look(self, test: ast.expr, facts: Facts) -> None:
        outcome = _outcome(test, facts)
        if outcome is not None:
            self.faults.append(f"{test.lineno}: {ast.unparse(test)} is always {outcome}")


def _question(test: ast.expr) -> tuple[str, str, bool] | None:
    """Return the name, what is asked of it, and whether that or its contrary is asked."""
    match test:
        case ast.Compare(ast.Name(name), [ast.Is() | ast.IsNot() as op], [ast.Constant(None)]):
            return name, "is None", isinstance(op, ast.Is)
        case ast.Compare(ast.Name(name), [ast.Is() | ast.IsNot() as op], [ast.Name(other)]):
            return name, f"is {other}", isinstance(op, ast.Is)
        case ast.Compare(ast.Attribute(ast.Name(name), "__class__"), [ast.Is() | ast.IsNot() as op], [ast.Name(other)]):
            return name, f"is {other}", isinstance(op, ast.Is)
        case ast.Compare(ast.Attribute(ast.Name(name), "__class__"), [ast.In() | ast.NotIn() as op], [ast.Name("C")]):
            return name, "is container", isinstance(op, ast.In)
    return None


def _implied(asked: str) -> Facts:
    """What else is so of a value that is one of these things; of a name, all is asked at once."""
    others = ("is None", "is M", "is E", "is A", "is str", "is int", "is float", "is bool", *CONTAINERS)
    found = {("", other): other == asked for other in others}
    found["", "is container"] = asked in ("is E", "is A", "is container", *CONTAINERS)
    if asked in ("is E", "is A"):
        found["", "is dict"], found["", "is list"] = asked == "is E", asked == "is A"
    if asked in CONTAINERS:
        del found["", "is E"], found["", "is A"]
    if asked == "is container":
        for other in ("is E", "is A", *CONTAINERS):
            del found["", other]
    return found


def _given(test: ast.expr, outcome: bool, facts: Facts) -> Facts:
    """Return the facts where a condition had an outcome."""
    match test:
        case ast.BoolOp(op, values) if isinstance(op, ast.And) == outcome:
            for value in values:
                facts = _given(value, outcome, facts)
            return facts
        case ast.BoolOp(_, values):
            open_ = [value for value in values if _outcome(value, facts) is None]
            return _given(open_[0], outcome, facts) if len(open_) == 1 else facts
        case ast.UnaryOp(ast.Not(), operand):
            return _given(operand, not outcome, facts)
    question = _question(test)
    if question is None:
        return facts
    name, asked, positive = question
    if positive == outcome:
        return facts | {(name, other): answer for (_, other), answer in _implied(asked).items()} | {(name, asked): True}
    return facts | {(name, asked): False}


def _outcome(test: ast.expr, facts: Facts) -> bool | None:
    match test:
        case ast.Constant(constant):
            return bool(constant)
        case ast.UnaryOp(ast.Not(), operand):
            found = _outcome(operand, facts)
            return None if found is None else not found
        case ast.BoolOp(op, values):
            last = isinstance(op, ast.And)
            known = facts
            outcomes = []
            for value in values:
                outcomes.append(_outcome(value, known))
                known = _given(value, last, known)
            if (not last) in outcomes:
                return not last
            return last if outcomes == [last] * len(values) else None
    question = _question(test)
    if question is None or question[:2] not in facts:
        return None
    return facts[question[:2]] == question[2]


def _told(value: ast.expr, facts: Facts) -> dict[str, bool]:
    """Return what is known of the value of an expression."""
    match value:
        case ast.Constant(None):
            asked = "is None"
        case ast.Name("M" | "E" | "A" as name):
            asked = f"is {name}"
        case ast.Name(name):
            return {what: answer for (of, what), answer in facts.items() if of == name}
        case ast.Dict():
            return {"is None": False, "is M": False, "is E": False}
        case ast.List() | ast.Tuple() | ast.ListComp() | ast.BinOp():
            return {"is None": False, "is M": False, "is A": False}
        case ast.BoolOp(ast.Or(), [*_, last]):
            return {what: False for what, answer in _told(last, facts).items() if not answer and what != "is E"}
        case ast.Constant() | ast.Call(ast.Name("Notes" | "dump_json")):
            return {"is None": False, "is M": False}
        case _:
            return {}
    return {what: answer for (_, what), answer in _implied(asked).items()}


def _both(one: Facts | None, other: Facts | None) -> Facts | None:
    if one is None or other is None:
        return other if one is None else one
    return {fact: answer for fact, answer in one.items() if other.get(fact) is answer}


def _without(facts: Facts, names: set[str]) -> Facts:
    return {fact: answer for fact, answer in facts.items() if fact[0] not in names}


def _names(target: ast.expr) -> Iterator[str]:
    return (node.id for node in ast.walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))


def _assigned(statement: ast.stmt) -> Iterator[str]:
    return (n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
