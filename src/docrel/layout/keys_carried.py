"""Keys that rows hand down without holding them.

In: a plan. Out: for each table the keys of ancestors that its rows have no column for, but rows below them do. So a row
that comes from below another table (`within`) still knows the row of its enclosing table.
"""

from __future__ import annotations

from collections.abc import Iterator

from docrel.plan import ParentKey, Plan, Table


def carried_keys(plan: Plan) -> dict[str, tuple[ParentKey, ...]]:
    """Return by table the keys that it carries, beside those in its columns."""
    found: dict[str, tuple[ParentKey, ...]] = {table.name: () for table in plan.tables}
    pending = list(plan.tables)
    while pending:
        table = pending.pop()
        for role in (*inherited_keys(plan, table), *found[table.name]):
            for above in _above(plan, table):
                held = {column.role for column in above.columns}
                known = above.name == role.table or role in held or role in found[above.name]
                if not known and _is_below(plan, above, role.table):
                    found[above.name] += (role,)
                    pending.append(above)
    return found


def inherited_keys(plan: Plan, table: Table) -> list[ParentKey]:
    """Return the keys of enclosing tables in a table's columns; the link of a recursion is not handed down."""
    enclosing = set()
    above = table.parent
    while above is not None:
        enclosing.add(above)
        above = plan.table(above).parent
    roles = [column.role for column in table.columns]
    return [role for role in roles if isinstance(role, ParentKey) and role.table in enclosing]


def _above(plan: Plan, table: Table) -> Iterator[Table]:
    for source in table.sources:
        if source.parent is not None and source.parent != table.name:
            yield plan.table(source.parent)


def _is_below(plan: Plan, table: Table, name: str) -> bool:
    """Say whether rows of the table may lie below rows of the one called `name`."""
    pending, seen = [table], set[str]()
    while pending:
        for above in _above(plan, pending.pop()):
            if above.name == name:
                return True
            if above.name not in seen:
                seen.add(above.name)
                pending.append(above)
    return False
