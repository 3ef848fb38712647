"""Infer: from sample documents a mapping that a person would want to edit rather than start over.

In: documents, as a stream. Out: the YAML text of a mapping that checks clean, keeps every document exactly,
and holds in columns what the samples have in common. Never keeps a document, and never fails for what a
document holds: what it cannot make sense of is left to the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from docrel.authoring.infer_columns import ColumnDraft
from docrel.authoring.infer_folds import fold
from docrel.authoring.infer_keys import KeyFinder
from docrel.authoring.infer_names import name_columns, name_tables, snake
from docrel.authoring.infer_observer import Observer
from docrel.authoring.infer_shapes import Shape
from docrel.authoring.infer_tables import TableDraft, draft_tables, sayable
from docrel.authoring.infer_text import mapping_text


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
    mapping, seen = snake(name, "documents"), observer.documents
    for tables in (max_tables, 12, 4, 1):  # fewer, should the checks not agree with so many
        drafts = draft_tables(observer.root, max_tables=min(tables, max_tables), max_columns=max_columns)
        text = _written(drafts, mapping, keys.best, seen)
        if not _problems(text):
            return text
    return _written(draft_tables(Shape(), max_tables=1, max_columns=0), mapping, None, seen)


def _problems(text: str) -> Sequence[object]:
    from docrel import spec
    from docrel.compile import check
    from docrel.diagnostics import MappingError

    try:
        return check(spec.loads(text, "inferred.yaml"))
    except MappingError as error:
        return error.diagnostics


def _written(tables: list[TableDraft], mapping: str, key: tuple[str, ...] | None, documents: int) -> str:
    root = tables[0]
    if key is not None and not all(map(sayable, key)):
        key = None
    if key is not None:
        at = next((n for n, column in enumerate(root.columns) if column.path == key), 0)
        # text, whatever the samples look like: it may have to hold a name that the caller gives
        root.columns = [c for c in root.columns if c.path != key]
        root.columns.insert(at, ColumnDraft(key, "", "text", comment="always"))
    name_tables(tables, mapping)
    return mapping_text(mapping, tables, name_columns(tables, key), documents)
