"""Dialects: what one SQL database spells differently from another.

In: a name. Out: a `Dialect`, a table of facts about types, keys and literals. Names and constants enter
generated SQL through `quote_identifier` and `quote_literal` only; what these cannot spell exactly they
refuse. A dialect never reads a plan and never talks to a database.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from docrel.values import CODECS, INTEGER_MAX, INTEGER_MIN, encode_text

ForeignKeys = Literal["inline", "alter", "none"]
"""`inline`: within CREATE TABLE; `alter`: so too, but forward ones afterwards; `none`: of no use."""


@dataclass(frozen=True, slots=True, eq=False)
class Dialect:
    """The facts of one database; there is one for each.

    `types` is by storage of a codec, or by the codec's own name where that differs; `untyped` has those that a table
    without `typed_table` spells otherwise. A surrogate column is
    `surrogate_type` and then `surrogate_rest`. `small_table` follows a table that is read by its key alone,
    `typed_table` one whose columns hold nothing but their types, where the database does not see to that anyway.
    `shapes` are, by mapping type, conditions that what a column holds is of it (`rest`, `rest or array`: of a rest
    column): `{}` stands for the column, and NULL is no failure.
    `version` sets the version that the database keeps; empty: it keeps none. `around_renames` stands before and after
    the renames of tables whose names in other texts are to stay. `ids_go_on` lets the ids of one table go on where
    those of another ended. `same`, `position`, `type_of` and `join` are an operator (NULL is NULL), two functions, and
    the join that is done in the order in which it is written. `key_terms` spell a value of a key as text, each value
    otherwise, by the storage of its codec; `escaped` makes ASCII of what they spell. `note_triggers`: notes are kept
    with their rows by triggers. `links_on` is what each client has to say for foreign keys to hold; empty: nothing.
    """

    name: str
    types: Mapping[str, str]
    surrogate_type: str
    surrogate_rest: str
    blob_literal: str
    real_literal: Callable[[float], str]
    foreign_keys: ForeignKeys
    small_table: str = ""
    typed_table: str = ""
    untyped: Mapping[str, str] = field(default_factory=dict)
    shapes: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    around_renames: tuple[str, str] | None = None
    ids_go_on: tuple[str, ...] = ()
    same: str = "IS NOT DISTINCT FROM"
    position: str = "strpos"
    type_of: str = "typeof"
    join: str = "JOIN"
    key_terms: Mapping[str, str] = field(default_factory=dict)
    escaped: str = "{0}"
    note_triggers: bool = False
    links_on: str = ""
    name_limit_bytes: int | None = None

    def storage_type(self, type_name: str, *, typed: bool = True) -> str:
        """Return the declared type of a column whose mapping type is `type_name`.

        Raises:
            ValueError: No codec has that name.
        """
        if type_name not in CODECS:
            raise ValueError(f"there is no column type {type_name!r}; a type of your own is registered first")
        storage = CODECS[type_name].storage
        if not typed and storage in self.untyped:
            return self.untyped[storage]
        return self.types.get(type_name) or self.types[storage]

    def quote_identifier(self, name: str) -> str:
        """Return the name between double quotes, in which nothing of it can act as SQL.

        Raises:
            ValueError: The name is empty, too long for the database, or holds U+0000 or a lone surrogate.
        """
        if not name or "\0" in name:
            raise ValueError(f"{name!r} cannot name anything in SQL: it is empty or holds U+0000")
        length = len(_encoded(name))
        if self.name_limit_bytes is not None and length > self.name_limit_bytes:
            raise ValueError(f"{name!r} is longer than the {self.name_limit_bytes} bytes {self.name} keeps")
        return '"' + name.replace('"', '""') + '"'

    def renamed(self, names: Iterable[tuple[str, str]]) -> Iterator[str]:
        """Yield the SQL that renames tables, old name and new, and nothing in the texts of other objects."""
        before, after = self.around_renames or ("", "")
        quote = self.quote_identifier
        renames = [f"ALTER TABLE {quote(old)} RENAME TO {quote(new)}" for old, new in names]
        yield from filter(None, (before, *renames, after))

    def numbered_on(self, old: str, new: str) -> Iterator[str]:
        """Yield the SQL that lets the ids of the table `new` go on where those of `old` ended."""
        names = {"old": self.quote_literal(old), "new": self.quote_literal(new)}
        yield from (text.format(**names) for text in self.ids_go_on)

    def quote_literal(self, value: object) -> str:
        """Return the constant as SQL that means exactly this value; booleans are 0 and 1.

        Raises:
            ValueError: SQL has no spelling for it: U+0000, a lone surrogate, NaN, an integer beyond 64 bits.
        """
        match value:
            case None:
                return "NULL"
            case bool() | int():
                if not INTEGER_MIN <= value <= INTEGER_MAX:
                    raise ValueError(f"{value} has more than 64 bits")
                return str(int(value))
            case float():
                if not math.isfinite(value):
                    raise ValueError(f"{value} is not a number that SQL can spell")
                return repr(value) if _is_plain(value) else self.real_literal(value)
            case str():
                if "\0" in value:
                    raise ValueError(f"{value!r} holds U+0000, which SQL text cannot")
                _encoded(value)
                return "'" + value.replace("'", "''") + "'"
            case bytes():
                return self.blob_literal.format(value.hex())
        raise ValueError(f"SQL has no literal for {type(value).__name__}")

    def quote_cell(self, value: object, type_name: str) -> str:
        """Return `quote_literal` of what a column of a mapping type holds.

        Where the database has no column for values of several types, texts stand for all of them.

        Raises:
            ValueError: SQL has no spelling for it.
        """
        is_text = CODECS[type_name].storage == "any" and self.types["any"] == self.types["text"]
        return self.quote_literal(encode_text(value) if is_text and value is not None else value)


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as e:
        raise ValueError(f"{text!r} holds a lone surrogate, which SQL text cannot") from e


_PLAIN = re.compile(r"-?\d{1,11}\.\d{1,4}\Z", re.ASCII)


def _is_plain(number: float) -> bool:
    """Say whether every reader gets the decimal spelling right.

    Under 2**53 units of at most four decimal places: no 64-bit quotient can then lie so near the middle
    between two doubles that rounding twice, as SQLite's reader does, goes wrong.
    """
    return _PLAIN.match(repr(number)) is not None


def _as_ratio(number: float) -> str:
    """Spell a double as an integer times or over powers of two, which SQLite reads exactly.

    Source: sqlite3AtoF of SQLite 3.40, measured: of short decimals about one in ten thousand is read as a
    neighbour, of all doubles one in two hundred.
    """
    mantissa, exponent = math.frexp(number)
    whole, exponent = int(mantissa * 2**53), exponent - 53
    while whole and whole % 2 == 0 and exponent < 0:
        whole, exponent = whole // 2, exponent + 1
    text, sign = f"{whole}.0", "*" if exponent > 0 else "/"
    for _ in range(abs(exponent) // 62):
        text += f" {sign} {2**62}.0"
    text += f" {sign} {2 ** (abs(exponent) % 62)}.0"
    return f"({text})"


def _as_scientific(number: float) -> str:
    text = repr(number)
    return text if "e" in text else f"{text}e0"


_QUOTED = """'"' || replace(replace({0}, '\\', '\\\\'), '"', '\\"') || '"'"""
_TYPED = MappingProxyType(
    dict.fromkeys(("text", "any"), _QUOTED)
    | dict.fromkeys(("integer", "real", "number", "blob"), "CAST({0} AS {text})")
)
_NUMBER = (
    "CASE WHEN typeof({0}) <> 'real' OR CAST(printf('%!.15g', {0}) AS REAL) = {0} THEN quote({0}) "
    "ELSE printf('%!.17g', {0}) END"
)
_ANY = MappingProxyType(  # of whatever type the value is; `quote` takes U+0000 for the end of a text
    {
        "text": f"CASE typeof({{0}}) WHEN 'text' THEN {_QUOTED} ELSE quote({{0}}) END",
        "integer": "quote({0})",
        "real": _NUMBER,
        "number": _NUMBER,
        "any": (  # 1 and 1.0 are one key, whose notes go on whichever of them SQL writes
            f"CASE WHEN typeof({{0}}) = 'text' THEN {_QUOTED} "
            f"WHEN {{0}} = CAST({{0}} AS INTEGER) THEN quote(CAST({{0}} AS INTEGER)) ELSE {_NUMBER} END"
        ),
        "blob": """CASE typeof({0}) WHEN 'blob' THEN '"' || lower(hex({0})) || '"' ELSE quote({0}) END""",
    }
)
_ESCAPED = """\
CASE WHEN {0} NOT GLOB '*[^ -~]*' THEN {0} ELSE (
    WITH RECURSIVE said(n, text, u) AS (
      SELECT 0, '', unicode({0}) UNION ALL
      SELECT n + 1, text || CASE WHEN u BETWEEN 32 AND 126 THEN char(u)
        WHEN u BETWEEN 8 AND 13 AND u <> 11 THEN '\\' || substr('btn.fr', u - 7, 1)
        WHEN u < 65536 THEN printf('\\u%04x', u)
        ELSE printf('\\u%04x\\u%04x', 55232 + (u >> 10), 56320 + (u & 1023)) END, unicode(substr({0}, n + 2, 1))
      FROM said WHERE n < length({0})
    ) SELECT text FROM said ORDER BY n DESC LIMIT 1
  ) END"""
_BARE = "ltrim({}, char(9, 10, 13, 32))"
_SQLITE_SHAPES = {
    "real": "{} < 9e999 AND {} > -9e999",
    # Not json_valid: 3.38 to 3.40 run no function for JSON where a schema is not trusted, as here none is. What JSON
    # begins with tells its kind.
    "rest": f"{{}} IS NULL OR {{}} GLOB '{{*' OR {_BARE} GLOB '{{*'",
    "rest or array": f"{{}} IS NULL OR {{}} GLOB '[[{{]*' OR {_BARE} GLOB '[[{{]*'",
    "json": (
        "{} IS NULL OR {} GLOB '[[{\"]*' OR {} IN ('null', 'true', 'false')"
        f" OR {{}} GLOB '[-0-9]*' AND {{}} NOT GLOB '*[^-+.0-9Ee]*' OR {_BARE} GLOB '[[{{]*'"
    ),
    "date": "{} GLOB '[0-9]*' AND {} IS date({}, '+0 days') AND {} > '0001'",
    "timestamp": (
        "{} GLOB '[0-9]*' AND {} > '0001' AND substr({}, 1, 19) IS strftime('%Y-%m-%dT%H:%M:%S', substr({}, 1, 19),"
        f" '+0 days') AND substr({{}}, 20) GLOB '.{'[0-9]' * 9}Z'"
    ),
    "decimal": "{} < 9e999 AND {} > -9e999",
    "scalar": "typeof({}) <> 'blob' AND {} NOT IN (9e999, -9e999)",
    "uuid": f"{{}} GLOB '{'-'.join('[0-9a-f]' * n for n in (8, 4, 4, 4, 12))}'",
}

SQLITE = Dialect(
    name="sqlite",
    types=MappingProxyType(
        {"text": "TEXT", "integer": "INTEGER", "real": "REAL", "number": "ANY", "any": "ANY", "blob": "BLOB"}
    ),
    untyped=MappingProxyType({"any": ""}),  # ANY is a number's type, but where a table is STRICT
    surrogate_type="INTEGER",
    surrogate_rest="PRIMARY KEY AUTOINCREMENT",
    blob_literal="X'{}'",
    real_literal=_as_ratio,
    foreign_keys="inline",
    small_table="WITHOUT ROWID",
    typed_table="STRICT",
    shapes=MappingProxyType(_SQLITE_SHAPES),
    version="PRAGMA user_version = {:d}",
    around_renames=("PRAGMA legacy_alter_table = ON", "PRAGMA legacy_alter_table = OFF"),
    ids_go_on=(
        "DELETE FROM sqlite_sequence WHERE name = {new}",
        "INSERT INTO sqlite_sequence (name, seq) SELECT {new}, seq FROM sqlite_sequence WHERE name = {old}",
    ),
    same="IS",
    position="instr",
    join="CROSS JOIN",  # keeps the planner from choosing an index of low selectivity
    key_terms=_ANY,
    escaped=_ESCAPED,
    note_triggers=True,
    links_on="PRAGMA foreign_keys = ON",
)
POSTGRESQL = Dialect(
    name="postgresql",
    types=MappingProxyType(
        {
            "text": "text",
            "integer": "bigint",
            "real": "double precision",
            "number": "numeric",
            "any": "text",
            "blob": "bytea",
            "boolean": "smallint",
        }
    ),
    surrogate_type="bigint",
    surrogate_rest="GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
    blob_literal="'\\x{}'::bytea",
    real_literal=repr,
    foreign_keys="alter",
    shapes=MappingProxyType({"real": "{} > '-Infinity' AND {} < 'Infinity'"}),
    name_limit_bytes=63,
    type_of="pg_typeof",
    key_terms=_TYPED,
)
DUCKDB = Dialect(
    name="duckdb",
    types=MappingProxyType(
        {
            "text": "VARCHAR",
            "integer": "BIGINT",
            "real": "DOUBLE",
            "number": "DOUBLE",
            "any": "VARCHAR",
            "blob": "BLOB",
            "boolean": "SMALLINT",
        }
    ),
    surrogate_type="BIGINT",
    surrogate_rest="PRIMARY KEY",  # no identity columns: the engine gives the numbers
    blob_literal="unhex('{}')",
    real_literal=_as_scientific,
    shapes=MappingProxyType({"real": "isfinite({})"}),
    # They cannot cascade, and a parent cannot go in the transaction that removed its children.
    foreign_keys="none",
    key_terms=_TYPED,
)
DIALECTS: Mapping[str, Dialect] = MappingProxyType({d.name: d for d in (SQLITE, POSTGRESQL, DUCKDB)})
