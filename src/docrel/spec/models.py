"""The spec: a mapping file as it was written.

In: YAML text. Out: a `Spec`, frozen models of every key of the language with short forms written out,
beside the text that knows the place of each node; or a `MappingError` with every misspelt, missing or
misplaced key. Never looks at what a selector, a name or a type means: that is `docrel.compile`'s part.
"""

from __future__ import annotations

import pathlib
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from docrel.diagnostics import MappingError
from docrel.plan import LIMIT_VERSION
from docrel.spec.columns import ColumnSpec, NameList, OneScalar, Selectors, SpecNode, Sql, When
from docrel.spec.errors import reworded
from docrel.spec.short_forms import (
    SELECTORS,
    TEXT,
    AlsoWritten,
    as_document_key,
    as_index,
    as_key_columns,
    as_list,
    as_part,
    as_source_column,
    as_unique,
)
from docrel.spec.yaml_reader import STDIN, YamlText, load_yaml, read_yaml


class SourceColumnSpec(SpecNode):
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


class SourceSpec(SpecNode):
    """One of several places that the rows of a table come from."""

    each: str
    """Where the rows are, from the node of the enclosing table (or of `within`)."""
    within: str | None = None
    """Another table whose rows these rows belong to, in place of the enclosing one."""
    columns: dict[str, Annotated[SourceColumnSpec, _SOURCE_COLUMN]] = Field(default_factory=dict)
    """Columns that this source has elsewhere, or a constant `{value: …}` that tells its rows from the
    others'. A source that gives a column its whole node (`'@'`) reads no other column of it."""
    when: When = Field(default_factory=dict)
    """Only nodes that have these values."""


class IndexSpec(SpecNode):
    """A secondary index. Short forms: a column, or a list of columns."""

    columns: NameList
    """The columns, in order."""
    unique: bool = False
    """No two rows hold the same values."""

    @model_validator(mode="before")
    @classmethod
    def _written_out(cls, given: Any) -> Any:
        return as_index(given)


class TableSpec(SpecNode):
    """A table, and the tables nested in it."""

    each: str | None = None
    """Where the rows are: `$` for the document itself (a root table), else a JSONPath from the enclosing
    row's node that ends in `[*]` (an array), `.*` (an object's members) or a name (at most one row)."""
    when: When = Field(default_factory=dict)
    """Only nodes that have these values: `{resourceType: Patient}`. Tables with the same `each` split it by
    kind."""
    sources: dict[str, SourceSpec] = Field(default_factory=dict)
    """In place of `each`: several places that the rows come from, by name."""
    repeat: Selectors = ()
    """`'*'` with `row_if`: go down through all members. Or JSONPaths from a row's node to further rows of
    this same table, such as `item[*]`: each row then knows its parent row."""
    row_if: NameList = ()
    """With `repeat: '*'`: a node that has one of these members is a row."""
    row: str | None = None
    """What one row is called; nested tables point to it by `<row>_id`. The table's name unless given."""
    columns: dict[str, Annotated[ColumnSpec, AlsoWritten(TEXT.schema, beside=True)]] = Field(default_factory=dict)
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
        Annotated[IndexSpec, AlsoWritten({"type": ["string", "array"], "items": {"type": "string"}}, beside=True)],
    ] = Field(default_factory=dict)
    """Secondary indexes by name."""
    checks: dict[str, Sql] = Field(default_factory=dict)
    """Conditions on a row, in SQL, by name."""
    otherwise: Literal["rest", "refuse"] = "refuse"
    """rest: a row that a constraint forbids stays out of the table and is kept aside, so that nothing is
    lost. refuse (the default): the whole document is refused."""
    key_order: dict[str, NameList] = Field(default_factory=dict)
    """The usual order of an object's members, by its path from the row's node; `'@'` is the node itself."""
    renamed_from: str | None = None
    """The table's name in the version before."""
    description: str = ""
    """What a row means, for the documentation."""
    tables: dict[str, TableSpec] = Field(default_factory=dict)
    """Tables below this one; the foreign key, the order and the way back come for free."""


