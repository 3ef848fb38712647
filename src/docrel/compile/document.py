"""Plan document: what belongs to the mapping as a whole.

In: a spec, and the tables of its plan. Out: the document's key, its parts, views and other statements, and findings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath

from docrel.compile.paths import names_path
from docrel.compile.sql import sql_of
from docrel.diagnostics import suggestion
from docrel.plan import Column, Part, Rest, Statement, Surrogate, Table, Unsourced, Value, file_fault
from docrel.spec import Findings, Spec
from docrel.sql import statement_fault, view_fault

_KEY: tuple[str, str] = ("document", "key")


def key_of(spec: Spec, tables: Sequence[Table], findings: Findings) -> str | tuple[str, ...] | None:
    """Return the column that identifies a document, or several that do; each root table has them, all required.

    One alone is unique; of several `unique_as_key` has made them so together.
    """
    roots = [table for table in tables if table.parent is None]
    names = _names(spec)
    if not names:
        return _only_key(roots, findings)
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            findings.add("M218", _KEY, f"`{name}` is named twice", "name each column of the key once")
        for root in roots:
            _check_key(name, root, findings, several=len(names) > 1)
    return names[0] if len(names) == 1 else names


def unique_as_key(table: Table, spec: Spec) -> Table:
    """Return a table whose rows are unique by the document's key, where that is several columns of a root table."""
    names = _names(spec)
    if table.parent is not None or len(names) < 2 or table.is_unique(names):
        return table
    return replace(table, unique=(*table.unique, names))


def _names(spec: Spec) -> tuple[str, ...]:
    given = spec.mapping.document.key
    return () if given is None else given.column


def _check_key(key: str, root: Table, findings: Findings, *, several: bool) -> None:
    column = next((column for column in root.columns if column.name == key), None)
    if column is None:
        names = [c.name for c in root.columns if not isinstance(c.role, Surrogate | Rest)]
        findings.add("M218", _KEY, f"the root table `{root.name}` has no column `{key}`", suggestion(key, names))
        return
    if several and column.default is not None and column.default.given:
        findings.add(
            "M218", ("tables", root.name, "columns", key, "default"),
            f"`{key}` is only a part of what identifies a document, and no name that a caller gives",
            "remove the default, or let the one column be the key",
        )  # fmt: skip
    if not _is_given(column):
        findings.add(
            "M218", _KEY, f"`{key}` does not identify a document: docrel fills it",
            "name a column that is read from the document",
        )  # fmt: skip
        return
    is_there = {"required": column.required, "unique": several or (key,) in root.unique_sets}
    lacking = [word for word, there in is_there.items() if not there]
    if lacking:
        findings.add(
            "M218", ("tables", root.name, "columns", key),
            f"`{key}` identifies a document but is not {' and '.join(lacking)}",
            f"add `{': true, '.join(lacking)}: true`", key=True,
        )  # fmt: skip


def key_inferred(spec: Spec) -> bool:
    """Say whether nobody has said yet that the key is one."""
    given = spec.mapping.document.key
    return given is not None and given.inferred


def _only_key(roots: Sequence[Table], findings: Findings) -> str | None:
    texts = [[c for c in root.columns if _is_given(c) and c.type in ("text", "uuid")] for root in roots]
    found = [
        [c.name for c in columns if c.required and (c.name,) in root.unique_sets]
        for root, columns in zip(roots, texts, strict=True)
    ]
    if all(names == found[0] for names in found) and len(found[0]) == 1:
        return found[0][0]
    known = [*found[0], *(c.name for columns in texts for c in columns), "id"]
    several = len(found[0]) > 1
    findings.add(
        "M218",
        ("mapping",),
        "several columns could identify a document" if several else "nothing says what identifies a document",
        f"add `document: {{key: {known[0]}}}`, a required and unique column",
        key=True,
    )
    return None


def _is_given(column: Column) -> bool:
    return isinstance(column.role, Value | Unsourced)


def parts_of(spec: Spec, findings: Findings) -> tuple[Part, ...]:
    """Return the members of the document that are files of their own."""
    found: list[Part] = []
    files: dict[PurePosixPath, str] = {}
    for member, part in spec.mapping.document.parts.items():
        where = ("document", "parts", member)
        other = files.setdefault(PurePosixPath(part.file), member)
        if other != member:
            findings.add(
                "M226", where, f"`{part.file}` is the file of `{other}` already", "give each part a file of its own"
            )
        if (fault := file_fault(part.file)) is not None:
            findings.add("M226", where, *fault)
        paths = [
            names_path(text, (*where, "any_of", number), findings, "M226", "`any_of`")
            for number, text in enumerate(part.any_of)
        ]
        found.append(Part(member, part.file, tuple(path for path in paths if path)))
    return tuple(found)


def statements_of(spec: Spec, findings: Findings) -> tuple[Statement, ...]:
    """Return the views, then the other statements, as written."""
    views = [
        Statement("view", name, sql_of(sql, ("views", name), findings, partial(view_fault, name)))
        for name, sql in spec.mapping.views.items()
    ]
    others = [
        Statement("statement", name, sql_of(sql, ("statements", name), findings, partial(statement_fault, name)))
        for name, sql in spec.mapping.statements.items()
    ]
    return tuple(
        replace(one, sql=tuple((dialect, text.rstrip("; \n\t")) for dialect, text in one.sql)) for one in views + others
    )
