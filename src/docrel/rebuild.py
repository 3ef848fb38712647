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

from docrel.claimtree import Claim, Feed, claims
from docrel.codecs import CODECS, decode_json
from docrel.codegen import Code
from docrel.complement import NOTHING, RowComplement, RowKey
from docrel.defaults import computed_default, elapsed, is_constant, reads_only_document
from docrel.flatten import usual_node
from docrel.flattening import column_decoder, joined, natural_key, split_names
from docrel.plan import (
    Column,
    EdgeName,
    JoinedKey,
    MemberKey,
    ParentKey,
    Plan,
    Rest,
    Source,
    Table,
    Value,
)
from docrel.rebuilding import (
    indexed,
    leftovers,
    member_name,
    merged,
    noted_decoder,
    put_at,
    put_order,
    put_strays,
    stays_written,
    unwrite,
)

Row = Sequence[Any]
Notes = Mapping[tuple[int, RowKey], RowComplement]


class Rebuilder:
    """The compiled rebuild side of a plan; `source` is the generated Python text."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        code = _Module(plan).emit()
        self.source = code.source
        self._documents = code.compile(f"rebuild {plan.name}")["documents"]

    def documents(self, rows: Sequence[Iterable[Row]], notes: Notes) -> list[tuple[int, RowKey, Any]]:
        """Return `(root table number, root row's key, document)` for each root row, in the order of keys.

        Shapes: `rows` has for each table, in plan order, all rows of these documents.
        Order: rows may come in any order; position columns and surrogate ids put them right.
        Law: GetPut and PutGet, `tests/laws`.
        """
        by_table: list[dict[RowKey, RowComplement]] = [{} for _ in self.plan.tables]
        for (table, key), note in notes.items():
            by_table[table][key] = note
        ordered = [self._ordered(t, found) for t, found in zip(self.plan.tables, rows, strict=True)]
        result: list[tuple[int, RowKey, Any]] = self._documents(ordered, by_table)
        return result

    def _ordered(self, table: Table, rows: Iterable[Row]) -> list[Row]:
        by = [name for name in (table.position, table.surrogate) if name is not None]
        return sorted(rows, key=itemgetter(*(table.index_of(name) for name in by))) if by else list(rows)


class _Module:
    """Writes the function `documents(rows, notes)`."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.code = plan, Code()
        self.number = {t.name: n for n, t in enumerate(plan.tables)}
        self.feeds = self._slots()

    def _slots(self) -> dict[str, str]:
        """Number the places that rows go to: one for each source."""
        found = {}
        for table in self.plan.tables:
            for source in table.sources:
                found[f"{table.name}\0{source.name}"] = f"{self.number[table.name]}_{table.sources.index(source)}"
        return found

    def slot(self, feed: Feed) -> str:
        return self.feeds[f"{feed.table.name}\0{feed.source.name}"]

    def emit(self) -> Code:
        code = self.code
        code.bound.update(
            M=NOTHING, merged=merged, unwrite=unwrite, leftovers=leftovers, indexed=indexed, put_at=put_at,
            put_strays=put_strays, put_order=put_order, loads=decode_json, natural_key=natural_key, elapsed=elapsed,
            member_name=member_name, stays_written=stays_written, split_names=split_names, EMPTY={}, OWN=object(),
        )  # fmt: skip
        with code.block("def documents(rows, notes):"):
            code.line("strays = []; orders = []; late = []; result = []")
            for number, table in enumerate(self.plan.tables):
                self._group(number, table)
            for number, table in enumerate(self.plan.tables):
                _Nodes(self, number, table).emit()
            self._attach()
            code.line("for elements, keys, found in strays: put_strays(elements, keys(), found)")
            code.line("for node, order in orders:")
            code.line("    for pointer, names in order: put_order(node, pointer, names)")
            code.line("return result")
        return code

    # -- which row goes where -----------------------------------------------------------------------

    def _group(self, number: int, table: Table) -> None:
        """`g<slot>`: the rows of a source by their parent's key, in order."""
        code = self.code
        if table.parent is None:
            return
        for source in table.sources:
            code.line(f"g{self._slot(table, source)} = {{}}")
        if len(table.sources) == 1:
            slot = self._slot(table, table.sources[0])
            with code.block(f"for r in rows[{number}]:"):
                code.line(f"k = {self.parent_key(table, table.sources[0])}")
                code.line(f"if k in g{slot}: g{slot}[k].append(r)")
                code.line(f"else: g{slot}[k] = [r]")
            return
        with code.block(f"for r in rows[{number}]:"):
            edge = self._edge(number, table)
            for n, source in enumerate(self._by_precedence(table)):
                slot = self._slot(table, source)
                terms = [f"r[{table.index_of(name)}] == {code.bind(value)}" for name, value in source.constants]
                terms += self._linked(table, source)
                if edge and not source.constants and self._siblings(table, source) > 1:
                    terms.append(f"edge == {source.name!r}")
                condition = " and ".join(terms) or "True"
                with code.block(f"{'elif' if n else 'if'} {condition}:"):
                    code.line(f"g{slot}.setdefault({self.parent_key(table, source)}, []).append(r)")

    def _siblings(self, table: Table, source: Source) -> int:
        return sum(s.parent == source.parent and not s.constants for s in table.sources)

    def _edge(self, number: int, table: Table) -> bool:
        """Bind `edge`, the name of the source a row came by, where parents alone do not tell."""
        if all(self._siblings(table, s) < 2 for s in table.sources):
            return False
        column = next((n for n, c in enumerate(table.columns) if isinstance(c.role, EdgeName)), None)
        if column is not None:
            self.code.line(f"edge = r[{column}]")
        else:
            self.code.line(f"x = notes[{number}].get({self.row_key(table)})")
            self.code.line("edge = x.edge if x is not None else None")
        names = {s.name for s in table.sources if not s.constants}
        firsts: dict[str | None, str] = {}
        for s in table.sources:
            if not s.constants:
                firsts.setdefault(s.parent, s.name)
        self.code.line(f"if edge not in {self.code.bind(frozenset(names))}:")
        for n, (parent, first) in enumerate(sorted(firsts.items(), key=lambda f: f[0] == table.parent)):
            linked = " and ".join(self._linked(table, next(s for s in table.sources if s.name == first))) or "True"
            self.code.line(f"    {'elif' if n else 'if'} {linked}: edge = {first!r}")
        return True

    def _by_precedence(self, table: Table) -> list[Source]:
        """Sources with constants first, then links to other parents, then the enclosing table."""
        return sorted(table.sources, key=lambda s: (not s.constants, s.parent == table.parent))

    def _linked(self, table: Table, source: Source) -> list[str]:
        """The condition that a row hangs below a row of the source's parent."""
        links = [
            n for n, c in enumerate(table.columns) if isinstance(c.role, ParentKey) and c.role.table == source.parent
        ]
        if source.parent == table.parent:
            return []
        return [f"r[{n}] is not None" for n in links]

    def _slot(self, table: Table, source: Source) -> str:
        return self.feeds[f"{table.name}\0{source.name}"]

    def parent_key(self, table: Table, source: Source) -> str:
        """The expression for the key of a row's parent, as that parent spells its own in the complement."""
        parent = self.plan.table(source.parent or "")
        columns = [
            next(n for n, c in enumerate(table.columns) if c.role == ParentKey(parent.name, key))
            for key in parent.primary_key
        ]
        if parent.surrogate is not None:
            return f"r[{columns[0]}]"
        return f"natural_key(({', '.join(f'r[{n}]' for n in columns)},))"

    def row_key(self, table: Table) -> str:
        """The expression for a row's own key."""
        if table.surrogate is not None:
            return f"r[{table.index_of(table.surrogate)}]"
        return f"natural_key(({', '.join(f'r[{table.index_of(n)}]' for n in table.primary_key)},))"

    # -- nested rows into their parents ---------------------------------------------------------------

    def _attach(self) -> None:
        done: set[str] = set()
        for table in self.plan.tables:
            for source in table.sources:
                for claim in claims(self.plan, table, source).walk():
                    slots = {self.slot(f) for f in (claim.map, claim.tree, claim.single, *claim.elements) if f}
                    if slots <= done:
                        continue
                    done |= slots
                    if claim.map is not None:
                        self._attach_each(claim.map, "place[{names}] = node")
                    if claim.tree is not None:
                        self._attach_each(claim.tree, "put_at(place, {names}, node)")
                    if claim.single is not None:
                        self._attach_each(claim.single, "place[0][place[1]] = node")
                    if claim.elements:
                        self._attach_elements(claim.elements)

    def _attach_each(self, feed: Feed, statement: str) -> None:
        code, slot, table = self.code, self.slot(feed), feed.table
        number = self.number[table.name]
        with code.block(f"for parent, found in g{slot}.items():"):
            code.line(f"place = l{slot}.get(parent)")
            code.line("if place is None: continue")
            with code.block("for r in found:"):
                code.line(f"key = {self.row_key(table)}; node = n{number}[key]; x = notes[{number}].get(key)")
                code.line(statement.format(names=self._names(table, feed.source)))

    def _names(self, table: Table, source: Source) -> str | None:
        """The expression for the member name (a tuple of them for a tree) that a row's key columns spell."""
        key = next((n for n, c in enumerate(table.columns) if isinstance(c.role, MemberKey)), None)
        join = next((n for n, c in enumerate(table.columns) if isinstance(c.role, JoinedKey)), None)
        first = None if key is None else f"member_name({table.columns[key].name!r}, r[{key}], x)"
        if not source.tree:
            return first
        if join is None:
            return f"({first},)"
        separator = joined(table.columns[join])
        rest = f"split_names(member_name({table.columns[join].name!r}, r[{join}], x), {separator!r})"
        return rest if first is None else f"({first}, *{rest})"

    def _attach_elements(self, feeds: list[Feed]) -> None:
        code = self.code
        if len(feeds) == 1:
            slot, number = self.slot(feeds[0]), self.number[feeds[0].table.name]
            key = self.row_key(feeds[0].table)
            with code.block(f"for parent, found in g{slot}.items():"):
                code.line(f"place = l{slot}.get(parent)")
                code.line(f"if place is not None: place.extend([n{number}[{key}] for r in found])")
            return
        first = self.slot(feeds[0])
        code.line("mixed = {}")
        for order, feed in enumerate(feeds):
            table, number = feed.table, self.number[feed.table.name]
            by = table.position or table.surrogate
            assert by is not None
            with code.block(f"for parent, found in g{self.slot(feed)}.items():"):
                code.line(
                    f"mixed.setdefault(parent, []).extend([(r[{table.index_of(by)}], {order}, n, "
                    f"n{number}[{self.row_key(table)}]) for n, r in enumerate(found)])"
                )
        with code.block("for parent, found in mixed.items():"):
            code.line(f"place = l{first}.get(parent)")
            code.line("if place is None: continue")
            code.line("found.sort(key=lambda item: item[:3])")
            code.line("place.extend([item[3] for item in found])")


