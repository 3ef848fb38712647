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

from docrel.codecs import CODECS
from docrel.complement import NOTHING
from docrel.plan import Case, Column, Default, Index, Name, Path, Read

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


def is_scalar(value: Any) -> bool:
    """Say whether `value` is a JSON scalar other than null."""
    return value is not None and value is not NOTHING and not isinstance(value, (dict, list))


def same_scalar(a: Any, b: Any) -> bool:
    """Say whether two scalars are the same JSON value: `1`, `1.0` and `true` differ."""
    return type(a) is type(b) and a == b


def computed_default(column: Column) -> Computed | None:
    """Return the function for the part of the default that depends on the document alone; None: there is none."""
    default = column.default
    if default is None or not (default.reads or default.cases or default.constant is not None):
        return None
    encode = CODECS[column.type].encode
    constant = None if default.constant is None else encode(default.constant)

    def compute(node: Any, document: Any) -> Any:
        for wanted in default.reads:
            value = _look(wanted, node, document)
            stored = encode(value) if is_scalar(value) else None
            if stored is not None:
                return stored
        for case in default.cases:
            if _holds(case, node, document):
                return encode(case.then)
        return constant

    return compute


def reads_only_document(default: Default) -> bool:
    """Say whether the default is the same for all rows of a document."""
    conditions = [read for case in default.cases for read, _ in case.conditions]
    return all(r.root for r in (*default.reads, *conditions))


def is_constant(default: Default) -> bool:
    """Say whether the default is the same for all documents."""
    return default.constant is not None and not (default.reads or default.cases or default.elapsed)


def _look(wanted: Read, node: Any, document: Any) -> Any:
    return read(document if wanted.root else node, wanted.path)


def _holds(case: Case, node: Any, document: Any) -> bool:
    for wanted, values in case.conditions:
        value = _look(wanted, node, document)
        if values is None:
            if value is NOTHING or value is None:
                return False
        elif not any(same_scalar(value, v) for v in values):
            return False
    return True


LONGEST_S = 3_153_600_000
_USUAL_TIME = re.compile(r"[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\Z", re.ASCII)


def elapsed(time: Any, seconds: Any) -> str | None:
    """Return the time `seconds` after `time` as `YYYY-MM-DDTHH:MM:SSZ`, None where either is not of the usual form.

    The same as SQLite's `strftime('%Y-%m-%dT%H:%M:%SZ', substr(time, 1, 19), seconds || ' seconds')` for times of the
    years 1000 to 2999, in UTC, without a fraction, so that a trigger can do the same for rows inserted by SQL.
    """
    if not isinstance(time, str) or type(seconds) is not int or not 0 <= seconds <= LONGEST_S:
        return None
    if time[19:] not in ("", "Z", "+00:00") or not _USUAL_TIME.match(time[:19]):
        return None
    try:
        start = datetime.fromisoformat(time[:19])
    except ValueError:
        return None
    return (start + timedelta(seconds=seconds)).isoformat(timespec="seconds") + "Z"
