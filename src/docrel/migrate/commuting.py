"""Commuting: which changes plain SQL makes exactly as rebuild-and-flatten would.

In: a `Diff`. Out: the conditions on the data under which that holds (`Guard`s), or the reason why it never
does. Proofs are by the claim trees of both plans: what the columns and tables of a node take, and in which
order members are expected.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from docrel.diff import (
    AddColumn,
    AddIndex,
    AddStatement,
    AddTable,
    Change,
    ChangeConstraint,
    ChangeDefault,
    ChangeDescription,
    ChangeDocument,
    ChangeKeyOrder,
    ChangeStatement,
    ChangeVersion,
    Diff,
    DropColumn,
    DropIndex,
    DropStatement,
    DropTable,
    MoveColumn,
    MoveTable,
    RenameColumn,
    RenameTable,
    ReorderColumns,
    RetypeColumn,
    sentence,
)
from docrel.migrate.guards import AllDefault, Guard, NoRows, NotNoted
from docrel.migrate.node_agreement import differing_nodes
from docrel.plan import Column, Default, Plan, Table, Unsourced, Value
from docrel.selectors import names_of
from docrel.sql import Dialect, engine_tables


def guards_of(found: Diff, dialect: Dialect) -> tuple[tuple[Guard, ...], str]:
    """Return the guards under which plain SQL commutes, and why it never does (empty: it may).

    Law: 4, the migration square, `tests/laws/test_migration_square.py`.
    """
    guards: list[Guard] = []
    for change in found.changes:
        verdict = _verdict(change, found)
        if isinstance(verdict, str):
            return (), f"{sentence(change)}: {verdict}"
        guards += verdict
    reason = differing_nodes(found, guards) or _engine(found, dialect)
    return ((), reason) if reason else (tuple(dict.fromkeys(guards)), "")


def _verdict(change: Change, found: Diff) -> list[Guard] | str:
    moves = "values move between columns, tables and the rest"
    match change:
        case (
            AddStatement() | DropStatement() | ChangeStatement() | ChangeVersion() | ChangeDescription()
            | ReorderColumns()
        ):  # fmt: skip
            return []
        case ChangeDocument(what=what):
            return [] if what in {"key is", "parts"} else "every stored document is named or noted anew"
        case ChangeKeyOrder():
            return "which orders of members are noted changes"
        case RenameTable(old, _):
            return _nested_anchors(found, old)
        case RenameColumn(table, old, _):
            return [NotNoted(found.renames.old_table(table), old)]
        case AddIndex(table, index) | DropIndex(table, index):
            return _unless_aside(found, table) if index.unique else []
        case ChangeConstraint():
            return _constraint(change, found)
        case AddColumn(table, column):
            return _add_column(found.new.table(table), column)
        case DropColumn(table, column):
            return _drop_column(found, table, column)
        case AddTable(table):
            return _whole_table(table, found.new)
        case DropTable(table):
            return _drop_table(table)
        case MoveTable() | MoveColumn():
            return moves
        case RetypeColumn():
            return "every value is held anew"
        case ChangeDefault():
            return "rows of silent documents hold another value"
        case _:
            assert_never(change)


def _nested_anchors(found: Diff, old: str) -> list[Guard] | str:
    return [] if len(found.old.roots) == 1 or found.old.table(old).parent else "the complement names root tables"


def _unless_aside(found: Diff, table: str) -> list[Guard] | str:
    aside = found.new.table(table).otherwise == "rest"
    return "what the rule forbids is kept aside" if aside else []


def _constraint(change: ChangeConstraint, found: Diff) -> list[Guard] | str:
    match change.rule:
        case "required":
            column = found.new.table(change.table).column(change.column)
            if column.default is not None:
                return "null is noted differently for a required column with a default"
            return [] if change.effect != "content moves" else "what the rule forbids is kept aside"
        case "one_of" | "min" | "max" | "unique":
            return [] if change.effect != "content moves" else "what the rule forbids is kept aside"
        case "check" | "references":
            return []
        case "otherwise" | "primary key" | "map":
            return "rows are made by another rule"
        case _:
            assert_never(change.rule)


def _add_column(table: Table, column: Column) -> list[Guard] | str:
    default = column.default
    if default is not None and default != Default(constant=default.constant):
        return "its default is computed from the document, or noted"
    if column.required and default is None:
        return "every row needs a value from its document"
    if column.unique or any(column.name in (*u,) for u in table.unique):
        return "its values are unique"
    if isinstance(column.role, Unsourced):
        constants = any(column.name == name for source in table.sources for name, _ in source.constants)
        return "its values differ by source" if constants else []
    if not isinstance(column.role, Value):
        return "its values are computed from the document"
    if any(column.name == name for s in table.sources for name, _ in (*s.values, *s.constants)):
        return "its values differ by source"
    if not all(names_of(path) for path in column.role.paths):
        return "it reads an array by number, or the whole node"
    return []  # whether a document holds something there: `docrel.migrate.node_agreement`


def _drop_column(found: Diff, table: str, column: Column) -> list[Guard] | str:
    was = found.before.table(table)
    bounds = (column.one_of, column.minimum, column.maximum)
    if was.otherwise == "rest" and (column.required or any(bound is not None for bound in bounds)):
        return "rows that its rules kept aside come back"
    if isinstance(column.role, Unsourced):
        return []
    reason = _add_column(was, column)
    if reason:
        return "its values move into the rest" if isinstance(column.role, Value) else reason
    old = found.renames.old_table(table)
    return [AllDefault(old, column.name), NotNoted(old, column.name)]


def _whole_table(table: Table, plan: Plan) -> list[Guard] | str:
    if table.parent is None:
        return "documents may belong to it"
    for source in table.sources:
        if source.when or source.tree or source.parent not in {t.name for t in plan.tables}:
            return "its rows are chosen by what they hold"
    return []


def _drop_table(table: Table) -> list[Guard] | str:
    if table.parent is None:
        return "documents belong to it"
    return [NoRows(table.name)]


def _engine(found: Diff, dialect: Dialect) -> str:
    shapes = [[replace(t, name="") for t in engine_tables(plan, dialect)] for plan in (found.before, found.new)]
    return "" if shapes[0] == shapes[1] else "the complement is keyed otherwise"
