"""Document names: what documents are called that do not name themselves.

In: where documents were found. Out: names, the same again when the same tree is read again, no two files of
one run alike. Reads nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from docrel.diagnostics import Diagnostic, visible
from docrel.documents.input_document import InputDocument
from docrel.documents.safe_names import key_meant


@dataclass(slots=True)
class FileNames:
    """Names files and folders, no two of one run alike."""

    _names: dict[Path, str] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)
    _folders: dict[Path, Path] = field(default_factory=dict)

    def give(self, path: Path, bare: str, below: Path | None = None) -> str:
        """Return the name of the file or folder at `path`, called `bare`: with its path `below` a folder, if given.

        A name that another one of this run has gets more of the path in front.
        """
        full = self._resolved(path)
        if full in self._names:
            return self._names[full]
        above = [] if below is None else list(path.relative_to(below).parent.parts)
        further = list(full.parent.parts[1 : len(full.parent.parts) - len(above)])
        while (name := _text("/".join([*above, bare]))) in self._taken and further:
            above.insert(0, further.pop())
        self._names[full] = name
        self._taken.add(name)
        return name

    def _resolved(self, path: Path) -> Path:
        """Return a path without links; each folder is looked at once."""
        if path.name in {"", ".."} or _is_link(path):
            return path.resolve()
        folder = self._folders.get(path.parent)
        if folder is None:
            folder = self._folders[path.parent] = path.parent.resolve()
        return folder / path.name


def _is_link(path: Path) -> bool:
    try:
        return path.is_symlink()
    except OSError:  # it is in a folder that may not be looked at
        return True


def named(documents: Iterable[InputDocument], key: str | None, *, key_from_name: bool) -> Iterator[InputDocument]:
    """Give documents the caller's name `key`, which only one can have, or that of the place where each was found."""
    taken = False
    for document in documents:
        if key is not None and document.readable:
            if taken:
                yield replace(document, diagnostics=(_key_taken(key, document.origin),))
                continue
            taken = True
            yield replace(document, key=key)
        elif key_from_name and document.key is None:
            yield replace(document, key=key_meant(document.name), key_from_name=True)
        else:
            yield document


def _key_taken(key: str, origin: str) -> Diagnostic:
    return Diagnostic(
        "D337", f"the key {key!r} is taken by the document before it", subject=origin,
        help="name them after their files with --key-from-name, or import them one by one",
    )  # fmt: skip


def _text(name: str) -> str:
    """Return a name that every database can hold."""
    return visible(name.encode("utf-8", "backslashreplace").decode()) or "document"
