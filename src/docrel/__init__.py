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
    from docrel.diagnostics import Diagnostic, DocrelError, DocumentError, MappingError, StoreError
    from docrel.mapping import Mapping, load, open
    from docrel.rows import Rows
    from docrel.store import Store
    from docrel.values import register_codec

__version__ = "0.1.0"

_HOMES = {
    "Diagnostic": "diagnostics",
    "DocrelError": "diagnostics",
    "DocumentError": "diagnostics",
    "Mapping": "mapping",
    "MappingError": "diagnostics",
    "Rows": "rows",
    "Store": "store",
    "StoreError": "diagnostics",
    "load": "mapping",
    "open": "mapping",
    "register_codec": "values",
}

__all__ = [
    "Diagnostic",
    "DocrelError",
    "DocumentError",
    "Mapping",
    "MappingError",
    "Rows",
    "Store",
    "StoreError",
    "__version__",
    "load",
    "open",
    "register_codec",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for, once (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'docrel' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"docrel.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
