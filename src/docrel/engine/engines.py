"""Engines: the compiled flatten and rebuild sides of a plan, made once and shared.

In: a plan. Out: its `Flattener` and `Rebuilder`, which hold nothing of any document. Generating and
compiling their code takes a fifth of a second for the missions, too long for each opening of a store.
"""

from __future__ import annotations

from functools import lru_cache

from docrel import plan as plans
from docrel.engine.flattener import Flattener
from docrel.engine.rebuilder import Rebuilder
from docrel.plan import Plan
from docrel.values import CODECS, Codec

_KEPT = 16


def flattener_of(plan: Plan) -> Flattener:
    """Return the flatten side of a plan."""
    return _flattener(plans.dump(plan), tuple(CODECS.values()))


def rebuilder_of(plan: Plan) -> Rebuilder:
    """Return the rebuild side of a plan."""
    return _rebuilder(plans.dump(plan), tuple(CODECS.values()))


# By the plan's text: as Python values, plans with the constants 1, 1.0 and True would be one.


@lru_cache(_KEPT)
def _flattener(text: str, codecs: tuple[Codec, ...]) -> Flattener:
    return Flattener(plans.load(text))


@lru_cache(_KEPT)
def _rebuilder(text: str, codecs: tuple[Codec, ...]) -> Rebuilder:
    return Rebuilder(plans.load(text))
