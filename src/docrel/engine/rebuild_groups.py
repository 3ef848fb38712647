"""Which row goes where: generated code that sorts rows by their source and prepares the places they go to.

In: a module. Out: code that binds, for each slot, `h` its rows and `l` the places by the key of the row above: arrays
for elements, else filled by the nodes above, which look into `g`, the keys that have such rows.
"""

from __future__ import annotations

from docrel.engine.rebuild_scope import Module, Spell, needs_document, parent_key, row_key
from docrel.layout import Feeds, TableLayout, source_expression


def write_groups(module: Module) -> None:
    """Write: the rows of each source, and empty places."""
    code = module.code
    for table in module.layout.tables:
        if table.parent is None:
            code.line(f"documents{module.names.tables[table.number]} = {{}}")
        elif len(table.sources) == 1:
            code.line(f"h{module.names.source(table.number, 0)} = rows[{table.number}]")
        else:
            _write_sorting(module, table)
    for claim, feeds in module.layout.groups():
        keys = ", ".join(
            f"*[{parent_key(module.layout.fed(feed)[1])} for r in h{module.names.source(feed.table, feed.source)}]"
            for feed in feeds
        )
        keys = f"{{{keys}}}"
        slot = module.names.slot(feeds)
        if feeds == claim.elements:
            code.line(f"l{slot} = {{k: [] for k in {keys}}}; s{slot} = {{}}")
            if len(feeds) > 1:
                code.line(f"q{slot} = []")
        else:
            code.line(f"g{slot} = {keys}; l{slot} = {{}}; q{slot} = []")
    _write_roots(module)


def _write_sorting(module: Module, table: TableLayout) -> None:
    """Hand each row to the source that it came by; what is none's row is left out."""
    code, number = module.code, table.number
    rows = {source.number: f"h{module.names.source(number, source.number)}" for source in table.sources}
    for name in rows.values():
        code.line(f"{name} = []")
    lists = (f"{source}: {name}" for source, name in rows.items())
    code.line(f"h = {{{', '.join(lists)}, None: []}}")
    with code.block(f"for row in rows[{number}]:"):
        if table.is_told_by_note:
            code.line(f"x = notes[{number}].get({row_key(table, 'row[{}]'.format)})")
            code.line("edge = None if x is None else x.edge")
        code.line(f"h[{source_expression(table, code)}].append(row)")


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
            if source.link is not None:
                above = module.layout.tables[source.link.table]
                number = None if above.parent is None else above.number
                is_set, key = f"r[{source.link.columns[0]}] is None", parent_key(source)
                links.append(f"({number}, lambda r: None if {is_set} else {key})")
        key = f"lambda r: {row_key(table)}"
        entries.append(f"({table.number}, rows[{table.number}], {key}, ({', '.join(links)},))")
    module.code.line(f"roots = trace_roots(({', '.join(entries)},))")
    for table in needed:
        module.code.line(f"t{module.names.tables[table.number]} = roots[{table.number}]")


def _traced(module: Module) -> list[TableLayout]:
    """The tables whose rows' roots must be traced: their defaults need it and they are not always next to the root."""
    layout = module.layout
    pending = [
        table
        for table in layout.tables
        if needs_document(layout.plan.tables[table.number]) and not next_to_root(module, table)
    ]
    found: dict[int, TableLayout] = {}
    while pending:
        table = pending.pop()
        if table.number not in found:
            found[table.number] = table
            above = (layout.tables[link.table] for link in table.parents)
            pending.extend(parent for parent in above if parent.parent is not None)
    return [found[number] for number in sorted(found)]


def next_to_root(module: Module, table: TableLayout) -> bool:
    """Say whether every row of the table is directly below a root row."""
    return all(module.layout.tables[link.table].parent is None for link in table.parents)


def root_key(module: Module, table: TableLayout, column: Spell) -> str:
    """Return the expression for the key of the root row above a row."""
    if next_to_root(module, table):
        return parent_key(table.sources[0], column)
    return f"t{module.names.tables[table.number]}.get({row_key(table, column)})"


# -- at the end -------------------------------------------------------------------------------------------------


def write_attachment(module: Module) -> None:
    """Write: rows that had to wait go to their places; then strays and unusual orders are put right."""
    code = module.code
    for claim, feeds in module.layout.groups():
        slot = module.names.slot(feeds)
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
                elif feeds[0] == claim.tree:
                    code.line("put_at(place, name, node)")
                else:
                    code.line("place[name] = node")


def _write_strays(module: Module, feeds: Feeds) -> None:
    slot, entries = module.names.slot(feeds), []
    for feed in feeds:
        table, source = module.layout.fed(feed)
        by = table.position if module.layout.order_of_rows(feeds) == "position" else table.surrogate
        order = "0" if by is None else f"r[{by}]"
        parent, key = parent_key(source), row_key(table)
        rows = f"h{module.names.source(feed.table, feed.source)}"
        entries.append(f"({rows}, lambda r: {parent}, lambda r: {key}, lambda r: {order})")
    module.code.line(f"if s{slot}: place_strays(s{slot}, ({', '.join(entries)},))")