class PartSpec(SpecNode):
    """A member of the document that is a file of its own. Short form: the file."""

    file: str
    """The file, from the folder of the document."""
    any_of: Selectors = ()
    """Members that give this part away where the file's name does not."""

    @model_validator(mode="before")
    @classmethod
    def _written_out(cls, given: Any) -> Any:
        return as_part(given)


class KeySpec(SpecNode):
    """What identifies a document. Short form: the column, or a list of columns."""

    column: Annotated[tuple[str, ...], BeforeValidator(as_key_columns), SELECTORS]
    """The column of the root table; it must be `required` and `unique`. Or several columns that identify a document
    together; each must be `required`, and together they are unique."""
    inferred: bool = False
    """Nobody has said yet that this is the key: a different document never takes the place of a stored one."""

    @model_validator(mode="before")
    @classmethod
    def _written_out(cls, given: Any) -> Any:
        return as_document_key(given)


class DocumentSpec(SpecNode):
    """What a document is."""

    key: Annotated[KeySpec | None, AlsoWritten(SELECTORS.schema, beside=True)] = None
    """The column of the root table that identifies a document; it must be `required` and `unique`. Or a list of
    columns that do so together: `[symbol, day]`."""
    parts: dict[str, Annotated[PartSpec, AlsoWritten(TEXT.schema, beside=True)]] = Field(default_factory=dict)
    """A document kept as several files: its members, and the file of each. The first part that fits takes a
    file."""
    forget: Annotated[tuple[Literal["key-order"], ...], BeforeValidator(as_list)] = ()
    """What need not be kept: `key-order`."""


class MappingSpec(SpecNode):
    """A docrel mapping: how JSON documents become tables, and tables documents."""

    mapping: str
    """The name of the mapping; docrel's own tables in the database begin with it."""
    version: int = Field(1, ge=1, le=LIMIT_VERSION)
    """The version of this mapping; a database says which one it was built with."""
    description: str = ""
    """What these documents are, for the documentation."""
    document: DocumentSpec = DocumentSpec()
    """What a document is: its key, and its parts where it is several files."""
    constraints: Literal["all", "declared"] = "all"
    """all (the default): the database forbids what no document can say, such as two rows for one member, or a text in
    an integer column. declared: only what this file says."""
    tables: dict[str, TableSpec] = Field(min_length=1)
    """The root tables: a document has one row in exactly one of them."""
    views: dict[str, Sql] = Field(default_factory=dict)
    """Views: the SELECT by name, as text or by dialect."""
    statements: dict[str, Sql] = Field(default_factory=dict)
    """Triggers and other objects: the whole CREATE statement by name, by dialect."""


@dataclass(frozen=True, slots=True)
class Spec:
    """A mapping as written, with the text that knows the place of each node."""

    mapping: MappingSpec
    text: YamlText


def load(path: pathlib.Path | str) -> Spec:
    """Read a mapping file; `"-"` is standard input.

    Raises:
        MappingError: The file cannot be read, is no YAML, or has keys that the language does not.
    """
    return _spec(load_yaml(None if path == STDIN else pathlib.Path(path)))


def loads(text: str, file: str = "mapping.yaml") -> Spec:
    """Read a mapping from text; `file` is the name that positions carry.

    Raises:
        MappingError: The text is no YAML, or has keys that the language does not.
    """
    return _spec(read_yaml(text, file))


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the language, for editors: completion and hover."""
    from docrel.spec.language_schema import schema_of

    return schema_of(MappingSpec)


def _spec(text: YamlText) -> Spec:
    try:
        return Spec(MappingSpec.model_validate(text.value), text)
    except ValidationError as error:
        raise MappingError(diagnostics=reworded(error, text, MappingSpec)) from error
