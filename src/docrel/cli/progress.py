"""Progress: a moving line for a person, a plain line every few seconds for a pipe.

In: documents as they pass by. Out: the same documents, and how many there were on standard error.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import click

if TYPE_CHECKING:
    from rich.progress import Progress

EVERY_S = 5.0


class Watched(Protocol):
    """Hears how many more documents were done."""

    def __call__(self, more: int) -> None:
        """Hear of `more` documents."""


@contextmanager
def watched(verb: str, *, quiet: bool = False) -> Iterator[Watched]:
    """Show how many documents were done; `verb` says what was: `read`, `written`."""
    if quiet:
        yield _silent
    elif sys.stderr.isatty():
        with _moving(verb) as moving:
            yield moving
    else:
        yield _Lines(verb)


def _silent(more: int) -> None:
    """Show nothing."""


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
def _moving(verb: str) -> Iterator[Watched]:
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn(f"{{task.completed:,}} documents {verb}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield _advancing(progress)


def _advancing(progress: Progress) -> Watched:
    task = progress.add_task("", total=None)

    def advance(more: int) -> None:
        progress.advance(task, more)

    return advance
