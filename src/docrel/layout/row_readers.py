"""Functions of a row, made once for each table: its key as the complement spells it, and the source that it came by.

In: numbers of columns, a table's layout. Out: functions that engines and stores call for every row, and the expression
of a row's source for code that they generate.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from docrel.layout.codegen import Code
from docrel.plan import Table
from docrel.values import CODECS

if TYPE_CHECKING:
    from docrel.layout.model import TableLayout

Row = Sequence[Any]
RowKey = int | str


def row_and_key(root: Table, values: Sequence[Any]) -> tuple[tuple[Any, ...], Any]:
    """Return the primary key of a root row and the key of its document, which follows it: one value, or a tuple."""
    at = len(root.primary_key)
    return tuple(values[:at]), document_key(values[at:])


def document_key(values: Sequence[Any]) -> Any:
    """Return the key of the document whose key columns hold some values: the only one, or a tuple of all."""
    return values[0] if len(values) == 1 else tuple(values)


def key_parts(key: Any) -> tuple[Any, ...]:
    """Return what the key columns of the document called `key` hold."""
    return key if isinstance(key, tuple) else (key,)


def natural_key(values: Iterable[Any]) -> str:
    """Return the complement's name for a row without a surrogate: its key as a JSON array."""
    return json.dumps([v.hex() if isinstance(v, bytes) else v for v in values], ensure_ascii=True)


def key_values(table: Table, key: RowKey) -> tuple[Any, ...]:
    """Return the values of the primary key of a row that the complement calls `key`."""
    if table.surrogate is not None:
        return (key,)
    storages = [CODECS[table.column(name).type].storage for name in table.primary_key]
    values = zip(json.loads(str(key)), storages, strict=True)
    return tuple([bytes.fromhex(v) if storage == "blob" and v is not None else v for v, storage in values])


def key_reader(columns: tuple[int, ...], *, numbered: bool) -> Callable[[Row], Any]:
    """Return the function that reads a key from the columns that hold it; `numbered`: it is a surrogate."""
    if numbered:
        return itemgetter(columns[0])
    return lambda row: natural_key([row[n] for n in columns])


def source_expression(table: TableLayout, code: Code) -> str:
    """Return the expression for a row's source, of `row` and `edge`: by constants, by links to parents, by the edge."""
    cases, last, done = [], "None", set[int | None]()
    for source in (table.sources[number] for number in table.precedence):
        found = str(source.number)
        if not source.constants:
            if source.parent in done:
                continue
            done.add(source.parent)
            names = {s.name: s.number for s in table.sources if s.parent == source.parent and not s.constants}
            if table.edge is not None:
                found = f"{code.bind(names, 'edges')}.get(row[{table.edge}])"
            elif len(names) > 1:
                found = f"{code.bind(names, 'edges')}.get(edge, {found})"
        terms = [f"row[{column}] == {code.bind(value, 'constant')}" for column, value in source.constants]
        if source.parent != table.parent and source.link is not None:
            terms += [f"row[{column}] is not None" for column in source.link.columns]
        if not terms:
            last = found
            break
        cases.append(f"{found} if {' and '.join(terms)} else ")
    return "".join(cases) + last


def source_reader(table: TableLayout) -> Callable[[Row, str | None], int | None]:
    """Return the function that tells a row's source, given the edge that is noted of the row."""
    if len(table.sources) < 2:
        return lambda row, edge: 0
    code = Code()
    with code.block("def source_of(row, edge):"):
        code.line(f"return {source_expression(table, code)}")
    function: Callable[[Row, str | None], int | None] = code.compile("source")["source_of"]
    return function
