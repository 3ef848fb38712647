"""The store: documents in a database, by key.

In: documents, keys, SQL conditions. Out: documents exactly as they were put, with what was changed by SQL since;
minimal writes, one transaction each.

In reading order:

- `store`: what callers hold. `opening` makes or finds one; `lost`, `nearby`: where there is none. `errors`, `format`.
- `reading` gets; `typed_rows`, `stored_notes`: what it finds. `key_text`: a key as it is typed.
- `writing` puts: `alignment` finds the row that each continues, `held_clock` holds its times, `row_changes` what to
  write, `references` what is broken.
- `appending`: one more element at the end of an array, as one row where that leaves what a put would.
- `importing` streams documents, `incoming` decides about each, `settling` waits for references; `seen_keys`, `garbage`.
- `conflicts`: the words for a document that may not replace another.
- `book`: what the database says of itself. `backup_files`: its copies.
"""

from __future__ import annotations

from docrel.store import backup_files
from docrel.store.backup_files import (
    HeldBackup,
    backup,
    backups,
    catalogue,
    check_backup,
    databases_put_aside,
    fault_of_file,
    restore_backup,
    saved,
    unfinished_backups,
)
from docrel.store.book import Book, Direction, Entry
from docrel.store.conflicts import OnConflict
from docrel.store.errors import MigratedError, broken_references, damaged_book, migrated, missing, no_array
from docrel.store.garbage import garbage_left_alone
from docrel.store.held_clock import HeldClock
from docrel.store.importing import Progress, import_documents
from docrel.store.incoming import ImportReport
from docrel.store.key_text import key_of_text, text_of_key
from docrel.store.lost import newest_whole
from docrel.store.nearby import databases_below
from docrel.store.opening import (
    carried_plan,
    followed,
    open_expected,
    open_or_make,
    open_store,
)
from docrel.store.reading import Place, Reader, etag
from docrel.store.references import SHOWN
from docrel.store.row_changes import Changer, Row
from docrel.store.store import Store
from docrel.store.typed_rows import Record
from docrel.store.writing import Batch

__all__ = [
    "SHOWN",
    "Batch",
    "Book",
    "Changer",
    "Direction",
    "Entry",
    "HeldBackup",
    "HeldClock",
    "ImportReport",
    "MigratedError",
    "OnConflict",
    "Place",
    "Progress",
    "Reader",
    "Record",
    "Row",
    "Store",
    "backup",
    "backup_files",
    "backups",
    "broken_references",
    "carried_plan",
    "catalogue",
    "check_backup",
    "damaged_book",
    "databases_below",
    "databases_put_aside",
    "etag",
    "fault_of_file",
    "followed",
    "garbage_left_alone",
    "import_documents",
    "key_of_text",
    "migrated",
    "missing",
    "newest_whole",
    "no_array",
    "open_expected",
    "open_or_make",
    "open_store",
    "restore_backup",
    "saved",
    "text_of_key",
    "unfinished_backups",
]
