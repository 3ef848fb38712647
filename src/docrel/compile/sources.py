"""Plan sources: the places that the rows of a table come from.

In: a table's entry and its columns. Out: the plan's sources, those told apart by constants before the one
that is not, and findings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from docrel.compile.outline import Entry, Outline
from docrel.compile.paths import each_path, names_path, parsed, steps_of, value_path
from docrel.compile.types import typed
from docrel.diagnostics import suggestion
from docrel.plan import Column, Elements, Members, Name, Path, Scalar, Source, Unsourced, Value, fits, is_among
from docrel.selectors import path_text
from docrel.spec import Findings, SourceSpec
from docrel.spec import Path as Place


def sources_of(entry: Entry, columns: tuple[Column, ...], outline: Outline, findings: Findings) -> tuple[Source, ...]:
    """Return the sources of a table."""
    spec = entry.spec
    if spec.each is not None and spec.sources:
        findings.add(
            "M214",
            (*entry.path, "each"),
            "a table has `each` or `sources`, not both",
            "move `each` into `sources`",
        )
    if entry.parent is not None and not entry.places:
        findings.add(
            "M202",
            entry.path,
            f"the table `{entry.name}` lacks `each`",
            f"say where its rows are: `each: {entry.name}[*]`",
            key=True,
        )
    if entry.parent is None and spec.sources:
        findings.add(
            "M214", (*entry.path, "sources"), "a root table has one row a document, so it has no `sources`",
            "remove `sources`; use a list in `from` for a value with several places",
        )  # fmt: skip
    if spec.when and spec.sources:
        findings.add(
            "M214", (*entry.path, "when"), "`when` belongs to each of the `sources`",
            "move `when` into the sources that need it",
        )  # fmt: skip
    sites = [_Site(entry, name, s, where, columns, outline, findings) for name, s, where in entry.places]
    found = [source for site in sites if (source := _source(site)) is not None]
    _check_tree(entry, findings)
    found.sort(key=lambda source: not source.constants)
    return (*found, *_edges(entry, {source.name for source in found}, findings))


@dataclass(frozen=True, slots=True)
class _Site:
    """A source as written, its table, and where its problems are noted."""

    entry: Entry
    name: str
    spec: SourceSpec
    where: Place
    columns: tuple[Column, ...]
    outline: Outline
    findings: Findings


def _source(site: _Site) -> Source | None:
    entry, where, findings = site.entry, site.where, site.findings
    parent = _parent(site)
    below_root = parent is None or parent.parent is None
    place = (*where, "each") if (*where, "each") in findings.text.values else where
    each = each_path(site.spec.each, place, findings, nested=parent is not None, may_be_document=below_root)
    when = _when(site)
    if each is None:
        return None
    constants, values = _source_columns(site)
    return Source(
        site.name,
        parent.name if parent is not None else None,
        each,
        when=when,
        constants=constants,
        values=values,
        tree=entry.is_tree,
        row_if=entry.spec.row_if if entry.is_tree else (),
    )


def _parent(site: _Site) -> Entry | None:
    entry, within, place = site.entry, site.spec.within, (*site.where, "within")
    if within is None:
        return entry.parent
    found = site.outline.find(within)
    if found is None:
        help_ = suggestion(within, site.outline.names)
        site.findings.add("M209", place, f"there is no table `{within}`", help_)
        return entry.parent
    if _root(found) is not _root(entry):
        site.findings.add("M209", place, f"`{within}` belongs to another root table", "name a table of the same root")
    if found is entry:
        site.findings.add("M221", place, "a table within itself is a `repeat`", f"write `repeat: {site.spec.each}`")
        return entry.parent
    return found


def _root(entry: Entry) -> Entry:
    while entry.parent is not None:
        entry = entry.parent
    return entry


def _when(site: _Site) -> tuple[tuple[Path, tuple[Scalar, ...]], ...]:
    found: dict[Path, tuple[Scalar, ...]] = {}
    for text, values in site.spec.when.items():
        where = (*site.where, "when", text)
        names = names_path(text, where, site.findings, "M223", "`when`")
        path = tuple(map(Name, names or ()))
        if path in found:
            site.findings.add("M223", where, f"`{text}` is looked at already", "write one list of values", key=True)
        if names is not None:
            found[path] = values
        if not values:
            site.findings.add("M223", where, "`when` allows no value", "list the values that are meant")
    return tuple(found.items())


def _source_columns(
    site: _Site,
) -> tuple[tuple[tuple[str, Scalar], ...], tuple[tuple[str, tuple[Path, ...]], ...]]:
    known = {column.name: column for column in site.columns}
    constants: list[tuple[str, Scalar]] = []
    values: dict[str, tuple[Path, ...]] = {}
    for name, given in site.spec.columns.items():
        place = (*site.where, "columns", name)
        column = known.get(name)
        if column is None:
            message = f"the table `{site.entry.name}` has no column `{name}`"
            help_ = suggestion(name, known, f"add `{name}` to `columns`")
            site.findings.add("M209", place, message, help_, key=True)
        elif given.from_ is None and isinstance(column.role, Value | Unsourced):
            _check_constant(site, column, given.value)
            constants.append((name, given.value))
        elif given.from_ is not None and isinstance(column.role, Value):
            paths = [value_path(t, place, site.findings, nested=True, each=site.spec.each) for t in given.from_]
            values[name] = tuple(p for p in paths if p is not None)
        else:
            why = "is `unsourced`" if isinstance(column.role, Unsourced) else "is filled by docrel"
            site.findings.add("M208", place, f"`{name}` {why}, a source cannot fill it", "remove it here", key=True)
    if takes_whole(values, known):
        taken = {name for name, _ in constants} | set(values)
        values |= {c.name: () for c in site.columns if isinstance(c.role, Value) and c.name not in taken}
    return tuple(constants), tuple(values.items())


def takes_whole(values: Mapping[str, tuple[Path, ...]], columns: Mapping[str, Column]) -> bool:
    """Say whether a source's own columns take the whole node, so that no other column reads of it."""
    return any(path == () for name, paths in values.items() for path in paths if columns[name].type == "json")


