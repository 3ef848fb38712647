"""The rows of a database with surrogate ids aside: what a migrated one and a fresh one are compared by."""

from __future__ import annotations

from typing import Any

from docrel import complement
from docrel.plan import ParentKey, Plan
from docrel.reading import Place
from docrel.store import Store


def rows_of(store: Store) -> dict[Any, Any]:
    """Return by document key the rows and notes of each document, ids replaced by their rank in it."""
    found = {}
    for root in store.plan.roots:
        number = store.plan.tables.index(root)
        for page in store._pages(root):
            for row, key in page:
                rows, notes = store._rows(Place(number, row), row)
                found[key] = canonical(store.plan, rows, notes)
    return found


def canonical(plan: Plan, rows: Any, notes: Any) -> Any:
    """Return rows and notes with each surrogate id replaced by its rank among the document's rows of the table."""
    rank: list[dict[Any, int]] = []
    for table, found in zip(plan.tables, rows, strict=True):
        at = None if table.surrogate is None else table.index_of(table.surrogate)
        rank.append({} if at is None else {row[at]: n for n, row in enumerate(sorted(found, key=lambda r: r[at]))})
    number = {t.name: n for n, t in enumerate(plan.tables)}

    def owner(role: ParentKey) -> int:
        target = plan.table(role.table).column(role.column).role
        return owner(target) if isinstance(target, ParentKey) else number[role.table]

    tables = {}
    for n, (table, found) in enumerate(zip(plan.tables, rows, strict=True)):
        ranked = []
        for row in found:
            values = [_typed(v) for v in row]
            for k, column in enumerate(table.columns):
                if column.name == table.surrogate:
                    values[k] = rank[n][row[k]]
                elif isinstance(column.role, ParentKey) and rank[owner(column.role)]:
                    values[k] = rank[owner(column.role)].get(row[k])
            ranked.append(tuple(values))
        tables[table.name] = sorted(ranked, key=repr)
    noted = {}
    for (n, key), note in notes.items():
        loaded = complement.load(*note) if isinstance(note, tuple) else note
        places = {anchor for _, strays in loaded.strays for anchor, _ in strays}
        anchors = {a: [(t.name, r[a]) for t, r in zip(plan.tables, rank, strict=True) if a in r] for a in places}
        del anchors  # an anchor's own table is not said; its place among the strays is compared by the document
        loaded.strays = [(pointer, [(None, value) for _, value in strays]) for pointer, strays in loaded.strays]
        noted[plan.tables[n].name, str(rank[n].get(key, key))] = loaded.dump()
    return tables, noted


def _typed(value: Any) -> Any:
    return (type(value).__name__, repr(value))
