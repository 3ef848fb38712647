"""Outline: the tables of a mapping in order, with the columns that docrel adds written out.

In: a spec. Out: entries, parents before children, each with its place in the file, its key and all its
columns. Never reports a problem: what cannot be resolved is left out here and reported where it is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from docrel.spec import ColumnSpec, MappingSpec, Path, SourceSpec, TableSpec


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A table as written: `path` is its place in the file, `parent` the table that it is nested in."""

    name: str
    spec: TableSpec
    path: Path
    parent: Entry | None

    @property
    def row(self) -> str:
        """What one row of the table is called."""
        return self.spec.row or self.name

    @property
    def is_tree(self) -> bool:
        """Whether the table goes down through all members: `repeat: '*'`."""
        return any(edge in ("*", ".*") for edge in self.spec.repeat)

    @property
    def edges(self) -> tuple[str, ...]:
        """The selectors of a `repeat` that lead from a row to further rows of the table."""
        return tuple(edge for edge in self.spec.repeat if edge not in ("*", ".*"))

    @property
    def places(self) -> tuple[tuple[str, SourceSpec, Path], ...]:
        """The places that rows come from, `repeat` aside: name, source, and where it is written."""
        if self.spec.sources:
            return tuple((n, s, (*self.path, "sources", n)) for n, s in self.spec.sources.items())
        each = self.spec.each
        if each is None:
            if self.parent is not None:
                return ()
            each = "$"
        only = SourceSpec(each=each, when=self.spec.when) if self.spec.when else SourceSpec(each=each)
        return (("each", only, self.path),)


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """All tables of a mapping, parents before children, as written."""

    entries: tuple[Entry, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The tables' names."""
        return tuple(entry.name for entry in self.entries)

    def find(self, name: str) -> Entry | None:
        """Return the first table called `name`."""
        return next((entry for entry in self.entries if entry.name == name), None)

    def key(self, entry: Entry) -> tuple[str, ...]:
        """Return the columns that identify a row of the table."""
        surrogate = next((n for n, c in entry.spec.columns.items() if c.surrogate), None)
        if surrogate is not None:
            return (surrogate,)
        return entry.spec.primary_key or (_free_name(entry),)

    def columns(self, entry: Entry) -> dict[str, ColumnSpec]:
        """Return all columns of the table in order: those written, and the keys that docrel adds."""
        found = self._numbered(entry)
        added: dict[str, ColumnSpec] = {}
        for name, table, column in self._links(entry):
            target = table.name if len(self.key(table)) == 1 else f"{table.name}.{column}"
            added.setdefault(name, ColumnSpec(parent=target))
        at = next((i + 1 for i, c in enumerate(found.values()) if c.surrogate), 0)
        items = list(found.items())
        return dict(items[:at]) | {n: c for n, c in added.items() if n not in found} | dict(items[at:])

    def missing_links(self, entry: Entry) -> tuple[tuple[str, Entry], ...]:
        """Return the names of key columns that should be added but whose name another column has."""
        links, taken = self._links(entry), self._numbered(entry)
        names = [name for name, _, _ in links]
        return tuple((name, table) for n, (name, table, _) in enumerate(links) if name in taken or name in names[:n])

    def _numbered(self, entry: Entry) -> dict[str, ColumnSpec]:
        """Return the columns that are written, behind the surrogate that docrel adds where there is no key."""
        key = self.key(entry)
        if len(key) == 1 and key[0] not in entry.spec.columns and not entry.spec.primary_key:
            return {key[0]: ColumnSpec(surrogate=True), **entry.spec.columns}
        return entry.spec.columns

    def _links(self, entry: Entry) -> list[tuple[str, Entry, str]]:
        """Return the names for the keys of rows above that no written column holds, each with its table and column."""
        held = {self.parent_of(column) for column in entry.spec.columns.values()}
        return [
            (self.link_name(entry, table, column), table, column)
            for table in self.above(entry)
            for column in self.key(table)
            if (table, column) not in held
        ]

    def link_name(self, entry: Entry, table: Entry, column: str) -> str:
        """Return the name of the column of `entry` that holds the key column of a row of `table`."""
        name = f"{table.row}_{'id' if len(self.key(table)) == 1 else column}"
        return f"parent_{name}" if table is entry else name

    def above(self, entry: Entry) -> tuple[Entry, ...]:
        """Return the tables that a row needs a key of: enclosing, `within`, itself for `repeat`."""
        found = [entry.parent] if entry.parent is not None else []
        for _, source, _ in entry.places:
            within = self.find(source.within) if source.within is not None else None
            if within is not None and within not in found:
                found.append(within)
        if entry.edges:
            found.append(entry)
        return tuple(found)

    def parent_of(self, column: ColumnSpec) -> tuple[Entry, str] | None:
        """Return the table and key column that a `parent:` column names, if there is such a one."""
        if column.parent is None:
            return None
        table = self.find(column.parent)
        if table is not None:
            key = self.key(table)
            return (table, key[0]) if len(key) == 1 else None
        name, _, part = column.parent.rpartition(".")
        table = self.find(name)
        return (table, part) if table is not None and part in self.key(table) else None

    def always_below(self, entry: Entry, target: Entry, seen: tuple[Entry, ...] = ()) -> bool:
        """Say whether each row of `entry` lies below some row of `target`."""
        if entry in seen:
            return True
        parents = self.direct_parents(entry)
        return bool(parents) and all(
            table is target or self.always_below(table, target, (*seen, entry)) for table in parents
        )

    def ever_below(self, entry: Entry, target: Entry, seen: tuple[Entry, ...] = ()) -> bool:
        """Say whether some row of `entry` may lie below a row of `target`."""
        if entry in seen:
            return False
        if target is entry and entry.edges:
            return True
        return any(
            table is target or self.ever_below(table, target, (*seen, entry)) for table in self.direct_parents(entry)
        )

    def direct_parents(self, entry: Entry) -> tuple[Entry, ...]:
        """Return the tables, itself aside, whose rows directly hold rows of `entry`."""
        found = []
        for _, source, _ in entry.places:
            table = self.find(source.within) if source.within is not None else None
            table = table or entry.parent
            if table is not None and table is not entry:
                found.append(table)
        return tuple(found)


def outline(mapping: MappingSpec) -> Outline:
    """Return the tables of a mapping, parents before children, as written."""

    def walk(tables: dict[str, TableSpec], path: Path, parent: Entry | None) -> Iterator[Entry]:
        for name, spec in tables.items():
            entry = Entry(name, spec, (*path, "tables", name), parent)
            yield entry
            yield from walk(spec.tables, entry.path, entry)

    return Outline(tuple(walk(mapping.tables, (), None)))


def _free_name(entry: Entry) -> str:
    taken = {name.lower() for name in entry.spec.columns}
    return next(name for name in ("id", "row_id", f"{entry.row}_row_id", "docrel_row_id") if name not in taken)
