"""YAML tree: the nodes of one YAML document, with the index at which each begins.

In: text without forbidden characters. Out: a tree of nodes whose scalars are resolved strictly, and every
fault found on the way, the syntax error that ended the reading included. Built on PyYAML's events with a
stack of its own: nesting never reaches Python's. Never constructs objects, never follows an alias.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import yaml
from yaml.error import MarkedYAMLError
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner, ScannerError

from docrel.spec.lines import SourceText
from docrel.spec.yaml_faults import MAX_FAULTS, Fault, quoted, shown, syntax_fault
from docrel.spec.yaml_scalars import Refusal, Scalar, join_surrogates, read_plain

MAX_LEVELS = 100


@dataclass(slots=True)
class ScalarNode:
    """A scalar; `end` is the index after its last character."""

    start: int
    end: int
    value: Scalar


@dataclass(slots=True)
class ListNode:
    """A sequence."""

    start: int
    items: list[ScalarNode | ListNode | MapNode] = field(default_factory=list)


@dataclass(slots=True)
class MapNode:
    """A mapping; `key` is one whose value is still to come, `first_start` where each key was first seen."""

    start: int
    flow: bool
    entries: list[tuple[ScalarNode, ScalarNode | ListNode | MapNode]] = field(default_factory=list)
    key: ScalarNode | None = None
    first_start: dict[str, int] = field(default_factory=dict)


class _Events(Reader, Scanner, Parser):
    """PyYAML's events, with two gaps of its scanner closed."""

    def __init__(self, text: str, on_question_mark: Callable[[int], None]) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        self._on_question_mark = on_question_mark

    def next_event(self) -> yaml.Event:
        """Return the next event and go past it."""
        return cast(yaml.Event, self.get_event())  # type: ignore[no-untyped-call]

    def fetch_key(self) -> None:
        """Tell of the `?` before it is read."""
        self._on_question_mark(self.get_mark().index)
        super().fetch_key()

    def scan_flow_scalar_non_spaces(self, double, start_mark):  # type: ignore[no-untyped-def]
        r"""Refuse `"\UFFFFFFFF"`, on which PyYAML stops with a bare `ValueError`."""
        try:
            return super().scan_flow_scalar_non_spaces(double, start_mark)
        except (ValueError, OverflowError) as error:
            raise ScannerError(None, None, "no such character", self.get_mark()) from error


def _start(event: yaml.Event) -> int:
    return event.start_mark.index if event.start_mark else 0


def _end(event: yaml.Event) -> int:
    return event.end_mark.index if event.end_mark else 0


