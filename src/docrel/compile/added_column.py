"""Added column: a plan with one column more, as `docrel.compile` makes it of a mapping that has it last.

In: a plan, the name of a table, a column that is read from the table's nodes. Out: the plan, not yet checked.
"""

from __future__ import annotations

from dataclasses import replace

from docrel.compile.sources import takes_whole
from docrel.plan import Column, Plan, Source, Table


def with_column(plan: Plan, table: str, column: Column) -> Plan:
    """Return the plan with the column at the end of the table's."""
    return replace(plan, tables=tuple(_added(one, column) if one.name == table else one for one in plan.tables))


def _added(table: Table, column: Column) -> Table:
    columns = {one.name: one for one in table.columns}

    def of(source: Source) -> Source:
        is_whole = takes_whole(dict(source.values), columns)
        return replace(source, values=(*source.values, (column.name, ()))) if is_whole else source

    return replace(table, columns=(*table.columns, column), sources=tuple(map(of, table.sources)))
