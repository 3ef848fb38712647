"""Note faults: which rows of a database's complement are not what docrel writes.

In: a store. Out: what is wrong, row by row, in constant memory. Reads only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from docrel.diagnostics import StoreError
from docrel.sql import complement_columns, document_type
from docrel.store import Reader
from docrel.values import CODECS

_PAGE_ROWS = 1000
_KINDS = {"integer": int, "real": float, "text": str, "blob": bytes}


def note_faults(reader: Reader) -> Iterator[str]:
    """Yield what is wrong with the notes of all documents; those on rows that are gone do no harm."""
    plan = reader.plan
    roots = {root.name for root in plan.roots}
    kind = _KINDS[CODECS[document_type(plan)].storage]
    for *root, document, table, row, shape, body in _rows(reader):
        if type(document) is not kind or (root and root[0] not in roots):
            yield f"notes on row {row!a} of table {table!a} belong to no document"
            continue
        try:
            spot = reader.notes.spot(table, row)
            reader.notes.load({spot: reader.note_texts(spot, shape, body)})
        except StoreError as e:
            yield e.diagnostics[0].message


def _rows(reader: Reader) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of the complement in the order of its key, some at a time."""
    quote = reader.backend.dialect.quote_identifier
    columns = complement_columns(reader.plan)
    key = columns[:-2]
    names, order = (", ".join(map(quote, some)) for some in (columns, key))
    select, end = f"SELECT {names} FROM {quote(reader.plan.complement)}", f"ORDER BY {order} LIMIT {_PAGE_ROWS}"
    page = reader.backend.execute(f"{select} {end}")
    while page:
        yield from page
        behind = f"WHERE ({order}) > ({', '.join('?' * len(key))})"
        page = reader.backend.execute(f"{select} {behind} {end}", page[-1][: len(key)])
