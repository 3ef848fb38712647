"""Whether plain SQL makes a change exactly as rebuilding all documents and flattening them anew would.

In: a `Diff`. Out: the reason why it never does; else the conditions on the data under which it does (`Guard`s). Proofs
are by the claim trees of both plans: what the columns and tables of a node take, and in which order members are
expected.
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


def guards_of(diff: Diff, dialect: Dialect) -> tuple[tuple[Guard, ...], str]:
    """Return the guards under which plain SQL commutes, and why it never does (empty: it may).

    Law: 4, the migration square, `tests/laws/test_migration_square.py`.
    """
    for change in diff.changes:
        if reason := _why_never(change, diff):
            return (), f"{sentence(change)}: {reason}"
    guards = [guard for change in diff.changes for guard in _guards(change, diff)]
    reason = differing_nodes(diff, guards) or _engine(diff, dialect)
    return ((), reason) if reason else (tuple(dict.fromkeys(guards)), "")


def _guards(change: Change, diff: Diff) -> list[Guard]:
    """Return what the data must satisfy for a change that has no reason against it; most ask for nothing."""
    if isinstance(change, RenameColumn):
        return [NotNoted(diff.renames.old_table(change.table), change.old)]
    if isinstance(change, DropColumn) and not isinstance(change.column.role, Unsourced):
        old, name = diff.renames.old_table(change.table), change.column.name
        return [AllDefault(old, name), NotNoted(old, name)]
    return [NoRows(change.table.name)] if isinstance(change, DropTable) else []


# -- reasons against plain SQL, empty where there is none ----------------------------------------------------------


def _why_never(change: Change, diff: Diff) -> str:
    match change:
        case (
            AddStatement() | DropStatement() | ChangeStatement() | ChangeVersion() | ChangeDescription()
            | ReorderColumns() | RenameColumn() | RenameTable()
        ):  # fmt: skip
            return ""
        case ChangeDocument(what="constraints"):
            return "every row is held to other rules"
        case ChangeDocument(what=what):
            return "" if what in {"key is", "parts"} else "every stored document is named or noted anew"
        case ChangeKeyOrder():
            return "which orders of members are noted changes"
        case AddIndex(table, index) | DropIndex(table, index):
            return _KEPT_ASIDE if index.unique and diff.new.table(table).otherwise == "rest" else ""
        case ChangeConstraint():
            return _constraint(change, diff)
        case AddColumn(table, column):
            return _column(diff.new.table(table), column)
        case DropColumn(table, column):
            return _dropped_column(diff.before.table(table), column)
        case AddTable(table):
            return _added_table(table, diff.new)
        case DropTable(table):
            return "documents belong to it" if table.parent is None else ""
        case MoveTable() | MoveColumn():
            return "values move between columns, tables and the rest"
        case RetypeColumn():
            return "every value is held anew"
        case ChangeDefault():
            return "rows of silent documents hold another value"
        case _:
            assert_never(change)


_KEPT_ASIDE = "what the rule forbids is kept aside"


def _constraint(change: ChangeConstraint, diff: Diff) -> str:
    match change.rule:
        case "required" if diff.new.table(change.table).column(change.column).default is not None:
            return "null is noted differently for a required column with a default"
        case "required" | "one_of" | "min" | "max" | "unique":
            return _KEPT_ASIDE if change.effect == "content moves" else ""
        case "check" | "references":
            return ""
        case "otherwise" | "primary key" | "map" | "spelling":
            return "rows are made by another rule"
        case _:
            assert_never(change.rule)


def _column(table: Table, column: Column) -> str:
    """Whether a document holds something at its place is not asked here: `docrel.migrate.node_agreement`."""
    default, by_source = column.default, [name for source in table.sources for name, _ in source.constants]
    if default is not None and default != Default(constant=default.constant):
        return "its default is computed from the document, or noted"
    if column.required and default is None:
        return "every row needs a value from its document"
    if column.unique or any(column.name in columns for columns in table.unique):
        return "its values are unique"
    if not isinstance(column.role, Value | Unsourced):
        return "its values are computed from the document"
    if isinstance(column.role, Value):
        by_source += [name for source in table.sources for name, _ in source.values]
    if column.name in by_source:
        return "its values differ by source"
    if isinstance(column.role, Value) and not all(names_of(path) for path in column.role.paths):
        return "it reads an array by number, or the whole node"
    return ""


def _dropped_column(table: Table, column: Column) -> str:
    bounds = (column.one_of, column.minimum, column.maximum)
    if table.otherwise == "rest" and (column.required or any(bound is not None for bound in bounds)):
        return "rows that its rules kept aside come back"
    if isinstance(column.role, Unsourced):
        return ""
    reason = _column(table, column)
    return "its values move into the rest" if reason and isinstance(column.role, Value) else reason


def _added_table(table: Table, plan: Plan) -> str:
    if table.parent is None:
        return "documents may belong to it"
    names = {other.name for other in plan.tables}
    is_chosen = any(source.when or source.tree or source.parent not in names for source in table.sources)
    return "its rows are chosen by what they hold" if is_chosen else ""


def _engine(diff: Diff, dialect: Dialect) -> str:
    shapes = [[replace(t, name="") for t in engine_tables(plan, dialect)] for plan in (diff.before, diff.new)]
    return "" if shapes[0] == shapes[1] else "notes name rows otherwise"
