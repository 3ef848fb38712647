"""The command that writes a first mapping: infer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.exceptions import Exit

from docrel.cli.options import glob_option, member_option, records_option
from docrel.cli.root import Command
from docrel.cli.session import ERRORS, current_session
from docrel.cli.telling import Arrays, surroundings

if TYPE_CHECKING:
    from docrel.documents import InputDocument
    from docrel.selectors import Path as SelectorPath


@click.command("infer", cls=Command)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--name", metavar="NAME", help="What the documents are, in the plural. Else from the first PATH.")
@records_option
@glob_option
@member_option(
    "What identifies a document, if you know: a JSONPath of names such as `meta.id`; several, if they do so together."
)
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
@click.option(
    "--min-share",
    default=0.0,
    show_default=True,
    type=click.FloatRange(0, 1),
    metavar="SHARE",
    help="What is in a smaller share of its rows, such as 0.05, gets no column and no table.",
)
@click.option("--strict", is_flag=True, help="Write as rules what was always so in many rows: `required`, `one_of`.")
def infer_command(
    paths: tuple[str, ...],
    name: str | None,
    members: list[tuple[str, ...]],
    output: str,
    records: SelectorPath | None,
    globs: tuple[str, ...],
    **options: Any,
) -> None:
    """Write a first mapping for documents such as these: YAML to be edited, with what was seen as comments.

    PATHs are as for `import`. The mapping checks clean and keeps every document exactly: hold it against others
    with `docrel verify`. A key that it finds itself is marked as inferred: no document replaces a different one
    until you have said that it is the key.
    """
    from docrel.backends import refuse_same
    from docrel.documents import FoundFiles, Surroundings, read_documents, write_new
    from docrel.plan import Plan

    refuse_same(output, *paths)
    if output != "-" and Path(output).exists():
        raise click.UsageError(f"{output} is there already: name another file, or remove it first")
    session = current_session()
    unreadable: list[Any] = []
    told: list[str] = []
    around, arrays, files = list[Surroundings](), Arrays(), FoundFiles()
    read = read_documents(
        paths, Plan("documents", 1, (), None), records=records, on_surroundings=around.append,
        globs=globs, on_found=files.add,
    )  # fmt: skip
    with session.causes() as tell, session.watched("looked at") as watch:
        documents = _documents(arrays.watch(read), tell, unreadable, watch)
        text = _inferred(documents, name or _name(paths[0]), members, options | {"tell": told.append})
    for line in (*files.lines, *surroundings(around), *arrays.lines()):
        session.remark(line)
    for sentence in told:
        session.remark(sentence.removesuffix("."))
    if output == "-":
        click.echo(text, nl=False)
    else:
        written = Path(output).with_name(write_new(Path(output), [text.encode()]).name)
        session.remark(
            f"{written} is written: edit it, then `docrel check {written}` and `docrel verify {written} PATH...`"
        )
    if unreadable:
        raise Exit(ERRORS)


def _inferred(documents: Iterator[Any], name: str, key: list[tuple[str, ...]], options: dict[str, Any]) -> str:
    from docrel.authoring import infer

    try:
        return infer(documents, name=name, key=key, **options)
    except ValueError as error:
        raise click.BadParameter(f"{error} among those read", param_hint="--key") from error


def _documents(
    read: Iterator[InputDocument], tell: Callable[[Any], None], unreadable: list[Any], watch: Any
) -> Iterator[Any]:
    for one in read:
        if one.diagnostics:
            unreadable.append(one.origin)
            tell(one.diagnostics)
        else:
            yield one.document
        watch(1)


def _name(path: str) -> str:
    return "documents" if path == "-" else Path(path).resolve().name.partition(".")[0] or "documents"
