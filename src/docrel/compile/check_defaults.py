"""Default check: what the defaults of a mapping look at.

In: a plan and its outline. Out: findings for a default that looks into what a nested table takes, or that
needs itself.
"""

from __future__ import annotations

from docrel.compile.check_claims import Claims, table_place
from docrel.compile.outline import Outline
from docrel.layout import Claim, Feed, pointer_of
from docrel.plan import Column, Default, Plan, Read, Table, counted_fault
from docrel.selectors import path_text
from docrel.spec import Findings
from docrel.spec import Path as Place


def check_defaults(plan: Plan, claims: Claims, outline: Outline, findings: Findings) -> None:
    """Note defaults that look where they must not (M220)."""
    trees = {table.name: found for table, found in zip(plan.tables, claims, strict=True)}
    for table in plan.tables:
        place = table_place(outline, table.name)
        for column in table.columns:
            where = (*place, "columns", column.name, "default")
            default = column.default
            if default is not None and default.elapsed and default != Default(elapsed=default.elapsed):
                findings.add("M220", where, "`time` with `plus_seconds` is the whole default", "remove the other keys")
            for read, at in _looked_at(column, where):
                nodes = trees[plan.root_of(table).name if read.root else table.name]
                feed = next((feed for node in nodes if (feed := _entered(node, read)) is not None), None)
                if feed is not None:
                    nested = f"the table `{plan.tables[feed.table].name}`"
                    findings.add(
                        "M220", at, f"this default looks at `{path_text(read.path)}`, which {nested} takes",
                        "look at a value that no nested table takes",
                    )  # fmt: skip
        _counted(table, place, findings)


def _looked_at(column: Column, where: Place) -> list[tuple[Read, Place]]:
    if column.default is None:
        return []
    reads = [(read, (*where, "from", i)) for i, read in enumerate(column.default.reads)]
    return reads + [(read, (*where, "cases")) for case in column.default.cases for read, _ in case.conditions]


def _entered(claim: Claim, read: Read) -> Feed | None:
    """Return the nested table whose rows the path enters, ends at, or encloses."""
    for step in pointer_of(read.path):
        inner = next((inner for inner in claim.below if inner.pointer[-1] == step), None)
        feeds = [t for t in claim.takers if isinstance(t, Feed) and _enters(t, step, named=inner is not None)]
        if inner is None or feeds:
            return next(iter(feeds), None)
        claim = inner
    below = (taker for inner in claim.walk() for taker in inner.takers if isinstance(taker, Feed))
    return None if claim.scalar is not None else next(below, None)


def _enters(feed: Feed, step: str | int, *, named: bool) -> bool:
    if feed.kind in ("members", "tree"):
        return isinstance(step, str) and not named
    return feed.kind == "single" or isinstance(step, int)


def _counted(table: Table, place: Place, findings: Findings) -> None:
    """Note what a time is counted from that is not there before it."""
    for column in table.columns:
        elapsed = column.default.elapsed if column.default is not None else None
        if elapsed is not None:
            where = (*place, "columns", column.name, "default")
            for key, name in (("time", elapsed.time), ("plus_seconds", elapsed.seconds)):
                fault = counted_fault(column, key, table.column(name), table)
                if fault is not None:
                    findings.add("M220", (*where, key), *fault)
