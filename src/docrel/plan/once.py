"""Once a plan: what is made of a plan is made once, and shared by all who hold an equal one. Its checksum is.

In: a function of a plan, and of what else can be hashed. Out: the same function, which remembers its last results.
Plans are told apart by their text (`docrel.plan.model.Exact`), and with other codecs registered nothing that was made
before is taken.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar, TypeVarTuple

from docrel.plan.model import Plan, to_json
from docrel.values import CODECS, Codec

_Made = TypeVar("_Made")
_More = TypeVarTuple("_More")
_KEPT = 32


def once_a_plan(make: Callable[[Plan, *_More], _Made]) -> Callable[[Plan, *_More], _Made]:
    """Return `make`, called once for a plan and what else it is given."""

    @lru_cache(_KEPT)
    def made(codecs: tuple[Codec, ...], plan: Plan, *more: *_More) -> _Made:
        return make(plan, *more)

    @wraps(make)
    def of(plan: Plan, *more: *_More) -> _Made:
        return made(tuple(CODECS.values()), plan, *more)

    return of


@once_a_plan
def checksum(plan: Plan) -> str:
    """Return the SHA-256 of the plan's meaning in hex: where it was written in a file does not count."""
    return hashlib.sha256(json.dumps(to_json(plan, ("origin",))).encode()).hexdigest()
