"""The spec: a mapping as it is written, every node with its file, line and column.

In: YAML text. Out: a `Spec`, or all that is wrong with the text as a mapping; the JSON Schema of the language; the
mappings that come with docrel, or are kept in a folder.
"""

from __future__ import annotations

from docrel.spec.columns import CaseSpec, ColumnSpec, DefaultSpec
from docrel.spec.findings import Findings
from docrel.spec.models import MappingSpec, SourceSpec, Spec, TableSpec, json_schema, load, loads
from docrel.spec.own_mappings import own_mappings
from docrel.spec.shipped_mappings import ShippedMapping, mapping_file, shipped, shipped_mappings
from docrel.spec.yaml_reader import STDIN, Path
from docrel.spec.yaml_scalars import read_plain

__all__ = [
    "STDIN",
    "CaseSpec",
    "ColumnSpec",
    "DefaultSpec",
    "Findings",
    "MappingSpec",
    "Path",
    "ShippedMapping",
    "SourceSpec",
    "Spec",
    "TableSpec",
    "json_schema",
    "load",
    "loads",
    "mapping_file",
    "own_mappings",
    "read_plain",
    "shipped",
    "shipped_mappings",
]
