"""Plan defaults: what a column holds where the document says nothing.

In: the `default:` of a column. Out: the plan's `Default`, its paths resolved, or findings.
"""

from __future__ import annotations

from dataclasses import replace

from docrel.compile.paths import read_path
from docrel.compile.site import Site
from docrel.compile.types import typed
from docrel.diagnostics import suggestion
from docrel.plan import Case, Default, Elapsed, Read, Scalar, fits
from docrel.spec import DefaultSpec, Findings


def default_of(site: Site, type_name: str) -> Default | None:
    """Return the default of a column."""
    spec, findings = site.spec.default, site.findings
    if spec is None:
        return None
    constants = [(site.at("default", "value"), spec.value)]
    constants += [(site.at("default", "cases", i, "then"), case.then) for i, case in enumerate(spec.cases)]
    for place, value in constants:
        if not fits(type_name, value):
            findings.add(
                "M216", place, f"the default {value!r} is not a value of type {type_name}",
                f"write a default of type {type_name}",
            )  # fmt: skip
    if spec.same_as is not None:
        return _same_as(site, type_name)
    reads = [read_path(text, site.at("default", "from", i), findings) for i, text in enumerate(spec.from_)]
    return Default(
        reads=tuple(read for read in reads if read is not None),
        cases=_cases(site, spec, type_name),
        elapsed=_elapsed(site, spec, type_name),
        given=spec.given,
        now=spec.now,
        constant=typed(type_name, spec.value),
        written=spec.written,
    )


def _same_as(site: Site, type_name: str) -> Default | None:
    """Return the places of a root table's column, then its default: both looked at from the document."""
    spec, place = site.spec.default, site.at("default", "same_as")
    if spec is None or spec.same_as is None:
        return None
    if spec.model_fields_set != {"same_as"}:
        site.findings.add("M220", site.at("default"), "`same_as` is the whole default", "remove the other keys")
    found = _root_column(site, spec.same_as)
    if found is None:
        return None
    column, default = found.spec, found.spec.default
    odd = column.from_ is None or (default is not None and (default.time or default.same_as))
    if odd or (column.type or "text") != type_name:
        site.findings.add(
            "M220", place, f"`{spec.same_as}` is not a {type_name} column with a `from`",
            "write the default out: `{from: […]}`",
        )  # fmt: skip
        return None
    reads = [read_path(text, place, found.findings) for text in column.from_ or ()]
    then = default_of(found, type_name) or Default()
    return replace(
        then,
        reads=tuple(Read(True, read.path) for read in (*reads, *then.reads) if read is not None),
        cases=tuple(
            Case(tuple((Read(True, read.path), values) for read, values in case.conditions), case.then)
            for case in then.cases
        ),
    )


def _root_column(site: Site, given: str) -> Site | None:
    """Return the column of the root table that `TABLE.COLUMN` names, its problems reported elsewhere."""
    root = site.entry
    while root.parent is not None:
        root = root.parent
    table, _, name = given.rpartition(".")
    column = site.outline.columns(root).get(name) if table == root.name else None
    if column is not None and root is not site.entry:
        return Site(root, site.outline, Findings(site.findings.text), name, column)
    known = [f"{root.name}.{n}" for n, c in root.spec.columns.items() if c.from_]
    help_ = suggestion(given, known)
    message = f"`{given}` is not a column of the root table `{root.name}`"
    if root is site.entry:
        message, help_ = "`same_as` is for columns of nested tables", "write the default out: `{from: […]}`"
    site.findings.add("M220", site.at("default", "same_as"), message, help_)
    return None


def _cases(site: Site, spec: DefaultSpec, type_name: str) -> tuple[Case, ...]:
    found, findings = [], site.findings
    for number, case in enumerate(spec.cases):
        place = site.at("default", "cases", number, "when")
        then = typed(type_name, case.then)
        if not case.when and number < len(spec.cases) - 1:
            findings.add(
                "M220", site.at("default", "cases", number), "no case behind this one is ever looked at",
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


def _elapsed(site: Site, spec: DefaultSpec, type_name: str) -> Elapsed | None:
    findings = site.findings
    if spec.time is None and spec.plus_seconds is None:
        return None
    if spec.time is None or spec.plus_seconds is None:
        lacking, other = ("time", "plus_seconds") if spec.time is None else ("plus_seconds", "time")
        findings.add(
            "M220",
            site.at("default"),
            f"`{other}` has no `{lacking}` beside it",
            f"add `{lacking}: <a column>`",
        )
        return None
    if type_name not in ("text", "timestamp"):
        message = f"a time does not fit into a column of type {type_name}"
        findings.add("M220", site.at("default"), message, "write `type: timestamp`")
    columns = site.outline.columns(site.entry)
    unknown = [(key, name) for key, name in (("time", spec.time), ("plus_seconds", spec.plus_seconds))
               if name not in columns]  # fmt: skip
    for key, name in unknown:
        message = f"the table `{site.entry.name}` has no column `{name}`"
        findings.add("M209", site.at("default", key), message, suggestion(name, columns))
    return None if unknown else Elapsed(spec.time, spec.plus_seconds)
