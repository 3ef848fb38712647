"""Rows: what flattening makes of documents, and the complement that holds what columns cannot.

In: rows by table and notes about rows. Out: values that a store writes and `rebuild` reads.

In reading order: `notes`, a class for each kind; `complement`, all notes on a row; `note_json`, their texts; `rows`.
"""

from __future__ import annotations

from docrel.layout import RowKey
from docrel.rows import complement
from docrel.rows.complement import RowComplement, shape_id
from docrel.rows.note_json import DEEP
from docrel.rows.notes import (
    FILLERS,
    Edge,
    Empty,
    Explicit,
    Filled,
    Filler,
    Integer,
    Null,
    Order,
    Override,
    Rest,
    RowNames,
    RowNote,
    Spelling,
    Strays,
    ValueNote,
    Via,
)
from docrel.rows.rows import Note, Rows

__all__ = [
    "DEEP",
    "FILLERS",
    "Edge",
    "Empty",
    "Explicit",
    "Filled",
    "Filler",
    "Integer",
    "Note",
    "Null",
    "Order",
    "Override",
    "Rest",
    "RowComplement",
    "RowKey",
    "RowNames",
    "RowNote",
    "Rows",
    "Spelling",
    "Strays",
    "ValueNote",
    "Via",
    "complement",
    "shape_id",
]
