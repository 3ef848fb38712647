"""Naming: the names that a mapping gives to tables, columns, indexes, views and the rest.

In: a plan and the outline it came from. Out: findings for names that a database cannot have, or has twice.
"""

from __future__ import annotations

from collections.abc import Iterable

from docrel.compile.outline import Entry, Outline
from docrel.plan import LIMIT_BYTES, MAPPING_LIMIT_BYTES, Plan, name_fault, own_tables, reserved_prefix
from docrel.spec import Findings, Spec
from docrel.spec import Path as Place

_POSTGRESQL_OWN = {"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"}

_Named = tuple[str, str, Place]  # what it is, its name, where it is written


def check_names(plan: Plan, spec: Spec, outline: Outline, findings: Findings) -> None:
    """Note names that cannot be, clash, or are renamed from something that is still there."""
    own: list[_Named] = [("docrel's table", name, ("mapping",)) for name in own_tables(plan.name)]
    mapping: _Named = ("mapping", plan.name, ("mapping",))
    objects = list(_objects(spec, outline))
    for what, name, place in (mapping, *objects):
        limit = MAPPING_LIMIT_BYTES if what == "mapping" else LIMIT_BYTES
        _possible(what, name, place, findings, limit=limit)
        prefix = reserved_prefix(own_tables(name)[0] if what == "mapping" else name)
        if prefix is not None:
            findings.add(
                "M211",
                place,
                f"names that begin with `{prefix}` are reserved",
                f"call the {what} otherwise",
                key=what != "mapping",
            )
    triggers = {("statement", statement.name) for statement in plan.statements if statement.is_trigger}
    _distinct([*own, *(o for o in objects if o[:2] not in triggers)], findings)
    _distinct([o for o in objects if o[0] in ("view", "statement")], findings)
    names = [entry.name for entry in outline.entries]
    for entry in outline.entries:
        _columns(entry, outline, findings)
        _renamed(entry.spec.renamed_from, entry.name, names, entry.path, findings)


def _objects(spec: Spec, outline: Outline) -> Iterable[_Named]:
    for entry in outline.entries:
        yield "table", entry.name, entry.path
    for entry in outline.entries:
        for name in entry.spec.indexes:
            yield "index", name, (*entry.path, "indexes", name)
    for name in spec.mapping.views:
        yield "view", name, ("views", name)
    for name in spec.mapping.statements:
        yield "statement", name, ("statements", name)


def _columns(entry: Entry, outline: Outline, findings: Findings) -> None:
    places: list[_Named] = []
    for name in outline.columns(entry):
        place = (*entry.path, "columns", name)
        places.append(("column", name, place if name in entry.spec.columns else entry.path))
        _possible("column", name, places[-1][2], findings)
        if name.lower() in _POSTGRESQL_OWN:
            findings.add(
                "M211", place, f"`{name}` is the name of a column that each PostgreSQL table has already",
                f"call the column otherwise, and write `from: {name}`", key=True,
            )  # fmt: skip
    _distinct(places, findings)
    _distinct([("check", name, (*entry.path, "checks", name)) for name in entry.spec.checks], findings)
    for name in entry.spec.checks:
        _possible("check", name, (*entry.path, "checks", name), findings)
    for name, table in outline.missing_links(entry):
        findings.add(
            "M210", (*entry.path, "columns", name),
            f"`{name}` should hold the key of the row's `{table.name}`, but is another column",
            f"give the key a name of its own: `{table.row}_key: {{parent: {table.name}}}`", key=True,
        )  # fmt: skip
    for name, column in entry.spec.columns.items():
        _renamed(column.renamed_from, name, list(entry.spec.columns), (*entry.path, "columns", name), findings)


def _possible(what: str, name: str, place: Place, findings: Findings, *, limit: int = LIMIT_BYTES) -> None:
    fault = name_fault(what, name, limit)
    if fault is not None:
        findings.add("M211", place, *fault, key=True)


def _distinct(named: Iterable[_Named], findings: Findings) -> None:
    seen: dict[str, tuple[str, str]] = {}
    for what, name, place in named:
        before = seen.get(name.lower())
        if before is None:
            seen[name.lower()] = (what, name)
            continue
        reason = "" if before[1] == name else f" as `{before[1]}`, and SQLite does not tell capitals apart"
        findings.add(
            "M210",
            place,
            f"a {before[0]} is named `{name}` already{reason}",
            f"give this {what} another name",
            key=True,
        )


def _renamed(old: str | None, name: str, names: list[str], place: Place, findings: Findings) -> None:
    if old is None:
        return
    if old == name:
        findings.add("M227", (*place, "renamed_from"), f"`{name}` has this name still", "remove `renamed_from`")
    elif old in names:
        findings.add(
            "M227",
            (*place, "renamed_from"),
            f"`{old}` is still there, so it was not renamed",
            "remove `renamed_from`",
        )
