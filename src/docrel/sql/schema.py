"""Schemas: what a database consists of, as one frozen value.

In: nothing. Out: the values that `docrel.sql.structure` makes from a plan, that `docrel.sql.definition` spells as
SQL, that `docrel.backends.sqlite.introspection` reads from a database, and that `docrel.sql.drift` compares. Equality
is meaning: the order of tables and constraints and the layout of SQL text do not count, the order of columns does.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from docrel.sql.tokens import Sql


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the database declares it; `key` is its 1-based place in the primary key, 0 outside."""

    name: str
    type: str
    not_null: bool = False
    default: Sql | None = None
    key: int = 0
    generated: bool = False  # the database gives the number: a surrogate


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns that name a row of `table`."""

    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...]
    on_delete: str = "NO ACTION"


@dataclass(frozen=True, slots=True)
class Check:
    """A row condition; `column` is where it stands in the layout, which is not part of its meaning."""

    name: str | None
    sql: Sql
    column: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Table:
    """A table. Build it with `Table.of`, which puts the constraints into their one order."""

    name: str
    columns: tuple[Column, ...]
    uniques: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[Check, ...] = ()
    small: bool = False  # stored by its key alone
    typed: bool = False  # its columns hold nothing but their types

    @classmethod
    def of(
        cls,
        name: str,
        columns: tuple[Column, ...],
        uniques: set[tuple[str, ...]],
        foreign_keys: set[ForeignKey],
        checks: list[Check],
        *,
        small: bool = False,
        typed: bool = False,
    ) -> Table:
        """Return the table with its constraints in order, each once."""
        return cls(
            name,
            columns,
            tuple(sorted(uniques)),
            tuple(sorted(foreign_keys, key=lambda key: (key.columns, key.table, key.targets))),
            tuple(sorted(set(checks), key=lambda check: (check.name or "", check.sql.normal))),
            small,
            typed,
        )

    @property
    def primary_key(self) -> tuple[str, ...]:
        """The names of the primary key's columns, in the key's order."""
        return tuple(c.name for c in sorted(self.columns, key=lambda c: c.key) if c.key)


@dataclass(frozen=True, slots=True)
class Index:
    """A secondary index, by the text that makes it."""

    name: str
    sql: Sql
    table: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class View:
    """A view, by the text that makes it."""

    name: str
    sql: Sql


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger, by the text that makes it."""

    name: str
    sql: Sql
    table: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Schema:
    """A whole database. Build it with `Schema.of`, which sorts by name; `version` None: none is kept."""

    version: int | None
    tables: tuple[Table, ...]
    indexes: tuple[Index, ...]
    views: tuple[View, ...]
    triggers: tuple[Trigger, ...]

    @classmethod
    def of(
        cls,
        version: int | None,
        tables: list[Table],
        indexes: list[Index],
        views: list[View],
        triggers: list[Trigger],
    ) -> Schema:
        """Return the schema with each kind of object sorted by name."""
        return cls(
            version,
            tuple(sorted(tables, key=lambda table: table.name)),
            tuple(sorted(indexes, key=lambda index: index.name)),
            tuple(sorted(views, key=lambda view: view.name)),
            tuple(sorted(triggers, key=lambda trigger: trigger.name)),
        )

    def table(self, name: str) -> Table:
        """Return the table called `name`; raises KeyError."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)
