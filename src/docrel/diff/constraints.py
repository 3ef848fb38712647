"""Constraint changes: which rules differ between two versions of a column or table, and which way.

In: a column or table before and after, in the same names. Out: `ChangeConstraint` values: `widening` lets in
whatever the old rule let in, `narrowing` may not; a rule whose breaking sends content aside (`otherwise:
rest`) moves content.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from docrel.diff.changes import ChangeConstraint, Effect, Rule
from docrel.plan import Column, Table, to_text
from docrel.values import jsontext


def column_constraints(old: Column, new: Column, table: Table) -> Iterator[ChangeConstraint]:
    """Yield how the rules of a column differ."""
    aside = new.soft or old.soft or table.otherwise == "rest"

    def change(rule: Rule, a: str, b: str, effect: Effect) -> ChangeConstraint:
        moved: Effect = "content moves" if aside else effect
        return ChangeConstraint(table.name, new.name, rule, a, b, moved)

    if old.required != new.required:
        words = ("optional", "required")
        effect: Effect = "narrowing" if new.required else "widening"
        yield change("required", words[old.required], words[new.required], effect)
    if old.unique != new.unique:
        words = ("repeatable", "unique")
        yield change("unique", words[old.unique], words[new.unique], "narrowing" if new.unique else "widening")
    if to_text(old.one_of) != to_text(new.one_of):
        yield change("one_of", _list(old.one_of), _list(new.one_of), _one_of(old.one_of, new.one_of))
    if to_text(old.minimum) != to_text(new.minimum):
        less = new.minimum is None or (old.minimum is not None and new.minimum <= old.minimum)
        yield change("min", _bound(old.minimum), _bound(new.minimum), "widening" if less else "narrowing")
    if to_text(old.maximum) != to_text(new.maximum):
        more = new.maximum is None or (old.maximum is not None and new.maximum >= old.maximum)
        yield change("max", _bound(old.maximum), _bound(new.maximum), "widening" if more else "narrowing")
    if old.references != new.references:
        effect = "widening" if new.references is None else "narrowing"
        a, b = ("nothing" if r is None else ".".join(r) for r in (old.references, new.references))
        yield ChangeConstraint(table.name, new.name, "references", a, b, effect)
    if old.soft != new.soft:
        words = ("refuse", "rest")
        yield ChangeConstraint(table.name, new.name, "otherwise", words[old.soft], words[new.soft], "content moves")
    if (old.quoted, old.scale) != (new.quoted, new.scale):
        yield ChangeConstraint(table.name, new.name, "spelling", _spelling(old), _spelling(new), "content moves")
    if to_text(old.map) != to_text(new.map):
        yield ChangeConstraint(table.name, new.name, "map", _map(old), _map(new), "content moves")


def table_constraints(old: Table, new: Table) -> Iterator[ChangeConstraint]:
    """Yield how the rules of a table differ."""
    aside = "rest" in (old.otherwise, new.otherwise)
    for rule, before, after in (
        ("unique", set(old.unique), set(new.unique)),
        ("check", {(c.name, c.sql) for c in old.checks}, {(c.name, c.sql) for c in new.checks}),
    ):
        named: Rule = "unique" if rule == "unique" else "check"
        moved = aside and rule == "unique"
        for lost in sorted(before - after, key=repr):
            effect: Effect = "content moves" if moved else "widening"
            yield ChangeConstraint(new.name, "", named, _spelt(lost), "none", effect)
        for added in sorted(after - before, key=repr):
            effect = "content moves" if moved else "narrowing"
            yield ChangeConstraint(new.name, "", named, "none", _spelt(added), effect)
    if old.primary_key != new.primary_key:
        a, b = ", ".join(old.primary_key), ", ".join(new.primary_key)
        yield ChangeConstraint(new.name, "", "primary key", a, b, "content moves")
    if old.otherwise != new.otherwise:
        yield ChangeConstraint(new.name, "", "otherwise", old.otherwise, new.otherwise, "content moves")


def _spelt(found: Sequence[Any]) -> str:
    if found and isinstance(found[-1], tuple):
        return f"{found[0]}: {' | '.join(sql for _, sql in found[-1])}"
    return ", ".join(found)


def _list(values: Sequence[Any] | None) -> str:
    return "anything" if values is None else ", ".join(jsontext.dumps(v) for v in values)


def _bound(bound: int | float | None) -> str:
    return "none" if bound is None else repr(bound)


def _spelling(column: Column) -> str:
    if column.scale is not None:
        return f"strings of {column.scale} decimals"
    return "that of its type" if column.quoted is None else "strings" if column.quoted else "numbers"


def _map(column: Column) -> str:
    return ", ".join(f"{jsontext.dumps(a)} to {jsontext.dumps(b)}" for a, b in column.map) or "none"


def _one_of(old: Sequence[Any] | None, new: Sequence[Any] | None) -> Effect:
    if new is None:
        return "widening"
    if old is None:
        return "narrowing"
    return "widening" if set(map(to_text, old)) <= set(map(to_text, new)) else "narrowing"
