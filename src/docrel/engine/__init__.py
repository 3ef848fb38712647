"""The engine: flatten and rebuild, Python functions generated from a plan, each the other's inverse.

In: a plan; documents or rows. Out: rows or documents. Never acts, never meets a database. Laws: GetPut and PutGet,
`tests/laws`.
"""

from __future__ import annotations

from docrel.engine.engines import flattener_of, rebuilder_of
from docrel.engine.flattener import Flattener
from docrel.engine.fresh_rows import Flattened, FreshRows, Problem
from docrel.engine.rebuilder import Rebuilder

__all__ = ["Flattened", "Flattener", "FreshRows", "Problem", "Rebuilder", "flattener_of", "rebuilder_of"]
