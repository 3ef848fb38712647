"""Codes of documents: what can be wrong with the text, the files and the values of a document.

In: nothing. Out: `DOCUMENT_CODES`, which `docrel.codes` holds in its one table. D30x the text, D31x what the
constraints of a mapping forbid, D32x what a database forbids, D33x files and folders, D34x verifying.
"""

from __future__ import annotations

from docrel.code import Code

_TEXT = (
    Code(
        "D301",
        "the text is not JSON",
        "The text breaks JSON's grammar (RFC 8259) at the place named: a missing comma, a comment, a single\n"
        "quote, text cut short. In a JSON Lines file the place is the line and column in that file. Mend\n"
        "the text; the other documents of the same run are read all the same.",
        "{'status': \"done\"}",
    ),
    Code(
        "D302",
        "a key twice in one object",
        "One object has two members of the same name. Programs keep the first, the last, or both: what the\n"
        "document means is not known, so it is refused. Remove one, or ask for the last of them with\n"
        "`--duplicate-keys last`.",
        '{"status": "open", "status": "done"}',
    ),
    Code(
        "D303",
        "a number that cannot be kept",
        "NaN, infinities and numbers beyond what can be kept exactly (1e400, many thousands of digits) have\n"
        "no place in a JSON document. Write the number as a string, or as null.",
        '{"cost": NaN}',
    ),
    Code(
        "D304",
        "nested too deeply",
        "Arrays and objects may be nested 256 deep. A document that is deeper is refused whole. Flatten it,\n"
        "or keep the deepest part as a string.",
    ),
    Code(
        "D305",
        "the text is not UTF-8",
        "Some bytes are not UTF-8, the only encoding that JSON has; often the file is Latin-1 or UTF-16.\n"
        "Save it again as UTF-8, without a byte order mark.",
    ),
    Code(
        "D306",
        "not a JSON value",
        "A Python value that was handed to docrel is not one that JSON can hold: a tuple, a date, a key\n"
        "that is no `str`, a list that contains itself. Convert it to what the document should say.",
        'docrel.load("missions").flatten({"when": datetime.now()})',
    ),
)

_CONSTRAINTS = (
    Code(
        "D311",
        "nothing fills a required column",
        "The column is required, and the document has a value at none of the places that it is read from,\n"
        "nor does a default give one. Add the value at one of the places named. A document that does not\n"
        "name itself gets its name from `--key NAME` or `--key-from-name`.",
        '{"manifest": {"metadata": {}}}',
    ),
    Code(
        "D312",
        "a value that is not one of those allowed",
        "The column lists the values that it takes (`one_of`), and the document has another. Mend the\n"
        "document; where the value is right, add it to the mapping's `one_of`, or give the column a `map`.",
        '{"manifest": {"status": {"projectPhase": "DONE"}}}',
    ),
    Code(
        "D313",
        "a value below the least allowed",
        "The column has a `min`, and the value is less. Mend the document, or lower the mapping's `min`.",
        '{"manifest": {"budget": {"current_cost_usd": -1}}}',
    ),
    Code(
        "D314",
        "a value above the greatest allowed",
        "The column has a `max`, and the value is more. Mend the document, or raise the mapping's `max`.",
        '{"manifest": {"budget": {"alert_threshold": 1.5}}}',
    ),
    Code(
        "D315",
        "a value that may stand only once",
        "The column, or the group of columns, is unique, and another row of the same document has the\n"
        "value. Mend the document, or take the `unique` out of the mapping.",
    ),
    Code(
        "D316",
        "no root table takes the document",
        "Each root table has a `when`, and the document fits none of them. Mend the member that tells the\n"
        "kinds of document apart, or add a root table for this kind.",
    ),
    Code(
        "D317",
        "a constraint of the mapping forbids the value",
        "The value breaks a condition of its column. Mend the document, or the condition in the mapping.",
    ),
    Code(
        "D318",
        "a key that its column cannot hold exactly",
        "The value identifies the document, and the column would hold another: the text of a number, a lone\n"
        "surrogate as a question mark, a UUID or a time in another spelling, one value for several of a\n"
        "`map`. Two documents could then not be told apart. Write in the document what the message says that\n"
        "the column holds, or choose a `type` for it that holds what the documents say: a number as\n"
        "`type: integer`, a mixture as `type: json`. Elsewhere than in the key such values are kept as they are.",
        '{"id": 1, "title": "the key is a text, and this is a number"}',
    ),
)

