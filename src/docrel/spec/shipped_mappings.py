"""Shipped mappings: those that come with docrel, by name.

In: a path or a name as a user writes it. Out: the mapping's file; what there is, and what it is for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from docrel.diagnostics import MappingError, shortened, suggestion
from docrel.files import shipped_folders
from docrel.spec.models import load

_VERSION = re.compile(r"v([1-9][0-9]*)\.yaml")
_NAME = re.compile(r"(?P<name>[^/\\@]+)(?:@v?(?P<version>[0-9]+))?")


def shipped() -> dict[str, dict[int, Path]]:
    """Return the file of each version of each shipped mapping, by name; the versions in order."""
    found: dict[str, dict[int, Path]] = {}
    for folder in reversed(shipped_folders("mappings")):
        for file in folder.glob("*/v*.yaml"):
            version = _VERSION.fullmatch(file.name)
            if version:
                found.setdefault(file.parent.name, {})[int(version.group(1))] = file
    return {name: dict(sorted(versions.items())) for name, versions in sorted(found.items())}


@dataclass(frozen=True, slots=True)
class ShippedMapping:
    """A mapping that comes with docrel: its name, its versions in order, and what the newest is for, in its words."""

    name: str
    versions: tuple[int, ...]
    description: str


def shipped_mappings() -> Iterator[ShippedMapping]:
    """Yield each shipped mapping, by name."""
    for name, files in shipped().items():
        newest = load(files[max(files)]).mapping
        yield ShippedMapping(name, tuple(files), newest.description or "")


def mapping_file(path_or_name: str | Path) -> Path:
    """Return the file that a user means: a path, `missions` (its newest version) or `missions@1`.

    Raises:
        MappingError: Y101, there is neither such a file nor such a shipped mapping.
    """
    path, text = Path(path_or_name), str(path_or_name)
    if isinstance(path_or_name, Path) or _is_file(path):
        return path
    if "\n" in text or ": " in text:
        message = "this is the text of a mapping, and no path of a file"
        advice = "`docrel.loads` takes the text; or give the path of its file"
        raise MappingError.one("Y101", message, subject=shortened(text.split("\n", 1)[0]), help=advice)
    wanted = _NAME.fullmatch(text)
    if wanted is None or path.suffix in {".yaml", ".yml"}:
        return path  # whoever reads it says what is wrong with it
    known = shipped()
    versions = known.get(wanted["name"])
    if versions is None:
        advice = suggestion(wanted["name"], known, f"shipped are {', '.join(known)}; or give a path")
        message = f"there is no file {text!r} and no shipped mapping of this name"
        raise MappingError.one("Y101", message, subject=text, help=advice)
    if wanted["version"] is None:
        return versions[max(versions)]
    found = next((file for version, file in versions.items() if str(version) == wanted["version"].lstrip("0")), None)
    if found is None:
        listed = ", ".join(f"{wanted['name']}@{version}" for version in versions)
        message = f"{wanted['name']!r} is shipped, but not in version {wanted['version']}"
        raise MappingError.one("Y101", message, subject=text, help=f"use {listed}")
    return found


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # no file can be called so
        return False
