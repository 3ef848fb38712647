"""Column limits: the constraints of a column, and the keys that say nothing on it.

In: a column as written and its type. Out: the plan's constraints, and findings for what can never hold.
"""

from __future__ import annotations

from docrel.compile.site import Site
from docrel.compile.types import typed
from docrel.diagnostics import near, suggestion
from docrel.plan import Scalar, bound_fault, fits, is_among, quoting_fault, range_fault, to_text
from docrel.spec import ColumnSpec
from docrel.values import CODECS

ROLES = ("from", "surrogate", "parent", "position", "key", "edge", "rest", "derived", "unsourced")
_ALWAYS = {"type", "renamed_from", "description"}
_LIMITS = {"required", "unique", "one_of", "min", "max", "references"}
_ALLOWED: dict[str, set[str]] = {
    "from": {"from", *_LIMITS, "default", "map", "otherwise", "quoted", "scale"},
    "unsourced": {"unsourced", *_LIMITS, "default"},
    "surrogate": {"surrogate"},
    "parent": {"parent", "required", "unique"},
    "position": {"position"},
    "key": {"key", "join", *_LIMITS},
    "edge": {"edge", *_LIMITS},
    "rest": {"rest"},
    "derived": {"derived"},
}
ROLE_WORDS = {
    "from": "a column read from the document",
    "unsourced": "an `unsourced` column",
    "surrogate": "the surrogate, which docrel fills,",
    "parent": "a `parent` column, which docrel fills,",
    "position": "a `position` column, which docrel fills,",
    "key": "a `key` column",
    "edge": "an `edge` column",
    "rest": "a `rest` column, which takes what is left,",
    "derived": "a `derived` column, which only copies,",
}


def check_keys(site: Site, role_name: str) -> None:
    """Refuse keys that say nothing on a column of this role."""
    written = {
        field.alias or name for name, field in ColumnSpec.model_fields.items() if name in site.spec.model_fields_set
    }
    known = {*ROLES, *_ALWAYS, *_ALLOWED[role_name]}
    for key in sorted(written - known):
        site.findings.add("M208", site.at(key), f"{ROLE_WORDS[role_name]} has no `{key}`", f"remove `{key}`", key=True)
    if "join" in written and site.spec.key == "each":
        site.findings.add(
            "M208",
            site.at("join"),
            "`key: each` is one name, there is nothing to join",
            "remove `join`",
            key=True,
        )


def one_of_of(site: Site, type_name: str) -> tuple[Scalar, ...] | None:
    """Return the values allowed, each of the column's type."""
    given = site.spec.one_of
    if given is None:
        return None
    if not given:
        site.findings.add("M217", site.at("one_of"), "`one_of` allows nothing", "list the values allowed, or remove it")
        return None
    for number, value in enumerate(given):
        if not fits(type_name, value):
            _misfit(site, ("one_of", number), value, type_name)
    return tuple({to_text(value): value for value in (typed(type_name, value) for value in given)}.values())


def _misfit(site: Site, keys: tuple[str | int, ...], value: Scalar, type_name: str) -> None:
    other = "text" if isinstance(value, str) else "real" if isinstance(value, float) else "integer"
    other = "boolean" if isinstance(value, bool) else other
    help_ = f"write a value of that type, or make the column `type: {other}`"
    site.findings.add("M216", site.at(*keys), f"{value!r} is not a value of type {type_name}", help_)


def check_constants(site: Site, one_of: tuple[Scalar, ...] | None, constants: list[Scalar]) -> None:
    """Refuse constants of a default that the column's own limits forbid."""
    for value in constants:
        if _outside(site, value):
            site.findings.add(
                "M216",
                site.at("default"),
                f"the default {value!r} is outside `min` and `max`",
                "choose another default",
            )
        if value is not None and one_of is not None and not is_among(value, one_of):
            help_ = suggestion(str(value), map(str, one_of), "add it to `one_of`, or choose another default")
            site.findings.add("M216", site.at("default"), f"the default {value!r} is not in `one_of`", help_)


def map_of(site: Site, type_name: str, one_of: tuple[Scalar, ...] | None) -> tuple[tuple[Scalar, Scalar], ...]:
    """Return what values of the document are called in the column."""
    if site.spec.map and CODECS[type_name].container:
        message = f"a column of type {type_name} holds values as they are, and has no `map`"
        site.findings.add("M208", site.at("map"), message, "remove it, or make the column `type: scalar`", key=True)
    for key, value in site.spec.map:
        if not fits(type_name, value):
            _misfit(site, ("map", key), value, type_name)
        elif one_of is not None and not is_among(typed(type_name, value), one_of):
            message = f"`map` turns {key!r} into {value!r}, which is not in `one_of`"
            help_ = suggestion(str(value), map(str, one_of), "add it to `one_of`")
            site.findings.add("M216", site.at("map", key), message, help_)
    return tuple((key, typed(type_name, value)) for key, value in site.spec.map)


def _outside(site: Site, value: Scalar) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    low, high = site.spec.min, site.spec.max
    return (low is not None and value < low) or (high is not None and value > high)


def check_limits(site: Site, type_name: str) -> None:
    """Refuse limits that no value, or no value of this type, can keep."""
    spec, findings = site.spec, site.findings
    for key, bound in (("min", spec.min), ("max", spec.max)):
        if bound is not None and (fault := bound_fault(key, bound, type_name)) is not None:
            findings.add("M217", site.at(key), *fault)
    if (fault := range_fault(spec.min, spec.max)) is not None:
        findings.add("M217", site.at("min"), *fault)
    if (fault := quoting_fault(type_name, quoted=spec.quoted, scale=spec.scale)) is not None:
        findings.add("M217", site.at("quoted" if spec.scale is None else "scale"), *fault)
    if spec.required and spec.otherwise == "rest":
        findings.add(
            "M217", site.at("otherwise"),
            "a required column cannot leave a forbidden value out: it would be NULL",
            "remove `required` or `otherwise`",
        )  # fmt: skip


def references_of(site: Site) -> tuple[str, str] | None:
    """Return the table and column that a foreign key refers to."""
    given = site.spec.references
    if given is None:
        return None
    name, _, column = given.rpartition(".")
    table = site.outline.find(name)
    if table is None:
        guess = near(name or given, site.outline.names)
        site.findings.add(
            "M209", site.at("references"), f"`{given}` names no table and column of this mapping",
            f"did you mean `{guess}.{column if name else 'id'}`?" if guess else "write `table.column`",
        )  # fmt: skip
        return None
    columns = site.outline.columns(table)
    if column not in columns:
        guess = near(column, columns)
        site.findings.add(
            "M209", site.at("references"), f"the table `{name}` has no column `{column}`",
            f"did you mean `{name}.{guess}`?" if guess else f"use one of: {', '.join(columns)}",
        )  # fmt: skip
        return None
    return (name, column)
