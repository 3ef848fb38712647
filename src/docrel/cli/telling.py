"""What commands tell of documents that the tables do not show: set aside, new, or never there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import click

from docrel.cli.options import Decorator
from docrel.diagnostics import counted, visible

if TYPE_CHECKING:
    from typing import Any

    from docrel.documents import FoundFiles, InputDocument, NewMember, SetAside, Surroundings, Unfilled
    from docrel.store import ImportReport

SHOWN = 20


def strict_option() -> Decorator[Any]:
    """Return what adds `--strict`."""
    return click.option(
        "--strict", is_flag=True, help="End with 1 where a value or an element is in no column and no row."
    )


def asides(found: Sequence[SetAside]) -> Iterator[str]:
    """Yield a line for each table, column and reason."""
    return _first([one.text for one in found], "more of such lines")


def new_member_lines(found: Sequence[NewMember]) -> Iterator[str]:
    """Yield a line for each member that nobody has seen before."""
    return _first([one.text for one in found], "more new members")


def nothing(found: Sequence[Unfilled]) -> Iterator[str]:
    """Yield a line for each table and column that seems to be misspelt, and one for all others."""
    yield from _first([one.text for one in found if one.advice], "more of such lines")
    quiet = [one for one in found if not one.advice]
    tables = [one.table for one in quiet if one.column is None]
    columns = [f"{one.table}.{one.column}" for one in quiet if one.column is not None]
    for names, noun, what in ((tables, "table", "without a row"), (columns, "column", "never filled")):
        if names:
            yield f"{counted(len(names), noun)} {what} so far: {visible(_listed(names))}"


def surroundings(found: Sequence[Surroundings]) -> Iterator[str]:
    """Yield a line for each file whose records were read."""
    return _first([one.text for one in found], "more files of records")


def surroundings_facts(found: Sequence[Surroundings]) -> list[dict[str, Any]]:
    """Return the same for programs."""
    return [{"file": one.file, "path": one.path, "records": one.records, "around": one.names} for one in found]


def as_before(report: ImportReport) -> Iterator[str]:
    """Yield the line of the files that were not read, if there are such."""
    files = report.files_not_read
    if files:
        verb = "is as it was at its" if files == 1 else "are as they were at their"
        yield f"{counted(files, 'file')} {verb} import, not read (--again reads {'it' if files == 1 else 'them'})"


def files_facts(found: FoundFiles) -> dict[str, Any]:
    """Return which files of folders were read and passed over, for programs."""
    return {"files_read": found.read, "passed_over": found.passed}


class Arrays:
    """Takes note of documents that are arrays of objects: each of these may be meant to be one."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def watch(self, documents: Iterable[InputDocument]) -> Iterator[InputDocument]:
        """Yield the documents."""
        from docrel.documents import array_of_objects

        for document in documents:
            text = array_of_objects(document.document, document.origin)
            if text is not None:
                self._texts.append(text)
            yield document

    def lines(self) -> Iterator[str]:
        """Yield a line for each."""
        return _first(self._texts, "more of such files")


def _listed(names: Sequence[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")


def _first(lines: Sequence[str], what: str) -> Iterator[str]:
    yield from lines[:SHOWN]
    if len(lines) > SHOWN:
        yield f"… and {len(lines) - SHOWN:,} {what}; `--format json` has them all"


def below(text: str, lines: Iterable[str]) -> str:
    """Return a text with more lines below it."""
    return "\n".join([text, *lines])
