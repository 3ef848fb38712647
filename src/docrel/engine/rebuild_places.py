"""Where rows go: generated code that tells which rows there are for which place, and puts their nodes there.

In: a module, a source. Out: for each group code that prepares its variables, hands a node on, and ends the work:

- `places`, by the key of the row above: the array that its rows are appended to; else the object whose members they
  are, or the container and key of the one value that a row is, set when the node above is made;
- `parents`, the keys of rows above that have such rows: the nodes above look into it;
- `waiting`, nodes that wait for their place or their order; `strays`, elements that are no rows, by key.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from docrel.engine.rebuild_scope import RebuildModule, Scope, Spell, needs_document, parent_key, row_key
from docrel.layout import Feeds, TableLayout, literal, separator_of, source_expression
from docrel.plan import JoinedKey, MemberKey

_PUT = {"single": "place[0][place[1]] = node", "members": "place[name] = node", "tree": "put_at(place, name, node)"}


@dataclass(frozen=True, slots=True)
class Group:
    """Feeds whose rows go to one array, object or member; `order`: what tells their order."""

    feeds: Feeds
    slot: str
    order: str

    @property
    def kind(self) -> str:
        """What of the node above its rows are."""
        return self.feeds[0].kind

    @property
    def is_appended(self) -> bool:
        """Whether rows come in their order and find an array ready: they need not wait."""
        return self.kind == "elements" and len(self.feeds) == 1

    @property
    def is_ordered(self) -> bool:
        """Whether rows wait for others to be put in order."""
        return self.kind != "single" and not self.is_appended


def groups_of(module: RebuildModule) -> list[Group]:
    """Return the groups of a plan."""
    layout, names = module.layout, module.names
    return [Group(feeds, names.slot(feeds), layout.order_of_rows(feeds)) for _, feeds in layout.groups()]


# -- before all rows --------------------------------------------------------------------------------------------


def write_preparation(module: RebuildModule, groups: Iterable[Group]) -> None:
    """Write: the rows of each source, and empty places."""
    code, names = module.code, module.names
    for table in module.layout.tables:
        if table.parent is None:
            code.line(f"documents{names.tables[table.number]} = {{}}")
        elif len(table.sources) == 1:
            code.line(f"rows{names.source(table.number, 0)} = rows[{table.number}]")
        else:
            _write_sorting(module, table)
    for group in groups:
        keys = ", ".join(
            f"*[{parent_key(module.layout.fed(feed)[1])} for r in rows{names.source(feed.table, feed.source)}]"
            for feed in group.feeds
        )
        if group.kind == "elements":
            code.line(f"places{group.slot} = {{k: [] for k in {{{keys}}}}}; strays{group.slot} = {{}}")
        else:
            code.line(f"parents{group.slot} = {{{keys}}}; places{group.slot} = {{}}")
        if not group.is_appended:
            code.line(f"waiting{group.slot} = []")
    _write_roots(module)


def _write_sorting(module: RebuildModule, table: TableLayout) -> None:
    """Hand each row to the source that it came by; what is none's row is left out."""
    code, number = module.code, table.number
    rows = {source.number: f"rows{module.names.source(number, source.number)}" for source in table.sources}
    for name in rows.values():
        code.line(f"{name} = []")
    lists = (f"{source}: {name}" for source, name in rows.items())
    code.line(f"sources = {{{', '.join(lists)}, None: []}}")
    with code.block(f"for row in rows[{number}]:"):
        if table.is_told_by_note:
            code.line(f"complement = notes[{number}].get({row_key(table, 'row[{}]'.format)})")
            code.line("edge = None if complement is None else complement.edge")
        code.line(f"sources[{source_expression(table, code)}].append(row)")


# -- row by row -------------------------------------------------------------------------------------------------


def write_placing(scope: Scope, group: Group) -> None:
    """Write: hand `node` on to the place that a group's rows go to."""
    parent, order, name = parent_key(scope.source, scope.cell), "0", "None"
    if group.is_appended:
        scope.code.line(f"places{group.slot}[{parent}].append(node)")
        return
    if group.kind in ("members", "tree"):
        name = _names(scope)
    if group.is_ordered:
        by = scope.layout.position if group.order == "position" else scope.layout.surrogate
        order = name if group.order == "name" else "0" if by is None else scope.cell(by)
    scope.code.line(f"waiting{group.slot}.append(({order}, {parent}, node, {name}))")


