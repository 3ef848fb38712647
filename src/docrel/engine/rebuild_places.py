"""Where rows go: generated code that tells which rows there are for which place, and puts their nodes there.

In: a module, a source. Out: for each group code that prepares its variables, hands a node on, and ends the work:

- `places`, by the key of the row above: the array that its rows are appended to; else the object whose members they
  are, or the container and key of the one value that a row is, set when the node above is made;
- `parents`, the keys of rows above that have such rows: the nodes above look into it;
- `taken`, the keys of rows above whose array is in its place;
- `waiting`, nodes that wait for their place or their order; `strays`, elements that are no rows, by key.

A place that nobody has made, or that is taken already, makes the row a misfit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from docrel.engine.rebuild_scope import RebuildModule, Scope, Spell, needs_document, parent_key, row_key
from docrel.engine.rebuilding import Tree
from docrel.layout import Claim, Feeds, TableLayout, literal, separator_of, source_expression
from docrel.plan import JoinedKey, MemberKey

_PUT = {
    "single": ("place[0][place[1]] is not E", "place[0][place[1]] = node"),
    "members": ("name in place", "place[name] = node"),
}
"""Where rows that are no elements go: when that is taken, and how they are put there."""


@dataclass(frozen=True, slots=True)
class Group:
    """Feeds whose rows go to one array, object or member; `order`: what tells their order."""

    claim: Claim
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
    return [Group(claim, feeds, names.slot(feeds), layout.order_of_rows(feeds)) for claim, feeds in layout.groups()]


# -- before all rows --------------------------------------------------------------------------------------------


def write_preparation(module: RebuildModule, groups: Iterable[Group]) -> None:
    """Write: the rows of each source, and empty places."""
    code, names = module.code, module.names
    for table in module.layout.tables:
        if table.parent is None:
            code.line(f"documents{names.tables[table.number]} = {{}}")
        elif len(table.sources) == 1 and table.edge is None:
            code.line(f"rows{names.source(table.number, 0)} = rows[{table.number}]")
        else:
            _write_sorting(module, table)
    for group in groups:
        place = ": []" if group.kind == "elements" else ""
        above = " | ".join(
            f"{{{parent_key(module.layout.fed(feed)[1])}{place} for r in rows{names.source(feed.table, feed.source)}}}"
            for feed in group.feeds
        )
        if group.kind == "elements":
            code.line(f"places{group.slot} = {above}; taken{group.slot} = set(); strays{group.slot} = {{}}")
        else:
            code.line(f"parents{group.slot} = {above}; places{group.slot} = {{}}")
        if not group.is_appended:
            code.line(f"waiting{group.slot} = []")
    _write_roots(module)


def _write_sorting(module: RebuildModule, table: TableLayout) -> None:
    """Hand each row to the source that it came by."""
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
    key = row_key(table, "sources[None][0][{}]".format)
    code.line(f"if sources[None]: raise misfit.no_source({number}, {key})")


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
        if group.order == "surrogate":
            order = f"ranked.get({order}, {order}) if ranked else {order}"
    scope.code.line(f"waiting{group.slot}.append(({order}, {parent}, node, {name}, {scope.layout.number}, key))")


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
    rest = f"member_names({_named(scope, join)}, {literal(separator_of(scope.table.columns[join]))})"
    return f"({first}, *{rest})" if key is not None and scope.source.by_name else rest


def _name(scope: Scope, column: int) -> str:
    """The expression for the member's name that a key column spells: mostly what it holds, as nothing is noted."""
    cell = scope.cell(column)
    return f"({cell} if complement is None and {cell}.__class__ is str else member_name({_named(scope, column)}))"


def _named(scope: Scope, column: int) -> str:
    """The arguments that tell the name that a key column spells, or that a note has for it."""
    return f"{literal(scope.table.columns[column].name)}, {scope.cell(column)}, complement"


# -- after all rows ---------------------------------------------------------------------------------------------


