"""Row files: rows as CSV, JSON and Parquet, for other programs.

In: a selection, or a table of a store. Out: bytes, piece by piece, in constant memory; text is UTF-8. NULL is an empty
field in CSV, an empty text is `""`; bytes are base64, and a number without end is the text `Infinity`. JSON stands in
CSV as text, in JSON as itself.
"""

from __future__ import annotations

import csv
import math
from base64 import b64encode
from collections.abc import Callable, Iterator
from io import StringIO
from itertools import chain, islice
from typing import Any, Literal

from docrel.store.column_kinds import cell_text, infinity
from docrel.store.handing_over import parquet
from docrel.store.selection import Selection, Values
from docrel.store.store import Store
from docrel.values import jsontext

TextFormat = Literal["csv", "json", "jsonl"]
TableFormat = Literal["csv", "json", "jsonl", "parquet"]
_ROWS_A_PIECE = 500
_PLAIN = {str, int, float, type(None)}


def text_pieces(rows: Selection, format_: TextFormat) -> Iterator[bytes]:
    """Yield the text of rows: CSV with the names of the columns first, an array of objects, or an object a line."""
    pieces: dict[TextFormat, Callable[[Selection], Iterator[bytes]]] = {"csv": _csv, "json": _array, "jsonl": _lines}
    return pieces[format_](rows)


def table_pieces(store: Store, name: str, format_: TableFormat) -> Iterator[bytes]:
    """Yield the bytes of a file with all rows of a table; of Parquet, which knows types, with columns as Arrow's.

    Raises:
        StoreError: S431, there is no such table; S483, Parquet is asked for, and pyarrow is not installed.
    """
    if format_ != "parquet":
        yield from text_pieces(store.table(name), format_)
        return
    with store.snapshot():
        table = store.table(name)
        yield from parquet(table.columns, table.types, lambda: store.table(name).stored())


def _csv(rows: Selection) -> Iterator[bytes]:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    left: Iterator[Values] = chain([rows.columns], rows.unparsed())
    while page := list(islice(left, _ROWS_A_PIECE)):
        for row in page:
            if _is_plain(row):
                writer.writerow(row)
            else:
                text.write(",".join("" if value is None else _field(cell_text(value)) for value in row) + "\n")
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()


def _is_plain(row: Values) -> bool:
    """Say whether Python's writer writes a row as it is meant."""
    return _PLAIN.issuperset(map(type, row)) and "" not in row and math.inf not in row and -math.inf not in row


def _field(text: str) -> str:
    quoted = not text or any(character in text for character in ',"\r\n')
    return '"' + text.replace('"', '""') + '"' if quoted else text


def _array(rows: Selection) -> Iterator[bytes]:
    before = b"[\n"
    for line in _objects(rows):
        yield before + line
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


def _lines(rows: Selection) -> Iterator[bytes]:
    lines = _objects(rows)
    while page := list(islice(lines, _ROWS_A_PIECE)):
        yield b"\n".join(page) + b"\n"


def _objects(rows: Selection) -> Iterator[bytes]:
    return (
        jsontext.dumps_known({n: _json(v) for n, v in zip(rows.columns, row, strict=True)}).encode() for row in rows
    )


def _json(value: Any) -> Any:
    if isinstance(value, bytes):
        return b64encode(value).decode()
    return (infinity(value) or value) if isinstance(value, float) else value