class _Nodes:
    """Writes the loop that makes the nodes of one table's rows."""

    def __init__(self, module: _Module, number: int, table: Table) -> None:
        self.module, self.plan, self.code = module, module.plan, module.code
        self.number, self.table = number, table
        self.rest = next((n for n, c in enumerate(table.columns) if isinstance(c.role, Rest)), None)
        self.own_defaults = [
            n
            for n, c in enumerate(table.columns)
            if self._computed(c) and (table.parent is None or not reads_only_document(c.default))  # type: ignore[arg-type]
        ]

    def _computed(self, column: Column) -> bool:
        default = column.default
        return (
            isinstance(column.role, Value)
            and default is not None
            and not is_constant(default)
            and default.elapsed is None
            and computed_default(column) is not None
        )

    def emit(self) -> None:
        """Write `n<table>`, nodes by key, and for each nested source `l<slot>`, places by key."""
        code, number, table = self.code, self.number, self.table
        code.line(f"n{number} = {{}}; t = notes[{number}]; documents_{number} = {{}}")
        for source in table.sources:
            for claim in claims(self.plan, table, source).walk():
                for feed in (claim.map, claim.tree, claim.single, *claim.elements):
                    if feed is not None:
                        code.line(f"l{self.module.slot(feed)} = {{}}")
        sources = table.sources
        if len({tuple(s.values) for s in sources}) == 1 and not any(s.constants or s.when for s in sources):
            sources = sources[:1]
        for source in sources:
            loops = self._rows(source, len(sources) == 1)
            with code.block(f"for r in {loops}:"):
                code.line(f"key = {self.module.row_key(table)}")
                self._document()
                code.line("x = t.get(key) if t else None")
                with code.block("if x is None:"):
                    _Node(self, source, noted=False).emit()
                with code.block("else:"):
                    _Node(self, source, noted=True).emit()
                    code.line("if x.order: orders.append((node, x.order))")
                code.line(f"n{number}[key] = node")
                if table.parent is None:
                    code.line(f"result.append(({number}, key, node)); documents_{number}[key] = {{M: node}}")

    def _rows(self, source: Source, alone: bool) -> str:
        if alone or self.table.parent is None:
            return f"rows[{self.number}]"
        slot = self.module._slot(self.table, source)
        return f"[r for found in g{slot}.values() for r in found]"

    def _document(self) -> None:
        """Bind `document`, the cache `{M: document, column: default}` of the root that the row belongs to."""
        table = self.table
        if table.parent is None:
            return
        enclosing = self.plan.table(table.parent)
        source = next((s for s in table.sources if s.parent == enclosing.name), None)
        key = "None" if source is None else self.module.parent_key(table, source)
        self.code.line(f"document = documents_{self.module.number[enclosing.name]}.get({key}, EMPTY)")
        self.code.line(f"documents_{self.number}[key] = document")


