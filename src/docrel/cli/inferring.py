"""The command that writes a first mapping: infer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from docrel.cli.progress import watched
from docrel.cli.root import Command
from docrel.cli.session import ERRORS, Session, session


@click.command("infer", cls=Command)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--name", metavar="NAME", help="What the documents are, in the plural. Else from the first PATH.")
@click.option(
    "--output", default="-", show_default=True, metavar="FILE|-", help="Where the mapping goes; never over a file."
)
@click.option("--max-tables", default=30, show_default=True, type=click.IntRange(1), help="At most so many tables.")
@click.option(
    "--max-columns", default=120, show_default=True, type=click.IntRange(1), help="At most so many columns a table."
)
@click.option(
    "--max-depth", default=48, show_default=True, type=click.IntRange(1), help="Look no deeper into documents."
)
def infer_command(paths: tuple[str, ...], name: str | None, output: str, **budget: int) -> None:
    """Write a first mapping for documents such as these: YAML to be edited, with what was seen as comments.

    PATHs are as for `import`. The mapping checks clean and keeps every document exactly: hold it against others
    with `docrel verify`.
    """
    from docrel.infer import infer
    from docrel.same_files import refuse_same
    from docrel.written_files import write_file

    refuse_same(output, *paths)
    if output != "-" and Path(output).exists():
        raise click.UsageError(f"{output} is there already: name another file, or remove it first")
    said = session()
    unreadable: list[Any] = []
    with watched("looked at", quiet=said.format == "json") as watch:
        text = infer(_documents(paths, said, unreadable, watch), name=name or _name(paths[0]), **budget)
    if output == "-":
        click.echo(text, nl=False)
    else:
        write_file(Path(output), [text.encode()])
        said.remark(f"{output} is written: edit it, then `docrel check {output}` and `docrel verify {output} PATH...`")
    if unreadable:
        raise click.exceptions.Exit(ERRORS)


def _documents(paths: tuple[str, ...], said: Session, unreadable: list[Any], watch: Any) -> Iterator[Any]:
    from docrel.documents import read_documents
    from docrel.plan import Plan

    for found in read_documents(paths, Plan("documents", 1, (), None)):
        if found.diagnostics:
            unreadable.append(found.origin)
            said.diagnose(found.diagnostics)
        else:
            yield found.document
        watch(1)


def _name(path: str) -> str:
    return "documents" if path == "-" else Path(path).resolve().name.partition(".")[0] or "documents"
