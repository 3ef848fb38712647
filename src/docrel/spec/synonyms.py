"""Synonyms: what other tools call the keys of a mapping.

In: a key that is none of the language's, and the kind of node. Out: the help that names the right one.
"""

from __future__ import annotations

_INDEXES = "an index is the table's: `indexes: {name: [column, …]}`"
_KEY = "a key is the table's: `primary_key: [column, …]`"
_NULL = "a column may be NULL unless it says `required: true`"

_WORDS: dict[str, dict[str, str]] = {
    "ColumnSpec": {
        "from": "path source selector jsonpath json_path field",
        "type": "datatype data_type",
        "one_of": "enum values choices allowed options",
        "required": "not_null notnull mandatory",
        "references": "foreign_key fk ref reference",
        "description": "comment comments desc doc title",
        "min": "minimum gte",
        "max": "maximum lte",
        "default": "fallback",
        "renamed_from": "was old_name",
    },
    "TableSpec": {
        "each": "source path from selector jsonpath rows",
        "primary_key": "pk primary key keys",
        "columns": "fields properties cols attributes",
        "tables": "children nested",
        "indexes": "index indices",
        "checks": "check constraints",
        "description": "comment comments desc doc title",
        "renamed_from": "was old_name",
    },
    "MappingSpec": {
        "mapping": "name title",
        "tables": "schema entities",
        "description": "comment comments desc doc",
    },
}
_HELP = {
    "ColumnSpec": {
        "nullable": _NULL, "null": _NULL, "optional": _NULL,
        "primary_key": _KEY, "pk": _KEY, "primary": _KEY,
        "index": _INDEXES, "indexed": _INDEXES, "indexes": _INDEXES,
        "check": "a check is the table's: `checks: {name: SQL}`",
    },
}  # fmt: skip


def synonym_help(node: str, key: str) -> str | None:
    """Return what to write for a key that other tools have; None: it is none of those."""
    word = key.casefold().replace("-", "_")
    if (found := _HELP.get(node, {}).get(word)) is not None:
        return found
    for meant, words in _WORDS.get(node, {}).items():
        if word in words.split():
            return f"write `{meant}` for `{key}`"
    return None
