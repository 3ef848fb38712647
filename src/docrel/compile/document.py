"""Plan document: what belongs to the mapping as a whole.

In: a spec. Out: the document's key, its parts, views and other statements, and findings.
"""

from __future__ import annotations

from docrel.compile.outline import Entry, Outline
from docrel.compile.paths import names_path
from docrel.compile.sql import check_statement, check_view, dialects_of
from docrel.plan import Part, Statement
from docrel.spec import ColumnSpec, Findings, Spec, near

_KEY: tuple[str, str] = ("document", "key")
_FILLED = ("surrogate", "position", "key", "edge", "rest", "derived", "parent")


def key_of(spec: Spec, outline: Outline, findings: Findings) -> str | None:
    """Return the column that identifies a document; each root table has it, required and unique."""
    roots = [entry for entry in outline.entries if entry.parent is None]
    given = spec.mapping.document.key
    if given is None:
        return _only_key(roots, findings)
    key = given.column
    for root in roots:
        column = outline.columns(root).get(key)
        if column is None:
            names = [n for n, c in root.spec.columns.items() if not c.surrogate and not c.rest]
            guess = near(key, names)
            findings.add(
                "M218", _KEY, f"the root table `{root.name}` has no column `{key}`",
                f"did you mean `{guess}`?" if guess else f"use one of: {', '.join(names)}",
            )  # fmt: skip
            continue
        filled = [word for word in _FILLED if getattr(column, word)]
        if filled:
            findings.add(
                "M218", _KEY, f"`{key}` is a {filled[0]} column: it does not identify a document",
                "name a column that is read from the document",
            )  # fmt: skip
        there = {"required": _required(root, key, column), "unique": _unique(root, key, column)}
        lacking = [word for word, is_there in there.items() if not is_there]
        if lacking and not filled:
            words = " and ".join(lacking)
            findings.add(
                "M218", (*root.path, "columns", key), f"`{key}` identifies a document but is not {words}",
                f"add `{': true, '.join(lacking)}: true`", key=True,
            )  # fmt: skip
    return key


def key_inferred(spec: Spec) -> bool:
    """Say whether nobody has said yet that the key is one."""
    given = spec.mapping.document.key
    return given is not None and given.inferred


def _only_key(roots: list[Entry], findings: Findings) -> str | None:
    found = [
        [n for n, c in root.spec.columns.items() if _required(root, n, c) and _unique(root, n, c) and _is_text(c)]
        for root in roots
    ]
    if found and all(names == found[0] for names in found) and len(found[0]) == 1:
        return found[0][0]
    known = found[0] if found else []
    name = known[0] if known else next((n for r in roots for n, c in r.spec.columns.items() if _is_text(c)), "id")
    message = (
        "several columns could identify a document" if len(known) > 1 else "nothing says what identifies a document"
    )
    findings.add(
        "M218",
        ("mapping",),
        message,
        f"add `document: {{key: {name}}}`, a required and unique column",
        key=True,
    )
    return None


def _is_text(column: ColumnSpec) -> bool:
    other = (
        column.surrogate,
        column.parent,
        column.position,
        column.rest,
        column.derived,
        column.edge,
        column.key,
    )
    return not any(other) and column.type in (None, "text", "uuid")


def _required(root: Entry, name: str, column: ColumnSpec) -> bool:
    return column.required or name in root.spec.primary_key


def _unique(root: Entry, name: str, column: ColumnSpec) -> bool:
    alone = (name,)
    return (
        column.unique
        or root.spec.primary_key == alone
        or alone in root.spec.unique
        or any(index.unique and index.columns == alone for index in root.spec.indexes.values())
    )


def parts_of(spec: Spec, findings: Findings) -> tuple[Part, ...]:
    """Return the members of the document that are files of their own."""
    found: list[Part] = []
    files: dict[str, str] = {}
    for member, part in spec.mapping.document.parts.items():
        where = ("document", "parts", member)
        if part.file in files:
            findings.add(
                "M226",
                where,
                f"`{part.file}` is the file of `{files[part.file]}` already",
                "give each part a file of its own",
            )
        if not part.file.strip() or part.file.startswith("/") or ".." in part.file.split("/") or "\\" in part.file:
            findings.add(
                "M226",
                where,
                f"{part.file!r} is not a file within the document's folder",
                "write a relative path such as `state/part.json`",
            )
        files.setdefault(part.file, member)
        paths = [
            names_path(text, (*where, "any_of", number), findings, "M226", "`any_of`")
            for number, text in enumerate(part.any_of)
        ]
        found.append(Part(member, part.file, tuple(path for path in paths if path)))
    return tuple(found)


def statements_of(spec: Spec, findings: Findings) -> tuple[Statement, ...]:
    """Return the views, then the other statements, as written."""
    found = []
    for name, sql in spec.mapping.views.items():
        pairs = dialects_of(sql, ("views", name), findings)
        for dialect, text in pairs:
            check_view(name, text, ("views", name, dialect), findings)
        found.append(Statement("view", name, tuple((d, text.rstrip("; \n\t")) for d, text in pairs)))
    for name, sql in spec.mapping.statements.items():
        pairs = dialects_of(sql, ("statements", name), findings)
        for dialect, text in pairs:
            check_statement(name, text, ("statements", name, dialect), findings)
        found.append(Statement("statement", name, tuple((d, text.rstrip("; \n\t")) for d, text in pairs)))
    return tuple(found)
