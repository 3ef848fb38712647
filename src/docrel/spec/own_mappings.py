"""Own mappings: the mapping files that somebody keeps in a folder.

In: a folder. Out: the files that begin to be mappings, right or wrong; no others are opened further.
"""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

_NAMES_ITSELF = re.compile(rb"""^(?:\{\s*)?["']?mapping["']?\s*:""", re.MULTILINE)
_SUFFIXES = {".yaml", ".yml"}


def own_mappings(folder: Path) -> list[Path]:
    """Return the mapping files in a folder and at any depth of its `mappings`, by name.

    Raises:
        OSError: A file that is there cannot be read.
    """
    found = chain(folder.glob("*"), (folder / "mappings").rglob("*"))
    files = sorted({path for path in found if path.suffix.lower() in _SUFFIXES and path.is_file()})
    return [path for path in files if _NAMES_ITSELF.search(path.read_bytes())]
