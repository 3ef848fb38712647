"""Row output: rows of tables, for a person as a table, for programs as CSV, JSON or Parquet.

In: rows. Out: standard output, or a file. No text in a row reaches a terminal but as what can be seen.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docrel.cli.options import Decorator
from docrel.cli.session import current_session
from docrel.cli.terminal import console, is_person
from docrel.diagnostics import visible

if TYPE_CHECKING:
    from docrel.cli.progress import Waiting
    from docrel.store import TableFormat

ROWS_A_PAGE = 1000
"""So many rows are looked at for the widths of a table's columns."""
_BETWEEN = "  "


def row_format_option(*choices: str, text: str) -> Decorator[Any]:
    """Return what adds `--format` to a command that writes rows; None where nobody says."""
    return click.option("--format", "format_", type=click.Choice(choices), callback=_format, help=text)


def _format(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Let errors be JSON too where rows are."""
    del parameter
    session = context.find_root().ensure_object(type(current_session()))
    if value in {"json", "text"}:
        session.format = value  # type: ignore[assignment]
    return value or ("json" if session.format == "json" else None)


def write_pieces(pieces: Iterable[bytes], waiting: Waiting | None = None) -> None:
    """Write bytes to standard output as they come."""
    out = sys.stdout.buffer
    for piece in pieces:
        if waiting is not None and sys.stdout.isatty():
            waiting.end()
        out.write(piece)
    sys.stdout.flush()


def show_rows(columns: Sequence[str], rows: Iterable[Sequence[Any]], waiting: Waiting | None = None) -> int:
    """Print rows as an aligned table, by the page; return how many there were."""
    left = iter(rows)
    page = list(islice(left, ROWS_A_PAGE))
    if waiting is not None:
        waiting.end()
    show = _for_person if is_person(sys.stdout) else _aligned(columns, page)
    count = 0
    while page or not count:
        show(columns, page)
        count += len(page)
        page = list(islice(left, ROWS_A_PAGE))
        if not page:
            break
    return count


def _for_person(columns: Sequence[str], page: Sequence[Sequence[Any]]) -> None:
    """Print rows for a person at a terminal."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table, shown = Table(box=SIMPLE_HEAD, pad_edge=False), _shown()
    for name, is_number in zip(columns, _numbers(columns, page), strict=True):
        table.add_column(Text(visible(name)), justify="right" if is_number else "left", overflow="fold")
    for row in page:
        table.add_row(*(Text(shown(value), style="dim" if value is None else "") for value in row))
    console(sys.stdout).print(table)


def _aligned(columns: Sequence[str], page: Sequence[Sequence[Any]]) -> Callable[[Sequence[str], Any], None]:
    """Print the names of columns; return what prints rows below them, as wide as those of the first page."""
    from rich.cells import cell_len

    shown, numbers = _shown(), _numbers(columns, page)
    widths = [cell_len(visible(name)) for name in columns]
    for row in page:
        widths = [max(width, cell_len(shown(value))) for width, value in zip(widths, row, strict=True)]

    def line(row: Sequence[Any]) -> str:
        cells = []
        for value, width, is_number in zip(row, widths, numbers, strict=True):
            text = shown(value)
            blank = " " * (width - cell_len(text))
            cells.append(blank + text if is_number else text + blank)
        return _BETWEEN.join(cells).rstrip()

    def show(_: Sequence[str], page: Sequence[Sequence[Any]]) -> None:
        if page:
            click.echo("\n".join(map(line, page)))

    click.echo(line(columns))
    click.echo(_BETWEEN.join("-" * width for width in widths))
    return show


def _shown() -> Callable[[Any], str]:
    """Return what gives a value as a person sees it."""
    from docrel.store import cell_text

    def shown(value: Any) -> str:
        if isinstance(value, str):
            return visible(value)
        if isinstance(value, bytes):
            return f"x'{value.hex()}'"
        return "NULL" if value is None else cell_text(value)

    return shown


def _numbers(columns: Sequence[str], page: Sequence[Sequence[Any]]) -> list[bool]:
    """Return which columns have numbers, which stand to the right."""
    return [any(isinstance(row[n], int | float) for row in page) for n in range(len(columns))]


def format_of(path: Path) -> TableFormat | None:
    """Return in which format rows are written to a file, as its name says; None where it does not."""
    from docrel.documents import unpacked_name

    name = unpacked_name(path.name.lower())
    endings: dict[str, TableFormat] = {
        ".csv": "csv",
        ".jsonl": "jsonl",
        ".ndjson": "jsonl",
        ".json": "json",
        ".parquet": "parquet",
    }
    return next((format_ for ending, format_ in endings.items() if name.endswith(ending)), None)
