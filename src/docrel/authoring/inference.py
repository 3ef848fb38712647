"""Inference: from sample documents a mapping that a person would want to edit rather than start over.

In: documents, as a stream. Out: the YAML text of a mapping that checks clean, keeps every document exactly,
and holds in columns what the samples have in common. Never keeps a document, and never fails for what a
document holds: what it cannot make sense of is left to the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from docrel.authoring.infer_columns import ColumnDraft
from docrel.authoring.infer_folds import fold
from docrel.authoring.infer_keys import Key, KeyFinder
from docrel.authoring.infer_named_keys import NamedKey, NamedMember
from docrel.authoring.infer_names import name_columns, name_tables
from docrel.authoring.infer_observer import Observer
from docrel.authoring.infer_roots import kinds_told, rows_told
from docrel.authoring.infer_shapes import Shape, resolved
from docrel.authoring.infer_tables import TableDraft, draft_tables, sayable
from docrel.authoring.infer_text import mapping_text
from docrel.authoring.infer_words import mapping_name, singular


def infer(
    documents: Iterable[Any],
    *,
    name: str,
    key: Sequence[str] | Sequence[Sequence[str]] | None = None,
    max_tables: int = 30,
    max_columns: int = 120,
    max_depth: int = 48,
    min_share: float = 0.0,
    strict: bool = False,
    tell: Callable[[str], None] | None = None,
) -> str:
    """Return the text of a mapping called `name` for documents such as these.

    Args:
        documents: JSON values, read once, one at a time.
        name: What the documents are, in the plural: the name of the mapping and of its main table.
        key: The names that lead to what identifies a document, if the author says so, or several lists of such;
            else it is looked for, and what is found is marked as inferred.
        max_tables: What is beyond so many tables stays in rest columns, the least filled first.
        max_columns: The same for the columns of one table.
        max_depth: Nothing deeper than this is looked at.
        min_share: What is in a smaller share of its rows gets no column and no table.
        strict: Write as rules what was always so in many rows: `required`, and the few words of a text as `one_of`.
        tell: Is told what a person should know at once: that these are of several kinds, why to doubt
            the key that the author names.

    Raises:
        ValueError: No document has a member at `key`.

    Law: the mapping checks clean and keeps every document (tests/corpora/test_infer_corpora.py).
    """
    observer = Observer(fold, max_depth=max_depth)
    mapping = mapping_name(name)
    finder = KeyFinder(singular(mapping))
    named = NamedKey(tuple(map(NamedMember, _paths(key))))
    keys = named if named.members else finder
    for document in documents:
        observer.observe(document)
        keys.observe(document)
    found = keys.best
    fold(observer.root)
    seen = observer.documents
    said = [*named.doubts, *filter(None, [kinds_told(resolved(observer.root))])]
    for tables in (max_tables, 12, 4, 1):  # fewer, should the checks not agree with so many
        drafts = draft_tables(
            observer.root, max_tables=min(tables, max_tables), max_columns=max_columns, min_share=min_share
        )
        text = _written(drafts, mapping, found, seen, said=said, strict=strict)
        if not _problems(text):
            break
    else:
        drafts = draft_tables(Shape(), max_tables=1, max_columns=0)
        text = _written(drafts, mapping, found, seen, said=said, strict=strict)
    if tell is not None:
        for sentence in (*said, *rows_told(drafts)):
            tell(sentence)
    return text


def _problems(text: str) -> Sequence[object]:
    from docrel import spec
    from docrel.compile import check
    from docrel.diagnostics import MappingError

    try:
        return check(spec.loads(text, "inferred.yaml"))
    except MappingError as error:
        return error.diagnostics


def _paths(key: Sequence[str] | Sequence[Sequence[str]] | None) -> list[tuple[str, ...]]:
    """Return the paths of the members that the author says identify a document."""
    names = [name for name in key or () if isinstance(name, str)]
    return [tuple(names)] if names else [tuple(path) for path in key or ()]


def _written(
    tables: list[TableDraft], mapping: str, key: Key, documents: int, *, said: Sequence[str], strict: bool
) -> str:
    root = tables[0]
    if not all(sayable(name) for member in key for name in member.path):
        key = ()
    for member in key:
        at = next((n for n, column in enumerate(root.columns) if column.path == member.path), 0)
        # no narrower type, whatever the samples look like: a text may have to be a name that the caller gives
        root.columns = [c for c in root.columns if c.path != member.path]
        always = f"always there in {documents:,} of {documents:,}" if member.inferred else ""
        root.columns.insert(at, ColumnDraft(member.path, "", member.type, comment=always))
    name_tables(tables, mapping)
    columns = name_columns(tables, [member.path for member in key])
    inferred = any(member.inferred for member in key)
    said = (*said, *rows_told(tables))
    return mapping_text(mapping, tables, columns, documents, inferred=inferred, said=said, strict=strict)
