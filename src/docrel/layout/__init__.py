"""The layout: the plan resolved once.

In: a plan. Out: its `Layout`, in numbers: how a row is identified and linked, where a value is claimed, which source
gave a row; and what columns hold: scalars, defaults, joined names.
"""

from __future__ import annotations

from docrel.layout.claim_tree import (
    NODE_KINDS,
    Claim,
    Feed,
    Feeds,
    Leaf,
    Pointer,
    Taker,
    Wanted,
    claim_trees,
    pointer_of,
)
from docrel.layout.codegen import Code, literal
from docrel.layout.defaults import (
    Computed,
    always_filled,
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
from docrel.layout.joined_names import join_names, separator_of, split_names
from docrel.layout.model import (
    Key,
    KeyColumn,
    Layout,
    Link,
    SourceLayout,
    TableLayout,
    Uses,
    dump,
    load,
)
from docrel.layout.resolving import from_own_node, layout_of, overlap
from docrel.layout.row_readers import RowKey, key_values, natural_key, source_expression
from docrel.layout.scalars import (
    Inexact,
    column_decoder,
    exact,
    exact_decoder,
    held,
    key_decoder,
    mapped,
    scalar_encoder,
    typed_key,
    unlike,
)
from docrel.layout.taking import mistakable, named_apart, takes_all

__all__ = [
    "NODE_KINDS",
    "Claim",
    "Code",
    "Computed",
    "Feed",
    "Feeds",
    "Inexact",
    "Key",
    "KeyColumn",
    "Layout",
    "Leaf",
    "Link",
    "Pointer",
    "RowKey",
    "SourceLayout",
    "TableLayout",
    "Taker",
    "Uses",
    "Wanted",
    "always_filled",
    "claim_trees",
    "column_decoder",
    "computed_default",
    "constant_of",
    "dump",
    "elapsed",
    "exact",
    "exact_decoder",
    "from_own_node",
    "held",
    "is_computed",
    "is_constant",
    "is_volatile",
    "join_names",
    "key_decoder",
    "key_values",
    "layout_of",
    "literal",
    "load",
    "mapped",
    "mapped_constant",
    "mistakable",
    "named_apart",
    "natural_key",
    "null_is_said",
    "overlap",
    "pointer_of",
    "read",
    "reads_of",
    "reads_only_document",
    "scalar_encoder",
    "separator_of",
    "source_expression",
    "split_names",
    "takes_all",
    "typed_key",
    "unlike",
]
