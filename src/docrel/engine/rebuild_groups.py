"""Which row goes where: generated code that sorts rows by their source and prepares the places they go to.

In: a module. Out: code that binds, for each slot, `h` its rows and `l` the places by the key of the row above: arrays
for elements, else filled by the nodes above, which look into `g`, the keys that have such rows.
"""

from __future__ import annotations

from docrel.engine.rebuild_scope import Module, needs_document
from docrel.layout import literal, mapped_constant, order_of_rows
from docrel.plan import EdgeName, Source, Table


def write_groups(module: Module) -> None:
    """Write: the rows of each source, and empty places."""
    for number, table in enumerate(module.plan.tables):
        if table.parent is None:
            module.code.line(f"documents_{number} = {{}}")
        elif len(table.sources) == 1:
            module.code.line(f"h{module.slot(table, table.sources[0])} = rows[{number}]")
        else:
            _write_sorting(module, number, table)
    for claim, feeds in module.groups():
        keys = ", ".join(
            f"*[{module.parent_key(feed.table, feed.source, 'r[{}]')} for r in h{module.feed_slot(feed)}]"
            for feed in feeds
        )
        keys = f"{{{keys}}}"
        slot = module.feed_slot(feeds[0])
        if feeds is not None and feeds == claim.elements:
            module.code.line(f"l{slot} = {{k: [] for k in {keys}}}; s{slot} = {{}}")
            if len(feeds) > 1:
                module.code.line(f"q{slot} = []")
        else:
            module.code.line(f"g{slot} = {keys}; l{slot} = {{}}; q{slot} = []")
    _write_roots(module)


def _write_sorting(module: Module, number: int, table: Table) -> None:
    """Several sources: constants tell them apart, then the links to parents, then the edge."""
    code = module.code
    for source in table.sources:
        code.line(f"h{module.slot(table, source)} = []")
    with code.block(f"for r in rows[{number}]:"):
        by_edge = any(_siblings(table, source) > 1 for source in table.sources)
        if by_edge:
            _write_edge(module, number, table)
        for n, source in enumerate(_by_precedence(table)):
            terms = []
            for name, value in source.constants:
                constant = code.bind(mapped_constant(table.column(name), value), "constant")
                terms.append(f"r[{table.index_of(name)}] == {constant}")
            terms += _linked(module, table, source)
            if by_edge and not source.constants and _siblings(table, source) > 1:
                terms.append(f"edge == {literal(source.name)}")
            condition = " and ".join(terms) or "True"
            code.line(f"{'elif' if n else 'if'} {condition}: h{module.slot(table, source)}.append(r)")


def _siblings(table: Table, source: Source) -> int:
    return sum(s.parent == source.parent and not s.constants for s in table.sources)


def _by_precedence(table: Table) -> list[Source]:
    """Sources with constants first, then links to other parents, then the enclosing table."""
    return sorted(table.sources, key=lambda s: (not s.constants, s.parent == table.parent))


def _linked(module: Module, table: Table, source: Source) -> list[str]:
    """The condition that a row hangs below a row of the source's parent, which not every row does."""
    if source.parent == table.parent:
        return []
    return [f"r[{n}] is not None" for n in module.links(table, source)]


def _write_edge(module: Module, number: int, table: Table) -> None:
    """Bind `edge`, the name of the source a row came by; one that does not exist is the first."""
    code = module.code
    column = next((n for n, c in enumerate(table.columns) if isinstance(c.role, EdgeName)), None)
    if column is not None:
        code.line(f"edge = r[{column}]")
    else:
        code.line(f"x = notes[{number}].get({module.row_key(table, 'r[{}]')})")
        code.line("edge = x.edge if x is not None else None")
    firsts: dict[str | None, Source] = {}
    for source in _by_precedence(table):
        if not source.constants:
            firsts.setdefault(source.parent, source)
    for n, (parent, first) in enumerate(firsts.items()):
        names = frozenset(s.name for s in table.sources if s.parent == parent and not s.constants)
        condition = " and ".join(_linked(module, table, first)) or "True"
        with code.block(f"{'elif' if n else 'if'} {condition}:"):
            code.line(f"if edge not in {code.bind(names, 'names')}: edge = {literal(first.name)}")


