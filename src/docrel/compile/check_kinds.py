"""Switches: what tells the rows of several tables, or of several sources of one table, apart.

In: a plan and its outline. Out: findings where a node could go two ways, or a row could have come two ways.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

from docrel.compile.outline import Outline
from docrel.plan import EdgeName, Elements, MemberKey, Members, Path, Plan, Source, Table
from docrel.selectors import path_text
from docrel.spec import Findings
from docrel.spec import Path as Place


def check_switches(plan: Plan, outline: Outline, findings: Findings) -> None:
    """Note root tables, splits of an array and sources that cannot be told apart (M222, M223)."""
    _roots(plan, outline, findings)
    _splits(plan, outline, findings)
    for table in plan.tables:
        _sources(table, outline, findings)
        _names(table, outline, findings)


def _place(table: Table, outline: Outline) -> Place:
    entry = outline.find(table.name)
    return entry.path if entry is not None else ()


def _roots(plan: Plan, outline: Outline, findings: Findings) -> None:
    roots = [table for table in plan.roots if table.sources]
    if len(roots) < 2:
        return
    lacking = [table for table in roots if not table.sources[0].when]
    for table in lacking:
        findings.add(
            "M223", _place(table, outline),
            f"nothing says which documents go to `{table.name}`: there are {len(roots)} root tables",
            "add what tells them apart: `when: {kind: value}`", key=True,
        )  # fmt: skip
    for one, other in combinations([t for t in roots if t not in lacking], 2):
        if not disjoint(one.sources[0], other.sources[0]):
            findings.add(
                "M223", (*_place(other, outline), "when"),
                f"a document could go to `{one.name}` and to `{other.name}`",
                "give one selector of `when` different values in both",
            )  # fmt: skip


def _splits(plan: Plan, outline: Outline, findings: Findings) -> None:
    """An array that several tables share needs one order for all of their rows."""
    shared: dict[tuple[str | None, Path], list[Table]] = {}
    for table in plan.tables:
        for source in table.sources:
            if source.each and isinstance(source.each[-1], Elements):
                tables = shared.setdefault((source.parent, source.each), [])
                if table not in tables:
                    tables.append(table)
    for (_, each), tables in shared.items():
        positioned = [table.position is not None for table in tables]
        if len(tables) > 1 and any(positioned) and not all(positioned):
            table = tables[positioned.index(False)]
            findings.add(
                "M223", _place(table, outline),
                f"`{path_text(each)}` is shared by tables of which only some have a position",
                "add a column `position: {position: true}` to all of them, or to none", key=True,
            )  # fmt: skip


def _names(table: Table, outline: Outline, findings: Findings) -> None:
    """Members of an object have names, which nothing but a column can hold."""
    if any(isinstance(column.role, MemberKey) for column in table.columns):
        return
    for source in table.sources:
        if not source.tree and source.each and isinstance(source.each[-1], Members):
            findings.add(
                "M221", _place(table, outline),
                f"the names of the members of `{path_text(source.each[:-1])}` would be lost: no column holds them",
                "add a column `name: {key: each}`", key=True,
            )  # fmt: skip
            return


def _sources(table: Table, outline: Outline, findings: Findings) -> None:
    if any(isinstance(column.role, EdgeName) for column in table.columns):
        return
    placed = [s for s in table.sources if s.parent != table.name]
    for one, other in combinations(placed, 2):
        if one.parent == other.parent and not _apart(one, other, placed):
            findings.add(
                "M222", (*_place(table, outline), "sources", other.name),
                f"a row of `{table.name}` does not tell whether it came from `{one.name}` or `{other.name}`",
                "add a column `source: {edge: true}`, or a constant to one source: `{value: …}`",
                key=True,
            )  # fmt: skip


def _apart(one: Source, other: Source, placed: list[Source]) -> bool:
    constants = dict(other.constants)
    if any(name in constants and constants[name] != value for name, value in one.constants):
        return True
    open_ended = [source for source in placed if not source.constants and source.parent == one.parent]
    return len(open_ended) == 1 and open_ended[0] in (one, other)


def disjoint(one: Source, other: Source) -> bool:
    """Say whether no node can satisfy the `when` of both sources."""
    values = dict(other.when)
    return any(
        path in values and not {_typed(v) for v in allowed} & {_typed(v) for v in values[path]}
        for path, allowed in one.when
    )


def _typed(value: Any) -> tuple[str, Any]:
    kind = "bool" if isinstance(value, bool) else "number" if isinstance(value, int | float) else "text"
    return kind, value
