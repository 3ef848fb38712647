"""Diff: how one plan differs from another.

In: two plans. Out: changes of the closed set of `docrel.diff.changes`, and questions about likely renames.
Never looks at a database. `diff(p, p)` has no changes, and two plans without changes between them mean the
same (`checksum`): tests/laws/test_one_meaning.py.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from docrel.diagnostics import Diagnostic, MappingError
from docrel.diff.changes import (
    AddColumn,
    AddIndex,
    AddStatement,
    AddTable,
    Change,
    ChangeDefault,
    ChangeDescription,
    ChangeDocument,
    ChangeKeyOrder,
    ChangeStatement,
    ChangeVersion,
    DropColumn,
    DropIndex,
    DropStatement,
    DropTable,
    LikelyRename,
    MoveColumn,
    MoveTable,
    RenameColumn,
    RenameTable,
    ReorderColumns,
    RetypeColumn,
)
from docrel.diff.constraints import column_constraints, table_constraints
from docrel.diff.renames import Renames, renamed, renames_of
from docrel.plan import Column, Plan, Rest, Surrogate, Table, Value


@dataclass(frozen=True, slots=True)
class Diff:
    """How `new` differs from `old`; `before` is `old` in the names of `new`."""

    old: Plan
    new: Plan
    before: Plan
    renames: Renames
    changes: tuple[Change, ...]
    questions: tuple[LikelyRename, ...]


def diff(old: Plan, new: Plan, *, back: bool = False) -> Diff:
    """Return how `new` differs from `old`; with `back` the renames are those that `old` has made of `new`.

    Order: what belongs to the whole mapping, then tables as the new plan has them, dropped tables, views and
    other objects.

    Raises:
        MappingError: X501, a `renamed_from` names nothing of the old plan, or what is still there.

    Law: 5, `diff(p, p)` is empty (tests/unit/test_diff.py).
    """
    renames, problems = renames_of(old, new)
    if back:
        renames = renames_of(new, old)[0].back()
    elif problems:
        raise MappingError(diagnostics=problems)
    before = renamed(old, renames)
    found: list[Change] = list(_document(old, new))
    found += [RenameTable(a, b) for a, b in renames.tables.items()]
    found += [RenameColumn(t, a, b) for t, names in renames.columns.items() for a, b in names.items()]
    tables = {t.name: t for t in before.tables}
    for table in new.tables:
        was = tables.pop(table.name, None)
        found += [AddTable(table)] if was is None else _table(was, table)
    found += [DropTable(old.table(renames.old_table(name))) for name in tables]
    found += _statements(before, new)
    kept = [t.name for t in before.tables if t.name not in tables]
    if kept != [t.name for t in new.tables if t.name in kept]:
        found.append(ChangeDescription("the order of tables"))
    return Diff(old, new, before, renames, tuple(found), tuple(_questions(found)))


def _document(old: Plan, new: Plan) -> Iterator[Change]:
    if old.name != new.name:
        yield ChangeDocument("name", old.name, new.name)
    if old.version != new.version:
        yield ChangeVersion(old.version, new.version)
    if old.key != new.key:
        yield ChangeDocument("key", _key(old), _key(new))
    if old.key_inferred != new.key_inferred:
        yield ChangeDocument("key is", _said(old), _said(new))
    if old.parts != new.parts:
        yield ChangeDocument("parts", _parts(old), _parts(new))
    if old.forget != new.forget:
        yield ChangeDocument("forget", ", ".join(old.forget) or "nothing", ", ".join(new.forget) or "nothing")
    if old.constraints != new.constraints:
        yield ChangeDocument("constraints", _constraints(old), _constraints(new))
    if old.description != new.description:
        yield ChangeDescription("the mapping")


def _key(plan: Plan) -> str:
    return ", ".join(plan.key_names) or "none"


def _said(plan: Plan) -> str:
    return "inferred" if plan.key_inferred else "said by the author"


def _constraints(plan: Plan) -> str:
    return "those that the mapping says" if plan.constraints == "declared" else "all that documents keep"


def _parts(plan: Plan) -> str:
    return ", ".join(f"{part.member} in {part.file}" for part in plan.parts) or "none"


def _table(old: Table, new: Table) -> Iterator[Change]:
    if (old.sources, old.parent) != (new.sources, new.parent):
        yield MoveTable(new.name, old.sources, new.sources)
    yield from _columns(old, new)
    yield from table_constraints(old, new)
    before, after = ({i.name: i for i in table.indexes} for table in (old, new))
    yield from (DropIndex(new.name, i) for i in old.indexes if after.get(i.name) != i)
    yield from (AddIndex(new.name, i) for i in new.indexes if before.get(i.name) != i)
    if old.key_order != new.key_order:
        yield ChangeKeyOrder(new.name)
    ordered = ((old.indexes, new.indexes), (old.unique, new.unique), (old.checks, new.checks))
    reordered = any(a != b and set(a) == set(b) for a, b in ordered)
    if old.description != new.description or old.renamed_from != new.renamed_from or reordered:
        yield ChangeDescription(f"table {new.name}")


def _columns(old: Table, new: Table) -> Iterator[Change]:
    before = {c.name: c for c in old.columns}
    names = [c.name for c in new.columns]
    for n, column in enumerate(new.columns):
        if column.name in before:
            yield from _column(before[column.name], column, new)
        else:
            yield AddColumn(new.name, column, last=not any(name in before for name in names[n + 1 :]))
    yield from (DropColumn(new.name, c) for c in old.columns if c.name not in names)
    kept = [c.name for c in old.columns if c.name in names]
    if kept != [name for name in names if name in before]:
        yield ReorderColumns(new.name, tuple(names))


def _column(old: Column, new: Column, table: Table) -> Iterator[Change]:
    if old.role != new.role:
        yield MoveColumn(table.name, new.name, old.role, new.role)
    if old.type != new.type:
        yield RetypeColumn(table.name, new.name, old.type, new.type)
    if old.default != new.default:
        yield ChangeDefault(table.name, new.name, old.default, new.default)
    yield from column_constraints(old, new, table)
    if old.description != new.description or old.renamed_from != new.renamed_from:
        yield ChangeDescription(f"column {table.name}.{new.name}")


def _statements(old: Plan, new: Plan) -> Iterator[Change]:
    before, after = ({s.name: s for s in plan.statements} for plan in (old, new))
    yield from (DropStatement(s) for s in old.statements if s.name not in after)
    for statement in new.statements:
        was = before.get(statement.name)
        if was is None:
            yield AddStatement(statement)
        elif was != statement:
            yield ChangeStatement(was, statement)
    kept = [s.name for s in old.statements if s.name in after]
    if kept != [s.name for s in new.statements if s.name in before]:
        yield ChangeDescription("the order of views and statements")


# -- likely renames -------------------------------------------------------------------------------------


def _questions(found: list[Change]) -> Iterator[LikelyRename]:
    gone = [c.table for c in found if isinstance(c, DropTable)]
    for change in found:
        if isinstance(change, AddTable):
            for table in gone:
                if why := _same_table(table, change.table):
                    yield LikelyRename("table", change.table.name, table.name, change.table.name, why)
    for name in dict.fromkeys(c.table for c in found if isinstance(c, AddColumn)):
        added = [c.column for c in found if isinstance(c, AddColumn) and c.table == name]
        dropped = [c.column for c in found if isinstance(c, DropColumn) and c.table == name]
        for column in added:
            for was in dropped:
                if why := _same_column(was, column):
                    yield LikelyRename("column", name, was.name, column.name, why)


def _same_table(old: Table, new: Table) -> str:
    if old.sources and [s.each for s in old.sources] == [s.each for s in new.sources] and old.parent == new.parent:
        return "its rows come from the same place"
    names = [{c.name for c in table.columns if isinstance(c.role, Value)} for table in (old, new)]
    if names[0] and len(names[0] & names[1]) * 4 >= len(names[0] | names[1]) * 3:
        return "it has nearly the same columns"
    return ""


def _same_column(old: Column, new: Column) -> str:
    if isinstance(new.role, Value) and isinstance(old.role, Value) and set(old.role.paths) & set(new.role.paths):
        return "it is filled from the same place"
    same = replace(old, name=new.name, origin=new.origin, description=new.description)
    if same == new and not isinstance(new.role, Surrogate | Rest):
        return "it has the same role and type"
    if isinstance(new.role, Value) and isinstance(old.role, Value) and old.type == new.type:
        near = difflib.SequenceMatcher(None, old.name, new.name).ratio() > 0.8
        return "its name and type are nearly the same" if near else ""
    return ""


def question_diagnostic(question: LikelyRename, new: Plan) -> Diagnostic:
    """Return the question as a note with the place where an answer goes."""
    if question.kind == "table":
        place, what = new.table(question.new).origin, f"table {question.new}"
    else:
        place = new.table(question.table).column(question.new).origin
        what = f"column {question.table}.{question.new}"
    message = f"is the {what} the old `{question.old}`? {question.why}"
    advice = f"if so, add `renamed_from: {question.old}` to it; ids, indexes and views then follow"
    return Diagnostic("X502", message, severity="note", subject=place, help=advice)
