"""Mapping codes: what can be wrong with a mapping file, as `docrel.codes` lists it.

In: nothing. Out: `MAPPING_CODES`, the M2xx part of the one table of codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from docrel.codes import Code

_MAPPING = (
    Code(
        "M201",
        "a key that the language does not have",
        "The key is misspelt, or stands at the wrong level: a column's key beside the columns, a\n"
        "column beside `columns:`. The message names the nearest key that may stand there. Correct\n"
        "it, or change the indentation.",
        "tables:\n  books:\n    eech: $        # mended: each: $",
    ),
    Code(
        "M202",
        "a key is missing",
        "Every mapping has `mapping` and `tables`; every nested table says with `each` where its rows\n"
        "are. Add the key that the message names.",
        "tables:\n  books:\n    each: $\n    tables:\n      pages: {columns: {text: text}}    # lacks: each: pages[*]",
    ),
    Code(
        "M203",
        "a selector that cannot be read",
        "The text is no JSONPath, or one whose meaning differs between programs. The caret shows\n"
        "where it stops making sense. Names with blanks or dots stand in brackets and quotes:\n"
        "`['first name']`.",
        "each: lines[*",
    ),
    Code(
        "M204",
        "another kind of value is expected",
        "A text stands where true or false is meant, a list where a map is meant, a number where a\n"
        "name is meant. The message says what is expected.",
        'title: {type: text, required: "yes"}     # mended: required: true',
    ),
    Code(
        "M205",
        "a selector that can be read but not written back",
        "`..`, slices, filters and negative indexes select by content or by what is around, so a\n"
        "value of a column could not be put back where it came from. Columns and `each` take names,\n"
        "`[*]`, `.*` and fixed indexes. A column that is only read may use them in `derived:`; a\n"
        "table takes some of an array with `when:`.",
        "first: {from: 'items[?@.qty > 1].sku'}     # mended: {derived: 'items[?@.qty > 1].sku'}",
    ),
    Code(
        "M206",
        "a type that does not exist",
        "The types are text, integer, real, boolean, json, timestamp, date, decimal, uuid and base64,\n"
        "and those that a program registers. `string` is `text`, `int` is `integer`, `number` is\n"
        "`integer`, `real` or `decimal`.",
        "title: {type: varchar}     # mended: {type: text}",
    ),
    Code(
        "M207",
        "a column that is filled in two ways, or in none",
        "A column is read from the document (`from`) or is one of `surrogate`, `parent`, `position`,\n"
        "`key`, `edge`, `rest`, `derived`, `unsourced`. A table has at most one surrogate, one\n"
        "position and one rest.",
        "id: {surrogate: true, from: id}",
    ),
    Code(
        "M208",
        "a key that says nothing on this column",
        "docrel fills surrogate, parent, position and rest columns itself, so limits, defaults and\n"
        "value maps have no meaning on them. Remove the key.",
        "extra: {rest: true, required: true}",
    ),
    Code(
        "M209",
        "a table or column that does not exist",
        "A key, an index, `parent`, `within`, `references` or a default names something that the\n"
        "mapping does not have, or that lies elsewhere. The message names the nearest.",
        "indexes: {idx_title: tilte}     # mended: title",
    ),
    Code(
        "M210",
        "a name that is taken",
        "Tables, indexes and views share their names, columns of one table share theirs, and SQLite\n"
        "does not tell capitals apart. docrel's own side tables end in `_complement` and `_shape`.\n"
        "Choose another name.",
        "columns: {Title: text, title: text}",
    ),
    Code(
        "M211",
        "a name that a database cannot have",
        "Names are not empty, have at most 63 bytes (PostgreSQL cuts longer ones), and do not begin\n"
        "with `sqlite_` or `_docrel`. PostgreSQL has columns `xmin`, `ctid` and so on in every table\n"
        "already.",
        "tables: {sqlite_books: {columns: {title: text}}}",
    ),
    Code(
        "M212",
        "two selectors take one value",
        "Each value of a document has one home, else an edit of one column would contradict the\n"
        "other. The help shows the smallest document where both would take the same value. A scalar\n"
        "column and a nested table may share a place: one takes scalars, the other arrays or objects.",
        "columns:\n  title: {from: book.title}\n  book: {from: book, type: json}",
    ),
    Code(
        "M213",
        "a column that selects many values",
        "A column holds one value; `[*]` and `.*` select many. Make a nested table of them, or keep\n"
        "the array or object whole in a column of type json.",
        "tag: {from: 'tags[*]'}",
    ),
    Code(
        "M214",
        "an `each` that cannot be a table's rows",
        "A root table has one row a document, so its `each` is `$`. The `each` of a nested table\n"
        "starts at the row of the enclosing one and ends in `[*]`, in `.*` or in a name; an array\n"
        "within an array is a table within a table.",
        "each: orders[*].lines[*]     # mended: a table `orders[*]`, and in it a table `lines[*]`",
    ),
    Code(
        "M215",
        "a selector that starts at the document",
        "Within a nested table selectors start at the row's node. `$` is the whole document: its\n"
        "value would be taken once for every row. Leave out `$.`, or copy the value with `derived:`.",
        "lines:\n  each: lines[*]\n  columns:\n    sku: {from: $.lines[*].sku}     # mended: {from: sku}",
    ),
    Code(
        "M216",
        "a constant that its column cannot hold",
        "A value of `one_of`, `map`, `default` or of a source is of another type than the column, or\n"
        "is not among the values allowed.",
        "status: {type: text, one_of: [open, closed], default: opne}",
    ),
    Code(
        "M217",
        "a constraint that nothing can meet",
        "`min` above `max`, an empty `one_of`, a limit on a type without an order, a required column\n"
        "that may be left out.",
        "age: {type: integer, min: 10, max: 1}",
    ),
    Code(
        "M218",
        "nothing identifies a document",
        "docrel finds, replaces and deletes documents by a key: a required and unique column of the\n"
        "root table. Name it in `document: {key: …}`.",
        "document: {key: isbn}\n"
        "tables: {books: {columns: {isbn: text}}}   # mended: {type: text, required: true, unique: true}",
    ),
    Code(
        "M219",
        "a primary key that loses something",
        "A table with a surrogate has its primary key. A table with a key of the document's own needs\n"
        "a position column where its rows are an array's elements: the order would be lost.",
        "lines: {each: 'lines[*]', primary_key: [sku], columns: {sku: text}}",
    ),
    Code(
        "M220",
        "a default that cannot be found",
        "A default looks at names and indexes of the row's node or, with `$`, of the document, but\n"
        "never at what a nested table takes; it may not need itself; `time` and `plus_seconds` go\n"
        "together.",
        "default: {from: lines[0].date}     # where a nested table takes lines[*]",
    ),
    Code(
        "M221",
        "a `repeat` that leads nowhere",
        "`repeat: '*'` walks down an object's members and needs `row_if` (which nodes are rows) and a\n"
        "column `{key: repeat}` (the names passed). `repeat: item[*]` leads from a row to rows of the\n"
        "same table.",
        "artifacts: {each: artifacts.*, repeat: '*', columns: {path: text}}",
    ),
    Code(
        "M222",
        "sources that cannot be told apart",
        "A table with several sources needs to know by which each row came, or its document could not\n"
        "be had back. Give all sources but one a constant, or the table a column `{edge: true}`.",
        "sources: {a: {each: 'a[*]'}, b: {each: 'b[*]'}}",
    ),
    Code(
        "M223",
        "nodes that could go two ways",
        "Several root tables, or several tables over one array, are told apart by `when`: one\n"
        "selector with different values in each.",
        "tables:\n  patients: {when: {type: Patient}, columns: {id: text}}\n  others: {columns: {id: text}}",
    ),
    Code(
        "M224",
        "SQL that is not what is asked for here",
        "A view is one SELECT. A statement is one CREATE TRIGGER, INDEX or VIEW of the entry's name.\n"
        "A check is one condition.",
        "views: {open_books: DELETE FROM books}",
    ),
    Code(
        "M225",
        "a dialect that does not exist",
        "SQL is written for `sqlite`, `postgresql` or `duckdb`, or for `any` of them.",
        "views: {titles: {postgres: SELECT title FROM books}}     # mended: postgresql",
    ),
    Code(
        "M226",
        "a part that cannot be a file",
        "Each part of a document is one member and one file within the document's folder. `any_of`\n"
        "names members by which a file is recognised.",
        "parts: {a: state.json, b: state.json}",
    ),
    Code(
        "M227",
        "a name that was not renamed",
        "`renamed_from` names what a table or column was called in the version before. That name is\nno longer there.",
        "columns:\n  title: {type: text, renamed_from: name}\n  name: text",
    ),
    Code(
        "M228",
        "a key order that cannot be",
        "`key_order` lists each member of an object once; its keys are paths of names from the row's\n"
        "node, `'@'` is the node itself.",
        "key_order: {'@': [title, title]}",
    ),
    Code(
        "M229",
        "an empty column",
        "A column's name has nothing behind it. Often the lines that belong to it are not indented\n"
        "further than it is. The short form of a column is its type: `title: text`.",
        "columns:\n  title:\n  type: text",
    ),
)

MAPPING_CODES: Mapping[str, Code] = MappingProxyType({code.code: code for code in _MAPPING})
