"""Engines: the compiled flatten and rebuild sides of a plan, made once and shared.

In: a plan. Out: its `Flattener` and `Rebuilder`, which hold nothing of any document. Generating and
compiling their code takes a fifth of a second for the missions, too long for each opening of a store.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from docrel import plan as plans
from docrel.engine.flattener import Flattener
from docrel.engine.rebuilder import Rebuilder
from docrel.plan import Plan
from docrel.values import CODECS, Codec

_KEPT = 16


@dataclass(frozen=True, slots=True)
class _Known:
    """A plan, known by its text: as Python values, plans with the constants 1, 1.0 and True would be one."""

    text: str
    codecs: tuple[Codec, ...]
    plan: Plan = field(compare=False)


def flattener_of(plan: Plan) -> Flattener:
    """Return the flatten side of a plan."""
    return _flattener(_Known(plans.dump(plan), tuple(CODECS.values()), plan))


def rebuilder_of(plan: Plan) -> Rebuilder:
    """Return the rebuild side of a plan."""
    return _rebuilder(_Known(plans.dump(plan), tuple(CODECS.values()), plan))


@lru_cache(_KEPT)
def _flattener(known: _Known) -> Flattener:
    return Flattener(known.plan)


@lru_cache(_KEPT)
def _rebuilder(known: _Known) -> Rebuilder:
    return Rebuilder(known.plan)
