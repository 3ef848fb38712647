"""Plan defaults: what a column holds where the document says nothing.

In: the `default:` of a column. Out: the plan's `Default`, its paths resolved, or findings.
"""

from __future__ import annotations

from docrel.column_types import fits, typed
from docrel.findings import Findings
from docrel.outline import Entry, Outline
from docrel.paths import read_path
from docrel.plan import Case, Default, Elapsed, Read, Scalar
from docrel.spec import DefaultSpec
from docrel.spec_errors import near
from docrel.yamltext import Path as Place


def default_of(
    spec: DefaultSpec | None, where: Place, outline: Outline, entry: Entry, type_name: str, findings: Findings
) -> Default | None:
    """Return the default of a column of the table `entry`."""
    if spec is None:
        return None
    constants = [((*where, "value"), spec.value)]
    constants += [((*where, "cases", i, "then"), case.then) for i, case in enumerate(spec.cases)]
    for place, value in constants:
        if not fits(type_name, value):
            findings.add(
                "M216", place, f"the default {value!r} is not a value of type {type_name}", f"write a default of type {type_name}"
            )
    reads = [read_path(text, (*where, "from", i), findings) for i, text in enumerate(spec.from_)]
    return Default(
        reads=tuple(read for read in reads if read is not None),
        cases=_cases(spec, where, type_name, findings),
        elapsed=_elapsed(spec, where, outline, entry, findings),
        given=spec.given,
        now=spec.now,
        constant=typed(type_name, spec.value),
    )


def _cases(spec: DefaultSpec, where: Place, type_name: str, findings: Findings) -> tuple[Case, ...]:
    found = []
    for number, case in enumerate(spec.cases):
        place = (*where, "cases", number, "when")
        then = typed(type_name, case.then)
        if not case.when and number < len(spec.cases) - 1:
            findings.add(
                "M220", (*where, "cases", number), "no case behind this one is ever looked at",
                "give it a `when`, or move it to the end",
            )  # fmt: skip
        for alternative in case.when:
            conditions: list[tuple[Read, tuple[Scalar, ...] | None]] = []
            for text, values in alternative.items():
                read = read_path(text, (*place, text), findings)
                if read is not None:
                    conditions.append((read, values))
            found.append(Case(tuple(conditions), then))
        if not case.when:
            found.append(Case((), then))
    return tuple(found)


def _elapsed(
    spec: DefaultSpec, where: Place, outline: Outline, entry: Entry, findings: Findings
) -> Elapsed | None:
    if spec.time is None and spec.plus_seconds is None:
        return None
    if spec.time is None or spec.plus_seconds is None:
        lacking, other = ("time", "plus_seconds") if spec.time is None else ("plus_seconds", "time")
        findings.add("M220", where, f"`{other}` has no `{lacking}` beside it", f"add `{lacking}: <a column>`")
        return None
    columns = outline.columns(entry)
    known = True
    for key, name in (("time", spec.time), ("plus_seconds", spec.plus_seconds)):
        if name not in columns:
            guess = near(name, columns)
            findings.add(
                "M209", (*where, key), f"the table `{entry.name}` has no column `{name}`",
                f"did you mean `{guess}`?" if guess else f"use one of: {', '.join(columns)}",
            )  # fmt: skip
            known = False
    seconds = columns.get(spec.plus_seconds)
    if known and seconds is not None and seconds.type not in ("integer",):
        findings.add(
            "M220", (*where, "plus_seconds"), f"`{spec.plus_seconds}` is not an integer column", "count whole seconds: `type: integer`"
        )
    return Elapsed(spec.time, spec.plus_seconds) if known else None
