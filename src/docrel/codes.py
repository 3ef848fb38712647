"""The one table of diagnostic codes.

In: nothing. Out: `CODES`, and the page of the documentation that lists it. A code is never reused for
another meaning. Ranges: Y1xx text of a YAML file, M2xx mapping, D3xx documents, S4xx store and database,
X5xx migrations, T6xx transition.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from docrel.code import Code
from docrel.document_codes import DOCUMENT_CODES
from docrel.migration_codes import MIGRATION_CODES
from docrel.store_codes import STORE_CODES
from docrel.transition_codes import TRANSITION_CODES

__all__ = ["CODES", "RANGES", "Code", "code_page"]

RANGES: Mapping[str, str] = MappingProxyType(
    {
        "Y1": "The text of a YAML file",
        "M2": "The mapping",
        "D3": "Documents",
        "S4": "Store and database",
        "X5": "Migrations",
        "T6": "Transition",
    }
)


_YAML = (
    Code(
        "Y101",
        "the file cannot be read",
        "The file does not exist, is a folder, or may not be read by this user.\n"
        "Check the path (it is relative to the folder you are in) and the file's permissions.",
    ),
    Code(
        "Y102",
        "the file is not UTF-8",
        "Some bytes of the file are not UTF-8 text, or the file is UTF-16 or UTF-32.\n"
        'Save it again with the encoding "UTF-8". A byte order mark at the start does no harm.',
    ),
    Code(
        "Y103",
        "the file is too large",
        "A mapping file may have 16 MiB. Most have a few kilobytes: this is probably another file.",
    ),
    Code(
        "Y104",
        "a character that YAML text may not hold",
        "Control characters, lone surrogates, unusual line separators (U+0085, U+2028, U+2029) and byte\n"
        "order marks inside the text are invisible and are read differently by different programs.\n"
        "Remove the character; where it is meant, write it as an escape inside double quotes.",
        'name: "a\\u2028b"   # the escape is fine, the character itself is not',
    ),
    Code(
        "Y105",
        "the file is empty",
        "The file holds nothing, or nothing but comments. Write a mapping into it.",
        "# only a comment",
    ),
    Code(
        "Y106",
        "not YAML",
        "The text breaks YAML's syntax: the indentation fits no line above, a ':' stands where no key can\n"
        "be, something follows a complete value, an unknown escape stands in double quotes.\n"
        "Reading stops at the first such error. Where a value holds ': ', ' #' or begins with one of\n"
        "@ ` % & * ! | >, put quotes around it.",
        "help: note: this is text",
    ),
    Code(
        "Y107",
        "a tab where YAML wants spaces",
        "Tabs may stand in comments and within values, but neither indent a line nor follow a ':'.\n"
        "Replace the tab with spaces, and let the editor write spaces.",
        "tables:\n\tmissions:",
    ),
    Code(
        "Y108",
        "a JSONPath without quotes",
        "Inside { } and [ ] YAML takes the brackets of a JSONPath for its own, and a value can never begin\n"
        "with @ or *. Put quotes around the JSONPath; double a quote that stands inside.",
        "id: {from: orders[*].id}      # mended: {from: 'orders[*].id'}",
    ),
    Code(
        "Y109",
        "a quote or bracket that is never closed",
        "A \" ' { or [ has no partner before the file ends. The place named is where it was opened.\n"
        "Close it, or, where the character is meant as text, put the value in quotes.",
        'name: "missions',
    ),
    Code(
        "Y110",
        "a key twice in one mapping",
        "Two entries of one mapping have the same key; YAML readers would silently keep one of them.\n"
        "Rename or remove one. The message names the line of the first.",
        "status: {type: text}\nstatus: {type: json}",
    ),
    Code(
        "Y111",
        "a word that YAML readers disagree about",
        "Unquoted, `no`, `on`, `y`, `1:30`, `2025-01-01`, `1_000`, `007` or `=` is text to some YAML\n"
        "readers and a boolean, a number or a date to others. Put quotes around it where text is meant\n"
        "(also where it is a key: a column named `no`), or write `true`, `false` or a plain decimal number.",
        "map: {no: rejected}           # mended: {'no': rejected}",
    ),
    Code(
        "Y112",
        "an anchor or alias",
        "`&name` and `*name` are YAML's anchors and aliases. A mapping file has none: each place says what\n"
        "it means. Write the content out; where a JSONPath or text is meant, put quotes around it.",
        "each: *items",
    ),
    Code(
        "Y113",
        "a tag",
        "`!name` is a YAML tag. A mapping file has none.\nRemove it; where text is meant, put quotes around it.",
        "type: !text integer",
    ),
    Code(
        "Y114",
        "a merge key",
        "`<<` is YAML 1.1's merge key. A mapping file has none. Write the entries out; a column that is\n"
        "really named `<<` needs quotes.",
        "<<: {type: text}",
    ),
    Code(
        "Y115",
        "more than one YAML document",
        "A mapping file holds one YAML document, without %-directives.\nPut the second into a file of its own.",
        "mapping: a\n---\nmapping: b",
    ),
    Code(
        "Y116",
        "a key that is not a word",
        "A key is text, a number, true, false or null: never a list, a mapping or something after a `?`.\n"
        "Where a JSONPath filter is meant, put quotes around it.",
        "{[a, b]: text}",
    ),
    Code(
        "Y117",
        "nested too deeply",
        "A mapping file may nest lists and mappings 100 levels deep. This is probably not a mapping file.",
    ),
    Code(
        "Y118",
        "a number beyond the limits",
        "The number has no exact counterpart in the program: 1e400, or thousands of digits.\n"
        "Put quotes around it where text is meant.",
        "max: 1e400",
    ),
    Code(
        "Y119",
        "a key without a value",
        "Inside { } every entry is `key: value`, with a space after the ':'.\nAdd the value; `null` is written out.",
        "{type: text, required}        # mended: {type: text, required: true}",
    ),
)

CODES: Mapping[str, Code] = MappingProxyType(
    {code.code: code for code in (*_YAML, *DOCUMENT_CODES, *STORE_CODES, *MIGRATION_CODES, *TRANSITION_CODES)}
)


def code_page() -> str:
    """Return the table of codes as a Markdown page, one section a code, in the order of the codes."""
    parts = ["# Errors", "Every error and warning has a code. A code keeps its meaning for ever."]
    ordered = sorted(CODES.values(), key=lambda code: (tuple(RANGES).index(code.code[:2]), code.code))
    shown = ""
    for code in ordered:
        if code.code[:2] != shown:
            shown = code.code[:2]
            parts.append(f"## {shown}xx: {RANGES[shown]}")
        parts.append(f"### {code.code}: {code.title}")
        parts.append(code.explanation)
        if code.example:
            language = "yaml" if code.code[0] in "YM" else "text"
            parts.append(f"```{language}\n{code.example}\n```")
    return "\n\n".join(parts) + "\n"
