"""The codes of what stands in the way of a migration: X5xx.

In: nothing. Out: `MIGRATION_CODES`, a part of the one table in `docrel.codes`.
"""

from __future__ import annotations

from docrel.code import Code

MIGRATION_CODES = (
    Code(
        "X501",
        "a `renamed_from` that matches nothing",
        "`renamed_from` says what a table or column was called in the version before. The old version has\n"
        "nothing of that name, or the new one has it still. A rename that is not found is never guessed:\n"
        "mend the name, or take the `renamed_from` out once every database has made the step.",
        "title: {type: text, renamed_from: tilte}",
    ),
    Code(
        "X502",
        "is this a rename?",
        "A table or column goes and another comes that looks like it. docrel asks and never assumes: as it\n"
        "is, one is dropped and the other added; documents stay the same either way. With `renamed_from` it\n"
        "keeps its ids, and SQLite carries it over by itself.",
        "docrel diff orders/v1.yaml orders/v2.yaml",
    ),
    Code(
        "X503",
        "a database of another mapping",
        "A migration goes between versions of one mapping, and the names differ. Name a version of the\n"
        "database's own mapping. To bring documents under another one, export them and import them there.",
        "docrel migrate apply --db missions.db --to orders.yaml",
    ),
    Code(
        "X504",
        "the other way",
        "`migrate apply` goes to the same or a later version, `migrate down` to an earlier one. The\n"
        "database is newer than the mapping, or the mapping newer than the database: use the other command,\n"
        "or update the mapping.",
        "docrel migrate apply --db missions.db --to missions@1",
    ),
    Code(
        "X505",
        "a database that is not as its plan says",
        "Someone has changed a mapped table, an index or a view by SQL since docrel made it. A migration\n"
        "would build on sand: put back what is listed, by SQL, and try again. What you added beside the\n"
        "mapped tables (tables, views, indexes, triggers of your own) is no such difference.",
        "ALTER TABLE missions DROP COLUMN owner",
    ),
    Code(
        "X506",
        "objects of your own that would not work any more",
        "A view, trigger or index of yours names a table or column that the new mapping does not have. It\n"
        "is found before anything runs. Change or drop it first, or let it go with `--drop-extra`.",
        "CREATE VIEW mine AS SELECT owner FROM missions",
    ),
    Code(
        "X507",
        "a check after the migration failed",
        "All steps were done and then a check found something wrong: the integrity of the file, a foreign\n"
        "key, the schema, or a document that would not have been the same. Everything was taken back. This\n"
        "is a fault of docrel, or the file was damaged before: `docrel validate` tells.",
    ),
    Code(
        "X508",
        "no such earlier version",
        "The database was never at that version, so it does not know its plan. `docrel migrate history`\n"
        "lists the versions that it knows; for any other, name the mapping itself: `--to missions@1`.",
        "docrel migrate down --db missions.db --to 7",
    ),
    Code(
        "X510",
        "the new mapping refuses stored documents",
        "A rule of the new mapping forbids what some documents hold. Nothing was changed. `docrel diff\n"
        "--check OLD NEW --db DB` names each such document and what to do. Mend the documents first, or\n"
        "loosen the rule, or let the table keep such values aside with `otherwise: rest`.",
        "docrel migrate apply --db missions.db --to missions/v5.yaml",
    ),
    Code(
        "X511",
        "nothing lives at this path",
        "No document has anything at the path in a rest column or in the complement; it may have a column\n"
        "already. `docrel promote DB` lists every path that has something.",
        "docrel promote missions.db '$.manifest.colour'",
    ),
)