class TreeReader:
    """Reads one text; `root` is `None` where there is no document, `faults` are in the order of discovery."""

    def __init__(self, text: str, source: SourceText) -> None:
        self.root: ScalarNode | ListNode | MapNode | None = None
        self.faults: list[Fault] = []
        self._text = text
        self._source = source
        self._stack: list[ListNode | MapNode] = []
        self._documents = 0
        self._read()

    def _read(self) -> None:
        events = _Events(self._text, self._question_mark)
        try:
            while events.check_event() and len(self.faults) < MAX_FAULTS:
                if not self._take(events.next_event()):
                    break
        except MarkedYAMLError as error:
            self.faults.append(syntax_fault(error, self._text, in_flow=events.flow_level > 0))

    def _take(self, event: yaml.Event) -> bool:
        """Take one event in; `False` ends the reading."""
        start = _start(event)
        if isinstance(event, yaml.DocumentStartEvent):
            return self._start_document(event)
        if isinstance(event, yaml.AliasEvent):
            word = "*" + shown(event.anchor or "")
            help_ = f"write the content out, or quote a JSONPath: {quoted(word)}"
            self._fault("Y112", start, f"{word} is a YAML alias", help_)
            self._place(ScalarNode(start, _end(event), None))
        elif isinstance(event, yaml.ScalarEvent):
            self._check_properties(event)
            self._place(ScalarNode(start, _end(event), self._scalar(event)))
        elif isinstance(event, yaml.CollectionStartEvent):
            return self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._stack.pop()
        return True

    def _start_document(self, event: yaml.DocumentStartEvent) -> bool:
        start = _start(event)
        if self._text[start : start + 1] == "%":
            self._fault("Y115", start, "a line that begins with % is a YAML directive", "remove the line")
        self._documents += 1
        if self._documents > 1:
            self._fault("Y115", start, "a second YAML document begins here", "put it into a file of its own")
        return self._documents == 1

    def _open(self, event: yaml.CollectionStartEvent) -> bool:
        start = _start(event)
        self._check_properties(event)
        if len(self._stack) >= MAX_LEVELS:
            self._fault("Y117", start, f"nested more than {MAX_LEVELS} levels deep", "flatten the structure")
            return False
        node: ListNode | MapNode
        if isinstance(event, yaml.MappingStartEvent):
            node = MapNode(start, flow=bool(event.flow_style))
        else:
            node = ListNode(start)
        self._place(node)
        self._stack.append(node)
        return True

    def _place(self, node: ScalarNode | ListNode | MapNode) -> None:
        """Put a node where it belongs: into the list or mapping that is open."""
        if not self._stack:
            self.root = node
            return
        parent = self._stack[-1]
        if isinstance(parent, ListNode):
            parent.items.append(node)
        elif parent.key is None:
            parent.key = self._key(parent, node)
        else:
            self._check_value(parent, parent.key, node)
            parent.entries.append((parent.key, node))
            parent.key = None

    def _key(self, parent: MapNode, node: ScalarNode | ListNode | MapNode) -> ScalarNode:
        if not isinstance(node, ScalarNode):
            kind = "list" if isinstance(node, ListNode) else "mapping"
            self._fault("Y116", node.start, f"a {kind} cannot be a key", "quote the key where text is meant")
            return ScalarNode(node.start, node.start, None)
        first = parent.first_start.setdefault(repr(node.value), node.start)
        if first != node.start:
            line = self._source.position(first).line
            word = shown(self._text[node.start : node.end]) or "(empty)"
            message = f"the key {word} stands twice in one mapping, first on line {line}"
            self._fault("Y110", node.start, message, "rename or remove one of the two", f"also on line {line}")
        return node

    def _check_value(self, parent: MapNode, key: ScalarNode, node: ScalarNode | ListNode | MapNode) -> None:
        empty = isinstance(node, ScalarNode) and node.start == node.end
        if not (parent.flow and empty) or ":" in self._text[key.end : node.start]:
            return
        if self._text[key.start - 1] == "?":  # told of already
            return
        word = shown(self._text[key.start : key.end])
        help_ = "put a space after the ':'" if ":" in word else f"write `{word}: ` and a value, `null` for none"
        self._fault("Y119", key.start, f"the key {word} has no value", help_)

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        if event.style:
            return join_surrogates(event.value)
        value = read_plain(event.value)
        if not isinstance(value, Refusal):
            return value
        start, word = _start(event), shown(event.value)
        expects_key = bool(self._stack) and isinstance(self._stack[-1], MapNode) and self._stack[-1].key is None
        if event.value == "<<" and expects_key:
            help_ = "write the entries out; a key really named << needs quotes: '<<'"
            self._fault("Y114", start, "<< is a YAML 1.1 merge key", help_)
        else:
            mended = f": {quoted(word)}" if word == event.value else ""
            code = "Y111" if value.surprise else "Y118"
            self._fault(code, start, f"{word} {value.reason}", f"put quotes around it{mended}")
        return event.value

    def _check_properties(self, event: yaml.NodeEvent) -> None:
        start = _start(event)
        if event.anchor is not None:
            help_ = "remove it, or put quotes around the value where text is meant"
            self._fault("Y112", start, f"&{shown(event.anchor)} is a YAML anchor", help_)
        tag = getattr(event, "tag", None)
        if tag is not None:
            help_ = "remove it, or put quotes around the value where text is meant"
            self._fault("Y113", start, f"{shown(self._text[start:].split(None, 1)[0])} is a YAML tag", help_)

    def _question_mark(self, index: int) -> None:
        message = "a ? begins a key that is not a word"
        self._fault("Y116", index, message, "write `key: value`, or quote a JSONPath filter as a whole")

    def _fault(self, code: str, index: int, message: str, help_: str, caret: str = "") -> None:
        self.faults.append(Fault(code, index, message, help_, caret))
