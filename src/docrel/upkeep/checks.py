"""Checks: what was looked at in a database or a workspace, and what came of it.

In: nothing. Out: the values that `validate` and the doctors give, the good ones too.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: whether it is well, what was found, and what to do if it is not.

    `damage` is what only a backup mends.
    """

    ok: bool
    text: str
    advice: str = ""
    damage: bool = False
