"""YAML text: the strict reader of mapping files.

In: the text of a YAML file. Out: a `YamlText`, plain Python values with the place of each, or a
`MappingError` with all problems at once. Strict: YAML 1.2 core scalars only, no anchors, aliases, tags or
merge keys, no key twice, one document. Never guesses, never constructs anything but plain values.
"""

from __future__ import annotations

import codecs
import pathlib
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from docrel.diagnostics import Diagnostic, MappingError, Position
from docrel.spec.lines import SourceText, shown_line, source_text
from docrel.spec.yaml_faults import FORBIDDEN_CHARACTER, MAX_FAULTS, Fault, character_faults
from docrel.spec.yaml_scalars import Scalar
from docrel.spec.yaml_tree import ListNode, MapNode, ScalarNode, TreeReader

Path = tuple[str | int, ...]

STDIN = "-"
MAX_BYTES = 16 * 1024 * 1024
_MAX_REREADS = 50
_REREAD_BELOW_CHARACTERS = 1024 * 1024
_BLANK = "\ufffd"


@dataclass(frozen=True, slots=True)
class Pairs:
    """A mapping with a key that is not text: its entries in order, keys typed (`1`, `True`, `"1"` differ)."""

    entries: tuple[tuple[Scalar, Any], ...]


@dataclass(frozen=True, slots=True)
class YamlText:
    """A YAML file: its lines, its value, and the position of each key and value.

    Shapes: a path holds a mapping's keys and a list's indexes; the path `()` is the whole file. An entry of a
    `Pairs` goes by its index. `keys` has the key of each mapping entry and each item of a list.
    """

    file: str
    lines: tuple[str, ...]
    value: Any
    keys: Mapping[Path, Position]
    values: Mapping[Path, Position]


def load_yaml(path: pathlib.Path | None) -> YamlText:
    """Read a YAML file; without a path standard input.

    Raises:
        MappingError: the file cannot be read, is not UTF-8, or holds any of the problems of `read_yaml`.
    """
    file = STDIN if path is None else str(path)
    try:
        with nullcontext(sys.stdin.buffer) if path is None else path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        found = Diagnostic("Y101", f"the file cannot be read: {reason}", subject=file, help="check the path")
        raise MappingError(diagnostics=[found]) from error
    if len(content) > MAX_BYTES:
        raise _too_large(file)
    return read_yaml(_decode(content, file), file)


def read_yaml(text: str, file: str) -> YamlText:
    """Read YAML text; `file` is the name that positions carry. A byte order mark at the start is passed over.

    Raises:
        MappingError: with every problem found, sorted by place (at most 200; nothing beyond a syntax error).
    """
    if len(text) > MAX_BYTES:
        raise _too_large(file)
    text = text.removeprefix("\ufeff")
    source = source_text(text, file)
    root, faults = _read_tree(text, source)
    if not faults and root is None:
        faults = [Fault("Y105", 0, "the file is empty", "write a mapping into it")]
    if faults:
        raise MappingError(diagnostics=[_diagnostic(fault, source) for fault in faults[:MAX_FAULTS]])
    places = _Places(source, {}, {})
    value = places.value_of(root, ())
    return YamlText(file, source.lines, value, MappingProxyType(places.keys), MappingProxyType(places.values))


def excerpt(yaml: YamlText, position: Position) -> str:
    """Return the source line to show for a position; empty where the file has no such line."""
    return shown_line(yaml.lines, position)


def _decode(content: bytes, file: str) -> str:
    wide = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
    help_ = "save the file with the encoding UTF-8"
    if content.startswith(wide):
        found = Diagnostic("Y102", "the file is UTF-16 or UTF-32, not UTF-8", subject=file, help=help_)
        raise MappingError(diagnostics=[found])
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8").removeprefix("\ufeff")
        position = source_text(before, file).position(len(before))
        message = f"the byte 0x{content[error.start]:02X} is not UTF-8"
        raise MappingError(diagnostics=[Diagnostic("Y102", message, position=position, help=help_)]) from error


def _too_large(file: str) -> MappingError:
    message = f"the file is larger than {MAX_BYTES // 1024 // 1024} MiB"
    found = Diagnostic("Y103", message, subject=file, help="check that this is a mapping file")
    return MappingError(diagnostics=[found])


def _read_tree(text: str, source: SourceText) -> tuple[ScalarNode | ListNode | MapNode | None, list[Fault]]:
    """Read the text; each unquoted JSONPath is noted, blanked, and the rest read again."""
    faults = list(character_faults(text))
    clean = FORBIDDEN_CHARACTER.sub(_BLANK, text)
    rereads = _MAX_REREADS if len(text) < _REREAD_BELOW_CHARACTERS else 0
    while True:
        reader = TreeReader(clean, source)
        selector = next((fault for fault in reader.faults if fault.mend), None)
        if selector is None or selector.mend is None or rereads == 0:
            break
        rereads -= 1
        faults.append(selector)
        start, end = selector.mend
        clean = clean[:start] + _BLANK * (end - start) + clean[end:]
    # A blanked key can look like another blanked key.
    faults += [f for f in reader.faults if clean[f.index : f.index + 1] == text[f.index : f.index + 1]]
    return reader.root, faults


def _diagnostic(fault: Fault, source: SourceText) -> Diagnostic:
    position = source.position(fault.index)
    line = shown_line(source.lines, position)
    return Diagnostic(fault.code, fault.message, position=position, help=fault.help, caret=fault.caret, excerpt=line)


@dataclass(frozen=True, slots=True)
class _Places:
    """Turns nodes into values and notes the place of each; recursion is bounded by the tree's levels."""

    source: SourceText
    keys: dict[Path, Position]
    values: dict[Path, Position]

    def value_of(self, node: ScalarNode | ListNode | MapNode | None, path: Path) -> Any:
        if node is None:
            return None
        self.values[path] = self.source.position(node.start)
        if isinstance(node, ScalarNode):
            return node.value
        if isinstance(node, MapNode):
            return self._mapping(node, path)
        items = []
        for index, item in enumerate(node.items):
            self.keys[(*path, index)] = self.source.position(item.start)
            items.append(self.value_of(item, (*path, index)))
        return items

    def _mapping(self, node: MapNode, path: Path) -> dict[str, Any] | Pairs:
        entries: list[tuple[Scalar, Any]] = []
        texts: dict[str, Any] = {}
        all_text = all(isinstance(key.value, str) for key, _ in node.entries)
        for index, (key, child) in enumerate(node.entries):
            name = key.value if all_text and isinstance(key.value, str) else index
            self.keys[(*path, name)] = self.source.position(key.start)
            value = self.value_of(child, (*path, name))
            if isinstance(name, str):
                texts[name] = value
            else:
                entries.append((key.value, value))
        return texts if all_text else Pairs(tuple(entries))
