"""Commands that write documentation: docs, schema."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from click.exceptions import Exit

from docrel.cli.root import Command
from docrel.cli.session import DIFFERENT, current_session
from docrel.diagnostics import counted

_WIDTH = 100
_COMMANDS = """# Commands

Made by `docrel docs` from what `--help` says. Exit status: 0 done, 1 errors or refused documents, 2 wrong usage, \
3 `--check` found a difference."""


@click.command("docs", cls=Command)
@click.argument("mappings", nargs=-1, metavar="[MAPPING...]")
@click.option(
    "--output", type=click.Path(file_okay=False, path_type=Path), default=Path("docs"), show_default=True,
    help="The folder to write to: one folder for each mapping, one in it for each version.",
)  # fmt: skip
@click.option("--check", is_flag=True, help="Write nothing; exit with 3 if a page is not as it would be written.")
def docs_command(mappings: tuple[str, ...], output: Path, check: bool) -> None:
    """Write DDL, data dictionary and diagram of mappings, and what changes from version to version.

    Without a MAPPING: of all that come with docrel, and the pages of error codes and of commands.
    """
    from docrel.backends import refuse_same
    from docrel.diagnostics import code_page
    from docrel.documents import safe_name
    from docrel.mapping import load
    from docrel.migrate import change_pages
    from docrel.pages import pages
    from docrel.spec import shipped

    wanted: dict[Path, str] = {}
    plans = []
    for mapping in mappings or [file for versions in shipped().values() for file in versions.values()]:
        plan = load(mapping).plan
        folder = output / safe_name(plan.name) / f"v{plan.version}"
        wanted |= {folder / name: text for name, text in pages(plan).items()}
        plans.append(plan)
    for name, file, text in change_pages(plans):
        wanted[output / safe_name(name) / file] = text
    if not mappings:
        wanted[output / "errors.md"] = code_page()
        wanted[output / "commands.md"] = command_page(click.get_current_context().find_root().command)
    for path in wanted if mappings else ():
        refuse_same(path, *mappings)
    _bring(wanted, "docrel docs", check=check)


@click.command("schema", cls=Command)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write it to this file.")
@click.option("--check", is_flag=True, help="With --output: write nothing; exit with 3 if the file is different.")
def schema_command(output: Path | None, check: bool) -> None:
    """Print the JSON Schema of the mapping language, for editors: completion and hover."""
    import json

    from docrel.spec import json_schema

    if check and output is None:
        raise click.UsageError("--check compares with a file: name it with --output")
    text = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    if output is None:
        click.echo(text, nl=False)
        return
    _bring({output: text}, f"docrel schema --output {output}", check=check)


def command_page(main: click.Command) -> str:
    """Return the Markdown page that shows the help of every command, as a terminal of 100 columns shows it."""
    parts = [f"## {name}\n\n```text\n{text}\n```" for name, text in _helps(main, "docrel", None)]
    return "\n\n".join([_COMMANDS, *parts]) + "\n"


def _helps(command: click.Command, name: str, above: click.Context | None) -> Iterator[tuple[str, str]]:
    context = click.Context(command, above, name, terminal_width=_WIDTH, max_content_width=_WIDTH)
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            below = command.get_command(context, inner)
            assert below is not None
            yield from _helps(below, inner, context)


def _bring(wanted: dict[Path, str], command: str, *, check: bool) -> None:
    """Write the files that are different, or with `check` only tell them."""
    from docrel.documents import write_file

    session = current_session()
    stale = [path for path, text in wanted.items() if not _holds(path, text)]
    if check:
        for path in stale:
            session.remark(f"{path}: {'is out of date' if path.exists() else 'is missing'}")
        facts = {"files": len(wanted), "stale": [str(path) for path in stale]}
        fresh = f"{counted(len(wanted), 'file')} up to date"
        session.result(f"{counted(len(stale), 'file')} out of date; run `{command}`" if stale else fresh, facts)
        raise Exit(DIFFERENT if stale else 0)
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, [wanted[path].encode()])
    facts = {"files": len(wanted), "written": [str(path) for path in stale]}
    session.result(f"{counted(len(stale), 'file')} written, {len(wanted) - len(stale)} up to date already", facts)


def _holds(path: Path, text: str) -> bool:
    try:
        return path.read_bytes() == text.encode()
    except OSError:
        return False
