"""Rows to documents: a Python function generated from the plan, the exact inverse of `flatten`.

In: a plan; then rows and complements of any number of documents. Out: the documents. It reads a plan and nothing
else. Laws: GetPut and PutGet, `tests/laws/test_getput.py`, `tests/laws/test_putget.py`.

Tables are worked off parents first, without recursion: a parent's node is built with empty arrays and objects at the
places of its nested rows, in the order of members that the mapping expects; the rows then find their place by their
parent's key. Strays and unusual orders of members are put right at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any

from docrel.engine import misfits, rebuilding
from docrel.engine.names import Names
from docrel.engine.rebuild_checks import write_row_checks, write_switch_check
from docrel.engine.rebuild_columns import write_defaults, write_document_defaults
from docrel.engine.rebuild_links import Links
from docrel.engine.rebuild_places import (
    Group,
    groups_of,
    root_key,
    write_attachment,
    write_orders,
    write_placing,
    write_preparation,
)
from docrel.engine.rebuild_scope import RebuildModule, Scope, needs_document, row_key
from docrel.engine.rebuild_values import write_node
from docrel.layout import Code, RowKey, TableLayout, layout_of, literal, natural_key
from docrel.plan import Plan
from docrel.rows import RowComplement
from docrel.values import NOTHING

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
        self._links, self._misfit = Links(self.layout), misfits.Misfits(plan)
        self._orders = [(table.number, itemgetter(*table.order)) for table in self.layout.tables if table.order]

    def documents(self, rows: Sequence[Iterable[Row]], notes: Notes) -> list[tuple[int, RowKey, Any]]:
        """Return `(root table number, root row's key, document)` for each root row, in the order of keys.

        Shapes: `rows` has for each table, in plan order, all rows of these documents.
        Order: rows may come in any order; position columns, ranks and surrogate ids put them right.

        Raises:
            MisfitError: A row has no place of its own in its document, or one that another row has, or holds what no
                document can say.

        Law: GetPut and PutGet, `tests/laws`.
        """
        by_table: list[dict[RowKey, RowComplement]] = [{} for _ in self.plan.tables]
        ranks: list[dict[RowKey, float]] = [{} for _ in self.plan.tables]
        for (table, key), note in notes.items():
            if note:
                by_table[table][key] = note
            if note.rank is not None:
                ranks[table][key] = note.rank
        ordered = [list(found) for found in rows]
        for number, order in self._orders:
            if len(ordered[number]) > 1:
                self._sort(number, ordered[number], order, ranks[number])
        self._links(ordered)
        result: list[tuple[int, RowKey, Any]] = self._documents(ordered, by_table, ranks)
        return result

    def _sort(self, number: int, rows: list[Row], order: Callable[[Row], Any], ranks: dict[RowKey, float]) -> None:
        table = self.layout.tables[number]
        try:
            rows.sort(key=_by_rank(table, ranks) or order)
        except TypeError as e:
            row, odd = next((row, n) for row in rows for n in table.order if not isinstance(row[n], int))
            reason = misfits.no_position(self._misfit.column(number, odd), row[odd])
            raise self._misfit(number, table.row_key(row), reason) from e


def _by_rank(table: TableLayout, ranks: dict[RowKey, float]) -> Callable[[Row], Any] | None:
    """Return the order of a table's rows of which some are ranked; None where ranks tell nothing."""
    at = table.surrogate
    if not ranks or at is None or table.position is not None:
        return None
    return lambda row: ranks.get(row[at], row[at])