_DATABASE = (
    Code(
        "D320",
        "the database forbids the document",
        "The document's rows break a constraint between documents or a condition written in SQL: another\n"
        "document has the same unique value, a reference leads nowhere, a check does not hold. Nothing of\n"
        "the document was written. Change the one or the other document. References are looked at in the\n"
        "end of a transaction or an import: what a document refers to may come after it.",
    ),
    Code(
        "D321",
        "two documents of one import with one key",
        "A document that came before in the same import has the same key and says something else. The first\n"
        "is kept. Import one of them, or let the last one win with `--on-conflict replace`.",
        '{"id": 1, "title": "a"}\n{"id": 1, "title": "b"}',
    ),
    Code(
        "D325",
        "a different document has the key, which may be none",
        "Nobody has said what identifies the documents: the key was inferred from samples, or made from the\n"
        "name of a file and the number of a line. So a document never replaces a different one there. Replace\n"
        'it with `--on-conflict replace` (`on_conflict="replace"`), leave it with `--on-conflict skip`, or\n'
        "name the document with `--key`. If the inferred key is the key, say so once: `docrel confirm-key`.",
        '{"name": "Paris", "country": "FR"}\n{"name": "Paris", "country": "US"}',
    ),
)

_FILES = (
    Code(
        "D331",
        "a file or folder that cannot be read",
        "It does not exist, may not be read by this user, or is not a file. Check the path and its\n"
        "permissions. The others of the same run are read all the same.",
    ),
    Code(
        "D332",
        "a file that is empty",
        "The file holds nothing but white space, which is no JSON value; a writer may have been\n"
        "interrupted. Write the document again, or remove the file.",
    ),
    Code(
        "D333",
        "a compressed file that is damaged",
        "The gzip file ends in the middle or its checksum is wrong; the message says how much was read\n"
        "before. What was read is good: copy or download the file again and run the same command.",
    ),
    Code(
        "D334",
        "nothing to read in a folder",
        "The folder holds no file whose name ends in .json, .jsonl or .ndjson (also with .gz), at any\n"
        "depth. Check the path, or name the files themselves.",
    ),
    Code(
        "D335",
        "a link that leads back to its own folder",
        "A symbolic link leads to a folder that it is in, so it would be read for ever. It is passed over.\n"
        "Remove the link, or name the folders to read.",
    ),
    Code(
        "D336",
        "it is not known which part of a document a file is",
        "The mapping's documents consist of several files, and neither this one's name nor its content\n"
        "tells which of them it is. Say so with `--part MEMBER`; `--part '$'` says that it is the whole\n"
        "document.",
    ),
    Code(
        "D337",
        "one key for several documents",
        "`--key` names one document, and more than one was found. Use `--key-from-name`, or import them one\nby one.",
    ),
    Code(
        "D338",
        "a document that cannot be written as files",
        "A member of the document has no file of its own in the mapping, or a file cannot be written.\n"
        "Export it as one document, or give the member a file under `document: parts:`.",
    ),
    Code(
        "D339",
        "a damaged line in a quarantine file",
        "A line of a quarantine file lacks the document that it kept, or holds several. Leave one of\n"
        '`"document"`, `"file"`, `"text"` and `"base64"` in it, or remove the line.',
    ),
)

_VERIFY = (
    Code(
        "D341",
        "a document does not come back as it was",
        "Rebuilding gave another document than the one that was flattened. This is a fault of docrel (or of\n"
        "a codec that was registered), never of the document. Please report it with the document.",
    ),
    Code(
        "D342",
        "a document that does not name itself",
        "The document has no value for the column that identifies it. `verify` takes the name of its file;\n"
        "`import` does the same with `--key-from-name`.",
    ),
)

DOCUMENT_CODES: tuple[Code, ...] = (*_TEXT, *_CONSTRAINTS, *_DATABASE, *_FILES, *_VERIFY)
