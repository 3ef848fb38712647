"""Progress: a moving line for a person, a plain line every few seconds for a pipe.

In: how many more documents were done, now and then, and how many there are, or a meter of the bytes of their files.
Out: how many there are by now, how much of all that is, how long it takes and will take, on standard error.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import click

from docrel.cli.terminal import console, is_person

if TYPE_CHECKING:
    from docrel.documents import Meter
    from docrel.store import Progress

EVERY_S = 5.0
LONG_S = 1.0


@dataclass(frozen=True, slots=True)
class Extent:
    """How much there is to do: documents or, where a meter counts them, bytes; None: nobody knows."""

    total: int | None = None
    meter: Meter | None = None


UNKNOWN = Extent()


@contextmanager
def watched(verb: str, extent: Extent = UNKNOWN) -> Iterator[Progress]:
    """Show how many documents were done; `verb` says what was: `read`, `written`."""
    if is_person(sys.stderr):
        with _moving(verb, extent) as moving:
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
def _moving(verb: str, extent: Extent) -> Iterator[Progress]:
    from rich.progress import BarColumn, ProgressColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    meter, columns = extent.meter, list[ProgressColumn]()
    columns += [SpinnerColumn(), TextColumn(f"{{task.fields[documents]:,}} documents {verb}"), TimeElapsedColumn()]
    if extent.total:
        columns += [BarColumn(30), TextColumn("{task.percentage:.0f} %"), TextColumn("{task.fields[left]}")]

    class Metered(Bar):
        def get_renderables(self) -> Iterator[Any]:
            for task in self.tasks:
                self.update(task.id, completed=task.fields["documents"] if meter is None else meter.done)
                left = task.time_remaining
                task.fields["left"] = "" if left is None else f"{_span(left)} left"
            yield from super().get_renderables()

    with Metered(*columns, console=console(sys.stderr), transient=True) as bar:
        task = bar.add_task("", total=extent.total, documents=0, left="")
        documents = 0

        def advance(more: int) -> None:
            nonlocal documents
            documents += more
            bar.update(task, documents=documents)

        yield advance


def _span(seconds: float) -> str:
    """Return a time that is left.

    >>> _span(7.2), _span(75), _span(3661)
    ('8 s', '1:15', '1:01:01')
    """
    whole = math.ceil(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}" if minutes else f"{rest} s"


class Waiting:
    """Shows a person how long a thing takes of which nobody knows how much is left, once it takes long."""

    def __init__(self, verb: str, *, shown: bool) -> None:
        self._verb, self._shown = verb, shown and is_person(sys.stderr)
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
    from rich.progress import Progress as Bar
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn(verb), TimeElapsedColumn(), TextColumn("Ctrl-C ends it"))
    bar = Bar(*columns, console=console(sys.stderr), transient=True)
    bar.add_task("", total=None)
    return bar
