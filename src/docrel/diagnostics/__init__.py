"""Diagnostics: what is wrong, where, and how to mend it, and the one table of codes.

In: facts found by the other packages. Out: `Diagnostic` values, the exceptions that carry them, their text and
their JSON, the words of each code. Knows nothing of mappings, documents or databases.
"""

from __future__ import annotations

from docrel.diagnostics.causes import Causes, cause, told
from docrel.diagnostics.codes import code_page
from docrel.diagnostics.diagnostic import (
    AbsentError,
    ArgumentError,
    DamagedError,
    Diagnostic,
    DocrelError,
    DocumentError,
    MappingError,
    MissingError,
    Position,
    StoreError,
    as_json,
    command,
    render,
)
from docrel.diagnostics.markup import bare_words, code, fenced, mermaid_text, prose, visible
from docrel.diagnostics.wording import check_choice, counted, near, shortened, suggestion

__all__ = [
    "AbsentError",
    "ArgumentError",
    "Causes",
    "DamagedError",
    "Diagnostic",
    "DocrelError",
    "DocumentError",
    "MappingError",
    "MissingError",
    "Position",
    "StoreError",
    "as_json",
    "bare_words",
    "cause",
    "check_choice",
    "code",
    "code_page",
    "command",
    "counted",
    "fenced",
    "mermaid_text",
    "near",
    "prose",
    "render",
    "shortened",
    "suggestion",
    "told",
    "visible",
]
