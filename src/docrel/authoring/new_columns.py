"""New columns: each member that nobody had seen before an import gets a column, in the plan and as a line of YAML.

In: a database that has the members in its rest, its plan, and which members are new. Out: the plan of the next
version, the lines for the mapping file, and in words which members stay in the rest. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from docrel.authoring.promoting import Promotion, Seen, names_for, promotion_of, seen_at, type_of
from docrel.authoring.survey_of_rest import Names
from docrel.backends import Backend
from docrel.compile import load_plan, with_column
from docrel.diagnostics import counted, shortened, visible
from docrel.documents import NewMember
from docrel.plan import Column, Name, Plan, Value, dump


@dataclass(frozen=True, slots=True)
class NewColumn:
    """A column for a member that is new: its type, and its `line` below the `columns` of `table` in the mapping."""

    table: str
    column: str
    type: str
    line: str
    documents: int
    text: str


@dataclass(frozen=True, slots=True)
class LeftMember:
    """A member that is new and stays in the rest, and why."""

    table: str
    path: str
    why: str
    text: str


@dataclass(frozen=True, slots=True)
class NewColumns:
    """What becomes of members that are new; `plan` is the next version, or the same where no column is given."""

    plan: Plan
    given: tuple[NewColumn, ...] = ()
    left: tuple[LeftMember, ...] = ()
    renamed: bool = False  # whether the plan of before says what it has renamed

    def lines(self) -> Iterator[str]:
        """Yield what to put into the mapping file, for a person."""
        if not self.given:
            return
        yield f"put into the mapping file: `version: {self.plan.version}`"
        if self.renamed:
            yield "and take every `renamed_from` out: what it says is done"
        for table in dict.fromkeys(one.table for one in self.given):
            yield f"and below `columns` of {visible(table)}:"
            yield from (f"    {one.line}" for one in self.given if one.table == table)


def new_columns(backend: Backend, plan: Plan, members: Sequence[NewMember]) -> NewColumns:
    """Return the plan that gives each member a column, as `promotion` would; where it cannot, the member is left."""
    seen = seen_at(backend, plan, [place for place in map(_place, members) if place is not None])
    found = NewColumns(plan, renamed=any(t.renamed_from or any(c.renamed_from for c in t.columns) for t in plan.tables))
    for member in members:
        found = _with(found, member, seen, plan.version + 1)
    return found


def _place(member: NewMember) -> tuple[str, Names] | None:
    """Return where a member is; None where no column can be."""
    if member.name is None or any(isinstance(step, int) for step in member.pointer):
        return None
    return member.table, (*map(str, member.pointer), member.name)


def _with(found: NewColumns, member: NewMember, seen: dict[tuple[str, Names], Seen], version: int) -> NewColumns:
    place = _place(member)
    if place is None:
        why = "their names are data" if member.name is None else "it is within an array"
        return _left(found, member, why)
    if place not in seen:
        return _left(found, member, "no stored document has it in the rest")
    table, names = place
    one = promotion_of(found.plan, table, names, seen[place])
    if one.below == "tables":
        return _left(found, member, f"an array{' of objects' * bool(seen[place].objects)}, which takes a table")
    if one.name not in names_for(names):
        return _left(found, member, f"another column or table is called {visible(names_for(names)[0])}")
    column = Column(one.name, type_of(seen[place].kinds), Value((tuple(map(Name, names)),)))
    new = with_column(_settled(found.plan, version), table, column)
    try:
        load_plan(dump(new))
    except ValueError as fault:
        return _left(found, member, str(fault))
    return replace(found, plan=new, given=(*found.given, _given(member, one, column)))


def _settled(plan: Plan, version: int) -> Plan:
    """Return the plan as that version, without the renamings that led to the one before."""
    tables = tuple(
        replace(t, renamed_from=None, columns=tuple(replace(c, renamed_from=None) for c in t.columns))
        for t in plan.tables
    )
    return replace(plan, version=version, tables=tables)


def _left(found: NewColumns, member: NewMember, why: str) -> NewColumns:
    one = LeftMember(member.table, member.path, why, f"{member.text}; no column: {why}")
    return replace(found, left=(*found.left, one))


def _given(member: NewMember, promoted: Promotion, column: Column) -> NewColumn:
    where = f"{visible(member.table)}.{visible(column.name)} ({column.type})"
    of = "" if member.key is None else f" of {shortened(visible(str(member.key)))}"
    text = f"new column {where}: {member.path}{of}, in {counted(promoted.documents, 'document')}"
    return NewColumn(member.table, column.name, column.type, promoted.lines[0], promoted.documents, text)
