"""Default check: what the defaults of a mapping look at.

In: a plan and its outline. Out: findings for a default that looks into what a nested table takes, or that
needs itself.
"""

from __future__ import annotations

from docrel.compile.outline import Outline
from docrel.compile.paths import written
from docrel.compile.taken import Node, Taker, taken_of
from docrel.plan import Column, Default, Index, Name, Plan, Read, Table
from docrel.spec import Findings
from docrel.spec import Path as Place


def check_defaults(plan: Plan, outline: Outline, findings: Findings) -> None:
    """Note defaults that look where they must not (M220)."""
    trees = {t.name: [taken_of(plan, t, s, outline) for s in t.sources] for t in plan.tables}
    for table in plan.tables:
        entry = outline.find(table.name)
        place: Place = entry.path if entry is not None else ()
        for column in table.columns:
            where = (*place, "columns", column.name, "default")
            default = column.default
            if default is not None and default.elapsed and default != Default(elapsed=default.elapsed):
                findings.add("M220", where, "`time` with `plus_seconds` is the whole default", "remove the other keys")
            for read, at in _looked_at(column, where):
                nodes = trees[plan.root_of(table).name if read.root else table.name]
                feed = next((feed for node in nodes if (feed := _entered(node, read)) is not None), None)
                if feed is not None:
                    findings.add(
                        "M220", at, f"this default looks at `{written(read.path)}`, which {feed.what} takes",
                        "look at a value that no nested table takes",
                    )  # fmt: skip
        _cycles(table, place, findings)


def _looked_at(column: Column, where: Place) -> list[tuple[Read, Place]]:
    if column.default is None:
        return []
    reads = [(read, (*where, "from", i)) for i, read in enumerate(column.default.reads)]
    return reads + [(read, (*where, "cases")) for case in column.default.cases for read, _ in case.conditions]


def _entered(node: Node, read: Read) -> Taker | None:
    """Return the nested table whose rows the path enters, ends at, or encloses."""
    for step in read.path:
        for taker in node.takers:
            named = isinstance(step, Name) and step not in node.below
            if (
                taker.kind == "single"
                or (taker.kind == "elements" and isinstance(step, Index))
                or (taker.kind == "members" and named)
            ):
                return taker
        if not isinstance(step, Name | Index) or step not in node.below:
            return None
        node = node.below[step]
    feeds = (t for n in node.walk() for t in n.takers if t.source is not None)
    own = any(t.kind == "scalar" for t in node.takers)
    return None if own else next(feeds, None)


def _cycles(table: Table, place: Place, findings: Findings) -> None:
    needs = {c.name: _needed(c) for c in table.columns}
    for column in table.columns:
        seen: list[str] = []
        pending = list(needs[column.name])
        while pending:
            name = pending.pop()
            if name not in seen:
                seen.append(name)
                pending.extend(needs.get(name, ()))
        if column.name in seen:
            findings.add(
                "M220", (*place, "columns", column.name, "default"),
                f"the default of `{column.name}` needs `{column.name}` itself",
                "count from a column with a time of its own",
            )  # fmt: skip


def _needed(column: Column) -> tuple[str, ...]:
    elapsed = column.default.elapsed if column.default is not None else None
    return (elapsed.time, elapsed.seconds) if elapsed is not None else ()