def _names(scope: Scope) -> str:
    """The expression for the member's name (a tuple of names for a tree) that the row's key columns spell."""
    columns = list(enumerate(scope.table.columns))
    key = next((number for number, column in columns if isinstance(column.role, MemberKey)), None)
    join = next((number for number, column in columns if isinstance(column.role, JoinedKey)), None)
    first = "''" if key is None else _name(scope, key)
    if scope.source.kind != "tree":
        return first
    if join is None:
        return f"({first},)"
    rest = f"split_names({_name(scope, join)}, {literal(separator_of(scope.table.columns[join]))})"
    return f"({first}, *{rest})" if key is not None and scope.source.by_name else rest


def _name(scope: Scope, column: int) -> str:
    """The expression for the name that a key column spells, or that a note has for it."""
    return f"member_name({literal(scope.table.columns[column].name)}, {scope.cell(column)}, complement)"


# -- after all rows ---------------------------------------------------------------------------------------------


def write_attachment(module: RebuildModule, groups: Iterable[Group]) -> None:
    """Write: rows that had to wait go to their places; then strays and unusual orders are put right."""
    code = module.code
    for group in groups:
        slot = group.slot
        if group.is_ordered:
            code.line(f"waiting{slot}.sort(key=by_order)")
        if group.kind == "elements":
            if group.is_ordered:
                code.line(f"for _, k, node, _ in waiting{slot}: places{slot}[k].append(node)")
            _write_strays(module, group)
            continue
        with code.block(f"for _, k, node, name in waiting{slot}:"):
            code.line(f"place = places{slot}.get(k)")
            code.line(f"if place is not None: {_PUT[group.kind]}")


def _write_strays(module: RebuildModule, group: Group) -> None:
    """Write: put elements that are no rows among the rows, where there are any."""
    entries = []
    for feed in group.feeds:
        table, source = module.layout.fed(feed)
        by = table.position if group.order == "position" else table.surrogate
        order = "0" if by is None else f"r[{by}]"
        parent, key = parent_key(source), row_key(table)
        rows = f"rows{module.names.source(feed.table, feed.source)}"
        entries.append(f"({rows}, lambda r: {parent}, lambda r: {key}, lambda r: {order})")
    module.code.line(f"if strays{group.slot}: place_strays(strays{group.slot}, ({', '.join(entries)},))")


# -- whose document a row belongs to ----------------------------------------------------------------------------


def _write_roots(module: RebuildModule) -> None:
    """Bind `roots<table>`, the root row's key by a row's, for tables below others whose defaults need it."""
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
        module.code.line(f"roots{module.names.tables[table.number]} = roots[{table.number}]")


def _traced(module: RebuildModule) -> list[TableLayout]:
    """The tables whose rows' roots must be traced: their defaults need it and they are not always next to the root."""
    layout = module.layout
    pending = [
        table
        for table in layout.tables
        if needs_document(layout.plan.tables[table.number]) and not _next_to_root(module, table)
    ]
    traced: dict[int, TableLayout] = {}
    while pending:
        table = pending.pop()
        if table.number not in traced:
            traced[table.number] = table
            above = (layout.tables[link.table] for link in table.parents)
            pending.extend(parent for parent in above if parent.parent is not None)
    return [traced[number] for number in sorted(traced)]


def _next_to_root(module: RebuildModule, table: TableLayout) -> bool:
    """Say whether every row of the table is directly below a root row."""
    return all(module.layout.tables[link.table].parent is None for link in table.parents)


def root_key(module: RebuildModule, table: TableLayout, column: Spell) -> str:
    """Return the expression for the key of the root row above a row."""
    if _next_to_root(module, table):
        return parent_key(table.sources[0], column)
    return f"roots{module.names.tables[table.number]}.get({row_key(table, column)})"
