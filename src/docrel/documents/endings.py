"""Endings: what a file's name says that it holds.

In: names. Out: whether they are those of JSON, JSON Lines or an archive, also packed, and the names without that.
Knows names only: what a file does hold, its first bytes tell (`docrel.documents.unpacking`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

Kind = Literal["json", "lines", "archive"]

_JSON = (
    ".json", ".geojson", ".topojson", ".ipynb", ".har", ".webmanifest", ".jsonld", ".sarif", ".gltf", ".avsc",
    ".tfstate",
)  # fmt: skip
_LINES = (".jsonl", ".ndjson", ".ldjson", ".jsonlines", ".geojsonl", ".geojsonseq", ".json-seq", ".jsonseq")
_OTHERS = {
    ".json5": "JSON5", ".jsonc": "JSON with comments", ".hjson": "Hjson", ".yaml": "YAML", ".yml": "YAML",
    ".toml": "TOML", ".csv": "CSV", ".tsv": "TSV", ".xml": "XML", ".html": "HTML", ".tar": "a tar archive",
    ".tgz": "a tar archive",
}  # fmt: skip
"""What other names say; files of these may hold JSON all the same."""
PACKED = (".gz", ".bz2", ".xz", ".lzma", ".zst", ".zstd")
ARCHIVE = ".zip"
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(_JSON, "json"),
    **dict.fromkeys(_LINES, "lines"),
    ARCHIVE: "archive",
}


def kind_of(name: str) -> Kind | None:
    """Return what a file's name says that it holds; `None`: its content has to tell.

    >>> [kind_of(name) for name in ("a.json", "B.NDJSON.XZ", "map.geojson", "a.zip", "a.txt")]
    ['json', 'lines', 'json', 'archive', None]
    """
    kind = _KINDS.get(_ending(unpacked_name(name)))
    return None if kind == "archive" and is_packed(name) else kind


def other_format(name: str) -> str | None:
    """Return what a file is, by its name, that is no JSON; `None`: its name does not say that."""
    return _OTHERS.get(_ending(unpacked_name(name)))


def is_packed(name: str) -> bool:
    """Say whether a name is that of a compressed file."""
    return _ending(name) in PACKED


def bare_name(name: str) -> str:
    """Return a file's name without the endings that say what it holds.

    >>> bare_name("fleet.jsonl.gz")
    'fleet'
    """
    bare = unpacked_name(name)
    ending = _ending(bare)
    return bare[: len(bare) - len(ending)] if ending in _KINDS else Path(bare).stem


def shown_ending(name: str) -> str:
    """Return the ending by which files of a kind are told: of `a.csv.gz` all that says what it is."""
    bare = unpacked_name(name)
    return _ending(bare) + name[len(bare) :].lower()


def unpacked_name(name: str) -> str:
    """Return a name without the ending that says that the file is compressed."""
    ending = _ending(name)
    return name[: len(name) - len(ending)] if ending in PACKED else name


def _ending(name: str) -> str:
    """Return what is behind the last dot, with it; nothing where a name has only that."""
    before, dot, last = name.rpartition(".")
    return f".{last.lower()}" if dot and before else ""
