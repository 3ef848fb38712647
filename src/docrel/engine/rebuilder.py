"""Rows to documents: a Python function generated from the plan, the exact inverse of `flatten`.

In: a plan; then rows and complements of any number of documents. Out: the documents. It reads a plan and nothing
else. Laws: GetPut and PutGet, `tests/laws/test_getput.py`, `tests/laws/test_putget.py`.

Tables are worked off parents first, without recursion: a parent's node is built with empty arrays and objects at the
places of its nested rows, in the order of members that the mapping expects; the rows then find their place by their
parent's key. Strays and unusual orders of members are put right at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any

from docrel.engine import rebuilding
from docrel.engine.names import Names
from docrel.engine.rebuild_columns import write_defaults, write_document_defaults
from docrel.engine.rebuild_places import Group, groups_of, root_key, write_attachment, write_placing, write_preparation
from docrel.engine.rebuild_scope import RebuildModule, Scope, needs_document, row_key
from docrel.engine.rebuild_values import write_node
from docrel.layout import Code, RowKey, elapsed, layout_of, natural_key, split_names
from docrel.plan import Plan
from docrel.rows import Empty, Order, Rest, RowComplement
from docrel.values import NOTHING, decode_json, jsontext

Row = Sequence[Any]
Notes = Mapping[tuple[int, RowKey], RowComplement]


class Rebuilder:
    """The compiled rebuild side of a plan; `layout` is the plan resolved, `source` the generated Python text."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.layout = plan, layout_of(plan)
        module = RebuildModule(self.layout, Code(), Names(self.layout))
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


def _write_module(module: RebuildModule) -> None:
    """Write the function `documents(rows, notes)`."""
    code, groups = module.code, groups_of(module)
    code.bound.update(
        M=NOTHING, E={}, Empty=Empty, Order=Order, Rest=Rest,
        LATER=object(), NEVER=object(), loads=decode_json, loads_text=jsontext.loads_text,
        by_order=itemgetter(0),
        natural_key=natural_key, elapsed=elapsed, split_names=split_names,
        unwrite=rebuilding.unwrite, leftovers=rebuilding.leftovers, indexed=rebuilding.indexed,
        put_at=rebuilding.put_at,
        place_strays=rebuilding.place_strays, member_name=rebuilding.member_name,
        stays_written=rebuilding.stays_written, said_elsewhere=rebuilding.said_elsewhere,
        breaks_silence=rebuilding.breaks_silence, say=rebuilding.say,
        trace_roots=rebuilding.trace_roots, DocumentDefaults=rebuilding.DocumentDefaults,
    )  # fmt: skip
    with code.block("def documents(rows, notes):"):
        code.line("orders = []; result = []")
        write_preparation(module, groups)
        group_of = {(feed.table, feed.source): group for group in groups for feed in group.feeds}
        for table in module.layout.tables:
            write_document_defaults(module, table)
            for source in table.sources:
                _write_loop(Scope(module, table, source), group_of.get((table.number, source.number)))
        write_attachment(module, groups)
        code.line("for note, node in orders: note.put(node)")
        code.line("return result")


def _write_loop(scope: Scope, group: Group | None) -> None:
    """Write: make the node of each row of a source, and hand it on to its group; None: it is a document."""
    code, names, number = scope.code, scope.module.names, scope.layout.number
    rows = f"rows[{number}]" if scope.table.parent is None else f"rows{names.source(number, scope.source.number)}"
    columns = "".join(f"{scope.cell(column)}, " for column in range(len(scope.table.columns)))
    code.line(f"complements = notes[{number}]")
    with code.block(f"for {columns}in {rows}:"):
        code.line(f"key = {row_key(scope.layout, scope.cell)}")
        if needs_document(scope.table):
            code.line(f"root = {root_key(scope.module, scope.layout, scope.cell)}")
        write_defaults(scope)
        code.line("complement = complements.get(key)")
        with code.block("if complement is None:"):
            _write_unnoted(scope)
        with code.block("else:"):
            _write_noted(scope)
        if group is not None:
            write_placing(scope, group)
        else:
            code.line(f"documents{names.tables[number]}[key] = node")
            code.line(f"result.append(({number}, key, node))")


def _write_unnoted(scope: Scope) -> None:
    """Write: the node of a row without notes; one without a rest takes a short way, written out for it."""
    if scope.layout.rest is None:
        write_node(scope)
        return
    cell = scope.cell(scope.layout.rest)
    with scope.code.block(f"if {cell} is None:"):
        write_node(scope)
    with scope.code.block("else:"):
        scope.code.line(f"rest = loads({cell})")
        write_node(replace(scope, rows="rest"))


def _write_noted(scope: Scope) -> None:
    """Write: the node of a row with notes."""
    code, rest = scope.code, "M"
    if scope.layout.rest is not None:
        cell = scope.cell(scope.layout.rest)
        rest = f"M if {cell} is None else loads({cell})"
    code.line(f"rest = {rest}")
    code.line("for note in complement.of(Rest): rest = note.put(rest)")
    code.line("for note in complement.of(Empty): rest = note.put(rest)")
    code.line("said = complement.by_column()")
    write_node(replace(scope, rows="noted"))
    code.line("orders += [(note, node) for note in complement.of(Order)]")
