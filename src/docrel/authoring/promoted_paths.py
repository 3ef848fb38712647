"""Promoted paths: where what has no column lives, as a path from the document that a person can give back.

In: a plan, and a table with names below its rows' nodes; or such a path. Out: the one for the other.
"""

from __future__ import annotations

from collections import Counter

from docrel.authoring.survey_of_rest import Names
from docrel.plan import Path, Plan, wording
from docrel.selectors import Name, names_of, parse, path_text


def path_of(plan: Plan, table_name: str, names: Names) -> str | None:
    """Return the path from the document; None where no such path tells the table."""
    start = _starts(plan).get(table_name)
    return None if start is None else path_text((*start, *map(Name, names)), "$")


def place_of(plan: Plan, text: str) -> tuple[str, Names]:
    """Return the table that a path from the document leads to, and the names below the nodes of its rows.

    Raises:
        SelectorError: It is no path.
        ValueError: No table has it in its rows.
    """
    path = parse(text).path
    if path is None:
        raise ValueError("it is more than names and `[*]`, such as `$.manifest.roadmap`")
    found = [(len(start), name) for name, start in _starts(plan).items() if path[: len(start)] == start]
    length, table_name = max(found, default=(0, plan.roots[0].name))
    names = names_of(path[length:])
    if not names:
        raise ValueError("it is of no table with names behind it, such as `$.manifest.roadmap`; --table says the table")
    return table_name, names


def _starts(plan: Plan) -> dict[str, Path]:
    """Return the path of each table that its path alone tells."""
    starts: dict[str, Path] = {}
    for table in plan.tables:
        sources = wording.source_paths(table, plan)
        if len(sources) == 1 and sources[0][1].startswith("$") and not sources[0][0].tree:
            path = parse(sources[0][1]).path
            if path is not None:
                starts[table.name] = path
    uses = Counter(starts.values())
    return {name: path for name, path in starts.items() if uses[path] == 1}
