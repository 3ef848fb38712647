"""The store: documents in a database, by key.

In: documents, keys, SQL conditions. Out: documents exactly as they were put, with what was changed by SQL since;
minimal writes, one transaction each.

In reading order:

- `store`: what callers hold. `opening` makes or finds one; `lost`, `nearby`: where there is none. `errors`, `format`.
- `reading` gets; `typed_rows`, `stored_notes`: what it finds. `key_text`: a key as it is typed. `refusals`: what cannot
  be read; `agreement`: whether rows are those of their document; `stored_documents`: each with its rows.
- `writing` puts: `continuation` tells which row each continues (by `alignment`) and where it stands (by `ranking`),
  `held_clock` holds its times, `row_changes` what to write, `turns` in which order, `references` what is broken.
  `shared_ids` of tables in one array.
- `appending`: one more element at the end of an array, as one row where that leaves what a put would.
- `importing` streams documents, `incoming` decides about each, `settling` waits for references; `seen_keys`, `garbage`.
  `named_members`, `known_members`: what is new to mapping and database; `unfilled_columns`: what is never there.
- `record_files`: the files whose records are documents, given back. `sources`: the files that documents came from.
- `queries`: SQL that somebody types. `selection`: the rows of it, or of a table, also as tables of other libraries
  (`handing_over`, by `column_kinds`) and as `row_files`. `contents`: what tables hold.
- `deleting`: documents that somebody names.
- `mapping_file`: the file of a mapping that was inferred for a database.
- `conflicts`: the words for a document that may not replace another.
- `book`: what the database says of itself, its `format` too; `upgrading` brings an earlier one to that of now,
  `retyping` what its columns hold. `backup_files`: its copies.
"""

from __future__ import annotations

from docrel.store import backup_files
from docrel.store.agreement import Agreement
from docrel.store.backup_files import (
    HeldBackup,
    backup,
    backups,
    catalogue,
    check_backup,
    damages,
    databases_put_aside,
    fault_of_file,
    restore_backup,
    saved,
    unfinished_backups,
)
from docrel.store.book import Book, Direction, Entry
from docrel.store.column_kinds import cell_text
from docrel.store.conflicts import OnConflict
from docrel.store.contents import column_contents, table_contents
from docrel.store.continuation import Row
from docrel.store.deleting import delete_documents
from docrel.store.errors import (
    MigratedError,
    UnreadableError,
    broken_references,
    damaged_book,
    made_of_stored,
    migrated,
    missing,
    no_array,
    rows_of_no_document,
    unreadable,
)
from docrel.store.garbage import garbage_left_alone
from docrel.store.held_clock import HeldClock
from docrel.store.importing import Progress, import_documents, import_files
from docrel.store.incoming import ImportReport, OnNewMembers, RefusedDocument
from docrel.store.key_text import key_of_text, known_key, text_of_key
from docrel.store.lost import newest_whole
from docrel.store.mapping_file import file_beside, write_mapping
from docrel.store.nearby import databases_below
from docrel.store.opening import (
    carried_plan,
    followed,
    has_mapping,
    open_expected,
    open_or_make,
    open_store,
)
from docrel.store.queries import query
from docrel.store.reading import DocumentKey, Place, Reader, etag
from docrel.store.record_files import RecordFile, Replaced, keep_surroundings, record_file, text_of
from docrel.store.references import SHOWN
from docrel.store.refusals import Refusals
from docrel.store.row_changes import Changer
from docrel.store.row_files import TableFormat, TextFormat, table_pieces, text_pieces
from docrel.store.selection import Selection
from docrel.store.shared_ids import share_ids
from docrel.store.sources import ImportSources, reading_of, tidy_sources
from docrel.store.store import Store
from docrel.store.stored_documents import StoredDocument, StoredDocuments
from docrel.store.typed_rows import Record
from docrel.store.writing import Batch, highest_ids

__all__ = [
    "SHOWN",
    "Agreement",
    "Batch",
    "Book",
    "Changer",
    "Direction",
    "DocumentKey",
    "Entry",
    "HeldBackup",
    "HeldClock",
    "ImportReport",
    "ImportSources",
    "MigratedError",
    "OnConflict",
    "OnNewMembers",
    "Place",
    "Progress",
    "Reader",
    "Record",
    "RecordFile",
    "Refusals",
    "RefusedDocument",
    "Replaced",
    "Row",
    "Selection",
    "Store",
    "StoredDocument",
    "StoredDocuments",
    "TableFormat",
    "TextFormat",
    "UnreadableError",
    "backup",
    "backup_files",
    "backups",
    "broken_references",
    "carried_plan",
    "catalogue",
    "cell_text",
    "check_backup",
    "column_contents",
    "damaged_book",
    "damages",
    "databases_below",
    "databases_put_aside",
    "delete_documents",
    "etag",
    "fault_of_file",
    "file_beside",
    "followed",
    "garbage_left_alone",
    "has_mapping",
    "highest_ids",
    "import_documents",
    "import_files",
    "keep_surroundings",
    "key_of_text",
    "known_key",
    "made_of_stored",
    "migrated",
    "missing",
    "newest_whole",
    "no_array",
    "open_expected",
    "open_or_make",
    "open_store",
    "query",
    "reading_of",
    "record_file",
    "restore_backup",
    "rows_of_no_document",
    "saved",
    "share_ids",
    "table_contents",
    "table_pieces",
    "text_of",
    "text_of_key",
    "text_pieces",
    "tidy_sources",
    "unfinished_backups",
    "unreadable",
    "write_mapping",
]
