"""Compile: a spec becomes a plan, or a list of what is wrong with it.

In: a `Spec`. Out: a `Plan` whose every selector is resolved and unambiguous.

In reading order:

- `passes`: all of them, in order. `outline` writes out the tables, `site` is a column with what is around it.
- `columns`, with their `types`, `sources`, `limits` and `defaults`; `paths`: the selectors of all.
- `constraints` of a table; `document` and `sql`: of the whole mapping.
- `check_names`, `check_keys`, `check_kinds`, `check_claims`, `check_defaults`: what only shows in the whole.
- `plan_check`: what a plan that a database carries has to keep. `added_column`: such a plan with one column more.
"""

from __future__ import annotations

from docrel.compile.added_column import with_column
from docrel.compile.passes import check, compile
from docrel.compile.plan_check import load_plan

__all__ = ["check", "compile", "load_plan", "with_column"]