def write_attachment(module: RebuildModule, groups: Iterable[Group]) -> None:
    """Write: rows that had to wait go to their places; then strays are put right.

    Nodes go into a tree when all of their own members are there, as those tell whether a walk would stop at them.
    """
    code, innermost_first = module.code, [*groups][::-1]
    for group in sorted(innermost_first, key=lambda group: group.kind == "tree"):
        slot = group.slot
        _write_left_over(module, group)
        if group.is_ordered:
            code.line(f"waiting{slot}.sort(key=by_order)")
        if group.kind == "elements":
            if group.is_ordered:
                code.line(f"for _, k, node, *_ in waiting{slot}: places{slot}[k].append(node)")
            _write_strays(module, group)
            continue
        with code.block(f"for _, k, node, name, table, key in waiting{slot}:"):
            code.line(f"place = places{slot}[k]")
            _write_put(module, group)


def _write_left_over(module: RebuildModule, group: Group) -> None:
    """Write: raise if a place was not taken, since there is no row above, or something else stands there."""
    slot, above = group.slot, module.layout.tables[_above(module, group)]
    missing = (
        f"places{slot}.keys() - taken{slot}" if group.kind == "elements" else f"parents{slot} - places{slot}.keys()"
    )
    made = (f"places{slot}", f"taken{slot}") if group.kind == "elements" else (f"parents{slot}", f"places{slot}")
    feeding = ", ".join(
        f"Feeding({table.number}, rows{module.names.source(table.number, source.number)},"
        f" lambda r: {parent_key(source)}, lambda r: {row_key(table)})"
        for table, source in map(module.layout.fed, group.feeds)
    )
    keys = f"{{{row_key(above)} for r in rows[{above.number}]}}"
    with module.code.block(f"if len({made[0]}) != len({made[1]}):"):
        module.code.line(f"raise misfit.left_over(({feeding},), {missing}, {above.number}, {keys})")


def _above(module: RebuildModule, group: Group) -> int:
    """The table of the rows whose nodes a group's rows go to."""
    parent = module.layout.fed(group.feeds[0])[1].parent
    if parent is None:
        raise LookupError("a root's rows go nowhere")
    return parent


def _write_put(module: RebuildModule, group: Group) -> None:
    """Write: put a row's node into its place, if that is free."""
    code, claim = module.code, group.claim
    taken = "raise misfit.taken(table, key, name)"
    if group.kind == "tree":
        source = module.layout.fed(group.feeds[0])
        row_if = module.layout.plan.tables[source[0].number].sources[source[1].number].row_if
        code.line(f"if not {code.bind(Tree(row_if, claim.members), 'tree')}(place, name, node): {taken}")
        return
    condition, put = _PUT[group.kind]
    if group.kind == "members" and claim.members:
        condition += f" or name in {code.bind(frozenset(claim.members), 'claimed')}"
    code.line(f"if {condition}: {taken}")
    code.line(put)


def write_orders(module: RebuildModule, groups: Iterable[Group]) -> None:
    """Write: bring members into the orders that are noted."""
    named = [group for group in groups if group.kind in ("members", "tree")]
    entries = (f"({group.order == 'name'}, places{group.slot}, waiting{group.slot})" for group in named)
    with module.code.block("if orders:"):
        module.code.line(f"names = Once(lambda: row_names(({''.join(f'{entry}, ' for entry in entries)})))")
        module.code.line("for note, node in orders: note.put(node, names)")


def _write_strays(module: RebuildModule, group: Group) -> None:
    """Write: put elements that are no rows among the rows, where there are any."""
    entries = []
    for feed in group.feeds:
        table, source = module.layout.fed(feed)
        by = table.position if group.order == "position" else table.surrogate
        order = "0" if by is None else f"r[{by}]"
        if group.order == "surrogate":
            order = f"ranks[{feed.table}].get({order}, {order})"
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
