"""Engines: the compiled flatten and rebuild sides of a plan, made once and shared.

In: a plan. Out: its `Flattener` and `Rebuilder`, which hold nothing of any document. Generating and
compiling their code takes a fifth of a second for the missions, too long for each opening of a store.
"""

from __future__ import annotations

from docrel.engine.flattener import Flattener
from docrel.engine.rebuilder import Rebuilder
from docrel.plan import Plan, once_a_plan


@once_a_plan
def flattener_of(plan: Plan) -> Flattener:
    """Return the flatten side of a plan."""
    return Flattener(plan)


@once_a_plan
def rebuilder_of(plan: Plan) -> Rebuilder:
    """Return the rebuild side of a plan."""
    return Rebuilder(plan)
