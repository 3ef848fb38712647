"""Levels: functions that go down a claim tree, level by level, which is deeper than Python's own stack may be.

In: a function that is a generator, and yields what it would call, to be given the result. Out: its result.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeAlias

Level: TypeAlias = "Generator[Level, Any, Any]"


def run(top: Level) -> Any:
    """Run a level with all that are below it, and return its result."""
    pending, result = [top], None
    while pending:
        try:
            below = pending[-1].send(result)
        except StopIteration as e:
            pending.pop()
            result = e.value
        else:
            pending.append(below)
            result = None
    return result
