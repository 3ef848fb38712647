"""Constraints of a row: generated code that checks them.

In: a scope. Out: code that leaves a forbidden row out, or reports it; `f` collects what a row breaks.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext

from docrel.engine.asides import Rule
from docrel.engine.flatten_scope import Nullness, Scope
from docrel.layout import literal, mapped_constant, mistakable, named_apart
from docrel.plan import Column


def write_constraints(scope: Scope, number: int, column: Column, holds: Nullness = "either") -> None:
    """Write: check all constraints of a column."""
    if column.required and holds != "value":
        write_required(scope, number, is_null=holds == "null")
    if holds != "null":
        write_limits(scope, number, column, holds)


def write_required(scope: Scope, number: int, *, is_null: bool = False) -> None:
    """Write: the column must not be NULL."""
    unless = "" if is_null else f"if c{scope.on(number)} is None: "
    scope.code.line(unless + _problem(scope, number, "required"))


def write_limits(scope: Scope, number: int, column: Column, holds: Nullness = "either") -> None:
    """Write: check what a column may hold, if it holds anything."""
    code, cell = scope.code, f"c{scope.on(number)}"
    broken = [(condition, rule) for rule, condition in _conditions(scope, number, column)]
    if not broken:
        return
    with nullcontext() if holds == "value" else code.block(f"if {cell} is not None:"):
        for place, (condition, rule) in enumerate(broken):
            with code.block(f"{'elif' if place else 'if'} {condition}:"):
                if column.soft:
                    _write_set_aside(scope, number, rule)
                else:
                    code.line(_problem(scope, number, rule))


def _conditions(scope: Scope, number: int, column: Column) -> list[tuple[Rule, str]]:
    """The rules of a column, each with the condition under which its content breaks it."""
    cell = f"c{scope.on(number)}"
    conditions: list[tuple[Rule, str]] = []
    if column.one_of is not None:
        allowed = frozenset(mapped_constant(column, value) for value in column.one_of)
        conditions.append(("one_of", f"{cell} not in {scope.code.bind(allowed, 'allowed')}"))
    if column.minimum is not None:
        conditions.append(("minimum", f"{cell} < {scope.code.bind(column.minimum, 'bound')}"))
    if column.maximum is not None:
        conditions.append(("maximum", f"{cell} > {scope.code.bind(column.maximum, 'bound')}"))
    return conditions


def _write_set_aside(scope: Scope, number: int, rule: Rule) -> None:
    """A value that the column's own constraints forbid: the column is NULL, the value is noted."""
    value, cell = scope.value(number), f"c{scope.on(number)}"
    there = f"{value} is not M" if scope.is_whole(number) else f"{value} is not M and {value}.__class__ not in C"
    said = f"{value} if {there} else M" if value != "M" else "M"
    scope.code.line(f"{scope.set_aside(number, said)}; {cell} = None")
    if value != "M":
        scope.code.line(f"if {there} and {value} is not None: {scope.tell_column(number, literal(rule), value)}")


def write_inexact_key(scope: Scope, number: int, condition: str, value: str) -> None:
    """Write: a document's key that its column cannot hold exactly, and so not tell from others, is a problem."""
    scope.reports = True
    scope.code.line(f"if {condition}: f = f or []; f.append(({number}, 'exact', {value}))")


def _problem(scope: Scope, number: int, rule: str) -> str:
    """The statement that reports what the document says for a column as a breach of a rule."""
    scope.reports = True
    return f"f = f or []; f.append(({number}, {literal(rule)}, {scope.value(number)}))"


def write_guards(scope: Scope) -> None:
    """Write: leave out a node whose row the constraints forbid, or which would be read back as another source's."""
    code = scope.code
    for other in mistakable(scope.layout, scope.source):
        terms = [f"c{scope.on(column)} == {code.bind(value, 'constant')}" for column, value in other.constants]
        with code.block(f"if {' and '.join(terms)}:"):
            scope.refuse(scope.tell("'mistakable'", "n", row=True))
    if scope.reports:
        with code.block("if f is not None:"):
            if scope.table.otherwise == "rest" and not scope.is_root:
                scope.refuse(scope.tell("f[0][1]", "n", "(f[0][0],)", row=True))
            else:
                code.line(f"{scope.reporter()}(to, {scope.place}, f)")
    _write_uniqueness(scope)


def _write_uniqueness(scope: Scope) -> None:
    """Leave out a row whose values under a UNIQUE an earlier row of the document has."""
    code, keys = scope.code, []
    if scope.is_root:
        return
    for number, columns in enumerate(scope.layout.unique):
        keys.append(f"u{number}")
        _write_seen(scope, keys[-1], number, columns)
    if named := named_apart(scope.layout, scope.source):
        with code.block("if not clean:"):  # names differ within an object, but their stand-ins may not
            for number, columns in enumerate(named, len(keys)):
                _write_seen(scope, "u", number, columns)
                code.line("to.seen.add(u)")
    for key in keys:
        code.line(f"if None not in {key}: to.seen.add({key})")


def _write_seen(scope: Scope, key: str, number: int, columns: Sequence[int]) -> None:
    values = ", ".join(f"c{scope.on(column)}" for column in columns)
    scope.code.line(f"{key} = ({scope.number}, {number}, {values})")
    with scope.code.block(f"if {key} in to.seen:"):
        scope.refuse(scope.tell("'unique'", "n", literal(tuple(columns)), row=True))
