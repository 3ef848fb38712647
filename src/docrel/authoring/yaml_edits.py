"""YAML edits: small changes of a mapping's text that leave its layout and comments as they are.

In: the text, the plan it is of, what to change. Out: the new text; None where the text is not written in a way that
it can be changed in. The text is changed at the marks that PyYAML gives, and never written anew.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import yaml

from docrel.authoring.infer_text import quoted
from docrel.plan import Plan, Scalar


def entry_of(node: Any, name: str) -> Any:
    """Return what stands under a name in a map; None: it has no such name, or is no map."""
    return next((v for k, v in node.value if k.value == name), None) if isinstance(node, yaml.MappingNode) else None


def table_node(root: Any, plan: Plan, table: str) -> Any:
    """Return where a table is written.

    Raises:
        ValueError: The text has no such table there.
    """
    chain = [table]
    while (parent := plan.table(chain[0]).parent) is not None:
        chain.insert(0, parent)
    node = root
    for name in chain:
        for key in ("tables", name):
            node = entry_of(node, key)
            if node is None:
                raise ValueError(f"the file has no {key!r} where the table {table!r} is looked for")
    return node


def raised(text: str, version: int) -> str:
    """Return the text with that version, below its name where it says none."""
    root: Any = yaml.compose(text)
    node, name = entry_of(root, "version"), entry_of(root, "mapping")
    if node is not None:
        return _replaced(text, node, str(version))
    if name is None or root.flow_style:
        return text
    end = text.find("\n", name.end_mark.index)
    end = len(text) if end < 0 else end
    return f"{text[:end]}\nversion: {version}{text[end:]}"


def retyped(text: str, plan: Plan, table: str, column: str, type_name: str) -> str | None:
    """Give a column another type."""
    node = _column(text, plan, table, column)
    if isinstance(node, yaml.ScalarNode):
        return _replaced(text, node, type_name)
    if not isinstance(node, yaml.MappingNode):
        return None
    written = entry_of(node, "type")
    if written is not None:
        return _replaced(text, written, type_name)
    last = node.value[-1][1] if node.value else None
    if node.flow_style or last is None:
        end = text.index("}", node.start_mark.index) if last is None else last.end_mark.index
        return f"{text[:end]}{', ' if last is not None else ''}type: {type_name}{text[end:]}"
    first = node.value[0][0].start_mark
    return f"{text[: first.index]}type: {type_name}\n{' ' * first.column}{text[first.index :]}"


def with_words(text: str, plan: Plan, table: str, column: str, words: Sequence[Scalar]) -> str | None:
    """Give a column's `one_of` more words."""
    node = entry_of(_column(text, plan, table, column), "one_of")
    added = [quoted(word) if isinstance(word, str) and word else json.dumps(word) for word in words]
    if isinstance(node, yaml.ScalarNode):
        return _replaced(text, node, f"[{', '.join([_written(text, node), *added])}]")
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        return None
    end = node.value[-1].end_mark.index
    if node.flow_style:
        return f"{text[:end]}, {', '.join(added)}{text[end:]}"
    end = text.find("\n", end)
    end = len(text) if end < 0 else end
    return text[:end] + "".join(f"\n{' ' * node.start_mark.column}- {word}" for word in added) + text[end:]


def not_required(text: str, plan: Plan, table: str, column: str) -> str | None:
    """Take the `required` of a column out."""
    node = _column(text, plan, table, column)
    names = [key.value for key, _ in node.value] if isinstance(node, yaml.MappingNode) else []
    if "required" not in names:
        return None
    number = names.index("required")
    key, value = node.value[number]
    start, end = key.start_mark.index, value.end_mark.index
    if len(names) == 1:
        return f"{text[:start]}type: text{text[end:]}"
    if number + 1 < len(names):
        return text[:start] + text[node.value[number + 1][0].start_mark.index :]
    before = node.value[number - 1][1].end_mark.index
    if node.flow_style:
        return text[:before] + text[end:]
    start = text.rindex("\n", 0, start)
    return text[:start] + text[end:]


def of_elements(text: str, plan: Plan, table: str, source: str) -> str | None:
    """Let a table's rows, or those of one source, come from the elements of an array where `each` names it."""
    node = table_node(yaml.compose(text), plan, table)
    each = entry_of(node, "each")
    if each is None:
        each = entry_of(entry_of(entry_of(node, "sources"), source), "each")
    return _replaced(text, each, quoted(f"{each.value}[*]")) if isinstance(each, yaml.ScalarNode) else None


def _column(text: str, plan: Plan, table: str, column: str) -> Any:
    return entry_of(entry_of(table_node(yaml.compose(text), plan, table), "columns"), column)


def _written(text: str, node: Any) -> str:
    return text[node.start_mark.index : node.end_mark.index]


def _replaced(text: str, node: Any, new: str) -> str:
    return text[: node.start_mark.index] + new + text[node.end_mark.index :]
