"""A diagnostic code: one kind of finding, told apart for ever.

In: nothing. Out: `Code`, of which `docrel.codes` holds the one table.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding; `explanation` says what it means and how to mend it, `example` causes it."""

    code: str
    title: str
    explanation: str
    example: str = ""
