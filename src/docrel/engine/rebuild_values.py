"""The value at each claim of a node: generated code that puts columns, rest and nested places together.

In: a table's source; whether the row has notes, whether it has a rest. Out: code that sets `node`. Variables of claims
tell the claim's place: `m_cost` the value (M: not there), `o_cost` the object under way, `p_cost` the rest's object
beside it, `b_cost` what the rest has at the claim.
"""

from __future__ import annotations

from contextlib import nullcontext

from docrel.engine.names import claim_endings
from docrel.engine.rebuild_scope import Module
from docrel.engine.rebuilding import noted_decoder
from docrel.layout import (
    Claim,
    Leaf,
    SourceLayout,
    TableLayout,
    column_decoder,
    constant_of,
    is_constant,
    literal,
    null_is_said,
)
from docrel.values import CODECS


class Node:
    """Writes how one row becomes its node."""

    def __init__(
        self, module: Module, table: TableLayout, source: SourceLayout, *, noted: bool, has_rest: bool
    ) -> None:
        self.module, self.code = module, module.code
        self.table, self.source, self.claim = module.layout.plan.tables[table.number], source, source.claim
        self.noted, self.has_rest = noted, has_rest
        self.number, self._places = table.number, claim_endings(source.claim)
        chosen = [number for number, uses in source.uses.items() if len(uses) > 1]
        self.elsewhere = frozenset(n for n in chosen if source.is_recomputed(n)) if has_rest else frozenset()

    def _at(self, claim: Claim) -> str:
        return self._places[claim.number]

    def _on(self, column: int) -> str:
        return self.module.names.column(self.number, column)

    def write(self) -> None:
        """Write the code that sets `node`."""
        for number in sorted(self.elsewhere):
            pointers = tuple(claim.pointer for _, claim in self.source.uses[number])
            self.code.line(f"e{self._on(number)} = left is not M and said_elsewhere(left, {literal(pointers)})")
        claim, usual = self.claim, {"object": "{}", "array": "[]", "null": "None"}[self.claim.usual]
        if claim.is_object and claim.scalar is None and claim.whole is None and not claim.is_array:
            self._object(claim, "left")
            self.code.line("node = o_node")
            if self.has_rest:
                gone = "not o_node and left is not M and left.__class__ is not dict and not u_node"
                self.code.line(f"if {gone}: node = left")
            return
        if self._value(claim, "node", "left"):
            self.code.line(f"if node is M: node = {usual}")
        else:
            self.code.line(f"node = {usual}")

    # -- leaves ---------------------------------------------------------------------------------------------

    def _default(self, number: int) -> str:
        """The expression for a column's default; OWN: it is told from the node, later."""
        column = self.table.columns[number]
        if number in self.source.after:
            return "OWN"
        if column.default is None or number not in self.source.ahead:
            return "None"
        if is_constant(column):
            return self.code.bind(constant_of(column), "constant")
        computed = column.default.elapsed or column.default.reads or column.default.cases
        return f"d{self._on(number)}" if computed else "None"

    def _null_is_said(self, number: int) -> bool:
        column = self.table.columns[number]
        written = column.default is not None and column.default.written
        return (written or self.source.is_recomputed(number)) and null_is_said(column)

    def _decoded(self, number: int) -> str:
        column, c = self.table.columns[number], f"c{self._on(number)}"
        if column.type == "json":
            return f"(loads_text({c}) if {c}.__class__ is str else {c})"
        if CODECS[column.type].native and column.type != "boolean" and not column.map:
            return c
        if column.type == "boolean" and not column.map:
            return f"({c} == 1 if {c} in B else {c})"
        return f"{self.code.bind(column_decoder(column), 'decode')}({c})"

    def _leaf(self, claim: Claim, leaf: Leaf, target: str) -> None:
        """Write: set `target` where the column says something."""
        code, number = self.code, leaf.column
        c = f"c{self._on(number)}"
        if self.noted:
            self._noted_leaf(claim, leaf, target)
            return
        wrote = f"; w{self._on(number)} = {literal(claim.pointer)}" if number in self.source.after else ""
        default = self._default(number)
        if default == "None":
            if self._null_is_said(number):
                code.line(f"if {c} is None: {target} = None{wrote}")
                code.line(f"else: {target} = {self._decoded(number)}{wrote}")
            else:
                code.line(f"if {c} is not None: {target} = {self._decoded(number)}")
        elif default == "OWN":
            code.line(f"{target} = None if {c} is None else {self._decoded(number)}{wrote}")
        else:
            differs = f"({c} != {default} or e{self._on(number)})" if number in self.elsewhere else f"{c} != {default}"
            if self._null_is_said(number):
                code.line(f"if {c} is None: {target} = None")
                code.line(f"elif {differs}: {target} = {self._decoded(number)}")
            else:
                code.line(f"if {c} is None and {default} is not None: {target} = None")
                code.line(f"elif {c} is not None and {differs}: {target} = {self._decoded(number)}")

    def _noted_leaf(self, claim: Claim, leaf: Leaf, target: str) -> None:
        code, number = self.code, leaf.column
        column = self.table.columns[number]
        later = number in self.source.after
        decoder = noted_decoder(column, null_is_said=self._null_is_said(number), told_later=later)
        default = self._default(number)
        if number in self.elsewhere:
            default = f"NEVER if e{self._on(number)} else {default}"
        give = f"{code.bind(decoder, 'give')}(c{self._on(number)}, said.get({literal(column.name)}, ()), {default})"
        if len(self.source.uses[number]) > 1:
            with code.block(f"if x.alternative({literal(column.name)}) == {leaf.alternative}:"):
                code.line(f"{target} = {give}")
        else:
            code.line(f"{target} = {give}")
        if number in self.source.after:
            code.line(f"if {target} is not M: w{self._on(number)} = {literal(claim.pointer)}")

    # -- structure ------------------------------------------------------------------------------------------

    def _value(self, claim: Claim, target: str, residue: str) -> bool:
        """Set `target` to the value at a claim, M where there is none; False: nothing written, there never is one."""
        code, said = self.code, False
        leaves = [leaf for leaf in (claim.whole, claim.scalar) if leaf is not None and self._says(leaf)]
        always = leaves and self.noted and len(self.source.uses[leaves[0].column]) == 1
        if (leaves or claim.is_object) and not always:
            code.line(f"{target} = M")
        for leaf in leaves:
            self._leaf(claim, leaf, target)
            said = True
        if claim.is_object:
            condition = f"if {target} is M{self._gives_way(claim, target)}:"
            with code.block(condition) if said else nullcontext():
                self._object(claim, residue)
                code.line(f"if o{self._at(claim)} or u{self._at(claim)}: {target} = o{self._at(claim)}")
            said = True
        if claim.indexes:
            with code.block(f"if {target} is M:") if said else nullcontext():
                self._array(claim, target, residue)
            said = True
        if claim.elements:
            self._elements(claim, target, said=said)
            said = True
        fixed = [] if claim.fixed is None else [code.bind(claim.fixed[0], "fixed")]
        for otherwise in [residue] * self.has_rest + fixed:
            code.line(f"{f'if {target} is M: ' if said else ''}{target} = {otherwise}")
            said = True
        return said

    def _says(self, leaf: Leaf) -> bool:
        """Say whether a column may say something at a place: without notes, only at the first one of its places."""
        return self.noted or leaf.alternative == 0

    def _object(self, claim: Claim, residue: str) -> None:
        """Bind `o` to the object with all members that are there but rows, `u` to whether rows will come."""
        code, k = self.code, self._at(claim)
        code.line(f"o{k} = {{}}")
        if self.has_rest:
            code.line(f"p{k} = {residue} if {residue}.__class__ is dict else E")
        for name in claim.known:
            inner = claim.members.get(name)
            if inner is not None:
                self._member(claim, inner, name)
            elif self.has_rest:
                code.line(f"if {literal(name)} in p{k}: o{k}[{literal(name)}] = p{k}[{literal(name)}]")
        if self.has_rest:
            code.line(f"if p{k}: leftovers(o{k}, p{k})")
        code.line(f"u{k} = False")
        for slot in self._awaited(claim):
            code.line(f"if key in g{slot}: l{slot}[key] = o{k}; u{k} = True")

    def _gives_way(self, claim: Claim, target: str) -> str:
        """The condition, to be or-ed, that a null stands where rows will come: it gives way to them."""
        if claim.scalar is None and claim.whole is None:
            return ""
        terms = []
        for inner in claim.walk():
            for feeds in inner.groups:
                slot = self.module.names.slot(feeds)
                terms.append(f"key in {'l' if feeds == inner.elements else 'g'}{slot}")
        return f" or {target} is None and ({' or '.join(terms)})" if terms else ""

    def _awaited(self, claim: Claim) -> list[str]:
        """The slots of rows that are members of the object at a claim."""
        groups = (claim.feeds("members"), claim.feeds("tree"))
        return [self.module.names.slot(feeds) for feeds in groups if feeds]

    def _member(self, claim: Claim, inner: Claim, name: str) -> None:
        code, k, i = self.code, self._at(claim), self._at(inner)
        target = f"o{k}[{literal(name)}]"
        leaf = inner.scalar or inner.whole
        if leaf is not None and not self.noted and not inner.is_mixed and inner.fixed is None:
            unless = ""
            if self._says(leaf):
                self._leaf(inner, leaf, target)
                unless = f"{literal(name)} not in o{k} and "
            if self.has_rest:
                code.line(f"if {unless}{literal(name)} in p{k}: {target} = p{k}[{literal(name)}]")
            return
        v, below = f"m{i}", f"b{i}"
        if self.has_rest:
            code.line(f"{below} = p{k}.get({literal(name)}, M)")
        said = self._value(inner, v, below)
        self._single(inner, target, v if said else None, f"(o{k}, {literal(name)})")
        if said:
            code.line(f"if {v} is not M: {target} = {v}")

    def _single(self, claim: Claim, member: str, value: str | None, place: str) -> None:
        """Where a single row will come, keep its place among the members; `value` has what else is there."""
        if claim.singles:
            slot = self.module.names.slot(claim.singles)
            with self.code.block(f"if key in g{slot}:"):
                self.code.line(f"l{slot}[key] = {place}")
                stands = f"if {value} is M: {value} = E" if value else f"{member} = E"
                self.code.line(f"{stands}  # stands for the row: there, and not null")

    def _array(self, claim: Claim, target: str, residue: str) -> None:
        code, k = self.code, self._at(claim)
        code.line(f"items{k} = []; fill{k} = []")
        if self.has_rest:
            code.line(f"rest{k} = {residue} if {residue}.__class__ is list else []")
        for index, inner in sorted(claim.indexes.items()):
            v, below, at = f"m{self._at(inner)}", f"b{self._at(inner)}", literal(index)
            if self.has_rest:
                code.line(f"{below} = rest{k}[{at}] if len(rest{k}) > {at} and rest{k}[{at}] is not None else M")
            said = self._value(inner, v, below)
            if inner.singles:
                slot = self.module.names.slot(inner.singles)
                code.line(f"if {v} is M and key in g{slot}: {v} = E" if said else f"{v} = E if key in g{slot} else M")
            if said or inner.singles:
                code.line(f"if {v} is not M: items{k}.append(({at}, {v}))")
            if inner.scalar is not None and inner.scalar.alternative == 0:
                number = inner.scalar.column
                code.line(f"elif c{self._on(number)} is not None: fill{k}.append(({at}, {self._decoded(number)}))")
        code.line(f"{target} = indexed(items{k}, fill{k}, {residue if self.has_rest else 'M'})")
        for index, inner in sorted(claim.indexes.items()):
            if inner.singles:
                slot = self.module.names.slot(inner.singles)
                code.line(f"if key in g{slot}: l{slot}[key] = ({target}, {literal(index)})")

    def _elements(self, claim: Claim, target: str, *, said: bool) -> None:
        """The array where rows and strays will go; `said`: something else may stand in its place."""
        code, slot = self.code, self.module.names.slot(claim.elements)
        with code.block(f"if {target} is M or {target} is None:") if said else nullcontext():
            code.line(f"{target} = l{slot}.get(key, {target if said else 'M'})")
            if self.noted:
                code.line(f"found = x.strays({literal(claim.pointer)})")
                with code.block("if found is not None:"):
                    code.line(f"if {target}.__class__ is not list: {target} = []")
                    code.line(f"s{slot}[key] = ({target}, found)")
