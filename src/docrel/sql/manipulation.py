"""Manipulation: the statements (DML) that read, change and delete the rows of a plan.

In: a plan and a dialect. Out: SQL text with parameters; values never enter it. Reads of nested tables walk
from the root downwards along foreign keys. INSERTs of rows are `Backend.load`'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from docrel.plan import OWN, ParentKey, Plan, Table
from docrel.sql.dialect import Dialect
from docrel.sql.notes import NOTE_COLUMNS, NOTE_KEY, row_name
from docrel.sql.structure import parent_keys
from docrel.sql.ways import Ways

_ARMS = 250
"""How many tables a statement looks at; SQLite unites 500 SELECTs."""


class Dml:
    """The statements for one plan; tables go by their number in the plan."""

    def __init__(self, plan: Plan, dialect: Dialect, *, notes: str = "", shapes: str = "") -> None:
        self.plan, self._ways = plan, Ways(plan, dialect)
        self._dialect, self._quote = dialect, dialect.quote_identifier
        self._notes, self._shapes = self._quote(notes or plan.notes), self._quote(shapes or plan.shapes)
        self.selects = {(t.name, r.name): self._select(t, r) for r in plan.roots for t in plan.family(r)}
        self._selects_of_keys = {
            root.name: f"{self._select_places(root)} WHERE {self._quote(plan.key_of(root)[0])} IN "
            for root in plan.roots
        }
        self.select_notes = {root.name: tuple(self._select_notes(root)) for root in plan.roots}
        self.insert_shape = f'INSERT INTO {self._shapes} ("id", "body") VALUES (?, ?) ON CONFLICT DO NOTHING'
        self.select_shape = f'SELECT "body" FROM {self._shapes} WHERE "id" = ?'
        used = f'SELECT "shape" FROM {self._notes} WHERE "shape" IS NOT NULL'
        unused = f'FROM {self._shapes} WHERE "id" NOT IN ({used})'
        self.count_shapes, self.delete_shapes = f"SELECT count(*) {unused}", f"DELETE {unused}"

    def _select(self, table: Table, root: Table) -> str:
        """Rows of `table` that belong to documents whose root row's key lies between two keys."""
        source, alias, condition = self._within(table, root)
        columns = ", ".join(f"{alias}.{self._quote(c.name)}" for c in table.columns)
        return f"SELECT {columns} FROM {source} WHERE {condition}"

    def _within(self, table: Table, root: Table) -> tuple[str, str, str]:
        """Return where rows of such documents are, what the table is called there, and the condition on them."""
        way = [(root.name, [(name, name) for name in root.primary_key])]
        if table is not root:
            way = self._ways.down(table, root)
        held = {theirs: own for own, theirs in way[0][1]}
        top = _row_value([f"t0.{self._quote(held[name])}" for name in root.primary_key])
        source = f"{self._quote(way[0][0])} AS t0{self._ways.joins(way[1:], self._dialect.join)}"
        return source, f"t{len(way) - 1}", f"{top} BETWEEN {_key_marks(root)} AND {_key_marks(root)}"

    def select_one_row(self, table: Table, root: Table, unless: Sequence[Sequence[str]]) -> str:
        """One row of a nested table that belongs to a document, but none that has all of some columns' values."""
        return f"{self._select_but(table, root, unless)} LIMIT 1"

    def count_rows(self, table: Table, root: Table, unless: Sequence[Sequence[str]]) -> str:
        """How many such rows there are."""
        return f"SELECT count(*) FROM ({self._select_but(table, root, unless)}) AS rows_there"

    def _select_but(self, table: Table, root: Table, unless: Sequence[Sequence[str]]) -> str:
        quote = self._quote
        depth = len(self._ways.down(table, root)) - 1
        sql = self.selects[table.name, root.name]
        for names in unless:
            same = " AND ".join(f"t{depth}.{quote(name)} {self._dialect.same} ?" for name in names)
            sql += f" AND NOT ({same})"
        return sql

    def select_lost(self, table: Table, root: Table) -> str:
        """Keys of rows of a nested table that lie below no document, so many at most."""
        quote = self._quote
        way = self._ways.down(table, root)
        last = len(way) - 1
        joins = ""
        for n in range(last, -1, -1):
            above, name = (f"t{n - 1}", way[n - 1][0]) if n else ("r", root.name)
            on = " AND ".join(f"{above}.{quote(theirs)} = t{n}.{quote(own)}" for own, theirs in way[n][1])
            joins += f" LEFT JOIN {quote(name)} AS {above} ON {on}"
        keys = ", ".join(f"t{last}.{quote(name)}" for name in table.primary_key)
        gone = f"r.{quote(root.primary_key[0])} IS NULL"
        return f"SELECT {keys} FROM {quote(table.name)} AS t{last}{joins} WHERE {gone} LIMIT ?"

    def select_orphans(self, table: Table) -> Iterator[str]:
        """Keys of rows that name a row above which is not there, so many at most; for each way to name one."""
        return (f"SELECT {self._key_columns(table)} {orphans} LIMIT ?" for orphans in self._orphans(table))

    def delete_orphans(self, table: Table) -> Iterator[str]:
        """Delete all such rows."""
        return (f"DELETE {orphans}" for orphans in self._orphans(table))

    def _orphans(self, table: Table) -> Iterator[str]:
        quote, own = self._quote, self._quote(table.name)
        for columns, above in parent_keys(table, self.plan):
            named = " AND ".join(f"{own}.{quote(column.name)} IS NOT NULL" for column in columns)
            same = " AND ".join(
                f"above.{quote(column.role.column)} = {own}.{quote(column.name)}"
                for column in columns
                if isinstance(column.role, ParentKey)
            )
            there = f"SELECT 1 FROM {quote(above)} AS above WHERE {same}"
            yield f"FROM {own} WHERE {named} AND NOT EXISTS ({there})"

    def select_broken(self, table: Table, root: Table, column: str, target: tuple[str, str]) -> str:
        """Keys of root rows and of documents, and values of a column that stand nowhere in the column `target`."""
        quote = self._quote
        way = [] if table is root else self._ways.down(table, root)
        sql = f"FROM {quote(root.name)} AS r{self._ways.joins(way, 'JOIN', 'r')}"
        value = f"{f't{len(way) - 1}' if way else 'r'}.{quote(column)}"
        keys = ", ".join(f"r.{quote(name)}" for name in (*root.primary_key, *self.plan.key_of(root)))
        there = f"SELECT 1 FROM {quote(target[0])} AS there WHERE there.{quote(target[1])} = {value}"
        return f"SELECT DISTINCT {keys}, {value} {sql} WHERE {value} IS NOT NULL AND NOT EXISTS ({there})"

    def select_keys(self, root: Table, count: int) -> str:
        """The root row's key and the document's key of those of `count` documents that are stored."""
        if len(self.plan.key_of(root)) == 1:
            return self._selects_of_keys[root.name] + _marks(count)
        names = [self._quote(name) for name in self.plan.key_of(root)]
        wanted = f'"{OWN}_wanted"'  # SQLite would scan the table for row values that are in a list
        listed = ", ".join(f'"k{n}"' for n in range(len(names)))
        same = " AND ".join(f'r.{name} = {wanted}."k{n}"' for n, name in enumerate(names))
        keys = ", ".join(f"r.{name}" for name in [*map(self._quote, root.primary_key), *names])
        values = ", ".join([_marks(len(names))] * count)
        tables = f"{wanted} CROSS JOIN {self._quote(root.name)} AS r"
        return f"WITH {wanted} ({listed}) AS (VALUES {values}) SELECT {keys} FROM {tables} WHERE {same}"

    def select_page(self, root: Table) -> str:
        """Keys of root rows and of documents of a page behind a root row's key, in order."""
        behind = f"{self._key(root)} > {_key_marks(root)}"
        return f"{self._select_places(root)} WHERE {behind} ORDER BY {self._key_columns(root)} LIMIT ?"

    def select_first_page(self, root: Table) -> str:
        """The first page of `select_page`."""
        return f"{self._select_places(root)} ORDER BY {self._key_columns(root)} LIMIT ?"

    def select_ends(self, root: Table, order: Literal["ASC", "DESC"]) -> str:
        """Keys of so many root rows from one end."""
        by = ", ".join(f"{self._quote(name)} {order}" for name in root.primary_key)
        return f"SELECT {self._key_columns(root)} FROM {self._quote(root.name)} ORDER BY {by} LIMIT ?"

    def select_shared_keys(self, root: Table, other: Table) -> str:
        """The keys that documents of both root tables have, so many at most."""
        quote, type_of = self._quote, self._dialect.type_of
        names = [quote(name) for name in self.plan.key_of(root)]
        same = " AND ".join(f"a.{name} = b.{name}" for name in names)
        same_type = " AND ".join(f"{type_of}(a.{name}) = {type_of}(b.{name})" for name in names)
        keys = ", ".join(f"a.{name}" for name in names)
        tables = f"{quote(root.name)} AS a JOIN {quote(other.name)} AS b ON {same}"
        return f"SELECT {keys} FROM {tables} WHERE {same_type} LIMIT ?"

    def select_twice(self) -> str:
        """The keys that documents of several root tables have."""
        names = [self._quote(name) for name in self.plan.key_of(self.plan.roots[0])]
        keys = ", ".join(names)
        types = ", ".join(f"{self._dialect.type_of}({name})" for name in names)
        every = " UNION ALL ".join(f"SELECT {keys} FROM {self._quote(root.name)}" for root in self.plan.roots)
        return f"SELECT {keys} FROM ({every}) GROUP BY {keys}, {types} HAVING count(*) > 1"

    def select_where(self, root: Table, condition: str) -> str:
        """Keys of root rows and of documents where the caller's own SQL condition holds."""
        return f"{self._select_places(root)} WHERE {condition}\nORDER BY {self._key_columns(root)}"

    def select_of_row(self, root: Table) -> str:
        """Keys of the root row and of the document of one primary key."""
        return f"{self._select_places(root)} WHERE {self._by_key(root)}"

    def _select_places(self, root: Table) -> str:
        document = ", ".join(self._quote(name) for name in self.plan.key_of(root))
        return f"SELECT {self._key_columns(root)}, {document} FROM {self._quote(root.name)}"

    def _key_columns(self, table: Table) -> str:
        return ", ".join(self._quote(name) for name in table.primary_key)

    def _key(self, root: Table) -> str:
        return _row_value([self._quote(name) for name in root.primary_key])

    def select_rows(self, table: Table, condition: str) -> str:
        """All columns of the rows of a table for which the caller's own SQL condition holds."""
        columns = ", ".join(self._quote(c.name) for c in table.columns)
        return f"SELECT {columns} FROM {self._quote(table.name)} WHERE {condition}"

    def select_row(self, table: Table) -> str:
        """All columns of the row of one primary key."""
        return self.select_rows(table, self._by_key(table))

    def select_some(self, table: Table, columns: Sequence[str]) -> str:
        """Some columns of as many rows as wanted."""
        return f"SELECT {', '.join(map(self._quote, columns))} FROM {self._quote(table.name)} LIMIT ?"

    def count_filled(self, table: Table, columns: Sequence[str]) -> str:
        """How many rows there are, and in how many of them each column is not NULL; of as many rows as wanted."""
        counts = ", ".join(["count(*)", *(f"count({self._quote(name)})" for name in columns)])
        return f"SELECT {counts} FROM ({self.select_some(table, columns)}) AS t"

    def select_rests(self, table: Table, column: str | None) -> str:
        """As many rests of rows as wanted that hold a text: in a column, or in the notes on rows of a table."""
        like = "LIKE ? ESCAPE '\\' LIMIT ?"
        if column is not None:
            name = self._quote(column)
            return f"SELECT {name} FROM {self._quote(table.name)} WHERE {name} {like}"
        return f'SELECT "body" FROM {self._notes} WHERE "table" = ? AND "body" {like}'

    def update(self, table: Table, columns: Sequence[str]) -> str:
        """UPDATE of `columns` in the row of one primary key."""
        values = ", ".join(f"{self._quote(name)} = ?" for name in columns)
        return f"UPDATE {self._quote(table.name)} SET {values} WHERE {self._by_key(table)}"

    def delete(self, table: Table) -> str:
        """DELETE of the row of one primary key."""
        return f"DELETE FROM {self._quote(table.name)} WHERE {self._by_key(table)}"

    def _by_key(self, table: Table) -> str:
        return " AND ".join(f"{self._quote(name)} = ?" for name in table.primary_key)

    # -- notes -----------------------------------------------------------------------------------------------------

    def _select_notes(self, root: Table) -> Iterator[tuple[str, int]]:
        """Notes on the rows of documents whose root row's key lies between two keys, and how often to say these.

        Of each: the number of the table, shape, body, rank, and the row's key, as wide as the widest.
        """
        family = [(number, table) for number, table in enumerate(self.plan.tables) if self.plan.root_of(table) is root]
        width = max(len(table.primary_key) for _, table in family)
        for at in range(0, len(family), _ARMS):
            some = family[at : at + _ARMS]
            yield " UNION ALL ".join(self._noted(number, table, root, width) for number, table in some), len(some)

    def _noted(self, number: int, table: Table, root: Table, width: int) -> str:
        join = self._dialect.join
        source, alias, condition = self._within(table, root)
        key = [f"{alias}.{self._quote(name)}" for name in table.primary_key]
        columns = ", ".join([str(number), 'n."shape"', 'n."body"', 'n."rank"', *key, *["NULL"] * (width - len(key))])
        # most tables have no notes at all
        any_note = f'(SELECT 1 FROM {self._notes} WHERE "table" = {self._label(table)} LIMIT 1) AS a'
        first = "CROSS JOIN" if join == "JOIN" else join
        notes = self._notes_on(table, alias)
        return f"SELECT {columns} FROM {any_note} {first} {source} {join} {notes} WHERE {condition}"

    def select_ranks(self, table: Table, root: Table) -> str:
        """Surrogate and rank of the rows of documents whose root row's key lies between two keys; of ranked ones."""
        source, alias, condition = self._within(table, root)
        rows = f"{source} {self._dialect.join} {self._notes_on(table, alias)}"
        key = f"{alias}.{self._quote(table.surrogate or '')}"
        return f'SELECT {key}, n."rank" FROM {rows} WHERE {condition} AND n."rank" IS NOT NULL'

    def select_note(self, table: Table) -> str:
        """Shape, body and rank of the note on the row of one primary key."""
        where = " AND ".join(f"t.{self._quote(name)} = ?" for name in table.primary_key)
        rows = f"{self._quote(table.name)} AS t {self._dialect.join} {self._notes_on(table, 't')}"
        return f'SELECT n."shape", n."body", n."rank" FROM {rows} WHERE {where}'

    def insert_note(self, table: Table) -> str:
        """The note on the row of one primary key: the key, rank, shape and body."""
        columns, values = ", ".join(map(self._quote, NOTE_COLUMNS)), f"{self._label(table)}, {self._given(table)}"
        updates = ", ".join(f'"{name}" = excluded."{name}"' for name in NOTE_COLUMNS if name not in NOTE_KEY)
        return (
            f'INSERT INTO {self._notes} ({columns}) SELECT {values}, k."rank", k."shape", k."body" '
            f'FROM (SELECT {self._given_key(table)}, ? AS "rank", ? AS "shape", ? AS "body") AS k WHERE TRUE '
            f'ON CONFLICT ("table", "row") DO UPDATE SET {updates}'
        )

    def copy_note(self, table: Table) -> str:
        """The note on the row of one primary key, if that is there: shape, body and the key."""
        columns = ", ".join(map(self._quote, NOTE_COLUMNS))
        return (
            f"INSERT INTO {self._notes} ({columns}) "
            f"SELECT {self._label(table)}, {self._named(table, 't')}, NULL, ?, ? FROM {self._quote(table.name)} AS t "
            f"WHERE {self._by_key(table)} ON CONFLICT DO NOTHING"
        )

    def select_root_of(self, table: Table, root: Table) -> str:
        """The root row's key of the document that the row of one primary key belongs to."""
        way = [] if table is root else self._ways.down(table, root)
        alias = f"t{len(way) - 1}" if way else "r"
        columns = ", ".join(f"r.{self._quote(name)}" for name in root.primary_key)
        where = " AND ".join(f"{alias}.{self._quote(name)} = ?" for name in table.primary_key)
        return f"SELECT {columns} FROM {self._quote(root.name)} AS r{self._ways.joins(way, 'JOIN', 'r')} WHERE {where}"

    def delete_note(self, table: Table) -> str:
        """DELETE of the note on the row of one primary key."""
        name = f"(SELECT {self._given(table)} FROM (SELECT {self._given_key(table)}) AS k)"
        return f'DELETE FROM {self._notes} WHERE "table" = {self._label(table)} AND "row" = {name}'

    def count_stale(self, table: Table) -> str:
        """How many notes there are on rows of a table that are gone, as REPLACE lets them go."""
        rows = f"SELECT {self._named(table, 't')} FROM {self._quote(table.name)} AS t"
        where = f'"table" = {self._label(table)} AND "row" NOT IN ({rows})'
        return f"SELECT count(*) FROM {self._notes} WHERE {where}"

    def delete_stale(self, table: Table) -> str:
        """Delete the notes that `count_stale` counts."""
        return self.count_stale(table).replace("SELECT count(*)", "DELETE", 1)

    def _notes_on(self, table: Table, alias: str) -> str:
        """The table of notes as `n`, joined to the rows of a table that are called `alias`."""
        named = self._named(table, alias)
        return f'{self._notes} AS n ON n."table" = {self._label(table)} AND n."row" = {named}'

    def _named(self, table: Table, alias: str) -> str:
        return row_name(table, lambda name: f"{alias}.{self._quote(name)}", self.plan, self._dialect)

    def _label(self, table: Table) -> str:
        return self._dialect.quote_literal(self._noted_as(table))

    def _noted_as(self, table: Table) -> str:
        """What notes call a table."""
        return table.name

    def _given(self, table: Table) -> str:
        """What notes call the row of a key that is given as `_given_key` has it."""
        place = {name: f'k."{n}"' for n, name in enumerate(table.primary_key)}
        return row_name(table, place.__getitem__, self.plan, self._dialect)

    def _given_key(self, table: Table) -> str:
        return ", ".join(f'? AS "{n}"' for n in range(len(table.primary_key)))


def _row_value(terms: Sequence[str]) -> str:
    return terms[0] if len(terms) == 1 else f"({', '.join(terms)})"


def _key_marks(table: Table) -> str:
    return _row_value(["?"] * len(table.primary_key))


def _marks(count: int) -> str:
    return f"({', '.join('?' * count)})"
