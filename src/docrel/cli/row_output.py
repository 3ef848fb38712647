"""Row output: rows of tables, for a person as a table, for programs as CSV, JSON or Parquet.

In: rows. Out: standard output, or a file. No text in a row reaches a terminal but as what can be seen.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docrel.cli.options import Decorator
from docrel.cli.session import current_session
from docrel.diagnostics import visible

if TYPE_CHECKING:
    from docrel.cli.progress import Waiting
    from docrel.store import TableFormat

ROWS_A_PAGE = 1000
"""So many rows are looked at for the widths of a table's columns."""
_PAPER = "  "


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
    if sys.stdout.isatty():
        return _show_pages(columns, page, left)
    widths = _widths(columns, page)
    click.echo(_line(columns, widths, page[:1]))
    click.echo(_PAPER.join("-" * width for width in widths))
    count = 0
    while page:
        for row in page:
            click.echo(_line(row, widths, [row]))
        count += len(page)
        page = list(islice(left, ROWS_A_PAGE))
    return count


def _show_pages(columns: Sequence[str], page: list[Sequence[Any]], left: Iterator[Sequence[Any]]) -> int:
    """Print rows for a person at a terminal."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console, count = Console(), 0
    while page or not count:
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for n, name in enumerate(columns):
            is_number = any(_is_number(row[n]) for row in page)
            table.add_column(Text(visible(name)), justify="right" if is_number else "left", overflow="fold")
        for row in page:
            table.add_row(*(Text(shown_cell(value), style="dim" if value is None else "") for value in row))
        console.print(table)
        count += len(page)
        page = list(islice(left, ROWS_A_PAGE))
        if not page:
            break
    return count


def shown_cell(value: Any) -> str:
    """Return a value as a person sees it."""
    if isinstance(value, str):
        return visible(value)
    return "NULL" if value is None else f"x'{value.hex()}'" if isinstance(value, bytes) else str(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def _widths(columns: Sequence[str], page: Iterable[Sequence[Any]]) -> list[int]:
    from rich.cells import cell_len

    widths = [cell_len(visible(name)) for name in columns]
    for row in page:
        widths = [max(width, cell_len(shown_cell(value))) for width, value in zip(widths, row, strict=True)]
    return widths


def _line(row: Sequence[Any], widths: Sequence[int], like: Sequence[Sequence[Any]]) -> str:
    """Return a row, its numbers to the right; names of columns stand as the values of the row `like` do."""
    from rich.cells import cell_len

    cells = []
    for n, (value, width) in enumerate(zip(row, widths, strict=True)):
        text = shown_cell(value)
        blank = " " * (width - cell_len(text))
        cells.append(blank + text if like and _is_number(like[0][n]) else text + blank)
    return _PAPER.join(cells).rstrip()


def format_of(path: Path) -> TableFormat | None:
    """Return in which format rows are written to a file, as its name says; None where it does not."""
    name = path.name.lower().removesuffix(".gz")
    endings: dict[str, TableFormat] = {
        ".csv": "csv",
        ".jsonl": "jsonl",
        ".ndjson": "jsonl",
        ".json": "json",
        ".parquet": "parquet",
    }
    return next((format_ for ending, format_ in endings.items() if name.endswith(ending)), None)
