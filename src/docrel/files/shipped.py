"""Shipped folders: where what comes with docrel beside its code lies.

In: the name of a folder. Out: where it may be: in the package (a wheel carries it), then in the checkout.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def shipped_folders(name: str) -> tuple[Path, Path]:
    """Return the folders of this name that are looked into, in this order."""
    return _PACKAGE / name, _PACKAGE.parents[1] / name
