"""Progress: a moving line for a person, a plain line every few seconds for a pipe.

In: how many more documents were done, now and then. Out: how many there are by now, on standard error.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from docrel.store import Progress

EVERY_S = 5.0


@contextmanager
def watched(verb: str) -> Iterator[Progress]:
    """Show how many documents were done; `verb` says what was: `read`, `written`."""
    if sys.stderr.isatty():
        with _moving(verb) as moving:
            yield moving
    else:
        yield _Lines(verb)


class _Lines:
    def __init__(self, verb: str) -> None:
        self._verb = verb
        self._done = 0
        self._start = self._last = time.monotonic()

    def __call__(self, more: int) -> None:
        self._done += more
        now = time.monotonic()
        if now - self._last >= EVERY_S:
            self._last = now
            speed = self._done / (now - self._start)
            click.echo(f"{self._done:,} documents {self._verb}, {speed:,.0f} a second", err=True)


@contextmanager
def _moving(verb: str) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn(f"{{task.completed:,}} documents {verb}"), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        yield partial(bar.advance, bar.add_task("", total=None))
