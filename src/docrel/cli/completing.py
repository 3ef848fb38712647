"""Completion: what a shell offers while a command is typed, and the command that tells a shell so.

In: what is typed by now. Out: names of mappings, databases and tables that begin so. Never tells an error: there is
nobody to read it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import click
from click.shell_completion import CompletionItem, get_completion_class

from docrel.cli.root import ARGUMENTS, Command
from docrel.cli.session import current_session

SHELLS = ("bash", "zsh", "fish")
_MAPPINGS = (".yaml", ".yml")


def mapping_names(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return the mappings that come with docrel, by their names and versions, and the mapping files."""
    del ctx, parameter
    return _items([*_shipped(begun), *_files(begun, lambda path: path.endswith(_MAPPINGS))], begun)


def databases(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return the database files, whatever they are called."""
    from docrel.backends import is_database

    del ctx, parameter
    return _items([*_files(begun, lambda path: is_database(Path(path)))], begun)


def tables(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return the tables of the database that is named already."""
    del parameter
    db = ctx.params.get("db") or next(filter(os.path.isfile, ctx.meta.get(ARGUMENTS, ())), None)
    return [CompletionItem(name) for name in _tables(db) if name.startswith(begun)]


def database_then_table(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return the database files; behind one its tables."""
    is_named = ctx.params.get("db") or ctx.params.get("words")
    return (tables if is_named else databases)(ctx, parameter, begun)


def _shipped(begun: str) -> Iterator[str]:
    from docrel.spec import shipped

    for name, versions in shipped().items():
        offered = (f"{name}@{version}" for version in versions) if begun.startswith(f"{name}@") else (name,)
        yield from (one for one in offered if one.startswith(begun))


def _files(begun: str, is_wanted: Callable[[str], bool]) -> Iterator[str]:
    """Yield the files that are wanted, and the folders, that begin so."""
    folder, _, start = begun.rpartition("/")
    with suppress(OSError):
        for entry in sorted(os.scandir(f"{folder}/" if folder or begun.startswith("/") else "."), key=lambda e: e.name):
            if entry.name.startswith(start) and (start or not entry.name.startswith(".")):
                path = f"{begun[: len(begun) - len(start)]}{entry.name}"
                if entry.is_dir():
                    yield f"{path}/"
                elif is_wanted(path):
                    yield path


def _items(found: list[str], begun: str) -> list[CompletionItem]:
    """Return what was found; where that is nothing, the shell offers any file."""
    return [CompletionItem(text) for text in found] or [CompletionItem(begun, type="file")]


def _tables(db: str | Path | None) -> list[str]:
    from docrel.cli.options import opened
    from docrel.diagnostics import DocrelError

    if db is None or not Path(db).is_file():
        return []
    with suppress(DocrelError, OSError), opened(db) as (_, plan):
        return [table.name for table in plan.tables]
    return []


@click.command("completion", cls=Command)
@click.argument("shell", type=click.Choice(SHELLS))
def completion_command(shell: str) -> None:
    """Print what makes a shell complete commands, options, and names of mappings, databases and tables.

    For bash, put `eval "$(docrel completion bash)"` into ~/.bashrc; for zsh, `eval "$(docrel completion zsh)"` into
    ~/.zshrc, below `compinit`; for fish, write it to ~/.config/fish/completions/docrel.fish.

    Examples:
      $ docrel completion bash
      $ docrel completion fish > docrel.fish
    """
    found = get_completion_class(shell)
    assert found is not None
    script = found(click.get_current_context().find_root().command, {}, "docrel", "_DOCREL_COMPLETE")
    text = script.source_template % script.source_vars()
    current_session().result(text.rstrip("\n"), {"shell": shell, "script": text})
