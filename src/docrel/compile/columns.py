"""Plan columns: each column of a table, from its spec.

In: a table's entry in the outline. Out: the plan's columns, in order, and findings for what cannot be. Never
compares columns with one another: that is `docrel.compile.check_claims`'s part.
"""

from __future__ import annotations

from docrel.compile.defaults import default_of
from docrel.compile.limits import (
    ROLE_WORDS,
    ROLES,
    check_constants,
    check_keys,
    check_limits,
    map_of,
    one_of_of,
    references_of,
)
from docrel.compile.outline import Entry, Outline
from docrel.compile.paths import parsed, steps_of, value_path
from docrel.compile.site import Site
from docrel.compile.types import type_suggestion, typed
from docrel.diagnostics import suggestion
from docrel.plan import (
    Column,
    Derived,
    EdgeName,
    Elements,
    JoinedKey,
    MemberKey,
    Members,
    Name,
    ParentKey,
    Position,
    Rest,
    Role,
    Surrogate,
    Unsourced,
    Value,
    separator_fault,
)
from docrel.spec import ColumnSpec, Findings
from docrel.values import CODECS

_TYPE = {
    "surrogate": "integer",
    "position": "integer",
    "key": "text",
    "edge": "text",
    "rest": "json",
    "derived": "json",
}


def columns_of(entry: Entry, outline: Outline, findings: Findings) -> tuple[Column, ...]:
    """Return the columns of a table in order, generated keys included."""
    return tuple(_column(Site(entry, outline, findings, name, spec)) for name, spec in outline.columns(entry).items())


def _column(site: Site) -> Column:
    spec, findings = site.spec, site.findings
    role_name = _role_name(site)
    type_name = _type(site, role_name)
    position = findings.position(site.place, key=True)
    check_keys(site, role_name)
    one_of = one_of_of(site, type_name)
    default = default_of(site, type_name)
    role = _role(site, role_name)
    check_limits(site, type_name)
    if default is not None:
        check_constants(site, one_of, [default.constant, *(case.then for case in default.cases)])
    return Column(
        site.name,
        type_name,
        role,
        required=_required(site, role_name),
        unique=spec.unique,
        one_of=one_of,
        minimum=typed(type_name, spec.min),
        maximum=typed(type_name, spec.max),
        default=default,
        map=map_of(site, type_name, one_of) if isinstance(role, Value) else (),
        quoted=spec.quoted,
        scale=spec.scale,
        soft=spec.otherwise == "rest",
        references=references_of(site),
        renamed_from=spec.renamed_from,
        description=spec.description,
        origin=str(position),
    )


def _role_name(site: Site) -> str:
    spec = site.spec
    given = {
        "from": spec.from_ is not None, "surrogate": spec.surrogate, "parent": spec.parent is not None,
        "position": spec.position, "key": spec.key is not None, "edge": spec.edge, "rest": spec.rest,
        "derived": spec.derived is not None, "unsourced": spec.unsourced,
    }  # fmt: skip
    chosen = [name for name in ROLES if given[name]]
    if len(chosen) > 1:
        both = " and ".join(f"`{name}`" for name in chosen)
        site.findings.add(
            "M207", site.place, f"the column `{site.name}` has {both}: a column is filled one way",
            f"keep `{chosen[0]}` and remove the other, or make two columns", key=True,
        )  # fmt: skip
    return chosen[0] if chosen else "unsourced" if _only_constants(site) else "from"


def _only_constants(site: Site) -> bool:
    """Whether every source gives this column a constant, so that it needs no place of its own."""
    sources = site.entry.spec.sources
    return bool(sources) and all(
        site.name in s.columns and s.columns[site.name].from_ is None for s in sources.values()
    )


