"""The rows of a database with surrogate ids aside: what a migrated one and a fresh one are compared by."""

from __future__ import annotations

from typing import Any

from docrel.layout import natural_key
from docrel.plan import EdgeName, ParentKey, Plan, Surrogate, Table
from docrel.rows import Strays, complement
from docrel.store import Place, Store

Name = tuple[Any, ...]


def rows_of(store: Store) -> dict[Any, Any]:
    """Return by document key the rows and notes of each document, ids replaced by where their rows are."""
    found = {}
    for root in store.plan.roots:
        number = store.plan.tables.index(root)
        for page in store._pages(root, list[Any]):
            for row, key in page:
                rows, notes = store._rows(Place(number, row), row)
                found[key] = _Document(store.plan, rows, notes).canonical()
    return found


class _Document:
    """The rows of one document. A row's name is the name of its parent and its place among its siblings."""

    def __init__(self, plan: Plan, rows: Any, notes: Any) -> None:
        self.plan, self.rows = plan, rows
        self.notes = {at: complement.load(*note) for at, note in notes.items()}
        self.number = {t.name: n for n, t in enumerate(plan.tables)}
        self.keys = [[t.index_of(name) for name in t.primary_key] for t in plan.tables]
        self.names: dict[tuple[int, Any], Name] = {}

    def canonical(self) -> Any:
        siblings: dict[tuple[Any, int], list[Any]] = {}
        for n, found in enumerate(self.rows):
            for row in found:
                siblings.setdefault((self.parent(n, row), n), []).append(row)
        pending: list[tuple[Any, Name]] = [(None, ())]
        while pending:
            above, name = pending.pop()
            for n in range(len(self.plan.tables)):
                group = siblings.get((above, n), [])
                for place, row in enumerate(sorted(group, key=lambda row: self.place(n, row))):
                    own = (*name, self.plan.tables[n].name, place)
                    self.names[n, self.key(n, row)] = own
                    pending.append(((n, self.key(n, row)), own))
        tables = {
            table.name: sorted((self.shown(n, row) for row in self.rows[n]), key=repr)
            for n, table in enumerate(self.plan.tables)
        }
        noted = {}
        for (n, key), note in self.notes.items():
            # an anchor's own table is not said; its place among the strays is compared by the document
            for place, one in enumerate(note):
                if isinstance(one, Strays):
                    note[place] = Strays(one.pointer, [(None, value) for _, value in one.elements])
            if note:  # where a row stands is in its name
                noted[self.names.get((n, key), f"no row {n} {key}")] = note.dump()
        return tables, noted

    def key(self, n: int, row: Any) -> Any:
        values = [row[k] for k in self.keys[n]]
        return values[0] if self.plan.tables[n].surrogate else natural_key(values)

    def links(self, table: Table, row: Any) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for k, column in enumerate(table.columns):
            if isinstance(column.role, ParentKey) and row[k] is not None:
                found.setdefault(column.role.table, {})[column.role.column] = row[k]
        return found

    def parent(self, n: int, row: Any) -> Any:
        table = self.plan.tables[n]
        links = self.links(table, row)
        feeding = {s.parent for s in table.sources if s.parent is not None}
        for name in sorted(feeding, key=lambda name: name == table.parent):
            above = self.plan.table(name)
            if name in links and set(links[name]) >= set(above.primary_key):
                values = [links[name][k] for k in above.primary_key]
                return self.number[name], values[0] if above.surrogate else natural_key(values)
        return None

    def place(self, n: int, row: Any) -> Any:
        table = self.plan.tables[n]
        note = self.notes.get((n, self.key(n, row)))
        constants = {name for source in table.sources for name, _ in source.constants}
        edges = [note.edge if note else None]
        edges += [row[k] for k, c in enumerate(table.columns) if isinstance(c.role, EdgeName) or c.name in constants]
        order = table.position or table.surrogate
        where = 0 if order is None else row[table.index_of(order)]
        if table.position is None and note is not None and note.rank is not None:
            where = note.rank
        return repr(edges), where, repr(row)

    def shown(self, n: int, row: Any) -> Any:
        table = self.plan.tables[n]
        values: list[Any] = [self.names.get((n, self.key(n, row)))]
        for k, column in enumerate(table.columns):
            if not isinstance(column.role, Surrogate | ParentKey):
                values.append((column.name, type(row[k]).__name__, repr(row[k])))
        for name, link in self.links(table, row).items():
            above = self.plan.table(name)
            if set(link) >= set(above.primary_key):
                keys = [link[k] for k in above.primary_key]
                key = keys[0] if above.surrogate else natural_key(keys)
                values.append((name, self.names.get((self.number[name], key))))
        return tuple(values)
