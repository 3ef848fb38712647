"""Survey of the rest: what lives in rest columns and in the complement, by path.

In: a database and its plan. Out: a `RestPath` for each path: in how many documents and rows, which types. Reads
only, in memory that does not grow with the documents; where a map has data for keys, its paths are counted
together as `*`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from docrel.backends import Backend
from docrel.documents import SetAside, SetAsides
from docrel.engine import flattener_of
from docrel.layout import layout_of
from docrel.plan import Plan, Table
from docrel.store import Store, StoredDocument, StoredDocuments
from docrel.values import is_minus_zero, jsontext, utc_now

Names = tuple[str, ...]
Home = Literal["rest", "complement"]
WIDEST = 200
"""More names than this in one object, over all documents, are data: they are counted as one path."""
ANY = "*"


@dataclass(slots=True)
class RestPath:
    """What one path of a table's nodes holds that no column does; `types` counts values, arrays as `array of …`."""

    table: str
    path: Names
    documents: int = 0
    values: int = 0
    types: Counter[str] = field(default_factory=Counter)
    homes: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _SeenNames:
    """The names seen below one path; too many and they are data."""

    inner: dict[str, _SeenNames] = field(default_factory=dict)
    many: bool = False


def survey(backend: Backend, plan: Plan) -> list[RestPath]:
    """Return what no column holds, most common first.

    Order: by documents, then values, then path.
    """
    paths: dict[tuple[str, Names], RestPath] = {}
    seen = {table.name: _SeenNames() for table in plan.tables}
    for stored in documents_of(backend, plan):
        here: set[tuple[str, Names]] = set()
        for table, home, value in left_of(plan, stored):
            for names, kind in _leaves(value, seen[table.name]):
                path = paths.setdefault((table.name, names), RestPath(table.name, names))
                path.values += 1
                path.types[kind] += 1
                path.homes[home] += 1
                here.add((table.name, names))
        for place in here:
            paths[place].documents += 1
    return sorted(paths.values(), key=lambda p: (-p.documents, -p.values, p.table, p.path))


def asides_of(backend: Backend, plan: Plan) -> list[SetAside]:
    """Return what is in no column and no row as the mapping wants it."""
    asides = SetAsides(plan, filled=Store(backend, plan).count_filled)
    flattener = flattener_of(plan)
    for stored in documents_of(backend, plan):
        asides.add(flattener.add(stored.document, flattener.start(), given=str(stored.key), now=utc_now()))
    return list(asides)


def documents_of(backend: Backend, plan: Plan) -> Iterator[StoredDocument]:
    """Yield every stored document with its rows and notes."""
    for page in StoredDocuments(backend, plan).pages():
        yield from page


def left_of(plan: Plan, stored: StoredDocument) -> Iterator[tuple[Table, Home, Any]]:
    """Yield what no column took of each row's node of a document, with the row's table."""
    for table in layout_of(plan).tables:
        for row in stored.rows[table.number]:
            text = None if table.rest is None else row[table.rest]
            if isinstance(text, str):
                try:
                    yield plan.tables[table.number], "rest", jsontext.loads_text(text)
                except ValueError:
                    continue  # edited by SQL into something that is no JSON
    for (number, _), notes in stored.notes.items():
        yield from ((plan.tables[number], "complement", value) for value in notes.left())


def kind_of(value: Any) -> str:
    """Return the JSON type of a value, an array with that of its elements."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "real"
        case str():
            return "text"
        case list():
            kinds = sorted({"array" if isinstance(v, list) else kind_of(v) for v in value})
            return f"array of {' or '.join(kinds)}" if kinds else "empty array"
        case dict():
            return "object" if value else "empty object"
    return "integer" if is_minus_zero(value) else "real"


def _leaves(value: Any, seen: _SeenNames) -> Iterator[tuple[Names, str]]:
    pending: list[tuple[Any, Names, _SeenNames]] = [(value, (), seen)]
    while pending:
        node, names, known = pending.pop()
        if not isinstance(node, dict) or not node:
            yield names, kind_of(node)
            continue
        for name, inner in node.items():
            if not known.many and name not in known.inner and len(known.inner) >= WIDEST:
                known.many = True
                known.inner.clear()
            key = ANY if known.many else name
            pending.append((inner, (*names, key), known.inner.setdefault(key, _SeenNames())))
