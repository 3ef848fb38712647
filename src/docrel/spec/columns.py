"""Spec column: the columns of a mapping file as they were written, and the kinds of values that keys have.

In: what YAML gave for one column. Out: frozen models with short forms written out. Their field docstrings
are the descriptions of the published JSON Schema.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from docrel.spec.short_forms import (
    NUMBER,
    SCALARS,
    SELECTORS,
    SQL_TEXT,
    AlsoWritten,
    as_case,
    as_column,
    as_default,
    as_entries,
    as_list,
    as_pairs,
    as_scalar,
    as_scalars,
    as_sql,
    as_when,
)
from docrel.values import CODECS

Selectors = Annotated[tuple[str, ...], BeforeValidator(as_list), SELECTORS]
NameList = Selectors
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


class SpecNode(BaseModel):
    """What every node of a mapping has in common: no unknown keys, nothing converted, nothing changed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)


class CaseSpec(SpecNode):
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
    """What must hold. A selector: it is there and not null (or is one of `is`). A list of selectors: one of
    them is. A map of selector to value, or to a list of values: each selector has that value. Left out:
    always."""
    is_: Annotated[None, AlsoWritten(SCALARS.schema)] = Field(None, alias="is")
    """The value, or the list of values, that the selector of `when` must have."""
    then: OneScalar
    """What the column then holds."""

    @model_validator(mode="before")
    @classmethod
    def _written_out(cls, given: Any) -> Any:
        return as_case(given)


class DefaultSpec(SpecNode):
    """What a column holds where the document says nothing, tried in the order of the keys here."""

    from_: Selectors = Field((), alias="from")
    """Other places to look, in order. Relative to the row's node; from the document where it begins with
    `$`."""
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
    written: bool = False
    """Documents usually hold the value even where it equals the default; a row inserted by SQL writes it out.
    That a document leaves it out is what the complement then notes."""

    @model_validator(mode="before")
    @classmethod
    def _written_out(cls, given: Any) -> Any:
        return as_default(given)


class ColumnSpec(SpecNode):
    """A column. Short form: only its type; then it is read from the member of the column's own name."""

    from_: Selectors | None = Field(None, alias="from")
    """Where the value is: a JSONPath from the row's node (`'@'` is the node itself). A list: alternatives,
    the first that is there and not null wins. Left out: the member of the column's own name."""
    type: str | None = Field(None, json_schema_extra={"examples": [*CODECS]})
    """text (the default), integer, real, boolean, json, scalar, timestamp, date, decimal, uuid, base64, or a
    registered one."""
    surrogate: bool = False
    """The row's own number, given by docrel: the table's primary key."""
    parent: str | None = None
    """The key of the row of this table that the row belongs to (the enclosing table, one further out, or
    for a `repeat` the table itself). `TABLE.COLUMN` where that table's key has several columns."""
    position: bool = False
    """The 0-based place of the row's node in its array or object."""
    key: Literal["each", "repeat"] | None = None
    """each: the member's name at the `.*` of `each`. repeat: the names passed on the way down, joined by
    `join`."""
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
    default: Annotated[DefaultSpec | None, AlsoWritten({"type": ["string", "number", "boolean"]}, beside=True)] = None
    """What the column holds where the document says nothing; not written back while it still is the
    default."""
    map: ValuePairs = ()
    """What a value of the document is called in the column: `{active: in_progress}`. Others stay as they
    are."""
    quoted: bool | None = None
    """true: documents write the numbers of this column as strings, `"7"`; false: as numbers. Left out: as
    strings for decimal and with `scale`, as numbers for integer and real. What a document does otherwise is kept."""
    scale: int | None = None
    """How many decimals these strings have at least: 2 for `"9.50"`."""
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
