"""Which tables a mapping has and which columns each has, those that docrel adds too: keys, and keys of rows above.

In: a spec. Out: an `Outline` of `Entry`s, parents before children, each with its place in the file: an entry tells what
a table says of itself, the outline what it takes other tables to tell. Never reports a problem: what cannot be
resolved is left out here and reported where it is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from docrel.spec import ColumnSpec, MappingSpec, Path, SourceSpec, TableSpec


@dataclass(frozen=True, eq=False)
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

    @cached_property
    def key(self) -> tuple[str, ...]:
        """The columns that identify a row of the table."""
        surrogate = next((name for name, column in self.spec.columns.items() if column.surrogate), None)
        return (surrogate,) if surrogate is not None else self.spec.primary_key or (self._free_name(),)

    def _free_name(self) -> str:
        taken = {name.lower() for name in self.spec.columns}
        return next(n for n in ("id", "row_id", f"{self.row}_row_id", "docrel_row_id") if n not in taken)

    @cached_property
    def own_columns(self) -> dict[str, ColumnSpec]:
        """The columns that are written, behind the surrogate that docrel adds where there is no key."""
        if self.spec.primary_key or self.key[0] in self.spec.columns:
            return self.spec.columns
        return {self.key[0]: ColumnSpec(surrogate=True), **self.spec.columns}

    @cached_property
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


@dataclass(frozen=True, eq=False)
class Outline:
    """All tables of a mapping, parents before children, as written."""

    entries: tuple[Entry, ...]

    @cached_property
    def _by_name(self) -> dict[str | None, Entry]:
        return {entry.name: entry for entry in reversed(self.entries)}

    @property
    def names(self) -> tuple[str, ...]:
        """The tables' names."""
        return tuple(entry.name for entry in self.entries)

    def find(self, name: str | None) -> Entry | None:
        """Return the first table called `name`."""
        return self._by_name.get(name)

    # -- columns ----------------------------------------------------------------------------------------------

    def columns(self, entry: Entry) -> dict[str, ColumnSpec]:
        """Return all columns of the table in order: those written, and the keys that docrel adds."""
        return self._columns[entry]

    @cached_property
    def _columns(self) -> dict[Entry, dict[str, ColumnSpec]]:
        return {entry: self._with_links(entry) for entry in self.entries}

    def _with_links(self, entry: Entry) -> dict[str, ColumnSpec]:
        own, added = entry.own_columns, dict[str, ColumnSpec]()
        for name, table, column in self._links(entry):
            if name not in own:
                added.setdefault(
                    name, ColumnSpec(parent=table.name if len(table.key) == 1 else f"{table.name}.{column}")
                )
        at = next((n for n, column in enumerate(own.values(), 1) if column.surrogate), 0)
        items = list(own.items())
        return dict([*items[:at], *added.items(), *items[at:]])

    def missing_links(self, entry: Entry) -> tuple[tuple[str, Entry], ...]:
        """Return the names of key columns that should be added but whose name another column has."""
        links, taken = self._links(entry), entry.own_columns
        names = [name for name, _, _ in links]
        return tuple((name, table) for n, (name, table, _) in enumerate(links) if name in taken or name in names[:n])

    def _links(self, entry: Entry) -> list[tuple[str, Entry, str]]:
        """Return the names for the keys of rows above that no written column holds, each with its table and column."""
        held = {self.parent_of(column) for column in entry.spec.columns.values()}
        return [
            (_link_name(entry, table, column), table, column)
            for table in self._above(entry)
            for column in table.key
            if (table, column) not in held
        ]

    def parent_of(self, column: ColumnSpec) -> tuple[Entry, str] | None:
        """Return the table and key column that a `parent:` column names, if there is such a one."""
        if column.parent is None:
            return None
        table = self.find(column.parent)
        if table is not None:
            return (table, table.key[0]) if len(table.key) == 1 else None
        name, _, part = column.parent.rpartition(".")
        table = self.find(name)
        return (table, part) if table is not None and part in table.key else None

    # -- rows above -------------------------------------------------------------------------------------------

    def _above(self, entry: Entry) -> list[Entry]:
        """Return the tables that a row needs a key of: enclosing, `within`, itself for `repeat`."""
        found = [entry.parent, *(self.find(source.within) for _, source, _ in entry.places)]
        above = list(dict.fromkeys(table for table in found if table is not None))
        return [*above, entry] if entry.edges else above

    def _parents(self, entry: Entry) -> list[Entry]:
        """Return the tables, itself aside, whose rows directly hold rows of `entry`."""
        found = (self.find(source.within) or entry.parent for _, source, _ in entry.places)
        return [table for table in found if table is not None and table is not entry]

    def _upwards(self, entry: Entry, until: Entry) -> list[Entry]:
        """Return the tables that rows of `entry` may lie below, at any depth, none that only `until` leads to."""
        found, pending = dict[Entry, None](), [entry]
        while pending:
            for table in self._parents(pending.pop()):
                if table not in found:
                    found[table] = None
                    pending += [table] * (table is not until)
        return list(found)

    def ever_below(self, entry: Entry, target: Entry) -> bool:
        """Say whether some row of `entry` may lie below a row of `target`."""
        return target in self._upwards(entry, target) or (target is entry and bool(entry.edges))

    def always_below(self, entry: Entry, target: Entry) -> bool:
        """Say whether each row of `entry` lies below some row of `target`: no way up ends elsewhere."""
        passed = [table for table in self._upwards(entry, target) if table is not target]
        return all(self._parents(table) for table in (entry, *passed))


def _link_name(entry: Entry, table: Entry, column: str) -> str:
    """Return the name of the column of `entry` that holds the key column of a row of `table`."""
    name = f"{table.row}_{'id' if len(table.key) == 1 else column}"
    return f"parent_{name}" if table is entry else name


def outline(mapping: MappingSpec) -> Outline:
    """Return the tables of a mapping, parents before children, as written."""

    def walk(tables: dict[str, TableSpec], path: Path, parent: Entry | None) -> Iterator[Entry]:
        for name, spec in tables.items():
            entry = Entry(name, spec, (*path, "tables", name), parent)
            yield entry
            yield from walk(spec.tables, entry.path, entry)

    return Outline(tuple(walk(mapping.tables, (), None)))
