"""Change pages: what changed between two versions of a mapping, as a page of the documentation.

In: two plans. Out: Markdown. The words are from `docrel.diff.wording`, the steps from `docrel.migrate`, the
layout is in `templates/docs`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise

from docrel.diagnostics import fenced, prose
from docrel.diff import EFFECTS, diff, effect, on_data, sentence
from docrel.migrate.guard_checks import guard_words
from docrel.migrate.planning import migrate
from docrel.plan import Plan
from docrel.sql import SQLITE, render


def change_page(old: Plan, new: Plan) -> str:
    """Return what `new` changes, what that does to data, and the steps of the migration.

    Raises:
        MappingError: X501, a `renamed_from` of `new` matches nothing.
    """
    found = diff(old, new)
    migration = migrate(found, SQLITE)
    changes = [c for c in found.changes if type(c).__name__ != "ChangeVersion"]
    groups = [
        {
            "effect": kind.capitalize(),
            "changes": [{"words": prose(sentence(c)), "data": on_data(c)} for c in among],
        }
        for kind in EFFECTS
        if (among := [c for c in changes if effect(c) == kind])
    ]
    sql = [fenced("\n".join(f"{text};" for text in s.sql), "sql") for s in migration.steps if s.sql]
    return render(
        "docs/changes.md.j2",
        title=prose(f"{new.name}: from version {old.version} to {new.version}"),
        groups=groups,
        guards=[prose(guard_words(guard)) for guard in migration.guards],
        why=prose(migration.why),
        steps=[{"reason": prose(step.reason)} for step in migration.steps],
        sql=[] if migration.rewrites else sql,
    )


def change_pages(plans: Iterable[Plan]) -> Iterator[tuple[str, str, str]]:
    """Yield `(mapping, file name, text)` for each two versions of a mapping that follow each other."""
    ordered = sorted(plans, key=lambda plan: (plan.name, plan.version))
    for name, versions in groupby(ordered, key=lambda plan: plan.name):
        for old, new in pairwise(versions):
            yield name, f"v{old.version}-to-v{new.version}.md", change_page(old, new)