# -- what of the document a nested row's default looks at -----------------------------------------------------


def _write_roots(module: Module) -> None:
    """Bind `t<table>`, the key of the root row by a row's key, for tables below others whose defaults need it."""
    needed = _traced(module)
    if not needed:
        return
    entries = []
    for table in needed:
        links = []
        for source in table.sources:
            parent = module.plan.table(source.parent or "")
            number = None if parent.parent is None else module.number[parent.name]
            key = module.parent_key(table, source, "r[{}]")
            link = module.links(table, source)[0]
            links.append(f"({number}, lambda r: None if r[{link}] is None else {key})")
        number = module.number[table.name]
        key = f"lambda r: {module.row_key(table, 'r[{}]')}"
        entries.append(f"({number}, rows[{number}], {key}, ({', '.join(links)},))")
    module.code.line(f"roots = trace_roots(({', '.join(entries)},))")
    for table in needed:
        module.code.line(f"t{module.number[table.name]} = roots[{module.number[table.name]}]")


def _traced(module: Module) -> list[Table]:
    """The tables whose rows' roots must be traced: their defaults need it and they are not always next to the root."""
    pending = [table for table in module.plan.tables if needs_document(table) and not next_to_root(module, table)]
    found: list[Table] = []
    while pending:
        table = pending.pop()
        if table not in found:
            found.append(table)
            for source in table.sources:
                parent = module.plan.table(source.parent or "")
                if parent.parent is not None:
                    pending.append(parent)
    return sorted(found, key=lambda table: module.number[table.name])


def next_to_root(module: Module, table: Table) -> bool:
    """Say whether every row of the table is directly below a root row."""
    return all(module.plan.table(source.parent or "").parent is None for source in table.sources)


def root_key(module: Module, table: Table) -> str:
    """Return the expression for the key of the root row above a row."""
    if next_to_root(module, table):
        return module.parent_key(table, table.sources[0])
    return f"t{module.number[table.name]}.get({module.row_key(table)})"


# -- at the end -------------------------------------------------------------------------------------------------


def write_attachment(module: Module) -> None:
    """Write: rows that had to wait go to their places; then strays and unusual orders are put right."""
    code = module.code
    for claim, feeds in module.groups():
        slot = module.feed_slot(feeds[0])
        if feeds == claim.elements:
            if len(feeds) > 1:
                code.line(f"q{slot}.sort(key=by_order)")
                code.line(f"for _, k, node in q{slot}: l{slot}[k].append(node)")
            _write_strays(module, feeds)
            continue
        if feeds != claim.singles:
            code.line(f"q{slot}.sort(key=by_order)")
        with code.block(f"for _, k, node, name in q{slot}:"):
            code.line(f"place = l{slot}.get(k)")
            with code.block("if place is not None:"):
                if feeds == claim.singles:
                    code.line("place[0][place[1]] = node")
                elif claim.tree is not None and feeds == [claim.tree]:
                    code.line("put_at(place, name, node)")
                else:
                    code.line("place[name] = node")


def _write_strays(module: Module, feeds: list) -> None:  # type: ignore[type-arg]
    slot, entries = module.feed_slot(feeds[0]), []
    for feed in feeds:
        by = feed.table.position if order_of_rows(feeds) == "position" else feed.table.surrogate
        order = f"r[{feed.table.index_of(by)}]" if by is not None else "0"
        parent = module.parent_key(feed.table, feed.source, "r[{}]")
        key = module.row_key(feed.table, "r[{}]")
        entries.append(f"(h{module.feed_slot(feed)}, lambda r: {parent}, lambda r: {key}, lambda r: {order})")
    module.code.line(f"if s{slot}: place_strays(s{slot}, ({', '.join(entries)},))")
