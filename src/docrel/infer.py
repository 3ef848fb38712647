"""Infer: from sample documents a mapping that a person would want to edit rather than start over.

In: documents, as a stream. Out: the YAML text of a mapping that checks clean, keeps every document exactly, and
holds in columns what the samples have in common. Never keeps a document, and never fails for what a document holds:
what it cannot make sense of is left to the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from docrel.infer_columns import ColumnDraft
from docrel.infer_folds import fold
from docrel.infer_keys import KeyFinder
from docrel.infer_names import Names, joined, singular, snake
from docrel.infer_shapes import Observer, Shape
from docrel.infer_tables import Place, TableDraft, draft_tables
from docrel.infer_yaml import mapping_text


def infer(
    documents: Iterable[Any], *, name: str, max_tables: int = 30, max_columns: int = 120, max_depth: int = 48
) -> str:
    """Return the text of a mapping called `name` for documents such as these.

    Args:
        documents: JSON values, read once, one at a time.
        name: What the documents are, in the plural: the name of the mapping and of its main table.
        max_tables: What is beyond so many tables stays in rest columns, the least filled first.
        max_columns: The same for the columns of one table.
        max_depth: Nothing deeper than this is looked at.

    Law: the mapping checks clean and keeps every document (tests/corpora/test_infer_corpora.py).
    """
    observer = Observer(fold, max_depth=max_depth)
    keys = KeyFinder()
    for document in documents:
        observer.observe(document)
        keys.observe(document)
    fold(observer.root)
    mapping = snake(name, "documents")
    for tables in (max_tables, 1):
        text = _written(observer.root, mapping, keys.best, observer.documents, tables, max_columns)
        if not _problems(text):
            return text
    return _written(Shape(), mapping, None, observer.documents, 1, 0)


def _problems(text: str) -> Sequence[object]:
    from docrel import spec
    from docrel.compile import check
    from docrel.diagnostics import MappingError

    try:
        return check(spec.loads(text, "inferred.yaml"))
    except MappingError as error:
        return error.diagnostics


def _written(
    root: Shape, mapping: str, key: tuple[str, ...] | None, documents: int, max_tables: int, max_columns: int
) -> str:
    tables = draft_tables(root, max_tables=max_tables, max_columns=max_columns)
    if key is not None and not any(c.path == key for c in tables[0].columns):
        tables[0].columns.insert(0, ColumnDraft(key, "", "text", comment="always"))
    _name_tables(tables, mapping)
    key_name = _name_columns(tables, key)
    return mapping_text(mapping, tables, key_name, documents)


def _name_tables(tables: list[TableDraft], mapping: str) -> None:
    """Name tables after the member that their rows are in; the shallowest first, its parent in front on a clash."""
    names, rows = Names((f"{mapping}_complement", f"{mapping}_shape")), Names()
    root = tables[0]
    direct = [t for t in tables[1:] if not t.places[0].path and t.places[0].parent is root]
    for table in sorted(tables, key=lambda t: sum(1 for _ in t.ancestors)):
        parent = table.places[0].parent if table.places else None
        base = snake(table.label) if table.label else ""
        if parent is None:
            wanted = ["documents", f"{mapping}_documents"] if direct and not root.columns else [mapping]
        elif not base:
            wanted = [mapping] if table in direct else []
            wanted.append(joined([singular(parent.name), "items"]))
        else:
            above = [singular(snake(n)) for n in reversed(table.places[0].path[:-1])]
            wanted = [base, *(joined([a, base]) for a in above), joined([singular(parent.name), base])]
        table.name = names.give(*wanted)
        table.row = rows.give(singular(table.name), table.name)


def _name_columns(tables: list[TableDraft], key: tuple[str, ...] | None) -> str:
    for table in tables:
        table.links = [(other, f"{other.row}_id") for other, _ in table.links]
    for table in tables:
        taken = [f"{t.row}_id" for t in (table.enclosing, *(p.parent for p in table.places)) if t is not None]
        taken += [name for _, name in table.links]
        names = Names([*taken, *([f"parent_{table.row}_id"] if table.repeats else []), "row_id"])
        for column in sorted(table.columns, key=lambda c: len(c.path)):
            column.name = names.give(*_column_names(column.path, table))
        if not any(c.name == "id" for c in table.columns):
            names.reserve("id")
        if table.keyed:
            table.key_column = names.give("name", "key", "member")
        if len(table.places) > 1 or len(table.repeats) > 1 or (table.repeats and table.keyed and _mixed(table)):
            table.edge_column = names.give("found_in", "place")
        if table.shape.objects or table.shape.arrays or table.enclosing is None:
            table.rest_column = names.give("rest", "other_members")
        _name_places(table)
        if table is tables[0]:
            found = next((c.name for c in table.columns if c.path == key), None) if key else None
            key_name = found or names.give("document", "document_name")
    return key_name


def _mixed(table: TableDraft) -> bool:
    return len({p.many for p in (*table.places, *table.repeats)}) > 1


def _column_names(path: tuple[str, ...], table: TableDraft) -> list[str]:
    if not path:
        only = not table.columns[1:] and not table.keyed and not table.repeats
        return [singular(table.name), "value"] if only else ["value", "scalar"]
    parts = [snake(name) for name in path]
    return [joined(parts[-n:]) for n in range(min(2, len(parts)), len(parts) + 1)]


def _name_places(table: TableDraft) -> None:
    names = Names(["each"])
    for place in table.places:
        inner = [snake(n) for n in place.path[:-1]]
        wanted = [joined(inner)] if inner else []
        wanted += [joined([place.parent.name, *inner]), joined([place.parent.name, *inner, "items"])]
        place.name = names.give(*wanted)


__all__ = ["Place", "infer"]
