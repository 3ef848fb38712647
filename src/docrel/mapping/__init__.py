"""The mapping: what `docrel.load` returns, the library's face.

In: a path or a name. Out: a `Mapping` that flattens, rebuilds and explains itself, and stores for it; or all that is
wrong with it, `trial` finds what a database does not understand.
"""

from __future__ import annotations

from docrel.mapping.mapping import Mapping, load, loads, open
from docrel.mapping.trial import refused_sql

__all__ = ["Mapping", "load", "loads", "open", "refused_sql"]
