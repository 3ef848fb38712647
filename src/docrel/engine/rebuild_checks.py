"""Checks of a row: generated code that sees that `flatten` would give the row by this source.

In: the rows of a source. Out: code that raises where a column that the source leaves empty holds something, or where
the node is one that another table would take.
"""

from __future__ import annotations

from docrel.engine.rebuild_scope import Scope
from docrel.engine.switch import Switch
from docrel.layout import Feeds, literal
from docrel.plan import JoinedKey, MemberKey, Position, Value


def write_row_checks(scope: Scope) -> None:
    """Write: see that columns of other sources are empty, ahead of the row's node."""
    for number in _empty(scope):
        name, cell = scope.table.columns[number].name, scope.cell(number)
        where = f"rows that come by {scope.source.name}" if len(scope.layout.sources) > 1 else "such rows"
        scope.code.line(f"if {cell} is not None: clash({literal(f'column {name} is empty in {where}')})")
    position = scope.layout.position
    if position is not None and scope.table.parent is not None:
        column, cell = scope.table.columns[position], scope.cell(position)
        unfit = f"unfit({literal(column.name)}, 'position', {cell})"
        scope.code.line(f"if {cell}.__class__ is not int: {unfit}")


def _empty(scope: Scope) -> list[int]:
    """The columns that `flatten` leaves NULL in rows of the source."""
    chosen = set() if scope.source.link is None else set(scope.source.link.columns)
    handed = {held.column for held in scope.layout.keys_above if held.inherited}
    constants = {column for column, _ in scope.source.constants}
    found = [held.column for held in scope.layout.keys_above if held.column not in chosen | handed]
    for number, column in enumerate(scope.table.columns):
        match column.role:
            case MemberKey():
                unused = not scope.source.by_name
            case JoinedKey():
                unused = scope.source.kind != "tree"
            case Position():
                unused = scope.table.parent is None
            case Value():
                unused = number not in scope.source.uses and number not in constants and column.default is None
            case _:
                unused = False
        if unused:
            found.append(number)
    return found


def write_switch_check(scope: Scope, feeds: Feeds) -> None:
    """Write: see that no other of the sources at the same place would take the row's node; no feeds: it is a root."""
    layout = scope.module.layout
    if feeds:
        sources = [layout.fed(feed) for feed in feeds]
    else:
        sources = [(table, table.sources[0]) for table in layout.tables if table.parent is None]
    cases = [layout.plan.tables[table.number].sources[source.number].when for table, source in sources]
    if not any(cases):
        return
    number = next(
        n for n, (t, s) in enumerate(sources) if (t.number, s.number) == (scope.layout.number, scope.source.number)
    )
    switch = scope.code.bind(Switch(cases), "switch")
    reason = literal("what tells the tables of its place apart is not what this table takes")
    scope.code.line(f"if {switch}(node) != {number}: clash({reason})")