def _write_module(module: RebuildModule) -> None:
    """Write the function `documents(rows, notes, ranks)`."""
    code, groups = module.code, groups_of(module)
    code.bound.update(
        M=NOTHING, E=rebuilding.AWAITED,
        LATER=object(), NEVER=object(), loads=misfits.decode_json,
        by_order=itemgetter(0),
        natural_key=natural_key,
        unwrite=rebuilding.unwrite, leftovers=rebuilding.leftovers, indexed=rebuilding.indexed,
        Once=rebuilding.Once, row_names=rebuilding.row_names,
        misfit=misfits.Misfits(module.layout.plan), Feeding=misfits.Feeding, CAUSES=misfits.CAUSES,
        clash=misfits.clash, unfit=misfits.unfit, see_all=rebuilding.see_all, see_places=rebuilding.see_places,
        C=(dict, list),
        place_strays=rebuilding.place_strays, member_name=rebuilding.member_name,
        member_names=rebuilding.member_names,
        see_choice=rebuilding.see_choice,
        stays_written=rebuilding.stays_written, said_elsewhere=rebuilding.said_elsewhere,
        breaks_silence=rebuilding.breaks_silence, say=rebuilding.say,
        is_renamed=rebuilding.is_renamed, name_anew=rebuilding.name_anew,
        trace_roots=rebuilding.trace_roots, DocumentDefaults=rebuilding.DocumentDefaults,
    )  # fmt: skip
    with code.block("def documents(rows, notes, ranks):"):
        code.line("orders = []; result = []")
        write_preparation(module, groups)
        group_of = {(feed.table, feed.source): group for group in groups for feed in group.feeds}
        for table in module.layout.tables:
            write_document_defaults(module, table)
            for source in table.sources:
                _write_loop(Scope(module, table, source), group_of.get((table.number, source.number)))
        write_attachment(module, groups)
        write_orders(module, groups)
        code.line("return result")


def _write_loop(scope: Scope, group: Group | None) -> None:
    """Write: make the node of each row of a source, and hand it on to its group; None: it is a document."""
    code, names, number = scope.code, scope.module.names, scope.layout.number
    rows = f"rows[{number}]" if scope.table.parent is None else f"rows{names.source(number, scope.source.number)}"
    columns = "".join(f"{scope.cell(column)}, " for column in range(len(scope.table.columns)))
    code.line(f"complements = notes[{number}]; ranked = ranks[{number}]; key = None")
    with code.block("try:"), code.block(f"for {columns}in {rows}:"):
        code.line(f"key = {row_key(scope.layout, scope.cell)}")
        if needs_document(scope.table):
            code.line(f"root = {root_key(scope.module, scope.layout, scope.cell)}")
        write_defaults(scope)
        code.line("complement = complements.get(key)")
        write_row_checks(scope)
        with code.block("if complement is None:"):
            _write_unnoted(scope)
        with code.block("else:"):
            _write_noted(scope)
        write_switch_check(scope, group.feeds if group is not None else ())
        if group is not None:
            write_placing(scope, group)
        else:
            code.line(f"documents{names.tables[number]}[key] = node")
            code.line(f"result.append(({number}, key, node))")
    code.line(f"except CAUSES as e: raise misfit({number}, key, e) from e")


def _write_unnoted(scope: Scope) -> None:
    """Write: the node of a row without notes; one without a rest takes a short way, written out for it."""
    if scope.layout.rest is None:
        write_node(scope)
        return
    cell = scope.cell(scope.layout.rest)
    with scope.code.block(f"if {cell} is None:"):
        write_node(scope)
    with scope.code.block("else:"):
        scope.code.line(f"rest = {_rest(scope, scope.layout.rest)}")
        write_node(replace(scope, rows="rest"))


def _rest(scope: Scope, column: int) -> str:
    """The expression for what the rest column holds."""
    return f"loads({literal(scope.table.columns[column].name)}, {scope.cell(column)})"


def _write_noted(scope: Scope) -> None:
    """Write: the node of a row with notes."""
    code, rest = scope.code, "M"
    if scope.layout.rest is not None:
        cell = scope.cell(scope.layout.rest)
        rest = f"M if {cell} is None else {_rest(scope, scope.layout.rest)}"
    code.line(f"rest = {rest}" if scope.layout.rest is None else f"own = rest = {rest}")
    code.line("said, via, added, strays_at, ordered = complement.by_use()")
    code.line("for note in added: rest = note.put(rest)")
    write_node(replace(scope, rows="noted"))
    code.line("for note in ordered: orders.append((note, node))")
