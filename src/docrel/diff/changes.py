"""Changes of a mapping: what can differ between two plans, as a closed set of values.

In: nothing. Out: the values that `docrel.diff` returns and `docrel.migrate` turns into steps. A change names
things as the new plan does, dropped things as the old one did. The words for people are in
`docrel.diff.wording`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from docrel.plan import Column, Default, IndexDefinition, Role, Source, Statement, Table

Effect = Literal["layout only", "widening", "narrowing", "content moves"]
EFFECTS: tuple[Effect, ...] = ("layout only", "widening", "narrowing", "content moves")
"""What a change does to stored documents: nothing; lets more in; may refuse some; puts values elsewhere."""

Rule = Literal[
    "required", "unique", "one_of", "min", "max", "check", "references", "otherwise", "primary key", "map", "spelling"
]


@dataclass(frozen=True, slots=True)
class AddTable:
    """A table that the old plan does not have."""

    table: Table


@dataclass(frozen=True, slots=True)
class DropTable:
    """A table that the new plan does not have."""

    table: Table


@dataclass(frozen=True, slots=True)
class RenameTable:
    """The same table by another name (`renamed_from`)."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class MoveTable:
    """Rows of the table come from elsewhere in the document, or hang below another table."""

    table: str
    old: tuple[Source, ...]
    new: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class AddColumn:
    """A column that the old table does not have; `last` where it stands behind all old ones."""

    table: str
    column: Column
    last: bool


@dataclass(frozen=True, slots=True)
class DropColumn:
    """A column that the new table does not have."""

    table: str
    column: Column


@dataclass(frozen=True, slots=True)
class RenameColumn:
    """The same column by another name (`renamed_from`)."""

    table: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class RetypeColumn:
    """The column has another type."""

    table: str
    column: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class MoveColumn:
    """The column takes its value from elsewhere, or plays another role."""

    table: str
    column: str
    old: Role
    new: Role


@dataclass(frozen=True, slots=True)
class ReorderColumns:
    """The same columns stand in another order."""

    table: str
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeDefault:
    """The column holds something else where the document is silent."""

    table: str
    column: str
    old: Default | None
    new: Default | None


@dataclass(frozen=True, slots=True)
class ChangeConstraint:
    """A rule of a column, or of the table where `column` is empty; old and new in words."""

    table: str
    column: str
    rule: Rule
    old: str
    new: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class AddIndex:
    """A secondary index more."""

    table: str
    index: IndexDefinition


@dataclass(frozen=True, slots=True)
class DropIndex:
    """A secondary index less."""

    table: str
    index: IndexDefinition


@dataclass(frozen=True, slots=True)
class AddStatement:
    """A view or other object more."""

    statement: Statement


@dataclass(frozen=True, slots=True)
class DropStatement:
    """A view or other object less."""

    statement: Statement


@dataclass(frozen=True, slots=True)
class ChangeStatement:
    """A view or other object with another text."""

    old: Statement
    new: Statement


@dataclass(frozen=True, slots=True)
class ChangeKeyOrder:
    """The usual order of members of the table's nodes."""

    table: str


@dataclass(frozen=True, slots=True)
class ChangeDocument:
    """What belongs to the whole mapping: `name`, `key`, who said it (`key is`), `parts`, `forget`, `constraints`."""

    what: Literal["name", "key", "key is", "parts", "forget", "constraints"]
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ChangeVersion:
    """Another version number."""

    old: int
    new: int


@dataclass(frozen=True, slots=True)
class ChangeDescription:
    """Text for people, or the order in which tables and objects are written; `of` says of what."""

    of: str


Change = (
    AddTable | DropTable | RenameTable | MoveTable | AddColumn | DropColumn | RenameColumn | RetypeColumn
    | MoveColumn | ReorderColumns | ChangeDefault | ChangeConstraint | AddIndex | DropIndex | AddStatement
    | DropStatement | ChangeStatement | ChangeKeyOrder | ChangeDocument | ChangeVersion | ChangeDescription
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LikelyRename:
    """A question: `new` looks like `old` by another name. Never assumed; `renamed_from` answers it."""

    kind: Literal["table", "column"]
    table: str
    old: str
    new: str
    why: str
