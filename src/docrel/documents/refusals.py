"""Refusals: why a document is refused, in words that name both ends, the value and the column.

In: a `Problem` that `flatten` found, its plan, and where the document came from. Out: a `Diagnostic` with a
code of D31x. Never decides what is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docrel.diagnostics import Diagnostic, DocumentError, counted, near, shortened
from docrel.engine import Problem
from docrel.layout import column_decoder, mapped
from docrel.plan import Column, Plan, Scalar, Table, Value, places
from docrel.selectors import path_text
from docrel.values import NOTHING, jsontext

_NO_NAMES = frozenset({"integer", "real", "boolean"})
"""Types of key columns that no name of a file can fill."""


def problem_diagnostic(problem: Problem, plan: Plan, origin: str, member: str | None = None) -> Diagnostic:
    """Return what a constraint of the mapping has against a document.

    `origin` says where the document came from. With `member` that is the file of this one member, and paths
    are given as they are in the file.
    """
    if not problem.table:
        return _no_root(problem, plan, origin)
    table = plan.table(problem.table)
    column = table.column(problem.column)
    subject = _subject(problem.path, origin, member)
    where = f"{table.name}.{column.name}" + (f", {column.origin}" if column.origin else "")
    code, message, advice = _words(problem, column, table, plan, member)
    facts = {"rule": problem.rule, "table": table.name, "column": column.name, "mapping": column.origin}
    return Diagnostic(code, f"{message} ({where})", subject=subject, help=advice, facts=facts)


def shown(value: Any) -> str:
    """Return a JSON value for a message, cut where it is long; an array or object by its kind and size."""
    if isinstance(value, dict):
        return f"an object of {counted(len(value), 'member')}"
    if isinstance(value, list):
        return f"an array of {counted(len(value), 'element')}"
    try:
        text = jsontext.dumps(value)
    except DocumentError:
        text = ascii(value)
    return shortened("".join(c if c.isprintable() else ascii(c)[1:-1] for c in text))


def shown_members(value: Any) -> str:
    """Return a JSON value as `shown` does, an object with the names of its first members."""
    if isinstance(value, dict):
        return f"{shown(value)} ({', '.join(map(shown, list(value)[:8]))}{', …' if len(value) > 8 else ''})"
    return shown(value)


def _subject(path: Sequence[str | int], origin: str, member: str | None) -> str:
    steps = list(path[1:]) if member is not None and path and path[0] == member else list(path)
    text = jsontext.json_path(steps)
    return f"{origin}: {text}" if origin else text


def _words(problem: Problem, column: Column, table: Table, plan: Plan, member: str | None) -> tuple[str, str, str]:
    value = shown(problem.value) if problem.value is not NOTHING else "the column's default"
    match problem.rule:
        case "required":
            return "D311", _required(problem, column), _what_fills(column, table, plan, member)
        case "exact":
            held = shown(column_decoder(column)(mapped(column)(problem.value)))
            message = f"{value} identifies the document, and the column would hold it as {held}"
            return "D318", message, f"write {held} in the document, or choose a `type` for the column that holds it"
        case "one_of":
            allowed = _allowed(column)
            listed = ", ".join(str(a) if isinstance(a, str) else jsontext.dumps(a) for a in allowed)
            return "D312", f"{value} is not one of {listed}", _near(problem.value, allowed)
        case "minimum":
            return "D313", f"{value} is less than {column.minimum}, the least allowed", ""
        case "maximum":
            return "D314", f"{value} is more than {column.maximum}, the most allowed", ""
        case rule:
            raise ValueError(f"no column breaks the rule {rule}")


def _required(problem: Problem, column: Column) -> str:
    value = problem.value
    if value is NOTHING or value is None:
        there = "no value" if value is NOTHING else "null"
        return f"{there} is here for a column that is required"
    return f"{shown(value)} cannot be held as {column.type}, and the column is required"


def _what_fills(column: Column, table: Table, plan: Plan, member: str | None) -> str:
    """Say every place that would fill the column, as they are in the file of `member` if it has any."""
    ways = [place for place in places(column, table, plan) if place] if isinstance(column.role, Value) else []
    prefix = f"$.{member}."
    if member is not None and any(place.startswith(prefix) for place in ways):
        ways = [f"$.{place.removeprefix(prefix)}" for place in ways if place.startswith(prefix)]
    actions = [f"give a value at {' or '.join(ways)}"] if ways else []
    default = column.default
    if default is not None and default.reads:
        also = " or ".join(read.text for read in default.reads)
        actions.append(f"at {also}")
    named = table.parent is None and ((column.name,) == plan.key_names or (default is not None and default.given))
    if named and column.type not in _NO_NAMES:
        actions.append("name the document with --document-key NAME or --key-from-name")
    return ", or ".join(actions)


def _allowed(column: Column) -> list[Scalar]:
    """Return what the document may say: what the column takes, and what the map turns into that."""
    turned = [spelled for spelled, _ in column.map]
    return [*(column.one_of or ()), *(t for t in turned if t not in (column.one_of or ()))]


def _near(value: Any, allowed: Sequence[Scalar]) -> str:
    nearest = near(value, [a for a in allowed if isinstance(a, str)]) if isinstance(value, str) else None
    return f'did you mean "{nearest}"?' if nearest else ""


def _no_root(problem: Problem, plan: Plan, origin: str) -> Diagnostic:
    """Say what the root tables ask for, and what the document says there."""
    wanted = []
    for root in plan.roots:
        for path, values in root.sources[0].when:
            listed = " or ".join(jsontext.dumps(v) for v in values)
            wanted.append(f"{path_text(path, '$')} is {listed} ({root.name})")
    message = f"no root table takes {shown(problem.value)}: none of {'; '.join(wanted)}"
    advice = "mend the member that says which kind of document it is, or add a root table for this kind"
    return Diagnostic("D316", message, subject=f"{origin}: $" if origin else "$", help=advice)
