"""The plan: what a mapping means, resolved and frozen.

In: nothing but values made by `docrel.compile`. Out: the one description that `ddl`, `flatten`, `rebuild` and `diff`
read. A plan is acyclic, known by its JSON text and JSON both ways, so that a database can carry its own.
It holds no positions of YAML nodes but the `origin` text of a column, for messages.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

from docrel.plan.identifiers import OWN, note_table, own_tables
from docrel.selectors import Path, path_text

MAX_STEPS = 256
"""The longest path: no document has more levels."""
MAX_INDEX = 999_999
"""The last element that a path may name: rows can call an array of that length into being."""

Scalar = None | bool | int | float | str


class Exact:
    """What holds constants: equal where its JSON is. To Python 1, 1.0 and true are one constant, 0.0 and -0.0 too."""

    __slots__ = ("_text",)
    _text: str

    def known_by(self) -> str:
        """Return its JSON text, which is made once."""
        if not hasattr(self, "_text"):
            object.__setattr__(self, "_text", to_text(self))
        return self._text

    def __eq__(self, other: object) -> bool:
        return self is other or (type(self) is type(other) and self.known_by() == other.known_by())

    def __hash__(self) -> int:
        return hash(self.known_by())


@dataclass(frozen=True, slots=True)
class Read:
    """A path that is only looked at: from the document (`root`) or from the row's own node; names and indexes only."""

    root: bool
    path: Path

    @property
    def text(self) -> str:
        """The path as JSONPath."""
        return path_text(self.path, "$" if self.root else "@")


@dataclass(frozen=True, slots=True, eq=False)
class Case(Exact):
    """One case of a default: `then` where every condition holds; a condition's values None: present and not null."""

    conditions: tuple[tuple[Read, tuple[Scalar, ...] | None], ...]
    then: Scalar


@dataclass(frozen=True, slots=True)
class Elapsed:
    """A time `seconds` after another: both are columns of the same row (ISO 8601 text, seconds as integer)."""

    time: str
    seconds: str


@dataclass(frozen=True, slots=True, eq=False)
class Default(Exact):
    """What a column holds where the document says nothing; tried in the order of the fields."""

    reads: tuple[Read, ...] = ()
    cases: tuple[Case, ...] = ()
    elapsed: Elapsed | None = None
    given: bool = False  # the document's name, as its caller gives it
    now: bool = False  # the clock
    constant: Scalar = None
    written: bool = False  # documents usually say it all the same; that one does not is noted


# What a column is for. A closed union: every consumer matches all of it.


@dataclass(frozen=True, slots=True)
class Surrogate:
    """The row's own number, given by the engine."""


@dataclass(frozen=True, slots=True)
class ParentKey:
    """The key column `column` of the row's parent (or nearest ancestor) in `table`."""

    table: str
    column: str


@dataclass(frozen=True, slots=True)
class Position:
    """The 0-based place of the row's node in its array or object."""


@dataclass(frozen=True, slots=True)
class MemberKey:
    """The member's name at the `.*` of `each`."""


@dataclass(frozen=True, slots=True)
class JoinedKey:
    """The names passed on the way down by `repeat: '*'`, joined by `separator`, escaped with a backslash."""

    separator: str


@dataclass(frozen=True, slots=True)
class EdgeName:
    """The name of the source that the row came by."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value of the document; the paths are alternatives, the first that is present and not null wins."""

    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Rest:
    """What no other column and no nested table took of the row's node, as JSON."""


@dataclass(frozen=True, slots=True)
class Derived:
    """Computed from the document by a one-way selector (its canonical text), never read back."""

    selector: str


@dataclass(frozen=True, slots=True)
class Unsourced:
    """Holds only its default or its source's constant: no place in the document, never read back."""


Role = Surrogate | ParentKey | Position | MemberKey | JoinedKey | EdgeName | Value | Rest | Derived | Unsourced


@dataclass(frozen=True, slots=True, eq=False)
class Column(Exact):
    """One column, in table order. `type` names a codec of `docrel.values.codecs`."""

    name: str
    type: str
    role: Role
    required: bool = False
    unique: bool = False
    one_of: tuple[Scalar, ...] | None = None
    minimum: int | float | None = None
    maximum: int | float | None = None
    default: Default | None = None
    map: tuple[tuple[Scalar, Scalar], ...] = ()
    quoted: bool | None = None  # whether documents write its numbers as strings; None: as its type says
    scale: int | None = None  # how many decimals these have at least
    soft: bool = False  # `otherwise: rest`: a value its constraints forbid is kept aside, the column is NULL
    references: tuple[str, str] | None = None
    renamed_from: str | None = None
    description: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Source(Exact):
    """One place that rows of a table come from.

    `parent` is the table whose row's node `each` starts at (None: the document itself). `constants` tell the
    sources of one table apart. `when` holds a value for each discriminating path. `values` replaces the paths of
    value columns, by column name. `tree` walks objects down and gives a row to each node that has one of `row_if`.
    """

    name: str
    parent: str | None
    each: Path
    when: tuple[tuple[Path, tuple[Scalar, ...]], ...] = ()
    constants: tuple[tuple[str, Scalar], ...] = ()
    values: tuple[tuple[str, tuple[Path, ...]], ...] = ()
    tree: bool = False
    row_if: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexDefinition:
    """A secondary index; `unique` ones are constraints too."""

    name: str
    columns: tuple[str, ...]
    unique: bool = False


