r"""Names joined into one text and split again, whatever they hold.

In: names and a separator. Out: text, and back. `\` escapes itself and the separator's first character; a name that is
empty is written `\0`.
"""

from __future__ import annotations

from collections.abc import Iterable

from docrel.plan import Column, JoinedKey


def join_names(names: Iterable[str], separator: str) -> str:
    r"""Join names so that `split_names` finds them again.

    >>> join_names(["api", "v1.2", ""], ".")
    'api.v1\\.2.\\0'
    """
    text = separator.join(names := tuple(names))
    if "\\" not in text and separator[0] not in "".join(names) and all(names):
        return text
    mark, empty = separator[0], _empty_mark(separator)
    escaped = (n.replace("\\", "\\\\").replace(mark, "\\" + mark) or empty for n in names)
    return separator.join(escaped)


def split_names(text: str, separator: str) -> tuple[str, ...]:
    """Split what `join_names` joined."""
    if "\\" not in text:
        return tuple(text.split(separator)) if text else ()
    names: list[str] = []
    name, at, empty = "", 0, _empty_mark(separator)
    while at < len(text):
        if text[at] == "\\" and at + 1 < len(text):
            name += "" if text[at : at + 2] == empty else text[at + 1]
            at += 2
        elif text.startswith(separator, at):
            names.append(name)
            name, at = "", at + len(separator)
        else:
            name += text[at]
            at += 1
    return (*names, name)


def _empty_mark(separator: str) -> str:
    return "\\1" if separator[0] == "0" else "\\0"


def separator_of(column: Column) -> str:
    """Return the separator of a joined key column."""
    if not isinstance(column.role, JoinedKey):
        raise TypeError(f"{column.name} is not a joined key")
    return column.role.separator
