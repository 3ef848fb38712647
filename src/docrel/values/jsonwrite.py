"""JSON text out: exact, from `orjson` where it is exact and from an iterative writer where it is not.

In: a JSON value. Out: its one compact text, or a pretty one. Never writes what would read back as another
value: NaN is refused, where `orjson` alone would write `null`.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from docrel.values.jsonnumber import number_text
from docrel.values.jsonvalue import JSON, check_value, is_plain, string_text

STRICT = orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
_INDENTED = STRICT | orjson.OPT_INDENT_2


def dumps(value: JSON) -> str:
    """Return the compact JSON text of a value: no white space, non-ASCII kept, lone surrogates escaped.

    Two values have the same text exactly where they are the same value, key order included.

    Raises:
        DocumentError: the value is not JSON (see `check_value`).
    """
    written = _write_with_orjson(value, STRICT)
    return write(value) if written is None else written.decode()


def dumps_known(value: JSON) -> str:
    """Return what `dumps` does, for a value that was read as JSON or has passed `check_value`: not looked at again."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # big integers, lone surrogates, decimals, deep nesting
        return write(value)


def dumps_bytes(value: JSON, *, indent: int | None = None) -> bytes:
    """Return the JSON text of a value as UTF-8, with no line break at its end; `indent` makes it pretty.

    Raises:
        DocumentError: the value is not JSON (see `check_value`).
    """
    written = _write_with_orjson(value, STRICT if indent is None else _INDENTED) if indent in {None, 2} else None
    return write(value, indent).encode() if written is None else written


def write(value: JSON, indent: int | None = None) -> str:
    """Return the text of a value by the iterative writer alone, in the spelling of `orjson`.

    Raises:
        DocumentError: the value is not JSON (see `check_value`).
    """
    check_value(value)
    text: list[str] = []
    open_members: list[Iterator[tuple[str, JSON]]] = [iter((("", value),))]
    closings = [""]
    while open_members:
        for before, child in open_members[-1]:
            text.append(before)
            if isinstance(child, (list, dict)) and child:
                brackets = "[]" if isinstance(child, list) else "{}"
                text.append(brackets[0])
                closings.append(_line(indent, len(open_members) - 1) + brackets[1])
                open_members.append(_members(child, _line(indent, len(open_members)), indent))
                break
            text.append(_scalar_text(child))
        else:
            open_members.pop()
            text.append(closings.pop())
    return "".join(text)


def _write_with_orjson(value: JSON, option: int) -> bytes | None:
    """Return the text where `orjson` is exact, else `None`.

    It refuses big integers, lone surrogates, decimals and deep nesting, but writes NaN, infinities as `null`:
    where that word is found, a look at all values tells them from true nulls.
    """
    try:
        written = orjson.dumps(value, None, option)
        return None if b"null" in written and not is_plain(value) else written
    except TypeError:
        return None


def _line(indent: int | None, depth: int) -> str:
    return "" if indent is None else "\n" + " " * (indent * depth)


def _members(container: list[JSON] | dict[str, JSON], line: str, indent: int | None) -> Iterator[tuple[str, JSON]]:
    """Yield each member with the text that stands before it."""
    before = line
    if isinstance(container, list):
        for child in container:
            yield before, child
            before = f",{line}"
        return
    colon = ":" if indent is None else ": "
    for name, child in container.items():
        yield f"{before}{string_text(name)}{colon}", child
        before = f",{line}"


def _scalar_text(value: JSON) -> str:
    """Return the text of a scalar or of an empty container."""
    if isinstance(value, str):
        return string_text(value)
    if value is None or isinstance(value, bool):
        return "null" if value is None else "true" if value else "false"
    if isinstance(value, (list, dict)):
        return "[]" if isinstance(value, list) else "{}"
    return number_text(value)