def _type(site: Site, role_name: str) -> str:
    given, fixed = site.spec.type, _TYPE.get(role_name, "text")
    if role_name == "parent":
        fixed = _parent_type(site.outline, site.spec)
    if given is None:
        return fixed
    if given not in CODECS:
        written = site.at("type") if site.at("type") in site.findings.text.values else site.place
        site.findings.add("M206", written, f"`{given}` is not a type", type_suggestion(given))
        return fixed
    if role_name in ("surrogate", "position", "key", "edge", "rest", "parent") and given != fixed:
        site.findings.add(
            "M208",
            site.at("type"),
            f"{ROLE_WORDS[role_name]} is always {fixed}, not {given}",
            "leave `type` out",
        )
        return fixed
    return given


def _parent_type(outline: Outline, spec: ColumnSpec, seen: tuple[str, ...] = ()) -> str:
    target = outline.parent_of(spec)
    if target is None:
        return "integer"
    table, column = target
    found = outline.columns(table).get(column)
    if found is None or found.surrogate or f"{table.name}.{column}" in seen:
        return "integer"
    if found.parent is not None:
        return _parent_type(outline, found, (*seen, f"{table.name}.{column}"))
    fixed = "integer" if found.position else "text"
    return found.type if found.type is not None and found.type in CODECS else fixed


def _role(site: Site, role_name: str) -> Role:
    spec = site.spec
    match role_name:
        case "surrogate":
            return Surrogate()
        case "position":
            return _position(site)
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


def _parent(site: Site) -> Role:
    target = site.outline.parent_of(site.spec)
    written = site.spec.parent or ""
    if target is None:
        table = site.outline.find(written)
        if table is not None:
            help_ = f"name one of them: `parent: {written}.{table.key[0]}`"
            message = f"the key of `{written}` has several columns"
        else:
            help_ = suggestion(written, site.outline.names)
            message = f"there is no table `{written}`"
        site.findings.add("M209", site.at("parent"), message, help_)
        return ParentKey(written, "id")
    table, column = target
    if not site.outline.ever_below(site.entry, table):
        site.findings.add(
            "M209", site.at("parent"), f"no row of `{site.entry.name}` lies below a row of `{table.name}`",
            f"nest `{site.entry.name}` in `{table.name}`, or use `references` for the document's own key",
        )  # fmt: skip
    return ParentKey(table.name, column)


def _required(site: Site, role_name: str) -> bool:
    if role_name != "parent":
        return site.spec.required or site.name in site.entry.spec.primary_key
    target = site.outline.parent_of(site.spec)
    always = target is not None and site.outline.always_below(site.entry, target[0])
    if site.spec.required and target is not None and not always:
        site.findings.add(
            "M217", site.at("required"),
            f"not every row of `{site.entry.name}` lies below a row of `{target[0].name}`",
            "leave `required` out",
        )  # fmt: skip
    return always


def _position(site: Site) -> Role:
    places = [source.each for _, source, _ in site.entry.places] + [*site.entry.edges]
    if not any(isinstance(step, Elements | Members) for text in places for step in steps_of(text)[-1:]):
        site.findings.add(
            "M221", site.at("position"), f"the rows of `{site.entry.name}` have no place among others",
            "remove the column, or end `each` in `[*]` or `.*`",
        )  # fmt: skip
    return Position()


def _key(site: Site) -> Role:
    spec, entry = site.spec, site.entry
    if spec.key == "each":
        selectors = [source.each for _, source, _ in entry.places] + [*entry.edges]
        if not any(isinstance(step, Members) for text in selectors for step in steps_of(text)[-1:]):
            site.findings.add(
                "M221", site.at("key"),
                f"the rows of `{entry.name}` have no name: `each` does not end in `.*`",
                "end `each` in `.*` for an object's members, or use `position: true` for an array's elements",
            )  # fmt: skip
        return MemberKey()
    if not entry.is_tree:
        site.findings.add(
            "M221",
            site.at("key"),
            "`key: repeat` needs a way down",
            "add `repeat: '*'` and `row_if` to the table",
        )
    separator = "." if spec.join is None else spec.join
    if (fault := separator_fault(separator)) is not None:
        site.findings.add("M221", site.at("join"), *fault)
    return JoinedKey(separator)


def _value(site: Site) -> Role:
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
