"""The engine: flatten and rebuild, Python functions generated from a plan, each the other's inverse.

In: a plan; documents or rows. Out: rows or documents. Never acts, never meets a database. Laws: GetPut and PutGet,
`tests/laws`.

In reading order:

- `engines`: both sides of a plan, made once. `names`, `levels`: of both.
- `flattener` writes a function for each source with `flatten_columns`, `flatten_constraints` and `flatten_nested`,
  which share `flatten_scope`; `switch` chooses among tables, `member_order` notes orders. It runs on `flattening` and
  `tree_walk`, and gives `fresh_rows`, with `asides` for what they do not say.
- `rebuilder` writes the way back with `rebuild_values`, `rebuild_columns`, `rebuild_places` and `rebuild_checks`, which
  share `rebuild_scope`. It runs on `rebuilding` and `rebuild_links`; rows that make no document are `misfits`, and
  `cells` looks for all that their columns alone tell.
"""

from __future__ import annotations

from docrel.engine.asides import Aside, Place, Unnamed, path_of
from docrel.engine.cells import cell_faults
from docrel.engine.engines import flattener_of, rebuilder_of
from docrel.engine.flattener import Flattener
from docrel.engine.fresh_rows import Flattened, FreshRows, Problem
from docrel.engine.misfits import MisfitError
from docrel.engine.rebuilder import Rebuilder

__all__ = [
    "Aside",
    "Flattened",
    "Flattener",
    "FreshRows",
    "MisfitError",
    "Place",
    "Problem",
    "Rebuilder",
    "Unnamed",
    "cell_faults",
    "flattener_of",
    "path_of",
    "rebuilder_of",
]
