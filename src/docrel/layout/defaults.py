"""Defaults: what a column holds where the document says nothing.

In: a column's `Default`. Out: a function that computes it from the document, the same one for `flatten` (may it be
left out?) and for `rebuild` (was it left out?). The clock and the caller's name for the document are not computed
here: they cannot be computed again, so the complement notes them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from docrel.layout.codegen import Code, literal
from docrel.layout.scalars import column_decoder, exact, mapped, typed_key
from docrel.plan import Case, Column, Index, Name, Path, Read, Scalar
from docrel.values import CODECS, NOTHING, WHOLE_SECOND

Computed = Callable[[Any, Any], Any]  # (row's node, document) -> stored value, None for none


def read(node: Any, path: Path) -> Any:
    """Return the value at `path` (names and indexes) below `node`, NOTHING where there is none."""
    for step in path:
        if isinstance(step, Name) and isinstance(node, dict):
            node = node.get(step.name, NOTHING)
        elif isinstance(step, Index) and isinstance(node, list) and 0 <= step.index < len(node):
            node = node[step.index]
        else:
            return NOTHING
    return node


def is_computed(column: Column) -> bool:
    """Say whether the default depends on the document."""
    return column.default is not None and bool(column.default.reads or column.default.cases)


def is_volatile(column: Column) -> bool:
    """Say whether the default may take what cannot be computed again: the clock, or the name that a caller gives."""
    return column.default is not None and (column.default.given or column.default.now)


def is_constant(column: Column) -> bool:
    """Say whether the default is the same for all documents."""
    default = column.default
    return (
        default is not None
        and default.constant is not None
        and not (is_computed(column) or is_volatile(column) or default.elapsed)
    )


def reads_only_document(column: Column) -> bool:
    """Say whether the default is computed, and the same for all rows of a document."""
    return is_computed(column) and all(read.root for read in reads_of(column))


def reads_of(column: Column) -> tuple[Read, ...]:
    """Return all places that the default looks at."""
    default = column.default
    if default is None:
        return ()
    return (*default.reads, *(read for case in default.cases for read, _ in case.conditions))


def constant_of(column: Column) -> Any:
    """Return what the column holds for its constant, None where it has none."""
    default = column.default
    return None if default is None or default.constant is None else mapped_constant(column, default.constant)


def mapped_constant(column: Column, constant: Scalar) -> Any:
    """Return what the column holds for a constant of the mapping, which is a column's value, not a document's."""
    return CODECS[column.type].encode(constant)


def always_filled(column: Column) -> bool:
    """Say whether the default gives a value whatever the document has, if the column can hold that."""
    default = column.default
    return default is not None and default.elapsed is None and (default.now or default.constant is not None)


def null_is_said(column: Column) -> bool:
    """Say whether a NULL always means that the document says null, because silence would give another value."""
    default = column.default
    if default is None or default.elapsed is not None:
        return False
    return default.given or always_filled(column)


def computed_default(column: Column, *, identifies: bool = False) -> Computed:
    """Return the function for what the document and the mapping alone tell of the default.

    Where the column `identifies` a document, a value that it cannot hold exactly gives an `Inexact`.
    """
    default = column.default
    if default is None:
        raise ValueError(f"{column.name} has no default")
    code = Code()
    store = exact(mapped(column), column_decoder(column)) if identifies else mapped(column)
    code.bound.update(M=NOTHING, C=(dict, list), K=typed_key, store=store)
    with code.block("def compute(node, document):"):
        for wanted in default.reads:
            _look(code, wanted)
            with code.block("if v is not M and v is not None and v.__class__ not in C:"):
                code.line("v = store(v)")
                code.line("if v is not None: return v")
        for case in default.cases:
            _case(code, case, code.bind(mapped_constant(column, case.then)))
        code.line(f"return {code.bind(None if is_volatile(column) else constant_of(column))}")
    computed: Computed = code.compile("default")["compute"]
    return computed


def _look(code: Code, wanted: Read) -> None:
    """Bind `v` to the value at a place, M where there is none."""
    code.line(f"v = {'document' if wanted.root else 'node'}")
    for step in wanted.path:
        if isinstance(step, Name):
            code.line(f"v = v.get({literal(step.name)}, M) if v.__class__ is dict else M")
        elif isinstance(step, Index):
            code.line(f"v = v[{literal(step.index)}] if v.__class__ is list and len(v) > {literal(step.index)} else M")


def _case(code: Code, case: Case, then: str) -> None:
    code.line("holds = True")
    for wanted, values in case.conditions:
        with code.block("if holds:"):
            _look(code, wanted)
            if values is None:
                code.line("holds = v is not M and v is not None")
            else:
                key = "K(v)" if float in map(type, values) else "(v.__class__, v)"  # as `typed_key` spells it
                code.line(f"holds = v.__class__ not in C and {key} in {code.bind({typed_key(v) for v in values})}")
    code.line(f"if holds: return {then}")


LONGEST_S = 3_153_600_000
_USUAL_TIME = re.compile(r"[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\Z", re.ASCII)


def elapsed(time: Any, seconds: Any) -> str | None:
    """Return the time `seconds` after `time` as `YYYY-MM-DDTHH:MM:SSZ`, None where either is not of the usual form.

    The same as SQLite's `strftime('%Y-%m-%dT%H:%M:%SZ', substr(time, 1, 19), seconds || ' seconds')` for times of the
    years 1000 to 2999, in UTC, without a fraction, so that a trigger can do the same for rows inserted by SQL.
    """
    if not isinstance(time, str) or type(seconds) is not int or not 0 <= seconds <= LONGEST_S:
        return None
    if time[19:] not in ("", "Z", "+00:00", WHOLE_SECOND) or not _USUAL_TIME.match(time[:19]):
        return None
    try:
        start = datetime.fromisoformat(time[:19])
    except ValueError:
        return None
    return (start + timedelta(seconds=seconds)).isoformat(timespec="seconds") + "Z"


def counted(column: Column) -> Callable[[Any, Any], Any]:
    """Return `elapsed` as a column holds it."""
    if column.type == "text":
        return elapsed
    encode = CODECS[column.type].encode

    def count(time: Any, seconds: Any) -> Any:
        found = elapsed(time, seconds)
        return None if found is None else encode(found)

    return count
