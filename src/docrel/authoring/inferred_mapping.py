"""Inferred mapping: what a Python program calls `docrel.infer`.

In: documents, or files and folders of them. Out: a `Mapping` that is ready to flatten and to open a database with; its
text is `yaml`. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from docrel.authoring.first_mapping import NO_MAPPING
from docrel.authoring.inference import infer
from docrel.diagnostics import ArgumentError, DocumentError
from docrel.documents import InputDocument, as_input_document, path_of_records, read_documents, several
from docrel.mapping import Mapping, loads
from docrel.selectors import Path as SelectorPath
from docrel.selectors import parse_names
from docrel.values import NOTHING


def infer_mapping(
    documents: str | Path | Iterable[Any],
    *,
    name: str | None = None,
    key: str | Sequence[str] | None = None,
    records: str | None = None,
    max_tables: int = 30,
    max_columns: int = 120,
    max_depth: int = 48,
    min_share: float = 0.0,
    strict: bool = False,
    on_unreadable: Callable[[InputDocument], None] | None = None,
) -> Mapping:
    """Return a first mapping for documents such as these: `infer("samples/")`, `infer([{"id": 1}, {"id": 2}])`.

    Args:
        documents: A file, a folder, or many: text and `Path` are files and folders, bytes are JSON text, else each is a
            document. They are read once, one at a time.
        name: What the documents are, in the plural. Else from the first path.
        key: What identifies a document, if you know: a path of names such as `meta.id`; several, if they do so
            together. Else it is looked for, and what is found is marked as inferred.
        records: Each element of an array is a document: of the one that a file is, `$[*]`, or of that at `$.data[*]`.
        max_tables: What is beyond so many tables stays in rest columns, the least filled first.
        max_columns: The same for the columns of one table.
        max_depth: Nothing deeper than this is looked at.
        min_share: What is in a smaller share of its rows, from 0 to 1, gets no column and no table.
        strict: Write as rules what was always so in many rows: `required`, `one_of`.
        on_unreadable: Hears of each document that cannot be read, which is then passed over.

    Raises:
        DocumentError: A document cannot be read, and nobody is told of it.
        ArgumentError: S490, there is no document, or none that has a member at `key`; no such path.
    """
    read, first = _read(documents, None if records is None else _records(records))
    try:
        text = infer(
            _readable(read, on_unreadable), name=name or first, key=_keys(key), max_tables=max_tables,
            max_columns=max_columns, max_depth=max_depth, min_share=min_share, strict=strict,
        )  # fmt: skip
    except ArgumentError:
        raise
    except ValueError as e:
        advice = "leave it out to see what is found, or name a member that the documents have"
        raise ArgumentError.one("S490", f"{e} among those read", subject="key", help=advice) from e
    return loads(text)


def _read(given: str | Path | Iterable[Any], records: SelectorPath | None) -> tuple[Iterator[InputDocument], str]:
    """Return the documents, and what they may be called."""
    many = iter([given] if isinstance(given, str | Path) else several(given))
    head = next(many, NOTHING)
    items = [] if head is NOTHING else [head]

    def read() -> Iterator[InputDocument]:
        for source in (items, many):
            for number, one in enumerate(source, start=0 if source is items else 1):
                if isinstance(one, str | Path):
                    yield from read_documents([one], NO_MAPPING, records=records)
                else:
                    yield as_input_document(number, one)

    return read(), _name(head) if isinstance(head, str | Path) else "documents"


def _readable(read: Iterable[InputDocument], on_unreadable: Callable[[InputDocument], None] | None) -> Iterator[Any]:
    is_empty = True
    for one in read:
        if one.readable:
            is_empty = False
            yield one.document
        elif on_unreadable is None:
            raise DocumentError(diagnostics=one.diagnostics)
        else:
            on_unreadable(one)
    if is_empty:
        advice = "give documents, or files and folders that have some"
        raise ArgumentError.one(
            "S490", "there is no document to infer a mapping from", subject="documents", help=advice
        )


def _keys(key: str | Sequence[str] | None) -> list[tuple[str, ...]]:
    return [_names(member) for member in ([key] if isinstance(key, str) else key or ())]


def _names(member: str) -> tuple[str, ...]:
    bare = tuple(member.removeprefix("$.").split("."))
    if all(bare) and not set(member) & set("[]"):
        return bare
    names = parse_names(member)
    if not names:
        message = f"{member!r} is no path of names"
        raise ArgumentError.one("S490", message, subject="key", help="write `id`, `meta.id` or `$['a.b']`")
    return names


def _records(path: str) -> SelectorPath:
    try:
        return path_of_records(path)
    except ValueError as e:
        raise ArgumentError.one("S490", str(e), subject="records", help="write `$[*]`, or `$.data[*]`") from e


def _name(path: str | Path) -> str:
    try:
        return Path(path).resolve().name.partition(".")[0] or "documents"
    except (OSError, RuntimeError, ValueError):  # no file is called so; who reads it says why
        return "documents"
