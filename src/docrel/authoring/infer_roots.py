"""Roots: documents of several kinds in one place, which have next to nothing in common, or the records of a file.

In: the shape of the documents, the tables right below theirs. Out: a sentence that says which kinds there are, nothing
where they are of one kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from docrel.authoring import infer_limits as limits
from docrel.authoring.infer_kinds import kinds_in
from docrel.authoring.infer_shapes import Shape, resolved
from docrel.authoring.infer_tables import TableDraft

APART = "One table holds them all: for tables apart, infer each kind by itself."


def kinds_told(root: Shape) -> str:
    """Say which kinds of documents there are.

    >>> print(kinds_told(learnt({"id": 1, "lines": [], "paid": True}, {"id": 2, "iban": "x", "bank": "y"}))[:78])
    These are 2 kinds of documents: 1 with `lines`, `paid`; 1 with `iban`, `bank`.
    """
    if kinds := [kind for kind in kinds_in(root) if len(kind.values) == 1]:
        words = ", ".join(f"{kind.shape.objects:,} `{kind.values[0]}`" for kind in kinds)
        return f"These are {len(kinds)} kinds of documents, told apart by `{kinds[0].member}`: {words}. {APART}"
    groups = _groups(root)
    if len(groups) < 2:
        return ""
    words = "; ".join(f"{_most(root, names):,} with {_few(names)}" for names in groups)
    return f"These are {len(groups)} kinds of documents: {words}. {APART}"


def rows_told(tables: Sequence[TableDraft]) -> Iterator[str]:
    """Say of each table of records which kinds of rows there are that have next to nothing in common."""
    for table in tables:
        is_record = table.enclosing is tables[0] and table.ordered and table.kind is None
        if is_record and len(groups := _groups(table.shape)) > 1:
            words = "; ".join(f"{_most(table.shape, names):,} with {_few(names)}" for names in groups)
            yield f"The rows of `{table.name}` are of {len(groups)} kinds: {words}. {APART}"


def _groups(root: Shape) -> list[list[str]]:
    """Return the names that come together, apart from those of the other groups."""
    if root.others is not None or root.arrays:
        return []
    common = {name for name, inner in root.members.items() if resolved(inner).seen > limits.ROOT_OWN * root.objects}
    groups: list[dict[str, None]] = []
    for order in root.orders:
        names = dict.fromkeys(name for name in order if name not in common)
        if names:
            touched = [group for group in groups if group.keys() & names.keys()]
            groups = [group for group in groups if group not in touched]
            groups.append({name: None for group in (*touched, names) for name in group})
    return [list(group) for group in groups if len(group) >= limits.KIND_OWN_MEMBERS]


def _most(root: Shape, names: list[str]) -> int:
    return max(resolved(root.members[name]).seen for name in names if name in root.members)


def _few(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names[:3]) + (" …" if len(names) > 3 else "")
