"""Plan columns: each column of a table, from its spec.

In: a table's entry in the outline. Out: the plan's columns, in order, and findings for what cannot be. Never
compares columns with one another: that is `docrel.claims`'s part.
"""

from __future__ import annotations

from dataclasses import dataclass

from docrel.codecs import CODECS
from docrel.column_types import ORDERED, fits, suggestion, typed
from docrel.findings import Findings
from docrel.outline import Entry, Outline
from docrel.paths import parsed, value_path
from docrel.plan import (
    Column,
    Derived,
    EdgeName,
    JoinedKey,
    MemberKey,
    Name,
    ParentKey,
    Position,
    Rest,
    Role,
    Scalar,
    Surrogate,
    Unsourced,
    Value,
)
from docrel.plan_defaults import default_of
from docrel.spec import ColumnSpec
from docrel.spec_errors import near
from docrel.yamltext import Path as Place

_ROLES = ("from", "surrogate", "parent", "position", "key", "edge", "rest", "derived", "unsourced")
_ALWAYS = {"type", "renamed_from", "description"}
_LIMITS = {"required", "unique", "one_of", "min", "max", "references"}
_ALLOWED: dict[str, set[str]] = {
    "from": {"from", *_LIMITS, "default", "map", "otherwise"},
    "unsourced": {"unsourced", *_LIMITS, "default"},
    "surrogate": {"surrogate"},
    "parent": {"parent", "required", "unique"},
    "position": {"position"},
    "key": {"key", "join", *_LIMITS},
    "edge": {"edge", *_LIMITS},
    "rest": {"rest"},
    "derived": {"derived"},
}
_WHAT = {
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
_TYPE = {"surrogate": "integer", "position": "integer", "key": "text", "edge": "text", "rest": "json", "derived": "json"}


@dataclass(frozen=True, slots=True)
class _Site:
    """A column as written: where it is, and what is around it."""

    entry: Entry
    outline: Outline
    findings: Findings
    name: str
    spec: ColumnSpec

    @property
    def place(self) -> Place:
        return (*self.entry.path, "columns", self.name)

    def at(self, *keys: str | int) -> Place:
        return (*self.place, *keys)


def columns_of(entry: Entry, outline: Outline, findings: Findings) -> tuple[Column, ...]:
    """Return the columns of a table in order, generated keys included."""
    return tuple(
        _column(_Site(entry, outline, findings, name, spec)) for name, spec in outline.columns(entry).items()
    )


def _column(site: _Site) -> Column:
    spec, findings = site.spec, site.findings
    role_name = _role_name(site)
    type_name = _type(site, role_name)
    position = findings.position(site.place, key=True)
    _no_idle_keys(site, role_name)
    one_of = _one_of(site, type_name)
    default = default_of(spec.default, site.at("default"), site.outline, site.entry, type_name, findings)
    role = _role(site, role_name)
    if default is not None and one_of is not None:
        _constants_allowed(site, one_of, [default.constant, *(case.then for case in default.cases)])
    _limits(site, type_name)
    return Column(
        site.name,
        type_name,
        role,
        required=_required(site, role_name),
        unique=spec.unique,
        one_of=one_of,
        minimum=_bound(spec.min, type_name),
        maximum=_bound(spec.max, type_name),
        default=default,
        map=_map(site, type_name, one_of),
        soft=spec.otherwise == "rest",
        references=_references(site),
        renamed_from=spec.renamed_from,
        description=spec.description,
        origin=str(position),
    )


def _role_name(site: _Site) -> str:
    spec = site.spec
    given = {
        "from": spec.from_ is not None, "surrogate": spec.surrogate, "parent": spec.parent is not None,
        "position": spec.position, "key": spec.key is not None, "edge": spec.edge, "rest": spec.rest,
        "derived": spec.derived is not None, "unsourced": spec.unsourced,
    }  # fmt: skip
    chosen = [name for name in _ROLES if given[name]]
    if len(chosen) > 1:
        both = " and ".join(f"`{name}`" for name in chosen)
        site.findings.add(
            "M207", site.place, f"the column `{site.name}` has {both}: a column is filled one way",
            f"keep `{chosen[0]}` and remove the other, or make two columns", key=True,
        )  # fmt: skip
    return chosen[0] if chosen else "unsourced" if _only_constants(site) else "from"


def _only_constants(site: _Site) -> bool:
    """Whether every source gives this column a constant, so that it needs no place of its own."""
    sources = site.entry.spec.sources
    return bool(sources) and all(
        site.name in s.columns and s.columns[site.name].from_ is None for s in sources.values()
    )


def _type(site: _Site, role_name: str) -> str:
    given, fixed = site.spec.type, _TYPE.get(role_name, "text")
    if role_name == "parent":
        fixed = _parent_type(site.entry, site.outline, site.spec)
    if given is None:
        return fixed
    if given not in CODECS:
        written = site.at("type") if site.at("type") in site.findings.text.values else site.place
        site.findings.add("M206", written, f"`{given}` is not a type", suggestion(given))
        return fixed
    if role_name in ("surrogate", "position", "key", "edge", "rest", "parent") and given != fixed:
        site.findings.add(
            "M208", site.at("type"), f"{_WHAT[role_name]} is always {fixed}, not {given}", "leave `type` out"
        )
        return fixed
    return given


def _parent_type(entry: Entry, outline: Outline, spec: ColumnSpec, seen: tuple[str, ...] = ()) -> str:
    target = outline.parent_of(spec)
    if target is None:
        return "integer"
    table, column = target
    found = outline.columns(table).get(column)
    if found is None or found.surrogate or f"{table.name}.{column}" in seen:
        return "integer"
    if found.parent is not None:
        return _parent_type(table, outline, found, (*seen, f"{table.name}.{column}"))
    fixed = "integer" if found.position else "text"
    return found.type if found.type in CODECS else fixed


def _role(site: _Site, role_name: str) -> Role:
    spec = site.spec
    match role_name:
        case "surrogate":
            return Surrogate()
        case "position":
            return Position()
        case "rest":
            return Rest()
        case "edge":
            return EdgeName()
        case "unsourced":
            return Unsourced()
        case "parent":
            return _parent(site)
        case "key":
            return _key(site)
        case "derived":
            selector = parsed(spec.derived or "", site.at("derived"), site.findings)
            return Derived(str(selector) if selector is not None else "@")
    return _value(site)


def _parent(site: _Site) -> Role:
    target = site.outline.parent_of(site.spec)
    written = site.spec.parent or ""
    if target is None:
        table = site.outline.find(written)
        if table is not None:
            help_ = f"name one of them: `parent: {written}.{site.outline.key(table)[0]}`"
            message = f"the key of `{written}` has several columns"
        else:
            guess = near(written, site.outline.names)
            help_ = f"did you mean `{guess}`?" if guess else f"use one of: {', '.join(site.outline.names)}"
            message = f"there is no table `{written}`"
        site.findings.add("M209", site.at("parent"), message, help_)
        return ParentKey(written, "id")
    table, column = target
    if not site.outline.ever_below(site.entry, table):
        site.findings.add(
            "M209", site.at("parent"), f"no row of `{site.entry.name}` lies below a row of `{table.name}`",
            f"nest `{site.entry.name}` in `{table.name}`, or use `references` for a key that the document holds",
        )  # fmt: skip
    return ParentKey(table.name, column)


def _required(site: _Site, role_name: str) -> bool:
    if role_name != "parent":
        return site.spec.required or site.name in site.entry.spec.primary_key
    target = site.outline.parent_of(site.spec)
    always = target is not None and site.outline.always_below(site.entry, target[0])
    if site.spec.required and target is not None and not always:
        site.findings.add(
            "M217", site.at("required"),
            f"not every row of `{site.entry.name}` lies below a row of `{target[0].name}`", "leave `required` out",
        )  # fmt: skip
    return always


def _key(site: _Site) -> Role:
    spec, entry = site.spec, site.entry
    if spec.key == "each":
        if not any(source.each.rstrip().endswith("*") and not source.each.rstrip().endswith("[*]")
                   for _, source, _ in entry.places) and not any(e.endswith(".*") for e in entry.edges):  # fmt: skip
            site.findings.add(
                "M221", site.at("key"), f"the rows of `{entry.name}` have no name: `each` does not end in `.*`",
                "end `each` in `.*` if it is an object's members, or use `position: true` for an array's elements",
            )  # fmt: skip
        return MemberKey()
    if not entry.is_tree:
        site.findings.add(
            "M221", site.at("key"), "`key: repeat` needs a way down", "add `repeat: '*'` and `row_if` to the table"
        )
    separator = "." if spec.join is None else spec.join
    if not separator or "\\" in separator or "\0" in separator:
        site.findings.add(
            "M221", site.at("join"), f"names joined by {separator!r} cannot be told apart again", "join by `.` or `/`"
        )
    return JoinedKey(separator or ".")


def _value(site: _Site) -> Role:
    if site.spec.from_ is None:
        return Value(((Name(site.name),),))
    places = site.findings.text.values
    paths = []
    if not site.spec.from_:
        site.findings.add(
            "M207", site.at("from"), f"the column `{site.name}` is read from nowhere",
            "name the place, or write `unsourced: true` in place of `from`",
        )  # fmt: skip
    for number, text in enumerate(site.spec.from_):
        where = site.at("from", number) if site.at("from", number) in places else site.at("from")
        each = site.entry.spec.each or ""
        path = value_path(text, where, site.findings, nested=site.entry.parent is not None, each=each)
        if path is not None and path in paths:
            site.findings.add("M212", where, f"`{text}` is listed twice", "remove one")
        elif path is not None:
            paths.append(path)
    return Value(tuple(paths))


def _no_idle_keys(site: _Site, role_name: str) -> None:
    """Refuse keys that say nothing on a column of this role."""
    written = {field.alias or name for name, field in ColumnSpec.model_fields.items() if name in site.spec.model_fields_set}
    known = {*_ROLES, *_ALWAYS, *_ALLOWED[role_name]}
    for key in sorted(written - known):
        site.findings.add(
            "M208", site.at(key), f"{_WHAT[role_name]} has no `{key}`", f"remove `{key}`", key=True
        )
    if "join" in written and site.spec.key == "each":
        site.findings.add("M208", site.at("join"), "`key: each` is one name, there is nothing to join", "remove `join`", key=True)


def _one_of(site: _Site, type_name: str) -> tuple[Scalar, ...] | None:
    given = site.spec.one_of
    if given is None:
        return None
    if not given:
        site.findings.add("M217", site.at("one_of"), "`one_of` allows nothing", "list the values allowed, or remove it")
        return None
    for number, value in enumerate(given):
        if not fits(type_name, value):
            _misfit(site, ("one_of", number), value, type_name)
    return tuple(dict.fromkeys(typed(type_name, value) for value in given))


def _misfit(site: _Site, keys: tuple[str | int, ...], value: Scalar, type_name: str) -> None:
    other = "text" if isinstance(value, str) else "real" if isinstance(value, float) else "integer"
    other = "boolean" if isinstance(value, bool) else other
    help_ = f"write a value of that type, or make the column `type: {other}`"
    site.findings.add("M216", site.at(*keys), f"{value!r} is not a value of type {type_name}", help_)


def _constants_allowed(site: _Site, one_of: tuple[Scalar, ...], constants: list[Scalar]) -> None:
    for value in constants:
        if value is not None and value not in one_of:
            guess = near(str(value), [str(v) for v in one_of])
            site.findings.add(
                "M216", site.at("default"), f"the default {value!r} is not in `one_of`",
                f"did you mean `{guess}`?" if guess else "add it to `one_of`, or choose another default",
            )  # fmt: skip


def _map(site: _Site, type_name: str, one_of: tuple[Scalar, ...] | None) -> tuple[tuple[Scalar, Scalar], ...]:
    for key, value in site.spec.map:
        if not fits(type_name, value):
            _misfit(site, ("map", key), value, type_name)
        elif one_of is not None and typed(type_name, value) not in one_of:
            guess = near(str(value), [str(v) for v in one_of])
            site.findings.add(
                "M216", site.at("map", key), f"`map` turns {key!r} into {value!r}, which is not in `one_of`",
                f"did you mean `{guess}`?" if guess else "add it to `one_of`",
            )  # fmt: skip
    return tuple((key, typed(type_name, value)) for key, value in site.spec.map)


def _limits(site: _Site, type_name: str) -> None:
    spec, findings = site.spec, site.findings
    for key, bound in (("min", spec.min), ("max", spec.max)):
        if bound is not None and type_name not in ORDERED:
            findings.add(
                "M217", site.at(key), f"`{key}` has no meaning for a column of type {type_name}",
                "use it with integer, real or decimal, or write a `checks` entry",
            )  # fmt: skip
    if spec.min is not None and spec.max is not None and spec.min > spec.max:
        findings.add("M217", site.at("min"), f"`min` {spec.min} is above `max` {spec.max}", "exchange the two")
    if spec.required and spec.otherwise == "rest":
        findings.add(
            "M217", site.at("otherwise"),
            "a required column cannot leave a forbidden value out: it would be NULL", "remove `required` or `otherwise`",
        )  # fmt: skip


def _bound(bound: int | float | None, type_name: str) -> int | float | None:
    return float(bound) if type_name == "real" and bound is not None else bound


def _references(site: _Site) -> tuple[str, str] | None:
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
    alone = columns[column].unique or (column,) == site.outline.key(table) or (column,) in table.spec.unique
    if not alone:
        site.findings.add(
            "M209", site.at("references"), f"several rows of `{name}` may hold the same `{column}`",
            f"add `unique: true` to `{name}.{column}`",
        )  # fmt: skip
    return (name, column)
