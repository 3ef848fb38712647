"""The codes of the store and its database: S4xx.

In: nothing. Out: `STORE_CODES`, a part of the one table in `docrel.codes`.
"""

from __future__ import annotations

from docrel.code import Code

STORE_CODES = (
    Code(
        "S401",
        "there is no such database",
        "The file that was named does not exist, and nothing asked for a new one. Check the path (it\n"
        "is relative to the folder you are in); `docrel import` makes a database.",
        "docrel export --db mission.db     # mended: missions.db",
    ),
    Code(
        "S402",
        "another program holds the database",
        "SQLite lets one program write at a time; the others wait, and this one has waited long\n"
        "enough. Run it again; if it stays like that, a program keeps a transaction open: end it.",
    ),
    Code(
        "S403",
        "the database may not be written",
        "The file or its folder is read-only for this user. SQLite also needs to make files beside\n"
        "the database. Change the permissions, or copy the database elsewhere.",
    ),
    Code(
        "S404",
        "the disk is full",
        "There is no room for the write, and nothing of it was written. Free some space and run the\n"
        "same command again.",
    ),
    Code(
        "S405",
        "the database is damaged",
        "Pages of the file hold something else than SQLite wrote: a disk that fails, a copy made by\n"
        "hand while a program wrote. Bring the newest backup back; the damaged file is kept beside\n"
        "it.",
        "docrel restore --backup",
    ),
    Code(
        "S406",
        "this is no SQLite database",
        "The file begins as no SQLite database does. It is another file, or its beginning was\n"
        "overwritten. Check the path, or bring a backup back.",
    ),
    Code(
        "S407",
        "the database cannot be opened",
        "The folder does not exist, or may not be written. Make the folder, or change its\npermissions.",
    ),
    Code(
        "S408",
        "the disk failed to read or write",
        "The system reported an error of the disk. Check it before anything else: `dmesg` tells more.\n"
        "Then run the command again.",
    ),
    Code(
        "S409",
        "SQLite refused",
        "SQLite refused for a reason that has no code of its own; the message is SQLite's. `--debug`\n"
        "shows where it happened.",
    ),
    Code(
        "S410",
        "this database was not made by docrel",
        "The file is an SQLite database, but it carries no plan; or it has tables of the same names\n"
        "already. Name another file, or the mapping that a new database is to be made with.",
    ),
    Code(
        "S411",
        "built by another mapping",
        "The database carries the plan that it was built with, and that is not the one that was\n"
        "named. Leave the mapping out to use the database as it is, or bring it over with `docrel\n"
        "migrate`.",
    ),
    Code(
        "S412",
        "the database's own account of itself cannot be read",
        "A database carries the plan that it was built with, and the plans of the migrations that it has been\n"
        "through. This one is not as docrel writes it: the file is damaged, somebody changed it, or a later\n"
        "docrel made it. Nothing of it is run or used. Bring the newest backup back, or update docrel.",
        "docrel restore --backup",
    ),
    Code(
        "S420",
        "there is no such document",
        "No document in the database has this key. `docrel export --all` lists the keys that there\nare.",
    ),
    Code(
        "S421",
        "the document has changed since it was read",
        "With `if_match` a write happens only while the document still has the ETag that it was read\n"
        "with. Another program was faster. Read again, apply the change to what it says now, and\n"
        "write with the new ETag.",
        "store.put(document, if_match=tag)",
    ),
    Code(
        "S430",
        "the change would give the document another key",
        "A part holds what identifies the document, and the new one says something else. Put the\n"
        "whole document as a new one, or leave its identity as it is.",
    ),
    Code(
        "S431",
        "there is no such table",
        "The mapping has no table of this name. The message lists the tables.",
    ),
    Code(
        "S432",
        "the database failed its integrity check",
        "SQLite's own check, which is run when a database is opened, found damage. Bring the newest\n"
        "backup back with `docrel restore --backup`; `docrel doctor` tells what else there is.",
    ),
    Code(
        "S433",
        "there is such a mission already",
        "`insert_mission` makes a new mission, and one with this mission_uuid is stored. Give another\n"
        "one, or change the mission that is there.",
    ),
    Code(
        "S434",
        "another program holds the lock",
        "Programs that use one workspace take turns to write, and one of them has not let go. Wait\n"
        "for it, or end it: the system then releases its lock.",
    ),
    Code(
        "S435",
        "no row for what was appended",
        "The verb promises a row, and a constraint of the table forbids it: a status outside the\n"
        "list, a required value that is missing. Nothing was written. `docrel explain missions` names\n"
        "the constraints.",
        "record_quality_gate(1, 'lint', 'fine')   # mended: 'passed'",
    ),
    Code(
        "S436",
        "no array to append to",
        "The path has to lead, by names alone, to an array or to nothing yet.",
        'store.append(key, "$.records.status", 1)',
    ),
    Code(
        "S437",
        "no such row or column",
        "The table has no row of this key, or no column of this name. `store.rows` gives rows with\ntheir keys.",
    ),
    Code(
        "S438",
        "a document that cannot move",
        "Archiving and restoring move whole documents. The other database has one of the same key\n"
        "that says something else, or the copy was not exact; nothing was deleted. Compare the two\n"
        "with `docrel export`, and delete or rename one.",
    ),
    Code(
        "S439",
        "stored rows do not make a document",
        "A column holds what no document could have become: text that is no JSON in a JSON column,\n"
        "say, after an edit by SQL. Mend the row, or bring a backup back.",
        "UPDATE tool_calls SET args = 'not JSON'",
    ),
    Code(
        "S440",
        "the database was migrated meanwhile",
        "Another program has brought the database to another version of its mapping since it was opened.\n"
        "Tables and columns may mean something else now, so nothing more is read or written by the old\n"
        "one; what was acknowledged before is there. Open the database again, or run the command again.\n"
        "An import that was under way says what it had committed; running it again does the rest.",
        "docrel migrate history --db missions.db",
    ),
    Code(
        "S441",
        "a backup that is damaged",
        "Every backup is checked before it is kept, and before it is brought back. This one is\n"
        "damaged, as is then most likely the database that it was made of. `docrel doctor` lists\n"
        "those that are whole.",
    ),
    Code(
        "S461",
        "a backup cannot be written",
        "The system refused to make or name a file: the disk is full, the folder may not be written.\n"
        "Nothing half-written has a backup's name, and the database is as it was. Make room, or mend\n"
        "the permissions, and run the same command again.",
    ),
    Code(
        "S462",
        "the database cannot be replaced",
        "A restore gives a database its old content through SQLite, while others read and write. That\n"
        "is not possible while another program lets nobody else read, where its pages have\n"
        "another size than the backup's, or where it is damaged and others still write into it. End\n"
        "those programs and run the same command again, or rename the file first.",
    ),
    Code(
        "S445",
        "notes on a row cannot be read",
        "What the columns of a row cannot say stands in the table `<mapping>_complement`, which only docrel\n"
        "writes. A note there is no note, or speaks of a table, column or row key that the mapping does not\n"
        "have: the file is damaged, somebody changed it, or a later docrel made it. `docrel validate` lists\n"
        "such notes. Bring the newest backup back.",
        "docrel restore --backup",
    ),
    Code(
        "S450",
        "one file in two places",
        "What would be written is what is read: a database archived into itself, an export over its own\n"
        "database, a backup restored onto itself. Links and relative paths are seen through, and the log\n"
        "of a database (`m.db-wal`) is a part of it. Name another file; nothing was written.",
        "docrel archive --db m.db --archive m.db --where true",
    ),
    Code(
        "S451",
        "a text in the place of a database",
        "The file that would be written is an SQLite database, or its log. Texts never replace one. Name\n"
        "another file, or remove the database first.",
        "docrel schema --output missions.db     # mended: mapping.schema.json",
    ),
    Code(
        "S452",
        "the database is gone, and has backups",
        "A new database would be made here, but there was one before: its backups lie beside. Bring the\n"
        "newest whole one back; the message names it, and the command. To begin anew, move the folder\n"
        "`backups` away.",
        "docrel restore --backup",
    ),
    Code(
        "S453",
        "a document moved within a transaction",
        "A document leaves one database only when it is committed in the other, and within a transaction\n"
        "of the caller's it cannot be. End the transaction before `move`.",
        "with store.transaction(): move([key], store, archive)",
    ),
    Code(
        "S454",
        "the database was replaced meanwhile",
        "While documents were moved, another file took the name of one of the two databases: a restore,\n"
        "say. No document was deleted that could be in the other file only. Run the command again.",
    ),
    Code(
        "S455",
        "the database is empty",
        "The file has no bytes, or no tables, where a database is expected; or it is gone, and its log is\n"
        "not. Nothing is made in its place. Where it has a backup, the message says how it is brought\n"
        "back; else look for a copy.",
        "docrel restore --backup",
    ),
    Code(
        "S456",
        "the database has lost its plan",
        "The tables are there, but not the plan that they were made by (the row `plan` of the table\n"
        "`_docrel`): without it nothing can be read or written safely. Bring a backup back; the rows can\n"
        "still be read by SQL.",
        "docrel restore --backup",
    ),
    Code(
        "S457",
        "the log of a database cannot be set aside",
        "The database is to be renamed, others have it open, and the disk cannot give its log a second\n"
        "name. Nothing was renamed. End the programs that use the database, and run the command again.",
    ),
)
