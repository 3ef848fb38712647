"""Mapping file: that of a mapping which was inferred for a database, beside it.

In: a database that was made by a text. Out: the file. The text is kept in the database until the file is written: what
a killed import has left undone, the next one does.
"""

from __future__ import annotations

from pathlib import Path

from docrel.backends import as_file, refuse_same
from docrel.documents import write_new
from docrel.store.store import Store


def file_beside(database: Path) -> Path:
    """Return what the file of a mapping is called that was inferred for a database: as that, with the ending .yaml."""
    file = database.with_suffix(".yaml")
    return file if file != database else database.with_name(f"{database.name}.yaml")


def write_mapping(store: Store) -> Path | None:
    """Write the mapping's file that a database still waits for, and return it as the database is called.

    None where it waits for none. Another file is never replaced: the new one then has a number in its name.

    Raises:
        DocumentError: D331, it cannot be written; the next time does.
    """
    text = store.book.unwritten_mapping()
    if text is None:
        return None
    database = as_file(store.backend)
    data, file = text.encode(), file_beside(database.path)
    refuse_same(file, database.path)
    if not (file.is_file() and file.read_bytes() == data):
        file = file.with_name(write_new(file, [data]).name)
    with store.transaction():
        store.book.mapping_is_written()
    return database.as_written(file)
