"""A small mapping in several versions, for tests of diff and migrate."""

from __future__ import annotations

from docrel import compile, spec
from docrel.plan import Plan

V1 = """\
mapping: shop
version: 1
document: {key: number}
tables:
  orders:
    columns:
      number: {type: text, required: true, unique: true}
      state: {type: text, one_of: [open, paid]}
      note: text
      rest: {rest: true}
    indexes: {idx_state: state}
    tables:
      lines:
        each: lines[*]
        otherwise: rest
        columns:
          sku: {type: text, required: true}
          amount: integer
views:
  open_orders: SELECT number FROM orders WHERE state = 'open'
"""
DOCUMENTS = [
    {"number": "a", "state": "open", "lines": [{"sku": "x", "amount": 2}, {"sku": "y"}], "tags": ["t", "u"]},
    {"number": "b", "state": "paid", "note": "soon", "lines": [{"amount": 1}, {"sku": "z"}], "price": 1.5},
    {"number": "c", "lines": [], "nested": {"deep": {"er": 1}}},
]


def plan(text: str) -> Plan:
    return compile.compile(spec.loads(text))


def edited(*edits: tuple[str, str], text: str = V1, version: int = 2) -> Plan:
    """Return the mapping with pieces of its text replaced, each of which has to be there."""
    for old, new in (("version: 1", f"version: {version}"), *edits):
        assert old in text, old
        text = text.replace(old, new, 1)
    return plan(text)
