"""Progress: a moving line for a person, a plain line every few seconds for a pipe.

In: how many more documents were done, now and then. Out: how many there are by now, or how long it takes, on standard
error.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import click

if TYPE_CHECKING:
    from docrel.store import Progress

EVERY_S = 5.0
LONG_S = 1.0


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


class Waiting:
    """Shows a person how long a thing takes of which nobody knows how much is left, once it takes long."""

    def __init__(self, verb: str, *, shown: bool) -> None:
        self._verb, self._shown = verb, shown and sys.stderr.isatty()
        self._start = time.monotonic()
        self._bar: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def __call__(self) -> None:
        """Go on: called now and then."""
        if self._shown and self._bar is None and time.monotonic() - self._start >= LONG_S:
            self._bar = _elapsing(self._verb)
            self._bar.start()

    def end(self) -> None:
        """Show it no more."""
        self._shown = False
        if self._bar is not None:
            self._bar.stop()


def _elapsing(verb: str) -> Any:
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn(verb), TimeElapsedColumn(), TextColumn("Ctrl-C ends it"))
    bar = Bar(*columns, console=Console(stderr=True), transient=True)
    bar.add_task("", total=None)
    return bar
