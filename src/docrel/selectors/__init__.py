"""Selectors: JSONPath, read into a small closed set of nodes.

In: text. Out: frozen nodes, their canonical text, what they select in a value, or where the text stops making sense.
"""

from __future__ import annotations

from docrel.selectors import nodes
from docrel.selectors.evaluation import evaluate, parse, parse_names
from docrel.selectors.nodes import Elements, Index, Members, Name, Path, Selector, names_of, path_text
from docrel.selectors.tokens import SelectorError

__all__ = [
    "Elements",
    "Index",
    "Members",
    "Name",
    "Path",
    "Selector",
    "SelectorError",
    "evaluate",
    "names_of",
    "nodes",
    "parse",
    "parse_names",
    "path_text",
]
