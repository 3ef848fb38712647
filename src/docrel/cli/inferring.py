"""The command that writes a first mapping: infer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.exceptions import Exit

from docrel.cli.first_mapping import infer_first, name_of, said, shape_options
from docrel.cli.options import glob_option, member_option, records_option
from docrel.cli.root import Command
from docrel.cli.session import ERRORS, current_session
from docrel.cli.telling import Arrays, surroundings

if TYPE_CHECKING:
    from docrel.documents import InputDocument, Meter
    from docrel.selectors import Path as SelectorPath


@click.command("infer", cls=Command)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@records_option
@glob_option
@member_option(
    "What identifies a document, if you know: a JSONPath of names such as `meta.id`; several, if they do so together."
)
@click.option(
    "-o",
    "--output",
    default="-",
    show_default=True,
    metavar="FILE|-",
    help="Where the mapping goes; never over a file.",
)
@shape_options()
@click.option("--strict", is_flag=True, help="Write as rules what was always so in many rows: `required`, `one_of`.")
def infer_command(
    paths: tuple[str, ...],
    members: list[tuple[str, ...]],
    output: str,
    records: SelectorPath | None,
    globs: tuple[str, ...],
    *,
    strict: bool,
    **options: Any,
) -> None:
    """Write a first mapping for documents such as these: YAML to be edited, with what was seen as comments.

    PATHs are as for `import`. The mapping checks clean and keeps every document exactly: hold it against others
    with `docrel verify`. A key that it finds itself is marked as inferred: no document replaces a different one
    until you have said that it is the key.

    Examples:
      $ docrel infer orders/ --output new.yaml
      $ docrel infer orders.jsonl --name orders --key number
      $ docrel infer answer.json --records '$.data[*]'
    """
    from docrel.authoring import NO_MAPPING
    from docrel.backends import refuse_same
    from docrel.documents import FoundFiles, Surroundings, read_documents, write_new

    refuse_same(output, *paths)
    if output != "-" and Path(output).exists():
        raise click.UsageError(f"{output} is there already: name another file, or remove it first")
    session = current_session()
    around, arrays, files = list[Surroundings](), Arrays(), FoundFiles()

    def read(meter: Meter) -> Iterator[InputDocument]:
        return arrays.watch(
            read_documents(
                paths, NO_MAPPING, records=records, on_surroundings=around.append,
                globs=globs, on_found=files.add, meter=meter,
            )
        )  # fmt: skip

    shape = {"name": name_of(paths), **said(options)}
    with session.leaving("nothing was written"), session.causes() as tell:
        mapping = infer_first(read, session, paths, globs, on_unreadable=tell, members=members, strict=strict, **shape)
    for line in (*files.lines, *surroundings(around), *arrays.lines()):
        session.remark(line)
    for sentence in mapping.sentences:
        session.remark(sentence.removesuffix("."))
    if output == "-":
        click.echo(mapping.text, nl=False)
    else:
        written = Path(output).with_name(write_new(Path(output), [mapping.text.encode()]).name)
        session.remark(
            f"{written} is written: edit it, then `docrel check {written}` and `docrel verify {written} PATH...`"
        )
    if mapping.unreadable:
        raise Exit(ERRORS)
