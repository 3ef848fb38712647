"""docrel: JSON documents as relational tables and back, exactly, from one YAML file.

In: a mapping and documents. Out: tables, rows, and the documents again. Everything is imported at its first
use.

    import docrel

    missions = docrel.load("missions")
    rows = missions.flatten(document)
    assert missions.rebuild(rows) == document
    with docrel.open("missions.db", "missions") as store:
        store.put(document)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docrel.authoring import infer_mapping as infer
    from docrel.diagnostics import (
        ArgumentError,
        Diagnostic,
        DocrelError,
        DocumentError,
        MappingError,
        MissingError,
        StoreError,
    )
    from docrel.mapping import Mapping, load, loads, open
    from docrel.rows import Rows
    from docrel.store import ImportReport, RefusedDocument, Store
    from docrel.values import register_codec

__version__ = "0.1.0"

_HOMES = {
    "ArgumentError": "diagnostics",
    "Diagnostic": "diagnostics",
    "DocrelError": "diagnostics",
    "DocumentError": "diagnostics",
    "ImportReport": "store",
    "Mapping": "mapping",
    "MappingError": "diagnostics",
    "MissingError": "diagnostics",
    "RefusedDocument": "store",
    "Rows": "rows",
    "Store": "store",
    "StoreError": "diagnostics",
    "infer": "authoring",
    "load": "mapping",
    "loads": "mapping",
    "open": "mapping",
    "register_codec": "values",
}
_NAMES_AT_HOME = {"infer": "infer_mapping"}

__all__ = [
    "ArgumentError",
    "Diagnostic",
    "DocrelError",
    "DocumentError",
    "ImportReport",
    "Mapping",
    "MappingError",
    "MissingError",
    "RefusedDocument",
    "Rows",
    "Store",
    "StoreError",
    "__version__",
    "infer",
    "load",
    "loads",
    "open",
    "register_codec",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for, once (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'docrel' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"docrel.{_HOMES[name]}"), _NAMES_AT_HOME.get(name, name))
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
