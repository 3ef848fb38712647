"""The layout: the plan resolved once.

In: a plan. Out: claims, links, sequences, defaults and the like, as everything after it reads them: how a row is
identified, where a value is claimed, which source gave a row.
"""

from __future__ import annotations

from docrel.layout.claim_tree import (
    Claim,
    Feed,
    Leaf,
    Pointer,
    Uses,
    claims,
    order_of_rows,
    paths_of,
    uses_of,
    usual_node,
)
from docrel.layout.codegen import Code, literal
from docrel.layout.defaults import (
    Computed,
    computed_default,
    constant_of,
    elapsed,
    is_computed,
    is_constant,
    is_volatile,
    mapped_constant,
    null_is_said,
    read,
    reads_of,
    reads_only_document,
)
from docrel.layout.id_sequences import sequences_of
from docrel.layout.joined_names import join_names, separator_of, split_names
from docrel.layout.keys_carried import carried_keys, inherited_keys
from docrel.layout.recomputed import Recomputed, from_own_node
from docrel.layout.scalars import Inexact, column_decoder, exact, held, mapped, same_scalar, scalar_encoder, typed_key

__all__ = [
    "Claim",
    "Code",
    "Computed",
    "Feed",
    "Inexact",
    "Leaf",
    "Pointer",
    "Recomputed",
    "Uses",
    "carried_keys",
    "claims",
    "column_decoder",
    "computed_default",
    "constant_of",
    "elapsed",
    "exact",
    "from_own_node",
    "held",
    "inherited_keys",
    "is_computed",
    "is_constant",
    "is_volatile",
    "join_names",
    "literal",
    "mapped",
    "mapped_constant",
    "null_is_said",
    "order_of_rows",
    "paths_of",
    "read",
    "reads_of",
    "reads_only_document",
    "same_scalar",
    "scalar_encoder",
    "separator_of",
    "sequences_of",
    "split_names",
    "typed_key",
    "uses_of",
    "usual_node",
]