@dataclass(frozen=True, slots=True)
class CheckConstraint:
    """A row condition that the author wrote in SQL, by dialect (`any` stands for every dialect)."""

    name: str
    sql: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Table(Exact):
    """A table, its columns in order, and where its rows come from."""

    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    sources: tuple[Source, ...]
    parent: str | None = None  # the enclosing table; None: a root table, one row a document
    unique: tuple[tuple[str, ...], ...] = ()
    indexes: tuple[IndexDefinition, ...] = ()
    checks: tuple[CheckConstraint, ...] = ()
    otherwise: Literal["refuse", "rest"] = "refuse"
    key_order: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()
    renamed_from: str | None = None
    description: str = ""
    origin: str = ""

    def column(self, name: str) -> Column:
        """Return the column called `name`; raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def index_of(self, name: str) -> int:
        """Return the 0-based place of the column called `name`; raises KeyError."""
        for number, column in enumerate(self.columns):
            if column.name == name:
                return number
        raise KeyError(name)

    @property
    def keys(self) -> set[tuple[str, ...]]:
        """The sets of columns by which its constraints tell rows apart."""
        return {self.primary_key, *self.unique, *((c.name,) for c in self.columns if c.unique)}

    @property
    def unique_sets(self) -> set[tuple[str, ...]]:
        """The sets of columns that no two rows share: its keys, and those of unique indexes."""
        return self.keys | {index.columns for index in self.indexes if index.unique}

    def is_unique(self, columns: Iterable[str]) -> bool:
        """Say whether no two rows share the values of these columns, in whatever order they are named."""
        return set(columns) in map(set, self.unique_sets)

    @property
    def surrogate(self) -> str | None:
        """The name of the surrogate key column, if there is one."""
        return next((c.name for c in self.columns if isinstance(c.role, Surrogate)), None)

    @property
    def position(self) -> str | None:
        """The name of the position column, if there is one."""
        return next((c.name for c in self.columns if isinstance(c.role, Position)), None)


@dataclass(frozen=True, slots=True)
class Statement:
    """A view (`kind` view: a SELECT) or another object (a whole CREATE statement), by dialect."""

    kind: Literal["view", "statement"]
    name: str
    sql: tuple[tuple[str, str], ...]

    @property
    def is_trigger(self) -> bool:
        """Whether it makes a trigger, which has a name of its own beside tables, indexes and views."""
        return self.kind == "statement" and all("TRIGGER" in text.upper().split()[:2] for _, text in self.sql)


@dataclass(frozen=True, slots=True)
class Part:
    """A member of the document that is kept as a file of its own; `any_of` are the members that give it away."""

    member: str
    file: str
    any_of: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Plan(Exact):
    """Everything that a mapping means. Tables are in order: parents before children."""

    name: str
    version: int
    tables: tuple[Table, ...]
    key: str | tuple[str, ...] | None  # the column that identifies a document, or several that do so together
    parts: tuple[Part, ...] = ()
    statements: tuple[Statement, ...] = ()
    forget: tuple[str, ...] = ()
    description: str = ""
    key_inferred: bool = False  # nobody has said yet that the key is one
    constraints: Literal["declared", "all"] = "declared"  # all: the database forbids what no document can say, too

    @property
    def ordered(self) -> bool:
        """Whether the order of members is part of a document."""
        return "key-order" not in self.forget

    def table(self, name: str) -> Table:
        """Return the table called `name`; raises KeyError."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)

    @property
    def roots(self) -> tuple[Table, ...]:
        """The root tables: a document has one row in exactly one of them."""
        return tuple(t for t in self.tables if t.parent is None)

    @property
    def key_names(self) -> tuple[str, ...]:
        """The columns of `key`, none where it is not said."""
        return (self.key,) if isinstance(self.key, str) else self.key or ()

    def key_of(self, root: Table) -> tuple[str, ...]:
        """Return the columns of a root table that identify its documents."""
        return self.key_names or root.primary_key[:1]

    def root_of(self, table: Table) -> Table:
        """Return the root table that encloses `table`."""
        while table.parent is not None:
            table = self.table(table.parent)
        return table

    def family(self, root: Table) -> Iterator[Table]:
        """Yield `root` and the tables below it, parents first."""
        return (t for t in self.tables if self.root_of(t).name == root.name)

    @property
    def complement(self) -> str:
        """The name of the view that shows what the columns cannot hold, by document."""
        return own_tables(self.name)[0]

    @property
    def notes(self) -> str:
        """The name of the table that holds it, by row: one that nothing of the mapping's has."""
        name = note_table(self.name)
        taken = [table.name for table in self.tables] + [statement.name for statement in self.statements]
        taken += [index.name for table in self.tables for index in table.indexes]
        return f"{OWN}_note" if name.casefold() in map(str.casefold, taken) else name

    @property
    def shapes(self) -> str:
        """The name of the table of interned bodies, shared by notes."""
        return own_tables(self.name)[1]


def dump(plan: Plan) -> str:
    """Return the plan as canonical JSON text; `docrel.compile.load_plan` reads it.

    Fields at their default are left out.
    """
    return plan.known_by()


def to_text(value: Any) -> str:
    """Return a value made of a plan's classes, or of such as are built on them, as canonical JSON text.

    Two values mean the same where their texts are equal.
    """
    return json.dumps(to_json(value), ensure_ascii=True, separators=(",", ":"))


def to_json(value: Any, skip: tuple[str, ...] = ()) -> Any:
    """Return a value made of such classes as JSON, the fields called `skip` left out."""
    if isinstance(value, tuple):
        return [to_json(v, skip) for v in value]
    if is_dataclass(value):
        found: dict[str, Any] = {"is": type(value).__name__}
        for f in fields(value):
            v = getattr(value, f.name)
            if f.init and f.name not in skip and (v != f.default or type(v) is not type(f.default)):
                found[f.name] = to_json(v, skip)
        return found
    return {"is": "bytes", "hex": value.hex()} if isinstance(value, bytes) else value
