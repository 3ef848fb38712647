"""Constraints of a row: generated code that checks them.

In: a scope. Out: code that leaves a forbidden row out, or reports it; `f` collects what a row breaks.
"""

from __future__ import annotations

from collections.abc import Sequence

from docrel.engine.flatten_scope import Scope
from docrel.layout import literal, mapped_constant
from docrel.plan import Column, Source, Surrogate, Table
from docrel.values import CODECS

RULES = ("required", "one_of", "minimum", "maximum")


def write_constraints(scope: Scope, number: int, column: Column) -> None:
    """Write: check all constraints of a column."""
    write_limits(scope, number, column, RULES)


def write_limits(scope: Scope, number: int, column: Column, rules: Sequence[str]) -> None:
    """Write: check some constraints of a column."""
    code, c = scope.code, f"c{number}"
    if "required" in rules and column.required:
        code.line(f"if {c} is None: {_problem(scope, number, 'required')}")
    broken = [(condition, rule) for rule, condition in _conditions(scope, number, column) if rule in rules]
    if not broken:
        return
    with code.block(f"if {c} is not None:"):
        for place, (condition, rule) in enumerate(broken):
            with code.block(f"{'elif' if place else 'if'} {condition}:"):
                if column.soft:
                    _write_set_aside(scope, number, column)
                else:
                    code.line(_problem(scope, number, rule))


def _conditions(scope: Scope, number: int, column: Column) -> list[tuple[str, str]]:
    c, found = f"c{number}", []
    if column.one_of is not None:
        allowed = frozenset(mapped_constant(column, value) for value in column.one_of)
        found.append(("one_of", f"{c} not in {scope.code.bind(allowed, 'allowed')}"))
    measured = f"float({c})" if CODECS[column.type].storage == "text" else c
    if column.minimum is not None:
        found.append(("minimum", f"{measured} < {scope.code.bind(column.minimum, 'bound')}"))
    if column.maximum is not None:
        found.append(("maximum", f"{measured} > {scope.code.bind(column.maximum, 'bound')}"))
    return found


def _write_set_aside(scope: Scope, number: int, column: Column) -> None:
    """A value that the column's own constraints forbid: the column is NULL, the value is noted."""
    v = scope.value(number)
    there = f"{v} is not M" if scope.is_whole(number) else f"{v} is not M and {v}.__class__ not in C"
    note = f"(None, {v}) if {there} else (None,)" if v != "M" else "(None,)"
    scope.code.line(f"{scope.note()}; x.overrides[{literal(column.name)}] = {note}; c{number} = None")


def write_inexact_key(scope: Scope, number: int, condition: str, value: str) -> None:
    """Write: a document's key that its column cannot hold exactly, and so not tell from others, is a problem."""
    scope.code.line(f"if {condition}: f = f or []; f.append(({number}, 'exact', {value}))")


def _problem(scope: Scope, number: int, rule: str) -> str:
    return f"f = f or []; f.append(({number}, {literal(rule)}, {scope.value(number)}))"


def write_guards(scope: Scope) -> None:
    """Write: leave out a node whose row the constraints forbid, or which would be read back as another source's."""
    code = scope.code
    for other in _mistakable(scope):
        terms = [
            f"c{scope.table.index_of(name)} == {code.bind(_constant(scope.table, name, other), 'constant')}"
            for name, _ in other.constants
        ]
        with code.block(f"if {' and '.join(terms)}:"):
            scope.refuse()
    if any(_can_break(scope, column) for column in scope.columns):
        with code.block("if f is not None:"):
            if scope.table.otherwise == "rest" and not scope.is_root:
                scope.refuse()
            else:
                code.line(f"{scope.reporter()}(to, loc, i, f)")
    _write_uniqueness(scope)


def _can_break(scope: Scope, column: Column) -> bool:
    return column.required or bool(_conditions(scope, 0, column))


def _constant(table: Table, name: str, source: Source) -> object:
    return mapped_constant(table.column(name), dict(source.constants)[name])


def _mistakable(scope: Scope) -> list[Source]:
    """The sources whose constants a row of this one could have by chance."""
    found = []
    for other in scope.table.sources:
        if other is scope.source or not other.constants:
            continue
        both = [name for name, _ in other.constants if name in scope.constants]
        if all(_constant(scope.table, n, other) == _constant(scope.table, n, scope.source) for n in both):
            first = scope.table.sources.index(other) < scope.table.sources.index(scope.source)
            if first or not scope.constants:
                found.append(other)
    return found


def _write_uniqueness(scope: Scope) -> None:
    """Leave out a row whose values under a UNIQUE an earlier row of the document has."""
    code, keys = scope.code, []
    if scope.is_root:
        return
    for number, columns in enumerate(unique_sets(scope.table)):
        terms = [f"c{scope.table.index_of(name)}" for name in columns]
        key = f"u{number}"
        keys.append(key)
        code.line(f"{key} = ({scope.number}, {number}, {', '.join(terms)})")
        with code.block(f"if {key} in to.seen:"):
            scope.refuse()
    for key in keys:
        code.line(f"if None not in {key}: to.seen.add({key})")


def unique_sets(table: Table) -> list[tuple[str, ...]]:
    """Return the sets of columns that no two rows may share, those that hold the surrogate aside."""
    sets: list[tuple[str, ...]] = [(c.name,) for c in table.columns if c.unique and not isinstance(c.role, Surrogate)]
    sets += table.unique
    sets += [index.columns for index in table.indexes if index.unique]
    if table.surrogate is None:
        sets.append(table.primary_key)
    return [names for names in dict.fromkeys(sets) if table.surrogate not in names]