class _Node:
    """Writes how one row becomes its node; `noted`: for rows with a complement."""

    def __init__(self, nodes: _Nodes, source: Source, *, noted: bool) -> None:
        self.nodes, self.source, self.noted = nodes, source, noted
        self.code, self.table, self.module = nodes.code, nodes.table, nodes.module
        self.claim = claims(nodes.plan, self.table, source)
        self.variables = {id(c): n for n, c in enumerate(self.claim.walk())}
        self.has_rest = nodes.rest is not None or noted

    def n(self, claim: Claim) -> int:
        return self.variables[id(claim)]

    def emit(self) -> None:
        code, claim, rest = self.code, self.claim, self.nodes.rest
        if rest is not None:
            code.line(f"q0 = r[{rest}]")
            code.line("q0 = M if q0 is None else loads(q0)")
        elif self.noted:
            code.line("q0 = M")
        if self.noted:
            code.line("if x.rest is not M: q0 = merged(q0, x.rest)")
        self._defaults()
        self._value(claim, "node", "q0")
        usual = {"object": "{}", "array": "[]", "null": "None"}[usual_node(claim)]
        code.line(f"if node is M: node = {usual}")
        for number in self.nodes.own_defaults:
            self._unwrite(number)
        if self.nodes.own_defaults and self.has_rest:
            code.line("if not node and q0 is not M: node = q0")

    def _defaults(self) -> None:
        """Bind `d<column>` to the default that can be told before the node is there."""
        code = self.code
        for number, column in enumerate(self.table.columns):
            default = column.default
            if not isinstance(column.role, Value) or default is None:
                continue
            if is_constant(default):
                continue
            if number in self.nodes.own_defaults:
                code.line(f"w{number} = None")
            elif default.elapsed is not None:
                a, b = (self.table.index_of(n) for n in (default.elapsed.time, default.elapsed.seconds))
                code.line(f"d{number} = elapsed(r[{a}], r[{b}])")
            elif computed_default(column) is None:
                code.line(f"d{number} = None")
            else:
                slot = (self.nodes.number, number)
                function = code.bind(computed_default(column), "default")
                code.line(f"d{number} = document.get({slot!r}, M)")
                code.line(
                    f"if d{number} is M: d{number} = document[{slot!r}] = {function}(None, document.get(M))"
                    " if document else None"
                )

    def _default(self, number: int) -> str:
        column = self.table.columns[number]
        if column.default is None:
            return "None"
        if is_constant(column.default):
            return self.code.bind(CODECS[column.type].encode(column.default.constant))
        return "OWN" if number in self.nodes.own_defaults else f"d{number}"

    def _unwrite(self, number: int) -> None:
        """Take a value that equals the default computed from the rebuilt node out of it again."""
        code, column = self.code, self.table.columns[number]
        function = code.bind(computed_default(column), "default")
        document = "node" if self.table.parent is None else "document.get(M)"
        guard = f" and not stays_written({column.name!r}, r[{number}], x)" if self.noted else ""
        with code.block(f"if w{number} is not None and r[{number}] == {function}(node, {document}){guard}:"):
            residue = "q0" if self.has_rest else "M"
            code.line(f"unwrite(node, w{number}, {residue})")

    # -- values ---------------------------------------------------------------------------------------

    def _value(self, claim: Claim, target: str, residue: str) -> None:
        """Set `target` to the value at a claim, M where there is none."""
        code = self.code
        code.line(f"{target} = M")
        for leaf in (claim.whole, claim.scalar):
            if leaf is not None:
                self._leaf(claim, leaf.column, leaf.alternative, target)
        if claim.is_object:
            with code.block(f"if {target} is M:"):
                self._object(claim, target, residue)
        if claim.indexes:
            with code.block(f"if {target} is M:"):
                self._array(claim, target, residue)
        if claim.elements:
            self._elements(claim, target)
        if claim.fixed is not None:
            code.line(f"if {target} is M: {target} = {code.bind(claim.fixed[0])}")
        if self.has_rest:
            code.line(f"if {target} is M: {target} = {residue}")

    def _leaf(self, claim: Claim, number: int, alternative: int, target: str) -> None:
        code, column = self.code, self.table.columns[number]
        if self.noted:
            give = code.bind(noted_decoder(column), "give")
            value = f"{give}(r[{number}], x, {self._default(number)})"
            if len(dict(self.source.values).get(column.name, _paths(column))) > 1:
                code.line(f"if x.via.get({column.name!r}, 0) == {alternative}: {target} = {value}")
            else:
                code.line(f"{target} = {value}")
        elif alternative == 0:
            self._plain_leaf(number, column, target)
        if number in self.nodes.own_defaults:
            code.line(f"if {target} is not M: w{number} = {claim.pointer!r}")

    def _plain_leaf(self, number: int, column: Column, target: str) -> None:
        """The value of a column whose row has no notes."""
        code, default = self.code, self._default(number)
        code.line(f"v = r[{number}]")
        if column.type == "json":
            value = "loads(v)"
        elif CODECS[column.type].native and column.type != "boolean" and not column.map:
            value = "v"
        else:
            value = f"{code.bind(column_decoder(column), 'decode')}(v)"
        if column.default is None:
            code.line(f"if v is not None: {target} = {value}")
        else:
            code.line("if v is None:")
            code.line(f"    if {default} is not None: {target} = None")
            code.line(f"elif v != {default}: {target} = {value}")

    def _object(self, claim: Claim, target: str, residue: str) -> None:
        code, k = self.code, self.n(claim)
        code.line(f"o{k} = {{}}")
        if self.has_rest:
            code.line(f"p{k} = {residue} if {residue}.__class__ is dict else None")
        left = f"p{k}"
        for name in claim.known:
            inner = claim.members.get(name)
            if inner is None:
                if self.has_rest:
                    code.line(f"if {left} and {name!r} in {left}: o{k}[{name!r}] = {left}[{name!r}]")
                continue
            v = f"m{self.n(inner)}"
            below = f"b{self.n(inner)}"
            if self.has_rest:
                code.line(f"{below} = {left}.get({name!r}, M) if {left} else M")
            self._value(inner, v, below)
            if inner.single is not None:
                slot = self.module.slot(inner.single)
                code.line(f"if {v} is M and key in g{slot}: {v} = None; l{slot}[key] = (o{k}, {name!r})")
                if self.has_rest:
                    code.line(f"elif key in g{slot}: l{slot}[key] = (o{k}, {name!r})")
            code.line(f"if {v} is not M: o{k}[{name!r}] = {v}")
        if self.has_rest:
            code.line(f"if {left}: leftovers(o{k}, {left})")
        present = [f"o{k}"]
        for feed in (claim.map, claim.tree):
            if feed is not None:
                slot = self.module.slot(feed)
                code.line(f"if key in g{slot}: l{slot}[key] = o{k}")
                present.append(f"key in g{slot}")
        code.line(f"if {' or '.join(present)}: {target} = o{k}")

    def _array(self, claim: Claim, target: str, residue: str) -> None:
        code, k = self.code, self.n(claim)
        code.line(f"items{k} = []")
        if self.has_rest:
            code.line(f"s{k} = {residue} if {residue}.__class__ is list else []")
        for index, inner in sorted(claim.indexes.items()):
            v, below = f"m{self.n(inner)}", f"b{self.n(inner)}"
            if self.has_rest:
                code.line(f"{below} = s{k}[{index}] if len(s{k}) > {index} else M")
            self._value(inner, v, below)
            code.line(f"if {v} is not M: items{k}.append(({index}, {v}))")
        code.line(f"{target} = indexed(items{k}, {residue if self.has_rest else 'M'})")

    def _elements(self, claim: Claim, target: str) -> None:
        """An empty array where rows or strays will go."""
        code = self.code
        slots = [self.module.slot(feed) for feed in claim.elements]
        if self.noted:
            code.line("found = None")
            code.line("for pointer, pairs in x.strays:")
            code.line(f"    if pointer == {claim.pointer!r}: found = pairs")
        conditions = [f"key in g{slot}" for slot in slots] + (["found is not None"] if self.noted else [])
        with code.block(f"if {target} is M and ({' or '.join(conditions)}):"):
            code.line(f"{target} = l{slots[0]}[key] = []")
            if self.noted:
                keys = " + ".join(
                    f"[(r[{f.table.index_of(f.table.position or f.table.surrogate or '')}], {self.module.row_key(f.table)}) "
                    f"for r in g{slot}.get(key, ())]"
                    for f, slot in zip(claim.elements, slots, strict=True)
                )
                if len(slots) == 1:
                    keys = f"[{self.module.row_key(claim.elements[0].table)} for r in g{slots[0]}.get(key, ())]"
                    code.line(f"if found is not None: strays.append(({target}, lambda key=key: {keys}, found))")
                else:
                    code.line(
                        f"if found is not None: strays.append(({target}, "
                        f"lambda key=key: [k for _, k in sorted({keys}, key=lambda p: p[0])], found))"
                    )


def _paths(column: Column) -> tuple[Any, ...]:
    return column.role.paths if isinstance(column.role, Value) else ()
