"""A session: one run of a command, and the way it talks to a person or a program.

In: diagnostics, results and remarks. Out: text or JSON: results on standard output, all else on standard
error. Decides nothing.
"""

from __future__ import annotations

import json
import sys
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any, Literal, TextIO

import click
from click.exceptions import Exit

from docrel.cli.progress import UNKNOWN, Extent, watched
from docrel.cli.terminal import has_colour, is_person, painted
from docrel.diagnostics import Causes, Diagnostic, as_json, counted, render, told

if TYPE_CHECKING:
    from docrel.documents import Meter
    from docrel.plan import Plan
    from docrel.store import Progress
    from docrel.upkeep import Check

SHOWN_ROWS = 20
Format = Literal["text", "json"]

DONE, ERRORS, DIFFERENT, INTERRUPTED = 0, 1, 3, 130
"""Exit status; 2 is click's own for wrong usage."""


@dataclass(slots=True)
class Session:
    """What the options that every command has say.

    Attributes:
        left: What a command that was interrupted has left, for a person.
    """

    format: Format = "text"
    debug: bool = False
    quiet: bool = False
    verbose: bool = False
    left: str = ""

    def result(self, text: str, facts: Any) -> None:
        """Print what the command is for: text for a person, for a program one JSON object, or a dataclass as one."""
        click.echo(json.dumps(facts, ensure_ascii=False, default=_portable) if self.format == "json" else text)

    def report(self, text: str, facts: Any) -> None:
        """Print what was done, as the result of a command that is for doing it; with --quiet nothing."""
        if not self.quiet:
            self.result(text, facts)

    def checks(self, checks: Sequence[Check]) -> None:
        """Print what was looked at, as the result; end with an error where there is something to do."""
        lines = [
            line
            for c, more in _by_cause(checks)
            if not (self.quiet and c.ok)
            for line in (f"{tick(c.ok)} {c.text}", more, c.advice and f"   {c.advice}")
        ]
        wrong = sum(not check.ok for check in checks)
        if wrong or not self.quiet:
            self.result("\n".join(filter(None, lines)), {"good": not wrong, "findings": checks})
        if wrong:
            self.remark(f"{counted(wrong, 'finding')} of {len(checks)} to look at")
            raise Exit(ERRORS)

    def watched(self, verb: str, extent: Extent = UNKNOWN) -> AbstractContextManager[Progress]:
        """Show a person how many documents were done, of how many; `verb` says what was: `read`, `written`."""
        return nullcontext(_silent) if self.format == "json" or self.quiet else watched(verb, extent)

    @contextmanager
    def reading(
        self, verb: str, paths: Sequence[str], plan: Plan, globs: Sequence[str] = ()
    ) -> Iterator[tuple[Progress, Meter]]:
        """Show a person how much of the files was read, as `watched` does; the meter is for `read_documents`."""
        from docrel.documents import Meter, bytes_of

        meter = Meter(lambda path: self.detail(f"reading {path}"))
        is_shown = self.format == "text" and not self.quiet and is_person(sys.stderr)
        extent = Extent(bytes_of(paths, plan, globs), meter) if is_shown else UNKNOWN
        with self.watched(verb, extent) as watch:
            yield watch, meter

    def remark(self, text: str) -> None:
        """Tell a person something beside the result; programs do not hear it."""
        if self.format == "text" and not self.quiet:
            click.echo(text, err=True)

    def detail(self, text: str) -> None:
        """Tell what is done, to a person who wants to know it: with --verbose."""
        if self.verbose:
            self.remark(text)

    @contextmanager
    def leaving(self, left: str | Callable[[], str]) -> Iterator[None]:
        """Say what the block leaves behind where a person interrupts it."""
        try:
            yield
        except KeyboardInterrupt:
            self.left = left if isinstance(left, str) else left()
            raise

    def diagnose(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Print diagnostics to standard error: for a program one JSON object a line, for a person one of each cause."""
        if self.format == "json":
            lines: Iterable[str] = (json.dumps(as_json(one)) for one in diagnostics)
        else:
            lines = map(painted, told(diagnostics))
        for line in lines:
            click.echo(line, err=True, color=has_colour(sys.stderr))

    @contextmanager
    def causes(self) -> Iterator[Callable[[Iterable[Diagnostic]], None]]:
        """Print diagnostics that come one after another; for a person of each cause the first, in the end how many."""
        causes = Causes()

        def tell(diagnostics: Iterable[Diagnostic]) -> None:
            if self.format == "json":
                self.diagnose(diagnostics)
                return
            for one in diagnostics:
                if causes.is_first(one):
                    click.echo(painted(render(one)), err=True, color=has_colour(sys.stderr))

        try:
            yield tell
        finally:
            for line in causes.lines():
                self.remark(line)


def _by_cause(checks: Sequence[Check]) -> Iterator[tuple[Check, str]]:
    """Yield checks, of those of one cause the first, with a line on the rows of the others."""
    from docrel.upkeep import RowFault

    alike: dict[tuple[str, ...], list[Any]] = {}
    for check in checks:
        if isinstance(check, RowFault):
            alike.setdefault(check.cause, []).append(check.row)
    for check in checks:
        if not isinstance(check, RowFault):
            yield check, ""
        elif rows := alike.pop(check.cause, []):
            yield check, f"   … and {len(rows) - 1:,} more like it: {_rows(rows[1:])}" if rows[1:] else ""


def _rows(keys: Sequence[Any]) -> str:
    shown = ", ".join(str(key) for key in keys[:SHOWN_ROWS] if key is not None)
    return f"row{'s' if len(keys) > 1 else ''} {shown}{', …' if len(keys) > SHOWN_ROWS else ''}"


def _silent(more: int) -> None:
    """Show nothing."""


def _portable(value: Any) -> Any:
    """Return what stands in JSON for a value that it has none for: for a dataclass its fields, for bytes base64."""
    if is_dataclass(value):
        return facts_of(value)
    return b64encode(value).decode() if isinstance(value, bytes) else str(value)


def facts_of(value: Any) -> dict[str, Any]:
    """Return the fields of a dataclass by name."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


def current_session() -> Session:
    """Return the session of the command that runs."""
    return click.get_current_context().ensure_object(Session)


def tick(good: bool) -> str:
    """Return the mark of a finding, one that standard output can show."""
    marks = ("✅", "❌") if _shows(sys.stdout, "✅❌") else ("ok:", "WRONG:")
    return marks[0] if good else marks[1]


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return an aligned table; the first column is text, the others are numbers."""
    lines = [head, *rows]
    widths = [max(len(line[n]) for line in lines) for n in range(len(head))]
    return "\n".join(
        "  " + "  ".join((line[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(line[1:], widths[1:], strict=True))))
        for line in lines
    )


def _shows(stream: TextIO, text: str) -> bool:
    try:
        text.encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
