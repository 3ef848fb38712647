"""Plan defaults: what a column holds where the document says nothing.

In: the `default:` of a column. Out: the plan's `Default`, its paths resolved, or findings.
"""

from __future__ import annotations

from dataclasses import replace

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
    if spec.same_as is not None:
        return _same_as(spec, where, outline, entry, type_name, findings)
    return Default(
        reads=tuple(read for read in reads if read is not None),
        cases=_cases(spec, where, type_name, findings),
        elapsed=_elapsed(spec, where, outline, entry, findings),
        given=spec.given,
        now=spec.now,
        constant=typed(type_name, spec.value),
    )


def _same_as(
    spec: DefaultSpec, where: Place, outline: Outline, entry: Entry, type_name: str, findings: Findings
) -> Default | None:
    """Return the places of a root table's column, then its default: both looked at from the document."""
    place, given = (*where, "same_as"), spec.same_as or ""
    if spec.model_fields_set != {"same_as"}:
        findings.add("M220", where, "`same_as` is the whole default", "remove the other keys")
    root = entry
    while root.parent is not None:
        root = root.parent
    name, _, column = given.rpartition(".")
    found = outline.columns(root).get(column) if name == root.name else None
    if found is None or root is entry:
        known = [f"{root.name}.{c}" for c, s in root.spec.columns.items() if s.from_]
        guess = near(given, known)
        message = f"`{given}` is not a column of the root table `{root.name}`"
        if root is entry:
            message = "`same_as` is for nested tables"
        findings.add(
            "M220", place, message, f"did you mean `{guess}`?" if guess else f"use one of: {', '.join(known)}"
        )
        return None
    if found.from_ is None or (found.default is not None and found.default.time is not None) or (found.type or "text") != type_name:
        findings.add(
            "M220", place, f"`{given}` is not a {type_name} column with a `from`", "write the default out: `{from: […]}`"
        )
        return None
    unseen = Findings(findings.text)  # what is wrong there is reported there
    reads = [r for text in found.from_ if (r := read_path(text, place, unseen)) is not None]
    reads = [Read(True, read.path) for read in reads]
    then = default_of(found.default, place, outline, root, type_name, unseen) or Default()
    return replace(
        then,
        reads=(*reads, *(Read(True, read.path) for read in then.reads)),
        cases=tuple(
            Case(tuple((Read(True, read.path), values) for read, values in case.conditions), case.then)
            for case in then.cases
        ),
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
