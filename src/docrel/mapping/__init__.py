"""The mapping: what `docrel.load` returns, the library's face.

In: a path or a name. Out: a `Mapping` that flattens, rebuilds and explains itself, and stores for it.
"""

from __future__ import annotations

from docrel.mapping.mapping import Mapping, load, open

__all__ = ["Mapping", "load", "open"]
