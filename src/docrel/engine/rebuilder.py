"""Rows to documents: a Python function generated from the plan, the exact inverse of `flatten`.

In: a plan; then rows and complements of any number of documents. Out: the documents. It reads a plan and nothing
else. Laws: GetPut and PutGet, `tests/laws/test_getput.py`, `tests/laws/test_putget.py`.

Tables are worked off parents first, without recursion: a parent's node is built with empty arrays and objects at the
places of its nested rows, in the order of members that the mapping expects; the rows then find their place by their
parent's key. Strays and unusual orders of members are put right at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from docrel.engine import rebuilding
from docrel.engine.names import Names
from docrel.engine.rebuild_groups import write_attachment, write_groups
from docrel.engine.rebuild_nodes import write_nodes
from docrel.engine.rebuild_scope import Module
from docrel.layout import Code, RowKey, elapsed, layout_of, natural_key, split_names
from docrel.plan import Plan
from docrel.rows import Order, Rest, RowComplement
from docrel.values import NOTHING, decode_json, jsontext

Row = Sequence[Any]
Notes = Mapping[tuple[int, RowKey], RowComplement]


class Rebuilder:
    """The compiled rebuild side of a plan; `layout` is the plan resolved, `source` the generated Python text."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.layout = plan, layout_of(plan)
        module = Module(self.layout, Code(), Names(self.layout))
        _write_module(module)
        self.source = module.code.source
        self._documents = module.code.compile(f"rebuild {plan.name}")["documents"]
        self._orders = [itemgetter(*table.order) if table.order else None for table in self.layout.tables]

    def documents(self, rows: Sequence[Iterable[Row]], notes: Notes) -> list[tuple[int, RowKey, Any]]:
        """Return `(root table number, root row's key, document)` for each root row, in the order of keys.

        Shapes: `rows` has for each table, in plan order, all rows of these documents.
        Order: rows may come in any order; position columns and surrogate ids put them right.
        Law: GetPut and PutGet, `tests/laws`.
        """
        by_table: list[dict[RowKey, RowComplement]] = [{} for _ in self.plan.tables]
        for (table, key), note in notes.items():
            by_table[table][key] = note
        ordered = [
            list(found) if order is None else sorted(found, key=order)
            for order, found in zip(self._orders, rows, strict=True)
        ]
        result: list[tuple[int, RowKey, Any]] = self._documents(ordered, by_table)
        return result


def _write_module(module: Module) -> None:
    """Write the function `documents(rows, notes)`."""
    code = module.code
    code.bound.update(
        M=NOTHING, E={}, B=(0, 1), Order=Order, Rest=Rest,
        OWN=object(), NEVER=object(), loads=decode_json, loads_text=jsontext.loads_text,
        by_order=itemgetter(0),
        natural_key=natural_key, elapsed=elapsed, split_names=split_names,
        unwrite=rebuilding.unwrite, leftovers=rebuilding.leftovers, indexed=rebuilding.indexed,
        put_at=rebuilding.put_at,
        place_strays=rebuilding.place_strays, member_name=rebuilding.member_name,
        stays_written=rebuilding.stays_written, said_elsewhere=rebuilding.said_elsewhere,
        trace_roots=rebuilding.trace_roots, DocumentDefaults=rebuilding.DocumentDefaults,
    )  # fmt: skip
    with code.block("def documents(rows, notes):"):
        code.line("orders = []; result = []")
        write_groups(module)
        for table in module.layout.tables:
            write_nodes(module, table)
        write_attachment(module)
        code.line("for note, node in orders: note.put(node)")
        code.line("return result")
