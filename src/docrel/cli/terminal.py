"""The terminal: whether a person sees a stream, and colour for who does.

In: a stream, and what the environment says: `NO_COLOR`, `FORCE_COLOR`, `TERM`. Out: yes or no, a console, and
diagnostics with their kind and their help in colour.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from rich.console import Console

_KIND = re.compile(r"\b(error|warning|note)\[[A-Z]\d{3}\]")
_HELP = re.compile(r"^(\s*)help:", re.MULTILINE)
_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


def is_person(stream: TextIO) -> bool:
    """Say whether a person looks at a stream, by a terminal that can more than print lines."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def has_colour(stream: TextIO) -> bool:
    """Say whether to write in colour. Source: no-color.org and force-color.org; `NO_COLOR` comes first."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or is_person(stream)


def console(stream: TextIO) -> Console:
    """Return what writes tables and bars for a person."""
    from rich.console import Console

    return Console(file=stream, color_system="auto" if has_colour(stream) else None)


def painted(text: str) -> str:
    """Return a diagnostic, as `docrel.diagnostics.render` gives it, with its kind and its help in colour."""
    text = _KIND.sub(lambda found: click.style(found[0], fg=_COLOURS[found[1]], bold=True), text, count=1)
    return _HELP.sub(lambda found: f"{found[1]}{click.style('help:', fg='cyan')}", text)
