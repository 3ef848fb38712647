"""The spec: a mapping file as it was written.

In: YAML text. Out: a `Spec`, frozen models of every key of the language with short forms written out, beside the
text that knows the place of each node; or a `MappingError` with every misspelt, missing or misplaced key. Never
looks at what a selector, a name or a type means: that is `docrel.compile`'s part.
"""

from __future__ import annotations

import pathlib
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from docrel.diagnostics import MappingError
from docrel.spec_errors import reworded
from docrel.spec_shapes import (
    NAMES,
    NUMBER,
    SCALARS,
    SELECTORS,
    SQL_TEXT,
    TEXT,
    AlsoWritten,
    as_case,
    as_column,
    as_default,
    as_entries,
    as_index,
    as_keys,
    as_list,
    as_pairs,
    as_part,
    as_scalar,
    as_scalars,
    as_source_column,
    as_sql,
    as_unique,
    as_when,
)
from docrel.yamltext import YamlText, load_yaml, read_yaml

Selectors = Annotated[tuple[str, ...], BeforeValidator(as_list), SELECTORS]
Names = Annotated[tuple[str, ...], BeforeValidator(as_list), NAMES]
NameList = Annotated[tuple[str, ...], BeforeValidator(as_keys), NAMES]
Scalars = Annotated[tuple[Any, ...], BeforeValidator(as_scalars), SCALARS]
OneScalar = Annotated[Any, BeforeValidator(as_scalar), AlsoWritten({"type": ["string", "number", "boolean"]})]
Number = Annotated[int | float, NUMBER]
Sql = Annotated[dict[str, str], BeforeValidator(as_sql), SQL_TEXT]
ValuePairs = Annotated[
    tuple[tuple[Any, Any], ...],
    BeforeValidator(as_pairs),
    AlsoWritten({"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}}),
]
When = Annotated[
    dict[str, Scalars],
    BeforeValidator(as_when),
    AlsoWritten({"type": "object", "additionalProperties": SCALARS.schema}),
]


class _Node(BaseModel):
    """What every node of a mapping has in common: no unknown keys, nothing converted, nothing changed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)


class CaseSpec(_Node):
    """One case of a default: `then` is taken where `when` holds."""

    when: Annotated[
        tuple[dict[str, tuple[Any, ...] | None], ...],
        AlsoWritten(
            {
                "anyOf": [
                    SELECTORS.schema,
                    {"type": "object", "additionalProperties": SCALARS.schema},
                ]
            }
        ),
    ] = ()
    """What must hold. A selector: it is there and not null (or is one of `is`). A list of selectors: one of them is.
    A map of selector to value, or to a list of values: each selector has that value. Left out: always."""
    is_: Annotated[None, AlsoWritten(SCALARS.schema)] = Field(None, alias="is")
    """The value, or the list of values, that the selector of `when` must have."""
    then: OneScalar
    """What the column then holds."""

    @model_validator(mode="before")
    @classmethod
    def _written_out(cls, given: Any) -> Any:
        return as_case(given)


class DefaultSpec(_Node):
    """What a column holds where the document says nothing, tried in the order of the keys here."""

    from_: Selectors = Field((), alias="from")
    """Other places to look, in order. Relative to the row's node; from the document where it begins with `$`."""
    cases: Annotated[tuple[CaseSpec, ...], BeforeValidator(as_entries)] = ()
    """Cases in order; the first that holds gives the value."""
    same_as: str | None = None
    """`TABLE.COLUMN` of the root table: the same places and default as that column has."""
    time: str | None = None
    """With `plus_seconds`: the column of this row that holds a time to count from."""
    plus_seconds: str | None = None
    """The column of this row that holds the seconds to add to `time`."""
    given: bool = False
    """The name that the caller gives the document (for a file: its name)."""
    now: bool = False
    """The current time."""
    value: OneScalar = None
    """A constant."""

    @model_validator(mode="before")
    @classmethod
    def _written_out(cls, given: Any) -> Any:
        return as_default(given)


class ColumnSpec(_Node):
    """A column. Short form: only its type; then it is read from the member of the column's own name."""

    from_: Selectors | None = Field(None, alias="from")
    """Where the value is: a JSONPath from the row's node (`'@'` is the node itself). A list: alternatives, the first
    that is there and not null wins. Left out: the member of the column's own name."""
    type: str | None = Field(
        None,
        json_schema_extra={
            "examples": ["text", "integer", "real", "boolean", "json", "timestamp", "date", "decimal", "uuid", "base64"]
        },
    )
    """text (the default), integer, real, boolean, json, timestamp, date, decimal, uuid, base64, or a registered one."""
    surrogate: bool = False
    """The row's own number, given by docrel: the table's primary key."""
    parent: str | None = None
    """The key of the row of this table that the row belongs to (the enclosing table, one further out, or for a
    `repeat` the table itself). `TABLE.COLUMN` where that table's key has several columns."""
    position: bool = False
    """The 0-based place of the row's node in its array or object."""
    key: Literal["each", "repeat"] | None = None
    """each: the member's name at the `.*` of `each`. repeat: the names passed on the way down, joined by `join`."""
    join: str | None = None
    """What joins the names of `key: repeat`; a dot unless given. It is escaped where a name holds it."""
    edge: bool = False
    """The name of the source, or of the `repeat`, that the row came by."""
    rest: bool = False
    """Everything of the row's object that no other column and no nested table takes, as JSON."""
    derived: str | None = None
    """A JSONPath of any kind (`..`, filters, slices): computed from the document, never read back."""
    unsourced: bool = False
    """The column has no place in the document: it holds its default."""
    required: bool = False
    """NOT NULL: a document without this value (and without a default) is refused."""
    unique: bool = False
    """No two rows hold the same value."""
    one_of: Scalars | None = None
    """The values allowed."""
    min: Number | None = None
    """The smallest value allowed."""
    max: Number | None = None
    """The largest value allowed."""
    default: Annotated[
        DefaultSpec | None, AlsoWritten({"type": ["string", "number", "boolean"]}, beside=True)
    ] = None
    """What the column holds where the document says nothing; not written back while it still is the default."""
    map: ValuePairs = ()
    """What a value of the document is called in the column: `{active: in_progress}`. Others stay as they are."""
    otherwise: Literal["rest", "refuse"] = "refuse"
    """rest: a value that the constraints of this column forbid is kept aside and the column is NULL.
    refuse (the default): the document is refused."""
    references: str | None = None
    """`TABLE.COLUMN`: a foreign key to a column of another table."""
    renamed_from: str | None = None
    """The column's name in the version before."""
    description: str = ""
    """What the column means, for the documentation."""

    @model_validator(mode="before")
    @classmethod
    def _written_out(cls, given: Any) -> Any:
        return as_column(given)


class SourceColumnSpec(_Node):
    """Where one source has the value of a column, in place of the column's own `from`."""

    from_: Selectors | None = Field(None, alias="from")
    """The place, or alternatives, from this source's node. An empty list: this source has no such value."""
    value: OneScalar = None
    """A constant that tells the rows of this source from those of the others."""

    @model_validator(mode="before")
    @classmethod
    def _written_out(cls, given: Any) -> Any:
        return as_source_column(given)


_SOURCE_COLUMN = AlsoWritten(SELECTORS.schema, beside=True)


class SourceSpec(_Node):
    """One of several places that the rows of a table come from."""

    each: str
    """Where the rows are, from the node of the enclosing table (or of `within`)."""
    within: str | None = None
    """Another table whose rows these rows belong to, in place of the enclosing one."""
    columns: dict[str, Annotated[SourceColumnSpec, _SOURCE_COLUMN]] = {}
    """Columns that this source has elsewhere, or a constant `{value: …}` that tells its rows from the others'.
    A source that gives a column its whole node (`'@'`) reads no other column of it."""
    when: When = {}
    """Only nodes that have these values."""


class IndexSpec(_Node):
    """A secondary index. Short forms: a column, or a list of columns."""

    columns: NameList
    """The columns, in order."""
    unique: bool = False
    """No two rows hold the same values."""

    @model_validator(mode="before")
    @classmethod
    def _written_out(cls, given: Any) -> Any:
        return as_index(given)


class TableSpec(_Node):
    """A table, and the tables nested in it."""

    each: str | None = None
    """Where the rows are: `$` for the document itself (a root table), else a JSONPath from the enclosing row's node
    that ends in `[*]` (an array), `.*` (an object's members) or a name (at most one row)."""
    when: When = {}
    """Only nodes that have these values: `{resourceType: Patient}`. Tables with the same `each` split it by kind."""
    sources: dict[str, SourceSpec] = {}
    """In place of `each`: several places that the rows come from, by name."""
    repeat: Selectors = ()
    """`'*'` with `row_if`: go down through all members. Or JSONPaths from a row's node to further rows of this same
    table, such as `item[*]`: each row then knows its parent row."""
    row_if: NameList = ()
    """With `repeat: '*'`: a node that has one of these members is a row."""
    row: str | None = None
    """What one row is called; nested tables point to it by `<row>_id`. The table's name unless given."""
    columns: dict[str, Annotated[ColumnSpec, AlsoWritten(TEXT.schema, beside=True)]] = {}
    """The columns, in the order of the table."""
    primary_key: NameList = ()
    """Columns that identify a row. Left out: a column `id` that docrel numbers."""
    unique: Annotated[
        tuple[tuple[str, ...], ...],
        BeforeValidator(as_unique),
        AlsoWritten({"type": "array", "items": {"type": "array", "items": {"type": "string"}}}),
    ] = ()
    """Lists of columns whose values together occur only once: `[[mission_id, key]]`."""
    indexes: dict[
        str,
        Annotated[
            IndexSpec, AlsoWritten({"type": ["string", "array"], "items": {"type": "string"}}, beside=True)
        ],
    ] = {}
    """Secondary indexes by name."""
    checks: dict[str, Sql] = {}
    """Conditions on a row, in SQL, by name."""
    otherwise: Literal["rest", "refuse"] = "refuse"
    """rest: a row that a constraint forbids stays out of the table and is kept aside, so that nothing is lost.
    refuse (the default): the whole document is refused."""
    key_order: dict[str, NameList] = {}
    """The usual order of an object's members, by its path from the row's node; `'@'` is the node itself."""
    renamed_from: str | None = None
    """The table's name in the version before."""
    description: str = ""
    """What a row means, for the documentation."""
    tables: dict[str, TableSpec] = {}
    """Tables below this one; the foreign key, the order and the way back come for free."""


class PartSpec(_Node):
    """A member of the document that is a file of its own. Short form: the file."""

    file: str
    """The file, from the folder of the document."""
    any_of: Selectors = ()
    """Members that give this part away where the file's name does not."""

    @model_validator(mode="before")
    @classmethod
    def _written_out(cls, given: Any) -> Any:
        return as_part(given)


class DocumentSpec(_Node):
    """What a document is."""

    key: str | None = None
    """The column of the root table that identifies a document; it must be `required` and `unique`."""
    parts: dict[str, Annotated[PartSpec, AlsoWritten(TEXT.schema, beside=True)]] = {}
    """A document kept as several files: its members, and the file of each. The first part that fits takes a file."""
    forget: Annotated[tuple[Literal["key-order"], ...], BeforeValidator(as_keys)] = ()
    """What need not be kept: `key-order`."""


class MappingSpec(_Node):
    """A docrel mapping: how JSON documents become tables, and tables documents."""

    mapping: str
    """The name of the mapping; docrel's own tables in the database begin with it."""
    version: int = Field(1, ge=1)
    """The version of this mapping; a database says which one it was built with."""
    description: str = ""
    """What these documents are, for the documentation."""
    document: DocumentSpec = DocumentSpec()
    """What a document is: its key, and its parts where it is several files."""
    tables: dict[str, TableSpec] = Field(min_length=1)
    """The root tables: a document has one row in exactly one of them."""
    views: dict[str, Sql] = {}
    """Views: the SELECT by name, as text or by dialect."""
    statements: dict[str, Sql] = {}
    """Triggers and other objects: the whole CREATE statement by name, by dialect."""


@dataclass(frozen=True, slots=True)
class Spec:
    """A mapping as written, with the text that knows the place of each node."""

    mapping: MappingSpec
    text: YamlText


def load(path: pathlib.Path | str) -> Spec:
    """Read a mapping file.

    Raises:
        MappingError: The file cannot be read, is no YAML, or has keys that the language does not.
    """
    return _spec(load_yaml(pathlib.Path(path)))


def loads(text: str, file: str = "mapping.yaml") -> Spec:
    """Read a mapping from text; `file` is the name that positions carry.

    Raises:
        MappingError: The text is no YAML, or has keys that the language does not.
    """
    return _spec(read_yaml(text, file))


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the language, for editors: completion and hover."""
    from docrel.spec_schema import schema_of

    return schema_of(MappingSpec)


def _spec(text: YamlText) -> Spec:
    try:
        return Spec(MappingSpec.model_validate(text.value), text)
    except ValidationError as error:
        raise MappingError(diagnostics=reworded(error, text, MappingSpec)) from error

