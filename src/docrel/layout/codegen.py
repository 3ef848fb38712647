"""Generated Python: source text, the values bound into it, and its compilation.

In: lines of code made by `flatten` and `rebuild`. Out: a function. Data of a mapping enters the source through
`literal` or as a bound name, never as code, whatever it is; the source stays in `linecache`, so tracebacks show it.
"""

from __future__ import annotations

import itertools
import linecache
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

_serial = itertools.count(1)
_TEXT = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")
_WORD = re.compile(r"[A-Za-z_]\w*")


def literal(value: object) -> str:
    """Return the Python literal of a text, an integer, or a tuple of such: the one door for data into source text.

    Raises:
        TypeError: The value is anything else, a subclass with a spelling of its own too.
    """
    if type(value) is str or type(value) is int:
        return repr(value)
    if type(value) is tuple:
        return f"({''.join(f'{literal(part)}, ' for part in value)})"
    raise TypeError(f"source text takes no {type(value).__name__}")


class Code:
    """A growing Python module: `line` at the present depth, `block` for what is indented below a line."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._depth = 0
        self.bound: dict[str, Any] = {}

    def line(self, text: str) -> None:
        """Add one line."""
        self._lines.append("    " * self._depth + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Add `head` and indent what is added inside; an empty block gets `pass`."""
        self.line(head)
        before = len(self._lines)
        self._depth += 1
        yield
        if len(self._lines) == before:
            self.line("pass")
        self._depth -= 1

    @contextmanager
    def binding(self, expressions: Mapping[str, str]) -> Iterator[None]:
        """Bind names to expressions ahead of what is added inside, those names that it uses."""
        ahead = len(self._lines)
        yield
        used = set(_WORD.findall(_TEXT.sub("", "\n".join(self._lines[ahead:]))))
        inside, self._lines[ahead:] = self._lines[ahead:], []
        for name, expression in expressions.items():
            if name in used:
                self.line(f"{name} = {expression}")
        self._lines += inside

    def bind(self, value: Any, hint: str = "k") -> str:
        """Make `value` a global of the module and return its name."""
        name = f"{hint}_{len(self.bound)}"
        self.bound[name] = value
        return name

    @property
    def source(self) -> str:
        """The text so far."""
        return "\n".join(self._lines) + "\n"

    def compile(self, title: str) -> dict[str, Any]:
        """Run the module's definitions and return its globals; its source is kept for tracebacks."""
        filename = f"<docrel {ascii(title)[1:-1]} {next(_serial)}>"
        source = self.source
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
        scope = dict(self.bound)
        exec(compile(source, filename, "exec"), scope)
        return scope
