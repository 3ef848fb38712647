"""Rows: what flattening makes of documents, and the complement that holds what columns cannot.

In: rows by table and notes about rows. Out: values that a store writes and `rebuild` reads.
"""

from __future__ import annotations

from docrel.layout import RowKey
from docrel.rows import complement
from docrel.rows.complement import (
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
    RowComplement,
    RowNames,
    RowNote,
    Strays,
    ValueNote,
    Via,
    shape_id,
)
from docrel.rows.rows import Note, Rows

__all__ = [
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
    "Strays",
    "ValueNote",
    "Via",
    "complement",
    "shape_id",
]