def _check_constant(site: _Site, column: Column, value: Scalar) -> None:
    allowed = column.one_of is None or is_among(typed(column.type, value), column.one_of)
    if not (fits(column.type, value) and allowed):
        place = (*site.where, "columns", column.name)
        help_ = f"write one of type {column.type}"
        if column.one_of is not None:
            help_ = f"write one of: {', '.join(map(str, column.one_of))}"
        site.findings.add("M216", place, f"`{column.name}` cannot hold {value!r}", help_)


def _check_tree(entry: Entry, findings: Findings) -> None:
    spec = entry.spec
    where = (*entry.path, "repeat")
    if not entry.is_tree:
        if spec.row_if:
            findings.add(
                "M221",
                (*entry.path, "row_if"),
                "`row_if` chooses nodes on a way down, and there is none",
                "add `repeat: '*'`, or remove `row_if`",
            )
        return
    if entry.edges:
        findings.add("M221", where, "`'*'` goes down through all members already", "leave the other selectors out")
    if not spec.row_if:
        findings.add(
            "M221",
            where,
            "`repeat: '*'` does not say which nodes are rows",
            "add `row_if: [a member that rows have]`",
        )
    if not any(column.key == "repeat" for column in spec.columns.values()):
        findings.add(
            "M221",
            where,
            "no column holds the names passed on the way down",
            "add a column `name: {key: repeat, join: '.'}`",
        )
    for _, source, place in entry.places:
        if steps_of(source.each)[-1:] == (Elements(),):
            findings.add(
                "M221",
                (*place, "each"),
                "`repeat: '*'` goes down through objects, not through arrays",
                "end `each` in `.*` or a name",
            )


def _edges(entry: Entry, taken: set[str], findings: Findings) -> tuple[Source, ...]:
    found: list[Source] = []
    if entry.edges and entry.parent is None:
        findings.add(
            "M221",
            (*entry.path, "repeat"),
            "a root table has one row a document",
            "nest a table whose rows repeat",
        )
    if entry.is_tree:
        return ()
    for number, text in enumerate(entry.edges):
        place = (*entry.path, "repeat", number)
        each = each_path(text, place, findings, nested=True, may_be_document=False)
        if each is None:
            continue
        if not isinstance(each[-1], Elements | Members):
            selector = parsed(text, place, findings)
            findings.add(
                "M221",
                place,
                f"`{text}` leads to one node, not to rows",
                f"end it in `[*]` or `.*`: `{selector}[*]`",
            )
            continue
        names = [name for name in (path_text(each[:-1]), path_text(each)) if name not in {"each", *taken}]
        if not names:
            findings.add("M210", place, f"`{text}` is named as a source or a `repeat` already is", "rename the source")
            continue
        taken = {*taken, names[0]}
        found.append(Source(names[0], entry.name, each))
    return tuple(found)
