"""The absence of a value, which JSON's null is not.

In: nothing. Out: `NOTHING`, told by identity.
"""

from __future__ import annotations


class _Nothing:
    """The absence of a value, which None (JSON null) is not."""

    def __repr__(self) -> str:
        return "NOTHING"


NOTHING = _Nothing()
