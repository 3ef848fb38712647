"""The nodes of rows: generated code that makes them and hands them to their places.

In: a module, a table and one of its sources. Out: a loop over the source's rows. A row without notes and without a
rest takes a short way, written out for it.
"""

from __future__ import annotations

from docrel.engine.rebuild_groups import root_key
from docrel.engine.rebuild_scope import Module, needs_document, parent_key, row_key
from docrel.engine.rebuild_values import Node
from docrel.layout import (
    Claim,
    Feeds,
    SourceLayout,
    TableLayout,
    computed_default,
    from_own_node,
    is_computed,
    is_constant,
    literal,
    null_is_said,
    separator_of,
)
from docrel.plan import JoinedKey, MemberKey, Value


def write_nodes(module: Module, layout: TableLayout) -> None:
    """Write: one loop for each source."""
    groups = {(feed.table, feed.source): (claim, feeds) for claim, feeds in module.layout.groups() for feed in feeds}
    table = module.layout.plan.tables[layout.number]
    for column in table.columns:
        if isinstance(column.role, Value) and is_computed(column) and not from_own_node(table, column):
            module.document_default(layout, column)
    for source in layout.sources:
        _Loop(module, layout, source).write(groups.get((layout.number, source.number)))


class _Loop:
    """The loop over the rows of one source."""

    def __init__(self, module: Module, layout: TableLayout, source: SourceLayout) -> None:
        self.module, self.code, self.layout, self.number = module, module.code, layout, layout.number
        self.table, self.source = module.layout.plan.tables[layout.number], source
        self.rest, self.claim = layout.rest, source.claim

    def write(self, going: tuple[Claim, Feeds] | None) -> None:
        """Write the loop; `going`: the claim that the rows go to, and the feeds that go there too."""
        code, module, table = self.code, self.module, self.table
        code.line(f"t = notes[{self.number}]")
        rows = (
            f"rows[{self.number}]"
            if table.parent is None
            else f"h{module.names.source(self.number, self.source.number)}"
        )
        columns = "".join(f"{self._cell(n)}, " for n in range(len(table.columns)))
        with code.block(f"for {columns}in {rows}:"):
            code.line(f"key = {row_key(self.layout, self._cell)}")
            if needs_document(table):
                code.line(f"root = {root_key(module, self.layout, self._cell)}")
            self._write_defaults()
            code.line("x = t.get(key)")
            with code.block("if x is None:"):
                if self.rest is not None:
                    with code.block(f"if {self._cell(self.rest)} is None:"):
                        self._write_node(noted=False, has_rest=False)
                    with code.block("else:"):
                        code.line(f"left = loads({self._cell(self.rest)})")
                        self._write_node(noted=False, has_rest=True)
                else:
                    self._write_node(noted=False, has_rest=False)
            with code.block("else:"):
                rest = "" if self.rest is None else self._cell(self.rest)
                code.line(f"left = M if {rest} is None else loads({rest})" if rest else "left = M")
                code.line("for note in x.of(Rest): left = note.put(left)")
                code.line("said = x.by_column()")
                self._write_node(noted=True, has_rest=True)
                code.line("orders += [(note, node) for note in x.of(Order)]")
            if going is None:
                code.line(f"documents{module.names.tables[self.number]}[key] = node")
                code.line(f"result.append(({self.number}, key, node))")
            else:
                self._write_placing(*going)

    def _on(self, column: int) -> str:
        return self.module.names.column(self.number, column)

    def _cell(self, column: int) -> str:
        """The variable that has the content of a column."""
        return f"c{self._on(column)}"

    # -- the node -----------------------------------------------------------------------------------------

    def _write_node(self, *, noted: bool, has_rest: bool) -> None:
        code = self.code
        Node(self.module, self.layout, self.source, noted=noted, has_rest=has_rest).write()
        for number in self.source.after:
            self._write_unwrite(number, noted=noted, has_rest=has_rest)
        if self.source.after and has_rest:
            code.line("if not node and left is not M: node = left")

    def _write_defaults(self) -> None:
        """Bind `d<column>` to a default that can be told before the node is there, `w<column>` to None for others."""
        for number, column in enumerate(self.table.columns):
            default = column.default
            if number in self.source.after:
                self.code.line(f"w{self._on(number)} = None")
            elif default is None or number not in self.source.ahead or is_constant(column):
                continue
            elif default.elapsed is not None:
                a, b = (self.table.index_of(name) for name in (default.elapsed.time, default.elapsed.seconds))
                self.code.line(f"d{self._on(number)} = elapsed({self._cell(a)}, {self._cell(b)})")
            elif is_computed(column):
                self.code.line(f"d{self._on(number)} = {self.module.document_default(self.layout, column)}[root]")

    def _write_unwrite(self, number: int, *, noted: bool, has_rest: bool) -> None:
        """Take a value that equals the default computed from the rebuilt node out of it again."""
        code, column = self.code, self.table.columns[number]
        compute = code.bind(computed_default(column), "default")
        document, c, w = "node", self._cell(number), f"w{self._on(number)}"
        if self.table.parent is not None:
            document = f"documents{self.module.names.tables[self.layout.root]}.get(root, M)"
        terms = [f"{w} is not None", f"{c} == {compute}(node, {document})"]
        if null_is_said(column):
            terms.insert(1, f"{c} is not None")
        if has_rest and len(self.source.uses[number]) > 1:
            terms.append(f"not e{self._on(number)}")
        if noted:
            terms.append(f"not stays_written({c}, said.get({literal(column.name)}, ()))")
        arguments = ["node", w, "left" if has_rest else "M", *self._awaiting(number)]
        code.line(f"if {' and '.join(terms)}: unwrite({', '.join(arguments)})")

    def _awaiting(self, number: int) -> list[str]:
        """The expression for the objects around a column's places that rows will come to; nothing if none can."""
        pointers = [claim.pointer for _, claim in self.source.uses.get(number, ())]
        slots = [
            self.module.names.slot(feeds)
            for claim in self.claim.walk()
            for feeds in (claim.feeds("members"), claim.feeds("tree"))
            if feeds and any(pointer[: len(claim.pointer)] == claim.pointer for pointer in pointers)
        ]
        return [f"({''.join(f'l{slot}.get(key), ' for slot in slots)})"] if slots else []

    # -- its place ----------------------------------------------------------------------------------------

    def _write_placing(self, claim: Claim, feeds: Feeds) -> None:
        code, slot = self.code, self.module.names.slot(feeds)
        parent = parent_key(self.source, self._cell)
        kind = self.module.layout.order_of_rows(feeds)
        if feeds == claim.elements:
            if len(feeds) == 1:
                code.line(f"l{slot}[{parent}].append(node)")
            else:
                code.line(f"q{slot}.append(({self._order(kind)}, {parent}, node))")
            return
        if feeds == claim.singles:
            code.line(f"q{slot}.append((0, {parent}, node, None))")
            return
        name = self._names()
        order = name if kind == "name" else self._order(kind)
        code.line(f"q{slot}.append(({order}, {parent}, node, {name}))")

    def _order(self, kind: str) -> str:
        by = self.layout.position if kind == "position" else self.layout.surrogate
        return "0" if by is None else self._cell(by)

    def _names(self) -> str:
        """The expression for the member's name (a tuple of names for a tree) that the row's key columns spell."""
        columns = list(enumerate(self.table.columns))
        key = next((n for n, c in columns if isinstance(c.role, MemberKey)), None)
        join = next((n for n, c in columns if isinstance(c.role, JoinedKey)), None)
        first = "''" if key is None else f"member_name({literal(self.table.columns[key].name)}, {self._cell(key)}, x)"
        if self.source.kind != "tree":
            return first
        by_key = key is not None and self.source.by_name
        if join is None:
            return f"({first},)"
        separator = separator_of(self.table.columns[join])
        names = f"member_name({literal(self.table.columns[join].name)}, {self._cell(join)}, x)"
        rest = f"split_names({names}, {literal(separator)})"
        return f"({first}, *{rest})" if by_key else rest
