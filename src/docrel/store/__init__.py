"""The store: documents in a database, by key.

In: documents, keys, SQL conditions. Out: documents exactly as they were put, with what was changed by SQL since;
minimal writes, one transaction each.
"""

from __future__ import annotations

from docrel.store.errors import no_array
from docrel.store.garbage import garbage_left_alone
from docrel.store.importing import ImportReport, import_documents
from docrel.store.lock import FileLock
from docrel.store.opening import keep_value, kept_value, open_or_make, open_store, store_plan, stored_plan
from docrel.store.reading import Place, etag
from docrel.store.row_changes import Changer, Row
from docrel.store.store import Store
from docrel.store.typed_rows import Record
from docrel.store.writing import Batch

__all__ = [
    "Batch",
    "Changer",
    "FileLock",
    "ImportReport",
    "Place",
    "Record",
    "Row",
    "Store",
    "etag",
    "garbage_left_alone",
    "import_documents",
    "keep_value",
    "kept_value",
    "no_array",
    "open_or_make",
    "open_store",
    "store_plan",
    "stored_plan",
]
